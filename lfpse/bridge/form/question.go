package form

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

// The ways in which a question is shown.
const (
	asRadios     = "radios"
	asCheckboxes = "checkboxes"
	asSelect     = "select"
	asText       = "text"
	asTextarea   = "textarea"
)

// mostRadios is how many choices are shown as radio buttons; more are a list to open.
const mostRadios = 9

// question is one question of a page, with what is known about its answer.
type question struct {
	Target, ID, As string
	Text           string
	Hints          []string
	Help           interview.Help
	Choices        []choice
	Given          string // the text of the answer
	From           string // where the answer comes from, if no person gave it
	Required       bool
	Clinical       bool   // the user is to put it to a clinician if they do not know
	Referred       bool   // it was put to a clinician
	Problem        string // why the answer cannot be used
	Findings       []finding
}

// choice is one answer to choose.
type choice struct {
	Value, Text, Hint, ID string
	Chosen                bool
}

// finding is something that was noticed about an answer.
type finding struct {
	Text  string
	Stops bool // the report is not sent with it
}

// Described are the ids of what describes the question, for the attribute aria-describedby.
func (q question) Described() string {
	var ids []string
	for _, x := range []struct {
		there bool
		name  string
	}{{len(q.Hints) > 0 || q.From != "" || q.Referred, "hint"}, {len(q.Findings) > 0, "noticed"}, {q.Problem != "", "error"}} {
		if x.there {
			ids = append(ids, q.ID+"-"+x.name)
		}
	}
	return strings.Join(ids, " ")
}

// FirstID is the id of what gets the focus from the error summary.
func (q question) FirstID() string {
	if len(q.Choices) > 0 && q.As != asSelect {
		return q.Choices[0].ID
	}
	return q.ID
}

// questions are those that a stage shows. More are those that nobody needs: they are shown
// when somebody asks for them.
func (s *site) questions(d *draft.Draft, x stage, by outbox.By) (shown, more []question) {
	asked := s.asked(d, x)
	for i, target := range x.targets {
		raised, needed := asked[target]
		values := s.given(d, target)
		if bracket, ok := asked[target+"Bracket"]; !needed && ok { // an age in place of its bracket
			raised, needed = lfpse.Question{Target: target, When: bracket.When}, true
		}
		if other := strings.HasSuffix(target, "Other"); other && !needed && len(values) == 0 {
			continue
		}
		q, ok := s.question(d, target, &raised, asked, values, by)
		if q.ID = fmt.Sprintf("q%d", i); !ok {
			continue
		}
		for k := range q.Choices {
			q.Choices[k].ID = fmt.Sprintf("%s-%d", q.ID, k)
		}
		if needed && (q.Required || raised.Arises()) || len(values) > 0 {
			shown = append(shown, q)
		} else {
			more = append(more, q)
		}
	}
	if len(shown) == 0 {
		return more, nil
	}
	return shown, more
}

// question makes one question. ok is false for a target about which nothing can be asked.
func (s *site) question(d *draft.Draft, target string, raised *lfpse.Question, asked map[string]lfpse.Question, values []string, by outbox.By) (q question, ok bool) {
	help, _ := s.Guide.Help(target)
	q = question{Target: target, Required: raised.Required, Help: help, Given: strings.Join(values, draft.BetweenAnswers+" ")}
	choices, repeats := raised.Choices, false
	if p, err := s.form().Property(target); err == nil {
		repeats = p.Repeats()
		if choices == nil {
			choices = p.Question("", "", "").Choices
		}
	} else if raised.Text == "" {
		return q, false
	}
	if strings.HasSuffix(target, "].age") || target == draft.PatientsTarget {
		choices = nil // a number is typed
	}
	q.wording(raised)
	asks := func(target string) string { return strconv.Quote(textOf(target, asked)) }
	if when := wording.WhenNamed(s.form().Codec(), asks, raised.When); when != "" {
		q.Hints = append(q.Hints, "Answer this "+when+".")
	}
	q.As = shownAs(target, len(choices), repeats)
	for _, c := range choices {
		q.Choices = append(q.Choices, choice{Value: c.Value, Text: c.Display, Hint: help.Choice(c.Value), Chosen: slices.Contains(values, c.Value) || slices.Contains(values, c.Display)})
	}
	q.From = origin(d, target)
	q.Referred = d.Referred(target)
	q.Clinical = help.Who == interview.Clinician && by.Role == outbox.Recorder
	q.Findings = findings(d, target)
	return q, true
}

