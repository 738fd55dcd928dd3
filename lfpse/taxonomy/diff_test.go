package taxonomy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

type object = map[string]any

// two is a taxonomy to change: two groups, two lists.
func two(t testing.TB) object {
	t.Helper()
	var doc object
	require.NoError(t, json.Unmarshal([]byte(`{
	 "format": 1, "version": "7", "fhirVersion": "4.0.1", "canonicalBase": "https://taxonomy.example/fhir/",
	 "evidenceKey": {"seen": "invented"}, "ageEncoding": "31/372",
	 "profiles": [{"resource": "AdverseEvent", "id": "event-7", "evidence": "seen"}, {"resource": "Location", "id": "place-7", "containedId": "l", "evidence": "seen"}],
	 "eventType": "kind-7",
	 "groups": [
	  {"id": "core-7", "name": "Core", "context": "AdverseEvent", "min": 0, "max": 1, "evidence": "seen", "fields": [
	   {"name": "Text", "min": 0, "max": 1, "type": "string", "evidence": "seen"},
	   {"name": "Kind", "min": 1, "max": 2, "type": "code", "codeSystem": "kind-7", "evidence": "seen"},
	   {"name": "Free", "min": 0, "type": "code", "evidence": "seen"}]},
	  {"id": "more-7", "name": "More", "context": "Location", "min": 0, "max": 1, "provisional": true, "evidence": "seen", "fields": [
	   {"name": "Text", "min": 0, "max": 1, "type": "string", "evidence": "seen"}]}],
	 "codeSystems": [
	  {"id": "kind-7", "name": "Kind", "closed": true, "evidence": "seen", "concepts": [
	   {"code": "1", "display": "One", "name": "one"}, {"code": "2", "display": "Two", "name": "two", "provisional": true}]},
	  {"id": "open-7", "name": "Open", "evidence": "seen", "concepts": [{"code": "a", "display": "A"}]}]}`), &doc))
	return doc
}

func within(doc object, list string, i int) object { return doc[list].([]any)[i].(object) }

func drop(doc object, list string, i int) {
	items := doc[list].([]any)
	doc[list] = slices.Delete(items, i, i+1)
}

