package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// record reads a record of the given resources.
func record(t testing.TB, resources []string, opts ...fhircontext.Option) *fhircontext.Context {
	t.Helper()
	c, issues := fhircontext.Load(bundle(resources...), opts...)
	require.NotNil(t, c, "%v", issues)
	return c
}

func bundle(resources ...string) []byte {
	return []byte(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + strings.Join(resources, `},{"resource":`) + `}]}`)
}

const person = `{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1976-03-05","name":[{"family":"Quuxworth","given":["Petronella"]}]}`

func withRecord(c cells, r *fhircontext.Context) mapping.Row {
	return mapping.Row{Line: 2, Cells: c, Context: r}
}

func TestFactsOfTheRecord(t *testing.T) {
	m := compile(t, patient("{to: age, context: age}", "{to: genderIdentity, context: gender, ask: Which gender?}", "{to: patientEthnicity, context: ethnicity, ask: Which ethnicity?}")+
		"  - when: {column: Never, filled: true}\n    fields: [{to: age, context: age}]\n")
	r := record(t, []string{`{"resourceType":"Patient","gender":"female","birthDate":"1976-03-05","extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory","code":"H"}]}}]}`})
	d := m.Map(withRecord(cells{"Date": "05/03/2026"}, r))
	require.Len(t, d.Event.Patients, 1)
	assert.Equal(t, lfpse.Patient{GenderIdentity: "female", Age: lfpse.Age{Value: 50, Unit: lfpse.Years}, PatientEthnicity: "31"}, d.Event.Patients[0])
	assert.Equal(t, "record Bundle.entry[0].resource.gender", trace(d, "patients[0].genderIdentity")[0].From)
	assert.NotContains(t, revealed(d), "1976")

	for name, c := range map[string]*fhircontext.Context{"no record": nil, "a record that does not say": record(t, []string{`{"resourceType":"Patient","active":true}`})} {
		d := m.Map(withRecord(cells{"Date": "05/03/2026"}, c))
		assert.Empty(t, patientsOf(d), name)
		assert.Equal(t, "Which gender?", question(t, d, "patients[0].genderIdentity").Text, name)
	}
	d = m.Map(withRecord(nil, r))
	assert.Zero(t, d.Event.Patients[0].Age, "without the day of the event there is no age")
	assert.Len(t, mapIssues(d), 1)
}

func TestTheColumnGoesBeforeTheRecord(t *testing.T) {
	m := compile(t, patient("{to: genderIdentity, column: G, values: gender, context: gender, default: not-known}"))
	r := record(t, []string{person})
	assert.EqualValues(t, "male", m.Map(withRecord(cells{"G": "m"}, r)).Event.Patients[0].GenderIdentity)
	assert.EqualValues(t, "female", m.Map(withRecord(nil, r)).Event.Patients[0].GenderIdentity)
	assert.EqualValues(t, "not-known", m.Map(row(nil)).Event.Patients[0].GenderIdentity)
	d := m.Map(withRecord(cells{"G": "??"}, r))
	assert.Empty(t, patientsOf(d), "neither record nor default hide a word that is not known")
	question(t, d, "patients[0].genderIdentity")
}

func TestGenderOfTheRecord(t *testing.T) {
	m := compile(t, patient("{to: genderIdentity, context: gender}"))
	strict := compile(t, patient("{to: genderIdentity, context: gender-identity}"))
	identity := func(code string) string {
		return `{"resourceType":"Patient","gender":"male","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-genderIdentity","valueCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/gender-identity","code":"` + code + `"}]}}]}`
	}
	gender := func(m *mapper, resource string) prepared {
		return m.Map(withRecord(nil, record(t, []string{resource})))
	}
	assert.EqualValues(t, "female", gender(m, person).Event.Patients[0].GenderIdentity)
	assert.EqualValues(t, "not-known", gender(m, `{"resourceType":"Patient","gender":"unknown"}`).Event.Patients[0].GenderIdentity)
	assert.EqualValues(t, "non-binary", gender(m, identity("non-binary")).Event.Patients[0].GenderIdentity, "the identity goes before the administrative gender")
	d := gender(m, identity("agender"))
	assert.Empty(t, patientsOf(d), "an identity that cannot be read is not replaced by the administrative gender")
	question(t, d, "patients[0].genderIdentity")

	assert.Empty(t, patientsOf(gender(strict, person)), "identity is never derived where the map wants the identity itself")
	assert.EqualValues(t, "non-binary", gender(strict, identity("non-binary")).Event.Patients[0].GenderIdentity)
}

