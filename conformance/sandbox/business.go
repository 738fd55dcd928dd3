package sandbox

import (
	"slices"
	"strings"
)

// business applies the rules about what goes together. They look at the groups that
// structure has read. What structure could not read, it has reported.
func (x *examination) business() {
	for _, c := range businessChecks() {
		for _, h := range c.run(x) {
			x.find(c.ID, h.path, h.detail)
		}
	}
}

func businessChecks() []Check {
	return []Check{
		{"SBX-PATIENT-SEQUENCE", "business-rule", profile5, "PatientSequence must number the patients 1, 2, 3 and so on, each once.", patientSequence},
		{"SBX-PATIENT-COMPLETE", "required", supplier, "A patient of an incident needs GenderIdentity, GenderSameAsAtBirth, PhysicalHarm and, unless the harm is fatal, PsychologicalHarm.", patientComplete},
		{"SBX-AGE-ENCODING", "value", analysis, "AgeAtTimeOfIncidentDays must be 1 to 30 for days, months times 31, or years times 372.", ageEncoding},
		{"SBX-AGE-ALTERNATIVE", "business-rule", supplier, "AgeBracket is sent instead of AgeAtTimeOfIncidentDays, not with it.", ageAlternative},
		{"SBX-HARM-EVENT", "business-rule", supplier, "Good care and risks carry no grade of harm.", harmEvent},
		{"SBX-HARM-FATAL", "business-rule", supplier, "PsychologicalHarm is left out when PhysicalHarm is fatal.", harmFatal},
		{"SBX-HARM-STRENGTH", "business-rule", supplier, "StrengthOfAssociation goes with severe or fatal harm only.", harmStrength},
		{"SBX-INCIDENT-NO-PATIENT", "required", supplier, "An incident without patients needs the risk details, with RiskImminent.", incidentNoPatient},
		{"SBX-RISK-DETAILS", "required", derived, "A risk needs the risk details, with RiskImminent.", riskDetails},
		{"SBX-WENT-WELL", "required", supplier, "Good care needs the went-well group, with HowFutureOccurrence.", wentWell},
		{"SBX-GOVERNANCE", "business-rule", "known: a supplier's notes on v6", "The governance group only accompanies an incident.", governance},
		{"SBX-OTHER", "business-rule", supplier, "The text of an Other field is sent, but the coded field that it belongs to does not ask for it.", otherText},
		{"SBX-AGENT", "business-rule", "known for the v5 follow-up groups, inferred for report numbers and contained resources", "This part belongs to a kind of involved agent that InvolvedAgents does not name.", agentFollowUp},
		{"SBX-CHALLENGE", "business-rule", derived, "This part belongs to a safety challenge that SafetyChallenges does not name.", challengeFollowUp},
		{"SBX-PAIR", "business-rule", derived, "NeverEvent true and NeverEventType are sent together or not at all, and so are CqcNotify true and CqcCriteria.", pairs},
		{"SBX-DATE-TODAY", "business-rule", supplier, "TodaysDate goes with IncidentOccurredToday y and equals the date of the event.", dateToday},
		{"SBX-DATE-APPROXIMATE", "business-rule", supplier, "ApproximateDate is a month, YYYY-MM, and goes with IncidentOccurredToday u and no date.", dateApproximate},
		{"SBX-TIME-ALTERNATIVE", "business-rule", supplier, "EstimatedTime is sent instead of PreciseTime, not with it.", timeAlternative},
		{"SBX-ORGANISATION-KNOWN", "business-rule", supplier, "LocationKnown y goes with an Organisation, n with Organisation or OrganisationOther, u with neither.", organisationKnown},
		{"SBX-REPORTER-ORGANISATION", "required", supplier, "The practitioner details need the ReporterOrganisation.", reporterOrganisation},
	}
}

// where returns a hit for each group with a name that fails a test. Its path is that of a
// field, or that of the group if the field is missing.
func (x *examination) where(name, field string, fails func(group) bool) []hit {
	var hits []hit
	for _, g := range x.named(name) {
		if fails(g) {
			hits = append(hits, hit{path: g.at(field)})
		}
	}
	return hits
}

// unless returns one hit, on the whole event, if the condition does not hold.
func unless(ok bool) []hit {
	if ok {
		return nil
	}
	return []hit{{path: "AdverseEvent.extension"}}
}

