package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// verdict is what a judge has found.
type verdict struct {
	Lost, Twice int
	Unknown     map[string]int // reports of which nobody knows whether they were recorded, by the reason
	Unexplained int            // unknown for no reason, or in a state to which nothing has led
	Wrong       []string       // each of these but the unknown, in words
}

func (v *verdict) add(o verdict) {
	v.Lost += o.Lost
	v.Twice += o.Twice
	v.Unexplained += o.Unexplained
	v.Wrong = append(v.Wrong, o.Wrong...)
	for reason, n := range o.Unknown {
		v.unknown(reason, n)
	}
}

func (v *verdict) unknown(reason string, n int) {
	if v.Unknown == nil {
		v.Unknown = map[string]int{}
	}
	v.Unknown[reason] += n
}

// unknowns counts the unknown for whatever reason.
func (v *verdict) unknowns() (n int) {
	for _, of := range v.Unknown {
		n += of
	}
	return n
}

func (v *verdict) lost(format string, args ...any) {
	v.Lost++
	v.Wrong = append(v.Wrong, "lost: "+fmt.Sprintf(format, args...))
}

func (v *verdict) twice(format string, args ...any) {
	v.Twice++
	v.Wrong = append(v.Wrong, "sent twice, or would be: "+fmt.Sprintf(format, args...))
}

func (v *verdict) unexplained(format string, args ...any) {
	v.Unexplained++
	v.Wrong = append(v.Wrong, "not explained: "+fmt.Sprintf(format, args...))
}

// scene is what a dead process has left: what its store holds and what the ledger does.
type scene struct {
	verdict
	*life
	reports []*outbox.Report
	byID    map[int64]*outbox.Report
	trails  *trails
	events  map[int]*aspect
}

// aspect is all that a store holds about an event.
type aspect struct {
	reports []*outbox.Report
	sends   int // how often one of them was marked as being sent
}

func (l *life) scene(tx outbox.Tx) (*scene, error) {
	reports, err := tx.List(outbox.Filter{})
	if err != nil {
		return nil, err
	}
	entries, err := tx.Audit(outbox.AuditFilter{})
	if err != nil {
		return nil, err
	}
	s := &scene{life: l, reports: reports, byID: map[int64]*outbox.Report{}, trails: readTrails(entries), events: map[int]*aspect{}}
	for _, r := range reports {
		if s.byID[r.ID] = r; s.trails.of[r.ID] == nil {
			s.trails.of[r.ID] = &trail{}
		}
		a := s.about(l.stock.event(r.Content))
		a.reports = append(a.reports, r)
		a.sends += s.trails.of[r.ID].sends
	}
	return s, nil
}

func (s *scene) about(event int) *aspect {
	if s.events[event] == nil {
		s.events[event] = &aspect{}
	}
	return s.events[event]
}

// judge finds what is wrong in any state of things.
func (s *scene) judge() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	for _, wrong := range s.trails.wrong {
		s.unexplained("%s", wrong)
	}
	s.judgeProcesses()
	s.unite(s.byID)
	s.judgeBeliefs()
	for _, r := range s.reports {
		if t := s.trails.of[r.ID]; !slices.Contains(t.states, r.State) {
			s.unexplained("report %d is %s, and the audit trail leads to %q", r.ID, r.State, t.states)
		}
		s.judgeUnknown(r)
		s.judgeRecord(r)
	}
	for event := range s.ledger.events {
		s.judgeEvent(event)
	}
}

// judgeProcesses finds more than the death of processes can leave, and a backup that was put
// back without anybody noticing.
func (s *scene) judgeProcesses() {
	died := s.trails.died
	for _, r := range s.reports {
		if r.State == draft.Sending {
			died++
		}
	}
	if n := died - s.noted.died; n > s.InFlight*s.deaths {
		s.unexplained("%d reports are unknown because of %d deaths, with at most %d requests under way at each", n, s.deaths, s.InFlight)
	}
	seen := s.trails.restored > s.backup.restored
	if s.forgets && s.opened && !seen && s.to > s.from {
		s.unexplained("nobody has noticed that a backup was put back")
	}
	s.forgets = s.forgets && !(seen && s.trails.resumed)
	s.noted, s.deaths, s.whole = noted{died, s.trails.restored}, 0, s.hasLog()
}

// hasLog reports whether the store has each row as it stands in the log.
func (s *scene) hasLog() bool {
	has := map[string]outbox.Digest{}
	for _, r := range s.reports {
		has[nameOf(r)] = r.Latest()
	}
	return !slices.ContainsFunc(s.Log, func(r row) bool { return has[r.name()] != s.stock.contents[r.Item] })
}

// judgeBeliefs finds what was said to be stored and is not there.
func (s *scene) judgeBeliefs() {
	for name, b := range s.known.rows {
		switch r := s.byID[b.id]; {
		case r == nil && b.id != 0:
			s.lost("%s, report %d, is not in the store", name, b.id)
		case r != nil && !slices.Contains(b.contents, r.Latest()):
			s.lost("the last change of %s, report %d (%s)", name, b.id, r.State)
		}
	}
	for id, record := range s.known.accepted {
		if r := s.byID[id]; r == nil || r.Record.ID != record {
			s.lost("the receipt of report %d", id)
		}
	}
}

