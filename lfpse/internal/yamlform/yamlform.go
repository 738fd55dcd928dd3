// Package yamlform reads configuration: one YAML document into a struct, with all
// findings at once and the line of each.
//
// The decoder of the YAML library stops at the first value it cannot take and
// quotes the text around it. A configuration file may hold a secret by mistake, so
// this package walks the parsed document itself and never quotes a value.
package yamlform

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// MaxBytes is the size of the largest document that is read.
const MaxBytes = 256 << 10

// maxDepth bounds the brackets and levels of a document: the memory of the parser
// grows with the square of the depth.
const maxDepth = 32

// Problem is one finding about the form of a document.
type Problem struct {
	Line int    // from 1
	Path string // such as endpoint.tls.certificate, empty for the whole document
	Text string // what is wrong, a whole sentence
	Fix  string // what to do about it
	// Secret says that a secret stands in the document.
	Secret bool
}

// Lines gives the line of each key of a document by its path.
type Lines map[string]int

// SecretHolder is a struct that says where a secret is kept. What stands in its
// place, or in it under an unknown name, may be the secret itself: that gives a
// finding of its own, and the name is not quoted.
type SecretHolder interface{ HoldsSecret() }

// Read reads one document into the struct that v points to, by the names in its
// yaml tags. Lists and maps of text are taken where the struct has them. Numbers and booleans are text where the struct wants text. What has a
// problem is left as it was.
func Read(data []byte, v any) (Lines, []Problem) {
	r := reader{lines: Lines{}}
	if body := r.parse(data); body != nil {
		r.value(body, reflect.ValueOf(v).Elem(), "")
	}
	return r.lines, r.problems
}

type reader struct {
	lines    Lines
	problems []Problem
}

func (r *reader) report(line int, path, text, fix string) {
	r.problems = append(r.problems, Problem{Line: line, Path: path, Text: text, Fix: fix})
}

// parse returns the body of the one document, nil after a problem.
func (r *reader) parse(data []byte) ast.Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > MaxBytes:
		r.report(1, "", fmt.Sprintf("The document is larger than %d KiB.", MaxBytes>>10), "")
		return nil
	case !utf8.Valid(data):
		r.report(1, "", "The document is not UTF-8 text.", "Save it as UTF-8.")
		return nil
	}
	if line := tooDeep(data); line > 0 {
		r.report(line, "", fmt.Sprintf("The document is nested deeper than %d levels.", maxDepth), "")
		return nil
	}
	file, err := parser.Parse(lexer.Tokenize(string(data)), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line := 1
		var e yaml.Error
		if errors.As(err, &e) && e.GetToken() != nil {
			line = e.GetToken().Position.Line
		}
		r.report(line, "", "From here on the document is not YAML.", "Look for a missing quotation mark, bracket or space after a colon, and at the indentation.")
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.report(1, "", "The file must hold one document; it holds none or several.", "")
		return nil
	}
	return file.Docs[0].Body
}

// tooDeep returns the line on which brackets are nested too deeply or the text is
// indented too far, 0 if none is.
func tooDeep(data []byte) int {
	open, line := 0, 0
	for text := range bytes.Lines(data) {
		line++
		rest := bytes.TrimLeft(text, " -?")
		if len(text)-len(rest) > 4*maxDepth {
			return line
		}
		for _, c := range rest {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open > maxDepth {
				return line
			}
		}
	}
	return 0
}

// value reads a node into a place.
func (r *reader) value(node ast.Node, into reflect.Value, path string) {
	line := node.GetToken().Position.Line
	if _, seen := r.lines[path]; !seen {
		r.lines[path] = line
	}
	switch node.(type) {
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode, *ast.MergeKeyNode:
		r.report(line, path, "Anchors, aliases and tags are not taken.", "Write the value out; put quotes around a text that begins with &, * or !.")
		return
	case *ast.NullNode:
		return // as if the key were not there
	}
	switch into.Kind() {
	case reflect.Struct:
		r.mapping(node, into, path)
	case reflect.Slice:
		r.list(node, into, path)
	case reflect.Map:
		r.words(node, into, path)
	default:
		r.scalar(node, into, path)
	}
}

