package draft_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// A draft has the JSON that its types say, also where it is written without reflection.
func TestDraftInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := func() []string { return rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "texts") }
		text := func() string { return rapid.String().Draw(t, "text") }
		d := draft.Draft{Reference: text(), Line: rapid.IntRange(0, 9).Draw(t, "line"), State: draft.NeedsAnswers, Reason: text(), Event: lfpse.Event{Description: text()}}
		for range rapid.IntRange(0, 3).Draw(t, "questions") {
			q := lfpse.Question{Target: text(), Required: rapid.Bool().Draw(t, "required"), Rule: text(), Text: text(), Why: text()}
			for _, c := range texts() {
				q.Choices = append(q.Choices, lfpse.Choice{Value: c, Display: text()})
			}
			for _, c := range texts() {
				q.When = append(q.When, lfpse.Condition{Target: c, Values: texts(), Not: rapid.Bool().Draw(t, "not")})
			}
			d.Questions = append(d.Questions, q)
		}
		for _, target := range texts() {
			d.Trace = append(d.Trace, draft.Step{Target: target, From: text(), Rule: text()})
		}
		if rapid.Bool().Draw(t, "blocked") {
			d.State = draft.Blocked
		}
		type plain draft.Draft
		want := struct {
			plain
			Event *lfpse.Event `json:"event,omitempty"`
		}{plain: plain(d)}
		if d.State != draft.Blocked {
			want.Event = &d.Event
		}
		wanted, err := json.Marshal(want)
		require.NoError(t, err)
		got, err := d.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, string(wanted), string(got))
	})
}
