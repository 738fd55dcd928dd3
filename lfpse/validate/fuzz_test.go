package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// FuzzCheck checks whatever can be read, with findings or without: it never
// panics, says the same twice, as a new validator and with the privacy screen, and gives every finding a
// rule, a path and a text.
func FuzzCheck(f *testing.F) {
	for _, a := range []*fhir.AdverseEvent{encode(f, confirmed(f), large()), encode(f, confirmed(f), goodCare())} {
		b, err := fhir.Append(nil, a)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`{"resourceType":"AdverseEvent","contained":[{"resourceType":"Group","id":"g","x":{"reference":"#g"}}],"extension":[{"url":"x","valuePeriod":{"start":"1"}}]}`))
	tax := confirmed(f)
	v, s := validatorOf(f, tax), privacy.New(privacy.WithTaxonomy(embedded(f)))
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Jo Bloggs"}, {Class: privacy.Identifier, Text: "12"}})
	f.Fuzz(func(t *testing.T, data []byte) {
		a, _ := fhir.Decode(data, fhir.WithRootDescription())
		r := v.Check(a)
		for _, i := range r.Issues {
			assert.NotEmpty(t, i.Rule)
			assert.NotEmpty(t, i.Path)
			assert.NotEmpty(t, i.Text)
		}
		assert.Equal(t, r, v.Check(a))
		if len(r.Questions) > 0 {
			assert.Equal(t, r, validatorOf(t, tax).Check(a), "what was judged before does not matter")
		}
		screening := s.Begin(deny)
		assert.Equal(t, r, v.Check(a, screening))
		assert.Equal(t, s.ScanEvent(a, deny), screening.Issues())
	})
}
