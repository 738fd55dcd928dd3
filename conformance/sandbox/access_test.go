package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// signingKeys are made once: it takes a while.
var signingKeys = sync.OnceValues(func() (*rsa.PrivateKey, *rsa.PrivateKey) {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	two, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return one, two
})

// keySet is a JSON Web Key Set of one key.
func keySet(kid string, key *rsa.PrivateKey) []byte {
	text := base64.RawURLEncoding.EncodeToString
	return fmt.Appendf(nil, `{"keys":[{"kty":"RSA","kid":%q,"alg":"RS512","n":%q,"e":%q}]}`, kid, text(key.N.Bytes()), text(big.NewInt(int64(key.E)).Bytes()))
}

func publicPEM(t testing.TB, key *rsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// assertion is a signed JWT that is in order, but for a change.
func assertion(t testing.TB, now time.Time, key *rsa.PrivateKey, change func(header, claims map[string]any)) string {
	t.Helper()
	claims := jwt.MapClaims{"iss": "client-1", "sub": "client-1", "aud": "http://example.com/oauth2/token", "jti": rand.Text(), "exp": now.Add(4 * time.Minute).Unix()}
	token := jwt.NewWithClaims(jwt.SigningMethodRS512, claims)
	token.Header["kid"] = "kid-1"
	if change != nil {
		change(token.Header, claims)
	}
	if alg, _ := token.Header["alg"].(string); alg != "" && jwt.GetSigningMethod(alg) != nil {
		token.Method = jwt.GetSigningMethod(alg)
	}
	var with any = key
	switch token.Method.(type) {
	case *jwt.SigningMethodHMAC:
		with = publicPEM(t, key) // the public key taken for a secret
	case *jwt.SigningMethodRSA:
	default:
		with = jwt.UnsafeAllowNoneSignatureType
	}
	signed, err := token.SignedString(with)
	require.NoError(t, err)
	return signed
}

func askToken(sb http.Handler, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, sandbox.TokenPath, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	return w
}

func tokenRequest(signed string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_assertion": {signed},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
}

func TestTokens(t *testing.T) {
	key, other := signingKeys()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	clock := func() time.Time { return now }
	sb := newSandbox(t, sandbox.WithClock(clock), sandbox.WithTokens(sandbox.Tokens{ClientID: "client-1", Keys: keySet("kid-1", key), Lifetime: time.Minute}))
	set := func(name string, value any) func(header, claims map[string]any) {
		return func(_, claims map[string]any) {
			if value == nil {
				delete(claims, name)
			} else {
				claims[name] = value
			}
		}
	}
	head := func(name string, value any) func(header, claims map[string]any) {
		return func(header, _ map[string]any) { header[name] = value }
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
		code   string
		issue  string
	}{
		"signed by another key": {tokenRequest(assertion(t, now, other, nil)), 401, "invalid_client", "SBX-TOKEN-SIGNATURE"},
		"RS256":                 {tokenRequest(assertion(t, now, key, head("alg", "RS256"))), 401, "invalid_client", "SBX-TOKEN-SIGNATURE"},
		"HMAC":                  {tokenRequest(assertion(t, now, key, head("alg", "HS512"))), 401, "invalid_client", "SBX-TOKEN-SIGNATURE"},
		"none":                  {tokenRequest(assertion(t, now, key, head("alg", "none"))), 401, "invalid_client", "SBX-TOKEN-SIGNATURE"},
		"unknown kid":           {tokenRequest(assertion(t, now, key, head("kid", "kid-2"))), 401, "invalid_client", "SBX-TOKEN-KEY"},
		"no kid":                {tokenRequest(assertion(t, now, key, head("kid", ""))), 401, "invalid_client", "SBX-TOKEN-KEY"},
		"other iss":             {tokenRequest(assertion(t, now, key, set("iss", "client-2"))), 401, "invalid_client", "SBX-TOKEN-CLIENT"},
		"other sub":             {tokenRequest(assertion(t, now, key, set("sub", "client-2"))), 401, "invalid_client", "SBX-TOKEN-CLIENT"},
		"other aud":             {tokenRequest(assertion(t, now, key, set("aud", "https://lfpse.example/oauth2/token"))), 401, "invalid_client", "SBX-TOKEN-AUDIENCE"},
		"no aud":                {tokenRequest(assertion(t, now, key, set("aud", nil))), 401, "invalid_client", "SBX-TOKEN-CLAIMS"},
		"expired":               {tokenRequest(assertion(t, now, key, set("exp", now.Add(-time.Second).Unix()))), 401, "invalid_client", "SBX-TOKEN-EXPIRY"},
		"too far ahead":         {tokenRequest(assertion(t, now, key, set("exp", now.Add(301*time.Second).Unix()))), 401, "invalid_client", "SBX-TOKEN-EXPIRY"},
		"no exp":                {tokenRequest(assertion(t, now, key, set("exp", nil))), 401, "invalid_client", "SBX-TOKEN-CLAIMS"},
		"no jti":                {tokenRequest(assertion(t, now, key, set("jti", nil))), 401, "invalid_client", "SBX-TOKEN-CLAIMS"},
		"no JWT":                {tokenRequest("Invented"), 401, "invalid_client", "SBX-TOKEN-FORM"},
		"no assertion":          {url.Values{"grant_type": {"client_credentials"}}, 400, "invalid_request", "SBX-TOKEN-REQUEST"},
		"other grant":           {url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type", "SBX-TOKEN-GRANT"},
	} {
		w := askToken(sb, c.form)
		assert.Equal(t, c.status, w.Code, name)
		var refusal map[string]string
		require.NoError(t, json.NewDecoder(w.Body).Decode(&refusal), name)
		assert.Equal(t, c.code, refusal["error"], name)
		last := sb.Entries()[len(sb.Entries())-1]
		assert.Equal(t, []string{c.issue}, last.Issues, name)
		assert.Equal(t, sandbox.Refused, last.Outcome, name)
		assert.Empty(t, last.SHA256, "nothing of a credential is kept")
	}

	signed := assertion(t, now, key, nil)
	w := askToken(sb, tokenRequest(signed))
	require.Equal(t, 200, w.Code, w.Body)
	var given struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   string `json:"expires_in"`
	}
	require.NoError(t, json.NewDecoder(w.Body).Decode(&given))
	assert.Equal(t, "60", given.ExpiresIn)
	w = askToken(sb, tokenRequest(signed))
	assert.Equal(t, 401, w.Code)
	assert.Contains(t, w.Body.String(), "used before", "a replay is refused")

	post := func(authorization string) *httptest.ResponseRecorder {
		r := request(http.MethodPost, "/AdverseEvent", marshal(t, incident()))
		r.Header.Set("Authorization", authorization)
		return do(sb, r)
	}
	for _, authorization := range []string{"", "Bearer x", given.AccessToken, "Basic " + given.AccessToken} {
		w := post(authorization)
		assert.Equal(t, 401, w.Code, authorization)
		assert.Contains(t, w.Header().Get("WWW-Authenticate"), "invalid_token")
	}
	assert.Equal(t, 201, post("Bearer "+given.AccessToken).Code)
	now = now.Add(time.Minute)
	assert.Equal(t, 401, post("Bearer "+given.AccessToken).Code, "it has expired")

	created := 0
	for _, e := range sb.Entries() {
		if e.Outcome == sandbox.Created {
			created++
		}
	}
	assert.Equal(t, 1, created)
}

func TestTokensWithOneKey(t *testing.T) {
	key, _ := signingKeys()
	sb := newSandbox(t, sandbox.WithTokens(sandbox.Tokens{ClientID: "client-1", Keys: publicPEM(t, key), Audience: "urn:x"}))
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) // of newSandbox
	w := askToken(sb, tokenRequest(assertion(t, now, key, func(header, claims map[string]any) { header["kid"], claims["aud"] = "any", "urn:x" })))
	assert.Equal(t, 200, w.Code, w.Body)
}

