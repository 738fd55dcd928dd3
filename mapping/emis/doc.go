// Package emis makes drafts from an EMIS Web bulk extract, version 8, by the built-in map
// "emis". Each observation whose code is a trigger, also one that is a problem, becomes a
// draft with questions, never a submission. It is joined to its patient, the role of who
// entered it, the organisation, the problem and the medicine that was recorded last before.
//
// # Where the rules come from
//
// The tables and columns are those of the public specification of the extract. They are
// matched by the header, since columns are added every year. GUIDs are unique only together
// with OrganisationGuid. Rows with the same GUID are ordered by ProcessingId: the last one
// counts. EffectiveDatePrecision is honoured: a month gives a month, never a day, and where
// only the year is known the day is asked for.
//
// Entries that are deleted or confidential, or of such a consultation, and those of patients
// who are deleted, dummies, confidential or sensitive on the Spine, are left out and counted. SNOMED CT ids that a
// spreadsheet has rounded are named.
//
// # What it can never know
//
//   - What happened: the extract has had no text of clinicians since April 2021.
//   - Whether anything went wrong: a code for an adverse reaction is a hint.
//   - Harm, the number of patients, and how much the event concerns people.
//   - The ethnic group, which is an observation among others, and whether the gender is the
//     same as at birth.
//   - Which medicine was involved. The last one before the event stands in the column Latest
//     medicine, for people: the map does not send it.
package emis
