package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// noticed is a log of rows that are all ready, though something is noticed about most of
// them: a short text, a text with markup, a text that was read in the wrong character set;
// then one about which there is only information, and one about which there is
// nothing to say.
func noticed(t *testing.T) *practice {
	p := newPractice(t)
	p.write("map.yaml", `
name: test
source: {reference: Ref}
fields:
  - {to: type, column: Type, values: event-type}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: estimatedDate.preciseTime, column: Time}
  - {to: wentWell.howFutureOccurrence, for: [good-care], default: Keep the card by every phone in the practice.}
  - {to: riskDetails.riskImminent, for: [risk], default: n}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: location.locationKnown, default: u}
`)
	p.write("log.csv", `Ref,Type,Date,What,Time
S1,Good care,15/01/2026,Well done.,
S2,Good care,15/01/2026,"The team kept calm when the <b>lights</b> went out in the practice, and everybody was seen.",
S3,Good care,15/01/2026,"The cafÃ© next door kept everybody warm when the boiler of the practice failed in the morning.",
I1,Risk,15/01/2026,"The automatic front door sticks half open and closes again without warning, and two people were nearly knocked.",
N1,Good care,15/01/2026,"The receptionist recognised that the caller was confused, called an ambulance and stayed on the line until the crew arrived.",
`)
	return p
}

// Whatever is noticed about rows that are ready is shown and counted in every form.
func TestWarningsOfReadyRowsAreShown(t *testing.T) {
	t.Parallel()
	p := noticed(t)
	log := []string{p.path("log.csv"), "--map", p.path("map.yaml"), "--today", "2026-11-28"}
	for _, command := range [][]string{
		{"map"}, {"map", "--format", "table"}, {"map", "--format", "table", "--width", "80"}, {"map", "--format", "table", "-v"}, {"map", "--format", "draft"}, {"map", "--format", "ndjson"},
		{"map", "--format", "fhir"}, {"map", "--format", "event"}, {"map", "--format", "questions"},
		{"submit", "--to", "sandbox"}, {"submit", "--to", "sandbox", "--width", "100"}, {"submit", "--to", "sandbox", "--json"},
	} {
		t.Run(strings.Join(command, " "), func(t *testing.T) {
			var out, side bytes.Buffer
			assert.Equal(t, exitDone, run(t.Context(), append(command, log...), &console{strings.NewReader(""), &out, &side}), side.String())
			all := out.String() + side.String()
			flat := strings.Join(strings.Fields(all), " ")
			for row, what := range map[string]string{"S1": "The description has", "S2": "HTML", "S3": "character set"} {
				assert.Contains(t, flat, row)
				assert.Contains(t, flat, what)
			}
			assert.Contains(t, all, "warning", "or Warnings, or a JSON property")
			assert.Regexp(t, `LFPSE-PROVISIONAL|event-type-6`, all, "information is shown")
			if command[0] == "submit" {
				assert.Regexp(t, `3 rows with warnings were sent: .*\n$`, strings.ReplaceAll(side.String(), "\n  ", " "), "the last line counts")
			} else {
				assert.Regexp(t, `3 with warnings`, side.String())
			}
		})
	}
}

// The JSON form of submit gives findings and counts as data.
func TestFindingsInJSON(t *testing.T) {
	t.Parallel()
	p := noticed(t)
	var out bytes.Buffer
	run(t.Context(), []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", "sandbox", "--json"}, &console{strings.NewReader(""), &out, io.Discard})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 6)
	var first struct {
		Reference string
		Findings  []finding
	}
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &first))
	assert.Equal(t, "S1", first.Reference)
	require.Len(t, first.Findings, 1)
	assert.Equal(t, fhir.Warning, first.Findings[0].Severity)
	assert.Equal(t, "column What", first.Findings[0].Where)
	assert.NotContains(t, lines[4], "findings")
	assert.Contains(t, lines[5], `"warnings":3`)
	assert.Contains(t, lines[5], `"information":1`)
	assert.Contains(t, lines[5], `"rowsWithWarnings":3`)
}

