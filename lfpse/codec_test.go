package lfpse_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func newCodec(t testing.TB, opts ...lfpse.Option) *lfpse.Codec { return codecOf(t, "6", opts...) }

func codecOf(t testing.TB, version string, opts ...lfpse.Option) *lfpse.Codec {
	t.Helper()
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax, opts...)
	require.NoError(t, err)
	return c
}

// anyEvent draws an event in which every property may be stated, with a value of
// its kind.
func anyEvent(t *rapid.T, c *lfpse.Codec) lfpse.Event {
	var e lfpse.Event
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Name != "Extra" && rapid.Bool().Draw(t, f.Name) {
			fill(t, c, v.Field(i), f)
		}
	}
	return e
}

func fill(t *rapid.T, c *lfpse.Codec, v reflect.Value, f reflect.StructField) {
	label := f.Name
	switch {
	case v.Type() == reflect.TypeFor[lfpse.Age]():
		v.Set(reflect.ValueOf(anyAge(t)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if rapid.Bool().Draw(t, label+"."+v.Type().Field(i).Name) {
				fill(t, c, v.Field(i), v.Type().Field(i))
			}
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for range rapid.IntRange(1, 3).Draw(t, label) {
			item := reflect.New(v.Type().Elem()).Elem()
			// The first field is always stated, so that no element is empty
			// and flat medicines can be told apart.
			fill(t, c, item.Field(0), item.Type().Field(0))
			for i := 1; i < item.NumField(); i++ {
				if rapid.Bool().Draw(t, label+"."+item.Type().Field(i).Name) {
					fill(t, c, item.Field(i), item.Type().Field(i))
				}
			}
			v.Set(reflect.Append(v, item))
		}
	case v.Kind() == reflect.Slice:
		for range rapid.IntRange(1, 3).Draw(t, label) {
			item := reflect.New(v.Type().Elem()).Elem()
			item.SetString(text(t, label))
			v.Set(reflect.Append(v, item))
		}
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Bool:
		b := rapid.Bool().Draw(t, label)
		v.Set(reflect.ValueOf(&b))
	case v.Kind() == reflect.Pointer:
		n := int(rapid.Int32().Draw(t, label))
		v.Set(reflect.ValueOf(&n))
	default:
		v.SetString(named(t, v, label))
	}
}

// anyAge draws an age that comes back from the wire, which 0 days does not: it is
// sent as 1 day.
func anyAge(t *rapid.T) lfpse.Age {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(1, 30), func(n int) lfpse.Age { return lfpse.Age{Value: n, Unit: lfpse.Days} }),
		rapid.Map(rapid.IntRange(1, 11), func(n int) lfpse.Age { return lfpse.Age{Value: n, Unit: lfpse.Months} }),
		rapid.Map(rapid.IntRange(1, 199), func(n int) lfpse.Age { return lfpse.Age{Value: n, Unit: lfpse.Years} }),
		rapid.Map(rapid.IntRange(-400, 0), func(n int) lfpse.Age { return lfpse.Age{Value: n, Unit: lfpse.RawAge} }),
		rapid.Just(lfpse.Age{Value: 18262, Unit: lfpse.RawAge}),
	).Draw(t, "age")
}

// named draws a value of a property: one of the names where it has names.
func named(t *rapid.T, v reflect.Value, label string) string {
	lists := map[reflect.Type][]string{
		reflect.TypeFor[lfpse.EventType]():           {"incident", "risk", "outcome", "good-care", "code:9"},
		reflect.TypeFor[lfpse.PhysicalHarm]():        {"fatal", "severe", "moderate", "low", "none"},
		reflect.TypeFor[lfpse.PsychologicalHarm]():   {"severe", "moderate", "low", "none"},
		reflect.TypeFor[lfpse.GenderIdentity]():      {"female", "male", "non-binary", "other", "not-known", "not-stated", "code:F1"},
		reflect.TypeFor[lfpse.GenderSameAsAtBirth](): {"yes", "no", "not-known", "not-stated"},
	}
	if names := lists[v.Type()]; names != nil {
		return rapid.SampledFrom(names).Draw(t, label)
	}
	return text(t, label)
}

