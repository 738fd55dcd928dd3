package form_test

import (
	"bytes"
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/mapping"
)

const (
	password = "three words together"
	fridge   = "A repeat prescription was issued with twice the usual strength."
	// record is that of an invented patient who has said their gender.
	record = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1",
		"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
		"name":[{"family":"Quuxworth","given":["Petronella"]}],"gender":"female","birthDate":"1960-02-03",
		"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-genderIdentity","valueCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/gender-identity","code":"female"}]}}]}}]}`
)

// site is a form with an outbox behind it and a browser in front of it.
type site struct {
	t      *testing.T
	box    *outbox.Outbox
	clock  *outboxtest.Clock
	form   *form.Form
	server *httptest.Server
	client *http.Client
	log    *bytes.Buffer
	urls   []string // that the browser has asked for
	last   string   // the last page
}

func profile(t *testing.T) *mapping.Profile {
	p, err := mapping.ParseProfile([]byte("constants:\n  location.locationKnown: y\n  location.organisation: A81001\n"))
	require.NoError(t, err)
	return p
}

// accounts are those of a practice, with few rounds of the hash, for speed.
var accounts = sync.OnceValue(func() string {
	salt := []byte("sixteen letters!")
	key, err := pbkdf2.Key(sha256.New, password, salt, 100_000, 32)
	if err != nil {
		panic(err)
	}
	var lines strings.Builder
	for id, role := range map[string]outbox.Role{"rec1": outbox.Recorder, "rec2": outbox.Recorder, "gp1": outbox.Clinician, "ops1": outbox.Operator} {
		fmt.Fprintf(&lines, "%s %s * pbkdf2-sha256$100000$%s$%s\n", id, role, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
	}
	return lines.String()
})

func newSite(t *testing.T, change ...func(*page.Config, *form.Config)) *site {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	s := &site{t: t, clock: outboxtest.NewClock(), log: &bytes.Buffer{}}
	s.box, err = outbox.Open(ctx, store, outboxtest.Key(t), "LFPSE test", outbox.WithClock(s.clock.Now))
	require.NoError(t, err)
	users, err := page.ParseUsers(strings.NewReader(accounts()))
	require.NoError(t, err)
	b := outboxtest.Builder()
	guide, err := interview.New(b.Codec(), nil)
	require.NoError(t, err)
	fc := form.Config{Practices: []form.Practice{{ODS: "A81001", Name: "Invented Lane Surgery", Profile: profile(t)}}, Guide: guide, Clock: s.clock.Now}
	pc := page.Config{Outbox: s.box, Builder: b, Users: users, Clock: s.clock.Now, Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&pc, &fc)
	}
	s.form, err = form.New(fc)
	require.NoError(t, err)
	pc.Parts = append(pc.Parts, s.form.Part())
	p, err := page.New(pc)
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
	s.client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error { s.urls = append(s.urls, r.URL.String()); return nil }}
}

func (s *site) read(resp *http.Response, err error) (int, string) {
	require.NoError(s.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	s.last = string(text)
	return resp.StatusCode, resp.Request.URL.Path
}

func (s *site) get(path string) (int, string) {
	s.urls = append(s.urls, path)
	return s.read(s.client.Get(s.server.URL + path))
}

var hidden = regexp.MustCompile(`name="(version|launch)" value="([^"]*)"`)

