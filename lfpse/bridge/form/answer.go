package form

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// stageData is what the page of a stage shows.
type stageData struct {
	Action          string // where the form of the page goes
	Practice        string // of a draft that is not begun
	Launch          string // whose record it began with, see mark
	Page            string // the id of a page that has not begun its draft
	Version         int64
	Caption         string
	Questions, More []question
	Problems        []problem // answers that cannot be used or are missing
	Look            []problem // findings to look at
	Clinical        bool      // a question can be put to a clinician
	Draft           int64     // 0 before the first answer
	Fewer           string    // that what was known about patients was removed, see fewer
}

// problem is a line of the summary at the top, which leads to a question.
type problem struct{ ID, Text string }

// stageView fills in what a stage shows of a draft. wrong says why answers cannot be used,
// and typed what they were.
func (s *site) stageView(d *draft.Draft, x stage, by outbox.By, wrong map[string]error, typed map[string]string) stageData {
	data := stageData{Caption: x.caption}
	data.Questions, data.More = s.questions(d, x, by)
	for _, list := range [][]question{data.Questions, data.More} {
		for i := range list {
			q := &list[i]
			if text, there := typed[q.Target]; there {
				q.retype(text)
			}
			if err := wrong[q.Target]; err != nil {
				q.Problem = page.Sentence(err)
				data.Problems = append(data.Problems, problem{q.FirstID(), q.Text + " " + q.Problem})
			}
			data.Clinical = data.Clinical || q.Clinical
			if len(q.Findings) > 0 {
				data.Look = append(data.Look, problem{q.FirstID(), q.Text})
			}
		}
	}
	return data
}

// retype shows an answer again as it was typed.
func (q *question) retype(text string) {
	q.Given = text
	for i := range q.Choices {
		q.Choices[i].Chosen = slices.Contains(strings.Split(text, draft.BetweenAnswers), q.Choices[i].Value)
	}
}

var errMissing = errors.New("this has to be answered")

// open reads a draft that a user may see. Reading is noted in the audit trail.
func (s *site) openDraft(r *http.Request, user *page.User) (outbox.OpenDraft, error) {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	if err != nil {
		return outbox.OpenDraft{}, page.ErrNotFound
	}
	found, err := s.page.Outbox.Drafts(r.Context(), outbox.DraftFilter{ID: id, Closed: true})
	if err != nil {
		return outbox.OpenDraft{}, err
	}
	if len(found) == 0 || found[0].Source != Source || s.practice(user, found[0].Practice) == nil {
		return outbox.OpenDraft{}, page.ErrNotFound
	}
	return s.page.Outbox.Draft(r.Context(), user.By(), id)
}

// openStage reads the draft and the stage of a path.
func (s *site) openStage(r *http.Request, user *page.User) (open outbox.OpenDraft, x stage, err error) {
	if open, err = s.openDraft(r, user); err != nil {
		return open, x, err
	}
	x, ok := stageOf(s.stages(&open.Says), r.PathValue("stage"))
	if !ok {
		return open, x, page.ErrNotFound
	}
	return open, x, nil
}

// ask shows a stage of a draft.
func (s *site) ask(w http.ResponseWriter, r *http.Request, user *page.User) error {
	open, x, err := s.openStage(r, user)
	if err != nil {
		return err
	}
	return s.showStage(w, r, http.StatusOK, &open, x, s.stageView(&open.Says, x, user.By(), nil, nil))
}

func (s *site) showStage(w http.ResponseWriter, r *http.Request, status int, open *outbox.OpenDraft, x stage, data stageData) error {
	data.Action, data.Version, data.Draft = fmt.Sprintf("%s/%d/%s", Path, open.ID, x.id), open.Version, open.ID
	data.Fewer = cmp.Or(data.Fewer, saidFewer(r, &open.Says))
	return s.showAs(w, r, status, "stage", x.title, data)
}

