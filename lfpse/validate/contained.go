package validate

import (
	"encoding/json"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// containedIDs notes the ids of the contained resources before anything refers to
// them.
func (w *view) containedIDs() {
	for i := range w.a.Contained {
		w.referenced = append(w.referenced, false)
		at := place{contained: i, ext: -1, sub: -1}
		id := containedID(&w.a.Contained[i])
		if id == "" {
			w.find(ruleContainedID, at)
			continue
		}
		if _, twice := w.ids[id]; twice {
			w.find(ruleContainedID, at.with(".id")).text = "Another contained resource has the same id."
			continue
		}
		w.ids[id] = i
	}
}

// containedID returns the id of a contained resource, "" if it has none.
func containedID(c *fhir.Resource) string {
	var id *string
	switch {
	case c.Patient != nil:
		id = c.Patient.Id
	case c.Location != nil:
		id = c.Location.Id
	case c.Practitioner != nil:
		id = c.Practitioner.Id
	case c.Device != nil:
		id = c.Device.Id
	case c.Medication != nil:
		id = c.Medication.Id
	case c.Other != nil:
		var r struct {
			ID any `json:"id"`
		}
		_ = json.Unmarshal(c.Other, &r) // what is not JSON has no id
		s, _ := r.ID.(string)
		return s
	}
	if id == nil {
		return ""
	}
	return *id
}

// foreign looks at a contained resource that has no Go type: what it refers to,
// and that it contains nothing.
func (w *view) foreign(raw json.RawMessage) {
	if w.judged {
		w.find(ruleResource, w.here(""))
	}
	var r map[string]any
	if json.Unmarshal(raw, &r) != nil {
		w.find(ruleResourceType, w.here(""))
		return
	}
	if r["contained"] != nil {
		w.find(ruleNested, w.here(""))
	}
	if id, ok := r["id"].(string); ok && !validID(id) {
		w.find(ruleFormat, w.here("id")).text = expected[idFormat]
	}
	w.mentions(r)
}

// mentions notes every local reference below a JSON value.
func (w *view) mentions(v any) {
	switch v := v.(type) {
	case string:
		w.mention(uriFormat, v)
	case []any:
		for _, item := range v {
			w.mentions(item)
		}
	case map[string]any:
		for _, item := range v {
			w.mentions(item)
		}
		s, _ := v["reference"].(string)
		id, local := strings.CutPrefix(s, "#")
		if _, found := w.ids[id]; local && id != "" && !found {
			w.find(ruleReference, w.here(""))
		}
	}
}
