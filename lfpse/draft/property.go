package draft

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// monthTarget is the target for the month of an event whose day is not known.
const monthTarget = "estimatedDate.approximateDate"

// errTarget is the error for a target that no event has.
var errTarget = errors.New("it is about a property that an event does not have; write the target as it is in the question")

var (
	errFuture   = errors.New("the date is in the future")
	errLongPast = errors.New("the year is before 1901: it is not written in full, or stands in for a date that is not known")

	errBareBracket = errors.New("a number alone may be an age or the code of a bracket: write the age with its unit, such as 5 years, or the words of the bracket")
	errYounger     = errors.New("the number has no unit, and the report speaks of a newborn, a baby or an age in days, weeks or months: write the age with its unit, such as 6 years or 6 months")

	errNoDay = errors.New("the day of the event is not known, so no age can be worked out from the date of birth")
)

// kind says how a text is converted to the value of a property.
type kind uint8

const (
	plainValue     kind = iota // what the list or the type of the property takes
	dateValue                  // the day of the event, or its month
	timeValue                  // a time of day
	ageValue                   // an age in words
	birthDateValue             // a date of birth, consumed for the age
)

// Property is a property of an event, together with the conversion of texts to its
// values. It does not change and is safe for concurrent use.
type Property struct {
	// Name is the target of the value. For a date of birth it is that of the age.
	Name string

	kind     kind
	accessor *lfpse.Accessor
	// instead is the target of the less exact answer that will also do: the month for the
	// day, the bracket for the age; else empty.
	instead string
	// other is the exact answer for the less exact one, and vice versa.
	other *lfpse.Accessor
}

