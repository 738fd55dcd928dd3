package fhircontext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Wherever a record names a person, the texts are searched for the name.
func TestNamesFromEveryPlace(t *testing.T) {
	for place, resource := range map[string]string{
		"Task.for":                    `{"resourceType":"Task","for":{"reference":"Patient/1","display":"Petronella Quuxworth"}}`,
		"Task.for, by number":         `{"resourceType":"Task","for":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number/","value":"9990000409"},"display":"Petronella Quuxworth"}}`,
		"performer":                   `{"resourceType":"Observation","performer":[{"display":"Dr Petronella Quuxworth"}]}`,
		"performer.actor":             `{"resourceType":"Immunization","performer":[{"actor":{"reference":"urn:uuid:6b1f7a52-0000-4000-8000-000000000001","display":"QUUXWORTH, Petronella (Dr)"}}]}`,
		"sender":                      `{"resourceType":"Communication","sender":{"type":"RelatedPerson","display":"Petronella Quuxworth"}}`,
		"author":                      `{"resourceType":"DocumentReference","author":[{"identifier":{"system":"https://fhir.nhs.uk/Id/sds-user-id","value":"999000431999"},"display":"Quuxworth"}]}`,
		"recorder":                    `{"resourceType":"AllergyIntolerance","recorder":{"display":"Petronella Quuxworth"}}`,
		"requester of STU3":           `{"resourceType":"MedicationRequest","requester":{"agent":{"display":"Mrs P Quuxworth"}}}`,
		"participant of an encounter": `{"resourceType":"Encounter","participant":[{"individual":{"reference":"https://server.example/R4/Practitioner/1","display":"Petronella Quuxworth"}}]}`,
		"author of a note":            `{"resourceType":"Condition","note":[{"authorString":"Petronella Quuxworth","text":"x"}]}`,
		"author of a note, referred":  `{"resourceType":"Condition","note":[{"authorReference":{"display":"Petronella Quuxworth"}}]}`,
		"contact of an organisation":  `{"resourceType":"Organization","contact":[{"name":{"family":"Quuxworth","given":["Petronella"]}}]}`,
		"contained":                   `{"resourceType":"Observation","contained":[{"resourceType":"Practitioner","name":[{"family":"Quuxworth"}]}]}`,
		"agent of a provenance":       `{"resourceType":"Provenance","agent":[{"who":{"type":"Practitioner","display":"Petronella Quuxworth"}}]}`,
		"name in a narrative":         `{"resourceType":"Patient","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Petronella QUUXWORTH, born 28 Feb 1961</p></div>"}}`,
		"family first in a narrative": `{"resourceType":"Patient","text":{"div":"<div><p>QUUXWORTH, Petronella (Ms)</p></div>"}}`,
		"table in a narrative":        `{"resourceType":"Patient","text":{"div":"<div><table><tr><td>Surname</td><td>Quuxworth</td></tr></table></div>"}}`,
		"label in a narrative":        `{"resourceType":"RelatedPerson","text":{"div":"<div><b>name</b>: Petronella Quuxworth (OFFICIAL)</div>"}}`,
		"narrative of a prescription": `{"resourceType":"MedicationRequest","text":{"div":"<div><p>Patient: Petronella Quuxworth</p><p>Dose: One Daily</p></div>"}}`,
		"family as a list (DSTU2)":    `{"resourceType":"Patient","name":[{"family":["Quuxworth"],"given":["Petronella"]}]}`,
		"two families (DSTU2)":        `{"resourceType":"Patient","name":[{"family":["Van","Quuxworth"]}]}`,
		"name as an object (DSTU2)":   `{"resourceType":"Practitioner","name":{"family":["Quuxworth"]}}`,
		"name as a text":              `{"resourceType":"Patient","name":"Petronella Quuxworth"}`,
		"given as a text":             `{"resourceType":"Patient","name":[{"given":"Quuxworth"}]}`,
		"care provider (DSTU2)":       `{"resourceType":"Patient","careProvider":[{"reference":"Practitioner/1","display":"Dr P Quuxworth"}]}`,
		"names that are not FHIR":     `{"resourceType":"Patient","name":[{"firstName":"Petronella","lastName":"Quuxworth"}]}`,
		"converted from XML":          `{"resourceType":"Patient","name":[{"family":{"@value":"Quuxworth"}}]}`,
		"conditional reference":       `{"resourceType":"Claim","provider":{"reference":"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999991899","display":"Dr. Petronella Quuxworth"}}`,
		"former name":                 `{"resourceType":"Patient","name":[{"text":"Petronella Flibberton (née Quuxworth)"}]}`,
		"name with a title in it":     `{"resourceType":"Patient","name":[{"family":"Quuxworth (Mrs)"}]}`,
		"name with degrees":           `{"resourceType":"Observation","performer":[{"type":"Practitioner","display":"Dr Petronella Quuxworth MBE MRCGP"}]}`,
		"section of a document":       `{"resourceType":"Composition","section":[{"text":{"div":"<div><p>Patient: Petronella Quuxworth</p></div>"}}]}`,
		"answer of a form":            `{"resourceType":"QuestionnaireResponse","item":[{"item":[{"text":"Surname:","answer":[{"valueString":"Quuxworth"}]}]}]}`,
		"extension":                   `{"resourceType":"Encounter","extension":[{"url":"http://x.example","valueReference":{"display":"Petronella Quuxworth"}}]}`,
		"member of a team":            `{"resourceType":"CareTeam","participant":[{"member":{"display":"Petronella Quuxworth"}}]}`,
		"text for a reference":        `{"resourceType":"Encounter","performer":"Dr Petronella Quuxworth","subject":"Petronella Quuxworth"}`,
		"display as a list":           `{"resourceType":"Encounter","subject":{"reference":"Patient/1","display":["Petronella Quuxworth"]}}`,
		"maiden name":                 `{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"Quuxworth"}]}`,
	} {
		c, issues := load(t, bundle(resource))
		assert.NotEmpty(t, privacy.NewDenyList(c.DenyTerms()).Scan("Seen by quuxworth in the end."), place)
		for _, f := range found(issues) {
			assert.NotContains(t, f, "CONTEXT-NAMES", place)
		}
	}
}

