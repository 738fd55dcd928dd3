package privacy_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

// holders is a visitor that notes where an event holds a text, and in which elements.
type holders struct {
	fhir.VisitNothing
	text     string
	elements []*fhir.Element
	paths    []string
}

func (h *holders) note(at *fhir.Walker, e *fhir.Element, property, text string) {
	if !strings.Contains(text, h.text) {
		return
	}
	path := at.Path()
	if property != "" {
		e = fhir.FindElement("Extension", property)
		path = path.Child(e.Name)
	}
	h.elements, h.paths = append(h.elements, e), append(h.paths, path.String())
}

func (h *holders) Text(at *fhir.Walker, e *fhir.Element, text string) { h.note(at, e, "", text) }

func (h *holders) Integer(at *fhir.Walker, e *fhir.Element, n int) {
	h.note(at, e, "", strconv.Itoa(n))
}

func (h *holders) Extension(at *fhir.Walker, _ *fhir.Element, x *r4.Extension, value *fhir.Value) bool {
	if x.Id != nil {
		h.note(at, nil, "id", *x.Id)
	}
	h.note(at, nil, "url", x.Url)
	if value.Element != nil {
		h.note(at, nil, value.Element.Property, value.Text+strconv.Itoa(value.Integer))
	}
	return true
}

// planter writes a text into one place of a value of an R4 type and makes what lies on
// the way. The function chooses one of some fields.
type planter struct {
	text   string
	choose func(n int) int
}

// into reports whether the place that was chosen holds texts or numbers.
func (p planter) into(v reflect.Value, depth int) bool {
	switch t := v.Type(); {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		return p.into(v.Elem(), depth)
	case t == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{"resourceType":"Basic","note":[` + strconv.Quote(p.text) + `]}`))
		return true
	case v.Kind() == reflect.Slice:
		n := 1 + p.choose(2)
		v.Set(reflect.MakeSlice(t, n, n))
		return p.into(v.Index(n-1), depth)
	case v.Kind() == reflect.String:
		v.SetString(p.text)
		return true
	case t == reflect.TypeFor[int]():
		n, err := strconv.Atoi(p.text)
		v.SetInt(int64(n))
		return err == nil
	case v.Kind() == reflect.Struct && depth > 0:
		return p.into(v.Field(p.choose(v.NumField()-1)), depth-1)
	}
	return false
}

// requireScreened requires that an NHS number in an event is found where it stands, or
// that an element on the way to it is refused.
func requireScreened(t require.TestingT, event *fhir.AdverseEvent, number string) {
	h := holders{text: number}
	new(fhir.Walker).Walk(event, &h)
	issues := newScreener().ScanEvent(event, nil)
	for _, path := range h.paths {
		screened := false
		for _, issue := range issues {
			found := issue.Rule == "PRIVACY-NHS-NUMBER" && issue.Path == path
			refused := (issue.Rule == "PRIVACY-ELEMENT" || issue.Rule == "PRIVACY-BINARY") && strings.HasPrefix(path, issue.Path)
			screened = screened || issue.Severity == fhir.Error && (found || refused)
		}
		require.True(t, screened, "%s: %v", path, issues)
	}
	require.True(t, issues.HasErrors())
}

// An NHS number in any element that can hold one, at any depth, is found or its element
// is refused.
func TestNoElementHidesAnNHSNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := nhsNumber(t)
		if number == cleanVTM {
			t.Skip("the clean event has it as the code of a medicine")
		}
		event := cleanEvent()
		p := planter{number, func(n int) int { return rapid.IntRange(0, n).Draw(t, "choice") }}
		if !p.into(reflect.ValueOf(event).Elem(), rapid.IntRange(1, 9).Draw(t, "depth")) {
			t.Skip("the place holds no text")
		}
		requireScreened(t, event, number)
	})
}

// The same of each element of R4 by itself: those that no event with a text in it was
// made for cannot hold any.
func TestEveryElementThatCanHoldATextIsScreened(t *testing.T) {
	const number = "9990000018"
	screened := make([]bool, fhir.NumElements)
	for _, place := range places(reflect.TypeFor[fhir.AdverseEvent]()) {
		event := &fhir.AdverseEvent{}
		rest := place
		p := planter{number, func(int) (choice int) {
			choice, rest = rest[0], rest[1:]
			return choice
		}}
		require.True(t, p.into(reflect.ValueOf(event).Elem(), len(place)), place)
		h := holders{text: number}
		new(fhir.Walker).Walk(event, &h)
		requireScreened(t, event, number)
		for _, e := range h.elements {
			screened[e.Number] = true
		}
	}
	for e := range fhir.Elements() {
		holdsText := e.Type[0] >= 'a' && e.Type != "boolean" && (e.Type != "code" || e.Codes == nil)
		if holdsText {
			assert.True(t, screened[e.Number], "%s.%s", e.Owner, e.Property)
		}
	}
}

// places lists the choices of a [planter] that lead to each text and number of the type
// and of those within it, each type once.
func places(root reflect.Type) (out [][]int) {
	type step struct {
		t  reflect.Type
		at []int
	}
	seen := map[reflect.Type]bool{}
	for todo := []step{{root, nil}}; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if seen[s.t] {
			continue
		}
		seen[s.t] = true
		for i := range s.t.NumField() {
			at := append(s.at[:len(s.at):len(s.at)], i)
			t := s.t.Field(i).Type
			for ; t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage](); t = t.Elem() {
				if t.Kind() == reflect.Slice {
					at = append(at, 0) // a list of one
				}
			}
			switch {
			case t.Kind() == reflect.Struct:
				todo = append(todo, step{t, at})
			case t.Kind() == reflect.String || t == reflect.TypeFor[int]() || t.Kind() == reflect.Slice:
				out = append(out, at)
			}
		}
	}
	return out
}
