package outbox

import (
	"fmt"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Role is what a person may do.
type Role string

// The roles. Somebody who may do more than one thing has the role that may do all of them.
const (
	Recorder  Role = "recorder"  // reports events and answers questions about them
	Clinician Role = "clinician" // also releases what was held
	Manager   Role = "manager"   // also settles and withdraws
	Operator  Role = "operator"  // keeps the service running, and does not read reports
)

// By is who does something. The ID is a user name: it stands in the audit trail.
type By struct {
	ID   string
	Role Role
}

// system is the outbox itself.
var system = By{ID: "system"}

// Act is something that is done to a report, to an endpoint or to a practice. Each act is
// in the audit trail.
type Act string

// The acts on a report. The tables below say what each act does.
const (
	ActEnqueue  Act = "enqueue"
	ActAsk      Act = "ask"
	ActRevise   Act = "revise"
	ActAmend    Act = "amend"
	ActClaim    Act = "claim"
	ActUnclaim  Act = "unclaim"
	ActSend     Act = "send"
	ActAccept   Act = "accept"
	ActReject   Act = "reject"
	ActLose     Act = "lose"
	ActReturn   Act = "return"
	ActHold     Act = "hold"
	ActRelease  Act = "release"
	ActRetry    Act = "retry"
	ActFound    Act = "found"
	ActNotFound Act = "not-found"
	ActSame     Act = "same-event"
	ActOther    Act = "other-event"
	ActIgnore   Act = "ignore"
	ActPropose  Act = "propose-withdrawal"
	ActConfirm  Act = "confirm-withdrawal"
	ActKeep     Act = "keep"
	ActTakeBack Act = "take-back"
)

// Acts that do not change the state of one report.
const (
	ActRefused  Act = "refused"
	ActRead     Act = "read"
	ActStop     Act = "stop"
	ActResume   Act = "resume"
	ActPause    Act = "pause"
	ActUnpause  Act = "unpause"
	ActPurge    Act = "purge"
	ActRestored Act = "restored"
	ActLate     Act = "late-answer"
	ActSignIn   Act = "sign-in"
)

// Acts on drafts.
const (
	ActKeepDraft    Act = "keep-draft"
	ActDraftChanged Act = "draft-changed"
	ActDraftGone    Act = "draft-gone"
	ActDraftReady   Act = "draft-ready"
	ActReadDraft    Act = "read-draft"
	ActAnswerDraft  Act = "answer-draft"
	ActEditDraft    Act = "edit-draft"
	ActReleaseDraft Act = "release-draft"
	ActDropDraft    Act = "drop-draft"
	ActBeginDraft   Act = "begin-draft" // somebody begins to fill in a form
)

type states = []draft.State

// acts says from which states to which an act takes a report, who may do it besides the
// outbox itself, and what it means. The diagram of the package documentation shows the
// same.
var acts = []struct {
	act     Act
	from    states
	to      draft.State
	who     []Role
	meaning string
}{
	{ActEnqueue, states{""}, draft.Pending, nil, "it was taken in"},
	{ActAsk, states{"", draft.Withdrawn, draft.NotForLFPSE}, draft.NeedsAnswers, nil, "it was taken in and may be an event that is known, or it was set aside and has changed"},
	{ActRevise, states{draft.Pending, draft.Held, draft.Rejected}, draft.Pending, nil, "changed content replaces what was not recorded"},
	{ActAmend, states{draft.Accepted}, draft.Pending, nil, "a recorded report has changed"},
	{ActClaim, states{draft.Pending}, draft.Pending, nil, "it is the next to be sent"},
	{ActUnclaim, states{draft.Pending}, draft.Pending, nil, "it waits again: the program ended before it was sent"},
	{ActSend, states{draft.Pending}, draft.Sending, nil, "it was sent"},
	{ActAccept, states{draft.Sending, draft.Unknown}, draft.Accepted, nil, "the service has recorded it"},
	{ActReject, states{draft.Sending, draft.Unknown}, draft.Rejected, nil, "the service refused the content"},
	{ActLose, states{draft.Sending, draft.Pending}, draft.Unknown, nil, "nothing says whether it was recorded"},
	{ActReturn, states{draft.Sending, draft.Unknown}, draft.Pending, nil, "nothing reached the service"},
	{ActHold, states{draft.Pending}, draft.Held, []Role{Recorder, Clinician, Manager, Operator}, "it is kept from being sent"},
	{ActRelease, states{draft.Held}, draft.Pending, []Role{Clinician, Manager}, "it may be sent"},
	{ActRetry, states{draft.Rejected, draft.Unknown}, draft.Pending, []Role{Manager, Operator}, "it is sent again"},
	{ActFound, states{draft.Unknown}, draft.Accepted, []Role{Manager, Operator}, "it was recorded, as somebody or the service says"},
	{ActNotFound, states{draft.Unknown}, draft.Pending, []Role{Manager, Operator}, "it was not recorded, as somebody or the service says"},
	{ActSame, states{draft.NeedsAnswers}, "", []Role{Recorder, Clinician, Manager}, "it is the event that was known: the two are one now"},
	{ActOther, states{draft.NeedsAnswers}, draft.Pending, []Role{Recorder, Clinician, Manager}, "it is another event"},
	{ActIgnore, states{draft.NeedsAnswers}, draft.NotForLFPSE, []Role{Recorder, Clinician, Manager}, "it is not to be sent"},
	{ActPropose, states{draft.Accepted, draft.Rejected, draft.Held}, draft.Held, []Role{Recorder, Clinician, Manager}, "somebody wants the national record withdrawn"},
	{ActConfirm, states{draft.Held}, draft.Pending, []Role{Manager}, "the national record is to be withdrawn"},
	{ActKeep, states{draft.Held}, draft.Accepted, []Role{Manager}, "the national record is to stand"},
	{ActTakeBack, states{draft.Pending, draft.Held, draft.NeedsAnswers, draft.Rejected}, draft.Withdrawn, []Role{Recorder, Clinician, Manager}, "a report without a national record is not to be sent"},
}

// otherActs are the acts that change no report's state: who may do them besides the outbox
// itself, and what they mean.
var otherActs = map[Act]struct {
	who     []Role
	meaning string
}{
	ActRefused:  {nil, "somebody tried what they may not do"},
	ActRead:     {[]Role{Recorder, Clinician, Manager}, "somebody has read it"},
	ActStop:     {nil, "nothing more is sent to the service"},
	ActResume:   {[]Role{Manager, Operator}, "reports are sent to the service again"},
	ActPause:    {[]Role{Manager, Operator}, "nothing of the practice is sent"},
	ActUnpause:  {[]Role{Manager, Operator}, "reports of the practice are sent again"},
	ActPurge:    {[]Role{Manager, Operator}, "texts were removed that are not kept any longer"},
	ActRestored: {[]Role{Manager, Operator}, "a copy of the outbox was put back"},
	ActLate:     {nil, "an answer came late"},
	ActSignIn:   {nil, "somebody has signed in"},

	ActKeepDraft:    {nil, "a row comes in that is not ready"},
	ActDraftChanged: {nil, "the row has changed in its log"},
	ActDraftGone:    {nil, "the log does not have the row any more"},
	ActDraftReady:   {nil, "the draft has become a report"},
	ActReadDraft:    {[]Role{Recorder, Clinician, Manager}, "somebody has read the draft"},
	ActAnswerDraft:  {[]Role{Recorder, Clinician, Manager}, "questions of the draft were answered"},
	ActEditDraft:    {[]Role{Recorder, Clinician, Manager}, "a text of the draft was corrected"},
	ActReleaseDraft: {[]Role{Clinician, Manager}, "a text of the draft may be sent as it is"},
	ActDropDraft:    {[]Role{Recorder, Clinician, Manager}, "the draft is never sent, and its text was removed"},
	ActBeginDraft:   {[]Role{Recorder, Clinician, Manager}, "somebody begins to fill in the form"},
}

// May reports whether somebody with this role may do something.
func (r Role) May(a Act) bool {
	for i := range acts {
		if acts[i].act == a {
			return slices.Contains(acts[i].who, r)
		}
	}
	return slices.Contains(otherActs[a].who, r)
}

// Meaning says in a few words what an act means.
func (a Act) Meaning() string {
	for i := range acts {
		if acts[i].act == a {
			return acts[i].meaning
		}
	}
	return otherActs[a].meaning
}

// Leads says to which state an act takes a report from another, by the table of the package
// documentation, and whether it may be done in that state at all. The state of a report that
// comes in is empty, and so is that of one which becomes part of another.
func (a Act) Leads(from draft.State) (to draft.State, ok bool) {
	for i := range acts {
		if acts[i].act == a {
			return acts[i].to, slices.Contains(acts[i].from, from)
		}
	}
	return "", false
}

// do moves a report to the state to which an act leads.
func (r *Report) do(a Act) error {
	to, ok := a.Leads(r.State)
	if why := r.hindrance(a); why != "" || !ok {
		return &StateError{r.ID, a, r.State, why}
	}
	r.State = to
	return nil
}

// hindrance says why an act is not possible although the state may allow it. It is empty
// if nothing else is in the way.
func (r *Report) hindrance(a Act) string {
	withdrawing, recorded := r.Op == OpWithdraw, r.Record.ID != ""
	switch a {
	case ActHold, ActTakeBack:
		if a == ActTakeBack && r.old() {
			return "it may have been sent before a backup was put back: let it go on, then say whether it was recorded"
		}
		if r.State == draft.Pending && r.Claim != "" {
			return "it is about to be sent"
		}
		if a == ActTakeBack && recorded {
			return "it has a national record: propose to withdraw that"
		}
	case ActRelease:
		if withdrawing {
			return "it waits for a manager to confirm that its record is to be withdrawn"
		}
	case ActRetry:
		if r.State == draft.Unknown && r.Op == OpReport {
			return "it may have been recorded; say not-found if you have seen that it was not"
		}
	case ActFound:
		if withdrawing {
			return "it was being withdrawn: say not-found if there is no record any more, or retry"
		}
	case ActPropose:
		if !recorded {
			return "it has no national record; take it back instead"
		}
	case ActConfirm, ActKeep:
		if !withdrawing {
			return "nobody has proposed to withdraw its record"
		}
	case AnswerSame, AnswerOther, AnswerIgnore:
		if r.State == draft.NeedsAnswers && r.Question.Answers()[a] == "" {
			return "its question does not have this answer"
		}
	}
	return ""
}

// Acts lists what somebody with a role can do to the report now.
func (r *Report) Acts(role Role) (can []Act) {
	for i := range acts {
		a := acts[i].act
		if _, ok := a.Leads(r.State); ok && role.May(a) && r.hindrance(a) == "" {
			can = append(can, a)
		}
	}
	return can
}

// StateError says that something cannot be done to a report in its state.
type StateError struct {
	Report int64
	Act    Act
	State  draft.State
	Why    string // more about it, if there is more to say
}

// Error says what cannot be done, and why.
func (e *StateError) Error() string {
	text := fmt.Sprintf("report %d is %q: %q is not possible", e.Report, e.State, e.Act)
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// RoleError says that somebody may not do something. The attempt is in the audit trail.
type RoleError struct {
	By  By
	Act Act
	// Other reports that the role does allow it, but the draft is somebody else's: see [By.Sees].
	Other bool
}

// Error says who may not do what.
func (e *RoleError) Error() string {
	if e.Other {
		return fmt.Sprintf("this draft is somebody else's: whoever has begun it, a clinician or a manager may do this (%s)", e.Act)
	}
	return fmt.Sprintf("somebody with the role %q may not do this (%s)", e.By.Role, e.Act)
}