func TestDiff(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(object)
		want   []string
	}{
		"nothing": {func(object) {}, nil},
		"evidence, notes and order": {func(d object) {
			d["evidenceKey"], d["note"] = object{"seen": "other"}, "x"
			slices.Reverse(d["groups"].([]any))
		}, nil},
		"FHIR version":    {func(d object) { d["fhirVersion"] = "4.0.0" }, []string{"! replaced    fhirVersion: 4.0.1 -> 4.0.0"}},
		"canonical base":  {func(d object) { d["canonicalBase"] = "https://b.example/" }, []string{"! replaced    canonicalBase: https://taxonomy.example/fhir/ -> https://b.example/"}},
		"age encoding":    {func(d object) { delete(d, "ageEncoding") }, []string{"! replaced    ageEncoding: 31/372"}},
		"event type list": {func(d object) { d["eventType"] = "open-7" }, []string{"! replaced    eventType: kind -> open"}},
		"profile added": {func(d object) {
			d["profiles"] = append(d["profiles"].([]any), object{"resource": "Device", "id": "device-7", "containedId": "d", "evidence": "seen"})
		}, []string{"  added       Device: device"}},
		"profile renamed":            {func(d object) { within(d, "profiles", 1)["id"] = "location-7" }, []string{"! replaced    Location: place -> location"}},
		"profile and its group gone": {func(d object) { drop(d, "profiles", 1); drop(d, "groups", 1) }, []string{"! removed     Location: place", "! removed     more: More"}},
		"group added":                {func(d object) { d["groups"] = append(d["groups"].([]any), group("new-7")) }, []string{"  added       new: Core"}},
		"mandatory group added":      {func(d object) { g := group("new-7"); g["min"] = 1; d["groups"] = append(d["groups"].([]any), g) }, []string{"! added       new: Core"}},
		"group renamed":              {func(d object) { within(d, "groups", 0)["name"] = "Heart" }, []string{"  renamed     core: Core -> Heart"}},
		"group moved":                {func(d object) { within(d, "groups", 0)["context"] = "Location" }, []string{"! moved       core: AdverseEvent -> Location"}},
		"group now mandatory":        {func(d object) { within(d, "groups", 0)["min"] = 1 }, []string{"! tightened   core: 0..1 -> 1..1"}},
		"group repeats":              {func(d object) { delete(within(d, "groups", 0), "max") }, []string{"  loosened    core: 0..1 -> 0..*"}},
		"group confirmed":            {func(d object) { delete(within(d, "groups", 1), "provisional") }, []string{"  confirmed   more"}},
		"group provisional":          {func(d object) { within(d, "groups", 0)["provisional"] = true }, []string{"! provisional core"}},
		"field added":                {func(d object) { g := within(d, "groups", 0); g["fields"] = append(g["fields"].([]any), field("New")) }, []string{"  added       core/New: 0..1 string"}},
		"mandatory field added": {func(d object) {
			g := within(d, "groups", 0)
			f := field("New")
			f["min"] = 1
			g["fields"] = append(g["fields"].([]any), f)
		}, []string{"! added       core/New: 1..1 string"}},
		"field removed": {func(d object) { drop(within(d, "groups", 0), "fields", 0) }, []string{"! removed     core/Text"}},
		"field renamed": {func(d object) {
			f := within(within(d, "groups", 0), "fields", 0)
			f["name"], f["note"] = "Words", "renamed from v7 Text by somebody"
		}, []string{"! renamed     core/Text: Text -> Words"}},
		"field of another type":       {func(d object) { within(within(d, "groups", 0), "fields", 0)["type"] = "boolean" }, []string{"! retyped     core/Text: string -> boolean"}},
		"field may be missing":        {func(d object) { within(within(d, "groups", 0), "fields", 1)["min"] = 0 }, []string{"  loosened    core/Kind: 1..2 -> 0..2"}},
		"field no longer repeats":     {func(d object) { within(within(d, "groups", 0), "fields", 1)["max"] = 1 }, []string{"! tightened   core/Kind: 1..2 -> 1..1"}},
		"field limited":               {func(d object) { within(within(d, "groups", 0), "fields", 2)["max"] = 100 }, []string{"! tightened   core/Free: 0..* -> 0..100"}},
		"field bound":                 {func(d object) { within(within(d, "groups", 0), "fields", 2)["codeSystem"] = "open-7" }, []string{"! tightened   core/Free: any code -> open"}},
		"field unbound":               {func(d object) { delete(within(within(d, "groups", 0), "fields", 1), "codeSystem") }, []string{"  loosened    core/Kind: kind -> any code"}},
		"field bound to another list": {func(d object) { within(within(d, "groups", 0), "fields", 1)["codeSystem"] = "open-7" }, []string{"! rebound     core/Kind: kind -> open"}},
		"list added":                  {func(d object) { d["codeSystems"] = append(d["codeSystems"].([]any), list("new-7")) }, []string{"  added       new: 1 codes"}},
		"list removed":                {func(d object) { drop(d, "codeSystems", 1) }, []string{"  removed     open"}},
		"list renamed":                {func(d object) { within(d, "codeSystems", 1)["name"] = "Wide" }, []string{"  renamed     open: Open -> Wide"}},
		"list opened":                 {func(d object) { delete(within(d, "codeSystems", 0), "closed") }, []string{"  loosened    kind: closed -> open"}},
		"list closed":                 {func(d object) { within(d, "codeSystems", 1)["closed"] = true }, []string{"! tightened   open: open -> closed"}},
		"code added": {func(d object) {
			cs := within(d, "codeSystems", 0)
			cs["concepts"] = append(cs["concepts"].([]any), object{"code": "3", "display": "Three"})
		}, []string{"  added       kind#3: Three"}},
		"code retired":                 {func(d object) { drop(within(d, "codeSystems", 0), "concepts", 0) }, []string{"! retired     kind#1: One"}},
		"code of an open list retired": {func(d object) { drop(within(d, "codeSystems", 1), "concepts", 0) }, []string{"  retired     open#a: A"}},
		"display":                      {func(d object) { within(within(d, "codeSystems", 0), "concepts", 0)["display"] = "Eins" }, []string{"  redisplayed kind#1: One -> Eins"}},
		"code confirmed":               {func(d object) { delete(within(within(d, "codeSystems", 0), "concepts", 1), "provisional") }, []string{"  confirmed   kind#2"}},
		"codes exchanged": {func(d object) {
			c := within(d, "codeSystems", 0)["concepts"].([]any)
			c[0].(object)["code"], c[1].(object)["code"] = "2", "1"
		}, []string{"! provisional kind#1", "! redefined   kind#1: one -> two", "! redefined   kind#2: two -> one", "  redisplayed kind#1: One -> Two", "  redisplayed kind#2: Two -> One", "  confirmed   kind#2"}},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := taxonomy.Load(encode(t, two(t)))
			require.NoError(t, err)
			doc := two(t)
			tc.change(doc)
			to, err := taxonomy.Load(encode(t, doc))
			require.NoError(t, err)
			d := taxonomy.Diff(from, to)
			var got []string
			breaking := 0
			for _, c := range d.Changes {
				got = append(got, c.String())
				if c.Breaking {
					breaking++
				}
			}
			assert.ElementsMatch(t, tc.want, got)
			assert.Equal(t, breaking, d.Breaking())

			back := taxonomy.Diff(to, from)
			assert.Equal(t, len(d.Changes) == 0, len(back.Changes) == 0, "a difference is one from both sides")
		})
	}
}

