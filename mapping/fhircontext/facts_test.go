package fhircontext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

func TestBirthDate(t *testing.T) {
	for date, tt := range map[string]struct{ value, precision, issue string }{
		"2024-02-29": {"2024-02-29", "day", ""},
		"2024-02":    {"2024-02", "month", "warning CONTEXT-BIRTHDATE-PARTIAL Patient.birthDate"},
		"2024":       {"2024", "year", "warning CONTEXT-BIRTHDATE-PARTIAL Patient.birthDate"},
		"2023-02-29": {"", "", "warning CONTEXT-BIRTHDATE Patient.birthDate"},
		"29/02/2024": {"", "", "warning CONTEXT-BIRTHDATE Patient.birthDate"},
		"unknown":    {"", "", "warning CONTEXT-BIRTHDATE Patient.birthDate"},
	} {
		t.Run(date, func(t *testing.T) {
			c, issues := load(t, []byte(`{"resourceType":"Patient","gender":"male","birthDate":"`+date+`"}`))
			assert.Equal(t, tt.value, c.BirthDate())
			assert.Equal(t, tt.precision, c.BirthPrecision.Value)
			want := []string{}
			if tt.issue != "" {
				want = []string{tt.issue}
			}
			assert.Equal(t, want, found(issues))
		})
	}
}

func TestGender(t *testing.T) {
	for _, gender := range []string{"female", "male", "other", "unknown"} {
		c, issues := load(t, []byte(`{"resourceType":"Patient","gender":"`+gender+`"}`))
		assert.Empty(t, issues)
		assert.Equal(t, gender, c.Gender.Value)
		assert.Equal(t, fhircontext.Absent, c.GenderIdentity.Status, "never derived from the gender")
	}
	for _, gender := range []string{"1", "F", "Female"} {
		c, issues := load(t, []byte(`{"resourceType":"Patient","gender":"`+gender+`"}`))
		assert.Equal(t, fhircontext.Ask, c.Gender.Status)
		assert.Equal(t, []string{"warning CONTEXT-GENDER Patient.gender"}, found(issues))
	}
}

func extension(url, system, code string) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Patient","extension":[{"url":"http://other.example"},{"url":%q,"valueCodeableConcept":{"coding":[{"system":%q,"code":%q}]}}]}`, url, system, code)
}

func TestGenderIdentity(t *testing.T) {
	const url, system = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity", "http://hl7.org/fhir/gender-identity"
	for code, want := range map[string]string{"female": "female", "transgender-male": "male", "non-binary": "non-binary", "non-disclose": "not-stated"} {
		c, _ := load(t, extension(url, system, code))
		assert.Equal(t, want, c.GenderIdentity.Value)
	}
	c, _ := load(t, extension(url, "http://other.example", "1"))
	assert.Equal(t, fhircontext.Ask, c.GenderIdentity.Status, "1 is male in one list and female in another")
}

func TestEthnicity(t *testing.T) {
	const url, system = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory", "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory"
	for code, want := range map[string]string{
		"A": "11", "B": "12", "C": "13", "D": "21", "E": "22", "F": "23", "G": "24", "H": "31", "J": "32", "K": "33", "L": "35",
		"M": "42", "N": "41", "P": "43", "R": "34", "S": "51", "Z": "52", "99": "52",
	} {
		c, issues := load(t, extension(url, system, code))
		assert.Empty(t, issues)
		assert.Equal(t, want, c.Ethnicity.Value, code)
	}
	for _, tt := range [][2]string{{system, "CA"}, {system, "a"}, {"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryScotland", "A"}, {"", "A"}} {
		c, issues := load(t, extension(url, tt[0], tt[1]))
		assert.Equal(t, fhircontext.Ask, c.Ethnicity.Status)
		assert.Equal(t, []string{"warning CONTEXT-ETHNICITY Patient.extension[1].value"}, found(issues))
	}
	for url, system := range map[string]string{
		"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-EthnicCategory-1": "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1",
		"https://fhir.hl7.org.uk/StructureDefinition/Extension-CareConnect-EthnicCategory-1":      "https://fhir.hl7.org.uk/CareConnect-EthnicCategory-1",
	} {
		c, issues := load(t, extension(url, system, "M"))
		assert.Empty(t, issues)
		assert.Equal(t, "42", c.Ethnicity.Value, "other publishers and versions of the same extension: %s", url)
	}
	twice := func(other string) []byte {
		one := func(code string) string {
			return `{"url":"` + url + `","valueCodeableConcept":{"coding":[{"system":"` + system + `","code":"` + code + `"}]}}`
		}
		return []byte(`{"resourceType":"Patient","extension":[` + one("A") + "," + one(other) + `]}`)
	}
	c, _ := load(t, twice("A"))
	assert.Equal(t, "11", c.Ethnicity.Value)
	c, _ = load(t, twice("M"))
	assert.Equal(t, fhircontext.Ask, c.Ethnicity.Status, "which of two is meant is asked")
}