// judgeUnknown sees whether the outcome of a report is unknown for a reason: its process was
// killed, the answer was lost on purpose, or a backup was put back.
func (s *scene) judgeUnknown(r *outbox.Report) {
	if r.State != draft.Sending && r.State != draft.Unknown {
		return
	}
	t, reason := s.trails.of[r.ID], r.Reason
	ok := t.sends > 0 && t.lost == reason
	switch {
	case r.State == draft.Sending:
		ok, reason = t.sends > 0, reasonDied
	case reason == outbox.ReasonRestored:
		ok = t.lost == reason && s.trails.restored > 0
	case reason != reasonDied:
		ok, reason = ok && s.lastLost(s.stock.event(r.Content)), reasonLost
	}
	if !ok {
		s.unexplained("report %d is %s: %s, %s", r.ID, r.State, r.Reason, t.lost)
	}
	if key := fmt.Sprint(r.ID, " ", t.sends, " ", reason == outbox.ReasonRestored, " ", s.trails.restored); !s.counted[key] {
		s.counted[key] = true
		s.verdict.unknown(reason, 1)
	}
}

// lastLost reports whether the answer to the last request about an event that the store
// knows of was lost.
func (s *scene) lastLost(event int) bool {
	if h := s.ledger.events[event]; h != nil {
		for _, n := range slices.Backward(h.calls) {
			if !s.forgotten(n) {
				return s.ledger.calls[n].lost()
			}
		}
	}
	return false
}

// judgeRecord compares what a report says of its record with the ledger. What the ledger
// has done between a backup and its being put back is forgotten.
func (s *scene) judgeRecord(r *outbox.Report) {
	if r.Record.ID == "" {
		return
	}
	rec, event := s.ledger.records[r.Record.ID], s.stock.event(r.Content)
	switch {
	case rec == nil || rec.event != event:
		s.lost("report %d has the receipt %s, which is of another event or none", r.ID, r.Record.ID)
	case r.State == draft.Withdrawn && !rec.Deleted:
		s.lost("report %d is withdrawn, and its record stands", r.ID)
	case r.State == draft.Accepted && r.Content != r.Record.Content:
		s.lost("report %d is accepted with another text than was recorded", r.ID)
	case s.forgotten(rec.changed):
	case r.State == draft.Accepted && rec.Deleted:
		s.lost("report %d is accepted, and its record is gone", r.ID)
	case r.State == draft.Accepted && r.Sent != (outbox.Digest{}) && r.Sent != rec.body:
		s.lost("report %d is accepted, and other bytes were recorded than noted", r.ID)
	}
}

// judgeEvent sees whether an event was sent twice or would be, whether each of its requests
// was noted before it was sent, and whether somebody knows of its record.
func (s *scene) judgeEvent(event int) {
	h, a := s.ledger.events[event], s.about(event)
	if len(h.records) > 1 {
		s.twice("event %d", event)
	}
	requests := 0
	for _, n := range h.calls {
		if !s.forgotten(n) {
			requests++
		}
	}
	if requests > a.sends {
		s.twice("there were %d requests about event %d, and %d were noted before", requests, event, a.sends)
	}
	if len(h.records) == 0 || h.records[0].Deleted {
		return
	}
	rec := h.records[0]
	known := s.forgets && s.forgotten(rec.made)
	for _, r := range a.reports {
		old := s.forgotten(rec.made) && (s.forgets || isOld(r))
		sends := r.Op == outbox.OpReport && r.Record.ID == ""
		switch r.State {
		case draft.Sending, draft.Unknown:
			known = known || sends
			if sends && !s.forgotten(rec.changed) && rec.body != r.Sent {
				s.lost("report %d was sent with other bytes than noted", r.ID)
			}
		case draft.Pending, draft.Held, draft.Rejected:
			if sends && !old {
				s.twice("report %d is %s and was recorded", r.ID, r.State)
			}
		}
		known = known || old || r.Record.ID == rec.ID
	}
	if !known {
		s.lost("the receipt of event %d", event)
	}
}

// judgeEnd judges what has become of each row of the log, when nobody has anything left to
// do: it is recorded as it stands in the log, or it was not to be.
func (s *scene) judgeEnd() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	of := map[string]*outbox.Report{}
	for _, r := range s.reports {
		of[nameOf(r)] = r
	}
	for _, row := range s.Log {
		r := of[row.name()]
		if delete(of, row.name()); r == nil {
			s.lost("%s is not in the store at the end", row.name())
			continue
		}
		var rec record
		if h := s.ledger.events[s.stock.told(row.Item).event]; h != nil && len(h.records) > 0 {
			rec = *h.records[0]
		}
		if !s.endsWell(row, r, &rec) {
			s.lost("%s, report %d, is %s at the end (%s), and the ledger has %s of version %d (deleted: %t)", row.name(), r.ID, r.State, r.Reason, rec.ID, rec.version, rec.Deleted)
		}
	}
	for name, r := range of {
		s.lost("report %d of %s, which is not in the log, is %s at the end", r.ID, name, r.State)
	}
}

// endsWell reports whether the report of a row ends as the row does. What a backup that was
// put back has forgotten, and the log does not say any more, nobody can know: that a record
// was changed before its row was changed back, and that a report was sent after all which
// had been set aside.
func (s *scene) endsWell(row row, r *outbox.Report, rec *record) bool {
	stands := rec.ID != "" && !rec.Deleted
	sent := s.forgotten(rec.made) && isOld(r)
	switch r.State {
	case draft.Accepted:
		same := rec.told == s.stock.told(row.Item) || s.forgotten(rec.changed)
		return stands && rec.ID == r.Record.ID && same && r.Content == s.stock.contents[row.Item]
	case draft.Withdrawn:
		return !stands && rec.ID == r.Record.ID || sent
	case draft.NotForLFPSE:
		return row.isCopy() || !stands || sent
	}
	return false
}

// isOld reports whether a report is older than a backup that was put back, and nobody has
// said since what has become of it.
func isOld(r *outbox.Report) bool { return strings.HasPrefix(r.Claim, "backup/") }
