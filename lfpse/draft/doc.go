// Package draft holds a safety report in the making: the event, the questions that
// are open about it, the answers, a trace that says where each value came from, the
// findings, and one state for its whole life.
//
// Every source makes drafts: the maps of package mapping, [FromEvent] for systems that
// map for themselves, or a program that fills in a [Draft] with an Event. Data then
// flows one way:
//
//	source -> Draft -> Form.Apply, Form.Answer -> submission.Builder.Prepare -> client
//
// A [Form] fills a draft in: [Form.Apply] takes over what a patient's record knows,
// [Form.Answer] what a person says, in the words that people use. All questions come
// at once; one that depends on the answer to another says so in its When, and falls
// away or arises as the answers come in. Prepare checks the event, decides the state
// and, where nothing stands against it, returns the bytes to send.
//
// The caller moves a report on its way to the service from state to state with
// [Draft.Become] and [Draft.Recorded]; package client has StateOf for the outcome of a
// call. Which states may follow which is shown below. There, "checked" is short for
// those that a check decides: needs answers, held, blocked, invalid and ready.
//
//	new -> checked, not for LFPSE
//	checked -> checked, withdrawn
//	ready -> pending -> sending -> accepted -> checked, withdrawn
//	pending -> checked, withdrawn
//	sending -> pending
//	sending -> rejected -> checked, withdrawn
//	sending -> unknown -> accepted, rejected, pending
//
// An accepted report that is amended, and a rejected one that is corrected, are
// checked again.
package draft
