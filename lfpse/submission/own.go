package submission

import (
	"fmt"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
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
