package draft

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Record gives what a report may use of a patient's record.
type Record interface {
	// Facts returns what the record says about the first patient of an event, the
	// organisation and the reporter. Of a date of birth, patients[0].birthDate, the report
	// gets the age on the day of the event; the date itself is not sent.
	Facts() []Fact
	// Candidates returns the medicines of the record, any of which may have been
	// involved. See [Form.Involve].
	Candidates() []Candidate
	// DenyTerms returns what must not stand in any text of the report.
	DenyTerms() []privacy.Term
}

// Fact is one thing that a record says. Printing or logging it shows where in the record
// it is, and nothing of its value.
type Fact struct {
	Target string // see [Form.Property]
	// Value is what the record says, in the form that [Form.Answer] takes; a date of birth
	// is YYYY-MM-DD. It is empty if the record leaves a choice to a person.
	Value string
	From  string // the path in the record
	// Note says in a sentence why the value was taken from there, or why a person has to
	// answer. It holds no value of the record.
	Note string
}

// Format prints where in the record the fact is, for every verb.
func (x Fact) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft.Fact(%s)", x.From) }

// LogValue logs where in the record the fact is.
func (x Fact) LogValue() slog.Value { return slog.GroupValue(slog.String("from", x.From)) }

// Apply fills in from a patient's record what the event does not state yet. What the row
// or a person has said does not change, and nothing is added to a list that the event
// states. An event without patients gets one if the record says something about the
// patient. The trace says which part of the record gave which value; what the record
// leaves open becomes a question, such as which of several medicines were involved. Names and numbers from the record are added to the
// draft's Terms. If the day of the event is answered later, the age is then worked out
// from the record.
func (f *Form) Apply(d *Draft, r Record) {
	facts := r.Facts()
	d.records = append(d.records, facts)
	d.Terms = append(d.Terms, r.DenyTerms()...)
	f.takeOver(d, facts)
	f.Offer(d, r.Candidates())
	f.Involve(d, Involvement{})
	f.resolve(d)
}

// takeOver puts the facts of a record into the event, but for those about more patients than
// a person says were affected.
func (f *Form) takeOver(d *Draft, facts []Fact) {
	facts = slices.DeleteFunc(slices.Clone(facts), func(x Fact) bool { return d.beyond(x.Target) != nil })
	if len(d.Event.Patients) == 0 && slices.ContainsFunc(facts, func(x Fact) bool { return strings.HasPrefix(x.Target, "patients[0].") }) {
		d.Event.Patients = []lfpse.Patient{{}}
	}
	stated := make([]bool, len(facts))
	for i := range facts {
		stated[i] = f.states(d, facts[i].Target)
	}
	for i := range facts {
		if !stated[i] {
			f.applyFact(d, &facts[i])
		}
	}
}

// states reports whether the event states a list that a target belongs to.
func (f *Form) states(d *Draft, target string) bool {
	switch list, _, _ := strings.Cut(target, "["); list {
	case "medicines":
		return len(d.Event.Medicines) > 0
	case "devices":
		return len(d.Event.Devices) > 0
	}
	p, err := f.accessor(target)
	return err == nil && p.IsSet(&d.Event)
}

// applyFact fills in one fact.
func (f *Form) applyFact(d *Draft, x *Fact) {
	p, err := f.Property(x.Target)
	if err != nil || d.Known(p) {
		return
	}
	if x.Value == "" {
		d.Ask(p.Question("", strings.TrimSpace("The record leaves a choice. "+x.Note), "MAP-ASK"))
		return
	}
	o := Origin{From: x.From, Rule: cmp.Or(x.Note, "as recorded")}
	if p.kind == birthDateValue {
		err = p.PutBirthDate(d, lfpse.Date(x.Value), o)
	} else {
		err = f.Put(d, p, x.Value, o)
	}
	if err != nil {
		d.Ask(p.Question("", "In the "+x.From+": "+err.Error()+".", "MAP-ASK"))
	}
}

// MarshalJSON writes where in the record the fact is. There is no way back.
func (x Fact) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"from": x.From})
}
