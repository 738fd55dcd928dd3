// Package sourcetest runs the tests that every source of drafts has to pass: its fixture
// gives its golden drafts, and no row of it is lost.
package sourcetest

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

var update = flag.Bool("update", false, "write the golden drafts anew")

// Builder checks the drafts of fixtures, on a day after all their events.
var Builder = sync.OnceValue(func() *submission.Builder {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-01" }))
	if err != nil {
		panic(err)
	}
	return b
})

// Mapper compiles a built-in map.
func Mapper(t testing.TB, name string) *mapping.Mapper {
	t.Helper()
	m, err := mapping.Builtin(name)
	require.NoError(t, err)
	mapper, err := mapping.New(m, Builder().Form())
	require.NoError(t, err)
	assert.Empty(t, mapper.Warnings())
	return mapper
}

// Check reads a log to its end and checks its drafts.
func Check(t testing.TB, log *mapping.Log) (all []submission.Prepared) {
	t.Helper()
	for p, err := range Builder().PrepareAll(log.Rows(), 1) {
		require.NoError(t, err)
		all = append(all, p)
	}
	return all
}

// Log reads testdata/log.csv by a built-in map, compares the drafts with the golden ones
// of testdata/drafts.txt, and makes sure that each row became one draft.
func Log(t *testing.T, name string) []submission.Prepared {
	t.Helper()
	const fixture = "testdata/log.csv"
	file, err := os.Open(fixture)
	require.NoError(t, err)
	defer file.Close()
	log, err := Mapper(t, name).Open(file)
	require.NoError(t, err)
	all := Check(t, log)
	assert.Empty(t, log.Warnings())
	Golden(t, "testdata/drafts.txt", all)
	assert.Len(t, all, rows(t, fixture), "each row is one draft")
	return all
}

// rows counts the rows below the header, not by the reader under test.
func rows(t *testing.T, name string) (n int) {
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	for n = -1; ; n++ {
		if _, err := r.Read(); err == io.EOF {
			return n
		} else if err != nil {
			require.NoError(t, err)
		}
	}
}

// Golden compares drafts with those of a file, which -update writes.
func Golden(t testing.TB, name string, all []submission.Prepared) {
	t.Helper()
	var b strings.Builder
	for i := range all {
		b.WriteString(describe(t, &all[i]))
	}
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

// describe writes a draft for people who compare it with the row: what the event is, what
// is asked, and what was found.
func describe(t testing.TB, p *submission.Prepared) string {
	event, err := json.MarshalIndent(p.Event, "  ", "  ")
	require.NoError(t, err)
	if p.State == draft.Blocked {
		event = []byte("withheld")
	}
	out := fmt.Sprintf("%s at line %d: %s\n", p.Reference, p.Line, p.State)
	if p.Reason != "" {
		out += "  reason: " + p.Reason + "\n"
	}
	if len(event) > len("{}") {
		out += "  " + string(event) + "\n"
	}
	for _, q := range p.Questions {
		if q.Required {
			out += "  asks " + q.Target + "\n"
		}
	}
	var found []string
	for _, i := range slices.Concat(p.Issues, p.Privacy) {
		found = append(found, "  finds "+i.Rule+" at "+i.Path+"\n")
	}
	slices.Sort(found)
	return out + strings.Join(slices.Compact(found), "") + "\n"
}

// Targets are the properties that a draft asks for.
func Targets(p *submission.Prepared) (targets []string) {
	for _, q := range p.Questions {
		targets = append(targets, q.Target)
	}
	return targets
}

// Table reads a table by a built-in map and compares the drafts with the golden ones of
// testdata/drafts.txt.
func Table(t testing.TB, name string, table mapping.Table) []submission.Prepared {
	t.Helper()
	log, err := Mapper(t, name).OpenTable(table)
	require.NoError(t, err)
	all := Check(t, log)
	Golden(t, "testdata/drafts.txt", all)
	for _, d := range all {
		assert.NotEqual(t, draft.Ready, d.State, "a trigger makes no submission")
	}
	return all
}
