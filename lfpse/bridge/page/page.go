// Package page is the operator page of the bridge: it shows what waits, what was recorded
// and what needs a person, and lets people with the right role act on it.
//
// The pages are made on the server, need no script and ask no other host for anything.
// Whoever has not signed in sees states, numbers, references and days, never the text of a
// report, and changes nothing; with no accounts at all, that is all there is. Every act and
// every act that was refused is in the audit trail of the outbox.
//
// Other packages serve a [Part] of it, such as the form of package form.
package page

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

//go:embed templates static/nhsuk.css
var files embed.FS

// Config says what the page shows and to whom.
type Config struct {
	Outbox *outbox.Outbox
	// Builder checks drafts when people have answered their questions; its codec reads the
	// texts of reports.
	Builder *submission.Builder
	// Guide explains the questions of drafts and says what to consider; nil: the guide of
	// package interview.
	Guide *interview.Guide
	// Users are the local accounts; nil for none.
	Users *Users
	// Proxy lets a reverse proxy say who the user is; the zero value does not.
	Proxy Proxy
	// Hosts are the host names under which the page may be asked for, without port. The
	// names of this computer's loopback address are always among them.
	Hosts []string
	// TLS says that browsers reach the page by https, so that cookies are sent by it only.
	TLS bool
	// Parts are served besides, and in the menu. Alone says that the page is for them only: it
	// shows nothing of the outbox.
	Parts  []Part
	Alone  bool
	Logger *slog.Logger // nil: nothing is logged
	Clock  func() time.Time
}

// Proxy is a reverse proxy that has signed users in and names them in headers. Whoever can
// reach the page past the proxy could name anybody, so requests are taken from its
// addresses only.
type Proxy struct {
	UserHeader string // holds the user's id; their role and practices are those of the account
	From       []netip.Prefix
}

// Page is an http.Handler, safe for concurrent use. It does not change; [Page.With] makes
// one with another configuration.
type Page struct {
	Config
	templates map[string]*template.Template
	sessions  *sessions
	handler   http.Handler
}

// New makes the page. The error says what its configuration lacks.
func New(c Config) (*Page, error) { return (&Page{sessions: newSessions()}).With(c) }

// With makes a page with another configuration, such as when accounts have changed. Who has
// signed in on this one stays signed in, unless their account is gone or has another
// password.
func (p *Page) With(c Config) (*Page, error) {
	if c.Outbox == nil || c.Builder == nil {
		return nil, errors.New("the page needs an outbox and a builder")
	}
	if c.Users == nil {
		c.Users = &Users{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	var err error
	if c.Guide == nil {
		if c.Guide, err = interview.New(c.Builder.Codec(), nil); err != nil {
			return nil, err
		}
	}
	next := &Page{Config: c, sessions: p.sessions}
	if next.templates, err = parse(); err != nil {
		return nil, err
	}
	next.handler = next.guard(next.routes())
	return next, nil
}

// ServeHTTP serves the page.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Page) routes() http.Handler {
	mux := http.NewServeMux()
	p.parts(mux)
	if !p.Alone {
		p.operatorRoutes(mux)
	}
	mux.HandleFunc("GET /sign-in", p.show(p.signInForm))
	mux.HandleFunc("POST /sign-in", p.signIn)
	mux.HandleFunc("POST /sign-out", p.signOut)
	mux.HandleFunc("GET /static/nhsuk.css", p.style)
	mux.HandleFunc("/", p.show(func(*http.Request, *User) (view, error) { return view{}, notFound }))
	return mux
}

func (p *Page) operatorRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.show(p.overview))
	mux.HandleFunc("GET /reports", p.show(p.reports))
	mux.HandleFunc("GET /reports/{id}", p.show(p.report))
	mux.HandleFunc("POST /reports/{id}/text", p.show(p.text))
	mux.HandleFunc("POST /reports/{id}/{act}", p.act(p.doReport))
	mux.HandleFunc("GET /drafts", p.show(p.drafts))
	mux.HandleFunc("GET /drafts/{id}", p.show(p.draft))
	mux.HandleFunc("POST /drafts/{id}/{act}", p.doDraft)
	mux.HandleFunc("POST /practices/{practice}/{act}", p.act(p.doPractice))
	mux.HandleFunc("POST /line/resume", p.act(p.doLine))
	mux.HandleFunc("GET /audit", p.show(p.audit))
}

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard refuses what no page of this handler sends: other hosts, requests that another
// site has a browser make, and bodies that are too long.
func (p *Page) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This request came from another site and was refused.", http.StatusForbidden)
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if !p.hostAllowed(r.Host) {
			http.Error(w, "This page is not served under this host name. Add it to the hosts of the page's configuration.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 512<<10)
		inner.ServeHTTP(w, r)
	})
}

