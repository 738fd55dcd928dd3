package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// KeyHeader is the header of the subscription key, unless WithKeyHeader sets another.
const KeyHeader = "Ocp-Apim-Subscription-Key"

// gateway behaves like Azure API Management: it checks only the key, the access token and
// the path, and its refusals are not FHIR.
func (s *Sandbox) gateway(r *http.Request) (answer, bool) {
	switch key := r.Header.Get(s.cfg.keyHeader); {
	case s.cfg.remote && r.Method == http.MethodGet && r.URL.Path == s.cfg.basePath+"/metadata":
		return answer{}, true // a client has to recognise the sandbox before it shows anything
	case s.cfg.tokens != nil && s.cfg.tokens.KeyOptional:
		// The token alone shows who is calling.
	case key == "":
		return s.unauthorised("SBX-KEY-MISSING", "missing subscription key. Make sure to include subscription key when making requests to an API."), false
	case !s.accepts(key):
		return s.unauthorised("SBX-KEY-WRONG", "invalid subscription key. Make sure to provide a valid key for an active subscription."), false
	}
	switch {
	case s.cfg.tokens != nil && !s.cfg.tokens.knows(r.Header.Get("Authorization"), s.cfg.clock()):
		a := gatewayAnswer(http.StatusUnauthorized, "SBX-ACCESS-TOKEN", "Access denied due to a missing, unknown or expired access token.")
		a.header.Set("WWW-Authenticate", `Bearer realm="sandbox", error="invalid_token"`)
		return a, false
	case !strings.HasPrefix(r.URL.Path, s.cfg.basePath+"/") && !strings.HasPrefix(r.URL.Path, s.cfg.taxonomyPath+"/"):
		return gatewayAnswer(http.StatusNotFound, "SBX-PATH", "Resource not found"), false
	}
	return answer{}, true
}

// accepts compares digests, so that the time taken says nothing about the key.
func (s *Sandbox) accepts(key string) bool {
	sum := sha256.Sum256([]byte(key))
	found := 0
	for _, want := range s.cfg.keys {
		found |= subtle.ConstantTimeCompare(sum[:], want[:])
	}
	return found == 1
}

func (s *Sandbox) unauthorised(id, why string) answer {
	a := gatewayAnswer(http.StatusUnauthorized, id, "Access denied due to "+why)
	a.header.Set("WWW-Authenticate", `AzureApiManagementKey realm="sandbox",name="`+s.cfg.keyHeader+`",type="header"`)
	return a
}

func gatewayAnswer(status int, id, message string) answer {
	return answer{
		status: status, header: http.Header{"Content-Type": {"application/json"}},
		body: encode(struct {
			StatusCode int    `json:"statusCode"`
			Message    string `json:"message"`
		}{status, message}),
		outcome: Refused, issues: []string{id},
	}
}

// TokenPath is the path of the token endpoint of WithTokens on the host.
const TokenPath = "/oauth2/token"

// Tokens configures a token endpoint like that of the NHS API platform: OAuth 2 client
// credentials with a JWT that the client has signed (RS512). Whether LFPSE uses access
// tokens is not known.
type Tokens struct {
	ClientID string // iss and sub of the JWT
	// Keys are the public RSA keys of the client: a JSON Web Key Set, in which the kid of
	// the JWT is looked up, or one key in PEM form, which is used for every kid.
	Keys []byte
	// Audience is the aud of the JWT. The default is the address of the token endpoint
	// as the request has it.
	Audience string
	Lifetime time.Duration // of an access token; the default is 599 s
	// KeyOptional lets an access token alone be enough. The default is to require the
	// subscription key beside it.
	KeyOptional bool
}