// Warnings about the log as a whole are in the JSON form too.
func TestWarningsAboutTheLogInJSON(t *testing.T) {
	t.Parallel()
	p := noticed(t)
	p.write("answers.csv", "reference,target,answer\nnowhere,type,risk\n")
	var out, side bytes.Buffer
	run(t.Context(), []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--answers", p.path("answers.csv"), "--to", "sandbox", "--json"}, &console{strings.NewReader(""), &out, &side})
	assert.Regexp(t, `"log":\[.*"rule":"MAP-ANSWER`, out.String())
	assert.Contains(t, side.String(), "warning: ")
}

// tableOf prints results at a width as a terminal would show them.
func tableOf(width int, colour bool, results ...result) string {
	var out bytes.Buffer
	t := newTable(&out, tableFlags{Width: width}, "WHAT TO DO", false)
	t.colour = colour
	for _, r := range results {
		_ = t.add(r)
	}
	_ = t.end()
	return out.String()
}

func rowOf(reference string, state draft.State, details ...string) result {
	r := result{Reference: reference, State: state, day: "05/01/2026", Type: "good-care"}
	for _, d := range details {
		r.Details = append(r.Details, said(d))
	}
	return r
}

// The rows that wait come first, those that are not for LFPSE last.
func TestRowsThatWaitComeFirst(t *testing.T) {
	t.Parallel()
	var all []result
	for _, s := range []draft.State{draft.Accepted, draft.NotForLFPSE, draft.Invalid, draft.Blocked, draft.Held, draft.Ready, draft.NeedsAnswers, draft.Unknown, draft.Pending} {
		all = append(all, rowOf(strings.ToUpper(string(s[:1]))+"-row", s, "Do this."))
	}
	got := ""
	for line := range strings.Lines(tableOf(100, false, all...)) {
		got += line[:1]
	}
	assert.Equal(t, "RNHBIPUARN", got)
}

// The reference is never cut, however narrow the terminal; the other cells are measured
// as a terminal does.
func TestReferencesAreNeverCut(t *testing.T) {
	t.Parallel()
	for _, reference := range []string{"1", "LOG-2026-000001", "0b6f6c1e-7e8c-4a5e-9d93-0f3a4a6f7c11", strings.Repeat("x", 120), "受付記録一二三"} {
		for _, width := range []int{20, 40, 80, 140} {
			got := tableOf(width, false, rowOf(reference, draft.Blocked, "An NHS number stands at characters 5 to 14. Remove it; write \"the patient\" or the person's role instead. This goes on for long.", "More."))
			assert.Contains(t, got, reference)
			assert.Contains(t, got, "(and 1 more)")
			if width >= 80 && display.Cells(reference) < 20 {
				for line := range strings.Lines(got) {
					assert.LessOrEqual(t, display.Cells(strings.TrimSuffix(line, "\n")), width, line)
				}
			}
		}
	}
}

// Only the state has a colour, and only where it is asked for.
func TestColours(t *testing.T) {
	t.Parallel()
	assert.Contains(t, tableOf(80, true, rowOf("1", draft.Blocked)), "  "+red+"blocked"+plain)
	assert.Contains(t, tableOf(80, true, rowOf("1", draft.Ready)), green+"ready"+plain)
	assert.NotContains(t, tableOf(80, false, rowOf("1", draft.Blocked)), "\x1b")
	aligned := strings.Split(tableOf(80, true, rowOf("1", draft.Blocked, "A"), rowOf("2", draft.NotForLFPSE, "B")), "\n")
	assert.Equal(t, strings.Index(aligned[2], "B"), strings.Index(strings.NewReplacer(red, "", plain, "").Replace(aligned[1]), "A"))
}

// A width that is asked for goes before COLUMNS; what is no number is passed over.
func TestWidths(t *testing.T) {
	t.Setenv("COLUMNS", "90")
	assert.Equal(t, 90, tableFlags{}.width(io.Discard))
	assert.Equal(t, 70, tableFlags{Width: 70}.width(io.Discard))
	for _, none := range []string{"", "0", "-5", "wide"} {
		t.Setenv("COLUMNS", none)
		assert.Zero(t, tableFlags{}.width(io.Discard))
	}
}

// Of a long log the rows that wait or have warnings are shown as they come, and the
// others are counted; memory does not grow with the log.
func TestALongTable(t *testing.T) {
	const n = 200_000
	var out bytes.Buffer
	table := newTable(&out, tableFlags{Width: 100}, "WHAT TO DO", false)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	shown := 0
	for i := range n {
		r := rowOf(fmt.Sprintf("R%06d", i), draft.Ready)
		switch {
		case i%10_000 == 5:
			r = rowOf(r.Reference, draft.NeedsAnswers, "What happened?")
			shown++
		case i%10_000 == 7:
			r.Findings = []finding{{Severity: fhir.Warning, Rule: "MAP-VALUE", Text: "Odd."}}
			shown++
		}
		require.NoError(t, table.add(r))
		if i == 150_000 {
			assert.Contains(t, out.String(), "R140005", "it is there before the log ends")
		}
	}
	require.NoError(t, table.end())
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(1<<20))
	assert.Contains(t, out.String(), fmt.Sprintf("%d rows without a warning are not listed", n-shown))
	assert.Equal(t, shown+3, strings.Count(out.String(), "\n"), "the head, and two lines about those that are not listed")
}

