package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

// choicePrefixes are the R4 choices whose fields start with these Go names.
var choicePrefixes = map[string][]string{
	"Annotation":                {"Author"},
	"DataRequirement":           {"Subject"},
	"DataRequirementDateFilter": {"Value"},
	"Dosage":                    {"AsNeeded"},
	"DosageDoseAndRate":         {"Dose", "Rate"},
	"Extension":                 {"Value"},
	"MedicationIngredient":      {"Item"},
	"Patient":                   {"Deceased", "MultipleBirth"},
	"TimingRepeat":              {"Bounds"},
	"TriggerDefinition":         {"Timing"},
	"UsageContext":              {"Value"},
}

func choiceOf(t reflect.Type, field string) string {
	for _, prefix := range choicePrefixes[t.Name()] {
		if strings.HasPrefix(field, prefix) {
			return prefix
		}
	}
	return ""
}

// builder fills R4 values. Its functions decide what goes into them.
type builder struct {
	text   func() string
	number func(n int) int // from 0 to n
}

// value sets v, a field of an R4 struct or an element of one, to something valid.
func (b builder) value(v reflect.Value, depth int) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		b.value(v.Elem(), depth)
	case v.Kind() == reflect.Slice:
		n := 1 + b.number(2)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			b.value(v.Index(i), depth)
		}
	case v.Type() == reflect.TypeFor[json.Number]():
		v.SetString([]string{"0", "-1.50", "2e+10", "0.0001E-3"}[b.number(3)])
	case v.Kind() == reflect.String:
		v.SetString(b.text())
	case v.Kind() == reflect.Bool:
		v.SetBool(b.number(1) == 1)
	case v.Type() == reflect.TypeFor[int]():
		v.SetInt([]int64{0, 1, -1, 1<<31 - 1, -1 << 31}[b.number(4)])
	case v.Kind() == reflect.Int:
		v.SetInt(int64(b.number(1)))
	default:
		b.fill(v, depth)
	}
}

// fill sets a few of the fields of a struct, and those it needs to be valid.
func (b builder) fill(v reflect.Value, depth int) {
	chosen := map[string]bool{}
	for range 1 + b.number(2) {
		i := b.number(v.NumField() - 1)
		if depth <= 0 && isComplex(v.Field(i).Type()) {
			continue
		}
		b.choose(v, i, chosen, depth)
	}
	b.complete(v, chosen, depth)
}

// choose sets field i, unless it is of a choice that is made or would break ext-1.
func (b builder) choose(v reflect.Value, i int, chosen map[string]bool, depth int) {
	choice := choiceOf(v.Type(), v.Type().Field(i).Name)
	if v.Type() == reflect.TypeFor[r4.Extension]() && v.Type().Field(i).Name == "Extension" {
		choice = "Value"
	}
	if choice != "" && chosen[choice] {
		return
	}
	chosen[choice] = true
	b.value(v.Field(i), depth-1)
}

// complete sets the required fields of a struct that are not set.
func (b builder) complete(v reflect.Value, chosen map[string]bool, depth int) {
	t := v.Type()
	for i := range t.NumField() {
		tag := t.Field(i).Tag.Get("json")
		if tag != "" && !strings.HasSuffix(tag, ",omitempty") && choiceOf(t, t.Field(i).Name) == "" && v.Field(i).IsZero() {
			b.value(v.Field(i), depth-1)
		}
	}
	if t == reflect.TypeFor[r4.Extension]() && !chosen["Value"] {
		b.value(v.FieldByName("ValueString"), depth)
	}
	if t == reflect.TypeFor[r4.UsageContext]() && !chosen["Value"] {
		b.value(v.FieldByName("ValueQuantity").FieldByName("Unit"), depth)
	}
	if t == reflect.TypeFor[r4.MedicationIngredient]() && !chosen["Item"] {
		b.value(v.FieldByName("ItemReference").FieldByName("Display"), depth)
	}
	if v.IsZero() {
		b.value(v.FieldByName("Id"), depth)
	}
}

