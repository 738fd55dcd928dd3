package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

const contextBundle = `{"resourceType":"Bundle","type":"collection","unknown":true,"entry":[
 {"fullUrl":"https://ehr.example.org/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1"}},
 {"fullUrl":"https://ehr.example.org/fhir/Condition/c1","resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},
   "contained":[{"resourceType":"Practitioner","id":"gp"},{"resourceType":"Device","id":"twice"},{"resourceType":"Device","id":"twice"}]}},
 {"fullUrl":"urn:uuid:2F8ce9d2-8ec0-4aa1-8c5b-3fb2e2b1b7ee","resource":{"resourceType":"Organization","id":"o1"}},
 {"fullUrl":"urn:oid:1.2.3.4","resource":{"resourceType":"Location"}},
 {"fullUrl":"https://other.example.org/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1"}},
 {"fullUrl":"https://ehr.example.org/fhir/Encounter/e1","resource":{"resourceType":"Encounter","id":"e1","meta":{"versionId":"1"}}},
 {"fullUrl":"https://ehr.example.org/fhir/Encounter/e1","resource":{"resourceType":"Encounter","id":"e1","meta":{"versionId":"2"}}},
 {"fullUrl":"https://ehr.example.org/fhir/Patient/odd","resource":{"resourceType":"Practitioner","id":"odd"}},
 {"response":{"status":"204"}}
]}`

func parseContext(t *testing.T) *fhir.Bundle {
	t.Helper()
	bundle, issues := fhir.ParseBundle([]byte(contextBundle))
	require.Empty(t, issues)
	require.Len(t, bundle.Entries, 9)
	return bundle
}

func TestParseBundleReadsEntries(t *testing.T) {
	bundle := parseContext(t)
	assert.Equal(t, "collection", bundle.Type)
	assert.Equal(t, "Patient", bundle.Entries[0].ResourceType)
	assert.Equal(t, "p1", bundle.Entries[0].ID)
	assert.JSONEq(t, `{"resourceType":"Patient","id":"p1"}`, string(bundle.Entries[0].Resource.Source()))
	assert.Equal(t, "Bundle.entry[0].resource", bundle.Entries[0].Resource.Path())
	assert.False(t, bundle.Entries[8].Resource.Exists())
}

func TestParseBundleTakesASingleResource(t *testing.T) {
	bundle, issues := fhir.ParseBundle([]byte("\xef\xbb\xbf" + ` {"resourceType":"Flag","id":"f1"}`))
	require.Empty(t, issues)
	require.Len(t, bundle.Entries, 1)
	assert.Empty(t, bundle.Type)
	assert.Equal(t, "Flag", bundle.Entries[0].ResourceType)
	target, err := bundle.Resolve(fhir.Node{}, "Flag/f1")
	require.NoError(t, err)
	assert.Equal(t, bundle.Entries[0].Resource, target)
}

