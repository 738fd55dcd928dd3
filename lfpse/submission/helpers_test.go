package submission_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func builder(t testing.TB, opts ...submission.Option) *submission.Builder {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, opts...)
	require.NoError(t, err)
	return b
}

// good is an incident that affected nobody, with every required answer given.
func good() lfpse.Event {
	return lfpse.Event{
		Type:          lfpse.TypeIncident,
		Description:   "A <repeat> prescription & a dose of 5\u2028mg were mixed up 💊 before anybody took it.",
		Date:          "2026-03-05",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
		RiskDetails:   lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo},
	}
}
