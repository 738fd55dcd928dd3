package mapping

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// patients fills in the patients of the row. How many they are is known from an answer,
// from the map or from what the row says about them; else it is asked. A blank cell never
// says that nobody was affected.
func (r *rowMapper) patients() {
	leftOpen := r.number()
	known := r.d.Affected
	blank, doubtful := -1, "" // a patient whose condition is a blank cell; a contradiction
	for i := range r.m.patients {
		p := &r.m.patients[i]
		there, why := r.affected(p)
		switch {
		case known != nil && r.present < *known:
			r.patient(p)
		case known != nil && r.d.Answered(draft.PatientsTarget):
			if about := r.says(p); about != "" {
				r.d.LeaveOut(about)
			}
		case known != nil && r.says(p) != "":
			doubtful = "The number of patients is smaller than the number of those whom " + r.says(p) + " says something about."
			r.patientPerhaps(p)
		case known != nil:
		case there:
			r.patient(p)
		case why != "":
			doubtful = why
			r.patientPerhaps(p)
		case blank < 0 && r.cells[p.when.column] == "":
			blank = i
		}
	}
	switch {
	case doubtful != "":
		r.d.Ask(draft.AffectedQuestion(doubtful, "MAP-ASK"))
	case known == nil:
		r.settle(cmp.Or(leftOpen, r.miscounted()), blank)
	}
}

// settle decides how many patients there are where the row has said all that it says, or
// asks. leftOpen says why the map leaves it open, if it does; blank is the index of the
// patient whose condition is a blank cell, or -1.
func (r *rowMapper) settle(leftOpen string, blank int) {
	switch n := r.present; {
	case leftOpen != "" && r.maybeIncident():
		r.askNumber(leftOpen)
	case n > 0:
		r.d.Affected = &n
	case len(r.m.patients) == 0:
		r.askNumber("")
	case blank >= 0 && !r.maybeIncident():
	case blank >= 0:
		p := &r.m.patients[blank]
		r.patientPerhaps(p)
		r.askNumber("A blank cell in column " + p.when.Column + " does not say that nobody was affected.")
	case len(r.d.Event.Patients) > 0:
		r.askNumber("There are answers about a patient, but column " + r.m.patients[0].when.Column + " says that nobody was affected.")
	default:
		r.d.Affected = &n
	}
}

// number takes the number of patients from the field of the map for it, unless a person
// has answered it. It returns why the field leaves it open.
func (r *rowMapper) number() (why string) {
	i := slices.IndexFunc(r.m.fields, func(f field) bool { return f.kind == numberValue })
	if i < 0 || r.d.Affected != nil {
		return ""
	}
	f := &r.m.fields[i]
	text, from, rule := f.Default, "the map", "default"
	for _, c := range f.columns {
		if cell := r.cells[c]; cell != "" {
			text, from, rule = cell, f.from, "as given"
		}
	}
	if f.words != nil && from == f.from {
		if w, tied := f.words.lookup(text); w >= 0 && !tied {
			text, rule = f.words.entries[w].value, f.words.entries[w].rule
		}
	}
	switch {
	case text == "" && len(f.columns) > 0:
		return "A blank cell in " + f.from + " does not say how many patients were affected."
	case text == "", text == AskValue, text == AbsentValue:
		return "The map leaves open how many patients were affected."
	}
	n, err := draft.ParseAffected(text)
	if err != nil {
		r.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log, or answer the question.")
		return ended("In " + spoken(from) + ": " + err.Error())
	}
	r.d.Affected = &n
	r.d.Trace = append(r.d.Trace, draft.Step{Target: draft.PatientsTarget, From: from, Rule: rule})
	return ""
}

// miscounted says which column, by which the map decides how many patients there are,
// holds another number than that, or a word that the map does not know.
func (r *rowMapper) miscounted() string {
	for i := range r.m.patients {
		when := r.m.patients[i].when
		if when == nil || !r.m.counts(when.column) || r.cells[when.column] == "" {
			continue
		}
		cell := r.cells[when.column]
		n, err := draft.ParseAffected(cell)
		if whole, no := strconv.Atoi(cell); err != nil && no == nil {
			if whole > 0 && r.present == 1 {
				continue // of ten or more, the one with the most severe harm
			}
			n, err = whole, nil
		}
		switch {
		case err == nil && n != r.present:
			return "Column " + when.Column + " gives " + strconv.Itoa(n) + " patients, and the map " + strconv.Itoa(r.present) + "."
		case err != nil && !r.m.countWord(when.column, cell):
			return "The map does not know the word in column " + when.Column + "."
		}
	}
	return ""
}

