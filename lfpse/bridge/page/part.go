package page

import (
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Part is a part of the page that another package serves, such as the form to record
// events. It has the users, sessions, guards and looks of the page.
type Part struct {
	Path  string // below which its pages are, such as /form
	Name  string // in the menu
	Serve func(*Page) http.Handler
}

// parts adds the parts to the routes. With [Config.Alone], / leads to the first of them.
func (p *Page) parts(mux *http.ServeMux) {
	for _, part := range p.Parts {
		h := part.Serve(p)
		mux.Handle(part.Path, h)
		mux.Handle(part.Path+"/", h)
	}
	if p.Alone {
		mux.Handle("GET /{$}", http.RedirectHandler(p.Parts[0].Path, http.StatusSeeOther))
	}
}

// next is where somebody goes who has signed in: back to the part that they came from.
func (p *Page) next(r *http.Request) string {
	for _, part := range p.Parts {
		if part.Path == r.FormValue("to") {
			return part.Path
		}
	}
	return "/"
}

// within reports whether a session that is for one path only is for a request.
func within(path string, r *http.Request) bool {
	return path == "" || r.URL.Path == "/sign-out" || r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/")
}

// User returns who makes a request, nil if that is not known.
func (p *Page) User(r *http.Request) *User { return p.user(r) }

// Render writes a page of a part. The template comes from [Templates].
func (p *Page) Render(w http.ResponseWriter, r *http.Request, t *template.Template, status int, title string, data any) {
	p.render(w, r, view{own: t, status: status, Title: title, Data: data, User: p.user(r)})
}

// Fail writes the page for an error.
func (p *Page) Fail(w http.ResponseWriter, r *http.Request, err error) {
	v := p.errorView(r, err)
	v.User = p.user(r)
	for _, part := range p.Parts {
		if within(part.Path, r) {
			v.To, v.Back = part.Path, ""
		}
	}
	p.render(w, r, v)
}

// NewError returns an error that people see as a page with this status, title and text.
func NewError(status int, title, text string) error { return &httpError{status, title, text} }

// ErrNotFound is the error for a page that there is not, or that somebody may not see.
var ErrNotFound error = notFound

// By is who a user is for the outbox.
func (u *User) By() outbox.By { return outbox.By{ID: u.ID, Role: u.Role} }

// Templates reads pages from the files *.html of a folder, by their names without the
// ending. Each defines "content"; what a file shared.html defines is for all of them.
func Templates(folder fs.FS, funcs template.FuncMap) (map[string]*template.Template, error) {
	layout, err := template.New("").Funcs(templateFuncs).Funcs(funcs).ParseFS(files, "templates/layout.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(folder, "*.html")
	all := map[string]*template.Template{}
	for _, file := range names {
		t, failed := layout.Clone()
		if failed == nil {
			t, failed = t.ParseFS(folder, "shared.html", file)
		}
		if failed != nil {
			return nil, failed
		}
		all[strings.TrimSuffix(file, ".html")] = t
	}
	return all, err
}

// Guest returns the account with an id if another system may sign it in for a practice, nil
// if not: one of that practice, of a recorder or a clinician. What else an account may do, as
// a manager say, takes its password.
func (p *Page) Guest(id, practice string) *User {
	user := p.Users.byID[id]
	if user == nil || !user.Sees(practice) || user.Role != outbox.Recorder && user.Role != outbox.Clinician {
		return nil
	}
	return user
}

// SignIn signs a [Page.Guest] in whom another system has signed in already, for the pages of
// one part and one practice only. Unlike other sessions it goes on when a page of that system
// leads here. If the account is none, the error is for people, and the attempt is in the audit
// trail.
func (p *Page) SignIn(w http.ResponseWriter, r *http.Request, id, path, practice string) error {
	user := p.Guest(id, practice)
	if user == nil {
		p.note(r.Context(), outbox.By{ID: "unknown"}, outbox.ActRefused)
		return &httpError{http.StatusForbidden, "You cannot be signed in from there", "Your clinical system names an account that is not one of a recorder or a clinician of the practice. Sign in with your password, and record the event without it."}
	}
	cookie := p.cookie(p.sessions.begin(user, path, practice, p.Clock()), 0)
	cookie.SameSite = http.SameSiteLaxMode
	http.SetCookie(w, cookie)
	p.note(r.Context(), user.By(), outbox.ActSignIn)
	return nil
}
