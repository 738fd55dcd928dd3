package privacy_test

import (
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Every field of every embedded taxonomy that can hold text is screened, for forms
// and for names, wherever its group stands.
func TestScanEventVisitsEveryTaxonomyField(t *testing.T) {
	screener, deny := privacy.New(), denied()
	for _, version := range taxonomy.Versions() {
		tax, err := taxonomy.Embedded(version)
		require.NoError(t, err)
		texts := 0
		for _, g := range tax.Groups {
			for _, f := range g.Fields {
				if f.Type != taxonomy.String && f.Type != taxonomy.Code {
					continue
				}
				name := version + " " + g.ID + "/" + f.Name
				assert.True(t, screener.ScanEvent(planted(t, tax, g, f, "for 999 000 0018"), nil).HasErrors(), name)
				if f.Type == taxonomy.String {
					texts++
					assert.NotEmpty(t, screener.ScanEvent(planted(t, tax, g, f, "Siobhan"), deny), name)
				}
			}
		}
		assert.Greater(t, texts, 40, version)
	}
}

// planted is a report with a text in one field.
func planted(t *testing.T, tax *taxonomy.Taxonomy, g taxonomy.Group, f taxonomy.Field, text string) *fhir.AdverseEvent {
	value := r4.Extension{Url: f.Name, ValueString: &text}
	if f.Type == taxonomy.Code {
		value = r4.Extension{Url: f.Name, ValueCode: &text}
	}
	groups := []r4.Extension{{Url: tax.URL(g.ID), Extension: []r4.Extension{value}}}
	switch g.Context {
	case "AdverseEvent":
		return &fhir.AdverseEvent{Extension: groups}
	case "Patient":
		return &fhir.AdverseEvent{Contained: []fhir.Resource{{Patient: &r4.Patient{Extension: groups}}}}
	case "Location":
		return &fhir.AdverseEvent{Contained: []fhir.Resource{{Location: &r4.Location{Extension: groups}}}}
	case "Practitioner":
		return &fhir.AdverseEvent{Contained: []fhir.Resource{{Practitioner: &r4.Practitioner{Extension: groups}}}}
	case "Device":
		return &fhir.AdverseEvent{Contained: []fhir.Resource{{Device: &r4.Device{Extension: groups}}}}
	case "Medication":
		return &fhir.AdverseEvent{Contained: []fhir.Resource{{Medication: &r4.Medication{Extension: groups}}}}
	}
	require.Fail(t, "no place for groups of context "+g.Context)
	return nil
}
