package form_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
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
		"name":[{"family":"Quuxworth","given":["Petronella"]}],"gender":"female","birthDate":"1960-02-03"}}]}`
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

func newSite(t *testing.T, change ...func(*page.Config, *form.Config)) *site {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	s := &site{t: t, clock: outboxtest.NewClock(), log: &bytes.Buffer{}}
	s.box, err = outbox.Open(ctx, store, outboxtest.Key(t), "LFPSE test", outbox.WithClock(s.clock.Now))
	require.NoError(t, err)
	var lines strings.Builder
	for id, role := range map[string]outbox.Role{"rec1": outbox.Recorder, "rec2": outbox.Recorder, "gp1": outbox.Clinician, "ops1": outbox.Operator} {
		line, err := page.NewUser(id, role, nil, password)
		require.NoError(t, err)
		lines.WriteString(line)
	}
	users, err := page.ParseUsers(strings.NewReader(lines.String()))
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

var version = regexp.MustCompile(`name="version" value="(\d+)"`)

// post sends a form of the last page.
func (s *site) post(path string, fields ...string) (int, string) {
	s.urls = append(s.urls, path)
	values := url.Values{}
	if m := version.FindStringSubmatch(s.last); m != nil {
		values.Set("version", m[1])
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
