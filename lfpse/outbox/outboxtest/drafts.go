package outboxtest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

const (
	imminent = "riskDetails.riskImminent"
	concern  = "classification.levelOfConcern"
)

// Waiting returns a draft of which nobody has said whether the risk was imminent, with the
// names of an invented patient to look for.
func Waiting(reference, text string, change ...func(*draft.Draft)) *draft.Draft {
	nobody := 0
	d := &draft.Draft{Reference: reference, Line: 2, Affected: &nobody, Terms: []privacy.Term{{Class: privacy.Name, Text: "Petronella Quuxworth"}}}
	d.Event = lfpse.Event{
		Type: lfpse.TypeIncident, Description: text, Date: "2026-02-03",
		Location: lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter: lfpse.Reporter{ReporterOrganisation: "A81001"},
	}
	for _, f := range change {
		f(d)
	}
	Builder().Prepare(d)
	return d
}

func (b *bench) keep(d *draft.Draft) outbox.Kept {
	b.t.Helper()
	kept, err := b.box.KeepDraft(ctx, Builder(), "A81001", "incidents", d)
	require.NoError(b.t, err)
	return kept
}

// read reads a whole log: what is ready is added, the rest is kept.
func (b *bench) read(drafts ...*draft.Draft) (kept []outbox.Kept, imp *outbox.Import) {
	b.t.Helper()
	imp, err := b.box.Import(ctx, "A81001", "incidents")
	require.NoError(b.t, err)
	kept, err = imp.Keep(ctx, Builder(), drafts...)
	require.NoError(b.t, err)
	return kept, imp
}

func (b *bench) draft(id int64) outbox.OpenDraft {
	b.t.Helper()
	d, err := b.box.Draft(ctx, recorder, id)
	require.NoError(b.t, err)
	return d
}

func (b *bench) answer(id int64, target, text string) outbox.OpenDraft {
	b.t.Helper()
	at := b.draft(id).Edition()
	d, err := b.box.AnswerDraft(ctx, recorder, Builder(), at, draft.Answer{Target: target, Text: text})
	require.NoError(b.t, err)
	return d
}

func (b *bench) openDrafts() []outbox.Draft {
	b.t.Helper()
	all, err := b.box.Drafts(ctx, outbox.DraftFilter{})
	require.NoError(b.t, err)
	return all
}

func asks(d *outbox.OpenDraft, target string) bool { return d.Says.Asks(target) }

// A draft survives the end of the process, is answered, becomes a report in the same
// transaction, and the same row is known from then on.
func testDraft(t *testing.T, b *bench) {
	kept := b.keep(Waiting("1", fridge))
	assert.Equal(t, outbox.Added, kept.Change)
	assert.Equal(t, draft.NeedsAnswers, kept.State)
	assert.Equal(t, outbox.Same, b.keep(Waiting("1", fridge)).Change)
	b.restart()
	counts, err := b.box.CountDrafts(ctx)
	require.NoError(t, err)
	require.Len(t, counts, 1)
	assert.Equal(t, 1, counts[0].N)
	assert.Equal(t, "A81001", counts[0].Practice)
	assert.Zero(t, b.drain().Claimed)

	d := b.draft(kept.ID)
	assert.Equal(t, fridge, d.Says.Event.Description)
	assert.Equal(t, []privacy.Term{{Class: privacy.Name, Text: "Petronella Quuxworth"}}, d.Says.Terms)
	assert.True(t, asks(&d, imminent))
	_, err = b.box.AnswerDraft(ctx, recorder, Builder(), d.Edition(), draft.Answer{Target: imminent, Text: "zqxj"}, draft.Answer{Target: concern, Text: "Very concerned"})
	var wrong outbox.AnswerError
	require.ErrorAs(t, err, &wrong)
	assert.Contains(t, wrong, imminent)
	assert.NotContains(t, err.Error(), "zqxj")
	assert.Empty(t, b.draft(kept.ID).Says.Answers, "all or none")

	b.restart()
	answered := b.answer(kept.ID, imminent, "no")
	require.NotNil(t, answered.Entered)
	assert.Equal(t, outbox.Added, answered.Entered.Change)
	assert.Empty(t, b.openDrafts())
	assert.Equal(t, 1, b.drain().Accepted)
	_, err = b.box.Draft(ctx, recorder, kept.ID)
	var closed *outbox.ClosedError
	require.ErrorAs(t, err, &closed)
	assert.Equal(t, answered.Entered.ID, closed.Report)

	b.known(answered.Entered.ID)
}