func TestPartialBirthDateGivesNoAge(t *testing.T) {
	m := compile(t, patient("{to: age, context: age, ask: How old?}"))
	d := m.Map(withRecord(cells{"Date": "05/03/2026"}, record(t, []string{`{"resourceType":"Patient","birthDate":"1976-03"}`})))
	assert.Empty(t, patientsOf(d))
	assert.Empty(t, mapIssues(d), "the warning about the record says it")
	q := question(t, d, "patients[0].ageBracket")
	assert.Equal(t, "How old?", q.Text)
	assert.Contains(t, q.Why, "In the patient's record: the record gives no full date of birth")
}

func TestOrganisationAndRoleOfTheRecord(t *testing.T) {
	m := compile(t, incident("{to: location.organisation, context: organisation}", "{to: reporter.reporterOrganisation, context: organisation}", "{to: reporter.reporterRole, context: reporter-role, ask: Who reports?}"))
	r := record(t, []string{
		`{"resourceType":"Organization","id":"o","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A81001"}]}`,
		`{"resourceType":"Encounter","status":"finished","serviceProvider":{"reference":"Organization/o"}}`,
		`{"resourceType":"PractitionerRole","code":[{"coding":[{"code":"R0260"}]}]}`,
	})
	d := m.Map(withRecord(nil, r))
	assert.Equal(t, []string{"A81001"}, d.Event.Location.Organisation)
	assert.Equal(t, "A81001", d.Event.Reporter.ReporterOrganisation)
	assert.EqualValues(t, "4", d.Event.Reporter.ReporterRole)

	d = m.Map(withRecord(nil, record(t, []string{`{"resourceType":"PractitionerRole","code":[{"coding":[{"code":"R1290"}]}]}`})))
	q := question(t, d, "reporter.reporterRole")
	assert.Equal(t, "Who reports?", q.Text)
	assert.Contains(t, q.Why, "The record leaves a choice.")
}

func request(concept string) string {
	return `{"resourceType":"MedicationRequest","status":"active","intent":"order","medicationCodeableConcept":` + concept + `}`
}

const (
	paracetamol = `{"coding":[{"system":"https://dmd.nhs.uk","code":"322236009","display":"Paracetamol 500mg tablets"}]}`
	syrup       = `{"text":"Grandma's syrup"}`
	codeOnly    = `{"coding":[{"system":"http://snomed.info/sct","code":"387207008"}]}`
	// A medicine was involved.
	agent = "{to: agent.involvedAgents, default: Medications}"
)

// medicated maps a row with the given medicines in the record.
func medicated(t testing.TB, fields []string, c cells, answers map[string]string, resources ...string) prepared {
	t.Helper()
	r := withRecord(c, record(t, resources))
	r.Answers = answers
	return compile(t, incident(append([]string{"{to: date, column: Date}"}, fields...)...)).Map(r)
}

