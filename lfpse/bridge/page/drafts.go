package page

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

type draftsData struct {
	Drafts []draftRow
	Next   int64
}

type draftRow struct {
	outbox.Draft
	Age string
}

// seesDraft reports whether somebody, nil for who has not signed in, is shown that there is a draft.
func (u *User) seesDraft(d *outbox.Draft) bool {
	if u == nil {
		return outbox.By{}.Sees(*d)
	}
	return u.Sees(d.Practice) && u.By().Sees(*d)
}

// drafts lists the rows that wait for answers or decisions, without what they say.
func (p *Page) drafts(r *http.Request, user *User) (view, error) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	found, next, err := pageOf(after, func(after int64) ([]outbox.Draft, error) {
		return p.Outbox.Drafts(r.Context(), outbox.DraftFilter{After: after, Limit: pageSize})
	}, func(d *outbox.Draft) (int64, bool) { return d.ID, user.seesDraft(d) })
	data := draftsData{Next: next}
	for i := range found {
		data.Drafts = append(data.Drafts, draftRow{found[i], age(p.Clock().Sub(found[i].Added))})
	}
	return view{template: "drafts", Title: "Waiting for answers", Data: data}, err
}

type draftData struct {
	outbox.Draft
	Meaning   string
	Says      sheet.Sheet
	Trace     []draft.Step
	Questions []questionForm
	Asks      []interview.Note // doubts whether the type is right
	Findings  []finding
	Releases  []releaseForm
	Blocked   bool
	Problems  []problem
	Known     *outbox.Report // the report that the draft would amend
	MayDrop   bool
}

// questionForm is one question with what was given as its answer.
type questionForm struct {
	lfpse.Question
	ID, Given, Problem string
	Depends            bool // arises only if other answers make it
	Long               bool
	Several            bool // it may have several answers
	Help               interview.Help
	ToClinician        bool // it can be put to a clinician
	Referred           bool // it was
}

// Chose reports whether a choice is among the answers given.
func (f questionForm) Chose(value string) bool {
	return slices.ContainsFunc(strings.Split(f.Given, draft.BetweenAnswers), func(s string) bool { return strings.TrimSpace(s) == value })
}

type finding struct{ Severity, Where, Text string }

// releaseForm is a text that may be released or edited.
type releaseForm struct {
	ID, Target, Label, Text string
	Why                     string // given for a release that was refused
}

// problem is a line of the error summary.
type problem struct{ ID, Text string }

// openDraft reads a draft for somebody who may; reading is noted in the audit trail.
func (p *Page) openDraft(r *http.Request, user *User) (outbox.OpenDraft, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return outbox.OpenDraft{}, notFound
	}
	if user == nil {
		return outbox.OpenDraft{}, errSignIn
	}
	found, err := p.Outbox.Drafts(r.Context(), outbox.DraftFilter{ID: id, Closed: true})
	if err != nil || len(found) == 0 || !user.Sees(found[0].Practice) {
		return outbox.OpenDraft{}, cmp.Or(err, error(notFound))
	}
	return p.Outbox.Draft(r.Context(), user.By(), id)
}

func (p *Page) draft(r *http.Request, user *User) (view, error) {
	open, err := p.openDraft(r, user)
	if err != nil {
		return view{}, err
	}
	return p.draftView(r, user, &open, nil, nil)
}

// draftView shows a draft with its questions, what was given as answers and what is wrong
// with them.
func (p *Page) draftView(r *http.Request, user *User, open *outbox.OpenDraft, given map[string]string, wrong outbox.AnswerError) (view, error) {
	d := &open.Says
	data := draftData{Draft: open.Draft, Meaning: open.State.Meaning(), Says: p.sheet(&d.Event), Asks: p.Guide.Advise(&d.Event).Asks, Trace: d.Trace, MayDrop: user.Role.May(outbox.ActDropDraft)}
	data.Blocked = open.State == draft.Blocked
	for i := range open.Earlier {
		if given == nil {
			given = map[string]string{}
		}
		given[open.Earlier[i].Target] = cmp.Or(given[open.Earlier[i].Target], open.Earlier[i].Text)
	}
	for i := range d.Questions {
		data.ask(p, d, &d.Questions[i], given, wrong)
	}
	for _, issue := range append(append(fhir.Issues(nil), d.Privacy...), d.Issues...) {
		data.Findings = append(data.Findings, finding{issue.Severity.String(), p.about(d, &issue), strings.TrimSpace(issue.Text + " " + issue.Fix)})
	}
	data.texts(p.Builder.Codec(), d)
	if open.Report != 0 {
		if known, err := p.Outbox.Get(r.Context(), open.Report); err == nil {
			data.Known = &known
		}
	}
	return view{template: "draft", Title: fmt.Sprintf("Draft %d", open.ID), Data: data}, nil
}

