package interview

import (
	"slices"
	"strings"
)

const (
	maxGap   = 5  // words that a gap in a phrase may cover
	maxGaps  = 3  // gaps of a phrase
	maxSteps = 10 // words of a phrase
	reach    = 4  // words before a phrase that may deny it
	// longest is the number of words that a phrase can cover.
	longest = maxSteps + maxGaps*maxGap
	// minPrefix is the length of the shortest beginning of a word, in bytes.
	minPrefix = 3
)

// vocabulary numbers the words, and the beginnings of words, that phrases consist of, so
// that each word of a text is looked up once.
type vocabulary struct {
	texts  []string
	known  map[string]int   // a beginning has * at its end, which no word of a text has
	starts map[string][]int // the beginnings by their own first bytes
}

func newVocabulary() vocabulary {
	return vocabulary{known: map[string]int{}, starts: map[string][]int{}}
}

// number returns the number of a word, which it gives it if it is new.
func (v *vocabulary) number(w string) int {
	if n, ok := v.known[w]; ok {
		return n
	}
	n := len(v.texts)
	v.known[w] = n
	p, isPrefix := strings.CutSuffix(w, "*")
	v.texts = append(v.texts, p)
	if isPrefix {
		v.starts[p[:minPrefix]] = append(v.starts[p[:minPrefix]], n)
	}
	return n
}

// numbers appends those of a word of a text and of its beginnings.
func (v *vocabulary) numbers(out []int, w string) []int {
	if n, ok := v.known[w]; ok {
		out = append(out, n)
	}
	if len(w) >= minPrefix {
		for _, n := range v.starts[w[:minPrefix]] {
			if strings.HasPrefix(w, v.texts[n]) {
				out = append(out, n)
			}
		}
	}
	return out
}

// wordSet is a set of words and of beginnings of words, a bit for each number.
type wordSet struct{ bits []uint64 }

func (s *wordSet) join(other *wordSet) {
	for i, b := range other.bits {
		s.grow(i)
		s.bits[i] |= b
	}
}

func (s *wordSet) add(n int) {
	s.grow(n / 64)
	s.bits[n/64] |= 1 << (n % 64)
}

func (s *wordSet) grow(last int) {
	for len(s.bits) <= last {
		s.bits = append(s.bits, 0)
	}
}

func (s *wordSet) has(w *word) bool {
	return slices.ContainsFunc(w.numbers, func(n int) bool { return n/64 < len(s.bits) && s.bits[n/64]&(1<<(n%64)) != 0 })
}

// step is one place in a phrase.
type step struct {
	set *wordSet
	gap bool // up to maxGap other words may stand before it
}

// phrase is a sequence of words by which a text says that it belongs to a class.
type phrase struct {
	class  int
	except bool // the phrase says that the text does not
	steps  []step
}

// wordClass is what one finds in texts by its phrases.
type wordClass struct {
	name   string
	behind []*wordSet // words that deny a phrase when they stand before it
}

// matcher finds the classes of words in texts. It is immutable.
//
// The time it takes is linear in the length of the text: at each word it tries the phrases
// that begin with it, each of which looks at a bounded number of words.
type matcher struct {
	vocabulary
	classes []wordClass
	phrases []phrase
	first   [][]int // phrases by the number of their first word
}

func (m *matcher) add(p phrase) {
	n := len(m.phrases)
	m.phrases = append(m.phrases, p)
	for len(m.first) < len(m.texts) {
		m.first = append(m.first, nil)
	}
	for w := range m.texts {
		if p.steps[0].set.has(&word{numbers: []int{w}}) {
			m.first[w] = append(m.first[w], n)
		}
	}
}

// starting calls visit for the phrases that start with a word.
func (m *matcher) starting(w *word, visit func(*phrase)) {
	for _, number := range w.numbers {
		if number < len(m.first) {
			for _, n := range m.first[number] {
				visit(&m.phrases[n])
			}
		}
	}
}

// sentences calls visit with the classes that each sentence of a text belongs to, unless
// it belongs to none.
func (m *matcher) sentences(text string, visit func(classes []int)) {
	words := split(text)
	numbers, found := make([]int, 0, len(words)), []int(nil)
	for i := range words {
		from := len(numbers)
		numbers = m.numbers(numbers, words[i].text)
		words[i].numbers = numbers[from:]
	}
	for i := range words {
		if words[i].before == sentence && len(found) > 0 {
			visit(found)
			found = found[:0]
		}
		m.starting(&words[i], func(p *phrase) {
			if !p.except && !slices.Contains(found, p.class) && m.means(words, i, p) {
				found = append(found, p.class)
			}
		})
	}
	if len(found) > 0 {
		visit(found)
	}
}

// means reports whether a phrase stands at a word, is not denied, and is not part of one
// that means something else.
func (m *matcher) means(words []word, at int, p *phrase) bool {
	end, ok := p.at(words, at)
	return ok && !m.denied(words, at, p.class) && !m.excepted(words, at, end, p.class)
}

func (m *matcher) denied(words []word, at, class int) bool {
	for i := at; i > 0 && at-i < reach && words[i].before == none; i-- {
		for _, set := range m.classes[class].behind {
			if set.has(&words[i-1]) {
				return true
			}
		}
	}
	return false
}

func (m *matcher) excepted(words []word, at, end, class int) (found bool) {
	for i := max(0, at-longest); i < end && !found; i++ {
		m.starting(&words[i], func(p *phrase) {
			if !found && p.except && p.class == class {
				last, ok := p.at(words, i)
				found = ok && last > at
			}
		})
	}
	return found
}

// at returns where a phrase ends that starts at a word, if one does.
func (p *phrase) at(words []word, i int) (end int, ok bool) {
	if !p.steps[0].set.has(&words[i]) {
		return 0, false
	}
	return follow(p.steps[1:], words, i+1)
}

func follow(steps []step, words []word, i int) (end int, ok bool) {
	if len(steps) == 0 {
		return i, true
	}
	last := i
	if steps[0].gap {
		last += maxGap
	}
	for ; i <= last && i < len(words) && words[i].before != sentence; i++ {
		if steps[0].set.has(&words[i]) {
			if end, ok := follow(steps[1:], words, i+1); ok {
				return end, true
			}
		}
	}
	return 0, false
}
