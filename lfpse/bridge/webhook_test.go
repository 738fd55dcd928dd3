package bridge_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
)

// receiver takes webhooks, as the system of a practice does.
type receiver struct {
	*httptest.Server
	t   *testing.T
	key []byte

	mu     sync.Mutex
	refuse func(n int) bool // the nth call
	calls  int
	ids    []string
	taken  []bridge.Notice
	bodies []string
}

func newReceiver(t *testing.T, p *place) *receiver {
	r := &receiver{t: t, key: []byte("0123456789abcdef0123456789abcdef"), refuse: func(int) bool { return false }}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	p.write("webhook.key", "whsec_"+base64.StdEncoding.EncodeToString(r.key))
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", strings.Replace(text, "- ods: A99999", fmt.Sprintf("- ods: A99999\n    webhook: {url: %q, key: {file: webhook.key}}", r.URL+"/hook"), 1))
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	id, at := req.Header.Get("webhook-id"), req.Header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, r.key)
	fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	assert.Equal(r.t, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)), req.Header.Get("webhook-signature"))
	seconds, err := strconv.ParseInt(at, 10, 64)
	assert.NoError(r.t, err)
	assert.WithinDuration(r.t, time.Now(), time.Unix(seconds, 0), time.Minute)
	if r.calls++; r.refuse(r.calls) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var n bridge.Notice
	assert.NoError(r.t, json.Unmarshal(body, &n))
	r.ids, r.taken, r.bodies = append(r.ids, id), append(r.taken, n), append(r.bodies, string(body))
	w.WriteHeader(http.StatusNoContent)
}

// messages counts what was told; the same message may come twice, under the same id, when the
// bridge that sends it is stopped.
func (r *receiver) messages() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := map[string]bool{}
	for _, id := range r.ids {
		ids[id] = true
	}
	return len(ids)
}

func (r *receiver) types() (types []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.taken {
		types = append(types, n.Type)
	}
	return types
}

// What became of each report is told, signed, in order, until it is taken, and nothing is
// left out when the bridge is stopped in between. Other practices are not told of.
func TestWebhook(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("")
	hook := newReceiver(t, p)
	hook.refuse = func(n int) bool { return n == 1 }
	b := p.start()
	post := func(key, text string) {
		require.Equal(t, 202, b.call("POST", "/v1/reports", strings.Replace(event, "vaccine", text, 1), "Idempotency-Key", key).status)
	}
	post("k1", "milk")
	soon(t, "it is told", func() bool { return len(hook.types()) == 1 })
	n := hook.taken[0]
	assert.Equal(t, "report.accepted", n.Type)
	assert.Equal(t, "k1", n.Data.Reference)
	assert.NotEmpty(t, n.Data.National)
	assert.NotContains(t, strings.Join(hook.bodies, ""), "milk")

	hook.mu.Lock()
	hook.refuse = func(int) bool { return true }
	hook.mu.Unlock()
	post("k2", "milk")
	post("k3", "blood")
	soon(t, "they are tried", func() bool { hook.mu.Lock(); defer hook.mu.Unlock(); return hook.calls > 3 })
	require.NoError(t, b.stop())
	hook.mu.Lock()
	hook.refuse = func(int) bool { return false }
	hook.mu.Unlock()
	p.start()
	soon(t, "the others are told", func() bool { return len(hook.types()) >= 3 })
	time.Sleep(1500 * time.Millisecond)
	assert.Equal(t, []string{"report.accepted", "report.needs-answers", "report.accepted"}, hook.types())
	assert.Equal(t, "k2", hook.taken[1].Data.Reference)
	seen := map[string]bool{}
	for _, id := range hook.ids {
		assert.False(t, seen[id], "told twice")
		seen[id] = true
	}
}
