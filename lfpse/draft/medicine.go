package draft

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// MedicinesTarget is the target of the question which medicines were involved. The answer
// names medicines of the record, as its choices do, or others by their names; none says
// that no medicine of the record was involved.
const MedicinesTarget = "medicines"

const (
	noMedicine   = "none"
	agentsTarget = "agent.involvedAgents"
	drugsTarget  = "agent.drugsInvolved"
)

// Candidate is a medicine of a patient's record, which may have been involved in the
// event. Printing or logging it shows where in the record it is.
type Candidate struct {
	Name string // what the record calls it; its code if it has no name
	Code string // dm+d or SNOMED CT, if known
	From string // the path in the record
	// Doubt says in a sentence why a person has to say whether the medicine was involved,
	// even if it is the only one: it was stopped, not taken, entered in error.
	Doubt string
	// Since and Until are the first and the last day on which it was taken, if the record
	// says so: YYYY, YYYY-MM or YYYY-MM-DD.
	Since, Until string
	// Facts are what the event states if the medicine was involved. Those of a list are
	// for its first element, whichever it becomes. There are none if the record does not
	// say enough about the medicine to send it.
	Facts []Fact
}

// Format prints where in the record the medicine is, for every verb.
func (c Candidate) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft.Candidate(%s)", c.From) }

// LogValue logs where in the record the medicine is.
func (c Candidate) LogValue() slog.Value { return slog.GroupValue(slog.String("from", c.From)) }

// doubt says why the medicine is not taken over although it is the only one.
func (c *Candidate) doubt(day lfpse.Date) string {
	switch {
	case c.Doubt != "":
		return c.Doubt
	case c.Until != "" && day == "":
		return "It may have ended before the event, whose day is not known."
	case c.Until != "" && c.Until < string(day[:min(len(day), len(c.Until))]):
		return "It ended before the event."
	case c.Since != "" && day != "" && c.Since > string(day):
		return "It began after the event."
	}
	return ""
}

// Offer notes the medicines of a record, so that an answer to the question about
// [MedicinesTarget] can name them. None of them is involved by that.
func (f *Form) Offer(d *Draft, all []Candidate) { d.candidates = append(d.candidates, all...) }

// Involvement says what a source knows about the medicines that were involved.
type Involvement struct {
	// Named are what the row calls the medicines, and Column where it does so.
	Named  []string
	Column string
	// About says that the event is about a medicine. It is also where the event states
	// the agent for medicines.
	About bool
	// Text is the question, if it comes to that; empty is a text that fits.
	Text string
	// When are the conditions under which it applies.
	When []lfpse.Condition
}

// Format prints where the names of the row come from and none of them, for every verb.
func (in Involvement) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft.Involvement(%s)", in.Column) }

// LogValue logs where the names of the row come from.
func (in Involvement) LogValue() slog.Value { return slog.GroupValue(slog.String("from", in.Column)) }

// Involve decides which of the medicines that were offered are involved: those that the
// row names, or the only one of a record if it is a current one and the event is about a
// medicine. Otherwise it asks, unless the event says that no medicine was involved. It
// returns false if no medicine was offered.
func (f *Form) Involve(d *Draft, in Involvement) bool {
	if len(d.candidates) == 0 {
		return false
	}
	if d.Event.Type == "" && len(in.When) == 0 { // of other events LFPSE does not ask it
		in.When = []lfpse.Condition{{Target: "type", Values: []string{string(lfpse.TypeIncident)}}}
	}
	switch drugs := d.Event.Agent.DrugsInvolved; {
	case d.dealtWith(MedicinesTarget) || len(d.Event.Medicines) > 0 && !d.answeredMedicine():
	case len(in.Named) > 0:
		f.involveNamed(d, in)
	case len(drugs) > 0:
		for _, name := range drugs { // the names stay; a code is added where it is clear
			if c := d.candidate(name); c != nil && len(in.When) == 0 {
				f.involve(d, c, Origin{From: cmp.Or(d.from(drugsTarget), c.From), Rule: "the medicine of that name in the " + c.From}, false)
			}
		}
	case f.about(d, in) == no:
	case len(d.candidates) == 1 && f.about(d, in) == yes && d.candidates[0].doubt(d.Event.Date) == "" && len(d.candidates[0].Facts) > 0:
		c := &d.candidates[0]
		f.involve(d, c, Origin{From: c.From, Rule: "the only medicine of the record, and a current one; " + c.Facts[0].Note, When: in.When}, true)
	default:
		f.askMedicines(d, in, f.whyAsked(d))
	}
	return true
}

