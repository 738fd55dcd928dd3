package lfpse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
)

func TestDayInEngland(t *testing.T) {
	for at, want := range map[string]lfpse.Date{
		"2026-01-01T23:30:00Z":      "2026-01-01", // winter: as in UTC
		"2026-07-01T22:59:59Z":      "2026-07-01",
		"2026-07-01T23:00:00Z":      "2026-07-02", // summer: an hour before UTC
		"2026-03-28T23:30:00Z":      "2026-03-28", // the clock goes forward on the 29th
		"2026-03-29T23:30:00Z":      "2026-03-30",
		"2026-10-24T23:30:00Z":      "2026-10-25", // and back on the 25th
		"2026-10-25T23:30:00Z":      "2026-10-25",
		"2026-07-02T09:00:00+12:00": "2026-07-01", // a computer elsewhere
		"2026-07-01T20:00:00-05:00": "2026-07-02",
	} {
		when, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		assert.Equal(t, want, lfpse.DayInEngland(when), at)
	}
	assert.True(t, lfpse.Today().Valid())
}

// Neither the zone of the computer nor a system without zone data changes the day.
func TestTodayIsOfEnglandEverywhere(t *testing.T) {
	at := time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC)
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("east", 13*3600), time.FixedZone("west", -11*3600)} {
		time.Local = zone
		assert.Equal(t, lfpse.Date("2026-07-02"), lfpse.DayInEngland(at.Local()), zone)
	}
}
