package sandbox

import "time"

// capability is the CapabilityStatement: one AdverseEvent entry per taxonomy
// version, each with its profile, as the national service lists them.
func (s *Sandbox) capability(now time.Time) []byte {
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
		"resourceType":   "CapabilityStatement",
		"status":         "active",
		"experimental":   true,
		"date":           now.UTC().Format(time.RFC3339),
		"kind":           "instance",
		"software":       object{"name": "lfpse-go sandbox"},
		"implementation": object{"description": "Local stand-in for the LFPSE submission API. Nothing sent here reaches a national service."},
		"fhirVersion":    "4.0.1",
		"format":         []string{"application/json", "application/fhir+json"},
		"rest":           []object{{"mode": "server", "resource": resources}},
	})
}
