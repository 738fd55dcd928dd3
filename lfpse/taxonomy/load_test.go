package taxonomy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// minimal is the smallest taxonomy there is, as a base for what can go wrong.
func minimal() map[string]any {
	return map[string]any{
		"format": 1, "version": "7", "fhirVersion": "4.0.1", "canonicalBase": "https://example.nhs.uk/fhir/",
		"evidenceKey": map[string]any{"seen": "was seen"},
		"eventType":   "event-type-7",
		"profiles":    []any{map[string]any{"resource": "AdverseEvent", "id": "event-7", "evidence": "seen"}},
		"groups":      []any{group("core-7")},
		"codeSystems": []any{list("event-type-7")},
	}
}

func group(id string) map[string]any {
	return map[string]any{"id": id, "name": "Core", "context": "AdverseEvent", "min": 0, "max": 1, "evidence": "seen",
		"fields": []any{field("Description")}}
}

func field(name string) map[string]any {
	return map[string]any{"name": name, "min": 0, "max": 1, "type": "string", "evidence": "seen"}
}

func list(id string) map[string]any {
	return map[string]any{"id": id, "name": "Event type", "closed": true, "evidence": "seen",
		"concepts": []any{map[string]any{"code": "1", "display": "Incident", "name": "incident"}}}
}

func encode(t testing.TB, doc any) []byte {
	t.Helper()
	b, err := json.Marshal(doc)
	require.NoError(t, err)
	return b
}

// findings returns rule and path of every finding.
func findings(t testing.TB, err error) []string {
	t.Helper()
	var issues fhir.Issues
	require.True(t, errors.As(err, &issues), "%v", err)
	var got []string
	for _, i := range issues {
		assert.Equal(t, fhir.Error, i.Severity)
		assert.NotEmpty(t, i.Text)
		got = append(got, i.Rule+" "+i.Path)
	}
	return got
}

func TestLoadTheSmallest(t *testing.T) {
	tax, err := taxonomy.Load(encode(t, minimal()))
	require.NoError(t, err)
	assert.Equal(t, "-7", tax.Suffix())
	assert.Equal(t, "https://example.nhs.uk/fhir/StructureDefinition/event-7", tax.ProfileURL())
}

func TestLoadFindings(t *testing.T) {
	type object = map[string]any
	first := func(doc object, list string) object { return doc[list].([]any)[0].(object) }
	firstField := func(doc object) object { return first(doc, "groups")["fields"].([]any)[0].(object) }
	for name, tc := range map[string]struct {
		spoil func(doc object)
		want  string
	}{
		"form of the future":        {func(d object) { d["format"] = 2 }, "TAX-FORM $.format"},
		"no version":                {func(d object) { d["version"] = "" }, "TAX-VERSION $.version"},
		"version with a space":      {func(d object) { d["version"] = "6 draft" }, "TAX-VERSION $.version"},
		"date as in a letter":       {func(d object) { d["date"] = "22 November 2026" }, "TAX-DATE $.date"},
		"no FHIR version":           {func(d object) { delete(d, "fhirVersion") }, "TAX-REQUIRED $.fhirVersion"},
		"plain http":                {func(d object) { d["canonicalBase"] = "http://example.nhs.uk/fhir/" }, "TAX-URL $.canonicalBase"},
		"no slash at the end":       {func(d object) { d["canonicalBase"] = "https://example.nhs.uk/fhir" }, "TAX-URL $.canonicalBase"},
		"no host":                   {func(d object) { d["canonicalBase"] = "https:///fhir/" }, "TAX-URL $.canonicalBase"},
		"query":                     {func(d object) { d["canonicalBase"] = "https://example.nhs.uk/fhir/?a=/" }, "TAX-URL $.canonicalBase"},
		"no url at all":             {func(d object) { d["canonicalBase"] = "https://a b/%zz/" }, "TAX-URL $.canonicalBase"},
		"age encoding nobody knows": {func(d object) { d["ageEncoding"] = "365" }, "TAX-AGE $.ageEncoding"},
		"no profile of the event": {func(d object) {
			first(d, "profiles")["resource"] = "Patient"
			first(d, "profiles")["containedId"] = "p"
			first(d, "groups")["context"] = "Patient"
		}, "TAX-REQUIRED $.profiles"},
		"profile of something else": {func(d object) {
			d["profiles"] = append(d["profiles"].([]any), object{"resource": "Observation", "id": "o-7", "containedId": "o", "evidence": "seen"})
		}, "TAX-CONTEXT $.profiles[1].resource"},
		"profile id":    {func(d object) { first(d, "profiles")["id"] = "a_b" }, "TAX-ID $.profiles[0].id"},
		"profile twice": {func(d object) { d["profiles"] = append(d["profiles"].([]any), first(d, "profiles")) }, "TAX-DUPLICATE $.profiles[1].resource"},
		"contained without an id": {func(d object) {
			d["profiles"] = append(d["profiles"].([]any), object{"resource": "Patient", "id": "p-7", "evidence": "seen"})
		}, "TAX-ID $.profiles[1].containedId"},
		"profile evidence":             {func(d object) { first(d, "profiles")["evidence"] = "hearsay" }, "TAX-EVIDENCE $.profiles[0].evidence"},
		"group id":                     {func(d object) { first(d, "groups")["id"] = "core 7" }, "TAX-ID $.groups[0].id"},
		"group id too long":            {func(d object) { first(d, "groups")["id"] = strings.Repeat("a", 65) }, "TAX-ID $.groups[0].id"},
		"group twice":                  {func(d object) { d["groups"] = []any{group("core-7"), group("core-7")} }, "TAX-DUPLICATE $.groups[1].id"},
		"group of an absent profile":   {func(d object) { first(d, "groups")["context"] = "Patient" }, "TAX-CONTEXT $.groups[0].context"},
		"group without evidence":       {func(d object) { delete(first(d, "groups"), "evidence") }, "TAX-EVIDENCE $.groups[0].evidence"},
		"group cardinality evidence":   {func(d object) { first(d, "groups")["cardinalityEvidence"] = "hearsay" }, "TAX-EVIDENCE $.groups[0].cardinalityEvidence"},
		"group cardinality":            {func(d object) { first(d, "groups")["min"] = 2 }, "TAX-CARDINALITY $.groups[0]"},
		"group without fields":         {func(d object) { first(d, "groups")["fields"] = []any{} }, "TAX-REQUIRED $.groups[0].fields"},
		"field without a name":         {func(d object) { firstField(d)["name"] = "" }, "TAX-ID $.groups[0].fields[0].name"},
		"field name is a url":          {func(d object) { firstField(d)["name"] = "https://x/Description" }, "TAX-ID $.groups[0].fields[0].name"},
		"field twice":                  {func(d object) { first(d, "groups")["fields"] = []any{field("A"), field("A")} }, "TAX-DUPLICATE $.groups[0].fields[1].name"},
		"field type":                   {func(d object) { firstField(d)["type"] = "decimal" }, "TAX-TYPE $.groups[0].fields[0].type"},
		"list of a string":             {func(d object) { firstField(d)["codeSystem"] = "event-type-7" }, "TAX-BINDING $.groups[0].fields[0].codeSystem"},
		"content that is none":         {func(d object) { firstField(d)["content"] = "prose" }, "TAX-CONTENT $.groups[0].fields[0].content"},
		"content of another type":      {func(d object) { firstField(d)["content"] = "exact-age" }, "TAX-CONTENT $.groups[0].fields[0].content"},
		"list that is not there":       {func(d object) { firstField(d)["type"], firstField(d)["codeSystem"] = "code", "cake-7" }, "TAX-BINDING $.groups[0].fields[0].codeSystem"},
		"field evidence":               {func(d object) { firstField(d)["evidence"] = "configured" }, "TAX-EVIDENCE $.groups[0].fields[0].evidence"},
		"field cardinality evidence":   {func(d object) { firstField(d)["cardinalityEvidence"] = "x" }, "TAX-EVIDENCE $.groups[0].fields[0].cardinalityEvidence"},
		"field cardinality":            {func(d object) { firstField(d)["min"] = -1 }, "TAX-CARDINALITY $.groups[0].fields[0]"},
		"negative max":                 {func(d object) { firstField(d)["max"] = -1 }, "TAX-CARDINALITY $.groups[0].fields[0]"},
		"list of the event types gone": {func(d object) { d["eventType"] = "type-7" }, "TAX-BINDING $.eventType"},
		"list id":                      {func(d object) { d["codeSystems"] = append(d["codeSystems"].([]any), list("a/b")) }, "TAX-ID $.codeSystems[1].id"},
		"list twice":                   {func(d object) { d["codeSystems"] = append(d["codeSystems"].([]any), list("event-type-7")) }, "TAX-DUPLICATE $.codeSystems[1].id"},
		"list evidence":                {func(d object) { first(d, "codeSystems")["evidence"] = "" }, "TAX-EVIDENCE $.codeSystems[0].evidence"},
		"closed and empty":             {func(d object) { first(d, "codeSystems")["concepts"] = []any{} }, "TAX-CLOSED $.codeSystems[0].closed"},
		"empty code":                   {func(d object) { first(d, "codeSystems")["concepts"] = []any{object{"display": "x"}} }, "TAX-CODE $.codeSystems[0].concepts[0].code"},
		"code with a space":            {func(d object) { first(d, "codeSystems")["concepts"] = []any{object{"code": "1 ", "display": "x"}} }, "TAX-CODE $.codeSystems[0].concepts[0].code"},
		"code twice": {func(d object) {
			first(d, "codeSystems")["concepts"] = []any{object{"code": "1", "name": "a"}, object{"code": "1", "name": "b"}}
		}, "TAX-DUPLICATE $.codeSystems[0].concepts[1].code"},
		"name twice": {func(d object) {
			first(d, "codeSystems")["concepts"] = []any{object{"code": "1", "name": "a"}, object{"code": "2", "name": "a"}}
		}, "TAX-DUPLICATE $.codeSystems[0].concepts[1].name"},
		"key twice": {func(d object) {
			first(d, "codeSystems")["concepts"] = []any{object{"code": "1", "key": "A"}, object{"code": "2", "key": "A"}}
		}, "TAX-DUPLICATE $.codeSystems[0].concepts[1].key"},
		"key with a space":         {func(d object) { first(d, "codeSystems")["concepts"] = []any{object{"code": "1", "key": "A b"}} }, "TAX-KEY $.codeSystems[0].concepts[0].key"},
		"unknown property":         {func(d object) { first(d, "groups")["colour"] = "red" }, "TAX-FORM $.groups[0].colour"},
		"property in another case": {func(d object) { d["Title"] = "x" }, "TAX-FORM $.Title"},
		"value of another type":    {func(d object) { firstField(d)["max"] = "1" }, "TAX-FORM $.groups[0].fields[0].max"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := minimal()
			tc.spoil(doc)
			_, err := taxonomy.Load(encode(t, doc))
			assert.Equal(t, []string{tc.want}, findings(t, err))
		})
	}
}

