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
	hash       uint32 // of the folded word
	folded     int    // length of the folded word in bytes
}

// FNV-1a.
const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

// nextWord finds the first word at or after i and hashes it as it goes. Full words
// are compared only when the hash is that of a term.
func nextWord(text string, i int) (w word, ok bool) {
	for i < len(text) && (foldedASCII[text[i]] == 0 || foldedASCII[text[i]] == wide && !startsWord(text, i)) {
		i++
	}
	if i == len(text) {
		return word{}, false
	}
	start, h := i, uint32(hashSeed)
	for i < len(text) && foldedASCII[text[i]]-1 < wide-1 {
		h = (h ^ uint32(foldedASCII[text[i]])) * hashPrime
		i++
	}
	w = word{start: start, end: i, hash: h, folded: i - start}
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
		out, n := fold(r)
		for _, c := range out[:n] {
			w.hash = (w.hash ^ uint32(c)) * hashPrime
		}
		w.folded += n
		w.end += size
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

// is reports whether the word, folded, is term.
func (w word) is(text, term string) bool {
	if w.folded != len(term) {
		return false
	}
	at := 0
	for _, r := range text[w.start:w.end] {
		out, n := fold(r)
		if term[at:at+n] != string(out[:n]) {
			return false
		}
		at += n
	}
	return true
}

// hashOf is the hash nextWord gives a folded word.
func hashOf(folded string) uint32 {
	h := uint32(hashSeed)
	for i := range len(folded) {
		h = (h ^ uint32(folded[i])) * hashPrime
	}
	return h
}
