package form_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
)

// other is the record of another patient.
var other = strings.NewReplacer("9990000018", "9990000026", "Quuxworth", "Zedderby", "Petronella", "Barnaby", "1960-02-03", "2020-02-03").Replace(record)

var firstPage = []string{"type", "incident", "description", fridge + " LONGTYPED", "date", "2/2/2026", "patients", "1"}

// A page that was opened with the record of one patient is not sent with that of another, nor
// with none without a word.
func TestAPageBelongsToItsRecord(t *testing.T) {
	for name, meanwhile := range map[string]func(*site){
		"another record": func(s *site) { s.get(s.launch("rec1", other)) },
		"too late":       func(s *site) { s.clock.Add(form.Lifetime) },
	} {
		s := newSite(t)
		s.get(s.launch("rec1", record))
		s.get("/form/new")
		page := s.last
		meanwhile(s)
		s.last = page
		status, _ := s.post("/form/new", firstPage...)
		assert.Equal(t, http.StatusConflict, status, name)
		assert.Contains(t, s.last, "is not held any more, or another one has come since", name)
		assert.Contains(t, s.last, "LONGTYPED", name)
	}
}

// The record belongs to whoever signs in first, not to the next user of the browser.
func TestTheNextUserSeesNoRecord(t *testing.T) {
	s := newSite(t)
	s.get(s.launch("", record))
	s.post("/sign-in", "user", "rec1", "password", password, "to", form.Path)
	assert.Contains(t, s.last, "has handed over a patient")
	s.post("/sign-out")
	s.post("/sign-in", "user", "rec2", "password", password, "to", form.Path)
	assert.NotContains(t, s.last, "has handed over a patient")
}

// What is typed on a page that is out of date is shown again.
func TestTwoTabs(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.minute("0")
	s.get("/form/1/what")
	page := s.last
	what := func(text string) (int, string) {
		return s.post("/form/1/what", "type", "incident", "description", text, "date", "2/2/2026", "patients", "0")
	}
	what(fridge + " one")
	s.last = page
	status, _ := what(fridge + " LONGTYPED")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, s.last, "LONGTYPED")
	status, _ = what(fridge + " LONGTYPED")
	assert.Less(t, status, http.StatusBadRequest, "it is for the version that there is now")
}

// A report that waits to be released is not shown to other recorders.
func TestAHeldReportStaysWithItsRecorder(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/new")
	s.post("/form/new", "type", "incident", "description", "Mrs Jane Smith was given the wrong tablets.", "date", "yesterday", "patients", "0")
	s.post("/form/1/imminent", "riskDetails.riskImminent", "n")
	s.get("/form/1")
	s.post("/form/1/send")
	s.signIn("rec2")
	status, _ := s.get("/form/1")
	assert.GreaterOrEqual(t, status, http.StatusBadRequest)
	assert.NotContains(t, s.last, "Jane Smith")
}

// To ask where a link leads does not use it up.
func TestALinkIsUsedByOpeningIt(t *testing.T) {
	s := newSite(t)
	link := s.launch("rec1", record)
	resp, err := http.Head(s.server.URL + link)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	status, _ := s.get(link)
	assert.Equal(t, http.StatusOK, status)
}
