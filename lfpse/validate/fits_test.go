package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// fits returns where an answer fits, in words, such as "type is incident, a or b".
func fits(v *validate.Validator, target string) (out []string) {
	for _, list := range v.Fits(target) {
		words := ""
		for i, c := range list {
			if i > 0 {
				words += ", or "
			}
			words += c.String()
		}
		out = append(out, words)
	}
	return out
}

func TestFits(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	v, err := validate.New(codec)
	require.NoError(t, err)
	for target, want := range map[string][]string{
		"description":    nil,
		"no.such.target": nil,
		"patients[0].psychologicalHarm": {
			"type is incident or outcome", "patients[0].physicalHarm is not fatal",
		},
		"patients[0].strengthOfAssociation": {
			"type is incident or outcome", "patients[0].physicalHarm is fatal or severe, or patients[0].psychologicalHarm is severe",
		},
		"patients[0].ageBracket":                          {"patients[0].age is not answered"},
		"problemBlood.bloodProblem":                       {"agent.involvedAgents is 11"},
		"medicines[0].vtmString":                          {"agent.involvedAgents is 4"},
		"devices[0].deviceTypeOther":                      {"agent.involvedAgents is 3", "devices[0].deviceType is not answered"},
		"reporter.reporterContact":                        {"referenceMetadata.isAnonymous is not true", "reporter.whyAnonymous is not answered"},
		"classification.patientSafetyIncidentHasOccurred": nil, // what the rule says is only information
	} {
		assert.Equal(t, want, fits(v, target), target)
	}
	off, err := validate.New(codec, validate.WithoutRules("LFPSE-AGENT-GROUP"))
	require.NoError(t, err)
	assert.Empty(t, off.Fits("problemBlood.bloodProblem"))
}

// What Fits says is what the validator finds: it finds no fault with an answer that fits,
// and the same answer in an event of another type, or without the other answer, has one.
func TestFitsIsWhatIsFound(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	v, err := validate.New(codec, validate.WithLayers("lfpse"))
	require.NoError(t, err)
	for _, x := range []struct{ target, value, other, fits, not string }{
		{"problemBlood.bloodProblem", "x", "agent.involvedAgents", "11", "12"},
		{"governance.neverEventType", "1", "governance.neverEvent", "true", "false"},
		{"governance.neverEvent", "false", "type", "incident", "risk"},
		{"outcome.outcomeType", "1", "type", "outcome", "incident"},
		{"patients[0].psychologicalHarm", "low", "patients[0].physicalHarm", "low", "fatal"},
		{"patients[0].strengthOfAssociation", "1", "patients[0].physicalHarm", "severe", "low"},
	} {
		found := func(value string) int {
			e := lfpse.Event{Type: lfpse.TypeIncident}
			put := func(target, value string) {
				a, err := codec.Accessor(target)
				require.NoError(t, err)
				a.Put(&e, value)
			}
			put(x.other, value)
			without, _ := codec.Encode(&e)
			put(x.target, x.value)
			with, _ := codec.Encode(&e)
			return len(v.Check(with).Faults()) - len(v.Check(without).Faults())
		}
		assert.LessOrEqual(t, found(x.fits), 0, "%s with %s %s", x.target, x.other, x.fits)
		assert.Positive(t, found(x.not), "%s with %s %s", x.target, x.other, x.not)
	}
}
