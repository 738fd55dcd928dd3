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
	// minPrefix is the length of the shortest beginning of a word, in bytes: such
	// beginnings are found by their first three.
	minPrefix = 3
)

// wordSet is a set of words and of beginnings of words.
type wordSet struct {
	whole    map[string]bool
	prefixes []string
}

func (s *wordSet) join(other *wordSet) {
	for w := range other.whole {
		s.add(w)
	}
	s.prefixes = append(s.prefixes, other.prefixes...)
}

func (s *wordSet) add(w string) {
	if p, ok := strings.CutSuffix(w, "*"); ok {
		s.prefixes = append(s.prefixes, p)
		return
	}
	if s.whole == nil {
		s.whole = map[string]bool{}
	}
	s.whole[w] = true
}

func (s *wordSet) has(w string) bool {
	return s.whole[w] || slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(w, p) })
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
	classes []wordClass
	phrases []phrase
	first   map[string][]int // phrases by their first word
	prefix  map[string][]int // phrases by the beginning of their first word
}

func (m *matcher) add(p phrase) {
	n, at := len(m.phrases), p.steps[0].set
	m.phrases = append(m.phrases, p)
	for w := range at.whole {
		m.first[w] = append(m.first[w], n)
	}
	for _, w := range at.prefixes {
		if key := w[:minPrefix]; !slices.Contains(m.prefix[key], n) {
			m.prefix[key] = append(m.prefix[key], n)
		}
	}
}

// starting calls visit for the phrases that may start with a word.
func (m *matcher) starting(w string, visit func(*phrase)) {
	for _, n := range m.first[w] {
		visit(&m.phrases[n])
	}
	if len(w) >= minPrefix {
		for _, n := range m.prefix[w[:minPrefix]] {
			visit(&m.phrases[n])
		}
	}
}

// sentences calls visit with the classes that each sentence of a text belongs to, unless
// it belongs to none.
func (m *matcher) sentences(text string, visit func(classes []int)) {
	words := split(text)
	var found []int
	for i := range words {
		if words[i].before == sentence && len(found) > 0 {
			visit(found)
			found = found[:0]
		}
		m.starting(words[i].text, func(p *phrase) {
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
			if set.has(words[i-1].text) {
				return true
			}
		}
	}
	return false
}

func (m *matcher) excepted(words []word, at, end, class int) (found bool) {
	for i := max(0, at-longest); i < end && !found; i++ {
		m.starting(words[i].text, func(p *phrase) {
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
	if !p.steps[0].set.has(words[i].text) {
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
		if steps[0].set.has(words[i].text) {
			if end, ok := follow(steps[1:], words, i+1); ok {
				return end, true
			}
		}
	}
	return 0, false
}
