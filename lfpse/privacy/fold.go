package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold reduces a letter to what is compared: lower case without accents, in ASCII
// where there is a usual spelling. Some letters become two, marks and invisible
// characters none; n says how many bytes of out count.
func fold(r rune) (out [utf8.UTFMax]byte, n int) {
	if r < utf8.RuneSelf {
		out[0] = lower(byte(r))
		return out, 1
	}
	if unicode.IsMark(r) || isInvisible(r) {
		return out, 0
	}
	if v := digitValue(r); v >= 0 {
		out[0] = byte('0' + v)
		return out, 1
	}
	if '\uff21' <= r && r <= '\uff5a' { // full-width Latin
		out[0] = lower(byte(r - 0xfee0))
		return out, 1
	}
	r = unicode.ToLower(r)
	if plain, ok := plainLetters[r]; ok {
		return out, copy(out[:], plain)
	}
	return out, utf8.EncodeRune(out[:], r)
}

// plainLetters maps the accented letters of European languages to what people
// write when the accent is not on their keyboard.
var plainLetters = func() map[rune]string {
	table := map[rune]string{}
	for plain, accented := range map[string]string{
		"a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "ae": "æ", "c": "çćĉċč", "d": "ďđð",
		"e": "èéêëēĕėęěẹẻẽếềểễệ", "f": "ƒ", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįıỉị", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł",
		"n": "ñńņňŋ", "o": "òóôõöøōŏőơọỏốồổỗộớờởỡợ", "oe": "œ", "r": "ŕŗř",
		"s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ",
		"u": "ùúûüũūŭůűųưụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżž",
	} {
		for _, r := range accented {
			table[r] = plain
		}
	}
	return table
}()

// foldWords splits a text into its folded words.
func foldWords(text string) []string {
	var words []string
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		words = append(words, w.fold(text))
	}
	return words
}

// word is a row of letters and digits, text[start:end].
type word struct {
	start, end int
	plain      bool // ASCII only
}

// nextWord finds the first word at or after i. It does no more than that, since
// nearly all words of a text are of no interest.
func nextWord(text string, i int) (w word, ok bool) {
	for i < len(text) && (foldedASCII[text[i]] == 0 || foldedASCII[text[i]] == wide && !startsWord(text, i)) {
		i++
	}
	if i >= len(text) {
		return word{}, false
	}
	w = word{start: i, plain: true}
	for i < len(text) && foldedASCII[text[i]]-1 < wide-1 {
		i++
	}
	w.end = i
	if i < len(text) && text[i] >= utf8.RuneSelf {
		w.extend(text)
	}
	return w, true
}

// extend reads on from a character that is not ASCII.
func (w *word) extend(text string) {
	for w.end < len(text) {
		r, size := utf8.DecodeRuneInString(text[w.end:])
		if !isWord(r) && !isInvisible(r) {
			return
		}
		w.end += size
		w.plain = false
	}
}

// startsWord reports whether a letter or digit starts at byte i, which is not
// ASCII. Bytes inside a character do not start one.
func startsWord(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return isWord(r)
}

// foldedASCII is the folded letter or digit, 0 for other ASCII, and wide for the
// bytes of longer characters.
var foldedASCII = func() (table [256]byte) {
	for c := range byte(utf8.RuneSelf) {
		if isASCIILetter(c) || isASCIIDigit(c) {
			table[c] = lower(c)
		}
	}
	for c := utf8.RuneSelf; c < 256; c++ {
		table[c] = wide
	}
	return table
}()

const wide = 0xff

// fold returns the folded word.
func (w word) fold(text string) string {
	var b strings.Builder
	for _, r := range text[w.start:w.end] {
		out, n := fold(r)
		b.Write(out[:n])
	}
	return b.String()
}

// shortWord is a folded word that may be one of a list, without an allocation.
type shortWord struct {
	folded [16]byte
	n      int
}

func (s *shortWord) string() string { return string(s.folded[:s.n]) }

// short folds the word; a longer one than the lists hold becomes empty.
func (w word) short(text string) (s shortWord) {
	for _, r := range text[w.start:w.end] {
		out, n := fold(r)
		if s.n+n > len(s.folded) {
			return shortWord{}
		}
		s.n += copy(s.folded[s.n:], out[:n])
	}
	return s
}

// letters is the length of the folded word, counted up to most.
func (w word) letters(text string, most int) (length int) {
	if w.plain {
		return min(most, w.end-w.start)
	}
	for _, r := range text[w.start:w.end] {
		_, n := fold(r)
		if length += n; length >= most {
			return most
		}
	}
	return length
}

// hash is that of the folded word, FNV-1a.
func (w word) hash(text string) uint32 {
	h := uint32(hashSeed)
	if w.plain {
		for i := w.start; i < w.end; i++ {
			h = (h ^ uint32(foldedASCII[text[i]])) * hashPrime
		}
		return h
	}
	for _, r := range text[w.start:w.end] {
		out, n := fold(r)
		for _, c := range out[:n] {
			h = (h ^ uint32(c)) * hashPrime
		}
	}
	return h
}

const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

// hashOf is the hash of a word that is folded already.
func hashOf(folded string) uint32 {
	h := uint32(hashSeed)
	for i := range len(folded) {
		h = (h ^ uint32(folded[i])) * hashPrime
	}
	return h
}

// is reports whether the word, folded, is term.
func (w word) is(text, term string) bool {
	if w.plain && w.end-w.start != len(term) {
		return false
	}
	at := 0
	for _, r := range text[w.start:w.end] {
		out, n := fold(r)
		if at+n > len(term) || term[at:at+n] != string(out[:n]) {
			return false
		}
		at += n
	}
	return at == len(term)
}