// list reads a list; the path of an element ends in its number, as in practices[0].
func (r *reader) list(node ast.Node, into reflect.Value, path string) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		r.report(node.GetToken().Position.Line, path, "A list must stand here.", "Begin each of its entries with a hyphen and a space.")
		return
	}
	out := reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values))
	for i, value := range seq.Values {
		r.value(value, out.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	into.Set(out)
}

// words reads keys of any name with text as their values.
func (r *reader) words(node ast.Node, into reflect.Value, path string) {
	m, ok := node.(ast.MapNode)
	if !ok {
		r.report(node.GetToken().Position.Line, path, "Keys with values must stand here.", "")
		return
	}
	out := map[string]string{}
	for i := m.MapRange(); i.Next(); {
		name, value := keyText(i.Key()), reflect.New(reflect.TypeFor[string]()).Elem()
		if _, twice := out[name]; twice || name == "" {
			r.report(i.Key().GetToken().Position.Line, path, "A key stands here twice, or cannot be read.", "Keep one of them.")
			continue
		}
		r.value(i.Value(), value, path+"."+name)
		out[name] = value.String()
	}
	into.Set(reflect.ValueOf(out))
}

func (r *reader) mapping(node ast.Node, into reflect.Value, path string) {
	m, ok := node.(ast.MapNode)
	_, secret := into.Addr().Interface().(SecretHolder)
	switch {
	case !ok && secret:
		r.problems = append(r.problems, Problem{Line: node.GetToken().Position.Line, Path: path, Secret: true,
			Text: "A secret must not stand in the file.",
			Fix:  "Name the place where it is kept: env: NAME for an environment variable, or file: PATH. If it has been shared, have it replaced."})
		return
	case !ok:
		r.report(node.GetToken().Position.Line, path, "Keys with values must stand here.", "The keys are "+strings.Join(names(into.Type()), ", ")+".")
		return
	}
	seen := map[string]bool{}
	for i := m.MapRange(); i.Next(); {
		r.key(i.Key().GetToken().Position.Line, keyText(i.Key()), i.Value(), into, path, seen)
	}
}

func keyText(key ast.Node) string {
	if key, ok := key.(ast.MapKeyNode); ok && !key.IsMergeKey() {
		return key.GetToken().Value
	}
	return ""
}

// keyName is what a misspelt key looks like; anything else is not quoted.
var keyName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,20}$`)

func (r *reader) key(line int, name string, value ast.Node, into reflect.Value, path string, seen map[string]bool) {
	at := strings.TrimPrefix(path+"."+name, ".")
	field, ok := fieldOf(into, name)
	_, secret := into.Addr().Interface().(SecretHolder)
	switch {
	case !ok:
		p := Problem{Line: line, Path: path, Secret: secret, Fix: "The keys are " + strings.Join(names(into.Type()), ", ") + "."}
		p.Text = "This key is not known."
		if !secret && keyName.MatchString(name) {
			p.Text = fmt.Sprintf("The key %q is not known.", name)
		}
		r.problems = append(r.problems, p)
	case seen[name]:
		r.report(line, at, "The key stands here twice.", "Keep one of them.")
	default:
		seen[name] = true
		r.lines[at] = line
		r.value(value, field, at)
	}
}

func (r *reader) scalar(node ast.Node, into reflect.Value, path string) {
	token := node.GetToken()
	_, isScalar := node.(ast.ScalarNode)
	switch {
	case !isScalar:
		r.report(token.Position.Line, path, "One value must stand here, not a list or keys.", "")
	case into.Kind() == reflect.String:
		if s, ok := node.(*ast.StringNode); ok {
			into.SetString(s.Value)
		} else if s, ok := node.(*ast.LiteralNode); ok {
			into.SetString(s.Value.Value)
		} else {
			into.SetString(token.Value) // 6 as it is written
		}
	default:
		_, fraction := node.(*ast.FloatNode) // of which the library would take the whole part
		if fraction && into.CanInt() || yaml.NodeToValue(node, into.Addr().Interface()) != nil {
			r.report(token.Position.Line, path, "The value must be "+kinds[into.Type().String()]+".", "")
		}
	}
}

var kinds = map[string]string{
	"bool": "true or false", "int": "a whole number", "int64": "a whole number", "float64": "a number", "time.Duration": "a length of time, such as 40s, 2m or 720h for 30 days",
}

// fieldOf returns the field of a name, also of a struct that is written inline.
func fieldOf(into reflect.Value, name string) (reflect.Value, bool) {
	for i := range into.NumField() {
		tag, options, _ := strings.Cut(into.Type().Field(i).Tag.Get("yaml"), ",")
		if options == "inline" {
			if f, ok := fieldOf(into.Field(i), name); ok {
				return f, true
			}
		}
		if tag != "" && tag == name {
			return into.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func names(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		tag, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			out = append(out, names(f.Type)...)
		case tag != "":
			out = append(out, tag)
		}
	}
	return out
}
