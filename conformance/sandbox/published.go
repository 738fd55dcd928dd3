package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// sandboxStatement stands in the metadata of every sandbox, so that a client recognises it.
const sandboxStatement = "https://github.com/gpsafety/lfpse-go/CapabilityStatement/sandbox"

// capability is the CapabilityStatement: one AdverseEvent entry per taxonomy
// version, each with its profile, as the national service lists them.
func (s *Sandbox) capability(r *http.Request, now time.Time) []byte {
	resources := make([]object, 0, len(s.cfg.taxonomies))
	for _, t := range s.cfg.taxonomies {
		entry := object{
			"type":              "AdverseEvent",
			"profile":           t.profile,
			"readHistory":       false,
			"updateCreate":      false,
			"conditionalRead":   "not-supported",
			"conditionalUpdate": false,
			"conditionalDelete": "not-supported",
		}
		s.cfg.abilities.declare(entry)
		resources = append(resources, entry)
	}
	for _, profile := range s.cfg.readOnly {
		resources = append(resources, object{"type": "AdverseEvent", "profile": profile})
	}
	return encode(object{
		"resourceType": "CapabilityStatement",
		"status":       "active",
		"experimental": true,
		"date":         now.UTC().Format(time.RFC3339),
		"kind":         "instance",
		"instantiates": []string{sandboxStatement},
		"software":     object{"name": "lfpse-go sandbox"},
		"implementation": object{
			"description": "Local stand-in for the LFPSE submission API. Nothing sent here reaches a national service.",
			"url":         origin(r) + s.cfg.basePath,
		},
		"fhirVersion": "4.0.1",
		"format":      []string{"application/json", "application/fhir+json"},
		"rest":        []object{{"mode": "server", "security": s.security(r), "resource": resources}},
	})
}

// security describes the credentials that a client needs.
func (s *Sandbox) security(r *http.Request) object {
	var wants []string
	if s.cfg.tokens == nil || !s.cfg.tokens.KeyOptional {
		wants = append(wants, "a subscription key in the header "+s.cfg.keyHeader)
	}
	var services []object
	service := func(code string) {
		services = append(services, object{"coding": []object{{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": code}}})
	}
	out := object{"cors": false}
	if s.cfg.tokens != nil {
		service("OAuth")
		wants = append(wants, "an access token of the token endpoint (OAuth 2, client credentials with a JWT signed with RS512)")
		out["extension"] = []object{{
			"url":       "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
			"extension": []object{{"url": "token", "valueUri": origin(r) + TokenPath}},
		}}
	}
	if s.cfg.clientRoots != nil {
		service("Certificates")
		wants = append(wants, "a client certificate")
	}
	if services != nil {
		out["service"] = services
	}
	out["description"] = "Every request needs " + strings.Join(wants, ", and ") + "."
	return out
}

// TaxonomyPath is the path below which the taxonomies are published, as on the
// national service, unless WithPaths says otherwise.
const TaxonomyPath = "/taxonomy/fhir"

// WithPublishedTaxonomy also publishes a taxonomy, in the native form, on the
// taxonomy API and in the metadata, without taking records of it: as the national
// service goes on publishing old versions. It may be STU3. Give it once for each;
// what WithTaxonomy gives is published anyway.
func WithPublishedTaxonomy(data []byte) Option {
	return func(c *config) error {
		t, err := taxonomy.Load(data)
		if err == nil {
			_, err = fhirform.Write(t)
		}
		if err != nil {
			return fmt.Errorf("sandbox: published taxonomy: %w", err)
		}
		c.readOnly = append(c.readOnly, t.ProfileURL())
		c.published = append(c.published, slices.Clone(data))
		return nil
	}
}

// isDefinition reports whether a path belongs to the taxonomy API. It is needed where both
// APIs have the same path.
func isDefinition(path string) bool {
	kind, _, nested := strings.Cut(path, "/")
	return nested && (kind == fhirform.StructureDefinition || kind == fhirform.ValueSet || kind == fhirform.CodeSystem)
}

// definition answers on the taxonomy API. The verdicts on records do not use what
// is published here: they read the taxonomy themselves.
func (s *Sandbox) definition(r *http.Request, name string) (received, decision) {
	if r.Method != http.MethodGet {
		return received{}, fixed(notAllowed(http.MethodGet))
	}
	all, err := s.definitions()
	if err != nil {
		s.cfg.log.Error("sandbox: the taxonomies cannot be published", "error", err)
		return received{}, fixed(refuse(http.StatusInternalServerError, problem{
			"SBX-TAXONOMY", "exception", "The taxonomies of this sandbox cannot be published; its log says why."}))
	}
	body, ok := all[name]
	if !ok {
		return received{}, fixed(refuse(http.StatusNotFound, problem{
			"SBX-PATH", "not-found", "There is nothing at this path."}))
	}
	return received{}, fixed(answer{status: http.StatusOK, header: fhirHeader(), body: body, outcome: Read})
}

// definitionsOf makes the conformance resources, by TYPE/ID.
func definitionsOf(published [][]byte) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, data := range published {
		t, err := taxonomy.Load(data)
		if err != nil {
			return nil, err
		}
		resources, err := fhirform.Write(t)
		if err != nil {
			return nil, err
		}
		for _, r := range resources {
			name := r.Type + "/" + r.ID
			if all[name] != nil {
				return nil, errors.New("two taxonomies have resources with the same id")
			}
			all[name] = r.JSON
		}
	}
	return all, nil
}
