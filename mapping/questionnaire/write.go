package questionnaire

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

// mostPatients is how many patients a form takes, see draft.ParseAffected.
const mostPatients = 9

// Append appends the Questionnaire as JSON. The bytes are the same for the same taxonomy,
// guide and rules. The error says that a condition of the rules cannot be said in FHIR.
func (f *Form) Append(dst []byte, r Rules) ([]byte, error) {
	t := f.form.Codec().Taxonomy()
	w := &writer{Form: f, rules: &r}
	d := document{
		ResourceType: "Questionnaire", ID: "lfpse-record", URL: URL, Version: t.Version,
		Name: "LFPSERecord", Title: "Patient safety event for LFPSE, taxonomy version " + t.Version,
		Status: "draft", Experimental: true, Date: t.Date,
		Description: "The form of a record for LFPSE (Learn from Patient Safety Events). The linkId of a question is the path of the property in the JSON form of an event.",
		Purpose:     "Unofficial. Made from the taxonomy data and the texts of lfpse-go; not published or endorsed by NHS England. The help of each question says where its text comes from.",
		Item:        w.items(),
	}
	if w.err != nil {
		return dst, w.err
	}
	return appendJSON(dst, d, " ")
}

type writer struct {
	*Form
	rules *Rules
	err   error
}

// items are the groups of the form: the steps, and the lists with their steps.
func (w *writer) items() (out []*question) {
	for each, steps := range w.runs() {
		if each == "" {
			out = append(out, w.step(&steps[0], nil))
		} else {
			out = append(out, w.list(each, steps))
		}
	}
	return out
}

// list is the group of a list, which repeats.
func (w *writer) list(each string, steps []interview.Step) *question {
	q := &question{LinkID: listLink(each), Text: listTitle[each], Type: "group", Repeats: true}
	var all []shown
	for i := range steps {
		for _, target := range steps[i].Targets {
			all = append(all, w.shownAt(target))
		}
	}
	outer := common(all)
	if each == draft.PatientsTarget {
		q.Extension = append(q.Extension, number(extMaxOccurs, mostPatients))
		outer = []clause{w.listed(steps)}
	}
	w.enabled(q, outer)
	for i := range steps {
		q.Item = append(q.Item, w.step(&steps[i], outer))
	}
	return q
}

// listTitle names the entries of a list.
var listTitle = map[string]string{"patients": "Patient", "medicines": "Medicine", "devices": "Device"}

// listed is the condition under which patients are listed: their number is answered, or it
// is not asked of events of the type.
func (w *writer) listed(steps []interview.Step) clause {
	c := clause{draft.Affects(1)}
	var counted []string
	for _, when := range w.shownAt(draft.PatientsTarget).all {
		if when[0].Target == typeTarget {
			counted = when[0].Values
		}
	}
	var other []string
	for _, s := range steps {
		for _, t := range s.Types {
			if !slices.Contains(counted, string(t)) && !slices.Contains(other, string(t)) {
				other = append(other, string(t))
			}
		}
	}
	if len(other) > 0 {
		c = append(c, lfpse.Condition{Target: typeTarget, Values: other})
	}
	return c
}

func (w *writer) shownAt(target string) shown {
	return w.rules.shown(w.Form, w.byLink[linkOf(target)])
}

// step is the group of a step. Conditions that all its questions share are those of the
// group, so that a group without questions is not shown; outer are those of the list.
func (w *writer) step(s *interview.Step, outer []clause) *question {
	q := &question{LinkID: stepLink(s.ID), Text: s.Title, Type: "group"}
	var all []shown
	for _, target := range s.Targets {
		all = append(all, w.shownAt(target))
	}
	group := ofTypes(s)
	for _, c := range common(all) {
		if !slices.ContainsFunc(group, func(g clause) bool { return g.implies(c) }) {
			group = slices.DeleteFunc(group, func(g clause) bool { return w.implies(c, g) })
			group = append(group, c)
		}
	}
	own := shown{all: group}
	own.without(outer)
	w.enabled(q, own.all)
	group = slices.Concat(group, outer)
	for i, target := range s.Targets {
		all[i].without(group)
		q.Item = append(q.Item, w.question(w.byLink[linkOf(target)], all[i]))
	}
	return q
}

