package draft

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// monthTarget is where the month of an event goes whose day is not known.
const monthTarget = "estimatedDate.approximateDate"

// errTarget is the error of a target that no event has.
var errTarget = errors.New("it is about a property that an event does not have; write the target as it is in the question")

var (
	errFuture = errors.New("the date is in the future")
	errNoDate = errors.New("this is not a date in any of the layouts in use, or a day that does not exist")
	errNoTime = errors.New("this is not a time in any of the layouts in use")

	errNoBirthDate = errors.New("this is not a date, with the year in four digits, in any of the layouts in use")
	errNoDay       = errors.New("the day of the event is not known, so no age can be worked out from the date of birth")
)

// kind says how the text about a property becomes its value.
type kind uint8

const (
	plainValue     kind = iota // what the list or the type of the property takes
	dateValue                  // the day of the event, or its month
	timeValue                  // a time of day
	ageValue                   // an age in words
	birthDateValue             // a date of birth, consumed for the age
)

// Property is a property of an event together with the conversions that a text goes
// through on its way there. It does not change and is safe for concurrent use.
type Property struct {
	// Name is the target of the value. That of a date of birth is the age.
	Name string

	kind  kind
	place *lfpse.Place
	// instead is the target of the rougher answer that can take the place of the exact
	// one: the month for the day, the bracket for the age; else empty.
	instead string
	// other is the exact answer for the rougher one, and the other way round.
	other *lfpse.Place
}

// Property compiles a target: the place of a property in the JSON form of an event,
// or age and birthDate of a patient, which is never sent itself. The error says what
// is wrong with the target.
func (f *Form) Property(target string) (*Property, error) {
	p := &Property{Name: target, kind: kindOf(target)}
	owner, other := target[:strings.LastIndexByte(target, '.')+1], ""
	switch {
	case p.kind == dateValue:
		p.instead, other = monthTarget, monthTarget
	case p.kind == ageValue || p.kind == birthDateValue:
		p.Name, p.instead, other = owner+ageProperty, owner+ageBracket, owner+ageBracket
	case target == monthTarget:
		other = "date"
	case owner != "" && target == owner+ageBracket:
		other = owner + ageProperty
	}
	var err error
	if p.place, err = f.place(p.Name); err == nil && other != "" {
		p.other, err = f.place(other)
	}
	return p, err
}

// The properties of a patient that hold the age and its bracket.
const (
	ageProperty = "age"
	ageBracket  = "ageBracket"
)

func kindOf(target string) kind {
	owner, property, nested := strings.Cut(target, ".")
	inPatient := nested && strings.HasPrefix(owner, "patients[")
	switch {
	case target == "date":
		return dateValue
	case target == "estimatedDate.preciseTime":
		return timeValue
	case inPatient && property == ageProperty:
		return ageValue
	case inPatient && property == "birthDate":
		return birthDateValue
	}
	return plainValue
}

// Parse converts a text about a property that takes what its list or its type says,
// whatever the event: any but dates, times and ages. See [lfpse.Place.Parse].
func (p *Property) Parse(text string) (string, error) { return p.place.Parse(text) }

// Repeats reports whether the property is a list to which every value is added.
func (p *Property) Repeats() bool { return p.place.Repeats() }

// Accepts returns why a text can never be a value of the property, nil if it can. What
// depends on the day or on the event is left open.
func (f *Form) Accepts(p *Property, text string) error {
	var ok bool
	switch p.kind {
	case plainValue:
		_, err := p.place.Parse(text)
		return err
	case ageValue:
		_, err := lfpse.ParseAge(text)
		return err
	case timeValue:
		_, _, ok = f.calendar.time(text)
	default:
		if _, _, ok = f.calendar.day(text); !ok {
			_, _, ok = f.calendar.month(text)
		}
	}
	if !ok {
		return errors.New("it is not in any of the layouts in use")
	}
	return nil
}

// value is a converted text: what goes where, by which rule.
type value struct {
	place  *lfpse.Place
	target string
	text   string
	rule   string
}

