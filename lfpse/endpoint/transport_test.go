package endpoint_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// get makes one GET request and returns the status.
func get(t testing.TB, rt http.RoundTripper, url string) (int, error) {
	t.Helper()
	return do(t, rt, http.MethodGet, url, "")
}

func do(t testing.TB, rt http.RoundTripper, method, url, body string) (int, error) {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	require.NoError(t, err)
	response, err := rt.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Body.Close()
}

// authorisation is a service that wants access tokens, and the server that gives them.
type authorisation struct {
	*httptest.Server
	t       testing.TB
	key     *rsa.PrivateKey
	keyFile string
	idFile  string

	mu                       sync.Mutex
	asked                    int // for tokens
	lastToken, lastAssertion string
	refused                  int // how many requests of the API to refuse yet
	methods                  []string
	answer                   func(w http.ResponseWriter) bool // in the place of a token
	expires                  any
}

// signingKey is made once: it takes a while.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newAuthorisation(t testing.TB) *authorisation {
	t.Helper()
	key, err := signingKey()
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	s := &authorisation{t: t, key: key, keyFile: file(t, string(text)), idFile: file(t, "client-of-the-test\n"), expires: "599"}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", s.give)
	mux.HandleFunc("/adverse-event/fhir/", s.serve)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *authorisation) config() endpoint.Config {
	return endpoint.Config{
		Environment: endpoint.Sandbox, Host: s.URL,
		OAuth: endpoint.OAuth{TokenURL: s.URL + "/oauth2/token", ClientID: endpoint.FromFile(s.idFile), SigningKey: endpoint.FromFile(s.keyFile), KeyID: "kid-1", Scope: "a b"},
	}
}

func (s *authorisation) give(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	assert.NoError(s.t, r.ParseForm())
	assert.Empty(s.t, r.Header.Get("Ocp-Apim-Subscription-Key"), "the key is for the service only")
	assert.Empty(s.t, r.Header.Get("Authorization"))
	s.lastAssertion = r.PostForm.Get("client_assertion")
	if s.answer != nil && s.answer(w) {
		return
	}
	s.lastToken = rand.Text()
	assert.NoError(s.t, json.NewEncoder(w).Encode(map[string]any{"access_token": s.lastToken, "expires_in": s.expires, "token_type": "Bearer"}))
}

func (s *authorisation) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.methods = append(s.methods, r.Method)
	if s.refused > 0 || r.Header.Get("Authorization") != "Bearer "+s.lastToken {
		s.refused--
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func TestAccessToken(t *testing.T) {
	s := newAuthorisation(t)
	now := time.Now().Truncate(time.Second)
	ep, err := endpoint.New(s.config(), endpoint.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	ask := func() {
		t.Helper()
		status, err := get(t, ep.Transport(), ep.URL("/metadata"))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
	}
	ask()
	claims := jwt.MapClaims{}
	assertion, err := jwt.ParseWithClaims(s.lastAssertion, claims, func(*jwt.Token) (any, error) { return s.key.Public(), nil }, jwt.WithValidMethods([]string{"RS512"}))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"alg": "RS512", "typ": "JWT", "kid": "kid-1"}, assertion.Header)
	assert.Equal(t, "client-of-the-test", claims["iss"])
	assert.Equal(t, "client-of-the-test", claims["sub"])
	assert.Equal(t, s.URL+"/oauth2/token", claims["aud"], "a text, not a list")
	until := time.Unix(int64(claims["exp"].(float64)), 0).Sub(now)
	assert.True(t, 0 < until && until <= 5*time.Minute, until)
	first := claims["jti"]
	assert.NotEmpty(t, first)

	now = now.Add(568 * time.Second)
	ask()
	assert.Equal(t, 1, s.asked, "the token is kept")
	now = now.Add(2 * time.Second)
	ask()
	assert.Equal(t, 2, s.asked, "and given up shortly before its end")
	_, _, err = jwt.NewParser().ParseUnverified(s.lastAssertion, claims)
	require.NoError(t, err)
	assert.NotEqual(t, first, claims["jti"], "no assertion is used twice")

	s.expires = nil // not stated
	now = now.Add(time.Hour)
	ask()
	now = now.Add(time.Minute)
	ask()
	assert.Equal(t, 4, s.asked)
}

func TestOneTokenForManyCallers(t *testing.T) {
	s := newAuthorisation(t)
	ep, err := endpoint.New(s.config())
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			status, err := do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
			assert.NoError(t, err)
			assert.Equal(t, http.StatusOK, status)
		})
	}
	all.Wait()
	assert.Equal(t, 1, s.asked)
	assert.Len(t, s.methods, 20)
}

