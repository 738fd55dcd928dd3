package interview

import (
	"fmt"
	"strings"
)

// words compiles the groups and the classes of words.
func (c *compiler) words(all, own file) {
	for _, g := range all.Groups {
		at := last(own.Groups, func(o groupForm) bool { return o.Name == g.Name })
		set := &wordSet{}
		for i, w := range g.Words {
			c.single(place(place("groups", at)+".words", i), w, set, at >= 0)
		}
		c.groups[g.Name] = set
	}
	m := &c.guide.matcher
	for n, w := range all.Words {
		at := last(own.Words, func(o wordsForm) bool { return o.Name == w.Name })
		mine, path := *c, place("words", at)
		if at < 0 {
			mine.reader = &reader{}
		}
		c.classes[w.Name] = n
		class := wordClass{name: w.Name}
		for i, name := range w.Behind {
			if set := mine.group(place(path+".behind", i), name); set != nil {
				class.behind = append(class.behind, set)
			}
		}
		m.classes = append(m.classes, class)
		mine.phrases(m, n, w.Phrases, path+".phrases", false)
		mine.phrases(m, n, w.Except, path+".except", true)
	}
}

func (c *compiler) phrases(m *matcher, class int, list []string, path string, except bool) {
	for i, text := range list {
		if steps := c.phrase(place(path, i), text); len(steps) > 0 {
			m.add(phrase{class: class, except: except, steps: steps})
		}
	}
}

// group returns the words of a group, nil after a finding.
func (c *compiler) group(path, name string) *wordSet {
	set := c.groups[name]
	if set == nil {
		c.add(path, "There is no group of this name.", "Add it to the groups.")
	}
	return set
}

// phrase compiles one phrase; it returns nil after a finding.
func (c *compiler) phrase(path, text string) (steps []step) {
	gap, gaps := false, 0
	for part := range strings.FieldsSeq(text) {
		if part == ".." {
			gap = true
			gaps++
			continue
		}
		set := c.part(path, part)
		if set == nil {
			return nil
		}
		steps = append(steps, step{set, gap && len(steps) > 0})
		gap = false
	}
	if len(steps) == 0 || len(steps) > maxSteps || gaps > maxGaps || gap || strings.HasPrefix(text, "..") {
		c.add(path, fmt.Sprintf("A phrase has 1 to %d words and at most %d gaps, which stand between words.", maxSteps, maxGaps), "")
		return nil
	}
	return steps
}

// part compiles one word of a phrase: a word, the group <name>, or alternatives a|b|<name>.
func (c *compiler) part(path, part string) *wordSet {
	set := &wordSet{}
	for w := range strings.SplitSeq(part, "|") {
		name, ok := strings.CutPrefix(w, "<")
		if !ok {
			ok = c.single(path, w, set, true)
		} else if g := c.group(path, strings.TrimSuffix(name, ">")); g != nil {
			set.join(g)
		} else {
			ok = false
		}
		if !ok {
			return nil
		}
	}
	return set
}

// single adds one word to a set. Some words of the file are never found: those that a text
// would be split at.
func (c *compiler) single(path, w string, set *wordSet, report bool) bool {
	stem, isPrefix := strings.CutSuffix(w, "*")
	words := split(stem)
	ok := len(words) == 1 && words[0].text == stem && (!isPrefix || len(stem) >= minPrefix)
	if ok {
		set.add(c.guide.matcher.number(w))
	} else if report {
		c.add(path, "A word has small letters and digits only, and * at its end stands for any other letters, after at least three.", "Leave out apostrophes, and write a word with a hyphen as two.")
	}
	return ok
}
