package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// The resources that every invented record begins with, without white space, as
// servers send them.
const recordHead = `{"resourceType":"Bundle","type":"collection","entry":[` +
	`{"fullUrl":"https://ehr.example/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1","meta":{"versionId":"3","profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]},` +
	`"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland","code":"R","display":"Chinese"}]}}],` +
	`"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},{"system":"https://ehr.example/Id/local","value":"LOC-77431"}],` +
	`"active":true,"name":[{"use":"official","family":"Fairweather-Quill","given":["Ottoline","Maud"],"prefix":["Ms"]}],` +
	`"telecom":[{"system":"phone","value":"07700 900431","use":"mobile"},{"system":"email","value":"ottoline@quill.example"}],"gender":"female","birthDate":"1951-04-17",` +
	`"address":[{"use":"home","line":["14 Larkspur Mews","Little Testham"],"city":"Testham","postalCode":"ZZ99 1QX"}],"managingOrganization":{"reference":"Organization/o1"}}},` +
	`{"fullUrl":"https://ehr.example/fhir/Organization/o1","resource":{"resourceType":"Organization","id":"o1","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y99999"}],` +
	`"active":true,"name":"The Invented Surgery","telecom":[{"system":"phone","value":"01632 960431"}],"address":[{"line":["1 High Street"],"city":"Testham","postalCode":"ZZ99 2AA"}]}},` +
	`{"fullUrl":"https://ehr.example/fhir/Practitioner/d1","resource":{"resourceType":"Practitioner","id":"d1","identifier":[{"system":"https://fhir.hl7.org.uk/Id/gmc-number","value":"C9999431"}],` +
	`"name":[{"use":"official","text":"Dr Barnaby Thistlewood","family":"Thistlewood","given":["Barnaby"],"prefix":["Dr"]}]}},` +
	`{"fullUrl":"https://ehr.example/fhir/PractitionerRole/r1","resource":{"resourceType":"PractitionerRole","id":"r1","practitioner":{"reference":"Practitioner/d1","display":"Dr Barnaby Thistlewood"},` +
	`"organization":{"reference":"Organization/o1","display":"The Invented Surgery"},"code":[{"coding":[{"system":"https://fhir.nhs.uk/England/CodeSystem/England-SDSJobRoleName","code":"R0260","display":"General Medical Practitioner"}]}]}},`

// recordUnits are the resources of one consultation; %[1]d is its number, %[2]d a day of
// the month, %[3]s a code of dm+d and %[4]s what it means.
var recordUnits = []string{
	`{"fullUrl":"https://ehr.example/fhir/Encounter/e%[1]d","resource":{"resourceType":"Encounter","id":"e%[1]d","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB","display":"ambulatory"},` +
		`"subject":{"reference":"Patient/p1","display":"Ottoline Fairweather-Quill"},"participant":[{"individual":{"reference":"PractitionerRole/r1","display":"Dr Barnaby Thistlewood"}}],` +
		`"period":{"start":"2025-11-%02[2]dT09:20:00+00:00","end":"2025-11-%02[2]dT09:31:00+00:00"},"serviceProvider":{"reference":"Organization/o1"}}}`,
	`{"fullUrl":"https://ehr.example/fhir/MedicationRequest/m%[1]d","resource":{"resourceType":"MedicationRequest","id":"m%[1]d","status":"active","intent":"order",` +
		`"medicationCodeableConcept":{"coding":[{"system":"https://dmd.nhs.uk","code":"%[3]s","display":"%[4]s"}]},"subject":{"reference":"Patient/p1","display":"Ottoline Fairweather-Quill"},` +
		`"encounter":{"reference":"Encounter/e%[1]d"},"authoredOn":"2025-11-%02[2]d","requester":{"reference":"PractitionerRole/r1","display":"Dr Barnaby Thistlewood"},` +
		`"dosageInstruction":[{"text":"One to be taken each day","timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}}],"dispenseRequest":{"quantity":{"value":28,"unit":"tablet"}}}}`,
	`{"fullUrl":"https://ehr.example/fhir/Observation/b%[1]d","resource":{"resourceType":"Observation","id":"b%[1]d","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],` +
		`"code":{"coding":[{"system":"http://snomed.info/sct","code":"75367002","display":"Blood pressure"}],"text":"Blood pressure"},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e%[1]d"},` +
		`"effectiveDateTime":"2025-11-%02[2]dT09:25:00+00:00","component":[{"code":{"coding":[{"system":"http://snomed.info/sct","code":"271649006","display":"Systolic blood pressure"}]},"valueQuantity":{"value":138,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},` +
		`{"code":{"coding":[{"system":"http://snomed.info/sct","code":"271650006","display":"Diastolic blood pressure"}]},"valueQuantity":{"value":84.5,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}}`,
	`{"fullUrl":"https://ehr.example/fhir/Condition/c%[1]d","resource":{"resourceType":"Condition","id":"c%[1]d","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},` +
		`"code":{"coding":[{"system":"http://snomed.info/sct","code":"38341003","display":"Hypertensive disorder"}]},"subject":{"reference":"Patient/p1"},"recordedDate":"2025-11-%02[2]d","recorder":{"reference":"Practitioner/d1"},` +
		`"note":[{"text":"Seen for review. Home readings are a little high; \"white coat\" effect discussed.\nPlan: repeat in three months, bloods before."}]}}`,
}