func (p *Page) hostAllowed(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	return name == "localhost" || name == "127.0.0.1" || name == "::1" || slices.Contains(p.Hosts, name)
}

// user returns who makes a request, nil if that is not known.
func (p *Page) user(r *http.Request) *User {
	if p.Proxy.UserHeader != "" {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		within := func(prefix netip.Prefix) bool { return prefix.Contains(from.Addr().Unmap()) }
		if err == nil && slices.ContainsFunc(p.Proxy.From, within) {
			if u := p.Users.byID[r.Header.Get(p.Proxy.UserHeader)]; u != nil {
				return u
			}
		}
	}
	return p.sessions.user(r, p.Users, p.Clock())
}

// view is one page: a template and what it shows.
type view struct {
	template string             // of the page
	own      *template.Template // of a part instead
	status   int
	Title    string
	Data     any

	// set by render
	User     *User
	Endpoint string
	Accounts bool // there are accounts, so that one can sign in
	Parts    []Part
	Alone    bool
	To       string // where to go after signing in, or after an error
	Back     string // what that is called, if it is not the start of a part
	Typed    *typed // what was sent by somebody who has to sign in first
	Done     string
}

// httpError is an error that a person sees, with its status.
type httpError struct {
	status      int
	title, text string
}

func (e *httpError) Error() string { return e.text }

var (
	notFound  = &httpError{http.StatusNotFound, "Page not found", "There is no such page, or you may not see it."}
	errSignIn = &httpError{http.StatusForbidden, "Sign in first", "What reports say is shown only to those who have signed in."}
)

// show serves a page that changes nothing.
func (p *Page) show(make func(*http.Request, *User) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := p.user(r)
		v, err := make(r, user)
		if err != nil {
			v = p.errorView(r, err)
		}
		v.User = user
		p.render(w, r, v)
	}
}

