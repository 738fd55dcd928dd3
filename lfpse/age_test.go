package lfpse_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

func sprintf(format string, v any) string { return fmt.Sprintf(format, v) }

func TestAgeOn(t *testing.T) {
	for _, tc := range []struct {
		birth, day lfpse.Date
		want       lfpse.Age
		encoded    int
	}{
		{"1976-01-15", "2026-01-15", lfpse.Age{Value: 50, Unit: lfpse.Years}, 18600}, // the service's own sample
		{"1976-01-16", "2026-01-15", lfpse.Age{Value: 49, Unit: lfpse.Years}, 49 * 372},
		{"2026-01-15", "2026-01-15", lfpse.Age{Value: 0, Unit: lfpse.Days}, 1}, // 0 has no code point
		{"2026-01-14", "2026-01-15", lfpse.Age{Value: 1, Unit: lfpse.Days}, 1},
		{"2026-01-01", "2026-01-31", lfpse.Age{Value: 30, Unit: lfpse.Days}, 30},
		{"2026-01-01", "2026-02-01", lfpse.Age{Value: 1, Unit: lfpse.Months}, 31},
		{"2026-01-31", "2026-02-28", lfpse.Age{Value: 28, Unit: lfpse.Days}, 28},
		{"2026-01-31", "2026-03-01", lfpse.Age{Value: 1, Unit: lfpse.Months}, 31},
		{"2025-02-01", "2026-01-31", lfpse.Age{Value: 11, Unit: lfpse.Months}, 341},
		{"2025-02-01", "2026-02-01", lfpse.Age{Value: 1, Unit: lfpse.Years}, 372},
		{"2008-02-29", "2026-02-28", lfpse.Age{Value: 17, Unit: lfpse.Years}, 17 * 372},
		{"2008-02-29", "2026-03-01", lfpse.Age{Value: 18, Unit: lfpse.Years}, 6696}, // the national adult threshold
		{"1906-01-01", "2026-12-31", lfpse.Age{Value: 120, Unit: lfpse.Years}, 120 * 372},
	} {
		age, err := lfpse.AgeOn(tc.birth, tc.day)
		require.NoError(t, err)
		assert.Equal(t, tc.want, age, "born %s, on %s", tc.birth, tc.day)
		n, err := lfpse.Age31x372.Encode(age)
		require.NoError(t, err)
		assert.Equal(t, tc.encoded, n, "born %s, on %s", tc.birth, tc.day)
	}
}

func TestAgeErrorsNameTheDateAndNotItsValue(t *testing.T) {
	for name, tc := range map[string]struct{ birth, day lfpse.Date }{
		"date of birth":     {"1976-13-15", "2026-01-15"},
		"date of the event": {"1976-01-15", "2026-01"},
		"is after":          {"2026-01-16", "2026-01-15"},
	} {
		_, err := lfpse.AgeOn(tc.birth, tc.day)
		require.ErrorContains(t, err, name)
		assert.NotContains(t, err.Error(), string(tc.birth))
	}
	_, err := lfpse.Age31x372.Encode(lfpse.Age{Value: 200, Unit: lfpse.Years})
	assert.Error(t, err)
	for _, birth := range []lfpse.Date{"1900-01-01", "1905-01-01", "1826-01-01"} { // dates that stand in for none
		_, err = lfpse.AgeOn(birth, "2026-01-01")
		assert.Error(t, err)
	}
	_, err = lfpse.AgeEncoding("days").Encode(lfpse.Age{Value: 1, Unit: lfpse.Days})
	assert.Error(t, err)
}

func TestAgeEncodingIsInvertible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-10, 80000).Draw(t, "n")
		age, err := lfpse.Age31x372.Decode(n)
		if err != nil {
			onGrid := n >= 1 && n <= 30 || n >= 31 && n <= 341 && n%31 == 0 || n >= 372 && n <= 74028 && n%372 == 0
			if onGrid {
				t.Fatalf("%d is on the grid: %v", n, err)
			}
			return
		}
		if back, err := lfpse.Age31x372.Encode(age); err != nil || back != n {
			t.Fatalf("%d became %v, then %d (%v)", n, age, back, err)
		}
	})
	_, err := lfpse.Age31x372.Decode(18262) // 50 years in true days
	assert.Error(t, err)
}

func TestAgeAsText(t *testing.T) {
	for text, want := range map[string]lfpse.Age{
		"62 years": {Value: 62, Unit: lfpse.Years}, "1 year": {Value: 1, Unit: lfpse.Years}, "11 months": {Value: 11, Unit: lfpse.Months},
		"0 days": {Unit: lfpse.Days}, "1 day": {Value: 1, Unit: lfpse.Days}, "code:18262": {Value: 18262, Unit: lfpse.RawAge}, "code:-31": {Value: -31, Unit: lfpse.RawAge},
	} {
		var a lfpse.Age
		require.NoError(t, a.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, a)
		back, err := a.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, text, string(back))
	}
	for _, text := range []string{"", "62", "62years", "62  years", "062 years", "200 years", "0 years", "12 months", "31 days", "3 weeks", "Jane", "code:", "code:x", "code:9999999999", "62 years "} {
		var a lfpse.Age
		err := a.UnmarshalText([]byte(text))
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "Jane")
		assert.Zero(t, a)
	}
	for _, a := range []lfpse.Age{{}, {Value: 62}, {Value: 62, Unit: "decades"}, {Unit: lfpse.Years}, {Value: 1 << 40, Unit: lfpse.RawAge}} {
		_, err := a.MarshalText()
		assert.Error(t, err, a.String())
	}
}

