package practice_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

var update = flag.Bool("update", false, "write the golden file anew")

// golden says what became of every row: reference, state, number of required
// questions, and why the row is not ready.
const golden = "expected/states.csv"

// today is a day after the last row of the log.
const today lfpse.Date = "2026-11-01"

// newMapper compiles map.yaml.
func newMapper(t testing.TB) (*mapping.Mapper, *submission.Builder) {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	builder, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return today }))
	require.NoError(t, err)
	data, err := os.ReadFile("map.yaml")
	require.NoError(t, err)
	m, err := mapping.ParseMap(data)
	require.NoError(t, err)
	mapper, err := mapping.New(m, builder.Form())
	require.NoError(t, err)
	return mapper, builder
}

// drafts maps the whole log.
func drafts(t testing.TB, opts ...mapping.LogOption) []submission.Prepared {
	t.Helper()
	mapper, builder := newMapper(t)
	file, err := os.Open("incidents.csv")
	require.NoError(t, err)
	defer file.Close()
	log, err := mapper.Open(file, append(opts, mapping.WithRecords(os.DirFS(".")))...)
	require.NoError(t, err)
	var out []submission.Prepared
	for d, err := range builder.PrepareAll(log.Rows(), 2) {
		require.NoError(t, err)
		out = append(out, d)
	}
	assert.Empty(t, log.Warnings())
	return out
}

func required(d *submission.Prepared) (targets []string) {
	for _, q := range d.Questions {
		if q.Required && q.Arises() {
			targets = append(targets, q.Target)
		}
	}
	return targets
}

// why says in one line why a row is not ready.
func why(d *submission.Prepared) string {
	switch d.State {
	case draft.NeedsAnswers:
		return strings.Join(required(d), "; ")
	case draft.Blocked:
		var rules []string
		for _, i := range d.Privacy {
			rules = append(rules, i.Rule)
		}
		slices.Sort(rules)
		return strings.Join(slices.Compact(rules), "; ")
	case draft.Invalid:
		for _, i := range d.Issues {
			if i.Severity == fhir.Error {
				return i.Rule + ": " + i.Text
			}
		}
	}
	return d.Reason
}

