package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

// short are the names by which frames call what the guide asks.
var short = map[string]string{
	"near-miss": "near-miss", "nobody-involved": "nobody", "staff-only": "staff-only", "complaint": "complaint", "already-died": "died",
}

// score counts what a guide makes of labelled texts.
type score struct {
	texts, expected, found int
	wrong                  int // texts with an ask that nobody expects
	unexpected             int // texts with a prompt that nobody expects
	set                    int // texts after which the event was another
	byAsk                  map[string][2]int
	misses                 []string
}

// measure scores a guide. The events have no type: then everything is asked.
func measure(g *interview.Guide, texts []labelled) score {
	s := score{texts: len(texts), byAsk: map[string][2]int{}}
	for i := range texts {
		t := &texts[i]
		e := lfpse.Event{Description: t.text}
		a := g.Advise(&e)
		if e.Description != t.text || len(e.Patients) > 0 || e.Type != "" {
			s.set++
		}
		s.asks(t, ids(a.Asks, func(id string) string { return short[id] }))
		s.prompts(t, ids(a.Prompts, func(id string) string { return id }))
	}
	return s
}

func ids(notes []interview.Note, name func(string) string) (out []string) {
	for i := range notes {
		out = append(out, name(notes[i].ID))
	}
	return out
}

func (s *score) asks(t *labelled, got []string) {
	for _, want := range t.asks {
		if strings.HasSuffix(want, "?") {
			continue
		}
		n := s.byAsk[want]
		n[0]++
		s.expected++
		if slices.Contains(got, want) {
			n[1]++
			s.found++
		} else {
			s.miss(t, "does not ask", want)
		}
		s.byAsk[want] = n
	}
	other := func(id string) bool { return !slices.Contains(t.asks, id) && !slices.Contains(t.asks, id+"?") }
	if i := slices.IndexFunc(got, other); i >= 0 {
		s.wrong++
		s.miss(t, "asks", got[i])
	}
}

func (s *score) prompts(t *labelled, got []string) {
	other := func(id string) bool { return !slices.Contains(t.prompts, id) }
	if i := slices.IndexFunc(got, other); i >= 0 {
		s.unexpected++
		s.miss(t, "prompts", got[i])
	}
}

func (s *score) miss(t *labelled, what, id string) {
	s.misses = append(s.misses, fmt.Sprintf("line %d %s %s: %s", t.line, what, id, t.text))
}

func (s *score) recall() float64 { return percent(s.found, s.expected) }

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// write writes the figures as a table.
func (s *score) write(w io.Writer) {
	fmt.Fprintf(w, "%d texts: asks what it should in %.2f %% of %d, asks what nobody expects in %.2f %% of the texts, raises a prompt that nobody expects in %.2f %%, changed %d events\n",
		s.texts, s.recall(), s.expected, percent(s.wrong, s.texts), percent(s.unexpected, s.texts), s.set)
	for _, id := range []string{"near-miss", "nobody", "staff-only", "complaint", "died"} {
		n := s.byAsk[id]
		fmt.Fprintf(w, "  %-11s %6.2f %% of %d\n", id, percent(n[1], n[0]), n[0])
	}
}
