package validate

import "github.com/gpsafety/lfpse-go/fhir"

const sourceR4 = "HL7 FHIR R4 (4.0.1)"

// rulesFHIR are the R4 invariants that reading a document does not settle, and
// those that an event built in Go may break. Where reading a document reports the
// same thing, it has the same id.
var rulesFHIR = []Rule{
	{
		ID: "FHIR-REQUIRED", Title: "Required elements are there.", Severity: fhir.Error,
		Path: "AdverseEvent.actuality | AdverseEvent.subject | AdverseEvent.suspectEntity.instance",
		Why:  "R4 has no AdverseEvent without actuality and subject, and a reference that leads nowhere says nothing.",
		Fix:  "Add the element; with nobody affected the subject is an empty contained Patient.",
		text: "A required element is missing.",
	},
	{
		ID: "FHIR-FORMAT", Title: "Primitive values have the format of their type.", Severity: fhir.Error,
		Path: "AdverseEvent.descendants()",
		Why:  "A date, code or id in another format is read wrongly or refused.",
		Fix:  "Write the value in the format of its type.",
		text: "The value does not have the format of its type.",
	},
	{
		ID: "FHIR-EXT-1", Title: "An extension has one value or extensions, not both.", Severity: fhir.Error,
		Path: "AdverseEvent.descendants().extension",
		Why:  "R4 invariant ext-1: of two values a reader cannot tell which counts.",
		Fix:  "Give the extension one value, or sub-extensions.",
		text: "The extension has neither a value nor extensions, or more than one value, or both.",
	},
	{
		ID: "FHIR-RESOURCE-TYPE", Title: "A contained resource is one resource with a type.", Severity: fhir.Error,
		Path: "AdverseEvent.contained",
		Why:  "Without a type nobody can read it.",
		Fix:  "Set one field of the resource, or take it out.",
		text: "The contained resource is not exactly one resource.",
	},
	{
		ID: "FHIR-CONTAINED-ID", Title: "Every contained resource has an id of its own.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.id",
		Why:  "References find a contained resource by its id.",
		Fix:  "Give each contained resource an id that no other has.",
		text: "The contained resource has no id.",
	},
	{
		ID: "FHIR-DOM-2", Title: "A contained resource contains no resources.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.contained",
		Why:  "R4 invariant dom-2.",
		Fix:  "Contain it in the AdverseEvent itself.",
		text: "A contained resource contains another.",
	},
	{
		ID: "FHIR-DOM-3", Title: "Something refers to every contained resource.", Severity: fhir.Error,
		Path: "AdverseEvent.contained",
		Why:  "R4 invariant dom-3: what nothing refers to has no part in the event, so what it says may be lost.",
		Fix:  "Refer to it by # and its id, or take it out.",
		text: "Nothing refers to the contained resource.",
	},
	{
		ID: "FHIR-DOM-4", Title: "A contained resource has no version of its own.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.meta",
		Why:  "R4 invariant dom-4: a contained resource lives only as a part of the whole.",
		Fix:  "Take meta.versionId and meta.lastUpdated out.",
		text: "The contained resource has a versionId or a lastUpdated.",
	},
	{
		ID: "FHIR-DOM-5", Title: "A contained resource has no security label.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.meta.security",
		Why:  "R4 invariant dom-5: labels belong to the whole.",
		Fix:  "Take meta.security out.",
		text: "The contained resource has a security label.",
	},
	{
		ID: "FHIR-REF-1", Title: "A local reference leads to a contained resource.", Severity: fhir.Error,
		Path: "AdverseEvent.descendants().reference",
		Why:  "R4 invariant ref-1: otherwise the patient, place or reporter meant is not in the record.",
		Fix:  "Use # and the id of a contained resource.",
		text: "There is no contained resource with this id.",
	},
	{
		ID: "FHIR-REFERENCE-TYPE", Title: "A reference leads to a resource of an allowed type.", Severity: fhir.Error,
		Path: "AdverseEvent.descendants().reference",
		Why:  "R4 says for each element what it may refer to.",
		Fix:  "Refer to a resource of an allowed type.",
		text: "The reference leads to a resource of another type.",
	},
	{
		ID: "FHIR-DEPTH", Title: "Elements are not nested too deeply.", Severity: fhir.Error,
		Path: "AdverseEvent.descendants()",
		Why:  "Deep nesting is a way to exhaust a reader; no event needs it.",
		Fix:  "Nest the extensions less deeply.",
		text: "The event is nested too deeply; what is below was not looked at.",
	},
	{
		ID: "FHIR-R4-DESCRIPTION", Title: "The description stands in the core group, not on the root.", Severity: fhir.Warning,
		Path: "AdverseEvent.description", Source: "HL7 FHIR R4; a public supplier client for v6 sends the element",
		Why:  "R4 has no AdverseEvent.description, so R4 validators refuse it.",
		Fix:  "Carry the description in the LFPSE core extension only.",
		text: "FHIR R4 AdverseEvent has no element description.",
	},
	{
		ID: "CHECK-TOO-MANY", Title: "A record has a thousand findings at most.", Severity: fhir.Error,
		Path: "AdverseEvent", Source: "this library",
		Why:  "A record with more is hopeless or hostile.",
		Fix:  "Correct the other findings and check again.",
		text: "There are more findings than are reported.",
	},
}
