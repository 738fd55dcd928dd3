package interview

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// Step is a few questions that a form asks together.
type Step struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Types are the event types that have the step, all if there are none.
	Types []lfpse.EventType `json:"types,omitempty"`
	// Each is the list about each entry of which the step asks: patients, medicines,
	// devices, or empty.
	Each string `json:"each,omitempty"`
	// Targets are the properties that are asked for, in the form of [lfpse.Targets], and
	// the number of patients, draft.PatientsTarget. Which of the questions arise depends
	// on the answers.
	Targets []string `json:"targets"`
}

// Has reports whether events of a type have the step. It is true as long as the type is
// not known.
func (s Step) Has(t lfpse.EventType) bool {
	return t == "" || len(s.Types) == 0 || slices.Contains(s.Types, t)
}

// Steps returns the steps of a form in their order: those of the one-minute path first,
// which are type, text, day, number of patients and harm, then what else national data
// wants. Steps about the entries of one list follow each other.
//
// What follows from other answers is in no step, such as whether the event occurred today;
// nor is what the service itself gives.
func (g *Guide) Steps() []Step {
	out := slices.Clone(g.steps)
	for i := range out {
		out[i].Types, out[i].Targets = slices.Clone(out[i].Types), slices.Clone(out[i].Targets)
	}
	return out
}

type stepForm struct {
	ID      string   `yaml:"id"`
	Title   string   `yaml:"title"`
	Types   []string `yaml:"types"`
	Targets []string `yaml:"targets"`
}

func stepName(s stepForm) string { return s.ID }

// steps reads the steps. What is wrong is reported for those of the file own.
func (c *compiler) steps(all, own []stepForm) {
	for _, form := range all {
		at := last(own, func(o stepForm) bool { return o.ID == form.ID })
		mine := *c
		if at < 0 {
			mine.reader = &reader{} // it was read before
		}
		c.guide.steps = append(c.guide.steps, mine.step(form, place("steps", at)))
	}
	for i, s := range own {
		for j, target := range s.Targets {
			for _, other := range c.guide.steps {
				if other.ID != s.ID && slices.Contains(other.Targets, target) || slices.Contains(s.Targets[:j], target) {
					c.add(place(place("steps", i)+".targets", j), "The property is asked for twice, also in the step "+other.ID+".", "Ask for each property once; a step of the form may be replaced by its id.")
					break
				}
			}
		}
	}
}

func (c *compiler) step(form stepForm, path string) Step {
	s := Step{ID: form.ID, Title: form.Title, Targets: form.Targets}
	c.need(path, "title", form.Title)
	if len(form.Targets) == 0 {
		c.add(path, "The step asks for nothing.", "Add its targets.")
	}
	for i, t := range form.Types {
		c.value(place(path+".types", i), "type", t)
		s.Types = append(s.Types, lfpse.EventType(t))
	}
	for i, target := range form.Targets {
		at := place(path+".targets", i)
		c.target(at, target)
		if i == 0 {
			s.Each = listOf(target)
		} else if listOf(target) != s.Each {
			c.add(at, "The step is about the entries of a list, and this property is not, or the reverse.", "Make it a step of its own.")
		}
	}
	return s
}

// listOf returns the list of which a target is in an entry, empty for any other.
func listOf(target string) string {
	list, _, ok := strings.Cut(target, "[")
	if !ok {
		return ""
	}
	return list
}