// post sends a form of the last page.
func (s *site) post(path string, fields ...string) (int, string) {
	s.urls = append(s.urls, path)
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(s.last, -1) {
		values.Set(m[1], m[2])
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return s.read(s.client.PostForm(s.server.URL+path, values))
}

func (s *site) signIn(id string) {
	s.anew()
	s.last = ""
	_, path := s.post("/sign-in", "user", id, "password", password, "to", form.Path)
	require.Equal(s.t, form.Path, path)
}

func (s *site) acts() (all []outbox.Act) {
	entries, err := s.box.Audit(context.Background(), outbox.AuditFilter{})
	require.NoError(s.t, err)
	for _, e := range entries {
		all = append(all, e.Act)
	}
	return all
}

func (s *site) refusals() (n int) {
	for _, act := range s.acts() {
		if act == outbox.ActRefused {
			n++
		}
	}
	return n
}

// minute answers the first page.
func (s *site) minute(patients string) (int, string) {
	s.get("/form/new")
	return s.post("/form/new", "type", "incident", "description", fridge, "date", "2/2/2026", "patients", patients)
}

func TestAMinute(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form")
	assert.Contains(t, s.last, "Freedom to Speak Up")
	status, path := s.minute("1")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "/form/1/harm", path)
	assert.Contains(t, s.last, "How much physical harm")
	assert.Contains(t, s.last, "not checked against NHS England", "the criteria have a source")
	status, path = s.post(path, "patients[0].physicalHarm", "none", "patients[0].psychologicalHarm", "none", "patients[0].genderIdentity", "not-known", "patients[0].genderSameAsAtBirth", "not-known")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "/form/1", path)
	assert.Contains(t, s.last, fridge)
	assert.Contains(t, s.last, "Send the report", s.last)
	drafts, err := s.box.Drafts(context.Background(), outbox.DraftFilter{})
	require.NoError(t, err)
	assert.Equal(t, draft.NeedsAnswers, drafts[0].State, "nothing is sent before somebody says so")
	status, path = s.post("/form/1/send")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "/form/sent/1", path)
	_, err = s.box.Drain(context.Background(), &outboxtest.Service{}, 10)
	require.NoError(t, err)
	s.get(path)
	assert.Contains(t, s.last, "Recorded")
	_, path = s.get("/form/1")
	assert.Equal(t, "/form/sent/1", path)
}

// harmless grades the harm of a patient and says what else is asked of them.
func (s *site) harmless(path string, more ...string) (int, string) {
	return s.post(path, append([]string{"patients[0].physicalHarm", "none", "patients[0].psychologicalHarm", "none", "patients[0].genderSameAsAtBirth", "not-stated"}, more...)...)
}

func (s *site) launch(user, record string) string {
	path, issues, err := s.form.Launch("A81001", user, []byte(record))
	require.NoError(s.t, err)
	require.False(s.t, issues.HasErrors(), "%v", issues)
	return path
}

func TestLaunch(t *testing.T) {
	s := newSite(t)
	token := s.launch("rec1", record)
	status, path := s.get(token)
	require.Equal(t, http.StatusOK, status)
	assert.Equal(t, form.Path, path, "the token is in no path from here on")
	assert.Contains(t, s.last, "rec1, recorder", "the clinical system has signed them in")
	assert.Contains(t, s.last, "has handed over a patient")
	status, _ = s.get(token)
	assert.Equal(t, http.StatusGone, status, "it counts once")
	status, _ = s.get("/drafts")
	assert.Equal(t, http.StatusOK, status)
	assert.NotContains(t, s.last, "rec1, recorder", "it is for the form only")

	_, path = s.minute("1")
	require.Equal(t, "/form/1/harm", path)
	assert.NotContains(t, s.last, "Quuxworth")
	assert.Contains(t, s.last, "Filled in from the patient&#39;s record. Check it.")
	_, path = s.harmless(path, "patients[0].genderIdentity", "female")
	require.Equal(t, "/form/1", path)
	assert.Contains(t, s.last, "65", "the age on the day of the event")
	s.get("/form/1/what")
	s.post("/form/1/what", "type", "incident", "description", "Petronella Quuxworth got twice the usual strength.", "date", "2/2/2026", "patients", "1")
	assert.Contains(t, s.last, "Change this before it can be sent", "the names of the record are looked for")
	s.get("/form/1")
	assert.NotContains(t, s.last, "Send the report")
	s.last = strings.ReplaceAll(s.last, "Petronella", "")
	assert.NotContains(t, strings.Join(s.urls, " "), "9990000018")
	for _, u := range s.urls {
		assert.NotRegexp(t, `(?i)quuxworth|petronella|1960|incident|strength`, u)
	}
	s.get("/form")
	assert.NotContains(t, s.last, "has handed over a patient", "the draft has the record now")
}

