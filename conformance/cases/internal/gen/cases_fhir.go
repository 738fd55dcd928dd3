package main

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// recorderLost are the findings when recorder leads nowhere any more.
func recorderLost() [][]want {
	return [][]want{failure("FHIR-DOM-3", "Practitioner"), failure("FHIR-REF-1", ".recorder.reference"), warning("LFPSE-REFERENCES", ".recorder.reference")}
}

// study contains a resource that has no profile and refers to it.
func study(members string) edit {
	return all(containing(`{"resourceType":"ResearchStudy","id":"study1"`+members+`}`), put("study", `[{"reference":"#study1"}]`))
}

func studyFindings() [][]want {
	return [][]want{failure("PROFILE-RESOURCE", "AdverseEvent.contained[3]"), warning("PROFILE-ELEMENT", ".study")}
}

func r4Cases(s *suite) {
	s.rule("fhir", "FHIR-FORMAT", fhir.Error, "R4 gives each primitive type a format; a value in another is read wrongly or refused.",
		bad("Id with a blank", nobodyHurt, at(".id"), put("id", `"no id"`)),
		bad("Id of 65 characters", nobodyHurt, at(".id"), put("id", `"`+strings.Repeat("a", 65)+`"`)),
		bad("Id with an underscore", nobodyHurt, at(".id"), put("id", `"an_id"`)),
		bad("Instant without time", nobodyHurt, at(".meta.lastUpdated"), put("meta.lastUpdated", `"2026-03-11"`)),
		bad("Date that does not exist", nobodyHurt, at(".date"), put("date", `"2026-02-29"`)),
		bad("Month that does not exist", nobodyHurt, at(".date"), put("date", `"2026-13-01"`)),
		bad("Date as written in Britain", nobodyHurt, at(".date"), put("date", `"11/03/2026"`)),
		bad("Date without leading zeros", nobodyHurt, at(".date"), put("date", `"2026-3-11"`)),
		bad("Time without zone", nobodyHurt, at(".date"), put("date", `"2026-03-11T10:15:00"`)),
		bad("Time without seconds", nobodyHurt, at(".date"), put("date", `"2026-03-11T10:15Z"`)),
		bad("Zone that does not exist", nobodyHurt, at(".date"), put("date", `"2026-03-11T10:15:00+14:30"`)),
		bad("Year zero", nobodyHurt, at(".date"), put("date", `"0000-01-01"`)),
		bad("Text around the date", nobodyHurt, at(".date"), put("date", `" 2026-03-11"`)),
		bad("Time of a field without seconds", nobodyHurt, at("estimated-date/PreciseTime.value"), set("estimated-date/PreciseTime", "10:15")),
		bad("Hour 24", nobodyHurt, at("estimated-date/PreciseTime.value"), set("estimated-date/PreciseTime", "24:00:00")),
		bad("Time of a field with a zone", nobodyHurt, at("estimated-date/PreciseTime.value"), set("estimated-date/PreciseTime", "10:15:00Z")),
		bad("Date of a field", nobodyHurt, at("estimated-date/TodaysDate.value"), set("estimated-date/IncidentOccurredToday", "y"), set("estimated-date/TodaysDate", "2026-3-11")).
			also(warning("LFPSE-DATE-SAME", "estimated-date/TodaysDate.value")),
		bad("Blank before a code", nobodyHurt, at("location-details/ServiceArea.value"), set("location-details/ServiceArea", " 17")).
			also(warning("PROFILE-CODE-OPEN", "location-details/ServiceArea.value")),
		bad("Two blanks in a code", nobodyHurt, at("location-details/ServiceArea.value"), set("location-details/ServiceArea", "1  7")).
			also(warning("PROFILE-CODE-OPEN", "location-details/ServiceArea.value")),
		bad("Blank description", nobodyHurt, at(descriptionValue), set("core/Description", " \n ")).also(failure("LFPSE-DESCRIPTION", "core")).
			because("A string has at least one character that is not white space. What is blank counts as not said."),
		bad("Control character", nobodyHurt, at(descriptionValue)).text("issued twice", `issued \u0007 twice`),
		bad("Profile that is no URI", nobodyHurt, at(".meta.profile[1]"), func(d *doc) { put("meta.profile", fmt.Sprintf(`[%q,"not a uri"]`, d.tax.ProfileURL()))(d) }),
		bad("Url of an extension that is no URI", nobodyHurt, at("AdverseEvent.extension[7].url"), extend("", `{"url":"not a uri","valueBoolean":true}`)).
			also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
		bad("Value of a data type", nobodyHurt, at("AdverseEvent.extension[7].value.start"), extend("", `{"url":"https://example.org/x","valuePeriod":{"start":"soon"}}`)).
			also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
		good("Leap day", nobodyHurt, put("date", `"2024-02-29"`)),
		good("Date with time and zone", nobodyHurt, put("date", `"2026-03-11T10:15:00.123+00:00"`)),
		good("Leap second and greatest offset", nobodyHurt, put("meta.lastUpdated", `"2016-12-31T23:59:60+14:00"`)),
		good("Id of 64 characters", nobodyHurt, put("id", `"`+strings.Repeat("a", 64)+`"`)),
		good("Time with a fraction", nobodyHurt, set("estimated-date/PreciseTime", "10:15:00.5")),
		good("Tabs and line breaks in a description", nobodyHurt, set("core/Description", "First the wrong dose.\r\n\tThen the right one.")),
	)
	s.rule("fhir", "FHIR-CONTAINED-ID", fhir.Error, "References find a contained resource by its id.",
		bad("Missing", nobodyHurt, at("Practitioner"), cut("contained[1].id")).also(recorderLost()...),
		bad("Twice", nobodyHurt, at("Practitioner.id"), put("contained[1].id", `"location1"`)).also(recorderLost()...),
		good("Other ids", nobodyHurt, put("contained[1].id", `"reporter.1"`), put("recorder.reference", `"#reporter.1"`)),
	)
	s.rule("fhir", "FHIR-DOM-2", fhir.Error, "R4 invariant dom-2: a contained resource contains nothing.",
		bad("Resource in a contained resource", nobodyHurt, at("AdverseEvent.contained[3]"), study(`,"contained":[{"resourceType":"Location","id":"x"}]`)).also(studyFindings()...),
		good("Contained resource of another type", nobodyHurt, study("")).also(studyFindings()...),
	)
	s.rule("fhir", "FHIR-DOM-3", fhir.Error, "R4 invariant dom-3: what nothing refers to has no part in the event, so what it says may be lost.",
		bad("Recorder missing", nobodyHurt, at("Practitioner"), cut("recorder")).also(warning("LFPSE-REFERENCES", "")),
		bad("Device that nothing refers to", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"), contain("Device")), at("Device"), cut("suspectEntity")),
		bad("Medicine that nothing refers to", medicine, at("Medication"), cut("suspectEntity")),
		good("Device that suspectEntity refers to", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1")), contain("Device")),
		good("Referred to by another element", nobodyHurt, cut("recorder"), put("contributor", `[{"reference":"#practitioner1"}]`)).
			also(warning("LFPSE-REFERENCES", ""), warning("PROFILE-ELEMENT", ".contributor")),
	)
	s.rule("fhir", "FHIR-DOM-4", fhir.Error, "R4 invariant dom-4: a contained resource has no version of its own.",
		bad("Version id", nobodyHurt, at("Location.meta"), put("contained[0].meta", `{"versionId":"1"}`)).also(warning("PROFILE-ELEMENT", "Location.meta")),
		bad("Time of the last update", nobodyHurt, at("Patient.meta"), put("contained[2].meta", `{"lastUpdated":"2026-03-11T10:15:00Z"}`)).also(warning("PROFILE-ELEMENT", "Patient.meta")),
		good("Version id of the whole", nobodyHurt, put("meta.versionId", `"1"`)),
		good("Other metadata", nobodyHurt, put("contained[0].meta", `{"source":"urn:example:log"}`)).also(warning("PROFILE-ELEMENT", "Location.meta")),
	)
	s.rule("fhir", "FHIR-DOM-5", fhir.Error, "R4 invariant dom-5: security labels belong to the whole.",
		bad("Label on the Patient", nobodyHurt, at("Patient.meta.security"), put("contained[2].meta", `{"security":[{"code":"R"}]}`)).also(warning("PROFILE-ELEMENT", "Patient.meta")),
		good("Label on the whole", nobodyHurt, put("meta.security", `[{"code":"R"}]`)),
	)
	s.rule("fhir", "FHIR-REF-1", fhir.Error, "R4 invariant ref-1: a reference with # leads to a contained resource, or what is meant is not in the record.",
		bad("Nowhere", nobodyHurt, at(".location.reference"), put("location.reference", `"#elsewhere"`)).
			also(failure("FHIR-DOM-3", "Location"), warning("LFPSE-REFERENCES", ".location.reference")),
		bad("Another case", nobodyHurt, at(".subject.reference"), put("subject.reference", `"#Patient"`)).
			also(failure("FHIR-DOM-3", "Patient"), warning("LFPSE-REFERENCES", ".subject.reference")).because("Ids are case-sensitive."),
		bad("Device that is not contained", nobodyHurt, at(".suspectEntity[0].instance.reference"), put("suspectEntity", `[{"instance":{"reference":"#device1"}}]`)),
		good("Two references to one resource", nobodyHurt, put("contributor", `[{"reference":"#practitioner1"}]`)).also(warning("PROFILE-ELEMENT", ".contributor")),
	)
	s.rule("fhir", "FHIR-REFERENCE-TYPE", fhir.Error, "R4 says for each element what it may refer to.",
		bad("Subject is a place", nobodyHurt, at(".subject.reference"), put("subject.reference", `"#location1"`)).
			also(failure("FHIR-DOM-3", "Patient"), warning("LFPSE-REFERENCES", ".subject.reference")),
		bad("Recorder is a patient", nobodyHurt, at(), put("recorder.reference", `"#location1"`)).
			also(failure("FHIR-DOM-3", "Practitioner"), failure("FHIR-REFERENCE-TYPE", ".recorder.reference"), warning("LFPSE-REFERENCES", ".recorder.reference")),
		bad("Something suspected is a patient", nobodyHurt, at(".suspectEntity[0].instance.reference"), put("suspectEntity", `[{"instance":{"reference":"#patient"}}]`)),
		bad("Type does not fit the reference", nobodyHurt, at(".recorder.type"), put("recorder.type", `"Patient"`)),
		bad("Outside the record", nobodyHurt, at(".recorder.reference"), put("recorder.reference", `"https://example.org/fhir/Device/1/_history/2"`)).
			also(failure("FHIR-DOM-3", "Practitioner"), warning("LFPSE-REFERENCES", ".recorder.reference"), failure("PRIVACY-REFERENCE", ".recorder.reference")),
		good("Type fits the reference", nobodyHurt, put("recorder.type", `"Practitioner"`)),
	)
	many := func(n int) edit {
		return func(d *doc) {
			for range n {
				extend("", `{"url":"x:x","valueBoolean":true}`)(d)
			}
		}
	}
	unknown := func(title string) *spec {
		c := bad(title, nobodyHurt, nil)
		for i := range 1000 {
			c.also(failure("PROFILE-GROUP", fmt.Sprintf("AdverseEvent.extension[%d].url", 7+i)))
		}
		return c
	}
	tooMany := unknown("1001 findings")
	tooMany.edits = []edit{many(1001)}
	tooMany.places = at("")
	enough := unknown("1000 findings")
	enough.edits = []edit{many(1000)}
	s.rule("fhir", "CHECK-TOO-MANY", fhir.Error, "A record with more than a thousand findings is hopeless or hostile; the rest is not listed.", tooMany, enough)
}

const definitions = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"

func structureCases(s *suite) {
	s.rule("lfpse", "LFPSE-REFERENCES", fhir.Warning, "The record carries its patients, its place and its reporter itself: the service cannot follow references that lead out of it.",
		bad("Location and recorder missing", nobodyHurt, at("", ""), cut("location", "recorder")).also(failure("FHIR-DOM-3", "Location", "Practitioner")),
		bad("Subject outside the record", nobodyHurt, at(".subject.reference"), put("subject.reference", `"Patient/p1"`)).
			also(failure("FHIR-DOM-3", "Patient"), failure("PRIVACY-REFERENCE", ".subject.reference")),
		bad("Location by its name only", nobodyHurt, at(".location"), put("location", `{"display":"the surgery"}`)).also(failure("FHIR-DOM-3", "Location")),
		good("Resources in another order", nobodyHurt, uncontain(0), containing(`{"resourceType":"Location","id":"location1","extension":[{"url":"`+definitions+`location-details-6","extension":[{"url":"LocationKnown","valueCode":"y"},{"url":"Organisation","valueCode":"A81001"}]}]}`)),
	)
	s.rule("lfpse", "LFPSE-ACTUALITY", fhir.Warning, "Records are actual, near misses included: something did happen.",
		bad("Potential", nobodyHurt, at(".actuality"), put("actuality", `"potential"`)),
		good("Near miss is actual", nobodyHurt, put("actuality", `"actual"`)),
	)
}
