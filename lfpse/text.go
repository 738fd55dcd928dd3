package lfpse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns text in the form in which texts are compared: in lower case, without
// blanks at its ends, with one space for each run of blanks and plain quotes and dashes
// for typographic ones.
func Fold(text string) string {
	if !tidy(text) {
		text = strings.Join(strings.Fields(plain.Replace(text)), " ")
	}
	return strings.ToLower(text)
}

// tidy reports whether text is ASCII with single blanks between its words, so that only
// its case has to be folded.
func tidy(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return text == "" || before != ' '
}

var plain = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "‑", "-", "\u00a0", " ")

// IsBlank reports whether nothing of a text is seen.
func IsBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return '!' <= r && r <= '~' || !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r)
	})
}

// The characters of codes.
const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	decimals = "0123456789"
)

// IsCode reports whether a text has the form of a code, in which nobody's name fits: a
// letter, or up to 18 digits behind at most two capital letters.
func IsCode(text string) bool {
	if len(text) == 1 && strings.Contains(capitals, strings.ToUpper(text)) {
		return true
	}
	number := strings.TrimLeft(text, capitals)
	return len(text)-len(number) <= 2 && number != "" && len(number) <= 18 && strings.Trim(number, decimals) == ""
}

// isLongWord reports whether a text is more likely a name than the code of an
// organisation.
func isLongWord(text string) bool { return len(text) >= 6 && strings.Trim(text, capitals) == "" }
