// Package sqltx has the statements of the outbox's stores in SQL, which differ between
// databases in little. Each store brings its connection and its schema.
package sqltx

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Conn runs statements with parameters $1, $2 and so on within a transaction.
type Conn interface {
	Exec(sql string, args ...any) (rows int64, err error)
	Query(sql string, args ...any) (Rows, error)
}

// Rows are the rows of a query, as database/sql has them.
type Rows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
	Close() error
}

// Sender is a Conn that can send statements together with the next query or the end of the
// transaction, which spares a wait for each. An error comes then. One says that the
// statement has to change exactly one row.
type Sender interface {
	Later(one bool, sql string, args ...any)
}

// Tx is an [outbox.Tx] on a connection.
type Tx struct {
	Conn Conn
	// ForUpdate is put at the end of a query whose rows are about to be changed, and
	// SkipLocked at that for reports to claim.
	ForUpdate, SkipLocked string
	// LockPractice makes other transactions that lock the same name wait; nil if there are
	// no others.
	LockPractice func(name string) error
	// Numbers takes n numbers from a sequence, in rising order; nil if the Ends have the last
	// number of each.
	Numbers func(sequence string, n int) ([]int64, error)
	// Ends are there if no other transaction writes at the same time.
	Ends *Ends
	// TextsByDay says that the indexes of texts have the day, and then the first 8 bytes of the
	// digest.
	TextsByDay bool
	// ChainsLater says that entries of the audit trail may come before they are chained.
	// Otherwise the number of each is its place in the chain.
	ChainsLater bool

	settings map[string][]byte // those that were read or written: nobody else changes them
}

var _ outbox.Tx = (*Tx)(nil)

// Lock is described at [outbox.Tx].
func (t *Tx) Lock(endpoint, practice string) error {
	if t.LockPractice == nil {
		return nil
	}
	return t.LockPractice(endpoint + "/" + practice)
}

// most is the most values in one list or rows in one statement.
const most = 64

// Insert gives the reports their ids and stores them.
func (t *Tx) Insert(reports []*outbox.Report) error {
	if len(reports) == 0 {
		return nil
	}
	numbers, err := t.numbers("report", len(reports))
	if err != nil {
		return err
	}
	for i, r := range reports {
		r.ID = numbers[i]
	}
	return t.inserted("INSERT INTO report ("+newReportColumns+") VALUES ", newReportFields, len(reports), "", func(args []any, i int) []any {
		return appendNewReport(args, reports[i])
	})
}

// one reads the only row of a query, and reports whether there is one.
func (t *Tx) one(sql string, args []any, into ...any) (found bool, err error) {
	err = t.each(sql, args, func(rows Rows) error {
		found = true
		return rows.Scan(into...)
	})
	return found, err
}

// exec runs a statement, at the latest with the next query or at the end. The arguments
// must not change.
func (t *Tx) exec(sql string, args ...any) error {
	if s, ok := t.Conn.(Sender); ok {
		s.Later(false, sql, args...)
		return nil
	}
	_, err := t.Conn.Exec(sql, args...)
	return err
}