// implies reports whether one clause holds wherever another does, also because what it is
// about is asked only there.
func (w *writer) implies(c, o clause) bool {
	return c.implies(o) || !slices.ContainsFunc(c, func(a lfpse.Condition) bool {
		asked := func() bool {
			return slices.ContainsFunc(w.shownAt(a.Target).all, func(s clause) bool { return s.implies(o) })
		}
		return !clause{a}.implies(o) && (a.Not || !asked())
	})
}

func (w *writer) enabled(q *question, all []clause) {
	if err := w.enable(q, all); err != nil && w.err == nil {
		w.err = err
	}
}

// question is one question with its help.
func (w *writer) question(it *item, s shown) *question {
	q := &question{
		LinkID: it.link, Text: w.text(it), Type: string(it.kind), Definition: w.definition(it),
		Required: s.required, Repeats: it.repeats(),
	}
	w.enabled(q, s.all)
	w.choices(q, it)
	switch it.kind {
	case kindInteger:
		q.Extension = append(q.Extension, number(extMinValue, 0), number(extMaxValue, mostPatients))
	case kindQuantity:
		for _, u := range ageUnits {
			q.Extension = append(q.Extension, extension{URL: extUnitOption, ValueCoding: &coding{ucum, u.code, string(u.unit)}})
		}
	}
	if help := w.help(it); help != "" {
		q.Item = append(q.Item, &question{Extension: []extension{control("help")}, LinkID: it.link + helpSuffix, Text: help, Type: "display"})
	}
	return q
}

// ageUnits are the units of an age and their codes in UCUM.
var ageUnits = []struct {
	unit lfpse.AgeUnit
	code string
}{{lfpse.Years, "a"}, {lfpse.Months, "mo"}, {lfpse.Days, "d"}}

// fewOptions is how many options are shown all at once.
const fewOptions = 12

// choices adds the options of a list, and how they are shown.
func (w *writer) choices(q *question, it *item) {
	if it.list == nil {
		return
	}
	for _, c := range it.list.Concepts {
		q.AnswerOption = append(q.AnswerOption, answerOption{coding{it.system, c.Code, c.Display}})
	}
	switch few := len(it.list.Concepts) <= fewOptions; {
	case few && q.Repeats:
		q.Extension = append(q.Extension, control("check-box"))
	case few:
		q.Extension = append(q.Extension, control("radio-button"))
	default:
		q.Extension = append(q.Extension, control("drop-down"))
	}
}

// text is the question in words: those of the rules, else those of the taxonomy.
func (w *writer) text(it *item) string {
	for i := range w.rules.Questions {
		if q := &w.rules.Questions[i]; q.Target == it.target && q.Text != "" {
			return q.Text
		}
	}
	if it.accessor != nil && it.accessor.Field() != nil && it.accessor.Field().Definition != "" {
		return it.accessor.Field().Definition
	}
	return words(it.link[strings.LastIndexByte(it.link, '.')+1:])
}

// words writes the name of a property as words: modelNumber is Model number.
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch upper := 'A' <= r && r <= 'Z'; {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case upper:
			b.WriteString(" " + strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// definition is the element of the taxonomy that a question is about.
func (w *writer) definition(it *item) string {
	if it.accessor == nil || it.accessor.Field() == nil {
		return ""
	}
	t := w.form.Codec().Taxonomy()
	for i := range t.Groups {
		for j := range t.Groups[i].Fields {
			if f := &t.Groups[i].Fields[j]; f == it.accessor.Field() {
				return t.URL(t.Groups[i].ID) + "#Extension.extension:" + f.Name
			}
		}
	}
	return ""
}

// whoAnswers says in a sentence who can answer.
var whoAnswers = map[interview.Who]string{
	interview.Anybody:   "Anybody can answer.",
	interview.Clinician: "Ask a clinician.",
	interview.Manager:   "The practice manager can answer.",
}

// help explains a question, its options too, and says who can answer and where the text
// comes from.
func (w *writer) help(it *item) string {
	h, ok := w.guide.Help(it.target)
	if !ok {
		return ""
	}
	lines := []string{h.Text}
	for _, c := range h.Choices {
		if it.list != nil {
			if code, ok := it.codingOf(c.Value); ok {
				lines = append(lines, code.Display+": "+c.Text)
			}
		}
	}
	lines = append(lines, whoAnswers[h.Who], "Source: "+h.Source.String()+".")
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}
