package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
)

// ErrNotSandbox is found by errors.Is if a sandbox on a private network has not shown
// that it is one. Only the request for its metadata has been sent, without key, token or
// record.
var ErrNotSandbox = errors.New("the server there has not shown that it is a sandbox for a private network")

// SandboxStatement is the canonical url in the element instantiates of a sandbox's
// CapabilityStatement.
const SandboxStatement = "https://github.com/gpsafety/lfpse-go/CapabilityStatement/sandbox"

const maxStatement = 1 << 20 // bytes

// mustShow reports whether the endpoint must first show that it is a sandbox, because it
// is not on this computer.
func (e *Endpoint) mustShow() bool {
	u, err := url.Parse(e.cfg.Host)
	return e.cfg.Environment == Sandbox && (err != nil || !rest.Loopback(u.Hostname()))
}

// sandboxes are the addresses that have shown that they are sandboxes. The address
// counts, not the name, which may lead elsewhere the next time.
type sandboxes struct {
	mu    sync.Mutex
	known map[string]bool
}

func (s *sandboxes) recognise(ctx context.Context, e *Endpoint, address string) error {
	s.mu.Lock()
	known := s.known[address]
	s.mu.Unlock()
	if known {
		return nil
	}
	if err := e.askSandbox(ctx, address); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]bool{}
	}
	s.known[address] = true
	return nil
}

// askSandbox requests the metadata from an address, without key and token.
func (e *Endpoint) askSandbox(ctx context.Context, address string) error {
	limited, cancel := context.WithTimeout(withoutValues{ctx}, e.cfg.Timeout)
	defer cancel()
	t := e.network(false)
	t.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: e.cfg.ConnectTimeout}).DialContext(ctx, network, address)
	}
	answer, err := rest.New(t, maxStatement).R().SetContext(limited).
		SetHeader("Accept", e.cfg.ContentType).SetHeader("User-Agent", e.options.userAgent).
		Get(e.URL("/metadata"))
	var statement struct {
		ResourceType string   `json:"resourceType"`
		Instantiates []string `json:"instantiates"`
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil || answer.StatusCode() != http.StatusOK:
		return ErrNotSandbox
	case json.Unmarshal(answer.Body(), &statement) != nil || statement.ResourceType != "CapabilityStatement",
		!slices.Contains(statement.Instantiates, SandboxStatement):
		return ErrNotSandbox
	}
	return nil
}

// withoutValues is a context that ends with another one but has none of its values, so
// that a trace of the original request does not see this one.
type withoutValues struct{ context.Context }

func (withoutValues) Value(any) any { return nil }
