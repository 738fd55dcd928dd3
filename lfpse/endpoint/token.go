package endpoint

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/golang-jwt/jwt/v5"

	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
)

const (
	// assertionLife is how long a signed assertion holds. Five minutes are the most
	// that is allowed; the rest is for clocks that differ.
	assertionLife = 4 * time.Minute
	// unstatedLife is taken for a token whose lifetime the service does not state.
	unstatedLife = time.Minute
	maxLife      = 24 * time.Hour
	maxMargin    = 30 * time.Second // that a token is given up before its end
	maxAnswer    = 64 << 10         // bytes
)

// TokenError says that there is no access token, so that nothing was sent to the
// service. It holds no text of the authorisation server.
type TokenError struct {
	Status int    // HTTP status of the authorisation server, 0 when no answer came
	Code   string // of RFC 6749, such as invalid_client; empty for none or another one

	cause error
}

// Error says what happened and what to do.
func (e *TokenError) Error() string {
	switch {
	case e.Status == 0:
		return "the authorisation server gave no access token: it cannot be reached, or broke off its answer"
	case e.Status == http.StatusOK:
		return "the authorisation server gave no access token: its answer is not one of OAuth 2"
	}
	s := "the authorisation server gave no access token (status " + strconv.Itoa(e.Status)
	if e.Code != "" {
		s += ", " + e.Code
	}
	return s + "); check the token url, the client id, the signing key with its id, the audience and the clock"
}

// Unwrap returns the error of the network, as far as [Cause] shows it.
func (e *TokenError) Unwrap() error { return e.cause }

// tokens keeps the access token of an endpoint.
type tokens struct {
	endpoint *Endpoint
	id       hidden
	key      *rsa.PrivateKey

	lock  chan struct{} // a mutex that can be waited for until a context ends
	token hidden
	until time.Time
}

func newTokens(e *Endpoint, id hidden, key *rsa.PrivateKey) *tokens {
	return &tokens{endpoint: e, id: id, key: key, lock: make(chan struct{}, 1)}
}

// get returns the token that there is, or asks for one: one request, however many
// callers wait for it.
func (t *tokens) get(ctx context.Context) (string, error) {
	select {
	case t.lock <- struct{}{}:
		defer func() { <-t.lock }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	now := t.endpoint.options.now()
	if token := t.token.reveal(); token != "" && now.Before(t.until) {
		return token, nil
	}
	token, life, err := t.ask(ctx, now)
	if err != nil {
		return "", err
	}
	t.token, t.until = hide(token), now.Add(life-min(maxMargin, life/4))
	return token, nil
}

// giveUp forgets a token that the service did not take.
func (t *tokens) giveUp(token string) {
	t.lock <- struct{}{}
	defer func() { <-t.lock }()
	if t.token.reveal() == token {
		t.token = hidden{}
	}
}

// ask makes one request for a token.
func (t *tokens) ask(ctx context.Context, now time.Time) (token string, life time.Duration, err error) {
	e := t.endpoint
	ctx, cancel := context.WithTimeout(withoutValues{ctx}, e.cfg.Timeout)
	defer cancel()
	signed, err := t.assertion(now)
	if err != nil {
		return "", 0, &TokenError{}
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
	}
	if e.cfg.OAuth.Scope != "" {
		form.Set("scope", e.cfg.OAuth.Scope)
	}
	network := e.options.transport
	if network == nil {
		network = e.network(false)
	}
	answer, err := rest.New(network, maxAnswer).R().SetContext(ctx).
		SetHeader("Accept", "application/json").SetHeader("User-Agent", e.options.userAgent).
		SetHeader("Content-Type", "application/x-www-form-urlencoded").
		SetBody([]byte(form.Encode())).Post(e.cfg.OAuth.TokenURL)
	switch {
	case errors.Is(err, ErrNotSandbox), errors.Is(err, ErrAddress):
		return "", 0, err
	case err != nil:
		return "", 0, &TokenError{cause: Cause(err)}
	}
	return readToken(answer)
}

// assertion is a signed JWT that says who is calling. No two are the same.
func (t *tokens) assertion(now time.Time) (string, error) {
	id := t.id.reveal()
	claims := jwt.MapClaims{
		"iss": id, "sub": id, "aud": t.endpoint.cfg.OAuth.Audience,
		"jti": rand.Text(), "exp": now.Add(assertionLife).Unix(),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS512, claims)
	token.Header["kid"] = t.endpoint.cfg.OAuth.KeyID
	return token.SignedString(t.key)
}

func readToken(answer *resty.Response) (token string, life time.Duration, err error) {
	var form struct {
		AccessToken string      `json:"access_token"`
		TokenType   string      `json:"token_type"`
		ExpiresIn   json.Number `json:"expires_in"` // a number, or one in quotation marks
		Error       string      `json:"error"`
	}
	bad := &TokenError{Status: answer.StatusCode()}
	unread := json.Unmarshal(answer.Body(), &form)
	switch {
	case bad.Status != http.StatusOK:
		if oauthErrors[form.Error] {
			bad.Code = form.Error
		}
		return "", 0, bad
	case unread != nil || !isWord(form.AccessToken, maxFile) || form.TokenType != "" && !strings.EqualFold(form.TokenType, "Bearer"):
		return "", 0, bad
	}
	seconds, err := strconv.ParseFloat(form.ExpiresIn.String(), 64)
	if err != nil || seconds <= 0 {
		return form.AccessToken, unstatedLife, nil
	}
	return form.AccessToken, time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second)), nil
}

// oauthErrors are the codes of RFC 6749, section 5.2; nothing else is repeated.
var oauthErrors = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true,
	"unauthorized_client": true, "unsupported_grant_type": true, "invalid_scope": true,
}

// Format prints nothing of the token and the key.
func (t *tokens) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }
