package mapping

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// Row is one row of a log for [Mapper.Map].
type Row struct {
	// Reference names the row in reports; empty means its line.
	Reference string
	Line      int
	// Cells are the cells by column name. A column that is not there is blank.
	Cells map[string]string
	// Context is what the patient's record says, nil for none.
	Context *fhircontext.Context
	// Answers are what people have answered, by target. They go before anything
	// the row says. An answer is a value or a display text of the list that the
	// question gives; several values of a property that is a list stand with ;
	// between them. A date is YYYY-MM-DD, or YYYY-MM where only the month is known,
	// and a time HH:MM:SS; both may be written the way of the log too.
	Answers map[string]string
}

// Format prints where the row stands and none of its cells, for every verb.
func (r Row) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mapping.Row(line %d)", r.Line) }

// LogValue logs where the row stands and none of its cells.
func (r Row) LogValue() slog.Value { return slog.GroupValue(slog.Int("line", r.Line)) }

// row is a Row with its cells, without the blanks around them, in the order of
// Mapper.columns.
type row struct {
	reference string
	line      int
	cells     []string
	context   *fhircontext.Context
	answers   map[string]string
}

// Map turns one row into a draft, checked, screened and, if nothing stands
// against it, ready to send. It never fails: what is wrong is in the draft.
func (m *Mapper) Map(in Row) Draft {
	w := m.works.Get().(*work)
	w.r.reference, w.r.line, w.r.context, w.r.answers = in.Reference, in.Line, in.Context, in.Answers
	for i, name := range m.columns {
		w.r.cells[i] = strings.TrimSpace(in.Cells[name])
	}
	w.start()
	if w.d.State == "" {
		w.event()
		w.build()
	}
	d := w.d
	w.end()
	return d
}

// start begins the draft and settles whether the row is for LFPSE at all.
func (w *work) start() {
	w.d.Line, w.d.Reference = w.r.line, w.reference()
	if reason := w.skipped(); reason != "" {
		w.d.State, w.d.Reason = NotForLFPSE, reason
	}
}

// end ends the work. Its memory, which holds nothing of the row any more, is used
// for another: a trace names no cells.
func (w *work) end() {
	m, cells, trace := w.m, w.r.cells, w.trace
	clear(cells)
	*w = work{m: m, r: row{cells: cells}, trace: trace[:0]}
	m.works.Put(w)
}

// work makes one draft.
type work struct {
	m        *Mapper
	r        row
	d        Draft
	trace    []Step     // of the draft, in the making
	day      lfpse.Date // today, the same for the whole row
	answered map[string]bool
	present  int // patients present so far
}

func (w *work) reference() string {
	if w.r.reference != "" {
		return w.r.reference
	}
	if w.m.ref >= 0 {
		if s := w.r.cells[w.m.ref]; s != "" {
			return s
		}
	}
	return "line " + strconv.Itoa(w.r.line)
}

func (w *work) skipped() string {
	for i := range w.m.skip {
		if s := &w.m.skip[i]; w.holds(&s.when) {
			return s.reason
		}
	}
	return ""
}

func (w *work) holds(c *condition) bool {
	cell := w.r.cells[c.column]
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
		w.notANumber("column " + c.Column)
	}
	return err == nil && n >= *c.AtLeast
}

// notANumber reports a cell that the map compares with a number, once: whether
// there is a second patient must not be guessed.
func (w *work) notANumber(from string) {
	const rule = "MAP-NUMBER"
	if !slices.ContainsFunc(w.d.Issues, func(i fhir.Issue) bool { return i.Rule == rule && i.Path == from }) {
		w.issue(fhir.Error, rule, from, "The map compares this with a number, but it is not a whole number.", "Correct it in the log.")
	}
}

// event fills the event from the answers and the map.
func (w *work) event() {
	w.day = w.m.builder.Today()
	w.answers()
	for i := range w.m.fields {
		w.field(&w.m.fields[i])
	}
	w.occurredToday()
	for i := range w.m.patients {
		p := &w.m.patients[i]
		if p.when != nil && !w.holds(p.when) {
			continue
		}
		for j := range p.fields {
			w.field(&p.fields[j])
		}
		w.present++
	}
	w.dropSettled()
}

// dropSettled drops the map's questions that another property settles: the
// psychological harm to a patient who died is not graded, and a bracket is not
// asked for where the age is known.
func (w *work) dropSettled() {
	if len(w.d.Questions) == 0 {
		return
	}
	for i := range w.d.Event.Patients {
		p, patient := &w.d.Event.Patients[i], fmt.Sprintf("patients[%d].", i)
		w.d.Questions = slices.DeleteFunc(w.d.Questions, func(q lfpse.Question) bool {
			return p.PhysicalHarm == lfpse.PhysicalFatal && q.Target == patient+"psychologicalHarm" ||
				p.Age != (lfpse.Age{}) && q.Target == patient+"ageBracket"
		})
	}
}

// field fills one property.
func (w *work) field(f *field) {
	if len(f.for_) > 0 && !slices.Contains(f.for_, w.d.Event.Type) || f.when != nil && !w.holds(f.when) {
		return
	}
	t := f.targets[0]
	if f.patient > 0 {
		t = f.targets[w.present]
	}
	if w.answered[t.name] || w.answered[t.instead] {
		return
	}
	if (f.rivalled || w.answered != nil) && t.place != nil && !t.place.Repeats() && t.place.IsSet(&w.d.Event) {
		return
	}
	switch {
	case w.fromColumns(f, t) || w.fromContext(f, t):
	case f.fallback != "":
		w.put(t, f.fallback, "the map", "default")
	case f.Default != "":
		w.value(f, t, f.Default, "the map", "default")
	case f.Ask != "":
		w.ask(f, t, "")
	}
}

