package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

const practice = `name: Example Surgery
constants: {reporter.reporterOrganisation: A81001, location.serviceArea: "17", location.locationKnown: y}
roles: {a.sample: receptionist, b.sample: "4"}
`

func constants(t testing.TB, doc, user string) *mapping.Constants {
	t.Helper()
	p, err := mapping.ParseProfile([]byte(doc))
	require.NoError(t, err)
	c, err := p.Compile(newBuilder().Form(), user)
	require.NoError(t, err)
	return c
}

func TestAProfileFillsWhatTheRowDoesNotSay(t *testing.T) {
	doc := incident("{to: date, column: Day}", "{to: reporter.reporterOrganisation, ask: Which practice?}",
		"{to: location.locationKnown, column: Known, values: yes-no-unknown, default: n}", "{to: location.serviceArea, column: Area}")
	m := compile(t, doc, mapping.WithProfile(constants(t, practice, "a.sample")))
	d := m.Map(row(cells{"Day": "2026-03-05"}))
	assert.Equal(t, "A81001", d.Event.Reporter.ReporterOrganisation)
	assert.Equal(t, []draft.Step{{Target: "reporter.reporterOrganisation", From: "the practice profile", Rule: "constant"}}, trace(d, "reporter.reporterOrganisation"))
	notAsked(t, d, "reporter.reporterOrganisation")
	assert.EqualValues(t, "6", d.Event.Reporter.ReporterRole)
	assert.Equal(t, "role of the user", trace(d, "reporter.reporterRole")[0].Rule)
	assert.EqualValues(t, "y", d.Event.Location.LocationKnown, "it comes before a default of the map")

	d = m.Map(row(cells{"Known": "No", "Area": "18"}))
	assert.EqualValues(t, "n", d.Event.Location.LocationKnown, "what the row says counts")
	assert.Len(t, d.Event.Location.ServiceArea, 1, "also in a list")
	d = m.Map(row(cells{"Known": "perhaps so"}))
	assert.Empty(t, d.Event.Location.LocationKnown, "a word that is not known is asked about")
	question(t, d, "location.locationKnown")

	set := compile(t, doc, mapping.WithProfile(constants(t, practice, "")), mapping.WithValues(map[string]string{"reporter.reporterOrganisation": "A81002"}))
	d = set.Map(row(nil))
	assert.Equal(t, "A81002", d.Event.Reporter.ReporterOrganisation)
	assert.Empty(t, d.Event.Reporter.ReporterRole)
}

func TestWhatAProfileNeverSays(t *testing.T) {
	for _, target := range []string{
		"patients", "physicalHarm", "patients[0].physicalHarm", "patients[1].psychologicalHarm", "patients[0].clinicalOutcome", "patients[0].genderIdentity",
		"patients[0].genderSameAsAtBirth", "classification.levelOfConcern", "agent.involvedAgents",
	} {
		p := &mapping.Profile{Constants: map[string]string{target: "1"}}
		_, err := p.Compile(newBuilder().Form(), "")
		assert.ErrorContains(t, err, "only a person who knows the case", target)
	}
	for _, target := range []string{"type", "date", "description", "reporter.reporterContact", "reporter.reporterInvolvement", "outcome.immediateActions", "nonsense"} {
		p := &mapping.Profile{Constants: map[string]string{target: "1"}}
		_, err := p.Compile(newBuilder().Form(), "")
		assert.ErrorContains(t, err, "a profile fills", target)
	}
	p, err := mapping.ParseProfile([]byte("constants: {location.locationKnown: perhaps}\nroles:\n  j.quuxworth: nonsense\n"))
	require.NoError(t, err)
	_, err = p.Compile(newBuilder().Form(), "")
	require.ErrorContains(t, err, "column 3 of line 3: roles: user 1")
	assert.NotContains(t, err.Error(), "quuxworth", "a user is a person")
	assert.Len(t, strings.Split(err.Error(), "\n"), 2, "all that is wrong comes at once")
}
