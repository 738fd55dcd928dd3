package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// Row is one row of a log for [Mapper.Map].
type Row struct {
	// Reference names the row in reports; empty means its line.
	Reference string
	Line      int
	// Cells are the cells by column name. A missing column is blank.
	Cells map[string]string
	// Context is what the patient's record says, nil if there is none.
	Context *fhircontext.Context
	// Answers are people's answers by target, in the form of [draft.Form.Answer]. They
	// take precedence over the row.
	Answers map[string]string
	// Releases are what people have released of what the privacy screen found in the row.
	Releases []draft.Release
}

// Format prints the line of the row and none of its cells, for every verb.
func (r Row) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mapping.Row(line %d)", r.Line) }

// LogValue logs the line of the row and none of its cells.
func (r Row) LogValue() slog.Value { return slog.GroupValue(slog.Int("line", r.Line)) }

// Map turns one row into a draft, which a submission.Builder then checks. It never fails:
// the draft has the findings.
func (m *Mapper) Map(in Row) (d draft.Draft) {
	r := m.rows.Get().(*rowMapper)
	r.context, r.answers, r.releases = in.Context, in.Answers, in.Releases
	for i, name := range m.columns {
		r.cells[i] = strings.TrimSpace(in.Cells[name])
	}
	for _, name := range slices.Sorted(maps.Keys(in.Cells)) {
		if !slices.Contains(m.columns, name) {
			r.other(kindOfColumn(name), in.Cells[name])
		}
	}
	r.start(in.Reference, in.Line)
	r.finish(&d)
	return d
}

// rowMapper makes the draft of one row. Its memory is reused for the next row.
type rowMapper struct {
	m       *Mapper
	cells   []string // without the blanks around them, in the order of Mapper.columns
	context *fhircontext.Context
	answers map[string]string

	releases []draft.Release
	others   []otherCell // of the columns that the map does not use

	reference string // empty for a row that is called by its line
	line      int
	absent    []int       // columns that the row ends before
	index     []int       // of columns in the log, nil for a row that is from no log
	state     draft.State // of a row that is set aside
	reason    string      // why
	found     fhir.Issues

	d     *draft.Draft // in the making
	trace []draft.Step // memory for its trace
	// when are the conditions under which the values of the current field apply.
	when    []lfpse.Condition
	present int // patients present so far
	// perhaps is the condition under which the current patient was affected, nil if
	// nothing leaves that open.
	perhaps []lfpse.Condition
}

// start decides what the row is called and whether it is for LFPSE at all.
func (r *rowMapper) start(reference string, line int) {
	if reference == "" && r.m.ref >= 0 {
		reference = r.cells[r.m.ref]
	}
	r.reference, r.line = reference, line
	if reason := r.skipped(); reason != "" {
		r.state, r.reason = draft.NotForLFPSE, reason
	}
}

// shifted reports whether the cells of the row stand under the wrong names although their
// number is right: at least two cells do not fit their column, and one of them fits the
// column to its left, whose own cell does not.
func (r *rowMapper) shifted() bool {
	const suspicious = 2
	n := 0
	for i := range r.found {
		if r.found[i].Rule == "MAP-VALUE" || r.found[i].Rule == "MAP-UNKNOWN-VALUE" {
			n++
		}
	}
	if r.index == nil || n < suspicious {
		return false
	}
	misfits := map[int]bool{} // columns of the log
	moved := false
	each := func(visit func(f *field, text string, at int)) {
		for _, fields := range r.m.allFields() {
			for i := range fields {
				if f := &fields[i]; len(f.columns) == 1 && f.expr == nil && f.Split == "" && r.cells[f.columns[0]] != "" {
					visit(f, r.cells[f.columns[0]], r.index[f.columns[0]])
				}
			}
		}
	}
	each(func(f *field, text string, at int) { misfits[at] = misfits[at] || !r.fits(f, text) })
	each(func(f *field, _ string, at int) {
		if right := slices.Index(r.index, at+1); misfits[at] && misfits[at+1] && right >= 0 {
			moved = moved || r.fits(f, r.cells[right])
		}
	})
	return moved
}

// fits reports whether a field can take a text.
func (r *rowMapper) fits(f *field, text string) bool {
	switch {
	case f.words != nil:
		i, _ := f.lookup(text)
		return i >= 0
	case f.property() == nil:
		return true
	}
	return r.m.form.Accepts(f.property(), text) == nil
}

// setAside ends the making of a draft whose row cannot be used.
func (r *rowMapper) setAside(issues ...fhir.Issue) {
	r.state, r.reason, r.found = draft.Invalid, issues[0].Text, append(r.found, issues...)
}