// A record that was handed over is gone after a quarter of an hour, whether it was asked for
// or not, and it can be that nobody was affected.
func TestLaunchEnds(t *testing.T) {
	s := newSite(t)
	late := s.launch("rec1", record)
	s.clock.Add(form.Lifetime)
	status, _ := s.get(late)
	assert.Equal(t, http.StatusGone, status)

	s.get(s.launch("rec1", record))
	s.get("/form")
	assert.Contains(t, s.last, "has handed over a patient")
	s.clock.Add(form.Lifetime)
	s.get("/form")
	assert.NotContains(t, s.last, "has handed over a patient")

	s.get(s.launch("rec1", record))
	_, path := s.minute("0")
	assert.Equal(t, "/form/1/imminent", path, "nobody was affected: the record of the launch does not count")
	_, path = s.post(path, "riskDetails.riskImminent", "n")
	assert.Equal(t, "/form/1", path)
	assert.Contains(t, s.last, "Send the report", s.last)

	for _, unusable := range []string{`{"resourceType":"OperationOutcome"}`, strings.Replace(record, `"type"`, `"meta":{"security":[{"system":"http://hl7.org/fhir/v3/Confidentiality","code":"V"}]},"type"`, 1)} {
		path, issues, _ := s.form.Launch("A81001", "", []byte(unusable))
		assert.True(t, issues.HasErrors())
		assert.Empty(t, path)
	}
	for range 300 {
		if _, _, err := s.form.Launch("A81001", "", []byte(record)); err != nil {
			assert.ErrorIs(t, err, form.ErrBusy)
			return
		}
	}
	t.Error("any number of records is held")
}

// What the record of a launch says is shown to its recorder before it is sent; a risk has no
// patient.
func TestLaunchOfOtherTypes(t *testing.T) {
	s := newSite(t)
	s.get(s.launch("rec1", record))
	s.get("/form/new")
	_, path := s.post("/form/new", "type", "risk", "description", fridge, "date", "2/2/2026", "patients", "")
	assert.Equal(t, "/form/1/imminent", path)
	s.get("/form/1")
	assert.NotContains(t, s.last, "patient 1")

	s.get(s.launch("rec1", record))
	s.get("/form/new")
	s.post("/form/new", "type", "good-care", "description", fridge, "date", "2/2/2026", "patients", "")
	s.get("/form/2")
	assert.Contains(t, s.last, "Age of patient 1")
	assert.Contains(t, s.last, "Gender of patient 1")
}

// A launch without a user waits for whoever signs in.
func TestLaunchThenSignIn(t *testing.T) {
	s := newSite(t)
	_, path := s.get(s.launch("", record))
	assert.Equal(t, "/sign-in", path)
	_, path = s.post("/sign-in", "user", "rec1", "password", password, "to", form.Path)
	assert.Equal(t, form.Path, path)
	assert.Contains(t, s.last, "has handed over a patient")
}

func TestRoles(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/form", "/form/new", "/form/1", "/form/1/what", "/form/sent/1"} {
		_, to := s.get(path)
		assert.Equal(t, "/sign-in", to, path)
	}
	s.signIn("rec1")
	s.minute("1")

	s.signIn("rec2")
	s.get("/form")
	assert.NotContains(t, s.last, "/form/1", "a recorder sees their own drafts")
	s.last = `name="version" value="3"`
	for _, path := range []string{"/form/1", "/form/1/what", "/drafts/1"} {
		status, _ := s.get(path)
		assert.Equal(t, http.StatusForbidden, status, path)
		assert.NotContains(t, s.last, fridge)
	}
	s.signIn("ops1")
	status, _ := s.post("/form/new", "description", fridge)
	assert.Equal(t, http.StatusForbidden, status, "an operator does not record")
	assert.Equal(t, 4, s.refusals(), "each is in the audit trail")

	s.signIn("rec1")
	s.get("/form/1/harm")
	_, path := s.post("/form/1/harm", "act", "clinician", "patients[0].physicalHarm", "", "patients[0].psychologicalHarm", "", "patients[0].genderIdentity", "not-known", "patients[0].genderSameAsAtBirth", "not-known")
	require.Equal(t, "/form/1", path)
	assert.Contains(t, s.last, "A clinician is asked.")
	status, _ = s.post("/form/1/send")
	assert.Equal(t, http.StatusConflict, status)
	s.get("/form")
	assert.Contains(t, s.last, "waits for a clinician")

	s.signIn("gp1")
	s.get("/form")
	assert.Contains(t, s.last, "waits for a clinician")
	assert.Contains(t, s.last, "of rec1")
	s.get("/form/1/harm")
	assert.Contains(t, s.last, "This was put to a clinician.")
	_, path = s.harmless("/form/1/harm", "patients[0].genderIdentity", "not-known")
	require.Equal(t, "/form/1", path)
	_, path = s.post("/form/1/send")
	assert.Equal(t, "/form/sent/1", path)
	assert.Contains(t, s.acts(), outbox.ActBeginDraft)
}

