package validate

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// asking has what can raise questions in one taxonomy.
type asking struct {
	codec  *lfpse.Codec
	s      *structure
	checks []*compiled // those that ask
	asked  [][]*field  // by group number: the fields that a question asks for
	// raises says by field number that an answer may raise or remove other questions,
	// opens that it does so by being the first of its group.
	raises, opens []bool
	// needsFields says that groups are not sent without their mandatory fields.
	needsFields bool
	// targets has by field number the targets of the answers about the first patients,
	// medicines or devices; the others are made when they are needed.
	targets [][few]string
	// codes has by field number all the codes that conditions are about.
	codes  []codeSet
	shapes shapes
}

const few = 3

// newAsking collects the questions of the checks that apply, and makes those about
// mandatory groups and fields.
func newAsking(codec *lfpse.Codec, s *structure, checks []compiled, needsFields bool) *asking {
	k := &asking{
		codec: codec, s: s, needsFields: needsFields,
		asked: make([][]*field, len(s.groups)), raises: make([]bool, len(s.fields)), opens: make([]bool, len(s.fields)),
		targets: make([][few]string, len(s.fields)), codes: make([]codeSet, len(s.fields)),
	}
	for _, f := range s.fields {
		for n := range few {
			k.targets[f.no][n] = codec.Target(f.group.id, f.Name, n)
		}
	}
	for i := range checks {
		if c := &checks[i]; c.ask != nil {
			k.checks = append(k.checks, c)
			k.addField(c.ask.field)
			if c.ask.required && c.ask.field != nil {
				c.ask.field.required = true
			}
		}
	}
	for _, f := range s.fields {
		if f.Min > 0 {
			f.ask = mandatoryQuestion(f)
			k.addField(f)
		}
	}
	for _, g := range s.mandatory {
		if i := slices.IndexFunc(k.checks, func(c *compiled) bool { return c.ask.field != nil && c.ask.field.group == g }); i >= 0 {
			q := *k.checks[i].ask
			q.required = true
			g.ask = &q
		}
	}
	k.number()
	k.mark()
	return k
}

// number numbers the questions.
func (k *asking) number() {
	n := 0
	next := func(q *question) {
		if q != nil {
			n++
			q.no = n
		}
	}
	for _, c := range k.checks {
		next(c.ask)
	}
	for _, f := range k.s.fields {
		next(f.ask)
	}
	for _, g := range k.s.mandatory {
		next(g.ask)
	}
}

// addField records that a question asks for a field, if the event has a property for it.
func (k *asking) addField(f *field) {
	if f == nil || k.codec.Target(f.group.id, f.Name, 0) == "" {
		return
	}
	if asked := &k.asked[f.group.no]; !slices.Contains(*asked, f) {
		*asked = append(*asked, f)
	}
}

// mark fills in which answers matter to other questions.
func (k *asking) mark() {
	all := func(marks []bool, g *group) {
		for i := range g.fields {
			marks[g.fields[i].no] = true
		}
	}
	thing := func(t *thing) {
		if t.field != nil {
			k.raises[t.field.no] = true
		} else if t.group != nil {
			all(k.opens, t.group)
		}
	}
	for _, c := range k.checks {
		for i := range c.when {
			thing(&c.when[i].thing)
			for _, code := range c.when[i].codes.all {
				k.codes[c.when[i].field.no].add(code)
			}
		}
		for i := range c.need {
			if !c.ask.about(&c.need[i]) {
				thing(&c.need[i])
			}
		}
		if c.each != nil {
			all(k.opens, c.each)
		}
	}
	for i := range k.s.groups {
		g := &k.s.groups[i]
		for _, f := range k.asked[g.no] {
			k.opens[f.no] = k.opens[f.no] || slices.ContainsFunc(g.mandatory, func(m *field) bool { return m != f && slices.Contains(k.asked[g.no], m) })
		}
	}
}

// mandatoryQuestion makes the question for a mandatory field.
func mandatoryQuestion(f *field) *question {
	text := "What is the answer for " + f.Name + "? Its group cannot be sent without it."
	if f.Definition != "" {
		text = strings.TrimRight(f.Definition, ". ") + "? This is needed once anything else of its group is stated."
	}
	q := &question{required: true, text: text, choices: lfpse.Choices(f.list.CodeSystem), field: f}
	if f.Type == taxonomy.Boolean {
		q.choices = []lfpse.Choice{{Value: "true", Display: "Yes"}, {Value: "false", Display: "No"}}
	}
	return q
}