// WithTokens adds a token endpoint at TokenPath. Both APIs then require an access token
// in addition to the subscription key, or instead of it with KeyOptional. By default they
// require none.
func WithTokens(t Tokens) Option {
	return func(c *config) error {
		keys, err := readKeys(t.Keys)
		switch {
		case err != nil:
			return fmt.Errorf("sandbox: WithTokens: %w", err)
		case t.ClientID == "":
			return errors.New("sandbox: WithTokens: the client id is empty")
		case t.Lifetime < 0:
			return errors.New("sandbox: WithTokens: the lifetime must not be negative")
		case t.Lifetime == 0:
			t.Lifetime = 599 * time.Second
		}
		c.tokens = &issuer{Tokens: t, keys: keys, issued: map[[sha256.Size]byte]time.Time{}, used: map[string]time.Time{}}
		return nil
	}
}

const (
	minKeyBits      = 2048
	maxTokenRequest = 64 << 10        // bytes
	maxAssertion    = 5 * time.Minute // that a JWT may hold
)

// readKeys returns the public keys by their kid, with an empty kid for one that is
// taken for all.
func readKeys(data []byte) (map[string]*rsa.PublicKey, error) {
	keys := map[string]*rsa.PublicKey{}
	if !strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		key, err := jwt.ParseRSAPublicKeyFromPEM(data)
		if err != nil || key.N.BitLen() < minKeyBits {
			return nil, fmt.Errorf("the keys are neither a JSON Web Key Set nor an RSA public key of at least %d bits in PEM form", minKeyBits)
		}
		return map[string]*rsa.PublicKey{"": key}, nil
	}
	var set struct {
		Keys []struct{ Kty, Kid, N, E string }
	}
	if json.Unmarshal(data, &set) != nil || len(set.Keys) == 0 {
		return nil, errors.New("the keys are no JSON Web Key Set")
	}
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		exponent := new(big.Int).SetBytes(e)
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent.Int64())}
		if k.Kty != "RSA" || k.Kid == "" || errN != nil || errE != nil || key.N.BitLen() < minKeyBits || exponent.BitLen() > 31 || key.E < 3 {
			return nil, fmt.Errorf("a key of the JSON Web Key Set is not an RSA key of at least %d bits with a kid", minKeyBits)
		}
		keys[k.Kid] = key
	}
	return keys, nil
}

// issuer issues access tokens and recognises them.
type issuer struct {
	Tokens
	keys map[string]*rsa.PublicKey

	mu     sync.Mutex
	issued map[[sha256.Size]byte]time.Time // digests of access tokens, until when
	used   map[string]time.Time            // jti, until when
}

// token answers a request for an access token.
func (s *Sandbox) token(w http.ResponseWriter, r *http.Request) answer {
	done := s.reading(w)
	form, err := tokenForm(r)
	done()
	switch {
	case r.Method != http.MethodPost:
		return gatewayAnswer(http.StatusMethodNotAllowed, "SBX-METHOD", "The token endpoint takes POST only.")
	case err != nil:
		return tokenRefusal(http.StatusBadRequest, "SBX-TOKEN-REQUEST", "invalid_request", err.Error())
	case form.Get("grant_type") != "client_credentials":
		return tokenRefusal(http.StatusBadRequest, "SBX-TOKEN-GRANT", "unsupported_grant_type", "grant_type must be client_credentials")
	case form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
		return tokenRefusal(http.StatusBadRequest, "SBX-TOKEN-REQUEST", "invalid_request", "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	}
	now := s.cfg.clock()
	if id, why := s.cfg.tokens.check(form.Get("client_assertion"), origin(r)+TokenPath, now); id != "" {
		return tokenRefusal(http.StatusUnauthorized, id, "invalid_client", why)
	}
	token := s.cfg.tokens.issue(now)
	return answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}},
		body: encode(object{
			"access_token": token, "token_type": "Bearer",
			"expires_in": fmt.Sprint(int(s.cfg.tokens.Lifetime.Seconds())), // text, as the NHS API platform has it
		}),
		outcome: Issued,
	}
}

func tokenForm(r *http.Request) (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("the body must be application/x-www-form-urlencoded")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxTokenRequest+1))
	if err != nil || len(body) > maxTokenRequest {
		return nil, errors.New("the body is too large or could not be read to its end")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is not a form")
	}
	return form, nil
}

