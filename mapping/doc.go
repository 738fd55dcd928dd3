// Package mapping turns the rows of a practice's incident log into LFPSE events.
//
// What a row means is declared in a [Map], a YAML file that a practice manager
// can read: which column gives which property of the event, how the words of the
// log translate, what to ask a person. A [Mapper], compiled from a Map, turns
// each row, with the patient's record as optional context, into a [draft.Draft]: the
// event, the questions that are still open, and a trace that says where every value
// came from.
//
// Nothing is guessed. A word that the map does not know becomes a question, an
// ungraded harm stays ungraded, a default is visible in the trace. Nothing is
// dropped: every row of a log ends up as exactly one Draft. Nothing is checked here
// either: a submission.Builder prepares the drafts, one by one or all of a log on
// several cores.
package mapping
