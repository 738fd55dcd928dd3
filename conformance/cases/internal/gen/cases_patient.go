package main

import (
	"fmt"
	"strconv"

	"github.com/gpsafety/lfpse-go/fhir"
)

const (
	first  = "patient-information"
	second = "patient-information[1]"
)

// two is the incident with two patients.
var two = incident.then(another("patient-information", gradedPatient("2")...))

// group is the incident with that many patients.
func group(n int) base {
	b := incident
	for i := 2; i <= n; i++ {
		b = b.then(another("patient-information", gradedPatient(strconv.Itoa(i))...))
	}
	return b
}

func patientCases(s *suite) {
	s.rule("lfpse", "LFPSE-PATIENT-RESOURCE", fhir.Error, "Several patients are several patient-information groups on the one Patient that subject refers to; on another Patient they may be lost.",
		bad("Second Patient", incident, at("Patient[1]"), containing(`{"resourceType":"Patient","id":"patient2"}`)).also(failure("FHIR-DOM-3", "Patient[1]")),
		good("Two patients on one Patient", two),
	)
	s.rule("lfpse", "LFPSE-PATIENT-SEQUENCE", fhir.Error, "The number is what tells the patients of an event apart.",
		bad("Twice", two, at(second+"/PatientSequence.value"), set(second+"/PatientSequence", "1")),
		bad("Gap", two, at(second+"/PatientSequence.value"), set(second+"/PatientSequence", "3")),
		bad("From zero", incident, at(first+"/PatientSequence.value"), set(first+"/PatientSequence", "0")),
		bad("Negative", incident, at(first+"/PatientSequence.value"), set(first+"/PatientSequence", "-1")),
		bad("One patient with number 2", incident, at(first+"/PatientSequence.value"), set(first+"/PatientSequence", "2")),
		good("In another order", two, set(first+"/PatientSequence", "2"), set(second+"/PatientSequence", "1")),
	)
	s.rule("quality", "LFPSE-PATIENT-MANY", fhir.Information, "The form guidance for ten patients or more is to record the single most severe harm and to explain in the description.",
		bad("Ten patients", group(10), at("Patient")),
		good("Nine patients", group(9)),
	)
	s.rule("lfpse", "LFPSE-PHYSICAL-HARM", fhir.Error, "Harm that is not graded is unknown. Reading it as no harm would hide that a patient was hurt.",
		bad("Missing", incident, at(first), drop(first+"/PhysicalHarm")),
		bad("Missing for the second patient", two, at(second), drop(second+"/PhysicalHarm")),
		good("Outcome without a grade", poorOutcome),
		good("Incident without patients", nobodyHurt),
	)
	s.rule("lfpse", "LFPSE-PSYCHOLOGICAL-HARM", fhir.Error, "Harm that is not graded is unknown. Reading it as no harm would hide that a patient was hurt.",
		bad("Missing", incident, at(first), drop(first+"/PsychologicalHarm")),
		bad("Both missing", incident, nil, drop(first+"/PhysicalHarm", first+"/PsychologicalHarm")).also(failure("LFPSE-PHYSICAL-HARM", first), failure("LFPSE-PSYCHOLOGICAL-HARM", first)).
			because("While the physical harm is not graded the patient is not known to have died, so both are asked."),
		good("Patient who died", incident, set(first+"/PhysicalHarm", "1"), drop(first+"/PsychologicalHarm"), set(first+"/StrengthOfAssociation", "4")),
	)
	s.rule("lfpse", "LFPSE-GENDER-IDENTITY", fhir.Error, "The public client sends no patient of an incident without it; the service is likely to refuse the record.",
		bad("Missing", incident, at(first), drop(first+"/GenderIdentity")),
		good("Not known", incident, set(first+"/GenderIdentity", "provisional-not-known")),
		good("Not asked about an outcome", poorOutcome),
	)
	s.rule("lfpse", "LFPSE-GENDER-AT-BIRTH", fhir.Error, "The public client sends no patient of an incident without it; the service is likely to refuse the record.",
		bad("Missing", incident, at(first), drop(first+"/GenderSameAsAtBirth")),
		good("Not stated", incident, set(first+"/GenderSameAsAtBirth", "provisional-not-stated")),
	)
	s.rule("lfpse", "LFPSE-HARM-EVENT", fhir.Warning, "Where harm was done, something happened, and the event is an incident.",
		bad("Good care", goodCare, at(first+"/PhysicalHarm", first+"/PsychologicalHarm"), another(first, "PatientSequence", "1", "PhysicalHarm", "4", "PsychologicalHarm", "3")),
		bad("Good care with no harm", goodCare, at(first+"/PhysicalHarm"), another(first, "PatientSequence", "1", "PhysicalHarm", "5")).because("No harm is a grade as well."),
		bad("Risk", risk, at(first+"/PhysicalHarm"), another(first, "PatientSequence", "1", "PhysicalHarm", "4")),
		bad("Risk with an association", risk, at(first+"/PhysicalHarm", first+"/StrengthOfAssociation"), another(first, "PatientSequence", "1", "PhysicalHarm", "2", "StrengthOfAssociation", "6")),
		good("Good care with a patient", goodCare, another(first, "PatientSequence", "1", "AgeBracket", "7")),
		good("Outcome with harm", poorOutcome, set(first+"/PhysicalHarm", "4")),
	)
	s.rule("lfpse", "LFPSE-HARM-FATAL", fhir.Warning, "The public client leaves the psychological harm to a patient who died out, so the service may refuse it.",
		bad("Both grades", incident, at(first+"/PsychologicalHarm"), set(first+"/PhysicalHarm", "1"), set(first+"/StrengthOfAssociation", "4")),
		bad("Both grades in an outcome", poorOutcome, at(first+"/PsychologicalHarm"), set(first+"/PhysicalHarm", "1"), set(first+"/PsychologicalHarm", "4")),
		good("The other patient died", two, set(second+"/PhysicalHarm", "1"), drop(second+"/PsychologicalHarm"), set(second+"/StrengthOfAssociation", "4")),
	)
	s.rule("lfpse", "LFPSE-HARM-ASSOCIATION", fhir.Warning, "The question is asked about severe and fatal harm only.",
		bad("Low harm", incident, at(first+"/StrengthOfAssociation"), set(first+"/StrengthOfAssociation", "6")),
		bad("Moderate harm", incident, at(first+"/StrengthOfAssociation"), set(first+"/PhysicalHarm", "3"), set(first+"/PsychologicalHarm", "2"), set(first+"/StrengthOfAssociation", "6")).
			because("2 is severe on the physical scale and moderate on the psychological one."),
		bad("The other patient was harmed", two, at(first+"/StrengthOfAssociation"), set(first+"/StrengthOfAssociation", "6"), set(second+"/PhysicalHarm", "2"), set(second+"/StrengthOfAssociation", "6")),
		good("Severe physical harm", incident, set(first+"/PhysicalHarm", "2"), set(first+"/StrengthOfAssociation", "6")),
		good("Severe psychological harm", incident, set(first+"/PsychologicalHarm", "1"), set(first+"/StrengthOfAssociation", "2")),
		good("Fatal harm", incident, set(first+"/PhysicalHarm", "1"), drop(first+"/PsychologicalHarm"), set(first+"/StrengthOfAssociation", "3")),
	)
	s.rule("quality", "LFPSE-ASK-ASSOCIATION", fhir.Information, "It says whether the incident led to the harm or the harm came from something else.",
		bad("Fatal harm", incident, at(first), set(first+"/PhysicalHarm", "1"), drop(first+"/PsychologicalHarm")),
		bad("Severe physical harm", incident, at(first), set(first+"/PhysicalHarm", "2")),
		bad("Severe psychological harm", incident, at(first), set(first+"/PsychologicalHarm", "1")),
		bad("Severe harm of both kinds, asked once", incident, at(first), set(first+"/PhysicalHarm", "2"), set(first+"/PsychologicalHarm", "1")),
		good("Moderate harm", incident, set(first+"/PhysicalHarm", "3"), set(first+"/PsychologicalHarm", "2")),
		good("Not asked about an outcome", poorOutcome, set(first+"/PhysicalHarm", "2")),
	)
	gradeCases(s)
}

