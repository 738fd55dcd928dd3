package form

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// startData is what the first page shows: the signposts, and what is not finished.
type startData struct {
	Signposts []Signpost
	Practices []Practice
	Launched  bool     // with a patient's record
	Left      []string // what of it could not be used
	Practice  string   // of the launch
	MayRecord bool
	Drafts    []draftRow
	Done      string
}

type draftRow struct {
	outbox.Draft
	Title string
	Since string
	Mine  bool
}

// done say on the first page what was done.
var done = map[string]string{
	"later":         "It is kept. It is not sent until you finish it.",
	"ask-clinician": "A clinician is asked. It stays in your list, and waits in that of the clinicians of your practice.",
	fewerPatients:   "It is kept, and waits below. It is now about fewer patients than before: what it said about the others was removed.",
	"drop":          "It was dropped, and its text removed.",
}

func (s *site) start(w http.ResponseWriter, r *http.Request, user *page.User) error {
	data := startData{Signposts: s.signposts(), Practices: s.practices(user), MayRecord: user.Role.May(outbox.ActBeginDraft), Done: done[r.URL.Query().Get("said")]}
	if _, x := s.launches.of(r, user, s.Clock()); x != nil {
		data.Launched, data.Left, data.Practice = true, x.left, x.practice
	}
	found, err := s.page.Outbox.Drafts(r.Context(), outbox.DraftFilter{Source: Source})
	if err != nil {
		return err
	}
	for _, d := range found {
		if s.practice(user, d.Practice) != nil && user.By().Sees(d) && data.MayRecord {
			data.Drafts = append(data.Drafts, draftRow{d, titleOf(&d.Identity), d.Changed.In(lfpse.London()).Format("2 January 2006 15:04"), d.Assigned == user.ID})
		}
	}
	return s.show(w, r, "start", "Record a patient safety event", data)
}

// titleOf names a draft or a report by its type and day, never by what it says.
func titleOf(d *outbox.Identity) string {
	title := "Event"
	if d.Type != "" {
		title = string(d.Type)
		title = strings.ToUpper(title[:1]) + strings.ReplaceAll(title[1:], "-", " ")
	}
	if d.Day != "" {
		title += " on " + dayText(string(d.Day))
	}
	return title
}

// fromPractice is how a trace names the constants of a practice.
const fromPractice = "the practice profile"

// blank is a draft that holds what is known before the first answer: what a record says,
// and what is the same in every report of the practice.
func (s *site) blank(p *Practice, user *page.User, record *fhircontext.Context) (*draft.Draft, error) {
	d := &draft.Draft{}
	if record != nil {
		s.form().Apply(d, record)
		q := draft.AffectedQuestion("", "MAP-ASK")
		q.When = []lfpse.Condition{{Target: "type", Values: []string{string(lfpse.TypeIncident)}}}
		d.Ask(q)
	}
	profile := mapping.Profile{Constants: map[string]string{"reporter.reporterOrganisation": p.ODS}}
	if p.Profile != nil {
		maps.Copy(profile.Constants, p.Profile.Constants)
		profile.Roles = p.Profile.Roles
	}
	constants, err := profile.Compile(s.form(), user.ID)
	if err != nil {
		return nil, err
	}
	constants.Apply(d)
	return d, nil
}

// beginning is a draft that nobody has answered anything of yet.
type beginning struct {
	practice *Practice
	draft    *draft.Draft
	launch   string // empty for none
	page     string // the id of the first page
	stage    stage
}

func (s *site) beginning(r *http.Request, user *page.User) (*beginning, error) {
	ods := r.FormValue("practice")
	id, x := s.launches.of(r, user, s.Clock())
	var record *fhircontext.Context
	if r.Method == http.MethodPost && r.PostFormValue("launch") != mark(id) { // the page was made of another record, or of none
		x = nil
	}
	b := &beginning{page: r.FormValue("page")}
	if x != nil && (ods == "" || ods == x.practice) {
		ods, record, b.launch = x.practice, x.record, id
	}
	b.practice = s.practice(user, ods)
	if b.practice == nil {
		return nil, page.NewError(http.StatusNotFound, "Say for which practice", "Go back and choose the practice for which you record the event.")
	}
	var err error
	if b.draft, err = s.blank(b.practice, user, record); err != nil {
		return nil, err
	}
	s.page.Builder.Prepare(b.draft)
	b.stage = s.stages(b.draft)[0]
	return b, nil
}

