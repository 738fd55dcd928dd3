package validate

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// Wanted returns the conditions under which no rule in force finds fault with an answer
// because of another answer of the same group, whoever asks for it. For the psychological
// harm to a patient it says that the physical harm is not fatal. The target is that of a
// property of an event, such as patients[0].psychologicalHarm.
func (v *Validator) Wanted(target string) []lfpse.Condition {
	list, rest, _ := strings.Cut(target, "[")
	index, property, listed := strings.Cut(rest, "]")
	if !listed || index == "0" {
		return slices.Clone(v.wanted[target])
	}
	when := slices.Clone(v.wanted[list+"[0]"+property])
	for i := range when {
		when[i].Target = strings.Replace(when[i].Target, "[0]", "["+index+"]", 1)
	}
	return when
}

// wantedBy gathers, by the target of an answer, what the checks say about when it is
// not wanted: those that forbid it as soon as one other answer is there. In a list it is
// the target of the first entry.
func wantedBy(codec *lfpse.Codec, checks []compiled) map[string][]lfpse.Condition {
	wanted := map[string][]lfpse.Condition{}
	for i := range checks {
		c := &checks[i]
		if c.kinds != 0 || c.each == nil || len(c.when) != 1 || c.when[0].not || c.when[0].field == nil {
			continue
		}
		other := c.when[0].field
		if other.group != c.each {
			continue
		}
		for _, t := range c.bar {
			if t.field == nil || t.field.group != c.each || t.field == other {
				continue
			}
			target := codec.Target(c.each.id, t.field.Name, 0)
			if because := codec.Target(c.each.id, other.Name, 0); target != "" && because != "" {
				wanted[target] = append(wanted[target], lfpse.Condition{Target: because, Values: c.when[0].values, Not: true})
			}
		}
	}
	return wanted
}
