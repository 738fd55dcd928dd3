package form

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/mapping"
)

// Path is that below which the pages of the form are.
const Path = "/form"

// Source is the name under which the reports of the form are in the outbox.
const Source = "form"

//go:embed templates/*.html signposts.yaml
var files embed.FS

// Practice is an organisation for which events are recorded.
type Practice struct {
	ODS, Name string
	// Profile has what is the same in every report of the practice; nil for none. That the
	// practice reports what happened to its patients, and where, need not be in it.
	Profile *mapping.Profile
}

// Config says what the form asks, and for whom.
type Config struct {
	Practices []Practice
	// Guide has the steps and the texts beside the questions.
	Guide *interview.Guide
	// Signposts are read before the first question; nil for those of this package.
	Signposts []Signpost
	// Environment is that of the endpoint to which reports go; the signposts name it.
	Environment endpoint.Environment
	// Sent is called after a report was put into the outbox, such as to send it; it may be nil.
	Sent  func()
	Clock func() time.Time // nil: time.Now
}

// Form serves the form. It is safe for concurrent use. [Form.With] gives one with another
// configuration.
type Form struct {
	Config
	templates map[string]*template.Template
	launches  *launches
	begun     *begun
}

// New makes a form. The error says what its configuration lacks.
func New(c Config) (*Form, error) { return (&Form{launches: newLaunches(), begun: newBegun()}).With(c) }

// With makes a form with another configuration. Launches of this one count there.
func (f *Form) With(c Config) (*Form, error) {
	if len(c.Practices) == 0 || c.Guide == nil {
		return nil, errors.New("the form needs a practice and a guide")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	var err error
	if c.Signposts == nil {
		if c.Signposts, err = builtInSignposts(); err != nil {
			return nil, err
		}
	}
	folder, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	next := &Form{Config: c, launches: f.launches, begun: f.begun}
	next.templates, err = page.Templates(folder, template.FuncMap{"source": sourceOf})
	return next, err
}

// Part is the form as a part of a page.
func (f *Form) Part() page.Part {
	return page.Part{Path: Path, Name: "Record an event", Serve: func(p *page.Page) http.Handler { return (&site{f, p}).routes() }}
}

// practices are those for which a user may record.
func (f *Form) practices(u *page.User) []Practice {
	return slices.DeleteFunc(slices.Clone(f.Practices), func(p Practice) bool { return !u.Sees(p.ODS) })
}

// practice returns the practice with a code for which a user may record, nil if there is
// none. Without a code it is the only one.
func (f *Form) practice(u *page.User, ods string) *Practice {
	all := f.practices(u)
	if ods == "" && len(all) == 1 {
		return &all[0]
	}
	if i := slices.IndexFunc(all, func(p Practice) bool { return p.ODS == ods }); i >= 0 {
		return &all[i]
	}
	return nil
}

// site is a form within a page.
type site struct {
	*Form
	page *page.Page
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, s.signed(s.start))
	mux.HandleFunc("GET "+Path+"/launch/{token}", s.arrive)
	mux.HandleFunc("GET "+Path+"/new", s.signed(s.first))
	mux.HandleFunc("POST "+Path+"/new", s.signed(s.begin))
	mux.HandleFunc("GET "+Path+"/sent", s.signed(s.sent))
	mux.HandleFunc("GET "+Path+"/sent/{report}", s.signed(s.receipt))
	mux.HandleFunc("GET "+Path+"/{draft}", s.signed(s.check))
	mux.HandleFunc("GET "+Path+"/{draft}/{stage}", s.signed(s.ask))
	mux.HandleFunc("POST "+Path+"/{draft}/send", s.signed(s.send))
	mux.HandleFunc("POST "+Path+"/{draft}/ask-clinician", s.signed(s.askClinician))
	mux.HandleFunc("POST "+Path+"/{draft}/release", s.signed(s.release))
	mux.HandleFunc("POST "+Path+"/{draft}/drop", s.signed(s.drop))
	mux.HandleFunc("POST "+Path+"/{draft}/{stage}", s.signed(s.answer))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.page.Fail(w, r, page.ErrNotFound) })
	return mux
}

// signed serves those who have signed in; others are asked to.
func (s *site) signed(h func(http.ResponseWriter, *http.Request, *page.User) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := s.page.User(r)
		if user == nil {
			s.page.SignInFirst(w, r, Path)
			return
		}
		if err := readable(r); err != nil {
			s.page.Fail(w, r, err)
			return
		}
		if err := h(w, r, user); err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *site) show(w http.ResponseWriter, r *http.Request, name, title string, data any) error {
	return s.showAs(w, r, http.StatusOK, name, title, data)
}

func (s *site) showAs(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) error {
	s.page.Render(w, r, s.templates[name], status, title, data)
	return nil
}

// fail shows an error. What was done already, as by a second click on the button that sends a
// report, is none: it leads to the report.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var closed *outbox.ClosedError
	switch {
	case !errors.As(err, &closed):
	case closed.Report == 0:
		err = page.NewError(http.StatusConflict, "This draft was dropped", "Its text was removed. Nothing of what you have just sent was kept; record the event anew if it is one.")
	case r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/send") || strings.HasSuffix(r.URL.Path, "/release"):
		http.Redirect(w, r, fmt.Sprintf("%s/sent/%d", Path, closed.Report), http.StatusSeeOther)
		return
	default:
		err = page.NewError(http.StatusConflict, "This has been sent already", fmt.Sprintf("It is report %d now, see \"Your reports\". Nothing of what you have just sent was kept.", closed.Report))
	}
	s.page.Fail(w, r, err)
}

// readable says what is wrong with a form that was sent and cannot be read.
func readable(r *http.Request) error {
	err := r.ParseForm()
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return page.NewError(http.StatusRequestEntityTooLarge, "This is too long", "Nothing of what you have just sent was kept. Go back, shorten the text, and send it again.")
	} else if err != nil {
		return page.NewError(http.StatusBadRequest, "This cannot be read", "Nothing of what you have just sent was kept. Go back and send it again.")
	}
	for _, values := range r.PostForm {
		if !utf8.ValidString(strings.Join(values, "")) {
			return page.NewError(http.StatusBadRequest, "This cannot be read", "A text is not in UTF-8, so nothing of what you have just sent was kept. Send it again in UTF-8, as browsers do.")
		}
	}
	return nil
}
