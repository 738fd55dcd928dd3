package draft

import "slices"

// State says what has become of a report, from the row of a log to the answer of
// the service. There is one list of states for the whole life of a report.
type State string

// The states, in the order in which a report goes through them.
const (
	NeedsAnswers State = "needs answers"
	Held         State = "held"
	Blocked      State = "blocked"
	Invalid      State = "invalid"
	NotForLFPSE  State = "not for LFPSE"
	Ready        State = "ready"
	Pending      State = "pending"
	Sending      State = "sending"
	Accepted     State = "accepted"
	Rejected     State = "rejected"
	Unknown      State = "unknown"
	Withdrawn    State = "withdrawn"
)

// checked are the states of a report that is not being sent. Answers, corrections and
// releases move it from one to another.
var checked = []State{NeedsAnswers, Held, Blocked, Invalid, Ready}

// states has every state once, with its meaning and the states that may follow it. The
// diagram of the package documentation shows the same transitions.
var states = []struct {
	state   State
	meaning string
	waits   bool // for a person
	final   bool
	next    []State
}{
	{NeedsAnswers, "only a person can say something that LFPSE needs, such as a harm grade: the questions are shown", true, false, with(checked, Withdrawn)},
	{Held, "a person has to look at it before it may be sent: what to look at is shown", true, false, with(checked, Withdrawn)},
	{Blocked, "a text holds an NHS number, a name of the patient, a phone number or the like: where it stands is shown, never what it is", true, false, with(checked, Withdrawn)},
	{Invalid, "the row cannot be read or breaks a rule: line, column and remedy are shown", true, false, with(checked, Withdrawn)},
	{NotForLFPSE, "a complaint, a staff injury or the like: the reason is shown", false, true, nil},
	{Ready, "complete, checked and screened", false, false, with(checked, Pending, Withdrawn)},
	{Pending, "waits to be sent; nothing has reached the service", false, false, with(checked, Sending, Withdrawn)},
	{Sending, "a request is on its way to the service", false, false, []State{Accepted, Rejected, Unknown, Pending}},
	{Accepted, "recorded by the service; the national reference is shown", false, true, with(checked, Withdrawn)},
	{Rejected, "refused by the service: what it said is shown, and nothing was recorded", true, false, with(checked, Withdrawn)},
	{Unknown, "sent, but no answer says whether it was recorded; it is not sent again automatically", true, false, []State{Accepted, Rejected, Pending}},
	{Withdrawn, "taken back: the service has deleted the record, or never had one", false, true, nil},
}

// first are the states in which a source or the first check leaves a draft.
var first = with(checked, NotForLFPSE)

func with(states []State, more ...State) []State { return append(slices.Clone(states), more...) }

// States lists all states in the order in which a report goes through them.
func States() []State {
	all := make([]State, len(states))
	for i := range states {
		all[i] = states[i].state
	}
	return all
}

// Meaning says in a sentence, without a full stop, what the state means. It is
// empty for a state that is not listed, such as that of a new draft.
func (s State) Meaning() string {
	if i := s.index(); i >= 0 {
		return states[i].meaning
	}
	return ""
}

// Waits reports whether a person has to do something before the report goes on.
func (s State) Waits() bool {
	i := s.index()
	return i >= 0 && states[i].waits
}

// Final reports whether nothing is left to do. A person can still amend or withdraw an
// accepted report.
func (s State) Final() bool {
	i := s.index()
	return i >= 0 && states[i].final
}

// Next lists the states that may follow. A new draft, whose state is empty, first goes to
// one of the states before sending.
func (s State) Next() []State {
	if i := s.index(); i >= 0 {
		return slices.Clone(states[i].next)
	}
	if s == "" {
		return slices.Clone(first)
	}
	return nil
}

// CanBecome reports whether a report may go from this state to another. Staying in a
// state is allowed only for the states that a check decides.
func (s State) CanBecome(next State) bool {
	if i := s.index(); i >= 0 {
		return slices.Contains(states[i].next, next)
	}
	return s == "" && slices.Contains(first, next)
}

func (s State) index() int {
	for i := range states {
		if states[i].state == s {
			return i
		}
	}
	return -1
}
