package mapping

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// field is a compiled [Field].
type field struct {
	Field
	path    string // in the map
	label   string // the target in the words of the map
	kind    kind
	patient int // its index, -1 outside patients
	// targets are the properties that the field may fill: one or, for a field of a
	// patient, one for each possible index, since an absent patient leaves no gap in the
	// numbering.
	targets  []*target
	types    []lfpse.EventType // For
	whenType []lfpse.Condition // For, as a condition of questions while the type is open
	when     *condition
	columns  []int
	expr     *expression // reads the columns, nil for none
	words    *words
	meanings []string // what the entries of words stand for, parsed for the target
	from     string   // the columns as the trace names them
	fallback string   // Default, parsed for a target that is a plain value
	// mayBeSet says that something before the field may have set its property.
	mayBeSet bool
	set      bool // by WithValues
}

// property is the property that parses the values of the field, nil for medicines,
// devices and a target that does not exist.
func (f *field) property() *draft.Property { return f.targets[0].property }

// lookup returns the index of the entry of the word list for a cell, as [words.lookup] does.
// A grade of harm is read only from a cell that says nothing besides.
func (f *field) lookup(cell string) (best int, tied bool) {
	best, tied = f.words.lookup(cell)
	if best >= 0 && (f.To == "physicalHarm" || f.To == "psychologicalHarm") && !f.words.onlyWord(&f.words.entries[best], cell) {
		return -1, false
	}
	return best, tied
}

// means returns what a part of a cell stands for, to tell whether another says the same.
func (f *field) means(part string) string {
	if f.words != nil {
		if i, tied := f.lookup(part); i >= 0 && !tied {
			return f.words.entries[i].value
		}
	}
	return lfpse.Fold(part)
}

// target is a property of the event that a field fills.
type target struct {
	name     string
	property *draft.Property // nil for medicines and devices
}

// kind says how a field's value is made.
type kind uint8

const (
	plainValue     kind = iota
	dateValue           // the date of the event, or its month
	freeValue           // a time, an age or a date of birth: its parsing depends on more than the list
	medicinesValue      // medicines of the record
	devicesValue        // devices of the record
	numberValue         // the number of patients affected
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
	if index < 0 && strings.HasPrefix(in.To, "patients") && f.kind != numberValue {
		c.report("MAP-TARGET", "%s.to is %q: properties of a patient belong under patients, where a patient can be absent", path, in.To)
	} else if targets, err := c.targets(&f); err != nil {
		c.report("MAP-TARGET", "%s.to is %q: %v", path, in.To, err)
	} else {
		f.targets = targets
	}
	c.types(path, &f)
	if in.When != nil {
		when := c.condition(path+".when", *in.When)
		f.when = &when
	}
	c.sources(path, &f)
	return f
}

// types compiles the event types that a field is for.
func (c *compiler) types(path string, f *field) {
	for _, name := range f.For {
		t := lfpse.EventType(name)
		switch t {
		case lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare:
			f.types = append(f.types, t)
		default:
			c.report("MAP-TYPE", "%s.for has %q; the event types are incident, risk, outcome and good-care%s", path, name, nearest.Hint(name, eventTypes))
		}
	}
	if len(f.types) > 0 {
		f.whenType = []lfpse.Condition{{Target: "type", Values: f.For}}
	}
}

var eventTypes = []string{string(lfpse.TypeIncident), string(lfpse.TypeRisk), string(lfpse.TypeOutcome), string(lfpse.TypeGoodCare)}

