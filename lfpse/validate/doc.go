// Package validate judges a FHIR AdverseEvent, whoever made it, against FHIR R4,
// a taxonomy and the LFPSE rules.
//
// A [Validator] is compiled once from a codec and judges any number of records.
// All findings come at once, in document order, each with the id of a [Rule], a
// FHIRPath and what to do; none repeats a value of the record. What only a person
// can say, such as a harm grade, is a finding and also a question with choices.
//
// # How sure a finding is
//
// No official rule document is public, so every rule says where it comes from and
// how sure it is. What is known is an error; what is inferred, for instance
// because one supplier's client does it, is a warning unless [Strict] is asked
// for. [Without] switches a rule off. What must not be guessed, above all harm
// that is not graded, is an error together with a question.
//
// # Layers
//
//	fhir     FHIR R4 beyond what fhir.Decode checks: formats, contained resources, references
//	profile  the loaded taxonomy: profile, groups, fields, types, lists, cardinality
//	lfpse    the rules about answers that depend on each other
//	quality  what the record is worth: missing answers, texts that say nothing or were damaged, stand-in dates
//
// All are applied unless [Only] says otherwise. Nothing of the layer quality is an
// error by default: a poor record is better than none. One more layer, the screen
// for personal data, is package privacy.
//
// The first two layers are visitors of one walk through the record, and
// [Validator.Check] takes other visitors along. The layer profile collects the answers
// on the way; the layers lfpse and quality judge those.
//
// # Questions
//
// The questions about a record come all at once. Those that arise now come first; those
// that answers to them may raise follow, each with its conditions: the strength of
// association for instance where the harm proves to be severe. Answering the questions
// that arise, in any order, never raises one that was not listed. Patients are no
// answers: nobody is added to a record by a question.
//
// The rules are tables with names of groups, fields and concepts, so another
// taxonomy needs no other code: a rule whose field the taxonomy lacks, or whose
// codes belong to other versions, is not in force, and [Validator.Rules] says so.
//
// # Reading the code
//
//	names, rule, rules_*, catalogue         the rules as data
//	structure                               a taxonomy, compiled
//	record, report                          what is known of a record, and what was found
//	text, format, fhir, profile             the layers that visit a record
//	check, lfpse, quality                   the layers that judge its answers
//	conditions, question, asker             the questions and when they arise
//	validator                               the layers put together
package validate
