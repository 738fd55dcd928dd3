package draft_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
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

// asked returns the question for a target, nil if there is none.
func asked(d *draft.Draft, target string) *lfpse.Question {
	for i := range d.Questions {
		if d.Questions[i].Target == target {
			return &d.Questions[i]
		}
	}
	return nil
}

func steps(d *draft.Draft, target string) (out []draft.Step) {
	for _, s := range d.Trace {
		if s.Target == target {
			out = append(out, s)
		}
	}
	return out
}

func TestFromEvent(t *testing.T) {
	b := newBuilder()
	d := draft.FromEvent("r1", 3, []byte(`{"type":"incident","description":"The fridge was left open.","date":"2026-03-05",
		"location":{"locationKnown":"y","organisation":["A81001"]},"reporter":{"reporterOrganisation":"A81001"},"riskDetails":{"riskImminent":"n"}}`))
	assert.Empty(t, d.State)
	s := b.Prepare(&d)
	require.Equal(t, draft.Ready, d.State, "%v %v", d.Issues, d.Questions)
	assert.Equal(t, "r1", d.Reference)
	assert.Equal(t, 3, d.Line)
	assert.False(t, s.IsZero())
	assert.Equal(t, []draft.Step{{Target: "estimatedDate.incidentOccurredToday", From: "date", Rule: "it is not today"}}, d.Trace)

	d = draft.FromEvent("r2", 4, []byte(`{"type":"incident","description":"The fridge was left open.","patients":[{"clinicalOutcome":"well"}]}`))
	assert.True(t, b.Prepare(&d).IsZero())
	assert.Equal(t, draft.NeedsAnswers, d.State)
	assert.NotNil(t, asked(&d, "patients[0].physicalHarm"))

	for _, doc := range []string{``, `[]`, `{"type":"incident","narrative":"SECRET"}`, `{"type":1}`, `{"type":"incident","TYPE":"risk"}`} {
		d = draft.FromEvent("r3", 5, []byte(doc))
		assert.True(t, b.Prepare(&d).IsZero())
		assert.Equal(t, draft.Invalid, d.State, doc)
		assert.NotEmpty(t, d.Reason)
		assert.True(t, d.Issues.HasErrors())
		assert.NotContains(t, fmt.Sprint(d.Reason, d.Issues, d), "SECRET")
		assert.Error(t, b.Form().Answer(&d, "type", "incident"), "what cannot be read cannot be answered")
	}
}

// What holds texts or answers is not shown by printing, logging, or, where it is
// blocked, by the JSON form.
func TestPrintingShowsTheShapeOnly(t *testing.T) {
	d := draft.Draft{Reference: "SECRET", Line: 7, State: draft.Blocked, Event: lfpse.Event{Description: "SECRET"},
		Answers:     []draft.Answer{{Target: "description", Text: "SECRET"}},
		Conditional: []draft.Conditional{{Value: "SECRET", Step: draft.Step{Target: "type"}}},
		Terms:       []privacy.Term{{Class: privacy.Name, Text: "SECRET"}},
	}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, v := range []any{d, &d, d.Answers[0], d.Conditional[0], draft.Fact{From: "here", Value: "SECRET"}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			assert.NotContains(t, fmt.Sprintf(verb, v), "SECRET")
		}
		logger.Info("x", "v", v)
	}
	assert.NotContains(t, log.String(), "SECRET")
	d.Reference = ""
	doc, err := json.Marshal(d)
	require.NoError(t, err)
	assert.NotContains(t, string(doc), "SECRET")
	d.State = draft.NeedsAnswers
	doc, err = json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, 3, strings.Count(string(doc), "SECRET"), "event, answer and conditional value: %s", doc)
}

func TestBecome(t *testing.T) {
	d := draft.Draft{State: draft.Ready}
	assert.Error(t, d.Recorded("id-1"), "nothing was sent")
	assert.Empty(t, d.Event.ID)
	for _, s := range []draft.State{draft.Pending, draft.Sending, draft.Unknown} {
		require.NoError(t, d.Become(s))
	}
	assert.ErrorContains(t, d.Become(draft.Accepted), "id of its record")
	assert.Error(t, d.Recorded(""))
	require.NoError(t, d.Recorded("id-1"))
	assert.Equal(t, "id-1", d.Event.ID)
	assert.EqualError(t, d.Become(draft.Sending), `a report that is "accepted" cannot become "sending"`)
	assert.Equal(t, draft.Accepted, d.State)
}

func TestADraftOnItsWayIsLeftAlone(t *testing.T) {
	b := newBuilder()
	for _, s := range draft.States() {
		d := draft.Draft{State: s}
		open := s.CanBecome(draft.Ready)
		assert.Equal(t, open, d.Open(), s)
		assert.Equal(t, open, b.Form().Answer(&d, "type", "risk") == nil, s)
		b.Prepare(&d)
		if !open {
			assert.Equal(t, draft.Draft{State: s}, d)
		}
	}
}

// A draft that is read back from its JSON would let the patient's name pass.
func TestADraftIsNotReadBack(t *testing.T) {
	doc, err := json.Marshal(draft.Draft{Reference: "1"})
	require.NoError(t, err)
	var d draft.Draft
	assert.ErrorContains(t, json.Unmarshal(doc, &d), "make it anew")
}

// What is prepared after a report was accepted amends its record.
func TestAnAmendmentIsAnUpdate(t *testing.T) {
	b := newBuilder()
	d := draft.Draft{State: draft.Sending, Event: lfpse.Event{Type: lfpse.TypeRisk}}
	require.NoError(t, d.Recorded("id-1"))
	require.NoError(t, b.Form().Answer(&d, "date", "2026-03-01"))
	b.Prepare(&d)
	assert.Equal(t, "id-1", d.Event.ID)
}

// A draft that waits until the next day does not say any more that it happened today.
func TestADraftThatWaitsForADay(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	day := today
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return day }))
	require.NoError(t, err)
	d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Date: today}}
	b.Prepare(&d)
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "y", TodaysDate: today}, d.Event.EstimatedDate)
	digest := d.SourceDigest()
	day = "2026-03-11"
	b.Prepare(&d)
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "n"}, d.Event.EstimatedDate)
	assert.Len(t, d.Trace, 1)
	assert.Equal(t, digest, d.SourceDigest(), "the row is the same on every day")

	require.NoError(t, b.Form().Answer(&d, "estimatedDate.incidentOccurredToday", "yes"))
	day = "2026-03-12"
	b.Prepare(&d)
	assert.EqualValues(t, "y", d.Event.EstimatedDate.IncidentOccurredToday, "what a person says stays")
}