func text(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-zA-Z0-9<>&"\\é€😀][a-z \n\t"é]{0,12}`).Draw(t, label)
}

func TestDecodeOfEncodeIsTheEvent(t *testing.T) {
	for name, opts := range map[string][]lfpse.Option{"default": nil, "flat medicines and root description": {lfpse.WithFlatMedicines(), lfpse.WithRootDescription()}} {
		t.Run(name, func(t *testing.T) {
			c := newCodec(t, opts...)
			rapid.Check(t, func(t *rapid.T) {
				e := anyEvent(t, c)
				a, issues := c.Encode(&e)
				if len(issues) > 0 {
					t.Fatalf("encode: %v", issues)
				}
				back, issues := c.Decode(a)
				if len(issues) > 0 {
					t.Fatalf("decode: %v", issues)
				}
				if !reflect.DeepEqual(e, back) {
					t.Fatalf("the event changed:\n%s\n%s", toJSON(e), toJSON(back))
				}
			})
		})
	}
}

func TestWireFormSurvivesTheStrictDecoder(t *testing.T) {
	c := newCodec(t)
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, c)
		a, _ := c.Encode(&e)
		b, err := fhir.Append(nil, a)
		if err != nil {
			t.Fatal(err)
		}
		read, issues := fhir.Decode(b)
		if len(issues) > 0 {
			t.Fatalf("%v\n%s", issues, b)
		}
		back, _ := c.Decode(read)
		if !reflect.DeepEqual(e, back) {
			t.Fatalf("the event changed on the wire:\n%s", b)
		}
	})
}

func TestJSONFormIsLossless(t *testing.T) {
	c := newCodec(t)
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, c)
		back, err := lfpse.ParseEvent([]byte(toJSON(e)))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, back) {
			t.Fatalf("the event changed:\n%s", toJSON(e))
		}
	})
}

func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestSamplesComeBackUnchanged(t *testing.T) {
	files, _ := filepath.Glob("../../shared/lfpse/samples/v6-*.reconstructed.json")
	if len(files) == 0 {
		t.Skip("no samples: put the reconstructed v6 samples into ../shared/lfpse/samples beside the project")
	}
	c := newCodec(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			_, issues := fhir.Decode(b)
			require.True(t, issues.HasErrors(), "the root description is not R4")
			a, issues := fhir.Decode(b, fhir.WithRootDescription())
			require.Len(t, issues, 1)
			assert.Equal(t, fhir.Warning, issues[0].Severity)
			assert.Equal(t, "AdverseEvent.description", issues[0].Path)
			var want map[string]any
			require.NoError(t, json.Unmarshal(b, &want))
			delete(want, "description")
			assert.Equal(t, want, thereAndBack(t, c, a))
		})
	}
}

// thereAndBack makes an event of a record, and a record of that.
func thereAndBack(t testing.TB, c *lfpse.Codec, a *fhir.AdverseEvent) map[string]any {
	t.Helper()
	e, issues := c.Decode(a)
	require.Empty(t, issues)
	again, issues := c.Encode(&e)
	require.Empty(t, issues)
	out, err := c.Append(nil, again)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(out, &tree))
	return tree
}

func TestEncodeReportsWhatItCannotExpress(t *testing.T) {
	c := newCodec(t)
	e := lfpse.Event{
		Type:     "near-miss",
		Patients: []lfpse.Patient{{PhysicalHarm: "critical"}},
		Devices:  []lfpse.Device{{}},
		Extra: []lfpse.Extra{
			{Group: "no-such-group", Field: "X", Value: "1"},
			{Group: "adverse-event-agent", Field: "InvolvedAgents", Value: "4"},
		},
		Medicines: []lfpse.Medicine{{}},
	}
	_, issues := c.Encode(&e)
	var got []string
	for _, i := range issues {
		got = append(got, i.Rule+" "+i.Path)
		assert.Equal(t, fhir.Error, i.Severity)
		assert.NotContains(t, i.Text+i.Fix, "critical")
	}
	assert.ElementsMatch(t, []string{
		"ENC-NAME type",
		"ENC-NAME patients[0].physicalHarm",
		"ENC-EXTRA extra[0]",
		"ENC-EXTRA extra[1].field",
		"ENC-EMPTY medicines[0]",
	}, got)
}

func TestDecodeDropsNothingInSilence(t *testing.T) {
	c := newCodec(t)
	a, _ := c.Encode(&lfpse.Event{Type: lfpse.TypeIncident, Description: "x", Patients: []lfpse.Patient{{}, {}}})
	b, err := fhir.Append(nil, a)
	require.NoError(t, err)
	const base = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"
	for name, c2 := range map[string]struct{ old, new, rule, path string }{
		"unknown group":     {base + "adverse-event-core-6", base + "adverse-event-cake-6", "DEC-GROUP", "AdverseEvent.extension[0].url"},
		"unknown field":     {`"url":"Description"`, `"url":"Blurb"`, "DEC-FIELD", "AdverseEvent.extension[0].extension[0].url"},
		"wrong value type":  {`"valueString":"x"`, `"valueCode":"x"`, "DEC-TYPE", "AdverseEvent.extension[0].extension[0].value"},
		"unused element":    {`"actuality"`, `"recordedDate":"2026-01-01","actuality"`, "DEC-NOT-CARRIED", "AdverseEvent.recordedDate"},
		"patient's name":    {`"resourceType":"Patient"`, `"resourceType":"Patient","gender":"female"`, "DEC-NOT-CARRIED", "AdverseEvent.contained[2].gender"},
		"another resource":  {`"contained":[`, `"contained":[{"resourceType":"Group","id":"g"},`, "DEC-NOT-CARRIED", "AdverseEvent.contained[0]"},
		"modifier":          {`"actuality"`, `"modifierExtension":[{"url":"x","valueCode":"y"}],"actuality"`, "DEC-NOT-CARRIED", "AdverseEvent.modifierExtension[0]"},
		"potential":         {`"actual"`, `"potential"`, "DEC-ACTUALITY", "AdverseEvent.actuality"},
		"two types":         {`"coding":[{"code":"1"}]`, `"coding":[{"code":"1"},{"code":"2"}]`, "DEC-EVENT-TYPE", "AdverseEvent.event"},
		"patients numbered": {`"valueInteger":2`, `"valueInteger":3`, "DEC-SEQUENCE", "AdverseEvent.contained.ofType(Patient)"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := strings.Replace(string(b), c2.old, c2.new, 1)
			require.NotEqual(t, string(b), doc)
			a, issues := fhir.Decode([]byte(doc))
			require.Empty(t, issues)
			_, issues = c.Decode(a)
			require.Len(t, issues, 1, "%v", issues)
			assert.Equal(t, c2.rule, issues[0].Rule)
			assert.Equal(t, c2.path, issues[0].Path)
		})
	}
}

// A contained resource that is none, or two at once, is reported too. No document has
// one that was read without findings.
func TestDecodeReportsWhatIsNoResource(t *testing.T) {
	c := newCodec(t)
	a, _ := c.Encode(&lfpse.Event{Type: lfpse.TypeIncident, Description: "x"})
	places := len(a.Contained)
	both := a.Contained[0]
	both.Patient = &r4.Patient{}
	a.Contained = append(a.Contained, fhir.Resource{}, both)
	_, issues := c.Decode(a)
	var got []string
	for _, i := range issues {
		got = append(got, i.Rule+" "+i.Path)
	}
	assert.Equal(t, []string{fmt.Sprintf("DEC-NOT-CARRIED AdverseEvent.contained[%d]", places),
		fmt.Sprintf("DEC-NOT-CARRIED AdverseEvent.contained[%d]", places+1)}, got)
}

func TestPatientsAreOrderedBySequence(t *testing.T) {
	c := newCodec(t)
	e := lfpse.Event{Patients: []lfpse.Patient{{ClinicalOutcome: "first"}, {ClinicalOutcome: "second"}}}
	a, _ := c.Encode(&e)
	ext := a.Contained[2].Patient.Extension
	ext[0], ext[1] = ext[1], ext[0]
	back, issues := c.Decode(a)
	require.Empty(t, issues)
	assert.Equal(t, e.Patients, back.Patients)
}

func TestFieldsThatTheModelLacksAreKept(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	doc, err := tax.Append(nil)
	require.NoError(t, err)
	var raw map[string]any
	require.NoError(t, json.Unmarshal(doc, &raw))
	for _, g := range raw["groups"].([]any) {
		g := g.(map[string]any)
		if g["id"] == "adverse-event-core-6" || g["id"] == "patient-information-6" {
			g["fields"] = append(g["fields"].([]any), map[string]any{"name": "Novelty", "min": 0, "max": 1, "type": "integer", "evidence": "seen"})
		}
	}
	newer, err := taxonomy.Load([]byte(toJSON(raw)))
	require.NoError(t, err)
	c, err := lfpse.NewCodec(newer)
	require.NoError(t, err)
	e := lfpse.Event{Description: "x", Patients: []lfpse.Patient{{}, {}}, Extra: []lfpse.Extra{
		{Group: "patient-information", Index: 1, Field: "Novelty", Value: "7"},
		{Group: "adverse-event-core", Field: "Novelty", Value: "12"},
	}}
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	back, issues := c.Decode(a)
	require.Empty(t, issues)
	assert.Equal(t, e, back)
}

func TestPrintingAnEventShowsNothingOfIt(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeIncident, Description: "SECRET-NARRATIVE"}
	for _, s := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.NotContains(t, sprintf(s, e), "SECRET")
		assert.NotContains(t, sprintf(s, &e), "SECRET")
	}
	assert.NotContains(t, e.LogValue().String(), "SECRET")
}
