//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// freeAddress is an address that nobody listens on.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

const bridgeEvent = `{"type":"incident","description":"The vaccine fridge was left open over night, and the vaccines were thrown away.","date":"2026-03-05",` +
	`"location":{"locationKnown":"y","organisation":["A99999"]},"reporter":{"reporterOrganisation":"A99999"},"riskDetails":{"riskImminent":"n"}}` + "\n"

func bridgeConfig(t *testing.T) (name string, write func(more string)) {
	name = filepath.Join(t.TempDir(), "bridge.yaml")
	text := fmt.Sprintf("endpoint: {environment: sandbox, host: \"http://%s\"}\noutbox: {file: outbox.db, key: outbox.key}\npractices:\n  - ods: A99999\n    sources: [{name: events, folder: in}]\nlimits: {settle: 50ms}\nhttp: {address: %q}\n", freeAddress(t), freeAddress(t))
	write = func(more string) { require.NoError(t, os.WriteFile(name, []byte(text+more), 0o600)) }
	write("")
	return name, write
}

func TestBridgeCheck(t *testing.T) {
	t.Parallel()
	name, write := bridgeConfig(t)
	var out, stderr bytes.Buffer
	assert.Equal(t, exitDone, run(context.Background(), []string{"bridge", "--config", name, "--check"}, &console{nil, &out, &stderr}))
	assert.Equal(t, "Nothing is wrong with the configuration.\n", out.String())
	write("log: {level: loud, format: xml}\n")
	out.Reset()
	assert.Equal(t, exitUsage, run(context.Background(), []string{"bridge", "--config", name, "--check"}, &console{nil, &out, &stderr}))
	assert.Equal(t, 2, strings.Count(out.String(), "line 8: BRIDGE-LOG at log."))
	assert.Equal(t, exitUsage, run(context.Background(), []string{"bridge", "--config", name}, &console{nil, &out, &stderr}))
	assert.Contains(t, stderr.String(), "bridge.yaml cannot be used:\nline 8: BRIDGE-LOG")
	assert.NoFileExists(t, filepath.Join(filepath.Dir(name), "outbox.key"), "a check makes nothing")
}

// A check shows the warnings of the maps, each once, as a command that sends a log does.
func TestBridgeCheckShowsTheWarningsOfMaps(t *testing.T) {
	t.Parallel()
	name, write := bridgeConfig(t)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(name), "map.yaml"), []byte(`name: test
source: {reference: Ref}
fields:
  - {to: type, default: incident}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: riskDetails.riskImminent, default: n}
`), 0o600))
	write("  - ods: A99998\n    sources: [{name: a, folder: a, map: map.yaml}, {name: b, folder: b, map: map.yaml}]\n")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	head, more, _ := strings.Cut(string(text), "limits:")
	more, practice, _ := strings.Cut(more, "  - ods: A99998")
	require.NoError(t, os.WriteFile(name, []byte(head+"  - ods: A99998"+practice+"limits:"+more), 0o600))
	var out, stderr bytes.Buffer
	assert.Equal(t, exitDone, run(context.Background(), []string{"bridge", "--config", name, "--check"}, &console{nil, &out, &stderr}), out.String())
	assert.Equal(t, 1, strings.Count(out.String(), "warning: MAP-CLINICAL-DEFAULT at "), out.String())
	assert.Contains(t, out.String(), "map.yaml")
	assert.NotContains(t, out.String(), "Nothing is wrong")
}

// The command sends to a sandbox of its own what comes on standard input and into a folder,
// reads its configuration again, and ends when it is interrupted. What it has encrypted can
// be read with it.
func TestBridgeRuns(t *testing.T) {
	name, write := bridgeConfig(t)
	dir := filepath.Dir(name)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out, stderr written
	ledger := filepath.Join(dir, "ledger.jsonl")
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"bridge", "--config", name, "--sandbox", "--ledger", ledger, "--stdin", "A99999/stream"},
			&console{strings.NewReader(bridgeEvent), &out, &stderr})
	}()
	eventually := func(what string, holds func() bool) {
		t.Helper()
		require.Eventually(t, holds, 30*time.Second, 20*time.Millisecond, what)
	}
	eventually("the stream is taken in", func() bool { return strings.Contains(out.String(), `"change":"added"`) })
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "a.ndjson"), []byte(strings.Replace(bridgeEvent, "fridge", "cupboard", 1)), 0o600))
	eventually("both are sent", func() bool {
		text, _ := os.ReadFile(ledger)
		return strings.Count(string(text), `"status":201`) == 2
	})
	_, address, _ := strings.Cut(stderr.String(), "The bridge listens on ")
	address, _, _ = strings.Cut(address, ".\n")
	resp, err := http.Get("http://" + address + "/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"), "the page for operators")
	write("log: {level: loud}\n")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	eventually("what is wrong is said", func() bool { return strings.Contains(stderr.String(), "the old configuration stays") })
	write("log: {level: debug}\n")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	eventually("the new one is used", func() bool { return strings.Contains(stderr.String(), "a new configuration is in use") })

	sealed, err := filepath.Glob(filepath.Join(dir, "in/done/*.sealed"))
	require.NoError(t, err)
	require.Len(t, sealed, 1)
	var text bytes.Buffer
	assert.Equal(t, exitDone, run(context.Background(), []string{"bridge", "--config", name, "--open", sealed[0]}, &console{nil, &text, &stderr}))
	assert.Contains(t, text.String(), "cupboard")
	cancel()
	assert.Equal(t, exitDone, <-code, stderr.String())
	assert.NotContains(t, out.String()+stderr.String(), "cupboard")
}

// An address that is taken is named, with what says another.
func TestBridgeAddressIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	name, write := bridgeConfig(t)
	write("page: {address: \"" + taken.Addr().String() + "\"}\n")
	var out, stderr bytes.Buffer
	assert.Equal(t, exitUsage, run(t.Context(), []string{"bridge", "--config", name}, &console{nil, &out, &stderr}))
	assert.Contains(t, strings.Join(strings.Fields(stderr.String()), " "), "another program listens on "+taken.Addr().String()+" already: state another address in "+name)
}

func TestBridgeMakesAKey(t *testing.T) {
	t.Parallel()
	name, _ := bridgeConfig(t)
	var out, stderr bytes.Buffer
	args := []string{"bridge", "--config", name, "--make-key"}
	assert.Equal(t, exitDone, run(context.Background(), args, &console{nil, &out, &stderr}))
	assert.Equal(t, exitUsage, run(context.Background(), args, &console{nil, &out, &stderr}), "it is not overwritten")
}
