package display_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
)

func TestCells(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "café": 4, "cafe\u0301": 4, "病院": 4, "…": 1, "Ａ": 2} {
		assert.Equal(t, want, display.Cells(text), text)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"病院病院", 5, "病院…"}, {"病院病院", 4, "病…"}, {"one, two", 5, "one…"},
	} {
		assert.Equal(t, c.want, display.Cut(c.text, c.n), c.text)
	}
}

func TestWrap(t *testing.T) {
	assert.Equal(t, []string{"one two", "  three", "  four"}, display.Wrap(" one  two three\nfour ", 8, "  "))
	assert.Equal(t, []string{"abcdef", "  ghij", "  kl x"}, display.Wrap("abcdefghijkl x", 6, "  "), "a word longer than a line")
	assert.Equal(t, []string{"病", "院"}, display.Wrap("病院", 1, ""), "a character wider than a line")
	assert.Empty(t, display.Wrap(" ", 8, ""))
}

func TestWrapCut(t *testing.T) {
	assert.Equal(t, []string{"one two", "(+ 2)"}, display.WrapCut("one two", " (+ 2)", 8, 2))
	assert.Equal(t, []string{"one two", "thr… (+ 2)"}, display.WrapCut("one two three four five", " (+ 2)", 10, 2))
	assert.Equal(t, []string{"one two", "three four…"}, display.WrapCut("one two three four five", "", 11, 2))
}

// Whatever the text, no line is longer than it may be, and no word is lost by Wrap.
func TestLinesFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zé病]{1,12} ){0,12}`).Draw(t, "text")
		n := rapid.IntRange(12, 40).Draw(t, "n")
		lines := display.Wrap(text, n, "  ")
		require.Equal(t, strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(strings.Join(lines, ""), " ", ""))
		cut := display.WrapCut(text, " (+ 2)", n, 2)
		require.LessOrEqual(t, len(cut), 2)
		require.Contains(t, strings.Join(cut, " "), "(+ 2)")
		for _, line := range append(lines, cut...) {
			require.LessOrEqual(t, display.Cells(line), n, line)
		}
	})
}