func TestResolve(t *testing.T) {
	bundle := parseContext(t)
	tests := []struct {
		name, reference string
		from            int // -1 for outside
		types           []string
		want            int
		contained       string
	}{
		{"relative by the base of the referrer", "Patient/p1", 1, nil, 0, ""},
		{"relative by another base", "Patient/p1", 4, nil, 4, ""},
		{"relative, only one in the bundle", "Organization/o1", 1, nil, 2, ""},
		{"relative from outside", "Condition/c1", -1, nil, 1, ""},
		{"absolute", "https://other.example.org/fhir/Patient/p1", 1, []string{"Patient"}, 4, ""},
		{"absolute with version", "https://other.example.org/fhir/Patient/p1/_history/7", 1, nil, 4, ""},
		{"relative with version", "Patient/p1/_history/3", 1, nil, 0, ""},
		{"version chooses", "Encounter/e1/_history/2", 1, nil, 6, ""},
		{"urn:uuid without regard to case", "urn:uuid:2f8CE9d2-8ec0-4aa1-8c5b-3fb2e2b1b7ee", 0, nil, 2, ""},
		{"urn:oid", "urn:oid:1.2.3.4", 0, []string{"Organization", "Location"}, 3, ""},
		{"contained", "#gp", 1, []string{"Practitioner"}, 1, "gp"},
		{"container", "#", 1, nil, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var from fhir.Node
			if tt.from >= 0 {
				from = bundle.Entries[tt.from].Resource
			}
			target, err := bundle.Resolve(from, tt.reference, tt.types...)
			require.NoError(t, err)
			if tt.contained == "" {
				assert.Equal(t, bundle.Entries[tt.want].Resource, target)
				return
			}
			assert.Equal(t, tt.contained, target.Child("id").Text())
			assert.Contains(t, target.Path(), bundle.Entries[tt.want].Resource.Path()+".contained[")
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	bundle := parseContext(t)
	tests := []struct {
		reference string
		types     []string
		problem   fhir.ReferenceProblem
		typeName  string
	}{
		{"Patient/9990000018", nil, fhir.ReferenceNotFound, "Patient"},
		{"https://ehr.example.org/fhir/Patient/9990000018", nil, fhir.ReferenceNotFound, "Patient"},
		{"urn:uuid:00000000-0000-4000-8000-000000000001", nil, fhir.ReferenceNotFound, ""},
		{"#nobody", nil, fhir.ReferenceNotFound, ""},
		{"#twice", nil, fhir.ReferenceAmbiguous, ""},
		{"Encounter/e1", nil, fhir.ReferenceAmbiguous, "Encounter"},
		{"Encounter/e1/_history/9", nil, fhir.ReferenceNotFound, "Encounter"},
		{"Condition/c1", []string{"Patient"}, fhir.ReferenceWrongType, "Condition"},
		{"https://ehr.example.org/fhir/Patient/odd", nil, fhir.ReferenceWrongType, "Practitioner"},
		{"Doe/9990000018", nil, fhir.ReferenceMalformed, ""},
		{"9990000018", nil, fhir.ReferenceMalformed, ""},
		{"Patient/", nil, fhir.ReferenceMalformed, ""},
		{"Patient?identifier=9990000018", nil, fhir.ReferenceMalformed, ""},
		{"Patient/9990000018/Jane Doe", nil, fhir.ReferenceMalformed, ""},
		{"ftp://9990000018", nil, fhir.ReferenceMalformed, ""},
		{"urn:uuid:", nil, fhir.ReferenceMalformed, ""},
		{"#a/b", nil, fhir.ReferenceMalformed, ""},
		{"", nil, fhir.ReferenceMalformed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.reference, func(t *testing.T) {
			_, err := bundle.Resolve(bundle.Entries[1].Resource, tt.reference, tt.types...)
			problem, ok := errors.AsType[*fhir.ReferenceError](err)
			require.True(t, ok)
			assert.Equal(t, tt.problem, problem.Problem, err)
			assert.Equal(t, tt.typeName, problem.Type)
			assert.Equal(t, 1, problem.Entry)
			assert.NotContains(t, err.Error(), "9990000018")
			assert.NotContains(t, err.Error(), "Doe")
		})
	}
}

// The same Type/id from two servers is ambiguous when the referrer has no base.
func TestResolveNeedsABaseToTellServersApart(t *testing.T) {
	bundle := parseContext(t)
	_, err := bundle.Resolve(bundle.Entries[2].Resource, "Patient/p1")
	problem, ok := errors.AsType[*fhir.ReferenceError](err)
	require.True(t, ok)
	assert.Equal(t, fhir.ReferenceAmbiguous, problem.Problem)
}

func TestParseBundleRefuses(t *testing.T) {
	tests := []struct {
		name, in, rule, path string
	}{
		{"empty", " ", "BUNDLE-EMPTY", "$"},
		{"array", `[]`, "BUNDLE-NOT-FHIR", "$"},
		{"no resourceType", `{"type":"collection"}`, "BUNDLE-NOT-FHIR", "$"},
		{"no resourceType in entry", `{"resourceType":"Bundle","entry":[{"resource":{"id":"Doe"}}]}`, "BUNDLE-NOT-FHIR", "Bundle.entry[0].resource"},
		{"resource not an object", `{"resourceType":"Bundle","entry":[{"resource":"Doe"}]}`, "BUNDLE-NOT-FHIR", "Bundle.entry[0].resource"},
		{"entry not a list", `{"resourceType":"Bundle","entry":7}`, "BUNDLE-ENTRY-TYPE", "Bundle.entry"},
		{"entry not an object", `{"resourceType":"Bundle","entry":[{},7]}`, "BUNDLE-ENTRY-TYPE", "Bundle.entry[1]"},
		{"too deep", `{"resourceType":"Bundle","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "JSON-DEPTH", "$.x" + strings.Repeat("[0]", 63)},
		{"too large", `{"resourceType":"Bundle"}` + strings.Repeat(" ", 5<<20), "BUNDLE-TOO-LARGE", "$"},
		{"too many entries", `{"resourceType":"Bundle","entry":[{}` + strings.Repeat(",{}", 10_000) + `]}`, "BUNDLE-TOO-LARGE", "Bundle.entry"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bundle, issues := fhir.ParseBundle([]byte(tt.in))
			assert.Nil(t, bundle)
			require.True(t, issues.HasErrors())
			assert.Equal(t, tt.rule, issues[0].Rule)
			assert.Equal(t, tt.path, issues[0].Path)
			assert.NotContains(t, issues.Error(), "Doe")
		})
	}
}

func TestParseBundleSaysWhereTheJSONEnds(t *testing.T) {
	bundle, issues := fhir.ParseBundle([]byte(`{"resourceType":"Patient","name":"Doe"`))
	assert.Nil(t, bundle)
	require.True(t, issues.HasErrors())
	assert.NotContains(t, issues.Error(), "Doe")
}

func TestParseBundleReportsEveryBadEntry(t *testing.T) {
	_, issues := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","entry":[1,{"resource":{}},{"resource":{"resourceType":"condition"}}]}`))
	require.Len(t, issues, 3)
}

func TestParseBundleWarnsOfEqualURLs(t *testing.T) {
	entry := `{"fullUrl":"urn:uuid:a","resource":{"resourceType":"Task"}}`
	bundle, issues := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","entry":[` + entry + `,` + entry + `]}`))
	require.NotNil(t, bundle)
	require.Len(t, issues, 1)
	assert.Equal(t, "BUNDLE-DUPLICATE-URL", issues[0].Rule)
	assert.Equal(t, fhir.Warning, issues[0].Severity)
}

// What a bundle may have many of: versions of one resource, and contained
// resources with references to them. Each is found without a search from end to end,
// which would take minutes here.
func TestManyOfAKindInABundle(t *testing.T) {
	const n = 8000
	var entries, list strings.Builder
	for i := range n {
		fmt.Fprintf(&entries, `,{"fullUrl":"urn:uuid:a","resource":{"resourceType":"Task","id":"t","meta":{"versionId":"%d"}}}`, i)
		fmt.Fprintf(&list, `,{"resourceType":"Device","id":"d%d"}`, i)
	}
	versions, issues := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","entry":[` + entries.String()[1:] + `]}`))
	require.Empty(t, issues)
	contained, issues := fhir.ParseBundle([]byte(`{"resourceType":"Task","contained":[` + list.String()[1:] + `]}`))
	require.Empty(t, issues)
	for i := range n {
		target, err := versions.Resolve(fhir.Node{}, "Task/t/_history/"+strconv.Itoa(i))
		require.NoError(t, err)
		require.Equal(t, versions.Entries[i].Resource, target)
		target, err = contained.Resolve(contained.Entries[0].Resource, "#d"+strconv.Itoa(i))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf(`{"resourceType":"Device","id":"d%d"}`, i), string(target.Source()))
	}
}

func TestParseBundleReadsPublishedExamples(t *testing.T) {
	for name, entries := range map[string]int{
		"bars/Booking_POST.json":                                               12,
		"bars/ValidationRequest_POST.json":                                     19,
		"gpconnect-r4-prescriptions/Methotrexate.json":                         4,
		"gpconnect-r4-prescriptions/SingleMedReq.json":                         1,
		"medicines-ig/community-nurse-prescriber.json":                         10,
		"frameworks/SubscriptionStatusExample-MNS.json":                        5,
		"frameworks/QuestionnaireResponse-VitalSigns.json":                     1,
		"gpconnect-spec/find_patient_response_example.json":                    1,
		"gpconnect-spec/allergies_response1.json":                              9,
		"gpconnect-stu3/gpc-data-model--api-response-payload--medication.json": 14,
	} {
		bundle, issues := fhir.ParseBundle(sharedFile(t, "gp/samples/"+name))
		require.False(t, issues.HasErrors(), "%s: %v", name, issues)
		assert.Len(t, bundle.Entries, entries, name)
	}
	for name, rule := range map[string]string{
		"gpconnect-spec/consultations_forwards_response1.json": "JSON-SYNTAX",
		"mns/gpreg.hydrated-signal.json":                       "BUNDLE-NOT-FHIR", // its second resource has no resourceType
		"mns/pdsDeath2Signal.json":                             "BUNDLE-NOT-FHIR",
	} {
		bundle, issues := fhir.ParseBundle(sharedFile(t, "gp/samples/"+name))
		assert.Nil(t, bundle, name)
		require.True(t, issues.HasErrors(), name)
		assert.Equal(t, rule, issues[0].Rule, name)
	}
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte(contextBundle), "Patient/p1")
	f.Add([]byte(`{"resourceType":"Flag"}`), "#x")
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"fullUrl":"http://a/Patient/1","resource":{"resourceType":"Patient","id":"1"}}]}`), "Patient/1")
	f.Add([]byte(`<Patient xmlns="http://hl7.org/fhir"><birthDate value="1961"><extension url="x"/></birthDate><name><given value="A&amp;"/><given value="B"/></name></Patient>`), "#x")
	f.Fuzz(func(t *testing.T, data []byte, reference string) {
		bundle, issues := fhir.ParseBundle(data)
		if (bundle == nil) != issues.HasErrors() {
			t.Fatal("a bundle comes exactly when there is no error")
		}
		if bundle == nil {
			return
		}
		for i := range bundle.Entries {
			if json.Valid(bytes.TrimPrefix(data, []byte("\ufeff"))) {
				checkPlaces(t, data, bundle.Entries[i].Resource)
			}
			for n := range bundle.Entries[i].Resource.All() { // of XML too
				_, _, _ = n.Path(), n.Text(), n.Source()
			}
			target, err := bundle.Resolve(bundle.Entries[i].Resource, reference, "Patient")
			if err == nil && target.ResourceType() != "Patient" {
				t.Fatal("resolved to the wrong type")
			}
		}
	})
}

func ExampleBundle_Resolve() {
	bundle, issues := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","type":"collection","entry":[
		{"fullUrl":"urn:uuid:6a5b4c3d-0001-4000-8000-000000000001","resource":{"resourceType":"Practitioner","id":"gp1"}},
		{"resource":{"resourceType":"Encounter","id":"e1"}}]}`))
	if issues.HasErrors() {
		fmt.Println(issues)
		return
	}
	from := bundle.Entries[1].Resource
	target, _ := bundle.Resolve(from, "urn:uuid:6a5b4c3d-0001-4000-8000-000000000001", "Practitioner")
	fmt.Println(target.ResourceType())
	_, err := bundle.Resolve(from, "Patient/9990000018")
	fmt.Println(err)
	// Output:
	// Practitioner
	// a reference to a Patient in Bundle.entry[1] does not resolve within the bundle
}