// The patient is known by the NHS number, with or without blanks.
func TestSpacedNumber(t *testing.T) {
	const patient = `{"resourceType":"Patient","id":"p","gender":"female","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000433"}]}`
	c, issues := load(t, bundle(patient, `{"resourceType":"Encounter","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0433"}}}`))
	assert.Empty(t, issues)
	assert.Equal(t, "female", c.Gender.Value)
}

func role(concepts string) string {
	return `{"resourceType":"PractitionerRole","code":[` + concepts + `]}`
}

func coded(system, code string) string {
	return fmt.Sprintf(`{"coding":[{"system":%q,"code":%q}]}`, system, code)
}

func TestReporterRole(t *testing.T) {
	const sds = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName"
	const jobRole = "https://fhir.nhs.uk/England/CodeSystem/England-JobRoleCode"
	tests := map[string]struct {
		concepts   string
		opts       []fhircontext.Option
		value      string
		candidates []string
	}{
		"GP":                               {concepts: coded(sds, "R0260"), value: "4"},
		"whole SDS path":                   {concepts: coded("https://fhir.nhs.uk/England/CodeSystem/England-SDSJobRoleName", "S0030:G0100:R0620"), value: "5"},
		"job role code":                    {concepts: coded(jobRole, "01025"), value: "4"},
		"SNOMED CT":                        {concepts: coded("http://snomed.info/sct", "62247001"), value: "4"},
		"title":                            {concepts: `{"text":" Practice  Nurse "}`, value: "5"},
		"title in a display":               {concepts: `{"coding":[{"display":"Receptionist"}]}`, value: "6"},
		"both forms agree":                 {concepts: coded(jobRole, "01025") + "," + coded(sds, "R0260"), value: "4"},
		"known decides over unknown":       {concepts: coded(sds, "R8000") + "," + coded(sds, "R0700"), value: "5"},
		"clerk among the doctors":          {concepts: coded(sds, "R0247")},
		"social care worker":               {concepts: coded(sds, "R0243")},
		"pharmacist":                       {concepts: coded(sds, "R1290"), candidates: []string{"2", "1"}},
		"pharmacist decided":               {concepts: coded(sds, "R1290"), opts: []fhircontext.Option{fhircontext.WithRoles(map[string]string{" r1290 ": "2"})}, value: "2"},
		"table overridden":                 {concepts: `{"text":"Practice Manager"}`, opts: []fhircontext.Option{fhircontext.WithRoles(map[string]string{"practice manager": "9"})}, value: "9"},
		"associate practitioner":           {concepts: coded(sds, "R1547")},
		"access role":                      {concepts: coded(sds, "R8003")},
		"job role code of no list":         {concepts: coded("", "01025")},
		"unknown code with a telling name": {concepts: `{"coding":[{"system":"` + sds + `","code":"R9999","display":"Nurse"}]}`},
		"two kinds in one role":            {concepts: coded(sds, "R0260") + "," + coded(sds, "R1730"), candidates: []string{"4", "6"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, bundle(role(tt.concepts)), tt.opts...)
			assert.Equal(t, tt.value, c.ReporterRole.Value)
			if tt.value != "" {
				assert.Equal(t, fhircontext.Known, c.ReporterRole.Status)
				assert.Empty(t, issues)
				return
			}
			assert.Equal(t, fhircontext.Ask, c.ReporterRole.Status)
			assert.Equal(t, tt.candidates, c.ReporterRole.Candidates)
			require.Len(t, issues, 1)
			assert.Equal(t, "CONTEXT-ROLE", issues[0].Rule)
			assert.Contains(t, issues[0].Path, "Bundle.entry[0].resource.code[0]")
		})
	}
}

