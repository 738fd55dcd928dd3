package form

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

// checkData is what the page shows on which people check their answers.
type checkData struct {
	Draft, Version int64
	Problems       []problem // a reason that cannot be used
	Path           string
	Stages         []answered // with answers
	Wanted, Other  []link     // stages that can be answered besides
	Open           []link     // what has to be answered first
	Clinical       bool       // some of it can be put to a clinician
	Asked          bool       // some of it was
	Stops          []link     // what was found and stops the report
	Held           []held     // texts that a clinician or a manager has to release
	Waits          bool       // for such a release, after it was sent
	MayRelease     bool
	Asks, Consider []interview.Note
	MaySend        bool
	Fewer          string // as in stageData
}

// answered is a stage with what was answered.
type answered struct {
	ID, Title string
	Rows      []row
}

// row is one answer, or several about one question.
type row struct {
	Label    string
	Values   []string
	From     string
	Referred bool
}

type link struct{ ID, Text string }

// held is a text that has to be released or changed.
type held struct{ Target, Label, Stage, Text, Why string }

// check shows all that was answered, what is open and what else could be said.
func (s *site) check(w http.ResponseWriter, r *http.Request, user *page.User) error {
	open, err := s.openDraft(r, user)
	if err != nil {
		return err
	}
	data := s.checkView(&open, user)
	data.Fewer = saidFewer(r, &open.Says)
	return s.show(w, r, "check", "Check your answers", data)
}

func (s *site) checkView(open *outbox.OpenDraft, user *page.User) checkData {
	d := &open.Says
	data := checkData{Draft: open.ID, Version: open.Version, Path: fmt.Sprintf("%s/%d", Path, open.ID), Asked: open.ForClinician, MayRelease: user.Role.May(outbox.ActReleaseDraft)}
	stages := s.stages(d)
	for _, q := range s.open(d) {
		text := sheet.Label(q.Target)
		if d.Referred(q.Target) {
			text += ", put to a clinician"
		}
		data.Open = append(data.Open, link{stageWith(stages, q.Target), text})
	}
	data.Clinical = user.Role == outbox.Recorder && len(s.forClinician(d)) > 0
	for _, x := range stages {
		data.stage(s, d, x)
	}
	data.found(d, stages)
	for _, release := range d.Releasable {
		data.Held = append(data.Held, held{release.Target, sheet.Label(release.Target), stageWith(stages, release.Target), strings.Join(s.given(d, release.Target), "\n"), ""})
	}
	advice := s.Guide.Advise(&d.Event)
	data.Asks, data.Consider = advice.Asks, advice.Prompts
	data.Waits = open.State == draft.Held
	data.MaySend = len(data.Open) == 0 && len(data.Stops) == 0 && !data.Waits
	return data
}

// stage adds a stage: its answers, or that it can be answered.
func (data *checkData) stage(s *site, d *draft.Draft, x stage) {
	title := x.title
	if x.caption != "" {
		title += ", " + x.caption
	}
	a, wanted := answered{ID: x.id, Title: title}, false
	for _, target := range x.targets {
		values, referred := s.read(d, target), d.Referred(target)
		if len(values) > 0 || referred {
			a.Rows = append(a.Rows, row{sheet.Label(target), values, origin(d, target), referred})
		}
		wanted = wanted || d.Asks(target)
	}
	switch {
	case len(a.Rows) > 0:
		data.Stages = append(data.Stages, a)
	case slices.ContainsFunc(data.Open, func(l link) bool { return l.ID == x.id }): // it is among what has to be answered
	case wanted:
		data.Wanted = append(data.Wanted, link{x.id, title})
	default:
		data.Other = append(data.Other, link{x.id, title})
	}
}

// found lists the errors, which stop the report, with the stage on which they can be put right.
func (data *checkData) found(d *draft.Draft, stages []stage) {
	for _, i := range slices.Concat(d.Privacy, d.Issues) {
		if i.Severity == fhir.Error {
			data.Stops = append(data.Stops, link{stageWith(stages, targetOf(d, &i)), strings.TrimSpace(i.Text + " " + i.Fix)})
		}
	}
}

// stageWith is the id of the stage that asks for a target, empty if none does.
func stageWith(all []stage, target string) string {
	i := slices.IndexFunc(all, func(x stage) bool { return slices.Contains(x.targets, target) })
	if i < 0 {
		return ""
	}
	return all[i].id
}

// read is what a draft says about a target, in the words of people.
func (s *site) read(d *draft.Draft, target string) []string {
	values := s.given(d, target)
	a, err := s.form().Accessor(target)
	if isDate(target) && err == nil && len(values) > 0 {
		return []string{dayText(a.Values(&d.Event)[0])}
	}
	for i := range values {
		if err == nil && len(a.Choices()) > 0 {
			values[i] = a.Display(values[i])
		}
	}
	return values
}