// fromColumns reports whether the columns of the field settle it.
func (w *work) fromColumns(f *field, t *target) bool {
	var buf [8]string // seldom does a field take more columns
	texts := buf[:0]
	for _, c := range f.columns {
		if s := w.r.cells[c]; s != "" {
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
	if f.Split == "" {
		w.cell(f, t, text)
		return true
	}
	known := false
	for part := range strings.SplitSeq(text, f.Split) {
		if part = strings.TrimSpace(part); part != "" {
			w.cell(f, t, part)
			known = true
		}
	}
	return known
}

// cell puts the text of a cell, or of a part of it, into the event. A text that
// cannot be used becomes a question, which a default must not hide.
func (w *work) cell(f *field, t *target, text string) {
	if f.words == nil {
		w.value(f, t, text, f.from, "as given")
		return
	}
	i := f.words.lookup(text)
	if i < 0 {
		w.issue(fhir.Warning, "MAP-UNKNOWN-VALUE", f.from, "The word list "+f.words.name+" does not have what the log says here.", "Add it to the word list, or answer the question.")
		w.ask(f, t, "The map does not know the word in "+f.from+".")
		return
	}
	switch e := &f.words.entries[i]; {
	case e.value == AskValue:
		w.ask(f, t, "The word in "+f.from+" does not settle it.")
	case e.value == AbsentValue:
		w.step(t.name, f.from, e.rule)
	case f.kind == plainValue:
		w.put(t, f.meanings[i], f.from, e.rule)
	default:
		w.value(f, t, e.value, f.from, e.rule)
	}
}

// value converts a text by the kind of the field and puts it into the event. A text
// that cannot be used is reported; it is asked for where the event needs the
// property, or the map asks.
func (w *work) value(f *field, t *target, text, from, rule string) {
	switch f.kind {
	case dateValue:
		w.required(f, t, from, w.date(&w.m.forms, t, text, from))
	case timeValue:
		w.optional(f, t, from, w.time(&w.m.forms, t, text, from))
	case ageValue:
		w.optional(f, t, from, w.age(t, text, from))
	case birthDateValue:
		w.optional(f, t, from, w.birthDate(t, text, from))
	default:
		w.required(f, t, from, w.plain(t, text, from, rule))
	}
}

func (w *work) plain(t *target, text, from, rule string) error {
	value, err := t.place.Parse(text)
	if err == nil {
		w.put(t, value, from, rule)
	}
	return err
}

// optional asks for a value that could not be used only where the map asks.
func (w *work) optional(f *field, t *target, from string, err error) {
	if err == nil {
		return
	}
	w.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log; until then it is not sent.")
	if f.Ask != "" {
		w.ask(f, t, "In "+from+": "+err.Error()+".")
	}
}

// required asks for a value that could not be used.
func (w *work) required(f *field, t *target, from string, err error) {
	if err == nil {
		return
	}
	w.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log, or answer the question.")
	w.ask(f, t, "In "+from+": "+err.Error()+".")
}

// put writes a value that the place of the target has parsed.
func (w *work) put(t *target, value, from, rule string) {
	t.place.Put(&w.d.Event, value)
	w.step(t.name, from, rule)
}

func (w *work) step(target, from, rule string) {
	w.trace = append(w.trace, Step{target, from, rule})
}

// ask puts a question to a person. Without a text of the map's own, the one of
// the validator is taken, which asks for the same target.
func (w *work) ask(f *field, t *target, why string) {
	name, place := t.name, t.place
	if t.bracket != nil { // people know brackets, not the national encoding of an age
		name, place = t.instead, t.bracket
	}
	// A text for what the list lacks is an answer too.
	if w.answered[name] || w.answered[name+"Other"] || slices.ContainsFunc(w.d.Questions, func(o lfpse.Question) bool { return o.Target == name }) {
		return
	}
	q := lfpse.Question{Target: name, Required: true, Rule: "MAP-ASK", Text: f.Ask, Why: why}
	if place != nil {
		q.Choices = place.Choices()
	}
	w.d.Questions = append(w.d.Questions, q)
}

func (w *work) issue(severity fhir.Severity, rule, path, text, fix string) {
	w.d.Issues = append(w.d.Issues, fhir.Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
}

// build checks the event and makes the submission.
func (w *work) build() {
	w.d.Trace = slices.Clone(w.trace)
	w.d.settle(w.m.codec, w.m.builder.Build(&w.d.Event, w.denyList()))
}

// monthTarget is where the month of an event goes whose day is not known.
const monthTarget = "estimatedDate.approximateDate"

// occurredToday settles whether the event occurred today, where the log does not
// say.
func (w *work) occurredToday() {
	e := &w.d.Event
	estimated, isToday := &e.EstimatedDate, e.Date == w.day
	if estimated.IncidentOccurredToday == "" {
		const target = "estimatedDate.incidentOccurredToday"
		switch {
		case e.Date == "" && estimated.ApproximateDate != "":
			estimated.IncidentOccurredToday = code.YesNoUnknownIDontKnow
			w.step(target, monthTarget, "only the month is known")
		case e.Date == "":
		case isToday:
			estimated.IncidentOccurredToday = code.YesNoUnknownYes
			w.step(target, "date", "it is today")
		default:
			estimated.IncidentOccurredToday = code.YesNoUnknownNo
			w.step(target, "date", "it is not today")
		}
	}
	if isToday && estimated.IncidentOccurredToday == code.YesNoUnknownYes && estimated.TodaysDate == "" {
		estimated.TodaysDate = e.Date
		w.step("estimatedDate.todaysDate", "date", "it is today")
	}
}

func orDefault(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

func sentence(s string) string {
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
