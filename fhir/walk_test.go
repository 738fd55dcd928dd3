package fhir_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

// leaf is a primitive value and where it stands.
type leaf struct{ path, text string }

// leaves is a visitor that notes every primitive value.
type leaves struct {
	fhir.VisitNothing
	found []leaf
}

func (v *leaves) note(p fhir.Path, text string) { v.found = append(v.found, leaf{p.String(), text}) }

func (v *leaves) Text(at *fhir.Walker, _ *fhir.Element, text string) { v.note(at.Path(), text) }

func (v *leaves) Integer(at *fhir.Walker, _ *fhir.Element, n int) {
	v.note(at.Path(), strconv.Itoa(n))
}

func (v *leaves) Extension(at *fhir.Walker, _ *fhir.Element, x *r4.Extension, value *fhir.Value) bool {
	if x.Id != nil {
		v.note(at.Path().Child("id"), *x.Id)
	}
	if x.Url != "" {
		v.note(at.Path().Child("url"), x.Url)
	}
	switch {
	case value.Element == nil || value.Element.Type[0] < 'a':
	case value.Element.Type == "integer" || strings.HasSuffix(value.Element.Type, "Int"):
		v.note(at.Path().Child("value"), strconv.Itoa(value.Integer))
	default:
		v.note(at.Path().Child("value"), value.Text)
	}
	return true
}

// TestWalkVisitsEveryValue states the law of walking: what is visited are the values
// of the document, each once, at its path and in document order.
func TestWalkVisitsEveryValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9]{1,8}`)
		event := builder{
			text:   func() string { return text.Draw(t, "text") },
			number: func(n int) int { return rapid.IntRange(0, n).Draw(t, "n") },
		}.event()
		for i := range event.Contained {
			if event.Contained[i].Other != nil { // has no elements to visit
				event.Contained[i] = fhir.Resource{Device: &r4.Device{}}
			}
		}
		event.Contained = slices.DeleteFunc(event.Contained, func(r fhir.Resource) bool { return r.Device != nil && r.Device.Id == nil })
		doc, err := fhir.Append(nil, event)
		require.NoError(t, err)

		var v leaves
		new(fhir.Walker).Walk(event, &v)
		var paths, visited []string
		for _, l := range v.found {
			paths = append(paths, l.path)
			visited = append(visited, l.text)
		}
		require.ElementsMatch(t, values(t, doc), visited)
		for i, at := range fhir.LocateAll(doc, paths) {
			require.GreaterOrEqual(t, at, 0, paths[i])
			require.True(t, startsWith(doc[at:], visited[i]), "%s: %s in %.80s", paths[i], visited[i], doc[at:])
		}
	})
}

// values are the primitive values of a document, but for the types of resources.
func values(t require.TestingT, doc []byte) (out []string) {
	dec := json.NewDecoder(strings.NewReader(string(doc)))
	dec.UseNumber()
	var root any
	require.NoError(t, dec.Decode(&root))
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, item := range v {
				if name != "resourceType" {
					collect(item)
				}
			}
		case []any:
			for _, item := range v {
				collect(item)
			}
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	collect(root)
	return out
}

// startsWith reports whether what follows in a document, after a property name if
// there is one, is a value.
func startsWith(doc []byte, value string) bool {
	text := string(doc[:min(len(doc), 200)])
	if i := strings.Index(text, `":`); strings.HasPrefix(text, `"`) && i > 0 && !strings.ContainsAny(text[1:i], `",]}`) {
		text = text[i+2:]
	}
	return strings.HasPrefix(strings.TrimPrefix(text, `"`), value)
}

// refuser goes into no element of a name.
type refuser struct {
	leaves
	name string
}

func (v *refuser) Enter(_ *fhir.Walker, e *fhir.Element, _ any) bool { return e.Name != v.name }

func TestAVisitorThatStopsDoesNotStopOthers(t *testing.T) {
	event := minimal(func(a *fhir.AdverseEvent) {
		a.Meta = &r4.Meta{Source: new("s"), Security: []r4.Coding{{Code: new("c")}}}
		a.Id = new("i")
		a.Date = new("d")
	})
	all, some := &leaves{}, &refuser{name: "meta"}
	new(fhir.Walker).Walk(event, some, all)
	assert.Contains(t, all.found, leaf{"AdverseEvent.meta.security[0].code", "c"})
	assert.NotContains(t, some.found, leaf{"AdverseEvent.meta.security[0].code", "c"})
	assert.NotContains(t, some.found, leaf{"AdverseEvent.meta.source", "s"})
	assert.Contains(t, some.found, leaf{"AdverseEvent.date", "d"})
	assert.Contains(t, some.found, leaf{"AdverseEvent.id", "i"})
}

// deepest notes where an event is too deep.
type deepest struct {
	leaves
	at []string
}

func (v *deepest) TooDeep(at *fhir.Walker, e *fhir.Element) {
	v.at = append(v.at, e.Name)
	if at.Depth() != 65 {
		panic("not at the limit")
	}
}

func TestWalkSaysWhereAnEventIsTooDeep(t *testing.T) {
	x := r4.Extension{Url: "u", ValueString: new("bottom")}
	for range 70 {
		x = r4.Extension{Url: "u", Extension: []r4.Extension{x}}
	}
	event := minimal(func(a *fhir.AdverseEvent) { a.Extension = []r4.Extension{x, {Url: "v", ValueString: new("second")}} })
	v := &deepest{}
	new(fhir.Walker).Walk(event, v)
	assert.Equal(t, []string{"extension"}, v.at)
	assert.Contains(t, v.found, leaf{"AdverseEvent.extension[1].value", "second"})
}

