package page_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

const (
	fridge   = "The fridge alarm was switched off overnight. No vaccine was used."
	password = "three words together"
)

// site is a page with an outbox behind it and a browser in front of it.
type site struct {
	t       *testing.T
	box     *outbox.Outbox
	clock   *outboxtest.Clock
	service *outboxtest.Service
	server  *httptest.Server
	client  *http.Client
}

// account makes a line of the accounts file with few rounds of the hash, for speed.
func accounts(t *testing.T, lines ...string) *page.Users {
	users, err := page.ParseUsers(strings.NewReader(strings.Join(lines, "\n")))
	require.NoError(t, err)
	return users
}

func account(t *testing.T, id string, role outbox.Role, practices ...string) string {
	line, err := page.NewUser(id, role, practices, password)
	require.NoError(t, err)
	return line
}

func newSite(t *testing.T, users *page.Users, change ...func(*page.Config)) *site {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	s := &site{t: t, clock: outboxtest.NewClock(), service: &outboxtest.Service{}}
	s.box, err = outbox.Open(ctx, store, outboxtest.Key(t), "LFPSE test", outbox.WithClock(s.clock.Now))
	require.NoError(t, err)
	config := page.Config{Outbox: s.box, Builder: outboxtest.Builder(), Users: users, Clock: s.clock.Now}
	for _, c := range change {
		c(&config)
	}
	p, err := page.New(config)
	require.NoError(t, err)
	s.server = httptest.NewServer(p)
	t.Cleanup(s.server.Close)
	s.anew()
	return s
}

// anew is another browser.
func (s *site) anew() {
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	s.client = &http.Client{Jar: jar}
}

func (s *site) enqueue(items ...outbox.Item) []outbox.Entered {
	entered, err := s.box.Enqueue(context.Background(), items...)
	require.NoError(s.t, err)
	return entered
}

func (s *site) drain() {
	_, err := s.box.Drain(context.Background(), s.service, 100)
	require.NoError(s.t, err)
}