func TestSeveralRoles(t *testing.T) {
	gp, nurse := coded("http://snomed.info/sct", "62247001"), `{"text":"nurse"}`
	c, _ := load(t, bundle(role(gp), role(gp)))
	assert.Equal(t, "4", c.ReporterRole.Value, "all mean the same")
	c, _ = load(t, bundle(role(gp), role(nurse), role(`{"text":"pharmacist"}`)))
	assert.Equal(t, fhircontext.Ask, c.ReporterRole.Status)
	assert.Equal(t, []string{"4", "5", "2", "1"}, c.ReporterRole.Candidates)

	c, _ = load(t, bundle(role(gp), `{"resourceType":"PractitionerRole","id":"n","code":[`+nurse+`]}`,
		`{"resourceType":"AdverseEvent","recorder":{"reference":"PractitionerRole/n"}}`))
	assert.Equal(t, "5", c.ReporterRole.Value, "the recorder of the event")
	c, _ = load(t, bundle(role(gp), `{"resourceType":"PractitionerRole","practitioner":{"reference":"Practitioner/q"},"code":[`+nurse+`]}`,
		`{"resourceType":"Practitioner","id":"q"}`, `{"resourceType":"AdverseEvent","recorder":{"reference":"Practitioner/q"}}`))
	assert.Equal(t, "5", c.ReporterRole.Value, "the role of the recorder of the event")
	c, issues := load(t, bundle(`{"resourceType":"PractitionerRole"}`))
	assert.Equal(t, fhircontext.Absent, c.ReporterRole.Status)
	assert.Equal(t, []string{"warning CONTEXT-NOTHING $this"}, found(issues))
}

func ods(code string) string {
	return `{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"` + code + `"}}`
}

func TestOrganisation(t *testing.T) {
	encounter := func(code string) string {
		return `{"resourceType":"Encounter","serviceProvider":` + ods(code) + `}`
	}
	works := func(code string) string {
		return `{"resourceType":"PractitionerRole","organization":` + ods(code) + `}`
	}
	managed := `{"resourceType":"Patient","managingOrganization":` + ods("Y99993") + `}`
	tests := map[string]struct {
		data       []byte
		value      string
		candidates []string
		path       string
		issues     []string
	}{
		"encounter first": {data: bundle(managed, works("Y99992"), encounter("Y99991")), value: "Y99991", path: "Bundle.entry[2].resource.serviceProvider.identifier.value",
			issues: []string{"information CONTEXT-OTHER-ORGANISATION Bundle.entry[1].resource.organization.identifier.value", "information CONTEXT-OTHER-ORGANISATION Bundle.entry[0].resource.managingOrganization.identifier.value"}},
		"then the role":        {data: bundle(managed, works("Y99993")), value: "Y99993", path: "Bundle.entry[1].resource.organization.identifier.value"},
		"then the record":      {data: bundle(managed), value: "Y99993", path: "Bundle.entry[0].resource.managingOrganization.identifier.value"},
		"two encounters":       {data: bundle(encounter("Y99991"), encounter("Y99992"), managed), candidates: []string{"Y99991", "Y99992"}, path: "Bundle.entry[0].resource.serviceProvider.identifier.value"},
		"site code":            {data: bundle(`{"resourceType":"Encounter","serviceProvider":{"reference":"Organization/o"}}`, `{"resourceType":"Organization","id":"o","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-site-code","value":"Y99991001"}]}`), value: "Y99991001", path: "Bundle.entry[1].resource.identifier[0].value"},
		"reference and number": {data: bundle(`{"resourceType":"Encounter","serviceProvider":{"reference":"Organization/o",`+ods("Y99992")[1:]+`}`, `{"resourceType":"Organization","id":"o",`+`"identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y99991"}]}`), candidates: []string{"Y99992", "Y99991"}, path: "Bundle.entry[0].resource.serviceProvider.identifier.value"},
		"no ODS code":          {data: bundle(encounter("y99991"), managed), value: "Y99993", path: "Bundle.entry[1].resource.managingOrganization.identifier.value", issues: []string{"warning CONTEXT-ODS-CODE Bundle.entry[0].resource.serviceProvider.identifier.value"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, tt.data)
			assert.Equal(t, tt.value, c.Organisation.Value)
			assert.Equal(t, tt.candidates, c.Organisation.Candidates)
			assert.Equal(t, tt.path, c.Organisation.Source.Path)
			assert.NotEmpty(t, c.Organisation.Source.Note)
			want := tt.issues
			if want == nil {
				want = []string{}
			}
			assert.Equal(t, want, found(issues))
		})
	}
}

