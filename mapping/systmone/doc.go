// Package systmone makes drafts from the strategic reporting tables of TPP SystmOne, by the
// built-in map "systmone". Each event of the record that has a code that is a trigger, or an
// answer on a template that the caller names, becomes one draft with questions, never a
// submission. It is joined to its patient, to the role of who entered it, and to the
// organisation.
//
// # Where the rules come from
//
// The tables and columns are those of published readers of the extract: one CSV file in
// Windows-1252, or in UTF-8 once somebody has saved it again, for each table, with days such
// as 05 Mar 2026. There are more than ten historic sets of columns, so they are found by the
// header, and older tables lack some.
// Answers on a template are rows of SRCode with the same IDEvent: they stand together in the
// column Answers.
//
// Entries with RemovedData, and those of removed patients and test patients, are left out and
// counted. SNOMED CT ids that a spreadsheet has rounded are named. There is no trigger for
// CTV3 codes, because none could be verified: a practice adds its own.
//
// # What it can never know
//
//   - What happened: the tables have codes and numbers. The map asks, and does not send the
//     answers on a template, which may be about something else.
//   - Whether anything went wrong: a code for an adverse reaction is a hint.
//   - Harm, the number of patients, and how much the event concerns people.
//   - The ethnic group, which is a code among others, and whether the gender is the same as at
//     birth.
//   - Which entries are confidential: the tables have no column for it.
package systmone
