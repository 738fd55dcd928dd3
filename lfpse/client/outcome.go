package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Outcome is the outcome of one attempt. The zero value is Unknown, so that a forgotten
// outcome is never taken as certain.
type Outcome uint8

// The outcomes.
const (
	// Unknown: the service may have acted on the request, and its answer does not say. A
	// POST must not be repeated until somebody has found out; a PUT or DELETE may be.
	Unknown Outcome = iota
	// NotSent: the request did not take effect. It may be repeated unchanged when the
	// cause is removed.
	NotSent
	// Accepted: the service confirmed the request. This is final.
	Accepted
	// Rejected: the service refused the content, and nothing was recorded. The same
	// bytes will be refused again; the reason says whether a person has to change them.
	Rejected
)

// String returns unknown, not-sent, accepted or rejected.
func (o Outcome) String() string {
	switch o {
	case NotSent:
		return "not-sent"
	case Accepted:
		return "accepted"
	case Rejected:
		return "rejected"
	}
	return "unknown"
}

// MarshalText writes the outcome as String does.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Outcome) UnmarshalText(text []byte) error {
	for known := Unknown; known <= Rejected; known++ {
		if known.String() == string(text) {
			*o = known
			return nil
		}
	}
	return errors.New("the outcome must be unknown, not-sent, accepted or rejected")
}

// OutcomeOf returns the outcome that the error of a call states: Accepted for no
// error, Unknown for an error that did not come from this package.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Accepted
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Outcome
	}
	return Unknown
}

// StateOf returns the state that a report gets by a call with this error: accepted for
// none, pending where nothing was sent, rejected, or unknown.
func StateOf(err error) draft.State {
	switch OutcomeOf(err) {
	case Accepted:
		return draft.Accepted
	case Rejected:
		return draft.Rejected
	case NotSent:
		return draft.Pending
	}
	return draft.Unknown
}

// Op is the operation of a call.
type Op string

// The operations.
const (
	OpSubmit   Op = "submit"   // POST /AdverseEvent
	OpUpdate   Op = "update"   // PUT /AdverseEvent/{id}
	OpDelete   Op = "delete"   // DELETE /AdverseEvent/{id}
	OpRead     Op = "read"     // GET /AdverseEvent/{id}
	OpMetadata Op = "metadata" // GET /metadata
)

// Reason is the stable code of why a call did not end in Accepted. The values
// are errors, so that errors.Is(err, client.Throttled) works.
type Reason string

// Reasons found before anything was sent: NotSent.
const (
	NoSubmission     Reason = "no-submission"     // the submission is the zero value
	Damaged          Reason = "damaged"           // the body is not the one that was checked
	VersionMismatch  Reason = "version-mismatch"  // made for another taxonomy version
	BaseMismatch     Reason = "base-mismatch"     // made for another canonical base
	Provisional      Reason = "provisional"       // uses taxonomy elements that nobody has confirmed
	TestOrganisation Reason = "test-organisation" // names a test organisation, in production
	BadID            Reason = "bad-id"            // not a FHIR id
	BadVersion       Reason = "bad-version"       // not a version id
	IDMismatch       Reason = "id-mismatch"       // the submission updates another record
)

// Reasons found on the way.
const (
	Cancelled        Reason = "cancelled"         // the caller's context was cancelled
	Timeout          Reason = "timeout"           // the timeout or the caller's deadline passed
	NameNotResolved  Reason = "name-not-resolved" // NotSent: no address for the host
	AddressForbidden Reason = "address-forbidden" // NotSent: an address that the service cannot have
	NotConnected     Reason = "not-connected"     // NotSent: the host or proxy does not answer, 407
	NotSandbox       Reason = "not-a-sandbox"     // NotSent: the server has not shown that it is a sandbox
	NoToken          Reason = "no-token"          // NotSent: the authorisation server gave no access token
	TLSFailed        Reason = "tls-failed"        // NotSent: no trustworthy encrypted connection
	AnswerLost       Reason = "answer-lost"       // Unknown: perhaps sent, but no readable answer came
)

// Reasons that an answer gives. ANSWERS.md beside this file says which answer gives which.
const (
	// NotSent: about access, address or configuration. Nothing is wrong with the report.
	Throttled      Reason = "throttled"       // too many requests, or too early
	Unauthorised   Reason = "unauthorised"    // key or access token not accepted
	Forbidden      Reason = "forbidden"       // the sender may not do this
	NoSuchPath     Reason = "no-such-path"    // there is nothing at the address
	NotOffered     Reason = "not-offered"     // the service does not let records be read
	Misconfigured  Reason = "misconfigured"   // a kind of request that the service does not take
	Intercepted    Reason = "intercepted"     // refused by something in front of the service
	GatewayRefused Reason = "gateway-refused" // 502, 503, 504 under gatewayRefusal

	// Rejected: about the content or the record.
	RejectedContent  Reason = "rejected"          // the issues say why
	RejectedSilently Reason = "rejected-silently" // the answer gives no reason
	TooLarge         Reason = "too-large"         // 413
	NoSuchRecord     Reason = "no-such-record"    // 404, 410 on update, delete or read
	VersionConflict  Reason = "version-conflict"  // 412 on an update that names a version

	// Unknown: somebody has to find out.
	Conflict          Reason = "conflict"          // the service holds a record that this one conflicts with
	NotFinal          Reason = "not-final"         // 202: taken, but not carried out yet
	ServerTimeout     Reason = "server-timeout"    // 408, 499
	ServerError       Reason = "server-error"      // 5xx
	Redirected        Reason = "redirected"        // 3xx, which is never followed
	Unconfirmed       Reason = "unconfirmed"       // 2xx that names no record
	OtherRecord       Reason = "other-record"      // 2xx that names another record
	UnexpectedStatus  Reason = "unexpected-status" // a status that HTTP does not have for this
	NotCapabilityForm Reason = "not-capability"    // /metadata gave something else
)

