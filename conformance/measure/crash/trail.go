package main

import (
	"fmt"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Why the outcome of a report is unknown besides [outbox.ReasonRestored].
const (
	reasonDied = "process-ended" // as the outbox calls it
	reasonLost = "answer-lost"   // for whatever reason the client gives
)

// trail is what the audit trail says has become of a report, by the table of acts in the
// documentation of package outbox.
type trail struct {
	states      []draft.State // in which it can be, mostly one
	sends       int           // how often it was marked as being sent
	claimed     bool
	old         bool   // a backup was put back: the report may count as sent before
	waiting     bool   // a change has come in while an attempt was under way
	withdrawing bool   // the next attempt withdraws its record
	lost        string // why its outcome was unknown last
}

// trails are those of all reports in a store.
type trails struct {
	of       map[int64]*trail
	died     int  // how often an outcome was unknown because a process was killed
	restored int  // how often a process has noted that a backup was put back
	resumed  bool // and what it did not know was settled since
	wrong    []string
}

func readTrails(entries []outbox.Entry) *trails {
	t := &trails{of: map[int64]*trail{}, resumed: true}
	for i := range entries {
		e := &entries[i]
		switch e.Act {
		case outbox.ActRestored:
			t.restored++
			t.resumed = false
			for _, r := range t.of {
				r.restored()
			}
		case outbox.ActResume:
			t.resumed = true
		case outbox.ActSame:
			delete(t.of, e.Reports[0])
		default:
			t.follow(e)
		}
	}
	return t
}

func (t *trails) follow(e *outbox.Entry) {
	for _, id := range e.Reports {
		r := t.of[id]
		if r == nil {
			r = &trail{states: []draft.State{""}, old: t.restored > 0}
			t.of[id] = r
		}
		before := r.states
		if r.follow(e); len(r.states) == 0 {
			t.wrong = append(t.wrong, fmt.Sprintf("report %d was %q, and then %s %v", id, before, e.Act, e.Facts))
		}
		if e.Act == outbox.ActLose && e.Facts["reason"] == reasonDied {
			t.died++
		}
	}
}

// follow goes where an entry leads. No state is left if it cannot follow what was before.
func (r *trail) follow(e *outbox.Entry) {
	from, to := e.Facts["from"], e.Facts["to"]
	var next []draft.State
	for _, s := range r.states {
		if from != "" && from != string(s) {
			continue
		}
		for _, n := range r.leads(e.Act, s) {
			if (to == "" || to == string(n)) && !slices.Contains(next, n) {
				next = append(next, n)
			}
		}
	}
	r.remember(e)
	r.states = next
}

// leads are the states to which an act leads from another, by the table and by what the
// documentation says besides.
func (r *trail) leads(a outbox.Act, from draft.State) (all []draft.State) {
	to, ok := a.Leads(from)
	if ok {
		all = append(all, to)
	}
	ends := slices.Contains([]outbox.Act{outbox.ActUnclaim, outbox.ActAccept, outbox.ActReject, outbox.ActReturn, outbox.ActRetry, outbox.ActFound, outbox.ActNotFound}, a)
	switch {
	case ok && r.withdrawing && (a == outbox.ActAccept || a == outbox.ActNotFound):
		return []draft.State{draft.Withdrawn}
	case ok && r.waiting && ends:
		return append(all, draft.Pending)
	case ok && a == outbox.ActKeep:
		return append(all, draft.Rejected)
	case a == outbox.ActRevise && r.underWay(from), a == outbox.ActRevise && (from == draft.NeedsAnswers || from == draft.Held):
		return append(all, from)
	case a == outbox.ActLate, a == outbox.ActRead:
		return []draft.State{from}
	}
	return all
}

// underWay reports whether an attempt is under way in a state.
func (r *trail) underWay(s draft.State) bool {
	return s == draft.Sending || s == draft.Unknown || s == draft.Pending && (r.claimed || r.old)
}

// remember takes in what an entry says besides the state. It is called before the states
// have changed.
func (r *trail) remember(e *outbox.Entry) {
	switch e.Act {
	case outbox.ActClaim:
		r.claimed = true
	case outbox.ActSend:
		r.sends++
	case outbox.ActLose:
		r.lost = e.Facts["reason"]
	case outbox.ActRevise:
		r.waiting = r.waiting || slices.ContainsFunc(r.states, r.underWay)
	case outbox.ActPropose:
		r.withdrawing = true
	case outbox.ActAccept, outbox.ActKeep, outbox.ActNotFound:
		r.withdrawing = false
	}
	if to, _ := e.Act.Leads(""); to != "" && !slices.Contains([]outbox.Act{outbox.ActClaim, outbox.ActSend, outbox.ActLose, outbox.ActRevise}, e.Act) {
		r.claimed, r.waiting = false, false
	}
}

// restored makes what waits or was being sent unknown: a backup was put back.
func (r *trail) restored() {
	r.old = true
	for i, s := range r.states {
		if s == draft.Pending || s == draft.Sending {
			r.states[i], r.lost = draft.Unknown, outbox.ReasonRestored
		}
	}
}
