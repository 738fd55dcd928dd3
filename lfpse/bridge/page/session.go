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
	mu   sync.Mutex
	byID map[string]*session
	bad  map[string]attempts // failed sign-ins by user id
}

type session struct {
	user        *User
	begun, used time.Time
	within      string // the path below which it counts, empty for all
	practice    string // the only one that it is for, empty for all of the user
}

// attempts limit how fast passwords can be tried.
type attempts struct {
	n    int
	next time.Time
}

func newSessions() *sessions {
	return &sessions{byID: map[string]*session{}, bad: map[string]attempts{}}
}

// user returns who has signed in, nil if nobody has. Their account may have another role
// now; if it is gone or has another password, their session has ended.
func (s *sessions) user(r *http.Request, users *Users, now time.Time) *User {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, open := range s.byID {
		if now.Sub(open.used) > idle || now.Sub(open.begun) > longest {
			delete(s.byID, id)
		}
	}
	open := s.byID[cookie.Value]
	if open == nil || !within(open.within, r) {
		return nil
	}
	user := users.byID[open.user.ID]
	if user == nil || user.password != open.user.password {
		delete(s.byID, cookie.Value)
		return nil
	}
	open.used = now
	if open.practice != "" {
		if !user.Sees(open.practice) {
			return nil
		}
		only := *user
		only.Practices = []string{open.practice}
		return &only
	}
	return user
}

// wait returns how long a user has to wait before the next attempt to sign in.
func (s *sessions) wait(id string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bad[id].next.Sub(now)
}

// failed counts a failed attempt. From the fifth on the next has to wait, each time twice
// as long.
func (s *sessions) failed(id string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.bad) > 1000 {
		clear(s.bad) // somebody tries names; the waits of those they tried begin again
	}
	a := s.bad[id]
	if a.n++; a.n >= 5 {
		a.next = now.Add(min(time.Second<<min(a.n-5, 10), 15*time.Minute))
	}
	s.bad[id] = a
}

// begin begins a session and returns its name. It counts below a path only, or for all if
// that is empty.
func (s *sessions) begin(user *User, within, practice string, now time.Time) string {
	id := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bad, user.ID)
	s.byID[id] = &session{user, now, now, within, practice}
	return id
}

func (s *sessions) end(r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.byID, cookie.Value)
	}
}