func medicine(concept string) string {
	return `{"resourceType":"MedicationAdministration","medicationCodeableConcept":` + concept + `}`
}

func TestMedicines(t *testing.T) {
	const a, b = `{"system":"http://snomed.info/sct","code":"15517911000001104","display":"A"}`, `{"system":"https://dmd.nhs.uk","code":"3113111000001106","display":"B"`
	tests := map[string]struct {
		resources           []string
		code, display, path string
		issue               string
	}{
		"text alone":             {resources: []string{medicine(`{"text":"Aspirin"}`)}, display: "Aspirin", path: "Bundle.entry[0].resource.medication"},
		"code of another system": {resources: []string{medicine(`{"coding":[{"system":"http://other.example","code":"398240004","display":"Aspirin"}]}`)}, display: "Aspirin", path: "Bundle.entry[0].resource.medication"},
		"selected code":          {resources: []string{medicine(`{"coding":[` + a + `,` + b + `,"userSelected":true}]}`)}, code: "3113111000001106", display: "B", path: "Bundle.entry[0].resource.medication.coding[1]"},
		"several codes":          {resources: []string{medicine(`{"coding":[` + a + `,` + b + `}],"text":"C"}`)}, display: "C", path: "Bundle.entry[0].resource.medication", issue: "warning CONTEXT-SEVERAL-CODES Bundle.entry[0].resource.medication"},
		"wrong check digit":      {resources: []string{medicine(`{"coding":[{"system":"http://snomed.info/sct","code":"15517911000001105","display":"A"}]}`)}, display: "A", path: "Bundle.entry[0].resource.medication", issue: "warning CONTEXT-SCTID Bundle.entry[0].resource.medication.coding[0].code"},
		"description id":         {resources: []string{medicine(`{"coding":[{"system":"http://snomed.info/sct","code":"1234567013","display":"A"}]}`)}, display: "A", path: "Bundle.entry[0].resource.medication", issue: "warning CONTEXT-SCTID Bundle.entry[0].resource.medication.coding[0].code"},
		"rounded":                {resources: []string{medicine(`{"coding":[{"system":"http://snomed.info/sct","code":"15517911000001100","display":"A"}]}`)}, display: "A", path: "Bundle.entry[0].resource.medication", issue: "warning CONTEXT-SCTID Bundle.entry[0].resource.medication.coding[0].code"},
		"by reference": {resources: []string{`{"resourceType":"MedicationDispense","medicationReference":{"reference":"Medication/m"}}`, `{"resourceType":"Medication","id":"m","code":{"coding":[` + a + `]}}`},
			code: "15517911000001104", display: "A", path: "Bundle.entry[1].resource.code.coding[0]"},
		"by a dangling reference with a name": {resources: []string{`{"resourceType":"MedicationDispense","medicationReference":{"reference":"Medication/m","display":"Aspirin"}}`},
			display: "Aspirin", path: "Bundle.entry[0].resource.medication.display", issue: "information CONTEXT-REFERENCE Bundle.entry[0].resource.medication.reference"},
		"said twice": {resources: []string{medicine(`{"text":"Aspirin"}`), medicine(`{"text":"Aspirin"}`)}, display: "Aspirin", path: "Bundle.entry[0].resource.medication"},
		"nameless": {resources: []string{medicine(`{"text":"Aspirin"}`), medicine(`{"coding":[{}]}`)},
			display: "Aspirin", path: "Bundle.entry[0].resource.medication", issue: "warning CONTEXT-MEDICINE-UNNAMED Bundle.entry[1].resource.medication"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, bundle(tt.resources...))
			require.Len(t, c.Medicines, 1)
			m := c.Medicines[0]
			assert.Equal(t, tt.code, m.Code)
			assert.Equal(t, tt.display, m.Display)
			assert.Equal(t, tt.path, m.Source.Path)
			assert.Equal(t, fhircontext.LevelUnknown, m.Level)
			want := []string{}
			if tt.issue != "" {
				want = []string{tt.issue}
			}
			assert.Equal(t, want, found(issues))
		})
	}
}

