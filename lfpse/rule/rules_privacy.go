package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceDictionary = "NHS Data Model and Dictionary"
	sourceRegisters  = "NHS identifier systems of UK Core; the registers' own forms"
	sourceScreen     = "package lfpse/privacy; measured by conformance/measure/narratives"
	sourceDenyList   = "the source record, given by the caller as a deny-list"
	sourcePatient    = "the v5 taxonomy export has no name, number, date of birth or address of a patient; NHS England redacts what arrives, without guarantee"

	anyText = "AdverseEvent.descendants()"

	fixPerson = "Remove it; write \"the patient\" or the person's role instead."
)

// privacyRules are about personal data. The severities are those of the effects in
// package privacy, which a policy may change: what blocks a report is an error, what holds
// it a warning.
var privacyRules = []section{
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Standard, Confidence: High, Source: sourceDictionary}, []Rule{
		{
			ID: "PRIVACY-NHS-NUMBER", Title: "There is no NHS number.", Severity: fhir.Error, Source: sourceDictionary + ", NHS number with check digit",
			Why: "It identifies one patient in every system of the NHS. LFPSE has no field for it, and other people read the free text.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-CHI-NUMBER", Title: "There is no CHI number.", Severity: fhir.Error, Source: sourceDictionary + ", Community Health Index number with check digit",
			Why: "The number of a patient in Scotland begins with the date of birth.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-HC-NUMBER", Title: "There is no Health and Care number.", Severity: fhir.Error, Source: sourceDictionary + ", Health and Care number with check digit",
			Why: "It identifies one patient in every system of Northern Ireland.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-NI-NUMBER", Title: "There is no National Insurance number.", Severity: fhir.Error, Source: "HMRC manual NIM39110",
			Why: "It identifies one person to employers and authorities, and does not belong in a safety record.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-PROFESSIONAL-NUMBER", Title: "There is no registration number of a professional.", Severity: fhir.Error, Source: sourceRegisters,
			Why: "Registers are public, so the number gives the name. LFPSE is for learning from events, not for judging people.",
			Fix: "Remove it; write the person's role instead.",
		},
		{
			ID: "PRIVACY-EMAIL", Title: "There is no e-mail address except the reporter's own in ReporterContact.", Severity: fhir.Error, Source: "RFC 5321, Mailbox",
			Why: "Addresses of patients and of staff usually contain their names.",
			Fix: "Remove it; only the field for the reporter's contact may hold one.",
		},
		{
			ID: "PRIVACY-PHONE", Title: "There is no telephone number except the reporter's own in ReporterContact.", Severity: fhir.Error, Source: "Ofcom, National Telephone Numbering Plan",
			Why: "A telephone number leads to one household or one person.",
			Fix: "Remove it; only the field for the reporter's contact may hold one.",
		},
		{
			ID: "PRIVACY-LABELLED-NUMBER", Title: "No mistyped number stands beside words that call it an NHS, CHI, H&C or National Insurance number.", Severity: fhir.Error, Evidence: Design, Source: sourceScreen,
			Why: "The text itself says what it is. A wrong digit, or one too few or too many, hides little: the others leave few people, and a reader sees the mistake.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-POSTCODE", Title: "There is no postcode.", Severity: fhir.Warning, Confidence: Medium, Source: "BS 7666, form of postcodes",
			Why: "A postcode covers only a few homes. It is a warning because doses in clinical shorthand can have the same form.",
			Fix: "Remove it if it is one.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: Medium, Source: sourceScreen}, []Rule{
		{
			ID: "PRIVACY-POSSIBLE-BIRTH-DATE", Title: "No date beside a birthday or a person's name is a date of birth.", Severity: fhir.Warning,
			Why: "A date of birth together with the practice identifies one patient. It is a warning because dates of events occur beside names too.",
			Fix: "Remove it; give the age instead, in its own field.",
		},
		{
			ID: "PRIVACY-POSSIBLE-PROFESSIONAL-NUMBER", Title: "No number beside a professional is a registration number.", Severity: fhir.Information, Source: sourceRegisters,
			Why: "Seven digits beside a word such as doctor, or the form of a GP's code, may be the number from a register. How often they are has not been measured, so this never stops a report.",
			Fix: "Remove it if it is one; write the person's role instead.",
		},
		{
			ID: "PRIVACY-TITLED-NAME", Title: "Nothing that looks like the name of a person is one.", Severity: fhir.Warning,
			Why: "A word after Mrs, Dr and the like is usually a name. Names have no fixed form, so this is a warning; the deny-list finds them with certainty.",
			Fix: fixPerson,
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: Medium, Source: sourceScreen}, []Rule{
		{
			ID: "PRIVACY-LOCAL-NUMBER", Title: "No number stands beside words that call it a hospital, MRN, EMIS or other local number.", Severity: fhir.Warning,
			Why: "The number leads everybody who uses that hospital or system to one patient.",
			Fix: "Remove it; write \"the patient\" instead.",
		},
		{
			ID: "PRIVACY-NAMED-PERSON", Title: "No name stands after words that announce one.", Severity: fhir.Warning,
			Why: "Words such as \"patient name\", \"my name is\" and \"her daughter\" are followed by a name. It is a warning because other words may stand there too.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-STREET-ADDRESS", Title: "There is no house number with its street, flat, PO box or house name with its road.", Severity: fhir.Warning,
			Why: "An address leads to one household. It is a warning because it may be that of a public place.",
			Fix: "Remove it; write the kind of place instead.",
		},
		{
			ID: "PRIVACY-OBSCURED-EMAIL", Title: "There is no e-mail address in words.", Severity: fhir.Warning,
			Why: "\"jane at nhs dot net\" is as easy to read as the address itself.",
			Fix: "Remove it; only the field for the reporter's contact may hold one.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: High, Source: sourceDenyList}, []Rule{
		{
			ID: "PRIVACY-NAME", Title: "There is no name of a person in the source record.", Severity: fhir.Error,
			Why: "The record says who the patient and the staff are, so this is no guess. LFPSE asks for no names.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-POSSIBLE-NAME", Title: "No word that is also the name of a person in the source record means that person.", Severity: fhir.Information, Confidence: Medium,
			Why: "Names such as May or Brown are ordinary words too, and products are named after people, so only a reader can tell. The word is seldom the person, so this never stops a report.",
			Fix: "Check the sentence; if it means the person, write \"the patient\" or the role instead.",
		},
		{
			ID: "PRIVACY-BIRTH-DATE", Title: "There is no date of birth.", Severity: fhir.Error, Source: sourceDenyList + "; words such as DOB and born beside a date",
			Why: "A date of birth together with the practice identifies one patient.",
			Fix: "Remove it; give the age instead, in its own field.",
		},
		{
			ID: "PRIVACY-ADDRESS", Title: "There is no address of a person in the source record.", Severity: fhir.Error,
			Why: "An address leads to one household.",
			Fix: "Remove it; write the kind of place instead.",
		},
		{
			ID: "PRIVACY-IDENTIFIER", Title: "There is no identifier of a person in the source record.", Severity: fhir.Error,
			Why: "Hospital numbers and keys of the clinical system identify one patient to everybody who uses the system.",
			Fix: "Remove it.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: "AdverseEvent | AdverseEvent.contained", Evidence: "inherited", Confidence: High, Source: sourcePatient}, []Rule{
		{
			ID: "PRIVACY-ELEMENT", Title: "Elements that identify a person are not sent, whatever they hold.", Severity: fhir.Error, Path: "AdverseEvent | AdverseEvent.contained.name | AdverseEvent.contained.identifier",
			Why: "Patient.name, Practitioner.identifier, Device.serialNumber and similar elements hold only what identifies somebody.",
			Fix: "Leave the element out.",
		},
		{
			ID: "PRIVACY-REFERENCE", Title: "References stay within the report.", Severity: fhir.Error, Path: "AdverseEvent.descendants().reference", Evidence: Design, Source: sourceScreen,
			Why: "A reference to a local record ends in its key, which is often the NHS number itself. The service could not follow it.",
			Fix: "Refer to a contained resource, such as #patient, or leave the element out.",
		},
		{
			ID: "PRIVACY-BINARY", Title: "There is no content that cannot be screened.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "An image or a document inside a report may show anything, and it cannot be screened.",
			Fix: "Leave the element out; describe the content in words.",
		},
		{
			ID: "PRIVACY-DEPTH", Title: "Nothing is nested too deeply to be screened.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "A document may have at most 64 levels of nesting. Anything deeper is not screened, so it may hold anything.",
			Fix: "Remove what is nested within the element; a report needs only a few levels.",
		},
		{
			ID: "PRIVACY-UNKNOWN", Title: "Every finding is of a class that package privacy defines.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "This rule stands for any class that a program has invented. To be safe, it counts as personal data.",
			Fix: "Use the classes of package privacy.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: High, Source: sourceScreen}, []Rule{
		{
			ID: "PRIVACY-REIDENTIFICATION", Title: "The details of a report do not point to one person.", Severity: fhir.Information, Path: "AdverseEvent.extension('adverse-event-estimated-date') | AdverseEvent.contained.extension('patient-information')", Confidence: Medium,
			Why: "In a small practice only one patient of that age and ethnicity was there at that minute, and a gender history may stand for one person alone. Each detail is allowed, so this is only information, at most once a report. The day of the event is needed: national analysis selects by it.",
			Fix: "Give the part of the day instead of the exact time, or an age bracket instead of the exact age. Leave the gender history out unless it matters for what happened.",
		},
		{
			ID: "PRIVACY-REDACTED", Title: "A person reads redacted text again.", Severity: fhir.Information,
			Why: "Redaction, if the caller asks for it, replaces personal data by a token, which may change the meaning of the text.",
			Fix: "Read the text again and make sure that it still says what happened.",
		},
	}},
}
