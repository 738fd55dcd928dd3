// Package client sends submissions to the LFPSE submission API and reports the outcome of
// every attempt.
//
// The API creates a record by POST, has no idempotency key and is not known to offer a
// search for created records, so a blind retry may report one event twice. The client
// therefore makes exactly one HTTP attempt per call. There are four outcomes:
//
//   - [Accepted]: the service answered with the id of the record.
//   - [Rejected]: the service refused the content, and nothing was stored.
//   - [NotSent]: nothing was stored, and nothing is wrong with the submission: it may be
//     sent again when access, address or configuration have been put right.
//   - [Unknown]: it may have been stored; find out before you repeat a POST.
//
// ANSWERS.md beside this file lists what each answer means: status, body, headers and verb
// give an outcome and a [Reason]. FAULTS.md lists what each fault on the way leads to. Tests
// make every one of these calls for real.
//
// The outcome says what has become of the report. [Error.Next] says what to do with the
// reports after it: go on, wait, probe the service, or stop until a person has put access,
// address or configuration right.
//
// A context that ends before there is a connection withdraws the request: NotSent. Later,
// to give up would only make the outcome unknown. The attempt then goes on for a grace, see
// [WithGrace], and an answer that comes in this time counts. A deadline of the context is
// treated like a cancellation, and the time limit of the endpoint always holds. A program
// that stops gracefully cancels its context and waits for the calls to return.
//
// The caller, such as an outbox, decides on retries, stores submissions and resolves
// unknown outcomes: it must record that it is sending before it calls [Client.Submit].
// [Client.Update] and [Client.Delete] may be repeated after Unknown, because repeating
// them has no further effect. [Client.Metadata] tells what the service declares beyond
// that: where records can be read back, [Client.Read] settles what is unknown; where
// versions are checked, [Client.UpdateIfMatch] loses no change of another person.
//
// An [endpoint.Endpoint] binds host, canonical base and taxonomy version in one value; a
// submission made for another version, one that uses provisional elements of the
// taxonomy outside a sandbox, or one that names a test organisation in
// production is refused before a connection is opened.
//
// The transport is that of the endpoint. The client follows no redirect, keeps no
// cookie, uses one connection per call and reads at most 1 MiB of answer. Keys,
// report texts and texts of the server never appear in an error message or a log
// line. The texts of the server's issues are for the reporter; they are screened for
// personal data first.
package client
