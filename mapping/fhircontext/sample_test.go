package fhircontext_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// known are the facts that a sample has, "" for none.
type known struct{ birth, gender, organisation string }

// patientSamples are the published records that hold a Patient.
var patientSamples = map[string]known{
	"bars/Booking_POST.json":                                               {"day", "male", "G82080"},
	"bars/ValidationRequest_POST.json":                                     {"day", "female", "G82080"},
	"frameworks/SubscriptionStatusExample-MNS.json":                        {}, // its encounter is about another patient
	"gpconnect-spec/allergies_response1.json":                              {"day", "female", "O001"},
	"gpconnect-spec/find_patient_response_example.json":                    {"day", "female", ""},
	"gpconnect-stu3/gpc-data-model--api-response-payload--medication.json": {"day", "female", "O001"},
	"medicines-ig/community-nurse-prescriber.json":                         {"day", "female", "RBA"},
	"ukcore/UKCore-Patient-BabyPatient-Example.xml":                        {"day", "female", ""},
	"ukcore/UKCore-Patient-RichardSmith-Example.xml":                       {"day", "male", ""},
}

// refusedSamples are the published files that are no record, and what is said of them.
var refusedSamples = map[string]string{
	"bars/422-REC_UNPROCESSABLE_ENTITY-not-supported.json": "CONTEXT-NO-RECORD",
	"dmd/f_amp2_3010419.xml":                               "BUNDLE-NOT-FHIR",
	"dmd/f_vmp2_3010419.xml":                               "BUNDLE-NOT-FHIR",
	"dmd/f_vmpp2_3010419.xml":                              "BUNDLE-NOT-FHIR",
	"dmd/f_vtm2_head4000.xml":                              "BUNDLE-NOT-FHIR",
	"gpconnect-spec/consultations_forwards_response1.json": "JSON-SYNTAX",     // in the marks of a page of documentation
	"mns/gpreg.hydrated-signal.json":                       "BUNDLE-NOT-FHIR", // a resource without a type
	"mns/pathology-result-stored-1.signal.json":            "CONTEXT-NO-RECORD",
	"mns/patientflags-change-1.signal.json":                "CONTEXT-NO-RECORD",
	"mns/patientflagsChangeSignal.json":                    "BUNDLE-NOT-FHIR",
	"mns/pdsChangeOfGp2Signal.json":                        "BUNDLE-NOT-FHIR",
	"mns/pdsDeath2Signal.json":                             "BUNDLE-NOT-FHIR",
	"ukcore/UKCore-OperationOutcome-DateError-Example.xml": "CONTEXT-NO-RECORD",
}

// sample is the name of a published file, as in the lists above.
func sample(file string) string {
	return filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
}

// Each published record with a patient is read, and so are single resources; each other
// file is refused with its reason. Nothing that identifies the patient comes out.
func TestPublishedRecords(t *testing.T) {
	met := 0
	for _, file := range r4Samples(t) {
		name := sample(file)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		c, issues := fhircontext.Load(data)
		if rule, refused := refusedSamples[name]; refused {
			met++
			assert.Nil(t, c, name)
			require.NotEmpty(t, issues, name)
			assert.Equal(t, rule, issues[len(issues)-1].Rule, name)
			continue
		}
		require.NotNil(t, c, "%s: %v", name, issues)
		checkNothingShows(t, c, issues)
		checkNoIdentifier(t, name, data, c, issues)
		want, has := patientSamples[name]
		assert.Equal(t, has, c.HoldsPatient(), name)
		if has {
			met++
			assert.Equal(t, want, known{c.BirthPrecision.Value, c.Gender.Value, c.Organisation.Value}, name)
		}
	}
	assert.Equal(t, len(patientSamples)+len(refusedSamples), met, "a published file is gone")
}

