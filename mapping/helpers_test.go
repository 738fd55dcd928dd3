package mapping_test

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

const today = lfpse.Date("2026-03-10")

// newBuilder is compiled once: it does not change.
var newBuilder = sync.OnceValue(func() *submission.Builder {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return today }))
	if err != nil {
		panic(err)
	}
	return b
})

// mapper is a Mapper whose drafts are checked.
type mapper struct{ *mapping.Mapper }

type prepared = submission.Prepared

func (m *mapper) Map(r mapping.Row) prepared {
	p := prepared{Draft: m.Mapper.Map(r)}
	p.Submission = newBuilder().Prepare(&p.Draft)
	return p
}

func (m *mapper) Open(src io.Reader, opts ...mapping.LogOption) (*checkedLog, error) {
	log, err := m.Mapper.Open(src, opts...)
	return &checkedLog{log}, err
}

// checkedLog is a Log whose drafts are checked.
type checkedLog struct{ *mapping.Log }

func (l *checkedLog) Drafts() iter.Seq2[prepared, error] {
	return newBuilder().PrepareAll(l.Rows(), 1)
}

// compile compiles a map written in YAML.
func compile(t testing.TB, doc string, opts ...mapping.Option) *mapper {
	t.Helper()
	m, err := mapping.ParseMap([]byte(doc))
	require.NoError(t, err)
	compiled, err := mapping.New(m, newBuilder().Form(), opts...)
	require.NoError(t, err)
	return &mapper{compiled}
}

// incident is a map of the given fields of an incident.
func incident(fields ...string) string {
	return "fields:\n  - {to: type, default: incident}\n  - " + strings.Join(fields, "\n  - ") + "\n"
}

// patient is a map with one patient of the given fields.
func patient(fields ...string) string {
	return incident("{to: date, column: Date}") + "patients:\n  - fields:\n      - " + strings.Join(fields, "\n      - ") + "\n"
}

type cells = map[string]string

func row(c cells) mapping.Row { return mapping.Row{Line: 2, Cells: c} }

// question returns the question for a target, failing if there is none.
func question(t testing.TB, d prepared, target string) lfpse.Question {
	t.Helper()
	for _, q := range d.Questions {
		if q.Target == target {
			return q
		}
	}
	require.Fail(t, "no question for "+target, "%v", d.Questions)
	return lfpse.Question{}
}

// mapIssues returns rule and path of what the map itself found.
func mapIssues(d prepared) []string {
	var out []string
	for _, i := range d.Issues {
		if strings.HasPrefix(i.Rule, "MAP-") {
			out = append(out, i.Severity.String()+" "+i.Rule+" "+i.Path)
		}
	}
	return out
}

func notAsked(t testing.TB, d prepared, target string) {
	t.Helper()
	for _, q := range d.Questions {
		assert.False(t, q.Target == target && q.Rule == "MAP-ASK", "the map asks for %s", target)
	}
}

// trace returns the steps of a draft for a target.
func trace(d prepared, target string) []draft.Step {
	var out []draft.Step
	for _, s := range d.Trace {
		if s.Target == target {
			out = append(out, s)
		}
	}
	return out
}

// revealed is everything in a draft that may be logged or shown to anybody.
func revealed(d prepared) string {
	return fmt.Sprint(d.Reason, d.Trace, d.Questions, d.Issues, d.Privacy, d.Origins, d.Event, d.Submission)
}

// patientsOf are the patients of whom the event says more than that they are there.
func patientsOf(d prepared) (out []lfpse.Patient) {
	for _, p := range d.Event.Patients {
		if p != (lfpse.Patient{}) {
			out = append(out, p)
		}
	}
	return out
}

func hasRule(issues fhir.Issues, rule string) bool {
	for _, i := range issues {
		if i.Rule == rule {
			return true
		}
	}
	return false
}