// answeredMedicine reports whether a person has said something about one of the medicines.
func (d *Draft) answeredMedicine() bool {
	return slices.ContainsFunc(d.Answers, func(a Answer) bool { return strings.HasPrefix(a.Target, MedicinesTarget+"[") })
}

// about says whether the event is about a medicine, as far as it is known.
func (f *Form) about(d *Draft, in Involvement) truth {
	agents := d.Event.Agent.InvolvedAgents
	switch {
	case in.About, slices.Contains(agents, code.AgentTypeMedications), len(d.Event.Medicines) > 0:
		return yes
	case len(agents) > 0, d.Event.Type != "" && d.Event.Type != lfpse.TypeIncident:
		return no
	}
	return open
}

func (f *Form) whyAsked(d *Draft) string {
	if n := len(d.candidates); n > 1 {
		return fmt.Sprintf("The record has %d medicines, and does not say which of them were involved.", n)
	}
	c := &d.candidates[0]
	if why := c.doubt(d.Event.Date); why != "" {
		return "The record has one medicine. " + why
	}
	return "The record has one medicine, and does not say whether it was involved."
}

// involveNamed takes the medicines that the row names. A name that does not fit one of
// the record's is asked.
func (f *Form) involveNamed(d *Draft, in Involvement) {
	for _, name := range in.Named {
		c := d.candidate(name)
		if c == nil || len(c.Facts) == 0 {
			f.askMedicines(d, in, "The medicine in "+in.Column+" does not fit exactly one medicine of the record.")
			continue
		}
		f.involve(d, c, Origin{From: in.Column, Rule: "the medicine of that name or code in the " + c.From, When: in.When}, true)
	}
}

func (f *Form) askMedicines(d *Draft, in Involvement, why string) {
	q := lfpse.Question{Target: MedicinesTarget, Required: true, Rule: "MAP-ASK", Why: why, When: in.When,
		Text: cmp.Or(in.Text, "Which medicines of the patient's record were involved? Several have "+BetweenAnswers+" between them.")}
	for i := range d.candidates {
		c := &d.candidates[i]
		display := c.Name
		if doubt := c.doubt(d.Event.Date); doubt != "" {
			display += " (" + strings.ToLower(doubt[:1]) + strings.TrimSuffix(doubt[1:], ".") + ")"
		}
		q.Choices = append(q.Choices, lfpse.Choice{Value: c.choice(), Display: display})
	}
	q.Choices = append(q.Choices, lfpse.Choice{Value: noMedicine, Display: "None of these"})
	d.aboutMedicine = d.aboutMedicine || in.About
	d.Ask(q)
}

// choice is the name in the form in which an answer gives it.
func (c *Candidate) choice() string {
	return strings.TrimSpace(strings.ReplaceAll(c.Name, BetweenAnswers, ","))
}

// candidate returns the medicine that a text names: by its code, by its name, or by the
// beginning of the name of one medicine only. It is nil for none and for several.
func (d *Draft) candidate(text string) *Candidate {
	folded := lfpse.Fold(text)
	if folded == "" {
		return nil
	}
	var found *Candidate
	several := false
	for i := range d.candidates {
		c := &d.candidates[i]
		name := lfpse.Fold(c.choice())
		if name == folded || c.Code != "" && c.Code == folded {
			return c
		}
		if strings.HasPrefix(name, folded+" ") {
			several = several || found != nil
			found = c
		}
	}
	if several {
		return nil
	}
	return found
}

// involve puts a medicine into the event. named says that its name may be put in, too,
// where the record gives no code of a generic product.
func (f *Form) involve(d *Draft, c *Candidate, o Origin, named bool) {
	next := len(d.Event.Medicines)
	if next > 0 && d.Event.Medicines[0].VMPCode == "" && d.Event.Medicines[0].VTMCode == "" {
		next = 0 // what a person said about the first medicine belongs to this one
	}
	for i := range c.Facts {
		x := &c.Facts[i]
		if x.Target == drugsTarget && !named {
			continue
		}
		p, err := f.Property(strings.Replace(x.Target, "[0]", fmt.Sprintf("[%d]", next), 1))
		if err != nil || d.Known(p) || p.Repeats() && slices.Contains(p.accessor.Values(&d.Event), x.Value) {
			continue
		}
		if err := f.Put(d, p, x.Value, o); err == nil && x.Target == drugsTarget {
			d.drugs = append(d.drugs, x.Value)
		}
	}
}

