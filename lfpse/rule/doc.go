// Package rule is the catalogue of findings: for every finding id of this library, what
// the rule is, how well it is known, why it matters and what to do about a finding.
//
// [Fixed] returns the rules that do not depend on the taxonomy. The rules of package
// validate depend on the loaded taxonomy and come from a validator; [Combine] puts both
// into one [Catalogue] in the order of the layers, which is the order in which an
// incident meets them on its way from a log to the service.
//
// The command lfpse rules shows the catalogue; RULES.md in this folder has it as a page.
//
// Ids that begin with SBX- are not in the catalogue: they are verdicts of the sandbox,
// which stands in for the service; sandbox.Checks lists them.
//
// Everything here is data without state and safe for concurrent use.
package rule
