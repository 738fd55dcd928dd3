package form

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// Lifetime is how long a launch counts, and how long its record is held.
const Lifetime = 15 * time.Minute

// launchCookie names the launch that a browser came by.
const launchCookie = "lfpse-launch"

// maxLaunches is how many records are held at once.
const maxLaunches = 200

// ErrBusy is the error for a launch while too many records are held.
var ErrBusy = errors.New("too many launches wait for their user: try again in a minute")

// launches are the records that clinical systems have handed over, in memory only.
type launches struct {
	mu   sync.Mutex
	byID map[string]*launch
}

func newLaunches() *launches { return &launches{byID: map[string]*launch{}} }

// launch is one record, with for whom and for which practice it was handed over.
type launch struct {
	user, practice string
	record         *fhircontext.Context
	left           []string // what of the record could not be used, in sentences
	ends           time.Time
	arrived        bool // the token was used: the id is that of the cookie
}

// put holds a launch under a new id until it ends. The timer lets the memory go, whether
// somebody asks or not.
func (l *launches) put(x *launch, now time.Time) (id string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now)
	if len(l.byID) >= maxLaunches {
		return "", ErrBusy
	}
	id = rand.Text()
	l.byID[id] = x
	time.AfterFunc(x.ends.Sub(now), func() { l.take(id, true); l.take(id, false) })
	return id, nil
}

func (l *launches) expire(now time.Time) {
	for id, x := range l.byID {
		if !now.Before(x.ends) {
			delete(l.byID, id)
		}
	}
}

// take removes a launch and returns it, nil if there is none.
func (l *launches) take(id string, arrived bool) *launch {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.byID[id]
	if x == nil || x.arrived != arrived {
		return nil
	}
	delete(l.byID, id)
	return x
}

// of returns the launch that the browser of a user came by, nil if there is none any more.
func (l *launches) of(r *http.Request, user *page.User, now time.Time) (id string, x *launch) {
	cookie, err := r.Cookie(launchCookie)
	if err != nil {
		return "", nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now)
	x = l.byID[cookie.Value]
	if x == nil || !x.arrived || x.user != "" && x.user != user.ID || !user.Sees(x.practice) {
		return "", nil
	}
	x.user = user.ID // whoever comes first; nobody who uses the browser after them
	return cookie.Value, x
}

// mark tells the page of one launch from that of another, and is of no use to find either.
func mark(id string) string {
	if id == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// Launch takes a patient's FHIR record for a practice, and returns the path that opens the
// form with it: once, and within [Lifetime]. User is the account of whoever works at the
// clinical system, which has signed them in and is trusted to name the right one, see
// [page.Page.Guest]; if it is empty, they sign in here. The issues,
// which hold no value of the record, say why it cannot be used or what of it was left out;
// the error is [ErrBusy].
func (f *Form) Launch(practice, user string, record []byte) (path string, issues fhir.Issues, err error) {
	context, issues := fhircontext.Load(record)
	if context == nil {
		return "", issues, nil
	}
	now := f.Clock()
	x := &launch{user: user, practice: practice, record: context, ends: now.Add(Lifetime)}
	if !context.HoldsPatient() {
		x.left = append(x.left, "It holds no patient, so nothing is filled in about one.")
	}
	for _, i := range issues {
		if i.Severity == fhir.Warning && !slices.Contains(x.left, i.Text) {
			x.left = append(x.left, i.Text)
		}
	}
	id, err := f.launches.put(x, now)
	return Path + "/launch/" + id, issues, err
}

// arrive takes the token of a launch and leads on to a path without it.
func (s *site) arrive(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead { // something looks where the link leads
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	now := s.Clock()
	x := s.launches.take(r.PathValue("token"), false)
	if x == nil || !now.Before(x.ends) {
		s.page.Fail(w, r, page.NewError(http.StatusGone, "This link has been used, or is too old",
			"It works once, for 15 minutes. Open the form again from your clinical system, or record the event without it."))
		return
	}
	if x.user != "" {
		if err := s.page.SignIn(w, r, x.user, Path, x.practice); err != nil {
			s.page.Fail(w, r, err)
			return
		}
	}
	x.arrived = true
	id, err := s.launches.put(x, now)
	if err != nil {
		s.page.Fail(w, r, page.NewError(http.StatusServiceUnavailable, "Too many people are recording", "Open the form again from your clinical system in a minute."))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: launchCookie, Value: id, Path: Path, HttpOnly: true, Secure: s.page.TLS, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, Path, http.StatusSeeOther)
}
