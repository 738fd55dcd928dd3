package sqltx

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// The columns of a draft, in the order of appendDraft and scanDraft.
const (
	draftColumns = "id, endpoint, practice, source, reference, day, type, nth, line, state, gone, old, content, version, report, assigned, for_clinician, seen, seen_at, added, changed"
	draftFields  = 21
)

// openDrafts are those that are neither a report now nor dropped.
const openDrafts = "state NOT IN ('ready', 'not for LFPSE')"

var updateDraft = update("draft", draftColumns)

func appendDraft(args []any, d *outbox.Draft) []any {
	return append(args, d.ID, d.Endpoint, d.Practice, d.Source, d.Reference, string(d.Day), string(d.Type), d.Nth, d.Line, string(d.State), number(d.Gone), number(d.Old),
		digest(d.Content), d.Version, d.Report, d.Assigned, number(d.ForClinician), d.Seen, micros(d.SeenAt), micros(d.Added), micros(d.Changed))
}

// number is a truth in a form that all databases have.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func scanDraft(rows Rows) (*outbox.Draft, error) {
	d := &outbox.Draft{}
	var content []byte
	var gone, old, forClinician, seenAt, added, changed int64
	err := rows.Scan(&d.ID, &d.Endpoint, &d.Practice, &d.Source, &d.Reference, (*string)(&d.Day), (*string)(&d.Type), &d.Nth, &d.Line, (*string)(&d.State), &gone, &old,
		&content, &d.Version, &d.Report, &d.Assigned, &forClinician, &d.Seen, &seenAt, &added, &changed)
	copy(d.Content[:], content)
	d.Gone, d.Old, d.ForClinician = gone != 0, old != 0, forClinician != 0
	d.SeenAt, d.Added, d.Changed = fromMicros(seenAt), fromMicros(added), fromMicros(changed)
	return d, err
}

// InsertDrafts is described at [outbox.Tx].
func (t *Tx) InsertDrafts(drafts []*outbox.Draft) error {
	if len(drafts) == 0 {
		return nil
	}
	numbers, err := t.numbers("draft", len(drafts))
	if err != nil {
		return err
	}
	for i, d := range drafts {
		d.ID = numbers[i]
	}
	return t.inserted("INSERT INTO draft ("+draftColumns+") VALUES ", draftFields, len(drafts), "", func(args []any, i int) []any {
		return appendDraft(args, drafts[i])
	})
}

// SaveDrafts is described at [outbox.Tx].
func (t *Tx) SaveDrafts(drafts []*outbox.Draft) error {
	for _, d := range drafts {
		if err := t.change(updateDraft, append(appendDraft(nil, d)[1:], d.ID)...); err != nil {
			return err
		}
	}
	return nil
}

// DeleteDrafts is described at [outbox.Tx].
func (t *Tx) DeleteDrafts(ids ...int64) error {
	for _, id := range ids {
		if err := t.SetDraftText(id, nil); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM draft WHERE id = $1", id); err != nil {
			return err
		}
	}
	return nil
}

// Drafts is described at [outbox.Tx].
func (t *Tx) Drafts(f outbox.DraftFilter) ([]*outbox.Draft, error) {
	var w where
	w.equal("endpoint", f.Endpoint)
	w.equal("practice", f.Practice)
	w.equal("source", f.Source)
	w.equal("reference", f.Reference)
	w.in("state", f.States)
	if !f.Closed {
		w.terms = append(w.terms, openDrafts)
	}
	if f.ID > 0 {
		w.add("id = ", f.ID)
	}
	w.equal("assigned", f.Assigned)
	if f.Report > 0 {
		w.add("report = ", f.Report)
	}
	if f.SeenBefore > 0 {
		w.add("seen > 0 AND seen < ", f.SeenBefore)
	}
	if !f.IdleSince.IsZero() {
		w.add("changed <= ", micros(f.IdleSince))
		w.add("seen_at <= ", micros(f.IdleSince))
	}
	if f.After > 0 {
		w.add("id > ", f.After)
	}
	return t.drafts(w.text()+" ORDER BY id"+limit(f.Limit)+t.ForUpdate, w.args)
}

// DraftsByReference is described at [outbox.Tx].
func (t *Tx) DraftsByReference(endpoint, practice string, references []string) ([]*outbox.Draft, error) {
	if t.Ends != nil { // where others enqueue reports that are ready, there never was a draft
		if e, err := t.ends(); err != nil || e.drafts == 0 {
			return nil, err
		}
	}
	return selectIn(t, t.drafts, byReference, []any{endpoint, practice}, references, func(r string) any { return r })
}

// CountDrafts is described at [outbox.Tx].
func (t *Tx) CountDrafts(endpoint string) ([]outbox.Count, error) {
	return t.count("SELECT practice, state, count(*), min(added) FROM draft WHERE endpoint = $1 AND "+openDrafts, endpoint)
}

func (t *Tx) drafts(where string, args []any) (out []*outbox.Draft, err error) {
	err = t.each("SELECT "+draftColumns+" FROM draft WHERE "+where, args, func(rows Rows) error {
		d, err := scanDraft(rows)
		out = append(out, d)
		return err
	})
	return out, err
}

// DraftText is described at [outbox.Tx].
func (t *Tx) DraftText(id int64) (sealed []byte, err error) {
	_, err = t.one("SELECT sealed FROM draft_text WHERE draft = $1", []any{id}, &sealed)
	return sealed, err
}

// SetDraftText is described at [outbox.Tx].
func (t *Tx) SetDraftText(id int64, sealed []byte) error {
	if sealed == nil {
		return t.exec("DELETE FROM draft_text WHERE draft = $1", id)
	}
	return t.exec("INSERT INTO draft_text (draft, sealed) VALUES ($1, $2) ON CONFLICT (draft) DO UPDATE SET sealed = excluded.sealed", id, sealed)
}

// update writes the statement that changes all columns of a row but its id, the first.
func update(table, columns string) string {
	var set []string
	for i, column := range strings.Split(columns, ", ")[1:] {
		set = append(set, fmt.Sprintf("%s = $%d", column, i+1))
	}
	return fmt.Sprintf("UPDATE %s SET %s WHERE id = $%d", table, strings.Join(set, ", "), len(set)+1)
}