func (s *site) read(resp *http.Response, err error) (int, string) {
	require.NoError(s.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, string(text)
}

func (s *site) get(path string) (int, string) { return s.read(s.client.Get(s.server.URL + path)) }

func (s *site) post(path string, fields ...string) (int, string) {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return s.read(s.client.PostForm(s.server.URL+path, form))
}

func (s *site) signIn(id string) {
	s.anew()
	status, text := s.post("/sign-in", "user", id, "password", password)
	require.Equal(s.t, http.StatusOK, status)
	require.Contains(s.t, text, id+", ")
}

func (s *site) refusals() (n int) {
	entries, err := s.box.Audit(context.Background(), outbox.AuditFilter{})
	require.NoError(s.t, err)
	for _, e := range entries {
		if e.Act == outbox.ActRefused {
			n++
		}
	}
	return n
}

// Without users the page shows states and numbers, and changes nothing.
func TestWithoutUsers(t *testing.T) {
	s := newSite(t, nil)
	s.enqueue(outboxtest.Item(t, "INC-1", fridge, "2026-02-03"))
	for _, path := range []string{"/", "/reports", "/reports/1", "/audit", "/nothing"} {
		status, text := s.get(path)
		assert.NotContains(t, text, "fridge alarm", path)
		assert.NotContains(t, text, "<form action=\"/reports/1", path)
		assert.Contains(t, text, "no accounts", path)
		want := map[string]int{"/audit": http.StatusForbidden, "/nothing": http.StatusNotFound}[path]
		if want == 0 {
			want = http.StatusOK
		}
		assert.Equal(t, want, status, path)
	}
	for _, path := range []string{"/reports/1/hold", "/practices/A81001/pause", "/line/resume"} {
		_, text := s.post(path)
		assert.Contains(t, text, "Sign in", path)
	}
	status, _ := s.post("/reports/1/text")
	assert.Equal(t, http.StatusForbidden, status)
	r, err := s.box.Get(context.Background(), 1)
	require.NoError(t, err)
	assert.Equal(t, draft.Pending, r.State)
}

func TestPeopleAct(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec1", outbox.Recorder), account(t, "mgr1", outbox.Manager), account(t, "ops1", outbox.Operator)))
	s.enqueue(outboxtest.Item(t, "1", fridge, "2025-02-03"))
	s.drain()
	s.enqueue(outboxtest.Item(t, "1", fridge+" Again.", "2026-02-03"))

	s.signIn("rec1")
	_, text := s.get("/reports/2")
	assert.Contains(t, text, "has used this reference before")
	assert.NotContains(t, text, "fridge alarm")
	_, text = s.post("/reports/2/text")
	assert.Contains(t, text, "fridge alarm")
	_, text = s.post("/reports/2/other-event")
	assert.Contains(t, text, "It is sent as another event.")
	status, _ := s.post("/reports/1/confirm-withdrawal")
	assert.Equal(t, http.StatusForbidden, status)
	_, text = s.post("/reports/1/propose-withdrawal", "reason", "recorded-twice")
	assert.Contains(t, text, "A manager has to confirm")
	assert.NotContains(t, text, "Withdraw the national record</button>", "only a manager is offered it")

	s.signIn("ops1")
	_, text = s.get("/reports/1")
	assert.NotContains(t, text, "Show what it says")
	status, text = s.post("/reports/1/text")
	assert.Equal(t, http.StatusForbidden, status)
	assert.NotContains(t, text, "fridge alarm", "an operator reads no report")
	_, text = s.post("/practices/A81001/pause")
	assert.Contains(t, text, "paused")
	s.drain()
	assert.Len(t, s.service.Ledger(), 1)
	s.post("/practices/A81001/unpause")

	s.signIn("mgr1")
	_, text = s.post("/reports/1/confirm-withdrawal")
	assert.Contains(t, text, "is being withdrawn")
	s.service.Answer = func(n int, op client.Op) error {
		if op == client.OpSubmit {
			return &client.Error{Op: op, Outcome: client.Unknown, Reason: client.AnswerLost}
		}
		return nil
	}
	s.drain()
	_, text = s.get("/reports/2")
	assert.Contains(t, text, "unknown")
	status, text = s.post("/reports/2/not-found")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, text, "may still be on its way")
	_, text = s.post("/reports/2/found", "record", "abc-1", "number", "LFPSE-9")
	assert.Contains(t, text, "LFPSE-9")
	_, text = s.get("/reports/1")
	assert.Contains(t, text, "withdrawn")
	_, text = s.get("/audit")
	assert.Contains(t, text, "rec1, recorder")
	assert.Equal(t, 2, s.refusals())
	_, err := s.box.VerifyAudit(context.Background())
	assert.NoError(t, err)
}

// Whoever may read a refused report sees what the service said to it, on request.
func TestWhatTheServiceSaid(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "mgr1", outbox.Manager)))
	s.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422,
			Issues: []fhir.OutcomeIssue{{Severity: "error", Code: "invalid", DetailsText: "The organisation is closed."}}}
	}
	s.enqueue(outboxtest.Item(t, "1", fridge, "2026-02-03"))
	s.drain()
	_, text := s.get("/reports/1")
	assert.NotContains(t, text, "organisation is closed")
	s.signIn("mgr1")
	_, text = s.get("/reports/1")
	assert.Contains(t, text, "Show what it says, and what the service said")
	assert.NotContains(t, text, "organisation is closed")
	_, text = s.post("/reports/1/text")
	assert.Contains(t, text, "error: The organisation is closed.")
}

// Somebody sees the reports of their own practices only.
func TestPractices(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec2", outbox.Recorder, "A81002")))
	s.enqueue(outboxtest.Item(t, "INC-1", fridge, "2026-02-03"))
	s.signIn("rec2")
	for _, path := range []string{"/", "/reports", "/reports/1"} {
		_, text := s.get(path)
		assert.NotContains(t, text, "A81001", path)
		assert.NotContains(t, text, "INC-1", path)
	}
	for _, path := range []string{"/reports/1/hold", "/reports/1/text", "/practices/A81001/pause"} {
		status, _ := s.post(path)
		assert.Equal(t, http.StatusNotFound, status, path)
	}
}

