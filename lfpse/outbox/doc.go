// Package outbox delivers reports: none is lost, none is sent twice, and whatever is not
// certain is shown.
//
// The service creates a record for each POST, has no idempotency key, and may answer late
// or not at all. So an [Outbox] keeps every report in a [Store] and makes one attempt at a
// time for each event:
//
//	submission -> Enqueue -> Drain (claim, mark as being sent, one request) -> receipt
//
// [Outbox.Enqueue] decides whether a report is about a new event, one that is known or a
// changed one, see [Identity]. What it cannot decide is a [Question] for a person; nothing
// is sent until it is answered. [Outbox.Drain] sends what is due. Before the first byte of
// a request leaves, the store says durably that it is being sent. If the process dies
// then, or no answer comes, the report is unknown: it is never sent again by itself, but
// settled by [Outbox.Reconcile] where the service can be asked, or by a person with
// [Outbox.Found] and [Outbox.NotFound].
//
// An answer that is about access or configuration stops the line, see [Line]: the next
// report would fare the same. When the service asks to wait, the outbox waits; when it
// cannot be reached, or several outcomes in a row are unknown, it first has to answer
// GET /metadata, which sends no report.
//
// A changed report replaces what was not sent yet, and amends what was recorded. One event
// has one attempt under way at most; a change meanwhile waits for its outcome.
//
// # What may follow what
//
// Each line says which act takes a report from which states to which. Those with people
// behind them may be done by people with these roles, the others by the outbox alone.
//
//	enqueue             new -> pending
//	ask                 new, withdrawn, not for LFPSE -> needs answers
//	revise              pending, held, rejected -> pending
//	amend               accepted -> pending
//	claim               pending -> pending
//	unclaim             pending -> pending
//	send                pending -> sending
//	accept              sending, unknown -> accepted
//	reject              sending, unknown -> rejected
//	lose                sending, pending -> unknown
//	return              sending, unknown -> pending
//	hold                pending -> held                (recorder, clinician, manager, operator)
//	release             held -> pending                (clinician, manager)
//	retry               rejected, unknown -> pending   (manager, operator)
//	found               unknown -> accepted            (manager, operator)
//	not-found           unknown -> pending             (manager, operator)
//	same-event          needs answers -> the other     (recorder, clinician, manager)
//	other-event         needs answers -> pending       (recorder, clinician, manager)
//	ignore              needs answers -> not for LFPSE (recorder, clinician, manager)
//	propose-withdrawal  accepted, rejected, held -> held (recorder, clinician, manager)
//	confirm-withdrawal  held -> pending                (manager)
//	keep                held -> accepted               (manager)
//	take-back           pending, held, needs answers, rejected -> withdrawn (recorder, clinician, manager)
//
// The withdrawal of a national record ends as withdrawn instead of accepted. A record that
// is kept after an attempt to change or withdraw it may not be what the report says: then the
// report is rejected instead of accepted. A change of a report that a person holds or asks
// about is revise and moves it nowhere. So is a change while an attempt is under way; when
// the outcome is known, the report waits to be sent again, with the change. A report that the
// client itself refuses to send is held. A pending report becomes unknown only when a backup
// was put back, see [Outbox.Restored].
//
// # Personal data
//
// The text of a report, and the words with which the service refuses one, are encrypted with
// a [Key] before a store sees them, and removed when they are not needed any more, see
// [Outbox.Purge]. Identities, digests and receipts stay.
// References of events are stored as they are, so one that holds personal data by its form
// is refused; package mapping puts the line of the row in its place.
// The audit trail says who did what and when, and holds no free text; each entry is chained
// to the one before, see [Outbox.VerifyAudit].
package outbox