// What a record says about the use of a medicine decides whether it can be taken over.
func TestUseOfMedicines(t *testing.T) {
	const aspirin = `"medicationCodeableConcept":{"text":"Aspirin"}`
	for resource, want := range map[string]string{
		`"MedicationRequest","status":"active"`:                      "",
		`"MedicationRequest","status":"active","doNotPerform":true`:  "not to be given",
		`"MedicationRequest","status":"active","intent":"proposal"`:  "proposed",
		`"MedicationRequest","status":"stopped"`:                     "stopped",
		`"MedicationRequest","status":"cancelled"`:                   "cancelled",
		`"MedicationRequest","status":"completed"`:                   "completed",
		`"MedicationRequest","status":"entered-in-error"`:            "entered in error",
		`"MedicationRequest"`:                                        "does not say",
		`"MedicationStatement","status":"active"`:                    "",
		`"MedicationStatement","status":"not-taken"`:                 "not taken",
		`"MedicationStatement","status":"active","taken":"n"`:        "not taken",
		`"MedicationStatement","status":"active","wasNotTaken":true`: "not taken",
		`"MedicationAdministration","status":"completed"`:            "",
		`"MedicationAdministration","status":"not-done"`:             "not given",
		`"MedicationDispense","status":"completed"`:                  "",
		`"MedicationDispense","status":"declined"`:                   "declined",
	} {
		c, _ := load(t, bundle(`{"resourceType":`+resource+`,`+aspirin+`}`))
		require.Len(t, c.Medicines, 1, resource)
		if want == "" {
			assert.Empty(t, c.Medicines[0].Doubt, resource)
		} else {
			assert.Contains(t, c.Medicines[0].Doubt, want, resource)
		}
	}
	c, _ := load(t, bundle(`{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/m"}}`, `{"resourceType":"Medication","id":"m","status":"entered-in-error","code":{"text":"Warfarin"}}`))
	assert.Contains(t, c.Medicines[0].Doubt, "entered in error")
	c, _ = load(t, bundle(`{"resourceType":"MedicationStatement","status":"active","effectivePeriod":{"start":"2019-01-01","end":"2020-03-01T00:00:00Z"},`+aspirin+`}`))
	assert.Equal(t, "2020-03-01", c.Medicines[0].Until)
	c, _ = load(t, bundle(`{"resourceType":"MedicationRequest","status":"completed",`+aspirin+`}`, `{"resourceType":"MedicationStatement","status":"active",`+aspirin+`}`))
	require.Len(t, c.Medicines, 1)
	assert.Empty(t, c.Medicines[0].Doubt, "it is in use by one of the two")
}

