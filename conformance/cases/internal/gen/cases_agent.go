package main

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/fhir"
)

// followUps are the agents, the groups they open and a field of each.
var followUps = []struct{ name, agent, group, field, value string }{
	{"Medicines", "4", "problem-medication", "DrugInvolvementFactors", "1"},
	{"Devices", "3", "problem-devices", "DeviceInvolvementFactors", "1"},
	{"IT systems", "9", "problem-it-systems", "ITSystemsInvolvementFactors", "1"},
	{"Buildings and infrastructure", "13", "problem-buildings-infrastructure", "BuildingsInfrastructureInvolved", "1"},
	{"Estates services", "14", "problem-estates-services", "EstatesServicesInvolved", "1"},
	{"Blood", "11", "problem-blood", "BloodInvolved", "1"},
	{"Blood products", "12", "problem-blood-products", "BloodProductsInvolved", "1"},
	{"Tissues and organs", "8", "problem-tissues-organs", "TissueOrgansInvolvementFactors", "1"},
}

func agentCases(s *suite) {
	none := involving("10").then(set("agent/InvolvedPersonsActions", "1"))
	for _, f := range followUps {
		s.rule("lfpse", "LFPSE-AGENT-GROUP", fhir.Error, "InvolvedAgents opens the follow-up group; without the agent its answers are not looked for.",
			bad(f.name+" without the agent", none, at(f.group), set(f.group+"/"+f.field, f.value)),
			good(f.name+" with the agent", involving(f.agent), set(f.group+"/"+f.field, f.value)))
		s.rule("quality", "LFPSE-AGENT-FOLLOW-UP", fhir.Information, "The follow-up answers are what others learn from; they may also come with an update.",
			bad(f.name+" without answers", involving(f.agent), at("")))
	}
	s.rule("lfpse", "LFPSE-AGENT-GROUP", fhir.Error, "InvolvedAgents opens the follow-up group; without the agent its answers are not looked for.",
		bad("No agents at all", nobodyHurt, at("problem-it-systems"), drop("agent")).also(remark("LFPSE-ASK-AGENTS", "")),
		good("People are asked about always", none, set("problem-people/ProblemDescriptionActions", "It was late.")),
		bad("In good care", goodCare, at("problem-blood"), set("problem-blood/BloodInvolved", "1")))
	s.rule("quality", "LFPSE-AGENT-FOLLOW-UP", fhir.Information, "When nothing of the list was involved, the people are asked about.",
		bad("Nothing of the list, nobody named", involving("10"), at("agent")),
		good("Nothing of the list, people named", none),
		good("Nothing of the list, people in words", involving("10"), set("agent/InvolvedPersonsActionsOther", "A visitor")),
		good("All answered", nobodyHurt))
	s.rule("lfpse", "LFPSE-AGENT-MEDICINE", fhir.Warning, "Without the agent for medicines they are not looked for.",
		bad("dm+d without the agent", none, at("medication-dmd"), set("medication-dmd/VTMString", "Adenosine")),
		bad("Medication without the agent", none, at("Medication"), set("medication-administration/MedicationAdministration", "n")),
		good("With the agent", medicine))
	s.rule("lfpse", "LFPSE-AGENT-DEVICE", fhir.Warning, "Without the agent for devices they are not looked for.",
		bad("Without the agent", none, at("Device", "Device[1]"), set("device-details/DeviceType", "10"), contain("Device")),
		good("With the agent", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1")), set("device-details/DeviceType", "10")))
	s.rule("lfpse", "LFPSE-AGENT-REPORT", fhir.Warning, "SABRE and SHOT take reports about blood, NHSBT about tissues and organs.",
		bad("SABRE without blood", none, at("agent/SabreReportNumber"), set("agent/SabreReportNumber", "S-1")),
		bad("SHOT without blood", none, at("agent/ShotReportNumber"), set("agent/ShotReportNumber", "S-2")),
		bad("NHSBT without tissues", none, at("agent/NhsbtReportNumber"), set("agent/NhsbtReportNumber", "N-1")),
		bad("SHOT with blood products only", involving("12").then(set("problem-blood-products/BloodProductsInvolved", "1")), at("agent/ShotReportNumber"), set("agent/ShotReportNumber", "S-2")),
		good("With blood", involving("11").then(set("problem-blood/BloodInvolved", "1")), set("agent/SabreReportNumber", "S-1"), set("agent/ShotReportNumber", "S-2")),
		good("With tissues", involving("8").then(set("problem-tissues-organs/TissueOrgansInvolvementFactors", "1")), set("agent/NhsbtReportNumber", "N-1")))
	s.rule("lfpse", "LFPSE-NONE-OF-THE-ABOVE", fhir.Warning, "None of the above contradicts every other answer of its list.",
		bad("With an agent", nobodyHurt, at("agent/InvolvedAgents[1].value"), add("agent/InvolvedAgents", "10"), set("agent/InvolvedPersonsActions", "1")),
		bad("With a challenge", nobodyHurt, at("safety-challenges/SafetyChallenges.value"), add("safety-challenges/SafetyChallenges", "2")),
		good("Alone", none))
	medicineCases(s)
	challengeCases(s)
	governanceCases(s)
}

func medicineCases(s *suite) {
	vtm, vmp := "medication-dmd/VTMCode", "medication-dmd/VMPCode"
	s.rule("lfpse", "LFPSE-DMD-CODE", fhir.Error, "dm+d ids are SNOMED CT concept ids: 6 to 18 digits with a partition and a check digit. A mistyped or rounded id names no medicine or another one.",
		bad("Check digit", medicine, at(vtm+".value"), set(vtm, "108502003")),
		bad("Digits transposed", medicine, at(vmp+".value"), set(vmp, "35894711000001016")),
		bad("Rounded by a spreadsheet", medicine, at(vmp+".value"), set(vmp, "35894711000001000")),
		bad("Scientific notation", medicine, at(vmp+".value"), set(vmp, "3.58947E+16")),
		bad("Description id", medicine, at(vtm+".value"), set(vtm, "754365011")),
		bad("Too short", medicine, at(vtm+".value"), set(vtm, "10850")),
		bad("Too long", medicine, at(vtm+".value"), set(vtm, "1085020041085020041")),
		bad("Leading zero", medicine, at(vmp+".value"), set(vmp, "035894711000001106")),
		bad("Name in place of the id", medicine, at(vtm+".value"), set(vtm, "Adenosine")),
		good("Concept ids", medicine),
		good("Names only", medicine, drop(vtm, vmp)))
}

func challengeCases(s *suite) {
	const group = "safety-challenges"
	code, marvin := group+"/RadiotherapyIncidentCode", group+"/MarvinReferenceNumber"
	radiotherapy := nobodyHurt.then(set(group+"/SafetyChallenges", "4"), set(code, "PRIA24/13c"), set("core/Description", "A beam was misaligned. PRIA24/13c"))
	s.rule("lfpse", "LFPSE-CHALLENGE", fhir.Warning, "The safety challenge and its reference belong together.",
		bad("Radiotherapy code without its challenge", radiotherapy, at(code), set(group+"/SafetyChallenges", "6")),
		bad("MARVIN number without its challenge", nobodyHurt, at(marvin), set(marvin, "M-1")),
		bad("Radiotherapy without its code", nobodyHurt, at(group), set(group+"/SafetyChallenges", "4")),
		bad("Screening without its number", nobodyHurt, at(group), set(group+"/SafetyChallenges", "7")),
		good("Radiotherapy", radiotherapy),
		good("Screening", nobodyHurt, set(group+"/SafetyChallenges", "7"), set(marvin, "M-1")))
	s.rule("lfpse", "LFPSE-RADIOTHERAPY-TEXT", fhir.Warning, "UKHSA finds radiotherapy incidents by a trigger text in the description: PRIA, the year in two digits and a slash.",
		bad("No trigger", radiotherapy, at(descriptionValue), set("core/Description", "A beam was misaligned. Invented for a test.")),
		bad("Trigger taken apart", radiotherapy, at(descriptionValue), set("core/Description", "A PRIA of 24/13c was noted. Invented for a test.")),
		bad("Trigger in small letters", radiotherapy, at(descriptionValue), set("core/Description", "A beam was misaligned. pria24/13c")),
		good("Trigger at the second try", radiotherapy, set("core/Description", "PRIA: see PRIA24/13c. Invented for a test.")),
		good("No radiotherapy", nobodyHurt))
}

func governanceCases(s *suite) {
	const group = "governance"
	provisional := remark("LFPSE-PROVISIONAL", group)
	s.rule("lfpse", "LFPSE-GOVERNANCE-INCIDENT", fhir.Error, "Governance only accompanies an incident; the other forms have no such part.",
		bad("Risk", risk, at(group), set(group+"/DutyOfCandour", "false")).also(provisional),
		bad("Good care", goodCare, at(group), set(group+"/DutyOfCandour", "false")).also(provisional),
		bad("Outcome", poorOutcome, at(group), set(group+"/DutyOfCandour", "false")).also(provisional),
		good("Incident", nobodyHurt, set(group+"/DutyOfCandour", "false")).also(provisional))
	s.rule("lfpse", "LFPSE-GOVERNANCE-PAIR", fhir.Warning, "The flag asks for the detail, and the detail means nothing without the flag.",
		bad("Never event without its type", nobodyHurt, at(group), set(group+"/NeverEvent", "true")).also(provisional),
		bad("Type without a never event", nobodyHurt, at(group+"/NeverEventType"), set(group+"/NeverEventType", "7")).also(provisional),
		bad("Type of what is no never event", nobodyHurt, at(group+"/NeverEventType"), set(group+"/NeverEvent", "false"), set(group+"/NeverEventType", "7")).also(provisional),
		bad("CQC without criteria", nobodyHurt, at(group), set(group+"/CqcNotify", "true")).also(provisional),
		bad("Criteria without CQC", nobodyHurt, at(group+"/CqcCriteria"), set(group+"/CqcCriteria", "1")).also(provisional),
		good("Flags with details", nobodyHurt, set(group+"/NeverEvent", "true"), set(group+"/NeverEventType", "7"), set(group+"/CqcNotify", "true"), set(group+"/CqcCriteria", "1", "3")).also(provisional),
		good("Flags that say no", nobodyHurt, set(group+"/NeverEvent", "false"), set(group+"/CqcNotify", "false")).also(provisional))
}

// otherList is a list with a text for answers that are not in it.
type otherList struct {
	base           base
	group, field   string
	other, another string // the code for other, and one more
	repeats        bool
}

func (o otherList) list() string  { return o.group + "/" + o.field }
func (o otherList) text() string  { return o.list() + "Other" }
func (o otherList) title() string { return fmt.Sprintf("%s in %s", o.field, o.group) }

func otherCases(s *suite) {
	none := involving("10").then(set("agent/InvolvedPersonsActions", "1"))
	buildings := involving("13").then(set("problem-buildings-infrastructure/BuildingsInfrastructureInvolved", "1"))
	estates := involving("14").then(set("problem-estates-services/EstatesServicesInvolved", "1"))
	drugs := involving("4").then(set("problem-medication/DrugInvolvementFactors", "1"))
	device := involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"))
	risky := nobodyHurt
	alone := "The answer other alone tells nothing."

	for _, o := range []otherList{
		{nobodyHurt, "practitioner-details", "ReporterRole", "9", "5", false},
		{nobodyHurt, "practitioner-details", "ReporterInvolvement", "6", "4", false},
		{nobodyHurt, "detection-factors", "DetectionPoint", "8", "4", false},
		{none, "agent", "InvolvedPersonsActions", "5", "1", true},
		{nobodyHurt, "location-details", "LocationWithinService", "5", "11", false},
	} {
		s.rule("lfpse", "LFPSE-OTHER-INSTEAD", fhir.Warning, "The public client sends the text in place of the code; whether the service insists is not known.",
			bad(o.title()+" with its code", o.base, at(o.text()), set(o.list(), o.other), set(o.text(), "Something else")))
		if !o.repeats {
			s.rule("lfpse", "LFPSE-OTHER-INSTEAD", fhir.Warning, "The text contradicts another code of a list of which one answer is given.",
				bad(o.title()+" with another code", o.base, at(o.text()), set(o.list(), o.another), set(o.text(), "Something else")),
				good(o.title()+" text only", o.base, set(o.list(), o.another), drop(o.list()), set(o.text(), "Something else")))
		} else {
			s.rule("lfpse", "LFPSE-OTHER-INSTEAD", fhir.Warning, "Beside a text there may be other answers of a list of which several are given.",
				good(o.title()+" beside another code", o.base, set(o.list(), o.another), set(o.text(), "Something else")))
		}
		s.rule("lfpse", "LFPSE-OTHER-TEXT", fhir.Warning, alone, bad(o.title(), o.base, at(o.group), set(o.list(), o.other)))
	}
	for _, o := range []otherList{
		{goodCare, "went-well", "GoodCareDetectionFactor", "6", "1", false},
		{drugs, "problem-medication", "InvolvedProcesses", "4", "1", true},
		{none, "agent", "BuildingsInfrastructure", "16", "1", true},
		{none, "agent", "EstatesServices", "9", "1", true},
		{buildings, "problem-buildings-infrastructure", "BuildingsInfrastructure", "16", "1", true},
		{estates, "problem-estates-services", "EstatesServices", "9", "1", true},
	} {
		s.rule("lfpse", "LFPSE-OTHER-WITH", fhir.Warning, "Without its code the text is not expected.",
			bad(o.title()+" without a code", o.base, at(o.text()), set(o.text(), "Something else")),
			bad(o.title()+" with another code", o.base, at(o.text()), set(o.list(), o.another), set(o.text(), "Something else")),
			good(o.title()+" with its code", o.base, set(o.list(), o.other), set(o.text(), "Something else")))
		s.rule("lfpse", "LFPSE-OTHER-TEXT", fhir.Warning, alone, bad(o.title(), o.base, at(o.group), set(o.list(), o.other)))
	}
	for _, o := range []otherList{
		{nobodyHurt.then(set("location-details/LocationKnown", "n")), "location-details", "Organisation", "", "A81002", true},
		{nobodyHurt, "location-details", "ResponsibleSpecialty", "", "2", false},
		{device, "device-details", "DeviceType", "", "10", true},
	} {
		s.rule("lfpse", "LFPSE-OTHER-ALONE", fhir.Warning, "The text is for what the list does not have.",
			bad(o.title()+" with a code", o.base, at(o.text()), set(o.list(), o.another), set(o.text(), "Something else")),
			good(o.title()+" text only", o.base, set(o.text(), "Something else"), set(o.list(), o.another), drop(o.list())))
	}
	for _, o := range []otherList{
		{nobodyHurt, "practitioner-details", "ReporterType", "5", "3", false},
		{nobodyHurt, "practitioner-details", "WhyAnonymous", "8", "4", true},
		{risky, "risk-details", "RiskTheme", "8", "1", true},
		{risky, "risk-details", "RiskTimeframe", "4", "1", false},
	} {
		s.rule("lfpse", "LFPSE-OTHER-TRIGGER", fhir.Warning, "A text for other is never sent without the answer it explains.",
			bad(o.title()+" with another code", o.base, at(o.text()), set(o.list(), o.another), set(o.text(), "Something else")),
			good(o.title()+" with its code", o.base, set(o.list(), o.other), set(o.text(), "Something else")),
			good(o.title()+" text only", o.base, set(o.text(), "Something else")))
		s.rule("lfpse", "LFPSE-OTHER-TEXT", fhir.Warning, alone, bad(o.title(), o.base, at(o.group), set(o.list(), o.other)))
	}
	s.rule("lfpse", "LFPSE-OTHER-TEXT", fhir.Warning, alone,
		good("Another code needs no text", nobodyHurt, set("practitioner-details/ReporterType", "3")))
}
