package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

type timeoutError struct{}

func (timeoutError) Error() string { return "slow" }
func (timeoutError) Timeout() bool { return true }

// TestAttemptWithoutAnswer is about attempts to which no status came; TestAnswers has the
// others.
func TestAttemptWithoutAnswer(t *testing.T) {
	refusedConn := &net.OpError{Op: "dial", Err: os.ErrPermission}
	alert := &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}
	reset := errors.New("connection reset by peer")

	tests := []struct {
		name    string
		attempt attempt
		want    verdict
	}{
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
		{"client certificate refused after the request", attempt{traced: true, stage: connected, err: alert}, verdict{NotSent, TLSFailed}},
		{"reset while sending", attempt{traced: true, stage: connected, err: reset}, verdict{Unknown, AnswerLost}},
		{"cancelled while sending", attempt{traced: true, stage: connected, ctxErr: context.Canceled}, verdict{Unknown, Cancelled}},
		{"reset after sending", attempt{traced: true, stage: connected, err: reset}, verdict{Unknown, AnswerLost}},
		{"deadline after sending", attempt{traced: true, stage: connected, ctxErr: context.DeadlineExceeded}, verdict{Unknown, Timeout}},
		{"no header in time", attempt{traced: true, stage: connected, err: timeoutError{}}, verdict{Unknown, Timeout}},
		{"cancelled after sending", attempt{traced: true, stage: connected, ctxErr: context.Canceled}, verdict{Unknown, Cancelled}},
		{"transport that does not report, dial error", attempt{err: refusedConn}, verdict{Unknown, AnswerLost}},
		{"transport that does not report, DNS error", attempt{err: &net.DNSError{}}, verdict{Unknown, AnswerLost}},
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
	for reason, facts := range reasonFacts {
		assert.Regexp(t, `^[a-z]+(-[a-z]+)*$`, string(reason))
		assert.Regexp(t, `^[A-Z].*\.$`, facts.text, reason)
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
