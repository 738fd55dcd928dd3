package interview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// compiler makes a guide of the merged files. It reports what is wrong with the entries of
// one of them: those of the others have been read before.
type compiler struct {
	*reader
	codec   *lfpse.Codec // nil: targets and values are not looked up
	guide   *Guide
	groups  map[string]*wordSet
	classes map[string]int
}

// compile fills the guide from all files. own is the file whose faults are reported.
func (c *compiler) compile(all, own file) {
	c.names(own)
	for _, s := range all.Sources {
		c.guide.sources[s.ID] = Source(s)
	}
	for i, s := range own.Sources {
		c.need(place("sources", i), "title", s.Title)
		c.need(place("sources", i), "publisher", s.Publisher)
		c.need(place("sources", i), "date", s.Date)
	}
	c.words(all, own)
	c.texts(all.Texts, own)
	for _, q := range all.Questions {
		at := last(own.Questions, func(o questionForm) bool { return o.Target == q.Target })
		c.question(q, at)
	}
	c.steps(all.Steps, own.Steps)
	c.guide.asks = c.notes(all.Asks, own.Asks, "asks")
	c.guide.prompts = c.notes(all.Prompts, own.Prompts, "prompts")
	c.guide.themes = c.notes(all.Themes, own.Themes, "themes")
}

// names checks that each entry of a file has a name of its own.
func (c *compiler) names(own file) {
	for list, names := range map[string][]string{
		"sources": each(own.Sources, func(s sourceForm) string { return s.ID }), "groups": each(own.Groups, func(g groupForm) string { return g.Name }),
		"words": each(own.Words, func(w wordsForm) string { return w.Name }), "questions": each(own.Questions, func(q questionForm) string { return q.Target }),
		"asks": each(own.Asks, noteName), "steps": each(own.Steps, stepName), "prompts": each(own.Prompts, noteName), "themes": each(own.Themes, noteName),
	} {
		c.twice(list, names)
		for i, n := range names {
			c.need(place(list, i), "name", n)
		}
	}
}

func noteName(n noteForm) string { return n.ID }

func each[T any](list []T, name func(T) string) (out []string) {
	for _, t := range list {
		out = append(out, name(t))
	}
	return out
}

func (c *compiler) texts(targets []string, own file) {
	for i, t := range own.Texts {
		c.target(place("texts", i), t)
	}
	for _, t := range targets {
		c.guide.texts[t] = true
	}
}

// target reports a target that no event has.
func (c *compiler) target(path, target string) {
	if target == draft.PatientsTarget || target == draft.MedicinesTarget || slices.Contains(lfpse.Targets(), target) {
		return
	}
	fix := "Write the path of the property in the JSON form of an event; of a list, with the index 0."
	if near := nearest.Words(target, lfpse.Targets()); len(near) > 0 {
		fix = fmt.Sprintf("Did you mean %s?", strings.Join(near, " or "))
	}
	c.add(path, "No event has this property.", fix)
}

// value reports a value that a property never has.
func (c *compiler) value(path, target, value string) {
	if c.codec == nil {
		return
	}
	a, err := c.codec.Accessor(target)
	if err != nil || len(a.Choices()) == 0 {
		return
	}
	if !slices.ContainsFunc(a.Choices(), func(o lfpse.Choice) bool { return o.Value == value }) {
		c.add(path, fmt.Sprintf("The list of %s has no such value.", target), "Write the code of the value, or its name if the property holds names.")
	}
}

// source reports a source that is not there; a note or a question without one is not shown.
func (c *compiler) source(path, id string) {
	if _, ok := c.guide.sources[id]; !ok {
		c.add(path+".source", "There is no source of this name.", "Add it to the sources: what is shown to people says where it comes from.")
	}
}

func (c *compiler) question(q questionForm, own int) {
	h := Help{Who: Who(q.Who), Text: q.Text, Source: c.guide.sources[q.Source]}
	for _, o := range q.Choices {
		h.Choices = append(h.Choices, ChoiceHelp(o))
	}
	c.guide.questions[q.Target] = h
	if own < 0 {
		return
	}
	path := place("questions", own)
	c.target(path+".target", q.Target)
	if !slices.Contains([]Who{Anybody, Clinician, Manager}, h.Who) {
		c.add(path+".who", "Nobody of this name can answer.", "Write anybody, clinician or manager.")
	}
	c.source(path, q.Source)
	for i, o := range q.Choices {
		c.need(place(path+".choices", i), "text", o.Text)
		c.value(place(path+".choices", i)+".value", q.Target, o.Value)
	}
}

func (c *compiler) notes(all, own []noteForm, list string) (out []note) {
	for _, form := range all {
		at := last(own, func(o noteForm) bool { return o.ID == form.ID })
		mine := *c
		if at < 0 {
			mine.reader = &reader{} // it was read before
		}
		out = append(out, mine.note(form, place(list, at), list))
	}
	return out
}

func (c *compiler) note(form noteForm, path, list string) note {
	n := note{Note: Note{ID: form.ID, Text: form.Text, Source: c.guide.sources[form.Source]}}
	c.need(path, "text", form.Text)
	c.source(path, form.Source)
	if list == "prompts" && !strings.HasPrefix(form.Text, "Consider ") {
		c.add(path+".text", "A prompt decides nothing, so its text begins with the word Consider.", "")
	}
	for i, t := range form.Types {
		if t != "unknown" {
			c.value(place(path+".types", i), "type", t)
			n.types = append(n.types, lfpse.EventType(t))
		} else {
			n.types = append(n.types, "")
		}
	}
	if len(form.Facts) == 0 {
		c.add(path, "Nothing ever raises the entry.", "Add its facts.")
	}
	n.facts = c.facts(form.Facts, path+".facts")
	n.unless = c.facts(form.Unless, path+".unless")
	return n
}

func (c *compiler) facts(forms []factForm, path string) (out []fact) {
	for i, form := range forms {
		at, f := place(path, i), fact{field: form.Field, values: form.Values, says: form.Says}
		if (form.Field == "") == (len(form.Says) == 0) {
			c.add(at, "A fact is about a field or about what a text says.", "Write one of field and says.")
		}
		if form.Field != "" {
			c.target(at+".field", form.Field)
		}
		for j, v := range form.Values {
			c.value(place(at+".values", j), form.Field, v)
		}
		for j, name := range form.Says {
			class, ok := c.classes[name]
			if !ok {
				c.add(place(at+".says", j), "There are no words of this name.", "Add them to the words.")
			}
			f.classes = append(f.classes, class)
		}
		out = append(out, f)
	}
	return out
}
