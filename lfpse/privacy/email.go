package privacy

import "unicode/utf8"

// Bounds of RFC 5321.
const (
	maxLocalPart = 64
	maxDomain    = 253
)

// email reports the address around the at sign that stands at text[at:next].
func (sc *scanner) email(at, next int) {
	start := at
	for start > 0 && at-start < maxLocalPart {
		r, size := utf8.DecodeLastRuneInString(sc.text[:start])
		if !isWord(r) && !isInvisible(r) && !isLocalPunctuation(r) {
			break
		}
		start -= size
	}
	for start < at && isEdge(sc.text[start]) {
		start++
	}
	end := sc.domainEnd(next)
	sc.work += at - start + min(maxDomain, len(sc.text)-next)
	if start < at && end > 0 {
		sc.hit(Email, start, end)
	}
}

// isLocalPunctuation reports what may stand in a local part besides letters and
// digits.
func isLocalPunctuation(r rune) bool {
	switch r {
	case '.', '_', '-', '+', '%', '\'', '\u2019', '"', '!', '#', '$', '&', '*', '=', '?', '^', '`', '{', '|', '}', '~', '/':
		return true
	}
	return false
}

// isEdge reports punctuation that belongs to the sentence, not to an address.
func isEdge(c byte) bool { return c == '.' || c == '\'' || c == '"' || c == '/' || c == '*' }

// domainEnd returns the end of the domain name at i, or 0 when there is none with
// a dot and a top-level domain of two letters or more.
func (sc *scanner) domainEnd(i int) int {
	end, letters, dotted, other := 0, 0, false, false // of the label: its letters, and whether it has other characters
	for j := i; j < len(sc.text) && j-i < maxDomain; {
		r, size := utf8.DecodeRuneInString(sc.text[j:])
		j += size
		switch {
		case r == '.' || r == '\uff0e' || r == '\u3002':
			dotted, letters, other = dotted || j-size > i, 0, false
		case isLetter(r):
			letters++
			if dotted && letters >= 2 && !other {
				end = j
			}
		case isInvisible(r):
		case digitValue(r) >= 0 || r == '-':
			other = true
		default:
			return end
		}
	}
	return end
}
