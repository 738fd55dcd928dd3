package lfpse_test

import (
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"testing"
	"time"
)

// A full date is what the standard library takes for one.
func TestCivilIsAsStrictAsTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[0-9]{4}-[0-3][0-9]-[0-3][0-9]`), rapid.StringMatching(`[0-9 +-]{0,12}`)).Draw(t, "date")
		want, failed := time.Parse(time.DateOnly, text)
		year, month, day, err := lfpse.Date(text).Civil()
		if failed != nil {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want, time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
		require.Equal(t, lfpse.Date(text), lfpse.DateOf(want))
	})
}

func TestNewTimeIsWhatTheStandardLibraryWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1e12, 1e12).Draw(t, "second"), 0).UTC()
		require.Equal(t, at.Format(time.TimeOnly), string(lfpse.NewTime(at)))
		require.Equal(t, at.Format(time.DateOnly), string(lfpse.DateOf(at)))
	})
}
