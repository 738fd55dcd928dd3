package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// TestListsAreCapped posts documents with more wrong places than anybody reads.
func TestListsAreCapped(t *testing.T) {
	const n = 3000
	deep := strings.Repeat(`[`, 60) + strings.Repeat(`null,`, n) + `null` + strings.Repeat(`]`, 60)
	for name, c := range map[string]struct {
		body  string
		issue string
		least int // findings in all
	}{
		"the same member":      {`{"resourceType":"AdverseEvent"` + strings.Repeat(`,"a":1`, n) + `}`, "SBX-JSON-DUPLICATE", n - 1},
		"nulls far inside":     {`{"resourceType":"AdverseEvent","study":` + deep + `}`, "SBX-EMPTY", n},
		"unknown elements":     {`{"resourceType":"AdverseEvent"` + many(n, `,"a%d":1`) + `}`, "SBX-ELEMENT", n},
		"unused resources":     {`{"resourceType":"AdverseEvent","contained":[{}` + many(n, `,{"resourceType":"Device","id":"d%d"}`) + `]}`, "SBX-CONTAINED-UNUSED", n},
		"references":           {`{"resourceType":"AdverseEvent","study":[{}` + many(n, `,{"reference":"#r%d"}`) + `]}`, "SBX-REFERENCE", n},
		"groups of no patient": {`{"resourceType":"AdverseEvent","extension":[{}` + many(n, `,{"url":"https://x.example/%d"}`) + `]}`, "SBX-GROUP", n},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger")
			sb := newSandbox(t, sandbox.WithLedgerFile(path))
			o := readOutcome(t, do(sb, request(http.MethodPost, "/AdverseEvent", []byte(c.body))).Body)
			assert.Len(t, o.Issue, 251)
			assert.Contains(t, o.Issue[250].Diagnostics, "more issues were found and are not shown.")
			e := sb.Entries()[0]
			assert.Len(t, e.Issues, 250)
			assert.GreaterOrEqual(t, e.IssuesLeftOut+250, c.least)
			assert.Contains(t, o.Issue[250].Diagnostics, fmt.Sprint(e.IssuesLeftOut))
			require.NoError(t, sb.Close())
			again, err := sandbox.New(sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithLedgerFile(path))
			require.NoError(t, err, "what it wrote can be read again")
			assert.Equal(t, sb.Entries(), again.Entries())
			require.NoError(t, again.Close())
		})
	}
}

// TestLongPathsAreCut holds that an answer stays small enough for any client to read.
func TestLongPathsAreCut(t *testing.T) {
	name := strings.Repeat("a", 60)
	inside := strings.Repeat(`{"`+name+`":`, 50) + "[" + strings.Repeat("null,", 300) + "null]" + strings.Repeat("}", 50)
	w := do(newSandbox(t), request(http.MethodPost, "/AdverseEvent", []byte(`{"resourceType":"AdverseEvent","study":[`+inside+`]}`)))
	assert.Less(t, w.Body.Len(), 1<<20)
	for _, i := range readOutcome(t, w.Body).Issue[:250] {
		require.Len(t, i.Expression, 1)
		assert.LessOrEqual(t, len(i.Expression[0]), 500)
		assert.Regexp(t, `^AdverseEvent\b`, i.Expression[0])
	}
}

func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// TestLedgerWithOddLines names faults, the only texts that reach a line from outside.
func TestLedgerWithOddLines(t *testing.T) {
	for name, fault := range map[string]string{
		"long":            strings.Repeat("x", 3<<20),
		"line ends":       "a\nb\r\nc\u2028d",
		"no UTF-8":        "a\xff\x00b",
		"looks like JSON": `"}` + "\n" + `{"seq":2}`,
	} {
		var out bytes.Buffer
		sb := newSandbox(t, sandbox.WithLedgerWriter(&out), sandbox.WithFault(sandbox.Sequence(sandbox.Fault{Name: fault, DropID: true})))
		post(t, sb, incident())
		post(t, sb, incident())
		entries, err := sandbox.ReadLedger(&out)
		require.NoError(t, err, name)
		assert.Len(t, entries, 2, name)
	}
}

func TestUnfinishedLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	sb := newSandbox(t, sandbox.WithLedgerFile(path))
	for range 3 {
		post(t, sb, incident())
	}
	require.NoError(t, sb.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1

	for at := last + 1; at < len(whole); at += 7 { // killed after any byte of the line
		entries, err := sandbox.ReadLedger(bytes.NewReader(whole[:at]))
		require.ErrorIs(t, err, sandbox.ErrUnfinished)
		assert.Equal(t, sb.Entries()[:2], entries)
	}
	for name, end := range map[string]string{
		"half a line":       string(whole[last : last+20]),
		"whole but its end": strings.TrimSuffix(string(whole[last:]), "\n"),
		"zero bytes":        strings.Repeat("\x00", 100),
		"odd bytes":         "\xff\xfe{",
	} {
		require.NoError(t, os.WriteFile(path, append(bytes.Clone(whole[:last]), end...), 0o600))
		var log bytes.Buffer
		again, err := sandbox.New(sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithLedgerFile(path), sandbox.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		require.NoError(t, err, name)
		assert.Equal(t, sb.Entries()[:2], again.Entries(), name)
		assert.Contains(t, log.String(), "the last line of the ledger was unfinished", name)
		assert.Equal(t, http.StatusCreated, post(t, again, incident()).Code)
		require.NoError(t, again.Close())
		file, err := os.Open(path)
		require.NoError(t, err)
		entries, err := sandbox.ReadLedger(file)
		require.NoError(t, errors.Join(err, file.Close()), name)
		assert.Len(t, entries, 3, name)
	}
}

// speak opens a connection and sends a part of a request.
func speak(t *testing.T, s *sandbox.Server, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, err = io.WriteString(c, text)
	require.NoError(t, err)
	return c
}

const (
	halfHeader = "POST " + sandbox.BasePath + "/AdverseEvent HTTP/1.1\r\nHost: x\r\n"
	wrongKey   = halfHeader + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
	halfBody   = halfHeader + sandbox.KeyHeader + ": " + sandbox.DefaultKey + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
	halfChunk  = halfHeader + sandbox.KeyHeader + ": " + sandbox.DefaultKey + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{"
	halfForm   = "POST " + sandbox.TokenPath + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant"
)

// TestBodiesThatDoNotArrive holds that each is answered, and the connection closed.
func TestBodiesThatDoNotArrive(t *testing.T) {
	key, _ := signingKeys()
	s, _ := start(t, sandbox.WithTransferLimit(20*time.Millisecond), sandbox.WithTokens(sandbox.Tokens{ClientID: "client-1", Keys: keySet("kid-1", key), KeyOptional: true}))
	plain, _ := start(t, sandbox.WithTransferLimit(20*time.Millisecond))
	for name, c := range map[string]struct {
		server *sandbox.Server
		sent   string
		status int
	}{
		"body":                   {plain, halfBody, http.StatusRequestTimeout},
		"chunk":                  {plain, halfChunk, http.StatusRequestTimeout},
		"of a refused request":   {plain, wrongKey, http.StatusUnauthorized},
		"of another path":        {plain, strings.Replace(halfBody, "AdverseEvent", "Patient", 1), http.StatusNotFound},
		"of a token request":     {s, halfForm, http.StatusBadRequest},
		"of a request to delete": {plain, strings.Replace(strings.Replace(halfBody, "POST", "DELETE", 1), "AdverseEvent", "AdverseEvent/x", 1), http.StatusNotFound},
	} {
		conn := bufio.NewReader(speak(t, c.server, c.sent))
		response, err := http.ReadResponse(conn, nil)
		require.NoError(t, err, name)
		assert.Equal(t, c.status, response.StatusCode, name)
		_, _ = io.Copy(io.Discard, response.Body)
		require.NoError(t, response.Body.Close())
		_, err = conn.ReadByte()
		assert.Error(t, err, name)
	}
	_, err := sandbox.New(sandbox.WithTransferLimit(0))
	assert.ErrorContains(t, err, "WithTransferLimit")
}

// TestCloseDoesNotWaitForHalfARequest has no limit of time: it would hang.
func TestCloseDoesNotWaitForHalfARequest(t *testing.T) {
	arrived := make(chan struct{}, 10)
	s, _ := start(t, sandbox.WithTransferLimit(time.Hour), sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		arrived <- struct{}{}
		return sandbox.Fault{}
	}))
	for _, sent := range []string{halfBody, halfChunk, wrongKey} {
		speak(t, s, sent)
		<-arrived
	}
	for _, sent := range []string{"", "POST", halfHeader} {
		speak(t, s, sent)
	}
	require.NoError(t, s.Close(context.Background()))
	assert.Len(t, s.Sandbox().Entries(), 3, "each request that arrived has its entry")
	require.NoError(t, s.Close(context.Background()))
}

func TestTokenAlone(t *testing.T) {
	key, _ := signingKeys()
	now := clock()
	sb := newSandbox(t, sandbox.WithTokens(sandbox.Tokens{ClientID: "client-1", Keys: keySet("kid-1", key), KeyOptional: true}))
	w := askToken(sb, tokenRequest(assertion(t, now, key, nil)))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	_, rest, _ := strings.Cut(w.Body.String(), `"access_token":"`)
	token, _, _ := strings.Cut(rest, `"`)

	send := func(authorization, key string) int {
		r := request(http.MethodPost, "/AdverseEvent", marshal(t, incident()))
		r.Header.Del(sandbox.KeyHeader)
		for name, value := range map[string]string{"Authorization": authorization, sandbox.KeyHeader: key} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		return do(sb, r).Code
	}
	assert.Equal(t, http.StatusCreated, send("Bearer "+token, ""))
	assert.Equal(t, http.StatusCreated, send("Bearer "+token, sandbox.DefaultKey))
	assert.Equal(t, http.StatusUnauthorized, send("", sandbox.DefaultKey), "the key alone is not enough")
	assert.Equal(t, http.StatusUnauthorized, send("Bearer x", ""))

	r := request(http.MethodGet, "/metadata", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	metadata := do(sb, r).Body.String()
	assert.Contains(t, metadata, "Every request needs an access token")
	assert.NotContains(t, metadata, "subscription key")
}
