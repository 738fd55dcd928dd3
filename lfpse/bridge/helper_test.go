package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/bridge"
)

const (
	token  = "test-token-0123456789-0123456789-abc"
	fridge = "The vaccine fridge was left open over night, and the vaccines were thrown away."
	event  = `{"type":"incident","description":"` + fridge + `","date":"2026-03-05",` +
		`"location":{"locationKnown":"y","organisation":["A99999"]},"reporter":{"reporterOrganisation":"A99999"},"riskDetails":{"riskImminent":"n"}}`
)

// TestMain lets many tests run beside each other: they mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// place is a folder with a configuration, and a sandbox to send to.
type place struct {
	t       *testing.T
	dir     string
	sandbox *sandbox.Server
	log     *logged
	opts    []bridge.Option
}

// logged is what a bridge has logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newPlace(t *testing.T, opts ...sandbox.Option) *place {
	p := &place{t: t, dir: t.TempDir(), log: &logged{}}
	var err error
	p.sandbox, err = sandbox.Start(context.Background(), "127.0.0.1:0", opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.sandbox.Close(context.Background()) })
	p.write("token", token)
	p.write("map.yaml", testMap)
	p.configure("")
	return p
}

// testMap is the map of a small log.
const testMap = `
name: test
source: {reference: Ref, deny: [Patient]}
skip:
  - {when: {column: What, in: [complaint]}, reason: A complaint is not for LFPSE.}
fields:
  - {to: type, default: incident}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: location.locationKnown, default: u}
  - {to: patients, default: "0"}
  - {to: riskDetails.riskImminent, default: n}
`

func (p *place) write(name, text string) {
	p.t.Helper()
	name = filepath.Join(p.dir, name)
	require.NoError(p.t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(p.t, os.WriteFile(name, []byte(text), 0o600))
}

// configure writes the configuration; more is put at its end.
func (p *place) configure(more string) {
	p.write("bridge.yaml", fmt.Sprintf(`
endpoint: {environment: sandbox, host: %q}
outbox: {file: state/outbox.db, key: outbox.key}
practices:
  - ods: A99999
    sources:
      - {name: incidents, folder: in/incidents, map: map.yaml}
      - {name: events, folder: in/events}
  - ods: A99998
http:
  address: 127.0.0.1:0
  callers:
    - {name: supplier, token: {file: token}, practices: [A99999]}
limits: {settle: 50ms, stop: 10s}
log: {level: debug}
%s`, p.sandbox.URL(), more))
}

func (p *place) load() (bridge.Config, error) {
	return bridge.Load(filepath.Join(p.dir, "bridge.yaml"))
}

// running is a bridge that runs until the test ends or it is stopped.
type running struct {
	*bridge.Bridge
	place *place
	stop  func() error
	fails bool // it is to end with an error
}

func (p *place) start() *running {
	p.t.Helper()
	logger := slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b, err := bridge.New(context.Background(), p.load, append([]bridge.Option{bridge.WithLogger(logger)}, p.opts...)...)
	require.NoError(p.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	r := &running{Bridge: b, place: p}
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	p.t.Cleanup(func() {
		if err := r.stop(); !r.fails {
			assert.NoError(p.t, err)
		}
	})
	return r
}

// soon waits until something holds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, time.Minute, 20*time.Millisecond, what)
}

// answer is what the bridge has answered.
type answer struct {
	status int
	header http.Header
	text   string
}

func (a answer) read(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.text), v), a.text)
}

// call sends a request with the token. Headers are pairs.
func (r *running) call(method, path, body string, headers ...string) answer {
	r.place.t.Helper()
	req, err := http.NewRequest(method, "http://"+r.Addresses()[0]+path, strings.NewReader(body))
	require.NoError(r.place.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(r.place.t, req)
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// recorded is how many records the sandbox has made.
func (p *place) recorded() (n int) {
	for _, e := range p.sandbox.Sandbox().Entries() {
		if e.Status == http.StatusCreated {
			n++
		}
	}
	return n
}

// files are the names of the files in a folder, without their stamps.
func (p *place) files(folder string) (names []string) {
	entries, _ := os.ReadDir(filepath.Join(p.dir, folder))
	for _, e := range entries {
		if _, name, ok := strings.Cut(e.Name(), "Z-"); ok && !strings.HasSuffix(name, ".part") {
			names = append(names, name)
		}
	}
	return names
}

// file is the text of the first file of a folder whose name ends so.
func (p *place) file(folder, ending string) string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, folder, "*"+ending))
	require.NoError(p.t, err)
	require.NotEmpty(p.t, found, folder)
	text, err := os.ReadFile(found[0])
	require.NoError(p.t, err)
	return string(text)
}

func replaceAll(text string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(text)
}