func patientSequence(x *examination) []hit {
	patients := x.named(groupPatient)
	seen := map[int]bool{}
	return x.where(groupPatient, "PatientSequence", func(g group) bool {
		if len(g.fields["PatientSequence"]) != 1 {
			return false // a matter of cardinality
		}
		n, ok := integer(g.fields["PatientSequence"][0].raw)
		if !ok {
			return false // a matter of format
		}
		twice := seen[n]
		seen[n] = true
		return twice || n < 1 || n > len(patients)
	})
}

func patientComplete(x *examination) []hit {
	if x.event != "incident" {
		return nil
	}
	return x.where(groupPatient, "", func(g group) bool {
		fatal := g.is("PhysicalHarm", x.tax.harm("PhysicalHarm", "fatal"))
		return !g.has("GenderIdentity") || !g.has("GenderSameAsAtBirth") || !g.has("PhysicalHarm") ||
			!fatal && !g.has("PsychologicalHarm")
	})
}

func ageEncoding(x *examination) []hit {
	return x.where(groupPatient, "AgeAtTimeOfIncidentDays", func(g group) bool {
		return x.tax.ageGrid && slices.ContainsFunc(g.fields["AgeAtTimeOfIncidentDays"], func(v value) bool {
			n, ok := integer(v.raw)
			return ok && !onAgeGrid(n)
		})
	})
}

func ageAlternative(x *examination) []hit {
	return x.where(groupPatient, "AgeBracket", func(g group) bool {
		return g.has("AgeBracket") && g.has("AgeAtTimeOfIncidentDays")
	})
}

func harmEvent(x *examination) []hit {
	return x.where(groupPatient, "", func(g group) bool {
		return (x.event == "good-care" || x.event == "risk") && g.has("PhysicalHarm", "PsychologicalHarm", "StrengthOfAssociation")
	})
}

func harmFatal(x *examination) []hit {
	return x.where(groupPatient, "PsychologicalHarm", func(g group) bool {
		return g.is("PhysicalHarm", x.tax.harm("PhysicalHarm", "fatal")) && g.has("PsychologicalHarm")
	})
}

func harmStrength(x *examination) []hit {
	return x.where(groupPatient, "StrengthOfAssociation", func(g group) bool {
		grave := g.is("PhysicalHarm", x.tax.harm("PhysicalHarm", "fatal"), x.tax.harm("PhysicalHarm", "severe")) ||
			g.is("PsychologicalHarm", x.tax.harm("PsychologicalHarm", "severe"))
		return g.has("StrengthOfAssociation") && !grave
	})
}

func incidentNoPatient(x *examination) []hit {
	return unless(x.event != "incident" || len(x.named(groupPatient)) > 0 || len(x.named("AdverseEventRiskDetails")) > 0)
}

func riskDetails(x *examination) []hit {
	return unless(x.event != "risk" || len(x.named("AdverseEventRiskDetails")) > 0)
}

func wentWell(x *examination) []hit {
	return unless(x.event != "good-care" || len(x.named("AdverseEventWentWell")) > 0)
}

func governance(x *examination) []hit {
	return x.where("AdverseEventGovernance", "", func(group) bool { return x.event != "" && x.event != "incident" })
}

// The three ways in which an Other text relates to its coded field.
const (
	instead   = iota // sent in place of the code
	alongside        // sent with the code
	unlisted         // sent when no code was picked
)

// otherTexts are the coded fields whose Other text has a known trigger.
var otherTexts = []struct {
	field   string
	way     int
	trigger string
}{
	{"ReporterRole", instead, "9"},
	{"ReporterInvolvement", instead, "6"},
	{"DetectionPoint", instead, "8"},
	{"InvolvedPersonsActions", instead, "5"},
	{"LocationWithinService", instead, "5"},
	{"GoodCareDetectionFactor", alongside, "6"},
	{"InvolvedProcesses", alongside, "4"},
	{"BuildingsInfrastructure", alongside, "16"},
	{"EstatesServices", alongside, "9"},
	{"Organisation", unlisted, ""},
	{"ResponsibleSpecialty", unlisted, ""},
	{"DeviceType", unlisted, ""},
}

func otherText(x *examination) []hit {
	var hits []hit
	for _, g := range x.groups {
		for _, o := range otherTexts {
			if !g.has(o.field + "Other") {
				continue
			}
			// Of a field that repeats, other answers may stand beside the text.
			f := g.def.field(o.field)
			replaced := o.way == instead && (!g.has(o.field) || f == nil || f.Max != 1)
			if replaced || o.way != unlisted && g.is(o.field, o.trigger) || o.way == unlisted && !g.has(o.field) {
				continue
			}
			hits = append(hits, hit{g.at(o.field + "Other"), "field " + o.field + "Other"})
		}
	}
	return hits
}

