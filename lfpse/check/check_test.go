package check_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func codec(t testing.TB, version string) *lfpse.Codec {
	t.Helper()
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	return c
}

func checker(t testing.TB, opts ...check.Option) *check.Checker {
	t.Helper()
	k, err := check.New(codec(t, "6"), opts...)
	require.NoError(t, err)
	return k
}

// record is the JSON of a sound incident, changed.
func record(t testing.TB, change ...string) []byte {
	t.Helper()
	e := lfpse.Event{
		Type: lfpse.TypeIncident, Date: "2026-03-11", Description: "The wrong medicine was given to the patient in the clinic.",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"},
		Location:      lfpse.Location{LocationKnown: "n"},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A99999", ReporterRole: "1"},
		Patients: []lfpse.Patient{{
			Age: lfpse.Age{Value: 50, Unit: lfpse.Years}, GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes,
			PhysicalHarm: lfpse.PhysicalNone, PsychologicalHarm: lfpse.PsychologicalNone,
		}},
	}
	c := codec(t, "6")
	a, issues := c.Encode(&e)
	require.False(t, issues.HasErrors(), issues)
	doc, err := c.Append(nil, a)
	require.NoError(t, err)
	text := strings.NewReplacer(change...).Replace(string(doc))
	if len(change) > 0 {
		require.NotEqual(t, string(doc), text, "nothing changed")
	}
	return []byte(text)
}

func rules(issues fhir.Issues) (out []string) {
	for _, i := range issues {
		if i.Severity == fhir.Error {
			out = append(out, i.Rule)
		}
	}
	return out
}

