package sqltx

import (
	"encoding/json"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// The columns of a report, in the order of appendReport and scanReport.
const (
	reportColumns = "id, endpoint, practice, source, reference, day, type, nth, state, op, content, next, claim, due, attempts, sent, " +
		"reason, status, question, other, record_id, record_version, record_number, record_content, record_at, added, changed, seen"
	reportFields = 28
	auditColumns = "seq, at, by_id, role, act, endpoint, practice, reports, facts, link, hash"
	auditFields  = 11
)

var updateReport = update("report", reportColumns)

func appendReport(args []any, r *outbox.Report) []any {
	return append(args, r.ID, r.Endpoint, r.Practice, r.Source, r.Reference, string(r.Day), string(r.Type), r.Nth, string(r.State), string(r.Op),
		digest(r.Content), digest(r.Next), r.Claim, micros(r.Due), r.Attempts, digest(r.Sent),
		r.Reason, r.Status, string(r.Question), r.Other, r.Record.ID, r.Record.Version, r.Record.Number, digest(r.Record.Content), micros(r.Record.At),
		micros(r.Added), micros(r.Changed), r.Seen)
}

func scanReport(rows Rows) (*outbox.Report, error) {
	r := &outbox.Report{}
	var content, next, sent, recorded []byte
	var due, at, added, changed int64
	err := rows.Scan(&r.ID, &r.Endpoint, &r.Practice, &r.Source, &r.Reference, (*string)(&r.Day), (*string)(&r.Type), &r.Nth, (*string)(&r.State), (*string)(&r.Op),
		&content, &next, &r.Claim, &due, &r.Attempts, &sent,
		&r.Reason, &r.Status, (*string)(&r.Question), &r.Other, &r.Record.ID, &r.Record.Version, &r.Record.Number, &recorded, &at,
		&added, &changed, &r.Seen)
	copy(r.Content[:], content)
	copy(r.Next[:], next)
	copy(r.Sent[:], sent)
	copy(r.Record.Content[:], recorded)
	r.Due, r.Record.At, r.Added, r.Changed = fromMicros(due), fromMicros(at), fromMicros(added), fromMicros(changed)
	return r, err
}

// digest is NULL for none.
func digest(d outbox.Digest) []byte {
	if d == (outbox.Digest{}) {
		return nil
	}
	return d[:]
}

func appendEntry(args []any, e *outbox.Entry) []any {
	text, err := facts(e)
	if err != nil {
		panic("sqltx: " + err.Error()) // strings only
	}
	var link any
	if e.Link > 0 {
		link = e.Link
	}
	var reports []byte
	if len(e.Reports) > 0 {
		reports, _ = json.Marshal(e.Reports)
	}
	return append(args, e.Seq, micros(e.At), e.By, string(e.Role), string(e.Act), e.Endpoint, e.Practice, string(reports), text, link, e.Hash)
}

func scanEntry(rows Rows) (e outbox.Entry, err error) {
	var at int64
	var reports, facts string
	var link *int64
	if err := rows.Scan(&e.Seq, &at, &e.By, (*string)(&e.Role), (*string)(&e.Act), &e.Endpoint, &e.Practice, &reports, &facts, &link, &e.Hash); err != nil {
		return e, err
	}
	e.At = fromMicros(at)
	if link != nil {
		e.Link = *link
	}
	if reports != "" {
		err = json.Unmarshal([]byte(reports), &e.Reports)
	}
	if facts != "" && err == nil {
		err = json.Unmarshal([]byte(facts), &e.Facts)
	}
	return e, err
}
