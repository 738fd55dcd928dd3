package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceR4      = "HL7 FHIR R4 (4.0.1)"
	sourceXML     = "HL7 FHIR R4 (4.0.1), XML Representation of Resources; W3C XML 1.0"
	sourceRecord  = "package mapping/fhircontext"
	sourceSCTID   = "SNOMED CT Release File Specification, SCTID"
	sourceODS     = "NHS Data Dictionary and ODS guidance: " + fhir.ODSCodeForm
	sourceBundles = "package fhir, ParseBundle"
)

// recordRules are about the patient's record that goes with a row.
var recordRules = []section{
	{Rule{Layer: LayerRecord, Path: "$", Evidence: Design, Confidence: High, Source: sourceBundles}, []Rule{
		{
			ID: "BUNDLE-EMPTY", Title: "The record is not empty.", Severity: fhir.Error,
			Why: "An empty document is a sign of a failed export, not of a patient without facts.",
			Fix: "Send a Bundle, or one resource, of FHIR R4 or STU3, in JSON or XML.",
		},
		{
			ID: "BUNDLE-NOT-FHIR", Title: "The record and each resource in it are FHIR resources.", Severity: fhir.Error, Path: "$ | Bundle.entry.resource",
			Evidence: Standard, Source: sourceR4,
			Why: "A resource says by its resourceType what it is; without it, nothing in the resource has a meaning.",
			Fix: "Send a Bundle, or one resource, of FHIR R4 or STU3, each resource with its type.",
		},
		{
			ID: "BUNDLE-TOO-LARGE", Title: "The record has at most 5 MiB and 10,000 entries.", Severity: fhir.Error, Path: "$ | Bundle.entry",
			Why: "The record of one event is an extract about one patient. A larger record is a mistake, or an attack on the memory of the reader.",
			Fix: "Send only the resources that belong to this event.",
		},
		{
			ID: "BUNDLE-ENTRY-TYPE", Title: "The entries of a Bundle are objects.", Severity: fhir.Error, Path: "Bundle.entry",
			Evidence: Standard, Source: sourceR4,
			Why: "An entry of another form cannot be read, so what it says about the patient is lost.",
			Fix: "Send each entry as a JSON object.",
		},
		{
			ID: "BUNDLE-DUPLICATE-URL", Title: "No two entries of a Bundle have the same fullUrl and version.", Severity: fhir.Warning, Path: "Bundle.entry.fullUrl",
			Evidence: Standard, Source: sourceR4 + ", invariant bdl-7",
			Why: "A reference with that url could mean either of them, so it is not followed.",
			Fix: "Give each entry its own fullUrl.",
		},
	}},
	{Rule{Layer: LayerRecord, Path: "$", Evidence: Standard, Confidence: High, Severity: fhir.Error, Source: sourceXML}, []Rule{
		{
			ID: "XML-SYNTAX", Title: "A record in XML is well-formed, and its values stand in attributes.",
			Why: "After a fault it is not certain which element a value belongs to.",
			Fix: "Export the record again; it may have been cut off.",
		},
		{
			ID: "XML-ENCODING", Title: "A record in XML is in UTF-8.",
			Why: "FHIR requires UTF-8. In another encoding, names would be read wrongly and not be found in the texts.",
			Fix: "Save the document in UTF-8.",
		},
		{
			ID: "XML-DOCTYPE", Title: "A record in XML has no document type.",
			Why: "A document type can declare entities that expand without end, or that read a file or a page of the network into the record.",
			Fix: "Remove the document type; FHIR has none.",
		},
		{
			ID: "XML-ENTITY", Title: "A record in XML uses only the five entities of XML.",
			Why: "Another entity has no meaning without a document type, which is refused.",
			Fix: "Write the character itself, in UTF-8.",
		},
		{
			ID: "XML-FOREIGN", Title: "A record in XML has only elements of FHIR, and XHTML in its narratives.",
			Why: "Elements of other namespaces and processing instructions can include other documents, and FHIR gives them no meaning.",
			Fix: "Remove the element or the instruction.",
		},
		{
			ID: "XML-LIMIT", Title: "A record in XML is nested at most 64 levels deep, with at most 32 attributes of an element.",
			Evidence: Design, Source: sourceBundles,
			Why: "No record is nested so deeply. A document that is, is a mistake or an attack on the reader.",
			Fix: "Send the record as its system exports it.",
		},
		{
			ID: "XML-ORDER", Title: "In XML, elements of one name follow each other.",
			Why: "FHIR orders the elements of a resource. An element that stands apart from others of its name would be lost.",
			Fix: "Put the elements in the order that FHIR has.",
		},
	}},
	{Rule{Layer: LayerRecord, Path: "Bundle.entry.resource", Evidence: Design, Confidence: High, Source: sourceRecord}, []Rule{
		{
			ID: "CONTEXT-OPTION", Title: "The table of job roles has codes of the staff-type list.", Severity: fhir.Error, Path: "$this",
			Why: "The table has the practice's decisions about its own roles. A code that is not in the list cannot be sent.",
			Fix: "Use the codes 1 to 9, each for a role that is not empty.",
		},
		{
			ID: "CONTEXT-NO-RECORD", Title: "The file of a record holds a record.", Severity: fhir.Error, Path: "$this",
			Why: "An error message or an empty Bundle in the place of a record is a failed export. The names of the patient are not known then, and cannot be looked for in the texts.",
			Fix: "Export the record of the patient again.",
		},
		{
			ID: "CONTEXT-CONFIDENTIAL", Title: "The record and its patients are not confidential.", Severity: fhir.Error, Path: "meta.security", Evidence: Standard, Source: "HL7 v3 Confidentiality, codes R and V",
			Why: "The system that sends the record says that access to it, or to all about the patient, is restricted. Nothing of it gets into a report.",
			Fix: "Report the event without the record, and read its texts for names yourself.",
		},
		{
			ID: "CONTEXT-CONFIDENTIAL-ENTRY", Title: "Confidential parts of the record are not used.", Severity: fhir.Information, Path: "Bundle.entry.resource.meta.security", Evidence: Standard, Source: "HL7 v3 Confidentiality, codes R and V",
			Why: "The system that sends the record says that access to the resource is restricted. Only the names in it are taken, to look for them in the texts.",
			Fix: "Say in the report what the event needs of it.",
		},
		{
			ID: "CONTEXT-NO-PATIENT", Title: "The record of a row holds the patient.", Severity: fhir.Warning, Path: "$this",
			Why: "The names, numbers and addresses of the patient stand in the Patient resource. Without it they cannot be looked for in the texts.",
			Fix: "Export the record with the patient, or read the texts of this report for names yourself.",
		},
		{
			ID: "CONTEXT-PARTIAL", Title: "The file holds the whole record.", Severity: fhir.Warning,
			Why: "One page of a search, or an export with the messages of a system about what it left out, lacks facts and names. A name that is not there cannot be looked for in the texts.",
			Fix: "Export the whole record of the patient, or read the texts of this report for names yourself.",
		},
		{
			ID: "CONTEXT-NESTED", Title: "The record is not inside another resource.", Severity: fhir.Warning,
			Why: "Some systems put the Bundle of a record into Parameters or into another Bundle. Its facts are not read there.",
			Fix: "Send the inner Bundle by itself.",
		},
		{
			ID: "CONTEXT-NAMES", Title: "The names, numbers and addresses in the record can be read.", Severity: fhir.Warning,
			Why: "What cannot be read is not looked for in the texts of the report, so a name may be sent without notice.",
			Fix: "Correct the record, or read the texts of this report for the name yourself.",
		},
		{
			ID: "CONTEXT-NOTHING", Title: "The record has something that a report can use.", Severity: fhir.Warning, Path: "$this",
			Why: "A record without usable facts is probably not the one that was meant.",
			Fix: "Send the patient, encounter, practitioner role, medicines or devices of the event.",
		},
		{
			ID: "CONTEXT-ELEMENT-TYPE", Title: "The elements that are read have the form that R4 gives them.", Severity: fhir.Warning, Evidence: Standard, Source: sourceR4,
			Why: "An element of another form is left out, so the event lacks what it says.",
			Fix: "Correct the record, or leave the element out and answer the question instead.",
		},
		{
			ID: "CONTEXT-REFERENCE", Title: "References in the record can be followed.", Severity: fhir.Warning, Path: "Bundle.entry.resource.descendants().reference", Evidence: Standard, Source: sourceR4 + ", Bundle: resolving references",
			Why: "What a reference leads to may tell the practice, the role or the medicine. If the target is simply not among the resources that were sent, which is usual, the finding is only information.",
			Fix: "Correct the reference, give each resource its own fullUrl and id, or include what it refers to.",
		},
		{
			ID: "CONTEXT-SEVERAL-PATIENTS", Title: "The record shows which patient the event is about.", Severity: fhir.Warning, Path: "$this",
			Why: "Taking the age or gender of the wrong patient is worse than asking for it, so nothing about a patient is taken.",
			Fix: "Send only the record of the patient concerned.",
		},
		{
			ID: "CONTEXT-OTHER-PATIENT", Title: "All resources are about the patient of the record.", Severity: fhir.Information,
			Why: "A resource about another patient, such as a relative, does not belong in the report. Nothing is taken from it. If the file does not hold the patient whom the rest of it is about, the finding is a warning: that is seldom meant.",
			Fix: "Leave other patients out, or correct the references if this is the patient concerned.",
		},
		{
			ID: "CONTEXT-BIRTHDATE", Title: "The date of birth is a date.", Severity: fhir.Warning, Path: "Patient.birthDate", Evidence: Standard, Source: sourceR4 + ", date",
			Why: "The age is worked out from it, which is impossible if the date cannot be read.",
			Fix: "Correct the record, or give the age.",
		},
		{
			ID: "CONTEXT-BIRTHDATE-PARTIAL", Title: "The date of birth is known to the day.", Severity: fhir.Warning, Path: "Patient.birthDate",
			Why: "From a year or month alone the exact age is not known, and a middle value would be invented.",
			Fix: "Give the age bracket instead.",
		},
		{
			ID: "CONTEXT-GENDER", Title: "The gender is female, male, other or unknown.", Severity: fhir.Warning, Path: "Patient.gender", Evidence: Standard, Source: sourceR4 + ", AdministrativeGender",
			Why: "Codes such as 1 and 2 mean different things in different lists, so the gender becomes a question.",
			Fix: "Use a code of the FHIR list, or answer the question.",
		},
		{
			ID: "CONTEXT-ETHNICITY", Title: "The ethnic category is one of England's NHS list.", Severity: fhir.Warning, Path: "Patient.extension", Evidence: Standard, Source: "NHS Data Model and Dictionary, ethnic category; UK Core",
			Why: "Only the categories A to Z and 99 of England have a known counterpart in the LFPSE list, so any other becomes a question.",
			Fix: "Choose the LFPSE ethnicity by hand.",
		},
		{
			ID: "CONTEXT-ROLE", Title: "The job role of the reporter says which kind of staff they are.", Severity: fhir.Warning, Path: "PractitionerRole.code",
			Why: "LFPSE has nine kinds of staff. Many job titles fit more than one or none; then the role becomes a question.",
			Fix: "Choose the reporter's kind of staff, or decide the role once and for all in the table of roles.",
		},
		{
			ID: "CONTEXT-ODS-CODE", Title: "An ODS code has " + fhir.ODSCodeForm + ".", Severity: fhir.Warning, Path: "Organization.identifier.value", Evidence: Standard, Source: sourceODS,
			Why: "A code of another form does not identify an organisation.",
			Fix: "Correct the code in the record.",
		},
		{
			ID: "CONTEXT-OTHER-ORGANISATION", Title: "The record names one organisation.", Severity: fhir.Information, Path: "Organization.identifier.value",
			Why: "A patient registered with one practice may be treated at another. The organisation from the preferred source is taken, but the report may belong to the other one.",
			Fix: "Check which organisation the event is to be reported for.",
		},
		{
			ID: "CONTEXT-CYCLE", Title: "Organisations lead by partOf to one with an ODS code.", Severity: fhir.Warning, Path: "Organization.partOf",
			Why: "An organisation that is part of itself, or is nested too deeply, never leads to a code.",
			Fix: "Correct partOf in the record, give the organisation its own ODS code there, or give the code in the log or the map.",
		},
		{
			ID: "CONTEXT-MEDICINE-UNNAMED", Title: "A medicine in the record is named.", Severity: fhir.Warning, Path: "Bundle.entry.resource.medication",
			Why: "A medicine without a usable code or name does not say what was given. Its ingredients do not identify the product.",
			Fix: "Name the medicine by a dm+d code or as text.",
		},
		{
			ID: "CONTEXT-SCTID", Title: "SNOMED CT codes are concept ids with a right check digit.", Severity: fhir.Warning, Path: "Coding.code", Evidence: Standard, Source: sourceSCTID,
			Why: "A mistyped or rounded id means no medicine or the wrong one. Spreadsheets round ids of 16 digits and more.",
			Fix: "Correct the code, exported again as text where it looks rounded; send the concept id, not that of a description.",
		},
		{
			ID: "CONTEXT-SEVERAL-CODES", Title: "A medicine or device has one SNOMED CT code.", Severity: fhir.Warning, Path: "CodeableConcept.coding",
			Why: "With several different codes, nobody can tell which one was recorded and which were derived, so none is taken.",
			Fix: "Mark the recorded one as userSelected.",
		},
		{
			ID: "CONTEXT-ENTERED-IN-ERROR", Title: "Devices that were entered in error are not used.", Severity: fhir.Information, Path: "Bundle.entry.resource.status", Evidence: Standard, Source: sourceR4,
			Why: "The record itself says that the resource is wrong. Nothing is taken from it. Whether a medicine that was entered in error was involved is asked.",
			Fix: "Name the device in the report if the error is the event.",
		},
		{
			ID: "CONTEXT-DEVICE-UNNAMED", Title: "A device in the record has a type, a manufacturer or a model.", Severity: fhir.Warning, Path: "Device",
			Why: "Serial numbers are never taken, since they identify the patient, so nothing is known about such a device.",
			Fix: "Name the device in the report.",
		},
	}},
}