// edition is the version of the draft that a page was made of.
func edition(r *http.Request) (outbox.Edition, error) {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	version, err2 := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if errors.Join(err, err2) != nil {
		return outbox.Edition{}, page.ErrNotFound
	}
	return outbox.Edition{Draft: id, Version: version}, nil
}

// change does something with a draft that a user may see.
func (s *site) change(r *http.Request, user *page.User, do func(outbox.OpenDraft, outbox.Edition) error) error {
	open, err := s.openDraft(r, user)
	if err != nil {
		return err
	}
	at, err := edition(r)
	if err != nil {
		return err
	}
	return do(open, at)
}

// send puts a report into the outbox whose recorder says that it is complete. One of which
// something is open is not: its page shows what.
func (s *site) send(w http.ResponseWriter, r *http.Request, user *page.User) error {
	return s.change(r, user, func(open outbox.OpenDraft, at outbox.Edition) error {
		if !s.checkView(&open, user).MaySend {
			return s.showAs(w, r, http.StatusConflict, "check", "This cannot be sent yet", s.checkView(&open, user))
		}
		sent, err := s.page.Outbox.AnswerDraft(r.Context(), user.By(), s.page.Builder, at, draft.Answer{Target: draft.CompleteTarget, Text: "yes"})
		if err != nil {
			return err
		}
		if sent.Entered == nil {
			http.Redirect(w, r, fmt.Sprintf("%s/%d", Path, sent.ID), http.StatusSeeOther) // whoever may release it sees it
			return nil
		}
		if s.Sent != nil {
			s.Sent()
		}
		http.Redirect(w, r, fmt.Sprintf("%s/sent/%d", Path, sent.Entered.ID), http.StatusSeeOther)
		return nil
	})
}

// forClinician are the answers that put to a clinician what is open and for one.
func (s *site) forClinician(d *draft.Draft) (answers []draft.Answer) {
	for _, q := range s.open(d) {
		if help, _ := s.Guide.Help(q.Target); help.Who == interview.Clinician && !d.Referred(q.Target) {
			answers = append(answers, draft.Answer{Target: q.Target, Text: draft.AskClinician})
		}
	}
	return answers
}

func (s *site) askClinician(w http.ResponseWriter, r *http.Request, user *page.User) error {
	return s.change(r, user, func(open outbox.OpenDraft, at outbox.Edition) error {
		if _, err := s.page.Outbox.AnswerDraft(r.Context(), user.By(), s.page.Builder, at, s.forClinician(&open.Says)...); err != nil {
			return err
		}
		http.Redirect(w, r, Path+"?said=ask-clinician", http.StatusSeeOther)
		return nil
	})
}

// release says why a text may be sent as it is.
func (s *site) release(w http.ResponseWriter, r *http.Request, user *page.User) error {
	return s.change(r, user, func(open outbox.OpenDraft, at outbox.Edition) error {
		after, err := s.page.Outbox.ReleaseDraft(r.Context(), user.By(), s.page.Builder, at, r.PostFormValue("target"), r.PostFormValue("why"))
		var role *outbox.RoleError
		var closed *outbox.ClosedError
		switch {
		case errors.As(err, &role), errors.As(err, &closed), errors.Is(err, outbox.ErrDraftChanged):
			return err
		case err != nil:
			return s.showAs(w, r, http.StatusUnprocessableEntity, "check", "Check your answers", s.refused(r, &open, user, err))
		case after.Entered != nil:
			if s.Sent != nil {
				s.Sent()
			}
			http.Redirect(w, r, fmt.Sprintf("%s/sent/%d", Path, after.Entered.ID), http.StatusSeeOther)
		default:
			http.Redirect(w, r, fmt.Sprintf("%s/%d", Path, after.ID), http.StatusSeeOther)
		}
		return nil
	})
}

func (s *site) drop(w http.ResponseWriter, r *http.Request, user *page.User) error {
	return s.change(r, user, func(_ outbox.OpenDraft, at outbox.Edition) error {
		if err := s.page.Outbox.DropDraft(r.Context(), user.By(), at); err != nil {
			return err
		}
		http.Redirect(w, r, Path+"?said=drop", http.StatusSeeOther)
		return nil
	})
}

// refused are the answers with a reason for a release that cannot be used.
func (s *site) refused(r *http.Request, open *outbox.OpenDraft, user *page.User, err error) checkData {
	data, why, text := s.checkView(open, user), r.PostFormValue("why"), page.Sentence(err)
	if strings.TrimSpace(why) == "" {
		text = "Say why it may be sent as it is."
	}
	id := "maincontent"
	for i := range data.Held {
		if h := &data.Held[i]; h.Target == r.PostFormValue("target") {
			h.Why, id = why, "why-"+h.Target
			text = h.Label + ": " + text
		}
	}
	data.Problems = []problem{{id, text}}
	return data
}
