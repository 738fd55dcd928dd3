package mapping_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

// everything is a map in which every kind of field and source occurs.
const everything = `
source: {reference: Ref, months: [01/2006]}
skip:
  - {when: {column: Status, in: [draft]}, reason: It is a draft.}
fields:
  - {to: type, column: Type, values: event-type}
  - {to: date, column: Date, ask: When?}
  - {to: estimatedDate.preciseTime, column: Time}
  - {to: description, columns: [What, Why]}
  - {to: location.locationKnown, column: Known, values: yes-no-unknown}
  - {to: location.organisation, column: Sites, split: ";"}
  - {to: location.locationWithinService, column: Where}
  - {to: reporter.reporterRole, column: Role, values: practice-role, default: 6}
  - {to: reporter.reporterOrganisation, column: ODS}
  - {to: agent.involvedAgents, column: Agents, split: ";"}
  - {to: riskDetails.riskImminent, column: Imminent, for: [risk, incident], values: yes-no-unknown}
  - {to: referenceMetadata.dataSharingOptOut, column: Opt}
  - {to: classification.levelOfConcern, column: Concern, when: {column: Known, filled: true}}
patients:
  - when: {column: Count, at-least: 1}
    fields:
      - {to: physicalHarm, for: [incident, outcome], column: Harm, values: physical-harm}
      - {to: psychologicalHarm, for: [incident, outcome], column: Mind, values: psychological-harm}
      - {to: genderIdentity, column: Gender, values: gender}
      - {to: age, column: Age, ask: How old?}
      - {to: birthDate, column: DOB}
      - {to: patientEthnicity, column: Ethnicity, values: nhs-ethnicity}
  - when: {column: Count, at-least: 2}
    fields:
      - {to: physicalHarm, for: [incident, outcome], column: Harm, values: datix-harm}
      - {to: genderSameAsAtBirth, column: Gender, values: yes-no}
`

var columnsOfEverything = []string{"Ref", "Status", "Type", "Date", "Time", "What", "Why", "Known", "Sites", "Where", "Role", "ODS", "Agents", "Imminent", "Opt",
	"Concern", "Count", "Harm", "Mind", "Gender", "Age", "DOB", "Ethnicity"}

// anyCell draws a cell: a usable word, a word out of place, or anything at all.
func anyCell() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "incident", "Near miss", "risk", "good care", "05/03/2026", "01/2026", "31/02/2026", "12:30", "yes", "No", "A81001", "Z01",
			"GP", "pharmacist", "4", "4;9", "5", "11", "1", "2", "3", "low", "Severe harm", "None (No harm)", "fatal", "female", "50", "5 months", "05/03/1976", "British", "draft"}),
		rapid.StringMatching(`[A-Za-z0-9 ;:/.,'<>&"-]{0,12}`),
		rapid.String(),
	)
}

// Whatever the cells, the mapper never sends a code that its list does not have.
func TestNoCodeOutsideItsList(t *testing.T) {
	m := compile(t, everything)
	tax := newBuilder().Codec().Taxonomy()
	rapid.Check(t, func(rt *rapid.T) {
		c := cells{}
		for _, name := range columnsOfEverything {
			c[name] = anyCell().Draw(rt, name)
		}
		d := m.Map(row(c))
		a, issues := newBuilder().Codec().Encode(&d.Event)
		if issues.HasErrors() {
			rt.Fatalf("the mapper made an event that cannot be encoded: %v", issues)
		}
		for _, x := range a.Extension {
			for _, sub := range x.Extension {
				group := tax.Group(x.Url[strings.LastIndex(x.Url, "/")+1:])
				list := tax.CodeSystem(group.Field(sub.Url).CodeSystem)
				if list != nil && len(list.Concepts) > 0 && list.Concept(*sub.ValueCode) == nil {
					rt.Fatalf("%s holds a code outside its list", sub.Url)
				}
			}
		}
		for _, p := range d.Event.Patients {
			if p.Age != (lfpse.Age{}) {
				if _, err := lfpse.Age31x372.Encode(p.Age); err != nil || p.Age.Unit == lfpse.RawAge {
					rt.Fatal(p.Age, err)
				}
			}
		}
		if d.State == draft.Ready {
			if _, issues := fhir.Decode(d.Submission.Body()); issues.HasErrors() {
				rt.Fatalf("ready, but not FHIR: %v", issues)
			}
		}
		if (d.State == draft.Ready) == d.Submission.IsZero() {
			rt.Fatalf("state %s and submission %v", d.State, d.Submission)
		}
		if d.State == draft.Invalid && !d.Issues.HasErrors() {
			rt.Fatal("invalid without a reason")
		}
	})
}

