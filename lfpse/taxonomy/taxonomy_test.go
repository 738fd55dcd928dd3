package taxonomy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const base = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/"

func embedded(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	return tax
}

// An embedded taxonomy is read once a process, and nothing that is derived from it
// changes it.
func TestEmbeddedIsShared(t *testing.T) {
	before, err := embedded(t).Append(nil)
	require.NoError(t, err)
	assert.Same(t, embedded(t), embedded(t))
	confirmed, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "a test", Groups: []string{embedded(t).Groups[0].ID}})
	require.NoError(t, err)
	assert.NotSame(t, embedded(t), confirmed)
	after, err := embedded(t).Append(nil)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

func TestEmbeddedIsComplete(t *testing.T) {
	tax := embedded(t)
	assert.Equal(t, "6", tax.Version)
	assert.Equal(t, "4.0.1", tax.FHIRVersion)
	assert.Equal(t, base, tax.CanonicalBase)
	assert.Equal(t, "31/372", tax.AgeEncoding)
	assert.Len(t, tax.Profiles, 6)
	assert.Len(t, tax.Groups, 27)
	assert.Len(t, tax.CodeSystems, 78)
	fields := 0
	for _, g := range tax.Groups {
		fields += len(g.Fields)
	}
	assert.Equal(t, 161, fields)
}

func TestEveryElementHasItsEvidence(t *testing.T) {
	tax := embedded(t)
	settled := []taxonomy.Evidence{taxonomy.Seen, taxonomy.Inherited, taxonomy.Changed, taxonomy.Unknown}
	for _, p := range tax.Profiles {
		assert.Contains(t, settled, p.Evidence, p.ID)
	}
	for _, g := range tax.Groups {
		assert.Contains(t, settled, g.Evidence, g.ID)
		assert.True(t, g.Evidence == taxonomy.Inherited || g.CardinalityEvidence != "",
			"%s: that a group was seen does not prove its cardinality", g.ID)
		for _, f := range g.Fields {
			assert.Contains(t, settled, f.Evidence, "%s/%s", g.ID, f.Name)
		}
	}
	for _, cs := range tax.CodeSystems {
		assert.Contains(t, settled, cs.Evidence, cs.ID)
		if cs.Closed {
			assert.NotEqual(t, taxonomy.Unknown, cs.Evidence, "%s: a list nobody has seen cannot be closed", cs.ID)
		}
	}
	for e := range tax.EvidenceKey {
		assert.NotEmpty(t, tax.EvidenceKey[e], string(e))
	}
}

func TestEveryIDHasTheVersionSuffix(t *testing.T) {
	tax := embedded(t)
	assert.Equal(t, "-6", tax.Suffix())
	for _, p := range tax.Profiles {
		assert.True(t, strings.HasSuffix(p.ID, "-6"), p.ID)
	}
	for _, g := range tax.Groups {
		assert.True(t, strings.HasSuffix(g.ID, "-6"), g.ID)
		for _, f := range g.Fields {
			if f.CodeSystem != "" {
				assert.NotNil(t, tax.CodeSystem(f.CodeSystem), f.Name)
			}
		}
	}
}

func TestTheTwoHarmScalesGoFromWorstToNone(t *testing.T) {
	tax := embedded(t)
	codes := func(list string) map[string]string {
		m := map[string]string{}
		for _, c := range tax.CodeSystem(list).Concepts {
			m[c.Name] = c.Code
		}
		return m
	}
	assert.Equal(t, map[string]string{"fatal": "1", "severe": "2", "moderate": "3", "low": "4", "none": "5"}, codes("level-of-physical-harm"))
	assert.Equal(t, map[string]string{"severe": "1", "moderate": "2", "low": "3", "none": "4"}, codes("level-of-psychological-harm"))
	assert.Equal(t, map[string]string{"incident": "1", "risk": "2", "outcome": "3", "good-care": "4"}, codes("event-type"))
}