// act serves a form that changes something, and goes to the page that shows the change.
func (p *Page) act(do func(*http.Request, outbox.By, *User) (next string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := p.user(r)
		if user == nil {
			p.SignInFirst(w, r, "/")
			return
		}
		next, err := do(r, user.By(), user)
		if err != nil {
			v := p.errorView(r, err)
			v.User = user
			p.render(w, r, v)
			return
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
}

func (p *Page) errorView(r *http.Request, err error) view {
	var known *httpError
	var state *outbox.StateError
	var role *outbox.RoleError
	var closed *outbox.ClosedError
	v := view{template: "error", status: http.StatusInternalServerError, Title: "Something went wrong"}
	switch {
	case errors.As(err, &known):
		v.status, v.Title, v.Data = known.status, known.title, known.text
	case errors.As(err, &role) && role.Other:
		v.status, v.Title, v.Data = http.StatusForbidden, "This draft is somebody else's", "Whoever has begun it may open it, and the clinicians and managers of the practice. Ask one of them if you need it. The attempt has been noted."
	case errors.As(err, &role):
		v.status, v.Title, v.Data = http.StatusForbidden, "You may not do this", "Your role does not allow it. The attempt has been noted."
	case errors.As(err, &state):
		v.status, v.Title, v.Data = http.StatusConflict, "This is not possible now", capital(cmp.Or(state.Why, "the report has changed meanwhile"))+"."
	case errors.As(err, &closed):
		v.status, v.Title, v.Data = http.StatusConflict, "This draft is closed", capital(closed.Error())+"."
		if closed.Report > 0 {
			v.To, v.Back = fmt.Sprintf("/reports/%d", closed.Report), fmt.Sprintf("report %d", closed.Report)
		}

	case errors.Is(err, outbox.ErrDraftChanged):
		v.status, v.Title, v.Data = http.StatusConflict, "Somebody else was faster", "The draft has changed since you have read it, and what you gave was not kept. Look at it again."
	default:
		p.Logger.ErrorContext(r.Context(), "page", "path", r.Pattern, "error", err)
		v.Data = "The outbox could not be read or written. The log of the bridge says why."
	}
	return v
}

func (p *Page) render(w http.ResponseWriter, r *http.Request, v view) {
	v.Endpoint, v.Accounts = p.Outbox.Endpoint(), len(p.Users.byID) > 0
	v.Done = doneTexts[r.URL.Query().Get("done")]
	v.Parts, v.Alone = p.Parts, p.Alone
	t := v.own
	if t == nil {
		t = p.templates[v.template]
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", v); err != nil {
		p.Logger.ErrorContext(r.Context(), "page", "template", v.template, "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(cmp.Or(v.status, http.StatusOK))
	_, _ = b.WriteTo(w)
}

func (p *Page) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=86400")
	http.ServeFileFS(w, r, files, "static/nhsuk.css")
}

func (p *Page) signInForm(r *http.Request, user *User) (view, error) {
	if user != nil {
		return view{}, &httpError{http.StatusConflict, "You have signed in already", "To sign in as somebody else, sign out first."}
	}
	return view{template: "signin", Title: "Sign in", To: p.next(r)}, nil
}

// signIn begins a session. The answer to a wrong password does not say whether there is
// such a user.
func (p *Page) signIn(w http.ResponseWriter, r *http.Request) {
	id := strings.ToLower(strings.TrimSpace(r.PostFormValue("user")))
	problem := "The user name or the password is not right."
	if wait := p.sessions.wait(id, p.Clock()); wait > 0 {
		problem = "There were too many attempts. Wait a while, then try again."
	} else if user := p.Users.signIn(id, r.PostFormValue("password")); user != nil {
		http.SetCookie(w, p.cookie(p.sessions.begin(user, "", "", p.Clock()), 0))
		p.note(r.Context(), user.By(), outbox.ActSignIn)
		if was := typedBefore(r); was != nil {
			p.render(w, r, view{template: "again", Title: "You have signed in", User: user, To: p.next(r), Typed: was})
			return
		}
		http.Redirect(w, r, p.next(r), http.StatusSeeOther)
		return
	} else {
		p.sessions.failed(id, p.Clock())
		p.note(r.Context(), outbox.By{ID: "unknown"}, outbox.ActRefused)
	}
	p.render(w, r, view{template: "signin", Title: "Sign in", status: http.StatusUnauthorized, To: p.next(r), Typed: typedBefore(r), Data: problem})
}

func (p *Page) note(ctx context.Context, by outbox.By, act outbox.Act) {
	if err := p.Outbox.Note(ctx, by, act); err != nil {
		p.Logger.ErrorContext(ctx, "page", "error", err)
	}
}

func (p *Page) signOut(w http.ResponseWriter, r *http.Request) {
	p.sessions.end(r)
	http.SetCookie(w, p.cookie("", -1))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// cookie holds the name of a session.
func (p *Page) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", HttpOnly: true, Secure: p.TLS, SameSite: http.SameSiteStrictMode, MaxAge: age}
}
