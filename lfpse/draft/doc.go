// Package draft holds a safety report while it is being prepared: the event, the open
// questions about it, the answers, a trace that says where each value came from, the
// findings, and one state for its whole life.
//
// Every source makes drafts: the maps of package mapping, [FromEvent] for systems that
// make events themselves, or a program that puts an Event into a [Draft]. Data then flows
// one way:
//
//	source -> Draft -> Form.Apply, Form.Answer -> submission.Builder.Prepare -> client
//
// A [Form] fills in a draft: [Form.Apply] from a patient's record, [Form.Answer] from
// what a person says, in everyday words. All questions come at once; one that depends on
// the answer to another says so in its When, and arises or not as the answers come in.
// The number of patients that an incident affected is known or asked, see
// [PatientsTarget]: an event without patients never means by itself that nobody was
// affected.
// Prepare checks the event, decides the state and, if the draft is ready, returns the
// bytes to send.
//
// A question that only a clinician can answer is put to one with [AskClinician]; the draft
// waits for the answer.
//
// A draft is blocked or held by what the privacy screen finds in a text. People edit the
// text, or release it with [Form.Release], which says who and why and counts for that
// very text only. Releasable lists what can be released.
//
// A draft can wait for days. Its binary form holds all of it and exists only to be
// encrypted, see [Draft.AppendBinary]; package outbox keeps drafts so. When the source has
// changed meanwhile, [Form.Reapply] applies to the new draft what people have said.
//
// While a report is being sent, the caller moves it from state to state with
// [Draft.Become] and [Draft.Recorded]; StateOf in package client gives the state for the
// outcome of a call. The diagram shows which states may follow which. In it, "checked"
// stands for the states that a check decides: needs answers, held, blocked, invalid and
// ready.
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
