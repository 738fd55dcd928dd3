package client_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestMain(m *testing.M) {
	flag.Parse()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: names.dial}
	if flag.Lookup("test.fuzz").Value.String() != "" {
		os.Exit(m.Run()) // the fuzzing engine keeps goroutines of its own
	}
	goleak.VerifyTestMain(m)
}

// canary stands for everything in a report that must never be seen outside it.
const canary = "Zebedee Quillfeather"

// report is the submission of an invented event; change makes it another one.
func report(t testing.TB, change ...func(*lfpse.Event)) submission.Submission {
	t.Helper()
	b, err := builder()
	require.NoError(t, err)
	e := lfpse.Event{
		Type:        lfpse.TypeGoodCare,
		Description: "The reception team asked the pharmacist about two interacting medicines. Code word: " + canary + ".",
		Date:        "2026-05-04",
		Location:    lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"X9Z99"}},
		Reporter:    lfpse.Reporter{ReporterOrganisation: "X9Z99", ReporterRole: code.StaffTypeAdministrativeAndClericalStaff},
		WentWell:    lfpse.WentWell{HowFutureOccurrence: "Show the example at the next practice meeting."},
	}
	for _, f := range change {
		f(&e)
	}
	d := draft.Draft{Event: e}
	s := b.Prepare(&d)
	require.Equal(t, draft.Ready, d.State, "%v %v %v", d.Questions, d.Issues, d.Privacy)
	require.Contains(t, string(s.Body()), canary)
	return s
}

var builder = sync.OnceValues(func() (*submission.Builder, error) {
	t, err := version6()
	if err != nil {
		return nil, err
	}
	return submission.NewBuilder(t)
})

// large is about 4 MB, which does not fit into the buffers between the client and a
// server that does not read. One string may have 1 MiB.
func large(e *lfpse.Event) {
	for _, s := range []*string{&e.Description, &e.WentWell.StrengthsOfCare, &e.WentWell.HowFutureOccurrence, &e.Outcome.ImmediateActions} {
		*s += strings.Repeat(" Nothing else happened.", 45_000)
	}
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

// sandbox is a client for a server on this computer. with are settings of its
// endpoint, and options of endpoint and client.
func sandbox(t testing.TB, host string, with ...any) *client.Client {
	t.Helper()
	return newClient(t, endpoint.ForSandbox(host, embedded(t)), with...)
}

func newClient(t testing.TB, cfg endpoint.Config, with ...any) *client.Client {
	t.Helper()
	c, err := tryClient(cfg, with...)
	require.NoError(t, err)
	return c
}

func tryClient(cfg endpoint.Config, with ...any) (*client.Client, error) {
	var endpointOptions []endpoint.Option
	var clientOptions []client.Option
	for _, w := range with {
		switch w := w.(type) {
		case setting:
			w(&cfg)
		case endpoint.Option:
			endpointOptions = append(endpointOptions, w)
		case client.Option:
			clientOptions = append(clientOptions, w)
		}
	}
	ep, err := endpoint.New(cfg, endpointOptions...)
	if err != nil {
		return nil, err
	}
	return client.New(ep, clientOptions...)
}

// setting changes the configuration of an endpoint.
type setting func(*endpoint.Config)

func within(d time.Duration) setting { return func(c *endpoint.Config) { c.Timeout = d } }
func trusting(file string) setting   { return func(c *endpoint.Config) { c.TLS.Authorities = file } }
func through(proxy string) setting   { return func(c *endpoint.Config) { c.Proxy.URL = proxy } }

func presenting(certificate, key string) setting {
	return func(c *endpoint.Config) {
		c.TLS.Certificate, c.TLS.CertificateKey = certificate, endpoint.FromFile(key)
	}
}

var (
	gatewayRefusal setting = func(c *endpoint.Config) { c.GatewayRefusal = true }
	privateNetwork setting = func(c *endpoint.Config) { c.PrivateNetwork = true }
)

const keyCanary = "not-a-real-key-but-a-canary"

// withKey sets a key that must never be seen.
func withKey(t testing.TB) setting {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(keyCanary+"\n"), 0o600))
	return func(c *endpoint.Config) { c.Key.Secret = endpoint.FromFile(path) }
}

func submit(t testing.TB, c *client.Client) (client.Receipt, *client.Error) {
	t.Helper()
	r, err := c.Submit(t.Context(), report(t))
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
	return everyOn(ctx, c, s, "a1")
}

func everyOn(ctx context.Context, c *client.Client, s submission.Submission, id string) map[client.Op]func() error {
	return map[client.Op]func() error{
		client.OpSubmit: func() error { _, err := c.Submit(ctx, s); return err },
		client.OpUpdate: func() error { _, err := c.Update(ctx, id, s); return err },
		client.OpDelete: func() error { _, err := c.Delete(ctx, id); return err },
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