// known says that the row of a draft that was answered is known in the next import.
func (b *bench) known(report int64) {
	t := b.t
	again, imp := b.read(Waiting("1", fridge))
	assert.Equal(t, outbox.Same, again[0].Change, "it was answered")
	assert.Equal(t, report, again[0].Report)
	require.Len(t, again[0].Known, 1)
	assert.NotEmpty(t, again[0].Known[0].Record.Number)
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	assert.Empty(t, gone)
	assert.Zero(t, b.drain().Claimed)
	assert.Equal(t, 1, b.audited(outbox.ActDraftReady))
	assert.Equal(t, 1, b.audited(outbox.ActAnswerDraft))
	_, err = b.box.KeepDraft(ctx, Builder(), "A81001", "incidents", &Prepared(t, "9", fridge, "2026-02-03").Draft)
	assert.ErrorContains(t, err, "enqueue it")
}

// Rows without a reference are known by what they say; equal ones are two drafts, and the
// second is a question when both are ready.
func testDraftWithoutReference(t *testing.T, b *bench) {
	kept, _ := b.read(Waiting("line 2", fridge), Waiting("line 2", fridge))
	assert.NotEqual(t, kept[0].ID, kept[1].ID)
	again, _ := b.read(Waiting("line 2", fridge), Waiting("line 2", fridge))
	assert.Equal(t, outbox.Same, again[0].Change)
	assert.Equal(t, kept[1].ID, again[1].ID)
	assert.Equal(t, outbox.Added, b.answer(kept[0].ID, imminent, "no").Entered.Change)
	second := b.answer(kept[1].ID, imminent, "no")
	assert.Equal(t, outbox.EqualEvents, second.Entered.Question)
	again, imp := b.read(Waiting("line 2", fridge), Waiting("line 2", fridge))
	assert.Equal(t, []outbox.Change{outbox.Same, outbox.Same}, []outbox.Change{again[0].Change, again[1].Change})
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	assert.Empty(t, gone, "their reports are seen")
	_, err = b.box.Answer(ctx, recorder, second.Entered.ID, outbox.AnswerOther)
	require.NoError(t, err)
	assert.Equal(t, 2, b.drain().Accepted)
}

// Of people who edit one draft at once, one is served and the others are told.
func testDraftVersions(t *testing.T, b *bench) {
	id := b.keep(Waiting("1", fridge)).ID
	at := b.draft(id).Edition()
	var served, told atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, err := b.box.EditText(ctx, recorder, Builder(), at, "description", fmt.Sprintf("%s Number %d.", fridge, i))
			switch {
			case err == nil:
				served.Add(1)
			case assert.ErrorIs(t, err, outbox.ErrDraftChanged):
				told.Add(1)
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, served.Load())
	assert.EqualValues(t, 7, told.Load())
	assert.Len(t, b.draft(id).Says.Answers, 1)
	assert.ErrorIs(t, b.box.DropDraft(ctx, recorder, at), outbox.ErrDraftChanged)
	_, err := b.box.AnswerDraft(ctx, recorder, Builder(), outbox.Edition{Draft: id}, draft.Answer{Target: imminent, Text: "no"})
	assert.ErrorIs(t, err, outbox.ErrDraftChanged)
}

// unsure leaves two things open.
func unsure(d *draft.Draft) { d.Event.Location.Organisation = nil }

// A row that changes in its log keeps its answers as far as they fit; the others are asked
// again, and none is dropped in silence.
func testDraftMerge(t *testing.T, b *bench) {
	id := b.keep(Waiting("1", fridge, unsure)).ID
	edition := b.answer(id, imminent, "yes").Edition()
	assert.Equal(t, outbox.Same, b.keep(Waiting("1", fridge, unsure)).Change)
	assert.Equal(t, edition, b.draft(id).Edition(), "an unchanged row changes nothing")

	assert.Equal(t, outbox.Replaced, b.keep(Waiting("1", dose, unsure)).Change)
	d := b.draft(id)
	assert.Equal(t, dose, d.Says.Event.Description, "the source's new value")
	assert.Equal(t, code.YesNoUnknownYes, d.Says.Event.RiskDetails.RiskImminent, "the answer stays")
	assert.Empty(t, d.Earlier)

	b.keep(Waiting("1", dose, unsure, func(d *draft.Draft) { d.Event.RiskDetails.RiskImminent = code.YesNoUnknownNo }))
	d = b.draft(id)
	assert.Equal(t, []draft.Answer{{Target: imminent, Text: "yes"}}, d.Earlier)
	assert.True(t, asks(&d, imminent), "the log now says something else")
	b.keep(Waiting("1", dose+" Twice.", unsure, func(d *draft.Draft) { d.Event.RiskDetails.RiskImminent = code.YesNoUnknownNo }))
	d = b.draft(id)
	assert.Len(t, d.Earlier, 1, "it is still open after another change")
	assert.Nil(t, b.answer(id, "location.organisation", "A81001").Entered)
	done := b.answer(id, imminent, "no")
	require.NotNil(t, done.Entered)

	other := b.keep(Waiting("2", fridge, unsure)).ID
	b.answer(other, imminent, "yes")
	b.keep(Waiting("2", fridge, unsure, func(d *draft.Draft) { d.Event.RiskDetails.RiskImminent = code.YesNoUnknownYes }))
	d = b.draft(other)
	assert.Empty(t, d.Earlier, "the log says the same itself")
	assert.False(t, asks(&d, imminent))
	b.answer(other, "location.organisation", "A81001")

	third := b.keep(Waiting("3", dose, unsure)).ID
	b.answer(third, imminent, "no")
	ready := b.keep(Waiting("3", dose+" It was noticed.", func(d *draft.Draft) { d.Found = nil }))
	require.NotNil(t, ready.Entered, "nothing is open any more")
	assert.Equal(t, third, ready.ID)
	assert.Empty(t, b.openDrafts())
	assert.Equal(t, 3, b.drain().Accepted)
}

