package draft

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Form knows how a draft is filled in: which answers the taxonomy's lists allow, how
// dates are written, and which day it is. It does not change and is safe for
// concurrent use.
type Form struct {
	codec     *lfpse.Codec
	today     func() lfpse.Date
	calendar  *calendar // of the source
	answers   *calendar // of people
	accessors *sync.Map // of *lfpse.Accessor by target
	policy    privacy.Policy
}

// Option changes a [Form].
type Option func(*Form)

// WithToday sets the function that returns the current day where the events happened; a
// date after it is refused. The function may be called by several goroutines at once. The
// default is [lfpse.Today].
func WithToday(today func() lfpse.Date) Option { return func(f *Form) { f.today = today } }

// WithLayouts sets how the source writes dates and times. Answers may use these layouts
// as well as the national forms. The default is empty [Layouts].
func WithLayouts(l Layouts) Option {
	return func(f *Form) {
		f.calendar = newCalendar(l)
		f.answers = f.calendar.forAnswers()
	}
}

// WithPolicy says by which policy the privacy screen judges the drafts, so that a source of
// drafts can tell whether it is the one that the source demands. The default is the zero
// policy.
func WithPolicy(p privacy.Policy) Option { return func(f *Form) { f.policy = p } }

// NewForm returns the form of a codec's taxonomy.
func NewForm(c *lfpse.Codec, opts ...Option) *Form {
	f := &Form{codec: c, today: lfpse.Today, accessors: new(sync.Map)}
	return f.With(append([]Option{WithLayouts(Layouts{})}, opts...)...)
}

// With returns a copy of the form with further options.
func (f *Form) With(opts ...Option) *Form {
	changed := *f
	for _, o := range opts {
		o(&changed)
	}
	return &changed
}

// Codec returns the codec of the form.
func (f *Form) Codec() *lfpse.Codec { return f.codec }

// Policy returns the policy of the privacy screen.
func (f *Form) Policy() privacy.Policy { return f.policy }

// Day reads a day that is written in one of the layouts of the source.
func (f *Form) Day(text string) (day lfpse.Date, ok bool) {
	day, _, ok = f.calendar.day(text)
	return day, ok
}

// Accessor returns the accessor of a target, see [lfpse.Codec.Accessor].
func (f *Form) Accessor(target string) (*lfpse.Accessor, error) { return f.accessor(target) }

// accessor returns the accessor of a target, and keeps it: the number of targets is
// limited.
func (f *Form) accessor(target string) (*lfpse.Accessor, error) {
	if p, ok := f.accessors.Load(target); ok {
		return p.(*lfpse.Accessor), nil
	}
	p, err := f.codec.Accessor(target)
	if err == nil {
		f.accessors.Store(target, p)
	}
	return p, err
}

// errClosed is the error for a draft that is not [Draft.Open].
var errClosed = errors.New("the report cannot be changed: it is not for LFPSE, could not be read, or is being sent")

// BetweenAnswers separates the values in an answer about a property that is a list.
const BetweenAnswers = ";"

// ChoiceIs stands between the value and the display text of a choice where choices are listed.
const ChoiceIs = " = "

const (
	fromAnswer = "answer"
	asAnswered = "as answered"
)

// Answer puts what a person says about a property into the event, replacing what was
// there. It answers the question about that target, if there is one, and applies what
// depends on it: other questions arise or no longer arise, and conditional values of the
// source are put in. Check the draft again afterwards.
//
// The text is a value or a display text of the list that the question gives; several
// values of a property that is a list are separated by semicolons. A date is YYYY-MM-DD,
// or YYYY-MM if only the month is known, and a time is HH:MM:SS; both may also be written
// as in the source. An age is 34, 5 months or 10 days; it also answers the question about
// the bracket of an age, where it is no code of the list. The answer for the number of
// patients, [PatientsTarget], is 0 to 9. An answer about [MedicinesTarget] names medicines
// of the patient's record, or others, or says none. That about [CompleteTarget] is yes.
// [AskClinician] puts the question to a clinician.
//
// The error says why the answer cannot be used and never quotes it or the target; the
// draft is then unchanged.
func (f *Form) Answer(d *Draft, target, text string) error {
	text = strings.TrimSpace(text)
	if !d.Open() {
		return errClosed
	}
	if target == CompleteTarget {
		return d.complete(text)
	}
	err := f.answer(d, target, text)
	if err == nil {
		d.reopen()
	}
	return err
}

