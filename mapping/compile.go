package mapping

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Mapper turns rows into drafts by one map and one taxonomy. It is immutable and
// safe for concurrent use.
type Mapper struct {
	m        *Map
	builder  *submission.Builder
	codec    *lfpse.Codec
	today    func() lfpse.Date
	columns  []string // the columns the map uses; rows hold their cells in this order
	ref      int      // index in columns, -1 for the line number
	deny     []int    // the columns that name people
	context  []segment
	skip     []skip
	fields   []field
	patients []patient
	warnings []string
	places   map[string]*lfpse.Place
	values   map[string]string
}

// Option changes a [Mapper].
type Option func(*Mapper)

// WithToday sets what day it is, which decides whether an event occurred today
// and whether its date is in the future. The default is the local date.
func WithToday(today func() lfpse.Date) Option { return func(m *Mapper) { m.today = today } }

// WithValues sets properties of every event, by target, before anything the map
// says: the ODS code of the practice, say.
func WithValues(values map[string]string) Option {
	values = maps.Clone(values)
	return func(m *Mapper) { m.values = values }
}

type skip struct {
	when   condition
	reason string
}

type patient struct {
	when   *condition
	fields []field
}

// segment is a part of the context file name: text, or the cell of a column.
type segment struct {
	text   string
	column int // -1 for text
}

type condition struct {
	Condition
	column int
	in     map[string]bool // the words of In or NotIn, as they are and folded
}

func (c *condition) has(cell string) bool { return c.in[cell] || c.in[lfpse.Fold(cell)] }

// field is a compiled [Field].
type field struct {
	Field
	path    string // in the map
	kind    kind
	place   *lfpse.Place
	patient int // its index, -1 outside patients
	target  string
	for_    []lfpse.EventType
	when    *condition
	columns []int
	words   *words
	from    string // the columns as the trace names them
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

// New compiles a map for a builder, whose taxonomy decides which targets and
// codes there are. The map must not be changed afterwards. The error, of type
// [*MapError], lists everything that is wrong with the map.
func New(m *Map, b *submission.Builder, opts ...Option) (*Mapper, error) {
	c := &compiler{Mapper: &Mapper{m: m, builder: b, codec: b.Codec(), ref: -1, places: map[string]*lfpse.Place{},
		today: func() lfpse.Date { return lfpse.DateOf(time.Now()) }}, lists: map[string]*words{}, used: map[string]bool{}}
	for _, o := range opts {
		o(c.Mapper)
	}
	c.compile()
	if len(c.findings) > 0 {
		return nil, &MapError{c.findings}
	}
	return c.Mapper, nil
}

// Columns returns the columns that a log must have.
func (m *Mapper) Columns() []string { return slices.Clone(m.columns) }

// Warnings returns what looks odd in the map but does not stop it from working.
func (m *Mapper) Warnings() []string { return slices.Clone(m.warnings) }

// Definition returns the map the mapper was compiled from.
func (m *Mapper) Definition() *Map { return m.m }

type compiler struct {
	*Mapper
	lists    map[string]*words
	used     map[string]bool
	findings []string
}

func (c *compiler) report(format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf(format, args...))
}

func (c *compiler) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

func (c *compiler) compile() {
	c.source()
	c.wordLists()
	for i, s := range c.m.Skip {
		if s.Reason == "" {
			c.report("skip[%d] has no reason: say why such a row is not for LFPSE", i)
		}
		c.skip = append(c.skip, skip{c.condition(fmt.Sprintf("skip[%d].when", i), s.When), s.Reason})
	}
	for _, target := range slices.Sorted(maps.Keys(c.values)) {
		c.fields = append(c.fields, c.field("the value set for every event", &Field{To: target, Default: c.values[target]}, -1))
	}
	for i := range c.m.Fields {
		c.fields = append(c.fields, c.field(fmt.Sprintf("fields[%d]", i), &c.m.Fields[i], -1))
	}
	for i, p := range c.m.Patients {
		c.patient(fmt.Sprintf("patients[%d]", i), i, p)
	}
	if !slices.ContainsFunc(c.fields, func(f field) bool { return f.To == "type" }) {
		c.report("no field fills type: say which column tells an incident from a risk, an outcome and good care")
	}
	c.order()
	for _, name := range slices.Sorted(maps.Keys(c.m.Values)) {
		if !c.used[name] {
			c.warn("values.%s is not used", name)
		}
	}
}

