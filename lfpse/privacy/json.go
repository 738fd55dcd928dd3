package privacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// ScanJSON screens JSON that no R4 type describes: a contained resource without a Go
// type, or a part of a document that could not be read, such as an element that R4
// does not have. The path is the FHIRPath of the value, for the findings.
//
// Every string and number is screened, by form and against the deny-list (which may
// be nil), and so is every property name: one that does not look like a name may be
// data, and is screened as free text and not repeated in a finding. The strings of a
// property that is a code, a date, or the name of a product in every R4 type that has
// it are screened as such; see [Screener.ScanEvent]. All others are free text, those
// that belong to LFPSE fields included. Properties that hold personal details in most
// resources, such as telecom, are refused whatever they hold, and so are references
// that leave the document.
//
// Findings are in the order of the text. Text that is not JSON is an error from where
// it stops being so, and so is what is nested more than 64 levels deep. Screening is
// linear in the length of the JSON.
func (s *Screener) ScanJSON(raw []byte, path string, deny *DenyList) fhir.Issues {
	f := findings{screener: s, deny: deny}
	f.json(raw, path)
	return f.issues
}

// json screens a JSON text.
func (f *findings) json(raw []byte, path string) {
	j := jsonScreening{findings: f, root: path, in: json.NewDecoder(bytes.NewReader(raw))}
	j.in.UseNumber()
	j.value("", j.next())
	if _, err := j.in.Token(); j.err == nil && !errors.Is(err, io.EOF) {
		j.err = errTrailing
	}
	if j.err != nil {
		f.add(Binary, path, "The content is not valid JSON and cannot be screened as a whole.")
	}
}

var errTrailing = errors.New("something follows the value")

// maxDepth is how deep a document may be nested.
const maxDepth = 64

// jsonScreening reads a JSON text token by token and keeps the path of where it is.
// The path becomes text only when there is something to report.
type jsonScreening struct {
	*findings
	in    *json.Decoder
	err   error // once it is set, nothing more is read
	root  string
	steps []jsonStep
}

// jsonStep is a property, whose index is -1, or an element of an array.
type jsonStep struct {
	name  string
	index int
}

// next reads a token; nil, which is also the token of null, when there is none.
func (j *jsonScreening) next() json.Token {
	if j.err != nil {
		return nil
	}
	t, err := j.in.Token()
	j.err = err
	return t
}

// more reports whether the array or object at hand goes on, and else reads its end.
func (j *jsonScreening) more() bool {
	if j.err == nil && j.in.More() {
		return true
	}
	j.next()
	return false
}

// value screens the value that starts with a token. The name is that of the property
// it belongs to.
func (j *jsonScreening) value(name string, t json.Token) {
	switch t := t.(type) {
	case string:
		j.text(t, jsonKind(name), j.path)
	case json.Number:
		j.text(t.String(), codeText, j.path)
	case json.Delim:
		switch {
		case len(j.steps) == maxDepth:
			j.add(Depth, j.path(), tooDeep)
			j.skip(t)
		case t == '[':
			for i := 0; j.more(); i++ {
				j.down(jsonStep{index: i}, func() { j.value(name, j.next()) })
			}
		default:
			for j.more() {
				j.property()
			}
		}
	}
}

// down does something one step further down.
func (j *jsonScreening) down(step jsonStep, do func()) {
	j.steps = append(j.steps, step)
	do()
	j.steps = j.steps[:len(j.steps)-1]
}

// property screens a property name and its value.
func (j *jsonScreening) property() {
	name, ok := j.next().(string)
	if !ok {
		return // the text is not JSON
	}
	j.down(jsonStep{name, -1}, func() {
		if isPropertyName(name) {
			j.text(name, codeText, j.path)
		} else {
			j.text(name, freeText, j.path)
		}
		t := j.next()
		if reason := propertyRefusal(name, t); reason != "" && j.err == nil {
			j.add(Element, j.path(), reason)
			j.skip(t)
			return
		}
		j.value(name, t)
	})
}

// skip passes over the rest of a value that starts with a token.
func (j *jsonScreening) skip(t json.Token) {
	for depth := 0; j.err == nil; t = j.next() {
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

// propertyRefusal says why a property must not be sent in a resource of any type, or
// "". The token is the first of its value.
func propertyRefusal(name string, t json.Token) string {
	switch name {
	case "telecom", "address", "birthDate", "photo", "contact", "valueHumanName", "valueAddress", "valueContactPoint":
		return "The element holds personal details."
	case "identifier":
		return "The element identifies a record."
	case "name":
		if _, isText := t.(string); !isText { // places and products have a text
			return "The element holds a person's name."
		}
	}
	return ""
}

// jsonKind says how the texts of a property are screened.
func jsonKind(name string) textKind {
	if name == "reference" {
		return reference
	}
	switch kind := propertyKinds()[name]; kind {
	case codeText, productName, markup, binary:
		return kind
	}
	return freeText
}

func (j *jsonScreening) path() string {
	var b strings.Builder
	b.WriteString(j.root)
	for _, step := range j.steps {
		if step.index >= 0 {
			b.WriteString("[" + strconv.Itoa(step.index) + "]")
		} else {
			b.WriteString("." + printableName(step.name))
		}
	}
	return b.String()
}

// printableName is the FHIRPath name of a property, or a stand-in for one that may be
// data.
func printableName(name string) string {
	if !isPropertyName(name) {
		return "(unprintable name)"
	}
	if rest, ok := strings.CutPrefix(name, "value"); ok && rest != "" && isUpper(rest[0]) {
		return "value"
	}
	return name
}

// isPropertyName reports whether a text looks like the name of a property and not like
// data.
func isPropertyName(name string) bool {
	if bare := strings.TrimLeft(name, "_"); bare == "" || len(name) > 64 || isDigit(bare[0]) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !isASCIILetter(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}
