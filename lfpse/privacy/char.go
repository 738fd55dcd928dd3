package privacy

import (
	"unicode"
	"unicode/utf8"
)

// digitValue is the value of a decimal digit of any script, or -1. Full-width and
// mathematical digits look like ordinary ones on screen.
func digitValue(r rune) int {
	if r < utf8.RuneSelf {
		if d := r - '0'; 0 <= d && d <= 9 {
			return int(d)
		}
		return -1
	}
	return wideDigitValue(r)
}

func wideDigitValue(r rune) int {
	if !unicode.IsDigit(r) {
		return -1
	}
	// The digits of every script stand together in order, so the offset from the
	// start of the range gives the value.
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10
		}
	}
	return -1
}

// isInvisible reports characters that take no space on screen.
func isInvisible(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u061c', '\u180e', '\ufeff':
		return true
	}
	return '\u200b' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2060' <= r && r <= '\u2069'
}

// isSpace reports white space of any width.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || uint32(r-'\t') <= '\r'-'\t'
	}
	return r == '\u2800' || unicode.IsSpace(r)
}

// isDash reports hyphens, dashes and the minus sign.
func isDash(r rune) bool {
	switch r {
	case '-', '\u2043', '\u2212', '\ufe58', '\ufe63', '\uff0d', '\u30fc':
		return true
	}
	return '\u2010' <= r && r <= '\u2015'
}

// isWord reports letters, digits and combining marks.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || isASCIILetter(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIILetter(byte(r))
	}
	return unicode.IsLetter(r)
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isASCIIDigit(c byte) bool { return '0' <= c && c <= '9' }

// runeBefore is the character that ends at i, or -1 at the start. Invisible
// characters are passed over, a few at most.
func runeBefore(text string, i int) (r rune, start int) {
	for range maxInvisible {
		if i <= 0 {
			return -1, 0
		}
		r, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
		if !isInvisible(r) {
			return r, i
		}
	}
	return -1, i
}

// runeAt is the character that starts at i, or -1 at the end, and where it ends.
// Invisible characters are passed over, a few at most.
func runeAt(text string, i int) (r rune, end int) {
	if i < len(text) && text[i] < utf8.RuneSelf {
		return rune(text[i]), i + 1
	}
	return wideRuneAt(text, i)
}

func wideRuneAt(text string, i int) (r rune, end int) {
	for range maxInvisible {
		if i >= len(text) {
			return -1, i
		}
		if c := text[i]; c < utf8.RuneSelf {
			return rune(c), i + 1
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if !isInvisible(r) {
			return r, i
		}
	}
	return -1, i
}

// maxInvisible bounds how many invisible characters in a row are passed over, so
// that a text made of them costs no more than any other.
const maxInvisible = 8
