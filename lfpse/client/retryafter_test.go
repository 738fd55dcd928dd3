package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, time.March, 29, 0, 59, 30, 0, time.UTC) // an hour that clocks in Britain skip
	tests := map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"1":                              time.Second,
		" 120 ":                          2 * time.Minute,
		"3600":                           time.Hour,
		"3601":                           time.Hour,
		"99999999999999999999999999":     time.Hour,
		"000000000005":                   5 * time.Second,
		"-1":                             0,
		"+5":                             0,
		"1.5":                            0,
		"5 s":                            0,
		"soon":                           0,
		"NaN":                            0,
		"Sun, 29 Mar 2026 01:00:30 GMT":  time.Minute,
		"Sunday, 29-Mar-26 01:00:30 GMT": time.Minute,
		"Sun Mar 29 01:00:30 2026":       time.Minute,
		"Sun, 29 Mar 2026 00:00:00 GMT":  0,
		"Tue, 29 Feb 2028 00:00:00 GMT":  time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT":  time.Hour,
		"Mon, 01 Jan 0001 00:00:00 GMT":  0,
		"2026-03-29T01:00:30Z":           0,
	}
	for value, want := range tests {
		assert.Equal(t, want, parseRetryAfter(value, now), "%q", value)
	}
}

func TestRetryAfterIsNeverAbsurd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{1,40}`)).Draw(t, "value")
		d := parseRetryAfter(value, time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "now"), 0))
		assert.True(t, 0 <= d && d <= time.Hour)
	})
}

func FuzzParseRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 29 Mar 2026 01:00:30 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		d := parseRetryAfter(value, time.Unix(1_700_000_000, 0))
		if d < 0 || d > time.Hour {
			t.Fatal(d)
		}
	})
}
