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

// newScreener returns a screener for the fields of version 6.
func newScreener(opts ...privacy.Option) *privacy.Screener {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	return privacy.New(append([]privacy.Option{privacy.WithTaxonomy(tax)}, opts...)...)
}

// Every field of every embedded taxonomy that can hold text is screened, for forms
// and for names, wherever its group stands.
func TestScanEventVisitsEveryTaxonomyField(t *testing.T) {
	deny := denied()
	for _, version := range taxonomy.Versions() {
		tax, err := taxonomy.Embedded(version)
		require.NoError(t, err)
		screener := privacy.New(privacy.WithTaxonomy(tax))
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

// What a field holds is for the taxonomy to say: a screener without one makes no
// allowance for any field.
func TestAllowancesComeFromTheTaxonomy(t *testing.T) {
	for name, tt := range map[string]struct {
		group, field, text string
	}{
		"contact details":    {"practitioner-details", "ReporterContact", "jo@example.org"},
		"name of a product":  {"medication-dmd", "VMPString", "Mrs Jones tablets"},
		"code of a medicine": {"medication-dmd", "VTMCode", "9990018006"},
	} {
		tax, err := taxonomy.Embedded("6")
		require.NoError(t, err)
		g := tax.Group(tt.group)
		require.NotNil(t, g, name)
		event := planted(t, tax, *g, *g.Field(tt.field), tt.text)
		assert.NotEmpty(t, privacy.New().ScanEvent(event, nil), name)
		assert.Empty(t, newScreener().ScanEvent(event, nil), name)
	}
}
