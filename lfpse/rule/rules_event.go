package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceClient   = "a public supplier client for v6"
	sourceAnalysis = "NHS England's public analysis code"
	sourceExport   = "public v5 taxonomy export, taken over for v6"
	sourceLoaded   = "the loaded taxonomy"
	sourceEvent    = "package lfpse, Event"
)

// eventRules are about the Event and its conversion to FHIR and back.
var eventRules = []section{
	{Rule{Layer: LayerEvent, Path: "$", Evidence: Design, Confidence: High, Source: sourceEvent}, []Rule{
		{
			ID: "EVENT-FORM", Title: "The JSON form of an event has known properties with values of their types.", Severity: fhir.Error,
			Why: "A misspelt property would otherwise be dropped, and its content never sent.",
			Fix: "Correct the name or the value; the schema from Codec.EventSchema describes the form.",
		},
		{
			ID: "EVENT-BLANK", Title: "A property that is there holds more than blanks.", Severity: fhir.Error, Path: "$.descendants()",
			Why: "FHIR does not allow a blank value, and nobody can tell what was meant.",
			Fix: "Fill the property in, or leave it out.",
		},
		{
			ID: "EVENT-CODE", Title: "Codes hold codes.", Severity: fhir.Error, Path: "$.descendants()", Source: sourceLoaded,
			Why: "Text in the place of a code may be somebody's name. It would go out unseen, because codes are not screened as texts are.",
			Fix: "Write a code of the list or exactly one of its texts; what is not in the list belongs in the text for other, if the list has one.",
		},
		{
			ID: "EVENT-AGE", Title: "An age is stated in words.", Severity: fhir.Error, Path: "patients.age",
			Why: "The encoded number belongs to the wire. 62 on the wire is two months, not 62 years.",
			Fix: "Write the age with its unit, such as 62 years, 5 months or 10 days.",
		},
		{
			ID: "ENC-EMPTY", Title: "Every patient and medicine of an event states something.", Severity: fhir.Error, Path: "patients | medicines",
			Why: "An empty entry cannot be written in FHIR. Leaving it out would change the number of patients.",
			Fix: "Fill the entry in or take it out.",
		},
		{
			ID: "ENC-FLAT", Title: "In one flat extension medicines can be told apart.", Severity: fhir.Error, Path: "medicines",
			Why: "With all medicines in one medication-dmd extension only the order of the fields shows where the next begins.",
			Fix: "Give the VTM code of each medicine, or send one extension for each medicine.",
		},
		{
			ID: "ENC-NAME", Title: "Event types, harm grades and genders are names of their lists.", Severity: fhir.Error, Path: "type | patients", Source: sourceLoaded,
			Why: "Event types, harm and gender have names in the Event and codes on the wire. A name that is not in the list has no code.",
			Fix: "Use one of the names of the list, or write code: and the code itself.",
		},
		{
			ID: "ENC-TYPE", Title: "Values of an event have the types of the taxonomy.", Severity: fhir.Error, Path: "$.descendants()", Source: sourceLoaded,
			Why: "A field has one type in a taxonomy, and a text that is not, for example, a date or a number cannot be sent as one.",
			Fix: "Correct the value.",
		},
		{
			ID: "ENC-AGE", Title: "An age is one that the taxonomy's encoding has a number for.", Severity: fhir.Error, Path: "patients.age", Source: sourceLoaded,
			Why: "FHIR carries an encoded number instead of the age. There is none for other units, for an age of 200 years, or if the taxonomy names no encoding.",
			Fix: "Give 0 to 30 days, 1 to 11 months or 1 to 199 years, or an age bracket instead.",
		},
		{
			ID: "ENC-EXTRA", Title: "Extra values are for fields of the taxonomy for which the Event has no property.", Severity: fhir.Error, Path: "extra", Source: sourceLoaded,
			Why: "Extra holds the values of such fields only. A value for any other field would be lost or sent twice.",
			Fix: "Correct group, index and field, or use the property of the Event.",
		},
		{
			ID: "ENC-NO-FIELD", Title: "The taxonomy has a field for what the event says.", Severity: fhir.Warning, Path: "$.descendants()", Source: sourceLoaded,
			Why: "Versions of the taxonomy differ. If the loaded one has no field for a value, the value is not sent, and the reporter should know.",
			Fix: "Load the taxonomy version that has the field, or remove the value.",
		},
		{
			ID: "ENC-FHIR", Title: "The encoded event can be written as FHIR.", Severity: fhir.Error, Path: "AdverseEvent",
			Why: "This rule stands for any error of writing that has no id of its own. None is known.",
			Fix: "Read the text of the finding and correct the event; report it to the maintainers if that does not help.",
		},
	}},
	{Rule{Layer: LayerEvent, Path: "file", Evidence: Design, Confidence: High, Source: "package lfpse/interview"}, []Rule{
		{
			ID: "INTERVIEW-FILE", Title: "A file of texts and advice for the interview has the documented form.", Severity: fhir.Error,
			Why: "A misspelt name or value would silence a prompt for good, and nobody would miss it.",
			Fix: "Correct the entry at the line that the finding names.",
		},
	}},
	{Rule{Layer: LayerEvent, Path: "AdverseEvent", Evidence: Design, Confidence: High, Source: sourceEvent}, []Rule{
		{
			ID: "DEC-ACTUALITY", Title: "A record that becomes an Event is actual.", Severity: fhir.Error, Path: "AdverseEvent.actuality", Evidence: "seen", Confidence: Medium, Source: sourceClient,
			Why: "LFPSE records are actual, near misses included, so the Event does not hold the element, and a potential event would become an actual one.",
			Fix: "Send actual; say in the harm grades that nobody was hurt.",
		},
		{
			ID: "DEC-EVENT-TYPE", Title: "The event type of a record is one coding with a code.", Severity: fhir.Error, Path: "AdverseEvent.event", Evidence: "seen", Confidence: Medium, Source: sourceClient,
			Why: "An Event has one type. With several codings, nobody can tell which one is meant.",
			Fix: "Give exactly one coding with a code of the event type list.",
		},
		{
			ID: "DEC-GROUP", Title: "Every extension of a record is a group of the taxonomy on the resource that it belongs to.", Severity: fhir.Error, Path: "AdverseEvent.extension.url", Evidence: "inherited", Source: sourceExport,
			Why: "The Event cannot hold any other extension, so its content would be lost.",
			Fix: "Use the url of a group on its resource, or load the taxonomy that has it.",
		},
		{
			ID: "DEC-FIELD", Title: "Every sub-extension of a record is a field of its group.", Severity: fhir.Error, Path: "AdverseEvent.extension.extension.url", Evidence: "inherited", Source: sourceExport,
			Why: "The Event cannot hold an unknown field, so its content would be lost.",
			Fix: "Use the bare name of a field of the group, or load the taxonomy that has it.",
		},
		{
			ID: "DEC-TYPE", Title: "A field of a record has one value of its type.", Severity: fhir.Error, Path: "AdverseEvent.extension.extension.value", Evidence: "inherited", Source: sourceExport,
			Why: "The Event cannot hold a value of another type, a second value or an extension of the field.",
			Fix: "Send one value under the property of its type.",
		},
		{
			ID: "DEC-REPEATED", Title: "Groups and fields that the Event can hold only once occur once.", Severity: fhir.Error, Path: "AdverseEvent.extension | AdverseEvent.extension.extension",
			Why: "The second occurrence would overwrite the first.",
			Fix: "Put the fields into one group and keep one value of each.",
		},
		{
			ID: "DEC-NOT-CARRIED", Title: "A record has only the elements and resources that the LFPSE structure uses.", Severity: fhir.Error, Path: "AdverseEvent | AdverseEvent.contained", Evidence: "seen", Confidence: Medium, Source: sourceClient,
			Why: "The Event cannot hold others, so an update made from it would silently drop them.",
			Fix: "Take the element out.",
		},
		{
			ID: "DEC-SEQUENCE", Title: "PatientSequence numbers the patients of a record 1 to n, each once.", Severity: fhir.Error, Path: "AdverseEvent.contained.ofType(Patient)", Evidence: "seen", Source: sourceClient + "; " + sourceExport + "; " + sourceAnalysis,
			Why: "In the Event the order of the patients is their number; with gaps or repeated numbers the order is not known.",
			Fix: "Number the patients 1, 2, 3 and so on.",
		},
		{
			ID: "DEC-DESCRIPTION", Title: "A record has one description.", Severity: fhir.Error, Path: "AdverseEvent.description", Evidence: "seen", Confidence: Medium, Source: sourceClient,
			Why: "The Event has one. With two different descriptions, nobody can tell which was reviewed and screened.",
			Fix: "Keep the one in the core group.",
		},
	}},
}