// Whatever stands in a cell, nothing that is shown or logged repeats it.
func TestNoCellIsEverRevealed(t *testing.T) {
	m := compile(t, everything)
	rapid.Check(t, func(rt *rapid.T) {
		c := cells{}
		for _, name := range columnsOfEverything {
			// A canary alone, with a word, or as a part of something usable.
			shape := rapid.SampledFrom([]string{"%s", "%s low", "incident %s", "%s;4", "05/03/2026 %s", "%s years", "50 %s", "yes", "incident", "", "1"}).Draw(rt, name)
			if strings.Contains(shape, "%s") {
				shape = fmt.Sprintf(shape, "zqxj"+name+"jxqz")
			}
			c[name] = shape
		}
		answers := map[string]string{}
		if rapid.Bool().Draw(rt, "answers") {
			answers = map[string]string{"type": "zqxj answer", "zqxj target": "x", "patients[0].physicalHarm": "zqxj"}
		}
		d := m.Map(mapping.Row{Reference: "R", Line: 2, Cells: c, Answers: answers})
		if text := revealed(d); strings.Contains(text, "zqxj") || strings.Contains(text, "jxqz") {
			rt.Fatalf("a cell is revealed: %s", text)
		}
	})
}

// Every row of a log, broken or not, is exactly one draft, in the order of the
// log.
func TestEveryRowIsAccountedForOnce(t *testing.T) {
	m := compile(t, simple)
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		text.WriteString("Ref,What,Role\n")
		rows := rapid.IntRange(0, 20).Draw(rt, "rows")
		lines := []int{}
		line := 2
		for i := range rows {
			lines = append(lines, line)
			switch rapid.IntRange(0, 5).Draw(rt, "kind") {
			case 0: // broken: too few cells
				fmt.Fprintf(&text, "R%d,x\n", i)
			case 1: // broken: a stray quote
				fmt.Fprintf(&text, "R%d,x \"y\" z,GP\n", i)
			case 2: // broken: too many
				fmt.Fprintf(&text, "R%d,x,GP,more\n", i)
			case 3: // the reference again
				text.WriteString("R,x,GP\n")
			default:
				w := csv.NewWriter(&text)
				what := rapid.StringMatching(`[a-z,;"\n]{0,12}`).Draw(rt, "what")
				_ = w.Write([]string{fmt.Sprintf("R%d", i), what, "GP"})
				w.Flush()
				line += strings.Count(what, "\n")
			}
			line++
		}
		log, err := m.Open(strings.NewReader(text.String()))
		if err != nil {
			rt.Fatal(err)
		}
		var got []int
		for d, err := range log.Drafts() {
			if err != nil {
				rt.Fatal(err)
			}
			if d.State == "" || d.Reference == "" {
				rt.Fatalf("a draft without state or reference: %v", d.Line)
			}
			got = append(got, d.Line)
		}
		if fmt.Sprint(got) != fmt.Sprint(lines) {
			rt.Fatalf("rows on lines %v, drafts on lines %v of\n%s", lines, got, text.String())
		}
	})
}

// What people answer to every question makes the row ready, in one round or a
// few: no question is a dead end.
func TestQuestionsLeadToAReadyEvent(t *testing.T) {
	m := compile(t, everything)
	texts := map[string]string{"description": "A dose was missed.", "date": "2026-03-05", "estimatedDate.approximateDate": "2026-02",
		"reporter.reporterOrganisation": "A81001", "location.organisation": "A81001", "wentWell.howFutureOccurrence": "By doing it again.", "estimatedDate.preciseTime": "14:30:00",
		"referenceMetadata.dataSharingOptOut": "false"}
	rapid.Check(t, func(rt *rapid.T) {
		c := cells{}
		for _, name := range columnsOfEverything {
			c[name] = rapid.SampledFrom([]string{"", "nobody knows this", "yes", "incident", "risk", "low", "05/03/2026", "01/2026", "Fatal", "female", "50", "05/03/1976", "GP", "A81001"}).Draw(rt, name)
		}
		for name, text := range c {
			if name != "DOB" && text == c["DOB"] {
				delete(c, "DOB") // a date of birth in a text blocks the row
			}
		}
		c["Count"] = rapid.SampledFrom([]string{"", "0", "1", "2"}).Draw(rt, "count")
		c["Sites"] = "A81001"
		answers := map[string]string{}
		for range 6 {
			d := m.Map(mapping.Row{Line: 2, Cells: c, Answers: answers})
			if d.State == draft.Ready || d.State == draft.NotForLFPSE {
				return
			}
			if d.State != draft.NeedsAnswers {
				rt.Fatalf("%s: %v %v", d.State, d.Issues, d.Privacy)
			}
			earlier := maps.Clone(answers)
			for _, q := range d.Questions {
				if !q.Required {
					continue
				}
				if _, before := earlier[q.Target]; before {
					rt.Fatalf("%s is asked again", q.Target)
				}
				if _, now := answers[q.Target]; now {
					continue // for another reason, which never applies at the same time
				}
				switch {
				case len(q.Choices) > 0:
					answers[q.Target] = rapid.SampledFrom(q.Choices).Draw(rt, q.Target).Value
				case texts[q.Target] != "":
					answers[q.Target] = texts[q.Target]
				default:
					rt.Fatalf("nobody can answer %s: %s", q.Target, q.Text)
				}
			}
		}
		rt.Fatalf("six rounds of answers were not enough: %v", answers)
	})
}

