package client

// Reason is the stable code of why a call did not end in Accepted. The values
// are errors, so that errors.Is(err, client.Throttled) works.
type Reason string

// Reasons found before anything was sent: NotSent.
const (
	NoSubmission     Reason = "no-submission"     // the submission is the zero value
	Damaged          Reason = "damaged"           // the body is not the one that was checked
	VersionMismatch  Reason = "version-mismatch"  // made for another taxonomy version
	BaseMismatch     Reason = "base-mismatch"     // made for another canonical base
	Provisional      Reason = "provisional"       // uses taxonomy elements nobody has confirmed
	TestOrganisation Reason = "test-organisation" // names a test organisation, in production
	BadID            Reason = "bad-id"            // not a FHIR id
	IDMismatch       Reason = "id-mismatch"       // the submission updates another record
)

// Reasons found on the way.
const (
	Cancelled        Reason = "cancelled"         // the caller's context was cancelled
	Timeout          Reason = "timeout"           // the timeout or the caller's deadline passed
	NameNotResolved  Reason = "name-not-resolved" // NotSent: no address for the host
	AddressForbidden Reason = "address-forbidden" // NotSent: an address where the service cannot be
	NotConnected     Reason = "not-connected"     // NotSent: the host or proxy does not answer, 407
	TLSFailed        Reason = "tls-failed"        // NotSent: no trustworthy encrypted connection
	Interrupted      Reason = "interrupted"       // Unknown: the connection broke while sending
	AnswerLost       Reason = "answer-lost"       // Unknown: sent, but no readable answer came
)

// Reasons that an answer gives.
const (
	Throttled         Reason = "throttled"         // NotSent: 429
	Unauthorised      Reason = "unauthorised"      // NotSent: 401; the key is not accepted
	Forbidden         Reason = "forbidden"         // NotSent: 403 from the gateway
	NoSuchPath        Reason = "no-such-path"      // NotSent: 404 that is not about a record
	Misconfigured     Reason = "misconfigured"     // NotSent: 405, 406, 415
	GatewayRefused    Reason = "gateway-refused"   // NotSent: 502, 503, 504 under WithGatewayRefusal
	RejectedContent   Reason = "rejected"          // Rejected: the issues say why
	RejectedSilently  Reason = "rejected-silently" // Rejected: the answer says no why
	TooLarge          Reason = "too-large"         // Rejected: 413
	NoSuchRecord      Reason = "no-such-record"    // Rejected: 404, 410 on update or delete
	ServerTimeout     Reason = "server-timeout"    // Unknown: 408, 499
	ServerError       Reason = "server-error"      // Unknown: 5xx
	Redirected        Reason = "redirected"        // Unknown: 3xx, which is never followed
	Unconfirmed       Reason = "unconfirmed"       // Unknown: 2xx that names no record
	OtherRecord       Reason = "other-record"      // Unknown: 2xx that names another record
	UnexpectedStatus  Reason = "unexpected-status" // Unknown: no status of HTTP for this
	NotCapabilityForm Reason = "not-capability"    // Unknown: /metadata gave something else
)

// Error returns one sentence or two for people: what happened, what to do.
func (r Reason) Error() string {
	if text := reasonTexts[r]; text != "" {
		return text
	}
	return string(r)
}

var reasonTexts = map[Reason]string{
	NoSubmission:     "There is no submission. Make one with a submission.Builder.",
	Damaged:          "The body is not the one that was checked. Build the submission again from the event.",
	VersionMismatch:  "The submission was made for another taxonomy version than the endpoint takes. Build it with the taxonomy of the endpoint.",
	BaseMismatch:     "The submission was made for another canonical base than the endpoint uses. Build it with the taxonomy of the endpoint.",
	Provisional:      "The submission uses elements of the taxonomy that nobody has confirmed, which may be sent to a sandbox only.",
	TestOrganisation: "The submission names an organisation that exists for tests only (Z01, Z45). Name the real organisation, or use the test service.",
	BadID:            "The record id is not 1 to 64 letters, digits, hyphens and dots. Use the id of the receipt.",
	IDMismatch:       "The id of the submission and the call differ. Submit creates a record and takes an event without id; Update takes the id of the event.",

	Cancelled:        "The call was cancelled.",
	Timeout:          "The time for the call ran out.",
	NameNotResolved:  "The name of the host has no address. Check the host of the endpoint and the network.",
	AddressForbidden: "The name of the host leads to an address where the service cannot be: loopback, link-local, private, or for a sandbox another computer. Check the host; a private link needs WithPrivateNetwork.",
	NotConnected:     "There is no connection to the host or its proxy. Check the network and try again.",
	TLSFailed:        "There is no trustworthy encrypted connection to the host. Check its certificate, the certificate authorities, the client certificate and the clock; verification cannot be switched off.",
	Interrupted:      "The connection broke while the request was being sent.",
	AnswerLost:       "The request was sent, but no readable answer came.",

	Throttled:         "The service wants fewer requests. Wait for RetryAfter, then send again.",
	Unauthorised:      "The subscription key was not accepted. Check the key and that it belongs to this environment.",
	Forbidden:         "The gateway does not allow this. Check with the LFPSE team what the key may be used for.",
	NoSuchPath:        "There is no LFPSE submission API at this address. Check the host of the endpoint.",
	Misconfigured:     "The service does not take this kind of request. Check the endpoint and WithContentType.",
	GatewayRefused:    "The gateway could not reach the service. Send again later.",
	RejectedContent:   "The service refused the report. The issues say what a person must change.",
	RejectedSilently:  "The service refused the report and did not say why in a form that can be read. Ask the LFPSE team.",
	TooLarge:          "The report is too large for the service. Shorten the texts.",
	NoSuchRecord:      "The service has no record of this id. Check the id, or that it was not deleted.",
	ServerTimeout:     "The service gave up waiting.",
	ServerError:       "The service had an error.",
	Redirected:        "The service answered with a redirect, which is never followed. Check the host of the endpoint.",
	Unconfirmed:       "The service answered with success but named no record.",
	OtherRecord:       "The service answered with success but named another record than the one in the call.",
	UnexpectedStatus:  "The service answered with a status that HTTP does not have for this.",
	NotCapabilityForm: "The answer is not a CapabilityStatement. Check the host of the endpoint.",
}
