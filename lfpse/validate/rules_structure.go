package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// rulesFHIR are the R4 invariants that reading a document does not check, and those that
// an event built in Go may break. If reading a document reports the same fault, it uses
// the same id.
var rulesFHIR = []definition{
	{
		ID: "FHIR-REQUIRED", Title: "Required elements are present.", Severity: fhir.Error, Absence: true,
		Path: "AdverseEvent.actuality | AdverseEvent.subject | AdverseEvent.suspectEntity.instance",
		Why:  "R4 requires actuality and subject of an AdverseEvent, and a reference without a target says nothing.",
		Fix:  "Add the element; if nobody was affected, the subject is an empty contained Patient.",
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
		ID: "FHIR-EXT-1", Title: "An extension has one value or extensions, not both.", Severity: fhir.Error, Absence: true,
		Path: "AdverseEvent.descendants().extension",
		Why:  "R4 invariant ext-1: with two values, a reader cannot tell which one counts.",
		Fix:  "Give the extension one value, or sub-extensions.",
		text: "The extension has neither a value nor extensions, or more than one value, or both.",
	},
	{
		ID: "FHIR-RESOURCE-TYPE", Title: "A contained resource is one resource with a type.", Severity: fhir.Error, Absence: true,
		Path: "AdverseEvent.contained",
		Why:  "Without a type it cannot be read.",
		Fix:  "Set exactly one field of the resource, or remove it.",
		text: "The contained resource is not exactly one resource.",
	},
	{
		ID: "FHIR-CONTAINED-ID", Title: "Every contained resource has an id of its own.", Severity: fhir.Error, Absence: true,
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
		ID: "FHIR-DOM-3", Title: "Something refers to every contained resource.", Severity: fhir.Error, Absence: true,
		Path: "AdverseEvent.contained",
		Why:  "R4 invariant dom-3: a resource that nothing refers to is not part of the event, so its content may be lost.",
		Fix:  "Refer to it by # and its id, or take it out.",
		text: "Nothing refers to the contained resource.",
	},
	{
		ID: "FHIR-DOM-4", Title: "A contained resource has no version of its own.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.meta",
		Why:  "R4 invariant dom-4: a contained resource exists only as part of the whole record.",
		Fix:  "Take meta.versionId and meta.lastUpdated out.",
		text: "The contained resource has a versionId or a lastUpdated.",
	},
	{
		ID: "FHIR-DOM-5", Title: "A contained resource has no security label.", Severity: fhir.Error,
		Path: "AdverseEvent.contained.meta.security",
		Why:  "R4 invariant dom-5: labels belong to the whole record.",
		Fix:  "Take meta.security out.",
		text: "The contained resource has a security label.",
	},
	{
		ID: "FHIR-REF-1", Title: "A local reference leads to a contained resource.", Severity: fhir.Error, Absence: true,
		Path: "AdverseEvent.descendants().reference",
		Why:  "R4 invariant ref-1: otherwise the patient, location or reporter is not in the record.",
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
		text: "The event is nested too deeply; nothing below this element was checked.",
	},
	{
		ID: "FHIR-R4-DESCRIPTION", Title: "The description is in the core group, not at the root.", Severity: fhir.Warning,
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

// rulesProfile compare the record with the loaded taxonomy.
var rulesProfile = []definition{
	{
		ID: "PROFILE-DECLARED", Title: "The record declares the AdverseEvent profile.", Severity: fhir.Error, Absence: true, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.meta.profile", Source: sourceClient,
		Why:  "The service chooses its rules by the profile, whose url has the version.",
		Fix:  "Name the profile of the loaded taxonomy in meta.profile.",
		text: "meta.profile does not name the AdverseEvent profile.",
	},
	{
		ID: "PROFILE-VERSION", Title: "Profile and groups are of the loaded taxonomy version.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Path: "AdverseEvent.meta.profile | AdverseEvent.extension.url", Source: sourceExport,
		Why:  "The same code can mean something else in another version.",
		Fix:  "Check the record with the taxonomy of its own version and canonical base, or send it in this one.",
		text: "The url belongs to another taxonomy version or canonical base.",
	},
	{
		ID: "PROFILE-CANONICAL", Title: "The profile is named without a version after |.", Severity: fhir.Information, Evidence: rule.Standard, Confidence: rule.Medium,
		Path: "AdverseEvent.meta.profile", Source: sourceR4 + "; " + sourceClient,
		Why:  "FHIR allows a version after |. The taxonomy's version is in the url itself, and no known client sends another, so the service may not know the form.",
		Fix:  "Leave out | and what follows.",
		text: "The profile is named with a version after |.",
	},
	{
		ID: "PROFILE-EVENT", Title: "The event type is one coding with a code.", Severity: fhir.Error, Absence: true, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.event.coding", Source: sourceClient,
		Why:  "With several codings, nobody can tell which of the four event types is meant.",
		Fix:  "Give exactly one coding with a code of the event type list.",
		text: "The event type is not exactly one coding with a code.",
	},
	{
		ID: "PROFILE-SYSTEM", Title: "The event type coding names no code system.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.event.coding.system", Source: sourceClient,
		Why:  "No code system url of the event types is public, so one that is sent is invented.",
		Fix:  "Send the code alone.",
		text: "The coding names a code system.",
	},
	{
		ID: "PROFILE-RESOURCE", Title: "Contained resources are of the types that have a profile.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.contained", Source: sourceExport,
		Why:  "LFPSE records hold only patients, locations, reporters, devices and medicines.",
		Fix:  "Take the resource out.",
		text: "The LFPSE structure does not use contained resources of this type.",
	},
	{
		ID: "PROFILE-ELEMENT", Title: "Only elements that the LFPSE structure uses are sent.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent | AdverseEvent.contained", Source: sourceClient,
		Why:  "An element that is not used is lost at best, and elements such as names identify people.",
		Fix:  "Take the element out.",
		text: "The LFPSE structure does not use this element.",
	},
	{
		ID: "PROFILE-MODIFIER", Title: "There are no modifier extensions.", Severity: fhir.Error, Evidence: rule.Standard, Confidence: rule.High,
		Path: "AdverseEvent.descendants().modifierExtension", Source: sourceR4,
		Why:  "A modifier extension changes the meaning of the element that has it; LFPSE defines none.",
		Fix:  "Take the extension out.",
		text: "There is a modifier extension.",
	},
	{
		ID: "PROFILE-GROUP", Title: "Every extension is a group of the taxonomy.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension.url", Source: sourceExport,
		Why:  "The content of an unknown group does not reach the national record.",
		Fix:  "Use the url of a group, or load the taxonomy that has it.",
		text: "The taxonomy has no group with this url.",
	},
	{
		ID: "PROFILE-CONTEXT", Title: "Every group is on the resource to which it belongs.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension.url", Source: sourceExport,
		Why:  "On another resource the group is not looked for.",
		Fix:  "Move the group to its resource.",
		text: "The group is on the wrong resource.",
	},
	{
		ID: "PROFILE-GROUP-FORM", Title: "A group has fields and no value.", Severity: fhir.Error, Absence: true, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension", Source: sourceExport,
		Why:  "The fields of a group are its sub-extensions.",
		Fix:  "Send the fields as sub-extensions, or leave the group out.",
		text: "The group has a value or no fields.",
	},
	{
		ID: "PROFILE-GROUP-MIN", Title: "Mandatory groups are present.", Severity: fhir.Error, Absence: true, Evidence: "inherited", Confidence: rule.Medium,
		Path: "AdverseEvent.contained.extension", Source: sourceExport,
		Why:  "The taxonomy requires the location and the reporter of every event.",
		Fix:  "Add the group to a contained resource of its type.",
		text: "A mandatory group is missing.",
	},
	{
		ID: "PROFILE-GROUP-MAX", Title: "No group occurs too often.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.Medium,
		Path: "AdverseEvent.extension", Source: sourceExport,
		Why:  "If two groups are sent where one is allowed, one is lost.",
		Fix:  "Put the fields into one group.",
		text: "The group occurs more often than the taxonomy allows.",
	},
	{
		ID: "PROFILE-FIELD", Title: "Every sub-extension is a field of its group.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension.extension.url", Source: sourceExport,
		Why:  "The content of an unknown field does not reach the national record.",
		Fix:  "Use the bare name of a field of the group.",
		text: "The group has no field of this name.",
	},
	{
		ID: "PROFILE-FIELD-MIN", Title: "A group that is sent has its mandatory fields.", Severity: fhir.Error, Absence: true, Asks: true, Evidence: "inherited", Confidence: rule.Medium,
		Path: "AdverseEvent.extension", Source: sourceExport,
		Why:  "A group may be left out, but not sent without its mandatory fields.",
		Fix:  "Add the field, or leave the whole group out.",
		text: "A mandatory field of the group is missing.",
	},
	{
		ID: "PROFILE-FIELD-MAX", Title: "No field occurs too often.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.Medium,
		Path: "AdverseEvent.extension.extension", Source: sourceExport,
		Why:  "If two values are sent where one is allowed, one is lost.",
		Fix:  "Keep one value.",
		text: "The field occurs more often in its group than the taxonomy allows.",
	},
	{
		ID: "PROFILE-TYPE", Title: "A field has one value of the type that the taxonomy gives it.", Severity: fhir.Error, Absence: true, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension.extension.value", Source: sourceExport,
		Why:  "A value of another type is not read.",
		Fix:  "Send the value in the property for its type.",
		text: "The field does not have exactly one value of its type.",
	},
	{
		ID: "PROFILE-CODE", Title: "A code is in its list, if the list is known with certainty.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Path: "AdverseEvent.extension.extension.value | AdverseEvent.event.coding.code", Source: sourceExport,
		Why:  "A code outside the list has no meaning.",
		Fix:  "Use a code of the list.",
		text: "The code is not in its list.",
	},
	{
		ID: "PROFILE-CODE-OPEN", Title: "A code is in its list, if the list may have changed.", Severity: fhir.Warning, Evidence: "inherited", Confidence: rule.Medium,
		Path: "AdverseEvent.extension.extension.value", Source: sourceExport,
		Why:  "The list is from an earlier version or is a stand-in, so the code may be right, but there is no evidence for it.",
		Fix:  "Use a code of the list, or load the list that has the code.",
		text: "The code is not in the list as it is known.",
	},
	{
		ID: "LFPSE-PROVISIONAL", Title: "Nothing provisional is used.", Severity: fhir.Information, Evidence: "unknown", Confidence: rule.High,
		Path: "AdverseEvent.extension | AdverseEvent.event.coding.code", Source: "the loaded taxonomy",
		Why:  "Stand-ins for codes that the service has not published must not reach a real endpoint.",
		Fix:  "Confirm the element in the configuration once the owner of the service has disclosed its codes.",
		text: "A provisional element is used.",
	},
}