// Error says in one or two sentences what happened and what to do.
func (r Reason) Error() string {
	if text := reasonFacts[r].text; text != "" {
		return text
	}
	return string(r)
}

// reasonFacts says of every reason what it means for the calls after it and, for people,
// what happened and what to do.
var reasonFacts = map[Reason]struct {
	next Next
	text string
}{
	NoSubmission:     {GoOn, "There is no submission. Make one with a submission.Builder."},
	Damaged:          {GoOn, "The body is not the one that was checked. Build the submission again from the event."},
	VersionMismatch:  {GoOn, "The submission was made for another taxonomy version than the endpoint takes. Build it with the taxonomy of the endpoint."},
	BaseMismatch:     {GoOn, "The submission was made for another canonical base than the endpoint uses. Build it with the taxonomy of the endpoint."},
	Provisional:      {GoOn, "The submission uses elements of the taxonomy that nobody has confirmed, which may be sent to a sandbox only."},
	TestOrganisation: {GoOn, "The submission names an organisation that exists for tests only (Z01, Z45). Name the real organisation, or use the test service."},
	BadID:            {GoOn, "The record id is not 1 to 64 letters, digits, hyphens and dots. Use the id of the receipt."},
	BadVersion:       {GoOn, "The version of the record is not 1 to 64 letters, digits, hyphens and dots. Use that of the receipt."},
	IDMismatch:       {GoOn, "The id of the submission and the call differ. Submit creates a record and takes an event without id; Update takes the id of the event."},

	Cancelled:        {GoOn, "The call was cancelled."},
	Timeout:          {Probe, "The time for the call ran out."},
	NameNotResolved:  {Probe, "The name of the host has no address. Check the host of the endpoint and the network."},
	AddressForbidden: {Stop, "The name of the host leads to an address that the service cannot have: loopback, link-local, private or, for a sandbox, another computer. Check the host; a private link needs privateNetwork in the endpoint."},
	NotSandbox:       {Stop, "The server there has not shown that it is a sandbox for a private network, so nothing was sent. Check the host, and start the sandbox for a private network."},
	NoToken:          {Stop, "The authorisation server gave no access token. Check the token url, the client id, the signing key with its id, the audience and the clock."},
	NotConnected:     {Probe, "There is no connection to the host or its proxy. Check the network and try again."},
	TLSFailed:        {Stop, "There is no trustworthy encrypted connection to the host. Check its certificate, the certificate authorities, the client certificate and the clock; verification cannot be switched off."},
	AnswerLost:       {Probe, "The connection broke, or what came was no answer, when the request was perhaps already with the service."},

	Throttled:         {Wait, "The service does not take the request now and asks to wait."},
	Unauthorised:      {Stop, "The key or access token was not accepted. Check both, and that they belong to this environment. Nothing is wrong with the report."},
	Forbidden:         {Stop, "The service does not allow this to whoever holds the key. Check with the LFPSE team what it may be used for. Nothing is wrong with the report."},
	NoSuchPath:        {Stop, "There is no LFPSE submission API at this address. Check host and base path of the endpoint. Nothing is wrong with the report."},
	NotOffered:        {GoOn, "The service does not let records be read."},
	Misconfigured:     {Stop, "The service does not take this kind of request. Check the endpoint, its version and its content type. Nothing is wrong with the report."},
	Intercepted:       {Stop, "Something in front of the service, such as a proxy or a sign-in page, refused the request. Check the network and the host of the endpoint. Nothing is wrong with the report."},
	GatewayRefused:    {Probe, "The gateway could not reach the service. Send again later."},
	RejectedContent:   {GoOn, "The service refused the report. The issues say what a person must change."},
	RejectedSilently:  {GoOn, "The service refused the request without a reason that can be read. Ask the LFPSE team before you change or send it again."},
	TooLarge:          {GoOn, "The report is too large for the service. Shorten the texts."},
	NoSuchRecord:      {GoOn, "The service has no record of this id. Check the id, or that it was not deleted."},
	VersionConflict:   {GoOn, "The record has another version than the one to replace: it has been changed since, perhaps by an earlier attempt of this update. A person decides what it shall say."},
	Conflict:          {GoOn, "The service says that it already holds a record that conflicts with this one, perhaps from an earlier call. Look for it there; there is no need to change the report."},
	NotFinal:          {GoOn, "The service has taken the call but has not carried it out yet."},
	ServerTimeout:     {Probe, "The service gave up waiting."},
	ServerError:       {Probe, "The service had an error."},
	Redirected:        {Stop, "The service answered with a redirect, which is never followed. Check the host of the endpoint."},
	Unconfirmed:       {Probe, "The service answered with success but named no record."},
	OtherRecord:       {Stop, "The service answered with success but named a record other than the one in the call."},
	UnexpectedStatus:  {Stop, "The service answered with a status that HTTP does not have for this."},
	NotCapabilityForm: {Stop, "The answer is not a CapabilityStatement. Check the host of the endpoint."},
}

