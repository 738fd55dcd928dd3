// Package validate judges a FHIR AdverseEvent, whoever made it, against FHIR R4,
// a taxonomy and the LFPSE rules.
//
// A [Validator] is compiled once from a codec and judges any number of records.
// All findings come at once, in document order, each with the id of a rule, a
// FHIRPath and what to do; none repeats a value of the record. What only a person
// can say, such as a harm grade, is a finding and also a question with choices.
//
// # How sure a finding is
//
// No official rule document is public, so every rule says where it comes from and how
// certain it is. A breach of a known rule is an error. A breach of an inferred rule, for
// instance of one that a single supplier's client follows, is a warning unless
// [WithStrict] is given. [WithoutRules] switches a rule off. What must not be guessed,
// above all harm that is not graded, is an error together with a question.
//
// # Layers
//
//	fhir     FHIR R4 beyond what fhir.Decode checks: formats, contained resources, references
//	profile  the loaded taxonomy: profile, groups, fields, types, lists, cardinality
//	lfpse    the rules about answers that depend on each other
//	quality  what the record is worth: missing answers, texts that say nothing or were damaged, stand-in dates
//
// All are applied unless [WithLayers] restricts them. No finding of the layer quality is
// an error by default: a poor record is better than none. Package privacy is one more
// layer, the screen for personal data.
//
// The first two layers are visitors of one walk through the record, which
// [Validator.Check] shares with visitors of the caller. The layer profile collects the
// answers; the layers lfpse and quality then judge them.
//
// # Questions
//
// All questions about a record come at once. Those that arise now come first. Those that
// answers may raise follow with their conditions, such as the strength of association if
// the harm is severe. Answering the questions that arise, in any order, never raises one
// that was not listed. No question adds a patient to a record.
//
// The rules are tables with names of groups, fields and concepts, so another taxonomy
// needs no new code. A rule is off if the taxonomy lacks its field or if its codes belong
// to other versions; [Validator.Rules] says so.
//
// # Reading the code
//
//	rule, rules_*, catalogue                the rules as data
//	structure                               a taxonomy, compiled
//	record, report                          what is known of a record, and what was found
//	text, format, fhir, profile             the layers that visit a record
//	check, lfpse, quality                   the layers that judge its answers
//	conditions, question, asker             the questions and when they arise
//	validator                               the layers put together
package validate
