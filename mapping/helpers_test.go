package mapping_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
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

// compile compiles a map written in YAML.
func compile(t testing.TB, doc string, opts ...mapping.Option) *mapping.Mapper {
	t.Helper()
	m, err := mapping.ParseMap([]byte(doc))
	require.NoError(t, err)
	mapper, err := mapping.New(m, newBuilder(), opts...)
	require.NoError(t, err)
	return mapper
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
func question(t testing.TB, d mapping.Draft, target string) lfpse.Question {
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
func mapIssues(d mapping.Draft) []string {
	var out []string
	for _, i := range d.Issues {
		if strings.HasPrefix(i.Rule, "MAP-") {
			out = append(out, i.Severity.String()+" "+i.Rule+" "+i.Path)
		}
	}
	return out
}

func notAsked(t testing.TB, d mapping.Draft, target string) {
	t.Helper()
	for _, q := range d.Questions {
		assert.False(t, q.Target == target && q.Rule == "MAP-ASK", "the map asks for %s", target)
	}
}

// trace returns the steps of a draft for a target.
func trace(d mapping.Draft, target string) []mapping.Step {
	var out []mapping.Step
	for _, s := range d.Trace {
		if s.Target == target {
			out = append(out, s)
		}
	}
	return out
}

// revealed is everything in a draft that may be logged or shown to anybody.
func revealed(d mapping.Draft) string {
	return fmt.Sprint(d.Reason, d.Trace, d.Questions, d.Issues, d.Privacy, d.Origins, d.Event, d.Submission)
}

func hasRule(issues fhir.Issues, rule string) bool {
	for _, i := range issues {
		if i.Rule == rule {
			return true
		}
	}
	return false
}
