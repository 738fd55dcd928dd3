package bridge_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

const patient = `{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
	"name":[{"family":"Quuxworth","given":["Petronella"]}],"birthDate":"1960-02-03"}`

// formPlace is a place whose configuration has a form, with an account.
func formPlace(t *testing.T) *place {
	p := newPlace(t)
	accounts := ""
	for id, of := range map[string]struct {
		role     outbox.Role
		practice string
	}{"rec1": {outbox.Recorder, "A99999"}, "mgr1": {outbox.Manager, "A99999"}, "ops1": {outbox.Operator, "A99999"}, "away1": {outbox.Clinician, "A99998"}} {
		line, err := page.NewUser(id, of.role, []string{of.practice}, "three words together")
		require.NoError(t, err)
		accounts += line
	}
	p.write("users.txt", accounts)
	p.write("profile.yaml", "constants: {location.locationKnown: u}\n")
	p.configure("page: {users: users.txt}\nform: {}\n")
	text, err := os.ReadFile(filepath.Join(p.dir, "bridge.yaml"))
	require.NoError(t, err)
	changed := strings.NewReplacer("practices: [A99999]}", "practices: [A99999], launch: true}", "  - ods: A99999\n", "  - ods: A99999\n    profile: profile.yaml\n").Replace(string(text))
	p.write("bridge.yaml", changed)
	p.opts = []bridge.Option{bridge.WithPage()}
	return p
}

// A clinical system opens the form for its user, who records an event, which is sent.
func TestRecordAfterALaunch(t *testing.T) {
	t.Parallel()
	p := formPlace(t)
	b := p.start()
	assert.Equal(t, http.StatusForbidden, b.call("POST", "/launch?practice=A99998&user=rec1", patient).status)
	for _, user := range []string{"nobody", "mgr1", "ops1", "away1"} { // away1 is of another practice
		refused := b.call("POST", "/launch?user="+user, patient)
		assert.Equal(t, http.StatusForbidden, refused.status, user)
		assert.Contains(t, refused.text, "Nobody can be signed in with this account", user)
	}
	entries, err := b.Outbox().Audit(t.Context(), outbox.AuditFilter{})
	require.NoError(t, err)
	refused := 0
	for _, e := range entries {
		if e.Act == outbox.ActRefused && e.By == "supplier" {
			refused++
		}
	}
	assert.Equal(t, 4, refused)
	assert.Equal(t, http.StatusUnprocessableEntity, b.call("POST", "/launch?user=rec1", `{"resourceType":"OperationOutcome"}`).status)
	assert.Equal(t, http.StatusUnauthorized, b.call("POST", "/launch?user=rec1", patient, "Authorization", "Bearer other").status)
	launched := b.call("POST", "/launch?user=rec1", patient)
	require.Equal(t, http.StatusCreated, launched.status, launched.text)
	var to struct{ Location string }
	launched.read(t, &to)
	assert.Equal(t, launched.header.Get("Location"), to.Location)
	require.NoError(t, b.Reload(t.Context()), "a launch counts after the configuration was read again")

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	base := "http://" + b.Addresses()[0]
	resp, err := browser.Get(base + to.Location)
	require.NoError(t, err)
	_ = resp.Body.Close()
	assert.Equal(t, "/form", resp.Request.URL.Path)
	version := ""
	post := func(path string, fields ...string) string {
		values := url.Values{"version": {version}}
		for i := 0; i+1 < len(fields); i += 2 {
			values.Set(fields[i], fields[i+1])
		}
		resp, err := browser.PostForm(base+path, values)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		if m := regexp.MustCompile(`name="version" value="(\d+)"`).FindSubmatch(text); m != nil {
			version = string(m[1])
		}
		return resp.Request.URL.Path
	}
	require.Equal(t, "/form/1/imminent", post("/form/new", "type", "incident", "description", fridge, "date", "yesterday", "patients", "0"))
	require.Equal(t, "/form/1", post("/form/1/imminent", "riskDetails.riskImminent", "n"))
	require.Equal(t, "/form/sent/1", post("/form/1/send"))
	soon(t, "it is sent", func() bool { return p.recorded() == 1 })
	for _, canary := range []string{"Quuxworth", "9990000018", "vaccine", strings.TrimPrefix(to.Location, "/form/launch/")} {
		assert.NotContains(t, p.log.String(), canary)
	}
}

// The form alone has neither the other pages nor the interface for other systems.
func TestFormAlone(t *testing.T) {
	t.Parallel()
	p := formPlace(t)
	c, err := p.load()
	require.NoError(t, err)
	alone := c.FormAlone("127.0.0.1:0")
	require.Empty(t, bridge.Check(alone))
	for _, practice := range alone.Practices {
		assert.Empty(t, practice.Sources)
	}
	b, err := bridge.New(t.Context(), func() (bridge.Config, error) { return alone, nil }, p.opts...)
	require.NoError(t, err)
	r := &running{Bridge: b, place: p}
	ctx := t.Context()
	go func() { _ = b.Run(ctx) }()
	for path, want := range map[string]int{"/": http.StatusOK, "/reports": http.StatusNotFound, "/v1/receipts": http.StatusNotFound, "/form": http.StatusOK} {
		assert.Equal(t, want, r.call("GET", path, "").status, path)
	}
	assert.Equal(t, http.StatusCreated, r.call("POST", "/launch?user=rec1", patient).status)
}

// The guide of the configuration is that of the page, too.
func TestGuide(t *testing.T) {
	t.Parallel()
	p := formPlace(t)
	p.write("guide.yaml", `
sources: [{id: ours, title: Learning themes of the network, publisher: Our PCN, date: "2026"}]
words: [{name: recall, phrases: [recall*]}]
themes: [{id: recall, text: Recall systems of ours, source: ours, facts: [{says: [recall]}]}]
`)
	text, err := os.ReadFile(filepath.Join(p.dir, "bridge.yaml"))
	require.NoError(t, err)
	p.write("bridge.yaml", "guide: guide.yaml\n"+string(text))
	b := p.start()
	undated := strings.NewReplacer(`"date":"2026-03-05",`, "", fridge, "The recall of the patient was missed, and nobody noticed it.").Replace(event)
	require.Equal(t, http.StatusAccepted, b.call("POST", "/v1/reports", undated, "Idempotency-Key", "k1").status)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	resp, err := browser.PostForm("http://"+b.Addresses()[0]+"/sign-in", url.Values{"user": {"rec1"}, "password": {"three words together"}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	resp, err = browser.Get("http://" + b.Addresses()[0] + "/drafts/1")
	require.NoError(t, err)
	defer resp.Body.Close()
	shown, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Contains(t, string(shown), "Recall systems of ours")
}

func TestFormIsChecked(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("profile.yaml", "constants: {description: always the same}\n")
	p.write("signposts.yaml", "- {title: Only a title}\n")
	p.write("guide.yaml", "steps: [{id: x}]\n")
	p.configure("guide: guide.yaml\nform: {signposts: signposts.yaml}\n")
	c, err := p.load()
	require.NoError(t, err)
	c.Practices[0].Profile = filepath.Join(p.dir, "profile.yaml")
	var paths []string
	for _, f := range bridge.Check(c) {
		assert.Equal(t, bridge.RuleRecord, f.Rule, f.Text)
		paths = append(paths, f.Path)
	}
	assert.ElementsMatch(t, []string{"guide", "form.signposts", "practices[0].profile"}, paths)
}