func isComplex(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// event makes an event, with up to three contained resources.
func (b builder) event() *fhir.AdverseEvent {
	e := &fhir.AdverseEvent{}
	v := reflect.ValueOf(e).Elem()
	b.value(v.FieldByName("Actuality"), 1)
	b.value(v.FieldByName("Subject"), 1)
	for range b.number(4) {
		i := b.number(v.NumField() - 2) // not the description, which is last
		if v.Type().Field(i).Name != "Contained" {
			b.value(v.Field(i), 6)
		}
	}
	for range b.number(3) {
		e.Contained = append(e.Contained, b.resource())
	}
	return e
}

func (b builder) resource() fhir.Resource {
	r := fhir.Resource{}
	v := reflect.ValueOf(&r).Elem()
	i := b.number(v.NumField() - 1)
	if v.Type().Field(i).Name != "Other" {
		b.value(v.Field(i), 4)
		return r
	}
	text, _ := json.Marshal(b.text())
	r.Other = fmt.Appendf(nil, `{"resourceType":"Group","name":%s,"member":[{"n":%d}]}`, text, b.number(9))
	return r
}

// TestRoundTrip states the laws of reading and writing: what was written reads
// back as it was, and reading and writing again gives the same bytes.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[a-z0-9 ]{1,20}`),
			rapid.StringOfN(rapid.Rune(), 1, 12, -1),
			rapid.SampledFrom([]string{`"`, `\`, "\x00", "\n", "<&>", "\u2028", "😀", strings.Repeat("x", 100) + "\t"}),
		)
		b := builder{
			text:   func() string { return text.Draw(t, "text") },
			number: func(n int) int { return rapid.IntRange(0, n).Draw(t, "n") },
		}
		event := b.event()
		data, err := fhir.Append(nil, event)
		require.NoError(t, err)
		require.True(t, json.Valid(data))
		require.Empty(t, fhir.CheckJSON(data))

		again, issues := fhir.Decode(data)
		require.Empty(t, issues)
		require.Equal(t, event, again)

		data2, err := fhir.Append(nil, again)
		require.NoError(t, err)
		require.Equal(t, string(data), string(data2))
	})
}

// first is a builder that always takes the first possibility.
var first = builder{text: func() string { return "x" }, number: func(int) int { return 0 }}

// TestEveryElement writes and reads every field of every type that an event can
// hold, one at a time, and lets encoding/json read the same text into the samply
// types: element names and values must agree.
func TestEveryElement(t *testing.T) {
	seen := map[reflect.Type]bool{}
	count := 0
	roots := []reflect.Type{
		reflect.TypeFor[r4.AdverseEvent](), reflect.TypeFor[r4.Patient](), reflect.TypeFor[r4.Location](),
		reflect.TypeFor[r4.Practitioner](), reflect.TypeFor[r4.Device](), reflect.TypeFor[r4.Medication](),
	}
	type step struct {
		typ  reflect.Type
		path []int // fields from the root
		root reflect.Type
	}
	var todo []step
	for _, root := range roots {
		todo = append(todo, step{root, nil, root})
	}
	for ; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if seen[s.typ] {
			continue
		}
		seen[s.typ] = true
		for i := range s.typ.NumField() {
			path := append(s.path[:len(s.path):len(s.path)], i)
			root := reflect.New(s.root)
			buildPath(root.Elem(), path)
			checkElement(t, root)
			count++
			ft := s.typ.Field(i).Type
			for ft.Kind() == reflect.Pointer || ft.Kind() == reflect.Slice {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Struct {
				todo = append(todo, step{ft, path, s.root})
			}
		}
	}
	assert.Greater(t, count, 500)
}

// buildPath sets the field at the end of the path, and all it needs to be valid.
func buildPath(v reflect.Value, path []int) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		} else {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			v = v.Index(0)
		}
	}
	if len(path) == 0 {
		first.value(v, 2)
		return
	}
	chosen := map[string]bool{}
	field := v.Type().Field(path[0])
	chosen[choiceOf(v.Type(), field.Name)] = true
	if v.Type() == reflect.TypeFor[r4.Extension]() && field.Name == "Extension" {
		chosen["Value"] = true
	}
	buildPath(v.Field(path[0]), path[1:])
	first.complete(v, chosen, 2)
}

func checkElement(t *testing.T, root reflect.Value) {
	event := &fhir.AdverseEvent{}
	first.value(reflect.ValueOf(event).Elem().FieldByName("Actuality"), 1)
	first.value(reflect.ValueOf(event).Elem().FieldByName("Subject"), 1)
	if plain, ok := root.Interface().(*r4.AdverseEvent); ok {
		copyEvent(event, plain)
	} else {
		event.Contained = make([]fhir.Resource, 1)
		reflect.ValueOf(&event.Contained[0]).Elem().FieldByName(root.Elem().Type().Name()).Set(root)
	}
	data, err := fhir.Append(nil, event)
	require.NoError(t, err)
	again, issues := fhir.Decode(data)
	require.Empty(t, issues, string(data))
	require.Equal(t, event, again)

	text := data
	if event.Contained != nil {
		var raw struct{ Contained []json.RawMessage }
		require.NoError(t, json.Unmarshal(data, &raw))
		text = raw.Contained[0]
	}
	plain := reflect.New(root.Elem().Type())
	require.NoError(t, json.Unmarshal(text, plain.Interface()))
	require.Equal(t, root.Interface(), plain.Interface(), string(data))
}

// copyEvent copies the fields that the samply type has too.
func copyEvent(to *fhir.AdverseEvent, from *r4.AdverseEvent) {
	dst, src := reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem()
	for i := range src.NumField() {
		name := src.Type().Field(i).Name
		if f := dst.FieldByName(name); name == "Actuality" || name == "Subject" {
			f.Elem().Set(src.Field(i))
		} else {
			f.Set(src.Field(i))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(readTestdata(f, "event.json"))
	f.Add(readTestdata(f, "event.golden.json"))
	for _, doc := range []string{
		eventWith(`"contained":[{"id":"x","resourceType":"Group","a":[1,-2.5e+3,true,"\ud83d\ude00\n"]}],"description":"x"`),
		eventWith(`"extension":[{"extension":[{"url":"a","valueTiming":{"repeat":{"dayOfWeek":["mon"]}}}],"url":"b"}]`),
		eventWith(`"date":1,"date":null,"_date":{},"foo":[[[]]]`),
		`{"resourceType":"AdverseEvent"`, "[", `{"a":`, `"\u`, "-", "{\"\xff\":1}",
	} {
		f.Add([]byte(doc))
	}
	used := fhir.NewDecoder(fhir.WithRootDescription())
	f.Fuzz(func(t *testing.T, data []byte) {
		event, issues := fhir.Decode(data, fhir.WithRootDescription())
		same, sameIssues := used.Decode(data)
		require.Equal(t, event, same)
		require.Equal(t, issues, sameIssues)
		if issues.HasErrors() {
			return
		}
		require.True(t, json.Valid(data))
		require.False(t, fhir.CheckJSON(data).HasErrors())
		canonical, err := fhir.Append(nil, event)
		require.NoError(t, err)
		again, issues := fhir.Decode(canonical, fhir.WithRootDescription())
		require.False(t, issues.HasErrors())
		require.Equal(t, event, again)
		require.Equal(t, tree(t, data), tree(t, canonical))
	})
}

// tree reads a document with its numbers as they are written.
func tree(t *testing.T, data []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}
