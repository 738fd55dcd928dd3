// Package sea describes the built-in map "sea", for a significant event analysis log kept
// as a table: see Builtin of package mapping.
//
// # Where the rules come from
//
// The columns are the headings of significant event analysis as taught in general
// practice since BMC Family Practice 10:61 and in the guides of the RCGP: what happened,
// why, what has been learned, what has been changed. Logs add a reference, the day, and
// who discussed it when. A significant event may also be one that went well; then what was
// learned and changed says how it can happen again.
//
// # What it can never know
//
//   - Which of the four kinds of event it is: the log has all of them under one name.
//   - Harm, of any kind, and how many patients there were.
//   - Age, gender and ethnic group of a patient, and the ODS code of the practice.
//   - Why it happened, in a form that LFPSE takes: there is no place for reasons, so they
//     stay in the practice.
package sea
