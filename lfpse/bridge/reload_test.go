package bridge_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// A new configuration is put to use while the bridge runs; one that is wrong is reported,
// and the old one stays.
func TestReload(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	good := readFile(t, p.dir+"/bridge.yaml")
	for name, text := range map[string]string{
		"not a configuration": "endpoint: {",
		"another outbox":      strings.Replace(good, "state/outbox.db", "state/other.db", 1),
		"another address":     strings.Replace(good, "127.0.0.1:0", "127.0.0.1:1", 1),
		"other traces":        good + "traces: {url: https://collector.example/v1/traces}\n",
		"no such map":         strings.Replace(good, "map: map.yaml", "map: other.yaml", 1),
	} {
		p.write("bridge.yaml", text)
		var findings bridge.Findings
		require.ErrorAs(t, b.Reload(context.Background()), &findings, name)
		assert.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "k1").status, name)
	}
	p.write("token2", strings.ToUpper(token))
	p.write("bridge.yaml", strings.Replace(good, "{file: token}", "{file: token2}", 1))
	require.NoError(t, b.Reload(context.Background()))
	assert.Equal(t, http.StatusUnauthorized, b.call("GET", "/v1/receipts", "").status)
	assert.Equal(t, 200, b.call("GET", "/v1/receipts", "", "Authorization", "Bearer "+strings.ToUpper(token)).status)
	p.write("in/events/a.ndjson", strings.Replace(event, "vaccine", "other", 1))
	soon(t, "the folders are watched again", func() bool { return p.recorded() == 2 })
}

// A page is mounted at the root, of an address of its own if there is one.
func TestPage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.opts = []bridge.Option{bridge.WithPage()}
	b := p.start()
	const title = "Patient safety reports to sandbox"
	assert.Contains(t, b.call("GET", "/reports", "").text, title)
	require.NoError(t, b.stop())

	p.configure("page: {address: 127.0.0.1:0}\n")
	b = p.start()
	require.Len(t, b.Addresses(), 2)
	assert.Equal(t, 404, b.call("GET", "/reports", "").status)
	req, err := http.NewRequest("GET", "http://"+b.Addresses()[1]+"/reports", nil)
	require.NoError(t, err)
	assert.Contains(t, do(t, req).text, title)
	req.URL.Path = "/v1/receipts"
	assert.Contains(t, do(t, req).text, title, "no interface for other systems there")
}

// The accounts of the page are read again with the configuration. Who has signed in stays so,
// unless the account is gone.
func TestAccounts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	account := func(id string, role outbox.Role) string {
		line, err := page.NewUser(id, role, nil, "three words together")
		require.NoError(t, err)
		return line
	}
	manager, recorder := account("mgr1", outbox.Manager), account("rec1", outbox.Recorder)
	p.opts = []bridge.Option{bridge.WithPage()}
	p.configure("page: {users: users.txt}\n")
	_, err := bridge.New(context.Background(), p.load, p.opts...)
	assert.ErrorContains(t, err, "no such file of accounts")
	p.write("users.txt", manager)
	b := p.start()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := http.Client{Jar: jar}
	read := func(answer *http.Response, err error) string {
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(text)
	}
	at := "http://" + b.Addresses()[0]
	signIn := func(id string) string {
		return read(client.PostForm(at+"/sign-in", url.Values{"user": {id}, "password": {"three words together"}}))
	}
	assert.Contains(t, signIn("rec1"), "not right")
	assert.Contains(t, signIn("mgr1"), "mgr1, manager")

	p.write("users.txt", manager+"rec1 recorder *\n")
	assert.ErrorContains(t, b.Reload(context.Background()), "line 2")
	assert.Contains(t, read(client.Get(at)), "mgr1, manager")
	p.write("users.txt", strings.Replace(manager, "manager", "operator", 1)+recorder)
	require.NoError(t, b.Reload(context.Background()))
	assert.Contains(t, read(client.Get(at)), "mgr1, operator")
	p.write("users.txt", recorder)
	require.NoError(t, b.Reload(context.Background()))
	assert.NotContains(t, read(client.Get(at)), "mgr1")
	assert.Contains(t, signIn("rec1"), "rec1, recorder")
}