// Of several medicines a person says which were involved. None becomes involved in
// silence.
func TestWhichMedicineWasInvolvedIsAsked(t *testing.T) {
	fields := []string{agent, "{to: medicines, context: medicines, level: vmp, ask: Which medicines?}"}
	resources := []string{request(paracetamol), request(syrup), request(codeOnly)}
	d := medicated(t, fields, nil, nil, resources...)
	assert.Empty(t, d.Event.Medicines)
	assert.Empty(t, d.Event.Agent.DrugsInvolved)
	q := question(t, d, "medicines")
	assert.Equal(t, "Which medicines?", q.Text)
	assert.True(t, q.Required)
	assert.Contains(t, q.Why, "3 medicines")
	var values []string
	for _, c := range q.Choices {
		values = append(values, c.Value)
	}
	assert.Equal(t, []string{"Paracetamol 500mg tablets", "Grandma's syrup", "387207008", "none"}, values)

	for answer, want := range map[string]struct {
		medicines []lfpse.Medicine
		drugs     []string
	}{
		"Paracetamol 500mg tablets":  {[]lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}}, nil},
		"paracetamol":                {[]lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}}, nil},
		"322236009; 387207008":       {[]lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}, {VMPCode: "387207008"}}, nil},
		"387207008":                  {[]lfpse.Medicine{{VMPCode: "387207008"}}, nil},
		"grandma's syrup; Ibuprofen": {nil, []string{"Grandma's syrup", "Ibuprofen"}},
		"none":                       {nil, nil},
	} {
		d := medicated(t, fields, nil, map[string]string{"medicines": answer}, resources...)
		assert.Equal(t, want.medicines, d.Event.Medicines, answer)
		assert.Equal(t, want.drugs, d.Event.Agent.DrugsInvolved, answer)
		notAsked(t, d, "medicines")
		for _, s := range append(trace(d, "medicines[0].vmpCode"), trace(d, "agent.drugsInvolved")...) {
			assert.Equal(t, "answer", s.From)
		}
	}
	d = medicated(t, fields, nil, map[string]string{"medicines": "none; paracetamol"}, resources...)
	assert.Contains(t, mapIssues(d), "error MAP-ANSWER medicines")
	d = medicated(t, []string{agent, "{to: medicines, context: medicines}"}, nil, map[string]string{"medicines": "387207008"}, request(codeOnly))
	assert.Contains(t, mapIssues(d), "error MAP-ANSWER medicines", "a code that may be that of a brand is not sent")
}

// The only medicine of a record is taken over if it is in use and the event is about a
// medicine.
func TestTheOnlyMedicineOfARecord(t *testing.T) {
	const ended = `{"resourceType":"MedicationStatement","status":"active","effectivePeriod":{"end":"2026-01-31"},"medicationCodeableConcept":` + syrup + `}`
	statement := func(status string) string {
		return `{"resourceType":"MedicationStatement","status":"` + status + `","medicationCodeableConcept":` + syrup + `}`
	}
	field := "{to: medicines, context: medicines}"
	for name, tt := range map[string]struct {
		fields   []string
		resource string
		cells    cells
		taken    bool
		why      string
	}{
		"in use":                   {[]string{agent, field}, request(syrup), nil, true, ""},
		"in use, said last":        {[]string{field, agent}, request(syrup), nil, true, ""},
		"the map says so":          {[]string{"{to: medicines, context: medicines, when: {column: Theme, in: [drug]}}"}, request(syrup), cells{"Theme": "drug"}, true, ""},
		"about what is not known":  {[]string{field}, request(syrup), nil, false, "whether it was involved"},
		"about no medicine":        {[]string{"{to: agent.involvedAgents, default: None of the above}", field}, request(syrup), nil, false, ""},
		"stopped":                  {[]string{agent, field}, statement("stopped"), nil, false, "stopped"},
		"not taken":                {[]string{agent, field}, statement("not-taken"), nil, false, "not taken"},
		"entered in error":         {[]string{agent, field}, statement("entered-in-error"), nil, false, "entered in error"},
		"ended before":             {[]string{agent, field}, ended, cells{"Date": "05/03/2026"}, false, "ended before"},
		"ended after":              {[]string{agent, field}, ended, cells{"Date": "05/01/2026"}, true, ""},
		"begun after":              {[]string{agent, field}, strings.Replace(request(syrup), "{", `{"authoredOn":"2026-02-01T09:00:00Z",`, 1), cells{"Date": "05/01/2026"}, false, "began after"},
		"given long before":        {[]string{agent, field}, `{"resourceType":"MedicationAdministration","status":"completed","effectiveDateTime":"2012-01-05","medicationCodeableConcept":` + syrup + `}`, cells{"Date": "05/01/2026"}, false, "ended before"},
		"given on the day":         {[]string{agent, field}, `{"resourceType":"MedicationAdministration","status":"completed","effectiveDateTime":"2026-01-05T09:00:00Z","medicationCodeableConcept":` + syrup + `}`, cells{"Date": "05/01/2026"}, true, ""},
		"ended, on an unknown day": {[]string{agent, field}, ended, nil, false, "may have ended"},
	} {
		t.Run(name, func(t *testing.T) {
			d := medicated(t, tt.fields, tt.cells, nil, tt.resource)
			if tt.taken {
				assert.Equal(t, []string{"Grandma's syrup"}, d.Event.Agent.DrugsInvolved)
				assert.Contains(t, trace(d, "agent.drugsInvolved")[0].Rule, "the only medicine of the record")
			} else {
				assert.Empty(t, d.Event.Agent.DrugsInvolved)
			}
			if tt.why == "" {
				notAsked(t, d, "medicines")
			} else {
				assert.Contains(t, question(t, d, "medicines").Why, tt.why)
			}
		})
	}
}

