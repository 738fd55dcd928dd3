package submission_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func ready(t testing.TB, e lfpse.Event) submission.Submission {
	t.Helper()
	d, s := prepare(builder(t), e)
	require.Equal(t, draft.Ready, d.State, "%v %v %v", d.Issues, d.Privacy, d.Questions)
	return s
}

// prepare prepares an event as a draft.
func prepare(b *submission.Builder, e lfpse.Event, terms ...privacy.Term) (draft.Draft, submission.Submission) {
	d := draft.Draft{Event: e, Terms: terms}
	s := b.Prepare(&d)
	return d, s
}

func TestReadyOnlyWhenNothingStandsAgainstIt(t *testing.T) {
	yes := true
	for name, tc := range map[string]struct {
		change func(e *lfpse.Event)
		deny   []privacy.Term
		opts   []submission.Option
		why    func(r draft.Draft) bool // nil: ready
	}{
		"as it is":                     {change: func(*lfpse.Event) {}},
		"an empty deny-list":           {change: func(*lfpse.Event) {}, deny: []privacy.Term{}},
		"a provisional element":        {change: func(e *lfpse.Event) { e.Governance.DutyOfCandour = &yes }},
		"a name that is not denied":    {change: func(e *lfpse.Event) { e.Description = "Quuxworth was there." }},
		"no required answer":           {change: func(e *lfpse.Event) { e.RiskDetails.RiskImminent = "" }, why: func(r draft.Draft) bool { return asks(r, "riskDetails.riskImminent") }},
		"no type":                      {change: func(e *lfpse.Event) { e.Type = "" }, why: func(r draft.Draft) bool { return asks(r, "type") }},
		"no description":               {change: func(e *lfpse.Event) { e.Description = "" }, why: func(r draft.Draft) bool { return asks(r, "description") }},
		"a harm that is not graded":    {change: func(e *lfpse.Event) { e.Patients = []lfpse.Patient{{}} }, why: func(r draft.Draft) bool { return asks(r, "patients[0].physicalHarm") }},
		"a code outside a closed list": {change: func(e *lfpse.Event) { e.RiskDetails.RiskImminent = "maybe" }, why: func(r draft.Draft) bool { return r.Issues.HasErrors() }},
		"a name the model lacks":       {change: func(e *lfpse.Event) { e.Type = "near-miss" }, why: func(r draft.Draft) bool { return r.Issues.HasErrors() }},
		"a day that is to come":        {change: func(e *lfpse.Event) { e.Date = "2026-03-06" }, opts: []submission.Option{submission.WithToday(func() lfpse.Date { return "2026-03-05" })}, why: func(r draft.Draft) bool { return r.Issues.HasErrors() }},
		"a day that has come":          {change: func(e *lfpse.Event) { e.Date = "2026-03-05" }, opts: []submission.Option{submission.WithToday(func() lfpse.Date { return "2026-03-05" })}},
		"a date that does not exist":   {change: func(e *lfpse.Event) { e.Date = "2026-02-30" }, why: func(r draft.Draft) bool { return r.Issues.HasErrors() }},
		"an NHS number":                {change: func(e *lfpse.Event) { e.Description = "Patient 999 000 0018 was given the wrong dose." }, why: func(r draft.Draft) bool { return r.Privacy.HasErrors() }},
		"a denied name":                {change: func(e *lfpse.Event) { e.Description = "Quuxworth was there." }, deny: []privacy.Term{{Class: privacy.Name, Text: "Petronella Quuxworth"}}, why: func(r draft.Draft) bool { return r.Privacy.HasErrors() }},
		"the description at the root":  {change: func(*lfpse.Event) {}, opts: []submission.Option{submission.WithEncoding(lfpse.WithRootDescription())}},
	} {
		t.Run(name, func(t *testing.T) {
			e := good()
			tc.change(&e)
			r, s := prepare(builder(t, tc.opts...), e, tc.deny...)
			if tc.why == nil {
				assert.Equal(t, draft.Ready, r.State, "%v %v %v", r.Issues, r.Privacy, r.Questions)
				return
			}
			assert.NotEqual(t, draft.Ready, r.State)
			assert.True(t, s.IsZero())
			assert.Empty(t, s.Body())
			assert.True(t, tc.why(r), "%v %v %v", r.Issues, r.Privacy, r.Questions)
			assert.NotContains(t, fmt.Sprint(r.Issues, r.Privacy, r.Questions), "Quuxworth")
			assert.NotContains(t, fmt.Sprint(r.Issues, r.Privacy, r.Questions), "0018")
		})
	}
}

func asks(r draft.Draft, target string) bool {
	for _, q := range r.Questions {
		if q.Target == target && q.Required {
			return true
		}
	}
	return false
}

func TestEverythingIsFoundAtOnce(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeIncident, Description: "999 000 0018", Date: "yesterday", Patients: []lfpse.Patient{{}}}
	r, _ := prepare(builder(t), e)
	assert.True(t, r.Issues.HasErrors())
	assert.True(t, r.Privacy.HasErrors())
	assert.True(t, asks(r, "patients[0].physicalHarm"))
	assert.True(t, asks(r, "reporter.reporterOrganisation"))
}

