// Package southwest describes the built-in map "southwest", for the Primary Care
// Significant or Serious Incident Notification Form of NHS England South West, kept as a
// table with one form a row: see Builtin of package mapping.
//
// # Where the rules come from
//
// The columns are the fields of the form of 2021 to 2022. Care Sector has its five
// choices, which are service areas of LFPSE. A code of 1 or 2 for a gender is asked
// about, because it means the opposite in two systems in use.
//
// # What it can never know
//
//   - How many patients were affected, and how badly: the form does not ask.
//   - Whether the gender is the same as at birth, and how much the event concerns people.
//   - Whether somebody must be told. The boxes for the MHRA, the CQC and the duty of candour
//     say what the reporter thought of in the first hours; a person answers for them.
//   - The ODS code of the practice: the form has its name.
//   - What the type of incident and its further descriptor are in LFPSE: their words are
//     those of the region, and an own map can translate them.
//
// Name, telephone, e-mail address and NHS number are never sent. A text that contains one
// of them is blocked.
package southwest