// What is found in a document with a fault of reading: the fault, and whatever else is
// wrong with it, but nothing that only follows from the fault.
func TestAReadingErrorHidesNothing(t *testing.T) {
	k := checker(t)
	v := k.Document(record(t), nil)
	require.True(t, v.Valid(), v.Issues)
	for name, tt := range map[string]struct {
		change []string
		want   []string
	}{
		"unknown element": {[]string{`{"resourceType":"AdverseEvent"`, `{"resourceType":"AdverseEvent","colour":"blue"`}, []string{"FHIR-UNKNOWN-ELEMENT"}},
		"an NHS number elsewhere": {[]string{`{"resourceType":"AdverseEvent"`, `{"resourceType":"AdverseEvent","colour":"blue"`, "The wrong medicine", "999 000 0018 got"},
			[]string{"FHIR-UNKNOWN-ELEMENT", "PRIVACY-NHS-NUMBER"}},
		"an NHS number in what is unknown": {[]string{`{"resourceType":"AdverseEvent"`, `{"resourceType":"AdverseEvent","colour":{"of":["999 000 0018"]}`},
			[]string{"FHIR-UNKNOWN-ELEMENT", "PRIVACY-NHS-NUMBER"}},
		"an NHS number as a name": {[]string{`{"resourceType":"AdverseEvent"`, `{"resourceType":"AdverseEvent","999 000 0018":1`},
			[]string{"FHIR-UNKNOWN-ELEMENT", "PRIVACY-NHS-NUMBER"}},
		"an NHS number in a wrong type": {[]string{`"date":"2026-03-11"`, `"date":{"x":"999 000 0018"}`}, []string{"JSON-TYPE", "PRIVACY-NHS-NUMBER"}},
		"an NHS number in a second date": {[]string{`"date":"2026-03-11"`, `"date":"2026-03-11","date":"999 000 0018"`},
			[]string{"JSON-DUPLICATE-KEY", "PRIVACY-NHS-NUMBER"}},
		"an NHS number beside a date":    {[]string{`"date":"2026-03-11"`, `"date":"2026-03-11","_date":{"id":"999 000 0018"}`}, []string{"PRIVACY-NHS-NUMBER"}},
		"an NHS number for a code":       {[]string{`"actuality":"actual"`, `"actuality":"999 000 0018"`}, []string{"FHIR-CODE", "PRIVACY-NHS-NUMBER"}},
		"an extension for the date":      {[]string{`"date":"2026-03-11"`, `"_date":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}`}, []string{"LFPSE-DATE"}},
		"an extension for the actuality": {[]string{`"actuality":"actual"`, `"_actuality":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}`}, []string{"PROFILE-TYPE"}},
		"an extension for an answer":     {[]string{`"valueCode":"A99999"`, `"_valueCode":{"id":"x"}`}, []string{"LFPSE-REPORTER-ORGANISATION"}},
		"a date that is a number":        {[]string{`"date":"2026-03-11"`, `"date":20260311`}, []string{"JSON-TYPE"}},
		"a null, and no date":            {[]string{`"actuality":"actual"`, `"actuality":null`, `"date":"2026-03-11",`, ``}, []string{"JSON-NULL", "LFPSE-DATE"}},
		"an answer that is null":         {[]string{`"valueCode":"A99999"`, `"valueCode":null`}, []string{"JSON-NULL"}},
		"two groups in one":              {[]string{`"extension":[{"url":"PatientSequence"`, `"valueCode":"x","extension":[{"url":"PatientSequence"`}, []string{"FHIR-EXT-1"}},
		"an NHS number, and cut short":   {[]string{"The wrong medicine", "999 000 0018 got", `"date":"2026-03-11"`, `"date":`}, []string{"JSON-SYNTAX", "PRIVACY-NHS-NUMBER"}},
		"an NHS number in another kind of record": {[]string{`{"resourceType":"AdverseEvent"`, `{"resourceType":"AdverseEvents"`, "The wrong medicine", "999 000 0018 got"},
			[]string{"FHIR-RESOURCE-TYPE", "PRIVACY-NHS-NUMBER"}},
		"an NHS number beside a fault, in a resource without a Go type": {[]string{`"contained":[`, `"contained":[{"resourceType":"Basic","id":"b","code":null,"x":"999 000 0018"},`},
			[]string{"JSON-NULL", "PROFILE-RESOURCE", "PRIVACY-NHS-NUMBER"}},
		"the same number twice, in a resource without a Go type": {[]string{`"contained":[`, `"contained":[{"resourceType":"Basic","id":"b","x":"1","x":"999 000 0018"},`},
			[]string{"JSON-DUPLICATE-KEY", "FHIR-DOM-3", "PROFILE-RESOURCE", "PRIVACY-NHS-NUMBER"}},
		"a date of a wrong form, twice":        {[]string{`"date":"2026-03-11"`, `"date":"11/03/2026","date":"2026-03-11"`}, []string{"JSON-DUPLICATE-KEY", "FHIR-FORMAT"}},
		"a null among the groups, and no date": {[]string{`"date":"2026-03-11",`, ``, `[{"url":"LocationKnown"`, `[null,{"url":"LocationKnown"`}, []string{"JSON-NULL", "LFPSE-DATE"}},
		"a wrong form below what has no url":   {[]string{`[{"url":"PatientSequence"`, `[{"valueDate":"11/03/2026"},{"url":"PatientSequence"`}, []string{"FHIR-REQUIRED", "FHIR-FORMAT"}},
		"cut short":                            {[]string{`"date":"2026-03-11"`, `"date":`}, []string{"JSON-SYNTAX"}},
		"a second document, with data":         {[]string{"\x00", ""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var doc []byte
			if tt.want == nil {
				doc, tt.want = append(record(t), ` {"x":"999 000 0018"} and 999 000 0018`...), []string{"JSON-TRAILING-DATA", "PRIVACY-NHS-NUMBER", "PRIVACY-NHS-NUMBER"}
			} else {
				doc = record(t, tt.change...)
			}
			v := k.Document(doc, nil)
			assert.ElementsMatch(t, tt.want, rules(v.Issues), "%v", v.Issues)
			assert.False(t, v.Valid())
			for _, i := range v.Issues {
				assert.NotContains(t, fmt.Sprint(i), "999 000", "no value is repeated")
			}
		})
	}
}

