package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// KeyHeader carries the subscription key, unless WithKeyHeader says otherwise.
const KeyHeader = "Ocp-Apim-Subscription-Key"

// gateway plays Azure API Management: it looks at the key, the access token and the
// path, nothing else, and its refusals are not FHIR.
func (s *Sandbox) gateway(r *http.Request) (answer, bool) {
	switch key := r.Header.Get(s.cfg.keyHeader); {
	case s.cfg.remote && r.Method == http.MethodGet && r.URL.Path == s.cfg.basePath+"/metadata":
		return answer{}, true // a client has to recognise the sandbox before it shows anything
	case key == "":
		return s.unauthorised("SBX-KEY-MISSING", "missing subscription key. Make sure to include subscription key when making requests to an API."), false
	case !s.accepts(key):
		return s.unauthorised("SBX-KEY-WRONG", "invalid subscription key. Make sure to provide a valid key for an active subscription."), false
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