func TestMedicineLevel(t *testing.T) {
	dmd := fhircontext.WithDMD(func(id string) fhircontext.Level {
		return map[string]fhircontext.Level{"3113111000001106": fhircontext.AMP}[id]
	})
	c, _ := load(t, surgery(t), dmd)
	assert.Equal(t, fhircontext.LevelUnknown, c.Medicines[0].Level)
	assert.Equal(t, fhircontext.AMP, c.Medicines[1].Level)
	assert.Equal(t, "3113111000001106", c.Medicines[1].Code, "the product stays as recorded")
	for level, name := range map[fhircontext.Level]string{fhircontext.LevelUnknown: "unknown", fhircontext.VTM: "vtm", fhircontext.VMP: "vmp", fhircontext.AMP: "amp"} {
		assert.Equal(t, name, level.String())
	}
}

func TestDevices(t *testing.T) {
	c, issues := load(t, bundle(
		`{"resourceType":"Device","type":{"text":"Syringe driver"},"serialNumber":"SER-55125"}`,
		`{"resourceType":"Device","type":{"text":"Syringe driver"},"serialNumber":"SER-55126"}`,
		`{"resourceType":"Device","status":"entered-in-error","type":{"text":"Walking frame"}}`,
		`{"resourceType":"Device","serialNumber":"SER-55127"}`))
	require.Len(t, c.Devices, 1)
	assert.Equal(t, "Syringe driver", c.Devices[0].Type)
	assert.False(t, c.Devices[0].Software)
	assert.Equal(t, []string{"information CONTEXT-ENTERED-IN-ERROR Bundle.entry[2].resource.status", "warning CONTEXT-DEVICE-UNNAMED Bundle.entry[3].resource"}, found(issues))
}

func numbered(id string) string {
	return `{"resourceType":"Patient","id":"` + id + `","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000433"}]}`
}

