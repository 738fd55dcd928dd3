package mapping

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Mapper turns rows into drafts by one map and one taxonomy. It is immutable and
// safe for concurrent use.
type Mapper struct {
	m        *Map
	form     *draft.Form  // with the layouts of the log
	columns  []string     // the columns the map uses; rows hold their cells in this order
	ref      int          // index in columns, -1 for the line number
	deny     []int        // the columns that name people
	kinds    []columnKind // of each column
	contacts []int        // the columns with the reporter's contact details
	screener *privacy.Screener
	context  []segment
	skip     []skip
	fields   []field
	patients []patient
	shared   []bool // by column: whether it is about more than one patient
	warnings []csvlog.Finding
	rows     sync.Pool // of *rowMapper
	values   map[string]string
	profile  *Constants
}

// Option changes a [Mapper].
type Option func(*Mapper)

// WithValues sets properties of every event, by target, before the fields of the map,
// such as the ODS code of the practice.
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
	column int // -1 for an expression
	expr   *expression
	in     map[string]bool // usual spellings of In or NotIn
}

// columns are those that the condition reads.
func (c *condition) columns() []int {
	if c.expr != nil {
		return c.expr.columns
	}
	return []int{c.column}
}

func (c *condition) has(cell string) bool {
	_, ok := spelled(c.in, cell)
	return ok
}

// New compiles a map. The form must be that of the submission.Builder that checks the
// drafts: its taxonomy decides which targets and codes exist, and it knows the current
// day. The map must not be changed afterwards. The error, of type [*MapError], lists
// everything that is wrong with the map.
func New(m *Map, form *draft.Form, opts ...Option) (*Mapper, error) {
	s := &m.Source
	c := &compiler{Mapper: &Mapper{m: m, ref: -1, form: form.With(draft.WithLayouts(draft.Layouts{Days: s.Dates, Months: s.Months, Times: s.Times}))},
		lists: map[string]*words{}, used: map[string]bool{}, properties: map[string]*draft.Property{}}
	for _, o := range opts {
		o(c.Mapper)
	}
	c.compile()
	if len(c.findings) > 0 {
		return nil, mapError(c.findings)
	}
	mapper := c.Mapper
	mapper.screener = privacy.New()
	mapper.identities()
	mapper.rows.New = func() any { return &rowMapper{m: mapper, cells: make([]string, len(mapper.columns))} }
	return mapper, nil
}

// allFields returns the fields of the map, then those of each patient.
func (m *Mapper) allFields() [][]field {
	all := [][]field{m.fields}
	for i := range m.patients {
		all = append(all, m.patients[i].fields)
	}
	return all
}

// Columns returns the columns that a log must have.
func (m *Mapper) Columns() []string { return slices.Clone(m.columns) }

// Warnings returns what looks wrong in the map but does not prevent its use.
func (m *Mapper) Warnings() []csvlog.Finding { return slices.Clone(m.warnings) }

// Definition returns the map the mapper was compiled from.
func (m *Mapper) Definition() *Map { return m.m }

type compiler struct {
	*Mapper
	lists      map[string]*words
	used       map[string]bool            // word lists
	properties map[string]*draft.Property // each compiled once
	tooMany    sync.Once                  // reports that the map uses too many columns
	clinical   [][2]string                // place and label of clinical properties with a default
	findings   []csvlog.Finding
}

// report and warn note what is wrong or odd. The text begins with the place where it
// stands in the map, if it has one.
func (c *compiler) report(id, format string, args ...any) {
	c.findings = append(c.findings, c.finding(id, format, args...))
}

func (c *compiler) warn(id, format string, args ...any) {
	c.warnings = append(c.warnings, c.finding(id, format, args...))
}

func (c *compiler) finding(id, format string, args ...any) csvlog.Finding {
	path, _, _ := strings.Cut(fmt.Sprintf(format, args...), " ")
	return finding(c.m.places.of(strings.TrimRight(path, ":.")), id, format, args...)
}

