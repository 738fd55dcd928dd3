package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// guideFlag names a file with texts of one's own.
type guideFlag struct {
	Guide string `help:"YAML file with explanations, prompts and themes of your own, added to the built-in ones or in their place: go doc github.com/gpsafety/lfpse-go/lfpse/interview" type:"existingfile" placeholder:"FILE"`
}

// guide is what people are told about the questions and the events.
func (f *guideFlag) guide(codec *lfpse.Codec) (*interview.Guide, error) {
	var own []byte
	if f.Guide != "" {
		data, err := os.ReadFile(f.Guide)
		if err != nil {
			return nil, err
		}
		own = data
	}
	g, err := interview.New(codec, own)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", f.Guide, err)
	}
	return g, nil
}

// teller says what there is to say about drafts.
type teller struct {
	builder *submission.Builder
	guide   *interview.Guide
	mute    bool // gives no advice
	brief   bool // only counts: the draft itself is shown
}

// result says it about one draft that has been prepared.
func (t *teller) result(d *draft.Draft) result {
	r := newResult(d)
	if !t.brief {
		r.tell(t.builder.Codec(), d)
	}
	if d.Reason != "" {
		return r
	}
	r.targets = make([]string, len(d.Questions))
	for i := range d.Questions {
		r.targets[i] = d.Questions[i].Target
	}
	r.Questions = t.asked(d)
	if t.mute {
		return r
	}
	if advice := t.guide.Advise(&d.Event); len(advice.Asks)+len(advice.Prompts)+len(advice.Themes) > 0 {
		r.Advice = &advice
	}
	return r
}

// asked counts the questions about one row.
type asked struct {
	// Questions are those that arise, Answered those of them that people have answered,
	// Perhaps those that arise only after other answers.
	Questions int `json:"questions"`
	Answered  int `json:"answered"`
	Perhaps   int `json:"perhaps,omitempty"`
	// Without is how many would arise if the row had no patient's record; nil if it has none.
	Without *int `json:"withoutRecord,omitempty"`
}

// asked counts the questions about a draft, and what they would be without a record.
func (t *teller) asked(d *draft.Draft) *asked {
	out := t.count(d)
	if without, had := t.builder.Form().WithoutRecord(d); had {
		t.builder.Prepare(&without)
		n := t.count(&without).Questions
		out.Without = &n
	}
	return out
}

func (t *teller) count(d *draft.Draft) *asked {
	out := &asked{}
	for _, a := range d.Answers {
		if d.Answered(a.Target) && !pointless(d, a.Target) {
			out.Answered++
		}
	}
	out.Questions = out.Answered
	var may []string
	for i := range d.Questions {
		switch q := &d.Questions[i]; {
		case t.builder.Form().Arises(d, q):
			out.Questions++
		case !slices.Contains(may, q.Target):
			may = append(may, q.Target)
		}
	}
	out.Perhaps = len(may)
	return out
}

// pointless reports whether an answer was given to a question that does not arise.
func pointless(d *draft.Draft, target string) bool {
	for i := range d.Issues {
		if d.Issues[i].Rule == "MAP-ANSWER-POINTLESS" && d.Issues[i].Path == target {
			return true
		}
	}
	return false
}

// burden is how much is asked about the rows of a source.
type burden struct {
	Questions int `json:"questions"`
	Answered  int `json:"answered"`
	Perhaps   int `json:"perhaps,omitempty"`
	Most      int `json:"most"` // about one row
	// Records counts the rows with a patient's record; Without and MostWithout are what
	// would be asked if they had none.
	Records     int `json:"rowsWithRecord,omitempty"`
	Without     int `json:"withoutRecord,omitempty"`
	MostWithout int `json:"mostWithoutRecord,omitempty"`
}

func (b *burden) add(a *asked) {
	if a == nil {
		return
	}
	without := a.Questions
	if a.Without != nil {
		b.Records++
		without = *a.Without
	}
	b.Questions += a.Questions
	b.Answered += a.Answered
	b.Perhaps += a.Perhaps
	b.Most = max(b.Most, a.Questions)
	b.Without += without
	b.MostWithout = max(b.MostWithout, without)
}

// lines say it of a source, in one sentence about what is asked and one about what it would
// be without the patients' records.
func (b *burden) lines(source string) (lines []string) {
	if b.Questions+b.Perhaps == 0 {
		return nil
	}
	text := fmt.Sprintf("Questions about %s: %d, of which %d are answered; at most %d about one row.", source, b.Questions, b.Answered, b.Most)
	if b.Perhaps > 0 {
		text = strings.TrimSuffix(text, ".") + fmt.Sprintf("; up to %d more, if other answers make them arise.", b.Perhaps)
	}
	lines = append(lines, text)
	if b.Records > 0 {
		lines = append(lines, fmt.Sprintf("Without the patients' records of %s there would be %d questions; at most %d about one row.", rows(b.Records), b.Without, b.MostWithout))
	}
	return lines
}

// advice is what to ask and to consider about a row, besides its questions. The plain form
// of a prompt is its first sentence.
func (r *result) advice() (out []remark) {
	if r.Advice == nil {
		return nil
	}
	for _, n := range r.Advice.Asks {
		out = append(out, remark{n.Text, inFull(&n)})
	}
	for _, n := range r.Advice.Prompts {
		first, _, _ := strings.Cut(n.Text, ". ")
		out = append(out, remark{strings.TrimSuffix(first, ".") + ".", inFull(&n)})
	}
	return out
}

// inFull is a note with what raised it and where its text comes from.
func inFull(n *interview.Note) string {
	facts := make([]string, len(n.Facts))
	for i, f := range n.Facts {
		facts[i] = f.String()
	}
	return n.Text + " [" + n.ID + ": " + strings.Join(facts, ", ") + "; " + n.Source.String() + "]"
}

// spoken is what is said about a question in one cell: who can answer it, and what it and
// its answers mean.
func spoken(g *interview.Guide, q *lfpse.Question) (who, help string) {
	h, ok := g.Help(q.Target)
	if !ok {
		return string(interview.Anybody), ""
	}
	parts := []string{h.Text}
	for _, c := range h.Choices {
		parts = append(parts, c.Value+": "+c.Text)
	}
	return string(h.Who), strings.TrimSpace(strings.Join(parts, " ") + " (" + h.Source.String() + ")")
}

// whoAnswers says who can answer a question, and what others do.
func whoAnswers(w interview.Who) string {
	switch w {
	case interview.Clinician:
		return "for a clinician; anybody else can answer: " + draft.AskClinician
	case interview.Manager:
		return "for the manager of the practice"
	}
	return "anybody can answer"
}

// explainQuestions writes what the questions about some targets mean, each once: beside
// each row there is no room for it.
func explainQuestions(w io.Writer, g *interview.Guide, f tableFlags, targets []string) error {
	out := bufio.NewWriter(w)
	seen := map[string]bool{}
	line := func(indent, text string) {
		for _, l := range display.Wrap(printable.Line(text), cmp.Or(f.width(w), freeWidth)-len(indent), "  ") {
			fmt.Fprintln(out, indent+l)
		}
	}
	for _, target := range targets {
		h, ok := g.Help(target)
		if !ok || seen[h.Text] {
			continue
		}
		if len(seen) == 0 {
			fmt.Fprintln(out, "\nWhat the questions mean:")
		}
		seen[h.Text] = true
		line("", target+" ("+whoAnswers(h.Who)+"): "+h.Text)
		for _, c := range h.Choices {
			line("  ", c.Value+": "+c.Text)
		}
		line("  ", "Source: "+h.Source.String())
	}
	return out.Flush()
}