// Property compiles a target: the path of a property in the JSON form of an event, or
// birthDate of a patient, from which the age is worked out and which is never sent
// itself. The error says what is wrong with the target.
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
	if p.accessor, err = f.accessor(p.Name); err == nil && other != "" {
		p.other, err = f.accessor(other)
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

// Parse converts a text to a value, for a property whose conversion depends neither on
// the event nor on layouts: any but dates, times and ages. See [lfpse.Accessor.Parse].
func (p *Property) Parse(text string) (string, error) { return p.accessor.Parse(text) }

// Repeats reports whether the property is a list, to which values are added.
func (p *Property) Repeats() bool { return p.accessor.Repeats() }

// Accepts returns an error if a text can never be a value of the property. It does not
// check what depends on the current day or on the event.
func (f *Form) Accepts(p *Property, text string) error {
	switch p.kind {
	case plainValue:
		_, err := p.accessor.Parse(text)
		return err
	case ageValue:
		_, err := lfpse.ParseAge(text)
		return err
	case timeValue:
		if _, _, ok := f.calendar.time(text); !ok {
			return f.calendar.noTime()
		}
		return nil
	}
	_, _, day := f.calendar.day(text)
	if _, _, month := f.calendar.month(text); !day && !month {
		return f.calendar.noDate(text)
	}
	return nil
}

// value is a converted text, with its target and the rule of the conversion.
type value struct {
	accessor *lfpse.Accessor
	target   string
	text     string
	rule     string
}

// convert turns a text into a value. The rule is empty if the value is as given. The
// error never quotes the text.
func (f *Form) convert(d *Draft, p *Property, c *calendar, text string) (value, error) {
	switch p.kind {
	case dateValue:
		return f.date(p, c, text)
	case timeValue:
		at, rule, ok := c.time(text)
		if !ok {
			return value{}, c.noTime()
		}
		return value{p.accessor, p.Name, string(at), rule}, nil
	case ageValue:
		if lfpse.IsBareAge(text) && f.speaksOfBaby(d) {
			return value{}, errYounger
		}
		return p.age(text)
	case birthDateValue:
		birth, ok := c.birthDate(text)
		if !ok {
			return value{}, c.noBirthDate()
		}
		return p.ageFrom(birth, d.Event.Date)
	}
	text, err := p.accessor.Parse(text)
	return value{p.accessor, p.Name, text, ""}, err
}

// age converts an age in words.
func (p *Property) age(text string) (value, error) {
	a, err := lfpse.ParseAge(text)
	return value{p.accessor, p.Name, a.String(), "read as " + a.String()}, err
}

// babies finds what makes it doubtful that a bare number is an age in years.
var babies = regexp.MustCompile(`(?i)\b(new-?born|new born|neonat\w*|baby|babies|infants?|` +
	`(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[- ](days?|weeks?|months?)[- ](old|of age)|\d+/(12|52|7) old)\b`)

// speaksOfBaby reports whether the narrative of the event speaks of somebody under one
// year of age.
func (f *Form) speaksOfBaby(d *Draft) bool {
	const narrative = "description"
	return speaksOfBaby(d.Event.Description) ||
		slices.ContainsFunc(d.Conditional, func(c Conditional) bool { return c.Target == narrative && speaksOfBaby(c.Value) })
}

// babyHints are parts of all that babies finds: a text without them need not be searched.
var babyHints = []string{"born", "neonat", "bab", "infant", " old", "-old", "of age"}

func speaksOfBaby(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc(babyHints, func(hint string) bool { return strings.Contains(lower, hint) }) && babies.MatchString(text)
}

// ageFrom converts a date of birth into the age on the day of the event; the date itself
// is not kept.
func (p *Property) ageFrom(birth, day lfpse.Date) (value, error) {
	if day == "" {
		return value{}, errNoDay
	}
	a, err := lfpse.AgeOn(birth, day)
	return value{p.accessor, p.Name, a.String(), "age on the day of the event"}, err
}

// firstYear is the first year in which an event can be: 1900 and before are what is left of
// a year of two digits, or of a date that a spreadsheet lost.
const firstYear = "1901"

// date converts a text to the day of the event, or to its month if only that is known.
func (f *Form) date(p *Property, c *calendar, text string) (value, error) {
	day, rule, ok := c.day(text)
	v := value{p.accessor, p.Name, string(day), rule}
	if !ok {
		if v.text, v.rule, ok = c.month(text); !ok {
			return v, c.noDate(text)
		}
		v.accessor, v.target = p.other, p.instead
	}
	switch {
	case lfpse.Date(v.text) > f.today():
		return v, errFuture
	case v.text < firstYear:
		return v, errLongPast
	}
	return v, nil
}

// Origin says where a value comes from.
type Origin struct {
	From, Rule string
	// When are the conditions under which the value applies. If there are none, it
	// applies now.
	When []lfpse.Condition
}

// Put converts a text from the source and puts it into the event, or keeps it until the
// conditions of its origin hold. The trace names the rule of the conversion or, if it has
// none, that of the origin. The error never quotes the text.
func (f *Form) Put(d *Draft, p *Property, text string, o Origin) error {
	v, err := f.convert(d, p, f.calendar, text)
	if err == nil {
		v.put(d, o)
	}
	return err
}

// PutParsed does what [Form.Put] does, with a value that [Property.Parse] returned.
func (p *Property) PutParsed(d *Draft, text string, o Origin) {
	value{p.accessor, p.Name, text, ""}.put(d, o)
}

// PutBirthDate does what [Form.Put] does, with the age on the day of the event of a
// person born on the day birth. The date of birth itself is not kept.
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
	v.accessor.Put(&d.Event, v.text)
	d.step(v.target, o.From, rule)
}

// Known reports whether a source must not fill in a property: a person has answered it or
// put it to a clinician, or the event states it and it is not a list.
func (d *Draft) Known(p *Property) bool {
	if len(d.Answers) > 0 {
		list, other := strings.CutSuffix(p.Name, "Other") // the text for "other"
		if d.dealtWith(p.Name) || p.instead != "" && d.dealtWith(p.instead) || other && d.dealtWith(list) {
			return true
		}
	}
	return !p.Repeats() && p.accessor.IsSet(&d.Event)
}

// Question returns a question about the property or, for an age, about the age bracket,
// which people know more often. If text is empty, checking the draft fills in the words
// of the validator or of the taxonomy.
func (p *Property) Question(text, why, rule string) lfpse.Question {
	name, accessor := p.Name, p.accessor
	if p.kind == ageValue || p.kind == birthDateValue {
		name, accessor = p.instead, p.other
	}
	return lfpse.Question{Target: name, Required: true, Rule: rule, Text: text, Why: why, Choices: accessor.Choices()}
}

// plainQuestion returns a question made from what the taxonomy says about a property.
func (f *Form) plainQuestion(target string) string {
	if p, err := f.accessor(target); err == nil && p.Field() != nil && p.Field().Definition != "" {
		return "Please answer: " + p.Field().Definition + "."
	}
	return fmt.Sprintf("What is the value of %s?", target)
}
