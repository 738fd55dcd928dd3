package page

import (
	"net/http"
	"strconv"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// actForm is a form for one act on a report.
type actForm struct {
	Act     outbox.Act
	Label   string
	Hint    string
	Warning bool    // deletes something, or cannot be undone
	Inputs  []input // what it needs to know
	Choices []choice
}

type input struct{ Name, Label, Hint string }

type choice struct{ Value, Label string }

var labels = map[outbox.Act]actForm{
	outbox.ActHold:    {Label: "Hold it", Hint: "It is not sent until somebody releases it."},
	outbox.ActRelease: {Label: "Release it", Hint: "It is sent with the next ones."},
	outbox.ActRetry:   {Label: "Send it again", Hint: "The same content is sent once more."},
	outbox.ActFound: {Label: "It was recorded", Hint: "You have seen the record in the national service.", Inputs: []input{
		{"record", "Id of the record", "The service's own id, as the answer or the extract shows it"},
		{"number", "National reference number", "If you know it"},
	}},
	outbox.ActNotFound: {Label: "It was not recorded", Hint: "You have looked and there is no record. A new report is sent again.", Warning: true},
	// the question labels its answers
	outbox.AnswerSame: {}, outbox.AnswerOther: {}, outbox.AnswerIgnore: {},
	outbox.ActPropose:  {Label: "Propose to withdraw the record", Hint: "A manager has to confirm it before the national record is deleted.", Choices: withdrawalChoices()},
	outbox.ActConfirm:  {Label: "Withdraw the national record", Hint: "The service deletes it. This cannot be undone.", Warning: true},
	outbox.ActKeep:     {Label: "Let the national record stand"},
	outbox.ActTakeBack: {Label: "Take it back", Hint: "It is never sent, and its text is removed.", Warning: true},
}

func withdrawalChoices() (out []choice) {
	for _, reason := range outbox.WithdrawalReasons() {
		out = append(out, choice{string(reason), capital(reason.Text())})
	}
	return out
}

// forms are those for what somebody with a role can do to a report now.
func forms(r *outbox.Report, role outbox.Role) (out []actForm) {
	for _, act := range r.Acts(role) {
		f, ok := labels[act]
		if !ok {
			continue
		}
		f.Act = act
		if answer := r.Question.Answers()[act]; answer != "" {
			f.Label = capital(answer)
		}
		out = append(out, f)
	}
	return out
}

// doneTexts say on the next page what was done.
var doneTexts = map[string]string{
	string(outbox.ActHold):  "The report is held.",
	string(outbox.ActRetry): "The report is sent again.", string(outbox.ActFound): "The report counts as recorded.",
	string(outbox.ActNotFound): "The report counts as not recorded.", string(outbox.AnswerSame): "The two reports are one now.",
	string(outbox.AnswerOther): "It is sent as another event.", string(outbox.AnswerIgnore): "It is not sent.",
	string(outbox.ActPropose): "A manager has to confirm the withdrawal.", string(outbox.ActConfirm): "The national record is being withdrawn.",
	string(outbox.ActKeep): "The national record stands.", string(outbox.ActTakeBack): "The report was taken back.",
	string(outbox.ActPause): "Nothing of this practice is sent now.", string(outbox.ActUnpause): "Reports of this practice are sent again.",
	"answer": "Your answers are kept.", "edit": "The corrected text is kept.", "release": "It is released.",
	"drop": "The draft is dropped.", "ready": "Nothing is open any more: the report waits to be sent.",
	string(outbox.ActResume): "Reports are sent again.",
}

func (p *Page) doReport(r *http.Request, by outbox.By, user *User) (string, error) {
	report, err := p.find(r, user)
	if err != nil {
		return "", err
	}
	act, box, ctx, id := outbox.Act(r.PathValue("act")), p.Outbox, r.Context(), report.ID
	switch act {
	case outbox.ActHold:
		_, err = box.Hold(ctx, by, id)
	case outbox.ActRelease:
		_, err = box.Release(ctx, by, id)
	case outbox.ActRetry:
		_, err = box.Retry(ctx, by, id)
	case outbox.ActFound:
		_, err = box.Found(ctx, by, id, outbox.Record{ID: r.PostFormValue("record"), Number: r.PostFormValue("number")})
	case outbox.ActNotFound:
		_, err = box.NotFound(ctx, by, id)
	case outbox.AnswerSame, outbox.AnswerOther, outbox.AnswerIgnore:
		report, err = box.Answer(ctx, by, id, act)
	case outbox.ActPropose:
		_, err = box.ProposeWithdrawal(ctx, by, id, outbox.WithdrawalReason(r.PostFormValue("reason")))
	case outbox.ActConfirm:
		_, err = box.ConfirmWithdrawal(ctx, by, id)
	case outbox.ActKeep:
		_, err = box.KeepRecord(ctx, by, id)
	case outbox.ActTakeBack:
		_, err = box.TakeBack(ctx, by, id)
	default:
		return "", notFound
	}
	return "/reports/" + strconv.FormatInt(report.ID, 10) + "?done=" + string(act), err
}

func (p *Page) doPractice(r *http.Request, by outbox.By, user *User) (string, error) {
	ods := r.PathValue("practice")
	if !fhir.ValidODSCode(ods) || !user.Sees(ods) {
		return "", notFound
	}
	switch act := outbox.Act(r.PathValue("act")); act {
	case outbox.ActPause:
		return "/?done=" + string(act), p.Outbox.Pause(r.Context(), by, ods)
	case outbox.ActUnpause:
		return "/?done=" + string(act), p.Outbox.Unpause(r.Context(), by, ods)
	default:
		return "", notFound
	}
}

// doLine lets reports be sent again. After a backup was put back that is possible only when
// every report has been settled that became unknown by it.
func (p *Page) doLine(r *http.Request, by outbox.By, _ *User) (string, error) {
	return "/?done=" + string(outbox.ActResume), p.Outbox.Reconciled(r.Context(), by)
}