func kindOf(to string, inPatient bool) kind {
	switch {
	case to == "date":
		return dateValue
	case to == "estimatedDate.preciseTime", inPatient && (to == "age" || to == "birthDate"):
		return freeValue
	case !inPatient && to == "medicines":
		return medicinesValue
	case !inPatient && to == draft.PatientsTarget:
		return numberValue
	case !inPatient && to == "devices":
		return devicesValue
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
func (c *compiler) target(owner string, f *field) (*target, error) {
	if f.kind == medicinesValue || f.kind == devicesValue || f.kind == numberValue {
		return &target{name: f.To}, nil
	}
	p, err := c.property(owner + f.To)
	if err != nil {
		return nil, err
	}
	return &target{p.Name, p}, nil
}

// property compiles a property, once.
func (c *compiler) property(name string) (*draft.Property, error) {
	if p := c.properties[name]; p != nil {
		return p, nil
	}
	p, err := c.form.Property(name)
	if err == nil {
		c.properties[name] = p
	}
	return p, err
}

// sources compiles where the field's value comes from.
func (c *compiler) sources(path string, f *field) {
	names := c.reads(path, f)
	if f.Join == "" {
		f.Join = "\n\n"
	}
	if f.Split != "" && f.property() != nil && !f.property().Repeats() {
		c.report("MAP-FIELD", "%s has split, but %s takes one value only", path, f.label)
	}
	if len(names) == 0 && f.Expr == "" && f.Context == "" && f.Default == "" && f.Ask == "" {
		c.report("MAP-FIELD", "%s has no source: give it a column, an expr, a context, a default or an ask", path)
	}
	facts := slices.Sorted(maps.Keys(contextSources))
	if fits, ok := contextSources[f.Context]; f.Context != "" && (!ok || fits != "" && fits != f.To) {
		c.report("MAP-FIELD", "%s.context is %q, which %s cannot take; a record gives %s%s", path, f.Context, f.label, strings.Join(facts, ", "), nearest.Hint(f.Context, facts))
	}
	c.settings(path, f)
	c.wordList(path, f)
	if err := c.defaultError(f); err != nil {
		c.report("MAP-DEFAULT", "%s.default: %v", path, err)
	}
	if f.Default != "" && slices.Contains(clinical, f.To) {
		c.clinical = append(c.clinical, [2]string{path, f.label})
	}
}

// reads compiles the columns of a field, or its expression, and returns their names.
func (c *compiler) reads(path string, f *field) []string {
	names := f.Columns
	if f.Column != "" {
		names = []string{f.Column}
	}
	if f.Column != "" && len(f.Columns) > 0 || f.Expr != "" && len(names) > 0 {
		c.report("MAP-FIELD", "%s has more than one of column, columns and expr", path)
	}
	for _, name := range names {
		f.columns = append(f.columns, c.column(name))
	}
	if f.Expr != "" {
		if f.kind != plainValue && f.kind != dateValue && f.kind != freeValue || f.To == "birthDate" || draft.OnlyFromPeople(f.To) {
			c.report("MAP-EXPRESSION", "%s.expr: no expression gives %s: a person says it, in a column of its own", path, f.label)
		}
		if f.expr = c.expression(path+".expr", f.Expr, reflect.String); f.expr != nil {
			names, f.columns = f.expr.names, f.expr.columns
		}
	}
	f.from = named(names)
	return names
}

// settings reports settings of a field that its property does not take.
func (c *compiler) settings(path string, f *field) {
	if (f.kind == medicinesValue || f.kind == devicesValue) && (f.Context != f.To || len(f.columns) > 0 && f.kind == devicesValue || f.Values != "" || f.Default != "") {
		c.report("MAP-FIELD", "%s: %s come from the record only: write context: %s", path, f.To, f.To)
	}
	if f.Level != "" && (f.kind != medicinesValue || f.Level != "vmp" && f.Level != "vtm") {
		c.report("MAP-FIELD", "%s.level declares medicines of the record to be vmp or vtm", path)
	}
	if f.Unreadable != "" && f.Unreadable != AskValue && f.Unreadable != AbsentValue {
		c.report("MAP-FIELD", "%s.unreadable is %q; it can be ask or absent", path, f.Unreadable)
	}
	if f.Unit != "" && (f.To != "age" || !slices.Contains([]string{"years", "months", "weeks", "days"}, f.Unit)) {
		c.report("MAP-FIELD", "%s.unit is that of an age: years, months, weeks or days", path)
	}
}

// clinical are the properties that only a person who knows the case can state.
var clinical = []string{
	"agent.involvedAgents", "classification.levelOfConcern", "classification.patientSafetyIncidentHasOccurred", "governance.dutyOfCandour",
	"genderIdentity", "genderSameAsAtBirth", "physicalHarm", "psychologicalHarm", "strengthOfAssociation", "clinicalOutcome",
	"age", "birthDate", "ageBracket", "patientEthnicity", "riskDetails.riskImminent",
}

// clinicalDefaults warns, once, of the clinical properties that have a default.
func (c *compiler) clinicalDefaults() {
	if len(c.clinical) == 0 {
		return
	}
	var labels []string
	for _, f := range c.clinical {
		label := f[1]
		if line := c.m.places.of(f[0]).line; line > 0 {
			label += fmt.Sprintf(" (line %d)", line)
		}
		labels = append(labels, label)
	}
	c.warn("MAP-CLINICAL-DEFAULT", "The map answers for every row where the log does not: %s; only a person who knows the case can say that", strings.Join(labels, ", "))
}

// defaultError says why a default can never be used.
func (c *compiler) defaultError(f *field) (err error) {
	switch p := f.property(); {
	case f.kind == numberValue && f.Default != "":
		_, err = draft.ParseAffected(f.Default)
		return err
	case f.Default == "" || p == nil:
		return nil
	case f.kind == plainValue:
		f.fallback, err = p.Parse(f.Default)
		return err
	default:
		return c.form.Accepts(p, f.Default)
	}
}

// medicines returns the field for the medicines of the record, nil if the map has none.
func (m *Mapper) medicines() *field {
	for i := range m.fields {
		if m.fields[i].kind == medicinesValue {
			return &m.fields[i]
		}
	}
	return nil
}

// markSet finds the fields whose property something before them may have set: an earlier
// field with the same property, a date of which only the month is known, or a medicine
// from the record.
func markSet(fields []field) {
	set := map[string]bool{"estimatedDate.approximateDate": true}
	for i := range fields {
		f := &fields[i]
		name := f.targets[len(f.targets)-1].name
		f.mayBeSet = set[name] || f.patient < 0 && strings.Contains(name, "[")
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
		lists := slices.Sorted(maps.Keys(c.lists))
		c.report("MAP-WORDS", "%s.values: there is no word list %q; there is %s%s", path, f.Values, strings.Join(lists, ", "), nearest.Hint(f.Values, lists))
		return
	}
	if f.words.undeclared && (f.To == "genderIdentity" || f.To == "genderSameAsAtBirth") {
		c.report("MAP-GENDER-CODES", "%s: the word list %s has bare digits for a gender, and 1 is male in one code system and female in another; declare the system in values.%s.system, or use nhs-gender or lfpse-v5-gender", path, f.Values, f.Values)
	}
	f.meanings = make([]string, len(f.words.entries))
	for i := range f.words.entries {
		e := &f.words.entries[i]
		if e.value == AskValue || e.value == AbsentValue || f.property() == nil || f.kind != plainValue {
			continue
		}
		value, err := f.property().Parse(e.value)
		f.meanings[i] = value
		if err != nil {
			c.report("MAP-WORDS", "values.%s: %q stands for a value that %s cannot take: %v", f.Values, e.word, f.label, err)
			continue
		}
		if f.To == "type" && value == string(lfpse.TypeRisk) && nearMiss.MatchString(e.word) {
			c.warn("MAP-NEAR-MISS", "values.%s: %q is mapped to risk; under LFPSE a near miss is an incident, because something happened", f.Values, e.word)
		}
	}
}

var nearMiss = regexp.MustCompile(`(?i)near.?miss|good.?catch|prevented|intercepted`)
