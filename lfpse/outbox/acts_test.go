package outbox

import (
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

var diagramLine = regexp.MustCompile(`^(\S+) +(.+?) -> (.+?)(?: +\((.+)\))?$`)

// The diagram of the package documentation shows the table of acts.
func TestDiagram(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	require.NoError(t, err)
	var lines []string
	for line := range strings.SplitSeq(file.Doc.Text(), "\n") {
		if line, indented := strings.CutPrefix(line, "\t"); indented && !strings.Contains(line, "Drain") {
			lines = append(lines, line)
		}
	}
	require.Len(t, lines, len(acts))
	for i, a := range acts {
		parts := diagramLine.FindStringSubmatch(lines[i])
		require.NotNil(t, parts, lines[i])
		var from, who []string
		for _, state := range a.from {
			from = append(from, name(state))
		}
		for _, role := range a.who {
			who = append(who, string(role))
		}
		to := string(a.to)
		if to == "" {
			to = "the other"
		}
		assert.Equal(t, []string{string(a.act), strings.Join(from, ", "), to, strings.Join(who, ", ")}, parts[1:])
	}
}

func name(s draft.State) string {
	if s == "" {
		return "new"
	}
	return string(s)
}

// No act takes a report where the life of a draft does not lead. What is checked before it
// is enqueued goes through ready.
func TestActsFollowTheLifeOfADraft(t *testing.T) {
	ready := func(s draft.State) bool { return s == draft.Ready || s.CanBecome(draft.Ready) }
	for _, a := range acts {
		for _, from := range a.from {
			ok := from == a.to || from.CanBecome(a.to) || a.to == "" ||
				a.to == draft.Pending && ready(from) || // checked again before it was enqueued
				a.to == draft.Held && ready(from) ||
				a.act == ActLose && from == draft.Pending || // a backup was put back
				a.act == ActAsk || a.act == ActIgnore || // a question about its identity, which no check asks
				a.act == ActKeep // its record has stood all the time
			assert.True(t, ok, "%s from %s to %s", a.act, name(from), a.to)
		}
		assert.NotEmpty(t, a.act.Meaning())
	}
	for act := range otherActs {
		assert.NotEmpty(t, act.Meaning(), act)
	}
}

// People know an event by its reference only if its source gave it one.
func TestHowPeopleKnowAnEvent(t *testing.T) {
	form := Identity{Source: "form", Reference: formPrefix("form") + "abcdefghijklmnopqrstuvwx27"}
	assert.Equal(t, []string{"", "the form"}, []string{form.Known(), form.Origin()})
	row := Identity{Source: "form-log", Reference: "form-log-12"}
	assert.Equal(t, []string{"form-log-12", "the log form-log"}, []string{row.Known(), row.Origin()})
	assert.Empty(t, Identity{Source: "log", Reference: contentPrefix + "00"}.Known())
}
