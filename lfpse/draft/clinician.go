package draft

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// AskClinician is the answer that puts a question to a clinician. The question stays open
// and is required, so the draft waits until somebody answers it; see [Draft.Referred].
const AskClinician = "ask a clinician"

// Referred reports whether somebody has put the question about a property to a clinician,
// who has not answered it yet.
func (d *Draft) Referred(target string) bool {
	return slices.ContainsFunc(d.Answers, func(a Answer) bool { return a.Target == target && a.refers() })
}

// WaitsForClinician reports whether a question of a draft that was checked is put to a
// clinician, see [Draft.Referred].
func (d *Draft) WaitsForClinician() bool {
	return slices.ContainsFunc(d.Questions, func(q lfpse.Question) bool { return d.Referred(q.Target) })
}

func (a Answer) refers() bool { return lfpse.Fold(a.Text) == AskClinician }

// dealtWith reports whether a person has answered a question or put it to a clinician.
func (d *Draft) dealtWith(target string) bool {
	return slices.ContainsFunc(d.Answers, func(a Answer) bool { return a.Target == target })
}

// refer puts the question about a property to a clinician. What was stated about it does
// not count any more.
func (f *Form) refer(d *Draft, target string) error {
	switch target {
	case PatientsTarget:
		d.forgetNumber()
		q := AffectedQuestion("", "MAP-ASK")
		q.When = []lfpse.Condition{{Target: "type", Values: []string{string(lfpse.TypeIncident)}}}
		d.Ask(q)
	case MedicinesTarget:
		f.forgetMedicines(d)
		f.askMedicines(d, Involvement{}, "")
	default:
		p, err := f.Property(target)
		if err != nil {
			return errTarget
		}
		if err := d.beyond(target); err != nil {
			return err
		}
		f.forget(d, p)
		target = p.Question("", "", "").Target // of an age, that of its bracket
	}
	d.Answers = append(d.Answers, Answer{target, AskClinician})
	f.resolve(d)
	return nil
}

// referred makes each question that was put to a clinician a required one, and asks it if
// nothing else does, unless it does not arise.
func (f *Form) referred(d *Draft, all []lfpse.Question, wanted func(string) []lfpse.Condition) []lfpse.Question {
	for _, a := range d.Answers {
		if !a.refers() {
			continue
		}
		asked := false
		for i := range all {
			if all[i].Target == a.Target {
				all[i].Required, asked = true, true
			}
		}
		if p, err := f.Property(a.Target); !asked && err == nil && !slices.Contains(d.Unasked, a.Target) && f.pointless(d, a.Target, wanted) == "" {
			all = append(all, p.Question("", "", "MAP-ASK"))
		}
	}
	return all
}
