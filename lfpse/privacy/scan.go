package privacy

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// scanner finds personal data by its form, in one text after the other.
type scanner struct {
	text    string
	hits    []Hit
	run     digitRun // what the last digit began, kept for the groups that follow
	dateEnd int      // where the last date ends
	normal  bool     // the text is in the normal form
}

// find screens a text as its kind demands, by form and against a deny-list. The hits are
// good until the next text.
func (sc *scanner) find(text string, kind textKind, deny *DenyList) []Hit {
	normal, hits := text, []Hit(nil)
	if !kind.isCode() || !isPlainCode(text) {
		normal, hits = sc.next(text)
	}
	denied := deny.scan(normal, !kind.isCode())
	if kind == productName {
		for i := range denied {
			if denied[i].Class == Name {
				denied[i].Class = PossibleName
			}
		}
	}
	return locate(text, normal, combine(hits, denied, kind))
}

// next scans a text and also returns its normal form, which the offsets of the hits are
// for. Most texts are ASCII, which is the normal form already, so the scan itself notices
// those that are not. The hits are good until the next text.
func (sc *scanner) next(text string) (normal string, hits []Hit) {
	sc.begin(text)
	if sc.normal = false; !sc.scan() {
		text = normalise(text)
		sc.begin(text)
		sc.normal = true
		sc.scan()
	}
	if len(sc.hits) > 1 {
		slices.SortStableFunc(sc.hits, byStart)
	}
	return text, sc.hits
}

func (sc *scanner) begin(text string) {
	sc.text, sc.hits, sc.dateEnd, sc.run.n = text, sc.hits[:0], 0, 0
}

// forget drops the last text.
func (sc *scanner) forget() {
	sc.begin("")
	clear(sc.run.digits[:])
}

func byStart(a, b Hit) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return a.End - b.End
}

// scan looks for hits. It gives up, and returns false, when the text turns out not to be
// in the normal form.
func (sc *scanner) scan() bool {
	text := sc.text
	for i := 0; ; i++ {
		if i = nextTrigger(text, i); i == len(text) {
			return true
		}
		switch triggers[text[i]] {
		case triggerDigit:
			i = sc.number(i) - 1
		case triggerAt:
			sc.email(i)
		case triggerCapital:
			if mayFollowTitle(text, i) && !sc.titled(i) {
				sc.announced(i)
			}
			sc.capital(i)
		case triggerM:
			switch at(text, i+1) {
			case 'r':
				sc.titledInLowerCase(i)
			case 'e':
				if at(text, i-1) == 'a' {
					sc.nameLabel(i - len("na"))
				}
			}
		case triggerDot:
			sc.domainInWords(i)
		case triggerD:
			sc.dotInWords(i)
		case triggerBracket:
			sc.bracketedAt(i)
		case triggerWide:
			if !sc.normal {
				return false
			}
		}
	}
}

// nextTrigger is the place of the next byte from i on that is a trigger, or the length of
// the text. Of eight bytes at once it marks, by its highest bit, each that may be one: those
// from the full stop to the square bracket, the round one, those from the brace on, the d of
// do and the m of mr and ame. The letters beside m and d tell most words apart, unless they
// lie beyond the eight.
func nextTrigger(text string, i int) int {
	for ; i+8 <= len(text); i += 8 {
		w := eightAt(text[i:])
		low := w &^ highBits
		dotToBracket := (low + (0x80-'.')*ones) &^ (low + (0x80-'['-1)*ones)
		notM := low.not('m') | low.not('r')>>8&(low.not('e')>>8|low.not('a')<<8)
		notD := low.not('d') | low.not('o')>>8
		marks := dotToBracket | (low + (0x80-'{')*ones) | w | ^(notM & notD & low.not('('))
		if marks &= highBits; marks != 0 {
			return i + bits.TrailingZeros64(uint64(marks))/8
		}
	}
	for i < len(text) && triggers[text[i]] == triggerNone {
		i++
	}
	return i
}

// maxOneWord bounds the one word that is taken for the name of a relative or the kind of a
// house, so that a long row of letters is not read from each of its capitals.
const maxOneWord = 16

// capital looks at what the capital at i may begin besides a name after a title.
func (sc *scanner) capital(i int) {
	text := sc.text
	switch text[i] {
	case 'M':
		switch at(text, i+1) {
		case 'r', 's', 'i', 'x':
			sc.titledInLowerCase(i)
			sc.nameBeforeTitle(i)
		case 'E', 'e':
			sc.nameLabel(i - len("NA"))
		}
	case 'D':
		sc.dotInWords(i)
	}
	if !isLower(at(text, i+1)) || isLetter(at(text, i-1)) {
		return
	}
	w := word{i, partEnd(text[:min(len(text), i+maxOneWord)], i)}
	switch c, next := at(text, w.end), at(text, w.end+1); {
	case c == ',' && next == ' ':
		sc.nameBehind(w, false)
		sc.namedHouse(w)
	case c == ' ' && next == '(':
		sc.nameBehind(w, true)
	}
}