// wording splits the words of a question from what explains it, and adds the help.
func (q *question) wording(raised *lfpse.Question) {
	text, explanation, found := strings.Cut(raised.Text, "? ")
	switch {
	case raised.Text == "" || strings.HasPrefix(raised.Text, "Please answer"):
		text, explanation = sheet.Label(q.Target), ""
	case found:
		text += "?"
	}
	q.Text = text
	switch {
	case q.Target == draft.PatientsTarget:
		explanation = "For ten or more write 1, for the one with the most severe harm, and say in the description how many they were."
	case q.Help.Text != "":
		explanation = "" // the help says it
	}
	for _, hint := range []string{q.Help.Text, explanation, examples[property(q.Target)]} {
		if hint != "" {
			q.Hints = append(q.Hints, hint)
		}
	}
}

// examples show how an answer is written.
var examples = map[string]string{
	"date":            "For example 27/11/2026, today or yesterday. If only the month is known, write 11/2026.",
	"approximateDate": "For example 11/2026.",
	"age":             "For example 34, 5 months or 10 days.",
	"preciseTime":     "For example 14:30.",
	"organisation":    "An ODS code, such as A81001.",
}

// property is the name of a property without its group.
func property(target string) string { return target[strings.LastIndexByte(target, '.')+1:] }

// textOf is what the page asks about a target.
func textOf(target string, asked map[string]lfpse.Question) string {
	raised := asked[target]
	q := question{Target: target}
	q.wording(&raised)
	return q.Text
}

func shownAs(target string, choices int, repeats bool) string {
	switch name := property(target); {
	case choices > 0 && repeats:
		return asCheckboxes
	case choices > mostRadios:
		return asSelect
	case choices > 0:
		return asRadios
	case slices.Contains(long, name) || strings.HasPrefix(name, "problemDescription"):
		return asTextarea
	}
	return asText
}

// long are the properties that take more than a few words.
var long = []string{
	"description", "immediateActions", "wentWell", "riskDescription", "riskPopulation", "howFutureOccurrence", "strengthsOfCare", "clinicalOutcome",
	"involvedPersonsActionsOther",
}

// given is what a draft says about a target, as people would answer: in their own words
// where they have, which are those of an age.
func (s *site) given(d *draft.Draft, target string) []string {
	if target == draft.PatientsTarget {
		for _, a := range d.Answers {
			if a.Target == target && !d.Referred(target) {
				return []string{a.Text}
			}
		}
		if d.Affected != nil {
			return []string{fmt.Sprint(*d.Affected)}
		}
		return nil
	}
	a, err := s.form().Accessor(target)
	if err != nil {
		return nil
	}
	values := a.Values(&d.Event)
	if isDate(target) && len(values) == 1 {
		return []string{dateAs(values[0], "2/1/2006", "1/2006")}
	}
	if strings.HasSuffix(target, "Bracket") {
		for i := range values {
			values[i] = a.Display(values[i])
		}
	}
	return values
}

// origin says where the value of a target comes from that no person has given.
func origin(d *draft.Draft, target string) string {
	i := slices.IndexFunc(d.Trace, func(s draft.Step) bool { return s.Target == target })
	switch {
	case i < 0 || d.Answered(target):
		return ""
	case d.Trace[i].From == fromPractice:
		return "Filled in for this practice."
	case d.Trace[i].From == "date" || d.Trace[i].From == "answer":
		return ""
	}
	return "Filled in from the patient's record. Check it."
}

// targetOf is what a finding is about. What is found about an answer names its target.
func targetOf(d *draft.Draft, i *fhir.Issue) string { return cmp.Or(d.Targets[i.Path], i.Path) }

// findings are those about a target that people can do something about.
func findings(d *draft.Draft, target string) (out []finding) {
	for _, issues := range []fhir.Issues{d.Privacy, d.Issues} {
		for _, i := range issues {
			if targetOf(d, &i) == target && i.Severity != fhir.Information {
				out = append(out, finding{strings.TrimSpace(i.Text + " " + i.Fix), i.Severity == fhir.Error})
			}
		}
	}
	return out
}