func TestLoadFindsEverythingAtOnce(t *testing.T) {
	doc := minimal()
	doc["format"], doc["version"], doc["canonicalBase"], doc["eventType"] = 9, "", "ftp://x", "none"
	doc["groups"] = []any{group("a b"), group("a b")}
	_, err := taxonomy.Load(encode(t, doc))
	assert.Equal(t, []string{"TAX-FORM $.format", "TAX-VERSION $.version", "TAX-URL $.canonicalBase",
		"TAX-ID $.groups[0].id", "TAX-ID $.groups[1].id", "TAX-DUPLICATE $.groups[1].id", "TAX-BINDING $.eventType"}, findings(t, err))
}

func TestLoadReportsAThousandFindings(t *testing.T) {
	doc := minimal()
	doc["groups"] = slices.Repeat([]any{group("a b")}, 2000)
	_, err := taxonomy.Load(encode(t, doc))
	got := findings(t, err)
	assert.Len(t, got, 1001)
	assert.Equal(t, "TAX-TOO-MANY $", got[1000])
}

func TestLoadRefusesWhatIsNotStrictJSON(t *testing.T) {
	good := string(encode(t, minimal()))
	for name, tc := range map[string]struct{ doc, rule string }{
		"nothing":        {"", "JSON-"},
		"duplicate key":  {strings.Replace(good, `"format":1`, `"format":1,"format":1`, 1), "JSON-DUPLICATE-KEY"},
		"trailing data":  {good + "{}", "JSON-"},
		"deep nesting":   {strings.Repeat("[", 100) + strings.Repeat("]", 100), "JSON-"},
		"not an object":  {"[]", "TAX-FORM $"},
		"a bare null":    {"null", "TAX-"},
		"invalid UTF-8":  {strings.Replace(good, "Core", "Co\xffre", 1), "JSON-"},
		"cut off":        {good[:len(good)/2], "JSON-"},
		"null for a key": {strings.Replace(good, `"groups"`, `"groups":null,"Groups"`, 1), "TAX-FORM $.Groups"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := taxonomy.Load([]byte(tc.doc))
			require.Error(t, err)
			assert.True(t, strings.HasPrefix(findings(t, err)[0], tc.rule), "%v", err)
		})
	}
}

