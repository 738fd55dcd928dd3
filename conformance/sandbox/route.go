package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

// BasePath is the path below which the API lives, as on the national service, unless
// WithPaths says otherwise.
const BasePath = "/adverse-event/fhir"

// idGrammar is the FHIR R4 type id.
var idGrammar = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

// received is a request body and its digest; both are empty when it was not read.
type received struct {
	body   []byte
	digest string // SHA-256, lower-case hexadecimal
}

// process reads and judges a request that no fault keeps from being processed. What depends
// on the records stored so far is left to the decision.
func (s *Sandbox) process(w http.ResponseWriter, r *http.Request) (received, decision) {
	if s.cfg.tokens != nil && r.URL.Path == TokenPath {
		return received{}, fixed(s.token(w, r))
	}
	if refusal, ok := s.gateway(r); !ok {
		return received{}, fixed(refusal)
	}
	path, below := strings.CutPrefix(r.URL.Path, s.cfg.basePath+"/")
	resource, id, nested := strings.Cut(path, "/")
	if name, ok := strings.CutPrefix(r.URL.Path, s.cfg.taxonomyPath+"/"); ok && (!below || isDefinition(name)) {
		return s.definition(r, name)
	}
	switch {
	case resource == "metadata" && !nested:
		return s.metadata(r)
	case resource == "AdverseEvent" && !nested:
		return s.post(w, r)
	case resource == "AdverseEvent" && idGrammar.MatchString(id):
		return s.record(w, r, id)
	default:
		return received{}, fixed(refuse(http.StatusNotFound, problem{
			"SBX-PATH", "not-found", "There is nothing at this path."}))
	}
}

func (s *Sandbox) metadata(r *http.Request) (received, decision) {
	if r.Method != http.MethodGet {
		return received{}, fixed(notAllowed(http.MethodGet))
	}
	return received{}, func(now time.Time) (answer, func()) {
		return answer{status: http.StatusOK, header: fhirHeader(), body: s.capability(r, now), outcome: Read}, nil
	}
}

func (s *Sandbox) post(w http.ResponseWriter, r *http.Request) (received, decision) {
	switch can := s.cfg.abilities.SearchByIdentifier; {
	case r.Method == http.MethodGet && can:
		return s.search(r)
	case r.Method != http.MethodPost:
		return received{}, fixed(notAllowed(allowed(can, http.MethodPost)))
	}
	got, refusal := s.receive(w, r)
	if refusal != nil {
		return got, fixed(*refusal)
	}
	v := s.examine(got.body)
	if refusal, bad := v.refusal(); bad {
		return got, fixed(refusal)
	}
	return got, func(now time.Time) (answer, func()) {
		if a := s.existing(r); a != nil {
			return *a, nil
		}
		rec := s.store.create(now, v)
		a := rec.answer(http.StatusCreated, Created)
		a.header.Set("Location", s.location(r, rec))
		return a, func() { s.store.put(rec) }
	}
}

// record handles the paths of one record.
func (s *Sandbox) record(w http.ResponseWriter, r *http.Request, id string) (received, decision) {
	switch can := s.cfg.abilities.Read; {
	case r.Method == http.MethodGet && can:
		return received{}, func(time.Time) (answer, func()) { return s.read(id) }
	case r.Method == http.MethodPut:
		got, refusal := s.receive(w, r)
		if refusal != nil {
			return got, fixed(*refusal)
		}
		v := s.examine(got.body)
		return got, func(now time.Time) (answer, func()) { return s.update(now, id, r.Header.Get("If-Match"), v) }
	case r.Method == http.MethodDelete:
		return received{}, func(time.Time) (answer, func()) { return s.remove(id) }
	default:
		return received{}, fixed(notAllowed(allowed(can, http.MethodPut, http.MethodDelete)))
	}
}

func (s *Sandbox) update(now time.Time, id, match string, v verdict) (answer, func()) {
	old, refusal := s.store.find(id)
	if refusal != nil {
		return *refusal, nil
	}
	if refusal := s.stale(match, old); refusal != nil {
		return *refusal, nil
	}
	if bad, ok := v.refusal(); ok {
		bad.id = id
		return bad, nil
	}
	if sent, present := v.doc["id"]; present && sent != id {
		a := refuse(http.StatusBadRequest, problem{
			"SBX-UPDATE-ID", "value", "The id of the resource differs from the id of the address."})
		a.id = id
		return a, nil
	}
	rec := old.next(now, v)
	return rec.answer(http.StatusOK, Updated), func() { s.store.put(rec) }
}

func (s *Sandbox) remove(id string) (answer, func()) {
	old, refusal := s.store.find(id)
	if refusal != nil {
		return *refusal, nil
	}
	a := answer{
		status: http.StatusOK, header: fhirHeader(), body: deletedBody(),
		outcome: Deleted, id: id, reference: old.reference, version: old.version,
	}
	return a, func() { s.store.remove(id) }
}

