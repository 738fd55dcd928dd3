package form_test

import (
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// The form says where reports go, and not that it is NHS England if it is not.
func TestWhereReportsGo(t *testing.T) {
	for environment, want := range map[endpoint.Environment]string{
		"": "It goes to the LFPSE service.", endpoint.Production: "national service", endpoint.Test: "the test service", endpoint.Sandbox: "It goes to a sandbox",
	} {
		s := newSite(t, func(_ *page.Config, c *form.Config) { c.Environment = environment })
		s.signIn("rec1")
		s.get("/form")
		assert.Contains(t, s.last, want)
		assert.NotContains(t, s.last, "{service}")
		assert.Equal(t, environment == endpoint.Production, strings.Contains(s.last, "national service"), environment)
	}
}

// When a question has to be answered is said in the words of the page.
func TestConditionsInWords(t *testing.T) {
	s := newSite(t, func(_ *page.Config, c *form.Config) { c.Practices[0].Profile = nil })
	s.signIn("rec1")
	s.minute("1")
	s.get("/form/1/place")
	assert.Contains(t, html.UnescapeString(s.last), `Answer this only if "Did it happen in your own organisation (yes), in another (no), or is that not known?" is Yes or No.`)
	s.get("/form/1/harm")
	assert.Contains(t, html.UnescapeString(s.last), `is Fatal or Severe physical harm.`)
}

// A month is written and shown as people write it, wherever it is.
func TestMonths(t *testing.T) {
	s := newSite(t)
	s.signIn("rec1")
	s.get("/form/new")
	what := []string{"type", "incident", "description", fridge, "patients", "0"}
	s.post("/form/new", append(what, "date", "11/2025")...)
	for month, words := range map[string]string{"11/2025": "November 2025", "10/2025": "October 2025", "September 2025": "September 2025"} {
		s.get("/form/1/what")
		assert.NotContains(t, s.last, "2025-")
		s.post("/form/1/what", append(what, "date", "", "estimatedDate.approximateDate", month)...)
		s.get("/form/1")
		assert.Contains(t, s.last, words)
		assert.NotContains(t, s.last, "2025-")
	}
}