func (sc *scanner) hit(class Class, start, end int) {
	sc.hits = append(sc.hits, Hit{class, start, end})
}

// isPlainCode reports whether at most a name with its title can be found in a text,
// which is no hit in a code: it is ASCII, has no at sign, and no digits but those of a
// short code, a date or a time, or one at the end, of a version or a counter. Most codes,
// ids and urls are such.
func isPlainCode(text string) bool {
	if isShortCode(text) {
		return true
	}
	start := 0
	for start+8 <= len(text) && eightAt(text[start:]).specials() == 0 {
		start += 8
	}
	if start > 0 && len(text)-start < 8 && eightAt(text[len(text)-8:]).specials() == 0 {
		return true
	}
	for i := start; i < len(text); i++ {
		c := triggers[text[i]]
		if c < triggerDigit { // most of the text
			continue
		}
		last := i == len(text)-1 && (i == 0 || text[i-1]|0x20 != 'o') // an O may be a zero
		if c > triggerDigit || len(text) > 2 && !last {
			return false
		}
	}
	return true
}

// isShortCode reports whether a text is like a date, a time or the code of an organisation:
// it has too few digits for a number that no word stands beside.
func isShortCode(text string) bool {
	if len(text) > len("2006-01-02") {
		return false
	}
	digits, most := 0, 8
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case i == 0 && isUpper(c) && c != 'O':
			most = 5
		case c != '-' && c != ':':
			return false
		}
	}
	return digits <= most
}

// trigger says which bytes deserve a closer look; most text has few of them.
type trigger uint8

const (
	triggerNone trigger = iota
	triggerCapital
	triggerM   // of mr, mrs and name
	triggerDot // of a domain
	triggerD   // of the word dot
	triggerBracket
	triggerDigit // those from here on deserve one in a code too
	triggerAt
	triggerWide // not ASCII
)

var triggers = func() (table [256]trigger) {
	for c := '0'; c <= '9'; c++ {
		table[c] = triggerDigit
	}
	for c := 'A'; c <= 'Z'; c++ {
		table[c] = triggerCapital
	}
	table['@'], table['m'], table['.'], table['d'] = triggerAt, triggerM, triggerDot, triggerD
	for _, c := range []byte("([{<") {
		table[c] = triggerBracket
	}
	for c := utf8.RuneSelf; c < 256; c++ {
		table[c] = triggerWide
	}
	return table
}()

// labelWindow is how far before a value its label may stand, in bytes.
const labelWindow = 40

// labelBefore reports whether one of the words stands shortly before i with no
// digit, comma, semicolon or redaction token in between. Words are given in lower
// case.
func (sc *scanner) labelBefore(i int, words ...string) bool {
	k, _ := sc.nearestLabel(i, words...)
	return k >= 0
}

// nearestLabel is the index of the word that stands nearest before i, or -1, and where it
// starts.
func (sc *scanner) nearestLabel(i int, words ...string) (k, start int) {
	text := sc.text
	from := max(0, i-labelWindow)
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

// labelAfter reports whether one of the words follows i in brackets, as in "1234567
// (GMC)". Without brackets it would belong to the next value.
func (sc *scanner) labelAfter(i int, words ...string) bool {
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

// eight are the first eight bytes of a text, looked at all at once.
type eight uint64

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// eightAt reads eight bytes, which the compiler does in one go.
func eightAt(t string) eight {
	_ = t[7]
	return eight(t[0]) | eight(t[1])<<8 | eight(t[2])<<16 | eight(t[3])<<24 |
		eight(t[4])<<32 | eight(t[5])<<40 | eight(t[6])<<48 | eight(t[7])<<56
}

// not marks each byte that is not c, if all are ASCII.
func (w eight) not(c byte) eight { return (w ^ eight(c)*ones) + 0x7f*ones }

// specials is 0 if there is no digit, no at sign and nothing but ASCII.
func (w eight) specials() uint64 {
	at := w ^ '@'*ones // zero where it is one
	return w.digits() | uint64(((at-ones)&^at|w)&highBits)
}

// digits is 0 if there is no digit; else its lowest mark is the highest bit of the first.
func (w eight) digits() uint64 {
	digit := w ^ '0'*ones // below ten where it is one
	return uint64((digit - 10*ones) &^ digit & highBits)
}