// What a person has corrected in a text is not undone in silence when the log changes it.
func testDraftTexts(t *testing.T, b *bench) {
	kept := b.keep(Waiting("1", "Petronella Quuxworth was sent home from the fridge.", func(d *draft.Draft) { d.Event.RiskDetails.RiskImminent = code.YesNoUnknownNo }))
	assert.Equal(t, draft.Blocked, kept.State)
	done, err := b.box.EditText(ctx, recorder, Builder(), b.draft(kept.ID).Edition(), "description", "The patient was sent home.")
	require.NoError(t, err)
	require.NotNil(t, done.Entered)

	kept = b.keep(Waiting("2", "Petronella Quuxworth was sent home from the fridge.", unsure))
	at := b.draft(kept.ID).Edition()
	_, err = b.box.EditText(ctx, recorder, Builder(), at, "zqxj", "x")
	assert.Error(t, err)
	_, err = b.box.EditText(ctx, recorder, Builder(), at, "description", "She was sent home.")
	require.NoError(t, err)
	assert.Equal(t, draft.NeedsAnswers, b.draft(kept.ID).State)
	assert.Equal(t, draft.Blocked, b.keep(Waiting("2", "Petronella Quuxworth was sent home by mistake.", unsure)).State)
	d := b.draft(kept.ID)
	assert.Equal(t, []draft.Answer{{Target: "description", Text: "She was sent home."}}, d.Earlier)
	assert.True(t, asks(&d, "description"))
}

// A release counts for its very text, is given by who may, and is audited without why.
func testDraftRelease(t *testing.T, b *bench) {
	risky := func(d *draft.Draft) { d.Event.RiskDetails.RiskImminent = code.YesNoUnknownNo }
	const text = "Told Mrs Ashgrove that the fridge was open."
	id := b.keep(Waiting("1", text, risky)).ID
	d := b.draft(id)
	assert.Equal(t, draft.Held, d.State)
	_, err := b.box.ReleaseDraft(ctx, recorder, Builder(), d.Edition(), "description", "A house of that name.")
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	_, err = b.box.ReleaseDraft(ctx, clinician, Builder(), d.Edition(), "description", "")
	assert.Error(t, err)
	done, err := b.box.ReleaseDraft(ctx, clinician, Builder(), d.Edition(), "description", "A house of that name.")
	require.NoError(t, err)
	require.NotNil(t, done.Entered)
	assert.Equal(t, "gp1", done.Says.Releases[0].By)

	id = b.keep(Waiting("2", text, unsure, risky)).ID
	_, err = b.box.ReleaseDraft(ctx, clinician, Builder(), b.draft(id).Edition(), "description", "A house of that name.")
	require.NoError(t, err)
	b.keep(Waiting("2", text, risky, unsure, func(d *draft.Draft) { d.Event.Description += " Told Mrs Birch too." }))
	d = b.draft(id)
	assert.Len(t, d.Says.Releases, 1)
	assert.Nil(t, b.answer(id, "location.organisation", "A81001").Entered, "it was for another text")
	assert.Equal(t, draft.Held, b.draft(id).State)

	entries, err := b.box.Audit(ctx, outbox.AuditFilter{})
	require.NoError(t, err)
	for _, e := range entries {
		assert.NotContains(t, fmt.Sprint(e), "house")
		if e.Act == outbox.ActReleaseDraft {
			assert.Equal(t, "description", e.Facts["targets"])
			assert.NotEmpty(t, e.Facts["digest"])
			assert.NotEmpty(t, e.Facts["drafts"])
		}
	}
	assert.Equal(t, 2, b.audited(outbox.ActReleaseDraft))
}