// A cell that names a medicine of the record decides, and is asked if it fits none.
func TestMedicinesThatTheRowNames(t *testing.T) {
	fields := []string{agent, "{to: medicines, context: medicines, column: Drug, level: vmp}"}
	resources := []string{request(paracetamol), request(syrup), request(`{"text":"Warfarin 1mg tablets"}`), request(`{"text":"Warfarin 3mg tablets"}`)}
	for cell, want := range map[string]int{"Paracetamol": 1, "322236009": 1, "paracetamol 500MG tablets; Grandma's syrup": 2, "Warfarin": 0, "Ibuprofen": 0, "Para": 0} {
		d := medicated(t, fields, cells{"Drug": cell}, nil, resources...)
		assert.Equal(t, want, len(d.Event.Medicines)+len(d.Event.Agent.DrugsInvolved), cell)
		if want == 0 {
			assert.Contains(t, question(t, d, "medicines").Why, "column Drug", cell)
		} else {
			notAsked(t, d, "medicines")
			assert.Equal(t, "column Drug", trace(d, "medicines[0].vmpCode")[0].From)
		}
	}
	// A map that sends the name as the row has it gets the code as well, where it is clear.
	d := medicated(t, []string{agent, "{to: medicines, context: medicines, level: vmp}", "{to: agent.drugsInvolved, column: Drug}"}, cells{"Drug": "Paracetamol"}, nil, resources...)
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}}, d.Event.Medicines)
	assert.Equal(t, []string{"Paracetamol"}, d.Event.Agent.DrugsInvolved)
	notAsked(t, d, "medicines")
}

func TestMedicinesOfTheRecord(t *testing.T) {
	mapped := func(level string, opts ...fhircontext.Option) prepared {
		r := withRecord(nil, record(t, []string{request(paracetamol), request(syrup), request(codeOnly)}, opts...))
		r.Answers = map[string]string{"medicines": "Paracetamol 500mg tablets; Grandma's syrup"}
		return compile(t, incident(agent, "{to: medicines, context: medicines, ask: Which medicines?"+level+"}")).Map(r)
	}

	d := mapped("")
	assert.Empty(t, d.Event.Medicines, "a code alone does not tell that it is a generic product")
	assert.Equal(t, []string{"Paracetamol 500mg tablets", "Grandma's syrup"}, d.Event.Agent.DrugsInvolved)

	d = mapped(", level: vmp")
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}}, d.Event.Medicines)
	assert.Equal(t, []string{"Grandma's syrup"}, d.Event.Agent.DrugsInvolved)
	for _, target := range []string{"medicines[0].vmpCode", "medicines[0].vmpString", "agent.drugsInvolved"} {
		assert.Len(t, trace(d, target), 1, target)
	}

	d = mapped(", level: vtm")
	assert.Equal(t, lfpse.Medicine{VTMCode: "322236009", VTMString: "Paracetamol 500mg tablets"}, d.Event.Medicines[0])

	brand := fhircontext.WithDMD(func(id string) fhircontext.Level {
		if id == "322236009" {
			return fhircontext.AMP
		}
		return fhircontext.VTM
	})
	d = mapped(", level: vmp", brand)
	assert.Empty(t, d.Event.Medicines, "what dm+d says goes before what the map declares")
	assert.Contains(t, d.Event.Agent.DrugsInvolved, "Paracetamol 500mg tablets", "a brand goes by name")

	d = compile(t, incident("{to: medicines, context: medicines, ask: Which medicines?}")).Map(row(nil))
	assert.Equal(t, "Which medicines?", question(t, d, "medicines").Text)
}

