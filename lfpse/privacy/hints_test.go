package privacy_test

import (
	"slices"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

func TestReidentificationHints(t *testing.T) {
	change := func(f func(*fhir.AdverseEvent)) func(*fhir.AdverseEvent) { return f }
	withTime := change(func(a *fhir.AdverseEvent) {
		a.Extension = append(a.Extension, group("adverse-event-estimated-date-6", r4.Extension{Url: "PreciseTime", ValueTime: new("10:15:00")}))
	})
	of := func(name, code string) func(*fhir.AdverseEvent) {
		return func(a *fhir.AdverseEvent) {
			g := &a.Contained[2].Patient.Extension[0]
			g.Extension = append(g.Extension, r4.Extension{Url: name, ValueCode: &code})
		}
	}
	ethnicity := of("PatientEthnicity", "11")
	const time = "AdverseEvent.extension[2].extension[0].value"
	tests := map[string]struct {
		change []func(*fhir.AdverseEvent)
		paths  []string
	}{
		"organisation and age":           {},
		"a time as well":                 {[]func(*fhir.AdverseEvent){withTime}, nil},
		"a time and the ethnicity":       {[]func(*fhir.AdverseEvent){withTime, ethnicity}, []string{time}},
		"two times and the ethnicity":    {[]func(*fhir.AdverseEvent){withTime, withTime, ethnicity}, []string{time}},
		"all but the age":                {[]func(*fhir.AdverseEvent){withTime, func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Extension = nil }}, nil},
		"all but the organisation":       {[]func(*fhir.AdverseEvent){withTime, ethnicity, func(a *fhir.AdverseEvent) { a.Contained[0].Location.Extension = nil }}, nil},
		"a gender history":               {[]func(*fhir.AdverseEvent){withTime, ethnicity, of("GenderSameAsAtBirth", "provisional-no")}, []string{"AdverseEvent.contained[2].extension[0].extension[2].value"}},
		"the gender registered at birth": {[]func(*fhir.AdverseEvent){withTime, of("GenderSameAsAtBirth", "provisional-yes")}, nil},
	}
	for name, tt := range tests {
		event := cleanEvent()
		for _, change := range tt.change {
			change(event)
		}
		var paths []string
		for _, issue := range newScreener().ScanEvent(event, nil) {
			assert.Equal(t, "PRIVACY-REIDENTIFICATION", issue.Rule, name)
			assert.Equal(t, fhir.Information, issue.Severity, name)
			assert.NotEmpty(t, issue.Fix, name)
			paths = append(paths, issue.Path)
		}
		assert.Equal(t, tt.paths, paths, name)
		assert.Empty(t, newScreener(privacy.WithoutHints()).ScanEvent(event, nil), name)
	}
}
