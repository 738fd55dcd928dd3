package page

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// How long a session lasts: without a request, and at most.
const (
	idle    = 20 * time.Minute
	longest = 8 * time.Hour
)

const cookieName = "lfpse-session"

// sessions are the sessions of users who have signed in, in memory: they end with the
// process.
type sessions struct {
	now    func() time.Time
	secure bool

	mu   sync.Mutex
	byID map[string]*session
	bad  map[string]attempts // failed sign-ins by user id
}

type session struct {
	user        *User
	begun, used time.Time
	within      string // the path below which it counts, empty for all
}

// attempts limit how fast passwords can be tried.
type attempts struct {
	n    int
	next time.Time
}

func newSessions(now func() time.Time, secure bool) *sessions {
	return &sessions{now: now, secure: secure, byID: map[string]*session{}, bad: map[string]attempts{}}
}

// user returns who has signed in, nil if nobody has.
func (s *sessions) user(r *http.Request) *User {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for id, open := range s.byID {
		if now.Sub(open.used) > idle || now.Sub(open.begun) > longest {
			delete(s.byID, id)
		}
	}
	open := s.byID[cookie.Value]
	if open == nil || !within(open.within, r) {
		return nil
	}
	open.used = now
	return open.user
}

// wait returns how long a user has to wait before the next attempt to sign in.
func (s *sessions) wait(id string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bad[id].next.Sub(s.now())
}

// failed counts a failed attempt. From the fifth on the next has to wait, each time twice
// as long.
func (s *sessions) failed(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.bad) > 1000 {
		clear(s.bad) // somebody tries names; the waits of those they tried begin again
	}
	a := s.bad[id]
	if a.n++; a.n >= 5 {
		a.next = s.now().Add(min(time.Second<<min(a.n-5, 10), 15*time.Minute))
	}
	s.bad[id] = a
}

func (s *sessions) begin(w http.ResponseWriter, user *User) {
	s.mu.Lock()
	delete(s.bad, user.ID)
	s.mu.Unlock()
	http.SetCookie(w, s.cookie(s.open(user, ""), 0))
}

// open begins a session and returns its name.
func (s *sessions) open(user *User, within string) string {
	id := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = &session{user, s.now(), s.now(), within}
	return id
}

func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		delete(s.byID, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, s.cookie("", -1))
}

func (s *sessions) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode, MaxAge: age}
}
