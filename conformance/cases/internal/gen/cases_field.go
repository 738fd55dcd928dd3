package main

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
)

// answers fills one group; fields and values come in pairs.
func answers(group string, pairs ...string) edit {
	return func(d *doc) {
		for i := 0; i < len(pairs); i += 2 {
			set(group+"/"+pairs[i], pairs[i+1])(d)
		}
	}
}

// fieldCases accept every field of the taxonomy.
func fieldCases(s *suite) {
	accept := func(specs ...*spec) {
		s.valid("profile/every-field", "Every field of the group is accepted, with a code of its list where it has one and with the answers that go with it.", specs...)
	}
	bloodAndTissue := involving("11", "8").then(set("problem-blood/BloodInvolved", "1"), set("problem-tissues-organs/TissueOrgansInvolvementFactors", "1"))
	accept(
		good("Agent", bloodAndTissue, answers("agent", "DrugsInvolved", "Adenosine", "InvolvedPersonsActions", "1", "InvolvedPersonsActionsOther", "A visitor",
			"BuildingsInfrastructure", "16", "BuildingsInfrastructureOther", "A ramp", "EstatesServices", "9", "EstatesServicesOther", "Snow clearing",
			"SabreReportNumber", "S-1", "ShotReportNumber", "S-2", "NhsbtReportNumber", "N-1", "YellowCardReference", "YC-1")),
		good("Core", nobodyHurt),
		good("Medicine", medicine),
		good("Process", nobodyHurt, set("process/HealthcareProcess", "1", "12")),
		good("Problem with a medicine", involving("4"), answers("problem-medication", "DrugReaction", "1", "DrugReactionOther", "A rash", "DrugInvolvementFactors", "1",
			"DrugUsedTooMuch", "1", "DrugInsufficientDetails", "1", "ProblemDescriptionDrugs", "Twice the dose.", "InvolvedProcesses", "4",
			"InvolvedProcessesOther", "Delivery", "MedicationAdministeredIncorrectly", "1", "ProblemMedicationPackaging", "1")),
		good("Problem with a device", involving("3"), answers("problem-devices", "DeviceInvolvementFactors", "1", "DeviceUsedUnnecessarily", "1", "DeviceInsufficientDetails", "1",
			"DeviceWrongUsageDetails", "1", "DeviceBrokenDetails", "1", "ProblemDescriptionDevices", "The cuff leaked.")),
		good("Problem with an IT system", nobodyHurt, answers("problem-it-systems", "ITSystemsInvolvementFactors", "7", "ProblemDescriptionSystemsSoftware", "A result was filed unseen.")),
		good("Problem with buildings", involving("13"), answers("problem-buildings-infrastructure", "BuildingsInfrastructureInvolved", "1", "BuildingsInfrastructureNotUsed", "1",
			"WrongBuildingsInfrastructure", "1", "BuildingsInfrastructureProblem", "The lift was stuck.", "BuildingsInfrastructure", "16", "BuildingsInfrastructureOther", "A ramp")),
		good("Problem with estates services", involving("14"), answers("problem-estates-services", "EstatesServicesInvolved", "1", "EstatesServicesNotUsed", "1",
			"WrongEstatesServices", "1", "EstatesServicesProblem", "The bins were full.", "EstatesServices", "9", "EstatesServicesOther", "Snow clearing")),
		good("Problem with blood", involving("11"), answers("problem-blood", "BloodInvolved", "1", "TooMuchBloodUsed", "1", "TooLittleBloodUsed", "1", "WrongBlood", "1",
			"BloodWasNotUsed", "1", "DamagedBlood", "1", "BloodProblem", "The unit was warm.")),
		good("Problem with blood products", involving("12"), answers("problem-blood-products", "BloodProductsDetails", "Anti-D", "BloodProductsBrand", "Example", "BloodProductsBatch", "B-1",
			"BloodProductsInvolved", "1", "TooMuchBloodProducts", "1", "TooLittleBloodProducts", "1", "WrongBloodProducts", "1", "BloodProductsNotUsed", "1",
			"DamagedBloodProducts", "1", "BloodProductsProblem", "It came late.")),
		good("Problem with tissues or organs", involving("8"), answers("problem-tissues-organs", "TissueOrgansInvolvementFactors", "1", "TissueOrgansUsedTooMuch", "1",
			"TissueOrgansInsufficientDetails", "1", "TissueOrgansWrongDetails", "1", "TissuesOrgansDamagedDetails", "1", "ProblemDescriptionTissuesOrgans", "A label was missing.", "TissueOrgansNotUsed", "1")),
		good("Problem with people", nobodyHurt, answers("problem-people", "ProblemDescriptionInvolvement", "A locum was alone.", "PeopleInvolvementFactors", "1", "PeopleActionFactors", "1",
			"PeopleActionTooMuch", "1", "PeopleUnavailableDetails", "1", "PeopleInsufficientActionDetails", "1", "PeopleWrongActionDetails", "1", "PeopleOmittedActionDetails", "1",
			"ProblemDescriptionActions", "A check was skipped.", "StaffAvailabilityIncidentFactor", "1", "PeopleActionsDiffered", "1", "PersonsActionsDiffered", "1")).
			also(remark("LFPSE-PROVISIONAL", "problem-people/StaffAvailabilityIncidentFactor", "problem-people/PeopleActionsDiffered", "problem-people/PersonsActionsDiffered")),
		good("Detection", nobodyHurt, set("detection-factors/DetectionPoint", "1")),
		good("Detection in words", nobodyHurt, set("detection-factors/DetectionPointOther", "By chance")),
		good("Outcome", poorOutcome, answers("outcome", "ImmediateActions", "The patient was called in.", "WentWell", "The team met at once."), set("outcome/OutcomeType", "1", "10")),
		good("Safety challenges", nobodyHurt, set("safety-challenges/SafetyChallenges", "4", "7"), answers("safety-challenges", "RadiotherapyIncidentCode", "PRIA24/13c", "MarvinReferenceNumber", "M-1"),
			set("core/Description", "A beam was misaligned. PRIA24/13c")),
		good("Date of today", nobodyHurt, answers("estimated-date", "IncidentOccurredToday", "y", "TodaysDate", "2026-03-11", "PreciseTime", "23:59:59")),
		good("Date not known", nobodyHurt, cut("date"), answers("estimated-date", "IncidentOccurredToday", "u", "ApproximateDate", "2026-02", "EstimatedTime", "6")),
		good("Risk details", risk, answers("risk-details", "RiskDescription", "The ramp ices over.", "RiskTheme", "8", "RiskThemeOther", "Weather", "RiskImminent", "y",
			"RiskServiceArea", "17", "RiskPopulation", "Everybody", "RiskTimeframe", "4", "RiskTimeframeOther", "Every winter")),
		good("Went well", goodCare, answers("went-well", "StrengthsOfCare", "Kindness.", "GoodCareDetectionFactor", "6", "GoodCareDetectionFactorOther", "A letter")),
		good("Classification", poorOutcome, answers("classification", "LevelOfConcern", "5", "PatientSafetyIncidentHasOccurred", "u")),
		good("Governance", nobodyHurt, answers("governance", "DutyOfCandour", "true", "CqcNotify", "true", "CqcCriteria", "4", "LocalAuthoritySafeguarding", "false", "NeverEvent", "true",
			"SeriousIncident", "false", "HsibNotify", "false", "NeverEventType", "15", "DesignationsMentalHealth", "false", "DeprivationOfLiberty", "false")).also(remark("LFPSE-PROVISIONAL", "governance")),
		good("Reference metadata", nobodyHurt, answers("reference-metadata", "ReferenceNumber", "REF-1", "FromOnlineForms", "false", "IsAnonymous", "false", "DataSharingOptOut", "true")),
		good("Device", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1")), set("device-details/DeviceType", "10", "2")),
		good("Device in words", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1")), set("device-details/DeviceTypeOther", "A home-made splint")),
		good("Location", nobodyHurt, answers("location-details", "ResponsibleSpecialty", "2", "IdentifiedLocation", "A81001001", "LocationAtRisk", "1", "RiskIdentifiedLocation", "1")),
		good("Location in words", nobodyHurt, drop("location-details"), answers("location-details", "LocationKnown", "n", "OrganisationOther", "A care home", "LocationWithinServiceOther", "A shed",
			"ResponsibleSpecialtyOther", "Podiatry", "IdentifiedLocationOther", "The garden")),
		good("Reporter", nobodyHurt, answers("practitioner-details", "ReporterType", "5", "ReporterTypeOther", "A visitor", "WhyAnonymous", "8", "WhyAnonymousOther", "I prefer it")),
		good("Reporter in words", nobodyHurt, drop("practitioner-details"), answers("practitioner-details", "ReporterType", "3", "ReporterRoleOther", "Student", "ReporterInvolvementOther", "By letter",
			"ReporterOrganisationOther", "A practice without a code", "ReporterContact", "through the practice")),
		good("Administration of a medicine", medicine, set("medication-administration/MedicationAdministration", "u")),
		good("Patient", two, answers(second, "PatientEthnicity", "11", "PhysicalHarm", "2", "PsychologicalHarm", "1", "StrengthOfAssociation", "6"), drop(first+"/AgeAtTimeOfIncidentDays", second+"/AgeAtTimeOfIncidentDays"), set(first+"/AgeBracket", "1"), set(second+"/AgeBracket", "12")),
		good("Age of a patient", two, set(second+"/AgeAtTimeOfIncidentDays", "372")),
	)
}

// shapeCases accept the shapes that a record can have.
func shapeCases(s *suite) {
	device := involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"))
	s.valid("lfpse/event-types", "The four event types, with no more than each needs.",
		good("Incident with a patient", incident),
		good("Incident without patients", nobodyHurt).because("A near miss is an incident: something happened, and the risk details stand in for the harm."),
		good("Good care", goodCare),
		good("Good care with a patient", goodCare, another(first, "PatientSequence", "1", "AgeBracket", "3")),
		good("Risk", risk),
		good("Outcome", poorOutcome),
		good("Outcome without patients", poorOutcome, drop(first)),
		good("Outcome with harm", poorOutcome, set(first+"/PhysicalHarm", "1"), set(first+"/StrengthOfAssociation", "2")),
	)
	s.valid("lfpse/patients", "All patients are on the one contained Patient, which is there without patient data too.",
		good("Two patients", two),
		good("Three patients with other harm", group(3), set(second+"/PhysicalHarm", "5"), set(first+"[2]/PsychologicalHarm", "2")),
		good("No patients, a Patient all the same", nobodyHurt),
		good("Patients with another id", incident, put("contained[2].id", `"subject-1"`), put("subject.reference", `"#subject-1"`)),
	)
	s.valid("lfpse/updates", "An update is the whole record again, with the id that the service gave it.",
		good("Incident with its id", incident, put("id", `"sbx-000001"`)),
		good("With version and time of the last update", nobodyHurt, put("id", `"1f2e"`), put("meta.versionId", `"3"`), put("meta.lastUpdated", `"2026-03-12T08:00:00Z"`)),
		good("With the reference number", nobodyHurt, put("id", `"1f2e"`), answers("reference-metadata", "ReferenceNumber", "REF-1", "DataSharingOptOut", "false")),
		good("Outcome that became an incident", incident, put("id", `"1f2e"`)),
	)
	s.valid("lfpse/things", "What was involved: medicines on the record, devices as contained resources.",
		good("Two devices", device, set("device-details/DeviceType", "10"), contain("Device"), extend("Device[1]", `{"url":"`+definitions+`adverse-event-device-details-6","extension":[{"url":"DeviceType","valueCode":"2"}]}`)),
		good("Device with manufacturer and model only", device, contain("Device"), put("contained[3].manufacturer", `"Example Ltd"`), put("contained[3].modelNumber", `"M-1"`)),
		good("Two medicines in two groups", medicine, another("medication-dmd", "VTMString", "Example")),
		good("Two medicines in one group", medicine, add("medication-dmd/VTMCode", "108502004"), add("medication-dmd/VTMString", "Adenosine")).because("One public client sends all medicines in one group whose members repeat in order."),
		good("Every agent", involving("4", "3", "9", "13", "14", "11", "12", "8"), func(d *doc) {
			for _, f := range followUps {
				set(f.group+"/"+f.field, f.value)(d)
			}
		}),
	)
	s.valid("lfpse/strict", "With strictness what is only inferred is an error, and a record that follows it has none.",
		good("Strict incident", incident).with(cases.Options{Strict: true}),
		good("Strict good care", goodCare).with(cases.Options{Strict: true}),
	)
	s.rule("lfpse", "LFPSE-HARM-FATAL", fhir.Error, "With strictness what is only inferred is an error.",
		bad("Both grades, strict", incident, at(first+"/PsychologicalHarm"), set(first+"/PhysicalHarm", "1"), set(first+"/StrengthOfAssociation", "4")).with(cases.Options{Strict: true}))
}

func unicodeCases(s *suite) {
	text := func(title, description string) *spec {
		return good(title, nobodyHurt, set("core/Description", description))
	}
	s.valid("json/unicode", "Text is Unicode and passes unchanged, in whatever script and however it is written in JSON.",
		text("Welsh", "Cafodd y claf y d\u00f4s anghywir. T\u0177 a \u0175yn."),
		text("Polish, Urdu and Chinese", "Pacjent \u017ale si\u0119 poczu\u0142. \u0645\u0631\u06cc\u0636 \u06a9\u0648 \u063a\u0644\u0637 \u062f\u0648\u0627 \u0645\u0644\u06cc\u06d4 \u75c5\u4eba\u5403\u4e86\u9519\u836f\u3002"),
		text("Emoji of several code points", "The family \U0001f469\u200d\U0001f469\u200d\U0001f467 was told. \U0001f44d\U0001f3fd"),
		text("Combining marks", "e\u0301 is not \u00e9 to a byte, but to a reader."),
		text("Dashes, quotes and no-break spaces", "\u201cTwo\u00a0mg\u201d \u2013 not twenty \u2014 was meant\u2026"),
		text("Line separators", "First.\u2028Second.\u2029Third."),
		text("Beyond the basic plane", "Signs of old books: \U00020000 \U0001d49c \U0010fffd"),
		text("Zero-width characters and byte order mark within", "zero\u200bwidth, in a text of enough letters\ufeff"),
		text("Direction marks", "\u2067right to left\u2069 and back"),
		text("Characters that HTML escapes", `Dose <5 mg & "twice" was written, not once.`),
		good("Escapes for plain letters", nobodyHurt).text(`"A repeat prescription`, `"\u0041 repeat prescription`),
		good("Property name with an escape", nobodyHurt).text(`"date":`, `"d\u0061te":`),
		good("Other text", nobodyHurt, drop("practitioner-details/ReporterRole"), set("practitioner-details/ReporterRoleOther", "Sjuksk\u00f6terska")),
	)
	s.rule("lfpse", "LFPSE-DESCRIPTION", fhir.Error, "What has nothing but spaces, of whatever kind, counts as not said.",
		bad("No-break spaces", nobodyHurt, at("core"), set("core/Description", "\u00a0\u2003")))
}

func limitCases(s *suite) {
	s.valid("limits", "As many as the taxonomy allows.",
		good("100 patients", group(100)).also(remark("LFPSE-PATIENT-MANY", "Patient")),
		good("Description of 20 000 characters", nobodyHurt, set("core/Description", strings.TrimSpace(strings.Repeat("It was invented. ", 1176)))),
		good("100 organisations", nobodyHurt, set("location-details/Organisation", append([]string{"A81001"}, numbered("B%05d", 99)...)...)),
		good("100 medicines in words", nobodyHurt, set("agent/DrugsInvolved", numbered("Medicine %d", 100)...)),
		good("100 agents", nobodyHurt, set("agent/InvolvedAgents", repeat("9", 100)...)),
		good("Ten where ten are allowed", nobodyHurt, set("problem-it-systems/ITSystemsInvolvementFactors", repeat("1", 10)...)),
		good("50 medicines in groups", medicine, func(d *doc) {
			for i := range 49 {
				another("medication-dmd", "VTMString", fmt.Sprintf("Medicine %d", i+1))(d)
			}
		}),
		good("Code of a field without an upper limit, often", nobodyHurt, set("problem-people/PeopleActionsDiffered", repeat("1", 30)...)).also(remark("LFPSE-PROVISIONAL", "problem-people/PeopleActionsDiffered")),
	)
	s.rule("profile", "PROFILE-GROUP-MAX", fhir.Error, "There are 100 patients at most.",
		bad("101 patients", group(101), at("patient-information[100]")).also(remark("LFPSE-PATIENT-MANY", "Patient")))
}
