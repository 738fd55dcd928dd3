package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Abilities are what a service may offer beside create, update and delete, so that a client
// can find out what has become of a request, or repeat it safely. The metadata declare them.
// Nobody has confirmed that the national service offers any.
type Abilities struct {
	Read               bool // GET /AdverseEvent/{id}
	SearchByIdentifier bool // GET /AdverseEvent?identifier=system|value
	// ConditionalCreate: a POST with If-None-Exist: identifier=system|value creates nothing
	// if there is such a record, and answers with that record and status 200.
	ConditionalCreate bool
	// UpdateIfMatch: a PUT with If-Match: W/"version" is refused with 412 if the record has
	// another version.
	UpdateIfMatch bool
}

// WithAbilities sets the abilities. The default is none: GET on a record is answered with
// 405, and the headers If-None-Exist and If-Match are ignored, as servers do with what they
// do not know.
func WithAbilities(a Abilities) Option {
	return func(c *config) error { c.abilities = a; return nil }
}

// declare adds the abilities to an entry of the CapabilityStatement.
func (a Abilities) declare(entry object) {
	does := []object{{"code": "create"}, {"code": "update"}, {"code": "delete"}}
	if a.Read {
		does = append(does, object{"code": "read"})
	}
	if a.SearchByIdentifier {
		does = append(does, object{"code": "search-type"})
		entry["searchParam"] = []object{{"name": "identifier", "type": "token"}}
	}
	entry["interaction"] = does
	entry["conditionalCreate"] = a.ConditionalCreate
	entry["versioning"] = "versioned"
	if a.UpdateIfMatch {
		entry["versioning"] = "versioned-update"
	}
}

// allowed are the methods of a path, with GET if there is something to be read.
func allowed(reads bool, methods ...string) string {
	if reads {
		methods = append(methods, http.MethodGet)
	}
	return strings.Join(methods, ", ")
}

// read answers with one record.
func (s *Sandbox) read(id string) (answer, func()) {
	rec, refusal := s.store.find(id)
	if refusal != nil {
		return *refusal, nil
	}
	return rec.answer(http.StatusOK, Read), nil
}

// search answers with the records that have an identifier.
func (s *Sandbox) search(r *http.Request) (received, decision) {
	wanted, ok := identifierQuery(r.URL.RawQuery)
	if !ok {
		return received{}, fixed(refuse(http.StatusBadRequest, problem{
			"SBX-SEARCH", "not-supported", "The only search is identifier=system|value."}))
	}
	return received{}, func(time.Time) (answer, func()) {
		entries := []object{}
		for _, rec := range s.store.identified(wanted) {
			entries = append(entries, object{"fullUrl": origin(r) + s.cfg.basePath + "/AdverseEvent/" + rec.id,
				"resource": json.RawMessage(rec.shown()), "search": object{"mode": "match"}})
		}
		return answer{status: http.StatusOK, header: fhirHeader(), outcome: Read, body: encode(object{
			"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries})}, nil
	}
}

// existing is the answer to a conditional create that creates nothing, or nil.
func (s *Sandbox) existing(r *http.Request) *answer {
	condition := r.Header.Get("If-None-Exist")
	if condition == "" || !s.cfg.abilities.ConditionalCreate {
		return nil
	}
	wanted, ok := identifierQuery(condition)
	found := s.store.identified(wanted)
	var a answer
	switch {
	case !ok:
		a = refuse(http.StatusBadRequest, problem{"SBX-CONDITION", "not-supported", "If-None-Exist must be identifier=system|value."})
	case len(found) == 0:
		return nil
	case len(found) > 1:
		a = refuse(http.StatusPreconditionFailed, problem{"SBX-CONDITION", "multiple-matches", "Several records have this identifier."})
	default:
		a = found[0].answer(http.StatusOK, Read)
		a.header.Set("Location", s.location(r, found[0]))
	}
	return &a
}

// stale is the refusal of an update that names another version than the record has, or nil.
func (s *Sandbox) stale(match string, rec record) *answer {
	if match == "" || !s.cfg.abilities.UpdateIfMatch || match == rec.etag() {
		return nil
	}
	a := refuse(http.StatusPreconditionFailed, problem{
		"SBX-VERSION", "conflict", "The record has another version than the one that If-Match names."})
	a.id = rec.id
	return &a
}

// identifierQuery reads identifier=system|value, or only the value.
func identifierQuery(query string) (string, bool) {
	values, err := url.ParseQuery(query)
	wanted := values["identifier"]
	return strings.Join(wanted, ""), err == nil && len(values) == 1 && len(wanted) == 1 && wanted[0] != ""
}

// identifierOf is the identifier of a document as system|value, empty for none.
func identifierOf(doc object) string {
	id, _ := doc["identifier"].(object)
	system, _ := id["system"].(string)
	value, _ := id["value"].(string)
	if value == "" {
		return ""
	}
	return system + "|" + value
}

// identified returns the live records with an identifier, oldest first. One without a system
// stands for every system.
func (s *store) identified(wanted string) []record {
	var found []record
	for _, rec := range s.records {
		_, value, _ := strings.Cut(rec.identifier, "|")
		if !rec.deleted && rec.identifier != "" && (rec.identifier == wanted || value == wanted) {
			found = append(found, rec)
		}
	}
	slices.SortFunc(found, func(a, b record) int { return strings.Compare(a.id, b.id) })
	return found
}

// shown is the record, or what is left of one whose body is no longer kept, marked as FHIR
// marks a part of a resource.
func (r record) shown() []byte {
	if r.body != nil {
		return r.body
	}
	return encode(object{"resourceType": "AdverseEvent", "id": r.id, "meta": object{"versionId": r.versionID(),
		"tag": []object{{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}}}})
}
