package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Error is the error of every call of a [Client]. Printing or logging it, in any
// way, shows nothing that the service wrote and nothing of the report.
//
// errors.Is finds a [Reason] and the causes context.Canceled and
// context.DeadlineExceeded; errors.As finds *net.DNSError and the like where they
// are the cause.
type Error struct {
	Op      Op
	Outcome Outcome
	Reason  Reason
	Status  int // HTTP status, 0 when no answer came
	// Refusals are all the reasons for which the client itself did not send.
	Refusals []Refusal
	// Issues are those of the OperationOutcome. Their texts are untrusted and may
	// quote the report: show them to the reporter through
	// [fhir.OutcomeIssue.Message], never log them.
	Issues []fhir.OutcomeIssue
	// RetryAfter is how long the service wants to be left alone, at most one hour;
	// 0 when it did not say.
	RetryAfter time.Duration

	cause error
}

// Refusal is one reason for which the client did not send.
type Refusal struct {
	Reason Reason
	// Confirm lists the keys of the taxonomy elements to confirm where the reason
	// is Provisional, see [taxonomy.Confirmation].
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

// Error says what became of the call, why, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("lfpse " + string(e.Op) + ": " + e.Outcome.String() + " (" + string(e.Reason))
	if e.Status != 0 {
		b.WriteString(", status " + strconv.Itoa(e.Status))
	}
	if n := len(e.Issues); n > 0 {
		b.WriteString(", issues: " + strconv.Itoa(n))
	}
	b.WriteString("): ")
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
		return "The record may exist: do not send it again before that is settled."
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

// Unwrap returns the cause where it is one that cannot hold a text of the
// service or a secret, else nil.
func (e *Error) Unwrap() error { return e.cause }

// Format prints the error as Error does, for every verb.
func (e Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue logs everything but the issues, of which it logs the number.
func (e Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", string(e.Op)), slog.String("outcome", e.Outcome.String()),
		slog.String("reason", string(e.Reason)), slog.Int("status", e.Status),
		slog.Int("issues", len(e.Issues)), slog.Duration("retryAfter", e.RetryAfter))
}

// MarshalJSON writes what LogValue logs, for loggers that encode errors as JSON.
func (e Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Op         Op      `json:"op"`
		Outcome    Outcome `json:"outcome"`
		Reason     Reason  `json:"reason"`
		Status     int     `json:"status,omitempty"`
		Issues     int     `json:"issues"`
		RetryAfter float64 `json:"retryAfterSeconds"`
		Text       string  `json:"text"`
	}{e.Op, e.Outcome, e.Reason, e.Status, len(e.Issues), e.RetryAfter.Seconds(), e.Error()})
}