func TestParseAge(t *testing.T) {
	for text, want := range map[string]string{
		"62 years": "62 years", "62": "62 years", " 62 Years old": "62 years", "5 months": "5 months", "3 weeks": "21 days", "10 days": "10 days",
		"13 months": "1 year", "0 days": "0 days", "67.0": "67 years", "67.00": "67 years", "67yo": "67 years", "67 y/o": "67 years", "67 Y.O.": "67 years",
		"67 yrs": "67 years", "67-year-old": "67 years", "67 yrs.": "67 years", "aged 67": "67 years", "age: 67": "67 years", "Age = 67 yrs": "67 years", "Aged:67": "67 years", "67.": "67 years", "6/12.": "6 months", "Age 67 years": "67 years", "2y 3m": "2 years",
		"2y3m": "2 years", "2 years and 3 months": "2 years", "2 yrs, 3 mths": "2 years", "2 3/12": "2 years", "0y 6m": "6 months", "1 year 3 months": "1 year",
		"6/12": "6 months", "18/12": "1 year", "3/52": "21 days", "5/7": "5 days", "6/12 old": "6 months", "3 weeks 2 days": "23 days", "8/52": "1 month",
		"12 hours": "0 days", "4 months 2 weeks": "4 months", "10-day-old": "10 days",
	} {
		a, err := lfpse.ParseAge(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, a.String(), text)
	}
	for _, text := range []string{
		"", "0", ".", "age", "age:", "aged67", "67..", "11m", "200", "-1", "34.5", "about 40", "18600", "code:18600", "code:62", "90+", "newborn", "neonate", "60-65", "60s", "<1", ">90", "~67", "67?",
		"mid 50s", "6 Dec", "12/03/1956", "6/13", "1/2", "0/12", "3m 2y", "2y 3", "2 3", "67 F", "67 Jane", "sixty-seven", "01:30", "1y 2m 3w 4d", "n/a", "unknown",
	} {
		_, err := lfpse.ParseAge(text)
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "Jane")
	}
}

// A number that says no unit counts as years only where nothing says otherwise.
func TestBareAge(t *testing.T) {
	for text, want := range map[string]bool{"62": true, " 62.0 ": true, "62 years": false, "6/12": false, "2y 3m": false, "62yo": false, "old": false, "": false, "1956": false} {
		assert.Equal(t, want, lfpse.IsBareAge(text), text)
	}
}

// The number is that of the record alone, and one that stands for no age comes back
// as it was.
func TestAgesInRecords(t *testing.T) {
	c := newCodec(t)
	for n, want := range map[int]string{18600: "50 years", 155: "5 months", 30: "30 days", 18262: "code:18262", 0: "code:0", -31: "code:-31"} {
		e := lfpse.Event{Patients: make([]lfpse.Patient, 1)}
		require.NoError(t, e.Patients[0].Age.UnmarshalText([]byte(want)))
		a, issues := c.Encode(&e)
		require.Empty(t, issues)
		x := a.Contained[2].Patient.Extension[0].Extension[1]
		assert.Equal(t, n, *x.ValueInteger)
		back, issues := c.Decode(a)
		require.Empty(t, issues)
		assert.Equal(t, want, back.Patients[0].Age.String())
	}
	_, issues := c.Encode(&lfpse.Event{Patients: []lfpse.Patient{{Age: lfpse.Age{Value: 62}}}})
	require.Len(t, issues, 1)
	assert.Equal(t, "ENC-AGE patients[0].age", issues[0].Rule+" "+issues[0].Path)
}

func TestAgeBracket(t *testing.T) {
	for want, ages := range map[code.AgeBrackets][]lfpse.Age{
		"1":  {{Value: 0, Unit: lfpse.Days}, {Value: 14, Unit: lfpse.Days}},
		"2":  {{Value: 15, Unit: lfpse.Days}, {Value: 28, Unit: lfpse.Days}},
		"3":  {{Value: 30, Unit: lfpse.Days}, {Value: 1, Unit: lfpse.Months}, {Value: 11, Unit: lfpse.Months}},
		"4":  {{Value: 1, Unit: lfpse.Years}, {Value: 4, Unit: lfpse.Years}},
		"7":  {{Value: 16, Unit: lfpse.Years}, {Value: 17, Unit: lfpse.Years}},
		"8":  {{Value: 18, Unit: lfpse.Years}},
		"11": {{Value: 66, Unit: lfpse.Years}, {Value: 85, Unit: lfpse.Years}},
		"12": {{Value: 86, Unit: lfpse.Years}},
	} {
		for _, a := range ages {
			assert.Equal(t, want, a.Bracket(), "%v", a)
		}
	}
}

func TestDateAndTime(t *testing.T) {
	assert.True(t, lfpse.NewDate(2024, 2, 29).Valid())
	assert.False(t, lfpse.NewDate(2026, 2, 29).Valid())
	assert.False(t, lfpse.Date("2026-02").Valid())
	assert.True(t, lfpse.Time("23:59:59").Valid())
	assert.False(t, lfpse.Time("24:00:00").Valid())
	assert.False(t, lfpse.Time("9:05:00").Valid())
}