func TestOptionsOfAccess(t *testing.T) {
	key, _ := signingKeys()
	for name, opt := range map[string]sandbox.Option{
		"no keys":              sandbox.WithTokens(sandbox.Tokens{ClientID: "c"}),
		"keys of another form": sandbox.WithTokens(sandbox.Tokens{ClientID: "c", Keys: []byte(`{"keys":[{"kty":"EC","kid":"1"}]}`)}),
		"empty set":            sandbox.WithTokens(sandbox.Tokens{ClientID: "c", Keys: []byte(`{"keys":[]}`)}),
		"no client":            sandbox.WithTokens(sandbox.Tokens{Keys: publicPEM(t, key)}),
		"negative lifetime":    sandbox.WithTokens(sandbox.Tokens{ClientID: "c", Keys: publicPEM(t, key), Lifetime: -1}),
		"path without slash":   sandbox.WithPaths("fhir", "/t"),
		"path that climbs":     sandbox.WithPaths("/fhir", "/t/.."),
		"header":               sandbox.WithKeyHeader("X Y"),
		"no certificate":       sandbox.WithCertificate("none.pem", "none.pem"),
		"no authorities":       sandbox.WithClientAuthorities("none.pem"),
	} {
		_, err := sandbox.New(opt)
		assert.Error(t, err, name)
	}
}

