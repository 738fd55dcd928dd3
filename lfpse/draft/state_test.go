package draft_test

import (
	"go/doc/comment"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

func TestEveryStateIsDescribedOnce(t *testing.T) {
	seen := map[draft.State]bool{}
	for _, s := range draft.States() {
		assert.False(t, seen[s], s)
		seen[s] = true
		assert.NotEmpty(t, s.Meaning(), s)
		assert.False(t, strings.HasSuffix(s.Meaning(), "."), s)
		assert.False(t, s.Waits() && s.Final(), "%s waits for nothing any more", s)
	}
	assert.Len(t, seen, 12)
	assert.Empty(t, draft.State("lost").Meaning())
	assert.Empty(t, draft.State("lost").Next())
}

// Every state is reached from a new draft, and from every one that is not final a way
// leads to the service's answer.
func TestNoStateIsADeadEnd(t *testing.T) {
	reach := func(from draft.State) map[draft.State]bool {
		seen, queue := map[draft.State]bool{}, []draft.State{from}
		for len(queue) > 0 {
			next := queue[0].Next()
			queue = queue[1:]
			for _, s := range next {
				if !seen[s] {
					seen[s] = true
					queue = append(queue, s)
				}
			}
		}
		return seen
	}
	fromNew := reach("")
	for _, s := range draft.States() {
		assert.True(t, fromNew[s], "%s is never reached", s)
		if s != draft.NotForLFPSE && s != draft.Withdrawn {
			assert.True(t, reach(s)[draft.Accepted] || s == draft.Accepted, s)
		}
		for _, next := range s.Next() {
			assert.True(t, s.CanBecome(next))
		}
		assert.Equal(t, next(s, draft.Sending), s == draft.Pending, "only what waits to be sent is sent: %s", s)
	}
}

func next(s, to draft.State) bool { return s.CanBecome(to) }

// The diagram of the package documentation shows the table of transitions. In it,
// "checked" stands for the states that a check decides.
func TestTheDiagramShowsTheTransitions(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	text, _, _ := strings.Cut(strings.TrimPrefix(regexp.MustCompile(`(?m)^// ?`).ReplaceAllString(string(src), ""), ""), "\npackage draft")
	var diagram string
	for _, block := range new(comment.Parser).Parse(text).Content {
		if c, ok := block.(*comment.Code); ok && strings.Contains(c.Text, "->") {
			diagram = c.Text
		}
	}
	require.NotEmpty(t, diagram)
	checked := []draft.State{draft.NeedsAnswers, draft.Held, draft.Blocked, draft.Invalid, draft.Ready}
	expand := func(names string) (out []draft.State) {
		for name := range strings.SplitSeq(names, ",") {
			switch name = strings.TrimSpace(name); name {
			case "new":
				out = append(out, "")
			case "checked":
				out = append(out, checked...)
			default:
				out = append(out, draft.State(name))
			}
		}
		return out
	}
	drawn := map[[2]draft.State]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(diagram), "\n") {
		stations := strings.Split(line, "->")
		for i := range len(stations) - 1 {
			for _, from := range expand(stations[i]) {
				for _, to := range expand(stations[i+1]) {
					drawn[[2]draft.State{from, to}] = true
				}
			}
		}
	}
	allowed := map[[2]draft.State]bool{}
	for _, from := range append([]draft.State{""}, draft.States()...) {
		for _, to := range from.Next() {
			allowed[[2]draft.State{from, to}] = true
		}
	}
	assert.Equal(t, allowed, drawn)
}