// from is the source of a property's value.
func (d *Draft) from(target string) string {
	for _, s := range d.Trace {
		if s.Target == target {
			return s.From
		}
	}
	return ""
}

// answerMedicines takes the answer to the question which medicines were involved.
func (f *Form) answerMedicines(d *Draft, text string) error {
	parts := slices.DeleteFunc(strings.Split(text, BetweenAnswers), func(part string) bool { return strings.TrimSpace(part) == "" })
	if len(parts) == 0 {
		return errors.New("the value is empty; none says that no medicine of the record was involved")
	}
	chosen := make([]Candidate, len(parts))
	for i, part := range parts {
		part = strings.TrimSpace(part)
		c := d.candidate(part)
		switch {
		case lfpse.Fold(part) == noMedicine && len(parts) > 1:
			return errors.New("it names medicines and says that none was involved")
		case lfpse.Fold(part) == noMedicine:
			chosen = nil
		case c == nil && d.severalBegin(part):
			return errors.New("several medicines of the record begin so; write the whole name")
		case c == nil:
			chosen[i] = Candidate{Facts: []Fact{{Target: drugsTarget, Value: part}}, From: fromAnswer}
		case len(c.Facts) == 0:
			return errors.New("the record has this medicine by its code only, which cannot be sent; write its name")
		default:
			chosen[i] = *c
		}
	}
	f.forgetMedicines(d)
	for i := range chosen {
		rule := asAnswered
		if chosen[i].From != fromAnswer {
			rule += "; the medicine of that name in the " + chosen[i].From
		}
		f.involve(d, &chosen[i], Origin{From: fromAnswer, Rule: rule}, true)
	}
	d.Answers = append(d.Answers, Answer{MedicinesTarget, text})
	f.resolve(d)
	return nil
}

// severalBegin reports a text that begins the names of several medicines.
func (d *Draft) severalBegin(text string) bool {
	n := 0
	for i := range d.candidates {
		if strings.HasPrefix(lfpse.Fold(d.candidates[i].choice()), lfpse.Fold(text)+" ") {
			n++
		}
	}
	return n > 1
}

// forgetMedicines removes the medicines that came from the record or an earlier answer.
func (f *Form) forgetMedicines(d *Draft) {
	about := func(target string) bool { return target == MedicinesTarget }
	d.Event.Medicines = nil
	d.Event.Agent.DrugsInvolved = slices.DeleteFunc(d.Event.Agent.DrugsInvolved, func(name string) bool { return slices.Contains(d.drugs, name) })
	if len(d.Event.Agent.DrugsInvolved) == 0 {
		d.Event.Agent.DrugsInvolved = nil // not stated
	}
	d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool {
		return strings.HasPrefix(s.Target, MedicinesTarget+"[") || s.Target == drugsTarget && len(d.Event.Agent.DrugsInvolved) == 0
	})
	d.drugs = nil
	d.Answers = slices.DeleteFunc(d.Answers, func(a Answer) bool { return about(a.Target) })
	d.Conditional = slices.DeleteFunc(d.Conditional, func(c Conditional) bool { return strings.HasPrefix(c.Target, MedicinesTarget+"[") })
	d.Asked = slices.DeleteFunc(d.Asked, func(q lfpse.Question) bool { return about(q.Target) })
	d.Questions = slices.DeleteFunc(d.Questions, func(q lfpse.Question) bool { return about(q.Target) })
}

// pertinent are the questions of the source without that about the medicines, where the
// event says that no medicine was involved.
func (f *Form) pertinent(d *Draft) []lfpse.Question {
	agents := d.Event.Agent.InvolvedAgents
	if len(agents) == 0 || len(d.candidates) == 0 || slices.Contains(agents, code.AgentTypeMedications) {
		return d.Asked
	}
	return slices.DeleteFunc(slices.Clone(d.Asked), func(q lfpse.Question) bool {
		return q.Target == MedicinesTarget && !d.aboutMedicine
	})
}