// Both APIs can stand anywhere, also below one path.
func TestPaths(t *testing.T) {
	for _, c := range []struct{ base, taxonomy string }{{"/", "/"}, {"/fhir", "/fhir"}, {"/a/b", "/t"}, {"/", "/taxonomy/fhir"}} {
		sb, err := sandbox.New(sandbox.WithPaths(c.base, c.taxonomy), sandbox.WithKeyHeader("X-Api-Key"))
		require.NoError(t, err)
		ask := func(path string) (int, string) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("X-Api-Key", sandbox.DefaultKey)
			w := do(sb, r)
			return w.Code, w.Body.String()
		}
		base := strings.TrimSuffix(c.base, "/")
		status, body := ask(base + "/metadata")
		require.Equal(t, 200, status, c)
		assert.Contains(t, body, `"url":"http://example.com`+base+`"`)
		assert.Contains(t, body, "subscription key in the header X-Api-Key")
		status, _ = ask(strings.TrimSuffix(c.taxonomy, "/") + "/CodeSystem/event-type-6")
		assert.Equal(t, 200, status, c)
		status, _ = ask(base + "/AdverseEvent/sbx-000001")
		assert.Equal(t, 405, status, c)
		status, _ = ask("/elsewhere/metadata")
		assert.Equal(t, 404, status, c)
	}
}

// A sandbox for a private network lets a client recognise it, and no more.
func TestMetadataOnAPrivateNetwork(t *testing.T) {
	key, _ := signingKeys()
	closed := newSandbox(t)
	open := newSandbox(t, sandbox.WithPrivateNetwork(), sandbox.WithTokens(sandbox.Tokens{ClientID: "c", Keys: publicPEM(t, key)}))
	ask := func(sb http.Handler, method, path string) (int, string) {
		w := do(sb, httptest.NewRequest(method, sandbox.BasePath+path, bytes.NewReader(nil)))
		return w.Code, w.Body.String()
	}
	status, _ := ask(closed, http.MethodGet, "/metadata")
	assert.Equal(t, 401, status)
	status, body := ask(open, http.MethodGet, "/metadata")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"instantiates":["https://github.com/gpsafety/lfpse-go/CapabilityStatement/sandbox"]`)
	assert.Contains(t, body, `"code":"OAuth"`)
	assert.Contains(t, body, `"valueUri":"http://example.com/oauth2/token"`)
	for _, c := range []struct{ method, path string }{{"POST", "/metadata"}, {"GET", "/AdverseEvent/x"}, {"POST", "/AdverseEvent"}, {"GET", "/metadata/x"}} {
		status, _ = ask(open, c.method, c.path)
		assert.Equal(t, 401, status, c)
	}
}
