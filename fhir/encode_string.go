package fhir

import (
	"math/bits"
	"unicode/utf8"
)

// appendText appends what a JSON string holds between its quotes: the text, with the
// escapes that JSON requires. It returns false if the text is not valid UTF-8.
func appendText(b []byte, s string) ([]byte, bool) {
	n := plainLen(s, highBits)
	if n == len(s) {
		return append(b, s...), true
	}
	if !utf8.ValidString(s) {
		return b, false
	}
	for {
		b = append(b, s[:n]...)
		if s = s[n:]; s == "" {
			return b, true
		}
		if s[0] < utf8.RuneSelf {
			b = appendEscape(b, s[0])
			s = s[1:]
		}
		n = plainLen(s, 0)
	}
}

// plainLen returns the length of the start of s that has no quote, no backslash and no
// control character. With highBits for not, a byte outside ASCII ends it too; otherwise
// not is 0.
func plainLen(s string, not uint64) int {
	if len(s) < 8 {
		return plainBytes(s, 0, byte(not))
	}
	last := len(s) - 8
	i := 0
	for ; i+8 <= last; i += 16 { // two words at a time; the loop below finds the place
		w, x := word(s[i:i+8]), word(s[i+8:i+16])
		if special(w)|special(x)|(w|x)&not != 0 {
			break
		}
	}
	for i = min(i, last); ; i = min(i+8, last) { // the last step may overlap the one before
		w := word(s[i : i+8])
		if m := special(w) | w&not; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		if i == last {
			return len(s)
		}
	}
}

// word is eight bytes as one number, the first byte lowest.
func word(t string) uint64 {
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}

func plainBytes(s string, i int, not byte) int {
	for i < len(s) && s[i] >= ' ' && s[i] != '"' && s[i] != '\\' && s[i]&not == 0 {
		i++
	}
	return i
}

// appendEscape appends the escape of a character, the short one where it exists.
func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// appendCompact appends valid JSON without the white space between its tokens.
func appendCompact(b, src []byte) []byte {
	inString := false
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			b = append(b, c)
			i++
			c = src[i]
		case !inString && c <= ' ':
			continue
		}
		b = append(b, c)
	}
	return b
}
