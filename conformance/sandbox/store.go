package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// record is one stored AdverseEvent.
type record struct {
	id         string
	reference  string
	identifier string // system|value, empty for none; unknown after a restart
	version    int
	deleted    bool
	body       []byte // nil when no longer kept
}

func (r record) versionID() string { return strconv.Itoa(r.version) }

// etag is the header ETag and what If-Match must name.
func (r record) etag() string { return `W/"` + r.versionID() + `"` }

func (r record) answer(status int, o Outcome) answer {
	header := fhirHeader()
	header.Set("ETag", r.etag())
	return answer{status: status, header: header, body: r.shown(),
		outcome: o, id: r.id, reference: r.reference, version: r.version}
}

// next is the record after an update.
func (r record) next(now time.Time, v verdict) record {
	r.version++
	r.identifier = identifierOf(v.doc)
	r.body = v.stored(r, now)
	return r
}

// store holds the records. The lock of the Sandbox guards it.
type store struct {
	records map[string]record
	issued  int      // the last number given out
	bodies  []string // ids whose body is kept, oldest first
	keep    int
}

// restore rebuilds the store from a ledger. Bodies are not in the ledger, and a
// write-only API does not need them; see record.shown.
func restore(entries []Entry, keep int) *store {
	s := &store{records: map[string]record{}, keep: keep}
	for i := range entries {
		s.restore(&entries[i])
	}
	return s
}

func (s *store) restore(e *Entry) {
	switch e.Outcome {
	case Created:
		s.records[e.ID] = record{id: e.ID, reference: e.Reference, version: e.Version}
	case Updated:
		rec := s.records[e.ID]
		rec.version = e.Version
		s.records[e.ID] = rec
	case Deleted:
		s.remove(e.ID)
	default:
		return
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(e.ID, idPrefix)); err == nil {
		s.issued = max(s.issued, n)
	}
}

const idPrefix = "sbx-"

// create makes a record with the next free number. put stores it.
func (s *store) create(now time.Time, v verdict) record {
	n := s.issued + 1
	rec := record{
		id:        fmt.Sprintf(idPrefix+"%06d", n),
		reference: fmt.Sprintf("SANDBOX-%d-%06d", now.UTC().Year(), n),
		version:   1,
	}
	rec.identifier = identifierOf(v.doc)
	rec.body = v.stored(rec, now)
	return rec
}

func (s *store) put(rec record) {
	old, known := s.records[rec.id]
	if !known {
		s.issued++
	}
	s.records[rec.id] = rec
	if old.body == nil {
		s.bodies = append(s.bodies, rec.id)
	}
	for len(s.bodies) > s.keep {
		oldest := s.records[s.bodies[0]]
		oldest.body = nil
		s.records[oldest.id] = oldest
		s.bodies = s.bodies[1:]
	}
}

func (s *store) remove(id string) {
	rec := s.records[id]
	rec.deleted, rec.body = true, nil
	s.records[id] = rec
	s.bodies = slices.DeleteFunc(s.bodies, func(kept string) bool { return kept == id })
}

// find returns a live record, or the refusal for one that is unknown or deleted.
func (s *store) find(id string) (record, *answer) {
	rec, ok := s.records[id]
	if !ok {
		a := refuse(http.StatusNotFound, problem{"SBX-UNKNOWN-ID", "not-found", "There is no record with this id."})
		return rec, &a
	}
	if rec.deleted {
		a := refuse(http.StatusGone, problem{"SBX-DELETED-ID", "deleted", "The record with this id was deleted."})
		a.id = id
		return rec, &a
	}
	return rec, nil
}

func (s *store) body(id string) ([]byte, bool) {
	rec := s.records[id]
	if rec.deleted || rec.body == nil {
		return nil, false
	}
	return slices.Clone(rec.body), true
}