// A form that nobody knows is reported: the name in it cannot be looked for.
func TestNamesThatCannotBeReadAreReported(t *testing.T) {
	for path, resource := range map[string]string{
		"Bundle.entry[0].resource.name[0]":             `{"resourceType":"Patient","name":[{"label":"Quuxworth"}]}`,
		"Bundle.entry[0].resource.name[0].family":      `{"resourceType":"Patient","name":[{"family":{"part":"Quuxworth"}}]}`,
		"Bundle.entry[0].resource.name[0].given[0]":    `{"resourceType":"Patient","name":[{"given":[{"part":"Quuxworth"}]}]}`,
		"Bundle.entry[0].resource.identifier[0].value": `{"resourceType":"Patient","identifier":[{"system":"http://x.example","value":{"part":"1"}}]}`,
		"Bundle.entry[0].resource.telecom[0].value":    `{"resourceType":"Patient","telecom":[{"value":true}]}`,
		"Bundle.entry[0].resource.address[0].line[0]":  `{"resourceType":"Patient","address":[{"line":[{"part":"x"}]}]}`,
		"Bundle.entry[0].resource.name[1]":             `{"resourceType":"Patient","name":[{"family":"Quuxworth"},true]}`,
		"Bundle.entry[0].resource.address":             `{"resourceType":"Patient","address":true}`,
		"Bundle.entry[0].resource.text.div":            `{"resourceType":"Patient","text":{"div":"<div>the person who was seen</div>"}}`,
	} {
		_, issues := load(t, bundle(resource))
		assert.Contains(t, found(issues), "warning CONTEXT-NAMES "+path)
	}
}

// Systems and places that stand where people stand are no people.
func TestSystemsAndPlacesAreNoPeople(t *testing.T) {
	texts := []string{"EMIS Web was slow and the system user saw an electronic message in Docman.", "The doctor on duty rang the ward at Leeds pathology.", "An autofile rule filed the full blood count. The reception team and the practice pharmacist told the patient, subject to a rule not known."}
	for _, resource := range []string{
		`{"resourceType":"Practitioner","name":[{"family":"Web","given":["EMIS"]}]}`,
		`{"resourceType":"Practitioner","name":[{"text":"System User"}]}`,
		`{"resourceType":"Practitioner","name":[{"family":"Autofile"}]}`,
		`{"resourceType":"Observation","performer":[{"reference":"Practitioner/1","display":"Electronic message"}]}`,
		`{"resourceType":"Observation","performer":[{"reference":"Practitioner/1","display":"Duty Doctor"}]}`,
		`{"resourceType":"Observation","performer":[{"display":"Leeds Pathology"}]}`,
		`{"resourceType":"Observation","performer":[{"display":"Biochemistry"}]}`,
		`{"resourceType":"Flag","subject":{"display":"Ward 4"}}`,
		`{"resourceType":"Flag","subject":{"reference":"Location/1","display":"Reception"}}`,
		`{"resourceType":"Condition","note":[{"authorString":"Docman User"},{"authorString":"Patient"}]}`,
		`{"resourceType":"Encounter","subject":{"reference":"Patient/1","display":"Subject"}}`,
		`{"resourceType":"Patient","name":[{"text":"Not Known"}]}`,
		`{"resourceType":"DiagnosticReport","text":{"div":"<div><p>Name: Full Blood Count</p></div>"},"code":{"coding":[{"display":"Full Blood Count"}]}}`,
		`{"resourceType":"Device","deviceName":[{"name":"Docman","type":"model-name"}],"manufacturer":"Docman"}`,
	} {
		c, _ := load(t, bundle(resource, `{"resourceType":"Patient","id":"p","gender":"female"}`))
		list := privacy.NewDenyList(c.DenyTerms())
		for _, text := range texts {
			assert.Empty(t, list.Scan(text), resource)
		}
	}
}

