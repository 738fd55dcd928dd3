package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full is a disk with no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// written is what a command that runs beside the test has written.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Output that is lost is not passed over, whatever the command.
func TestLostOutputIsNoSuccess(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	for _, args := range [][]string{
		{"version"}, {"rules"}, {"taxonomy", "show"}, {"taxonomy", "list"}, {"taxonomy", "maps"},
		{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", "sandbox"},
		{"map", p.path("log.csv"), "--map", p.path("map.yaml")},
	} {
		var stderr bytes.Buffer
		assert.Equal(t, exitUsage, run(t.Context(), args, &console{strings.NewReader(""), full{}, &stderr}), args)
		assert.Contains(t, stderr.String(), "no space left", args)
	}
}

// A log that breaks off has been sent as far as it could be read: that is shown.
func TestALogThatBreaksOff(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	in := io.MultiReader(strings.NewReader(event("One.")+event("Two.")), iotest.ErrReader(errors.New("the disk is gone")))
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"submit", "-", "--to", p.server.URL()}, &console{in, &stdout, &stderr})
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stdout.String(), "2 rows: 2 accepted")
	assert.Contains(t, stdout.String(), "SANDBOX-")
	assert.Contains(t, stderr.String(), "the disk is gone")
	assert.Contains(t, stderr.String(), "have not been read")
}

// A reference may hold anything; none of it may steer the terminal or break a line.
func TestReferencesAreMadeSafe(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("log.csv", "Ref,Date,What\n\"a\x1b[31m\nb\u202e\",2026-01-15,One.\n\"c\x1b\nd\",,Two.\n")
	for _, command := range [][]string{{"submit", "--to", "sandbox"}, {"map", "--format", "fhir"}} {
		var out bytes.Buffer
		run(t.Context(), append(command, p.path("log.csv"), "--map", p.path("map.yaml")), &console{strings.NewReader(""), &out, &out})
		for _, bad := range []string{"\x1b", "\u202e", "c\n", "\nd"} {
			assert.NotContains(t, out.String(), bad)
		}
	}
}

// Flags without effect are refused, not passed over.
func TestFlagsWithoutEffect(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	p.write("events.ndjson", event("One."))
	p.write("key", "key")
	submit := []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", "sandbox"}
	for want, args := range map[string][]string{
		"--in-flight must be 1":        append(submit, "--in-flight", "0"),
		"leave them out with --json":   append(submit, "--json", "-v"),
		"leave them out with --format": {"map", p.path("log.csv"), "--map", p.path("map.yaml"), "--format", "fhir", "--width", "80"},
		"--width must be":              append(submit, "--width=-5"),
		"a sandbox needs no key":       append(submit, "--key-file", p.path("key")),
		"can't be used together":       append(submit, "--key-file", p.path("key"), "--key-env", "LFPSE_KEY"),
		"events are taken as they are": {"map", p.path("events.ndjson"), "--set", "type=risk"},
		"--records are for a log":      {"map", p.path("events.ndjson"), "--records", p.path(".")},
		"give an endpoint file":        append(submit, "--to", "https://lfpse.example"),
	} {
		var out bytes.Buffer
		assert.Equal(t, exitUsage, run(t.Context(), args, &console{strings.NewReader(""), &out, &out}), args)
		assert.Contains(t, out.String(), want)
	}
}

func TestSetTakesASemicolon(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	var out bytes.Buffer
	code := run(t.Context(), []string{"map", p.path("log.csv"), "--map", p.path("map.yaml"), "--set", "wentWell.howFutureOccurrence=Calm; no=hurry", "--format", "event"}, &console{strings.NewReader(""), &out, io.Discard})
	assert.Equal(t, exitDone, code)
	assert.Contains(t, out.String(), `"howFutureOccurrence":"Calm; no=hurry"`)
}

// An interrupt ends a command that waits for input.
func TestAnInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted by another there")
	}
	command := exec.Command(os.Args[0], "map", "-")
	command.Args[0] = "lfpse" // testscript runs the command of that name
	in, err := command.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	require.NoError(t, command.Start())
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, command.Process.Signal(os.Interrupt))
	select {
	case err := <-done:
		assert.Error(t, err)
	case <-time.After(10 * time.Second):
		_ = command.Process.Kill()
		t.Error("the interrupt had no effect")
	}
}

// A line that is too long is a finding of its own; the others are checked.
func TestOneLineThatIsTooLong(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.ndjson")
	require.NoError(t, os.WriteFile(name, []byte("{}\n{\"a\":\""+strings.Repeat("x", ndjson.MaxDocument)+"\"}\n{}\n"), 0o600))
	var stdout, stderr bytes.Buffer
	assert.Equal(t, exitAttention, run(t.Context(), []string{"validate", name}, &console{strings.NewReader(""), &stdout, &stderr}))
	assert.Contains(t, stdout.String(), "error JSON-SIZE")
	assert.Contains(t, stderr.String(), "3 checked")
	assert.NotContains(t, stdout.String(), "xxx")
}

// An event of tomorrow is refused, whether it comes from a log or as it is.
func TestTodayIsForEventsToo(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("events.ndjson", event("One.")) // of 15 January 2026
	for today, want := range map[string]int{"2026-01-15": exitDone, "2026-01-14": exitAttention} {
		var out bytes.Buffer
		assert.Equal(t, want, run(t.Context(), []string{"map", p.path("events.ndjson"), "--today", today}, &console{strings.NewReader(""), &out, io.Discard}), today)
	}
}
