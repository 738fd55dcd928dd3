package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// minimal is the smallest valid event, changed by the caller.
func minimal(change func(*fhir.AdverseEvent)) *fhir.AdverseEvent {
	a := &fhir.AdverseEvent{Actuality: new(r4.AdverseEventActualityActual), Subject: &r4.Reference{Reference: new("#p")}}
	if change != nil {
		change(a)
	}
	return a
}

func TestAppend(t *testing.T) {
	tests := []struct {
		name   string
		change func(*fhir.AdverseEvent)
		want   string
	}{
		{"minimal", nil, ""},
		{"empty slices", func(a *fhir.AdverseEvent) { a.Study, a.Contained = []r4.Reference{}, []fhir.Resource{} }, ""},
		{"escapes", func(a *fhir.AdverseEvent) { a.Date = new("\"\\/\b\f\n\r\t\x00\x1f\x7f<>&é\u2028😀") },
			`,"date":"\"\\/\b\f\n\r\t\u0000\u001f` + "\x7f<>&é\u2028😀" + `"`},
		{"description last", func(a *fhir.AdverseEvent) { a.Description, a.Date = new("x"), new("2026") }, `,"date":"2026","description":"x"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := fhir.Append([]byte("before "), minimal(test.change))
			require.NoError(t, err)
			assert.Equal(t, "before "+head+test.want+"}", string(got))
		})
	}
}

func TestAppendFindings(t *testing.T) {
	ext := func(e ...r4.Extension) func(*fhir.AdverseEvent) {
		return func(a *fhir.AdverseEvent) { a.Extension = e }
	}
	contained := func(r ...fhir.Resource) func(*fhir.AdverseEvent) {
		return func(a *fhir.AdverseEvent) { a.Contained = r }
	}
	other := func(s string) func(*fhir.AdverseEvent) { return contained(fhir.Resource{Other: json.RawMessage(s)}) }
	tests := []struct {
		name   string
		change func(*fhir.AdverseEvent)
		want   []finding
	}{
		{"zero value", func(a *fhir.AdverseEvent) { *a = fhir.AdverseEvent{} },
			[]finding{{"FHIR-REQUIRED", "AdverseEvent.actuality", ""}, {"FHIR-REQUIRED", "AdverseEvent.subject", ""}}},
		{"empty subject", func(a *fhir.AdverseEvent) { a.Subject = &r4.Reference{} }, []finding{{"JSON-EMPTY", "AdverseEvent.subject", ""}}},
		{"empty string", func(a *fhir.AdverseEvent) { a.Date = new("") }, []finding{{"JSON-EMPTY", "AdverseEvent.date", ""}}},
		{"empty string in a list", func(a *fhir.AdverseEvent) { a.Meta = &r4.Meta{Profile: []string{"a", ""}} },
			[]finding{{"JSON-EMPTY", "AdverseEvent.meta.profile[1]", ""}}},
		{"empty element", func(a *fhir.AdverseEvent) { a.Study = []r4.Reference{{Display: new("x")}, {}} },
			[]finding{{"JSON-EMPTY", "AdverseEvent.study[1]", ""}}},
		{"bad UTF-8", func(a *fhir.AdverseEvent) { a.Date = new("20\xff26") }, []finding{{"JSON-UTF8", "AdverseEvent.date", ""}}},
		{"unknown code", func(a *fhir.AdverseEvent) { a.Actuality = new(r4.AdverseEventActuality(2)) }, []finding{{"FHIR-CODE", "AdverseEvent.actuality", ""}}},
		{"negative code", func(a *fhir.AdverseEvent) { a.Text = &r4.Narrative{Status: -1, Div: "x"} }, []finding{{"FHIR-CODE", "AdverseEvent.text.status", ""}}},
		{"unknown code in a list", contained(fhir.Resource{Location: &r4.Location{HoursOfOperation: []r4.LocationHoursOfOperation{{DaysOfWeek: []r4.DaysOfWeek{0, 7}}}}}),
			[]finding{{"FHIR-CODE", "AdverseEvent.contained[0].hoursOfOperation[0].daysOfWeek[1]", ""}}},
		{"no url", ext(r4.Extension{ValueCode: new("x")}), []finding{{"FHIR-REQUIRED", "AdverseEvent.extension[0].url", ""}}},
		{"no value", ext(r4.Extension{Url: "u"}), []finding{{"FHIR-EXT-1", "AdverseEvent.extension[0]", ""}}},
		{"value and extension", ext(r4.Extension{Url: "u", ValueCode: new("x"), Extension: []r4.Extension{{Url: "v", ValueCode: new("y")}}}),
			[]finding{{"FHIR-EXT-1", "AdverseEvent.extension[0]", ""}}},
		{"two values", ext(r4.Extension{Url: "u", ValueCode: new("x"), ValueMeta: &r4.Meta{Id: new("y")}}),
			[]finding{{"FHIR-CHOICE", "AdverseEvent.extension[0].value", ""}}},
		{"empty value", ext(r4.Extension{Url: "u", ValueCode: new("")}), []finding{{"JSON-EMPTY", "AdverseEvent.extension[0].value", ""}}},
		{"large integer", ext(r4.Extension{Url: "u", ValueInteger: new(1 << 31)}), []finding{{"FHIR-INTEGER", "AdverseEvent.extension[0].value", ""}}},
		{"bad decimal", ext(r4.Extension{Url: "u", ValueDecimal: new(json.Number("1."))}), []finding{{"FHIR-DECIMAL", "AdverseEvent.extension[0].value", ""}}},
		{"decimal and more", ext(r4.Extension{Url: "u", ValueDecimal: new(json.Number("1,2"))}), []finding{{"FHIR-DECIMAL", "AdverseEvent.extension[0].value", ""}}},
		{"no ingredient", contained(fhir.Resource{Medication: &r4.Medication{Ingredient: []r4.MedicationIngredient{{IsActive: new(true)}}}}),
			[]finding{{"FHIR-REQUIRED", "AdverseEvent.contained[0].ingredient[0].item", ""}}},
		{"element that is no choice", contained(fhir.Resource{Device: &r4.Device{Property: []r4.DeviceProperty{{
			Type: r4.CodeableConcept{Text: new("x")}, ValueQuantity: []r4.Quantity{{}}}}}}),
			[]finding{{"JSON-EMPTY", "AdverseEvent.contained[0].property[0].valueQuantity[0]", ""}}},
		{"no resource", contained(fhir.Resource{}), []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", ""}}},
		{"two resources", contained(fhir.Resource{Patient: &r4.Patient{}, Device: &r4.Device{}}), []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", ""}}},
		{"other without type", other(`{"id":"x"}`), []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", ""}}},
		{"other with a known type", other(`{"resourceType":"Patient"}`), []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", ""}}},
		{"other with mistakes", other(`{"resourceType":"Group","a":{"b":1,"b":null}} x`), []finding{
			{"JSON-DUPLICATE-KEY", "AdverseEvent.contained[0].a.b", ""}, {"JSON-NULL", "AdverseEvent.contained[0].a.b", ""},
			{"JSON-TRAILING-DATA", "AdverseEvent.contained[0]", ""}}},
		{"other too deep", other(`{"resourceType":"Group","a":` + strings.Repeat("[", 62) + "1" + strings.Repeat("]", 62) + "}"),
			[]finding{{"JSON-DEPTH", "AdverseEvent.contained[0].a" + strings.Repeat("[0]", 61), ""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dst := []byte("before")
			got, err := fhir.Append(dst, minimal(test.change))
			assert.Equal(t, "before", string(got))
			var issues fhir.Issues
			require.ErrorAs(t, err, &issues)
			var found []finding
			for _, issue := range issues {
				assert.Equal(t, -1, issue.Offset)
				assert.Equal(t, fhir.Error, issue.Severity)
				assert.NotEmpty(t, issue.Text)
				assert.NotEmpty(t, issue.Fix)
				found = append(found, finding{rule: issue.Rule, path: issue.Path})
			}
			assert.Equal(t, test.want, found)
		})
	}
}

func TestAppendNil(t *testing.T) {
	got, err := fhir.Append([]byte("x"), nil)
	assert.Equal(t, "x", string(got))
	assert.ErrorContains(t, err, "FHIR-REQUIRED")
}

// TestAppendEndless refuses events that contain themselves, in good time.
func TestAppendEndless(t *testing.T) {
	loop := make([]r4.Extension, 2)
	loop[0] = r4.Extension{Url: "u", Extension: loop}
	loop[1] = r4.Extension{Url: "u", Extension: loop}
	_, err := fhir.Append(nil, minimal(func(a *fhir.AdverseEvent) { a.Extension = loop }))
	assert.ErrorContains(t, err, "JSON-DEPTH")
	assert.ErrorContains(t, err, "JSON-TOO-MANY-ISSUES")

	shared := []r4.Extension{{Url: "u", ValueString: new(strings.Repeat("x", 1000))}}
	for range 25 {
		shared = []r4.Extension{{Url: "u", Extension: shared}, {Url: "u", Extension: shared}}
	}
	_, err = fhir.Append(nil, minimal(func(a *fhir.AdverseEvent) { a.Extension = shared }))
	assert.ErrorContains(t, err, "JSON-SIZE")
}

func TestAppendSize(t *testing.T) {
	_, err := fhir.Append(nil, minimal(func(a *fhir.AdverseEvent) { a.Date = new(strings.Repeat("x", 5<<20)) }))
	assert.ErrorContains(t, err, "JSON-SIZE")
	room := 5<<20 - len(eventWith(`"date":""`))
	data, err := fhir.Append(nil, minimal(func(a *fhir.AdverseEvent) { a.Date = new(strings.Repeat("x", room)) }))
	require.NoError(t, err)
	_, issues := fhir.Decode(data)
	assert.Empty(t, issues)
}

func TestAppendDoesNotAllocate(t *testing.T) {
	event, data := goldenEvent(t)
	buf := make([]byte, 0, len(data))
	allocs := testing.AllocsPerRun(100, func() { _, _ = fhir.Append(buf[:0], event) })
	assert.LessOrEqual(t, allocs, 1.0, "one for the resource in Other")
	event.Contained = event.Contained[:5]
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = fhir.Append(buf[:0], event) }))
}

func TestMarshalAndUnmarshal(t *testing.T) {
	want, data := goldenEvent(t)
	var got struct{ Event *fhir.AdverseEvent }
	require.NoError(t, json.Unmarshal([]byte(`{"Event":`+string(data)+`}`), &got))
	assert.Equal(t, want, got.Event)
	text, err := json.Marshal(got)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Event":`+string(data)+`}`, string(text))

	err = json.Unmarshal([]byte(`{"resourceType":"AdverseEvent"}`), got.Event)
	var issues fhir.Issues
	require.ErrorAs(t, err, &issues)
	assert.Len(t, issues, 2)
	assert.Equal(t, want, got.Event, "a failed decode changed the event")

	_, err = json.Marshal(fhir.AdverseEvent{})
	assert.ErrorContains(t, err, "FHIR-REQUIRED")
}

// TestEventIsNotPrinted keeps patient data out of messages and logs.
func TestEventIsNotPrinted(t *testing.T) {
	event := minimal(func(a *fhir.AdverseEvent) {
		a.Extension = []r4.Extension{{Url: "Zebedee", ValueString: new("Zebedee")}}
		a.Contained = []fhir.Resource{{Other: json.RawMessage(`{"resourceType":"Group","name":"Zebedee"}`)}}
	})
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("submitting", "event", event, "value", *event)
	fmt.Fprintf(&log, "%v %+v %s %v", event, event, event, *event)
	assert.NotContains(t, log.String(), "Zebedee")
	assert.Contains(t, log.String(), "content withheld")
}

// TestAppendFindsItsRoom pins that a record of the usual kind is written into one
// piece of memory.
func TestAppendFindsItsRoom(t *testing.T) {
	event, _ := goldenEvent(t)
	// Two pieces: the text, and a contained resource of another type that is checked. The
	// race detector takes a third.
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _ = fhir.Append(nil, event) }), 3.0)
}
