package validate

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// question is the compiled form of an ask.
type question struct {
	required bool
	text     string
	choices  []lfpse.Choice
	root     string // target on the event itself: type, date
	field    *field // else the field that the answer is for
}

// about reports whether a question asks for a thing.
func (q *question) about(t *thing) bool {
	if q.field != nil || t.field != nil {
		return q.field == t.field
	}
	return q.root == "date" && t.element == "date" || q.root == "type" && t.element == "event"
}

// asking is what raises questions in one taxonomy.
type asking struct {
	codec  *lfpse.Codec
	s      *structure
	checks []*compiled // those that ask
	asked  [][]*field  // by group number: the fields that a question asks for
	// raises says by field number that an answer may raise or settle other questions,
	// opens that it does so by being the first of its group.
	raises, opens []bool
	// needsFields says that groups are not sent without their mandatory fields.
	needsFields bool
}

// question compiles an ask; it is nil if the taxonomy lacks the field.
func (v *Validator) question(a *ask) *question {
	q := &question{required: a.required, text: a.text}
	switch a.ref {
	case "event":
		q.root, q.choices = "type", lfpse.Choices(v.structure.eventTypes.CodeSystem)
	case "date":
		q.root = "date"
	default:
		if q.field = v.structure.field(a.ref); q.field == nil {
			return nil
		}
		q.choices = lfpse.Choices(q.field.list.CodeSystem)
	}
	return q
}

// compileAsking gathers the questions of the checks that are in force, and makes those
// for what is mandatory.
func (v *Validator) compileAsking() asking {
	s := v.structure
	k := asking{
		codec: v.codec, s: s, needsFields: v.byID[ruleFieldMin].on,
		asked: make([][]*field, len(s.groups)), raises: make([]bool, len(s.fields)), opens: make([]bool, len(s.fields)),
	}
	for i := range v.checks {
		if c := &v.checks[i]; c.ask != nil {
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
			g.opener = &q
		}
	}
	k.mark()
	return k
}

// addField notes that a question asks for a field, if the event has a place for it.
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

// candidate is a question about a record, with conditions under which it arises.
type candidate struct {
	*question
	rule   string
	target string
	when   conditions
}

// made makes the question of a report.
func (c *candidate) made() lfpse.Question {
	return lfpse.Question{
		Target: c.target, Required: c.required, Rule: c.rule, Text: c.text,
		Choices: slices.Clone(c.choices), When: c.when.list(),
	}
}

// asker gathers the questions about one record.
type asker struct {
	*asking
	r     *record
	found []candidate // the questions that go with findings
}

// arises adds the question that goes with a finding. It returns false where the event
// has no place for the answer.
func (k *asker) arises(f *finding) bool {
	target := k.target(f.ask, f.scope)
	if target != "" {
		k.found = append(k.found, candidate{question: f.ask, rule: f.rule.ID, target: target})
	}
	return target != ""
}

// target is the place of the answer to a question about an occurrence of a group.
func (k *asker) target(q *question, scope int) string {
	if q.root != "" {
		return q.root
	}
	return k.targetOf(q.field, scope)
}

func (k *asker) targetOf(f *field, scope int) string {
	return k.codec.Target(f.group.id, f.Name, k.r.subject(scope))
}

// questions returns the questions that go with findings, each answer being asked for
// once, then those that the answers to them may raise.
func (k *asker) questions() []lfpse.Question {
	list := k.found
	if slices.ContainsFunc(list, k.matters) {
		list = newPlanner(k).plan()
	} else if len(list) > 1 {
		list = onceEach(list)
	}
	if len(list) == 0 {
		return nil
	}
	out := make([]lfpse.Question, len(list))
	for i := range list {
		out[i] = list[i].made()
	}
	slices.SortStableFunc(out, func(a, b lfpse.Question) int { return boolCompare(b.Arises(), a.Arises()) })
	return out
}

// boolCompare puts false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// matters reports whether the answer to a question may raise or settle others.
func (k *asker) matters(c candidate) bool {
	f := c.field
	return f == nil || k.raises[f.no] || k.opens[f.no] && k.r.firstGroup[f.group.no] == 0
}

// onceEach leaves of several questions about one answer the first, or the first that
// requires it.
func onceEach(list []candidate) []candidate {
	at := make(map[string]int, len(list))
	out := list[:0]
	for _, c := range list {
		i, twice := at[c.target]
		switch {
		case !twice:
			at[c.target] = len(out)
			out = append(out, c)
		case c.required && !out[i].required:
			out[i] = c
		}
	}
	return out
}