func (c *compiler) compile() {
	if !c.withinLimits() {
		return
	}
	if c.m.Include != "" || len(c.m.Columns)+len(c.m.Drop) > 0 {
		c.report("MAP-INCLUDE", "include, columns and drop: ParseMap, LoadMap and ReadMap resolve them, and no other way does")
	}
	c.source()
	c.policy()
	c.wordLists()
	for i, s := range c.m.Skip {
		if s.Reason == "" {
			c.report("MAP-SKIP", "skip[%d] has no reason", i)
		}
		c.skip = append(c.skip, skip{c.condition(fmt.Sprintf("skip[%d].when", i), s.When), s.Reason})
	}
	for _, target := range slices.Sorted(maps.Keys(c.values)) {
		c.fields = append(c.fields, c.field("the value set for every event", &Field{To: target, Default: c.values[target]}, -1))
		c.fields[len(c.fields)-1].set = true
	}
	for i := range c.m.Fields {
		c.fields = append(c.fields, c.field(fmt.Sprintf("fields[%d]", i), &c.m.Fields[i], -1))
	}
	for i, p := range c.m.Patients {
		c.patient(fmt.Sprintf("patients[%d]", i), i, p)
	}
	if !slices.ContainsFunc(c.fields, func(f field) bool { return f.To == "type" }) {
		c.report("MAP-TYPE", "no field fills type: say which column tells an incident from a risk, an outcome and good care")
	}
	c.order()
	c.clinicalDefaults()
	markSet(c.fields)
	c.share()
	c.named()
	for _, name := range slices.Sorted(maps.Keys(c.m.Values)) {
		if !c.used[name] {
			c.warn("MAP-UNUSED", "values.%s is not used", name)
		}
	}
}

// order reports fields that depend on a property that is filled only later.
func (c *compiler) order() {
	seen := map[string]bool{}
	for _, f := range c.fields {
		if len(f.For) > 0 && !seen["type"] {
			c.report("MAP-TYPE", "%s is for some event types only, so the field that fills type must come before it", f.path)
		}
		seen[f.To] = true
	}
}

// named reports columns of the map that a log without a header row does not have.
func (c *compiler) named() {
	var have []string
	for _, name := range c.m.Source.Columns {
		have = append(have, columnName(name))
	}
	for _, name := range c.columns {
		if len(have) > 0 && !slices.Contains(have, name) {
			c.report("MAP-COLUMN", "the map uses the column %q, which source.columns does not name", name)
		}
	}
}

// column returns the index of a column, adding it to those the map uses.
func (c *compiler) column(name string) int {
	name = columnName(name)
	if name == "" {
		c.report("MAP-COLUMN", "a column has no name")
	}
	if i := slices.Index(c.columns, name); i >= 0 {
		return i
	}
	if len(c.columns) == csvlog.MaxColumns {
		c.tooMany.Do(func() { c.report("MAP-SIZE", "the map uses more than %d columns", csvlog.MaxColumns) })
		return 0
	}
	c.columns = append(c.columns, name)
	return len(c.columns) - 1
}

// columnName is the name of a column in the form in which the reader of the file returns
// it.
func columnName(name string) string { return strings.Join(strings.Fields(name), " ") }

func (c *compiler) condition(path string, in Condition) condition {
	out := condition{Condition: in, column: -1, in: map[string]bool{}}
	if in.Expr != "" {
		if in.Column != "" || len(in.In)+len(in.NotIn) > 0 || in.Filled != nil || in.AtLeast != nil {
			c.report("MAP-CONDITION", "%s has an expression, so it takes no column and no other test", path)
		}
		out.expr = c.expression(path+".expr", in.Expr, reflect.Bool)
		return out
	}
	if in.Column == "" {
		c.report("MAP-CONDITION", "%s names no column", path)
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
		c.report("MAP-CONDITION", "%s needs exactly one of in, not-in, filled and at-least, or an expr in place of the column", path)
	}
	for _, w := range append(slices.Clone(in.In), in.NotIn...) {
		for _, cell := range spellings(w) {
			out.in[cell] = true
		}
	}
	return out
}

func (c *compiler) patient(path string, index int, in Patient) {
	p := patient{}
	if in.When != nil {
		if in.When.Expr != "" {
			c.report("MAP-CONDITION", "%s.when: the condition of a patient tests one column, and has no expression", path)
		}
		when := c.condition(path+".when", *in.When)
		p.when = &when
	}
	for j := range in.Fields {
		p.fields = append(p.fields, c.field(fmt.Sprintf("%s.fields[%d]", path, j), &in.Fields[j], index))
	}
	markSet(p.fields)
	c.patients = append(c.patients, p)
}