// answer is Answer for a property of the event.
func (f *Form) answer(d *Draft, target, text string) error {
	if lfpse.Fold(text) == AskClinician {
		return f.refer(d, target)
	}
	if target == PatientsTarget {
		return f.answerNumber(d, text)
	}
	if target == MedicinesTarget {
		return f.answerMedicines(d, text)
	}
	p, err := f.Property(target)
	switch {
	case err != nil:
		return errTarget
	case d.beyond(target) != nil:
		return d.beyond(target)
	case p.kind == birthDateValue:
		return errors.New("a date of birth is not sent: give the age")
	}
	values, err := f.answerValues(d, p, text)
	if strings.HasSuffix(p.Name, "."+ageBracket) {
		switch age, noAge := lfpse.ParseAge(text); {
		case noAge == nil && lfpse.IsBareAge(text) && f.codes(p, age.Value):
			return errBareBracket
		case err != nil && noAge == nil:
			return f.answer(d, strings.TrimSuffix(p.Name, ageBracket)+ageProperty, text)
		}
	}
	if err == nil {
		f.answered(d, p, text, values)
	}
	return err
}

// answered puts the values of an answer into the event, and what follows from it.
func (f *Form) answered(d *Draft, p *Property, text string, values []value) {
	replaced := p.other != nil && p.other.IsSet(&d.Event)
	f.forget(d, p)
	if replaced {
		d.step(p.other.Target(), fromAnswer, "left out, because "+p.Name+" is answered instead")
	}
	for _, v := range values {
		v.put(d, Origin{From: fromAnswer, Rule: asAnswered})
	}
	d.Answers = append(d.Answers, Answer{p.Name, text})
	if p.kind == dateValue {
		for _, r := range d.records {
			f.takeOver(d, r)
		}
	}
	f.resolve(d)
}

// codes reports whether a number is a code of the list of a property.
func (f *Form) codes(p *Property, n int) bool {
	_, err := p.accessor.Parse(strconv.Itoa(n))
	return err == nil
}

// answerValues converts an answer, all of it or nothing.
func (f *Form) answerValues(d *Draft, p *Property, text string) ([]value, error) {
	parts := []string{text}
	if p.Repeats() {
		parts = slices.DeleteFunc(strings.Split(text, BetweenAnswers), func(part string) bool { return strings.TrimSpace(part) == "" })
	}
	if len(parts) == 0 {
		parts = []string{""}
	}
	values := make([]value, len(parts))
	for i, part := range parts {
		var err error
		if values[i], err = f.chosen(d, p, part); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// chosen converts an answer, which may have been copied from the choices as they are listed:
// a value and its display text.
func (f *Form) chosen(d *Draft, p *Property, text string) (value, error) {
	v, err := f.convert(d, p, f.answers, text)
	if code, display, listed := strings.Cut(text, ChoiceIs); err != nil && listed {
		of, err1 := f.convert(d, p, f.answers, code)
		says, err2 := f.convert(d, p, f.answers, display)
		if err1 == nil && err2 == nil && of == says {
			return of, nil
		}
	}
	return v, err
}

// forget removes what is known about a property, and what was derived from it.
func (f *Form) forget(d *Draft, p *Property) {
	gone := []string{p.Name}
	p.accessor.Clear(&d.Event)
	if p.other != nil {
		p.other.Clear(&d.Event)
		gone = append(gone, p.other.Target())
	}
	gone = append(gone, f.underive(d, p)...)
	stale := func(target string) bool { return slices.Contains(gone, target) }
	d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return stale(s.Target) })
	d.Answers = slices.DeleteFunc(d.Answers, func(a Answer) bool { return stale(a.Target) })
	d.Conditional = slices.DeleteFunc(d.Conditional, func(c Conditional) bool { return stale(c.Target) })
	// The text for "other" answers the question about the list, too.
	about := func(q lfpse.Question) bool { return stale(q.Target) || stale(q.Target+"Other") }
	d.Asked = slices.DeleteFunc(d.Asked, about)
	d.Questions = slices.DeleteFunc(d.Questions, about)
}
