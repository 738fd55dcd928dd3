package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

const (
	involved   = agent + "/InvolvedAgents"
	picked     = challenges + "/SafetyChallenges"
	dmd        = "medication-dmd"
	governance = "adverse-event-governance"
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

// noneOfTheAbove are the answers that exclude every other of their list.
var noneOfTheAbove = []struct{ ref, code string }{{involved, "10"}, {picked, "6"}}

// rulesAgent are about what was involved and what went wrong with it.
var rulesAgent = []Rule{
	{
		ID: "LFPSE-AGENT-GROUP", Title: "A problem group goes with its agent.", Severity: fhir.Error, Versions: codes56, Evidence: "seen", Confidence: High,
		Source: sourceClient + "; " + sourceExport, Why: "InvolvedAgents opens the follow-up group; without the agent the answers are not looked for.",
		Fix: "Add the agent to InvolvedAgents, or leave the group out.", text: "The problem group is sent, but InvolvedAgents does not have its agent.",
		checks: followUpChecks(func(f followUp) check {
			return check{when: []cond{isNot(involved, f.agent)}, bar: []string{f.group}}
		}),
	},
	{
		ID: "LFPSE-AGENT-MEDICINE", Title: "Medicines go with the agent for medicines.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "Without the agent the medicines are not looked for.",
		Fix: "Add the agent for medicines to InvolvedAgents, or leave the medicine out.", text: "A medicine is sent, but InvolvedAgents does not have medicines.",
		checks: []check{{when: []cond{isNot(involved, "4")}, bar: []string{dmd, "Medication"}}},
	},
	{
		ID: "LFPSE-AGENT-DEVICE", Title: "Devices go with the agent for devices.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "Without the agent the devices are not looked for.",
		Fix: "Add the agent for devices to InvolvedAgents, or leave the device out.", text: "A device is sent, but InvolvedAgents does not have devices.",
		checks: []check{{when: []cond{isNot(involved, "3")}, bar: []string{"Device"}}},
	},
	{
		ID: "LFPSE-AGENT-REPORT", Title: "Report numbers go with the agent they are about.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient5, Why: "SABRE and SHOT take reports about blood, NHSBT about tissues and organs.",
		Fix: "Add the agent to InvolvedAgents, or leave the number out.", text: "A report number is sent, but InvolvedAgents does not have what it is about.",
		checks: []check{
			{when: []cond{isNot(involved, "11")}, bar: []string{agent + "/SabreReportNumber", agent + "/ShotReportNumber"}},
			{when: []cond{isNot(involved, "8")}, bar: []string{agent + "/NhsbtReportNumber"}},
		},
	},
	{
		ID: "LFPSE-NONE-OF-THE-ABOVE", Title: "None of the above stands alone.", Severity: fhir.Warning, Versions: codes56, Evidence: "inherited", Confidence: Medium,
		Path: involved + " | " + picked, Source: sourceExport,
		Why: "None of the above contradicts every other answer of the list.",
		Fix: "Keep either none of the above or the other answers.", text: "None of the above is answered together with something else.",
	},
	{
		ID: "LFPSE-DMD-CODE", Title: "dm+d codes are SNOMED CT concept ids.", Severity: fhir.Error, Evidence: Standard, Confidence: High,
		Path: dmd + "/VTMCode | " + dmd + "/VMPCode", Source: "SNOMED CT Release File Specification, SCTID",
		Why: "A mistyped or rounded id names no medicine or another one. Spreadsheets round ids of 16 digits and more.",
		Fix: "Copy the id again, as text.", text: "The code is not a SNOMED CT concept id.",
	},
	{
		ID: "LFPSE-CHALLENGE", Title: "Radiotherapy code and MARVIN number go with their safety challenge.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient5 + "; " + sourceExport, Why: "The safety challenge and its reference belong together.",
		Fix: "Send both or neither.", text: "A safety challenge and its reference do not go together.",
		checks: []check{
			{each: challenges, when: []cond{isNot(picked, "4")}, bar: []string{challenges + "/RadiotherapyIncidentCode"}, text: "A radiotherapy code is sent, but the safety challenge is not picked."},
			{each: challenges, when: []cond{isNot(picked, "7")}, bar: []string{challenges + "/MarvinReferenceNumber"}, text: "A MARVIN number is sent, but the safety challenge is not picked."},
			{each: challenges, when: []cond{is(picked, "4")}, need: []string{challenges + "/RadiotherapyIncidentCode"}, text: "A radiotherapy incident comes without its code."},
			{each: challenges, when: []cond{is(picked, "7")}, need: []string{challenges + "/MarvinReferenceNumber"}, text: "A screening incident comes without its MARVIN number."},
		},
	},
	{
		ID: "LFPSE-RADIOTHERAPY-TEXT", Title: "The description of a radiotherapy incident has the trigger text.", Severity: fhir.Warning, Evidence: "seen", Confidence: High,
		Path: core + "/Description", Source: "UKHSA guidance, as quoted in supplier documentation for v5",
		Why: "UKHSA finds radiotherapy incidents by a trigger text in the description; it asks for the text and refuses nothing without it.",
		Fix: "Add the trigger text to the description, in the form PRIA24/...", text: "There is a radiotherapy code, but the description has no trigger text.",
	},
	{
		ID: "LFPSE-GOVERNANCE-INCIDENT", Title: "Governance accompanies an incident only.", Severity: fhir.Error, EventTypes: []lfpse.EventType{lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare}, Evidence: "seen", Confidence: High,
		Source: sourceRadar, Why: "Other forms have no governance part.",
		Fix: "Leave the governance group out, or record an incident.", text: "The event is not an incident but has the governance group.",
		checks: []check{{bar: []string{governance}}},
	},
	{
		ID: "LFPSE-GOVERNANCE-PAIR", Title: "A governance flag and its detail go together.", Severity: fhir.Warning, Evidence: "inherited", Confidence: Medium,
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
