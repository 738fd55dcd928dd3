package submission

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// ownRules are the rules that are warnings about the records of other systems, because no
// more is known than that one client keeps to them, but that every report keeps which
// this package makes: a service that insists on them must not refuse it.
var ownRules = []string{
	"LFPSE-HARM-EVENT", "LFPSE-HARM-FATAL", "LFPSE-HARM-ASSOCIATION",
	"LFPSE-AGENT-MEDICINE", "LFPSE-AGENT-DEVICE", "LFPSE-AGENT-REPORT", "LFPSE-CHALLENGE", "LFPSE-GOVERNANCE-PAIR",
	"LFPSE-DATE-TODAY", "LFPSE-DATE-SAME", "LFPSE-DATE-APPROXIMATE", "LFPSE-DATE-MONTH", "LFPSE-TIME",
	"LFPSE-LOCATION-KNOWN", "LFPSE-OTHER-INSTEAD", "LFPSE-OTHER-WITH", "LFPSE-OTHER-ALONE", "LFPSE-OTHER-TRIGGER",
}

// strictly raises the warnings of ownRules to errors, but for those that a question
// goes with: the answer removes them.
func strictly(issues fhir.Issues, questions []lfpse.Question) fhir.Issues {
	var out fhir.Issues
	for i := range issues {
		id := issues[i].Rule
		if issues[i].Severity != fhir.Warning || !slices.Contains(ownRules, id) ||
			slices.ContainsFunc(questions, func(q lfpse.Question) bool { return q.Rule == id }) {
			continue
		}
		if out == nil {
			out = slices.Clone(issues)
		}
		out[i].Severity = fhir.Error
	}
	if out == nil {
		return issues
	}
	return out
}

// ownQuestions ask for what ownRules want and the log often lacks.
func (b *Builder) ownQuestions(e *lfpse.Event) (out []lfpse.Question) {
	ask := func(target, rule, text string) *lfpse.Question {
		p, err := b.form.Property(target)
		if err != nil {
			return &lfpse.Question{} // the taxonomy has no such property
		}
		out = append(out, p.Question(text, "", rule))
		return &out[len(out)-1]
	}
	if l := &e.Location; len(l.Organisation) == 0 {
		b.askOrganisation(e, ask)
	}
	for i := range e.Patients {
		if p := &e.Patients[i]; p.PhysicalHarm == lfpse.PhysicalFatal && p.PsychologicalHarm != "" {
			ask(fmt.Sprintf("patients[%d].physicalHarm", i), "LFPSE-HARM-FATAL",
				"Did this patient die? The physical harm is given as fatal, and the psychological harm is graded too, which LFPSE does not take of a patient who died. If you answer fatal, the psychological grade is left out.")
		}
	}
	yes := func(p *bool) bool { return p != nil && *p }
	if g := &e.Governance; yes(g.NeverEvent) && g.NeverEventType == "" {
		ask("governance.neverEventType", "LFPSE-GOVERNANCE-PAIR", "Which kind of never event is it?")
	}
	if g := &e.Governance; yes(g.CqcNotify) && len(g.CqcCriteria) == 0 {
		ask("governance.cqcCriteria", "LFPSE-GOVERNANCE-PAIR", "Which criteria for notifying CQC apply?")
	}
	return out
}

// askOrganisation asks for the organisation where the event happened. For the reporter's
// own organisation it offers the one that reports.
func (b *Builder) askOrganisation(e *lfpse.Event, ask func(target, rule, text string) *lfpse.Question) {
	const target, known, id = "location.organisation", "location.locationKnown", "LFPSE-LOCATION-KNOWN"
	reports, own := "", []lfpse.Choice(nil)
	if o := e.Reporter.ReporterOrganisation; fhir.ValidODSCode(o) {
		reports, own = " The organisation that reports is "+o+".", []lfpse.Choice{{Value: o, Display: "The organisation that reports"}}
	}
	switch l := &e.Location; {
	case l.LocationKnown == code.YesNoUnknownYes:
		ask(target, id, "It happened in your own organisation: what is its ODS code?"+reports).Choices = own
	case l.OrganisationOther != "":
	case l.LocationKnown == code.YesNoUnknownNo:
		ask(target, id, "It happened in another organisation: what is its ODS code? If it has none, give its name as location.organisationOther.")
	case l.LocationKnown == "":
		ask(target, id, "What is the ODS code of the organisation where it happened?"+reports).When =
			[]lfpse.Condition{{Target: known, Values: []string{string(code.YesNoUnknownYes), string(code.YesNoUnknownNo)}}}
	}
}

// ownValues puts codes in the place of their texts, which people and other systems write
// as well; the trace says so. It reports what no report of ours holds, wherever its event
// comes from: blanks, text in the place of a code, and the encoded number of an age. No
// value is repeated.
func (b *Builder) ownValues(d *draft.Draft) (out fhir.Issues) {
	report := func(id, target, text string) {
		x := rule.Issue(id, target, text)
		x.Offset = -1
		out = append(out, x)
	}
	e := &d.Event
	for p := range b.codec.Unfit(e) {
		target, values, changed := p.Target(), p.Values(e), false
		for i, v := range values {
			switch c, ok := p.Code(v); {
			case lfpse.IsBlank(v):
				report("EVENT-BLANK", target, "The value is blank.")
			case !ok:
				report("EVENT-CODE", target, "The value is neither a code of the list nor one of its texts.")
			case c != v:
				values[i], changed = c, true
			}
		}
		if changed {
			p.Clear(e)
			for _, v := range values {
				p.Put(e, v)
			}
			d.Trace = append(d.Trace, draft.Step{Target: target, From: "the event", Rule: "the code of its text"})
		}
	}
	for i := range e.Patients {
		if e.Patients[i].Age.Unit == lfpse.RawAge {
			report("EVENT-AGE", fmt.Sprintf("patients[%d].age", i), "The age is given as an encoded number.")
		}
	}
	for i := range e.Extra {
		if x := &e.Extra[i]; b.isCode(x) && !lfpse.IsCode(x.Value) {
			report("EVENT-CODE", fmt.Sprintf("extra[%d].value", i), "The value is text in the place of a code.")
		}
	}
	return out
}

// isCode reports whether an extra value is for a field that takes a code, and is none
// of its list.
func (b *Builder) isCode(x *lfpse.Extra) bool {
	t := b.codec.Taxonomy()
	for i := range t.Groups {
		g := &t.Groups[i]
		if strings.TrimSuffix(g.ID, t.Suffix()) != x.Group {
			continue
		}
		for j := range g.Fields {
			if f := &g.Fields[j]; f.Name == x.Field && f.Type == taxonomy.Code {
				list := t.CodeSystem(f.CodeSystem)
				return list == nil || list.Concept(x.Value) == nil
			}
		}
	}
	return false
}