// byType is a map in which nearly all depends on the type, which the log may not know.
const byType = `
source: {reference: Ref}
fields:
  - {to: type, column: Type, values: event-type, ask: What kind?}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: reporter.reporterOrganisation, default: A81001}
  - {to: agent.involvedAgents, for: [incident], column: Agents, split: ";"}
  - {to: wentWell.howFutureOccurrence, for: [good-care], column: What, ask: How again?}
  - {to: riskDetails.riskImminent, for: [risk], column: Imminent, values: yes-no-unknown, ask: Could somebody die?}
  - {to: riskDetails.riskImminent, for: [incident], column: Imminent, values: yes-no-unknown, ask: Could somebody have died?}
  - {to: outcome.outcomeType, for: [outcome], default: "1"}
patients:
  - when: {column: Count, at-least: 1}
    fields:
      - {to: age, for: [incident, outcome], column: Age}
      - {to: birthDate, for: [incident, outcome], column: DOB}
      - {to: physicalHarm, for: [incident], column: Harm, values: physical-harm, ask: How bad?}
      - {to: physicalHarm, for: [outcome], column: Harm, values: physical-harm}
      - {to: psychologicalHarm, for: [incident], column: Mind, values: psychological-harm, ask: How distressed?}
  - when: {column: Count, at-least: 2}
    fields:
      - {to: physicalHarm, for: [incident], column: Harm 2, values: physical-harm, ask: How bad was the other?}
`

// It does not matter whether the type is answered before the row is mapped, as from a
// file of answers, or afterwards in the draft, as in a form: nothing that the row says
// is lost on the way, and the same is asked.
func TestAnsweringLaterIsAnsweringBefore(t *testing.T) {
	m := compile(t, byType)
	form := newBuilder().Form()
	rapid.Check(t, func(rt *rapid.T) {
		c := cells{"What": "A dose was missed."}
		values := map[string][]string{
			"Date": {"", "05/03/2026", "10/03/2026", "31/02/2026"}, "Agents": {"", "4", "4;9", "nonsense"}, "Imminent": {"", "yes", "zqxj"},
			"Count": {"", "0", "1", "2"}, "Age": {"", "50", "old"}, "DOB": {"", "05/03/1976", "05/03/76"}, "Harm": {"", "low", "fatal", "zqxj"},
			"Mind": {"", "low", "zqxj"}, "Harm 2": {"", "severe"}, "Type": {"", "zqxj"},
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			c[name] = rapid.SampledFrom(values[name]).Draw(rt, name)
		}
		kind := rapid.SampledFrom([]string{"incident", "risk", "outcome", "good care"}).Draw(rt, "answer")
		before := m.Map(mapping.Row{Line: 2, Cells: c, Answers: map[string]string{"type": kind}})
		later := m.Map(row(c))
		require.Equal(rt, draft.NeedsAnswers, later.State)
		shown := later.Questions
		require.NoError(rt, form.Answer(&later.Draft, "type", kind))
		later.Submission = newBuilder().Prepare(&later.Draft)

		require.Equal(rt, before.Event, later.Event)
		require.Equal(rt, before.State, later.State)
		require.Equal(rt, before.Submission.Body(), later.Submission.Body())
		require.ElementsMatch(rt, targets(before.Questions), targets(later.Questions))
		require.ElementsMatch(rt, before.Trace, later.Trace)
		for _, q := range later.Questions {
			if q.Rule == "MAP-ASK" {
				require.Contains(rt, targets(shown), q.Target, "it was shown with the others")
			}
		}
	})
}

func targets(questions []lfpse.Question) (out []string) {
	for _, q := range questions {
		out = append(out, q.Target)
	}
	return out
}

func TestOneMapperServesManyGoroutines(t *testing.T) {
	m := compile(t, everything)
	c := cells{"Type": "incident", "Count": "2", "Harm": "low", "Age": "50", "Date": "05/03/2026", "What": "x", "Role": "zzz"}
	want := m.Map(row(c))
	assert.Equal(t, []code.AgentType(nil), want.Event.Agent.InvolvedAgents)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { assert.Equal(t, want, m.Map(row(c))) })
	}
	wg.Wait()
}

// A long log of one mapper: the time must grow with the rows, not with their
// square.
func TestALongLog(t *testing.T) {
	const rows = 20_000
	r, w := io.Pipe()
	go func() {
		fmt.Fprintln(w, "Ref,What,Role")
		for i := range rows {
			fmt.Fprintf(w, "R%d,A dose was missed on the %d. round.,GP\n", i, i)
		}
		w.Close()
	}()
	log, err := compile(t, simple).Open(r)
	assert.NoError(t, err)
	n := 0
	for d, err := range log.Drafts() {
		if err != nil || d.State != draft.NeedsAnswers {
			t.Fatal(d.Reference, d.State, err)
		}
		n++
	}
	assert.Equal(t, rows, n)
}
