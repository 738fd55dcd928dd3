package draft

import (
	"errors"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// CompleteTarget is the target of the question whether a report may be sent. Whoever fills
// in a form is asked it last, so that nothing is sent before they have said so. The event
// itself has no such property.
const CompleteTarget = "complete"

// CompleteQuestion asks whether a report may be sent. It waits for the answer yes, which any
// later answer takes back.
func CompleteQuestion() lfpse.Question {
	return lfpse.Question{
		Target: CompleteTarget, Required: true, Rule: "MAP-ASK", Text: "Is the report complete, and may it be sent?",
		Choices: []lfpse.Choice{{Value: "yes", Display: "Yes, send it"}},
	}
}

// complete takes the answer that the report may be sent.
func (d *Draft) complete(text string) error {
	if lfpse.Fold(text) != "yes" {
		return errors.New("answer yes when the report is complete and may be sent")
	}
	about := func(q lfpse.Question) bool { return q.Target == CompleteTarget }
	d.Asked = slices.DeleteFunc(d.Asked, about)
	d.Questions = slices.DeleteFunc(d.Questions, about)
	d.Answers = append(slices.DeleteFunc(d.Answers, isCompletion), Answer{CompleteTarget, text})
	return nil
}

func isCompletion(a Answer) bool { return a.Target == CompleteTarget }

// reopen asks again whether the report may be sent, if somebody has said so: what they have
// said it of has changed.
func (d *Draft) reopen() {
	if d.Answered(CompleteTarget) {
		d.Answers = slices.DeleteFunc(d.Answers, isCompletion)
		d.Ask(CompleteQuestion())
	}
}

// Clear takes back what is known about a property, whoever has said it, as if nobody had.
// It applies what depends on that. Check the draft again afterwards. The error says that
// the draft cannot be changed, or that no event has the property.
func (f *Form) Clear(d *Draft, target string) error {
	if !d.Open() {
		return errClosed
	}
	p, err := f.Property(target)
	if err != nil {
		return errTarget
	}
	f.forget(d, p)
	f.resolve(d)
	d.reopen()
	return nil
}