func TestDiffOfATaxonomyWithItselfIsEmpty(t *testing.T) {
	for _, version := range taxonomy.Versions() {
		tax, err := taxonomy.Embedded(version)
		require.NoError(t, err)
		d := taxonomy.Diff(tax, tax)
		assert.Empty(t, d.Changes)
		var b bytes.Buffer
		require.NoError(t, d.WriteText(&b))
		assert.Contains(t, b.String(), "They say the same about events.")
		text, err := json.Marshal(d)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"changes":[]`)
	}
}

// Ids need no version in them.
func TestDiffOfIdsWithoutVersions(t *testing.T) {
	from, err := taxonomy.Load(encode(t, two(t)))
	require.NoError(t, err)
	text := strings.ReplaceAll(strings.ReplaceAll(string(encode(t, two(t))), `-7"`, `"`), `"version":"7"`, `"version":"8"`)
	to, err := taxonomy.Load([]byte(text))
	require.NoError(t, err)
	assert.Len(t, taxonomy.Diff(from, to).Changes, 1, "the version")
	assert.Empty(t, taxonomy.Diff(to, to).Changes)
}

func TestDiffOfTheEmbeddedVersions(t *testing.T) {
	five, err := taxonomy.Embedded("5")
	require.NoError(t, err)
	d := taxonomy.Diff(five, embedded(t))
	var b bytes.Buffer
	require.NoError(t, d.WriteText(&b))
	for _, want := range []string{
		"! replaced    fhirVersion: 3.0.2 -> 4.0.1",
		"  added       adverse-event-core: AdverseEventCore",
		"  added       medication-dmd: MedicationDmd",
		"! provisional adverse-event-governance",
		"! renamed     adverse-event-process/Process: Process -> HealthcareProcess",
		"! renamed     patient-information/Gender: Gender -> GenderIdentity",
		"  added       location-details/LocationWithinServiceOther: 0..1 string",
		"  removed     gender",
	} {
		assert.Contains(t, strings.Split(b.String(), "\n"), want)
	}
}

func ExampleDiff() {
	five, _ := taxonomy.Embedded("5")
	six, _ := taxonomy.Embedded("6")
	d := taxonomy.Diff(five, six)
	for _, c := range d.Changes {
		if c.Breaking && c.Element == "field" {
			fmt.Fprintln(os.Stdout, c)
		}
	}
	// Output:
	// ! renamed     adverse-event-process/Process: Process -> HealthcareProcess
	// ! renamed     patient-information/Gender: Gender -> GenderIdentity
	// ! rebound     patient-information/GenderIdentity: gender -> gender-identity
}