func TestStates(t *testing.T) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, w.Write([]string{"reference", "state", "required questions", "why"}))
	for _, d := range drafts(t) {
		require.NoError(t, w.Write([]string{d.Reference, string(d.State), strconv.Itoa(len(required(&d))), why(&d)}))
	}
	w.Flush()
	if *update {
		require.NoError(t, os.WriteFile(golden, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

// Every row of the file ends up as exactly one draft, in the order of the file.
func TestEveryRowOnce(t *testing.T) {
	file, err := os.Open("incidents.csv")
	require.NoError(t, err)
	defer file.Close()
	r := csv.NewReader(file) // not the reader under test
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	rows = rows[1:]
	all := drafts(t)
	require.GreaterOrEqual(t, len(all), 60)
	require.Len(t, all, len(rows))
	lines := map[int]bool{}
	for i, d := range all {
		if want := "line " + strconv.Itoa(d.Line); d.Reference != want {
			want = strings.TrimSpace(rows[i][0])
			assert.Equal(t, want, d.Reference)
		}
		assert.False(t, lines[d.Line], "line %d twice", d.Line)
		lines[d.Line] = true
		assert.Equal(t, d.State == draft.Ready, !d.Submission.IsZero(), d.Reference)
	}
}

// The log is worth its name only while it covers what practices meet.
func TestCoverage(t *testing.T) {
	states, ready := map[draft.State]int{}, map[lfpse.EventType]int{}
	several, nobody, records := 0, 0, 0
	for _, d := range drafts(t) {
		states[d.State]++
		if d.State != draft.Ready {
			continue
		}
		ready[d.Event.Type]++
		switch {
		case len(d.Event.Patients) > 1:
			several++
		case d.Event.Type == lfpse.TypeIncident && len(d.Event.Patients) == 0:
			nobody++
		}
		if slices.ContainsFunc(d.Trace, func(s draft.Step) bool { return strings.HasPrefix(s.From, "record ") }) {
			records++
		}
	}
	for state, least := range map[draft.State]int{draft.Ready: 40, draft.NeedsAnswers: 8, draft.Blocked: 4, draft.NotForLFPSE: 6, draft.Invalid: 2} {
		assert.GreaterOrEqual(t, states[state], least, state)
	}
	for _, kind := range []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare} {
		assert.GreaterOrEqual(t, ready[kind], 2, kind)
	}
	assert.GreaterOrEqual(t, several, 2, "incidents of several patients")
	assert.GreaterOrEqual(t, nobody, 2, "incidents that affected nobody")
	assert.GreaterOrEqual(t, records, 10, "events with facts from a record")
}

func find(t *testing.T, all []submission.Prepared, reference string) *submission.Prepared {
	t.Helper()
	for i := range all {
		if all[i].Reference == reference {
			return &all[i]
		}
	}
	require.Fail(t, "no row", reference)
	return nil
}

// Single rows whose outcome is easy to get wrong.
func TestRows(t *testing.T) {
	all := drafts(t)
	age := func(reference, want string) {
		d := find(t, all, reference)
		require.NotEmpty(t, d.Event.Patients, reference)
		assert.Equal(t, want, d.Event.Patients[0].Age.String(), reference)
	}
	age("LOG-019", "5 months") // 5 months
	age("LOG-021", "21 days")  // 3 weeks
	age("LOG-025", "1 year")   // 13 months are a year
	age("LOG-039", "17 years") // born on 29 February, seen on 28 February: 18 tomorrow
	age("LOG-045", "22 days")  // a baby, from the date of birth
	age("LOG-001", "67 years")

	assert.Equal(t, "41946511000001109", find(t, all, "LOG-014").Event.Medicines[0].VMPCode)
	fatal := find(t, all, "LOG-053").Event
	assert.Equal(t, lfpse.PhysicalFatal, fatal.Patients[0].PhysicalHarm)
	assert.Empty(t, fatal.Patients[0].PsychologicalHarm)
	assert.Equal(t, []string{"Aspirin 75mg dispersible tablets", "Apixaban 5mg tablets"}, fatal.Agent.DrugsInvolved, "the row says which of the record's medicines were involved")
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "319773006", VMPString: "Aspirin 75mg dispersible tablets"}}, fatal.Medicines, "the record has the code of one of them")
	assert.Equal(t, lfpse.GenderMale, find(t, all, "LOG-068").Event.Patients[0].GenderIdentity, "the recorded identity goes before the administrative gender")

	month := find(t, all, "LOG-017").Event
	assert.Empty(t, month.Date)
	assert.Equal(t, "2025-12", month.EstimatedDate.ApproximateDate)
	assert.Equal(t, lfpse.Date("2026-03-12"), find(t, all, "LOG-024").Event.Date, "12/3/26")
	assert.Equal(t, lfpse.Time("14:30:00"), find(t, all, "LOG-050").Event.EstimatedDate.PreciseTime, "2:30pm")

	// Organisations that are part of each other: said, and the default stands in.
	circle := find(t, all, "LOG-064")
	assert.Equal(t, draft.Ready, circle.State)
	assert.Equal(t, "A99999", circle.Event.Reporter.ReporterOrganisation)
	assert.True(t, slices.ContainsFunc(circle.Trace, func(s draft.Step) bool {
		return s.Target == "reporter.reporterOrganisation" && s.Rule == "default"
	}))
	rules := []string{}
	for _, i := range circle.Issues {
		rules = append(rules, i.Rule)
	}
	assert.Contains(t, rules, "CONTEXT-CYCLE")
}

// With the answers of answers.csv the rows they are for are ready, and no other
// row changes.
func TestAnswers(t *testing.T) {
	before := drafts(t)
	file, err := os.Open("answers.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	answered := map[string]bool{}
	for _, row := range rows[1:] {
		if row[len(row)-1] != "" {
			answered[row[0]] = true
		}
	}
	require.GreaterOrEqual(t, len(answered), 5)
	_, err = file.Seek(0, 0)
	require.NoError(t, err)
	answers, err := mapping.ReadAnswers(file)
	require.NoError(t, err)
	for i, d := range drafts(t, mapping.WithAnswers(answers)) {
		if !answered[d.Reference] {
			assert.Equal(t, before[i].State, d.State, d.Reference)
			continue
		}
		assert.Equal(t, draft.NeedsAnswers, before[i].State, d.Reference)
		assert.Equal(t, draft.Ready, d.State, "%s: %s", d.Reference, why(&d))
	}
}

// What is ready is accepted by the sandbox, which shares no code with the checks
// that made it ready.
func TestSandboxAccepts(t *testing.T) {
	ctx := t.Context()
	server, err := sandbox.Start(ctx, "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, server.Close(ctx)) }()
	_, builder := newMapper(t)
	ep, err := endpoint.New(endpoint.ForSandbox(server.URL(), builder.Codec().Taxonomy()))
	require.NoError(t, err)
	c, err := client.New(ep)
	require.NoError(t, err)
	sent := 0
	for _, d := range drafts(t) {
		if d.State != draft.Ready {
			continue
		}
		_, err := c.Submit(ctx, d.Submission)
		assert.NoError(t, err, d.Reference)
		sent++
	}
	assert.Len(t, server.Sandbox().Entries(), sent)
}

func recordFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("records/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 12)
	return files
}
