package bridge

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// problem is an answer by RFC 9457. It holds no value of what was sent.
type problem struct {
	Type      string           `json:"type"`
	Title     string           `json:"title"`
	Status    int              `json:"status"`
	Detail    string           `json:"detail,omitempty"`
	Errors    []Fault          `json:"errors,omitempty"`
	Questions []lfpse.Question `json:"questions,omitempty"`
	// Reports say, for a document with several, what stands against each.
	Reports []Result `json:"reports,omitempty"`

	after time.Duration // for Retry-After
}

// problemPrefix begins the types of problems.
const problemPrefix = "urn:lfpse-go:problem:"

// problemOf is a problem of a type, with the words that are the same for all of its kind.
func problemOf(status int, kind, title, detail string) *problem {
	return &problem{Type: problemPrefix + kind, Title: title, Status: status, Detail: detail}
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="lfpse"`)
	}
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(p.after.Seconds())))
	}
	answer(w, p.Status, "application/problem+json", p)
}

// answer writes a JSON document.
func answer(w http.ResponseWriter, status int, mediaType string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"title":"The answer could not be written."}`)
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
