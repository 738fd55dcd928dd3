package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Draft is a report that is being prepared: an event, what is still open about it, and
// where each value came from. A zero Draft with an Event is ready to be filled in and
// prepared. A Draft is plain data: copy it, but do not change it from several goroutines
// at once.
//
// Its JSON form is for people and other systems to read. It holds the event, so it is as
// confidential as the log. It cannot be read back, because it does not hold the names to
// look for: what is stored and read back is the binary form, encrypted, see
// [Draft.AppendBinary]. Printing or logging a draft shows its line and state only.
type Draft struct {
	Reference string `json:"reference"`
	Line      int    `json:"line,omitempty"` // physical line of the row in the log
	State     State  `json:"state"`
	// Reason says in a sentence why the source set the row aside: it is not for
	// LFPSE, or cannot be read. Such a draft is not checked.
	Reason string      `json:"reason,omitempty"`
	Event  lfpse.Event `json:"event"`

	// Questions are the open questions, all of them at once, but for those about a second
	// and further patient of whom only a question asks. One that depends on the answer to
	// another says so in its When, see [Form.Arises]. There may be two
	// questions about one property, for reasons that never apply at the same time. The
	// order is: required questions that arise now, required ones that may arise, then the
	// optional ones in the same way. While State is NeedsAnswers, the first question is
	// required and arises now.
	Questions []lfpse.Question `json:"questions,omitempty"`
	// Answers are what people have said, in the order in which they said it. A question
	// that somebody has put to a clinician, see [AskClinician], is still open.
	Answers []Answer `json:"answers,omitempty"`
	// Releasable are the releases that people may give now, without who and why.
	Releasable []Release `json:"releasable,omitempty"`
	// Releases are what people have released of what the privacy screen found, see
	// [Form.Release]. One that does not count any more has a finding of its own.
	Releases []Release `json:"releases,omitempty"`
	// Conditional are values from the source that apply only after an open question is
	// answered, such as values for incidents while the type is not known.
	Conditional []Conditional `json:"conditional,omitempty"`
	// Trace says where each value came from, in the order in which the values were set.
	Trace []Step `json:"trace,omitempty"`

	// Issues are the findings of the source, the encoder and the validator, Privacy
	// those of the privacy screen.
	Issues  fhir.Issues `json:"issues,omitempty"`
	Privacy fhir.Issues `json:"privacy,omitempty"`
	// Targets has, by the path of a warning or an error, the target of the property that
	// it is about, if it is about one. Origins has the source of that property's value.
	Targets map[string]string `json:"targets,omitempty"`
	Origins map[string]string `json:"origins,omitempty"`

	// Affected is the number of patients that the source or a person says were affected,
	// nil if nobody has said it. It matters where an incident lists fewer patients.
	Affected *int `json:"affected,omitempty"`

	// Unasked are the targets of answers that the source would not ask for in an event
	// like this one. Unless a check asks for them, they are reported.
	Unasked []string `json:"-"`

	// Asked and Found are the questions and findings of the source itself. They are
	// part of Questions and Issues once the draft has been checked.
	Asked []lfpse.Question `json:"-"`
	Found fhir.Issues      `json:"-"`
	// Terms are names, numbers and addresses that must not occur in any text of the
	// event, such as those of the patient concerned.
	Terms []privacy.Term `json:"-"`

	records [][]Fact // of the records applied, which are taken over again when the day becomes known

	candidates    []Candidate // the medicines that were offered
	denyList      *privacy.DenyList
	denied        []privacy.Term // those that denyList is made of
	drugs         []string       // the names among them that were put into the event
	aboutMedicine bool           // the source says that the event is about a medicine
}

// Answer is what a person has said about one property of the event.
type Answer struct {
	Target string `json:"target"`
	Text   string `json:"text"` // as given
}

// DenyList compiles the Terms of the draft, once as long as they are the same. It is nil
// if there are none.
func (d *Draft) DenyList() *privacy.DenyList {
	if len(d.Terms) == 0 {
		return nil
	}
	if d.denyList == nil || !slices.Equal(d.denied, d.Terms) {
		d.denyList, d.denied = privacy.NewDenyList(d.Terms), slices.Clone(d.Terms)
	}
	return d.denyList
}

// Format prints the target and not the answer, for every verb.
func (a Answer) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft.Answer(%s)", a.Target) }

// LogValue logs the target and not the answer.
func (a Answer) LogValue() slog.Value { return slog.GroupValue(slog.String("target", a.Target)) }

// Conditional is a value that is put into the event when its conditions hold.
type Conditional struct {
	When  []lfpse.Condition `json:"when"`
	Value string            `json:"value"` // in the form that [lfpse.Accessor.Put] takes
	Step
}

// Format prints the target and not the value, for every verb.
func (c Conditional) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft.Conditional(%s)", c.Target) }

// LogValue logs the target and not the value.
func (c Conditional) LogValue() slog.Value { return slog.GroupValue(slog.String("target", c.Target)) }

// Step is one entry of a trace: which source gave which property of the event,
// by which rule. It names columns, paths and words of a map, never a cell; only an age is
// repeated, with the unit in which it was read.
type Step struct {
	Target string `json:"target"`
	From   string `json:"from"`
	Rule   string `json:"rule"`
}

