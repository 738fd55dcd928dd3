package fhirform_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

type object = map[string]any

const base = "https://taxonomy.example/fhir/"

// small is a taxonomy with one or two of each element, FHIR version and all.
func small(t testing.TB, fhirVersion string) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Load([]byte(`{
 "format": 1, "version": "7", "fhirVersion": "` + fhirVersion + `", "canonicalBase": "` + base + `",
 "title": "Small", "date": "2026-11-22", "note": "A \"note\", with: commas.", "sources": ["one", "two"],
 "evidenceKey": {"seen": "seen it", "unknown": "no idea", "own": "mine"}, "ageEncoding": "31/372",
 "profiles": [
  {"resource": "Patient", "id": "patient-7", "containedId": "patient{n}", "evidence": "seen"},
  {"resource": "AdverseEvent", "id": "event-7", "evidence": "seen"},
  {"resource": "Location", "id": "location-7", "containedId": "place", "evidence": "own"}
 ],
 "eventType": "event-type-7",
 "groups": [
  {"id": "zeta-7", "name": "Zeta", "context": "AdverseEvent", "min": 0, "evidence": "seen", "cardinalityEvidence": "unknown", "note": "n", "fields": [
   {"name": "Text", "min": 0, "max": 1, "type": "string", "definition": "Any text.", "evidence": "seen"},
   {"name": "Kind", "min": 1, "max": 100, "type": "code", "codeSystem": "kind-7", "provisional": true, "evidence": "unknown", "cardinalityEvidence": "own", "note": "why"},
   {"name": "Free", "min": 0, "type": "code", "evidence": "seen"}
  ]},
  {"id": "details-7", "name": "Details", "context": "Location", "min": 1, "max": 1, "description": "Where.", "evidence": "seen", "fields": [
   {"name": "Yes", "min": 0, "max": 1, "type": "boolean", "evidence": "seen"},
   {"name": "Organisation", "min": 0, "max": 3, "type": "code", "codeSystem": "ods-codes-7", "content": "organisation", "evidence": "seen"}
  ]},
  {"id": "alpha-7", "name": "Alpha", "context": "AdverseEvent", "min": 0, "max": 2, "provisional": true, "evidence": "seen", "fields": [
   {"name": "When", "min": 0, "max": 1, "type": "time", "evidence": "seen"}
  ]}
 ],
 "codeSystems": [
  {"id": "spare-7", "name": "Bound to nothing", "closed": true, "evidence": "seen", "concepts": [{"code": "x", "display": "X"}]},
  {"id": "kind-7", "name": "Kind (open)", "evidence": "seen", "corroboration": "c", "note": "n", "concepts": [{"code": "b", "display": "B"}, {"code": "a", "display": "A"}]},
  {"id": "ods-codes-7", "name": "", "evidence": "unknown"},
  {"id": "event-type-7", "name": "Event type", "closed": true, "evidence": "seen", "concepts": [
   {"code": "1", "display": "Incident", "name": "incident"}, {"code": "2", "display": "Risk", "name": "risk", "provisional": true}]}
 ]
}`))
	require.NoError(t, err)
	return tax
}

// tree reads a resource for changing.
func tree(t testing.TB, r fhirform.Resource) object {
	t.Helper()
	var doc object
	require.NoError(t, json.Unmarshal(r.JSON, &doc))
	return doc
}

func parse(t testing.TB, doc any) fhirform.Resource {
	t.Helper()
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	r, err := fhirform.Parse(text)
	require.NoError(t, err)
	return r
}

// walk visits every object of a document.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// plain takes our extensions and concept properties off, as if another service had
// published the taxonomy.
func plain(t testing.TB, resources []fhirform.Resource) []fhirform.Resource {
	t.Helper()
	var out []fhirform.Resource
	for _, r := range resources {
		doc := tree(t, r)
		walk(doc, func(o object) {
			if exts, ok := o["extension"].([]any); ok && len(exts) > 0 && strings.HasPrefix(exts[0].(object)["url"].(string), fhirform.ExtensionBase) {
				delete(o, "extension")
			}
			if _, isConcept := o["code"]; isConcept {
				delete(o, "property")
			}
		})
		delete(doc, "property")
		out = append(out, parse(t, doc))
	}
	return out
}

// change edits one resource of a list, by TYPE/ID.
func change(t testing.TB, resources []fhirform.Resource, name string, edit func(object)) []fhirform.Resource {
	t.Helper()
	var out []fhirform.Resource
	found := false
	for _, r := range resources {
		if r.Type+"/"+r.ID == name {
			doc := tree(t, r)
			edit(doc)
			text, err := json.Marshal(doc)
			require.NoError(t, err)
			r, found = fhirform.Resource{JSON: text}, true
			if parsed, err := fhirform.Parse(text); err == nil {
				r = parsed
			}
		}
		out = append(out, r)
	}
	require.True(t, found, name)
	return out
}

// without leaves one resource out.
func without(resources []fhirform.Resource, name string) []fhirform.Resource {
	var out []fhirform.Resource
	for _, r := range resources {
		if r.Type+"/"+r.ID != name {
			out = append(out, r)
		}
	}
	return out
}

// elements returns the elements of a snapshot or differential.
func elements(doc object, part string) []object {
	var out []object
	for _, e := range doc[part].(object)["element"].([]any) {
		out = append(out, e.(object))
	}
	return out
}

// rules returns rule and path of the findings in an error.
func rules(t testing.TB, err error) []string {
	t.Helper()
	var issues fhir.Issues
	require.True(t, errors.As(err, &issues), "%v", err)
	var out []string
	for _, i := range issues {
		out = append(out, i.Rule+" "+i.Path)
	}
	return out
}