// gradeCases accept every grade of both scales.
func gradeCases(s *suite) {
	const why = "Every grade of the two scales is accepted: physical 1 fatal to 5 none, psychological 1 severe to 4 none. The same word has another number on the other scale."
	for code := 1; code <= 5; code++ {
		edits := []edit{set(first+"/PhysicalHarm", strconv.Itoa(code))}
		if code <= 2 {
			edits = append(edits, set(first+"/StrengthOfAssociation", "5"))
		}
		if code == 1 {
			edits = append(edits, drop(first+"/PsychologicalHarm"))
		}
		s.valid("lfpse/harm-grades", why, good(fmt.Sprintf("Physical harm %d", code), incident, edits...))
	}
	for code := 1; code <= 4; code++ {
		edits := []edit{set(first+"/PsychologicalHarm", strconv.Itoa(code))}
		if code == 1 {
			edits = append(edits, set(first+"/StrengthOfAssociation", "5"))
		}
		s.valid("lfpse/harm-grades", why, good(fmt.Sprintf("Psychological harm %d", code), incident, edits...))
	}
}

func ageCases(s *suite) {
	age := func(n int) edit { return set(first+"/AgeAtTimeOfIncidentDays", strconv.Itoa(n)) }
	value := at(first + "/AgeAtTimeOfIncidentDays.value")
	s.rule("lfpse", "LFPSE-AGE-GRID", fhir.Error, "The age is no number of days: 1 to 30 are days, then months times 31 up to 341, then years times 372 up to 74028. National analysis drops other values and reads 0 as unknown.",
		bad("True days of fifty years", incident, value, age(18262)),
		bad("Zero", incident, value, age(0)),
		bad("Negative", incident, value, age(-31)),
		bad("32", incident, value, age(32)),
		bad("365", incident, value, age(365)),
		bad("340", incident, value, age(340)),
		bad("One and a half years", incident, value, age(372+6*31)),
		bad("200 years", incident, value, age(200*372)),
		good("One day", incident, age(1)),
		good("Thirty days", incident, age(30)),
		good("One month", incident, age(31)),
		good("Eleven months", incident, age(341)),
		good("One year", incident, age(372)),
		good("Eighteen years", incident, age(6696)),
		good("120 years", incident, age(44640)),
		good("199 years", incident, age(74028)).also(warning("QUALITY-AGE-OLD", value...)),
	)
	s.rule("lfpse", "LFPSE-AGE-ONE", fhir.Error, "The bracket is for an age that is not known exactly; with both nobody can tell which holds.",
		bad("Both", incident, at(first+"/AgeBracket"), set(first+"/AgeBracket", "10")),
		bad("Both in an outcome", poorOutcome, at(first+"/AgeBracket"), set(first+"/AgeAtTimeOfIncidentDays", "18600")),
		good("Bracket only", incident, drop(first+"/AgeAtTimeOfIncidentDays"), set(first+"/AgeBracket", "10")),
		good("One patient exactly, the other by bracket", two, drop(second+"/AgeAtTimeOfIncidentDays"), set(second+"/AgeBracket", "10")),
	)
	s.rule("quality", "LFPSE-ASK-AGE", fhir.Information, "Harm to children, newborns and older people is looked at apart.",
		bad("Missing", incident, at(first), drop(first+"/AgeAtTimeOfIncidentDays")),
		bad("Missing from an outcome", poorOutcome, at(first), drop(first+"/AgeBracket")),
		good("Not asked about good care", goodCare, another(first, "PatientSequence", "1", "PatientEthnicity", "11")),
	)
	for code := 1; code <= 12; code++ {
		s.valid("lfpse/age-brackets", "Every age bracket is accepted in place of the age.",
			good(fmt.Sprintf("Age bracket %d", code), poorOutcome, set(first+"/AgeBracket", strconv.Itoa(code))))
	}
}
