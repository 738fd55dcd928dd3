package fhir

import (
	"math/bits"
	"unicode/utf8"
)

// plainLen is the length of the part at the start of s that is written as it is:
// ASCII without quote, backslash and control characters.
func plainLen(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		t := s[i : i+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		if m := special(w) | w&highBits; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(s) && plainByte(s[i]) {
		i++
	}
	return i
}

func plainByte(c byte) bool { return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' }

// appendEscaped appends valid UTF-8 text with the escapes that JSON requires, the
// short ones where they exist.
func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	done := 0
	for i := range len(s) {
		c := s[i]
		if plainByte(c) || c >= utf8.RuneSelf {
			continue
		}
		b = append(append(b, s[done:i]...), '\\')
		done = i + 1
		switch c {
		case '"', '\\':
			b = append(b, c)
		case '\b':
			b = append(b, 'b')
		case '\f':
			b = append(b, 'f')
		case '\n':
			b = append(b, 'n')
		case '\r':
			b = append(b, 'r')
		case '\t':
			b = append(b, 't')
		default:
			b = append(b, 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, s[done:]...)
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