// finish completes the draft and returns the rowMapper to the pool, with nothing of the
// row left in it.
func (r *rowMapper) finish(d *draft.Draft) {
	d.Line, r.d = r.line, d
	if r.state == "" {
		r.fill()
	}
	d.Terms = r.terms()
	r.screenReference(d.DenyList())
	if r.state == "" {
		d.Found, d.Releases = r.found, slices.Clone(r.releases)
		if r.shifted() {
			r.setAside(rule.Issue("CSV-SHIFTED", lineName(r.line), "Several cells hold what belongs under the column name to their left, so a delimiter is probably part of a text."))
			*d = draft.Draft{Line: r.line}
		}
	}
	if r.state != "" {
		d.State, d.Reason, d.Issues, d.Terms = r.state, r.reason, r.found, nil
	}
	d.Reference = r.name()
	clear(r.cells)
	clear(r.others)
	*r = rowMapper{m: r.m, cells: r.cells, others: r.others[:0], trace: r.trace[:0], absent: r.absent[:0]}
	r.m.rows.Put(r)
}

func (r *rowMapper) skipped() string {
	for i := range r.m.skip {
		if s := &r.m.skip[i]; r.holds(&s.when) {
			return s.reason
		}
	}
	return ""
}

func (r *rowMapper) holds(c *condition) bool {
	if c.expr != nil {
		is, err := r.compute(c.expr)
		if err != nil {
			r.issue(fhir.Error, "MAP-EXPRESSION-ROW", named(c.expr.names), sentence(err.Error()), "Correct the cells in the log, or the condition in the map.")
		}
		return is == true
	}
	cell := r.cells[c.column]
	switch {
	case len(c.In) > 0:
		return c.has(cell)
	case len(c.NotIn) > 0:
		return !c.has(cell)
	case c.Filled != nil:
		return (cell != "") == *c.Filled
	case cell == "":
		return false
	}
	n, err := strconv.Atoi(cell)
	if err != nil {
		r.notANumber("column " + c.Column)
	}
	return err == nil && n >= *c.AtLeast
}

// unknownValue is the rule for words that a word list does not have.
const unknownValue = "MAP-UNKNOWN-VALUE"

// notANumber reports, once, a cell that the map compares with a number: for instance,
// whether there is a second patient must not be guessed.
func (r *rowMapper) notANumber(from string) {
	r.issue(fhir.Error, "MAP-NUMBER", from, "The map compares this with a number, but it is not a whole number.", "Correct it in the log.")
}

// fill fills the draft from the answers and the map.
func (r *rowMapper) fill() {
	r.d.Trace = r.trace[:0] // memory of an earlier row
	r.offer()
	r.applyAnswers()
	for i := range r.m.fields {
		if r.m.fields[i].kind != medicinesValue {
			r.field(&r.m.fields[i])
		}
	}
	r.m.profile.Apply(r.d)
	r.patients()
	r.medicines()
	r.unasked()
	r.d.Asked = slices.DeleteFunc(r.d.Asked, r.bracketKnown)
	r.trace = r.d.Trace
	// With room for what is derived from the date when the draft is checked.
	r.d.Trace = append(make([]draft.Step, 0, len(r.trace)+2), r.trace...)
}

// medicines fills in the medicines of the record, after all else: what the row says about
// the event decides whether one was involved.
func (r *rowMapper) medicines() {
	for i := range r.m.fields {
		if r.m.fields[i].kind == medicinesValue {
			r.field(&r.m.fields[i])
		}
	}
}

// field fills one property.
func (r *rowMapper) field(f *field) {
	if f.kind == numberValue || f.when != nil && !r.holds(f.when) {
		return
	}
	r.when = nil
	if r.perhaps != nil {
		r.when = r.perhaps
	}
	if len(f.types) > 0 && !slices.Contains(f.types, r.d.Event.Type) {
		if r.d.Event.Type != "" {
			return
		}
		// The type is still to be answered: until then the values are kept with a
		// condition.
		r.when = append(slices.Clip(f.whenType), r.perhaps...)
	}
	t := f.targets[0]
	if f.patient > 0 {
		t = f.targets[r.present]
	}
	if t.property != nil && (f.mayBeSet || len(r.d.Answers) > 0) && r.d.Known(t.property) {
		r.compareBirthDate(f)
		return
	}
	switch {
	case f.kind != medicinesValue && r.fromColumns(f, t) || r.fromContext(f, t) || r.lacks(f, t):
	case r.m.profile.Has(t.name) && !f.set:
	case f.fallback != "":
		r.put(t, f.fallback, "the map", "default")
	case f.Default != "":
		r.value(f, t, f.Default, "the map", "default")
	case f.Ask != "":
		r.ask(f, t, "")
	}
}

// fromColumns reports whether the columns of the field give it a value or a question.
func (r *rowMapper) fromColumns(f *field, t *target) bool {
	if f.expr != nil {
		return r.fromExpression(f, t)
	}
	var buf [8]string // a field seldom takes more columns
	texts := buf[:0]
	for _, c := range f.columns {
		if s := r.cells[c]; s != "" {
			texts = append(texts, s)
		}
	}
	if len(texts) == 0 {
		return false
	}
	text := texts[0]
	if len(texts) > 1 {
		text = strings.Join(texts, f.Join)
	}
	return r.parts(f, t, text)
}

// fromExpression does the same for a field with an expression.
func (r *rowMapper) fromExpression(f *field, t *target) bool {
	out, err := r.compute(f.expr)
	if err != nil {
		r.failed(f, t, f.from, err)
		return true
	}
	text := strings.TrimSpace(out.(string))
	return text != "" && r.parts(f, t, text)
}

