package form_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
)

// shown are all fields of the last page that hold something, as a browser sends them.
func (s *site) shown() (fields []string) {
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(s.last, -1) {
		fields = append(fields, m[1], m[2])
	}
	return fields
}

func (s *site) drafts() []outbox.Draft {
	found, err := s.box.Drafts(context.Background(), outbox.DraftFilter{})
	require.NoError(s.t, err)
	return found
}

// A first page that is sent twice begins one draft, also after a launch; going back to it leads
// to that draft, and what an old page says does not replace what was said since.
func TestFirstPageSentTwice(t *testing.T) {
	for _, launched := range []bool{false, true} {
		s := newSite(t)
		if s.signIn("rec1"); launched {
			s.get(s.launch("rec1", record))
		}
		s.get("/form/new")
		back := s.urls[len(s.urls)-1]
		require.Regexp(t, `^/form/new\?page=[A-Z0-9]+$`, strings.TrimPrefix(back, s.server.URL))
		fields := append(s.shown(), "type", "incident", "description", fridge, "date", "2/2/2026", "patients", "1")
		for range 2 {
			status, path := s.post("/form/new", fields...)
			assert.Equal(t, http.StatusOK, status)
			assert.Equal(t, "/form/1/harm", path)
		}
		assert.Len(t, s.drafts(), 1)
		_, path := s.get(strings.TrimPrefix(back, s.server.URL))
		assert.Equal(t, "/form/1/what", path)
		assert.Contains(t, s.last, fridge)
		_, path = s.post("/form/1/what", "type", "incident", "description", fridge+" It was noticed at the counter.", "date", "2/2/2026", "patients", "1")
		assert.Equal(t, "/form/1/harm", path)
		status, _ := s.post("/form/new", fields...)
		assert.Equal(t, http.StatusConflict, status)
		assert.Contains(t, s.last, "What you typed is below and is not kept yet")
		s.get("/form/1")
		assert.Contains(t, s.last, "noticed at the counter")
	}
}

// A second click on the button that sends the report leads to the report.
func TestSentTwice(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.minute("0")
	s.post("/form/1/imminent", "riskDetails.riskImminent", "n")
	checked := s.last
	for range 2 {
		s.last = checked
		status, path := s.post("/form/1/send")
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "/form/sent/1", path)
	}
	_, path := s.get("/form/1/what")
	assert.Equal(t, "/form/sent/1", path)
	s.last = checked
	status, _ := s.post("/form/1/drop")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, s.last, "It is report 1 now")
	assert.Contains(t, s.last, `<a href="/form">Back to the start</a>`)
}

