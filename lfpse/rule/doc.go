// Package rule is the catalogue of findings: what every finding id that a package of
// this library can give stands for, how well the rule behind it is known, why it
// matters and what to do about a finding.
//
// [Fixed] returns the rules that hold whatever the taxonomy. The rules by which
// package validate judges a record depend on the loaded taxonomy and come from
// there; [Combine] puts both into one [Catalogue] in the order of the layers, which
// is the order in which an incident on its way from a log to the service meets them.
//
// The command lfpse rules shows the catalogue, and RULES.md beside this file has it
// as a page.
//
// Ids that begin with SBX- are not in the catalogue: they are verdicts of the
// sandbox, which plays the service and lists them with sandbox.Checks.
//
// Everything here is data without state and safe for concurrent use.
package rule