// A body that was changed after the checks is neither stored nor taken for what it was.
func TestAChangedBodyIsNoticed(t *testing.T) {
	s := ready(t, good())
	require.True(t, s.Intact())
	s.Body()[len(s.Body())/2] ^= 1
	assert.False(t, s.Intact())
	_, err := json.Marshal(s)
	require.ErrorContains(t, err, "changed after it was made")
	assert.True(t, submission.Submission{}.Intact())
	assert.Zero(t, submission.Submission{}.Digest())
}

func TestTheBodyIsWhatWasChecked(t *testing.T) {
	s := ready(t, good())
	assert.Equal(t, sha256.Sum256(s.Body()), s.Digest())
	assert.Equal(t, "6", s.Version())
	assert.Equal(t, "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/", s.CanonicalBase())
	assert.Empty(t, s.ID())
	assert.False(t, s.IsZero())
	a, issues := fhir.Decode(s.Body())
	require.Empty(t, issues)
	e, issues := builder(t).Codec().Decode(a)
	require.Empty(t, issues)
	assert.Equal(t, good(), e)
	assert.Equal(t, s, ready(t, good()), "the same event is always the same bytes")
}

func TestAnUpdateHasItsID(t *testing.T) {
	e := good()
	e.ID = "record-1"
	assert.Equal(t, "record-1", ready(t, e).ID())
}

func TestProvisionalElementsAreNamed(t *testing.T) {
	assert.Empty(t, ready(t, good()).Provisional())
	yes := true
	e := good()
	e.Governance.DutyOfCandour = &yes
	s := ready(t, e)
	assert.Equal(t, []string{"adverse-event-governance-6"}, s.Provisional())
	s.Provisional()[0] = "nothing"
	assert.Equal(t, []string{"adverse-event-governance-6"}, s.Provisional(), "a submission is immutable")
}

func TestTestOrganisationsAreNoticed(t *testing.T) {
	assert.False(t, ready(t, good()).TestOrganisation())
	for name, change := range map[string]func(e *lfpse.Event){
		"reporter":            func(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "Z01" },
		"organisation":        func(e *lfpse.Event) { e.Location.Organisation = []string{"A81001", "Z45"} },
		"identified location": func(e *lfpse.Event) { e.Location.IdentifiedLocation = "Z45" },
	} {
		t.Run(name, func(t *testing.T) {
			e := good()
			change(&e)
			assert.True(t, ready(t, e).TestOrganisation())
		})
	}
}

func TestStoredFormComesBackByteForByte(t *testing.T) {
	yes := true
	e := good()
	e.ID, e.Governance.DutyOfCandour, e.Reporter.ReporterOrganisation = "record-1", &yes, "Z01"
	s := ready(t, e)
	stored, err := json.Marshal(s)
	require.NoError(t, err)
	var back submission.Submission
	require.NoError(t, json.Unmarshal(stored, &back))
	assert.Equal(t, s, back)
	assert.True(t, bytes.Equal(s.Body(), back.Body()))
	assert.True(t, back.TestOrganisation())
	assert.Equal(t, []string{"adverse-event-governance-6"}, back.Provisional())
	assert.Contains(t, string(back.Body()), "<repeat> prescription &")
	assert.Contains(t, string(back.Body()), "💊")

	indented, err := json.MarshalIndent(map[string]any{"outbox": []any{s}}, "", "  ")
	require.NoError(t, err)
	var outbox struct{ Outbox []submission.Submission }
	require.NoError(t, json.Unmarshal(indented, &outbox))
	assert.Equal(t, s, outbox.Outbox[0])
}

func TestDamagedStoredFormIsRefused(t *testing.T) {
	yes := true
	e := good()
	e.Governance.DutyOfCandour, e.Reporter.ReporterOrganisation = &yes, "Z01"
	s := ready(t, e)
	doc, err := json.Marshal(s)
	require.NoError(t, err)
	whole := string(doc)
	digest := fmt.Sprintf("%x", s.Digest())
	for name, broken := range map[string]string{
		"another body":             strings.Replace(whole, "mixed up", "mixed op", 1),
		"another digest":           strings.Replace(whole, digest[:4], "0f0f", 1),
		"a short digest":           strings.Replace(whole, digest, digest[:60], 1),
		"text after the digest":    strings.Replace(whole, digest, digest+" ff", 1),
		"no digest in hexadecimal": strings.Replace(whole, digest, strings.Repeat("x", 64), 1),
		"provisional lost":         strings.Replace(whole, `"provisional":["adverse-event-governance-6"],`, "", 1),
		"test organisation lost":   strings.Replace(whole, `"testOrganisation":true,`, "", 1),
		"another version":          strings.Replace(whole, `"version":"6"`, `"version":"5"`, 1),
		"an id":                    strings.Replace(whole, `"version":"6"`, `"version":"6","id":"x"`, 1),
		"more than was stored":     strings.Replace(whole, `"version":"6"`, `"version":"6","comment":"x"`, 1),
		"another case":             strings.Replace(whole, `"testOrganisation"`, `"TestOrganisation"`, 1),
		"no seal":                  whole[:strings.LastIndex(whole, `,"seal"`)] + "}",
		"cut off":                  whole[:len(whole)-2],
		"null":                     "null",
		"nothing in it":            "{}",
		"an array":                 "[]",
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, whole, broken)
			back := s
			err := back.UnmarshalJSON([]byte(broken))
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "prescription")
			assert.Equal(t, s, back, "what was there stays")
		})
	}
	_, err = json.Marshal(submission.Submission{})
	assert.Error(t, err, "nothing cannot be stored")
}

