package outboxtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Unwritable tests what a store does that cannot be written for a while: it says why in a
// sentence, nothing is half stored, nothing is sent that is not marked as being sent, and
// afterwards all is as if nothing had happened. breaks makes the place unwritable for the
// stores that are open, and returns what ends that; why is in the errors.
func Unwritable(t *testing.T, p Place, why string, breaks func() (mend func())) {
	b := newBench(t, p)
	b.limits.InFlight = 1
	b.restart()
	b.service.Slow = b.marked
	b.numbered(0, 3)

	mend := breaks()
	b.refuses(why)
	assert.Len(t, b.all(), 3)
	assert.Empty(t, b.openDrafts())
	calls, _ := b.service.Calls()
	assert.Zero(t, calls, "it cannot be marked as being sent")
	mend()
	b.numbered(3, 2)
	b.keep(Waiting("9", dose))
	assert.Equal(t, 5, b.drain().Accepted)
	assert.Len(t, b.openDrafts(), 1)
	b.whole(5)

	b.numbered(5, 2)
	b.service.Slow = func() { b.marked(); mend = breaks(); b.service.Slow = b.marked }
	_, err := b.box.Drain(ctx, b.service, 10)
	assert.ErrorIs(t, err, outbox.ErrUnwritable)
	assert.ErrorContains(t, err, "could not be stored")
	assert.Equal(t, draft.Sending, b.all()[5].State)
	mend()
	assert.Equal(t, 1, b.drain().Accepted, "the other")
	b.whole(7)

	b.numbered(7, 2)
	b.service.Slow = func() { mend = breaks(); b.service.Slow = nil }
	_, err = b.box.Drain(ctx, b.service, 10)
	assert.ErrorIs(t, err, outbox.ErrUnwritable)
	mend()
	b.restart() // before the outcome was stored
	assert.Equal(t, draft.Unknown, b.all()[7].State)
	b.drain()
	assert.Len(t, b.service.Ledger(), 9)
	b.audited("")
}

// marked sees that one report is marked as being sent.
func (b *bench) marked() {
	sending, err := b.box.List(ctx, outbox.Filter{States: []string{string(draft.Sending)}})
	assert.NoError(b.t, err)
	assert.Len(b.t, sending, 1)
}

// refuses sees that everything that writes says why it cannot.
func (b *bench) refuses(why string) {
	b.t.Helper()
	for what, write := range map[string]func() error{
		"Enqueue": func() error {
			_, err := b.box.Enqueue(ctx, Item(b.t, "8", dose, "2026-02-03"), Item(b.t, "9", dose+" Twice.", "2026-02-03"))
			return err
		},
		"KeepDraft": func() error {
			_, err := b.box.KeepDraft(ctx, Builder(), "A81001", "incidents", Waiting("9", dose))
			return err
		},
		"Hold":  func() error { _, err := b.box.Hold(ctx, manager, b.all()[0].ID); return err },
		"Pause": func() error { return b.box.Pause(ctx, manager, "A81001") },
		"Drain": func() error { _, err := b.box.Drain(ctx, b.service, 10); return err },
	} {
		err := write()
		assert.ErrorIs(b.t, err, outbox.ErrUnwritable, what)
		assert.ErrorContains(b.t, err, "the outbox cannot be written: "+why, what)
		assert.False(b.t, err != nil && strings.ContainsAny(err.Error(), "\n"), "%s: %v", what, err)
	}
}

// whole sees that so many reports were recorded once each, and that the service knows them.
func (b *bench) whole(n int) {
	b.t.Helper()
	b.audited("")
	once := map[outbox.Digest]bool{}
	for _, call := range b.service.Ledger() {
		once[call.Digest] = true
	}
	assert.Len(b.t, b.service.Ledger(), n)
	all := b.all()
	require.Len(b.t, all, n)
	for _, r := range all {
		assert.Equal(b.t, draft.Accepted, r.State)
		assert.True(b.t, once[r.Sent])
	}
}
