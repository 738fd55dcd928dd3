package mapping

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
	"github.com/goccy/go-yaml/token"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// maxMap is the largest map read, in bytes.
const maxMap = 1 << 20

// maxDepth is how deep a map may be nested. The documented form needs five levels;
// the memory of the YAML parser grows with the square of the depth.
const maxDepth = 100

// ParseMap reads a map from YAML in UTF-8, of at most 1 MiB. Unknown keys are errors, and numbers are kept as
// they are written, so that 01 is not 1. The error is of type [*MapError]. Whether
// the targets and values exist is checked by [New]. It may include a built-in map; [LoadMap]
// reads one that goes with other files.
func ParseMap(data []byte) (*Map, error) {
	return (&loader{}).finish(data, "")
}

// parseMap reads one file of a map, without what it includes.
func parseMap(data []byte, file string) (*Map, error) {
	var m Map
	p := mapParser{file: file, places: places{}}
	p.parse(data, &m)
	if len(p.findings) > 0 {
		return nil, mapError(p.findings)
	}
	m.places = p.places
	return &m, nil
}

type mapParser struct {
	file     string
	findings []csvlog.Finding
	places   places // of each key and item
}

// report notes a finding about a line.
func (p *mapParser) report(line int, id, format string, args ...any) {
	p.reportAt(place{file: p.file, line: line}, id, format, args...)
}

func (p *mapParser) reportAt(at place, id, format string, args ...any) {
	p.findings = append(p.findings, finding(at, id, format, args...))
}

// parse reads a document into the struct that into points to.
func (p *mapParser) parse(data []byte, into any) {
	if len(data) > maxMap {
		p.report(1, "MAP-SIZE", "the map is larger than 1 MiB")
		return
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := invalidUTF8(data); at >= 0 {
		p.report(1+bytes.Count(data[:at], []byte("\n")), "MAP-YAML", "the map is not UTF-8 text from here on; save it as UTF-8")
		return
	}
	tokens := lexer.Tokenize(string(data))
	if line := tooDeep(tokens); line > 0 {
		p.report(line, "MAP-YAML", "the map is nested deeper than %d levels", maxDepth)
		return
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		p.yaml(err)
		return
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		p.report(1, "MAP-YAML", "the file must hold one map; it holds none or several YAML documents")
		return
	}
	body := file.Docs[0].Body
	ast.Walk(p, body)
	p.keys("", body, reflect.TypeOf(into))
	if len(p.findings) > 0 {
		return
	}
	if err := yaml.NodeToValue(body, into, yaml.Strict()); err != nil {
		p.yaml(err)
	}
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, -1 if there is
// none.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// tooDeep returns the line on which the brackets, or the dashes and question marks
// of one line, are nested too deeply, 0 if none is.
func tooDeep(tokens token.Tokens) int {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets = max(0, brackets-1)
		case token.SequenceEntryType, token.MappingKeyType:
			dashes++
		}
		if brackets+dashes > maxDepth {
			return line
		}
	}
	return 0
}

// yaml reports the error of the YAML reader without its excerpt of the text, because
// somebody may have given the log instead of the map.
func (p *mapParser) yaml(err error) {
	at := place{file: p.file}
	var placed yaml.Error
	if errors.As(err, &placed) && placed.GetToken() != nil {
		at = p.place(placed.GetToken())
	}
	p.reportAt(at, "MAP-YAML", "the map is not YAML of the documented form: %s", yamlMistake(err))
}

