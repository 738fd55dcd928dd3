package main

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// result is what a command says about one row of its input.
type result struct {
	Reference string      `json:"reference"`
	Line      int         `json:"line,omitempty"`
	Type      string      `json:"type,omitempty"`
	State     draft.State `json:"state"`
	National  string      `json:"nationalReference,omitempty"`
	ID        string      `json:"id,omitempty"`
	Version   string      `json:"versionId,omitempty"`
	// Before says that the row was recorded before, and nothing was sent now.
	Before bool `json:"recordedBefore,omitempty"`
	// Report is the number of the report in the outbox, and Change what the row has changed
	// there.
	Report int64         `json:"report,omitempty"`
	Change outbox.Change `json:"change,omitempty"`
	// Stands says that the row is not sent now, and was recorded before: its record stands.
	// Gone says that the log has no such row any more.
	Stands bool `json:"recordStands,omitempty"`
	Gone   bool `json:"gone,omitempty"`
	// Details say why the row is in its state.
	Details []remark `json:"details,omitempty"`
	// Wanted are the questions that may be left open, of a row that waits for answers.
	Wanted []remark `json:"wanted,omitempty"`
	// Questions counts the questions about the row.
	Questions *asked `json:"questions,omitempty"`
	// Advice is what to ask and to consider besides, and what the event is about. It is
	// never sent.
	Advice *interview.Advice `json:"advice,omitempty"`
	// Findings are what else was noticed, whatever the state: warnings and information.
	Findings []finding `json:"findings,omitempty"`
	// Releases are what people have released of what the privacy screen found.
	Releases []draft.Release `json:"releases,omitempty"`

	day     string   // of the event, as people write it
	targets []string // of the questions
	// inOutbox says that the state is that of the report in the outbox, and that it is not
	// the row that waits for an answer or a release.
	inOutbox bool
}

// remark is one thing to say about a row: in plain words, and with what a specialist
// needs to find it, which is its JSON form.
type remark struct{ plain, full string }

// MarshalText writes the remark in full.
func (r remark) MarshalText() ([]byte, error) { return []byte(r.full), nil }

// said is a remark that is the same for everybody.
func said(text string) remark { return remark{text, text} }

// finding is a warning or information about a row.
type finding struct {
	Severity fhir.Severity `json:"severity"`
	Rule     string        `json:"rule"`
	Where    string        `json:"where,omitempty"`
	Text     string        `json:"text"`
	Fix      string        `json:"fix,omitempty"`

	asked bool // a question of the row says the same
}

// newResult is the result of a draft that has been prepared, without the details.
func newResult(d *draft.Draft) result {
	r := result{Reference: d.Reference, Line: d.Line, Type: string(d.Event.Type), State: d.State, Releases: d.Releases, day: dayOf(&d.Event)}
	if r.Reference == "" {
		r.Reference = fmt.Sprintf("line %d", d.Line)
	}
	for i, stops := range findingsOf(d) {
		if !stops {
			f := newFinding(d, i)
			f.asked = asks(d, &f)
			r.Findings = append(r.Findings, f)
		}
	}
	return r
}

// tell says in the details why the draft is in its state.
func (r *result) tell(c *lfpse.Codec, d *draft.Draft) {
	if d.State == draft.NotForLFPSE {
		r.Details = []remark{said(d.Reason)}
	}
	for i, stops := range findingsOf(d) {
		if stops {
			f := newFinding(d, i)
			r.Details = append(r.Details, f.remark())
		}
	}
	for i := range d.Questions {
		switch {
		case d.State != draft.NeedsAnswers || repeated(d.Questions, i):
		case d.Questions[i].Required:
			r.Details = append(r.Details, questionRemark(c, d, i))
		case d.Reason == "":
			r.Wanted = append(r.Wanted, questionRemark(c, d, i))
		}
	}
	if len(r.Details) == 0 && d.Reason != "" {
		r.Details = []remark{said(d.Reason)}
	}
}

// findingsOf yields the findings, and whether the draft waits because of them.
func findingsOf(d *draft.Draft) iter.Seq2[*fhir.Issue, bool] {
	least := fhir.Error // of a privacy finding
	if d.State == draft.Held {
		least = fhir.Warning
	}
	return func(yield func(*fhir.Issue, bool) bool) {
		for i := range d.Privacy {
			if !yield(&d.Privacy[i], d.Privacy[i].Severity >= least) {
				return
			}
		}
		for i := range d.Issues {
			if !yield(&d.Issues[i], d.Issues[i].Severity >= fhir.Error) {
				return
			}
		}
	}
}