func tokenRefusal(status int, id, code, why string) answer {
	return answer{
		status: status, header: http.Header{"Content-Type": {"application/json"}},
		body:    encode(object{"error": code, "error_description": why}),
		outcome: Refused, issues: []string{id},
	}
}

// check checks a signed JWT. id is empty if nothing is wrong.
func (i *issuer) check(assertion, address string, now time.Time) (id, why string) {
	audience := i.Audience
	if audience == "" {
		audience = address
	}
	claims := &jwt.RegisteredClaims{}
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS512.Alg()}), jwt.WithTimeFunc(func() time.Time { return now }),
		jwt.WithExpirationRequired(), jwt.WithIssuer(i.ClientID), jwt.WithSubject(i.ClientID), jwt.WithAudience(audience),
	).ParseWithClaims(assertion, claims, i.key)
	for _, c := range []struct {
		err     error
		id, why string
	}{
		{jwt.ErrTokenMalformed, "SBX-TOKEN-FORM", "client_assertion is not a signed JWT"},
		{jwt.ErrTokenUnverifiable, "SBX-TOKEN-KEY", "the kid of the JWT is missing or is not one of a registered key"},
		{jwt.ErrTokenSignatureInvalid, "SBX-TOKEN-SIGNATURE", "the JWT is not signed with RS512 by the registered key"},
		{jwt.ErrTokenInvalidIssuer, "SBX-TOKEN-CLIENT", "iss and sub of the JWT must both be the client id"},
		{jwt.ErrTokenInvalidSubject, "SBX-TOKEN-CLIENT", "iss and sub of the JWT must both be the client id"},
		{jwt.ErrTokenInvalidAudience, "SBX-TOKEN-AUDIENCE", "aud of the JWT must be the address of the token endpoint"},
		{jwt.ErrTokenRequiredClaimMissing, "SBX-TOKEN-CLAIMS", "iss, sub, aud, exp and jti of the JWT are required"},
		{jwt.ErrTokenExpired, "SBX-TOKEN-EXPIRY", "the JWT has expired"},
	} {
		if errors.Is(err, c.err) {
			return c.id, c.why
		}
	}
	switch {
	case err != nil:
		return "SBX-TOKEN-FORM", "the JWT cannot be used"
	case claims.ID == "" || len(claims.ID) > 256:
		return "SBX-TOKEN-CLAIMS", "jti of the JWT is missing or too long"
	case claims.ExpiresAt.Sub(now) > maxAssertion:
		return "SBX-TOKEN-EXPIRY", "exp of the JWT must be at most five minutes ahead"
	case !i.first(claims.ID, claims.ExpiresAt.Time, now):
		return "SBX-TOKEN-REPLAY", "the JWT, or another one with its jti, has been used before"
	}
	return "", ""
}

// key finds the key that a JWT says it is signed with.
func (i *issuer) key(t *jwt.Token) (any, error) {
	kid, _ := t.Header["kid"].(string)
	if key := i.keys[kid]; key != nil && kid != "" {
		return key, nil
	}
	if key := i.keys[""]; key != nil && kid != "" {
		return key, nil
	}
	return nil, errors.New("no such key")
}

// first reports whether a jti is seen for the first time, and remembers it.
func (i *issuer) first(id string, until, now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	forget(i.used, now)
	if _, used := i.used[id]; used {
		return false
	}
	i.used[id] = until
	return true
}

func (i *issuer) issue(now time.Time) string {
	token := rand.Text() + rand.Text()
	i.mu.Lock()
	defer i.mu.Unlock()
	forget(i.issued, now)
	i.issued[sha256.Sum256([]byte(token))] = now.Add(i.Lifetime)
	return token
}

// knows reports whether an Authorization header has a valid token.
func (i *issuer) knows(authorization string, now time.Time) bool {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	i.mu.Lock()
	defer i.mu.Unlock()
	until, issued := i.issued[sha256.Sum256([]byte(token))]
	return ok && issued && now.Before(until)
}

func forget[K comparable](m map[K]time.Time, now time.Time) {
	for k, until := range m {
		if now.After(until) {
			delete(m, k)
		}
	}
}