// yamlMistake says what the YAML reader has found, in other words than its own where those
// are for programmers.
func yamlMistake(err error) string {
	text := yamlPlace.ReplaceAllString(strings.TrimSpace(yaml.FormatError(err, false, false)), "")
	var node *yaml.UnexpectedNodeTypeError
	var value *yaml.TypeError
	switch {
	case strings.Contains(text, "'\t'"):
		return "a tab stands where only spaces may stand; indent with spaces"
	case errors.As(err, &node) && node.Expected == ast.SequenceType:
		return "a list belongs here; write it in square brackets, such as [draft, closed]"
	case errors.As(err, &node) && node.Expected == ast.MappingType:
		return "keys with values belong here, such as column: Date"
	case errors.As(err, &value) && value.DstType.Kind() == reflect.Int:
		return "a whole number belongs here"
	case errors.As(err, &value) && value.DstType.Kind() == reflect.Bool:
		return "true or false belongs here"
	case errors.As(err, &node), errors.As(err, &value):
		return "one text belongs here, and no list or keys; put quotes around a text with brackets or a colon"
	}
	return text
}

// yamlPlace is how the YAML reader says where an error is, which the finding says itself.
var yamlPlace = regexp.MustCompile(`^\[\d+:\d+\] `)

// Visit turns numbers into the text they are written as, because the words of a log are
// text. The decoder converts them back where the map has a number.
func (p *mapParser) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode, *ast.MergeKeyNode:
		p.reportAt(p.place(node.GetToken()), "MAP-YAML", "a map has no anchors, aliases and tags; put quotes around a text that begins with &, * or !")
		return nil
	case *ast.MappingValueNode:
		if key, ok := asText(n.Key).(ast.MapKeyNode); ok {
			n.Key = key
		}
		n.Value = asText(n.Value)
	case *ast.SequenceNode:
		for i := range n.Values {
			n.Values[i] = asText(n.Values[i])
		}
	}
	return p
}

func asText(node ast.Node) ast.Node {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		text := ast.String(n.GetToken())
		text.Path = node.GetPath()
		return text
	}
	return node
}

// keys reports every key that the documented form does not have, and notes on which line
// the others stand.
func (p *mapParser) keys(place string, node ast.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		for i, item := range n.Values {
			at := fmt.Sprintf("%s[%d]", place, i)
			p.places[at] = p.place(item.GetToken())
			if t.Kind() == reflect.Slice && t != reflect.TypeFor[yaml.MapSlice]() {
				p.keys(at, item, t.Elem())
			}
		}
	case ast.MapNode:
		for i := n.MapRange(); i.Next(); {
			switch t.Kind() {
			case reflect.Map:
				p.keys(p.below(place, i.Key()), i.Value(), t.Elem())
			case reflect.Struct:
				p.key(place, i.Key(), i.Value(), t)
			}
		}
	}
}

// keyName is the form of a key that may be quoted.
var keyName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,30}$`)

// below is the place of a key, whose line it notes.
func (p *mapParser) below(place string, key ast.Node) string {
	if place != "" {
		place += "."
	}
	place += key.GetToken().Value
	p.places[place] = p.place(key.GetToken())
	return place
}

// text notes where the first letter of a text stands.
func (p *mapParser) text(path string, value ast.Node) {
	switch n := value.(type) {
	case *ast.StringNode:
		at := p.place(n.GetToken())
		if t := n.GetToken().Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			at.column++
		}
		p.places[path+".text"] = at
	case *ast.LiteralNode:
		text := n.Value.GetToken().Origin
		if at := p.place(n.Start); n.Start.Type == token.LiteralType { // the lines of a folded text are not known
			p.places[path+".text"] = place{at.file, at.line + 1, 1 + len(text) - len(strings.TrimLeft(text, " "))}
		}
	}
}

func (p *mapParser) key(place string, key, value ast.Node, t reflect.Type) {
	name := key.GetToken().Value
	var known []string
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() {
			continue
		}
		if known = append(known, f.Tag.Get("yaml")); known[len(known)-1] == name {
			at := p.below(place, key)
			p.keys(at, value, f.Type)
			p.text(at, value)
			return
		}
	}
	if !keyName.MatchString(name) {
		name = "(unprintable name)" // it may be text of a log
	}
	p.reportAt(p.place(key.GetToken()), "MAP-KEY", "%q is not known here; there is %s%s", name, strings.Join(known, ", "), nearest.Hint(name, known))
}
