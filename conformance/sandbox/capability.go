package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// sandboxStatement is what a client recognises a sandbox by.
const sandboxStatement = "https://github.com/gpsafety/lfpse-go/CapabilityStatement/sandbox"

// capability is the CapabilityStatement: one AdverseEvent entry per taxonomy
// version, each with its profile, as the national service lists them.
func (s *Sandbox) capability(r *http.Request, now time.Time) []byte {
	resources := make([]object, 0, len(s.cfg.taxonomies))
	for _, t := range s.cfg.taxonomies {
		resources = append(resources, object{
			"type":              "AdverseEvent",
			"profile":           t.profile,
			"interaction":       []object{{"code": "create"}, {"code": "update"}, {"code": "delete"}},
			"versioning":        "versioned",
			"readHistory":       false,
			"updateCreate":      false,
			"conditionalCreate": false,
			"conditionalRead":   "not-supported",
			"conditionalUpdate": false,
			"conditionalDelete": "not-supported",
		})
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

// security says what shows who is calling.
func (s *Sandbox) security(r *http.Request) object {
	wants := []string{"a subscription key in the header " + s.cfg.keyHeader}
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
