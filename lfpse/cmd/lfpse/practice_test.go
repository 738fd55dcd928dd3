package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// practice is a folder with a log, an outbox, and a sandbox to send to.
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
	if source != "-" {
		source = p.path(source)
	}
	args := append([]string{"submit", source, "--to", p.server.URL(), "--outbox", p.path("outbox.db")}, more...)
	if strings.HasSuffix(source, ".csv") {
		args = append(args, "--map", p.path("map.yaml"))
	}
	code := run(ctx, args, &console{strings.NewReader(""), &out, &out})
	return code, out.String()
}

// outbox runs a command about the outbox, and returns its exit code and all that it printed.
func (p *practice) outbox(words ...string) (int, string) {
	var out bytes.Buffer
	code := run(p.t.Context(), append(append([]string{"outbox"}, words...), "--outbox", p.path("outbox.db")), &console{strings.NewReader(""), &out, &out})
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
