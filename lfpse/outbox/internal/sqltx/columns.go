package sqltx

import (
	"encoding/json"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// The columns of a report, in the order of appendReport and scanReport. Those at the end
// have their defaults in a new report, and are not written then.
const (
	newReportColumns = "id, endpoint, practice, source, reference, day, type, nth, state, op, content, due, question, other, record_id, added, changed, seen"
	reportColumns    = newReportColumns + ", next, claim, attempts, sent, reason, status, record_version, record_number, record_content, record_at"
	newReportFields  = 18
	auditColumns     = "seq, at, by_id, role, act, endpoint, practice, reports, facts, link, hash"
	auditFields      = 11
)

var updateReport = update("report", reportColumns)

func appendNewReport(args []any, r *outbox.Report) []any {
	return append(args, r.ID, r.Endpoint, r.Practice, r.Source, r.Reference, string(r.Day), string(r.Type), r.Nth, string(r.State), string(r.Op),
		digest(r.Content), micros(r.Due), string(r.Question), r.Other, r.Record.ID, micros(r.Added), micros(r.Changed), r.Seen)
}

func appendReport(args []any, r *outbox.Report) []any {
	return append(appendNewReport(args, r), digest(r.Next), r.Claim, r.Attempts, digest(r.Sent),
		r.Reason, r.Status, r.Record.Version, r.Record.Number, digest(r.Record.Content), micros(r.Record.At))
}

func scanReport(rows Rows) (*outbox.Report, error) {
	r := &outbox.Report{}
	var content, next, sent, recorded []byte
	var due, at, added, changed int64
	err := rows.Scan(&r.ID, &r.Endpoint, &r.Practice, &r.Source, &r.Reference, (*string)(&r.Day), (*string)(&r.Type), &r.Nth, (*string)(&r.State), (*string)(&r.Op),
		&content, &due, (*string)(&r.Question), &r.Other, &r.Record.ID, &added, &changed, &r.Seen,
		&next, &r.Claim, &r.Attempts, &sent, &r.Reason, &r.Status, &r.Record.Version, &r.Record.Number, &recorded, &at)
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