// parts puts a text into the event, or each part of it.
func (r *rowMapper) parts(f *field, t *target, text string) bool {
	if f.Split == "" {
		r.cell(f, t, text)
		return true
	}
	var seen []string
	for part := range strings.SplitSeq(text, f.Split) {
		part = strings.TrimSpace(part)
		if means := f.means(part); part != "" && !slices.Contains(seen, means) { // two words may stand for one code
			r.cell(f, t, part)
			seen = append(seen, means)
		}
	}
	return len(seen) > 0
}

// cell puts the text of a cell, or of a part of it, into the event. A text that
// cannot be used becomes a question, which a default must not hide.
func (r *rowMapper) cell(f *field, t *target, text string) {
	if f.words == nil {
		r.value(f, t, text, f.from, "as given")
		return
	}
	i, tied := f.lookup(text)
	if tied {
		r.issue(fhir.Warning, "MAP-WORDS-TIE", f.from, "Two words of the word list "+f.words.name+" fit the cell equally well and stand for different values.", "Add a longer word that says what such a cell means, or answer the question.")
		r.ask(f, t, "The words in "+f.from+" stand for different things.")
		return
	}
	if i < 0 {
		r.issue(fhir.Warning, unknownValue, f.from, "The word list "+f.words.name+" does not have the word of the log.", "Add it to the word list, or answer the question.")
		r.ask(f, t, "The map does not know the word in "+f.from+".")
		return
	}
	switch e := &f.words.entries[i]; {
	case e.value == AskValue:
		r.ask(f, t, "The word in "+f.from+" leaves this open.")
	case e.value == AbsentValue:
		r.d.Trace = append(r.d.Trace, draft.Step{Target: t.name, From: f.from, Rule: e.rule})
	case f.kind == plainValue:
		r.put(t, f.meanings[i], f.from, e.rule)
	default:
		r.value(f, t, e.value, f.from, e.rule)
	}
}

// value converts a text and puts it into the event. A text that cannot be used is
// reported, and becomes a question if the event needs the property or the map asks for
// it.
func (r *rowMapper) value(f *field, t *target, text, from, rule string) {
	err := error(nil)
	switch {
	case f.To != ageName:
	case lfpse.IsBareAge(text):
		text, err = r.bareAge(f, text)
	default:
		err = r.fitsBirth(f, text)
	}
	if err == nil {
		err = r.m.form.Put(r.d, t.property, text, r.origin(from, rule))
	}
	if err != nil && (f.kind == dateValue || f.To == "birthDate") && serialDay.MatchString(text) {
		err = errors.New("this is the number by which a spreadsheet keeps a day; format the column as a date there, or as text")
	}
	r.failed(f, t, from, err)
}

// put puts a value that has been parsed for the target into the event.
func (r *rowMapper) put(t *target, value, from, rule string) {
	t.property.PutParsed(r.d, value, r.origin(from, rule))
}

func (r *rowMapper) origin(from, rule string) draft.Origin {
	return draft.Origin{From: from, Rule: rule, When: r.when}
}

// failed reports why a value could not be used, if there is an error. It becomes a
// question, unless the map says that it may be left out.
func (r *rowMapper) failed(f *field, t *target, from string, err error) {
	if err == nil {
		return
	}
	if f.Unreadable == AbsentValue {
		r.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log; the map says that it is left out until then.")
		r.d.Trace = append(r.d.Trace, draft.Step{Target: t.name, From: from, Rule: "cannot be read, and is left out as the map says"})
		return
	}
	r.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log, or answer the question.")
	r.ask(f, t, ended("In "+spoken(from)+": "+err.Error()))
}

// ask adds a question. If the map has no text for it, it gets that of the validator's
// question about the same target.
func (r *rowMapper) ask(f *field, t *target, why string) {
	q := lfpse.Question{Target: t.name, Text: f.Ask, Why: why, Rule: "MAP-ASK", Required: true}
	if t.property != nil {
		q = t.property.Question(f.Ask, why, "MAP-ASK")
	}
	q.When = r.when
	r.d.Ask(q)
}

// issue adds a finding, once: two fields may read one column.
func (r *rowMapper) issue(severity fhir.Severity, rule, path, text, fix string) {
	if slices.ContainsFunc(r.found, func(i fhir.Issue) bool {
		return i.Rule == rule && i.Path == path && (i.Text == text || rule == unknownValue)
	}) {
		return
	}
	r.found = append(r.found, fhir.Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
}

// spoken is where a value comes from in words that people know: an element of a record
// is for specialists.
func spoken(from string) string {
	if strings.HasPrefix(from, "record ") {
		return "the patient's record"
	}
	return from
}

func sentence(s string) string {
	return ended(strings.ToUpper(s[:1]) + s[1:])
}

// ended ends a sentence that may be a question already.
func ended(s string) string {
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// MarshalJSON writes the line of the row and none of its cells. There is no way back.
func (r Row) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]int{"line": r.Line}) }