// about names what a finding is about. What is found about an answer names its target.
func (p *Page) about(d *draft.Draft, i *fhir.Issue) string {
	target := d.Targets[i.Path]
	if _, err := p.Builder.Codec().Accessor(i.Path); err == nil && target == "" {
		target = i.Path
	}
	return sheet.Label(cmp.Or(target, "report"))
}

// sheet is an event as people read it.
func (p *Page) sheet(e *lfpse.Event) sheet.Sheet {
	return sheet.New(p.Builder.Codec(), e, sheet.WithGuide(p.Guide))
}

// ask shows a question, once if several cases make it arise.
func (data *draftData) ask(p *Page, d *draft.Draft, q *lfpse.Question, given map[string]string, wrong outbox.AnswerError) {
	if slices.ContainsFunc(data.Questions, func(f questionForm) bool { return f.Target == q.Target }) {
		return
	}
	f := questionForm{Question: *q, ID: fmt.Sprintf("q%d", len(data.Questions)), Given: given[q.Target], Depends: len(q.When) > 0, Long: q.Target == "description"}
	f.Help, _ = p.Guide.Help(q.Target)
	if property, err := p.Builder.Form().Property(q.Target); err == nil {
		f.Several = len(q.Choices) > 0 && property.Repeats()
	}
	f.Referred = d.Referred(q.Target)
	f.ToClinician = f.Help.Who == interview.Clinician && !f.Referred
	if err := wrong[q.Target]; err != nil {
		f.Problem = Sentence(err)
		data.Problems = append(data.Problems, problem{f.ID, q.Text + " " + f.Problem})
	}
	data.Questions = append(data.Questions, f)
}

// texts are those in which the privacy screen has found something: they can be edited, and
// some can be released.
func (data *draftData) texts(c *lfpse.Codec, d *draft.Draft) {
	for _, release := range d.Releasable {
		a, err := c.Accessor(release.Target)
		if err != nil {
			continue
		}
		data.Releases = append(data.Releases, releaseForm{fmt.Sprintf("t%d", len(data.Releases)), release.Target, sheet.Label(release.Target), strings.Join(a.Values(&d.Event), "\n"), ""})
	}
}

// edition is the version of the draft that the form was made of.
func edition(r *http.Request) (outbox.Edition, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	version, err2 := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if errors.Join(err, err2) != nil {
		return outbox.Edition{}, notFound
	}
	return outbox.Edition{Draft: id, Version: version}, nil
}