func TestPrintingRevealsNothing(t *testing.T) {
	s := ready(t, good())
	digest := fmt.Sprintf("%x", s.Digest())[:12]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, arg := range []any{s, &s, struct{ S submission.Submission }{s}, []submission.Submission{s}} {
			text := fmt.Sprintf(verb, arg)
			assert.NotContains(t, text, "prescription", verb)
			assert.NotContains(t, text, "A81001", verb)
			assert.Contains(t, text, digest, verb)
		}
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("sent", "submission", s)
	}
	assert.NotContains(t, log.String(), "prescription")
	assert.Contains(t, log.String(), digest)
}

func TestNewBuilderRefusesATaxonomyItCannotWrite(t *testing.T) {
	doc, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	tax, err := taxonomy.Load(bytes.Replace(doc, []byte(`"fhirVersion": "4.0.1"`), []byte(`"fhirVersion": "5.0.0"`), 1))
	require.NoError(t, err)
	_, err = submission.NewBuilder(tax)
	assert.Error(t, err)
}

// manyEvents are sound, incomplete, faulty and private, large and small by turns,
// so that each comes after one that has left something else in the memory.
func manyEvents() []lfpse.Event {
	yes := true
	changes := []func(e *lfpse.Event){
		func(*lfpse.Event) {},
		func(e *lfpse.Event) { e.Description = strings.Repeat(e.Description, 50) },
		func(e *lfpse.Event) { e.RiskDetails.RiskImminent = "" },
		func(e *lfpse.Event) { e.Description = "Patient 999 000 0018 was given the wrong dose." },
		func(e *lfpse.Event) { e.Date, e.RiskDetails.RiskImminent = "2026-02-30", "maybe" },
		func(e *lfpse.Event) { e.ID, e.Governance.DutyOfCandour = "record-1", &yes },
		func(e *lfpse.Event) { *e = lfpse.Event{} },
		func(e *lfpse.Event) {
			for range 20 {
				e.Patients = append(e.Patients, lfpse.Patient{Age: lfpse.Age{Value: 50, Unit: lfpse.Years}, PhysicalHarm: lfpse.PhysicalLow})
			}
		},
		func(e *lfpse.Event) {
			e.Type, e.RiskDetails = lfpse.TypeGoodCare, lfpse.RiskDetails{}
			e.WentWell.HowFutureOccurrence = "Keep the alert on."
			e.Reporter.ReporterOrganisation = "Z01"
		},
	}
	var out []lfpse.Event
	for i := range 4 * len(changes) {
		e := good()
		e.Description = fmt.Sprintf("Shelf %d. ", i) + e.Description
		changes[i%len(changes)](&e)
		out = append(out, e)
	}
	return out
}

// The memory that builds share shows in nothing: results made by many goroutines
// at once, and looked at when all is done, are those of a builder of their own.
func TestOneBuilderServesManyGoroutines(t *testing.T) {
	events := manyEvents()
	want := make([]submission.Prepared, len(events))
	ready := 0
	for i := range events {
		want[i].Draft, want[i].Submission = prepare(builder(t), events[i])
		if want[i].State == draft.Ready {
			ready++
		}
	}
	require.Equal(t, 16, ready, "four of the nine kinds")
	const workers = 16
	b := builder(t)
	var got [workers][]submission.Prepared
	var wg sync.WaitGroup
	for w := range workers {
		got[w] = make([]submission.Prepared, len(events))
		wg.Go(func() {
			for _, i := range rand.New(rand.NewPCG(1, uint64(w))).Perm(len(events)) {
				got[w][i].Draft, got[w][i].Submission = prepare(b, events[i])
			}
		})
	}
	wg.Wait()
	for w := range workers {
		for i := range events {
			require.Equal(t, string(want[i].Submission.Body()), string(got[w][i].Submission.Body()), "worker %d, event %d", w, i)
			require.Equal(t, want[i], got[w][i], "worker %d, event %d", w, i)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	doc, err := json.Marshal(ready(f, good()))
	require.NoError(f, err)
	f.Add(doc)
	f.Add([]byte(`{"body":"{}","digest":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s submission.Submission
		if s.UnmarshalJSON(data) != nil {
			return
		}
		assert.Equal(t, sha256.Sum256(s.Body()), s.Digest())
		again, err := json.Marshal(s)
		require.NoError(t, err)
		var back submission.Submission
		require.NoError(t, json.Unmarshal(again, &back))
		assert.Equal(t, s, back)
	})
}
