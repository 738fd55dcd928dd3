package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceJSON   = "RFC 8259"
	sourceR4JSON = "HL7 FHIR R4 (4.0.1), JSON representation of resources"
	sourceReader = "package fhir"
)

// readingRules are about JSON, and about what reading and writing check of FHIR. Package
// validate has its own rules, with the same ids, for what it checks too.
var readingRules = []section{
	{Rule{Layer: LayerReading, Path: "$", Evidence: Standard, Confidence: High, Source: sourceJSON}, []Rule{
		{
			ID: "JSON-SYNTAX", Title: "The document is JSON.", Severity: fhir.Error,
			Why: "After a syntax error nobody can tell what the rest was meant to say, so reading ends there.",
			Fix: "Correct the JSON text at the offset of the finding; a text that was cut off must be exported again.",
		},
		{
			ID: "JSON-TRAILING-DATA", Title: "Nothing follows the document.", Severity: fhir.Error,
			Why: "Two documents in one text, or the rest of another, are a sign of a broken export. A reader that stops early would drop the rest.",
			Fix: "Send one document, or one on each line where lines are expected.",
		},
		{
			ID: "JSON-UTF8", Title: "The document is UTF-8, and escapes make whole characters.", Severity: fhir.Error, Path: "$.descendants()",
			Why: "Each reader replaces broken characters in its own way, so that no two of them read the same text.",
			Fix: "Write the text in UTF-8, with surrogate escapes only in pairs.",
		},
		{
			ID: "JSON-DUPLICATE-KEY", Title: "A property occurs once in an object.", Severity: fhir.Error, Path: "$.descendants()", Source: sourceJSON + ", section 4",
			Why: "Some readers take the first and some the last, so what was checked may not be what is read.",
			Fix: "Keep one of them; a repeating element is an array.",
		},
	}},
	{Rule{Layer: LayerReading, Path: "$.descendants()", Evidence: Standard, Confidence: High, Source: sourceR4JSON}, []Rule{
		{
			ID: "JSON-TYPE", Title: "Every element has the JSON type that FHIR gives it.", Severity: fhir.Error,
			Why: "A number in quotation marks or an object in place of an array is refused by a strict server and read wrongly by a lenient one.",
			Fix: "Write the element as the finding says.",
		},
		{
			ID: "JSON-NULL", Title: "No element is null.", Severity: fhir.Error,
			Why: "FHIR leaves out what is not known. Its one use of null is in a list of primitives, for an item that has only an extension.",
			Fix: "Leave the element out.",
		},
		{
			ID: "JSON-EMPTY", Title: "No object, array or string is empty.", Severity: fhir.Error,
			Why: "FHIR leaves out what has no content. An empty text is no answer to a question.",
			Fix: "Leave the element out, or give it content.",
		},
	}},
	{Rule{Layer: LayerReading, Path: "$", Evidence: Design, Confidence: High, Source: sourceReader}, []Rule{
		{
			ID: "JSON-SIZE", Title: "The document is within the limit, which is 5 MiB for a record.", Severity: fhir.Error,
			Why: "A report is a few kilobytes long. A much larger document is a mistake, or an attack on the memory of the reader.",
			Fix: "Send a smaller document.",
		},
		{
			ID: "JSON-DEPTH", Title: "The document has at most 64 levels of nesting.", Severity: fhir.Error,
			Why: "Deep nesting is a way to exhaust a reader; no event needs it. Reading ends there.",
			Fix: "Nest the extensions less deeply.",
		},
		{
			ID: "JSON-TOO-MANY-ISSUES", Title: "A document has a thousand findings at most.", Severity: fhir.Error,
			Why: "A document with more is hopeless or hostile, so reading ends there.",
			Fix: "Correct the other findings and check again.",
		},
	}},
	{Rule{Layer: LayerReading, Path: "AdverseEvent.descendants()", Evidence: Standard, Confidence: High, Source: sourceR4}, []Rule{
		{
			ID: "FHIR-UNKNOWN-ELEMENT", Title: "R4 has every element that is sent.", Severity: fhir.Error,
			Why: "A misspelt element is refused, or ignored together with what it says. The name is not repeated if it looks like text in the wrong place.",
			Fix: "Check the spelling, or remove the element.",
		},
		{
			ID: "FHIR-PRIMITIVE-EXTENSION", Title: "No primitive element has an id or extension of its own, such as _date.", Severity: fhir.Warning, Evidence: Design,
			Source: sourceR4JSON,
			Why:    "FHIR allows them, even in place of a value. LFPSE uses none, so what they say does not reach the national record.",
			Fix:    "Leave the property out; give what it says as the value of the element, if LFPSE asks for it.",
		},
		{
			ID: "FHIR-CODE", Title: "A code is one of the list to which R4 binds its element.", Severity: fhir.Error,
			Why: "These lists are closed: a code outside them has no meaning in R4.",
			Fix: "Use one of the codes that the finding names.",
		},
		{
			ID: "FHIR-INTEGER", Title: "An integer is a whole number of 32 bits.", Severity: fhir.Error, Source: sourceR4 + ", integer",
			Why: "Other readers cut off or refuse a fraction or a larger number.",
			Fix: "Write a whole number from -2147483648 to 2147483647.",
		},
		{
			ID: "FHIR-DECIMAL", Title: "A decimal is written as a JSON number.", Severity: fhir.Error, Source: sourceR4 + ", decimal",
			Why: "An event that is built in Go can hold any text there, which would break the document that is written.",
			Fix: "Write it as JSON writes numbers.",
		},
		{
			ID: "FHIR-CHOICE", Title: "An element with a choice of types has a value of one type.", Severity: fhir.Error,
			Why: "With two values, such as valueCode and valueString, a reader cannot tell which one counts.",
			Fix: "Keep one of the values.",
		},
		{
			ID: "FHIR-STU3", Title: "The STU3 form of an event has the elements that STU3 has.", Severity: fhir.Error, Path: "AdverseEvent", Source: "HL7 FHIR STU3 (3.0.2)",
			Why: "Taxonomy version 5 and older are sent in STU3, where the root elements differ. An element without a counterpart would be lost.",
			Fix: "Remove the element or correct its form; category is AE, and event is called type.",
		},
	}},
}