// doDraft does what a form of the draft's page wants.
func (p *Page) doDraft(w http.ResponseWriter, r *http.Request) {
	user := p.user(r)
	if user == nil {
		p.SignInFirst(w, r, "/")
		return
	}
	v, next, err := p.changeDraft(r, user)
	switch {
	case err != nil:
		v = p.errorView(r, err)
	case next != "":
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	v.User = user
	p.render(w, r, v)
}

func (p *Page) changeDraft(r *http.Request, user *User) (v view, next string, err error) {
	open, err := p.openDraft(r, user)
	if err != nil {
		return v, "", err
	}
	at, err := edition(r)
	if err != nil {
		return v, "", err
	}
	by, ctx, act := user.By(), r.Context(), r.PathValue("act")
	var after outbox.OpenDraft
	var answers []draft.Answer
	switch act {
	case "answer":
		answers = given(r, &open.Says)
		after, err = p.Outbox.AnswerDraft(ctx, by, p.Builder, at, answers...)
	case "edit":
		after, err = p.Outbox.EditText(ctx, by, p.Builder, at, r.PostFormValue("target"), r.PostFormValue("text"))
	case "release":
		after, err = p.Outbox.ReleaseDraft(ctx, by, p.Builder, at, r.PostFormValue("target"), r.PostFormValue("why"))
	case "drop":
		return v, "/drafts?done=drop", p.Outbox.DropDraft(ctx, by, at)
	default:
		return v, "", notFound
	}
	var wrong outbox.AnswerError
	if errors.As(err, &wrong) {
		v, err = p.draftView(r, user, &open, texts(answers), wrong)
		v.status = http.StatusUnprocessableEntity
		return v, "", err
	}
	if errors.Is(err, outbox.ErrDraftChanged) {
		v, err = p.overtaken(r, user, &open, answers)
		return v, "", err
	}
	if err != nil && refusal(act, err) {
		v, err = p.refused(r, user, &open, err)
		return v, "", err
	}
	if err != nil {
		return v, "", err
	}
	if after.Entered != nil {
		return v, fmt.Sprintf("/reports/%d?done=ready", after.Entered.ID), nil
	}
	return v, fmt.Sprintf("/drafts/%d?done=%s", open.ID, act), nil
}

// refusal reports whether an error says that a text or a reason cannot be used.
func refusal(act string, err error) bool {
	var role *outbox.RoleError
	var closed *outbox.ClosedError
	return act != "answer" && !errors.As(err, &role) && !errors.As(err, &closed)
}

// overtaken shows a draft that somebody else has changed meanwhile, with what was given.
func (p *Page) overtaken(r *http.Request, user *User, open *outbox.OpenDraft, answers []draft.Answer) (v view, err error) {
	if r.PathValue("act") == "answer" {
		v, err = p.draftView(r, user, open, texts(answers), nil)
	} else {
		v, err = p.refused(r, user, open, outbox.ErrDraftChanged)
	}
	if err != nil {
		return v, err
	}
	data := v.Data.(draftData)
	data.Problems = []problem{{"maincontent", "Somebody else was faster: the draft has changed since you have read it. What you gave is below and is not kept yet: look at what the draft says now, then send it again."}}
	v.Data, v.status = data, http.StatusConflict
	return v, nil
}

// refused shows a draft again with the text or the reason that cannot be used.
func (p *Page) refused(r *http.Request, user *User, open *outbox.OpenDraft, cause error) (view, error) {
	v, err := p.draftView(r, user, open, nil, nil)
	if err != nil {
		return v, err
	}
	data := v.Data.(draftData)
	why, text, id := r.PostFormValue("why"), Sentence(cause), ""
	for i := range data.Releases {
		f := &data.Releases[i]
		switch {
		case f.Target != r.PostFormValue("target"):
			continue
		case r.PathValue("act") == "edit":
			id, f.Text = f.ID, r.PostFormValue("text")
			if strings.TrimSpace(f.Text) == "" {
				text = "Write the corrected text."
			}
		default:
			id, f.Why = f.ID+"-why", why
			if strings.TrimSpace(why) == "" {
				text = "Say why it may be sent as it is."
			}
		}
		data.Problems = append(data.Problems, problem{id, f.Label + ": " + text})
	}
	if id == "" { // the text is not among those that can be released or edited
		data.Problems = []problem{{"maincontent", text}}
	}
	v.Data, v.status = data, http.StatusUnprocessableEntity
	return v, nil
}

// given are the answers of the form, in the order of the questions.
func given(r *http.Request, d *draft.Draft) (answers []draft.Answer) {
	for i := range d.Questions {
		target := d.Questions[i].Target
		text := strings.TrimSpace(strings.Join(r.PostForm[target], draft.BetweenAnswers))
		if text != "" && !slices.ContainsFunc(answers, func(a draft.Answer) bool { return a.Target == target }) {
			answers = append(answers, draft.Answer{Target: target, Text: text})
		}
	}
	return answers
}

func texts(answers []draft.Answer) map[string]string {
	all := map[string]string{}
	for _, a := range answers {
		all[a.Target] = a.Text
	}
	return all
}