// A record says the same in XML as in JSON.
func TestPublishedRecordsInXML(t *testing.T) {
	records := map[string][]byte{"surgery": surgery(t), "STU3": stu3Record}
	if _, err := os.Stat(filepath.Join("..", "..", "..", "shared", "gp", "samples")); err == nil {
		for _, file := range r4Samples(t) {
			if _, refused := refusedSamples[sample(file)]; !refused && strings.HasSuffix(file, ".json") {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				records[sample(file)] = data
			}
		}
	}
	for name, data := range records {
		want, _ := fhircontext.Load(data)
		inXML := toXML(t, data)
		got, issues := fhircontext.Load(inXML)
		require.NotNil(t, got, "%s: %v", name, issues)
		checkNothingShows(t, got, issues)
		checkNoIdentifier(t, name, inXML, got, issues)
		assert.Equal(t, want.String(), got.String(), name)
		assert.ElementsMatch(t, want.DenyTerms(), got.DenyTerms(), name)
		assert.Equal(t, want.BirthDate(), got.BirthDate(), name)
		for i, fact := range []fhircontext.Fact{want.Gender, want.GenderIdentity, want.Ethnicity, want.Organisation, want.ReporterRole} {
			other := []fhircontext.Fact{got.Gender, got.GenderIdentity, got.Ethnicity, got.Organisation, got.ReporterRole}[i]
			assert.Equal(t, fact.Value, other.Value, name)
			assert.Equal(t, fact.Candidates, other.Candidates, name)
		}
		require.Len(t, got.Medicines, len(want.Medicines), name)
		for i, m := range want.Medicines {
			m.Source.Path = got.Medicines[i].Source.Path
			assert.Equal(t, m, got.Medicines[i], name)
		}
	}
}

// checkNoIdentifier checks that what a map gets of a record, and all findings, are without
// the number, name, postcode, telephone and birth date of any patient in it.
func checkNoIdentifier(t *testing.T, name string, data []byte, c *fhircontext.Context, issues fhir.Issues) {
	bundle, found := fhir.ParseBundle(data)
	require.NotNil(t, bundle, found)
	out := issues.Error()
	for _, f := range c.Facts() {
		if f.Target != "patients[0].birthDate" { // which gives the age only
			out += f.Value + f.From + f.Note + "\n"
		}
	}
	for _, m := range c.Candidates() {
		out += m.Name + m.Code + m.From + m.Doubt + "\n"
	}
	for i := range bundle.Entries {
		for n := range bundle.Entries[i].Resource.All() {
			if n.ResourceType() != "Patient" {
				continue
			}
			for _, in := range []string{"identifier", "name", "telecom", "address", "birthDate"} {
				for part := range n.Child(in).All() {
					switch part.Name() {
					case "value", "family", "postalCode", "birthDate", "line":
						if text := part.Text(); len(text) > 3 && !fhir.ValidODSCode(text) {
							assert.NotContains(t, out, text, name)
						}
					}
				}
			}
		}
	}
}

// toXML writes a resource in XML.
func toXML(t *testing.T, data []byte) []byte {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	return []byte(strings.Replace(xmlResource(t, dec), ">", ` xmlns="http://hl7.org/fhir">`, 1))
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\n", "&#10;")

func xmlResource(t *testing.T, dec *json.Decoder) string {
	var members []string
	kind := ""
	token, err := dec.Token()
	require.NoError(t, err)
	require.Equal(t, json.Delim('{'), token)
	for dec.More() {
		key, err := dec.Token()
		require.NoError(t, err)
		var raw json.RawMessage
		require.NoError(t, dec.Decode(&raw))
		if key == "resourceType" {
			require.NoError(t, json.Unmarshal(raw, &kind))
			continue
		}
		members = append(members, xmlMember(t, key.(string), raw))
	}
	content := strings.Join(members, "")
	if kind == "" {
		return content
	}
	return "<" + kind + ">" + content + "</" + kind + ">"
}

func xmlMember(t *testing.T, name string, raw json.RawMessage) string {
	if strings.HasPrefix(name, "_") {
		return "" // belongs into another element
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		out := ""
		for _, item := range list {
			out += xmlMember(t, name, item)
		}
		return out
	}
	switch raw[0] {
	case '{':
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		content := xmlResource(t, dec)
		attributes := ""
		var head struct{ ID, URL string }
		_ = json.Unmarshal(raw, &head)
		if head.URL != "" && strings.Contains(strings.ToLower(name), "extension") {
			attributes = fmt.Sprintf(` url="%s"`, xmlText.Replace(head.URL))
			content = strings.Replace(content, `<url value="`+xmlText.Replace(head.URL)+`"/>`, "", 1)
		}
		return "<" + name + attributes + ">" + content + "</" + name + ">"
	case '"':
		var text string
		require.NoError(t, json.Unmarshal(raw, &text))
		if name == "div" && strings.HasPrefix(text, "<div") {
			return text
		}
		return fmt.Sprintf(`<%s value="%s"/>`, name, xmlText.Replace(text))
	}
	return fmt.Sprintf(`<%s value="%s"/>`, name, raw)
}