// counts reports whether a column holds numbers of patients: a condition of a patient
// compares it with numbers.
func (m *Mapper) counts(column int) bool {
	return slices.ContainsFunc(m.patients, func(p patient) bool {
		if p.when == nil || p.when.column != column {
			return false
		}
		isNumber := func(word string) bool { _, err := strconv.Atoi(word); return err == nil }
		return p.when.AtLeast != nil || slices.ContainsFunc(p.when.In, isNumber) || slices.ContainsFunc(p.when.NotIn, isNumber)
	})
}

// countWord reports whether a condition of a patient names a word for a number.
func (m *Mapper) countWord(column int, cell string) bool {
	return slices.ContainsFunc(m.patients, func(p patient) bool { return p.when != nil && p.when.column == column && p.when.has(cell) })
}

// affected reports whether a patient was affected. If the row says no but has something
// to say about the patient, why names the column in doubt.
func (r *rowMapper) affected(p *patient) (there bool, why string) {
	if r.d.Affected == nil && (p.when == nil || r.holds(p.when)) {
		return true, ""
	}
	if p.when == nil {
		return false, ""
	}
	about := r.says(p)
	switch {
	case about == "":
		return false, ""
	case r.cells[p.when.column] == "":
		return true, ""
	}
	return false, "By column " + p.when.Column + " the patient was not affected, but " + about + " says something about the patient."
}

// says names what the row says about a patient, empty if there is nothing. A grade of no
// harm may stand in the row of an event that affected nobody, and so may the answer that
// is nearly always the same.
func (r *rowMapper) says(p *patient) string {
	for i := range p.fields {
		f := &p.fields[i]
		for _, c := range f.columns {
			if cell := r.cells[c]; cell != "" && f.To != "genderSameAsAtBirth" && !r.m.shared[c] && !saysNothing(f, cell) {
				return f.from
			}
		}
	}
	return ""
}

// saysNothing reports whether a cell says that there is nothing to say.
func saysNothing(f *field, cell string) bool {
	if f.words != nil {
		if i, tied := f.lookup(cell); i >= 0 && !tied {
			value := f.words.entries[i].value
			return value == AbsentValue || value == AskValue || value == string(lfpse.PhysicalNone)
		}
	}
	return slices.Contains([]string{"none", "no", "no harm", "nil", "n/a", "na", "not applicable", "not known", "unknown", "-", "0"}, lfpse.Fold(cell))
}

// share marks the columns that say something about more than one patient of the map.
func (c *compiler) share() {
	c.shared = make([]bool, len(c.columns))
	seen := map[int]int{}
	for i := range c.fields {
		for _, column := range c.fields[i].columns {
			c.shared[column] = true
		}
	}
	for i := range c.Mapper.patients {
		p := &c.Mapper.patients[i]
		for j := range p.fields {
			for _, column := range p.fields[j].columns {
				if before, ok := seen[column]; ok && before != i {
					c.shared[column] = true
				}
				seen[column] = i
			}
		}
	}
	for i := range c.Mapper.patients {
		if when := c.Mapper.patients[i].when; when != nil && when.column >= 0 {
			c.shared[when.column] = true
		}
	}
}

// patient fills in a patient who was affected.
func (r *rowMapper) patient(p *patient) {
	for j := range p.fields {
		r.field(&p.fields[j])
	}
	r.present++
}

// patientPerhaps keeps what the row says about a patient until it is known how many were
// affected.
func (r *rowMapper) patientPerhaps(p *patient) {
	r.perhaps = []lfpse.Condition{draft.Affects(r.present + 1)}
	for j := range p.fields {
		r.field(&p.fields[j])
	}
	r.perhaps = nil
}

// maybeIncident reports whether the event is an incident or of a type that is still open.
func (r *rowMapper) maybeIncident() bool {
	return r.d.Event.Type == lfpse.TypeIncident || r.d.Event.Type == ""
}

// askNumber asks how many patients were affected if the event is an incident.
func (r *rowMapper) askNumber(why string) {
	if !r.maybeIncident() {
		return
	}
	q := draft.AffectedQuestion(why, "MAP-ASK")
	if r.d.Event.Type == "" {
		q.When = []lfpse.Condition{{Target: "type", Values: []string{string(lfpse.TypeIncident)}}}
	}
	r.d.Ask(q)
}

