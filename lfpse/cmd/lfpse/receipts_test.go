package main

import (
	"bytes"
	"context"
	"fmt"
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
)

// practice is a folder with a log, its receipts, and a sandbox to send to.
type practice struct {
	t      *testing.T
	dir    string
	server *sandbox.Server
}

func newPractice(t *testing.T, opts ...sandbox.Option) *practice {
	server, err := sandbox.Start(t.Context(), "127.0.0.1:0", opts...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close(context.Background())) })
	p := &practice{t, t.TempDir(), server}
	p.write("map.yaml", goodCareMap)
	return p
}

const goodCareMap = `
name: test
source: {reference: Ref}
fields:
  - {to: type, default: good-care}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: wentWell.howFutureOccurrence, default: Training.}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: location.locationKnown, default: u}
`

func (p *practice) path(name string) string { return filepath.Join(p.dir, name) }

func (p *practice) write(name, text string) {
	require.NoError(p.t, os.WriteFile(p.path(name), []byte(text), 0o600))
}

func (p *practice) read(name string) string {
	text, err := os.ReadFile(p.path(name))
	require.NoError(p.t, err)
	return string(text)
}

// log writes a log in which each text is a row, with a reference from 1.
func (p *practice) log(texts ...string) {
	rows := "Ref,Date,What\n"
	for i, text := range texts {
		rows += fmt.Sprintf("%d,2026-01-15,%s\n", i+1, text)
	}
	p.write("log.csv", rows)
}

// submit runs the command and returns its exit code and all that it printed.
func (p *practice) submit(ctx context.Context, source string, more ...string) (int, string) {
	var out bytes.Buffer
	args := append([]string{"submit", p.path(source), "--to", p.server.URL(), "--receipts", p.path("receipts.jsonl")}, more...)
	if strings.HasSuffix(source, ".csv") {
		args = append(args, "--map", p.path("map.yaml"))
	}
	code := run(ctx, args, &console{strings.NewReader(""), &out, &out})
	return code, out.String()
}

func (p *practice) created() int {
	n := 0
	for _, e := range p.server.Sandbox().Entries() {
		if e.Outcome == sandbox.Created {
			n++
		}
	}
	return n
}

func event(text string) string {
	return fmt.Sprintf(`{"type":"good-care","date":"2026-01-15","description":%q,"estimatedDate":{"incidentOccurredToday":"n"},"location":{"locationKnown":"u"},"reporter":{"reporterOrganisation":"A99999"},"wentWell":{"howFutureOccurrence":"Training."}}`+"\n", text)
}

// What stands on a line today is not what stood there yesterday.
func TestEventsWithoutAReferenceAreKnownByTheirContent(t *testing.T) {
	p := newPractice(t)
	p.write("monday.ndjson", event("One.")+event("Two."))
	code, out := p.submit(t.Context(), "monday.ndjson")
	require.Equal(t, exitDone, code, out)
	p.write("tuesday.ndjson", event("Three.")+event("One."))
	code, out = p.submit(t.Context(), "tuesday.ndjson", "--update")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (1 of them before)")
	assert.Equal(t, 3, p.created())
	for _, e := range p.server.Sandbox().Entries() {
		assert.NotEqual(t, sandbox.Updated, e.Outcome, "another event is no update")
	}
}

func TestALogIsSentOnce(t *testing.T) {
	p := newPractice(t)
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv", "--to", p.server.URL()+"/")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (2 of them before)", "the host is the same with a slash")
	p.log("One.", "Two corrected.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "Send the change with --update.")
	code, out = p.submit(t.Context(), "log.csv", "--update")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 2, p.created())
}

// Of an event that occurred today the body says so, and tomorrow it says no.
func TestAnEventOfTodayHasNotChangedTomorrow(t *testing.T) {
	p := newPractice(t)
	p.write("log.csv", "Ref,Date,What\n1,2026-01-15,One.\n,2026-01-15,Two.\n")
	code, out := p.submit(t.Context(), "log.csv", "--today", "2026-01-15")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted")
	code, out = p.submit(t.Context(), "log.csv", "--today", "2026-01-16", "--update")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (2 of them before)")
	assert.Len(t, p.server.Sandbox().Entries(), 2)
}

// Two commands at the same time send every event once between them.
func TestCommandsShareReceipts(t *testing.T) {
	p := newPractice(t)
	p.log("One.", "Two.", "Three.", "Four.")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			code, out := p.submit(t.Context(), "log.csv")
			assert.Equal(t, exitDone, code, out)
		})
	}
	wg.Wait()
	assert.Equal(t, 4, p.created())
}

func TestHalfALineOfReceipts(t *testing.T) {
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	whole := p.read("receipts.jsonl")
	begun, ended, _ := strings.Cut(whole, "\n")
	for name, c := range map[string]struct {
		file, says string
		code       int
	}{
		"nothing was sent":       {begun[:len(begun)/2], "1 accepted", exitDone},
		"the outcome is lost":    {begun + "\n" + ended[:len(ended)/2], "1 unknown", exitDelivery},
		"only the line end lost": {strings.TrimSpace(whole), "1 accepted (1 of them before)", exitDone},
	} {
		t.Run(name, func(t *testing.T) {
			p.write("receipts.jsonl", c.file)
			code, out := p.submit(t.Context(), "log.csv")
			assert.Equal(t, c.code, code, out)
			assert.Contains(t, out, c.says)
			code, out = p.submit(t.Context(), "log.csv")
			assert.NotEqual(t, exitUsage, code, "the file can be read again: %s", out)
		})
	}
}

func TestAnotherFileIsNotTakenForReceipts(t *testing.T) {
	p := newPractice(t)
	p.log("One.")
	for _, other := range []string{`{"name": "test"}`, "Ref,Date\n1,2026-01-15", `{"host":"x"}` + "\n" + `{"host":"y","reference":"1"`} {
		p.write("receipts.jsonl", other)
		code, out := p.submit(t.Context(), "log.csv")
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, out, "receipts.jsonl: line 1 is not a line of a receipts file")
		assert.Equal(t, other, p.read("receipts.jsonl"))
	}
	assert.Zero(t, p.created())
}

// An update may be repeated when nobody knows whether it took effect.
func TestAnUpdateOfUnknownFateMayBeRepeated(t *testing.T) {
	p := newPractice(t, sandbox.WithFault(func(r *http.Request, n int) sandbox.Fault {
		if n == 2 {
			return sandbox.Fault{Name: "cut", Cut: sandbox.ResetBefore}
		}
		return sandbox.Fault{}
	}))
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.log("One corrected.")
	code, out = p.submit(t.Context(), "log.csv", "--update")
	require.Equal(t, exitDelivery, code, out)
	code, out = p.submit(t.Context(), "log.csv", "--update")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv", "--update")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "1 accepted (1 of them before)")
	assert.Equal(t, 1, p.created())
}

func TestAnInterruptedCommandAccountsForEveryRow(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		interrupt()
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.", "Three.")
	code, out := p.submit(ctx, "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "interrupted before")
	assert.Equal(t, 2, strings.Count(p.read("receipts.jsonl"), "\n"), "what is not tried is not noted")
	// The sandbox may note the request after the client has turned away.
	assert.Eventually(t, func() bool { return len(p.server.Sandbox().Entries()) == 1 }, 10*time.Second, time.Millisecond)
}
