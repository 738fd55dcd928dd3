package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceTaxonomy = "package lfpse/taxonomy"
	sourceFHIRForm = "package lfpse/taxonomy/fhirform"
)

// taxonomyRules are about the taxonomy itself.
var taxonomyRules = []section{
	{Rule{Layer: LayerTaxonomy, Path: "$", Evidence: Design, Confidence: High, Source: sourceTaxonomy}, []Rule{
		{
			ID: "TAX-SIZE", Title: "A taxonomy has at most 16 MiB.", Severity: fhir.Error,
			Why: "Real taxonomies are far smaller. A larger document is a mistake, or an attack on the memory of the reader.",
			Fix: "Check that the file is a taxonomy, and leave out lists that no field uses.",
		},
		{
			ID: "TAX-FORM", Title: "A taxonomy has the properties and types of form version 1.", Severity: fhir.Error,
			Why: "A misspelt property would be ignored, and rules that depend on it would be missing.",
			Fix: "Correct the property that the path names.",
		},
		{
			ID: "TAX-TOO-MANY", Title: "A taxonomy has a thousand findings at most.", Severity: fhir.Error,
			Why: "A document with more is hopeless or hostile.",
			Fix: "Correct the other findings and load it again.",
		},
		{
			ID: "TAX-VERSION", Title: "A taxonomy states its version.", Severity: fhir.Error, Path: "$.version",
			Why: "Records, rules and endpoints are compared by it, and the urls of profiles and groups end in it.",
			Fix: "State it with 1 to 16 letters, digits and dots, such as 6.",
		},
		{
			ID: "TAX-DATE", Title: "The date of the edition is a date.", Severity: fhir.Error, Path: "$.date", Evidence: Standard, Source: sourceR4 + ", date",
			Why: "It distinguishes editions of the same version.",
			Fix: "Write YYYY-MM-DD, YYYY-MM or YYYY, or leave it out.",
		},
		{
			ID: "TAX-REQUIRED", Title: "A taxonomy has its required parts.", Severity: fhir.Error, Path: "$.fhirVersion | $.profiles | $.groups.fields",
			Why: "Without a FHIR version, a profile of AdverseEvent and fields for every group no record can be made.",
			Fix: "Add what the path names.",
		},
		{
			ID: "TAX-URL", Title: "The canonical base is an https url that ends in a slash.", Severity: fhir.Error, Path: "$.canonicalBase", Evidence: "seen", Source: "samples of the LFPSE team and a public supplier client for v6",
			Why: "Profiles, groups and lists are named by urls that begin with it.",
			Fix: "Write it as https://host/path/, without query and fragment.",
		},
		{
			ID: "TAX-AGE", Title: "The encoding of ages is one that this library knows.", Severity: fhir.Error, Path: "$.ageEncoding", Evidence: "seen", Source: "NHS England's public analysis code: days, months x 31, years x 372",
			Why: "An age in another encoding would be misread, and a child could be counted as an adult.",
			Fix: "State 31/372, or leave it out if records of the version have no encoded ages.",
		},
		{
			ID: "TAX-ID", Title: "Ids are FHIR ids, and fields have bare names.", Severity: fhir.Error, Path: "$.profiles.id | $.groups.id | $.groups.fields.name | $.codeSystems.id", Evidence: Standard, Source: sourceR4 + ", id",
			Why: "Ids become parts of urls, and the name of a field is the url of its extension.",
			Fix: "Use 1 to 64 letters, digits, dashes and dots; the name of a field has no slash, colon, #, ? or blank.",
		},
		{
			ID: "TAX-CONTEXT", Title: "Profiles and groups are for resources that an LFPSE event contains.", Severity: fhir.Error, Path: "$.profiles.resource | $.groups.context", Evidence: "inherited", Source: sourceExport,
			Why: "A group on a resource without a profile would never be written or read.",
			Fix: "Use AdverseEvent, Patient, Location, Practitioner, Medication or Device, with a profile for each resource that has a group.",
		},
		{
			ID: "TAX-DUPLICATE", Title: "Ids, names, keys and codes occur once where they belong.", Severity: fhir.Error, Path: "$.profiles | $.groups | $.codeSystems",
			Why: "If two groups, fields or concepts have the same name, nobody can tell which one is meant.",
			Fix: "Remove or rename one of them.",
		},
		{
			ID: "TAX-KEY", Title: "The key of a concept is a word for programs.", Severity: fhir.Error, Path: "$.codeSystems.concepts.key",
			Why: "Constants in package code are named after it.",
			Fix: "Use 1 to 40 letters and digits that begin with a capital or a digit.",
		},
		{
			ID: "TAX-TYPE", Title: "The type of a field is one that LFPSE uses.", Severity: fhir.Error, Path: "$.groups.fields.type", Evidence: "inherited", Source: sourceExport,
			Why: "The type decides in which property the value is sent.",
			Fix: "Use code, string, boolean, integer, date or time.",
		},
		{
			ID: "TAX-CONTENT", Title: "What a field holds is one of the contents that the privacy screen knows, in a field of its type.", Severity: fhir.Error, Path: "$.groups.fields.content",
			Why: "The screen lets through in such a field what it refuses elsewhere, such as the reporter's own address.",
			Fix: "Use contact or product-name for a string, medicine-code or organisation for a code, exact-time for a time, exact-age for an integer, or leave it out.",
		},
		{
			ID: "TAX-BINDING", Title: "Fields of type code, and the event type, name a list of the taxonomy.", Severity: fhir.Error, Path: "$.groups.fields.codeSystem | $.eventType",
			Why: "Without the list no code can be checked and no choice offered.",
			Fix: "Name a list that the taxonomy has, and only for fields of type code.",
		},
		{
			ID: "TAX-CLOSED", Title: "A closed list has codes.", Severity: fhir.Error, Path: "$.codeSystems.closed",
			Why: "In an empty closed list every code would be an error.",
			Fix: "Add the codes, or leave the list open.",
		},
		{
			ID: "TAX-CODE", Title: "Every concept has a code without blanks around it.", Severity: fhir.Error, Path: "$.codeSystems.concepts.code", Evidence: Standard, Source: sourceR4 + ", code",
			Why: "An invisible blank makes it a different code, which the service does not know.",
			Fix: "Correct the code.",
		},
		{
			ID: "TAX-EVIDENCE", Title: "Every part of a taxonomy says how well it is known.", Severity: fhir.Error, Path: "$.descendants().evidence",
			Why: "An assumption must not look like a fact: errors, warnings and what may be sent depend on the evidence.",
			Fix: "Use a word of evidenceKey, or add the word there with its meaning.",
		},
		{
			ID: "TAX-CARDINALITY", Title: "Cardinalities are possible.", Severity: fhir.Error, Path: "$.groups | $.groups.fields",
			Why: "If min were greater than max, no record could be valid.",
			Fix: "State min and max as numbers that are not negative, min not greater than max; max 0 means no limit.",
		},
		{
			ID: "TAX-CONFIRM", Title: "A confirmation names its source and elements that the taxonomy has.", Severity: fhir.Error,
			Why: "A confirmation allows stand-ins to be sent to a real endpoint, so one that nobody vouches for, or that names no element of the taxonomy, must not count.",
			Fix: "Say who confirmed it and when, and correct the list, concept, group or field that the path names.",
		},
	}},
	{Rule{Layer: LayerTaxonomy, Path: "$", Evidence: Design, Confidence: High, Source: sourceFHIRForm}, []Rule{
		{
			ID: "TAXFHIR-RESOURCE", Title: "Every resource is a StructureDefinition, ValueSet or CodeSystem with id and canonical url.", Severity: fhir.Error, Evidence: Standard, Source: sourceR4 + ", conformance resources",
			Why: "The resources of a taxonomy refer to each other by their canonical urls, which end in type and id.",
			Fix: "Leave other resources out, and correct id and url.",
		},
		{
			ID: "TAXFHIR-ROOT", Title: "There is one profile of AdverseEvent among the resources.", Severity: fhir.Error,
			Why: "Reading begins with it. Two of them mean two versions of the taxonomy.",
			Fix: "Give the resources of one taxonomy version, including its profile of AdverseEvent.",
		},
		{
			ID: "TAXFHIR-DUPLICATE", Title: "Every canonical url belongs to one resource.", Severity: fhir.Error,
			Why: "If two resources have the same url, nobody can tell which one is meant.",
			Fix: "Leave one of them out.",
		},
		{
			ID: "TAXFHIR-MISSING", Title: "Every resource that is referred to is present.", Severity: fhir.Error,
			Why: "Without a group or list, records that the service refuses would pass.",
			Fix: "Add the resource that the finding names.",
		},
		{
			ID: "TAXFHIR-URL", Title: "All canonical urls have the base of the profile of AdverseEvent.", Severity: fhir.Error,
			Why: "A taxonomy has one canonical base; a resource of another base belongs to another taxonomy.",
			Fix: "Give the resource of this taxonomy, or correct its url.",
		},
		{
			ID: "TAXFHIR-GROUP", Title: "Every slice of extension has one profile of type Extension, which no other slice has.", Severity: fhir.Error, Path: "StructureDefinition",
			Why: "In the native form a group belongs to one resource and occurs there once.",
			Fix: "Give the slice one profile of type Extension and use it once.",
		},
		{
			ID: "TAXFHIR-CARDINALITY", Title: "The min of a slice is a number, its max a number or *.", Severity: fhir.Error, Path: "StructureDefinition", Evidence: Standard, Source: sourceR4 + ", ElementDefinition",
			Why: "The number of groups and fields is checked in every record.",
			Fix: "Write min as a whole number and max as a whole number above 0 or *.",
		},
		{
			ID: "TAXFHIR-TYPE", Title: "Every field has one type of value.", Severity: fhir.Error, Path: "StructureDefinition", Evidence: "inherited", Source: sourceExport,
			Why: "The native form has one type for each field, as every known version has.",
			Fix: "Constrain value[x] to one type.",
		},
		{
			ID: "TAXFHIR-BINDING", Title: "A binding names a ValueSet.", Severity: fhir.Error, Path: "StructureDefinition", Evidence: Standard, Source: sourceR4 + ", ElementDefinition",
			Why: "Without the list no code of the field can be checked.",
			Fix: "Name the canonical url of a ValueSet of the taxonomy.",
		},
		{
			ID: "TAXFHIR-LIST", Title: "Every list consists of whole code systems or of single codes.", Severity: fhir.Error, Path: "ValueSet | CodeSystem",
			Why: "The native form has plain lists. A list with filters, exclusions or other lists in it would be misread.",
			Fix: "Expand the ValueSet into its codes, each with a code, and include each code system once.",
		},
		{
			ID: "TAXFHIR-SIZE", Title: "Together, the lists are no larger than a taxonomy may be.", Severity: fhir.Error,
			Why: "Lists that share a code system are together larger than the document that they were read from, which could exhaust memory.",
			Fix: "Leave out lists that no field uses.",
		},
	}},
}
