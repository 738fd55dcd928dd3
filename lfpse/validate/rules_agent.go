package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// followUp is a group of questions that one involved agent opens.
type followUp struct{ agent, group string }

var followUps = []followUp{
	{"4", "adverse-event-problem-medication"},
	{"3", "adverse-event-problem-devices"},
	{"9", "adverse-event-problem-it-systems"},
	{"13", "adverse-event-problem-buildings-infrastructure"},
	{"14", "adverse-event-problem-estates-services"},
	{"11", "adverse-event-problem-blood"},
	{"12", "adverse-event-problem-blood-products"},
	{"8", "adverse-event-problem-tissues-organs"},
}

func followUpChecks(make func(followUp) check) []check {
	var out []check
	for _, f := range followUps {
		out = append(out, make(f))
	}
	return out
}

// rulesAgent are about what was involved and what went wrong with it.
var rulesAgent = []definition{
	{
		ID: "LFPSE-AGENT-GROUP", Title: "A problem group goes with its agent.", Severity: fhir.Error, Versions: codes56, Evidence: "seen", Confidence: rule.High,
		Source: sourceClient + "; " + sourceExport, Why: "InvolvedAgents opens the follow-up group; without the agent the answers are not looked for.",
		Fix: "Add the agent to InvolvedAgents, or leave the group out.", text: "The problem group is sent, but InvolvedAgents does not have its agent.",
		checks: followUpChecks(func(f followUp) check {
			return check{when: []cond{isNot(involved, f.agent)}, bar: []string{f.group}}
		}),
	},
	{
		ID: "LFPSE-AGENT-MEDICINE", Title: "Medicines go with the agent for medicines.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "Without the agent the medicines are not looked for.",
		Fix: "Add the agent for medicines to InvolvedAgents, or leave the medicine out.", text: "A medicine is sent, but InvolvedAgents does not have medicines.",
		checks: []check{{when: []cond{isNot(involved, "4")}, bar: []string{dmd, "Medication"}}},
	},
	{
		ID: "LFPSE-AGENT-DEVICE", Title: "Devices go with the agent for devices.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "Without the agent the devices are not looked for.",
		Fix: "Add the agent for devices to InvolvedAgents, or leave the device out.", text: "A device is sent, but InvolvedAgents does not have devices.",
		checks: []check{{when: []cond{isNot(involved, "3")}, bar: []string{"Device"}}},
	},
	{
		ID: "LFPSE-AGENT-REPORT", Title: "Report numbers go with the agent they are about.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient5, Why: "SABRE and SHOT take reports about blood, NHSBT about tissues and organs.",
		Fix: "Add the agent to InvolvedAgents, or leave the number out.", text: "A report number is sent, but InvolvedAgents does not have what it is about.",
		checks: []check{
			{when: []cond{isNot(involved, "11")}, bar: []string{agent + "/SabreReportNumber", agent + "/ShotReportNumber"}},
			{when: []cond{isNot(involved, "8")}, bar: []string{agent + "/NhsbtReportNumber"}},
		},
	},
	{
		ID: "LFPSE-NONE-OF-THE-ABOVE", Title: "None of the above stands alone.", Severity: fhir.Warning, Versions: codes56, Evidence: "inherited", Confidence: rule.Medium,
		Path: involved + " | " + picked, Source: sourceExport,
		Why: "None of the above contradicts every other answer of the list.",
		Fix: "Keep either none of the above or the other answers.", text: "None of the above is answered together with something else.",
	},
	{
		ID: "LFPSE-DMD-CODE", Title: "dm+d codes are SNOMED CT concept ids.", Severity: fhir.Error, Evidence: rule.Standard, Confidence: rule.High,
		Path: dmd + "/VTMCode | " + dmd + "/VMPCode", Source: "SNOMED CT Release File Specification, SCTID",
		Why: "A mistyped or rounded id means no medicine or the wrong one. Spreadsheets round ids of 16 digits and more.",
		Fix: "Copy the id again, as text.", text: "The code is not a SNOMED CT concept id.",
	},
	{
		ID: "LFPSE-CHALLENGE", Title: "Radiotherapy code and MARVIN number go with their safety challenge.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient5 + "; " + sourceExport, Why: "The safety challenge and its reference belong together.",
		Fix: "Send both or neither.", text: "A safety challenge and its reference do not go together.",
		checks: []check{
			{each: challenges, when: []cond{isNot(picked, "4")}, bar: []string{challenges + "/RadiotherapyIncidentCode"}, text: "A radiotherapy code is sent, but the safety challenge is not picked."},
			{each: challenges, when: []cond{isNot(picked, "7")}, bar: []string{challenges + "/MarvinReferenceNumber"}, text: "A MARVIN number is sent, but the safety challenge is not picked."},
			{each: challenges, when: []cond{is(picked, "4")}, need: []string{challenges + "/RadiotherapyIncidentCode"}, text: "A radiotherapy incident is sent without its code."},
			{each: challenges, when: []cond{is(picked, "7")}, need: []string{challenges + "/MarvinReferenceNumber"}, text: "A screening incident is sent without its MARVIN number."},
		},
	},
	{
		ID: "LFPSE-RADIOTHERAPY-TEXT", Title: "The description of a radiotherapy incident has the trigger text.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.High,
		Path: core + "/Description", Source: "UKHSA guidance, as quoted in supplier documentation for v5",
		Why: "UKHSA finds radiotherapy incidents by a trigger text in the description; it asks for the text but does not refuse records without it.",
		Fix: "Add the trigger text to the description, in the form PRIA24/...", text: "There is a radiotherapy code, but the description has no trigger text.",
	},
	{
		ID: "LFPSE-GOVERNANCE-INCIDENT", Title: "Only an incident has governance answers.", Severity: fhir.Error, EventTypes: []lfpse.EventType{lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare}, Evidence: "seen", Confidence: rule.High,
		Source: sourceRadar, Why: "Other forms have no governance part.",
		Fix: "Leave the governance group out, or record an incident.", text: "The event is not an incident but has the governance group.",
		checks: []check{{bar: []string{governance}}},
	},
	{
		ID: "LFPSE-GOVERNANCE-PAIR", Title: "A governance flag and its detail go together.", Severity: fhir.Warning, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceExport, Why: "The flag asks for the detail, and the detail means nothing without the flag.",
		Fix: "Send both or neither.", text: "A governance flag and its detail do not go together.",
		checks: []check{
			{each: governance, when: []cond{is(governance+"/NeverEvent", "true")}, need: []string{governance + "/NeverEventType"}, text: "It is a never event, but its type is missing."},
			{each: governance, when: []cond{isNot(governance+"/NeverEvent", "true")}, bar: []string{governance + "/NeverEventType"}, text: "The type of a never event is sent, but NeverEvent is not true."},
			{each: governance, when: []cond{is(governance+"/CqcNotify", "true")}, need: []string{governance + "/CqcCriteria"}, text: "CQC is to be notified, but the criteria are missing."},
			{each: governance, when: []cond{isNot(governance+"/CqcNotify", "true")}, bar: []string{governance + "/CqcCriteria"}, text: "CQC criteria are sent, but CqcNotify is not true."},
		},
	},
}