// A file is no terminal: auto is the form for programs.
func TestAutoIsForProgramsWhenPiped(t *testing.T) {
	t.Parallel()
	p := noticed(t)
	file, err := os.Create(p.path("out"))
	require.NoError(t, err)
	defer file.Close()
	assert.Equal(t, exitDone, run(t.Context(), []string{"map", p.path("log.csv"), "--map", p.path("map.yaml")}, &console{strings.NewReader(""), file, io.Discard}))
	assert.True(t, strings.HasPrefix(p.read("out"), `{"reference":"S1"`))
}

// What is said next is about the rows that there are.
func TestWhatToDoNext(t *testing.T) {
	t.Parallel()
	f := sourceFlags{inputFlags: inputFlags{Source: "my log.csv"}, Map: "map.yaml", Set: map[string]string{"b": "2", "a": "1"}}
	f.Taxonomy = "6"
	assert.Equal(t, `lfpse map "my log.csv" --map map.yaml --set a=1 --set b=2`, f.command("map"))
	assert.Empty(t, f.steps(&totals{States: map[draft.State]int{draft.Accepted: 2, draft.NotForLFPSE: 1}}, false))
	for state, want := range map[draft.State]string{
		draft.NeedsAnswers: "--format questions > questions.csv", draft.Held: "--format releases > releases.csv", draft.Blocked: "personal data",
		draft.Invalid: "put right", draft.Rejected: "refused", draft.Pending: "run the same command again", draft.Unknown: "ask the service",
	} {
		for n, verb := range map[int]string{1: "1 row ", 3: "3 rows "} {
			got := f.steps(&totals{States: map[draft.State]int{state: n}}, false)
			require.Len(t, got, 1)
			assert.Contains(t, got[0], want)
			assert.True(t, strings.HasPrefix(got[0], verb), got[0])
		}
	}
	assert.Empty(t, f.steps(&totals{States: map[draft.State]int{draft.Held: 1, draft.NeedsAnswers: 1}, Kept: 1, Asked: 1}, false), "they wait in the outbox")
}

// A row that is held says what for, and a person is told how it goes on. Warnings that do
// not hold it stay warnings.
func TestHeldRows(t *testing.T) {
	t.Parallel()
	d := draft.Draft{
		Reference: "H1", State: draft.Held,
		Privacy: fhir.Issues{
			{Severity: fhir.Warning, Rule: "PRIVACY-TITLED-NAME", Path: "p", Text: "What looks like a name stands at characters 5 to 9.", Fix: "Remove it."},
			{Severity: fhir.Information, Rule: "PRIVACY-REIDENTIFICATION", Path: "p", Text: "A hint."},
		},
		Issues:  fhir.Issues{{Severity: fhir.Warning, Rule: "QUALITY-TEXT-SHORT", Path: "p", Text: "Short."}},
		Origins: map[string]string{"p": "column What"},
	}
	r := newResult(&d)
	r.tell(nil, &d)
	assert.Equal(t, []remark{{"In column What: What looks like a name stands at characters 5 to 9. Remove it.", "In column What: What looks like a name stands at characters 5 to 9. Remove it. [PRIVACY-TITLED-NAME]"}}, r.Details)
	assert.Len(t, r.Findings, 2)
	assert.Contains(t, r.because(true), "H1: held: In column What")
	got := tableOf(120, false, r)
	assert.Contains(t, got, "held   In column What: What looks like a name")
	assert.Contains(t, got, "(and 1 more)")
	var sum totals
	sum.add(&r)
	assert.Equal(t, []int{1, 1, 0, 1}, []int{sum.waiting(), sum.Warnings, sum.Warned, sum.Information})
}