// order reports fields that depend on a property which is only filled later.
func (c *compiler) order() {
	seen := map[string]bool{}
	for _, f := range c.fields {
		if len(f.For) > 0 && !seen["type"] {
			c.report("%s is for some event types only, so the field that fills type must come before it", f.path)
		}
		seen[f.To] = true
	}
}

func (c *compiler) source() {
	s := &c.m.Source
	switch s.Encoding {
	case "", "auto", "utf-8", "windows-1252":
	default:
		c.report("source.encoding is %q; it can be auto, utf-8 or windows-1252", s.Encoding)
	}
	if len(s.Delimiter) > 1 {
		c.report("source.delimiter must be one character")
	}
	if s.Reference != "" {
		c.ref = c.column(s.Reference)
	}
	c.layouts("dates", s.Dates, "2021-11-23", "02/01/2006")
	c.layouts("months", s.Months, "2021-11-01", "01/2006")
	c.layouts("times", s.Times, "14:45", "15:04")
	c.readTwoWays(s.Dates)
	for _, name := range s.Deny {
		c.deny = append(c.deny, c.column(name))
	}
	c.context = c.template(s.Context)
	if s.Context != "" {
		name := path.Clean(placeholder.ReplaceAllString(s.Context, "x"))
		if !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) {
			c.report("source.context must be a file below the folder of the log, with / between folders")
		}
	}
}

// layouts reports layouts that do not read back from a sample what they are for:
// dates without the day, months with one.
func (c *compiler) layouts(name string, layouts []string, want, example string) {
	sample := time.Date(2021, 11, 23, 14, 45, 0, 0, time.UTC)
	for _, l := range layouts {
		t, err := time.Parse(l, sample.Format(l))
		if err != nil || t.Format(time.DateOnly) != want && t.Format("15:04") != want {
			c.report("source.%s: %q is not a layout for %s; write 2 January 2006, 15:04 the way the log does, such as %s", name, l, name, example)
		}
	}
}

