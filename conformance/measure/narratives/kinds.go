package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// The frames of each kind of text that says itself what it holds are in frames/, one file
// a class: those for tuning the screen, and those that only measure it, which share none.
//
//go:embed frames/*.txt
var frameFiles embed.FS

// kind is a class with its frames. A near miss holds nothing of the class.
type kind struct {
	class                                    privacy.Class
	measured, near, tuning, tuningNear, hard []string
}

// How often each frame is drawn.
const (
	drawsOfFrame = 12
	drawsOfNear  = 25
)

// kinds reads the frames.
func kinds() ([]kind, error) {
	files, err := frameFiles.ReadDir("frames")
	if err != nil {
		return nil, err
	}
	var all []kind
	for _, file := range files {
		text, err := frameFiles.ReadFile("frames/" + file.Name())
		if err != nil {
			return nil, err
		}
		k := kind{class: classNamed(strings.TrimSuffix(file.Name(), ".txt"))}
		parts := map[string]*[]string{"= measured": &k.measured, "= measured near": &k.near, "= tuning": &k.tuning, "= tuning near": &k.tuningNear, "= hard": &k.hard, "= end": new([]string)}
		var part *[]string
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if next, ok := parts[line]; ok {
				part = next
			} else if part == nil {
				return nil, fmt.Errorf("%s does not begin with a part", file.Name())
			} else {
				*part = append(*part, line)
			}
		}
		all = append(all, k)
	}
	return all, nil
}

// narratives draws from frames of the kind, each several times.
func (k *kind) narratives(seed uint64, frames []string, draws int) ([]Narrative, error) {
	d := dice{rand.New(rand.NewPCG(seed, uint64(k.class)))}
	var corpus []Narrative
	for _, frame := range frames {
		for range draws {
			s := &scene{dice: d, patient: d.handlePerson(), staff: d.wordPerson()}
			text, labels, err := parseMarkup(s.fill(frame))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", frame, err)
			}
			n := Narrative{N: len(corpus) + 1, Source: "generated", Text: strings.TrimSpace(text), Labels: labels}
			if k.class == privacy.Name {
				n.Deny = append(s.patient.nameTerms(), s.staff.nameTerms()...)
			}
			corpus = append(corpus, n)
		}
	}
	return corpus, nil
}

// hardNarratives are the hand-written cases of the kind.
func (k *kind) hardNarratives() ([]Narrative, error) {
	var corpus []Narrative
	for _, markup := range k.hard {
		text, labels, err := parseMarkup(markup)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", markup, err)
		}
		n := Narrative{N: len(corpus) + 1, Source: "hand-written", Text: text, Labels: labels}
		if k.class == privacy.Name {
			n.Deny = hardWordPeople
		}
		corpus = append(corpus, n)
	}
	return corpus, nil
}

// hardWordPeople are the people of the hand-written cases of names.
var hardWordPeople = []DenyFor{
	{"name", "Jane Rosen"}, {"name", "Anna Ward"}, {"name", "Baby Rosental"}, {"name", "Test Patient"}, {"given-name", "Unknown"}, {"family-name", "NHS"}, {"family-name", "Nurse"},
}

// kindScore is the outcome for one kind.
type kindScore struct {
	class              privacy.Class
	frames, nearMisses int
	tally, hard        Tally
	others             int // wrong hits of other classes
	misses             []Miss
}

// scoreKind scores the measured frames of a kind, or those for tuning, and its hard cases.
func scoreKind(s *privacy.Screener, k *kind, seed uint64, tuning bool) (kindScore, error) {
	frames, near := k.measured, k.near
	if tuning {
		frames, near = k.tuning, k.tuningNear
	}
	positives, err := k.narratives(seed, frames, drawsOfFrame)
	if err != nil {
		return kindScore{}, err
	}
	negatives, err := k.narratives(seed+1, near, drawsOfNear)
	if err != nil {
		return kindScore{}, err
	}
	hard, err := k.hardNarratives()
	if err != nil {
		return kindScore{}, err
	}
	out := kindScore{class: k.class, frames: len(frames), nearMisses: len(negatives)}
	total, handWritten := score(s, append(positives, negatives...)), score(s, hard)
	out.tally, out.hard = total.Classes[k.class], handWritten.Classes[k.class]
	for class, t := range total.Classes {
		if class != k.class {
			out.others += t.Wrong
		}
	}
	out.misses = handWritten.Misses
	if tuning {
		out.misses = append(out.misses, total.Misses...)
	}
	return out, nil
}

// target is what a class has to reach by what its findings do to a row.
type target struct {
	effect            string
	recall, precision float64
}

func targetOf(s fhir.Severity) target {
	switch s {
	case fhir.Error:
		return target{"blocks", 0.99, 0.98}
	case fhir.Warning:
		return target{"holds", 0.95, 0.95}
	default:
		return target{"informs", 0, 0}
	}
}

func (t target) missedBy(tally Tally) bool {
	return tally.Recall() < t.recall || tally.Precision() < t.precision
}

// errTargets says that a class falls short.
var errTargets = errors.New("a class misses its target")

// writeKinds prints the table of the kinds and returns errTargets if one falls short.
func writeKinds(w io.Writer, s *privacy.Screener, scores []kindScore) (err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(tw, "| Class\t| Effect\t| Frames\t| Labels\t| Recall %\t| Near misses\t| Precision %\t| Hard cases: recall %\t| Precision %\t| Wrong hits of other classes\t|")
	fmt.Fprintln(tw, "| ---\t| ---\t| ---:\t| ---:\t| ---:\t| ---:\t| ---:\t| ---:\t| ---:\t| ---:\t|")
	for _, k := range scores {
		t := targetOf(s.Severity(k.class))
		fmt.Fprintf(tw, "| %s\t| %s\t| %d\t| %d\t| %.2f\t| %d\t| %.2f\t| %.2f\t| %.2f\t| %d\t|\n", k.class, t.effect, k.frames, k.tally.Labels, 100*k.tally.Recall(), k.nearMisses,
			100*k.tally.Precision(), 100*k.hard.Recall(), 100*k.hard.Precision(), k.others)
		if t.missedBy(k.tally) {
			err = errTargets
		}
	}
	return errors.Join(tw.Flush(), err)
}

// scoreKinds scores all kinds.
func scoreKinds(s *privacy.Screener, seed uint64, tuning bool) ([]kindScore, error) {
	all, err := kinds()
	if err != nil {
		return nil, err
	}
	var scores []kindScore
	for i := range all {
		k, err := scoreKind(s, &all[i], seed, tuning)
		if err != nil {
			return nil, err
		}
		scores = append(scores, k)
	}
	return scores, nil
}

// speed is how many megabytes of narratives the screen scans in a second, by form alone.
func speed(s *privacy.Screener, corpus []Narrative) float64 {
	bytes, start := 0, time.Now()
	for range 5 {
		for i := range corpus {
			s.Scan(corpus[i].Text)
			bytes += len(corpus[i].Text)
		}
	}
	return float64(bytes) / 1e6 / time.Since(start).Seconds()
}
