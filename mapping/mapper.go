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
	// the row says.
	Answers map[string]string
}

// Format prints where the row stands and none of its cells, for every verb.
func (r Row) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mapping.Row(line %d)", r.Line) }

// LogValue logs where the row stands and none of its cells.
func (r Row) LogValue() slog.Value { return slog.GroupValue(slog.Int("line", r.Line)) }

// row is a Row with its cells in the order of Mapper.columns.
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
	r := row{reference: in.Reference, line: in.Line, cells: make([]string, len(m.columns)), context: in.Context, answers: in.Answers}
	for i, name := range m.columns {
		r.cells[i] = in.Cells[name]
	}
	return m.mapRow(&r)
}

func (m *Mapper) mapRow(r *row) Draft {
	w := m.start(r)
	if w.d.State == "" {
		w.event()
		w.build()
	}
	return w.d
}

// start begins a draft and settles whether the row is for LFPSE at all.
func (m *Mapper) start(r *row) *work {
	w := &work{m: m, r: r}
	w.d.Line, w.d.Reference, w.d.Trace = r.line, w.reference(), make([]Step, 0, 32)
	if reason := w.skipped(); reason != "" {
		w.d.State, w.d.Reason = NotForLFPSE, reason
	}
	return w
}

// work makes one draft.
type work struct {
	m        *Mapper
	r        *row
	d        Draft
	answered map[string]bool
	present  int // patients present so far
}

func (w *work) reference() string {
	if w.r.reference != "" {
		return w.r.reference
	}
	if w.m.ref >= 0 {
		if s := strings.TrimSpace(w.r.cells[w.m.ref]); s != "" {
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
	cell := strings.TrimSpace(w.r.cells[c.column])
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
	w.answers()
	for i := range w.m.fields {
		w.field(&w.m.fields[i])
	}
	w.today()
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
				p.AgeAtTimeOfIncidentDays != nil && q.Target == patient+"ageBracket"
		})
	}
}

// answers puts what people have answered into the event.
func (w *work) answers() {
	if len(w.r.answers) == 0 {
		return
	}
	w.answered = map[string]bool{}
	targets := make([]string, 0, len(w.r.answers))
	for target := range w.r.answers {
		targets = append(targets, target)
	}
	slices.Sort(targets)
	for _, target := range targets {
		if target == "date" && w.month(w.r.answers[target]) {
			continue
		}
		p, err := w.m.codec.Place(target)
		if err != nil {
			// The target may be text in the wrong column, so it is not quoted.
			w.issue(fhir.Error, "MAP-ANSWER", "answers", "An answer is for a property that an event does not have.", "Write the target as it is in the question.")
			continue
		}
		value, err := p.Parse(w.r.answers[target])
		if target == "date" && err == nil && lfpse.Date(value) > w.m.today() {
			err = errFuture
		}
		if err != nil {
			w.issue(fhir.Error, "MAP-ANSWER", target, "The answer cannot be used: "+err.Error()+".", "Correct the answer.")
			continue
		}
		w.put(p, value, "answer", "as answered")
		w.answered[target] = true
	}
}

// field fills one property.
func (w *work) field(f *field) {
	if len(f.for_) > 0 && !slices.Contains(f.for_, w.d.Event.Type) || f.when != nil && !w.holds(f.when) {
		return
	}
	target, place := w.at(f)
	if w.answered[target] || w.answered[f.instead(target)] {
		return
	}
	if place != nil && !place.Repeats() && place.IsSet(&w.d.Event) {
		return
	}
	known := w.fromColumns(f, target, place) || w.fromContext(f, target, place)
	if !known && f.Default != "" {
		known = w.value(f, target, place, f.Default, "the map", "default")
	}
	if !known && f.Ask != "" {
		w.ask(f, target, place, "")
	}
}

// instead returns the target of the rougher answer that takes the place of the
// exact one: the month for the day, the bracket for the age.
func (f *field) instead(target string) string {
	switch f.kind {
	case dateValue:
		return monthTarget
	case ageValue, birthDateValue:
		return strings.TrimSuffix(target, "ageAtTimeOfIncidentDays") + "ageBracket"
	}
	return ""
}

// at returns the target and place of a field, for the patient at hand where an
// earlier patient is absent.
func (w *work) at(f *field) (string, *lfpse.Place) {
	if f.patient < 0 || f.place == nil {
		return f.target, f.place
	}
	if f.patient == w.present {
		return f.place.Target(), f.place
	}
	_, rest, _ := strings.Cut(f.place.Target(), "]")
	target := "patients[" + strconv.Itoa(w.present) + "]" + rest
	place, err := w.m.codec.Place(target)
	if err != nil { // cannot be: the place exists for another patient
		return f.target, f.place
	}
	return target, place
}