func TestSubject(t *testing.T) {
	const one, two = `{"resourceType":"Patient","id":"one","gender":"female","name":[{"family":"Quuxworth"}]}`, `{"resourceType":"Patient","id":"two","gender":"male","name":[{"family":"Flibberton"}]}`
	about := func(ref, drug string) string {
		return `{"resourceType":"MedicationRequest","subject":{"reference":"` + ref + `"},"medicationCodeableConcept":{"text":"` + drug + `"}}`
	}
	const dangling = "information CONTEXT-REFERENCE Bundle.entry[1].resource.subject.reference"
	tests := map[string]struct {
		resources []string
		gender    string
		medicines int
		issues    []string
	}{
		"one patient": {resources: []string{one}, gender: "female"},
		"two and nothing to tell them apart": {resources: []string{one, two},
			issues: []string{"warning CONTEXT-SEVERAL-PATIENTS $this"}},
		"two, one referred to": {resources: []string{one, two, about("Patient/two", "A")}, gender: "male", medicines: 1,
			issues: []string{"information CONTEXT-OTHER-PATIENT Bundle.entry[0].resource"}},
		"two, both referred to": {resources: []string{one, two, about("Patient/two", "A"), about("Patient/one", "B")},
			issues: []string{"warning CONTEXT-SEVERAL-PATIENTS $this"}},
		"the event decides": {resources: []string{one, two, about("Patient/two", "A"), about("Patient/one", "B"), `{"resourceType":"AdverseEvent","subject":{"reference":"Patient/one"}}`}, gender: "female", medicines: 1,
			issues: []string{"information CONTEXT-OTHER-PATIENT Bundle.entry[1].resource", "information CONTEXT-OTHER-PATIENT Bundle.entry[2].resource"}},
		"another patient than the one in the record": {resources: []string{one, about("Patient/absent", "A")}, medicines: 1,
			issues: []string{dangling, "warning CONTEXT-OTHER-PATIENT Bundle.entry[0].resource"}},
		"reference to a server": {resources: []string{one, about("https://gp.example/fhir/Patient/one", "A")}, gender: "female", medicines: 1, issues: []string{dangling}},
		"a version on a server": {resources: []string{one, about("http://gp.example/Patient/one/_history/3", "A")}, gender: "female", medicines: 1, issues: []string{dangling}},
		"another number on a server": {resources: []string{one, about("https://gp.example/fhir/Patient/someone", "A")}, medicines: 1,
			issues: []string{dangling, "warning CONTEXT-OTHER-PATIENT Bundle.entry[0].resource"}},
		"two patients, neither in the record": {resources: []string{about("Patient/absent", "A"), about("Patient/missing", "B")},
			issues: []string{"information CONTEXT-REFERENCE Bundle.entry[0].resource.subject.reference", "information CONTEXT-REFERENCE Bundle.entry[1].resource.subject.reference", "warning CONTEXT-SEVERAL-PATIENTS $this"}},
		"two numbers": {resources: []string{`{"resourceType":"Encounter","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000417"}}}`,
			`{"resourceType":"MedicationRequest","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000425"}},"medicationCodeableConcept":{"text":"A"}}`},
			issues: []string{"warning CONTEXT-SEVERAL-PATIENTS $this"}},
		"two patients of one number": {resources: []string{numbered("one"), numbered("two"), `{"resourceType":"MedicationRequest","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000433"}},"medicationCodeableConcept":{"text":"A"}}`}, medicines: 1,
			issues: []string{"warning CONTEXT-OTHER-PATIENT Bundle.entry[0].resource", "warning CONTEXT-OTHER-PATIENT Bundle.entry[1].resource"}},
		"contract with several subjects": {resources: []string{one, `{"resourceType":"Contract","subject":[{"reference":"Patient/two"}]}`}, gender: "female"},
		"contained patient":              {resources: []string{`{"resourceType":"Encounter","contained":[{"resourceType":"Patient","id":"p","gender":"male"}],"subject":{"reference":"#p"}}`}, gender: "male"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, bundle(tt.resources...))
			assert.Equal(t, tt.gender, c.Gender.Value)
			assert.Len(t, c.Medicines, tt.medicines)
			assert.Equal(t, tt.issues, without(found(issues), "CONTEXT-NOTHING"))
		})
	}
	c, _ := load(t, bundle(one, two))
	assert.Equal(t, []privacy.Term{{Class: privacy.FamilyName, Text: "Quuxworth"}, {Class: privacy.FamilyName, Text: "Flibberton"}}, c.DenyTerms(),
		"everybody is screened for, whoever the subject is")
}

func TestDosagesThatEnd(t *testing.T) {
	const until, open = `{"timing":{"repeat":{"boundsPeriod":{"start":"2024-01-01","end":"2025-02-01"}}}}`, `{"text":"one a day"}`
	for name, tt := range map[string]struct{ typeName, more, want string }{
		"a request":         {"MedicationRequest", `"dosageInstruction":[` + until + `]`, "2025-02-01"},
		"a statement":       {"MedicationStatement", `"dosage":[` + until + `]`, "2025-02-01"},
		"the last of two":   {"MedicationRequest", `"dosageInstruction":[` + until + `,` + strings.Replace(until, "2025-02-01", "2025-09-01", 1) + `]`, "2025-09-01"},
		"one without end":   {"MedicationRequest", `"dosageInstruction":[` + until + `,` + open + `]`, ""},
		"the supply first":  {"MedicationRequest", `"dispenseRequest":{"validityPeriod":{"end":"2025-06-01"}},"dosageInstruction":[` + until + `]`, "2025-06-01"},
		"no dosage at all":  {"MedicationRequest", `"status":"active"`, ""},
		"another structure": {"MedicationRequest", `"dosageInstruction":"daily"`, ""},
	} {
		c, _ := load(t, []byte(`{"resourceType":"`+tt.typeName+`",`+tt.more+`,"medicationCodeableConcept":{"text":"Amoxicillin"}}`))
		require.Len(t, c.Medicines, 1, name)
		assert.Equal(t, tt.want, c.Medicines[0].Until, name)
	}
}
