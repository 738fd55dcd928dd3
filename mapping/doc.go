// Package mapping turns the rows of a practice's incident log into LFPSE events.
//
// A [Map], which is a YAML file that a practice manager can read, says what a row means:
// which column gives which property of the event, what the words of the log stand for,
// and what to ask a person. A [Mapper], compiled from a Map, turns each row, with the
// patient's record as optional context, into a [draft.Draft]: the event, the questions
// that are still open, and a trace that says where every value came from.
//
// Nothing is guessed: a word that the map does not know becomes a question, an ungraded
// harm stays ungraded, and a default is visible in the trace. Nothing is dropped: every
// row of a log becomes exactly one Draft. This package does not check the drafts: a
// submission.Builder does, one at a time or all drafts of a log on several cores.
package mapping