// A token that is not taken is asked for again. What was sent with it is sent again
// only where it reads.
func TestStatus401(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodGet} {
		s := newAuthorisation(t)
		ep, err := endpoint.New(s.config())
		require.NoError(t, err)
		s.refused = 1
		body := map[string]string{http.MethodPost: "{}", http.MethodPut: "{}"}[method]
		status, err := do(t, ep.Transport(), method, ep.URL("/AdverseEvent/1"), body)
		require.NoError(t, err)
		if method == http.MethodGet {
			assert.Equal(t, 200, status)
			assert.Equal(t, []string{"GET", "GET"}, s.methods)
			assert.Equal(t, 2, s.asked)
			s.refused = 99
			status, err = get(t, ep.Transport(), ep.URL("/metadata"))
			require.NoError(t, err)
			assert.Equal(t, 401, status)
			assert.Len(t, s.methods, 4, "once")
			continue
		}
		assert.Equal(t, 401, status)
		assert.Equal(t, []string{method}, s.methods, "never repeated")
		status, err = do(t, ep.Transport(), method, ep.URL("/AdverseEvent/1"), body)
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		assert.Equal(t, 2, s.asked, "the next request has a new token")
	}
}

func TestNoToken(t *testing.T) {
	say := func(status int, body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { w.WriteHeader(status); _, _ = io.WriteString(w, body); return true }
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter) bool
		status int
		code   string
	}{
		"refused":      {say(401, `{"error":"invalid_client","error_description":"`+canary+`"}`), 401, "invalid_client"},
		"unknown code": {say(400, `{"error":"`+canary+`"}`), 400, ""},
		"page":         {say(200, "<html>"+canary), 200, ""},
		"no token":     {say(200, `{"token_type":"Bearer"}`), 200, ""},
		"other type":   {say(200, `{"access_token":"x","token_type":"`+canary+`"}`), 200, ""},
		"line break":   {say(200, `{"access_token":"x\r\ny"}`), 200, ""},
		"redirect": {func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "/"+canary)
			w.WriteHeader(307)
			return true
		}, 307, ""},
		"cut off":       {func(http.ResponseWriter) bool { panic(http.ErrAbortHandler) }, 0, ""},
		"without bound": {say(200, strings.Repeat(" ", 1<<20)), 0, ""},
	} {
		s := newAuthorisation(t)
		s.answer = c.answer
		ep, err := endpoint.New(s.config())
		require.NoError(t, err)
		_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
		var e *endpoint.TokenError
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, c.status, e.Status, name)
		assert.Equal(t, c.code, e.Code, name)
		for cause := error(e); cause != nil; cause = errors.Unwrap(cause) {
			assert.NotContains(t, cause.Error(), canary, name)
		}
		s.mu.Lock() // the server may not be done with the request
		assert.Empty(t, s.methods, name)
		assert.Equal(t, 1, s.asked, name)
		s.mu.Unlock()
	}
}

// The transport is for one host, and the one for reading does not write.
func TestTransportKeepsToItsBusiness(t *testing.T) {
	var got []string
	here := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Method+" "+r.URL.Path) }))
	defer here.Close()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was made elsewhere") }))
	defer elsewhere.Close()
	ep, err := endpoint.New(endpoint.Config{Environment: endpoint.Sandbox, Host: here.URL, BasePath: "/a/b", TaxonomyPath: "/"})
	require.NoError(t, err)
	assert.Equal(t, here.URL+"/a/b/metadata", ep.URL("/metadata"))
	assert.Equal(t, here.URL+"/CodeSystem/x", ep.TaxonomyURL("/CodeSystem/x"))
	_, err = get(t, ep.Transport(), elsewhere.URL)
	require.ErrorIs(t, err, endpoint.ErrForeign)
	_, err = get(t, ep.Transport(), strings.Replace(here.URL, "http:", "https:", 1))
	require.ErrorIs(t, err, endpoint.ErrForeign)

	reading := ep.Reading()
	_, err = do(t, reading, http.MethodPost, ep.URL("/AdverseEvent"), "{}")
	require.ErrorIs(t, err, endpoint.ErrReadOnly)
	_, err = do(t, reading, http.MethodGet, ep.URL("/AdverseEvent"), "{}")
	require.ErrorIs(t, err, endpoint.ErrReadOnly)
	_, err = get(t, reading, ep.URL("/metadata"))
	require.NoError(t, err)
	(&http.Client{Transport: reading}).CloseIdleConnections()
	assert.Equal(t, []string{"GET /a/b/metadata"}, got)
}