// A page of a list is full of what its reader may see, however much of other practices there
// is.
func TestPagesAreFull(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "mgr2", outbox.Manager, "A81002")))
	var items []outbox.Item
	for i := range 170 {
		item := outboxtest.Item(t, fmt.Sprint("INC-", i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03")
		if i >= 110 {
			item.Practice = "A81002"
		}
		items = append(items, item)
	}
	s.enqueue(items...)
	s.signIn("mgr2")
	_, text := s.get("/reports")
	assert.Equal(t, 50, strings.Count(text, "INC-"))
	next := regexp.MustCompile(`/reports\?state=&amp;practice=&amp;after=\d+`).FindString(text)
	require.NotEmpty(t, next)
	_, text = s.get(html.UnescapeString(next))
	assert.Equal(t, 10, strings.Count(text, "INC-"))
	assert.NotContains(t, text, "The next ones")
}

func TestGuards(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "mgr1", outbox.Manager)))
	s.enqueue(outboxtest.Item(t, "1", fridge, "2026-02-03"))
	s.signIn("mgr1")
	resp, err := s.client.Get(s.server.URL + "/")
	require.NoError(t, err)
	_ = resp.Body.Close()
	assert.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.NotContains(t, resp.Header.Get("Content-Security-Policy"), "unsafe")
	assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))

	ask := func(change func(*http.Request)) int {
		req, err := http.NewRequest(http.MethodPost, s.server.URL+"/reports/1/hold", nil)
		require.NoError(t, err)
		change(req)
		resp, err := s.client.Do(req)
		require.NoError(t, err)
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	assert.Equal(t, http.StatusMisdirectedRequest, ask(func(r *http.Request) { r.Host = "evil.example" }), "another name for this address")
	assert.Equal(t, http.StatusForbidden, ask(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }))
	assert.Equal(t, http.StatusForbidden, ask(func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }))
	r, err := s.box.Get(context.Background(), 1)
	require.NoError(t, err)
	assert.Equal(t, draft.Pending, r.State)

	cookie := s.client.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(s.server.URL, "http://"), Path: "/"})
	require.Len(t, cookie, 1)
	s.post("/sign-out")
	req, err := http.NewRequest(http.MethodGet, s.server.URL+"/", nil)
	require.NoError(t, err)
	req.AddCookie(cookie[0])
	_, text := s.read(http.DefaultClient.Do(req))
	assert.NotContains(t, text, "Sign out", "a session that was ended stays ended")
}

func TestSignIn(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "mgr1", outbox.Manager)))
	for range 5 {
		status, text := s.post("/sign-in", "user", "mgr1", "password", "wrong")
		assert.Equal(t, http.StatusUnauthorized, status)
		assert.Contains(t, text, "is not right")
	}
	_, text := s.post("/sign-in", "user", "mgr1", "password", password)
	assert.Contains(t, text, "too many attempts")
	s.clock.Add(2_000_000_000)
	s.signIn("mgr1")
	s.clock.Add(21 * 60 * 1_000_000_000)
	_, text = s.get("/")
	assert.NotContains(t, text, "Sign out", "a session ends by itself")
}

func TestProxy(t *testing.T) {
	users := accounts(t, account(t, "mgr1", outbox.Manager))
	for from, want := range map[string]bool{"127.0.0.0/8": true, "192.0.2.0/24": false} {
		s := newSite(t, users, func(c *page.Config) {
			c.Proxy = page.Proxy{UserHeader: "X-Remote-User", From: prefixes(t, from)}
		})
		req, err := http.NewRequest(http.MethodGet, s.server.URL+"/audit", nil)
		require.NoError(t, err)
		req.Header.Set("X-Remote-User", "mgr1")
		status, _ := s.read(s.client.Do(req))
		assert.Equal(t, want, status == http.StatusOK, from)
	}
}

func TestUsersFile(t *testing.T) {
	_, err := page.ParseUsers(strings.NewReader("mgr1 boss * x\nmgr2 manager\nMGR manager * x\n"))
	require.Error(t, err)
	for _, line := range []string{"line 1", "line 2", "line 3"} {
		assert.ErrorContains(t, err, line)
	}
	line := account(t, "mgr1", outbox.Manager)
	_, err = page.ParseUsers(strings.NewReader(line + line))
	assert.ErrorContains(t, err, "twice")
	_, err = page.NewUser("mgr1", outbox.Manager, nil, "short")
	assert.ErrorContains(t, err, "12 characters")
	assert.NotContains(t, fmt.Sprintf("%+v", page.User{ID: "mgr1", Role: outbox.Manager}), "pbkdf2")
}

