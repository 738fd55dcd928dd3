package pull

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// get asks for a document. what names it in errors; the text of the service is
// never repeated.
func (p *puller) get(ctx context.Context, url, what string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, p.endpoint.Config().Timeout)
	defer cancel()
	limit := min(fhirform.MaxResource, p.left)
	r := p.http.R().SetContext(ctx).SetResponseBodyLimit(limit).
		SetHeader("Accept", "application/fhir+json, application/json").
		SetHeader("Cache-Control", "no-cache")
	response, err := r.Get(url)
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge) && limit < fhirform.MaxResource:
		return nil, fmt.Errorf("%s: the answers have more than %d MiB in all", what, maxTotal>>20)
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		return nil, fmt.Errorf("%s: the answer has more than %d MiB", what, limit>>20)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: no whole answer in time: %w", what, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded): // the time limit of the transport, a little earlier
		return nil, fmt.Errorf("%s: no whole answer in time: %w", what, context.DeadlineExceeded)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", what, unreached(err))
	}
	if err := status(response.StatusCode()); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	p.left -= len(response.Body())
	if p.left <= 0 {
		return nil, fmt.Errorf("%s: the answers have more than %d MiB in all", what, maxTotal>>20)
	}
	return response.Body(), nil
}

// unreached says why there is no answer, as far as that may be shown.
func unreached(err error) error {
	const text = "the service cannot be reached, or broke off its answer"
	if cause := endpoint.Cause(err); cause != nil {
		return fmt.Errorf(text+": %w", cause)
	}
	return errors.New(text)
}

func status(code int) error {
	switch {
	case code == http.StatusOK:
		return nil
	case code >= 300 && code < 400:
		return fmt.Errorf("the service redirects (status %d); redirects are not followed, because the key would go with them", code)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("the service refuses the key or access token (status %d)", code)
	case code == http.StatusNotFound:
		return errors.New("the service does not have it (status 404)")
	}
	return fmt.Errorf("the service answers with status %d", code)
}

// root chooses the profile of AdverseEvent to read.
func (p *puller) root(ctx context.Context) (fhirform.Ref, error) {
	profiles, err := p.profiles(ctx)
	if err != nil {
		return fhirform.Ref{}, err
	}
	if p.version == "" {
		return profiles[len(profiles)-1], nil
	}
	var have []string
	for _, r := range profiles {
		if have = append(have, versionOf(r)); versionOf(r) == p.version {
			return r, nil
		}
	}
	return fhirform.Ref{}, fmt.Errorf("the service does not publish version %s; it has %s", p.version, strings.Join(have, ", "))
}

// versionOf is the number at the end of the id of a profile.
func versionOf(r fhirform.Ref) string { return r.ID[strings.LastIndexByte(r.ID, '-')+1:] }

// profiles returns the profiles of AdverseEvent, by version.
func (p *puller) profiles(ctx context.Context) ([]fhirform.Ref, error) {
	const what = "metadata"
	text, err := p.get(ctx, p.endpoint.URL("/metadata"), what)
	if err != nil {
		return nil, err
	}
	if issues := fhir.CheckJSON(text, fhir.WithNullAndEmpty()); issues.HasErrors() {
		return nil, fmt.Errorf("%s: the answer is not strict JSON:\n%w", what, issues)
	}
	var doc struct {
		ResourceType string `json:"resourceType"`
		Rest         []struct {
			Resource []struct {
				Type      string          `json:"type"`
				Profile   json.RawMessage `json:"profile"`
				Supported json.RawMessage `json:"supportedProfile"`
			} `json:"resource"`
		} `json:"rest"`
	}
	if json.Unmarshal(text, &doc) != nil || doc.ResourceType != "CapabilityStatement" {
		return nil, fmt.Errorf("%s: the answer is not a CapabilityStatement", what)
	}
	var out []fhirform.Ref
	for _, rest := range doc.Rest {
		for _, r := range rest.Resource {
			if r.Type == "AdverseEvent" {
				out = append(append(out, refs(r.Profile)...), refs(r.Supported)...)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: the service names no profile of AdverseEvent that ends in a version", what)
	}
	slices.SortFunc(out, func(a, b fhirform.Ref) int {
		return cmp.Or(cmp.Compare(number(a), number(b)), strings.Compare(a.URL, b.URL))
	})
	return slices.Compact(out), nil
}

func number(r fhirform.Ref) int {
	n, _ := strconv.Atoi(versionOf(r)) // refs has seen to it
	return n
}

// refs reads a canonical url or a list of them (R4), or a reference (STU3). What
// does not end in a version is left out, as the profiles of other specifications
// do not.
func refs(raw json.RawMessage) []fhirform.Ref {
	var one string
	var many []string
	var reference struct {
		Reference string `json:"reference"`
	}
	switch {
	case json.Unmarshal(raw, &one) == nil:
		many = []string{one}
	case json.Unmarshal(raw, &many) == nil:
	case json.Unmarshal(raw, &reference) == nil:
		many = []string{reference.Reference}
	}
	var out []fhirform.Ref
	for _, canonical := range many {
		r, ok := fhirform.ParseRef(canonical)
		if _, err := strconv.Atoi(versionOf(r)); ok && err == nil && r.Type == fhirform.StructureDefinition {
			out = append(out, r)
		}
	}
	return out
}

// resource fetches what a reference names, and nothing else.
func (p *puller) resource(ctx context.Context, ref fhirform.Ref) (fhirform.Resource, error) {
	text, err := p.get(ctx, p.endpoint.TaxonomyURL("/"+ref.Type+"/"+ref.ID), ref.String())
	if err != nil {
		return fhirform.Resource{}, err
	}
	res, err := fhirform.Parse(text)
	if err != nil {
		return fhirform.Resource{}, fmt.Errorf("%s: the answer is not the resource:\n%w", ref, err)
	}
	if res.Type != ref.Type || res.ID != ref.ID || res.URL != ref.URL {
		return fhirform.Resource{}, fmt.Errorf("%s: the answer is another resource", ref)
	}
	return res, nil
}