// fromColumns reports whether the columns of the field settle it.
func (w *work) fromColumns(f *field, target string, place *lfpse.Place) bool {
	var buf [8]string // seldom does a field take more columns
	texts := buf[:0]
	for _, c := range f.columns {
		if s := strings.TrimSpace(w.r.cells[c]); s != "" {
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
		return w.cell(f, target, place, text)
	}
	known := false
	for part := range strings.SplitSeq(text, f.Split) {
		if part = strings.TrimSpace(part); part != "" {
			known = w.cell(f, target, place, part) || known
		}
	}
	return known
}

// cell puts the text of a cell, or of a part of it, into the event. It is true
// also when the text cannot be used: then there is a question, and a default
// must not hide it.
func (w *work) cell(f *field, target string, place *lfpse.Place, text string) bool {
	if f.words == nil {
		return w.value(f, target, place, text, f.from, "as given")
	}
	e := f.words.lookup(text)
	switch {
	case e == nil:
		w.issue(fhir.Warning, "MAP-UNKNOWN-VALUE", f.from, "The word list "+f.words.name+" does not have what the log says here.", "Add it to the word list, or answer the question.")
		w.ask(f, target, place, "The map does not know the word in "+f.from+".")
	case e.value == AskValue:
		w.ask(f, target, place, "The word in "+f.from+" does not settle it.")
	case e.value == AbsentValue:
		w.step(target, f.from, e.rule+" means nothing to send")
	default:
		return w.value(f, target, place, e.value, f.from, e.rule)
	}
	return true
}

// value converts a text by the kind of the field and puts it into the event.
func (w *work) value(f *field, target string, place *lfpse.Place, text, from, rule string) bool {
	switch f.kind {
	case dateValue:
		w.date(f, target, place, text, from)
	case timeValue:
		w.optional(f, target, place, from, w.time(place, text, from))
	case ageValue:
		w.optional(f, target, place, from, w.age(place, text, from))
	case birthDateValue:
		w.optional(f, target, place, from, w.birthDate(place, text, from))
	default:
		value, err := place.Parse(text)
		if err != nil {
			w.refuse(f, target, place, from, err)
			return true
		}
		w.put(place, value, from, rule)
	}
	return true
}

// optional asks for a value that could not be used only where the map asks.
func (w *work) optional(f *field, target string, place *lfpse.Place, from string, err error) {
	if err == nil {
		return
	}
	w.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log; until then it is not sent.")
	if f.Ask != "" {
		w.ask(f, target, place, "In "+from+": "+err.Error()+".")
	}
}

// refuse reports a value that cannot be used and asks for it.
func (w *work) refuse(f *field, target string, place *lfpse.Place, from string, err error) {
	w.issue(fhir.Warning, "MAP-VALUE", from, sentence(err.Error()), "Correct it in the log, or answer the question.")
	w.ask(f, target, place, "In "+from+": "+err.Error()+".")
}

func (w *work) put(p *lfpse.Place, value, from, rule string) {
	p.Put(&w.d.Event, value)
	w.step(p.Target(), from, rule)
}

func (w *work) step(target, from, rule string) {
	w.d.Trace = append(w.d.Trace, Step{target, from, rule})
}

// ask puts a question to a person. Without a text of the map's own, the one of
// the validator is taken, which asks for the same target.
func (w *work) ask(f *field, target string, place *lfpse.Place, why string) {
	if f.kind == ageValue || f.kind == birthDateValue {
		// People know brackets, not the national encoding of an age.
		target = f.instead(target)
		place, _ = w.m.codec.Place(target)
	}
	// A text for what the list lacks is an answer too.
	if w.answered[target] || w.answered[target+"Other"] || slices.ContainsFunc(w.d.Questions, func(o lfpse.Question) bool { return o.Target == target }) {
		return
	}
	q := lfpse.Question{Target: target, Required: true, Rule: "MAP-ASK", Text: f.Ask, Why: why}
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
	w.d.settle(w.m.codec, w.m.builder.Build(&w.d.Event, w.denyList()))
}

// monthTarget is where the month of an event goes whose day is not known.
const monthTarget = "estimatedDate.approximateDate"

// today settles whether the event occurred today, where the log does not say.
func (w *work) today() {
	e := &w.d.Event
	estimated, isToday := &e.EstimatedDate, e.Date == w.m.today()
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
