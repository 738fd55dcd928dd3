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

// ErrNotSandbox is found by errors.Is where a sandbox on a private network has not
// shown that it is one. Nothing but the question has been sent, neither key nor token
// nor record.
var ErrNotSandbox = errors.New("what answers there has not shown that it is a sandbox for a private network")

// SandboxStatement is the canonical url that the CapabilityStatement of a sandbox
// names as instantiated.
const SandboxStatement = "https://github.com/gpsafety/lfpse-go/CapabilityStatement/sandbox"

const maxStatement = 1 << 20 // bytes

// mustShow says that the endpoint is a sandbox which may be anything, since it is not
// on this computer.
func (e *Endpoint) mustShow() bool {
	u, err := url.Parse(e.cfg.Host)
	return e.cfg.Environment == Sandbox && (err != nil || !isLoopback(u.Hostname()))
}

// sandboxes are the addresses at which a sandbox has shown itself. It is the address
// that counts, not the name, which may lead elsewhere the next time.
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

// askSandbox asks for the metadata at an address, without key and token.
func (e *Endpoint) askSandbox(ctx context.Context, address string) error {
	limited, cancel := context.WithTimeout(apart{ctx}, e.cfg.Timeout)
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

// apart is a context that ends with another one and knows nothing else of it, above
// all not who traces the request that it belongs to.
type apart struct{ context.Context }

func (apart) Value(any) any { return nil }