// A text in which the screen has found something is shown with what was found, waits for a
// release, and is then sent.
func TestFindingsBesideTheText(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/new")
	named := []string{"type", "incident", "description", "Mrs Jane Smith was given the wrong tablets.", "date", "yesterday", "patients", "0"}
	_, path := s.post("/form/new", named...)
	assert.Equal(t, "/form/1/what", path)
	assert.Contains(t, s.last, "looks like the name of a person")
	assert.Contains(t, s.last, "4/3/2026")
	_, path = s.post("/form/1/what", named...)
	assert.Equal(t, "/form/1/imminent", path, "whoever has looked at it goes on")
	s.post(path, "riskDetails.riskImminent", "n")
	_, path = s.post("/form/1/send")
	assert.Equal(t, "/form/1", path)
	assert.Contains(t, s.last, "It is sent when a clinician or a manager has released the text")
	status, _ := s.post("/form/1/release", "target", "description", "why", "It is an invented name.")
	assert.Equal(t, http.StatusForbidden, status)

	s.signIn("gp1")
	s.get("/form/1")
	_, path = s.post("/form/1/release", "target", "description", "why", "It is an invented name.")
	assert.Equal(t, "/form/sent/1", path)
}

// What cannot be used is asked again, with what was typed, and the rest is kept.
func TestWrongAnswers(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/new")
	status, _ := s.post("/form/new", "type", "", "description", "", "date", "", "patients", "")
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, s.last, "There is a problem")
	assert.NotContains(t, s.acts(), outbox.ActBeginDraft, "nothing was answered")

	status, _ = s.post("/form/new", "type", "incident", "description", fridge, "date", "1/1/2099", "patients", "many")
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, s.last, "date is in the future")
	assert.Contains(t, s.last, `value="1/1/2099"`)
	assert.Contains(t, s.last, fridge)
	old := s.last
	_, path := s.post("/form/1/what", "type", "incident", "description", fridge, "date", "2/2/2026", "patients", "2")
	assert.Equal(t, "/form/1/harm", path)
	_, path = s.harmless(path, "patients[0].genderIdentity", "not-known")
	assert.Equal(t, "/form/1/harm-2", path, "each patient has their own page")
	s.last = old
	status, _ = s.post("/form/1/what", "type", "risk", "description", fridge)
	assert.Equal(t, http.StatusConflict, status, "somebody else was faster")
	s.get("/form/1/what")
	_, path = s.post("/form/1/what", "act", "later", "type", "incident", "description", fridge, "date", "2/2/2026", "patients", "1")
	assert.Equal(t, "/form", path)
	s.get("/form/1")
	assert.Contains(t, s.last, "Send the report", "the second patient is forgotten")
	s.post("/form/1/drop")
	assert.Contains(t, s.last, "It was dropped")
	status, _ = s.get("/form/1")
	assert.Equal(t, http.StatusConflict, status)
	status, _ = s.get("/form/nothing/at/all")
	assert.Equal(t, http.StatusNotFound, status)
}

func TestNothingOfAPersonIsLogged(t *testing.T) {
	s := newSite(t)
	s.get(s.launch("rec1", record))
	_, path := s.minute("1")
	s.harmless(path, "patients[0].genderIdentity", "female")
	s.post("/form/1/send")
	for _, canary := range []string{"Quuxworth", "Petronella", "9990000018", "1960", "twice the usual"} {
		assert.NotContains(t, s.log.String(), canary)
	}
	entries, err := s.box.Audit(context.Background(), outbox.AuditFilter{})
	require.NoError(t, err)
	assert.NotContains(t, strings.ToLower(strings.Join(strings.Fields(fmt.Sprint(entries)), " ")), "quuxworth")

	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/form/new", strings.NewReader("description=x"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := s.client.Do(req)
	require.NoError(t, err)
	_ = resp.Body.Close()
	assert.Equal(t, http.StatusForbidden, resp.StatusCode, "another site cannot fill it in")
	assert.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	assert.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
}