// otherText is a list with a text for answers that are not in it; the name of the
// text field is that of the list field and Other.
type otherText struct {
	group, field string
	trigger      string // code that stands for "other"
	repeats      bool   // other codes may be sent beside the text
}

// The known ways in which a text and its list go together.
var (
	// The text is sent instead of the trigger code.
	textInstead = []otherText{
		{reporter, "ReporterRole", "9", false},
		{reporter, "ReporterInvolvement", "6", false},
		{"detection-factors", "DetectionPoint", "8", false},
		{agent, "InvolvedPersonsActions", "5", true},
		{location, "LocationWithinService", "5", false},
	}
	// The text is sent with the trigger code.
	textWith = []otherText{
		{wentWell, "GoodCareDetectionFactor", "6", false},
		{"adverse-event-problem-medication", "InvolvedProcesses", "4", true},
		{agent, "BuildingsInfrastructure", "16", true},
		{agent, "EstatesServices", "9", true},
		{"adverse-event-problem-buildings-infrastructure", "BuildingsInfrastructure", "16", true},
		{"adverse-event-problem-estates-services", "EstatesServices", "9", true},
	}
	// The text is sent when nothing was picked.
	textAlone = []otherText{
		{location, "Organisation", "", true},
		{location, "ResponsibleSpecialty", "", false},
		{"adverse-event-device-details", "DeviceType", "", true},
	}
	// The trigger is known from the list, but not which way applies.
	textEither = []otherText{
		{reporter, "ReporterType", "5", false},
		{reporter, "WhyAnonymous", "8", true},
		{riskDetails, "RiskTheme", "8", true},
		{riskDetails, "RiskTimeframe", "4", false},
	}
	// A code identifies one organisation, so a text beside it can only name another.
	textOrganisation = []otherText{
		{reporter, "ReporterOrganisation", "", false},
		{location, "IdentifiedLocation", "", false},
	}
)

