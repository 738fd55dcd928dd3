// Package nrls describes the built-in map "nrls", for reports in the form of the NRLS
// general practice e-form, which practices know and some still keep as a table: see
// Builtin of package mapping.
//
// # Where the rules come from
//
// The columns are the questions of the e-form, by number and name. The stages of question
// 5.1 are those of LFPSE: prescription, dispensing, administering, other, do not know. The
// e-form asks for near misses and for good outcomes of incidents; under LFPSE both are
// incidents, because something happened.
//
// # What it can never know
//
//   - Who was affected: number of patients, age, gender, ethnic group. The e-form asks
//     people to leave them out.
//   - How badly: it has no grade of harm.
//   - Who reports, in which role, and how much the event concerns them.
//   - Whether a dose was too high or too low: "wrong dose" is in the description.
//   - The dm+d code of a medicine: it has names.
package nrls
