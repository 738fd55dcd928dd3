package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// canaries are what must not be seen anywhere but in the request to the service.
var canaries = map[string][]string{
	"the subscription key": {"CanaryKey0123456789"},
	"the token":            {token},
	"the collector's key":  {collectorKey},
	"the NHS number":       {"9990000018", "999 000 0018"},
	"the name":             {"Quillfeather", "QUILLFEATHER", "quillfeather"},
	"the postcode":         {"ZQ9 9XW", "ZQ99XW"},
	"the narrative":        {"zyxwombat", "Zyxwombat"},
}

const narrative = "The zyxwombat was given twice because the first dose had not been written down by anybody."

// A key, an NHS number, a name, a postcode and a narrative go through everything, and are
// seen nowhere: not in what the bridge says, and not in what it stores.
func TestCanaries(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.WithKeys("CanaryKey0123456789"))
	p.write("service.key", "CanaryKey0123456789")
	hook := newReceiver(t, p)
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", strings.Replace(text, "{environment: sandbox,", "{environment: sandbox, key: {file: service.key},", 1))
	traces := newCollector(t, p)
	good := strings.Replace(event, fridge, narrative, 1)
	var said bytes.Buffer
	b := p.start()
	for _, sentence := range []string{narrative, narrative + " Her number is 999 000 0018.", narrative + " Mrs Quillfeather of ZQ9 9XW said so.", "zyxwombat"} {
		doc := strings.Replace(good, narrative, sentence, 1)
		for i, body := range []string{
			doc, bundle(strings.Replace(record(t), fridge, sentence, 1)), cloud("c"+sentence[:3], doc),
			strings.Replace(doc, `"type"`, `"odd":"Quillfeather","type"`, 1), doc[:len(doc)-20] + "zyxwombat",
		} {
			kind := "application/json"
			if i == 2 {
				kind = "application/cloudevents+json"
			}
			said.WriteString(b.call("POST", "/v1/reports", body, "Idempotency-Key", "k"+string(rune('0'+i)), "Content-Type", kind).text)
		}
		require.NoError(t, b.Read(context.Background(), "A99999", "stream", strings.NewReader(doc), func(r *bridge.Result) {
			line, err := json.Marshal(r)
			require.NoError(t, err)
			said.Write(line)
			said.WriteString(r.Words())
		}))
	}
	said.WriteString(b.call("POST", "/v1/reports", good, "Idempotency-Key", "9990000018").text)
	said.WriteString(b.call("GET", "/v1/reports/Quillfeather", "").text)
	p.write("in/incidents/Quillfeather 999 000 0018.csv", "Ref,Date,What,Patient\nB1,2026-03-05,"+narrative+" It was another day.,Edwina Quillfeather\nQuillfeather,2026-03-05,"+narrative+" Ask Edwina Quillfeather.,Edwina Quillfeather\nB3,zyxwombat,Quillfeather,\n")
	p.write("in/incidents/bad.csv", "Quillfeather,zyxwombat\n9990000018,\"ZQ9 9XW\n")
	p.write("in/events/bad.ndjson", "zyxwombat\n"+good+"\n")
	soon(t, "all files are taken in", func() bool {
		return len(p.files("in/incidents/done"))+len(p.files("in/incidents/failed"))+len(p.files("in/events/done"))+len(p.files("in/events/failed")) == 6
	})
	soon(t, "what is ready is sent", func() bool { return p.recorded() >= 2 && waiting(t, b) == 0 })
	soon(t, "it is told", func() bool { return len(hook.types()) >= p.recorded() })
	for _, path := range []string{"/metrics", "/readyz", "/v1/receipts", "/v1/receipts?format=csv", "/v1/reports/k0"} {
		said.WriteString(b.call("GET", path, "").text)
	}
	entries, err := b.Outbox().Audit(context.Background(), outbox.AuditFilter{})
	require.NoError(t, err)
	trail, err := json.Marshal(entries)
	require.NoError(t, err)
	require.NoError(t, b.stop())
	hook.mu.Lock()
	defer hook.mu.Unlock()
	for what, words := range canaries {
		for _, word := range words {
			assert.NotContains(t, p.log.String(), word, "%s in the log", what)
			assert.NotContains(t, said.String(), word, "%s in an answer", what)
			assert.NotContains(t, strings.Join(hook.bodies, "\n"), word, "%s in a webhook", what)
			assert.NotContains(t, string(trail), word, "%s in the audit trail", what)
			assert.False(t, strings.Contains(traces.String(), word), "%s in the traces", what)
			p.nowhere(what, word)
		}
	}
	assert.Contains(t, said.String(), "PRIVACY-NHS-NUMBER", "the canaries were seen at all")
	for _, name := range []string{"POST /v1/reports", "GET /v1/reports/{reference...}", "GET /metrics", "lfpse submit", "lfpse.outcome", "webhook"} {
		assert.True(t, strings.Contains(traces.String(), name), "%s was traced at all", name)
	}
}

func waiting(t *testing.T, b *running) (n int) {
	counts, err := b.Outbox().Count(context.Background())
	require.NoError(t, err)
	for _, c := range counts {
		if c.State == "pending" || c.State == "sending" {
			n += c.N
		}
	}
	return n
}

// secrets are the files of which each holds one.
var secrets = []string{"token", "service.key", "collector.headers"}

// nowhere looks for a word in every file below the place, the secrets' own excepted, and in
// the names of the files.
func (p *place) nowhere(what, word string) {
	p.t.Helper()
	require.NoError(p.t, filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains(secrets, filepath.Base(name)) {
			return err
		}
		assert.NotContains(p.t, filepath.Base(name), strings.ReplaceAll(word, " ", ""), "%s in a name", what)
		text, err := os.ReadFile(name)
		assert.False(p.t, bytes.Contains(text, []byte(word)), "%s in %s", what, name)
		return err
	}))
}

// Texts that are done with are removed, also encrypted.
func TestTextsExpire(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	require.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "k1").status)
	soon(t, "it is sent", func() bool { return p.recorded() == 1 && waiting(t, b) == 0 })
	require.NoError(t, b.Reload(context.Background())) // the loops begin anew with a purge
	by := outbox.By{ID: "manager1", Role: outbox.Manager}
	soon(t, "the text is gone", func() bool {
		text, err := b.Outbox().Text(context.Background(), by, 1)
		return err == nil && text == nil
	})
	assert.Equal(t, http.StatusOK, b.call("GET", "/v1/reports/k1", "").status, "its receipt stays")
}
