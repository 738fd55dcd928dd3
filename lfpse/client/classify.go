package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// attempt is the evidence that one HTTP attempt left behind.
type attempt struct {
	op Op
	id string // of the record in the call, empty for a submission
	// conditional says that the call names the version that it replaces.
	conditional bool
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
)

type verdict struct {
	outcome Outcome
	reason  Reason
}

// classify decides the outcome of one attempt. A status counts more than anything that
// went wrong after it; see [rules].
func classify(a attempt) verdict {
	if a.status == 0 {
		return classifyFailure(a)
	}
	return judge(a)
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
	case refused, notSent && a.stage == securing && !brokeOff(a.err):
		return verdict{NotSent, TLSFailed}
	case notSent && errors.As(a.err, &dns):
		return verdict{NotSent, NameNotResolved}
	case notSent:
		return verdict{NotSent, NotConnected}
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

// brokeOff recognises a network that failed, which may pass, in a handshake: nothing is
// wrong with certificates or versions then.
func brokeOff(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &errno) || isTimeout(err)
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
