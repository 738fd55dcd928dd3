package fhircontext_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

func TestSurgery(t *testing.T) {
	c, issues := load(t, surgery(t))
	assert.Equal(t, []string{
		"information CONTEXT-OTHER-ORGANISATION Bundle.entry[0].resource.managingOrganization.identifier.value",
	}, found(issues))

	assert.Equal(t, "1961-02-28", c.BirthDate())
	for name, tt := range map[string]struct {
		fact        fhircontext.Fact
		value, path string
	}{
		"birth precision": {c.BirthPrecision, "day", "Bundle.entry[0].resource.birthDate"},
		"gender":          {c.Gender, "female", "Bundle.entry[0].resource.gender"},
		"gender identity": {c.GenderIdentity, "female", "Bundle.entry[0].resource.extension[1].value.coding[0]"},
		"ethnicity":       {c.Ethnicity, "34", "Bundle.entry[0].resource.extension[0].value.coding[0]"},
		"organisation":    {c.Organisation, "Y99999", "Bundle.entry[5].resource.identifier[1].value"},
		"reporter role":   {c.ReporterRole, "4", "Bundle.entry[3].resource.code[0].coding[0]"},
	} {
		assert.Equal(t, fhircontext.Known, tt.fact.Status, name)
		assert.Equal(t, tt.value, tt.fact.Value, name)
		assert.Equal(t, tt.path, tt.fact.Source.Path, name)
	}
	assert.Contains(t, c.Organisation.Source.Note, "Encounter.serviceProvider by way of Organization.partOf")

	require.Len(t, c.Medicines, 3)
	assert.Equal(t, "It was entered in error.", c.Medicines[2].Doubt)
	assert.Equal(t, fhircontext.Medicine{
		Code: "15517911000001104", Display: "Methotrexate 10mg/0.2ml solution for injection pre-filled syringes",
		Resource: "MedicationRequest", Source: fhircontext.Source{Path: "Bundle.entry[7].resource.medication.coding[0]"},
	}, c.Medicines[0])
	assert.Equal(t, fhircontext.Medicine{
		Code: "3113111000001106", Display: "Budesonide inhaler",
		Resource: "MedicationStatement", Source: fhircontext.Source{Path: "Bundle.entry[8].resource.contained[0].code.coding[0]"},
	}, c.Medicines[1])

	require.Len(t, c.Devices, 1)
	assert.Equal(t, fhircontext.Device{
		Code: "467892009", Type: "Cardiac mapping system application software", Manufacturer: "Invented Devices", ModelNumber: "Pump 3",
		Software: true, Source: fhircontext.Source{Path: "Bundle.entry[10].resource.type.coding[0]"},
	}, c.Devices[0])
	assert.Equal(t, "FHIR context: birth date known, gender known, gender identity known, ethnicity known, organisation known, reporter role known, medicines 3, devices 1, deny terms 29", c.String())
}

// A value that the Context has no field for cannot reach it: here, all identifiers
// of a device.
func TestDeviceIdentifiersAreNotRead(t *testing.T) {
	c, _ := load(t, surgery(t))
	for _, d := range c.Devices {
		all := strings.Join([]string{d.Code, d.Type, d.Manufacturer, d.ModelNumber, d.Source.Path, d.Source.Note}, " ")
		assert.NotContains(t, all, "-551")
	}
}

func TestRefusedDocuments(t *testing.T) {
	for name, data := range map[string]string{
		"empty":       "",
		"broken JSON": `{"resourceType":"Bundle","entry":[`,
		"XML":         `<!DOCTYPE Bundle><Bundle xmlns="http://hl7.org/fhir"/>`,
		"not FHIR":    `{"specversion":"1.0"}`,
		"too deep":    strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			c, issues := fhircontext.Load([]byte(data))
			assert.Nil(t, c)
			require.True(t, issues.HasErrors())
			assert.NotEmpty(t, issues[0].Text)
			assert.NotEmpty(t, issues[0].Path)
		})
	}
}

func TestSingleResource(t *testing.T) {
	c, issues := load(t, []byte(`{"resourceType":"PractitionerRole","code":[{"coding":[{"code":"R0700"}]}]}`))
	assert.Empty(t, issues)
	assert.Equal(t, "5", c.ReporterRole.Value)
	assert.Equal(t, "PractitionerRole.code[0].coding[0]", c.ReporterRole.Source.Path)
}

func TestNothingUsable(t *testing.T) {
	c, issues := load(t, []byte(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition"}}]}`))
	assert.Equal(t, []string{"warning CONTEXT-NOTHING $this"}, found(issues))
	assert.Empty(t, c.DenyTerms())
}

func TestRecordsThatAreNotWhole(t *testing.T) {
	const patient = `{"resource":{"resourceType":"Patient","id":"p"}}`
	message := func(severity string) string {
		return `{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"` + severity + `","code":"incomplete"}]}}`
	}
	for name, tt := range map[string]struct {
		bundle string
		want   []string
	}{
		"whole":        {`"type":"searchset","total":1,"link":[{"relation":"self","url":"x"}],"entry":[` + patient + `]`, nil},
		"with others":  {`"type":"searchset","total":1,"entry":[` + patient + `,{"resource":{"resourceType":"Organization"}}]`, nil},
		"next page":    {`"type":"searchset","link":[{"relation":"self"},{"relation":"next","url":"x"}],"entry":[` + patient + `]`, []string{"warning CONTEXT-PARTIAL $this"}},
		"more matches": {`"type":"searchset","total":40,"entry":[` + patient + `]`, []string{"warning CONTEXT-PARTIAL $this"}},
		"odd total":    {`"type":"searchset","total":"many","entry":[` + patient + `]`, nil},
		"warning":      {`"entry":[` + patient + `,` + message("warning") + `]`, []string{"warning CONTEXT-PARTIAL Bundle.entry[1].resource"}},
		"error":        {`"entry":[` + message("error") + `,` + patient + `]`, []string{"warning CONTEXT-PARTIAL Bundle.entry[0].resource"}},
		"information":  {`"entry":[` + patient + `,` + message("information") + `]`, nil},
	} {
		_, issues := load(t, []byte(`{"resourceType":"Bundle",`+tt.bundle+`}`))
		assert.Equal(t, tt.want, without(found(issues), "CONTEXT-NOTHING"), name)
	}
}

// What a system answers instead of a record is as bad as no record at all.
func TestRecordsThatAreNone(t *testing.T) {
	const outcome = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}`
	for name, data := range map[string]string{
		"outcome":                    outcome,
		"empty collection":           `{"resourceType":"Bundle","type":"collection"}`,
		"empty entries":              `{"resourceType":"Bundle","type":"collection","entry":[]}`,
		"search without a match":     `{"resourceType":"Bundle","type":"searchset","total":0}`,
		"search with an outcome":     `{"resourceType":"Bundle","type":"searchset","total":0,"entry":[{"resource":` + outcome + `,"search":{"mode":"outcome"}}]}`,
		"outcomes":                   `{"resourceType":"Bundle","entry":[{"resource":` + outcome + `},{"resource":` + outcome + `}]}`,
		"batch of failed requests":   `{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"404","outcome":` + outcome + `}}]}`,
		"an empty search in a batch": `{"resourceType":"Bundle","type":"batch-response","entry":[{"resource":{"resourceType":"Bundle","type":"searchset","total":0}}]}`,
		"outcome in parameters":      `{"resourceType":"Parameters","parameter":[{"name":"x","resource":` + outcome + `}]}`,
		"links only":                 `{"resourceType":"Bundle","entry":[{},{"fullUrl":"urn:uuid:1"}]}`,
	} {
		c, issues := fhircontext.Load([]byte(data))
		assert.Nil(t, c, name)
		assert.Equal(t, []string{"error CONTEXT-NO-RECORD $this"}, found(issues), name)
	}
}

// A record inside another resource is not passed over in silence.
func TestARecordInsideAnotherResource(t *testing.T) {
	inner := string(bundle(`{"resourceType":"Patient","gender":"female","name":[{"family":"Quuxworth"}]}`))
	for _, data := range []string{`{"resourceType":"Parameters","parameter":[{"name":"return","resource":` + inner + `}]}`, string(bundle(inner))} {
		c, issues := load(t, []byte(data))
		require.Len(t, issues, 1)
		assert.Equal(t, "CONTEXT-NESTED", issues[0].Rule)
		assert.Equal(t, []privacy.Term{{Class: privacy.FamilyName, Text: "Quuxworth"}}, c.DenyTerms())
	}
}

func TestWrongTypesCostOneElement(t *testing.T) {
	c, issues := load(t, bundle(`{"resourceType":"Patient","gender":["x"],"birthDate":1961,"name":"N","identifier":[7,{"value":"LOC-1234"}],"extension":7}`,
		`{"resourceType":"MedicationRequest","status":1,"doNotPerform":"no","medicationCodeableConcept":{"text":"Aspirin","coding":""}}`))
	assert.Equal(t, "Aspirin", c.Medicines[0].Display)
	assert.Subset(t, found(issues), []string{
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[0].resource.birthDate",
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[0].resource.gender",
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[0].resource.extension",
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[1].resource.status",
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[1].resource.doNotPerform",
		"warning CONTEXT-ELEMENT-TYPE Bundle.entry[1].resource.medication.coding",
	})
	assert.Equal(t, []privacy.Term{{Class: privacy.Identifier, Text: "LOC-1234"}}, c.DenyTerms(), "N is too short for a name")
}

func TestEachFindingIsReportedOnce(t *testing.T) {
	_, issues := load(t, bundle(`{"resourceType":"Patient","id":"p","birthDate":1961}`,
		`{"resourceType":"Encounter","status":7,"subject":{"reference":"Patient/p"},"serviceProvider":{"reference":"Organization/none"}}`,
		`{"resourceType":"MedicationRequest","status":7,"subject":"p","medicationCodeableConcept":{"text":"Aspirin","coding":""}}`))
	seen := map[string]bool{}
	for _, f := range found(issues) {
		assert.False(t, seen[f], f)
		seen[f] = true
	}
	assert.Contains(t, found(issues), "warning CONTEXT-ELEMENT-TYPE Bundle.entry[2].resource.subject")
}

func TestReferences(t *testing.T) {
	role := func(org string) string {
		return `{"resourceType":"PractitionerRole","organization":` + org + `,"contained":[
			{"resourceType":"Organization","id":"twice"},{"resourceType":"Organization","id":"twice"},
			{"resourceType":"Organization","id":"self","partOf":{"reference":"#self"}},{"resourceType":"Location","id":"loc"}]}`
	}
	tests := map[string]struct {
		data []byte
		want []string
	}{
		"dangling, said once": {bundle(role(`{"reference":"Organization/none"}`), role(`{"reference":"Organization/none"}`)),
			[]string{"information CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference"}},
		"malformed": {bundle(role(`{"reference":"Organization?name=x"}`)),
			[]string{"warning CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference"}},
		"wrong type": {bundle(role(`{"reference":"#loc"}`)),
			[]string{"warning CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference"}},
		"contained twice": {bundle(role(`{"reference":"#twice"}`)),
			[]string{"warning CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference"}},
		"contained and absent": {bundle(role(`{"reference":"#none"}`), role(`{"reference":"#none"}`)),
			[]string{"information CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference", "information CONTEXT-REFERENCE Bundle.entry[1].resource.organization.reference"}},
		"to itself": {bundle(role(`{"reference":"#"}`)),
			[]string{"warning CONTEXT-REFERENCE Bundle.entry[0].resource.organization.reference"}},
		"contained in itself": {bundle(role(`{"reference":"#self"}`)),
			[]string{"warning CONTEXT-CYCLE Bundle.entry[0].resource.contained[2].partOf"}},
		"partOf in a circle": {bundle(role(`{"reference":"Organization/a"}`),
			`{"resourceType":"Organization","id":"a","partOf":{"reference":"Organization/b"}}`,
			`{"resourceType":"Organization","id":"b","partOf":{"reference":"Organization/a"}}`),
			[]string{"warning CONTEXT-CYCLE Bundle.entry[1].resource.partOf"}},
		"partOf without end": {bundle(append([]string{role(`{"reference":"Organization/o0"}`)}, chain(20)...)...),
			[]string{"warning CONTEXT-CYCLE Bundle.entry[9].resource.partOf"}},
		"ingredient of itself": {bundle(`{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/m"}}`,
			`{"resourceType":"Medication","id":"m","ingredient":[{"itemReference":{"reference":"Medication/m"}}]}`),
			[]string{"warning CONTEXT-MEDICINE-UNNAMED Bundle.entry[0].resource.medication"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, tt.data)
			assert.Equal(t, tt.want, without(found(issues), "CONTEXT-NOTHING"))
			assert.Equal(t, fhircontext.Absent, c.Organisation.Status)
		})
	}
}

