package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// verdictOf is the verdict on the only thing that was looked at.
func verdictOf(t *testing.T, look func(*checkup)) string {
	var u checkup
	look(&u)
	if assert.Len(t, u.list, 1) {
		assert.NotEmpty(t, u.list[0].Text)
		assert.Equal(t, u.list[0].Verdict == fine, u.list[0].Remedy == "", "what is not in order has a remedy")
		return u.list[0].Verdict
	}
	return ""
}

func TestDoctorLooksAtTheClock(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for off, want := range map[time.Duration]string{0: fine, -20 * time.Second: fine, time.Minute: look, -2 * time.Minute: look, 10 * time.Minute: wrong, -24 * time.Hour: wrong} {
		assert.Equal(t, want, verdictOf(t, func(u *checkup) { u.clock(now.Add(off), now) }), off)
	}
	assert.Equal(t, look, verdictOf(t, func(u *checkup) { u.clock(time.Time{}, now) }))
}

func TestDoctorLooksAtTheVersions(t *testing.T) {
	t.Parallel()
	able := func(versions ...string) (c client.Capability) {
		c.AdverseEvents = []client.Capabilities{{Versions: versions}}
		return c
	}
	for want, cases := range map[string][]client.Capability{fine: {able("6"), able("5", "6")}, look: {able(), able("6", "7")}, wrong: {able("5"), able("7")}} {
		for _, c := range cases {
			assert.Equal(t, want, verdictOf(t, func(u *checkup) { u.versions(c, "6") }), c)
		}
	}
}