// People answer what is open, are told what is wrong with an answer, and are not
// overwritten by somebody who was slower.
func TestDrafts(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec1", outbox.Recorder), account(t, "ops1", outbox.Operator)))
	b := outboxtest.Builder()
	p := outboxtest.Prepared(t, "INC-7", fridge, "2026-02-03")
	d := draft.Draft{Reference: "INC-7", Line: 7, Event: p.Event}
	d.Event.RiskDetails.RiskImminent = ""
	d.Event.Date = ""
	b.Prepare(&d)
	require.Equal(t, draft.NeedsAnswers, d.State)
	_, err := s.box.KeepDraft(context.Background(), b, "A81001", "incidents", &d)
	require.NoError(t, err)

	_, text := s.get("/drafts")
	assert.Contains(t, text, "INC-7")
	status, text := s.get("/drafts/1")
	assert.Equal(t, http.StatusForbidden, status)
	assert.NotContains(t, text, "fridge alarm")
	s.signIn("ops1")
	status, text = s.get("/drafts/1")
	assert.Equal(t, http.StatusForbidden, status)
	assert.NotContains(t, text, "fridge alarm", "an operator reads no draft")

	s.signIn("rec1")
	_, text = s.get("/")
	assert.Contains(t, text, "needs answers")
	_, text = s.get("/drafts/1")
	assert.Contains(t, text, "fridge alarm")
	assert.Equal(t, 1, strings.Count(text, `name="patients[0].strengthOfAssociation"`), "two cases make it arise")
	fields := []string{"version", "1", "date", "the day before", "patients", "0", "riskDetails.riskImminent", "n"}
	status, text = s.post("/drafts/1/answer", fields...)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, text, "There is a problem")
	fields[3] = "2026-02-03"
	_, text = s.post("/drafts/1/answer", append([]string{"version", "0"}, fields[2:]...)...)
	assert.Contains(t, text, "Somebody else was faster")
	assert.Contains(t, text, `value="2026-02-03"`, "what was given is shown again")
	fields[3] = "31/2/2026"
	_, text = s.post("/drafts/1/answer", fields...)
	assert.Contains(t, text, "or a day that does not exist")
	fields[3] = "2026-02-03"
	_, text = s.post("/drafts/1/answer", fields...)
	assert.Contains(t, text, "the report waits to be sent")
	status, text = s.post("/drafts/1/answer", fields...)
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, text, `<a href="/reports/1">Back to report 1</a>`)
	s.drain()
	assert.Len(t, s.service.Ledger(), 1)
	status, _ = s.get("/drafts/1")
	assert.Equal(t, http.StatusConflict, status)
}

// A text or a reason that cannot be used is shown again beside what is wrong with it.
func TestRefusedTextsAreShownAgain(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "gp1", outbox.Clinician)))
	b := outboxtest.Builder()
	d := draft.Draft{Reference: "INC-7", Line: 7, Event: outboxtest.Prepared(t, "INC-7", fridge, "2026-02-03").Event}
	d.Event.Description = "Mrs Jane Smith was given the wrong tablets."
	b.Prepare(&d)
	require.Equal(t, draft.Held, d.State)
	_, err := s.box.KeepDraft(context.Background(), b, "A81001", "incidents", &d)
	require.NoError(t, err)
	s.signIn("gp1")
	s.get("/drafts/1")
	for _, x := range []struct{ act, field, value, want string }{
		{"release", "why", "", "Say why it may be sent as it is."},
		{"release", "why", "It is 999 000 0018.", `value="It is 999 000 0018."`},
		{"edit", "text", " ", "Write the corrected text."},
	} {
		status, text := s.post("/drafts/1/"+x.act, "version", "1", "target", "description", x.field, x.value)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, text, x.want)
		assert.Contains(t, text, `<a href="#t0`)
	}
	status, text := s.post("/drafts/1/edit", "version", "0", "target", "description", "text", "The patient was given the wrong tablets.")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, text, "The patient was given the wrong tablets.</textarea>")
}

