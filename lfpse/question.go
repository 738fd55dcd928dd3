package lfpse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Question is something about an event that only a person can say: a harm grade,
// the level of concern, a code that the source has no column for.
type Question struct {
	// Target is the path of the answer in the JSON form of the event, such as
	// patients[0].physicalHarm.
	Target string `json:"target"`
	// Required questions must be answered before the event can be sent.
	Required bool `json:"required"`
	// Rule is the id of the rule that asks.
	Rule string `json:"rule"`
	// Text is the question in plain English.
	Text string `json:"text"`
	// Why says what in the source raised the question, if anything did. It names columns
	// and elements, never their content.
	Why string `json:"why,omitempty"`
	// Choices are the answers to choose from, empty if any text will do.
	Choices []Choice `json:"choices,omitempty"`
	// When are the conditions under which the question arises: all of them must hold. A
	// question without conditions arises now. A question with conditions is shown
	// together with the others, so that all can be answered at once; it no longer arises
	// if the other answers do not fulfil its conditions.
	When []Condition `json:"when,omitempty"`
}

// Arises reports whether the question arises as long as none of the answers that it
// depends on is given.
func (q *Question) Arises() bool {
	return !slices.ContainsFunc(q.When, func(c Condition) bool { return !c.Not })
}

// Condition says which answer to another question makes a [Question] arise.
type Condition struct {
	// Target is the path of the other answer in the JSON form of the event.
	Target string `json:"target"`
	// Values are the answers that fulfil the condition, in the form of [Choice.Value]. If
	// there are none, any answer does.
	Values []string `json:"values,omitempty"`
	// Not reverses the condition: it holds if the answer is none of the values, or if
	// there is no answer.
	Not bool `json:"not,omitempty"`
}

// String returns the condition in words, such as "type is incident or outcome".
func (c Condition) String() string {
	is, what := " is ", strings.Join(c.Values, " or ")
	if c.Not {
		is = " is not "
	}
	if len(c.Values) == 0 {
		what = "answered"
	}
	return c.Target + is + what
}

// Choice is one possible answer.
type Choice struct {
	Value   string `json:"value"` // what to write at the target
	Display string `json:"display"`
}

// Choices returns the concepts of a list as answers: by name if they have one, else by
// code.
func Choices(cs *taxonomy.CodeSystem) []Choice {
	if cs == nil {
		return nil
	}
	choices := make([]Choice, 0, len(cs.Concepts))
	for _, c := range cs.Concepts {
		value := c.Name
		if value == "" {
			value = c.Code
		}
		choices = append(choices, Choice{Value: value, Display: c.Display})
	}
	return choices
}

// Target returns the path of a taxonomy field in the JSON form of an event. group is the
// logical id without the version suffix; index counts patients, medicines or devices from
// 0. The result is empty for a field for which [Event] has no property.
func (c *Codec) Target(group, field string, index int) string {
	g := c.group(group)
	if g == nil {
		return ""
	}
	i, ok := g.byName[field]
	if !ok || g.fields[i].property == nil {
		return ""
	}
	return g.fields[i].property.targetOf(index)
}

// TargetAt returns the path in the JSON form of an event from which the element at a
// FHIRPath, such as AdverseEvent.extension[1].extension[0].value, was encoded. It is
// empty if the path leads to no field of the taxonomy and is not that of the date.
func (c *Codec) TargetAt(a *fhir.AdverseEvent, path string) string {
	exts, index := a.Extension, 0
	steps := strings.Split(path, ".")[1:]
	if len(steps) > 0 {
		if n, ok := step(steps[0], "contained"); ok && n < len(a.Contained) {
			exts, steps = a.Contained[n].Extensions(), steps[1:]
			if a.Contained[n].Device != nil {
				for i := range n {
					if a.Contained[i].Device != nil {
						index++
					}
				}
			}
		}
	}
	if len(steps) == 1 && steps[0] == "date" {
		return "date"
	}
	if len(steps) < 2 {
		return ""
	}
	i, ok := step(steps[0], "extension")
	j, ok2 := step(steps[1], "extension")
	if !ok || !ok2 || i >= len(exts) || j >= len(exts[i].Extension) {
		return ""
	}
	n, known := c.byURL[exts[i].Url]
	if !known {
		return ""
	}
	g := &c.groups[n]
	if g.list != nil && g.Context != "Device" {
		for k := range i {
			if exts[k].Url == exts[i].Url {
				index++
			}
		}
	}
	return c.Target(g.base, exts[i].Extension[j].Url, index)
}

// step reads one step of a path, such as extension[3].
func step(s, name string) (int, bool) {
	digits, ok := strings.CutPrefix(strings.TrimSuffix(s, "]"), name+"[")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0
}
