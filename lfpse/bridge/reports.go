package bridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// postReports takes in the reports of one document, all or none.
func (b *Bridge) postReports(w http.ResponseWriter, r *http.Request, run *run, c *caller) *problem {
	if err := b.pressure(r.Context()); err != nil {
		return busy(sentence(err.Error()), pressureRetry)
	}
	practice, p := practiceOf(r, run.setup, c)
	if p != nil {
		return p
	}
	all, p := readReports(w, r, run.setup)
	if p != nil {
		return p
	}
	e := entrance{box: run.box, builder: run.setup.builder, practice: practice, source: c.Name}
	prepared := make([]submission.Prepared, len(all))
	for i := range all {
		all[i].fill(e.builder.Codec(), &prepared[i].Draft)
		prepared[i].Submission = e.builder.Prepare(&prepared[i].Draft)
	}
	if p := e.unfit(prepared); p != nil {
		for i := range prepared {
			b.took(practice, "http", &Result{State: prepared[i].State})
		}
		return p
	}
	results, err := e.enter(r.Context(), prepared)
	if err != nil {
		b.log.Error("a report could not be stored", "error", plain(err))
		return busy("The report could not be stored, or it is not known whether it was: send it again under the same name.", pressureRetry)
	}
	for i := range results {
		b.took(practice, "http", &results[i])
	}
	run.wakeDrain()
	w.Header().Set("Location", location(all, practice))
	answer(w, http.StatusAccepted, "application/json", map[string]any{"reports": results})
	return nil
}

// location is where the status of the reports of a document is.
func location(all []piece, practice string) string {
	name := all[0].reference
	if len(all) > 1 {
		name = strings.TrimSuffix(name, "/1") // that of the Bundle
	}
	return "/v1/reports/" + url.PathEscape(name) + "?practice=" + practice
}

// practiceOf returns the practice that a call is about.
func practiceOf(r *http.Request, s *setup, c *caller) (string, *problem) {
	practice := r.URL.Query().Get("practice")
	if practice == "" {
		only := c.Practices
		if len(only) == 0 && len(s.cfg.Practices) == 1 {
			only = []string{s.cfg.Practices[0].ODS}
		}
		if len(only) != 1 {
			return "", problemOf(http.StatusBadRequest, "practice", "It is not said which practice reports.", "Add ?practice= and the ODS code.")
		}
		practice = only[0]
	}
	if !c.may(s, practice) {
		return "", problemOf(http.StatusForbidden, "practice", "The caller may not report for this practice.", "")
	}
	return practice, nil
}

// readReports reads the body of a call and splits it into its reports, each with its name.
func readReports(w http.ResponseWriter, r *http.Request, s *setup) ([]piece, *problem) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/fhir+json" && kind != "application/cloudevents+json" {
		return nil, problemOf(http.StatusUnsupportedMediaType, "media-type", "This type of content is not taken.",
			"Send application/json, application/fhir+json or application/cloudevents+json.")
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, problemOf(http.StatusUnsupportedMediaType, "media-type", "The body is compressed.", "Send it without Content-Encoding.")
	}
	reference, p := nameOf(r)
	if p != nil {
		return nil, p
	}
	limit := s.cfg.Limits.Body
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)<<20))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, problemOf(http.StatusRequestEntityTooLarge, "too-large", "The body is too large.", fmt.Sprintf("It may have %d MiB.", limit))
	} else if err != nil {
		return nil, problemOf(http.StatusBadRequest, "body", "The body could not be read.", "")
	}
	all := pieces(1, reference, bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(all) > maxEntries {
		return nil, problemOf(http.StatusRequestEntityTooLarge, "too-large", "The Bundle has too many reports.", fmt.Sprintf("It may have %d: send the others under another name.", maxEntries))
	}
	if r.Header.Get("ce-id") != "" && all[0].fault == nil && all[0].named() != reference {
		return nil, problemOf(http.StatusBadRequest, "cloudevent", "The headers name another CloudEvent than the body, so the report has two names.",
			"Send the CloudEvent in one form: headers that begin with ce- and the report as the body, or all of it in the body.")
	}
	for i := range all {
		if all[i].reference == "" {
			return nil, problemOf(http.StatusBadRequest, "name", "The report has no name.", "Send Idempotency-Key, or a CloudEvent with an id and a source: the same name again is the same report.")
		}
		if text := checkReference(all[i].reference); text != "" {
			return nil, problemOf(http.StatusBadRequest, "name", "The name of the report cannot be used.", text)
		}
	}
	return all, nil
}

