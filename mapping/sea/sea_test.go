package sea_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse"
)

func TestLog(t *testing.T) {
	all := sourcetest.Log(t, "sea")
	for _, d := range all {
		assert.Empty(t, d.Event.Type, "the log does not say which kind of event it is")
	}
	d := all[1].Draft
	require.NoError(t, sourcetest.Builder().Form().Answer(&d, "type", "good-care"))
	assert.Equal(t, lfpse.TypeGoodCare, d.Event.Type)
	assert.Equal(t, "Training works\n\nThe training is given each year", d.Event.WentWell.HowFutureOccurrence)
	assert.Empty(t, d.Event.Outcome.ImmediateActions)
}
