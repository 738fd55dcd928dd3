package client_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// forbidden is a transport that must not be reached.
type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Error("a request was made")
	return nil, context.Canceled
}

func unreached(t *testing.T, env client.Environment) *client.Client {
	t.Helper()
	ep := client.SandboxEndpoint("http://127.0.0.1:1", embedded(t))
	if env != client.Sandbox {
		ep.Environment, ep.Host = env, "https://lfpse.example"
	}
	c, err := client.New(ep, testKey(t), client.WithTransport(forbidden{t}))
	require.NoError(t, err)
	return c
}

func TestRefusedBeforeAnyByte(t *testing.T) {
	tests := []struct {
		name   string
		env    client.Environment
		change func(*stored)
		want   client.Reason
	}{
		{"other version", client.Sandbox, func(s *stored) { s.Version = "5" }, client.VersionMismatch},
		{"other base", client.Sandbox, func(s *stored) { s.CanonicalBase = base }, client.BaseMismatch},
		{"provisional in test", client.Test, func(s *stored) { s.Provisional = []string{"event-type-6#risk"} }, client.Provisional},
		{"provisional in production", client.Production, func(s *stored) { s.Provisional = []string{"event-type-6#risk"} }, client.Provisional},
		{"test organisation", client.Production, func(s *stored) { s.TestOrganisation = true }, client.TestOrganisation},
		{"submit of an update", client.Sandbox, func(s *stored) { s.ID = "a1" }, client.IDMismatch},
		{"too large", client.Sandbox, func(s *stored) { s.Body = `"` + strings.Repeat("x", 5<<20) + `"` }, client.BodyTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := goodSubmission(t)
			test.change(&s)
			r, err := unreached(t, test.env).Submit(t.Context(), s.restore(t))
			requireReason(t, err, client.NotSent, test.want)
			assert.Zero(t, r)
			assert.NotContains(t, err.Error(), canary)
		})
	}

	c := unreached(t, client.Sandbox)
	_, err := c.Submit(t.Context(), submission.Submission{})
	requireReason(t, err, client.NotSent, client.NoSubmission)
	_, err = c.Update(t.Context(), "a1", submission.Submission{})
	requireReason(t, err, client.NotSent, client.NoSubmission)

	tampered := goodSubmission(t).restore(t)
	tampered.Body()[2] = 'X'
	_, err = c.Submit(t.Context(), tampered)
	requireReason(t, err, client.NotSent, client.Damaged)

	s := goodSubmission(t)
	s.ID = "a1"
	_, err = c.Update(t.Context(), "b2", s.restore(t))
	requireReason(t, err, client.NotSent, client.IDMismatch)
}

func TestRefusedIDs(t *testing.T) {
	c := unreached(t, client.Sandbox)
	good := goodSubmission(t).restore(t)
	for _, id := range []string{"", ".", "..", "a/b", "../metadata", "a?b", "a#b", "a%2Fb", "a b", "ä", "a\n", "a_b", strings.Repeat("a", 65)} {
		_, err := c.Update(t.Context(), id, good)
		requireReason(t, err, client.NotSent, client.BadID)
		_, err = c.Delete(t.Context(), id)
		requireReason(t, err, client.NotSent, client.BadID)
	}
}

func TestRefusalsComeAllAtOnceAndSayWhatToConfirm(t *testing.T) {
	s := goodSubmission(t)
	s.Version, s.CanonicalBase, s.TestOrganisation = "5", base, true
	s.Provisional = []string{"adverse-event-governance-6", "event-type-6#outcome", "<" + canary + ">"}
	_, err := unreached(t, client.Production).Submit(t.Context(), s.restore(t))
	e := asError(t, err)
	require.Len(t, e.Refusals, 4)
	for _, reason := range []client.Reason{client.VersionMismatch, client.BaseMismatch, client.TestOrganisation, client.Provisional} {
		require.ErrorIs(t, err, reason)
		assert.Contains(t, err.Error(), reason.Error())
	}
	assert.Equal(t, client.VersionMismatch, e.Reason)
	assert.Equal(t, []string{"adverse-event-governance-6", "event-type-6#outcome", "(unprintable name)"}, e.Refusals[3].Confirm)
	assert.Contains(t, err.Error(), "To confirm: adverse-event-governance-6, event-type-6#outcome")
	assert.Contains(t, err.Error(), "confirmation file")
	assert.NotContains(t, err.Error(), canary)
}

func TestSandboxTakesProvisionalAndTestOrganisations(t *testing.T) {
	server := serve(t, answering(201, nil, `{"id":"a1"}`))
	s := goodSubmission(t)
	s.Provisional, s.TestOrganisation = []string{"event-type-6#risk"}, true
	_, err := sandbox(t, server.URL).Submit(t.Context(), s.restore(t))
	require.NoError(t, err)
}

func TestContextThatHasEnded(t *testing.T) {
	c := unreached(t, client.Sandbox)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := every(ctx, c, goodSubmission(t).restore(t))
	calls[client.OpMetadata] = func() error { _, err := c.Metadata(ctx); return err }
	for op, do := range calls {
		err := do()
		requireReason(t, err, client.NotSent, client.Cancelled)
		require.ErrorIs(t, err, context.Canceled, op)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err := c.Submit(ctx, goodSubmission(t).restore(t))
	requireReason(t, err, client.NotSent, client.Timeout)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
