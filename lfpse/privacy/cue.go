package privacy

// cueWindow is how far before a value its cue may stand, in bytes.
const cueWindow = 40

// cueBefore reports whether one of the words stands shortly before i with no
// digit, comma, semicolon or redaction token in between. Words are given in lower
// case.
func (sc *scanner) cueBefore(i int, words ...string) bool {
	k, _ := sc.lastCue(i, words...)
	return k >= 0
}

// lastCue is the index of the word that stands nearest before i, or -1, and where it
// starts.
func (sc *scanner) lastCue(i int, words ...string) (k, start int) {
	text := sc.text
	from := max(0, i-cueWindow)
	for j := i - 1; j >= from; j-- {
		c := text[j]
		if c|0x20 < 'a' {
			if isDigit(c) || c == ',' || c == ';' {
				return -1, 0
			}
			continue
		}
		if c == ']' && tokenEndsAt(text, j+1) {
			return -1, 0
		}
		if j > 0 && text[j-1]|0x20 >= 'a' && isLetter(text[j-1]) {
			continue // not the start of a word
		}
		for k, word := range words {
			if word[0] == c|0x20 && hasPrefixFold(text[j:i], word) {
				return k, j
			}
		}
	}
	return -1, 0
}

// cueAfter reports whether one of the words follows i in brackets, as in "1234567
// (GMC)". Without brackets it would belong to the next value.
func (sc *scanner) cueAfter(i int, words ...string) bool {
	if i < len(sc.text) && sc.text[i] == ' ' {
		i++
	}
	if i >= len(sc.text) || sc.text[i] != '(' {
		return false
	}
	for _, word := range words {
		if hasPrefixFold(sc.text[i+1:], word) {
			return true
		}
	}
	return false
}

// hasPrefixFold reports whether s starts with the lower-case ASCII word and the
// word ends there.
func hasPrefixFold(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return len(s) == len(word) || !isLetter(s[len(word)])
}