func TestLoadRefusesWhatIsTooLarge(t *testing.T) {
	doc := append(encode(t, minimal()), bytes.Repeat([]byte(" "), taxonomy.MaxSize)...)
	_, err := taxonomy.Load(doc)
	assert.Equal(t, []string{"TAX-SIZE $"}, findings(t, err))
	_, err = taxonomy.Load(doc[:taxonomy.MaxSize])
	assert.NoError(t, err)
}

func TestLoadQuotesNoValues(t *testing.T) {
	doc := minimal()
	doc["version"], doc["ageEncoding"], doc["canonicalBase"], doc["eventType"] = "SECRET", "SECRET", "SECRET", "SECRET"
	doc["SECRET with blanks"] = "SECRET"
	_, err := taxonomy.Load(encode(t, doc))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "SECRET")
	delete(doc, "SECRET with blanks")
	_, err = taxonomy.Load(encode(t, doc))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "SECRET")
}

func TestAppendComesBackEqual(t *testing.T) {
	tax := embedded(t)
	doc, err := tax.Append([]byte(" \n"))
	require.NoError(t, err)
	back, err := taxonomy.Load(doc)
	require.NoError(t, err)
	assert.Equal(t, tax, back)
	again, err := back.Append(nil)
	require.NoError(t, err)
	assert.Equal(t, string(doc), " \n"+string(again))
}

func FuzzLoad(f *testing.F) {
	f.Add(encode(f, minimal()))
	f.Add([]byte(`{"format":1,"groups":[null],"codeSystems":[{"concepts":[null]}],"profiles":null}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tax, err := taxonomy.Load(data)
		if err != nil {
			var issues fhir.Issues
			require.ErrorAs(t, err, &issues)
			return
		}
		doc, err := tax.Append(nil)
		require.NoError(t, err)
		back, err := taxonomy.Load(doc)
		require.NoError(t, err)
		again, err := back.Append(nil)
		require.NoError(t, err)
		assert.Equal(t, string(doc), string(again))
		_ = tax.ProfileURL()
		_ = fmt.Sprint(len(tax.Unconfirmed()))
	})
}
