package questionnaire

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Response returns the QuestionnaireResponse that says what a draft knows, for a form that
// begins with it. left are the targets of what the form cannot say, see the package
// documentation; Extra is named extra. It is in progress until somebody completes it.
func (f *Form) Response(d *draft.Draft) (data []byte, left []string, err error) {
	w := responder{Form: f, values: map[string][]string{}}
	for target, values := range d.Event.Stated() {
		w.values[target] = values
		w.order = append(w.order, target)
	}
	w.derived(&d.Event)
	w.number(d)
	out := response{
		ResourceType: "QuestionnaireResponse", Questionnaire: URL + "|" + f.form.Codec().Taxonomy().Version,
		Status: "in-progress", Item: w.items(&d.Event),
	}
	for _, target := range w.order {
		if _, there := w.values[target]; there || target == dateTarget && !w.saysDate {
			left = append(left, target)
		}
	}
	if len(d.Event.Extra) > 0 {
		left = append(left, "extra")
	}
	data, err = appendJSON(nil, out, "")
	return data, left, err
}

// responder takes each value out of values when it has put it into an item.
type responder struct {
	*Form
	values   map[string][]string
	order    []string
	saysDate bool // the date is a day that can be that of an event
}

var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$`)

// derived takes out what follows from the date or the month, and a date that no event has.
func (w *responder) derived(e *lfpse.Event) {
	d := &e.EstimatedDate
	var scratch draft.Draft
	w.saysDate = e.Date.Valid() && w.form.Put(&scratch, w.byLink[dateTarget].property, string(e.Date), draft.Origin{}) == nil
	if !w.saysDate {
		delete(w.values, dateTarget)
	}
	onlyMonth := e.Date == "" && d.ApproximateDate != ""
	if (w.saysDate || onlyMonth) && onlyMonth == (d.IncidentOccurredToday == code.YesNoUnknownIDontKnow) {
		delete(w.values, "estimatedDate.incidentOccurredToday")
	}
	if w.saysDate && d.IncidentOccurredToday == code.YesNoUnknownYes && d.TodaysDate == e.Date {
		delete(w.values, "estimatedDate.todaysDate")
	}
}

// number gives the number of patients of an incident, if it is known and the form takes it.
// An incident without patients that says whether the risk is imminent affected nobody.
func (w *responder) number(d *draft.Draft) {
	e := &d.Event
	n := len(e.Patients)
	known := n > 0 || e.RiskDetails.RiskImminent != ""
	if d.Affected != nil {
		n, known = *d.Affected, true
	}
	if known && n <= mostPatients && (e.Type == lfpse.TypeIncident || e.Type == "") {
		w.values[draft.PatientsTarget] = []string{strconv.Itoa(n)}
	}
}

// items are the groups that have an answer.
func (w *responder) items(e *lfpse.Event) (out []*responseItem) {
	entries := map[string]int{draft.PatientsTarget: min(len(e.Patients), mostPatients), "medicines": len(e.Medicines), "devices": len(e.Devices)}
	for each, steps := range w.runs() {
		count := 1
		if each != "" {
			count = entries[each]
		}
		for index := range count {
			var groups []*responseItem
			for _, s := range steps {
				if g := w.group(stepLink(s.ID), s.Targets, index); g != nil {
					groups = append(groups, g)
				}
			}
			if each != "" && len(groups) > 0 {
				groups = []*responseItem{{LinkID: listLink(each), Item: groups}}
			}
			out = append(out, groups...)
		}
	}
	return out
}

// group is the group of a step, nil if none of its questions is answered.
func (w *responder) group(link string, targets []string, index int) *responseItem {
	g := &responseItem{LinkID: link}
	for _, target := range targets {
		q := w.byLink[linkOf(target)]
		at := q.at(index)
		var answers []value
		for _, v := range w.values[at] {
			a, ok := q.write(v)
			if !ok {
				answers = nil
				break
			}
			answers = append(answers, a)
		}
		if answers != nil {
			delete(w.values, at)
			g.Item = append(g.Item, &responseItem{LinkID: q.link, Answer: answers})
		}
	}
	if g.Item == nil {
		return nil
	}
	return g
}

// write returns the answer that says a value; ok is false if none does.
func (q *item) write(text string) (a value, ok bool) {
	switch q.kind {
	case kindChoice:
		c, ok := q.codingOf(text)
		return value{Coding: &c}, ok
	case kindBoolean:
		yes := text == "true"
		return value{Boolean: &yes}, true
	case kindInteger:
		n, err := strconv.Atoi(text)
		return value{Integer: &n}, err == nil
	case kindQuantity:
		return writeAge(text)
	case kindDate:
		return value{Date: text}, true
	case kindTime:
		return value{Time: text}, clock.MatchString(text)
	}
	return value{String: text}, !lfpse.IsBlank(text)
}

// writeAge writes an age with the code of its unit.
func writeAge(text string) (value, bool) {
	n, unit, _ := strings.Cut(text, " ")
	for _, u := range ageUnits {
		if _, err := lfpse.ParseAge(text); err == nil && unit == string(u.unit) {
			return value{Quantity: &quantity{Value: json.Number(n), Unit: unit, System: ucum, Code: u.code}}, true
		}
	}
	return value{}, false
}
