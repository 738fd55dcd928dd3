package privacy

import "strings"

// Bounds of RFC 5321.
const (
	maxLocalPart = 64
	maxDomain    = 253
)

// email reports the address around the at sign at i.
func (sc *scanner) email(i int) {
	start := i
	for start > 0 && i-start < maxLocalPart && (isWord(sc.text[start-1]) || strings.IndexByte(localPunctuation, sc.text[start-1]) >= 0) {
		start--
	}
	for start < i && strings.IndexByte(edges, sc.text[start]) >= 0 {
		start++
	}
	end := sc.domainEnd(i + 1)
	if start < i && end > 0 {
		sc.hit(Email, start, end)
	}
}

const (
	localPunctuation = `._-+%'"!#$&*=?^{|}~/` + "`" // what may stand in a local part besides letters and digits
	edges            = `.'"/*`                      // what belongs to the sentence where it stands before it
)

// domainEnd returns the end of the domain name at i, or 0 when there is none with
// a dot and a top-level domain of two letters or more.
func (sc *scanner) domainEnd(i int) int {
	end, letters, dotted, other := 0, 0, false, false // of the label: its letters, and whether it has other characters
	for j := i; j < len(sc.text) && j-i < maxDomain; j++ {
		switch c := sc.text[j]; {
		case c == '.':
			dotted, letters, other = dotted || j > i, 0, false
		case isLetter(c):
			letters++
			if dotted && letters >= 2 && !other {
				end = j + 1
			}
		case isDigit(c) || c == '-':
			other = true
		default:
			return end
		}
	}
	return end
}
