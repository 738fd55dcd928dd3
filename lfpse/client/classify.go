package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// attempt is the evidence that one HTTP attempt left behind.
type attempt struct {
	op Op
	id string // of the record in the call, empty for a submission
	// gatewayRefusal is the setting of the endpoint.
	gatewayRefusal bool

	stage stage
	// traced says that the stage can be relied on.
	traced bool
	// err is the error of the transport, or of reading the body.
	err error
	// ctxErr is the error of the context, if it ended before the answer was read.
	ctxErr error
	status int // 0 when no status line arrived
	answer answer
}

// stage says how far a request got.
type stage uint8

const (
	connecting stage = iota // looking up the name, dialling, asking the proxy
	securing                // in the TLS handshake
	connected               // there is a connection: bytes may be on their way
	written                 // the whole request was handed to the network
)

type verdict struct {
	outcome Outcome
	reason  Reason
}

// classify decides the outcome of one attempt. A status counts more than anything that
// went wrong after it.
func classify(a attempt) verdict {
	switch {
	case a.status == 0:
		return classifyFailure(a)
	case 200 <= a.status && a.status <= 299:
		return classifySuccess(a)
	case 300 <= a.status && a.status <= 399:
		return verdict{Unknown, Redirected}
	case 400 <= a.status && a.status <= 499:
		return classifyRefusal(a)
	case 500 <= a.status && a.status <= 599:
		return classifyServerError(a)
	}
	return verdict{Unknown, UnexpectedStatus}
}

// classifyFailure decides the outcome of an attempt without an answer. Only a request
// that never had a connection was certainly not sent: once there is a connection, bytes
// may have been sent, and the client cannot know how many arrived.
func classifyFailure(a attempt) verdict {
	refused, held := refusedByTLS(a.err), heldBack(a.err)
	notSent := refused || held != "" || a.traced && a.stage < connected
	var dns *net.DNSError
	switch {
	case errors.Is(a.ctxErr, context.Canceled):
		return verdict{notSentIf(notSent), Cancelled}
	case a.ctxErr != nil, !notSent && isTimeout(a.err):
		return verdict{notSentIf(notSent), Timeout}
	case held != "":
		return verdict{NotSent, held}
	case refused, notSent && a.stage == securing:
		return verdict{NotSent, TLSFailed}
	case notSent && errors.As(a.err, &dns):
		return verdict{NotSent, NameNotResolved}
	case notSent:
		return verdict{NotSent, NotConnected}
	case a.stage == connected:
		return verdict{Unknown, Interrupted}
	}
	return verdict{Unknown, AnswerLost}
}

// heldBack returns why the endpoint did not send the request, empty if it did.
func heldBack(err error) Reason {
	var token *endpoint.TokenError
	switch {
	case errors.As(err, &token):
		return NoToken
	case errors.Is(err, endpoint.ErrNotSandbox):
		return NotSandbox
	case errors.Is(err, endpoint.ErrAddress):
		return AddressForbidden
	}
	return ""
}

func notSentIf(b bool) Outcome {
	if b {
		return NotSent
	}
	return Unknown
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// refusedByTLS recognises a server that does not accept the client certificate. With TLS
// 1.3 the client learns of that only while it waits for the answer, but the server reads
// no request before it has accepted the certificate.
func refusedByTLS(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return false
	}
	switch op.Err.Error() { // the type of the alert is not exported
	case "tls: certificate required", "tls: bad certificate", "tls: unsupported certificate",
		"tls: revoked certificate", "tls: expired certificate", "tls: unknown certificate",
		"tls: unknown certificate authority", "tls: access denied":
		return true
	}
	return false
}

// classifySuccess accepts a 2xx only if the service itself answered, and not something in
// between, and named the record.
func classifySuccess(a attempt) verdict {
	confirmed := verdict{outcome: Accepted}
	switch a.op {
	case OpUpdate:
		switch {
		case a.answer.id != "" && a.answer.id != a.id:
			return verdict{Unknown, OtherRecord}
		case a.answer.id == a.id, a.status == 204:
			return confirmed
		}
	case OpDelete:
		if a.answer.readable && (a.answer.outcome == nil || !a.answer.outcome.HasErrors()) {
			return confirmed
		}
	case OpMetadata:
		if isCapabilityStatement(a.answer.tree) {
			return confirmed
		}
		return verdict{Unknown, NotCapabilityForm}
	default:
		if a.answer.id != "" {
			return confirmed
		}
	}
	return verdict{Unknown, Unconfirmed}
}

// classifyRefusal decides about 4xx. With an OperationOutcome, the service itself has
// refused the content; without one it was a gateway, which stores nothing.
func classifyRefusal(a attempt) verdict {
	onRecord := a.op == OpUpdate || a.op == OpDelete
	switch a.status {
	case 401:
		return verdict{NotSent, Unauthorised}
	case 407:
		return verdict{NotSent, NotConnected}
	case 429:
		return verdict{NotSent, Throttled}
	case 408, 499: // the side that gave up waiting does not know what happened
		return verdict{Unknown, ServerTimeout}
	case 404, 410:
		switch {
		case onRecord && !a.answer.gateway:
			return verdict{Rejected, NoSuchRecord}
		case a.answer.outcome == nil:
			return verdict{NotSent, NoSuchPath}
		}
	case 413:
		return verdict{Rejected, TooLarge}
	}
	if a.answer.outcome != nil {
		return verdict{Rejected, RejectedContent}
	}
	switch a.status {
	case 403:
		return verdict{NotSent, Forbidden}
	case 405, 406, 415:
		return verdict{NotSent, Misconfigured}
	}
	return verdict{Rejected, RejectedSilently}
}

// classifyServerError treats 503 with Retry-After like any other: it says when to try
// again, not what was done.
func classifyServerError(a attempt) verdict {
	if a.gatewayRefusal && a.answer.outcome == nil && 502 <= a.status && a.status <= 504 {
		return verdict{NotSent, GatewayRefused}
	}
	return verdict{Unknown, ServerError}
}

const maxRetryAfter = time.Hour

// parseRetryAfter reads a Retry-After header, seconds or an HTTP date. It returns
// 0 for a header that is missing, malformed, negative or in the past, and at most
// one hour: a server that is wrong about this must not stop reporting for days.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		return retrySeconds(value)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// retrySeconds reads digits of any number.
func retrySeconds(digits string) time.Duration {
	var d time.Duration
	for i := range len(digits) {
		d = d*10 + time.Duration(digits[i]-'0')*time.Second
		if d >= maxRetryAfter {
			return maxRetryAfter
		}
	}
	return d
}