func chain(n int) []string {
	var all []string
	for i := range n {
		all = append(all, `{"resourceType":"Organization","id":"o`+itoa(i)+`","partOf":{"reference":"Organization/o`+itoa(i+1)+`"}}`)
	}
	return all
}

func itoa(i int) string {
	text, _ := json.Marshal(i)
	return string(text)
}

func without(list []string, rule string) []string {
	var kept []string
	for _, s := range list {
		if !strings.Contains(s, rule) {
			kept = append(kept, s)
		}
	}
	return kept
}

func TestImpossibleRoles(t *testing.T) {
	for _, roles := range []map[string]string{{"R1290": "10"}, {"R1290": "nurse"}, {" ": "1"}, {"R1290": ""}} {
		c, issues := fhircontext.Load(surgery(t), fhircontext.WithRoles(roles))
		assert.Nil(t, c)
		assert.Equal(t, []string{"error CONTEXT-OPTION $this"}, found(issues))
	}
}

// r4Samples are real files; they need not give anything, but they must not hurt.
func r4Samples(t *testing.T) []string {
	dir := filepath.Join("..", "..", "..", "shared", "gp", "samples")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the folder of third-party samples is absent")
	}
	var all []string
	for _, pattern := range []string{"*/*.json", "*/*.xml"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		all = append(all, files...)
	}
	require.NotEmpty(t, all)
	return all
}