// answer keeps the answers of a stage and goes on to the next.
func (s *site) answer(w http.ResponseWriter, r *http.Request, user *page.User) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return page.ErrNotFound
	}
	return s.answerAt(w, r, user, version)
}

// answerAt keeps the answers to a version of the draft.
func (s *site) answerAt(w http.ResponseWriter, r *http.Request, user *page.User, version int64) error {
	open, x, err := s.openStage(r, user)
	if err != nil {
		return err
	}
	typed := s.typed(r, x)
	before := open.Says
	open, wrong, err := s.keep(r, user, outbox.Edition{Draft: open.ID, Version: version}, open, s.changes(&before, x, typed, r))
	if errors.Is(err, outbox.ErrDraftChanged) { // what was typed is shown again, for the version that there is now
		data := s.stageView(&before, x, user.By(), nil, typed)
		data.Problems = []problem{{Text: "The draft has changed since you read it. What you typed is below and is not kept yet: compare it with all answers, then continue."}}
		return s.showStage(w, r, http.StatusConflict, &open, x, data)
	}
	if err != nil {
		return err
	}
	return s.goOn(w, r, user, &open, x, wrong, typed, &before)
}

// keep gives the answers that can be used, and says why the others cannot.
func (s *site) keep(r *http.Request, user *page.User, at outbox.Edition, open outbox.OpenDraft, answers []draft.Answer) (outbox.OpenDraft, outbox.AnswerError, error) {
	all := outbox.AnswerError{}
	for len(answers) > 0 {
		next, err := s.page.Outbox.AnswerDraft(r.Context(), user.By(), s.page.Builder, at, answers...)
		var wrong outbox.AnswerError
		if !errors.As(err, &wrong) {
			if err != nil {
				return open, nil, err
			}
			return next, all, nil
		}
		maps.Copy(all, wrong)
		answers = slices.DeleteFunc(answers, func(a draft.Answer) bool { return wrong[a.Target] != nil })
	}
	return open, all, nil
}

// goOn shows the stage again if something is wrong, missing or to be looked at, else leads on.
func (s *site) goOn(w http.ResponseWriter, r *http.Request, user *page.User, open *outbox.OpenDraft, x stage, wrong map[string]error, typed map[string]string, before *draft.Draft) error {
	here, said, d := fmt.Sprintf("%s/%d", Path, open.ID), "", &open.Says
	if len(d.Event.Patients) < len(before.Event.Patients) {
		said = fewerPatients
	}
	if r.PostFormValue("act") == "later" && len(wrong) == 0 {
		http.Redirect(w, r, Path+"?said="+cmp.Or(said, "later"), http.StatusSeeOther)
		return nil
	}
	if said != "" {
		said = "?said=" + said
	}
	if wrong == nil {
		wrong = map[string]error{}
	}
	for _, q := range s.open(d) {
		if slices.Contains(x.targets, q.Target) && !d.Referred(q.Target) && wrong[q.Target] == nil {
			wrong[q.Target] = errMissing
		}
	}
	if len(wrong) > 0 {
		data := s.stageView(d, x, user.By(), wrong, typed)
		if said != "" {
			data.Fewer = fewer(d)
		}
		return s.showStage(w, r, http.StatusUnprocessableEntity, open, x, data)
	}
	was := textsOf(before, x, s)
	for target, text := range textsOf(d, x, s) {
		unused := typed[target] != "" && text == "" // because of another answer, which is said beside it
		if (text != was[target] || unused) && len(findings(d, target)) > 0 {
			http.Redirect(w, r, here+"/"+x.id+said, http.StatusSeeOther)
			return nil
		}
	}
	if next, ok := s.next(d, x.id); ok {
		here += "/" + next
	}
	http.Redirect(w, r, here+said, http.StatusSeeOther)
	return nil
}

// textsOf are the answers of a stage.
func textsOf(d *draft.Draft, x stage, s *site) map[string]string {
	out := map[string]string{}
	for _, target := range x.targets {
		out[target] = strings.Join(s.given(d, target), draft.BetweenAnswers)
	}
	return out
}