// readTwoWays reports layouts of which one takes for a day what the other takes
// for a month: which of them a date is written in would be a guess.
func (c *compiler) readTwoWays(layouts []string) {
	sample := time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC)
	for i, a := range layouts {
		for _, b := range layouts[i+1:] {
			if t, err := time.Parse(b, sample.Format(a)); err == nil && t.Format(time.DateOnly) != sample.Format(time.DateOnly) {
				c.report("source.dates: %q and %q read the same text as different days; keep one", a, b)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// template compiles the name of the context file.
func (c *compiler) template(s string) []segment {
	var out []segment
	for s != "" {
		at := placeholder.FindStringIndex(s)
		if at == nil {
			return append(out, segment{s, -1})
		}
		if at[0] > 0 {
			out = append(out, segment{s[:at[0]], -1})
		}
		out = append(out, segment{"", c.column(s[at[0]+1 : at[1]-1])})
		s = s[at[1]:]
	}
	return out
}

// column returns the index of a column, adding it to those the map uses.
func (c *compiler) column(name string) int {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		c.report("a column has no name")
	}
	if i := slices.Index(c.columns, name); i >= 0 {
		return i
	}
	c.columns = append(c.columns, name)
	return len(c.columns) - 1
}

func (c *compiler) wordLists() {
	lists, err := builtinValues()
	if err != nil {
		c.report("the built-in word lists cannot be read: %v", err)
		return
	}
	maps.Copy(lists, c.m.Values)
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		c.lists[name] = compileValues(name, lists[name], c.report)
		c.lists[name].undeclared = c.lists[name].bareDigits() && lists[name].System == ""
	}
}

func (c *compiler) condition(path string, in Condition) condition {
	out := condition{Condition: in, column: -1, in: map[string]bool{}}
	if in.Column == "" {
		c.report("%s names no column", path)
		return out
	}
	out.column = c.column(in.Column)
	tests := 0
	for _, given := range []bool{len(in.In) > 0, len(in.NotIn) > 0, in.Filled != nil, in.AtLeast != nil} {
		if given {
			tests++
		}
	}
	if tests != 1 {
		c.report("%s needs exactly one of in, not-in, filled and at-least", path)
	}
	for _, w := range append(slices.Clone(in.In), in.NotIn...) {
		out.in[w], out.in[lfpse.Fold(w)] = true, true
	}
	return out
}

func (c *compiler) patient(path string, index int, in Patient) {
	p := patient{}
	if in.When != nil {
		when := c.condition(path+".when", *in.When)
		p.when = &when
	}
	for j := range in.Fields {
		p.fields = append(p.fields, c.field(fmt.Sprintf("%s.fields[%d]", path, j), &in.Fields[j], index))
	}
	c.patients = append(c.patients, p)
}

// field compiles one field; index is that of its patient, -1 outside patients.
func (c *compiler) field(path string, in *Field, index int) field {
	f := field{Field: *in, patient: index, path: path, target: in.To, kind: kindOf(in.To, index >= 0)}
	switch {
	case index >= 0:
		f.target = fmt.Sprintf("patients[%d].%s", index, in.To)
		c.place(path, &f)
	case strings.HasPrefix(in.To, "patients"):
		c.report("%s.to is %q: what belongs to a patient stands under patients, where a patient can be absent", path, in.To)
	default:
		c.place(path, &f)
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
	case to == "medicines":
		return medicinesValue
	case to == "devices":
		return devicesValue
	case inPatient && to == "age":
		return ageValue
	case inPatient && to == "birthDate":
		return birthDateValue
	}
	return plainValue
}

// place finds where the field writes to.
func (c *compiler) place(path string, f *field) {
	target := f.target
	switch f.kind {
	case medicinesValue, devicesValue:
		return
	case ageValue, birthDateValue:
		target = strings.TrimSuffix(strings.TrimSuffix(target, f.To), ".") + ".ageAtTimeOfIncidentDays"
	}
	p, err := c.placeAt(target)
	if err != nil {
		c.report("%s.to is %q: %v", path, f.To, err)
		return
	}
	f.place = p
}

// placeAt compiles a place once and keeps it.
func (c *compiler) placeAt(target string) (*lfpse.Place, error) {
	if p := c.places[target]; p != nil {
		return p, nil
	}
	p, err := c.codec.Place(target)
	if err == nil {
		c.places[target] = p
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
	if f.Split != "" && f.place != nil && !f.place.Repeats() {
		c.report("%s has split, but %s takes one value only", path, f.target)
	}
	if len(names) == 0 && f.Context == "" && f.Default == "" && f.Ask == "" {
		c.report("%s has no source: give it a column, a context, a default or an ask", path)
	}
	if fits, ok := contextSources[f.Context]; f.Context != "" && (!ok || fits != "" && fits != f.To) {
		c.report("%s.context is %q, which %s cannot take; a record gives %s", path, f.Context, f.target, strings.Join(slices.Sorted(maps.Keys(contextSources)), ", "))
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
	s, known, err := &c.m.Source, true, error(nil)
	switch {
	case f.Default == "" || f.place == nil:
	case f.kind == plainValue:
		_, err = f.place.Parse(f.Default)
	case f.kind == ageValue:
		_, err = parseAge(f.Default)
	case f.kind == timeValue:
		_, _, known = parseLayouts(s.Times, defaultTimes, f.Default)
	default:
		if _, _, known = parseLayouts(s.Dates, defaultDates, f.Default); !known {
			_, _, known = parseLayouts(s.Months, nil, f.Default)
		}
	}
	if !known {
		return errors.New("it is not in any of the layouts of the map")
	}
	return err
}

// wordList checks the word list of a field against what its target takes.
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
	for i := range f.words.entries {
		e := &f.words.entries[i]
		if e.value == AskValue || e.value == AbsentValue || f.place == nil || f.kind != plainValue {
			continue
		}
		value, err := f.place.Parse(e.value)
		if err != nil {
			c.report("values.%s: %q stands for a value that %s cannot take: %v", f.Values, e.word, f.target, err)
			continue
		}
		if f.To == "type" && value == string(lfpse.TypeRisk) && nearMiss.MatchString(e.word) {
			c.warn("values.%s: %q is mapped to risk; under LFPSE a near miss is an incident, because something happened", f.Values, e.word)
		}
	}
}

var nearMiss = regexp.MustCompile(`(?i)near.?miss|good.?catch|prevented|intercepted`)
