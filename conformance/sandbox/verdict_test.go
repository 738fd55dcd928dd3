package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// broken holds one way to break each check. path is the expression reported.
var broken = []struct {
	check, name string
	base        func() object
	edit        func(object)
	path        string
}{
	{"SBX-RESOURCE-TYPE", "other resource", incident, func(d object) { d["resourceType"] = "Patient" }, "$this"},
	{"SBX-PROFILE", "absent", incident, func(d object) { del(d, "meta") }, "AdverseEvent.meta.profile"},
	{"SBX-PROFILE", "another version", incident, func(d object) { set(d, "meta.profile.0", definitions+"patient-safety-adverse-event-8") }, "AdverseEvent.meta.profile"},
	{"SBX-PROFILE", "two", incident, func(d object) { add(d, "meta.profile", "https://taxonomy.example/other") }, "AdverseEvent.meta.profile"},
	{"SBX-ELEMENT", "root description", incident, func(d object) { d["description"] = "Invented" }, "AdverseEvent.description"},
	{"SBX-ELEMENT", "unknown", incident, func(d object) { d["happened"] = "Invented" }, "AdverseEvent.happened"},
	{"SBX-ELEMENT", "name that is no name", incident, func(d object) { d["999 000 0018"] = "Invented" }, "AdverseEvent.(unprintable name)"},
	{"SBX-ELEMENT", "in a contained resource", incident, func(d object) { set(d, "contained.0.ModelNumber", "Invented") }, "AdverseEvent.contained[0].ModelNumber"},
	{"SBX-FORM", "object for text", incident, func(d object) { d["language"] = object{"x": "y"} }, "AdverseEvent.language"},
	{"SBX-FORM", "object for list", incident, func(d object) { d["study"] = object{"x": "y"} }, "AdverseEvent.study"},
	{"SBX-FORM", "list of texts", incident, func(d object) { d["study"] = array{"y"} }, "AdverseEvent.study"},
	{"SBX-FORM", "text for flag", incident, func(d object) { set(d, "contained.2.active", "true") }, "AdverseEvent.contained[2].active"},
	{"SBX-FORM", "flag for number", incident, func(d object) { set(d, "contained.2.multipleBirthInteger", true) }, "AdverseEvent.contained[2].multipleBirthInteger"},
	{"SBX-FORM", "list of objects for texts", incident, func(d object) { set(d, "contained.0.alias", array{object{"x": "y"}}) }, "AdverseEvent.contained[0].alias"},
	{"SBX-FORM", "text for extension of a primitive", incident, func(d object) { d["_date"] = "x" }, "AdverseEvent._date"},
	{"SBX-STU3", "type", incident, func(d object) { d["type"] = object{"coding": array{object{"code": "1"}}} }, "AdverseEvent.type"},
	{"SBX-STU3", "category AE", incident, func(d object) { d["category"] = "AE" }, "AdverseEvent.category"},
	{"SBX-MODIFIER", "modifier extension", incident, func(d object) { d["modifierExtension"] = array{object{"url": "x"}} }, "AdverseEvent.modifierExtension"},
	{"SBX-EMPTY", "empty array", incident, func(d object) { d["suspectEntity"] = array{} }, "AdverseEvent.suspectEntity"},
	{"SBX-EMPTY", "empty object", incident, func(d object) { d["seriousness"] = object{} }, "AdverseEvent.seriousness"},
	{"SBX-EMPTY", "blank text", incident, func(d object) { set(d, "extension.0.extension.0.valueString", " \n") }, "AdverseEvent.extension[0].extension[0].valueString"},
	{"SBX-EMPTY", "null", incident, func(d object) { set(d, "meta.source", nil) }, "AdverseEvent.meta.source"},
	{"SBX-ACTUALITY", "potential", incident, func(d object) { d["actuality"] = "potential" }, "AdverseEvent.actuality"},
	{"SBX-ACTUALITY", "absent", incident, func(d object) { del(d, "actuality") }, "AdverseEvent.actuality"},
	{"SBX-EVENT", "unknown code", incident, func(d object) { set(d, "event.coding.0.code", "5") }, "AdverseEvent.event"},
	{"SBX-EVENT", "absent", incident, func(d object) { del(d, "event") }, "AdverseEvent.event"},
	{"SBX-EVENT", "two codings", incident, func(d object) { add(d, "event.coding", object{"code": "1"}) }, "AdverseEvent.event"},
	{"SBX-SUSPECT", "no instance", incident, func(d object) { d["suspectEntity"] = array{object{"id": "x"}} }, "AdverseEvent.suspectEntity[0].instance"},
	{"SBX-CONTAINED-TYPE", "no profile", incident, func(d object) {
		add(d, "contained", object{"resourceType": "Immunization", "id": "i"})
		d["suspectEntity"] = array{object{"instance": object{"reference": "#i"}}}
	}, "AdverseEvent.contained[3]"},
	{"SBX-CONTAINED-ID", "absent", incident, func(d object) {
		add(d, "contained", object{"resourceType": "Location", "extension": get(d, "contained.0.extension")})
	}, "AdverseEvent.contained[3].id"},
	{"SBX-CONTAINED-ID", "twice", incident, func(d object) { add(d, "contained", get(d, "contained.0")) }, "AdverseEvent.contained[3].id"},
	{"SBX-CONTAINED-NESTED", "nested", incident, func(d object) {
		set(d, "contained.0.contained", array{object{"resourceType": "Location"}})
	}, "AdverseEvent.contained[0].contained"},
	{"SBX-CONTAINED-PATIENT", "two patients", incident, func(d object) {
		add(d, "contained", object{"resourceType": "Patient", "id": "patient2"})
		d["contributor"] = array{object{"reference": "#patient2"}}
	}, "AdverseEvent.contained[3]"},
	{"SBX-CONTAINED-UNUSED", "unused", incident, func(d object) {
		add(d, "contained", object{"resourceType": "Location", "id": "l2", "extension": get(d, "contained.0.extension")})
	}, "AdverseEvent.contained[3]"},
	{"SBX-REFERENCE", "leads nowhere", incident, func(d object) { d["contributor"] = array{object{"reference": "#nobody"}} }, "AdverseEvent.contributor[0].reference"},
	{"SBX-SUBJECT", "wrong type", incident, func(d object) {
		set(d, "subject.reference", "#location1")
		d["contributor"] = array{object{"reference": "#patient"}}
	}, "AdverseEvent.subject"},
	{"SBX-LOCATION", "absent", incident, func(d object) {
		del(d, "location")
		d["contributor"] = array{object{"reference": "#location1"}}
	}, "AdverseEvent.location"},
	{"SBX-RECORDER", "not internal", incident, func(d object) {
		set(d, "recorder.reference", "Practitioner/practitioner1")
		d["contributor"] = array{object{"reference": "#practitioner1"}}
	}, "AdverseEvent.recorder"},
	{"SBX-GROUP", "unknown url", incident, func(d object) { add(d, "extension", object{"url": "https://x.example/y"}) }, "AdverseEvent.extension[2]"},
	{"SBX-GROUP", "group of another version", incident, func(d object) { set(d, "extension.0.url", definitions+"core-8") }, "AdverseEvent.extension[0]"},
	{"SBX-GROUP-CONTEXT", "on the wrong resource", incident, func(d object) {
		add(d, "contained.0.extension", group("went-well", str("HowFutureOccurrence", "x")))
	}, "AdverseEvent.contained[0].extension[1]"},
	{"SBX-GROUP-MIN", "location details", incident, func(d object) { del(d, "contained.0.extension") }, "AdverseEvent.contained[0]"},
	{"SBX-GROUP-MAX", "core twice", incident, func(d object) { add(d, "extension", get(d, "extension.0")) }, "AdverseEvent"},
	{"SBX-EXTENSION", "group with a value", incident, func(d object) { set(d, "extension.0.valueString", "x") }, "AdverseEvent.extension[0]"},
	{"SBX-FIELD", "unknown", incident, func(d object) { add(d, "extension.0.extension", str("Descripton", "x")) }, "AdverseEvent.extension[0].extension[1]"},
	{"SBX-FIELD", "field of another group", incident, func(d object) { add(d, "extension.0.extension", code("InvolvedAgents", "10")) }, "AdverseEvent.extension[0].extension[1]"},
	{"SBX-FIELD-TYPE", "wrong value property", incident, func(d object) { set(d, "extension.1.extension.0", str("IncidentOccurredToday", "y")) }, "AdverseEvent.extension[1].extension[0]"},
	{"SBX-FIELD-TYPE", "two values", incident, func(d object) { set(d, "extension.1.extension.0.valueString", "y") }, "AdverseEvent.extension[1].extension[0]"},
	{"SBX-FIELD-TYPE", "no value", incident, func(d object) { del(d, "extension.1.extension.0.valueCode") }, "AdverseEvent.extension[1].extension[0]"},
	{"SBX-FIELD-MIN", "missing", incident, func(d object) { add(d, "extension", group("reference-metadata", str("ReferenceNumber", "x"))) }, "AdverseEvent.extension[2]"},
	{"SBX-FIELD-MAX", "repeated", incident, func(d object) { add(d, "extension.0.extension", str("Description", "x")) }, "AdverseEvent.extension[0]"},
	{"SBX-FORMAT", "date that does not exist", incident, func(d object) { d["date"] = "2026-02-30" }, "AdverseEvent.date"},
	{"SBX-FORMAT", "date as dateTime without zone", incident, func(d object) { d["date"] = "2026-02-03T10:00:00" }, "AdverseEvent.date"},
	{"SBX-FORMAT", "time", incident, func(d object) { add(d, "extension.1.extension", field("PreciseTime", "valueTime", "25:00:00")) }, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-FORMAT", "short time", incident, func(d object) { add(d, "extension.1.extension", field("PreciseTime", "valueTime", "10:15")) }, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-FORMAT", "integer with fraction", incident, func(d object) {
		add(d, "contained.2.extension.0.extension", field("AgeAtTimeOfIncidentDays", "valueInteger", 1.5))
	}, "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-FORMAT", "integer as text", incident, func(d object) {
		add(d, "contained.2.extension.0.extension", field("AgeAtTimeOfIncidentDays", "valueInteger", "372"))
	}, "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-FORMAT", "boolean as text", incident, func(d object) {
		add(d, "extension", group("reference-metadata", field("DataSharingOptOut", "valueBoolean", "false")))
	}, "AdverseEvent.extension[2].extension[0].value"},
	{"SBX-FORMAT", "code as number", incident, func(d object) {
		add(d, "extension", group("safety-challenges", field("SafetyChallenges", "valueCode", 6)))
	}, "AdverseEvent.extension[2].extension[0].value"},
	{"SBX-FORMAT", "code with spaces around", incident, func(d object) { add(d, "extension", group("safety-challenges", code("SafetyChallenges", " 6"))) }, "AdverseEvent.extension[2].extension[0].value"},
	{"SBX-FORMAT", "control character", incident, func(d object) { set(d, "extension.0.extension.0.valueString", "a\u0007b") }, "AdverseEvent.extension[0].extension[0].value"},
	{"SBX-ODS", "small letters", incident, func(d object) { set(d, "contained.0.extension.0.extension.1.valueCode", "a81001") }, "AdverseEvent.contained[0].extension[0].extension[1].value"},
	{"SBX-CODE", "outside a closed list", incident, func(d object) { set(d, "extension.1.extension.0.valueCode", "x") }, "AdverseEvent.extension[1].extension[0].value"},
	{"SBX-PATIENT-SEQUENCE", "from zero", incident, func(d object) { set(d, "contained.2.extension.0.extension.0.valueInteger", 0) }, "AdverseEvent.contained[2].extension[0].extension[0].value"},
	{"SBX-PATIENT-SEQUENCE", "gap", incident, func(d object) {
		add(d, "contained.2.extension", graded(3, "4", code("PsychologicalHarm", "4")))
	}, "AdverseEvent.contained[2].extension[1].extension[0].value"},
	{"SBX-PATIENT-SEQUENCE", "twice", incident, func(d object) {
		add(d, "contained.2.extension", graded(1, "4", code("PsychologicalHarm", "4")))
	}, "AdverseEvent.contained[2].extension[1].extension[0].value"},
	{"SBX-PATIENT-COMPLETE", "no gender", incident, func(d object) { del(d, "contained.2.extension.0.extension.1") }, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-PATIENT-COMPLETE", "no gender at birth", incident, func(d object) { del(d, "contained.2.extension.0.extension.2") }, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-PATIENT-COMPLETE", "no physical harm", incident, func(d object) { del(d, "contained.2.extension.0.extension.3") }, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-PATIENT-COMPLETE", "no psychological harm", incident, func(d object) { del(d, "contained.2.extension.0.extension.4") }, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-AGE-ENCODING", "true days", incident, age(18262), "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-AGE-ENCODING", "zero", incident, age(0), "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-AGE-ENCODING", "between months", incident, age(32), "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-AGE-ENCODING", "beyond 199 years", incident, age(200 * 372), "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-AGE-ALTERNATIVE", "both", incident, func(d object) {
		age(372)(d)
		add(d, "contained.2.extension.0.extension", code("AgeBracket", "4"))
	}, "AdverseEvent.contained[2].extension[0].extension[6].value"},
	{"SBX-HARM-EVENT", "good care", goodCare, func(d object) {
		set(d, "contained.2.extension", array{patient(1, code("PhysicalHarm", "5"))})
	}, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-HARM-EVENT", "risk", risk, func(d object) {
		set(d, "contained.2.extension", array{patient(1, code("PsychologicalHarm", "4"))})
	}, "AdverseEvent.contained[2].extension[0]"},
	{"SBX-HARM-FATAL", "psychological harm after death", incident, func(d object) {
		set(d, "contained.2.extension.0.extension.3.valueCode", "1")
	}, "AdverseEvent.contained[2].extension[0].extension[4].value"},
	{"SBX-HARM-STRENGTH", "low harm", incident, func(d object) {
		add(d, "contained.2.extension.0.extension", code("StrengthOfAssociation", "5"))
	}, "AdverseEvent.contained[2].extension[0].extension[5].value"},
	{"SBX-INCIDENT-NO-PATIENT", "no risk details", nearMiss, func(d object) { del(d, "extension.2") }, "AdverseEvent.extension"},
	{"SBX-RISK-DETAILS", "no risk details", risk, func(d object) { del(d, "extension.2") }, "AdverseEvent.extension"},
	{"SBX-WENT-WELL", "no went-well group", goodCare, func(d object) { del(d, "extension.2") }, "AdverseEvent.extension"},
	{"SBX-GOVERNANCE", "with good care", goodCare, func(d object) {
		add(d, "extension", group("governance", field("NeverEvent", "valueBoolean", false)))
	}, "AdverseEvent.extension[3]"},
	{"SBX-OTHER", "text with another code", incident, func(d object) {
		add(d, "contained.0.extension.0.extension", code("LocationWithinService", "11"), str("LocationWithinServiceOther", "x"))
	}, "AdverseEvent.contained[0].extension[0].extension[3].value"},
	{"SBX-OTHER", "text without its code", incident, func(d object) {
		add(d, "extension", group("agent", code("InvolvedAgents", "4")), group("problem-medication", code("InvolvedProcesses", "1"), str("InvolvedProcessesOther", "x")))
	}, "AdverseEvent.extension[3].extension[1].value"},
	{"SBX-OTHER", "text although picked", incident, func(d object) {
		add(d, "contained.0.extension.0.extension", str("OrganisationOther", "x"))
	}, "AdverseEvent.contained[0].extension[0].extension[2].value"},
	{"SBX-AGENT", "medicine without the agent", incident, func(d object) { add(d, "extension", group("medication-dmd", code("VMPCode", "35894711000001106"))) }, "AdverseEvent.extension[2]"},
	{"SBX-AGENT", "field without the agent", incident, func(d object) {
		add(d, "extension", group("agent", code("InvolvedAgents", "4"), str("SabreReportNumber", "x")))
	}, "AdverseEvent.extension[2].extension[1].value"},
	{"SBX-AGENT", "device without the agent", incident, device, "AdverseEvent.contained[3]"},
	{"SBX-CHALLENGE", "radiotherapy code without the challenge", incident, func(d object) {
		add(d, "extension", group("safety-challenges", code("SafetyChallenges", "6"), str("RadiotherapyIncidentCode", "x")))
	}, "AdverseEvent.extension[2].extension[1].value"},
	{"SBX-PAIR", "never event without its type", incident, func(d object) {
		add(d, "extension", group("governance", field("NeverEvent", "valueBoolean", true)))
	}, "AdverseEvent.extension[2]"},
	{"SBX-PAIR", "type without never event", incident, func(d object) { add(d, "extension", group("governance", code("NeverEventType", "5"))) }, "AdverseEvent.extension[2]"},
	{"SBX-DATE-TODAY", "another day", incident, func(d object) {
		add(d, "extension.1.extension", field("TodaysDate", "valueDate", "2026-01-16"))
	}, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-DATE-TODAY", "not today", incident, func(d object) {
		set(d, "extension.1.extension", array{code("IncidentOccurredToday", "n"), field("TodaysDate", "valueDate", "2026-01-15")})
	}, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-DATE-APPROXIMATE", "a date although unknown", incident, func(d object) { set(d, "extension.1.extension.0.valueCode", "u") }, "AdverseEvent.extension[1]"},
	{"SBX-DATE-APPROXIMATE", "month without padding", incident, func(d object) { approximate(d, "2026-1") }, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-DATE-APPROXIMATE", "known day", incident, func(d object) {
		approximate(d, "2026-01")
		set(d, "extension.1.extension.0.valueCode", "n")
	}, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-TIME-ALTERNATIVE", "both", incident, func(d object) {
		add(d, "extension.1.extension", code("EstimatedTime", "1"), field("PreciseTime", "valueTime", "10:15:00"))
	}, "AdverseEvent.extension[1].extension[1].value"},
	{"SBX-ORGANISATION-KNOWN", "known but absent", incident, func(d object) { del(d, "contained.0.extension.0.extension.1") }, "AdverseEvent.contained[0].extension[0].extension[0].value"},
	{"SBX-ORGANISATION-KNOWN", "unknown but present", incident, func(d object) { set(d, "contained.0.extension.0.extension.0.valueCode", "u") }, "AdverseEvent.contained[0].extension[0].extension[0].value"},
	{"SBX-REPORTER-ORGANISATION", "absent", incident, func(d object) { del(d, "contained.1.extension.0.extension.0") }, "AdverseEvent.contained[1].extension[0]"},
}

