package form_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
)

// What a clinician is asked is for them and for its recorder: no other recorder finds, reads,
// sends or drops it, and each attempt is in the audit trail.
func TestAskingAClinicianShowsNobodyElse(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.minute("1")
	s.get("/form/1")
	_, path := s.post("/form/1/ask-clinician")
	require.Equal(t, form.Path, path)
	assert.Contains(t, s.last, "A clinician is asked.")
	s.get("/form/1")
	assert.NotContains(t, s.last, "Ask a clinician</button>", "once is enough")
	checked := s.last
	lists := []string{"/form", "/drafts"}
	for _, id := range []string{"rec2", "ops1", ""} {
		if s.anew(); id != "" {
			s.signIn(id)
		}
		for _, list := range lists {
			s.get(list)
			assert.NotContains(t, s.last, "waits for a clinician", "%s as %s", list, id)
		}
	}
	s.signIn("rec2")
	before := s.refusals()
	for _, path := range []string{"/form/1", "/form/1/what", "/drafts/1"} {
		status, _ := s.get(path)
		assert.Equal(t, http.StatusForbidden, status, path)
		assert.NotContains(t, s.last, fridge)
		assert.Contains(t, s.last, "This draft is somebody else&#39;s")
		assert.Contains(t, s.last, "Whoever has begun it may open it, and the clinicians and managers of the practice.")
		assert.NotContains(t, s.last, "Your role does not allow it")
	}
	for _, path := range []string{"/form/1/what", "/form/1/ask-clinician", "/form/1/release", "/form/1/send", "/form/1/drop", "/drafts/1/answer", "/drafts/1/drop"} {
		s.last = checked
		status, _ := s.post(path)
		assert.Equal(t, http.StatusForbidden, status, path)
	}
	assert.Equal(t, before+10, s.refusals())
	s.signIn("gp1")
	for _, list := range lists {
		s.get(list)
		assert.Contains(t, s.last, "waits for a clinician", list)
	}
	s.get("/form/1/harm")
	_, path = s.harmless("/form/1/harm", "patients[0].genderIdentity", "not-known")
	assert.Equal(t, "/form/1", path)
}

// Somebody finds what they have sent, and what has become of it; others do not.
func TestYourReports(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/sent")
	assert.Contains(t, s.last, "You have sent no report yet")
	_, path := s.minute("0")
	s.post(path, "riskDetails.riskImminent", "n")
	s.post("/form/1/send")
	_, err := s.box.Drain(context.Background(), &outboxtest.Service{}, 10)
	require.NoError(t, err)
	s.get("/form/sent")
	for _, want := range []string{`<a href="/form/sent/1">Incident on 2 February 2026</a>`, "report 1 of A81001", "accepted", "national reference number"} {
		assert.Contains(t, s.last, want)
	}
	assert.NotContains(t, s.last, fridge)
	s.signIn("gp1")
	s.get("/form/sent")
	assert.NotContains(t, s.last, "report 1")
}

// A clinical system signs recorders and clinicians of its practice in, and nobody else.
func TestLaunchForAnotherAccount(t *testing.T) {
	for id, want := range map[string]int{"gp1": http.StatusOK, "ops1": http.StatusForbidden, "nobody": http.StatusForbidden} {
		s := newSite(t)
		status, _ := s.get(s.launch(id, record))
		assert.Equal(t, want, status, id)
		s.get("/form")
		assert.Equal(t, want == http.StatusOK, strings.Contains(s.last, "Sign out"), id)
		assert.Equal(t, want != http.StatusOK, slices.Contains(s.acts(), outbox.ActRefused), id)
	}
}
