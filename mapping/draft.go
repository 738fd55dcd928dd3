package mapping

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// State says what can become of a row.
type State string

// The states of a row before it is sent.
const (
	Ready         State = "ready"               // complete, checked and screened
	NeedsAnswers  State = "needs answers"       // required questions are open
	PrivacyBlock  State = "blocked for privacy" // personal data in a text
	NotForLFPSE   State = "not for LFPSE"       // the map says so, with the reason
	InvalidRecord State = "invalid"             // the row cannot be read, or breaks a rule
)

// Draft is what became of one row. Its JSON form holds the event, so it is as
// confidential as the log; printing or logging the Event shows nothing of it.
type Draft struct {
	Reference string `json:"reference"`
	Line      int    `json:"line,omitempty"` // physical line of the row in the log
	State     State  `json:"state"`
	// Reason says in a sentence why a row is not for LFPSE or cannot be read.
	Reason string      `json:"reason,omitempty"`
	Event  lfpse.Event `json:"event"`
	// Questions are open. The required ones come first.
	Questions []lfpse.Question `json:"questions,omitempty"`
	// Trace says, in the order of the event's making, where each value came from.
	Trace []Step `json:"trace,omitempty"`
	// Issues are the findings of the map, the encoder and the validator, Privacy
	// those of the privacy screen.
	Issues  fhir.Issues `json:"issues,omitempty"`
	Privacy fhir.Issues `json:"privacy,omitempty"`
	// Origins says, for the path of a warning or an error, which source gave the
	// value there.
	Origins map[string]string `json:"origins,omitempty"`
	// Submission is what to send; it is set when the state is Ready.
	Submission submission.Submission `json:"-"`
}

// MarshalJSON writes the draft. The event of a row that is blocked for privacy is
// withheld: its text holds what must not leave the log.
func (d Draft) MarshalJSON() ([]byte, error) {
	type plain Draft // without this method
	out := struct {
		plain
		Event *lfpse.Event `json:"event,omitempty"`
	}{plain: plain(d)}
	if d.State != PrivacyBlock {
		out.Event = &d.Event
	}
	return json.Marshal(out)
}

// Step is one entry of a trace: which source gave which property of the event,
// by which rule. It names columns, paths and words of the map, never a cell.
type Step struct {
	Target string `json:"target"`
	From   string `json:"from"`
	Rule   string `json:"rule"`
}

// FromEvent makes a draft of an event in its JSON form, the way in for systems
// that map for themselves. Reference and line name it in reports. The event is
// checked and screened as the builder does it, without a patient's record.
func FromEvent(b *submission.Builder, reference string, line int, data []byte) Draft {
	d := Draft{Reference: reference, Line: line}
	e, err := lfpse.ParseEvent(data)
	if err != nil {
		d.State, d.Reason = InvalidRecord, "This is not an event in the documented form."
		errors.As(err, &d.Issues)
		return d
	}
	d.Event = e
	d.settle(b.Codec(), b.Build(&d.Event, nil))
	return d
}

// settle takes over what the builder found out and decides the state.
func (d *Draft) settle(c *lfpse.Codec, r submission.Result) {
	if d.Issues == nil {
		d.Issues = r.Issues
	} else {
		d.Issues = append(d.Issues, r.Issues...)
	}
	d.Privacy = r.Privacy
	for _, q := range r.Questions {
		switch i := slices.IndexFunc(d.Questions, func(o lfpse.Question) bool { return o.Target == q.Target }); {
		case i < 0:
			d.Questions = append(d.Questions, q)
		case d.Questions[i].Text == "":
			d.Questions[i].Text = q.Text
		}
	}
	for i := range d.Questions {
		if q := &d.Questions[i]; q.Text == "" {
			q.Text = plainQuestion(c, q.Target)
		}
	}
	d.trace(r.Targets)
	slices.SortStableFunc(d.Questions, func(a, b lfpse.Question) int { return cmp.Compare(rank(a), rank(b)) })
	switch {
	case d.Privacy.HasErrors():
		d.State = PrivacyBlock
	case d.Issues.HasErrors():
		d.State = InvalidRecord
	case len(d.Questions) > 0 && d.Questions[0].Required:
		d.State = NeedsAnswers
	default:
		d.State, d.Submission = Ready, r.Submission
	}
}

// plainQuestion asks for a property by what the taxonomy says of it.
func plainQuestion(c *lfpse.Codec, target string) string {
	if p, err := c.Place(target); err == nil && p.Field() != nil && p.Field().Definition != "" {
		return p.Field().Definition + ": what should be sent?"
	}
	return "What should stand at " + target + "?"
}

// trace notes for each finding which source gave the value it is about.
func (d *Draft) trace(targets map[string]string) {
	for path, target := range targets {
		n := slices.IndexFunc(d.Trace, func(s Step) bool { return s.Target == target })
		if n < 0 {
			continue
		}
		if d.Origins == nil {
			d.Origins = map[string]string{}
		}
		d.Origins[path] = d.Trace[n].From
	}
}

// rank puts required questions first.
func rank(q lfpse.Question) int {
	if q.Required {
		return 0
	}
	return 1
}
