package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Tally counts what became of the labels and hits of one class.
type Tally struct {
	Labels, Found int // labels, and those found
	Right, Wrong  int // hits
}

// Recall is the share of the labels that were found; 1 when there are none.
func (t Tally) Recall() float64 { return share(t.Found, t.Labels) }

// Precision is the share of the hits that are right; 1 when there are none.
func (t Tally) Precision() float64 { return share(t.Right, t.Right+t.Wrong) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func (t *Tally) add(o Tally) {
	t.Labels, t.Found, t.Right, t.Wrong = t.Labels+o.Labels, t.Found+o.Found, t.Right+o.Right, t.Wrong+o.Wrong
}

// Miss is a label not found or a hit that is wrong. The corpus is invented, so the
// text may be shown.
type Miss struct {
	Seed  uint64 // of the corpus
	N     int
	Class privacy.Class
	Wrong bool // a wrong hit, not a label that was missed
	Text  string
}

func (m Miss) String() string {
	what := "missed"
	if m.Wrong {
		what = "wrong"
	}
	return fmt.Sprintf("seed %d narrative %d: %s %s: %q", m.Seed, m.N, what, m.Class, m.Text)
}

// Score is the outcome for one or several corpora.
type Score struct {
	Narratives int
	Bytes      int
	Classes    map[privacy.Class]Tally
	Misses     []Miss
}

// score screens every narrative. A label is found when the hits of its class cover
// each letter and digit of it. A hit is right when it overlaps a label of its class;
// one that overlaps labels of other classes only is not counted, since the value is
// found anyway; all others are wrong.
func score(s *privacy.Screener, corpus []Narrative) Score {
	sc := Score{Narratives: len(corpus), Classes: map[privacy.Class]Tally{}}
	for i := range corpus {
		n := &corpus[i]
		sc.Bytes += len(n.Text)
		hits := s.ScanText(n.Text, n.denyList())
		for _, l := range n.Labels {
			sc.label(n, l, hits)
		}
		for _, h := range hits {
			sc.hit(n, h)
		}
	}
	return sc
}

func (sc *Score) label(n *Narrative, l Label, hits []privacy.Hit) {
	class := classNamed(l.Class)
	t := Tally{Labels: 1}
	if covered(n.Text, l, class, hits) {
		t.Found = 1
	} else {
		sc.Misses = append(sc.Misses, Miss{N: n.N, Class: class, Text: around(n.Text, l.Start, l.End)})
	}
	t.add(sc.Classes[class])
	sc.Classes[class] = t
}

func covered(text string, l Label, class privacy.Class, hits []privacy.Hit) bool {
	for i, r := range text[l.Start:l.End] {
		at := l.Start + i
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) &&
			!slices.ContainsFunc(hits, func(h privacy.Hit) bool { return answers(h.Class, class) && h.Start <= at && at < h.End }) {
			return false
		}
	}
	return true
}

// answers reports whether a hit of a class is right for a label of another: a labelled
// number that is not mistyped is found as what it is.
func answers(hit, label privacy.Class) bool {
	return hit == label || label == privacy.LabelledNumber && hit <= privacy.NINumber
}

func (sc *Score) hit(n *Narrative, h privacy.Hit) {
	t, elsewhere := Tally{}, false
	for _, l := range n.Labels {
		if l.Start < h.End && h.Start < l.End {
			if answers(h.Class, classNamed(l.Class)) {
				t.Right = 1
			} else {
				elsewhere = true
			}
		}
	}
	if t.Right == 0 && !elsewhere {
		t.Wrong = 1
		sc.Misses = append(sc.Misses, Miss{N: n.N, Class: h.Class, Wrong: true, Text: around(n.Text, h.Start, h.End)})
	}
	t.add(sc.Classes[h.Class])
	sc.Classes[h.Class] = t
}

// around shows a value in its context.
func around(text string, start, end int) string {
	from, to := max(0, start-30), min(len(text), end+20)
	return strings.ToValidUTF8(text[from:start], "") + "»" + text[start:end] + "«" + strings.ToValidUTF8(text[end:to], "")
}

// merge adds the outcome for the corpus of a seed.
func (sc *Score) merge(o Score, seed uint64) {
	if sc.Classes == nil {
		sc.Classes = map[privacy.Class]Tally{}
	}
	sc.Narratives += o.Narratives
	sc.Bytes += o.Bytes
	for _, m := range o.Misses {
		m.Seed = seed
		sc.Misses = append(sc.Misses, m)
	}
	for class, t := range o.Classes {
		t.add(sc.Classes[class])
		sc.Classes[class] = t
	}
}

// blocking sums the classes that stop a report.
func (sc *Score) blocking(s *privacy.Screener) (all Tally) {
	for class, t := range sc.Classes {
		if s.Severity(class) == fhir.Error {
			all.add(t)
		}
	}
	return all
}

// enoughLabels is from how many labels on a class is held to its target.
const enoughLabels = 200

// write prints the table of README.md. It returns errTargets if a class falls short.
func (sc *Score) write(w io.Writer, s *privacy.Screener) (err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(tw, "| Class\t| Effect\t| Labels\t| Recall %\t| Hits\t| Precision %\t|")
	fmt.Fprintln(tw, "| ---\t| ---\t| ---:\t| ---:\t| ---:\t| ---:\t|")
	row := func(name, effect string, t Tally) {
		fmt.Fprintf(tw, "| %s\t| %s\t| %d\t| %.2f\t| %d\t| %.2f\t|\n", name, effect, t.Labels, 100*t.Recall(), t.Right+t.Wrong, 100*t.Precision())
	}
	for c := privacy.Class(1); c < 128; c++ {
		if t, ok := sc.Classes[c]; ok {
			target := targetOf(s.Severity(c))
			row(c.String(), target.effect, t)
			if t.Labels >= enoughLabels && target.missedBy(t) {
				err = errTargets
			}
		}
	}
	row("all that block", "", sc.blocking(s))
	return errors.Join(tw.Flush(), err)
}
