package main

import (
	"math/rand/v2"
	"strings"
)

// generate makes n narratives. The same seed makes the same ones.
func generate(seed uint64, n int) ([]Narrative, error) {
	d := dice{rand.New(rand.NewPCG(seed, 0x6c66707365))}
	corpus := make([]Narrative, n)
	for i := range corpus {
		s := &scene{dice: d, patient: d.person(), staff: d.person()}
		text, labels, err := parseMarkup(s.restyle(s.story()))
		if err != nil {
			return nil, err
		}
		corpus[i] = Narrative{N: i + 1, Source: "generated", Text: text, Labels: labels, Deny: append(s.patient.terms(), s.staff.staffTerms()...)}
	}
	return corpus, nil
}

// story strings sentences together. A third of the stories hold no personal data.
func (s *scene) story() string {
	var sentences []string
	add := func(from []string, most int) {
		for range s.IntN(most + 1) {
			sentences = append(sentences, s.fill(pick(s.dice, from)))
		}
	}
	sentences = append(sentences, s.fill(pick(s.dice, events)))
	add(events, 3)
	add(traps, 2)
	if s.chance(67) {
		add(patients, 3)
		add(strangers, 2)
	}
	s.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	return strings.Join(sentences, pick(s.dice, []string{" ", " ", " ", "  ", "\n", "\r\n\r\n", " - "}))
}

// restyle types the whole story as some people type: all in capitals, or in lower
// case. Labels and digits stay as they are.
func (s *scene) restyle(markup string) string {
	change := strings.Clone
	switch n := s.IntN(100); {
	case n < 4:
		change = strings.ToUpper
	case n < 9:
		change = strings.ToLower
	}
	var b strings.Builder
	for markup != "" {
		plain, rest, found := strings.Cut(markup, "[[")
		b.WriteString(change(plain))
		if !found {
			break
		}
		class, rest, _ := strings.Cut(rest, "|")
		value, rest, _ := strings.Cut(rest, "]]")
		b.WriteString(mark(class, change(value)))
		markup = rest
	}
	return b.String()
}