func TestPhonesAndAddressesAsPeopleWriteThem(t *testing.T) {
	for value, texts := range map[string][]string{
		`"telecom":[{"system":"phone","value":"tel:+44-20-7946-0958"}]`:               {"Rang 7946 0958 twice", "on 020 7946 0958", "0044 20 79460958", "(020) 7946-0958"},
		`"telecom":[{"system":"phone","value":"+447700900123"}]`:                      {"07700 900123", "07700900123", "0044 7700 900 123", "+44 (0)7700 900123"},
		`"telecom":[{"system":"phone","value":"01632 960001 / 07700 900124 (work)"}]`: {"01632960001", "rang 960001", "07700-900124"},
		`"telecom":[{"system":"phone","value":7700900125}]`:                           {"07700 900125"},
		`"telecom":{"value":"0113 496 0005 ext 12"}`:                                  {"496 0005", "0113 4960005"},
		`"telecom":"01632 960002"`:                                                    {"01632 960002"},
		`"telecom":[{"system":"email","value":"mailto:pq@quux.example"}]`:             {"wrote to pq@quux.example"},
		`"address":[{"line":["17","Gabblefield Row"]}]`:                               {"at 17 Gabblefield Row", "17, Gabblefield Row", "Gabblefield Row 17", "Gabblefield Row no 17", "17 Gabblefield"},
		`"address":[{"line":["Flat 3B","17a Gabblefield Row","Testham"]}]`:            {"17A Gabblefield Row", "flat 3b"},
		`"address":[{"line":["Flat 3, 17 Gabblefield Street"]}]`:                      {"17 Gabblefield St", "17 Gabblefield Street"},
		`"address":[{"line":["Flat 3 17 Gabblefield Row"]}]`:                          {"17 Gabblefield Row"},
		`"address":[{"line":["3/17 Gabblefield Row"]}]`:                               {"17 Gabblefield Row"},
		`"address":{"line":"No. 17\nGabblefield Row"}`:                                {"17 Gabblefield Row"},
		`"address":[{"text":"17 Gabblefield Row, Testham, ZZ99 1QX"}]`:                {"at zz991qx", "17 Gabblefield Row"},
		`"address":[{"line":["Flat 2","Larkspur Court"]}]`:                            {"2 Larkspur Court"},
		`"address":["17 Gabblefield Row\nTestham"]`:                                   {"17 Gabblefield Row"},
		`"name":[{"family":"Quuxworth","given":["Petronella"]}]`:                      {"user pquuxworth", "quuxworthp", "petronella.quuxworth", "p_quuxworth", "PetronellaQuuxworth", "by PQUUXWORTH"},
	} {
		c, _ := load(t, bundle(`{"resourceType":"Patient",`+value+`}`))
		list := privacy.NewDenyList(c.DenyTerms())
		for _, text := range texts {
			assert.NotEmpty(t, list.Scan("The caller said "+text+" and more."), "%s: %s", value, text)
		}
		assert.Empty(t, list.Scan("The general practitioner issued 17 tablets from row 3 in Testham, flat dose 496."), value)
	}
}

// A user name that is a word by chance is no name.
func TestUserNamesThatAreWords(t *testing.T) {
	c, _ := load(t, bundle(`{"resourceType":"Patient","name":[{"family":"Allen","given":["Frances"]}]}`, `{"resourceType":"Patient","id":"b","name":[{"text":"Ian Will"}]}`))
	assert.Empty(t, privacy.NewDenyList(c.DenyTerms()).Scan("She had fallen, and I will say so."))
}
