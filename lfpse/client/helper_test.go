package client_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary stands for everything in a report that must never be seen outside it.
const canary = "Zebedee Quillfeather"

const reportBody = `{"resourceType":"AdverseEvent","actuality":"actual","description":"` + canary + `"}`

// stored is the stored form of a submission, the way to make any in a test.
type stored struct {
	Body             string
	Version          string
	CanonicalBase    string
	ID               string
	Provisional      []string
	TestOrganisation bool
}

func goodSubmission(t testing.TB) stored {
	t.Helper()
	tax := embedded(t)
	return stored{Body: reportBody, Version: tax.Version, CanonicalBase: tax.CanonicalBase}
}

func (s stored) restore(t testing.TB) submission.Submission {
	t.Helper()
	sum := sha256.Sum256([]byte(s.Body))
	doc, err := json.Marshal(map[string]any{
		"body": s.Body, "digest": hex.EncodeToString(sum[:]), "version": s.Version,
		"canonicalBase": s.CanonicalBase, "id": s.ID, "provisional": s.Provisional, "testOrganisation": s.TestOrganisation,
	})
	require.NoError(t, err)
	var out submission.Submission
	require.NoError(t, json.Unmarshal(doc, &out))
	return out
}

// version6 is read once: under the race detector it takes a while.
var version6 = sync.OnceValues(func() (*taxonomy.Taxonomy, error) { return taxonomy.Embedded("6") })

func embedded(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := version6()
	require.NoError(t, err)
	return tax
}

// service is a server that counts what reaches it.
type service struct {
	*httptest.Server
	requests atomic.Int32
}

func serve(t testing.TB, handler http.HandlerFunc) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// answering always gives the same answer.
func answering(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func sandbox(t testing.TB, host string, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(client.SandboxEndpoint(host, embedded(t)), client.SandboxKey(), opts...)
	require.NoError(t, err)
	return c
}

func submit(t testing.TB, c *client.Client) (client.Receipt, *client.Error) {
	t.Helper()
	r, err := c.Submit(t.Context(), goodSubmission(t).restore(t))
	return r, asError(t, err)
}

func asError(t testing.TB, err error) *client.Error {
	t.Helper()
	if err == nil {
		return nil
	}
	var e *client.Error
	require.ErrorAs(t, err, &e)
	return e
}

// every calls each operation that changes something, on record a1.
func every(ctx context.Context, c *client.Client, s submission.Submission) map[client.Op]func() error {
	return map[client.Op]func() error{
		client.OpSubmit: func() error { _, err := c.Submit(ctx, s); return err },
		client.OpUpdate: func() error { _, err := c.Update(ctx, "a1", s); return err },
		client.OpDelete: func() error { _, err := c.Delete(ctx, "a1"); return err },
	}
}

func requireReason(t testing.TB, err error, outcome client.Outcome, reason client.Reason) {
	t.Helper()
	var e *client.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, outcome, e.Outcome, e.Error())
	require.Equal(t, reason, e.Reason, e.Error())
	require.True(t, errors.Is(err, reason))
}