func (o *otherText) list() string { return o.group + "/" + o.field }
func (o *otherText) text() string { return o.list() + "Other" }

// checksOf makes the checks of a way.
func checksOf(make func(*otherText) check, tables ...[]otherText) []check {
	var out []check
	for _, table := range tables {
		for i := range table {
			out = append(out, make(&table[i]))
		}
	}
	return out
}

// rulesOther are about the free texts of lists. None of them is certain: they follow what
// one client sends.
var rulesOther = []definition{
	{
		ID: "LFPSE-OTHER-INSTEAD", Title: "The text of these lists is sent instead of the code for other.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The public client sends the text instead of the code; whether the service insists on it is not known.",
		Fix: "Send either a code of the list or the text.", text: "The text is sent together with a code that it stands for or contradicts.",
		checks: checksOf(func(o *otherText) check {
			c := check{each: o.group, when: []cond{has(o.list())}, bar: []string{o.text()}}
			if o.repeats {
				c.when = []cond{is(o.list(), o.trigger)}
			}
			return c
		}, textInstead),
	},
	{
		ID: "LFPSE-OTHER-WITH", Title: "The text of these lists is sent with the code for other.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "Without its code the text is not expected.",
		Fix: "Send the code for other with the text.", text: "The text is sent without the code for other.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{isNot(o.list(), o.trigger)}, bar: []string{o.text()}}
		}, textWith),
	},
	{
		ID: "LFPSE-OTHER-ALONE", Title: "The text of these lists is sent only when nothing was picked.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The text is for answers that are not in the list.",
		Fix: "Send either a code of the list or the text.", text: "The text is sent together with a code.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{has(o.list())}, bar: []string{o.text()}}
		}, textAlone),
	},
	{
		ID: "LFPSE-OTHER-TRIGGER", Title: "A text does not go with a code for something else.", Severity: fhir.Warning, Versions: codes56, Evidence: "inherited", Confidence: rule.Low,
		Source: sourceExport, Why: "A text for \"other\" is never sent without the answer that it explains, nor the name of an organisation with a code.",
		Fix: "Send the code for other with the text, or leave the text out.", text: "The text is sent with other codes than the one for other.",
		checks: checksOf(func(o *otherText) check {
			c := check{each: o.group, when: []cond{has(o.list()), isNot(o.list(), o.trigger)}, bar: []string{o.text()}}
			if o.trigger == "" {
				c.when = c.when[:1]
				c.text, c.fix = "An organisation is named in words beside its code.", "Keep the code; the text is for an organisation without one."
			}
			return c
		}, textEither, textOrganisation),
	},
	{
		ID: "LFPSE-OTHER-TEXT", Title: "The code for other comes with its text.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The answer \"other\" alone says nothing.",
		Fix: "Add the text.", text: "The code for other is sent, but the text is missing.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{is(o.list(), o.trigger)}, need: []string{o.text()}}
		}, textInstead, textWith, textEither),
	},
}
