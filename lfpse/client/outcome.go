package client

import "errors"

// Outcome says what became of one attempt. The zero value is Unknown, so that
// nothing forgotten passes for settled.
type Outcome uint8

// The outcomes.
const (
	// Unknown: the service may have acted on the request, and its answer does not
	// say. A POST must not be repeated until somebody has found out; a PUT or
	// DELETE may.
	Unknown Outcome = iota
	// NotSent: the request did not take effect. It may be repeated as it is, once
	// the cause is gone.
	NotSent
	// Accepted: the service confirmed the request. This is final.
	Accepted
	// Rejected: the service refused the content. A person must change it; the
	// same bytes will be refused again.
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

// Op is the operation of a call.
type Op string

// The operations.
const (
	OpSubmit   Op = "submit"   // POST /AdverseEvent
	OpUpdate   Op = "update"   // PUT /AdverseEvent/{id}
	OpDelete   Op = "delete"   // DELETE /AdverseEvent/{id}
	OpMetadata Op = "metadata" // GET /metadata
)