func goodCare() object { return event("4") }
func risk() object     { return event("2") }
func nearMiss() object { return event("1") }

func age(n int) func(object) {
	return func(d object) {
		add(d, "contained.2.extension.0.extension", field("AgeAtTimeOfIncidentDays", "valueInteger", n))
	}
}

func approximate(d object, month string) {
	del(d, "date")
	set(d, "extension.1.extension", array{code("IncidentOccurredToday", "u"), str("ApproximateDate", month)})
}

func device(d object) {
	add(d, "contained", object{"resourceType": "Device", "id": "device1", "manufacturer": "Example Ltd",
		"extension": array{group("device-details", code("DeviceType", "10"))}})
	d["suspectEntity"] = array{object{"instance": object{"reference": "#device1"}}}
}

// sound holds documents next to those above that are right.
var sound = []struct {
	name string
	doc  func() object
	edit func(object)
}{
	{"incident", incident, nil},
	{"incident without patients", nearMiss, nil},
	{"good care", goodCare, nil},
	{"good care with a patient", goodCare, func(d object) { set(d, "contained.2.extension", array{patient(1)}) }},
	{"risk", risk, nil},
	{"outcome", func() object { return event("3") }, nil},
	{"outcome with harm", func() object { return event("3") }, func(d object) { set(d, "contained.2.extension", array{patient(1, code("PhysicalHarm", "3"))}) }},
	{"R4 elements", incident, func(d object) {
		d["category"] = array{object{"text": "x"}}
		d["language"] = "en-GB"
		d["_date"] = object{"id": "x"}
		d["recordedDate"] = "2026-01-15T10:00:00.5+01:00"
		set(d, "contained.0.alias", array{"x"})
	}},
	{"two patients in any order", incident, func(d object) {
		set(d, "contained.2.extension", array{graded(2, "5", code("PsychologicalHarm", "4")), graded(1, "5", code("PsychologicalHarm", "4"))})
	}},
	{"fatal", incident, func(d object) {
		set(d, "contained.2.extension", array{graded(1, "1", code("StrengthOfAssociation", "6"))})
	}},
	{"severe psychological harm", incident, func(d object) {
		set(d, "contained.2.extension", array{graded(1, "5", code("PsychologicalHarm", "1"), code("StrengthOfAssociation", "6"))})
	}},
	{"age in days", incident, age(30)},
	{"age in months", incident, age(341)},
	{"age of 50 years", incident, age(18600)},
	{"age of 199 years", incident, age(74028)},
	{"age bracket", incident, func(d object) { add(d, "contained.2.extension.0.extension", code("AgeBracket", "4")) }},
	{"code outside an open list", incident, func(d object) { add(d, "extension", group("safety-challenges", code("SafetyChallenges", "77"))) }},
	{"several medicines", incident, func(d object) {
		dmd := group("medication-dmd", code("VMPCode", "35894711000001106"))
		add(d, "extension", group("agent", code("InvolvedAgents", "4")), dmd, dmd)
	}},
	{"device", incident, func(d object) {
		device(d)
		add(d, "extension", group("agent", code("InvolvedAgents", "3")))
	}},
	{"blood report", incident, func(d object) {
		add(d, "extension", group("agent", code("InvolvedAgents", "11"), str("SabreReportNumber", "x")))
	}},
	{"radiotherapy", incident, func(d object) {
		add(d, "extension", group("safety-challenges", code("SafetyChallenges", "4"), str("RadiotherapyIncidentCode", "x")))
	}},
	{"never event", incident, func(d object) {
		add(d, "extension", group("governance", field("NeverEvent", "valueBoolean", true), code("NeverEventType", "5")))
	}},
	{"no never event", incident, func(d object) {
		add(d, "extension", group("governance", field("NeverEvent", "valueBoolean", false)))
	}},
	{"other place instead of the code", incident, func(d object) { add(d, "contained.0.extension.0.extension", str("LocationWithinServiceOther", "x")) }},
	{"other people beside codes", incident, func(d object) {
		add(d, "extension", group("agent", code("InvolvedAgents", "10"), code("InvolvedPersonsActions", "1"), str("InvolvedPersonsActionsOther", "x")))
	}},
	{"other process with its code", incident, func(d object) {
		add(d, "extension", group("agent", code("InvolvedAgents", "4")), group("problem-medication", code("InvolvedProcesses", "4"), str("InvolvedProcessesOther", "x")))
	}},
	{"organisation not listed", incident, func(d object) {
		set(d, "contained.0.extension.0.extension", array{code("LocationKnown", "n"), str("OrganisationOther", "x")})
	}},
	{"organisation unknown", incident, func(d object) {
		set(d, "contained.0.extension.0.extension", array{code("LocationKnown", "u")})
	}},
	{"today", incident, func(d object) { add(d, "extension.1.extension", field("TodaysDate", "valueDate", "2026-01-15")) }},
	{"month only", incident, func(d object) { approximate(d, "2026-01") }},
}