// A question that may have several answers takes them, and shows again which were chosen.
func TestADraftTakesSeveralAnswers(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec1", outbox.Recorder), account(t, "man1", outbox.Manager)))
	b := outboxtest.Builder()
	p := outboxtest.Prepared(t, "INC-9", fridge, "2026-02-03")
	d := draft.Draft{Reference: "INC-9", Line: 9, Event: p.Event}
	d.Event.Agent.InvolvedAgents = nil
	d.Event.RiskDetails.RiskImminent = ""
	b.Prepare(&d)
	require.Equal(t, draft.NeedsAnswers, d.State)
	_, err := s.box.KeepDraft(context.Background(), b, "A81001", "incidents", &d)
	require.NoError(t, err)
	s.signIn("rec1")
	_, text := s.get("/drafts/1")
	require.Contains(t, text, `name="agent.involvedAgents" type="checkbox" value="9"`)
	chosen := []string{"version", "1", "agent.involvedAgents", "9", "agent.involvedAgents", "13", "riskDetails.riskImminent", "perhaps"}
	status, text := s.post("/drafts/1/answer", chosen...)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, text, `type="checkbox" value="9" checked>`)
	assert.Contains(t, text, `type="checkbox" value="13" checked>`)
	_, text = s.post("/drafts/1/answer", chosen[:6]...)
	assert.NotContains(t, text, "There is a problem")
	open, err := s.box.Draft(context.Background(), outbox.By{ID: "man1", Role: outbox.Manager}, 1)
	require.NoError(t, err)
	assert.Len(t, open.Says.Event.Agent.InvolvedAgents, 2)
	s.signIn("man1")
	_, text = s.get("/drafts/1")
	assert.Contains(t, text, "The row is asked about again only if it changes.")
}

// A draft of the form has no row, and none is spoken of.
func TestDroppingADraftOfTheForm(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec1", outbox.Recorder)))
	by := outbox.By{ID: "rec1", Role: outbox.Recorder}
	_, err := s.box.BeginDraft(context.Background(), by, outboxtest.Builder(), "A81001", "form", &draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Description: fridge}})
	require.NoError(t, err)
	s.signIn("rec1")
	_, text := s.get("/drafts/1")
	assert.Contains(t, text, "Drop this draft")
	assert.Contains(t, text, "Record the event anew if it is one.")
	assert.NotContains(t, text, "The row is asked")
}

// A draft explains its questions, with sources, and says what to consider. What a recorder
// leaves to a clinician waits until somebody answers it.
func TestADraftForAClinician(t *testing.T) {
	s := newSite(t, accounts(t, account(t, "rec1", outbox.Recorder)))
	b := outboxtest.Builder()
	p := outboxtest.Prepared(t, "INC-8", fridge, "2026-02-03")
	d := draft.Draft{Reference: "INC-8", Line: 8, Event: p.Event}
	d.Event.RiskDetails.RiskImminent = ""
	d.Event.Patients = []lfpse.Patient{{GenderIdentity: lfpse.GenderNotKnown, GenderSameAsAtBirth: lfpse.SameAsAtBirthNotStated, PsychologicalHarm: lfpse.PsychologicalSevere}}
	b.Prepare(&d)
	require.Equal(t, draft.NeedsAnswers, d.State)
	_, err := s.box.KeepDraft(context.Background(), b, "A81001", "incidents", &d)
	require.NoError(t, err)
	s.signIn("rec1")
	_, text := s.get("/drafts/1")
	for _, want := range []string{
		"For a clinician. ", "Grade what is known, or likely, now", "<dt><strong>Low physical harm</strong></dt><dd>All of these: little harm",
		"not checked against NHS England&#39;s page", "Ask a clinician</option>", "To consider", "Why: Psychological harm. Source: legislation.gov.uk",
		"This grade means: Any of these: treatment for more than six months",
	} {
		assert.Contains(t, text, want)
	}
	status, text := s.post("/drafts/1/answer", "version", "1", "patients[0].physicalHarm", draft.AskClinician)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, "Put to a clinician.")
	_, text = s.post("/drafts/1/answer", "version", "2", "patients[0].physicalHarm", "low")
	assert.NotContains(t, text, "Put to a clinician.")
	assert.Contains(t, text, "the report waits to be sent")
}

func TestSetUser(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.txt")
	for _, id := range []string{"mgr1", "rec1", "mgr1"} {
		require.NoError(t, page.SetUser(file, id, outbox.Manager, []string{"A81001"}, password))
	}
	users, err := page.LoadUsers(file)
	require.NoError(t, err)
	require.NotNil(t, users)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(text), "\n"))
	assert.NotContains(t, string(text), password)
	assert.Error(t, page.SetUser(file, "mgr1", "boss", nil, password))
}