func TestLookups(t *testing.T) {
	tax := embedded(t)

	g := tax.Group("adverse-event-agent")
	require.NotNil(t, g)
	assert.Same(t, g, tax.Group("adverse-event-agent-6"))
	assert.Nil(t, tax.Group("adverse-event-cake"))
	assert.Equal(t, base+"StructureDefinition/adverse-event-agent-6", tax.URL(g.ID))

	f := g.Field("InvolvedAgents")
	require.NotNil(t, f)
	assert.True(t, f.Repeats())
	assert.False(t, g.Field("SabreReportNumber").Repeats())
	assert.Nil(t, g.Field("involvedAgents"), "names are exact")

	cs := tax.CodeSystem("agent-type")
	require.NotNil(t, cs)
	assert.Same(t, cs, tax.CodeSystem("agent-type-6"))
	assert.Nil(t, tax.CodeSystem("agent-type-5"))
	assert.Nil(t, tax.CodeSystem(""))
	assert.Equal(t, "Medications", cs.Concept("4").Display)
	assert.Nil(t, cs.Concept("04"))
	assert.Nil(t, cs.Named("Medications"))
	assert.Equal(t, "1", tax.CodeSystem("event-type").Named("incident").Code)

	assert.Equal(t, "patient-safety-adverse-event-6", tax.Profile("AdverseEvent").ID)
	assert.Nil(t, tax.Profile("Observation"))
	assert.Equal(t, base+"StructureDefinition/patient-safety-adverse-event-6", tax.ProfileURL())
}

func TestValueX(t *testing.T) {
	for typ, want := range map[taxonomy.Type]string{
		taxonomy.Code: "valueCode", taxonomy.String: "valueString", taxonomy.Boolean: "valueBoolean",
		taxonomy.Integer: "valueInteger", taxonomy.Date: "valueDate", taxonomy.Time: "valueTime", "": "value",
	} {
		assert.Equal(t, want, typ.ValueX())
	}
}

func TestVersions(t *testing.T) {
	versions := taxonomy.Versions()
	assert.Contains(t, versions, "6")
	for _, version := range versions {
		tax, err := taxonomy.Embedded(version)
		require.NoError(t, err, version)
		assert.Equal(t, version, tax.Version)
	}
	for _, version := range []string{"4", "", "../v6", "6.json", "*"} {
		_, err := taxonomy.Embedded(version)
		assert.ErrorContains(t, err, "there is "+strings.Join(versions, ", "), version)
	}
}

func TestUnconfirmed(t *testing.T) {
	tax := embedded(t)
	provisional := map[string]string{}
	var order []string
	for _, o := range tax.Unconfirmed() {
		order = append(order, o.Key)
		if o.Provisional {
			provisional[o.Key] = o.Kind
		} else {
			assert.NotEqual(t, "concept", o.Kind, "only the cardinality of %s is open", o.Key)
		}
	}
	assert.Equal(t, map[string]string{
		"event-type-6#risk": "concept", "event-type-6#outcome": "concept",
		"gender-identity-6#female": "concept", "gender-identity-6#male": "concept", "gender-identity-6#non-binary": "concept",
		"gender-identity-6#other": "concept", "gender-identity-6#not-known": "concept", "gender-identity-6#not-stated": "concept",
		"gender-same-as-at-birth-6#yes": "concept", "gender-same-as-at-birth-6#no": "concept",
		"gender-same-as-at-birth-6#not-known": "concept", "gender-same-as-at-birth-6#not-stated": "concept",
		"adverse-event-governance-6":                                     "group",
		"adverse-event-problem-people-6/StaffAvailabilityIncidentFactor": "field",
		"adverse-event-problem-people-6/PeopleActionsDiffered":           "field",
		"adverse-event-problem-people-6/PersonsActionsDiffered":          "field",
	}, provisional)
	for _, key := range []string{"adverse-event-core-6", "adverse-event-core-6/Description", "medication-dmd-6/VTMCode"} {
		assert.Contains(t, order, key, "its cardinality is not known")
	}
	assert.Equal(t, len(order), len(slices.Compact(slices.Sorted(slices.Values(order)))), "no key comes twice")
}

func TestStandInGenderCodesCannotBeTakenForRealOnes(t *testing.T) {
	tax := embedded(t)
	for _, list := range []string{"gender-identity", "gender-same-as-at-birth"} {
		for _, c := range tax.CodeSystem(list).Concepts {
			assert.Equal(t, "provisional-"+c.Name, c.Code)
		}
	}
}
