package privacy

// The functions below are for texts in the normal form: see normalise.

// folded is the letter in lower case, or the digit; 0 for all else.
var folded = func() (table [256]byte) {
	for c := range table {
		if isLetter(byte(c)) || isDigit(byte(c)) {
			table[c] = lower(byte(c))
		}
	}
	return table
}()

func isWord(c byte) bool { return folded[c] != 0 }

func isLetter(c byte) bool { return isASCIILetter(c) || c >= 0x80 }

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if isUpper(c) {
		return c - 'A' + 'a'
	}
	return c
}

// at is text[i], or 0 beyond the ends of the text.
func at(text string, i int) byte {
	if uint(i) < uint(len(text)) {
		return text[i]
	}
	return 0
}

// word is a row of letters and digits, text[start:end].
type word struct{ start, end int }

// wordAt is the word that starts at i.
func wordAt(text string, i int) word {
	w := word{i, i}
	for w.end < len(text) && isWord(text[w.end]) {
		w.end++
	}
	return w
}

// nextWord finds the first word at or after i.
func nextWord(text string, i int) (w word, ok bool) {
	for i < len(text) && !isWord(text[i]) {
		i++
	}
	w = wordAt(text, i)
	return w, w.end > i
}

// foldWords splits a text in any form into its folded words.
func foldWords(text string) []string {
	text = normalise(text)
	var words []string
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		b := []byte(text[w.start:w.end])
		for i, c := range b {
			b[i] = folded[c]
		}
		words = append(words, string(b))
	}
	return words
}

func (w word) len() int { return w.end - w.start }

// capital reports whether the word starts with a capital.
func (w word) capital(text string) bool { return isUpper(at(text, w.start)) }

// is reports whether the word, folded, is term.
func (w word) is(text, term string) bool {
	if w.len() != len(term) {
		return false
	}
	for i := range len(term) {
		if folded[text[w.start+i]] != term[i] {
			return false
		}
	}
	return true
}

// shortWord is a folded word that may be one of a list, without an allocation.
type shortWord struct {
	folded [16]byte
	n      int
}

func (s *shortWord) string() string { return string(s.folded[:s.n]) }

// short folds the word; a longer one than the lists hold becomes empty.
func (w word) short(text string) (s shortWord) {
	if w.len() > len(s.folded) {
		return s
	}
	for _, c := range []byte(text[w.start:w.end]) {
		s.folded[s.n] = folded[c]
		s.n++
	}
	return s
}

// near reports whether two words are neighbours: at most three characters apart.
func near(from, to int) bool { return to-from <= maxSeparator }