// Source yields the rows of a log, a form or a queue: for each row, in order, a function
// that fills in a zero Draft from it. Each function is called once; they may be called in
// any order and by several goroutines at once. An error means that the rest of the source
// cannot be read; it comes last.
type Source = iter.Seq2[func(*Draft), error]

// FromEvent makes a draft from an event in its JSON form, for systems that make events
// themselves. Reference and line identify it in reports.
func FromEvent(reference string, line int, data []byte) Draft {
	d := Draft{Reference: reference, Line: line}
	e, err := lfpse.ParseEvent(data)
	if err != nil {
		d.State, d.Reason = Invalid, "This is not an event in the documented form."
		errors.As(err, &d.Issues)
		return d
	}
	d.Event = e
	return d
}

// Format prints where the draft comes from and its state, for every verb.
func (d Draft) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "draft.Draft(line %d, %s, %d questions)", d.Line, d.stateName(), len(d.Questions))
}

// LogValue logs where the draft comes from and its state.
func (d Draft) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("line", d.Line), slog.String("state", d.stateName()), slog.Int("questions", len(d.Questions)))
}

func (d *Draft) stateName() string {
	if d.State == "" {
		return "new"
	}
	return string(d.State)
}

// MarshalJSON writes the draft. If it is blocked, the event and everything else that
// holds its texts are withheld, because they hold what must not leave the log.
func (d Draft) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil) }

// AppendJSON is like MarshalJSON, and appends the text to dst: whoever writes many drafts
// can use the same memory again.
//
// The questions, of which most of it consists, are written without reflection.
func (d *Draft) AppendJSON(dst []byte) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	enc := json.NewEncoder(out)
	err := enc.Encode(struct {
		Reference string `json:"reference"`
		Line      int    `json:"line,omitempty"`
		State     State  `json:"state"`
		Reason    string `json:"reason,omitempty"`
	}{d.Reference, d.Line, d.State, d.Reason})
	if err != nil {
		return dst, err
	}
	type plain Draft // without this method
	rest := struct {
		*plain
		// What has been written or is withheld, left out here.
		Reference   string        `json:"reference,omitempty"`
		Line        int           `json:"line,omitempty"`
		State       string        `json:"state,omitempty"`
		Reason      string        `json:"reason,omitempty"`
		Questions   []any         `json:"questions,omitempty"`
		Event       *lfpse.Event  `json:"event,omitempty"`
		Answers     []Answer      `json:"answers,omitempty"`
		Conditional []Conditional `json:"conditional,omitempty"`
	}{plain: (*plain)(d)}
	if d.State != Blocked {
		rest.Event, rest.Answers, rest.Conditional = &d.Event, d.Answers, d.Conditional
	}
	const end = len("}\n")
	out.Truncate(out.Len() - end)
	out.Grow(questionsSize(d.Questions))
	text := appendQuestions(out.AvailableBuffer(), d.Questions)
	_, _ = out.Write(text) // a buffer takes everything
	start := out.Len()
	if err := enc.Encode(rest); err != nil {
		return dst, err
	}
	text = out.Bytes()
	if text = text[:len(text)-1]; len(text) == start+len("{}") {
		return append(text[:start], '}'), nil
	}
	text[start] = ','
	return text, nil
}

// UnmarshalJSON always fails: a draft that was read back would have lost the names to
// look for, and so let them pass. Make the draft anew from its source.
func (d *Draft) UnmarshalJSON([]byte) error {
	return errors.New("a draft cannot be read back from JSON, because the names to look for are not in it: make it anew from its source, or store its binary form")
}

// Open reports whether the draft can be answered, corrected and checked. It cannot where
// its source has set it aside, while a request is on its way, while it is not known
// whether it was recorded, and after it was withdrawn. A draft that waits to be sent
// goes back to what the check says, and an accepted one is amended.
func (d *Draft) Open() bool { return d.Reason == "" && d.State.CanBecome(Ready) }

// Become moves the report to another state. Whoever sends the report calls it: the
// client does not know of drafts. The error says that the state may not follow, see
// [State.Next]; the draft is then as it was. To become accepted, a report needs the id
// of its record: use [Draft.Recorded].
func (d *Draft) Become(next State) error {
	switch {
	case !d.State.CanBecome(next):
		return fmt.Errorf("a report that is %q cannot become %q", d.stateName(), next)
	case next == Accepted && d.Event.ID == "":
		return errors.New("an accepted report needs the id of its record, so that a change amends that record")
	}
	d.State = next
	return nil
}

// Recorded moves the report to [Accepted] and notes the id of its record, which is that
// of the receipt: what is prepared from now on amends this record. The error is that of
// [Draft.Become].
func (d *Draft) Recorded(id string) error {
	before := d.Event.ID
	d.Event.ID = id
	err := d.Become(Accepted)
	if err != nil {
		d.Event.ID = before
	}
	return err
}

// Answered reports whether a person has said something about a property.
func (d *Draft) Answered(target string) bool { return d.dealtWith(target) && !d.Referred(target) }

// Asks reports whether a question about a property is open.
func (d *Draft) Asks(target string) bool {
	about := func(q lfpse.Question) bool { return q.Target == target }
	return slices.ContainsFunc(d.Asked, about) || slices.ContainsFunc(d.Questions, about)
}

// step adds an entry to the trace.
func (d *Draft) step(target, from, rule string) {
	d.Trace = append(d.Trace, Step{target, from, rule})
}