func TestRealRecords(t *testing.T) {
	for _, file := range r4Samples(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			c, issues := fhircontext.Load(data)
			if c == nil {
				assert.True(t, issues.HasErrors())
				return
			}
			checkNothingShows(t, c, issues)
		})
	}
}

func TestRealFacts(t *testing.T) {
	files := map[string]string{}
	for _, file := range r4Samples(t) {
		files[filepath.Base(file)] = file
	}
	read := func(name string) *fhircontext.Context {
		data, err := os.ReadFile(files[name])
		require.NoError(t, err)
		c, _ := load(t, data)
		return c
	}
	nurse := read("community-nurse-prescriber.json")
	assert.Equal(t, fhircontext.Ask, nurse.ReporterRole.Status, "one role is a nurse's, the other an access role")
	assert.Equal(t, []string{"5"}, nurse.ReporterRole.Candidates)
	assert.Equal(t, "RBA", nurse.Organisation.Value)
	assert.Equal(t, "female", nurse.Gender.Value)
	require.Len(t, nurse.Medicines, 1)
	assert.Equal(t, "41946511000001109", nurse.Medicines[0].Code)

	worker := read("Healthcare-Worker-PractitionerRole-GP-Example.json")
	assert.Equal(t, "4", worker.ReporterRole.Value)
	assert.Equal(t, "M85011", worker.Organisation.Value)

	searched := read("Methotrexate.json")
	assert.NotEmpty(t, searched.Medicines)
	assert.NotEmpty(t, searched.DenyTerms(), "a record without a Patient still names one in its references")

	assert.Equal(t, "11", read("Booking_POST.json").Ethnicity.Value)
}

// A Context keeps its facts and terms, not the record they were taken from.
func TestTheRecordIsNotKept(t *testing.T) {
	record := bytes.Replace(surgery(t), []byte(`"resourceType": "Bundle",`), []byte(`"resourceType": "Bundle", "x": "`+strings.Repeat("x", 1<<20)+`",`), 1)
	kept := make([]*fhircontext.Context, 20)
	before := heap()
	for i := range kept {
		kept[i], _ = load(t, record)
	}
	assert.Less(t, heap()-before, int64(len(record)))
	runtime.KeepAlive(kept)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func FuzzLoad(f *testing.F) {
	f.Add(surgery(f))
	f.Add(bundle(`{"resourceType":"Patient","id":"a"}`, `{"resourceType":"Patient","id":"b","name":[{"text":"A B"}]}`, `{"resourceType":"AdverseEvent","subject":{"reference":"Patient/a"},"recorder":{"reference":"#"}}`))
	f.Add(bundle(`{"resourceType":"Organization","id":"a","partOf":{"reference":"Organization/a"}}`, `{"resourceType":"PractitionerRole","organization":{"reference":"Organization/a"}}`))
	f.Add([]byte(`{"resourceType":"Device","type":{"coding":[{"system":"http://snomed.info/sct","code":"467892009"}]},"contained":[1,{"id":"x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, issues := fhircontext.Load(data, fhircontext.WithDMD(func(string) fhircontext.Level { return 9 }))
		if c == nil {
			if !issues.HasErrors() {
				t.Fatal("no context and no error")
			}
			return
		}
		if issues.HasErrors() {
			t.Fatal("a context and an error")
		}
		for _, m := range c.Medicines {
			if m.Code != "" {
				_, err := fhir.ParseSCTID(m.Code)
				require.NoError(t, err)
			}
		}
		if c.Organisation.Value != "" && !fhir.ValidODSCode(c.Organisation.Value) {
			t.Fatal("an organisation that is no ODS code")
		}
		for _, fact := range []fhircontext.Fact{c.BirthPrecision, c.Gender, c.GenderIdentity, c.Ethnicity, c.Organisation, c.ReporterRole} {
			if (fact.Status == fhircontext.Known) != (fact.Value != "") || (fact.Status == fhircontext.Absent) != (fact.Source.Path == "") {
				t.Fatalf("inconsistent fact: %v", fact)
			}
		}
	})
}
