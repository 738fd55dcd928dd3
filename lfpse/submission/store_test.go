package submission_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// An update that is made of a checked report has the bytes of one that was prepared with
// the id of its record.
func TestForARecord(t *testing.T) {
	b := builder(t)
	d := draft.Draft{Event: good()}
	s := b.Prepare(&d)
	update, err := s.For("abc-1.X")
	require.NoError(t, err)
	d = draft.Draft{Event: good()}
	d.Event.ID = "abc-1.X"
	prepared := b.Prepare(&d)
	assert.Equal(t, string(prepared.Body()), string(update.Body()))
	assert.Equal(t, "abc-1.X", update.ID())
	assert.True(t, update.Intact())
	assert.Empty(t, s.ID(), "the report itself stays as it was")
	same, err := update.For("abc-1.X")
	require.NoError(t, err)
	assert.Equal(t, update.Digest(), same.Digest())
	for _, id := range []string{"", "a/b", "a\"b", strings.Repeat("a", 65)} {
		_, err := s.For(id)
		assert.Error(t, err, id)
	}
	_, err = update.For("another")
	assert.ErrorContains(t, err, "another record")
	_, err = submission.Submission{}.For("a")
	assert.Error(t, err)
}

func TestBinaryForm(t *testing.T) {
	b := builder(t)
	s := b.Prepare(&draft.Draft{Event: good()})
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	assert.Less(t, len(data), len(s.Body())+300)
	var back submission.Submission
	require.NoError(t, back.UnmarshalBinary(data))
	assert.Equal(t, s, back)
	for i := range data {
		damaged := bytes.Clone(data)
		damaged[i] ^= 4
		require.Error(t, back.UnmarshalBinary(damaged), "byte %d", i)
		require.Error(t, back.UnmarshalBinary(data[:i]), "%d bytes", i)
	}
	_, err = submission.Submission{}.MarshalBinary()
	assert.Error(t, err)
}

func FuzzUnmarshalBinary(f *testing.F) {
	s := builder(f).Prepare(&draft.Draft{Event: good()})
	data, _ := s.MarshalBinary()
	f.Add(data)
	f.Add([]byte{1, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var s submission.Submission
		if s.UnmarshalBinary(data) == nil {
			_ = fmt.Sprint(s)
		}
	})
}

// What happened today says the same tomorrow.
func TestContent(t *testing.T) {
	content := func(e func(*submission.Prepared)) [32]byte {
		p := submission.Prepared{Draft: draft.Draft{Event: good()}}
		e(&p)
		b := builder(t, submission.WithToday(func() lfpse.Date { return "2026-03-05" }))
		p.Submission = b.Prepare(&p.Draft)
		require.Equal(t, draft.Ready, p.State, "%v %v", p.Questions, p.Issues)
		return b.Content(&p)
	}
	later := content(func(*submission.Prepared) {})
	today := content(func(p *submission.Prepared) {
		p.Event.EstimatedDate = lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownYes, TodaysDate: "2026-03-05"}
	})
	assert.Equal(t, later, today)
	other := content(func(p *submission.Prepared) { p.Event.Description += " Again." })
	assert.NotEqual(t, later, other)
}