// newFinding says where a finding is: in the log, if the log gave the value.
func newFinding(d *draft.Draft, i *fhir.Issue) finding {
	return finding{Severity: i.Severity, Rule: i.Rule, Where: cmp.Or(d.Origins[i.Path], d.Targets[i.Path], i.Path), Text: i.Text, Fix: i.Fix}
}

// remark says what was found. The plain form names a place that people know: a column or
// a line, the record, the map.
func (f *finding) remark() remark {
	text := strings.TrimSpace(f.Text + " " + f.Fix)
	return remark{inPlace(f.place()) + text, inPlace(f.Where) + text + " [" + f.Rule + "]"}
}

// place is where a finding is in words that people know, empty if there are none.
func (f *finding) place() string {
	switch kind, _, _ := strings.Cut(f.Where, " "); kind {
	case "column", "columns", "line", "the": // the map
		return f.Where
	case "record":
		return "the patient's record"
	case "answer":
		return "the answer"
	}
	if strings.HasPrefix(f.Rule, "MAP-ANSWER") && f.Where != "" && f.Where != "answers" {
		return "the answer for " + f.Where // as the questions have it in the column target
	}
	return ""
}

func inPlace(where string) string {
	if where == "" {
		return ""
	}
	return "In " + where + ": "
}

// questionRemark is a question and why it is asked; in full with its choices and where
// the answer goes.
func questionRemark(c *lfpse.Codec, d *draft.Draft, i int) remark {
	const few = 6
	q := &d.Questions[i]
	plain := questionText(q)
	if d.Referred(q.Target) {
		plain = "For a clinician: " + plain
	}
	if !q.Required {
		plain += " (May be left open.)"
	}
	full := plain + " [" + q.Target
	if n := len(q.Choices); n > 0 && n <= few {
		values := make([]string, n)
		for i, c := range q.Choices {
			values[i] = c.Value
		}
		full += ": " + strings.Join(values, ", ")
	}
	if when := casesOf(c, d.Questions[i:], q); when != "" {
		full += "; " + when
	}
	return remark{plain, full + "]"}
}

// questionText is a question, which patient it is about if not the first, and why it is
// asked.
func questionText(q *lfpse.Question) string {
	text := q.Text
	if rest, of := strings.CutPrefix(q.Target, draft.PatientsTarget+"["); of {
		number, _, _ := strings.Cut(rest, "]")
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			text = fmt.Sprintf("Patient %d: %s", n+1, text)
		}
	}
	if q.Why != "" {
		text += " (" + q.Why + ")"
	}
	return text
}

// dayOf is the day of an event, or its month, as people write it.
func dayOf(e *lfpse.Event) string {
	if t, err := time.Parse(time.DateOnly, string(e.Date)); err == nil {
		return t.Format("02/01/2006")
	}
	if t, err := time.Parse("2006-01", e.EstimatedDate.ApproximateDate); err == nil {
		return t.Format("Jan 2006")
	}
	return ""
}

// warnings are the findings that somebody should look at.
func (r *result) warnings() (out []remark) {
	for _, f := range r.Findings {
		if f.Severity == fhir.Warning {
			out = append(out, f.remark())
		}
	}
	return out
}

// asks reports whether a question of a draft says what the map could not do with a cell, so
// that the finding about it says the same.
func asks(d *draft.Draft, f *finding) bool {
	place := f.place()
	return d.State == draft.NeedsAnswers && strings.HasPrefix(f.Rule, "MAP-") && place != "" &&
		slices.ContainsFunc(d.Questions, func(q lfpse.Question) bool {
			return q.Required && (strings.Contains(q.Text, place) || strings.Contains(q.Why, place))
		})
}

// has reports whether an error or a warning was found by a rule.
func (r *result) has(rule string) bool {
	return slices.ContainsFunc(r.Details, func(m remark) bool { return strings.HasSuffix(m.full, "["+rule+"]") })
}

// waits reports whether somebody has to see to the row before the service has its record.
func (r *result) waits() bool { return r.State.Waits() || r.State == draft.Pending }

// because says of a row that a format of map leaves out why it does, and of any row its
// warnings and what to ask and to consider, one a line.
func (r *result) because(leftOut bool) string {
	var b strings.Builder
	name := clean(r.Reference)
	if leftOut {
		texts := make([]string, len(r.Details))
		for i := range r.Details {
			texts[i] = r.Details[i].full
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", name, r.State, clean(strings.Join(texts, "; ")))
	}
	for _, w := range r.warnings() {
		fmt.Fprintf(&b, "%s: warning: %s\n", name, clean(w.full))
	}
	for _, a := range r.advice() {
		fmt.Fprintf(&b, "%s: advice: %s\n", name, clean(a.plain))
	}
	return b.String()
}