const sandboxMetadata = `{"resourceType":"CapabilityStatement","instantiates":["` + endpoint.SandboxStatement + `"]}`

// neighbour is a server on this computer that another name leads to, as to a container
// beside this one.
type neighbour struct {
	address             string
	metadata            atomic.Pointer[string]
	asked, keyed, other atomic.Int32
}

func newNeighbour(t *testing.T, metadata string) *neighbour {
	t.Helper()
	n := &neighbour{}
	n.metadata.Store(&metadata)
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("there is no second loopback address here: ", err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Ocp-Apim-Subscription-Key") != "" || r.Header.Get("Authorization") != "":
			n.keyed.Add(1)
		case r.Method == http.MethodGet && r.URL.Path == "/adverse-event/fhir/metadata":
			n.asked.Add(1)
			_, _ = io.WriteString(w, *n.metadata.Load())
		default:
			n.other.Add(1)
		}
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	n.address = listener.Addr().String()
	return n
}

func TestSandboxOnAPrivateNetwork(t *testing.T) {
	n := newNeighbour(t, sandboxMetadata)
	c := endpoint.Config{Environment: endpoint.Sandbox, Host: "http://sandbox:8787"}
	_, err := endpoint.New(c)
	require.ErrorContains(t, err, "must be on this computer", "only by an explicit setting")

	c.PrivateNetwork = true
	names := endpoint.WithNames(map[string]string{"sandbox:8787": n.address})
	ep, err := endpoint.New(c, names)
	require.NoError(t, err)
	for range 2 {
		_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, n.asked.Load(), "once for an address")
	assert.EqualValues(t, 2, n.keyed.Load())

	for name, metadata := range map[string]string{
		"another service": `{"resourceType":"CapabilityStatement","instantiates":["https://lfpse.example/CapabilityStatement/x"]}`,
		"another form":    `{"resourceType":"Patient","instantiates":["` + endpoint.SandboxStatement + `"]}`,
		"no FHIR":         "hello", "too much": strings.Repeat(" ", 2<<20) + sandboxMetadata,
	} {
		n := newNeighbour(t, metadata)
		ep, err := endpoint.New(c, endpoint.WithNames(map[string]string{"sandbox:8787": n.address}))
		require.NoError(t, err)
		for _, rt := range []http.RoundTripper{ep.Transport(), ep.Reading()} {
			_, err = get(t, rt, ep.URL("/metadata"))
			require.ErrorIs(t, err, endpoint.ErrNotSandbox, name)
		}
		_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
		require.ErrorIs(t, err, endpoint.ErrNotSandbox, name)
		assert.Zero(t, n.keyed.Load()+n.other.Load(), "%s: it gets nothing but the question", name)
		n.metadata.Store(new(string))
	}
}

// It is the address that has been recognised, not the name.
func TestTheNameOfASandboxLeadsElsewhereLater(t *testing.T) {
	real, other := newNeighbour(t, sandboxMetadata), newNeighbour(t, "{}")
	names := map[string]string{"sandbox:8787": real.address}
	ep, err := endpoint.New(endpoint.Config{Environment: endpoint.Sandbox, Host: "http://sandbox:8787", PrivateNetwork: true}, endpoint.WithNames(names))
	require.NoError(t, err)
	_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
	require.NoError(t, err)
	names["sandbox:8787"] = other.address
	_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
	require.ErrorIs(t, err, endpoint.ErrNotSandbox)
	assert.Zero(t, other.keyed.Load()+other.other.Load())
}

// No token is asked for where no sandbox has shown itself.
func TestNoTokenFromWhatIsNoSandbox(t *testing.T) {
	n := newNeighbour(t, "{}")
	c := newAuthorisation(t).config()
	c.Host, c.OAuth.TokenURL, c.PrivateNetwork = "http://sandbox:8787", "http://sandbox:8787/oauth2/token", true
	ep, err := endpoint.New(c, endpoint.WithNames(map[string]string{"sandbox:8787": n.address}))
	require.NoError(t, err)
	_, err = do(t, ep.Transport(), http.MethodPost, ep.URL("/AdverseEvent"), "{}")
	require.ErrorIs(t, err, endpoint.ErrNotSandbox)
	assert.Zero(t, n.keyed.Load()+n.other.Load())
}
