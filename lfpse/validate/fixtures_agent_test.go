package validate_test

import (
	"testing"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// involving gives the base incident other agents and takes the medicine out.
func involving(agents ...code.AgentType) func(*lfpse.Event) {
	return func(e *lfpse.Event) {
		e.Agent.InvolvedAgents = agents
		e.Medicines, e.MedicationAdministration, e.ProblemMedication = nil, "", lfpse.ProblemMedication{}
	}
}

// then makes one change after another.
func then(changes ...func(*lfpse.Event)) func(*lfpse.Event) {
	return func(e *lfpse.Event) {
		for _, change := range changes {
			change(e)
		}
	}
}

// problems are all the problem groups that an agent opens.
func problems(e *lfpse.Event) {
	e.ProblemMedication.ProblemDescriptionDrugs = "x"
	e.ProblemDevices.ProblemDescriptionDevices = "x"
	e.ProblemITSystems.ProblemDescriptionSystemsSoftware = "x"
	e.ProblemBuildingsInfrastructure.BuildingsInfrastructureProblem = "x"
	e.ProblemEstatesServices.EstatesServicesProblem = "x"
	e.ProblemBlood.BloodProblem = "x"
	e.ProblemBloodProducts.BloodProductsProblem = "x"
	e.ProblemTissuesOrgans.ProblemDescriptionTissuesOrgans = "x"
}

func device(e *lfpse.Event) { e.Devices = []lfpse.Device{{DeviceType: []code.DeviceType{"10"}}} }

var everyAgent = []code.AgentType{"4", "3", "9", "13", "14", "11", "12", "8"}

var agentFixtures = []fixture{
	{rule: "LFPSE-AGENT-GROUP", paths: []string{
		"AdverseEvent.extension[2]", "AdverseEvent.extension[3]", "AdverseEvent.extension[4]", "AdverseEvent.extension[5]",
		"AdverseEvent.extension[6]", "AdverseEvent.extension[7]", "AdverseEvent.extension[8]", "AdverseEvent.extension[9]"},
		bad:  then(involving("10"), problems, func(e *lfpse.Event) { e.Agent.InvolvedPersonsActions = []code.HumanAgents{"1"} }),
		good: then(involving(everyAgent...), problems)},
	{rule: "LFPSE-AGENT-GROUP", name: "no agents", paths: []string{"AdverseEvent.extension[1]"},
		bad:  then(involving(), func(e *lfpse.Event) { e.ProblemBlood.BloodProblem = "x" }),
		good: then(involving(), func(e *lfpse.Event) { e.ProblemPeople.ProblemDescriptionActions = "x" })},
	{rule: "LFPSE-AGENT-FOLLOW-UP", paths: []string{"AdverseEvent", "AdverseEvent", "AdverseEvent", "AdverseEvent", "AdverseEvent", "AdverseEvent", "AdverseEvent", "AdverseEvent"},
		bad: involving(everyAgent...), good: then(involving(everyAgent...), problems)},
	{rule: "LFPSE-AGENT-FOLLOW-UP", name: "people", paths: []string{"AdverseEvent.extension[0]"},
		bad:  involving("10"),
		good: then(involving("10"), func(e *lfpse.Event) { e.Agent.InvolvedPersonsActions = []code.HumanAgents{"1"} })},
	{rule: "LFPSE-AGENT-MEDICINE", paths: []string{"AdverseEvent.contained[2]", "AdverseEvent.extension[2]"},
		bad: func(e *lfpse.Event) {
			e.Agent.InvolvedAgents, e.ProblemMedication = []code.AgentType{"3"}, lfpse.ProblemMedication{}
		}},
	{rule: "LFPSE-AGENT-DEVICE", paths: []string{"AdverseEvent.contained[0]"},
		bad: device, good: then(device, involving("3"))},
	{rule: "LFPSE-AGENT-REPORT", paths: []string{"AdverseEvent.extension[0].extension[1]", "AdverseEvent.extension[0].extension[2]", "AdverseEvent.extension[0].extension[3]"},
		bad:  then(involving("9"), reports),
		good: then(involving("11", "8"), reports)},

	{rule: "LFPSE-NONE-OF-THE-ABOVE", paths: []string{"AdverseEvent.extension[0].extension[1].value", "AdverseEvent.extension[4].extension[0].value"},
		bad: func(e *lfpse.Event) {
			e.Agent.InvolvedAgents = append(e.Agent.InvolvedAgents, "10")
			e.SafetyChallenges.SafetyChallenges = append(e.SafetyChallenges.SafetyChallenges, "2")
		},
		good: involving("10")},

	{rule: "LFPSE-DMD-CODE", paths: []string{"AdverseEvent.extension[2].extension[0].value", "AdverseEvent.extension[2].extension[2].value"},
		bad: func(e *lfpse.Event) {
			e.Medicines[0].VTMCode, e.Medicines[0].VMPCode = "108502003", "35894711000001000"
		}},
	{rule: "LFPSE-DMD-CODE", name: "description id", paths: []string{"AdverseEvent.extension[2].extension[0].value"},
		bad: func(e *lfpse.Event) { e.Medicines[0].VTMCode = "754365011" }},

	{rule: "LFPSE-CHALLENGE", name: "reference alone", paths: []string{"AdverseEvent.extension[4].extension[1]", "AdverseEvent.extension[4].extension[2]"},
		bad: func(e *lfpse.Event) {
			e.SafetyChallenges.RadiotherapyIncidentCode, e.SafetyChallenges.MarvinReferenceNumber = "PRIA24/x", "M-1"
		},
		good: func(e *lfpse.Event) {
			e.SafetyChallenges = lfpse.SafetyChallenges{SafetyChallenges: []code.SafetyChallenges{"4", "7"}, RadiotherapyIncidentCode: "PRIA24/x", MarvinReferenceNumber: "M-1"}
		}},
	{rule: "LFPSE-CHALLENGE", name: "challenge alone", paths: []string{"AdverseEvent.extension[4]", "AdverseEvent.extension[4]"},
		bad: func(e *lfpse.Event) { e.SafetyChallenges.SafetyChallenges = []code.SafetyChallenges{"4", "7"} }},
	{rule: "LFPSE-RADIOTHERAPY-TEXT", paths: []string{"AdverseEvent.extension[1].extension[0].value"},
		bad: radiotherapy("A PRIA of 24 was noted."), good: radiotherapy("A beam was misaligned. PRIA24/13c")},
	{rule: "LFPSE-RADIOTHERAPY-TEXT", name: "on the root", paths: []string{"AdverseEvent.description"},
		bad: radiotherapy(""), good: radiotherapy(""),
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("A beam was misaligned.") },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("PRIA PRIA24/13c") }},

	{rule: "LFPSE-GOVERNANCE-INCIDENT", base: risk, paths: []string{"AdverseEvent.extension[3]"},
		bad:  func(e *lfpse.Event) { e.Governance.DutyOfCandour = ptr(false) },
		good: func(e *lfpse.Event) { *e = incident(); e.Governance.DutyOfCandour = ptr(false) }},
	{rule: "LFPSE-GOVERNANCE-PAIR", name: "flag alone", paths: []string{"AdverseEvent.extension[7]", "AdverseEvent.extension[7]"},
		bad:  func(e *lfpse.Event) { e.Governance.NeverEvent, e.Governance.CqcNotify = ptr(true), ptr(true) },
		good: func(e *lfpse.Event) { e.Governance.NeverEvent, e.Governance.CqcNotify = ptr(false), ptr(false) }},
	{rule: "LFPSE-GOVERNANCE-PAIR", name: "detail alone", paths: []string{"AdverseEvent.extension[7].extension[0]", "AdverseEvent.extension[7].extension[1]"},
		bad: func(e *lfpse.Event) {
			e.Governance.NeverEventType, e.Governance.CqcCriteria = "7", []code.CQCCriteria{"1"}
		},
		good: func(e *lfpse.Event) {
			e.Governance = lfpse.Governance{NeverEvent: ptr(true), NeverEventType: "7", CqcNotify: ptr(true), CqcCriteria: []code.CQCCriteria{"1"}}
		}},
}

func reports(e *lfpse.Event) {
	e.Agent.SabreReportNumber, e.Agent.ShotReportNumber, e.Agent.NhsbtReportNumber = "S-1", "S-2", "N-1"
}

func radiotherapy(description string) func(*lfpse.Event) {
	return func(e *lfpse.Event) {
		e.Description = description
		e.SafetyChallenges.SafetyChallenges = []code.SafetyChallenges{"4"}
		e.SafetyChallenges.RadiotherapyIncidentCode = "PRIA24/13c"
	}
}
