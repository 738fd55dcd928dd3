package questionnaire

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// URL is the canonical url of the Questionnaire. Its version is that of the taxonomy.
const URL = "https://github.com/gpsafety/lfpse-go/fhir/Questionnaire/lfpse-record"

// Form is the form of one taxonomy. It is immutable and safe for concurrent use.
type Form struct {
	form    *draft.Form
	guide   *interview.Guide
	steps   []interview.Step
	items   []*item // in the order of the form
	byLink  map[string]*item
	outline map[string]bool // linkIds of groups and display items
}

// item is a question of the form.
type item struct {
	link     string
	target   string // of the first entry of a list
	each     string // the list, such as patients
	kind     kind
	property *draft.Property // nil for the number of patients
	accessor *lfpse.Accessor
	list     *taxonomy.CodeSystem
	system   string // of the codes of the list
}

// kind is the type of a question in FHIR.
type kind string

const (
	kindChoice   kind = "choice"
	kindString   kind = "string"
	kindText     kind = "text"
	kindBoolean  kind = "boolean"
	kindInteger  kind = "integer"
	kindQuantity kind = "quantity"
	kindDate     kind = "date"
	kindTime     kind = "time"
)

// The targets that are not like others.
const (
	typeTarget  = "type"
	textTarget  = "description"
	dateTarget  = "date"
	monthTarget = "estimatedDate.approximateDate" // stands in for the date
)

// elements are the properties that are elements of the FHIR resource in some taxonomy.
var elements = []string{typeTarget, textTarget, dateTarget, "devices[0].manufacturer", "devices[0].modelNumber"}

// New returns the form of the taxonomy of a draft form, with the steps and texts of a
// guide. The error says that a step asks for what no event has.
func New(form *draft.Form, guide *interview.Guide) (*Form, error) {
	f := &Form{
		form:  form.With(draft.WithLayouts(draft.Layouts{Days: []string{"2006-01-02"}, Months: []string{"2006-01"}})),
		guide: guide, byLink: map[string]*item{}, outline: map[string]bool{},
	}
	for _, s := range guide.Steps() {
		var targets []string
		for _, target := range s.Targets {
			it, err := f.item(target)
			if err != nil {
				return nil, fmt.Errorf("step %s: %s: %w", s.ID, target, err)
			}
			if it != nil {
				targets = append(targets, target)
				f.items, f.byLink[it.link] = append(f.items, it), it
				f.outline[it.link+helpSuffix] = true
			}
		}
		if len(targets) > 0 {
			s.Targets = targets
			f.steps = append(f.steps, s)
			f.outline[stepLink(s.ID)] = true
			if s.Each != "" {
				f.outline[listLink(s.Each)] = true
			}
		}
	}
	return f, nil
}

// The linkIds of what is no question.
const helpSuffix = "/help"

func stepLink(id string) string { return "step/" + id }

func listLink(list string) string { return list + "[]" }

// linkOf is the linkId of a target.
func linkOf(target string) string { return strings.Replace(target, "[0]", "[]", 1) }

// item makes the question about a target; nil if the form does not ask for it.
func (f *Form) item(target string) (*item, error) {
	it := &item{link: linkOf(target), target: target}
	switch target {
	case draft.PatientsTarget:
		it.kind = kindInteger
		return it, nil
	case draft.MedicinesTarget:
		return nil, nil
	}
	list, _, inList := strings.Cut(target, "[")
	if inList {
		it.each = list
	}
	var err error
	if it.property, err = f.form.Property(target); err != nil {
		return nil, err
	}
	if it.accessor, err = f.form.Accessor(target); err != nil {
		return nil, err
	}
	field := it.accessor.Field()
	if field == nil && !slices.Contains(elements, target) {
		return nil, nil // the taxonomy lacks it
	}
	f.typed(it, field)
	return it, nil
}

// typed fills in what kind of answer a question takes.
func (f *Form) typed(it *item, field *taxonomy.Field) {
	t := f.form.Codec().Taxonomy()
	list := ""
	switch {
	case it.target == typeTarget:
		list = t.EventType
	case it.target == textTarget:
		it.kind = kindText
	case it.target == dateTarget:
		it.kind = kindDate
	case field == nil:
		it.kind = kindString
	case field.Type == taxonomy.Boolean:
		it.kind = kindBoolean
	case field.Type == taxonomy.Integer: // the only one is the age
		it.kind = kindQuantity
	case field.Type == taxonomy.Time:
		it.kind = kindTime
	case field.Type == taxonomy.Code:
		it.kind, list = kindString, field.CodeSystem
	case narrative(field):
		it.kind = kindText
	default:
		it.kind = kindString
	}
	if cs := t.CodeSystem(list); cs != nil && len(cs.Concepts) > 0 {
		it.kind, it.list, it.system = kindChoice, cs, t.CanonicalBase+"CodeSystem/"+cs.ID
	}
}

// narrative reports whether an answer may be a text of several lines.
func narrative(field *taxonomy.Field) bool {
	short := slices.ContainsFunc([]string{"Other", "Date", "Number", "Reference", "Brand", "Batch", "Code", "String"}, func(end string) bool {
		return strings.HasSuffix(field.Name, end)
	})
	return field.Content == "" && !field.Repeats() && !short
}

// repeats reports whether a question takes several answers.
func (it *item) repeats() bool { return it.accessor != nil && it.accessor.Repeats() }

// at is the target of the question in an entry of its list.
func (it *item) at(index int) string {
	return strings.Replace(it.target, "[0]", fmt.Sprintf("[%d]", index), 1)
}

// valueOf is the value that a property holds for a code of the list.
func (it *item) valueOf(code string) (string, bool) {
	c := it.list.Concept(code)
	if c == nil {
		return "", false
	}
	if c.Name != "" {
		return c.Name, true
	}
	return c.Code, true
}

// codingOf is the option for a value of a property.
func (it *item) codingOf(value string) (coding, bool) {
	c := it.list.Named(value)
	if c == nil {
		c = it.list.Concept(value)
	}
	if c == nil {
		return coding{}, false
	}
	return coding{it.system, c.Code, c.Display}, true
}

// runs yields the steps in their order: those about the entries of one list together, with
// the name of the list, any other alone.
func (f *Form) runs() iter.Seq2[string, []interview.Step] {
	return func(yield func(string, []interview.Step) bool) {
		for i := 0; i < len(f.steps); {
			each, n := f.steps[i].Each, 1
			for each != "" && i+n < len(f.steps) && f.steps[i+n].Each == each {
				n++
			}
			if !yield(each, f.steps[i:i+n]) {
				return
			}
			i += n
		}
	}
}
