package privacy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dress writes an ASCII text with characters that look the same, and says for each
// byte which one of the text it comes from.
func dress(t *rapid.T, text string) (dressed string, origin []int) {
	var b strings.Builder
	for i := range len(text) {
		looks := []string{text[i : i+1], text[i:i+1] + "\u200b", text[i:i+1] + "\u2060\u00ad"}
		switch c := text[i]; {
		case c == ' ':
			looks = append(looks, "\u00a0", "\u2009", "\u3000")
		case c == '-':
			looks = append(looks, "\u2013", "\u2011", "\u2212")
		case c == '\'':
			looks = append(looks, "\u2019")
		case '0' <= c && c <= '9':
			looks = append(looks, string(rune(c)-'0'+'\u0660'), string(rune(c)-'0'+0x1d7d8))
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			looks = append(looks, text[i:i+1]+"\u0301")
		}
		if text[i] > ' ' {
			looks = append(looks, string(rune(text[i])-'!'+'\uff01'))
		}
		b.WriteString(rapid.SampledFrom(looks).Draw(t, "look"))
		for len(origin) < b.Len() {
			origin = append(origin, i)
		}
	}
	return b.String(), origin
}

// A text is screened as it looks: the same is found in it at the same places,
// whatever characters it is written with.
func TestLooksDoNotMatter(t *testing.T) {
	screener, deny := newScreener(), denied()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Map(func(r rune) rune {
			if r > '~' {
				return ' '
			}
			return r
		}, drawText(t))
		dressed, origin := dress(t, text)
		hits := screener.ScanText(dressed, deny)
		for i, h := range hits {
			hits[i].Start, hits[i].End = origin[h.Start], origin[h.End-1]+1
		}
		require.Equal(t, screener.ScanText(text, deny), hits, "%q", dressed)
	})
}

func TestAccentsBelongToTheName(t *testing.T) {
	text := "seen by Siobha\u0301n\u0301\u200b today"
	hits := denied().Scan(text)
	assert.Equal(t, []string{"name: Siobha\u0301n\u0301"}, found(text, hits))
}