// A document that is something else altogether gets one sentence that says what it is and
// what to do, and is screened all the same.
func TestAnotherDocument(t *testing.T) {
	k := checker(t)
	patient := `{"resourceType":"Patient","name":[{"family":"Quux"}],"gender":"female","birthDate":"1990-01-01"`
	sound := string(record(t))
	for doc, want := range map[string][]string{
		``: {"JSON-SYNTAX", "empty"}, `"text"`: {"JSON-TYPE", "object"}, `null`: {"JSON-NULL", "null"}, `{}`: {"JSON-EMPTY", "empty"},
		`[]`:                               {"JSON-TYPE", "list", "NDJSON"},
		`["999 000 0018"]`:                 {"JSON-TYPE", "list", "PRIVACY-NHS-NUMBER"},
		"[" + sound + "]":                  {"JSON-TYPE", "list"},
		sound + "\n" + sound:               {"JSON-TRAILING-DATA", "several", "NDJSON"},
		sound + "{\"x\":\"999 000 0018\"}": {"JSON-TRAILING-DATA", "several", "PRIVACY-NHS-NUMBER"},
		`<AdverseEvent xmlns="http://hl7.org/fhir"><date value="2026"/></AdverseEvent>`: {"JSON-SYNTAX", "XML", "application/fhir+json"},
		"\n <?xml version=\"1.0\"?><x>999 000 0018</x>":                                 {"JSON-SYNTAX", "XML", "PRIVACY-NHS-NUMBER"},
		`<!DOCTYPE html><html><body>502</body></html>`:                                  {"JSON-SYNTAX", "web page"},
		"Ref,Date,What\nA1,2026-01-02,999 000 0018\n":                                   {"JSON-SYNTAX", "not JSON", "lfpse map", "PRIVACY-NHS-NUMBER"},
		"\xff\xfe{\x00}\x00": {"JSON-SYNTAX", "UTF-16"},
		"\x1f\x8b\x08":       {"JSON-SYNTAX", "compressed"},
		patient + `}`:        {"FHIR-RESOURCE-TYPE", "Patient", "lfpse map --records"},
		patient + `,"address":[{"line":["999 000 0018"]}]}`:                                                    {"FHIR-RESOURCE-TYPE", "Patient", "PRIVACY-ELEMENT"},
		`{"resourceType":"Parameters","parameter":[{"name":"x"}]}`:                                             {"FHIR-RESOURCE-TYPE", "Parameters", "parameter"},
		`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}`:                  {"FHIR-RESOURCE-TYPE", "OperationOutcome", "server"},
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + patient + `}}]}`:                {"FHIR-RESOURCE-TYPE", "holds no AdverseEvent"},
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + sound + `}]}`:                   {"FHIR-RESOURCE-TYPE", "Bundle", "by itself"},
		`{"resourceType":"Zwxyv","colour":"blue"}`:                                                             {"FHIR-RESOURCE-TYPE", "another type"},
		`{"type":"incident","date":"2026-03-11","patients":[]}`:                                                {"FHIR-RESOURCE-TYPE", "JSON form of this library", "lfpse map FILE --format fhir"},
		`{"resourceType":"AdverseEvent","category":"AE","type":{"coding":[{"code":"1"}]},"date":"2026-03-11"}`: {"FHIR-STU3", "STU3", "--taxonomy 5"},
		strings.ReplaceAll(sound, `-6"`, `-5"`):                                                                {"PROFILE-VERSION", "version 5", "--taxonomy 5"},
		strings.ReplaceAll(strings.Replace(sound, `"actuality"`, `"colour"`, 1), `-6"`, `-5"`):                 {"PROFILE-VERSION", "version 5", "--taxonomy 5"},
		strings.ReplaceAll(sound, `-6"`, `-77"`):                                                               {"PROFILE-VERSION", "does not have", "--taxonomy FILE"},
	} {
		v := k.Document([]byte(doc), nil)
		found := v.Issues[:len(v.Issues)-len(v.Privacy())]
		require.Len(t, found, 1, "%s: %v", doc, v.Issues)
		assert.Equal(t, want[0], found[0].Rule, doc)
		text := fmt.Sprint(v.Issues)
		for _, w := range want[1:] {
			assert.Contains(t, text, w, doc)
		}
		assert.NotContains(t, text, "999 000", doc)
		assert.NotContains(t, text, "Zwxyv", doc)
		assert.NotContains(t, text, "77", doc)
		assert.Empty(t, v.Questions, doc)
		assert.Equal(t, found, v.Faults(), doc)
	}
}