// nameOf returns the name under which a report comes in, from the headers: that of a
// CloudEvent in binary form, or the idempotency key. It is empty if it stands in the body.
func nameOf(r *http.Request) (string, *problem) {
	for _, name := range []string{"ce-id", "ce-source", "ce-specversion", "Idempotency-Key"} {
		if len(r.Header.Values(name)) > 1 {
			return "", problemOf(http.StatusBadRequest, "name", "A header that names the report stands there twice.", "Send it once.")
		}
	}
	id, source, version := r.Header.Get("ce-id"), r.Header.Get("ce-source"), r.Header.Get("ce-specversion")
	if id+source+version != "" {
		if id == "" || source == "" || strings.Contains(source, " ") || version != "1.0" {
			return "", problemOf(http.StatusBadRequest, "cloudevent", "The headers of the CloudEvent are not complete.", "Send ce-specversion 1.0, ce-id, and ce-source without blanks.")
		}
		return cloudReference(source, id), nil
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > 1 && strings.HasPrefix(key, `"`) && strings.HasSuffix(key, `"`) {
		key = key[1 : len(key)-1]
	}
	if strings.ContainsAny(key, " \"\\") {
		return "", problemOf(http.StatusBadRequest, "name", "The idempotency key has blanks, quotation marks or backslashes.", "Send a key without them, such as a UUID.")
	}
	return key, nil
}

// unfit says what stands against the reports of a call; nil if all can be taken in.
func (e *entrance) unfit(prepared []submission.Prepared) *problem {
	fit := true
	results := make([]Result, len(prepared))
	for i := range prepared {
		d := &prepared[i].Draft
		results[i] = resultOf(d)
		fit = fit && (d.State == draft.Ready || d.State == draft.NeedsAnswers || d.State == draft.Held)
	}
	if fit {
		return nil
	}
	p := problemOf(http.StatusUnprocessableEntity, "report", "The report cannot be taken in as it is.", "Nothing of it is kept. Put right what is listed, and send it again under the same name.")
	if len(results) > 1 {
		p.Reports = results
		return p
	}
	p.Errors, p.Questions = results[0].Errors, results[0].Questions
	return p
}

// maxEntries is how many reports one Bundle may have: they are looked up by its name.
const maxEntries = 500

// getReports says what has become of the reports with a name.
func (b *Bridge) getReports(w http.ResponseWriter, r *http.Request, run *run, c *caller) *problem {
	practice, p := practiceOf(r, run.setup, c)
	if p != nil {
		return p
	}
	reference := r.PathValue("reference")
	names := []string{reference}
	for i := range maxEntries {
		names = append(names, fmt.Sprintf("%s/%d", reference, i+1))
	}
	found, drafts, err := b.standing(r.Context(), practice, c.Name, names)
	switch {
	case err != nil:
		b.log.Error("a status could not be read", "error", plain(err))
		return busy("The outbox cannot be read.", pressureRetry)
	case len(found)+len(drafts) == 0:
		return problemOf(http.StatusNotFound, "not-found", "There is no report with this name.", "")
	}
	answer(w, http.StatusOK, "application/json", struct {
		Reports []Status      `json:"reports"`
		Drafts  []draft.State `json:"drafts,omitempty"`
	}{found, drafts})
	return nil
}

// standing returns the reports and the states of the drafts of a source with some names.
func (b *Bridge) standing(ctx context.Context, practice, source string, names []string) (found []Status, drafts []draft.State, err error) {
	err = b.store.View(ctx, func(tx outbox.Tx) error {
		found, drafts = nil, nil
		reports, err := tx.ByReference(b.box.Endpoint(), practice, names)
		if err != nil {
			return err
		}
		for _, report := range reports {
			if report.Source == source {
				found = append(found, statusOf(report))
			}
		}
		kept, err := tx.DraftsByReference(b.box.Endpoint(), practice, names)
		for _, d := range kept {
			if d.Source == source && d.Open() {
				drafts = append(drafts, d.State)
			}
		}
		return err
	})
	return found, drafts, err
}