// typed are the answers of a page, by their targets, also those that are empty.
func (s *site) typed(r *http.Request, x stage) map[string]string {
	if r.ParseForm() != nil {
		return nil
	}
	out := map[string]string{}
	for _, target := range x.targets {
		if values, there := r.PostForm[target]; there {
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }) // with which choices are sent of which none is chosen
			out[target] = strings.TrimSpace(strings.Join(values, draft.BetweenAnswers))
		}
	}
	return out
}

// changes are what has to be said of a draft so that it says what was typed: what was taken
// back first, then the answers.
func (s *site) changes(d *draft.Draft, x stage, typed map[string]string, r *http.Request) (answers []draft.Answer) {
	var forClinician map[string]lfpse.Question
	if r.PostFormValue("act") == "clinician" {
		forClinician = s.asked(d, x)
	}
	for _, target := range x.targets {
		text, there := typed[target]
		if there && text == "" && len(s.given(d, target)) > 0 && !replaced(typed, target) {
			answers = append(answers, draft.Answer{Target: target})
		}
	}
	if typed["type"] == string(lfpse.TypeRisk) && len(d.Event.Patients) > 0 {
		typed[draft.PatientsTarget] = "0" // a risk has affected nobody, whosever record is open
	}
	if n, err := draft.ParseAffected(typed[draft.PatientsTarget]); err == nil && typed[draft.PatientsTarget] != "" {
		answers = append(answers, s.beyond(d, n)...)
	}
	before := textsOf(d, x, s)
	for _, target := range x.targets {
		text, was := typed[target], before[target]
		help, _ := s.Guide.Help(target)
		_, there := typed[target]
		switch {
		case isDate(target):
			text, was = dayIn(text, s.Clock()), dayIn(was, s.Clock())
		case text == "" && there && forClinician[target].Required && help.Who == interview.Clinician:
			text = draft.AskClinician
		}
		if text != "" && (text != was || d.Referred(target) || target == draft.PatientsTarget && !d.Answered(target)) {
			answers = append(answers, draft.Answer{Target: target, Text: text})
		}
	}
	return answers
}

// replaced reports whether the other form of an answer was typed: an age for its bracket, a
// day for its month.
func replaced(typed map[string]string, target string) bool {
	if age, ok := strings.CutSuffix(target, "Bracket"); ok {
		return typed[age] != ""
	}
	return typed[target+"Bracket"] != "" || target == monthTarget && typed["date"] != ""
}

// beyond takes back what is known about patients of whom there are fewer, and what a clinician
// was asked about them.
func (s *site) beyond(d *draft.Draft, n int) (answers []draft.Answer) {
	add := func(target string) {
		text, ok := strings.CutPrefix(target, "patients[")
		number, _, _ := strings.Cut(text, "]")
		if i, err := strconv.Atoi(number); ok && err == nil && i >= n {
			answers = append(answers, draft.Answer{Target: target})
		}
	}
	for target := range d.Event.Stated() {
		add(target)
	}
	for _, a := range d.Answers {
		if d.Referred(a.Target) {
			add(a.Target)
		}
	}
	return answers
}

// fewerPatients marks, in a path, that what was known about some patients was removed.
const fewerPatients = "fewer"

// fewer says that what was known about some patients was removed, and how many there are now.
func fewer(d *draft.Draft) string {
	n := len(d.Event.Patients)
	if d.Affected != nil {
		n = *d.Affected
	}
	now := fmt.Sprintf("%d patients", n)
	switch n {
	case 0:
		now = "no patient"
	case 1:
		now = "1 patient"
	}
	return "The report is now about " + now + ", fewer than before. What it said about the others was removed; if that was not meant, change the number and answer it again."
}

func saidFewer(r *http.Request, d *draft.Draft) string {
	if r.URL.Query().Get("said") != fewerPatients {
		return ""
	}
	return fewer(d)
}
