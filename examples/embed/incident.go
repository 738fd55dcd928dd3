package main

import (
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// incident is what the clinical system knows after a short form. Age, ethnicity and the
// reporter's job come from the record; harm and concern are for a person to say.
func incident() lfpse.Event {
	return lfpse.Event{
		Type:        lfpse.TypeIncident, // a near miss is an incident: something happened
		Date:        "2026-01-05",
		Description: "Methotrexate was put on the repeat template as once a day instead of once a week. The pharmacist noticed.",
		Location: lfpse.Location{
			LocationKnown:         code.YesNoUnknownYes,
			Organisation:          []string{"A99999"},
			ServiceArea:           []code.ServiceType{code.ServiceTypeGeneralPractice},
			LocationWithinService: code.IncidentLocationGeneralPracticeBuilding,
		},
		Agent:            lfpse.Agent{InvolvedAgents: []code.AgentType{code.AgentTypeMedications}, DrugsInvolved: []string{"Methotrexate 2.5mg tablets"}},
		SafetyChallenges: lfpse.SafetyChallenges{SafetyChallenges: []code.SafetyChallenges{code.SafetyChallengesNoneOfTheAbove}},
	}
}

// answers stand in for the person in front of the screen. A form would show each
// question with its choices.
var answers = map[string]string{
	"patients[0].physicalHarm":        "No physical harm",
	"patients[0].psychologicalHarm":   "none",
	"patients[0].genderIdentity":      "female",
	"patients[0].genderSameAsAtBirth": "not stated",
	"classification.levelOfConcern":   "Very concerned",
}
