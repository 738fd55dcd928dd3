// Package record makes drafts from patients' records in FHIR, of R4 or STU3, in JSON or XML,
// by the built-in map "record". Each entry that hints at an event becomes a draft with
// questions, never a submission. The record that it stands in gives age, place, staff and
// medicines, and the names to look for in its texts, as package fhircontext says.
//
// # What hints at an event
//
// Package trigger decides, with a list that a practice edits: the SNOMED CT, Read or CTV3
// code of an entry, or what the entry is, such as an AdverseEvent, a DetectedIssue, an
// allergy with a reaction, a Flag about safety, or a Task that failed. Where a resource has
// both, the code counts, since it says more.
//
// The types that are looked at are AdverseEvent, AllergyIntolerance, Condition,
// DetectedIssue, Flag, Observation and Task, wherever they stand in the record. Each is a
// row, a row that cannot be used, or left out for a reason that is counted: it has no
// trigger, was entered in error, was refuted, or is confidential, be it by its own label, that
// of what contains it, of the patient, or of the whole record. All other resources are
// counted as context. A document that cannot be read is a row that cannot be used, and so is
// a notification that only says where something can be fetched; see package envelope.
//
// # Where the rules come from
//
// The elements are those of HL7 FHIR R4 and STU3; the codes for confidential are those of
// HL7 v3 Confidentiality. A day is taken only from an element that says when something
// happened: when it was written down stands in the column Recorded, for people.
//
// # What it can never know
//
//   - Whether anything went wrong: an adverse reaction to a medicine that was rightly given
//     is no safety event, and belongs on a Yellow Card.
//   - Harm: the severity of a reaction or of a detected issue is not the harm of an event.
//   - The number of patients, how much the event concerns people, and who was involved.
//   - The kind of event, except that an AdverseEvent with the actuality actual happened. A
//     potential one may be a near miss, which is an incident, or a risk: it is asked.
//   - Which medicine was involved, unless the record has only one and the event is about it.
package record
