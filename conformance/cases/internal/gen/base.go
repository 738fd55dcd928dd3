package main

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// commonResources is what every record has: the contained resources that location,
// recorder and subject lead to, the subject being there with no patient too.
func commonResources(t *taxonomy.Taxonomy) string {
	return fmt.Sprintf(`{"resourceType":"AdverseEvent","meta":{"profile":[%q]},
		"contained":[{"resourceType":"Location","id":"location1"},{"resourceType":"Practitioner","id":"practitioner1"},{"resourceType":"Patient","id":"patient"}],
		"actuality":"actual","event":{"coding":[{"code":"1"}]},"subject":{"reference":"#patient"},"date":"2026-03-11",
		"location":{"reference":"#location1"},"recorder":{"reference":"#practitioner1"}}`, t.ProfileURL())
}

// common is what the base records share.
var common = all(
	set("core/Description", "A repeat prescription was issued twice. Invented for a test."),
	set("estimated-date/IncidentOccurredToday", "n"),
	set("location-details/LocationKnown", "y"),
	set("location-details/Organisation", "A81001"),
	set("location-details/LocationWithinService", "11"),
	set("location-details/ServiceArea", "17"),
	set("practitioner-details/ReporterRole", "5"),
	set("practitioner-details/ReporterInvolvement", "4"),
	set("practitioner-details/ReporterOrganisation", "A81001"),
)

// asIncident answers what is asked about every incident.
var asIncident = all(
	common,
	set("agent/InvolvedAgents", "9"),
	set("problem-it-systems/ITSystemsInvolvementFactors", "1"),
	set("safety-challenges/SafetyChallenges", "6"),
	set("classification/LevelOfConcern", "3"),
)

// The two lists whose codes are stand-ins until the service publishes them.
var genders = remark("LFPSE-PROVISIONAL", "patient-information/GenderIdentity.value", "patient-information/GenderSameAsAtBirth.value")

// So are the event types risk and outcome.
var eventCode = remark("LFPSE-PROVISIONAL", ".event.coding[0].code")

// gradedPatient are the answers about the patient of the base incident.
func gradedPatient(sequence string) []string {
	return []string{"PatientSequence", sequence, "AgeAtTimeOfIncidentDays", "18600", "GenderIdentity", "provisional-female",
		"GenderSameAsAtBirth", "provisional-yes", "PhysicalHarm", "4", "PsychologicalHarm", "4",
		"ClinicalOutcome", "Recovered fully"}
}

var (
	// incident has one patient, who came to low physical harm.
	incident = base{[]edit{asIncident, another("patient-information", gradedPatient("1")...)}, genders}
	// nobodyHurt is an incident without patients.
	nobodyHurt = base{edits: []edit{asIncident, set("risk-details/RiskImminent", "n")}}
	// medicine is an incident with a medicine and one patient.
	medicine = base{[]edit{all(incident.edits...),
		set("agent/InvolvedAgents", "4"), drop("problem-it-systems"),
		set("medication-dmd/VTMCode", "108502004"), set("medication-dmd/VTMString", "Adenosine"),
		set("medication-dmd/VMPCode", "35894711000001106"), set("medication-dmd/VMPString", "Adenosine 6mg/2ml solution for injection vials"),
		set("medication-administration/MedicationAdministration", "n"),
		set("problem-medication/DrugInvolvementFactors", "1"),
	}, genders}
	goodCare = base{edits: []edit{common, put("event.coding[0].code", `"4"`),
		set("went-well/HowFutureOccurrence", "Tell the other practices of the network.")}}
	risk = base{[]edit{common, put("event.coding[0].code", `"2"`), set("risk-details/RiskImminent", "n")}, eventCode}
	// poorOutcome has a patient of whom only the age bracket is stated.
	poorOutcome = base{[]edit{common, put("event.coding[0].code", `"3"`), set("outcome/OutcomeType", "2"),
		another("patient-information", "PatientSequence", "1", "AgeBracket", "7")}, eventCode}
)

// involving is nobodyHurt with other agents and without the group of IT systems.
func involving(agents ...string) base {
	return base{edits: []edit{all(nobodyHurt.edits...), set("agent/InvolvedAgents", agents...), drop("problem-it-systems")}}
}

// then is a base with more edits, whose findings stay the same.
func (b base) then(edits ...edit) base {
	return base{append([]edit{all(b.edits...)}, edits...), b.background}
}