func TestBrokenDocumentsAreRejected(t *testing.T) {
	proven := map[string]bool{}
	for _, c := range broken {
		proven[c.check] = true
		t.Run(c.check+" "+c.name, func(t *testing.T) {
			doc := c.base()
			c.edit(doc)
			sb := newSandbox(t)
			w := post(t, sb, doc)
			require.Equal(t, http.StatusUnprocessableEntity, w.Code, w.Body.String())
			o := readOutcome(t, w.Body)
			require.Len(t, o.Issue, 1)
			issue := o.Issue[0]
			assert.Equal(t, "error", issue.Severity)
			assert.NotEmpty(t, issue.Code)
			assert.NotEmpty(t, issue.Details.Text)
			assert.Empty(t, issue.Diagnostics)
			assert.Equal(t, []string{c.path}, issue.Expression)
			require.Len(t, issue.Details.Coding, 1)
			assert.Equal(t, c.check, issue.Details.Coding[0].Code)
			assert.Equal(t, []string{c.check}, sb.Entries()[0].Issues)

			if c.check == "SBX-RESOURCE-TYPE" {
				return
			}
			lenient := newSandbox(t, sandbox.WithoutChecks(c.check))
			assert.Equal(t, http.StatusCreated, post(t, lenient, doc).Code, "the check is the only reason")
		})
	}
	for _, c := range sandbox.Checks() {
		assert.Truef(t, proven[c.ID], "no document breaks %s", c.ID)
		assert.NotEmpty(t, c.Evidence)
	}
}

