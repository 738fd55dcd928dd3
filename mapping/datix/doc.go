// Package datix describes the built-in map "datix", for the CSV export of a Datix
// incident log: see Builtin of package mapping.
//
// # Where the rules come from
//
// The columns are those of the header of a published export of Datix, and the words for
// harm those that it shows: "None (No harm)", "Low (Minimal harm: ...)", so they are
// matched by how they begin. Exports of other trusts differ: an own map can include this
// one and change the names.
//
// # What it can never know
//
//   - How many patients were affected. A harm of "None" is given both where a patient was
//     not hurt and where no patient was reached.
//   - Psychological harm, gender, gender at birth, and how much the event concerns people.
//   - The ODS code of the practice: Division and Location are words of the trust.
//   - Which medicine or device was involved. Category and Sub Category have the trust's own
//     lists, some of whose words are marked as deactivated.
//   - Who was involved. Columns with names are never sent; what is in them is looked for
//     in the texts.
package datix
