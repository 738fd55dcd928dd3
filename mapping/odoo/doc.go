// Package odoo describes the built-in map "odoo", for the export of an incident module in
// the manner of Odoo: see Builtin of package mapping.
//
// # Where the rules come from
//
// The columns and words are those of an open-source incident module for the NHS:
// incident_kind, occurred_at, physical_harm, psychological_harm and their selections. Its
// risk_event is a near miss. LFPSE counts a near miss as an incident; a practice that uses
// the word for a hazard changes one line of the map. The single harm_grade is not read,
// because the two grades say more.
//
// # What it can never know
//
//   - How many patients were affected, and their age, gender and ethnic group.
//   - How much the event concerns people, and which medicines or devices were involved.
//   - Whether what the module has sent was recorded: such a row is set aside with that
//     reason, and counted.
//   - Never event, safeguarding, response level: they are decisions of the practice, which a
//     person answers for.
package odoo
