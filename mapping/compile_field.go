package mapping

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// field is a compiled [Field].
type field struct {
	Field
	path    string // in the map
	label   string // the target as the map's author knows it
	kind    kind
	patient int // its index, -1 outside patients
	// targets are where the field writes to: one, or in a patient one for each number
	// of patients who may be there before, since one who is absent leaves no gap.
	targets  []*target
	for_     []lfpse.EventType
	when     *condition
	columns  []int
	words    *words
	meanings []string // what the entries of words stand for, parsed for the target
	from     string   // the columns as the trace names them
	fallback string   // Default, parsed for a target that is a plain value
	// rivalled fields may find their property set by what comes before them.
	rivalled bool
}

// place is what the values of the field are parsed by, nil for medicines and devices
// and for a target that does not exist.
func (f *field) place() *lfpse.Place { return f.targets[0].place }

// target is a property of the event that a field or an answer fills.
type target struct {
	name  string
	place *lfpse.Place // nil for medicines and devices
	// instead is the target of the rougher answer that takes the place of the exact
	// one: the month for the day, the bracket for the age.
	instead string
	bracket *lfpse.Place // of instead, for an age
}

// kind says how a field's value is made.
type kind uint8

const (
	plainValue kind = iota
	dateValue       // the date of the event, or its month
	timeValue
	ageValue       // an age in words, in a patient
	birthDateValue // a date of birth, consumed for the age
	medicinesValue // medicines of the record
	devicesValue   // devices of the record
)

// contextSources are the facts that a record can give, and the targets each fits.
var contextSources = map[string]string{
	"age":             "age",
	"gender":          "genderIdentity", // the stated gender, taken as the identity
	"gender-identity": "genderIdentity",
	"ethnicity":       "patientEthnicity",
	"organisation":    "",
	"reporter-role":   "reporter.reporterRole",
	"medicines":       "medicines",
	"devices":         "devices",
}

// field compiles one field; index is that of its patient, -1 outside patients.
func (c *compiler) field(path string, in *Field, index int) field {
	f := field{Field: *in, patient: index, path: path, label: in.To, kind: kindOf(in.To, index >= 0), targets: []*target{{}}}
	if index >= 0 {
		f.label = fmt.Sprintf("patients[%d].%s", index, in.To)
	}
	if index < 0 && strings.HasPrefix(in.To, "patients") {
		c.report("%s.to is %q: what belongs to a patient stands under patients, where a patient can be absent", path, in.To)
	} else if targets, err := c.targets(&f); err != nil {
		c.report("%s.to is %q: %v", path, in.To, err)
	} else {
		f.targets = targets
	}
	for _, name := range in.For {
		t := lfpse.EventType(name)
		switch t {
		case lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare:
			f.for_ = append(f.for_, t)
		default:
			c.report("%s.for has %q; the event types are incident, risk, outcome and good-care", path, name)
		}
	}
	if in.When != nil {
		when := c.condition(path+".when", *in.When)
		f.when = &when
	}
	c.sources(path, &f)
	return f
}

func kindOf(to string, inPatient bool) kind {
	switch {
	case to == "date":
		return dateValue
	case to == "estimatedDate.preciseTime":
		return timeValue
	case !inPatient && to == "medicines":
		return medicinesValue
	case !inPatient && to == "devices":
		return devicesValue
	case inPatient && to == "age":
		return ageValue
	case inPatient && to == "birthDate":
		return birthDateValue
	}
	return plainValue
}