func TestSoundDocumentsAreAccepted(t *testing.T) {
	for _, c := range sound {
		t.Run(c.name, func(t *testing.T) {
			doc := c.doc()
			if c.edit != nil {
				c.edit(doc)
			}
			w := post(t, newSandbox(t), doc)
			assert.Equal(t, http.StatusCreated, w.Code, w.Body.String())
		})
	}
}

func TestAllFindingsComeInOneAnswer(t *testing.T) {
	doc := incident()
	del(doc, "actuality")
	doc["description"] = "Invented"
	set(doc, "extension.1.extension.0.valueCode", "x")
	age(18262)(doc)
	o := readOutcome(t, post(t, newSandbox(t), doc).Body)
	var got []string
	for _, i := range o.Issue {
		got = append(got, i.Details.Coding[0].Code)
	}
	assert.Equal(t, []string{"SBX-ELEMENT", "SBX-ACTUALITY", "SBX-CODE", "SBX-AGE-ENCODING"}, got)
}

func TestHopelessDocumentGetsBoundedAnswer(t *testing.T) {
	doc := incident()
	doc["study"] = slices.Repeat(array{object{}}, 5000)
	o := readOutcome(t, post(t, newSandbox(t), doc).Body)
	require.Len(t, o.Issue, 251)
	assert.Equal(t, "information", o.Issue[250].Severity)
	assert.Equal(t, "4750 more issues were found and are not shown.", o.Issue[250].Diagnostics)
}

func TestAnswersHoldNoValue(t *testing.T) {
	const canary = "Canaryvalue"
	for _, c := range broken {
		doc := c.base()
		c.edit(doc)
		set(doc, "extension.0.extension.0.valueString", canary)
		add(doc, "extension", group("agent", code("InvolvedAgents", canary)), object{"url": canary})
		add(doc, "contained.1.extension.0.extension", object{"url": canary, canary + " 1": canary})
		doc["identifier"] = array{canary, nil}
		sb := newSandbox(t)
		w := post(t, sb, doc)
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		assert.NotContains(t, w.Body.String(), canary)
		assert.False(t, strings.Contains(string(marshal(t, sb.Entries())), canary))
	}
}

func TestWithRootDescription(t *testing.T) {
	doc := incident()
	doc["description"] = "Invented"
	sb := newSandbox(t, sandbox.WithRootDescription())
	assert.Equal(t, http.StatusCreated, post(t, sb, doc).Code)
	doc["description"] = object{"x": "y"}
	assert.Equal(t, http.StatusUnprocessableEntity, post(t, sb, doc).Code)
}
