package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// The tests use a small taxonomy of their own, version 9, so that a change of
// the embedded one does not change what they prove.
const definitions = "https://taxonomy.example/fhir/StructureDefinition/"

type (
	object = map[string]any
	array  = []any
)

func field(name, property string, value any) object { return object{"url": name, property: value} }
func code(name, value string) object                { return field(name, "valueCode", value) }
func str(name, value string) object                 { return field(name, "valueString", value) }

func group(id string, fields ...any) object {
	return object{"url": definitions + id + "-9", "extension": fields}
}

// event returns a valid event of the given type without patients or agents.
// Indexes used by the tables: contained 0 Location, 1 Practitioner, 2 Patient;
// extension 0 core, 1 estimated date.
func event(kind string) object {
	doc := object{
		"resourceType": "AdverseEvent",
		"meta":         object{"profile": array{definitions + "patient-safety-adverse-event-9"}},
		"contained": array{
			object{"resourceType": "Location", "id": "location1",
				"extension": array{group("location-details", code("LocationKnown", "y"), code("Organisation", "A81001"))}},
			object{"resourceType": "Practitioner", "id": "practitioner1",
				"extension": array{group("practitioner-details", code("ReporterOrganisation", "A81001"), code("ReporterRole", "4"))}},
			object{"resourceType": "Patient", "id": "patient"},
		},
		"extension": array{
			group("core", str("Description", "Invented text <b>")),
			group("estimated-date", code("IncidentOccurredToday", "y")),
		},
		"actuality": "actual",
		"event":     object{"coding": array{object{"code": kind}}},
		"subject":   object{"reference": "#patient"},
		"date":      "2026-01-15",
		"location":  object{"reference": "#location1"},
		"recorder":  object{"reference": "#practitioner1"},
	}
	switch kind {
	case "4":
		add(doc, "extension", group("went-well", str("HowFutureOccurrence", "Keep doing it")))
	case "1", "2":
		add(doc, "extension", group("risk-details", code("RiskImminent", "n")))
	}
	return doc
}

func patient(sequence int, fields ...any) object {
	return group("patient-information", append(array{field("PatientSequence", "valueInteger", sequence)}, fields...)...)
}

func graded(sequence int, physical string, more ...any) object {
	fields := append(array{code("GenderIdentity", "x"), code("GenderSameAsAtBirth", "x"), code("PhysicalHarm", physical)}, more...)
	return patient(sequence, fields...)
}

// incident returns a valid incident with one patient of low harm.
func incident() object {
	doc := event("1")
	del(doc, "extension.2")
	set(doc, "contained.2.extension", array{graded(1, "4", code("PsychologicalHarm", "4"))})
	return doc
}

// at walks a path such as contained.0.extension to the parent of its last step.
func at(t object, path string) (parent any, last string) {
	steps := strings.Split(path, ".")
	parent = t
	for _, s := range steps[:len(steps)-1] {
		switch p := parent.(type) {
		case object:
			parent = p[s]
		case array:
			parent = p[index(s)]
		}
	}
	return parent, steps[len(steps)-1]
}

func index(s string) int {
	i, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return i
}

func get(doc object, path string) any {
	switch p, last := at(doc, path); p := p.(type) {
	case object:
		return p[last]
	case array:
		return p[index(last)]
	default:
		panic("no such path: " + path)
	}
}

func set(doc object, path string, v any) {
	switch p, last := at(doc, path); p := p.(type) {
	case object:
		p[last] = v
	case array:
		p[index(last)] = v
	default:
		panic("no such path: " + path)
	}
}

func add(doc object, path string, items ...any) {
	list, _ := get(doc, path).(array)
	set(doc, path, append(list, items...))
}

func del(doc object, path string) {
	p, last := at(doc, path)
	if o, ok := p.(object); ok {
		delete(o, last)
		return
	}
	i := index(last)
	parentPath := path[:strings.LastIndex(path, ".")]
	list := p.(array)
	set(doc, parentPath, append(append(array{}, list[:i]...), list[i+1:]...))
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return data
}

func taxonomyData(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/taxonomy.json")
	require.NoError(t, err)
	return data
}

// clock stands still in 2026.
func clock() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// newSandbox returns a sandbox on the test taxonomy and the still clock.
func newSandbox(t testing.TB, opts ...sandbox.Option) *sandbox.Sandbox {
	t.Helper()
	sb, err := sandbox.New(append([]sandbox.Option{sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithClock(clock)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sb.Close()) })
	return sb
}

func request(method, path string, body []byte) *http.Request {
	r := httptest.NewRequest(method, sandbox.BasePath+path, bytes.NewReader(body))
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func do(sb http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	return w
}

func post(t testing.TB, sb http.Handler, doc any) *httptest.ResponseRecorder {
	t.Helper()
	return do(sb, request(http.MethodPost, "/AdverseEvent", marshal(t, doc)))
}

// outcome is an OperationOutcome as a client reads it.
type outcome struct {
	ResourceType string
	Issue        []struct {
		Severity    string
		Code        string
		Diagnostics string
		Expression  []string
		Details     struct {
			Coding []struct{ Code string }
			Text   string
		}
	}
}

func readOutcome(t testing.TB, r io.Reader) outcome {
	t.Helper()
	var o outcome
	require.NoError(t, json.NewDecoder(r).Decode(&o))
	require.Equal(t, "OperationOutcome", o.ResourceType)
	require.NotEmpty(t, o.Issue)
	return o
}
