package interview

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// Note is one piece of advice. It holds words of the guide and names of properties, never
// anything that the event says.
type Note struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Facts are what in the event raised it.
	Facts  []Fact `json:"facts"`
	Source Source `json:"source"`
}

// Fact is what in an event raised a [Note].
type Fact struct {
	// Target is the property: the path in the JSON form of the event.
	Target string `json:"target"`
	// Says names the words that its text was found to say, such as near miss; none if the
	// value of the property is the fact.
	Says []string `json:"says,omitempty"`
}

// String returns the fact in words, such as "description says: near miss".
func (f Fact) String() string {
	if len(f.Says) == 0 {
		return f.Target
	}
	return f.Target + " says: " + strings.Join(f.Says, ", ")
}

// Advice is what a guide has to say about an event. Nothing of it is put into the event or
// sent.
type Advice struct {
	// Asks are reasons to ask whether the type of the event is right, or whether it is an
	// event for LFPSE at all.
	Asks []Note `json:"asks,omitempty"`
	// Prompts are duties and reports besides LFPSE to consider.
	Prompts []Note `json:"prompts,omitempty"`
	// Themes are what the event is about, for learning.
	Themes []Note `json:"themes,omitempty"`
}

// note is a Note with what raises it.
type note struct {
	Note
	types         []lfpse.EventType // for which it arises; none: all
	facts, unless []fact
}

// fact is a condition: a property has one of the values, or any value if there are none;
// or one sentence of a text says all of something.
type fact struct {
	field   string
	values  []string
	says    []string
	classes []int // those of says
}

// holds appends the facts of an event that fulfil the condition.
func (f *fact) holds(s *seen, out []Fact) []Fact {
	if f.field != "" {
		for _, v := range s.values {
			if v.generic == f.field && (len(f.values) == 0 || slices.ContainsFunc(v.values, func(x string) bool { return slices.Contains(f.values, x) })) {
				out = append(out, Fact{Target: v.target})
			}
		}
		return out
	}
	for _, t := range s.said {
		if !slices.ContainsFunc(f.classes, func(c int) bool { return !slices.Contains(t.classes, c) }) {
			if n := len(out); n == 0 || out[n-1].Target != t.target || !slices.Equal(out[n-1].Says, f.says) {
				out = append(out, Fact{Target: t.target, Says: f.says})
			}
		}
	}
	return out
}

// seen is what an event states, prepared for all notes.
type seen struct {
	kind   lfpse.EventType
	values []stated
	said   []said
}

// stated is what one property states.
type stated struct {
	target, generic string // with the index, and with the index 0
	values          []string
}

// said is what one sentence of a text says.
type said struct {
	target  string
	classes []int
}

// look reads an event once.
func (g *Guide) look(e *lfpse.Event) *seen {
	s := &seen{kind: e.Type}
	for target, values := range e.Stated() {
		v := stated{target, generic(target), values}
		s.values = append(s.values, v)
		if !g.texts[v.generic] {
			continue
		}
		for _, text := range values {
			g.matcher.sentences(text, func(classes []int) {
				s.said = append(s.said, said{target, slices.Clone(classes)})
			})
		}
	}
	return s
}

// generic returns a target with 0 in the place of its index.
func generic(target string) string {
	open, end := strings.IndexByte(target, '['), strings.IndexByte(target, ']')
	if open < 0 || end < open {
		return target
	}
	return target[:open+1] + "0" + target[end:]
}

// raised returns the notes that an event raises.
func (s *seen) raised(notes []note) (out []Note) {
	for i := range notes {
		n := &notes[i]
		if len(n.types) > 0 && !slices.Contains(n.types, s.kind) {
			continue
		}
		if slices.ContainsFunc(n.unless, func(f fact) bool { return len(f.holds(s, nil)) > 0 }) {
			continue
		}
		raised := n.Note
		for j := range n.facts {
			raised.Facts = n.facts[j].holds(s, raised.Facts)
		}
		if len(raised.Facts) > 0 {
			out = append(out, raised)
		}
	}
	return out
}

// Advise says what to ask and to consider about an event, in the order of the files. It
// changes nothing.
func (g *Guide) Advise(e *lfpse.Event) Advice {
	s := g.look(e)
	return Advice{Asks: s.raised(g.asks), Prompts: s.raised(g.prompts), Themes: s.raised(g.themes)}
}