// Error is the error of every call of a [Client]. Printing or logging it shows nothing
// that the service wrote and nothing of the report.
//
// errors.Is finds a [Reason] and the causes context.Canceled and
// context.DeadlineExceeded; errors.As finds causes such as *net.DNSError.
type Error struct {
	Op      Op
	Outcome Outcome
	Reason  Reason
	Status  int // HTTP status, 0 when no answer came
	// Refusals are all the reasons for which the client itself did not send.
	Refusals []Refusal
	// Issues are those of the OperationOutcome, or hold the message of a gateway. Personal
	// data and the key have been replaced by tokens such as [NHS-NUMBER], but the texts
	// are untrusted and may quote the report: show them to the reporter through
	// [fhir.OutcomeIssue.Message], never log them.
	Issues []fhir.OutcomeIssue
	// RetryAfter is how long the service asks callers to wait, at most one hour; 0 if it
	// did not say.
	RetryAfter time.Duration

	cause error
}

// Refusal is one reason for which the client did not send.
type Refusal struct {
	Reason Reason
	// Confirm lists the keys of the taxonomy elements to confirm if the reason is
	// Provisional; see [taxonomy.Confirmation].
	Confirm []string
}

// String returns the reason for people, with the keys.
func (r Refusal) String() string {
	if len(r.Confirm) == 0 {
		return r.Reason.Error()
	}
	return fmt.Sprintf("%s To confirm: %s. Apply a confirmation file (taxonomy.Confirmation) or use a taxonomy read from the live service.",
		r.Reason.Error(), strings.Join(r.Confirm, ", "))
}

// Error says what the outcome of the call is, why, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("lfpse " + string(e.Op) + ": " + e.Outcome.String() + " (" + string(e.Reason))
	if e.Status != 0 {
		b.WriteString(", status " + strconv.Itoa(e.Status))
	}
	if n := len(e.Issues); n > 0 {
		b.WriteString(", issues: " + strconv.Itoa(n))
	}
	b.WriteString("): " + e.Plain())
	return b.String()
}

// Plain says what has become of the attempt, and what to do, in words for the person who
// sent it: without the call, the outcome and the reason, which [Error.Error] puts before.
func (e *Error) Plain() string {
	var b strings.Builder
	if len(e.Refusals) == 0 {
		b.WriteString(e.Reason.Error())
	}
	for i, r := range e.Refusals {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(r.String())
	}
	if advice := e.advice(); advice != "" {
		b.WriteString(" " + advice)
	}
	return b.String()
}

func (e *Error) advice() string {
	switch {
	case e.Outcome != Unknown:
		return ""
	case e.Op == OpSubmit:
		return "The record may exist: do not send it again before you know."
	case e.Op == OpUpdate || e.Op == OpDelete:
		return "It may or may not have taken effect; the same call may be repeated."
	}
	return ""
}

// Is reports whether target is the reason, or one of the refusals, of the error.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	if !ok {
		return false
	}
	for _, r := range e.Refusals {
		if r.Reason == reason {
			return true
		}
	}
	return e.Reason == reason
}

// Unwrap returns the cause if it cannot hold a text of the service or a secret, else nil.
func (e *Error) Unwrap() error { return e.cause }

// Format prints the error as Error does, for every verb.
func (e Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue logs everything but the issues, of which it logs the number.
func (e Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", string(e.Op)), slog.String("outcome", e.Outcome.String()),
		slog.String("reason", string(e.Reason)), slog.Int("status", e.Status),
		slog.Int("issues", len(e.Issues)), slog.String("next", e.Next().String()), slog.Duration("retryAfter", e.RetryAfter))
}

// MarshalJSON writes what LogValue logs, for loggers that encode errors as JSON.
func (e Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Op         Op      `json:"op"`
		Outcome    Outcome `json:"outcome"`
		Reason     Reason  `json:"reason"`
		Status     int     `json:"status,omitempty"`
		Issues     int     `json:"issues"`
		Next       Next    `json:"next"`
		RetryAfter float64 `json:"retryAfterSeconds"`
		Text       string  `json:"text"`
	}{e.Op, e.Outcome, e.Reason, e.Status, len(e.Issues), e.Next(), e.RetryAfter.Seconds(), e.Error()})
}
