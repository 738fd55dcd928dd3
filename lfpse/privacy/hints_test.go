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
	withTime := func(a *fhir.AdverseEvent) {
		a.Extension = append(a.Extension, group("adverse-event-estimated-date-6", r4.Extension{Url: "PreciseTime", ValueTime: new("10:15:00")}))
	}
	const day, age = "AdverseEvent.date", "AdverseEvent.contained[2].extension[0].extension[0].value"
	tests := map[string]struct {
		change []func(*fhir.AdverseEvent)
		paths  []string
	}{
		"organisation and age":          {},
		"a time as well":                {[]func(*fhir.AdverseEvent){withTime}, []string{day, "AdverseEvent.extension[2].extension[0].value", age}},
		"a time, but no age":            {[]func(*fhir.AdverseEvent){withTime, func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Extension = nil }}, nil},
		"a time, but no organisation":   {[]func(*fhir.AdverseEvent){withTime, func(a *fhir.AdverseEvent) { a.Contained[0].Location.Extension = nil }}, nil},
		"a time and an age, but no day": {[]func(*fhir.AdverseEvent){withTime, func(a *fhir.AdverseEvent) { a.Date = nil }}, []string{"AdverseEvent.extension[2].extension[0].value", age}},
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