// What comes after the place where reading ended is screened as raw text.
func TestWhatWasNotReadIsScreened(t *testing.T) {
	number := `,"x":"a\nb\"c 999 000 0018"`
	for name, doc := range map[string][]byte{
		"after a syntax error":     record(t, `"date":"2026-03-11"`, `"date":"2026-03-11"`+number[1:]),
		"in the string that ended": append(record(t)[:40], "\": \"999 000 0018 \x01 and so on\"}"...),
		"cut off in a string":      []byte(`{"resourceType":"AdverseEvent","x":"999 000 0018 and`),
		"below the depth":          []byte(`{"resourceType":"AdverseEvent","x":` + strings.Repeat("[", 99) + `"999 000 0018"` + strings.Repeat("]", 99) + "}"),
		"after a thousand faults":  []byte(`{"resourceType":"AdverseEvent","study":[` + strings.Repeat("null,", 1200) + `null]` + number + "}"),
	} {
		for _, version := range []string{"5", "6"} {
			k, err := check.New(codec(t, version))
			require.NoError(t, err)
			v := k.Document(doc, nil)
			assert.Contains(t, rules(v.Privacy()), "PRIVACY-NHS-NUMBER", "%s, version %s: %v", name, version, v.Issues)
			assert.False(t, v.Valid())
		}
	}
}

// What reading and the rules both find stands there once, as severe as either says.
func TestSeverityIsTheWorseOfTwo(t *testing.T) {
	doc := record(t, `"event":`, `"description":"The wrong medicine was given to the patient in the clinic.","event":`)
	count := func(v check.Verdict) (found fhir.Issues) {
		for _, i := range v.Issues {
			if i.Rule == "FHIR-R4-DESCRIPTION" {
				found = append(found, i)
			}
		}
		return found
	}
	found := count(checker(t, check.WithRootDescription()).Document(doc, nil))
	require.Len(t, found, 1)
	assert.Equal(t, fhir.Warning, found[0].Severity)
	assert.GreaterOrEqual(t, found[0].Offset, 0)
	found = count(checker(t, check.WithRootDescription(), check.WithStrict()).Document(doc, nil))
	require.Len(t, found, 1)
	assert.Equal(t, fhir.Error, found[0].Severity)
}

func TestLayersAndRules(t *testing.T) {
	doc := record(t, `"date":"2026-03-11",`, ``, "The wrong medicine", "999 000 0018 got")
	assert.Equal(t, []string{"LFPSE-DATE", "PRIVACY-NHS-NUMBER"}, rules(checker(t).Document(doc, nil).Issues))
	assert.Equal(t, []string{"LFPSE-DATE"}, rules(checker(t, check.WithLayers(rule.LayerFHIR, rule.LayerLFPSE)).Document(doc, nil).Issues))
	assert.Equal(t, []string{"PRIVACY-NHS-NUMBER"}, rules(checker(t, check.WithLayers(rule.LayerPrivacy)).Document(doc, nil).Issues))
	assert.Equal(t, []string{"PRIVACY-NHS-NUMBER"}, rules(checker(t, check.WithoutRules("LFPSE-DATE")).Document(doc, nil).Issues))
	_, err := check.New(codec(t, "6"), check.WithLayers("nonsense"), check.WithoutRules("NONSENSE"))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "nonsense")
	assert.Contains(t, err.Error(), "NONSENSE")
	_, found := checker(t).Rules().Find("PRIVACY-NHS-NUMBER")
	assert.True(t, found)
	assert.Equal(t, []string{"LFPSE-DATE-FUTURE"}, rules(checker(t, check.WithToday(func() lfpse.Date { return "2026-03-01" })).Document(record(t), nil).Issues))
}

