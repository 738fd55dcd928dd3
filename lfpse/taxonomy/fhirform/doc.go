// Package fhirform converts a taxonomy to FHIR conformance resources and back: a
// StructureDefinition for the AdverseEvent, each contained resource and each extension
// group, a ValueSet and a CodeSystem for each list. That is the form in which the LFPSE
// taxonomy service publishes it and which other FHIR tools load, so [Write] lets an
// independent validator check what this project sends, and [Read] makes a taxonomy from
// what the service publishes.
//
// # Where things are
//
//	Taxonomy          the profile of AdverseEvent: url, title, date
//	Profile           StructureDefinition of the resource, linked by targetProfile
//	Group             StructureDefinition of type Extension, linked by a slice of
//	                  extension, which has the cardinality
//	Field             slice of Extension.extension: cardinality, definition, fixed
//	                  url, type of value[x], binding
//	CodeSystem        ValueSet and CodeSystem of the same id
//	  closed          content complete, binding required
//	  open            content fragment, or not-present where there are no concepts;
//	                  binding extensible
//	Concept           concept; its properties name and provisional
//	EventType         binding of AdverseEvent.event.coding.code (R4) or
//	                  AdverseEvent.type.coding.code (STU3)
//
// What FHIR has no element for is in extensions below [ExtensionBase]: evidence,
// cardinality-evidence, note, corroboration, provisional, position, contained-id, and on
// the profile of AdverseEvent taxonomy-version, source, age-encoding, evidence-key and
// unbound-list. [Definitions] describes them.
//
// Many validators count the members of slices and evaluate constraints, but ignore closed
// slicing and what a slice says about its value. So the definitions say the same in
// FHIRPath: lfpse-closed (which urls are allowed), lfpse-type-… (the type of each field),
// lfpse-elsewhere (no extensions below the resource) and lfpse-declared (meta.profile).
// [Read] ignores them.
//
// Write and Read preserve a taxonomy bit for bit. Resources of a service that does not
// use these extensions can be read too, with the defaults that [Read] states.
//
// R4 (4.0) and STU3 (3.0) are written and read; each snapshot is complete. The
// snapshots of STU3 leave out most bindings and constraints of the base types.
package fhirform