// ageName is the name of the age in a map.
const ageName = "age"

// inMonths finds the unit of an age in the name of a column.
var inMonths = regexp.MustCompile(`(?i)\b(months?|mths?|weeks?|wks?|days?)\b`)

var (
	errColumnUnit = errors.New("the number has no unit, and the name of the column speaks of months, weeks or days: write the age with its unit, or declare the unit in the map")
	errBirthAge   = errors.New("this is not the age by the date of birth: one of the two is wrong")
	errBirthUnit  = errors.New("the number has no unit, and it is not the age in years by the date of birth: write the age with its unit")
)

// bareAge adds to an age without a unit the one that the map declares. It is an error if
// the name of the column or a date of birth says that the number may not be years.
func (r *rowMapper) bareAge(f *field, text string) (string, error) {
	if f.Unit != "" {
		return strings.TrimSpace(text) + " " + f.Unit, nil
	}
	if inMonths.MatchString(f.from) {
		return "", errColumnUnit
	}
	birth, day := r.birth(f.patient), r.d.Event.Date
	if birth == "" || day == "" {
		return text, nil
	}
	stated, err := lfpse.ParseAge(text)
	if err != nil {
		return "", err
	}
	known, err := lfpse.AgeOn(birth, day)
	if err == nil && (known.Unit != lfpse.Years || known.Value < stated.Value-1 || known.Value > stated.Value+1) {
		return "", errBirthUnit
	}
	return text, nil
}

// fitsBirth is an error if an age with a unit is far from the one by the date of birth.
func (r *rowMapper) fitsBirth(f *field, text string) error {
	birth, day := r.birth(f.patient), r.d.Event.Date
	if birth == "" || day == "" {
		return nil
	}
	stated, err := lfpse.ParseAge(text)
	if err != nil {
		return nil // it is reported elsewhere
	}
	known, err := lfpse.AgeOn(birth, day)
	if apart := daysOf(known) - daysOf(stated); err == nil && max(apart, -apart) > ageSlack[stated.Unit] {
		return errBirthAge
	}
	return nil
}

// ageSlack is by how many days a stated age may differ from the one by the date of birth:
// it is rounded, and people give the age of another day.
var ageSlack = map[lfpse.AgeUnit]int{lfpse.Years: 2 * 365, lfpse.Months: 3 * 30, lfpse.Days: 31}

// daysOf is an age in days, roughly.
func daysOf(a lfpse.Age) int {
	switch a.Unit {
	case lfpse.Years:
		return a.Value * 365
	case lfpse.Months:
		return a.Value * 30
	}
	return a.Value
}

// compareBirthDate reports a date of birth that was not needed for the age, but cannot be
// read either, so that nobody has compared the two.
func (r *rowMapper) compareBirthDate(f *field) {
	if f.To != "birthDate" || len(f.columns) == 0 {
		return
	}
	cell := r.cells[f.columns[0]]
	if _, ok := r.m.form.Day(cell); ok || saysNothing(f, cell) || cell == "" {
		return
	}
	r.issue(fhir.Warning, "MAP-VALUE", f.from, "The date of birth cannot be read, so the age was not compared with it.", "Correct it in the log, or add its form to the dates of the map.")
}

// birth is the date of birth of a patient by the row or by the record, empty if neither
// has it.
func (r *rowMapper) birth(index int) lfpse.Date {
	if index < 0 {
		return ""
	}
	fields := r.m.patients[index].fields
	for i := range fields {
		if f := &fields[i]; f.To == "birthDate" && len(f.columns) > 0 {
			if day, ok := r.m.form.Day(r.cells[f.columns[0]]); ok {
				return day
			}
		}
	}
	if index == 0 && r.context != nil && r.context.BirthPrecision.Value == "day" {
		return lfpse.Date(r.context.BirthDate())
	}
	return ""
}

// bracketKnown reports whether a question is about an age bracket that another column
// gives.
func (r *rowMapper) bracketKnown(q lfpse.Question) bool {
	if !strings.HasSuffix(q.Target, ".ageBracket") {
		return false
	}
	p, err := r.m.form.Property(q.Target)
	return err == nil && r.d.Known(p)
}