// targets compiles where a field writes to.
func (c *compiler) targets(f *field) ([]*target, error) {
	if f.patient < 0 {
		t, err := c.target("", f)
		return []*target{t}, err
	}
	all := make([]*target, f.patient+1)
	for i := range all {
		var err error
		if all[i], err = c.target(fmt.Sprintf("patients[%d].", i), f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// target compiles one; owner is the start of its name.
func (c *compiler) target(owner string, f *field) (t *target, err error) {
	t = &target{name: owner + f.To}
	switch f.kind {
	case medicinesValue, devicesValue:
		return t, nil
	case dateValue:
		t.instead = monthTarget
	case ageValue, birthDateValue:
		t.name, t.instead = owner+"age", owner+"ageBracket"
		if t.bracket, err = c.place(t.instead); err != nil {
			return nil, err
		}
	}
	t.place, err = c.place(t.name)
	return t, err
}

// place compiles a place, once.
func (c *compiler) place(name string) (*lfpse.Place, error) {
	if p := c.places[name]; p != nil {
		return p, nil
	}
	p, err := c.codec.Place(name)
	if err == nil {
		c.places[name] = p
	}
	return p, err
}

// sources compiles where the field's value comes from.
func (c *compiler) sources(path string, f *field) {
	if f.Column != "" && len(f.Columns) > 0 {
		c.report("%s has both column and columns", path)
	}
	names := f.Columns
	if f.Column != "" {
		names = []string{f.Column}
	}
	for _, name := range names {
		f.columns = append(f.columns, c.column(name))
	}
	f.from = "column " + strings.Join(names, ", ")
	if f.Join == "" {
		f.Join = "\n\n"
	}
	if f.Split != "" && f.place() != nil && !f.place().Repeats() {
		c.report("%s has split, but %s takes one value only", path, f.label)
	}
	if len(names) == 0 && f.Context == "" && f.Default == "" && f.Ask == "" {
		c.report("%s has no source: give it a column, a context, a default or an ask", path)
	}
	if fits, ok := contextSources[f.Context]; f.Context != "" && (!ok || fits != "" && fits != f.To) {
		c.report("%s.context is %q, which %s cannot take; a record gives %s", path, f.Context, f.label, strings.Join(slices.Sorted(maps.Keys(contextSources)), ", "))
	}
	if (f.kind == medicinesValue || f.kind == devicesValue) && (f.Context != f.To || len(names) > 0 || f.Default != "") {
		c.report("%s: %s come from the record only: write context: %s", path, f.To, f.To)
	}
	if f.Level != "" && (f.kind != medicinesValue || f.Level != "vmp" && f.Level != "vtm") {
		c.report("%s.level declares medicines of the record to be vmp or vtm", path)
	}
	c.wordList(path, f)
	if err := c.defaultError(f); err != nil {
		c.report("%s.default: %v", path, err)
	}
}

// defaultError says why a default can never be used.
func (c *compiler) defaultError(f *field) error {
	known, err := true, error(nil)
	fits := func(l layouts) bool {
		_, layout := l.parse(f.Default)
		return layout != nil
	}
	switch {
	case f.Default == "" || f.place() == nil:
	case f.kind == plainValue:
		f.fallback, err = f.place().Parse(f.Default)
	case f.kind == ageValue:
		_, err = lfpse.ParseAge(f.Default)
	case f.kind == timeValue:
		known = fits(c.forms.times)
	default:
		known = fits(c.forms.days) || fits(c.forms.months)
	}
	if !known {
		return errors.New("it is not in any of the layouts of the map")
	}
	return err
}

// rivals finds the fields whose property another may have set: an earlier field with
// the same one, a date of which only the month is known, a medicine of the record.
func rivals(fields []field) {
	set := map[string]bool{monthTarget: true}
	for i := range fields {
		f := &fields[i]
		name := f.targets[len(f.targets)-1].name
		f.rivalled = set[name] || f.patient < 0 && strings.Contains(name, "[")
		set[name] = true
	}
}

// wordList looks up the word list of a field and parses its values for the target, once
// for all rows.
func (c *compiler) wordList(path string, f *field) {
	if f.Values == "" {
		return
	}
	c.used[f.Values] = true
	f.words = c.lists[f.Values]
	if f.words == nil {
		c.report("%s.values: there is no word list %q; there is %s", path, f.Values, strings.Join(slices.Sorted(maps.Keys(c.lists)), ", "))
		return
	}
	if f.words.undeclared && (f.To == "genderIdentity" || f.To == "genderSameAsAtBirth") {
		c.report("%s: the word list %s has bare digits for a gender, and 1 is male in one code system and female in another; declare the system in values.%s.system, or use nhs-gender or lfpse-v5-gender", path, f.Values, f.Values)
	}
	f.meanings = make([]string, len(f.words.entries))
	for i := range f.words.entries {
		e := &f.words.entries[i]
		if e.value == AskValue || e.value == AbsentValue || f.place() == nil || f.kind != plainValue {
			continue
		}
		value, err := f.place().Parse(e.value)
		f.meanings[i] = value
		if err != nil {
			c.report("values.%s: %q stands for a value that %s cannot take: %v", f.Values, e.word, f.label, err)
			continue
		}
		if f.To == "type" && value == string(lfpse.TypeRisk) && nearMiss.MatchString(e.word) {
			c.warn("values.%s: %q is mapped to risk; under LFPSE a near miss is an incident, because something happened", f.Values, e.word)
		}
	}
}

var nearMiss = regexp.MustCompile(`(?i)near.?miss|good.?catch|prevented|intercepted`)