// each reads the rows of a query.
func (t *Tx) each(sql string, args []any, row func(Rows) error) (err error) {
	rows, err := t.Conn.Query(sql, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// change is like exec for a statement that has to change exactly one row.
func (t *Tx) change(sql string, args ...any) error {
	if s, ok := t.Conn.(Sender); ok {
		s.Later(true, sql, args...)
		return nil
	}
	n, err := t.Conn.Exec(sql, args...)
	if err == nil && n != 1 {
		err = ErrMissing
	}
	return err
}

// inserted runs an INSERT of n rows, many at a time. The sizes are powers of two, so that
// there are few statements to prepare.
func (t *Tx) inserted(into string, columns, n int, end string, args func([]any, int) []any) error {
	for done := 0; done < n; {
		size := most
		for size > n-done {
			size /= 2
		}
		values := make([]any, 0, size*columns)
		for i := range size {
			values = args(values, done+i)
		}
		if err := t.exec(into+tuples(size, columns)+end, values...); err != nil {
			return err
		}
		done += size
	}
	return nil
}

// tuples writes ($1,$2),($3,$4). The same few are used again and again.
func tuples(rows, columns int) string {
	key := [2]int{rows, columns}
	if text, ok := written.Load(key); ok {
		return text.(string)
	}
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		list(&b, i*columns+1, columns)
	}
	written.Store(key, b.String())
	return b.String()
}

var written sync.Map // what tuples and whereByDay have written

// list writes ($5,$6,$7).
func list(b *strings.Builder, first, n int) {
	for i := range n {
		b.WriteByte("(,"[min(i, 1)])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	b.WriteByte(')')
}

// Save is described at [outbox.Tx].
func (t *Tx) Save(reports []*outbox.Report) error {
	for _, r := range reports {
		if err := t.change(updateReport, append(appendReport(nil, r)[1:], r.ID)...); err != nil {
			return err
		}
	}
	return nil
}

// ErrMissing says that a statement did not change the row that it was to change.
var ErrMissing = errors.New("a report or draft that was to be changed is not in the store")

// Delete is described at [outbox.Tx].
func (t *Tx) Delete(ids ...int64) error {
	for _, id := range ids {
		if err := t.keepEntered(id); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM report WHERE id = $1", id); err != nil {
			return err
		}
		if err := t.SetPayloads([]outbox.Payload{{Report: id, Slot: outbox.Current}, {Report: id, Slot: outbox.Waiting}}); err != nil {
			return err
		}
	}
	return nil
}

// Get is described at [outbox.Tx].
func (t *Tx) Get(ids ...int64) ([]*outbox.Report, error) {
	return selectIn(t, t.reports, "id IN ", nil, ids, func(id int64) any { return id })
}

// ByReference is described at [outbox.Tx].
func (t *Tx) ByReference(endpoint, practice string, references []string) ([]*outbox.Report, error) {
	return selectIn(t, t.reports, byReference, []any{endpoint, practice}, references, func(r string) any { return r })
}

const byReference = "endpoint = $1 AND practice = $2 AND reference IN "

// Known is described at [outbox.Tx].
func (t *Tx) Known(endpoint, practice string, events []outbox.Likeness) ([]*outbox.Report, error) {
	find := t.knownByLists
	if t.TextsByDay {
		find = t.knownByDay
	}
	var out []*outbox.Report
	for part := range slices.Chunk(events, most) {
		found, err := find(endpoint, practice, part)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			is := func(e outbox.Likeness) bool {
				return e.Reference == r.Reference || e.Day == r.Day && (e.Content == r.Content || e.Content == r.Next)
			}
			has := func(o *outbox.Report) bool { return o.ID == r.ID }
			if slices.ContainsFunc(part, is) && !slices.ContainsFunc(out, has) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func (t *Tx) knownByLists(endpoint, practice string, events []outbox.Likeness) (out []*outbox.Report, err error) {
	for _, by := range []struct {
		column string
		value  func(outbox.Likeness) any
	}{
		{"reference", func(e outbox.Likeness) any { return e.Reference }},
		{"content", func(e outbox.Likeness) any { return e.Content[:] }},
		{"next", func(e outbox.Likeness) any { return e.Content[:] }},
	} {
		found, err := selectIn(t, t.reports, "endpoint = $1 AND practice = $2 AND "+by.column+" IN ", []any{endpoint, practice}, events, by.value)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// knownByDay asks once, which SQLite answers from its indexes in turn. The statements have
// few sizes: the last event fills them.
func (t *Tx) knownByDay(endpoint, practice string, events []outbox.Likeness) ([]*outbox.Report, error) {
	size := 1
	for size < len(events) {
		size *= 2
	}
	args := []any{endpoint, practice}
	for i := range size {
		args = append(args, events[min(i, len(events)-1)].Reference)
	}
	for i := range size {
		e := &events[min(i, len(events)-1)]
		args = append(args, string(e.Day), e.Content[:8], string(e.Day), e.Content[:8])
	}
	var known []int64 // mostly none: then it is not worth while to ask for all columns
	err := t.each("SELECT id FROM report WHERE "+whereByDay(size), append(args, endpoint, practice), func(rows Rows) error {
		var id int64
		err := rows.Scan(&id)
		known = append(known, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.Get(known...)
}

// whereByDay is the condition for so many events. The practice is compared at the end in a
// way for which a database does not read all its reports.
func whereByDay(events int) string {
	if text, ok := written.Load(events); ok {
		return text.(string)
	}
	var b strings.Builder
	b.WriteString("(" + byReference)
	list(&b, 3, events)
	for i := range events {
		n := 4*i + events + 3
		fmt.Fprintf(&b, " OR day = $%d AND substr(content, 1, 8) = $%d OR day = $%d AND next IS NOT NULL AND substr(next, 1, 8) = $%d", n, n+1, n+2, n+3)
	}
	fmt.Fprintf(&b, ") AND endpoint || '' = $%d AND practice || '' = $%d", 5*events+3, 5*events+4)
	written.Store(events, b.String())
	return b.String()
}

// selectIn reads the reports or drafts of which a column is in a list, a part of the list at
// a time. The parts have few sizes; the last value fills them.
func selectIn[R, T any](t *Tx, read func(where string, args []any) ([]R, error), where string, args []any, values []T, value func(T) any) (out []R, err error) {
	for len(values) > 0 {
		part := values[:min(most, len(values))]
		values = values[len(part):]
		size := 1
		for size < len(part) {
			size *= 2
		}
		all := append([]any(nil), args...)
		for i := range size {
			all = append(all, value(part[min(i, len(part)-1)]))
		}
		var b strings.Builder
		b.WriteString(where)
		list(&b, len(args)+1, size)
		found, err := read(b.String()+" ORDER BY id"+t.ForUpdate, all)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// Due is described at [outbox.Tx]. Reports wait for their turn and not for a time: one that
// came in while the clock was ahead need not wait until it has caught up.
func (t *Tx) Due(endpoint string, limit int, without []string) ([]*outbox.Report, error) {
	where, args := "endpoint = $1 AND state = 'pending' AND claim = ''", []any{endpoint}
	if len(without) > 0 {
		var b strings.Builder
		list(&b, 2, len(without))
		where += " AND practice NOT IN " + b.String()
		for _, practice := range without {
			args = append(args, practice)
		}
	}
	return t.reports(fmt.Sprintf("%s ORDER BY due, id LIMIT %d%s%s", where, limit, t.ForUpdate, t.SkipLocked), args)
}

const claimed = "endpoint = $1 AND claim <> '' AND state IN ('pending', 'sending')"

// Owners is described at [outbox.Tx].
func (t *Tx) Owners(endpoint string) (owners []string, err error) {
	known := map[string]bool{}
	err = t.each("SELECT claim FROM report WHERE "+claimed, []any{endpoint}, func(rows Rows) error {
		var claim string
		if err := rows.Scan(&claim); err != nil {
			return err
		}
		if owner, _, _ := strings.Cut(claim, "/"); !known[owner] {
			known[owner] = true
			owners = append(owners, owner)
		}
		return nil
	})
	return owners, err
}

// Claimed is described at [outbox.Tx].
func (t *Tx) Claimed(endpoint, owner string) ([]*outbox.Report, error) {
	// the next character after / ends the range of the owner's claims
	return t.reports(claimed+" AND claim >= $2 AND claim < $3 ORDER BY id"+t.ForUpdate, []any{endpoint, owner + "/", owner + "0"})
}

// InFlight is described at [outbox.Tx].
func (t *Tx) InFlight(endpoint string) (n int, err error) {
	_, err = t.one("SELECT count(*) FROM report WHERE "+claimed, []any{endpoint}, &n)
	return n, err
}

// List is described at [outbox.Tx].
func (t *Tx) List(f outbox.Filter) ([]*outbox.Report, error) {
	var w where
	w.equal("endpoint", f.Endpoint)
	w.equal("practice", f.Practice)
	w.equal("source", f.Source)
	w.equal("reference", f.Reference)
	w.equal("record_id", f.RecordID)
	if f.Other > 0 {
		w.add("other = ", f.Other)
	}
	w.in("state", f.States)
	if f.SeenBefore > 0 {
		w.add("seen < ", f.SeenBefore)
	}
	if f.After > 0 {
		w.add("id > ", f.After)
	}
	return t.reports(w.text()+" ORDER BY id"+limit(f.Limit)+t.ForUpdate, w.args)
}

func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", n)
}

// where collects conditions.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, arg any) {
	w.args = append(w.args, arg)
	w.terms = append(w.terms, fmt.Sprintf("%s$%d", term, len(w.args)))
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ", value)
	}
}

func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	var b strings.Builder
	list(&b, len(w.args)+1, len(values))
	w.terms = append(w.terms, column+" IN "+b.String())
	for _, v := range values {
		w.args = append(w.args, v)
	}
}

func (w *where) text() string {
	if len(w.terms) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.terms, " AND ")
}

// Count is described at [outbox.Tx].
func (t *Tx) Count(endpoint string) ([]outbox.Count, error) {
	return t.count("SELECT practice, state, count(*), min(changed) FROM report WHERE endpoint = $1", endpoint)
}

func (t *Tx) count(query, endpoint string) (counts []outbox.Count, err error) {
	err = t.each(query+" GROUP BY practice, state ORDER BY practice, state", []any{endpoint}, func(rows Rows) error {
		var c outbox.Count
		var oldest int64
		err := rows.Scan(&c.Practice, &c.State, &c.N, &oldest)
		c.Oldest = fromMicros(oldest)
		counts = append(counts, c)
		return err
	})
	return counts, err
}

// Flow is described at [outbox.Tx]. Reports are numbered as they come in, so those since a
// time are at the end of the table, and no index is needed. The endpoint is compared so that
// a database does not look for all its reports instead.
func (t *Tx) Flow(endpoint string, since time.Time) (map[time.Time]outbox.Flow, error) {
	flow := map[time.Time]outbox.Flow{}
	added, err := t.hours("added", "endpoint || '' = $1 AND added >= $2 AND id > coalesce((SELECT id FROM report WHERE added < $2 ORDER BY id DESC LIMIT 1), 0)", endpoint, since)
	if err != nil {
		return nil, err
	}
	recorded, err := t.hours("record_at", "endpoint = $1 AND record_at >= $2 AND record_at > 0", endpoint, since)
	for hour, n := range added {
		flow[hour] = outbox.Flow{Added: n, Recorded: recorded[hour]}
	}
	for hour, n := range recorded {
		flow[hour] = outbox.Flow{Added: added[hour], Recorded: n}
	}
	return flow, err
}

// hours counts reports by the hour of a time.
func (t *Tx) hours(column, where, endpoint string, since time.Time) (map[time.Time]int, error) {
	counts := map[time.Time]int{}
	sql := fmt.Sprintf("SELECT %s / 3600000000, count(*) FROM report WHERE %s GROUP BY 1", column, where)
	return counts, t.each(sql, []any{endpoint, micros(since)}, func(rows Rows) error {
		var hour int64
		var n int
		err := rows.Scan(&hour, &n)
		counts[time.Unix(hour*3600, 0).UTC()] = n
		return err
	})
}

// payloadID is the key of a payload. Reports have two slots.
func payloadID(report int64, slot outbox.Slot) int64 { return 2*report + int64(slot) }

// Payload is described at [outbox.Tx].
func (t *Tx) Payload(id int64, slot outbox.Slot) (sealed []byte, err error) {
	_, err = t.one("SELECT sealed FROM payload WHERE id = $1", []any{payloadID(id, slot)}, &sealed)
	return sealed, err
}

// SetPayloads is described at [outbox.Tx].
func (t *Tx) SetPayloads(payloads []outbox.Payload) error {
	last := make(map[int64]int, len(payloads)) // one text may be set twice: the last counts
	for i, p := range payloads {
		last[payloadID(p.Report, p.Slot)] = i
	}
	var set []outbox.Payload
	for i, p := range payloads {
		if last[payloadID(p.Report, p.Slot)] != i {
			continue
		}
		if p.Sealed != nil {
			set = append(set, p)
		} else if err := t.exec("DELETE FROM payload WHERE id = $1", payloadID(p.Report, p.Slot)); err != nil {
			return err
		}
	}
	return t.inserted("INSERT INTO payload (id, sealed) VALUES ", 2, len(set), " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed", func(args []any, i int) []any {
		return append(args, payloadID(set[i].Report, set[i].Slot), set[i].Sealed)
	})
}

// Purgeable is described at [outbox.Tx].
func (t *Tx) Purgeable(endpoint string, states []string, before time.Time, n int) (ids []int64, err error) {
	var w where
	w.equal("endpoint", endpoint)
	w.in("state", states)
	w.add("changed <= ", micros(before))
	sql := "SELECT DISTINCT report.id FROM payload JOIN report ON report.id = payload.id / 2 WHERE " + w.text() + " ORDER BY report.id" + limit(n)
	err = t.each(sql, w.args, func(rows Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// Setting is described at [outbox.Tx].
func (t *Tx) Setting(name string) (value []byte, err error) {
	if t.Ends != nil && name == outbox.AuditSetting {
		e, err := t.ends()
		return e.audit, err
	}
	if value, known := t.settings[name]; known {
		return value, nil
	}
	read := func() (bool, error) {
		return t.one("SELECT value FROM setting WHERE name = $1"+t.ForUpdate, []any{name}, &value)
	}
	found, err := read()
	if err == nil && !found && t.ForUpdate != "" { // others can only wait for a row that is there
		if err := t.exec("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, nil); err != nil {
			return nil, err
		}
		_, err = read()
	}
	if err == nil {
		t.know(name, value)
	}
	return value, err
}

func (t *Tx) know(name string, value []byte) {
	if t.settings == nil {
		t.settings = map[string][]byte{}
	}
	t.settings[name] = value
}

// SetSetting is described at [outbox.Tx].
func (t *Tx) SetSetting(name string, value []byte) error {
	if t.Ends != nil && name == outbox.AuditSetting {
		e, err := t.ends()
		e.audit = value
		return err
	}
	t.know(name, value)
	return t.exec("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
}

// Append is described at [outbox.Tx].
func (t *Tx) Append(entries []*outbox.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := t.numberEntries(entries); err != nil {
		return err
	}
	var subjects [][2]int64
	for _, e := range entries {
		if t.Ends.enter(e.Reports) {
			if err := t.exec("UPDATE report SET entered = $1 WHERE id BETWEEN $2 AND $3", e.Seq, e.Reports[0], e.Reports[len(e.Reports)-1]); err != nil {
				return err
			}
			continue
		}
		for _, id := range e.Reports {
			subjects = append(subjects, [2]int64{id, e.Seq})
		}
	}
	err := t.inserted("INSERT INTO audit ("+auditColumns+") VALUES ", auditFields, len(entries), "", func(args []any, i int) []any {
		return appendEntry(args, entries[i])
	})
	if err != nil {
		return err
	}
	return t.inserted("INSERT INTO audit_report (report, seq) VALUES ", 2, len(subjects), "", func(args []any, i int) []any {
		return append(args, subjects[i][0], subjects[i][1])
	})
}

// numberEntries gives new entries of the audit trail their numbers.
func (t *Tx) numberEntries(entries []*outbox.Entry) error {
	if !t.ChainsLater {
		for _, e := range entries {
			e.Seq = e.Link
		}
		return nil
	}
	numbers, err := t.numbers("audit", len(entries))
	if err != nil {
		return err
	}
	for i, e := range entries {
		e.Seq = numbers[i]
	}
	return nil
}

// Link is described at [outbox.Tx].
func (t *Tx) Link(entries []outbox.Entry) error {
	for i := range entries {
		if err := t.exec("UPDATE audit SET link = $1, hash = $2 WHERE seq = $3", entries[i].Link, entries[i].Hash, entries[i].Seq); err != nil {
			return err
		}
	}
	return nil
}

// Audit is described at [outbox.Tx].
func (t *Tx) Audit(f outbox.AuditFilter) (entries []outbox.Entry, err error) {
	var w where
	w.equal("practice", f.Practice)
	link := "seq"
	if t.ChainsLater {
		link = "link"
	}
	order := " ORDER BY seq"
	switch {
	case f.Loose && !t.ChainsLater:
		return nil, nil
	case f.Loose:
		w.terms = append(w.terms, "link IS NULL")
	case f.Chained:
		w.add(link+" > ", f.AfterLink)
		order = " ORDER BY " + link
	}
	if f.After > 0 {
		w.add("seq > ", f.After)
	}
	if f.Report > 0 {
		w.add("seq IN (SELECT seq FROM audit_report WHERE report = ", f.Report)
		if t.Ends != nil {
			w.terms[len(w.terms)-1] += fmt.Sprintf(" UNION ALL SELECT entered FROM report WHERE id = $%d", len(w.args))
		}
		w.terms[len(w.terms)-1] += ")"
	}
	err = t.each("SELECT "+auditColumns+" FROM audit WHERE "+w.text()+order+limit(f.Limit), w.args, func(rows Rows) error {
		e, err := scanEntry(rows)
		entries = append(entries, e)
		return err
	})
	return entries, err
}

func (t *Tx) reports(where string, args []any) (out []*outbox.Report, err error) {
	err = t.each("SELECT "+reportColumns+" FROM report WHERE "+where, args, func(rows Rows) error {
		r, err := scanReport(rows)
		out = append(out, r)
		return err
	})
	return out, err
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func facts(e *outbox.Entry) (string, error) {
	if len(e.Facts) == 0 {
		return "", nil
	}
	text, err := json.Marshal(e.Facts)
	return string(text), err
}