// What was typed while the session ended can be sent after signing in, and not by a link to
// another site.
func TestTypedWhileTheSessionEnded(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/new")
	s.clock.Add(21 * time.Minute)
	status, path := s.post("/form/new", "type", "incident", "description", fridge, "date", "2/2/2026", "patients", "0")
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "/form/new", path, "loading the page again sends it again")
	assert.Contains(t, s.last, "It is not lost")
	assert.Empty(t, s.drafts())
	status, path = s.post("/sign-in", append(s.shown(), "user", "rec1", "password", "wrong")...)
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "/sign-in", path)
	s.post("/sign-in", append(s.shown(), "user", "rec1", "password", password)...)
	assert.Contains(t, s.last, "What you sent before you signed in is not kept yet")
	require.Contains(t, s.last, `action="/form/new"`)
	_, path = s.post("/form/new", s.shown()...)
	assert.Equal(t, "/form/1/imminent", path)
	s.get("/form/1")
	assert.Contains(t, s.last, fridge)

	for _, elsewhere := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`} {
		s.anew()
		s.last = ""
		s.post("/sign-in", "user", "rec1", "password", password, "to", form.Path, "typed", elsewhere)
		assert.NotContains(t, s.last, "elsewhere.example")
	}
}

// What cannot be read says so and is not taken for a form without answers.
func TestUnreadableForms(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	for text, want := range map[string]int{strings.Repeat("a", 600_000): http.StatusRequestEntityTooLarge, "caf\xe9": http.StatusBadRequest} {
		status, _ := s.post("/form/new", "type", "incident", "description", text)
		assert.Equal(t, want, status)
		assert.Contains(t, s.last, "of what you have just sent was kept")
	}
	assert.Empty(t, s.drafts())
	s.post("/form/new", "type", "incident", "description", fridge+"\vIt was copied.", "date", "2/2/2026", "patients", "0")
	assert.Contains(t, s.last, "Something was noticed in")
	assert.Contains(t, s.last, "Character 64 of the text is a control character, which cannot be seen")
	s.signIn("ops1")
	status, _ := s.get("/form/new")
	assert.Equal(t, http.StatusForbidden, status, "nobody fills in a form that they cannot keep")
}

// Days are read as people write them; what cannot be read says how to write it.
func TestDays(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	for _, day := range []string{"3/2/2026", "3.2.26", "03/02/26", "3 Feb 26", "3 february 2026", "2026-02-03"} {
		s.get("/form/new")
		_, path := s.post("/form/new", "type", "incident", "description", fridge, "date", day, "patients", "0")
		s.get(strings.TrimSuffix(path, "/imminent"))
		assert.True(t, strings.Contains(s.last, "3 February 2026"), day)
	}
	for _, day := range []string{"31/02/2026", "3 Feb", "last week"} {
		s.get("/form/new")
		status, _ := s.post("/form/new", "type", "incident", "description", fridge, "date", day)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.True(t, strings.Contains(s.last, "This is not a date such as 2026-03-25 or 25/03/2026, or a day that does not exist."), day)
		assert.Contains(t, s.last, `value="`+day+`"`)
	}
}

// A day of decades ago, such as a date of birth, is said to be one before anybody goes on.
func TestDaysLongAgo(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	for day, want := range map[string]string{"01/01/1926": "before the NHS began", "3/2/1958": "more than 20 years ago", "3/2/2007": ""} {
		s.get("/form/new")
		fields := []string{"type", "incident", "description", fridge, "date", day, "patients", "0"}
		_, path := s.post("/form/new", fields...)
		if want != "" {
			assert.Contains(t, s.last, want, day)
			assert.Contains(t, s.last, "Look at this before you go on")
			_, path = s.post(path, fields...)
		}
		assert.Contains(t, path, "/imminent", "whoever has seen it goes on")
	}
}

// An answer that another one makes pointless is not used, and that is said beside it.
func TestPointlessAnswerIsNotDroppedSilently(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.minute("0")
	s.get("/form/1/place")
	_, path := s.post("/form/1/place", "location.locationKnown", "u", "location.organisation", "A81002")
	assert.Equal(t, "/form/1/place", path)
	assert.Contains(t, s.last, "The answer is not used: its question does not arise")
	_, path = s.post("/form/1/place", "location.locationKnown", "u", "location.organisation", "")
	assert.Equal(t, "/form/1/imminent", path, "whoever has seen it goes on")
}

// Fewer patients than before: what was said about the others is removed, and the next page says so.
func TestFewerPatientsIsSaid(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	what := func(more ...string) []string {
		return append(more, "type", "incident", "description", fridge, "date", "2/2/2026", "patients")
	}
	_, path := s.minute("2")
	_, path = s.harmless(path, "patients[0].genderIdentity", "not-known")
	require.Equal(t, "/form/1/harm-2", path)
	harm := []string{"patients[1].physicalHarm", "none", "patients[1].psychologicalHarm", "none", "patients[1].genderIdentity", "not-known", "patients[1].genderSameAsAtBirth", "not-known"}
	s.post(path, harm...)
	assert.NotContains(t, s.last, "fewer than before")
	s.get("/form/1/what")
	_, path = s.post("/form/1/what", append(what(), "1")...)
	assert.Contains(t, s.last, "The report is now about 1 patient, fewer than before. What it said about the others was removed", path)
	s.get(path)
	assert.NotContains(t, s.last, "fewer than before", "once is enough")

	s.get("/form/1/what")
	s.post("/form/1/what", append(what(), "2")...)
	assert.NotContains(t, s.last, "fewer than before")
	s.post("/form/1/harm-2", harm...)
	s.get("/form/1/what")
	_, path = s.post("/form/1/what", append(what("act", "later"), "1")...)
	assert.Equal(t, "/form", path)
	assert.Contains(t, s.last, "what it said about the others was removed")

	s.get("/form/1/what")
	status, _ := s.post("/form/1/what", "type", "incident", "description", fridge, "date", "last week", "patients", "0")
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, s.last, "The report is now about no patient, fewer than before")
}

// What a clinician was asked about a patient who is removed holds the report up no longer.
func TestFewerPatientsThanWereReferred(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	_, path := s.minute("2")
	_, path = s.harmless(path, "patients[0].genderIdentity", "not-known")
	s.post(path, "act", "clinician", "patients[1].physicalHarm", "", "patients[1].psychologicalHarm", "", "patients[1].genderIdentity", "not-known", "patients[1].genderSameAsAtBirth", "not-known")
	s.get("/form/1")
	require.Contains(t, s.last, "Physical harm of patient 2")
	s.get("/form/1/what")
	s.post("/form/1/what", "type", "incident", "description", fridge, "date", "2/2/2026", "patients", "1")
	s.get("/form/1")
	assert.NotContains(t, s.last, "patient 2")
	assert.NotContains(t, s.last, "A clinician is asked")
	assert.Contains(t, s.last, "Send the report")
}

// What of the record of a launch could not be used is said before the first question.
func TestLaunchSaysWhatItLacks(t *testing.T) {
	s := newSite(t)
	two := `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"a","birthDate":"1960-02-03"}},{"resource":{"resourceType":"Patient","id":"b","birthDate":"1990-02-03"}}]}`
	for record, want := range map[string]string{two: "about more than one patient", `{"resourceType":"Organization","id":"o","name":"Invented Lane Surgery"}`: "It holds no patient"} {
		s.get(s.launch("rec1", record))
		assert.Contains(t, s.last, want)
	}
	s.get(s.launch("rec1", record))
	assert.NotContains(t, s.last, "Not all of it could be used")
}

// A report that may be of an event that is known says so, and not that it is sent by itself.
func TestReceiptOfAQuestion(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	for _, id := range []string{"1", "2"} {
		s.minute("0")
		s.post("/form/"+id+"/imminent", "riskDetails.riskImminent", "n")
		s.post("/form/" + id + "/send")
		_, err := s.box.Drain(context.Background(), &outboxtest.Service{}, 10)
		require.NoError(t, err)
	}
	s.get("/form/sent/2")
	assert.Contains(t, s.last, "An event with the same content is known")
	assert.Contains(t, s.last, `<a href="/reports/2">`)
	assert.NotContains(t, s.last, "It is sent by itself")
	assert.NotContains(t, s.last, "such as a harm grade")
}