// first shows the first stage, before anything is kept. The page has an id in its path, so that
// going back to it leads to the draft that it has begun.
func (s *site) first(w http.ResponseWriter, r *http.Request, user *page.User) error {
	if !user.Role.May(outbox.ActBeginDraft) {
		return page.NewError(http.StatusForbidden, "You may not record events", "Your role does not record events. Sign in with an account that does, or ask whoever looks after the accounts for one.")
	}
	query := r.URL.Query()
	if query.Get("page") == "" {
		query.Set("page", rand.Text())
		http.Redirect(w, r, Path+"/new?"+query.Encode(), http.StatusSeeOther)
		return nil
	}
	if x, known := s.begun.of(query.Get("page"), user.ID); known {
		http.Redirect(w, r, fmt.Sprintf("%s/%d/%s", Path, x.at.Draft, x.stage), http.StatusSeeOther)
		return nil
	}
	b, err := s.beginning(r, user)
	if err != nil {
		return err
	}
	return s.showBeginning(w, r, http.StatusOK, b, s.stageView(b.draft, b.stage, user.By(), nil, nil))
}

func (s *site) showBeginning(w http.ResponseWriter, r *http.Request, status int, b *beginning, data stageData) error {
	data.Action, data.Practice, data.Launch, data.Page = Path+"/new", b.practice.ODS, mark(b.launch), b.page
	return s.showAs(w, r, status, "stage", b.stage.title, data)
}

// lostRecord says that the first page was made of a record that is not the present one.
const lostRecord = "The patient's record that this page began with is not held any more, or another one has come since. Nothing was kept yet. Open the form again from your clinical system, or go on without the record: then nothing is filled in from it, and the patient's name is not looked for in what you write."

// begin keeps the first answers as a draft. Those that cannot be used are asked again. What
// the page has begun already is answered once more.
func (s *site) begin(w http.ResponseWriter, r *http.Request, user *page.User) error {
	b, err := s.beginning(r, user)
	if x, known := s.begun.of(r.PostFormValue("page"), user.ID); known {
		return s.answerFirst(w, r, user, x)
	}
	if err != nil {
		return err
	}
	typed, wrong, kept := s.typed(r, b.stage), map[string]error{}, false
	before := &draft.Draft{Event: lfpse.Event{Patients: b.draft.Event.Patients}} // of a record; the page showed no answers
	if b.launch == "" && r.PostFormValue("launch") != "" {
		data := s.stageView(b.draft, b.stage, user.By(), nil, typed)
		data.Problems = []problem{{Text: lostRecord}}
		return s.showBeginning(w, r, http.StatusConflict, b, data)
	}
	for _, a := range s.changes(b.draft, b.stage, typed, r) {
		if a.Text == "" {
			err = s.form().Clear(b.draft, a.Target)
		} else {
			err = s.form().Answer(b.draft, a.Target, a.Text)
		}
		if kept = kept || err == nil; err != nil {
			wrong[a.Target] = err
		}
	}
	if !kept {
		for _, q := range s.open(b.draft) {
			if wrong[q.Target] == nil {
				wrong[q.Target] = errMissing
			}
		}
		return s.showBeginning(w, r, http.StatusUnprocessableEntity, b, s.stageView(b.draft, b.stage, user.By(), wrong, typed))
	}
	open, begun, err := s.keepFirst(r, user, b)
	if err != nil {
		return fmt.Errorf("a draft could not be kept: %w", err)
	} else if begun != nil {
		return s.answerFirst(w, r, user, *begun)
	}
	s.launches.take(b.launch, true) // the draft has the record now
	return s.goOn(w, r, user, &open, b.stage, wrong, typed, before)
}

// keepFirst begins the draft of a page, or returns what the page has begun meanwhile.
func (s *site) keepFirst(r *http.Request, user *page.User, b *beginning) (open outbox.OpenDraft, before *first, err error) {
	s.begun.keeping.Lock()
	defer s.begun.keeping.Unlock()
	if x, known := s.begun.of(b.page, user.ID); known {
		return open, &x, nil
	}
	open, err = s.page.Outbox.BeginDraft(r.Context(), user.By(), s.page.Builder, b.practice.ODS, Source, b.draft)
	if err == nil {
		s.begun.put(b.page, first{user: user.ID, stage: b.stage.id, at: outbox.Edition{Draft: open.ID, Version: open.Version}}, s.Clock())
	}
	return open, nil, err
}

// answerFirst takes what was sent once more from a page that has begun its draft.
func (s *site) answerFirst(w http.ResponseWriter, r *http.Request, user *page.User, x first) error {
	r.SetPathValue("draft", strconv.FormatInt(x.at.Draft, 10))
	r.SetPathValue("stage", x.stage)
	return s.answerAt(w, r, user, x.at.Version)
}