// shouter writes every text in capitals.
type shouter struct{ fhir.VisitNothing }

func (shouter) Text(at *fhir.Walker, _ *fhir.Element, text string) { at.Replace(strings.ToUpper(text)) }

func (shouter) Extension(at *fhir.Walker, _ *fhir.Element, _ *r4.Extension, value *fhir.Value) bool {
	at.Replace(strings.ToUpper(value.Text))
	return true
}

func TestReplace(t *testing.T) {
	shared := "a"
	event := minimal(func(a *fhir.AdverseEvent) {
		a.Id = &shared
		a.Meta = &r4.Meta{Profile: []string{"p"}}
		a.Text = &r4.Narrative{Div: "d"}
		a.Extension = []r4.Extension{{Url: "u", ValueString: &shared}, {Url: "u", ValueBoolean: new(true)}}
	})
	new(fhir.Walker).Walk(event, shouter{})
	assert.Equal(t, "A", *event.Id)
	assert.Equal(t, "A", *event.Extension[0].ValueString)
	assert.Equal(t, "u", event.Extension[0].Url)
	assert.True(t, *event.Extension[1].ValueBoolean)
	assert.Equal(t, []string{"P"}, event.Meta.Profile)
	assert.Equal(t, "D", event.Text.Div)
	assert.Equal(t, "a", shared, "texts that others share are not written to")
	assert.Equal(t, r4.AdverseEventActualityActual, *event.Actuality)
}

func TestElements(t *testing.T) {
	n := 0
	for e := range fhir.Elements() {
		require.Equal(t, n, e.Number)
		require.Same(t, e, fhir.FindElement(e.Owner, e.Property))
		n++
	}
	assert.Equal(t, fhir.NumElements, n)
	assert.Nil(t, fhir.FindElement("AdverseEvent", "invented"))
	assert.Nil(t, fhir.FindElement("Invented", "id"))

	e := fhir.FindElement("AdverseEvent.suspectEntity", "instance")
	assert.Equal(t, "Reference", e.Type)
	assert.True(t, e.Required)
	assert.Equal(t, []string{"Immunization", "Procedure", "Substance", "Medication", "MedicationAdministration", "MedicationStatement", "Device"}, e.Targets)
	e = fhir.FindElement("Extension", "valueCode")
	assert.Equal(t, "value", e.Name)
	assert.Equal(t, "code", e.Type)
	assert.False(t, e.OfResource)
	assert.Equal(t, "id", fhir.FindElement("Patient", "id").Type)
	assert.Equal(t, []string{"actual", "potential"}, fhir.FindElement("AdverseEvent", "actuality").Codes)
	assert.Equal(t, []string{"mild", "moderate", "severe"}, fhir.FindElement("AdverseEvent", "severity").Codes)
	assert.True(t, fhir.FindElement("Device", "extension").OfResource)
}

func TestPath(t *testing.T) {
	var root fhir.Path
	for want, p := range map[string]fhir.Path{
		"AdverseEvent":                                            root,
		"AdverseEvent.event.coding[0].code":                       root.Child("event").Item("coding", 0).Child("code"),
		"AdverseEvent.contained[1].extension[0].value":            root.Item("contained", 1).Item("extension", 0).Child("value"),
		"AdverseEvent.extension[2].extension[3].extension[4].url": root.Item("extension", 2).Item("extension", 3).Item("extension", 4).Child("url"),
		"AdverseEvent.meta.extension[0]":                          root.Child("meta").Item("extension", 0),
		"AdverseEvent.suspectEntity[1].contained[0]":              root.Item("suspectEntity", 1).Item("contained", 0),
	} {
		assert.Equal(t, want, p.String())
	}
	assert.Equal(t, 1, root.Item("contained", 1).Child("id").Contained())
	assert.Equal(t, -1, root.Contained())

	ordered := []fhir.Path{
		root, root.Child("id"), root.Child("meta").Child("source"),
		root.Item("contained", 0), root.Item("contained", 0).Item("extension", 0), root.Item("contained", 0).Item("extension", 0).Item("extension", 1),
		root.Item("contained", 0).Child("manufacturer"), root.Item("contained", 1).Child("id"),
		root.Item("extension", 0), root.Item("extension", 1).Item("extension", 0), root.Child("actuality"), root.Child("study"),
	}
	for i := range ordered[1:] {
		assert.Negative(t, ordered[i].Compare(ordered[i+1]), "%s, %s", ordered[i], ordered[i+1])
		assert.Positive(t, ordered[i+1].Compare(ordered[i]))
	}
	field := root.Item("extension", 0).Item("extension", 0)
	assert.Zero(t, field.Compare(field.Child("value")))
	assert.Zero(t, root.Item("contained", 0).Compare(root.Item("contained", 0).Child("id")))
}

func ExampleWalker() {
	event := &fhir.AdverseEvent{
		Contained: []fhir.Resource{{Device: &r4.Device{Id: new("d"), ModelNumber: new("X1")}}},
		Date:      new("2026-03-11"),
	}
	var texts leaves
	new(fhir.Walker).Walk(event, &texts)
	for _, l := range texts.found {
		fmt.Println(l.path, l.text)
	}
	// Output:
	// AdverseEvent.contained[0].id d
	// AdverseEvent.contained[0].modelNumber X1
	// AdverseEvent.date 2026-03-11
}