// recordMedicines are what the record prescribes in turn.
var recordMedicines = [][2]string{
	{"15517911000001104", "Methotrexate 10mg/0.2ml solution for injection pre-filled syringes"}, {"3113111000001106", "Budesonide inhaler"},
	{"41946511000001109", "Hydrocolloid dressing"}, {"398240004", "Substance of a medicine"},
}

// newRecord is the record of an invented patient, a bundle of about so many bytes.
func newRecord(size int) []byte {
	record := []byte(recordHead)
	for i := 0; i < len(recordUnits) || len(record) < size; i++ {
		visit := i / len(recordUnits)
		medicine := recordMedicines[visit%len(recordMedicines)]
		if i > 0 {
			record = append(record, ',')
		}
		record = fmt.Appendf(record, recordUnits[i%len(recordUnits)], visit+1, visit%28+1, medicine[0], medicine[1])
		if len(record) >= size {
			break
		}
	}
	return append(record, "]}"...)
}

// inSTU3 is a record in the form that GP Connect gives it.
func inSTU3(record []byte) []byte {
	return []byte(strings.NewReplacer(
		"https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient", "https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1",
		`"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}`, `"clinicalStatus":"active"`,
		`"recordedDate"`, `"assertedDate"`, `"recorder"`, `"asserter"`,
		`"requester":{"reference":"PractitionerRole/r1","display":"Dr Barnaby Thistlewood"}`, `"requester":{"agent":{"reference":"Practitioner/d1","display":"Dr Barnaby Thistlewood"}}`,
	).Replace(string(record)))
}

// context reads what a report may use out of a patient's record, which is a bundle of
// any resources. Its time a byte is compared with that of reading an event, which is one
// resource of known types.
func (f *fixture) context(name string, record []byte, limit float64) contest {
	return contest{
		name: name,
		sides: []side{
			{name: "fhircontext.Load", op: func() error {
				c, issues := fhircontext.Load(record)
				return errors.Join(issues.Err(), wrongUnless(c != nil && c.Organisation.Status == fhircontext.Known))
			}},
			f.one.side("fhir.Decode, the event", f.one.decode),
			{name: "encoding/json, maps only", op: func() error {
				var v any
				return json.NewDecoder(bytes.NewReader(record)).Decode(&v)
			}},
		},
		targets: []target{atMostTimesAByte(limit, 1, len(record), len(f.body))},
	}
}