// A record in memory gets the verdict of its document, but for places in the text.
func TestEventAndDocumentAgree(t *testing.T) {
	k := checker(t)
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Identifier, Text: "clinic"}})
	for _, change := range [][]string{nil, {`"date":"2026-03-11",`, ``}, {"The wrong", "999 000 0018"}} {
		doc := record(t, change...)
		a, issues := fhir.Decode(doc)
		require.Empty(t, issues)
		assert.Equal(t, k.Document(doc, deny), k.Event(a, deny))
	}
	v := k.Document(record(t), deny)
	assert.Equal(t, []string{"PRIVACY-IDENTIFIER"}, rules(v.Privacy()))
	assert.Empty(t, rules(v.Faults()))
}

func TestOtherVersion(t *testing.T) {
	k, err := check.New(codec(t, "5"))
	require.NoError(t, err)
	v := k.Document(record(t), nil)
	assert.False(t, v.Valid(), "a record of version 6 is none of version 5")
	for _, doc := range []string{
		`{"resourceType":"AdverseEvent","category":"AE","colour":"999 000 0018"}`,
		`{"resourceType":"AdverseEvent","category":"999 000 0018"}`,
		`{"resourceType":"AdverseEvent","category":"AE","999 000 0018":1}`,
		`{"resourceType":"AdverseEvent","category":"AE","date":null,"contained":[{"resourceType":"Device","id":"d","model":"999 000 0018"}]}`,
		`{"resourceType":"AdverseEvent","category":"AE","type":{"coding":[{"code":["999 000 0018"]}]}}`,
		`["999 000 0018"]`,
	} {
		v := k.Document([]byte(doc), nil)
		assert.Contains(t, rules(v.Privacy()), "PRIVACY-NHS-NUMBER", doc)
	}
}

// FuzzDocument checks whatever comes: it never panics, says the same twice, keeps the
// order of its parts, and says what reading says.
func FuzzDocument(f *testing.F) {
	f.Add(record(f))
	f.Add([]byte(`{"resourceType":"AdverseEvent","x":{"y":["999 000 0018"]},"date":null,"date":"1","_date":[]}`))
	k := checker(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		v := k.Document(data, nil)
		assert.Equal(t, v, k.Document(data, nil))
		_, read := fhir.Decode(data)
		if len(v.Issues)-len(v.Privacy()) != 1 { // else it may be another document
			for n, i := range read {
				assert.Equal(t, i.Rule, v.Issues[n].Rule)
			}
		}
		private := false
		for _, i := range v.Issues {
			is := strings.HasPrefix(i.Rule, "PRIVACY-")
			assert.False(t, private && !is, "the screen comes last")
			private = private || is
			_, known := k.Rules().Find(i.Rule)
			assert.True(t, known, i.Rule)
		}
		for _, i := range v.Faults() {
			assert.True(t, slices.ContainsFunc(v.Issues, func(o fhir.Issue) bool { return o == i }))
		}
		_, err := json.Marshal(v.Issues)
		assert.NoError(t, err)
	})
}

// The keys of a verdict and the findings say the same about every record of the suite
// that is of the taxonomy's version.
func TestProvisionalKeysAndFindingsAgree(t *testing.T) {
	all, err := cases.All()
	require.NoError(t, err)
	used := 0
	for _, version := range taxonomy.Versions() {
		k, err := check.New(codec(t, version))
		require.NoError(t, err)
		open := codec(t, version).Taxonomy().Unconfirmed()
		for i := range all {
			v := k.Document(all[i].Input, nil)
			assert.Equal(t, v.Has("LFPSE-PROVISIONAL"), len(v.Provisional) > 0, all[i].Name)
			for _, key := range v.Provisional {
				used++
				assert.True(t, slices.ContainsFunc(open, func(o taxonomy.Unconfirmed) bool {
					return o.Key == key || strings.HasPrefix(o.Key, key+"#")
				}), "%s: %s", all[i].Name, key)
			}
		}
	}
	assert.Greater(t, used, 100)
}
