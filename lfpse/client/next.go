package client

import (
	"errors"
	"net/http"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// Next says what the end of a call means for the calls after it, to the same endpoint. What
// has become of the report itself is its [Outcome]; the two do not follow from each other.
// The zero value is Stop, so that a forgotten one lets nothing through.
type Next uint8

// What comes after a call.
const (
	// Stop: access, address or configuration is wrong, for every report alike. Send nothing
	// before a person has put it right.
	Stop Next = iota
	// Probe: the service, or the way to it, is in trouble. Send nothing before
	// [Client.Probe] has succeeded; ask at growing intervals, the first not before
	// [Error.RetryAfter].
	Probe
	// Wait: the service asks for a pause. Wait for [Error.RetryAfter], or for a time of your
	// own if it is 0.
	Wait
	// GoOn: the cause lies in this call alone.
	GoOn
)

// String returns stop, probe, wait or go-on.
func (n Next) String() string {
	switch n {
	case Probe:
		return "probe"
	case Wait:
		return "wait"
	case GoOn:
		return "go-on"
	}
	return "stop"
}

// MarshalText writes what String returns.
func (n Next) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// NextOf returns what the error of a call means for the calls after it: GoOn for no error,
// Stop for an error that did not come from this package.
func NextOf(err error) Next {
	if err == nil {
		return GoOn
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Next()
	}
	return Stop
}

// Next follows from the reason alone, but for [NoToken]: an authorisation server that
// cannot be reached may be back soon, one that refuses will go on refusing.
func (e *Error) Next() Next {
	var token *endpoint.TokenError
	if e.Reason == NoToken && errors.As(e.cause, &token) &&
		(token.Status == 0 || token.Status == http.StatusTooManyRequests || token.Status >= 500) {
		return Probe
	}
	return reasonFacts[e.Reason].next
}
