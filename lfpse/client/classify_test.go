package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

func withBody(body string) answer { return readAnswer(http.Header{}, []byte(body)) }

func withLocation(location, body string) answer {
	return readAnswer(http.Header{"Location": {location}}, []byte(body))
}

const (
	record  = `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"1"}}`
	refusal = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}`
	notice  = `{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"informational"}]}`
	gateway = `{"statusCode":404,"message":"Resource not found"}`
	page    = `<html><body>Sign in</body></html>`
)

type timeoutError struct{}

func (timeoutError) Error() string { return "slow" }
func (timeoutError) Timeout() bool { return true }

func TestClassify(t *testing.T) {
	refusedConn := &net.OpError{Op: "dial", Err: os.ErrPermission}
	alert := &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}
	reset := errors.New("connection reset by peer")
	var unread answer // the body did not come whole

	tests := []struct {
		name    string
		attempt attempt
		want    verdict
	}{
		// No answer.
		{"no such host", attempt{traced: true, err: &net.DNSError{}}, verdict{NotSent, NameNotResolved}},
		{"nobody listens", attempt{traced: true, err: refusedConn}, verdict{NotSent, NotConnected}},
		{"address where the service cannot be", attempt{traced: true, err: endpoint.ErrAddress}, verdict{NotSent, AddressForbidden}},
		{"no access token", attempt{err: &endpoint.TokenError{Status: 401}}, verdict{NotSent, NoToken}},
		{"cancelled while asking for a token", attempt{err: &endpoint.TokenError{}, ctxErr: context.Canceled}, verdict{NotSent, Cancelled}},
		{"not a sandbox", attempt{err: fmt.Errorf("Get: %w", endpoint.ErrNotSandbox)}, verdict{NotSent, NotSandbox}},
		{"dial timeout", attempt{traced: true, err: timeoutError{}}, verdict{NotSent, NotConnected}},
		{"deadline while dialling", attempt{traced: true, ctxErr: context.DeadlineExceeded}, verdict{NotSent, Timeout}},
		{"cancelled while dialling", attempt{traced: true, ctxErr: context.Canceled}, verdict{NotSent, Cancelled}},
		{"certificate not trusted", attempt{traced: true, stage: securing, err: &tls.CertificateVerificationError{}}, verdict{NotSent, TLSFailed}},
		{"deadline in the handshake", attempt{traced: true, stage: securing, ctxErr: context.DeadlineExceeded}, verdict{NotSent, Timeout}},
		{"client certificate refused after the request", attempt{traced: true, stage: written, err: alert}, verdict{NotSent, TLSFailed}},
		{"reset while sending", attempt{traced: true, stage: connected, err: reset}, verdict{Unknown, Interrupted}},
		{"cancelled while sending", attempt{traced: true, stage: connected, ctxErr: context.Canceled}, verdict{Unknown, Cancelled}},
		{"reset after sending", attempt{traced: true, stage: written, err: reset}, verdict{Unknown, AnswerLost}},
		{"deadline after sending", attempt{traced: true, stage: written, ctxErr: context.DeadlineExceeded}, verdict{Unknown, Timeout}},
		{"no header in time", attempt{traced: true, stage: written, err: timeoutError{}}, verdict{Unknown, Timeout}},
		{"cancelled after sending", attempt{traced: true, stage: written, ctxErr: context.Canceled}, verdict{Unknown, Cancelled}},
		{"transport that does not report, dial error", attempt{err: refusedConn}, verdict{Unknown, AnswerLost}},
		{"transport that does not report, DNS error", attempt{err: &net.DNSError{}}, verdict{Unknown, AnswerLost}},

		// 2xx.
		{"200 with id", attempt{status: 200, answer: withBody(record)}, verdict{Accepted, ""}},
		{"201 with id", attempt{status: 201, answer: withBody(record)}, verdict{Accepted, ""}},
		{"299 with id", attempt{status: 299, answer: withBody(record)}, verdict{Accepted, ""}},
		{"201 with Location only", attempt{status: 201, answer: withLocation("AdverseEvent/a1/_history/1", "")}, verdict{Accepted, ""}},
		{"201 with Location and a lost body", attempt{status: 201, err: reset, answer: readAnswer(http.Header{"Location": {"AdverseEvent/a1"}}, nil)}, verdict{Accepted, ""}},
		{"201 with Location and warnings", attempt{status: 201, answer: withLocation("AdverseEvent/a1", notice)}, verdict{Accepted, ""}},
		{"201 without id", attempt{status: 201, answer: withBody(`{"resourceType":"AdverseEvent"}`)}, verdict{Unknown, Unconfirmed}},
		{"201 truncated", attempt{status: 201, answer: withBody(record[:30])}, verdict{Unknown, Unconfirmed}},
		{"201 with a lost body", attempt{status: 201, err: reset, answer: unread}, verdict{Unknown, Unconfirmed}},
		{"201 and deadline in the body", attempt{status: 201, ctxErr: context.DeadlineExceeded, answer: unread}, verdict{Unknown, Unconfirmed}},
		{"201 OperationOutcome only", attempt{status: 201, answer: withBody(notice)}, verdict{Unknown, Unconfirmed}},
		{"200 page", attempt{status: 200, answer: withBody(page)}, verdict{Unknown, Unconfirmed}},
		{"204", attempt{status: 204, answer: withBody("")}, verdict{Unknown, Unconfirmed}},
		{"update 200 with id", attempt{op: OpUpdate, id: "a1", status: 200, answer: withBody(record)}, verdict{Accepted, ""}},
		{"update 204", attempt{op: OpUpdate, id: "a1", status: 204, answer: withBody("")}, verdict{Accepted, ""}},
		{"update 200 empty", attempt{op: OpUpdate, id: "a1", status: 200, answer: withBody("")}, verdict{Unknown, Unconfirmed}},
		{"update 200 with another id", attempt{op: OpUpdate, id: "b2", status: 200, answer: withBody(record)}, verdict{Unknown, OtherRecord}},
		{"delete 200 empty", attempt{op: OpDelete, id: "a1", status: 200, answer: withBody("")}, verdict{Accepted, ""}},
		{"delete 204", attempt{op: OpDelete, id: "a1", status: 204, answer: withBody("")}, verdict{Accepted, ""}},
		{"delete 200 with a notice", attempt{op: OpDelete, id: "a1", status: 200, answer: withBody(notice)}, verdict{Accepted, ""}},
		{"delete 200 with an error", attempt{op: OpDelete, id: "a1", status: 200, answer: withBody(refusal)}, verdict{Unknown, Unconfirmed}},
		{"delete 200 page", attempt{op: OpDelete, id: "a1", status: 200, answer: withBody(page)}, verdict{Unknown, Unconfirmed}},
		{"delete 200 with a lost body", attempt{op: OpDelete, id: "a1", status: 200, answer: unread}, verdict{Unknown, Unconfirmed}},
		{"metadata", attempt{op: OpMetadata, status: 200, answer: withBody(`{"resourceType":"CapabilityStatement"}`)}, verdict{Accepted, ""}},
		{"metadata page", attempt{op: OpMetadata, status: 200, answer: withBody(page)}, verdict{Unknown, NotCapabilityForm}},

		// 3xx and statuses that mean nothing.
		{"300", attempt{status: 300, answer: withBody(record)}, verdict{Unknown, Redirected}},
		{"302", attempt{status: 302, err: reset, answer: unread}, verdict{Unknown, Redirected}},
		{"308", attempt{status: 308, answer: unread}, verdict{Unknown, Redirected}},
		{"101", attempt{status: 101, answer: unread}, verdict{Unknown, UnexpectedStatus}},
		{"999", attempt{status: 999, answer: withBody(record)}, verdict{Unknown, UnexpectedStatus}},

		// 4xx.
		{"400 with OperationOutcome", attempt{status: 400, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"422 with OperationOutcome", attempt{status: 422, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"403 with OperationOutcome", attempt{status: 403, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"415 with OperationOutcome", attempt{status: 415, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"404 with OperationOutcome", attempt{status: 404, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"400 with a lost body", attempt{status: 400, err: reset, answer: unread}, verdict{Rejected, RejectedSilently}},
		{"400 page", attempt{status: 400, answer: withBody(page)}, verdict{Rejected, RejectedSilently}},
		{"409 empty", attempt{status: 409, answer: withBody("")}, verdict{Rejected, RejectedSilently}},
		{"401 gateway", attempt{status: 401, answer: withBody(`{"statusCode":401,"message":"x"}`)}, verdict{NotSent, Unauthorised}},
		{"401 with OperationOutcome", attempt{status: 401, answer: withBody(refusal)}, verdict{NotSent, Unauthorised}},
		{"403 gateway", attempt{status: 403, answer: withBody(`{"statusCode":403,"message":"x"}`)}, verdict{NotSent, Forbidden}},
		{"403 page", attempt{status: 403, answer: withBody(page)}, verdict{NotSent, Forbidden}},
		{"404 gateway", attempt{status: 404, answer: withBody(gateway)}, verdict{NotSent, NoSuchPath}},
		{"404 empty", attempt{status: 404, answer: withBody("")}, verdict{NotSent, NoSuchPath}},
		{"update 404 gateway", attempt{op: OpUpdate, id: "a1", status: 404, answer: withBody(gateway)}, verdict{NotSent, NoSuchPath}},
		{"update 404", attempt{op: OpUpdate, id: "a1", status: 404, answer: withBody("")}, verdict{Rejected, NoSuchRecord}},
		{"update 410 with OperationOutcome", attempt{op: OpUpdate, id: "a1", status: 410, answer: withBody(refusal)}, verdict{Rejected, NoSuchRecord}},
		{"delete 404 with OperationOutcome", attempt{op: OpDelete, id: "a1", status: 404, answer: withBody(refusal)}, verdict{Rejected, NoSuchRecord}},
		{"update 412 with OperationOutcome", attempt{op: OpUpdate, id: "a1", status: 412, answer: withBody(refusal)}, verdict{Rejected, RejectedContent}},
		{"405", attempt{status: 405, answer: withBody("")}, verdict{NotSent, Misconfigured}},
		{"406", attempt{status: 406, answer: withBody("")}, verdict{NotSent, Misconfigured}},
		{"415", attempt{status: 415, answer: withBody("")}, verdict{NotSent, Misconfigured}},
		{"407", attempt{status: 407, answer: withBody("")}, verdict{NotSent, NotConnected}},
		{"413", attempt{status: 413, answer: withBody("")}, verdict{Rejected, TooLarge}},
		{"408", attempt{status: 408, answer: withBody("")}, verdict{Unknown, ServerTimeout}},
		{"408 with OperationOutcome", attempt{status: 408, answer: withBody(refusal)}, verdict{Unknown, ServerTimeout}},
		{"499", attempt{status: 499, answer: withBody("")}, verdict{Unknown, ServerTimeout}},
		{"429", attempt{status: 429, answer: withBody("")}, verdict{NotSent, Throttled}},
		{"429 with a lost body", attempt{status: 429, err: reset, answer: unread}, verdict{NotSent, Throttled}},

		// 5xx.
		{"500", attempt{status: 500, answer: withBody(refusal)}, verdict{Unknown, ServerError}},
		{"500 that names a record", attempt{status: 500, answer: withBody(record)}, verdict{Unknown, ServerError}},
		{"502", attempt{status: 502, answer: withBody(page)}, verdict{Unknown, ServerError}},
		{"503", attempt{status: 503, answer: withBody("")}, verdict{Unknown, ServerError}},
		{"504", attempt{status: 504, answer: withBody("")}, verdict{Unknown, ServerError}},
		{"502 under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 502, answer: withBody(page)}, verdict{NotSent, GatewayRefused}},
		{"503 under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 503, answer: withBody("")}, verdict{NotSent, GatewayRefused}},
		{"504 under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 504, answer: unread}, verdict{NotSent, GatewayRefused}},
		{"503 of the service itself under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 503, answer: withBody(refusal)}, verdict{Unknown, ServerError}},
		{"500 under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 500, answer: unread}, verdict{Unknown, ServerError}},
		{"501 under WithGatewayRefusal", attempt{gatewayRefusal: true, status: 501, answer: unread}, verdict{Unknown, ServerError}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.attempt.op == "" {
				test.attempt.op = OpSubmit
			}
			assert.Equal(t, test.want, classify(test.attempt))
		})
	}
}

func TestReasonsHaveTexts(t *testing.T) {
	for reason, text := range reasonTexts {
		assert.Regexp(t, `^[a-z]+(-[a-z]+)*$`, string(reason))
		assert.Regexp(t, `^[A-Z].*\.$`, text, reason)
	}
	assert.Equal(t, "made-up", Reason("made-up").Error())
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, time.March, 29, 0, 59, 30, 0, time.UTC) // an hour that clocks in Britain skip
	tests := map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"1":                              time.Second,
		" 120 ":                          2 * time.Minute,
		"3600":                           time.Hour,
		"3601":                           time.Hour,
		"99999999999999999999999999":     time.Hour,
		"000000000005":                   5 * time.Second,
		"-1":                             0,
		"+5":                             0,
		"1.5":                            0,
		"5 s":                            0,
		"soon":                           0,
		"NaN":                            0,
		"Sun, 29 Mar 2026 01:00:30 GMT":  time.Minute,
		"Sunday, 29-Mar-26 01:00:30 GMT": time.Minute,
		"Sun Mar 29 01:00:30 2026":       time.Minute,
		"Sun, 29 Mar 2026 00:00:00 GMT":  0,
		"Tue, 29 Feb 2028 00:00:00 GMT":  time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT":  time.Hour,
		"Mon, 01 Jan 0001 00:00:00 GMT":  0,
		"2026-03-29T01:00:30Z":           0,
	}
	for value, want := range tests {
		assert.Equal(t, want, parseRetryAfter(value, now), "%q", value)
	}
}

func TestRetryAfterIsNeverAbsurd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{1,40}`)).Draw(t, "value")
		d := parseRetryAfter(value, time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "now"), 0))
		assert.True(t, 0 <= d && d <= time.Hour)
	})
}

func FuzzParseRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 29 Mar 2026 01:00:30 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		d := parseRetryAfter(value, time.Unix(1_700_000_000, 0))
		if d < 0 || d > time.Hour {
			t.Fatal(d)
		}
	})
}
