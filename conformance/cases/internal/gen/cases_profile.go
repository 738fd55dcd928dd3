package main

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// url gives the group or field that a JSON path leads to another url.
func url(path, to string) edit { return put(path+".url", fmt.Sprintf("%q", to)) }

// strayExtension is an extension that the taxonomy does not have.
const strayExtension = `[{"url":"https://example.org/x","valueBoolean":true}]`

func profileCases(s *suite) {
	s.rule("profile", "PROFILE-DECLARED", fhir.Error, "The service picks the rules by meta.profile, whose url carries the taxonomy version.",
		bad("No meta", nobodyHurt, at(""), cut("meta")),
		bad("No profile", nobodyHurt, at(".meta"), put("meta", `{"source":"urn:example:log"}`)),
		bad("Another profile", nobodyHurt, at(".meta.profile"), put("meta.profile", `["https://example.org/profile"]`)),
		bad("Profile of another resource", nobodyHurt, at(".meta.profile"), put("meta.profile", `["`+definitions+`patient-safety-patient-6"]`)),
		good("Another profile beside it", nobodyHurt, func(d *doc) {
			put("meta.profile", fmt.Sprintf(`["https://example.org/profile",%q]`, d.tax.ProfileURL()))(d)
		}),
	)
	s.rule("profile", "PROFILE-VERSION", fhir.Error, "The same code can mean something else in another version, so a record is judged by its own version or not at all.",
		bad("Profile of version 5", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-5"]`)),
		bad("Profile of version 5, with a wrong code", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-5"]`), set("location-details/LocationKnown", "x")).
			because("Nothing else that the taxonomy says is checked: the code may be right in that version."),
		bad("Another canonical base", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["https://example.org/StructureDefinition/patient-safety-adverse-event-6"]`)),
		bad("Group of version 5", nobodyHurt, at("AdverseEvent.extension[6].url"), url("extension[6]", definitions+"adverse-event-classification-5")).also(remark("LFPSE-ASK-CONCERN", "")),
		bad("Group of version 5 on a contained resource", nobodyHurt, at("Location.extension[0].url"), url("contained[0].extension[0]", definitions+"location-details-5")).
			also(failure("PROFILE-GROUP-MIN", "Location"), remark("LFPSE-ASK-LOCATION-KNOWN", "Location")),
		bad("Profile of version 5, with a version after it", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-5|5.0"]`)),
		bad("Profile of a version that nobody knows", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-99"]`)),
		good("Group that only looks like a version", nobodyHurt, extend("", `{"url":"`+definitions+`adverse-event-classification-x","valueBoolean":true}`)).
			also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
	)
	s.rule("profile", "PROFILE-CANONICAL", fhir.Information, "FHIR lets a profile be named with a version after |. The version of the taxonomy is in the url, so the profile is the same.",
		bad("A version", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-6|1.0"]`)),
		bad("The version of the taxonomy", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", `["`+definitions+`patient-safety-adverse-event-6|6"]`)),
		bad("Beside another profile", nobodyHurt, at(".meta.profile[1]"), put("meta.profile", `["https://example.org/profile|2","`+definitions+`patient-safety-adverse-event-6|2026-01"]`)),
		good("Both forms", nobodyHurt, put("meta.profile", `["`+definitions+`patient-safety-adverse-event-6","`+definitions+`patient-safety-adverse-event-6|1.0"]`)),
	)
	s.rule("profile", "PROFILE-EVENT", fhir.Error, "Of several codings nobody can tell which of the four event types is meant, and a text is no code.",
		bad("Two codings", nobodyHurt, at(".event"), put("event", `{"coding":[{"code":"1"},{"code":"4"}]}`)),
		bad("The same coding twice", nobodyHurt, at(".event"), put("event", `{"coding":[{"code":"1"},{"code":"1"}]}`)),
		bad("Text only", nobodyHurt, at(".event"), put("event", `{"text":"incident"}`)),
		bad("Display only", nobodyHurt, at(".event"), put("event", `{"coding":[{"display":"Incident"}]}`)),
		good("Coding with a text", nobodyHurt, put("event", `{"coding":[{"code":"1"}],"text":"An incident"}`)),
	)
	s.rule("profile", "PROFILE-SYSTEM", fhir.Warning, "No code system url of the event types is public, so one that is sent is invented.",
		bad("Invented system", nobodyHurt, at(".event.coding[0].system"), put("event.coding[0].system", `"https://example.org/types"`)),
		good("Coding with a display", nobodyHurt, put("event.coding[0].display", `"Incident"`)),
	)
	s.rule("profile", "PROFILE-RESOURCE", fhir.Error, "LFPSE has a place for patients, places, reporters, devices and medicines only.",
		bad("Contained ResearchStudy", nobodyHurt, at("AdverseEvent.contained[3]"), study("")).also(warning("PROFILE-ELEMENT", ".study")),
		bad("Contained Observation", nobodyHurt, at("AdverseEvent.contained[3]"), containing(`{"resourceType":"Observation","id":"o1"}`), put("subjectMedicalHistory", `[{"reference":"#o1"}]`)).
			also(warning("PROFILE-ELEMENT", ".subjectMedicalHistory")),
		good("All five types", medicine.then(set("agent/InvolvedAgents", "4", "3"), set("problem-devices/DeviceInvolvementFactors", "1")), contain("Device")),
	)
	s.rule("profile", "PROFILE-ELEMENT", fhir.Warning, "What LFPSE has no use for is lost at best, and elements such as names identify people.",
		bad("On the root", nobodyHurt, at(".identifier", ".recordedDate"), put("recordedDate", `"2026-03-12"`), put("identifier", `{"value":"LOG-1"}`)),
		bad("On the Patient", nobodyHurt, at("Patient.active"), put("contained[2].active", "true")),
		bad("On the Device", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"), contain("Device")), at("Device.lotNumber"), put("contained[3].lotNumber", `"LOT-7"`)),
		bad("Causality of what is suspected", nobodyHurt, at(".suspectEntity[0].causality"), put("suspectEntity", `[{"instance":{"display":"an infusion pump"},"causality":[{"productRelatedness":"likely"}]}]`)),
		good("Device with manufacturer and model", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"), contain("Device")), put("contained[3].manufacturer", `"Example Ltd"`), put("contained[3].modelNumber", `"M-1"`)),
	)
	s.rule("profile", "PROFILE-MODIFIER", fhir.Error, "A modifier extension changes the meaning of what it stands on; LFPSE defines none.",
		bad("On the root", nobodyHurt, at(".modifierExtension"), put("modifierExtension", `[{"url":"https://example.org/x","valueBoolean":true}]`)),
		bad("On what is suspected", nobodyHurt, at(".suspectEntity[0].modifierExtension"), put("suspectEntity", `[{"modifierExtension":`+strayExtension+`,"instance":{"display":"an infusion pump"}}]`)),
		bad("On the Patient", nobodyHurt, at("Patient.modifierExtension"), put("contained[2].modifierExtension", `[{"url":"https://example.org/x","valueBoolean":true}]`)),
		bad("Within an element of the Device", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"), contain("Device")), nil,
			put("contained[3].property", `[{"modifierExtension":`+strayExtension+`,"type":{"text":"length"}}]`)).
			also(warning("PROFILE-ELEMENT", "Device.property"), failure("PROFILE-MODIFIER", "Device.property[0].modifierExtension")),
		good("No modifier extension", nobodyHurt),
	)
}

func groupCases(s *suite) {
	s.rule("profile", "PROFILE-GROUP", fhir.Error, "What a group says that the taxonomy does not have does not reach the national record.",
		bad("Unknown url", nobodyHurt, at("AdverseEvent.extension[7].url"), extend("", `{"url":"https://example.org/x","extension":[{"url":"Answer","valueBoolean":true}]}`)),
		bad("Bare name of a group", nobodyHurt, at("AdverseEvent.extension[6].url"), url("extension[6]", "AdverseEventClassification")).also(remark("LFPSE-ASK-CONCERN", "")),
		bad("Name of a field", nobodyHurt, at("AdverseEvent.extension[7].url"), extend("", `{"url":"StrengthsOfCare","valueString":"Kindness."}`)),
		bad("Misspelt", nobodyHurt, at("AdverseEvent.extension[6].url"), url("extension[6]", definitions+"adverse-event-clasification-6")).also(remark("LFPSE-ASK-CONCERN", "")),
		bad("Blank after the url", nobodyHurt, at("AdverseEvent.extension[6].url"), url("extension[6]", definitions+"adverse-event-classification-6 ")).
			also(remark("LFPSE-ASK-CONCERN", ""), failure("FHIR-FORMAT", "AdverseEvent.extension[6].url")),
		bad("On the Patient", nobodyHurt, at("Patient.extension[0].url"), extend("Patient", `{"url":"https://example.org/x","valueBoolean":true}`)),
		bad("On the subject", nobodyHurt, at(".subject.extension[0].url"), put("subject.extension", strayExtension)),
		bad("On the event type", nobodyHurt, at(".event.coding[0].extension[0].url"), put("event.coding[0].extension", strayExtension)),
		bad("On meta", nobodyHurt, at(".meta.extension[0].url"), put("meta.extension", strayExtension)),
		bad("A known group on the location reference", nobodyHurt, at(".location.extension[0].url"), put("location.extension", `[{"url":"`+definitions+`adverse-event-core-6","extension":[{"url":"Description","valueString":"Invented."}]}]`)).
			because("Groups stand on resources; on another element they are not looked for."),
		bad("On what is suspected", nobodyHurt, at(".suspectEntity[0].extension[0].url", ".suspectEntity[0].instance.extension[0].url"),
			put("suspectEntity", `[{"extension":`+strayExtension+`,"instance":{"extension":`+strayExtension+`,"display":"an infusion pump"}}]`)),
		good("Groups in another order", nobodyHurt, func(d *doc) {
			items := d.root.List("extension")
			items[0], items[6] = items[6], items[0]
		}),
	)
	s.rule("profile", "PROFILE-CONTEXT", fhir.Error, "On another resource a group is not looked for.",
		bad("Description on the Location", nobodyHurt, at("Location.extension[1].url"), extend("Location", `{"url":"`+definitions+`adverse-event-core-6","extension":[{"url":"Description","valueString":"Invented."}]}`)),
		bad("Patient information on the root", nobodyHurt, at("AdverseEvent.extension[7].url"), extend("", `{"url":"`+definitions+`patient-information-6","extension":[{"url":"PatientSequence","valueInteger":1}]}`)),
		bad("Reporter on the Patient", nobodyHurt, at("Patient.extension[0].url"), extend("Patient", `{"url":"`+definitions+`practitioner-details-6","extension":[{"url":"ReporterRole","valueCode":"5"}]}`)),
		good("Device details on the Device", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1")), set("device-details/DeviceType", "10")),
	)
	s.rule("profile", "PROFILE-GROUP-FORM", fhir.Error, "The fields of a group are its sub-extensions; a group has no value.",
		bad("Value in place of fields", nobodyHurt, at("classification"), raw("classification", `"valueString":"3"`)).also(remark("LFPSE-ASK-CONCERN", "classification")),
		good("One field", nobodyHurt),
	)
	s.rule("profile", "PROFILE-GROUP-MIN", fhir.Error, "The taxonomy asks for place and reporter of every event.",
		bad("No location details", nobodyHurt, at("Location"), drop("location-details")).also(remark("LFPSE-ASK-LOCATION-KNOWN", "Location")),
		bad("No reporter details", nobodyHurt, at("Practitioner"), drop("practitioner-details")).
			also(failure("LFPSE-REPORTER-ORGANISATION", "Practitioner"), remark("LFPSE-ASK-REPORTER-ROLE", "Practitioner")),
		bad("No Location at all", nobodyHurt, at(""), uncontain(0), cut("location")).also(remark("LFPSE-ASK-LOCATION-KNOWN", ""), warning("LFPSE-REFERENCES", "")),
		good("Location details with one field", nobodyHurt, drop("location-details/Organisation", "location-details/LocationWithinService", "location-details/ServiceArea"), set("location-details/LocationKnown", "u")),
	)
	s.rule("profile", "PROFILE-GROUP-MAX", fhir.Error, "Of two groups where one is allowed, one is lost.",
		bad("Two descriptions", nobodyHurt, at("core[1]"), another("core", "Description", "Something else.")),
		bad("Three groups of the agent", nobodyHurt, at("agent[1]", "agent[2]"), another("agent", "InvolvedAgents", "9"), another("agent", "InvolvedAgents", "9")),
		good("Two medicines", medicine, another("medication-dmd", "VTMString", "Example")),
	)
	s.rule("profile", "PROFILE-FIELD", fhir.Error, "What a field says that the group does not have does not reach the national record.",
		bad("Unknown field", nobodyHurt, at("core.extension[1].url"), extend("core", `{"url":"Invented","valueString":"x"}`)),
		bad("Another case", nobodyHurt, at("core.extension[1].url"), extend("core", `{"url":"description","valueString":"x"}`)),
		bad("Absolute url", nobodyHurt, at("core.extension[1].url"), extend("core", `{"url":"`+definitions+`Description","valueString":"x"}`)).because("Sub-extensions carry the bare name."),
		bad("Field of another group", nobodyHurt, at("core.extension[1].url"), extend("core", `{"url":"LevelOfConcern","valueCode":"3"}`)),
		bad("Field of version 5", nobodyHurt, at("location-details.extension[4].url"), extend("location-details", `{"url":"ClinicalSpecialty","valueCode":"2"}`)),
		good("Fields in another order", nobodyHurt, func(d *doc) {
			items := d.find("location-details").object().List("extension")
			items[0], items[3] = items[3], items[0]
		}),
	)
	s.rule("profile", "PROFILE-FIELD-MIN", fhir.Error, "A group may be left out, but is not sent without its mandatory fields.",
		bad("Agent without InvolvedAgents", nobodyHurt, at("agent"), drop("problem-it-systems"), add("agent/YellowCardReference", "YC-1"), drop("agent/InvolvedAgents")).
			also(remark("LFPSE-ASK-AGENTS", "agent")),
		bad("Metadata without DataSharingOptOut", nobodyHurt, at("reference-metadata"), set("reference-metadata/IsAnonymous", "false")),
		bad("Went well without HowFutureOccurrence", nobodyHurt, at("went-well"), set("went-well/StrengthsOfCare", "Kindness.")),
		bad("Risk details without RiskImminent", goodCare, at("risk-details"), set("risk-details/RiskPopulation", "Everybody")),
		bad("Challenges without SafetyChallenges", goodCare, at("safety-challenges"), set("safety-challenges/MarvinReferenceNumber", "M-1")).
			also(warning("LFPSE-CHALLENGE", "safety-challenges/MarvinReferenceNumber")),
		bad("Patient without PatientSequence", incident, at("patient-information"), drop("patient-information/PatientSequence")),
		bad("Medication without MedicationAdministration", medicine, at("medication-administration"), url("contained[3].extension[0].extension[0]", "Given")).
			also(failure("PROFILE-FIELD", "medication-administration.extension[0].url")),
		good("Metadata with its mandatory field", nobodyHurt, set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "false")),
	)
	s.rule("profile", "PROFILE-FIELD-MAX", fhir.Error, "Of two values where one is allowed, one is lost.",
		bad("Two descriptions in one group", nobodyHurt, at("core/Description[1]"), add("core/Description", "Something else.")),
		bad("Two levels of concern", nobodyHurt, at("classification/LevelOfConcern[1]"), add("classification/LevelOfConcern", "4")),
		bad("Two grades of one patient", incident, at("patient-information/PhysicalHarm[1]"), add("patient-information/PhysicalHarm", "4")),
		bad("Eleven where ten are allowed", involving("4"), at("problem-medication/DrugInvolvementFactors[10]"), set("problem-medication/DrugInvolvementFactors", repeat("1", 11)...)),
		bad("101 where 100 are allowed", nobodyHurt, at("agent/DrugsInvolved[100]"), set("agent/DrugsInvolved", numbered("Medicine %d", 101)...)),
		good("Several where several are allowed", involving("9", "4"), set("problem-it-systems/ITSystemsInvolvementFactors", "1", "2"), set("problem-medication/DrugInvolvementFactors", "1")),
	)
	withEventCode := func(code string) edit { return put("event.coding[0].code", fmt.Sprintf("%q", code)) }
	s.rule("profile", "PROFILE-TYPE", fhir.Error, "A value of another type than the field has is not read.",
		bad("Text for a code", nobodyHurt, at("location-details/ServiceArea"), raw("location-details/ServiceArea", `"valueString":"17"`)),
		bad("Coding for a code", nobodyHurt, at("location-details/ServiceArea"), raw("location-details/ServiceArea", `"valueCoding":{"code":"17"}`)),
		bad("Number for a code", nobodyHurt, at("location-details/ServiceArea"), raw("location-details/ServiceArea", `"valueInteger":17`)),
		bad("Code for a text", nobodyHurt, at("location-details/OrganisationOther"), set("location-details/LocationKnown", "n"), drop("location-details/Organisation"), set("location-details/OrganisationOther", "x"), raw("location-details/OrganisationOther", `"valueCode":"x"`)).
			also(warning("LFPSE-LOCATION-KNOWN", "location-details")),
		bad("Markdown for a text", goodCare, at("went-well/StrengthsOfCare"), set("went-well/StrengthsOfCare", "x"), raw("went-well/StrengthsOfCare", `"valueMarkdown":"x"`)),
		bad("Code for a boolean", nobodyHurt, at("reference-metadata/IsAnonymous"), set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "false"), raw("reference-metadata/IsAnonymous", `"valueCode":"n"`)),
		bad("Text for an integer", incident, at("patient-information/AgeAtTimeOfIncidentDays"), raw("patient-information/AgeAtTimeOfIncidentDays", `"valueString":"18600"`)).
			also(remark("LFPSE-ASK-AGE", "patient-information")),
		bad("Quantity for an integer", incident, at("patient-information/AgeAtTimeOfIncidentDays"), raw("patient-information/AgeAtTimeOfIncidentDays", `"valueQuantity":{"value":50}`)).
			also(remark("LFPSE-ASK-AGE", "patient-information")),
		bad("Text for a date", nobodyHurt, at("estimated-date/TodaysDate"), set("estimated-date/IncidentOccurredToday", "y"), set("estimated-date/TodaysDate", "2026-03-11"), raw("estimated-date/TodaysDate", `"valueString":"2026-03-11"`)).
			also(warning("LFPSE-DATE-TODAY", "estimated-date")),
		bad("Date and time for a time", nobodyHurt, at("estimated-date/PreciseTime"), set("estimated-date/PreciseTime", "10:15:00"), raw("estimated-date/PreciseTime", `"valueDateTime":"2026-03-11T10:15:00Z"`)),
		bad("Extensions in place of a value", nobodyHurt, at("location-details/ServiceArea"), raw("location-details/ServiceArea", `"extension":[{"url":"code","valueCode":"17"}]`)),
		good("Every type as it should be", nobodyHurt, set("reference-metadata/DataSharingOptOut", "false")),
	)
	s.rule("profile", "PROFILE-CODE", fhir.Error, "The list is known for certain, so a code outside it has no meaning.",
		bad("Physical harm 0", incident, at("patient-information/PhysicalHarm.value"), set("patient-information/PhysicalHarm", "0")).because("There is no code for unknown harm."),
		bad("Physical harm 6", incident, at("patient-information/PhysicalHarm.value"), set("patient-information/PhysicalHarm", "6")),
		bad("Psychological harm 5", incident, at("patient-information/PsychologicalHarm.value"), set("patient-information/PsychologicalHarm", "5")).because("5 is none on the physical scale; the psychological scale ends at 4."),
		bad("Harm by its name", incident, at("patient-information/PhysicalHarm.value"), set("patient-information/PhysicalHarm", "low")),
		bad("Event type 5", nobodyHurt, at(".event.coding[0].code"), withEventCode("5")),
		bad("Event type by its name", nobodyHurt, at(".event.coding[0].code"), withEventCode("incident")),
		bad("Age bracket 13", poorOutcome, at("patient-information/AgeBracket.value"), set("patient-information/AgeBracket", "13")),
		bad("Agent 1", goodCare, at("agent/InvolvedAgents.value"), set("agent/InvolvedAgents", "1")),
		bad("Yes in capitals", nobodyHurt, at("estimated-date/IncidentOccurredToday.value"), set("estimated-date/IncidentOccurredToday", "N")),
		bad("Yes written out", risk, at("risk-details/RiskImminent.value"), set("risk-details/RiskImminent", "yes")),
		bad("Code with a leading zero", incident, at("patient-information/PhysicalHarm.value"), set("patient-information/PhysicalHarm", "04")),
		good("Event type 4", goodCare),
	)
	s.rule("profile", "PROFILE-CODE-OPEN", fhir.Warning, "The list is taken over from an earlier version or is a stand-in: the code may be right, but nothing shows that it is.",
		bad("Level of concern 2", nobodyHurt, at("classification/LevelOfConcern.value"), set("classification/LevelOfConcern", "2")).because("The codes are 5, 4, 3 and 1; there is no 2."),
		bad("Outcome type 6", poorOutcome, at("outcome/OutcomeType.value"), set("outcome/OutcomeType", "6")).because("The codes are 1, 2, 3, 4, 5, 7, 9 and 10."),
		bad("Ethnicity 99", incident, at("patient-information/PatientEthnicity.value"), drop("patient-information/AgeAtTimeOfIncidentDays"), set("patient-information/AgeBracket", "10"), set("patient-information/PatientEthnicity", "99")),
		bad("Gender that is no stand-in", incident, nil, set("patient-information/GenderIdentity", "F")).silent().
			also(genders, warning("PROFILE-CODE-OPEN", "patient-information/GenderIdentity.value")),
		good("Codes that only look like a gap", nobodyHurt, set("classification/LevelOfConcern", "1")),
	)
	s.rule("profile", "LFPSE-PROVISIONAL", fhir.Information, "Stand-ins for what the service has not published work against a sandbox and must not reach a real endpoint.",
		bad("Event type risk", risk, nil).silent().also(eventCode),
		bad("Event type outcome", poorOutcome, nil).silent().also(eventCode),
		bad("Genders of two patients, each list once", incident, nil, another("patient-information", gradedPatient("2")...)).silent().also(genders),
		bad("Governance group", nobodyHurt, at("governance"), set("governance/DutyOfCandour", "true")),
		bad("Fields whose type is not certain", nobodyHurt, at("problem-people/StaffAvailabilityIncidentFactor", "problem-people/PeopleActionsDiffered", "problem-people/PersonsActionsDiffered"),
			set("problem-people/StaffAvailabilityIncidentFactor", "1"), set("problem-people/PeopleActionsDiffered", "1"), set("problem-people/PersonsActionsDiffered", "1")),
		good("Nothing provisional", nobodyHurt),
	)
}

func repeat(s string, n int) []string {
	return strings.Split(strings.TrimSuffix(strings.Repeat(s+",", n), ","), ",")
}

// numbered writes a format with the numbers from 1.
func numbered(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i+1)
	}
	return out
}
