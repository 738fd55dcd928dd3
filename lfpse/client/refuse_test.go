package client_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// forbidden is a transport that must not be reached.
type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Error("a request was made")
	return nil, context.Canceled
}

func unreached(t *testing.T, env endpoint.Environment, change ...func(*endpoint.Config)) *client.Client {
	t.Helper()
	ep := endpoint.ForSandbox("http://127.0.0.1:1", embedded(t))
	if env != endpoint.Sandbox {
		ep.Environment, ep.Host = env, "https://lfpse.example"
	}
	for _, f := range change {
		f(&ep)
	}
	return newClient(t, ep, withKey(t), endpoint.WithTransport(forbidden{t}))
}

func otherVersion(ep *endpoint.Config) { ep.Version = "5" }
func otherBase(ep *endpoint.Config)    { ep.CanonicalBase = "https://canonical.example/taxonomy/fhir/" }
func sameService(*endpoint.Config)     {}

func plainEvent(*lfpse.Event)         {}
func update(e *lfpse.Event)           { e.ID = "a1" }
func testOrganisation(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "Z01" }

func provisional(e *lfpse.Event) {
	e.Type, e.WentWell = lfpse.TypeRisk, lfpse.WentWell{}
	e.RiskDetails.RiskImminent = code.YesNoUnknownNo
}

func TestRefusedBeforeAnyByte(t *testing.T) {
	tests := []struct {
		name     string
		env      endpoint.Environment
		endpoint func(*endpoint.Config)
		event    func(*lfpse.Event)
		want     client.Reason
	}{
		{"other version", endpoint.Sandbox, otherVersion, plainEvent, client.VersionMismatch},
		{"other base", endpoint.Sandbox, otherBase, plainEvent, client.BaseMismatch},
		{"provisional in test", endpoint.Test, sameService, provisional, client.Provisional},
		{"provisional in production", endpoint.Production, sameService, provisional, client.Provisional},
		{"test organisation", endpoint.Production, sameService, testOrganisation, client.TestOrganisation},
		{"submit of an update", endpoint.Sandbox, sameService, update, client.IDMismatch},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := unreached(t, test.env, test.endpoint).Submit(t.Context(), report(t, test.event))
			requireReason(t, err, client.NotSent, test.want)
			assert.Zero(t, r)
			assert.NotContains(t, err.Error(), canary)
		})
	}

	c := unreached(t, endpoint.Sandbox)
	_, err := c.Submit(t.Context(), submission.Submission{})
	requireReason(t, err, client.NotSent, client.NoSubmission)
	_, err = c.Update(t.Context(), "a1", submission.Submission{})
	requireReason(t, err, client.NotSent, client.NoSubmission)
	_, err = c.Update(t.Context(), "b2", report(t, update))
	requireReason(t, err, client.NotSent, client.IDMismatch)

	tampered := report(t)
	tampered.Body()[2] = 'X'
	_, err = c.Submit(t.Context(), tampered)
	requireReason(t, err, client.NotSent, client.Damaged)
}

func TestRefusedIDs(t *testing.T) {
	c := unreached(t, endpoint.Sandbox)
	good := report(t)
	for _, id := range []string{"", ".", "..", "a/b", "../metadata", "a?b", "a#b", "a%2Fb", "a b", "ä", "a\n", "a_b", strings.Repeat("a", 65)} {
		_, err := c.Update(t.Context(), id, good)
		requireReason(t, err, client.NotSent, client.BadID)
		_, err = c.Delete(t.Context(), id)
		requireReason(t, err, client.NotSent, client.BadID)
	}
}

func TestRefusalsComeAllAtOnceAndSayWhatToConfirm(t *testing.T) {
	c := unreached(t, endpoint.Production, otherVersion, otherBase)
	_, err := c.Submit(t.Context(), report(t, provisional, testOrganisation))
	e := asError(t, err)
	require.Len(t, e.Refusals, 4)
	for _, reason := range []client.Reason{client.VersionMismatch, client.BaseMismatch, client.TestOrganisation, client.Provisional} {
		require.ErrorIs(t, err, reason)
		assert.Contains(t, err.Error(), reason.Error())
	}
	assert.Equal(t, client.VersionMismatch, e.Reason)
	assert.Equal(t, []string{"event-type-6#risk"}, e.Refusals[3].Confirm)
	assert.Contains(t, err.Error(), "To confirm: event-type-6#risk.")
	assert.Contains(t, err.Error(), "confirmation file")
	assert.NotContains(t, err.Error(), canary)
}

func TestSandboxTakesProvisionalAndTestOrganisations(t *testing.T) {
	server := serve(t, answering(201, nil, `{"id":"a1"}`))
	_, err := sandbox(t, server.URL).Submit(t.Context(), report(t, provisional, testOrganisation))
	require.NoError(t, err)
}

func TestContextThatHasEnded(t *testing.T) {
	c := unreached(t, endpoint.Sandbox)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := every(ctx, c, report(t))
	calls[client.OpMetadata] = func() error { _, err := c.Metadata(ctx); return err }
	for op, do := range calls {
		err := do()
		requireReason(t, err, client.NotSent, client.Cancelled)
		require.ErrorIs(t, err, context.Canceled, op)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err := c.Submit(ctx, report(t))
	requireReason(t, err, client.NotSent, client.Timeout)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// What a person reads has no names of calls, outcomes and reasons in it; the error has
// both.
func TestPlainWordsOfAnError(t *testing.T) {
	for _, reason := range []client.Reason{client.NotConnected, client.Unauthorised, client.ServerError} {
		err := &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: reason}
		assert.Equal(t, reason.Error(), err.Plain())
		assert.NotContains(t, err.Plain(), string(reason))
		assert.Equal(t, "lfpse submit: not-sent ("+string(reason)+"): "+err.Plain(), err.Error())
	}
	err := &client.Error{Op: client.OpSubmit, Outcome: client.Unknown, Reason: client.ServerError}
	assert.Contains(t, err.Plain(), "do not send it again before you know")
}
