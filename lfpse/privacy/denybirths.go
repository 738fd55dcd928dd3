package privacy

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// A date of birth is written in too many ways to look for each: the dates in a text are
// read and compared.

func (d *DenyList) addBirthDate(text string) {
	text = normalise(text)
	i := strings.IndexFunc(text, func(r rune) bool { return isDigit(byte(r)) })
	if i < 0 {
		return
	}
	if day, _, _, ok := dateAt(text, i); ok {
		d.births = append(d.births, day)
	}
}

func (d *DenyList) sortBirths() {
	slices.SortFunc(d.births, func(a, b date) int { return cmp.Or(a.key()-b.key(), a.year-b.year) })
	d.births = slices.Compact(d.births)
}

// isBirth reports whether a date can be a birth date of the list.
func (d *DenyList) isBirth(day date) bool {
	i, _ := slices.BinarySearchFunc(d.births, day.key(), func(b date, key int) int { return b.key() - key })
	for ; i < len(d.births) && d.births[i].key() == day.key(); i++ {
		if d.births[i].same(day) {
			return true
		}
	}
	return false
}

// birthDates looks for dates of birth at each number that a word begins with.
func (s *denyScanner) birthDates() {
	for i := nextDigit(s.text, 0); i < len(s.text); i = nextDigit(s.text, i) {
		if isWord(at(s.text, i-1)) {
			// within a word, whose end is looked for only from its beginning
		} else if w := wordAt(s.text, i); apart(s.text, w.start, w.end) {
			if day, start, end, ok := dateAt(s.text, i); ok && s.list.isBirth(day) {
				s.hit(BirthDate, start, end)
			}
			s.compactBirth(i)
		}
		for isDigit(at(s.text, i)) {
			i++
		}
	}
}

// compactBirth looks at i for a date of birth in eight or six digits, whatever their
// grouping, as in 01021950, 19500201 and 010250.
func (s *denyScanner) compactBirth(i int) {
	const six, eight, hundred = 6, 8, 100
	var b beginning
	b.lettersAt(s.text, i, eight)
	value := 0
	for n := range b.n {
		if !isDigit(b.key[n]) {
			return
		}
		value = value*10 + int(b.key[n]-'0')
		first, second, last := value/(hundred*hundred), value/hundred%hundred, value%hundred
		var found bool
		switch n + 1 {
		case six:
			found = s.list.isBirth(date{day: first, month: second, year: last, short: true})
		case eight:
			found = s.list.isBirth(date{year: first, month: second, day: last}) ||
				s.list.isBirth(date{day: first / hundred, month: first % hundred, year: value % (hundred * hundred)})
		}
		if end := i + int(b.ends[n]); found && !isWord(at(s.text, end)) && tokenAt(s.text, end) == 0 {
			s.hit(BirthDate, i, end)
		}
	}
}

// nextDigit is the place of the next digit from i on, or the length of the text.
func nextDigit(text string, i int) int {
	for ; i+8 <= len(text); i += 8 {
		if marks := eightAt(text[i:]).digits(); marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for i < len(text) && !isDigit(text[i]) {
		i++
	}
	return i
}