// agentOfGroup names the involved agent that opens a follow-up group.
var agentOfGroup = map[string]string{
	"AdverseEventProblemMedication":              "4",
	"AdverseEventProblemDevices":                 "3",
	"AdverseEventProblemITSystems":               "9",
	"AdverseEventProblemBuildingsInfrastructure": "13",
	"AdverseEventProblemEstatesServices":         "14",
	"AdverseEventProblemBlood":                   "11",
	"AdverseEventProblemBloodProducts":           "12",
	"AdverseEventProblemTissuesOrgans":           "8",
	"MedicationDmd":                              "4",
}

// agentOfField does so for fields of the agent group.
var agentOfField = map[string]string{"SabreReportNumber": "11", "ShotReportNumber": "11", "NhsbtReportNumber": "8"}

// agentOfResource does so for contained resources.
var agentOfResource = map[string]string{"Device": "3", "Medication": "4"}

func agentFollowUp(x *examination) []hit {
	involved := map[string]bool{}
	for _, g := range x.named("AdverseEventAgent") {
		for _, v := range g.fields["InvolvedAgents"] {
			agent, _ := v.raw.(string)
			involved[agent] = true
		}
	}
	var hits []hit
	for _, g := range x.groups {
		if agent, ok := agentOfGroup[g.def.Name]; ok && !involved[agent] {
			hits = append(hits, hit{g.path, "group " + g.def.Name})
		}
		for _, f := range g.def.Fields {
			if agent, ok := agentOfField[f.Name]; ok && g.has(f.Name) && !involved[agent] {
				hits = append(hits, hit{g.at(f.Name), "field " + f.Name})
			}
		}
	}
	for _, kind := range []string{"Device", "Medication"} {
		for _, path := range x.types[kind] {
			if !involved[agentOfResource[kind]] {
				hits = append(hits, hit{path, "resource " + kind})
			}
		}
	}
	return hits
}

func challengeFollowUp(x *examination) []hit {
	var hits []hit
	for _, g := range x.named("AdverseEventSafetyChallenges") {
		for _, want := range []struct{ field, challenge string }{{"RadiotherapyIncidentCode", "4"}, {"MarvinReferenceNumber", "7"}} {
			if g.has(want.field) && !g.is("SafetyChallenges", want.challenge) {
				hits = append(hits, hit{g.at(want.field), "field " + want.field})
			}
		}
	}
	return hits
}

func pairs(x *examination) []hit {
	var hits []hit
	for _, g := range x.named("AdverseEventGovernance") {
		for _, p := range []struct{ flag, field string }{{"NeverEvent", "NeverEventType"}, {"CqcNotify", "CqcCriteria"}} {
			if g.is(p.flag, true) != g.has(p.field) {
				hits = append(hits, hit{g.path, "field " + p.flag + " and field " + p.field})
			}
		}
	}
	return hits
}

const groupDate = "AdverseEventEstimatedDate"

func dateToday(x *examination) []hit {
	date, dated := x.doc["date"].(string)
	return x.where(groupDate, "TodaysDate", func(g group) bool {
		if !g.has("TodaysDate") {
			return false
		}
		today, _ := g.fields["TodaysDate"][0].raw.(string)
		return !g.is("IncidentOccurredToday", "y") || dated && !strings.HasPrefix(date, today)
	})
}

func dateApproximate(x *examination) []hit {
	_, dated := x.doc["date"]
	return x.where(groupDate, "ApproximateDate", func(g group) bool {
		if !g.has("ApproximateDate") {
			return dated && g.is("IncidentOccurredToday", "u")
		}
		month, _ := g.fields["ApproximateDate"][0].raw.(string)
		return !monthForm.MatchString(month) || !g.is("IncidentOccurredToday", "u") || dated
	})
}

func timeAlternative(x *examination) []hit {
	return x.where(groupDate, "EstimatedTime", func(g group) bool {
		return g.has("EstimatedTime") && g.has("PreciseTime")
	})
}

func organisationKnown(x *examination) []hit {
	return x.where("LocationDetails", "LocationKnown", func(g group) bool {
		listed, either := g.has("Organisation"), g.has("Organisation", "OrganisationOther")
		return g.is("LocationKnown", "y") && !listed || g.is("LocationKnown", "n") && !either || g.is("LocationKnown", "u") && either
	})
}

func reporterOrganisation(x *examination) []hit {
	return x.where("PractitionerDetails", "", func(g group) bool {
		return !g.has("ReporterOrganisation", "ReporterOrganisationOther")
	})
}