// Where a finding is, is said in words that people know; its path is for specialists.
func TestPlacesInPlainWords(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]string{
		"column What": "In column What: A. B.", "columns What and Why": "In columns What and Why: A. B.", "line 7": "In line 7: A. B.", "record Patient.birthDate": "In the patient's record: A. B.",
		"the map": "In the map: A. B.", "AdverseEvent.extension[3].value": "A. B.", "patients[0].age": "A. B.", "answer": "In the answer: A. B.", "": "A. B.",
	} {
		f := finding{Where: where, Text: "A.", Fix: "B.", Rule: "X-Y"}
		assert.Equal(t, want, f.remark().plain, where)
		assert.Contains(t, f.remark().full, where)
		assert.Contains(t, f.remark().full, "[X-Y]")
	}
	f := finding{Where: "patients[1].age", Text: "A.", Rule: "MAP-ANSWER"}
	assert.Equal(t, "In the answer for patients[1].age: A.", f.remark().plain)
}

// A question about another patient than the first says so; one that arises in several
// cases stands in the file once.
func TestQuestionsForPeople(t *testing.T) {
	t.Parallel()
	when := func(target, value string) []lfpse.Condition {
		return []lfpse.Condition{{Target: target, Values: []string{value}}}
	}
	p := submission.Prepared{Draft: draft.Draft{Reference: "R-1", Questions: []lfpse.Question{
		{Target: "patients[1].clinicalOutcome", Text: "What came of it?", Required: true},
		{Target: "reporter.reporterRole", Text: "Which job?", When: when("type", "incident")},
		{Target: "reporter.reporterRole", Text: "Which job?", When: when("type", "risk")},
		{Target: "reporter.reporterRole", Text: "Which other job?"},
		{Target: "devices[0].deviceType", Text: "Which kind?"},
	}, Answers: []draft.Answer{{Target: "patients[1].clinicalOutcome", Text: draft.AskClinician}}}}
	var out bytes.Buffer
	b, err := (&sourceFlags{taxonomyFlags: taxonomyFlags{Taxonomy: "6"}}).builder(privacy.Policy{})
	require.NoError(t, err)
	guide, err := interview.New(nil, []byte("sources: [{id: us, title: Notes, publisher: Us, date: \"2026\"}]\nquestions: [{target: reporter.reporterRole, who: manager, text: Your job., source: us}]"))
	require.NoError(t, err)
	require.NoError(t, writeQuestions(&out, &told{p, &result{}, &teller{builder: b, guide: guide}}))
	text := out.String()
	assert.Contains(t, text, "R-1,,patients[1].clinicalOutcome,Patient 2: What came of it?,,put to a clinician,\"What became of the patient, in a sentence. (NHS England: ")
	const help = `,,manager,"Your job. (Us: Notes (2026), not checked against Us's page)",` + "\n"
	assert.Contains(t, text, `R-1,,reporter.reporterRole,Which job? (only if the event is an incident or a risk) (optional)`+help)
	assert.Contains(t, text, "R-1,,reporter.reporterRole,Which other job? (optional)"+help)
	assert.Contains(t, text, "R-1,,devices[0].deviceType,Which kind? (optional),,anybody,,\n")
	assert.Equal(t, 4, strings.Count(text, "\n"))
}

// The progress line counts rows, and is gone before anything else is written.
func TestProgress(t *testing.T) {
	t.Parallel()
	var screen bytes.Buffer
	p := &progress{w: &screen, size: 200, count: rows}
	p.row(50)
	assert.Equal(t, "\r1 row done, 25% of the file read", screen.String())
	p.row(60)
	assert.Equal(t, 1, strings.Count(screen.String(), "done"), "not at every row")
	_, _ = p.before(&screen).Write([]byte("A row.\n"))
	assert.True(t, strings.HasSuffix(screen.String(), "\r"+strings.Repeat(" ", 32)+"\rA row.\n"))
	none := newProgress(&screen, 200, rows)
	none.row(10)
	none.hide()
	assert.Equal(t, 1, strings.Count(screen.String(), "done"), "a file gets none")
}
