package draft_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping"
)

var update = flag.Bool("update", false, "write the golden files anew")

// again returns a draft as it is after it was stored and read back.
func again(t require.TestingT, d *draft.Draft) *draft.Draft {
	data, err := d.MarshalBinary()
	require.NoError(t, err)
	var back draft.Draft
	require.NoError(t, back.UnmarshalBinary(data))
	return &back
}

// sameDraft compares everything that two drafts hold.
func sameDraft(t require.TestingT, want, got *draft.Draft) {
	require.Equal(t, unpacked(t, want), unpacked(t, got))
	require.Equal(t, want.SourceDigest(), got.SourceDigest())
}

// unpacked is the stored form in the clear.
func unpacked(t require.TestingT, d *draft.Draft) string {
	data, err := d.MarshalBinary()
	require.NoError(t, err)
	r, err := gzip.NewReader(bytes.NewReader(data[1:]))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

// step does the same to a draft and to one that is stored before and after it, and returns
// both.
func step(t require.TestingT, kept, stored *draft.Draft, do func(*draft.Draft) error) (*draft.Draft, *draft.Draft) {
	b := newBuilder()
	require.Equal(t, do(kept), do(stored))
	stored = again(t, stored)
	one, other := b.Prepare(kept), b.Prepare(stored)
	require.Equal(t, one.Body(), other.Body())
	require.Equal(t, kept.State, stored.State)
	return kept, stored
}

// aDraft draws a draft as sources make them.
func aDraft(t *rapid.T) draft.Draft {
	d := draft.Draft{Reference: "R1", Line: 7, Event: lfpse.Event{
		Type:        rapid.SampledFrom([]lfpse.EventType{"", "incident", "risk", "outcome", "good-care"}).Draw(t, "type"),
		Date:        rapid.SampledFrom([]lfpse.Date{"", "2026-03-10", "2026-03-01"}).Draw(t, "date"),
		Description: rapid.SampledFrom([]string{"", "Petronella Quuxworth fell.", "Told Mrs Ashgrove of the \\ufffd.", "The baby was given the dose twice."}).Draw(t, "text"),
	}}
	if rapid.Bool().Draw(t, "conditional") {
		incident := []lfpse.Condition{{Target: "type", Values: []string{"incident"}}}
		d.Conditional = []draft.Conditional{{When: incident, Value: "4", Step: draft.Step{Target: "agent.involvedAgents", From: "column Theme", Rule: "as given"}}}
		d.Asked = []lfpse.Question{{Target: "patients[0].physicalHarm", Required: true, Text: "How badly?", When: incident}}
	}
	if rapid.Bool().Draw(t, "number") {
		n := rapid.IntRange(0, 2).Draw(t, "affected")
		d.Affected = &n
	}
	if rapid.Bool().Draw(t, "agent") {
		d.Event.Agent.InvolvedAgents = []code.AgentType{code.AgentTypeMedications}
	}
	if rapid.Bool().Draw(t, "record") {
		r := record{terms: []privacy.Term{{Class: privacy.Name, Text: "Petronella Quuxworth"}}, facts: []draft.Fact{{Target: "patients[0].birthDate", Value: "1963-07-01", From: "record Patient.birthDate"}}}
		for _, name := range []string{"Amoxicillin", "Methotrexate"}[:rapid.IntRange(0, 2).Draw(t, "medicines")] {
			r.medicines = append(r.medicines, draft.Candidate{Name: name, From: "record " + name, Until: "2026-03-05", Facts: []draft.Fact{{Target: "agent.drugsInvolved", Value: name}}})
		}
		newBuilder().Form().Apply(&d, r)
	}
	d.Found = fhir.Issues{{Severity: fhir.Warning, Rule: "MAP-VALUE", Path: "column Age", Offset: -1}}
	return d
}

// Whatever is done to a draft, it is the same if the draft was stored before: nothing that
// answers, releases and checks need is lost on the way.
func TestAStoredDraftIsTheDraft(t *testing.T) {
	form := newBuilder().Form()
	rapid.Check(t, func(rt *rapid.T) {
		d := aDraft(rt)
		kept, stored := step(rt, &d, again(rt, &d), func(*draft.Draft) error { return nil })
		for range rapid.IntRange(1, 5).Draw(rt, "steps") {
			switch {
			case len(kept.Releasable) > 0 && rapid.Bool().Draw(rt, "release"):
				target := rapid.SampledFrom(kept.Releasable).Draw(rt, "releasable").Target
				kept, stored = step(rt, kept, stored, func(d *draft.Draft) error { return form.Release(d, target, "rec1", "It is no name.") })
			case len(kept.Questions) > 0:
				q := rapid.SampledFrom(kept.Questions).Draw(rt, "question")
				text := anAnswer(rt, &q)
				kept, stored = step(rt, kept, stored, func(d *draft.Draft) error { return form.Answer(d, q.Target, text) })
			}
			if rapid.IntRange(0, 3).Draw(rt, "correct") == 0 {
				a := rapid.SampledFrom([]draft.Answer{{Target: "date", Text: "2026-03-01"}, {Target: "date", Text: "2026-02"}, {Target: "description", Text: "She fell."},
					{Target: "patients", Text: "1"}, {Target: "medicines", Text: "amoxicillin"}, {Target: "medicines", Text: "none"}, {Target: "type", Text: "incident"}, {Target: "zqxj", Text: "x"}}).Draw(rt, "correction")
				kept, stored = step(rt, kept, stored, func(d *draft.Draft) error { return form.Answer(d, a.Target, a.Text) })
			}
		}
		sameDraft(rt, kept, again(rt, stored))
	})
}

// answerAll answers up to a number of questions of a draft and of its stored twin, with the
// first choice of each.
func answerAll(t *testing.T, d *draft.Draft, most int) {
	t.Helper()
	form := newBuilder().Form()
	kept, stored := step(t, d, again(t, d), func(*draft.Draft) error { return nil })
	for range most {
		i := 0
		for i < len(kept.Questions) && !form.Arises(kept, &kept.Questions[i]) {
			i++
		}
		if i == len(kept.Questions) || !kept.Open() {
			break
		}
		q, text := kept.Questions[i], "A81001"
		if len(q.Choices) > 0 {
			text = q.Choices[0].Value
		}
		var refused error
		kept, stored = step(t, kept, stored, func(d *draft.Draft) error { refused = form.Answer(d, q.Target, text); return refused })
		if refused != nil {
			break
		}
	}
	sameDraft(t, kept, again(t, stored))
}

// Each row of the practice example goes through the store and through people's answers.
func TestStoredDraftsOfTheExample(t *testing.T) {
	const folder = "../../examples/practice"
	text, err := os.ReadFile(filepath.Join(folder, "map.yaml"))
	require.NoError(t, err)
	m, err := mapping.ParseMap(text)
	require.NoError(t, err)
	mapper, err := mapping.New(m, newBuilder().Form())
	require.NoError(t, err)
	log, err := os.Open(filepath.Join(folder, "incidents.csv"))
	require.NoError(t, err)
	defer log.Close()
	rows, err := mapper.Open(log, mapping.WithRecords(os.DirFS(folder)))
	require.NoError(t, err)
	n := 0
	for d, err := range rows.Drafts() {
		require.NoError(t, err)
		answerAll(t, &d, 8)
		n++
	}
	assert.Greater(t, n, 20)
}

// So does each document of the suite, with its names to look for.
func TestStoredDraftsOfTheSuite(t *testing.T) {
	suite, err := cases.All()
	require.NoError(t, err)
	for i := range suite {
		a, issues := fhir.Decode(suite[i].Input)
		if issues.HasErrors() || a == nil {
			continue
		}
		d := draft.Draft{Reference: suite[i].Name}
		d.Event, _ = newBuilder().Codec().Decode(a)
		if suite[i].Options != nil {
			for _, term := range suite[i].Options.DenyList {
				d.Terms = append(d.Terms, privacy.Term{Class: privacy.Name, Text: term.Text})
			}
		}
		if _, err := d.MarshalBinary(); err != nil {
			assert.ErrorContains(t, err, "an age")
			continue
		}
		if answerAll(t, &d, 1); t.Failed() {
			t.Fatal(suite[i].Name)
		}
	}
}

// What cannot be read back as it was is not stored, and what is not a stored draft is not
// read.
func TestWhatIsNotStored(t *testing.T) {
	_, err := draft.Draft{Event: lfpse.Event{Description: "caf\xe9"}}.MarshalBinary()
	assert.ErrorContains(t, err, "not UTF-8")
	_, err = draft.Draft{Event: lfpse.Event{Description: `\\ufffd and �`}}.MarshalBinary()
	assert.NoError(t, err)
	_, err = draft.Draft{Event: lfpse.Event{Patients: []lfpse.Patient{{Age: lfpse.Age{Value: 900, Unit: lfpse.Years}}}}}.MarshalBinary()
	assert.ErrorContains(t, err, "an age")

	data, err := draft.Draft{Event: lfpse.Event{Description: "The fridge was left open."}}.MarshalBinary()
	require.NoError(t, err)
	for i := range data {
		if i > 0 && i < 11 {
			continue // the head of the compressed part, which says nothing
		}
		changed := append([]byte(nil), data...)
		changed[i] ^= 0x40
		var back draft.Draft
		if err := back.UnmarshalBinary(changed); err != nil {
			assert.ErrorContains(t, err, "damaged")
		} else { // a bit that only fills up a byte
			assert.Equal(t, "The fridge was left open.", back.Event.Description, i)
		}
		assert.ErrorContains(t, new(draft.Draft).UnmarshalBinary(data[:i]), "damaged", i)
	}
}

// A draft that an earlier version has stored can be read: the golden file holds one with
// everything in it.
func TestGoldenStoredDraft(t *testing.T) {
	d := draft.Draft{Reference: "R1", Line: 7, Event: lfpse.Event{Type: "incident", Description: "Petronella Quuxworth fell."}, Unasked: []string{"wentWell.howFutureOccurrence"},
		Found: fhir.Issues{{Severity: fhir.Warning, Rule: "MAP-VALUE", Path: "column Age", Offset: -1}}}
	for _, class := range []privacy.Class{privacy.Name, privacy.FamilyName, privacy.GivenName, privacy.BirthDate, privacy.Address, privacy.Identifier, privacy.NHSNumber, privacy.Phone, privacy.Email, privacy.Postcode} {
		d.Terms = append(d.Terms, privacy.Term{Class: class, Text: class.String()})
	}
	newBuilder().Form().Apply(&d, record{facts: []draft.Fact{{Target: "patients[0].birthDate", Value: "1963-07-01", From: "record Patient.birthDate"}},
		medicines: []draft.Candidate{{Name: "Amoxicillin", Code: "27658006", From: "record M", Doubt: "It was stopped.", Since: "2025", Until: "2026", Facts: []draft.Fact{{Target: "agent.drugsInvolved", Value: "Amoxicillin", From: "record M", Note: "by name"}}}}})
	answer(t, &d, "patients[0].physicalHarm", "low")
	const golden = "testdata/stored-1.bin"
	if *update {
		data, err := d.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, data, 0o644))
	}
	data, err := os.ReadFile(golden)
	require.NoError(t, err)
	var back draft.Draft
	require.NoError(t, back.UnmarshalBinary(data))
	sameDraft(t, &d, &back)
	assert.Equal(t, d.Terms, back.Terms, "classes keep their numbers")
}