// convert turns a text into a value. The rule is empty where the value is as given.
// The error is a sentence without capital and full stop that never quotes the text.
func (f *Form) convert(d *Draft, p *Property, c *calendar, text string) (value, error) {
	switch p.kind {
	case dateValue:
		return f.date(p, c, text)
	case timeValue:
		at, rule, ok := c.time(text)
		if !ok {
			return value{}, errNoTime
		}
		return value{p.place, p.Name, string(at), rule}, nil
	case ageValue:
		return p.age(text)
	case birthDateValue:
		birth, ok := c.birthDate(text)
		if !ok {
			return value{}, errNoBirthDate
		}
		return p.ageFrom(birth, d.Event.Date)
	}
	text, err := p.place.Parse(text)
	return value{p.place, p.Name, text, ""}, err
}

// age converts an age in words.
func (p *Property) age(text string) (value, error) {
	a, err := lfpse.ParseAge(text)
	return value{p.place, p.Name, a.String(), "age in " + string(a.Unit)}, err
}

// ageFrom converts the date of birth of somebody into the age on the day of the
// event; the date itself goes nowhere.
func (p *Property) ageFrom(birth, day lfpse.Date) (value, error) {
	if day == "" {
		return value{}, errNoDay
	}
	a, err := lfpse.AgeOn(birth, day)
	return value{p.place, p.Name, a.String(), "age on the day of the event"}, err
}

// date converts a text to the day of the event, or to its month where only that is
// known.
func (f *Form) date(p *Property, c *calendar, text string) (value, error) {
	day, rule, ok := c.day(text)
	v := value{p.place, p.Name, string(day), rule}
	if !ok {
		if v.text, v.rule, ok = c.month(text); !ok {
			return v, errNoDate
		}
		v.place, v.target = p.other, p.instead
	}
	if lfpse.Date(v.text) > f.today() {
		return v, errFuture
	}
	return v, nil
}

// Origin says where a value comes from.
type Origin struct {
	From, Rule string
	// When are conditions under which the value counts; none: it counts now.
	When []lfpse.Condition
}

// Put converts a text of the source and puts it into the event, or keeps it until the
// conditions of its origin hold. The trace names the rule of the conversion, if it has
// one, in the place of the origin's. The error never quotes the text.
func (f *Form) Put(d *Draft, p *Property, text string, o Origin) error {
	v, err := f.convert(d, p, f.calendar, text)
	if err == nil {
		v.put(d, o)
	}
	return err
}

// PutParsed puts what [Property.Parse] has given, as [Form.Put] does.
func (p *Property) PutParsed(d *Draft, text string, o Origin) {
	value{p.place, p.Name, text, ""}.put(d, o)
}

// PutBirthDate puts the age on the day of the event of somebody born on a day, as
// [Form.Put] does. The date of birth itself goes nowhere.
func (p *Property) PutBirthDate(d *Draft, birth lfpse.Date, o Origin) error {
	v, err := p.ageFrom(birth, d.Event.Date)
	if err == nil {
		v.put(d, o)
	}
	return err
}

func (v value) put(d *Draft, o Origin) {
	rule := v.rule
	if rule == "" {
		rule = o.Rule
	}
	if len(o.When) > 0 {
		d.Conditional = append(d.Conditional, Conditional{When: o.When, Value: v.text, Step: Step{v.target, o.From, rule}})
		return
	}
	v.place.Put(&d.Event, v.text)
	d.step(v.target, o.From, rule)
}

// Known reports whether a property is not to be filled by a source any more: a person
// has said something about it, or the event states it and it is no list.
func (d *Draft) Known(p *Property) bool {
	if len(d.Answers) > 0 {
		list, other := strings.CutSuffix(p.Name, "Other") // the text for what the list lacks
		if d.Answered(p.Name) || p.instead != "" && d.Answered(p.instead) || other && d.Answered(list) {
			return true
		}
	}
	return !p.Repeats() && p.place.IsSet(&d.Event)
}

// Question asks for the property, or for the bracket of an age, which people know
// better than the age itself. Where text is empty, the check asks in the words of the
// validator or of the taxonomy.
func (p *Property) Question(text, why, rule string) lfpse.Question {
	name, place := p.Name, p.place
	if p.kind == ageValue || p.kind == birthDateValue {
		name, place = p.instead, p.other
	}
	return lfpse.Question{Target: name, Required: true, Rule: rule, Text: text, Why: why, Choices: place.Choices()}
}

// plainQuestion asks for a property by what the taxonomy says of it.
func (f *Form) plainQuestion(target string) string {
	if p, err := f.place(target); err == nil && p.Field() != nil && p.Field().Definition != "" {
		return p.Field().Definition + ": what should be sent?"
	}
	return fmt.Sprintf("What should stand at %s?", target)
}
