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

// privacyRules are about personal data. What must never be sent is an error; what may
// be something else is a warning, which privacy.WithErrors raises.
var privacyRules = []section{
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Standard, Confidence: High, Source: sourceDictionary}, []Rule{
		{
			ID: "PRIVACY-NHS-NUMBER", Title: "There is no NHS number.", Severity: fhir.Error, Source: sourceDictionary + ", NHS number with check digit",
			Why: "It names one patient in every system of the NHS. LFPSE has no place for it, and free text is read by others.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-CHI-NUMBER", Title: "There is no CHI number.", Severity: fhir.Error, Source: sourceDictionary + ", Community Health Index number with check digit",
			Why: "The number of a patient in Scotland begins with the date of birth.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-HC-NUMBER", Title: "There is no Health and Care number.", Severity: fhir.Error, Source: sourceDictionary + ", Health and Care number with check digit",
			Why: "It names one patient in every system of Northern Ireland.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-NI-NUMBER", Title: "There is no National Insurance number.", Severity: fhir.Error, Source: "HMRC manual NIM39110",
			Why: "It names one person to employers and offices, and it is no part of a safety record.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-PROFESSIONAL-NUMBER", Title: "There is no registration number of a professional.", Severity: fhir.Error, Source: sourceRegisters,
			Why: "Registers are public, so the number is the name. LFPSE learns from events and judges no person.",
			Fix: "Remove it; write the person's role instead.",
		},
		{
			ID: "PRIVACY-EMAIL", Title: "There is no e-mail address but the reporter's own in ReporterContact.", Severity: fhir.Error, Source: "RFC 5321, Mailbox",
			Why: "Addresses of patients and of staff mostly hold their names.",
			Fix: "Remove it; only ReporterContact may hold the reporter's own.",
		},
		{
			ID: "PRIVACY-PHONE", Title: "There is no telephone number but the reporter's own in ReporterContact.", Severity: fhir.Error, Source: "Ofcom, National Telephone Numbering Plan",
			Why: "A telephone number leads to one household or one person.",
			Fix: "Remove it; only ReporterContact may hold the reporter's own.",
		},
		{
			ID: "PRIVACY-POSTCODE", Title: "There is no postcode.", Severity: fhir.Warning, Confidence: Medium, Source: "BS 7666, form of postcodes",
			Why: "A postcode stands for a few homes. It is a warning because doses in clinical shorthand can have the same form.",
			Fix: "Remove it if it is one.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: Medium, Source: sourceScreen}, []Rule{
		{
			ID: "PRIVACY-POSSIBLE-BIRTH-DATE", Title: "No date beside a birthday or a person's name is a date of birth.", Severity: fhir.Warning,
			Why: "A date of birth together with the practice names one patient. It is a warning because dates of events stand beside names too.",
			Fix: "Remove it; give the age in its own element.",
		},
		{
			ID: "PRIVACY-POSSIBLE-PROFESSIONAL-NUMBER", Title: "No number beside a professional is a registration number.", Severity: fhir.Warning, Source: sourceRegisters,
			Why: "Seven digits beside a word such as doctor, or the form of a GP's code, are often the number of a register.",
			Fix: "Remove it if it is one; write the person's role instead.",
		},
		{
			ID: "PRIVACY-TITLED-NAME", Title: "Nothing that looks like the name of a person is one.", Severity: fhir.Warning,
			Why: "What follows Mrs, Dr or their kind is mostly a name. Names have no form, so this is a warning; the deny-list finds them for certain.",
			Fix: fixPerson,
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: High, Source: sourceDenyList}, []Rule{
		{
			ID: "PRIVACY-NAME", Title: "There is no name of a person in the source record.", Severity: fhir.Error,
			Why: "The record says who the patient and the staff are, so this is no guess. LFPSE asks for no names.",
			Fix: fixPerson,
		},
		{
			ID: "PRIVACY-POSSIBLE-NAME", Title: "No word that is also the name of a person in the source record stands for that person.", Severity: fhir.Warning, Confidence: Medium,
			Why: "Names such as May or Brown are ordinary words too, and products are named after people, so only a reader can tell.",
			Fix: "Check the sentence; if it means the person, write \"the patient\" or the role instead.",
		},
		{
			ID: "PRIVACY-BIRTH-DATE", Title: "There is no date of birth.", Severity: fhir.Error, Source: sourceDenyList + "; words such as DOB and born beside a date",
			Why: "A date of birth together with the practice names one patient.",
			Fix: "Remove it; give the age in its own element.",
		},
		{
			ID: "PRIVACY-ADDRESS", Title: "There is no address of a person in the source record.", Severity: fhir.Error,
			Why: "An address leads to one household.",
			Fix: "Remove it; write the kind of place instead.",
		},
		{
			ID: "PRIVACY-IDENTIFIER", Title: "There is no identifier of a person in the source record.", Severity: fhir.Error,
			Why: "Hospital numbers and keys of the clinical system name one patient to everybody who has the system.",
			Fix: "Remove it.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: "AdverseEvent | AdverseEvent.contained", Evidence: "inherited", Confidence: High, Source: sourcePatient}, []Rule{
		{
			ID: "PRIVACY-ELEMENT", Title: "Elements that identify a person are not sent, whatever they hold.", Severity: fhir.Error, Path: "AdverseEvent | AdverseEvent.contained.name | AdverseEvent.contained.identifier",
			Why: "Patient.name, Practitioner.identifier, Device.serialNumber and their kind hold nothing but what identifies somebody.",
			Fix: "Leave the element out.",
		},
		{
			ID: "PRIVACY-REFERENCE", Title: "References stay within the report.", Severity: fhir.Error, Path: "AdverseEvent.descendants().reference", Evidence: Design, Source: sourceScreen,
			Why: "A reference to a local record ends in its key, which is often the NHS number itself. The service could not follow it.",
			Fix: "Refer to a contained resource, such as #patient, or leave the element out.",
		},
		{
			ID: "PRIVACY-BINARY", Title: "There is no content that cannot be screened.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "An image or a document inside a report may show anything, and no screen reads it.",
			Fix: "Leave the element out; describe the content in words.",
		},
		{
			ID: "PRIVACY-DEPTH", Title: "Nothing is nested too deep to be screened.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "What lies more than 64 levels deep, which is as deep as a document may be nested, is not screened, so it may hold anything.",
			Fix: "Take out what is nested within the element; a report needs a few levels only.",
		},
		{
			ID: "PRIVACY-UNKNOWN", Title: "What is found is of a class that package privacy has.", Severity: fhir.Error, Path: anyText, Evidence: Design, Source: sourceScreen,
			Why: "Stands for a class that a program has made up. It counts as personal data, to be on the safe side.",
			Fix: "Use the classes of package privacy.",
		},
	}},
	{Rule{Layer: LayerPrivacy, Path: anyText, Evidence: Design, Confidence: High, Source: sourceScreen}, []Rule{
		{
			ID: "PRIVACY-REIDENTIFICATION", Title: "Place, exact time and exact age do not come together.", Severity: fhir.Information, Path: "AdverseEvent.date | AdverseEvent.extension('adverse-event-estimated-date') | AdverseEvent.contained.extension('patient-information')", Confidence: Medium,
			Why: "In a small practice there is one patient of that age who was there at that minute. Each detail alone is allowed, so this is only information.",
			Fix: "Give an age bracket in place of the exact age, or the part of the day in place of the exact time.",
		},
		{
			ID: "PRIVACY-REDACTED", Title: "What was redacted is read again.", Severity: fhir.Information,
			Why: "Redaction, where the caller asks for it, puts a token in the place of personal data, and what the text means may have changed.",
			Fix: "Read the text again and see that it still says what happened.",
		},
	}},
}
