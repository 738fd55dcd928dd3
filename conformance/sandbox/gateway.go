package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// KeyHeader carries the subscription key.
const KeyHeader = "Ocp-Apim-Subscription-Key"

// gateway plays Azure API Management: it looks at the key and the path, nothing
// else, and its refusals are not FHIR.
func (s *Sandbox) gateway(r *http.Request) (answer, bool) {
	switch key := r.Header.Get(KeyHeader); {
	case key == "":
		return unauthorised("SBX-KEY-MISSING", "missing subscription key. Make sure to include subscription key when making requests to an API."), false
	case !s.accepts(key):
		return unauthorised("SBX-KEY-WRONG", "invalid subscription key. Make sure to provide a valid key for an active subscription."), false
	case !strings.HasPrefix(r.URL.Path, BasePath+"/") && !strings.HasPrefix(r.URL.Path, TaxonomyPath+"/"):
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

func unauthorised(id, why string) answer {
	a := gatewayAnswer(http.StatusUnauthorized, id, "Access denied due to "+why)
	a.header.Set("WWW-Authenticate", `AzureApiManagementKey realm="sandbox",name="`+KeyHeader+`",type="header"`)
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
