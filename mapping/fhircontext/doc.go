// Package fhircontext takes from an R4 record what a safety report may use.
//
// Clinical systems emit no safety event. They emit records: bundles of a patient, an
// encounter, prescriptions and the people and organisations around them. [Load]
// reads such a bundle, or one resource, and keeps the few facts that LFPSE has a
// place for: gender, ethnicity, the practice, the kind of staff, medicines and
// devices. The event itself still comes from a form or a log.
//
// Identifiers are consumed, never copied. The date of birth is held for computing
// an age, and the names, numbers and addresses for screening free text
// ([Context.DenyTerms]); neither is reachable by printing, logging or marshalling.
//
// Nothing is guessed. Every fact is known, absent or asked: an ambiguous job role,
// two organisations or two patients become a question for a person. Every fact
// names the element it was taken from.
package fhircontext
