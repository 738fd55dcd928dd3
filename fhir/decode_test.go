package fhir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// head begins a valid event; eventWith completes it.
const head = `{"resourceType":"AdverseEvent","actuality":"actual","subject":{"reference":"#p"}`

func eventWith(properties string) string {
	if properties == "" {
		return head + "}"
	}
	return head + "," + properties + "}"
}

// finding is what the tables expect of an issue: its rule, its path and how the
// document goes on at its offset.
type finding struct{ rule, path, at string }

func checkFindings(t *testing.T, doc string, issues fhir.Issues, want []finding) {
	t.Helper()
	var got []finding
	for i, issue := range issues {
		f := finding{rule: issue.Rule, path: issue.Path}
		require.LessOrEqual(t, issue.Offset, len(doc))
		if i < len(want) {
			at := doc[issue.Offset:]
			f.at = at[:min(len(at), len(want[i].at))]
		}
		got = append(got, f)
		assert.NotEmpty(t, issue.Text)
		assert.NotEmpty(t, issue.Fix)
	}
	assert.Equal(t, want, got)
}

func TestDecodeFindings(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + "1" + strings.Repeat("]", n) }
	tests := []struct {
		name string
		doc  string
		want []finding
	}{
		{"valid", eventWith(""), nil},
		{"white space", " \t\r\n" + strings.ReplaceAll(eventWith(""), ",", " ,\n ") + "\n", nil},

		{"no text", "", []finding{{"JSON-SYNTAX", "AdverseEvent", ""}}},
		{"white space only", "  ", []finding{{"JSON-SYNTAX", "AdverseEvent", ""}}},
		{"byte order mark", "\ufeff" + eventWith(""), []finding{{"JSON-SYNTAX", "AdverseEvent", "\ufeff"}}},
		{"open object", head, []finding{{"JSON-SYNTAX", "AdverseEvent", ""}}},
		{"no comma", eventWith(`"date":"2026" "language":"en"`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `"language`}}},
		{"no comma after object", eventWith(`"event":{"text":"x"} "language":"en"`), []finding{{"JSON-SYNTAX", "AdverseEvent", `"language`}}},
		{"comma at the end of an object", eventWith(`"date":"2026",`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `}`}}},
		{"comma at the end of an array", eventWith(`"study":[{"display":"x"},]`), []finding{{"JSON-SYNTAX", "AdverseEvent.study[1]", `]`}}},
		{"no comma in an array", eventWith(`"study":[{"display":"x"} {}]`), []finding{{"JSON-SYNTAX", "AdverseEvent.study[0]", `{}`}}},
		{"no colon", eventWith(`"date" "2026"`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `"2026"`}}},
		{"name without quotes", eventWith(`date:"2026"`), []finding{{"JSON-SYNTAX", "AdverseEvent", `date`}}},
		{"open string", head + `,"date":"2026`, []finding{{"JSON-SYNTAX", "AdverseEvent.date", ``}}},
		{"line break in a string", eventWith("\"date\":\"2026\n\""), []finding{{"JSON-SYNTAX", "AdverseEvent.date", "\n"}}},
		{"line break after an escape", eventWith("\"date\":\"\\n2026\n\""), []finding{{"JSON-SYNTAX", "AdverseEvent.date", "\n"}}},
		{"unknown escape", eventWith(`"date":"20\x26"`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `\x`}}},
		{"short escape", eventWith(`"date":"\u12"`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `\u12`}}},
		{"escape at the end", head + `,"date":"\`, []finding{{"JSON-SYNTAX", "AdverseEvent.date", `\`}}},
		{"misspelt literal", eventWith(`"contained":[{"resourceType":"Patient","active":trve}]`),
			[]finding{{"JSON-SYNTAX", "AdverseEvent.contained[0].active", `trve`}}},
		{"misspelt null", eventWith(`"date":nil`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `nil`}}},
		{"not a value", eventWith(`"date":?`), []finding{{"JSON-SYNTAX", "AdverseEvent.date", `?`}}},
		{"leading zero", eventWith(`"extension":[{"url":"a","valueInteger":01}]`),
			[]finding{{"JSON-SYNTAX", "AdverseEvent.extension[0].value", `1}`}}},
		{"bad fraction", eventWith(`"extension":[{"url":"a","valueDecimal":1.}]`),
			[]finding{{"JSON-SYNTAX", "AdverseEvent.extension[0].value", `1.`}}},
		{"bad exponent", eventWith(`"extension":[{"url":"a","valueDecimal":1e+}]`),
			[]finding{{"JSON-SYNTAX", "AdverseEvent.extension[0].value", `1e+`}}},
		{"lone minus", eventWith(`"extension":[{"url":"a","valueDecimal":-}]`),
			[]finding{{"JSON-SYNTAX", "AdverseEvent.extension[0].value", `-`}}},

		{"trailing data", eventWith("") + ` {}`, []finding{{"JSON-TRAILING-DATA", "AdverseEvent", `{}`}}},
		{"trailing brace", eventWith("") + `}`, []finding{{"JSON-TRAILING-DATA", "AdverseEvent", `}`}}},

		{"duplicate", eventWith(`"date":"2026","date":"2027"`), []finding{{"JSON-DUPLICATE-KEY", "AdverseEvent.date", `"date":"2027"`}}},
		{"duplicate by escape", eventWith(`"date":"2026","d\u0061te":"2027"`), []finding{{"JSON-DUPLICATE-KEY", "AdverseEvent.date", `"d\u0061te`}}},
		{"duplicate resourceType", eventWith(`"resourceType":"AdverseEvent"`), []finding{{"JSON-DUPLICATE-KEY", "AdverseEvent.resourceType", `"resourceType"`}}},
		{"duplicate value", eventWith(`"extension":[{"url":"a","valueCode":"b","valueCode":"c"}]`),
			[]finding{{"JSON-DUPLICATE-KEY", "AdverseEvent.extension[0].value", `"valueCode":"c"`}}},
		{"duplicate in another resource", eventWith(`"contained":[{"resourceType":"Group","a":{"b":1,"b":2}}]`),
			[]finding{{"JSON-DUPLICATE-KEY", "AdverseEvent.contained[0].a.b", `"b":2`}}},
		{"duplicate in an unknown element", eventWith(`"foo":{"b":1,"b":2}`),
			[]finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.foo", `"foo"`}, {"JSON-DUPLICATE-KEY", "AdverseEvent.foo.b", `"b":2`}}},

		{"number for a string", eventWith(`"date":2026`), []finding{{"JSON-TYPE", "AdverseEvent.date", `2026`}}},
		{"boolean for a string", eventWith(`"date":true`), []finding{{"JSON-TYPE", "AdverseEvent.date", `true`}}},
		{"object for a string", eventWith(`"date":{"a":null}`), []finding{{"JSON-TYPE", "AdverseEvent.date", `{`}}},
		{"string for an object", eventWith(`"event":"fall"`), []finding{{"JSON-TYPE", "AdverseEvent.event", `"fall"`}}},
		{"object for an array", eventWith(`"study":{"display":"x"}`), []finding{{"JSON-TYPE", "AdverseEvent.study", `{`}}},
		{"array for an object", eventWith(`"event":[{}]`), []finding{{"JSON-TYPE", "AdverseEvent.event", `[`}}},
		{"string for a boolean", eventWith(`"extension":[{"url":"a","valueBoolean":"true"}]`),
			[]finding{{"JSON-TYPE", "AdverseEvent.extension[0].value", `"true"`}}},
		{"string for an integer", eventWith(`"extension":[{"url":"a","valueInteger":"1"}]`),
			[]finding{{"JSON-TYPE", "AdverseEvent.extension[0].value", `"1"`}}},
		{"string for a decimal", eventWith(`"extension":[{"url":"a","valueDecimal":"1"}]`),
			[]finding{{"JSON-TYPE", "AdverseEvent.extension[0].value", `"1"`}}},
		{"string for a resource", eventWith(`"contained":["x"]`), []finding{{"JSON-TYPE", "AdverseEvent.contained[0]", `"x"`}}},
		{"number in a list of strings", eventWith(`"meta":{"profile":["a",1,"b"]}`), []finding{{"JSON-TYPE", "AdverseEvent.meta.profile[1]", `1`}}},
		{"array as document", `[1]`, []finding{{"JSON-TYPE", "AdverseEvent", `[1]`}}},

		{"fraction", eventWith(`"extension":[{"url":"a","valueInteger": 1.0}]`), []finding{{"FHIR-INTEGER", "AdverseEvent.extension[0].value", `1.0`}}},
		{"exponent", eventWith(`"extension":[{"url":"a","valueInteger":1e2}]`), []finding{{"FHIR-INTEGER", "AdverseEvent.extension[0].value", `1e2`}}},
		{"negative zero", eventWith(`"extension":[{"url":"a","valueInteger":-0}]`), []finding{{"FHIR-INTEGER", "AdverseEvent.extension[0].value", `-0`}}},
		{"over 32 bits", eventWith(`"extension":[{"url":"a","valueInteger":2147483648}]`), []finding{{"FHIR-INTEGER", "AdverseEvent.extension[0].value", `2147`}}},

		{"null", eventWith(`"date":null`), []finding{{"JSON-NULL", "AdverseEvent.date", `null`}}},
		{"null object", eventWith(`"event":null`), []finding{{"JSON-NULL", "AdverseEvent.event", `null`}}},
		{"null array", eventWith(`"study":null`), []finding{{"JSON-NULL", "AdverseEvent.study", `null`}}},
		{"null element", eventWith(`"study":[null]`), []finding{{"JSON-NULL", "AdverseEvent.study[0]", `null`}}},
		{"null in another resource", eventWith(`"contained":[{"resourceType":"Group","a":[null]}]`),
			[]finding{{"JSON-NULL", "AdverseEvent.contained[0].a[0]", `null`}}},
		{"null document", `null`, []finding{{"JSON-NULL", "AdverseEvent", `null`}}},

		{"empty string", eventWith(`"date":""`), []finding{{"JSON-EMPTY", "AdverseEvent.date", `""`}}},
		{"empty object", eventWith(`"event":{ }`), []finding{{"JSON-EMPTY", "AdverseEvent.event", `{ }`}}},
		{"empty array", eventWith(`"study":[]`), []finding{{"JSON-EMPTY", "AdverseEvent.study", `[]`}}},
		{"empty element", eventWith(`"study":[{"display":"x"},{}]`), []finding{{"JSON-EMPTY", "AdverseEvent.study[1]", `{}`}}},
		{"empty subject", `{"resourceType":"AdverseEvent","actuality":"actual","subject":{}}`, []finding{{"JSON-EMPTY", "AdverseEvent.subject", `{}`}}},
		{"empty document", `{}`, []finding{{"JSON-EMPTY", "AdverseEvent", `{}`}}},
		{"empties in another resource", eventWith(`"contained":[{"resourceType":"Group","a":"","b":[],"c":{}}]`), []finding{
			{"JSON-EMPTY", "AdverseEvent.contained[0].a", `""`},
			{"JSON-EMPTY", "AdverseEvent.contained[0].b", `[]`},
			{"JSON-EMPTY", "AdverseEvent.contained[0].c", `{}`}}},

		{"bad UTF-8", eventWith("\"date\":\"20\xff26\""), []finding{{"JSON-UTF8", "AdverseEvent.date", `"20`}}},
		{"bad UTF-8 after an escape", eventWith("\"date\":\"\\t20\xff26\""), []finding{{"JSON-UTF8", "AdverseEvent.date", `"\t20`}}},
		{"lone surrogate", eventWith(`"date":"\ud83d!"`), []finding{{"JSON-UTF8", "AdverseEvent.date", `"\ud83d`}}},
		{"lone low surrogate", eventWith(`"date":"\ude00"`), []finding{{"JSON-UTF8", "AdverseEvent.date", `"\ude00`}}},
		{"two high surrogates", eventWith(`"date":"\ud83d\ud83d"`), []finding{{"JSON-UTF8", "AdverseEvent.date", `"\ud83d`}}},
		{"bad UTF-8 in a name", eventWith("\"d\xffte\":1"), []finding{{"JSON-UTF8", "AdverseEvent", "\"d\xff"}, {"FHIR-UNKNOWN-ELEMENT", "AdverseEvent", "\"d\xff"}}},

		{"depth", eventWith(`"foo":` + deep(64)), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.foo", `"foo"`},
			{"JSON-DEPTH", "AdverseEvent.foo" + strings.Repeat("[0]", 63), `[1]`}}},
		{"just deep enough", eventWith(`"foo":` + deep(63)), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.foo", `"foo"`}}},

		{"unknown element", eventWith(`"foo":1`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.foo", `"foo"`}}},
		{"unknown nested element", eventWith(`"event":{"text":"x","foo":{"a":1}}`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.event.foo", `"foo"`}}},
		{"name in the wrong case", eventWith(`"Date":"2026"`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.Date", `"Date"`}}},
		{"name that is data", eventWith(`"Ann Example":1`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent", `"Ann`}}},
		{"name that is a number", eventWith(`"9990000018":1`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent", `"999`}}},
		{"empty name", eventWith(`"":1`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent", `""`}}},
		{"empty name first", eventWith(`"event":{"":1,"":2,"text":"x"}`),
			[]finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.event", `"":1`}, {"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.event", `"":2`}}},
		{"root description", eventWith(`"description":"x"`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.description", `"description"`}}},
		{"contained in contained", eventWith(`"contained":[{"resourceType":"Patient","contained":[{"resourceType":"Device"}]}]`),
			[]finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.contained[0].contained", `"contained"`}}},

		{"primitive extension", eventWith(`"_date":{"id":"x"}`), []finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.date", `"_date"`}}},
		{"primitive extension of a value", eventWith(`"extension":[{"url":"a","valueCode":"b","_valueCode":{"id":"x"}}]`),
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.extension[0].value", `"_valueCode"`}}},

		{"primitive extension in place of a value", eventWith(`"extension":[{"url":"a","_valueCode":{"extension":[{"url":"x","valueCode":"y"}]}}]`),
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.extension[0].value", `"_valueCode"`}}},
		{"primitive extension in place of a required value", `{"resourceType":"AdverseEvent","_actuality":{"extension":[{"url":"x","valueCode":"y"}]},"subject":{"_reference":{"id":"r"}}}`,
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.actuality", `"_actuality"`}, {"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.subject.reference", `"_reference"`}}},
		{"primitive extensions of a list", eventWith(`"meta":{"profile":["http://a",null],"_profile":[null,{"id":"p"}]}`),
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.meta.profile[1]", `null`}, {"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.meta.profile", `"_profile"`}}},
		{"primitive extensions of a list, which come first", eventWith(`"contained":[{"resourceType":"Patient","id":"p","name":[{"_given":[{"id":"g"}],"given":[null]}]}]`),
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.contained[0].name[0].given", `"_given"`}, {"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.contained[0].name[0].given[0]", `null`}}},
		{"null in a list without extensions", eventWith(`"meta":{"profile":["http://a",null]}`), []finding{{"JSON-NULL", "AdverseEvent.meta.profile[1]", `null`}}},
		{"primitive extension twice", eventWith(`"_date":{"id":"x"},"_date":{"id":"y"}`),
			[]finding{{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.date", `"_date"`}, {"JSON-DUPLICATE-KEY", "AdverseEvent.date", `"_date":{"id":"y"`}}},
		{"primitive extension of another form", eventWith(`"_date":["x"],"_detected":{"value":1},"_recordedDate":{}`), []finding{
			{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.date", `"_date"`}, {"JSON-TYPE", "AdverseEvent.date", `["x"]`},
			{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.detected", `"_detected"`}, {"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.detected.value", `"value"`},
			{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.recordedDate", `"_recordedDate"`}, {"JSON-EMPTY", "AdverseEvent.recordedDate", `{}`}}},
		{"no primitive to extend", eventWith(`"_event":{"id":"x"},"extension":[{"url":"a","_url":{"id":"u"},"_id":{"id":"i"},"valueCode":"b"}]`), []finding{
			{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent._event", `"_event"`}, {"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.extension[0]._url", `"_url"`}, {"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.extension[0]._id", `"_id"`}}},
		{"digits after an underscore", eventWith(`"_9990000018":1`), []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent", `"_9990000018"`}}},

		{"no actuality and subject", `{"resourceType":"AdverseEvent"}`,
			[]finding{{"FHIR-REQUIRED", "AdverseEvent.actuality", `{"res`}, {"FHIR-REQUIRED", "AdverseEvent.subject", `{"res`}}},
		{"no url", eventWith(`"extension":[{"valueCode":"b"}]`), []finding{{"FHIR-REQUIRED", "AdverseEvent.extension[0].url", `{"value`}}},
		{"no instance", eventWith(`"suspectEntity":[{"id":"x"}]`), []finding{{"FHIR-REQUIRED", "AdverseEvent.suspectEntity[0].instance", `{"id"`}}},
		{"no signature types", eventWith(`"extension":[{"url":"a","valueSignature":{"when":"2026-01-01T00:00:00Z","who":{"display":"x"}}}]`),
			[]finding{{"FHIR-REQUIRED", "AdverseEvent.extension[0].value.type", `{"when`}}},
		{"no ingredient", eventWith(`"contained":[{"resourceType":"Medication","ingredient":[{"isActive":true}]}]`),
			[]finding{{"FHIR-REQUIRED", "AdverseEvent.contained[0].ingredient[0].item", `{"isA`}}},

		{"unknown actuality", `{"resourceType":"AdverseEvent","actuality":"likely","subject":{"reference":"#p"}}`,
			[]finding{{"FHIR-CODE", "AdverseEvent.actuality", `"likely"`}}},
		{"unknown code", eventWith(`"text":{"status": "new","div":"<div/>"}`), []finding{{"FHIR-CODE", "AdverseEvent.text.status", `"new"`}}},
		{"unknown code in a list", eventWith(`"contained":[{"resourceType":"Location","hoursOfOperation":[{"daysOfWeek":["mon","someday"]}]}]`),
			[]finding{{"FHIR-CODE", "AdverseEvent.contained[0].hoursOfOperation[0].daysOfWeek[1]", `"someday"`}}},

		{"no resourceType", `{"actuality":"actual","subject":{"reference":"#p"}}`, []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.resourceType", `{"act`}}},
		{"wrong resourceType", `{"resourceType":"Patient","actuality":"actual","subject":{"reference":"#p"}}`,
			[]finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.resourceType", `"Patient"`}}},
		{"contained without resourceType", eventWith(`"contained":[{"id":"x"}]`), []finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", `{"id"`}}},
		{"contained with a strange resourceType", eventWith(`"contained":[{"resourceType":"a b"},{"resourceType":1}]`),
			[]finding{{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[0]", `{"res`}, {"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[1]", `{"res`}}},

		{"two values", eventWith(`"extension":[{"url":"a","valueCode":"b","valueString":"c"}]`),
			[]finding{{"FHIR-CHOICE", "AdverseEvent.extension[0].value", `{"url"`}}},
		{"two other values", eventWith(`"contained":[{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2026"}]`),
			[]finding{{"FHIR-CHOICE", "AdverseEvent.contained[0].deceased", `{"res`}}},
		{"neither value nor extension", eventWith(`"extension":[{"url":"a"}]`), []finding{{"FHIR-EXT-1", "AdverseEvent.extension[0]", `{"url"`}}},
		{"value and extension", eventWith(`"extension":[{"url":"a","valueCode":"b","extension":[{"url":"c","valueCode":"d"}]}]`),
			[]finding{{"FHIR-EXT-1", "AdverseEvent.extension[0]", `{"url":"a"`}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, issues := fhir.Decode([]byte(test.doc))
			checkFindings(t, test.doc, issues, test.want)
			for _, issue := range issues {
				assert.Equal(t, issue.Rule != "FHIR-PRIMITIVE-EXTENSION", issue.Severity == fhir.Error)
			}
		})
	}
}

// A misspelt element is told from one that is like nothing FHIR has.
func TestDecodeNamesTheNearestElement(t *testing.T) {
	for doc, want := range map[string]string{
		eventWith(`"dat":"2026"`): "did you mean date",
		`{"resourceType":"AdverseEvent","actualty":"actual","subject":{"display":"x"}}`: "did you mean actuality?",
		eventWith(`"Date":"2026"`):                                               "did you mean date",
		eventWith(`"subject ":{"display":"x"}`):                                  "FHIR R4 has no element called",
		eventWith(`"extension":[{"url":"a","valuecode":"b"}]`):                   "did you mean valueCode?",
		eventWith(`"contained":[{"resourceType":"Patient","genders":"female"}]`): "did you mean gender?",
		eventWith(`"zzzz":1`):                                                    "FHIR R4 has no such element here.",
	} {
		_, issues := fhir.Decode([]byte(doc))
		require.NotEmpty(t, issues, doc)
		assert.Contains(t, fmt.Sprint(issues), want, doc)
	}
}

// TestDecodeReportsEverything puts one mistake of nearly every kind into one
// document.
func TestDecodeReportsEverything(t *testing.T) {
	doc := `{
  "actuality": "perhaps",
  "subject": null,
  "date": 20260115,
  "date": "",
  "_detected": {"id": "x"},
  "foo": {"bar": [1, 2]},
  "contained": [
    {"resourceType": "Patient", "gender": "f", "name": [{}]},
    {"id": "x"},
    {"resourceType": "Group", "member": null}
  ],
  "extension": [
    {"extension": [{"url": "a", "valueInteger": 1.5}, {"valueCode": "b"}, {"url": "c", "valueCode": "\ud800"}], "url": "g"},
    {"url": "h"}
  ],
  "suspectEntity": [{"causality": []}]
} x`
	_, issues := fhir.Decode([]byte(doc))
	checkFindings(t, doc, issues, []finding{
		{"FHIR-RESOURCE-TYPE", "AdverseEvent.resourceType", "{"},
		{"FHIR-CODE", "AdverseEvent.actuality", `"perhaps"`},
		{"JSON-NULL", "AdverseEvent.subject", `null`},
		{"JSON-TYPE", "AdverseEvent.date", `20260115`},
		{"JSON-DUPLICATE-KEY", "AdverseEvent.date", `"date": ""`},
		{"JSON-EMPTY", "AdverseEvent.date", `""`},
		{"FHIR-PRIMITIVE-EXTENSION", "AdverseEvent.detected", `"_detected"`},
		{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.foo", `"foo"`},
		{"FHIR-CODE", "AdverseEvent.contained[0].gender", `"f"`},
		{"JSON-EMPTY", "AdverseEvent.contained[0].name[0]", `{}`},
		{"FHIR-RESOURCE-TYPE", "AdverseEvent.contained[1]", `{"id"`},
		{"JSON-NULL", "AdverseEvent.contained[2].member", `null`},
		{"FHIR-INTEGER", "AdverseEvent.extension[0].extension[0].value", `1.5`},
		{"FHIR-REQUIRED", "AdverseEvent.extension[0].extension[1].url", `{"valueCode"`},
		{"JSON-UTF8", "AdverseEvent.extension[0].extension[2].value", `"\ud800"`},
		{"FHIR-EXT-1", "AdverseEvent.extension[1]", `{"url"`},
		{"FHIR-REQUIRED", "AdverseEvent.suspectEntity[0].instance", `{"causality"`},
		{"JSON-EMPTY", "AdverseEvent.suspectEntity[0].causality", `[]`},
		{"JSON-TRAILING-DATA", "AdverseEvent", `x`},
	})
}

// TestDecodeKeepsFindingsBeforeASyntaxError checks that the end of the readable
// text does not hide what was found, and adds nothing that was merely not read.
func TestDecodeKeepsFindingsBeforeASyntaxError(t *testing.T) {
	doc := `{"date":1,"extension":[{"foo":1,`
	_, issues := fhir.Decode([]byte(doc))
	checkFindings(t, doc, issues, []finding{
		{"JSON-TYPE", "AdverseEvent.date", `1`},
		{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.extension[0].foo", `"foo"`},
		{"JSON-SYNTAX", "AdverseEvent.extension[0].foo", ``},
	})
}

func TestWithRootDescription(t *testing.T) {
	doc := eventWith(`"description":"A fall"`)
	event, issues := fhir.Decode([]byte(doc), fhir.WithRootDescription())
	checkFindings(t, doc, issues, []finding{{"FHIR-R4-DESCRIPTION", "AdverseEvent.description", `"description"`}})
	assert.False(t, issues.HasErrors())
	assert.Equal(t, "A fall", *event.Description)

	nested := eventWith(`"event":{"description":"A fall"}`)
	_, issues = fhir.Decode([]byte(nested), fhir.WithRootDescription())
	checkFindings(t, nested, issues, []finding{{"FHIR-UNKNOWN-ELEMENT", "AdverseEvent.event.description", `"description"`}})
}

// TestDecodeEscapes reads every escape, and one text written in two ways.
func TestDecodeEscapes(t *testing.T) {
	doc := eventWith(`"date":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00é😀 and some more"`)
	event, issues := fhir.Decode([]byte(doc))
	require.Empty(t, issues)
	assert.Equal(t, "\"\\/\b\f\n\r\tAé😀é😀 and some more", *event.Date)
}

// TestDecodeContained finds the type of a resource wherever it stands.
func TestDecodeContained(t *testing.T) {
	doc := eventWith(`"contained":[
		{"id":"a","extension":[{"url":"u","valueString":"\"resourceType\":\"Device\""}],"resourceType":"Patient"},
		{"resourceType":"Location","id":"b"},
		{"resourceType":"Practitioner","id":"c"},
		{"id":"d","resourceType":"Device"},
		{"resourceType":"Medication","id":"e"},
		{ "a" : [ 1.50 , "x \" [ y" , true ] , "resourceType" : "Group" }
	]`)
	event, issues := fhir.Decode([]byte(doc))
	require.Empty(t, issues)
	require.Len(t, event.Contained, 6)
	types := make([]string, 6)
	for i := range event.Contained {
		types[i] = event.Contained[i].ResourceType()
	}
	assert.Equal(t, []string{"Patient", "Location", "Practitioner", "Device", "Medication", "Group"}, types)
	assert.Equal(t, "a", *event.Contained[0].Patient.Id)
	assert.Equal(t, `{"a":[1.50,"x \" [ y",true],"resourceType":"Group"}`, string(event.Contained[5].Other))
	assert.Empty(t, (&fhir.Resource{}).ResourceType())
}

// TestDecodeOwnsItsMemory overwrites the text after it was read.
func TestDecodeOwnsItsMemory(t *testing.T) {
	data := readTestdata(t, "event.json")
	event, issues := fhir.Decode(data)
	require.Empty(t, issues)
	for i := range data {
		data[i] = 'x'
	}
	canonical, err := fhir.Append(nil, event)
	require.NoError(t, err)
	assert.Equal(t, string(readTestdata(t, "event.golden.json")), string(canonical))
}

// TestDecodeListsAreSeparate appends to a decoded list, which must not reach into
// its neighbour.
func TestDecodeListsAreSeparate(t *testing.T) {
	event, _ := goldenEvent(t)
	for i := range event.Extension {
		event.Extension[i].Extension = append(event.Extension[i].Extension, event.Extension[0])
	}
	event.Extension = append(event.Extension, event.Extension[0])
	again, _ := goldenEvent(t)
	for i := range again.Extension {
		n := len(again.Extension[i].Extension)
		assert.Equal(t, again.Extension[i].Extension, event.Extension[i].Extension[:n])
	}
}

// TestDecodeExtensionLists reads lists of many lengths and nestings, which the slab
// treats differently.
func TestDecodeExtensionLists(t *testing.T) {
	leaf := func(i int) string { return fmt.Sprintf(`{"url":"u%d","valueInteger":%d}`, i, i) }
	var list func(depth, n int) string
	list = func(depth, n int) string {
		items := make([]string, n)
		for i := range items {
			if items[i] = leaf(i); depth > 1 && i%2 == 0 {
				items[i] = `{"extension":` + list(depth-1, n) + `,"url":"g"}`
			}
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	for depth := 1; depth <= 4; depth++ {
		for _, n := range []int{1, 2, 3, 7, 15, 16, 17, 40} {
			if depth > 2 && n > 17 {
				continue
			}
			doc := eventWith(`"extension":` + list(depth, n))
			event, issues := fhir.Decode([]byte(doc))
			require.Empty(t, issues)
			canonical, err := fhir.Append(nil, event)
			require.NoError(t, err)
			require.Equal(t, len(doc), len(canonical))
			require.JSONEq(t, doc, string(canonical))
		}
	}
}

// TestDecoderForgets reads documents with findings and without, of many shapes, with
// one decoder: nothing of one is left in the next, and what may be kept stays.
func TestDecoderForgets(t *testing.T) {
	group := func(n int) string {
		return `{"extension":[` + strings.Repeat(`{"url":"a","valueString":"x"},`, n) + `{"url":"b","valueCode":"y"}],"url":"g"}`
	}
	docs := []string{
		eventWith(""),
		eventWith(`"extension":[` + strings.Repeat(group(20)+",", 30) + group(0) + `],"date":"2026"`),
		eventWith(`"extension":[{"url":"u","valueInteger":7}]`),
		eventWith(`"contained":[{"resourceType":"Patient","id":"p","extension":[` + group(3) + `]}]`),
		eventWith(`"extension":[{"url":"u","valueFoo":1}],"description":"x"`),
		head, "", eventWith(`"id":"` + strings.Repeat("x", 6<<20) + `"`),
		eventWith(`"extension":[` + strings.Repeat(group(2)+",", 1500) + group(2) + `]`),
		eventWith(`"extension":[` + group(1) + "," + group(2) + `]`),
	}
	d := fhir.NewDecoder(fhir.WithRootDescription())
	for range 2 {
		for i, doc := range docs {
			want, wantIssues := fhir.Decode([]byte(doc), fhir.WithRootDescription())
			got, issues := d.Decode([]byte(doc))
			require.Equal(t, want, got, i)
			require.Equal(t, wantIssues, issues, i)
		}
	}
	a, _ := d.Decode([]byte(eventWith(`"date":"2026-03"`)))
	date := *a.Date
	d.Reset()
	assert.Equal(t, "2026-03", date)
	assert.Nil(t, a.Date)
}

// TestDecoderKeepsLittle reads a very large document, of one list and of many in each
// other: what is kept for the next is less than a few megabytes.
func TestDecoderKeepsLittle(t *testing.T) {
	leaves := strings.Repeat(`{"url":"x","valueCode":"y"},`, 30_000)
	flat := eventWith(`"extension":[` + leaves + `{"url":"z","valueCode":"y"}]`)
	deep := `{"url":"z","valueCode":"y"}`
	for range 20 {
		deep = `{"extension":[` + deep + `,{"extension":[{"url":"z","valueCode":"y"}],"url":"g"},` + strings.Repeat(`{"url":"x","valueCode":"y"},`, 1000) + `{"url":"z","valueCode":"y"}],"url":"g"}`
	}
	d := fhir.NewDecoder()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for _, doc := range []string{flat, eventWith(`"extension":[` + deep + `]`), flat} {
		_, issues := d.Decode([]byte(doc))
		require.Empty(t, issues)
	}
	d.Reset()
	assert.Less(t, int64(heap())-int64(before), int64(4<<20))
	runtime.KeepAlive(d)
}

// TestIssuesHoldNoValues plants a word in every kind of value that can be wrong.
func TestIssuesHoldNoValues(t *testing.T) {
	const secret = "Zebedee"
	docs := []string{
		eventWith(`"actuality":"` + secret + `"`),
		eventWith(`"event":"` + secret + `"`),
		eventWith(`"text":{"status":"` + secret + `","div":{"a":"` + secret + `"}}`),
		eventWith(`"contained":[{"resourceType":"` + secret + ` x"}]`),
		eventWith(`"contained":["` + secret + `"]`),
		eventWith(`"` + secret + ` Example":1`),
		eventWith(`"foo":{"` + secret + `-1":1,"` + secret + `-1":null}`),
		eventWith(`"date":"` + secret + `\q"`),
		eventWith("\"date\":\"" + secret + "\xff\""),
		eventWith(`"date":"2026"`) + secret,
	}
	for _, doc := range docs {
		_, issues := fhir.Decode([]byte(doc))
		require.True(t, issues.HasErrors(), doc)
		assert.NotContains(t, issues.Error(), secret)
		issues = fhir.CheckJSON([]byte(doc))
		assert.NotContains(t, issues.Error(), secret)
	}
}

func TestDecodeStopsAfterAThousandIssues(t *testing.T) {
	doc := eventWith(`"extension":[` + strings.Repeat("0,", 1<<20) + "0]")
	event, issues := fhir.Decode([]byte(doc))
	require.Len(t, issues, 1001)
	last := issues[1000]
	assert.Equal(t, "JSON-TOO-MANY-ISSUES", last.Rule)
	assert.Equal(t, "AdverseEvent.extension[999]", issues[999].Path)
	assert.LessOrEqual(t, len(event.Extension), 1001, "the reading goes on without being reported")
}

func TestDecodeSize(t *testing.T) {
	event, issues := fhir.Decode([]byte(eventWith("") + strings.Repeat(" ", 5<<20)))
	assert.Nil(t, event)
	require.Len(t, issues, 1)
	assert.Equal(t, "JSON-SIZE", issues[0].Rule)
	_, issues = fhir.Decode([]byte(eventWith("") + strings.Repeat(" ", 5<<20-len(eventWith("")))))
	assert.Empty(t, issues)
}

// TestHostileDocuments reads the largest documents that would take minutes, or the
// whole stack, with anything worse than linear time and bounded depth.
func TestHostileDocuments(t *testing.T) {
	const size = 5<<20 - 200
	names := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size-40; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	docs := map[string]string{
		"many names":       eventWith(`"foo":{` + names(`"a%d":1,`) + "}"),
		"same name":        eventWith(`"foo":{` + names(`"a":%d,`) + "}"),
		"many objects":     eventWith(`"foo":[` + names(`{"a":%d},`) + "]"),
		"open brackets":    strings.Repeat("[", size),
		"open objects":     strings.Repeat(`{"a":`, size/5),
		"escapes":          eventWith(`"date":"` + strings.Repeat(`\n`, size/2) + `"`),
		"quotes":           strings.Repeat(`"`, size),
		"unknown elements": eventWith(names(`"a%d":1,`)),
		"no types":         eventWith(`"contained":[` + names(`{"a":%d},`) + "]"),
		"late type":        eventWith(`"contained":[{` + names(`"a%d":1,`) + `,"resourceType":"Group"}]`),
		"extensions":       eventWith(`"extension":[` + names(`{"url":"a","valueInteger":%d},`) + "]"),
		"digits":           eventWith(`"extension":[{"url":"a","valueDecimal":` + strings.Repeat("1", size) + "}]"),
	}
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, len(doc), 5<<20)
			_, issues := fhir.Decode([]byte(doc))
			assert.LessOrEqual(t, len(issues), 1001)
			fhir.CheckJSON([]byte(doc))
		})
	}
}

// TestSamples reads events that other systems were seen to send and writes them
// again: everything must still be there.
func TestSamples(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("..", "..", "shared", "lfpse", "samples", "v6-*.reconstructed.json"))
	require.NoError(t, err)
	if len(names) == 0 {
		t.Skip("the LFPSE sample files are not beside the project")
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			event, issues := fhir.Decode(data, fhir.WithRootDescription())
			require.Len(t, issues, 1)
			assert.Equal(t, "FHIR-R4-DESCRIPTION", issues[0].Rule)
			canonical, err := fhir.Append(nil, event)
			require.NoError(t, err)
			assert.JSONEq(t, string(data), string(canonical))

			event.Description = nil
			canonical, err = fhir.Append(nil, event)
			require.NoError(t, err)
			_, issues = fhir.Decode(canonical)
			assert.Empty(t, issues)
		})
	}
}