// receive reads the body. It returns a refusal if the API does not take such a body.
func (s *Sandbox) receive(w http.ResponseWriter, r *http.Request) (received, *answer) {
	if !acceptable(r.Header) {
		a := refuse(http.StatusUnsupportedMediaType, problem{"SBX-MEDIA-TYPE", "not-supported",
			"The body must be application/json or application/fhir+json in UTF-8, without a content encoding."})
		return received{}, &a
	}
	done := s.reading(w)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.cfg.bodyLimit))
	done()
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		a := refuse(http.StatusRequestEntityTooLarge, problem{
			"SBX-TOO-LARGE", "too-long", "The body is larger than this server accepts."})
		return received{}, &a
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		a := refuse(http.StatusRequestTimeout, problem{
			"SBX-SLOW", "timeout", "The body did not arrive in time."})
		return received{}, &a
	}
	if err != nil {
		a := refuse(http.StatusBadRequest, problem{
			"SBX-BODY", "incomplete", "The body could not be read to its end."})
		return received{}, &a
	}
	sum := sha256.Sum256(body)
	return received{body: body, digest: hex.EncodeToString(sum[:])}, nil
}

// reading limits the time in which the rest of a body must arrive, and gives it up when the
// sandbox stops. Call done when it has been read.
func (s *Sandbox) reading(w http.ResponseWriter) (done func()) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(s.cfg.transferLimit))
	ended := context.AfterFunc(s.stopping, func() { _ = control.SetReadDeadline(time.Now()) })
	return func() {
		if ended() {
			_ = control.SetReadDeadline(time.Time{})
		}
	}
}

// drainLimit is how much of a body that nobody wants is read, so that the client sees the
// answer. It is what net/http reads.
const drainLimit = 256 << 10

// drain reads what is left of the body, because net/http would do so without a limit of
// time. A client that asks before it sends is not told to send.
func (s *Sandbox) drain(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Header.Get("Expect") != "" {
		return
	}
	done := s.reading(w)
	_, err := io.CopyN(io.Discard, r.Body, drainLimit)
	done()
	if !errors.Is(err, io.EOF) {
		w.Header().Set("Connection", "close")
		_ = http.NewResponseController(w).SetReadDeadline(time.Now())
	}
}

func acceptable(h http.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/fhir+json" {
		return false
	}
	charset := params["charset"]
	encoding := h.Get("Content-Encoding")
	return (charset == "" || strings.EqualFold(charset, "utf-8")) && (encoding == "" || encoding == "identity")
}

// location is the versioned address of a record, as R4 wants it after a create.
func (s *Sandbox) location(r *http.Request, rec record) string {
	return origin(r) + s.cfg.basePath + "/AdverseEvent/" + rec.id + "/_history/" + rec.versionID()
}

// origin is the scheme and host of this server, as the request has it.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func notAllowed(allow string) answer {
	a := refuse(http.StatusMethodNotAllowed, problem{
		"SBX-METHOD", "not-supported", "The API does not have this method here."})
	a.header.Set("Allow", allow)
	return a
}

// problem is something wrong with a request as a whole. It is answered with diagnostics, as
// parsers and gateways do.
type problem struct {
	id   string // stable, for the ledger
	code string // FHIR issue type
	text string
}

type operationOutcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type issue struct {
	Severity    string   `json:"severity"`
	Code        string   `json:"code"`
	Details     *details `json:"details,omitempty"`
	Diagnostics string   `json:"diagnostics,omitempty"`
	Expression  []string `json:"expression,omitempty"`
}

type details struct {
	Coding []coding `json:"coding"`
	Text   string   `json:"text"`
}

type coding struct {
	Code string `json:"code"`
}

// issueLimit is the largest number of issues in an answer and in a line of the ledger. What
// is left out is counted.
const issueLimit = 250

// refuse answers with one diagnostics issue per problem.
func refuse(status int, problems ...problem) answer { return refuseMany(status, problems, 0) }

// refuseMany is refuse for a document with more problems than are listed.
func refuseMany(status int, problems []problem, leftOut int) answer {
	out := operationOutcome{ResourceType: "OperationOutcome"}
	ids := make([]string, 0, len(problems))
	for _, p := range problems {
		out.Issue = append(out.Issue, issue{Severity: "error", Code: p.code, Diagnostics: p.text})
		ids = append(ids, p.id)
	}
	out.leaveOut(leftOut)
	return answer{status: status, header: fhirHeader(), body: encode(out), outcome: Refused, issues: ids, leftOut: leftOut}
}

// leaveOut says how many issues are not shown.
func (o *operationOutcome) leaveOut(n int) {
	if n > 0 {
		o.Issue = append(o.Issue, issue{Severity: "information", Code: "informational",
			Diagnostics: fmt.Sprintf("%d more issues were found and are not shown.", n)})
	}
}

// reject answers with one coded issue per finding.
func reject(findings []finding, leftOut int) answer {
	out := operationOutcome{ResourceType: "OperationOutcome"}
	var ids []string
	for _, f := range findings {
		c, _ := checkByID(f.check)
		out.Issue = append(out.Issue, issue{Severity: "error", Code: c.Code, Expression: []string{f.path},
			Details: &details{Coding: []coding{{c.ID}}, Text: f.text(c)}})
		ids = append(ids, c.ID)
	}
	out.leaveOut(leftOut)
	return answer{status: http.StatusUnprocessableEntity, header: fhirHeader(), body: encode(out), outcome: Rejected, issues: ids, leftOut: leftOut}
}

func deletedBody() []byte {
	return encode(operationOutcome{"OperationOutcome", []issue{{
		Severity: "information", Code: "informational", Diagnostics: "The record was deleted."}}})
}

func fhirHeader() http.Header {
	return http.Header{"Content-Type": {"application/fhir+json; charset=utf-8"}}
}

// encode writes JSON without HTML escapes. It cannot fail for what it is called with: the
// structs of this package, and documents that have been read from JSON.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("sandbox: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
