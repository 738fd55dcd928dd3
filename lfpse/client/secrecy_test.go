package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// TestNothingLeaks runs calls whose reports, keys and answers hold a canary, and
// searches everything that can be printed.
func TestNothingLeaks(t *testing.T) {
	answers := []http.HandlerFunc{
		answering(201, nil, accepted),
		answering(201, http.Header{"Location": {"/" + canary}}, `{"resourceType":"AdverseEvent","description":"`+canary+`"}`),
		answering(400, nil, `{"resourceType":"OperationOutcome","issue":[{"severity":"`+canary+`","code":"Quillfeather","details":{"coding":[{"code":"Quillfeather"}],"text":"`+canary+`"},"diagnostics":"`+canary+`"}]}`),
		answering(401, nil, `{"statusCode":401,"message":"`+canary+`"}`),
		answering(429, http.Header{"Retry-After": {canary}}, canary),
		answering(500, nil, canary),
		answering(302, http.Header{"Location": {"https://x.example/?q=Quillfeather"}}, canary),
		answering(302, http.Header{"Location": {"://Quillfeather"}}, canary),
	}
	faults := []string{
		"HTTP/1.1 " + canary + "\r\n\r\n", canary + "\r\n\r\n", "HTTP/1.1 201 Created\r\n" + canary + "\r\n\r\n",
		"HTTP/1.1 201 Created\r\nContent-Length: Quillfeather\r\n\r\n", "HTTP/1.1 201 Created\r\nTransfer-Encoding: Quillfeather\r\n\r\n",
		"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nQuillfeather\r\n",
	}
	var hosts []string
	for _, a := range answers {
		hosts = append(hosts, serve(t, a).URL)
	}
	for _, f := range faults {
		hosts = append(hosts, wire(t, func(c *conn) { c.readRequest(); c.write(f) }).url())
	}

	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, host := range hosts {
		c := sandbox(t, host, withKey(t), client.WithLogger(log))
		s := report(t)
		for op, do := range map[client.Op]func() (any, error){
			client.OpSubmit: func() (any, error) { return c.Submit(t.Context(), s) },
			client.OpUpdate: func() (any, error) { return c.Update(t.Context(), "a1", s) },
			client.OpDelete: func() (any, error) { return c.Delete(t.Context(), "a1") },
		} {
			result, err := do()
			printAll(&out, log, op, result, err, fmt.Errorf("wrapped: %w", err), c, *c, s, c.Endpoint())
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				printAll(&out, log, cause)
			}
			var e *client.Error
			if errors.As(err, &e) {
				printAll(&out, log, *e, e.Refusals)
				doc, err := json.Marshal(e)
				require.NoError(t, err)
				out.Write(doc)
			}
		}
		_, err := c.Metadata(t.Context())
		printAll(&out, log, err)
	}
	require.Contains(t, out.String(), `"reason":"rejected"`, "the log is in what is searched")
	sum := report(t).Digest()
	require.Contains(t, out.String(), fmt.Sprintf(`"sha256":"%x"`, sum[:6]), "a line says which report it is about")
	for _, secret := range []string{keyCanary, "Quillfeather", "Zebedee"} {
		assert.NotContains(t, out.String(), secret)
		assert.NotContains(t, strings.ToLower(out.String()), fmt.Sprintf("%x", secret))
	}
}

func printAll(out *bytes.Buffer, log *slog.Logger, values ...any) {
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(out, verb+"\n", v)
		}
		log.Info("value", "v", v)
	}
}

// TestSource scans the source of the package for what must not be in it.
func TestSource(t *testing.T) {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	scanned := 0
	for _, f := range files {
		name := f.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		scanned++
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, word := range []string{"InsecureSkipVerify", "ProxyFromEnvironment", "SetDebug", "SetResult", "SetError(", "cookiejar", "DefaultTransport", "Idempotency-Key"} {
			assert.NotContains(t, string(source), word, name)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imported := range parsed.Imports {
			if strings.Contains(imported.Path.Value, "go-resty") {
				assert.Contains(t, []string{"client.go"}, name, "resty stays where requests are made")
			}
		}
	}
	assert.Greater(t, scanned, 8)
}
