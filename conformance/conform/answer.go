package conform

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxAnswer = 1 << 20 // bytes that are read of an answer
	maxSaid   = 10      // issues of an answer that are kept
	maxWords  = 300     // characters of each
)

// answer is what a service said.
type answer struct {
	status     int
	accepted   bool // 201, with or without a body
	refused    bool // because of what the document holds
	locked     bool // the tester is not let in
	id         string
	said       []string
	retryAfter time.Duration
}

// readAnswer reads the answer to a POST. A status that is about access, load or the server
// is no verdict on the document.
func readAnswer(r *http.Response) answer {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	a := answer{status: r.StatusCode, id: idIn(r.Header, body)}
	if err != nil {
		a.said = []string{"The answer broke off."}
		return a
	}
	switch r.StatusCode {
	case http.StatusCreated:
		a.accepted = true
	case http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		a.refused = true
	case http.StatusUnauthorized, http.StatusForbidden:
		a.locked = true
	case http.StatusTooManyRequests:
		a.retryAfter = waiting(r.Header.Get("Retry-After"))
	}
	if !a.accepted {
		a.said = said(body)
	}
	return a
}

// waiting is how long a service asks to be left alone, at most a minute.
func waiting(header string) time.Duration {
	const least, most = time.Second, time.Minute
	d, err := time.ParseDuration(strings.TrimSpace(header) + "s")
	if err != nil {
		return least
	}
	return min(max(d, least), most)
}

// idIn is the id that the service gave a record, "" if it does not say.
func idIn(h http.Header, body []byte) string {
	for _, name := range []string{"Location", "Content-Location"} {
		if _, rest, ok := strings.Cut(h.Get(name), "/AdverseEvent/"); ok {
			id, _, _ := strings.Cut(rest, "/")
			if validID.MatchString(id) {
				return id
			}
		}
	}
	var resource struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(body, &resource) == nil && validID.MatchString(resource.ID) {
		return resource.ID
	}
	return ""
}

// validID is the form of a FHIR id, so that one can be part of a url.
var validID = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)

// said are the issues of an OperationOutcome, each in one line.
func said(body []byte) []string {
	var outcome struct {
		Issue []struct {
			Code, Diagnostics    string
			Details              struct{ Text string }
			Expression, Location []string
		}
	}
	if json.Unmarshal(body, &outcome) != nil || len(outcome.Issue) == 0 {
		return []string{"The answer is no OperationOutcome."}
	}
	var out []string
	for i, issue := range outcome.Issue {
		if i == maxSaid {
			return append(out, fmt.Sprintf("and %d more", len(outcome.Issue)-maxSaid))
		}
		line := issue.Code
		for _, part := range append([]string{issue.Details.Text, issue.Diagnostics}, append(issue.Expression, issue.Location...)...) {
			if part != "" && !strings.Contains(line, part) {
				line += ": " + part
			}
		}
		out = append(out, printable(line))
	}
	return out
}

// printable returns a text of the service without control characters, and not too long.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > maxWords {
		s = string([]rune(s)[:maxWords]) + "…"
	}
	return s
}