func TestDevicesOfTheRecord(t *testing.T) {
	m := compile(t, incident("{to: devices, context: devices}"))
	r := record(t, []string{
		`{"resourceType":"Device","manufacturer":"Acme","modelNumber":"P1","serialNumber":"SN-SECRET","type":{"text":"Infusion pump"}}`,
		`{"resourceType":"Device","type":{"text":"Dosing software"}}`,
	})
	d := m.Map(withRecord(nil, r))
	assert.Equal(t, []lfpse.Device{{DeviceTypeOther: "Infusion pump", Manufacturer: "Acme", ModelNumber: "P1"}, {DeviceTypeOther: "Dosing software"}}, d.Event.Devices)
	assert.Equal(t, []string{"information MAP-SOFTWARE record Bundle.entry[1].resource.type"}, mapIssues(d))
	for _, target := range []string{"devices[0].deviceTypeOther", "devices[0].manufacturer", "devices[0].modelNumber", "devices[1].deviceTypeOther"} {
		assert.Len(t, trace(d, target), 1, target)
	}
}

func TestAnswersMeetTheMedicinesAndDevicesTheyAreAbout(t *testing.T) {
	m := compile(t, incident(agent, "{to: medicines, context: medicines, level: vmp}", "{to: devices, context: devices}"))
	r := withRecord(nil, record(t, []string{
		request(`{"coding":[{"system":"https://dmd.nhs.uk","code":"322236009","display":"Paracetamol 500mg tablets"}]}`),
		`{"resourceType":"Device","manufacturer":"Acme","type":{"text":"Infusion pump"}}`,
		`{"resourceType":"Device","manufacturer":"Other"}`,
	}))
	r.Answers = map[string]string{"medicines[0].vtmString": "Paracetamol", "devices[0].deviceTypeOther": "Syringe driver"}
	d := m.Map(r)
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets", VTMString: "Paracetamol"}}, d.Event.Medicines)
	assert.Equal(t, []lfpse.Device{{DeviceTypeOther: "Syringe driver", Manufacturer: "Acme"}, {Manufacturer: "Other"}}, d.Event.Devices)
}

func TestNamesOfTheRecordAreDenied(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}"))
	d := m.Map(withRecord(cells{"What": "Mrs Quuxworth was given the wrong dose."}, record(t, []string{person})))
	assert.Equal(t, draft.Blocked, d.State)
	assert.True(t, d.Privacy.HasErrors())
	assert.NotContains(t, revealed(d), "Quuxworth")
	d = m.Map(withRecord(cells{"What": "Mrs Quuxworth was given the wrong dose."}, nil))
	assert.False(t, d.Privacy.HasErrors())
}

func TestDenyColumnsBlockTheirRowsOnly(t *testing.T) {
	m := compile(t, `
name: test
source: {reference: Ref, deny: [Patient, Number, Born, Mail, Street]}
fields:
  - {to: type, default: good-care}
  - {to: date, default: 2026-01-15}
  - {to: description, column: What}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: location.locationKnown, default: u}
  - {to: wentWell.howFutureOccurrence, default: Do it again.}
`)
	people := map[string]string{"Patient": "Zelda Quirrell", "Number": "X-48213", "Born": "17/04/1951", "Mail": "zq@example.org", "Street": "14 Larkspur Row"}
	for text, want := range map[string]draft.State{
		"All went well.":                       draft.Ready,
		"Mrs Quirrell was pleased.":            draft.Blocked,
		"Zelda Quirrell was pleased.":          draft.Blocked,
		"Patient X48213 was pleased.":          draft.Blocked,
		"Born 1951-04-17, pleased.":            draft.Blocked,
		"Wrote to zq@example.org.":             draft.Blocked,
		"Drove to 14 Larkspur Row.":            draft.Blocked,
		"Somebody else, seen 17/05/1952, went": draft.Ready,
	} {
		cells := map[string]string{"Ref": "1", "What": text}
		for k, v := range people {
			cells[k] = v
		}
		d := m.Map(mapping.Row{Cells: cells})
		assert.Equal(t, want, d.State, "%s: %v", text, d.Privacy)
	}
	assert.Equal(t, draft.Held, m.Map(mapping.Row{Cells: map[string]string{"Ref": "1", "What": "Mrs Quirrell was pleased."}}).State, "nobody is named in this row")
}
