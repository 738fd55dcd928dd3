package taxonomy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestConfirmConcepts(t *testing.T) {
	tax := embedded(t)
	confirmed, err := tax.Confirm(taxonomy.Confirmation{Source: "letter", Concepts: map[string]map[string]string{
		"event-type-6":    {"risk": "3", "outcome": "2"},
		"gender-identity": {"female": "F"},
	}})
	require.NoError(t, err)

	types := confirmed.CodeSystem("event-type")
	assert.Equal(t, "3", types.Named("risk").Code)
	assert.Equal(t, "outcome", types.Concept("2").Name, "the index follows the new codes")
	assert.Equal(t, taxonomy.Configured, types.Evidence)
	assert.Equal(t, "letter", types.Corroboration)

	gender := confirmed.CodeSystem("gender-identity")
	assert.False(t, gender.Named("female").Provisional)
	assert.True(t, gender.Named("male").Provisional, "what is not mentioned stays provisional")
	assert.Equal(t, taxonomy.Unknown, gender.Evidence, "a list that is partly known is not confirmed")
	assert.NotEmpty(t, confirmed.EvidenceKey[taxonomy.Configured])
}

func TestConfirmRefusesCodesThatClash(t *testing.T) {
	_, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "letter", Concepts: map[string]map[string]string{
		"event-type-6": {"risk": "3"}, // outcome has 3 as its stand-in
	}})
	assert.Equal(t, []string{"TAX-CONFIRM $.concepts.event-type-6"}, findings(t, err))
	assert.ErrorContains(t, err, "risk and outcome would have the same code: confirm both")

	confirmed, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "letter", Concepts: map[string]map[string]string{
		"event-type-6": {"risk": "2"},
	}})
	require.NoError(t, err)
	assert.True(t, confirmed.CodeSystem("event-type").Named("outcome").Provisional)
}

func TestConfirmLists(t *testing.T) {
	tax := embedded(t)
	mine := taxonomy.CodeSystem{ID: "gender-identity-6", Name: "Gender", Closed: true, Concepts: []taxonomy.Concept{
		{Code: "1", Display: "Female", Name: "female", Provisional: true}, {Code: "2", Display: "Male", Name: "male"},
	}}
	c := taxonomy.Confirmation{Source: "export", CodeSystems: []taxonomy.CodeSystem{mine},
		Concepts: map[string]map[string]string{"gender-identity-6": {"female": "9"}}}
	confirmed, err := tax.Confirm(c)
	require.NoError(t, err)
	list := confirmed.CodeSystem("gender-identity")
	assert.Equal(t, "9", list.Named("female").Code, "a concept of the new list can be confirmed in the same go")
	assert.Nil(t, list.Named("other"))
	assert.Equal(t, taxonomy.Configured, list.Evidence)
	assert.Equal(t, "1", c.CodeSystems[0].Concepts[0].Code, "the confirmation is not written to")
}

func TestConfirmGroupsAndFields(t *testing.T) {
	confirmed, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "letter",
		Groups: []string{"adverse-event-governance-6"},
		Fields: map[string]taxonomy.FieldConfirmation{
			"adverse-event-problem-people-6/StaffAvailabilityIncidentFactor": {Type: taxonomy.Code, CodeSystem: "yes-no-unknown-codes-6"},
			"adverse-event-problem-people/PeopleActionsDiffered":             {Type: taxonomy.Boolean},
		}})
	require.NoError(t, err)
	g := confirmed.Group("adverse-event-governance")
	assert.False(t, g.Provisional)
	assert.Equal(t, taxonomy.Configured, g.Evidence)
	assert.Equal(t, "letter", g.Note)
	f := confirmed.Group("adverse-event-problem-people").Field("StaffAvailabilityIncidentFactor")
	assert.False(t, f.Provisional)
	assert.Equal(t, taxonomy.Code, f.Type)
	assert.Equal(t, "yes-no-unknown-codes-6", f.CodeSystem)
	assert.Equal(t, taxonomy.Boolean, confirmed.Group("adverse-event-problem-people").Field("PeopleActionsDiffered").Type)
	for _, o := range confirmed.Unconfirmed() {
		if o.Provisional {
			assert.NotContains(t, []string{"adverse-event-governance-6", "adverse-event-problem-people-6/StaffAvailabilityIncidentFactor"}, o.Key)
		}
	}
}

func TestConfirmFindsEverythingAtOnce(t *testing.T) {
	_, err := embedded(t).Confirm(taxonomy.Confirmation{
		CodeSystems: []taxonomy.CodeSystem{{ID: "cake-6"}},
		Concepts:    map[string]map[string]string{"event-type-6": {"cake": "7"}, "no-list": {"a": "b"}, "text of a patient": {}},
		Groups:      []string{"adverse-event-core-6", "adverse-event-cake"},
		Fields: map[string]taxonomy.FieldConfirmation{
			"adverse-event-core-6/Cake":        {Type: taxonomy.String},
			"Description":                      {Type: taxonomy.String},
			"adverse-event-core-6/Description": {Type: "cake"},
		},
	})
	assert.Equal(t, []string{
		"TAX-CONFIRM $.source",
		"TAX-CONFIRM $.codeSystems[0].id",
		"TAX-CONFIRM $.concepts.event-type-6.cake",
		"TAX-CONFIRM $.concepts.no-list",
		"TAX-CONFIRM $.concepts.(unprintable name)",
		"TAX-CONFIRM $.groups[1]",
		"TAX-CONFIRM $.fields.Description/(unprintable name)",
		"TAX-CONFIRM $.fields.adverse-event-core-6/Cake",
		"TAX-TYPE $.fields.adverse-event-core-6/Description.type",
	}, findings(t, err))
	assert.NotContains(t, err.Error(), "patient")
}

func TestConfirmChecksTheResult(t *testing.T) {
	for name, c := range map[string]taxonomy.Confirmation{
		"an empty code":          {Source: "x", Concepts: map[string]map[string]string{"event-type-6": {"risk": ""}}},
		"an empty closed list":   {Source: "x", CodeSystems: []taxonomy.CodeSystem{{ID: "gender-identity-6", Closed: true}}},
		"a list for a boolean":   {Source: "x", Fields: map[string]taxonomy.FieldConfirmation{"adverse-event-problem-people-6/PeopleActionsDiffered": {Type: taxonomy.Boolean, CodeSystem: "yes-no-unknown-codes-6"}}},
		"a list that is missing": {Source: "x", Fields: map[string]taxonomy.FieldConfirmation{"adverse-event-problem-people-6/PeopleActionsDiffered": {Type: taxonomy.Code, CodeSystem: "cake-6"}}},
		"blanks for a source":    {Source: "  "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := embedded(t).Confirm(c)
			assert.NotEmpty(t, findings(t, err))
		})
	}
}

func TestConfirmLeavesTheOriginalAlone(t *testing.T) {
	tax := embedded(t)
	_, err := tax.Confirm(taxonomy.Confirmation{Source: "letter",
		Concepts:    map[string]map[string]string{"event-type-6": {"risk": "3", "outcome": "2"}},
		CodeSystems: []taxonomy.CodeSystem{{ID: "gender-identity-6", Concepts: []taxonomy.Concept{{Code: "x"}}}},
		Groups:      []string{"adverse-event-governance-6"},
		Fields:      map[string]taxonomy.FieldConfirmation{"adverse-event-problem-people-6/PeopleActionsDiffered": {Type: taxonomy.Boolean}},
	})
	require.NoError(t, err)
	assert.Equal(t, embedded(t), tax)
}

func TestConfirmedComesBackEqual(t *testing.T) {
	confirmed, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "letter", Groups: []string{"adverse-event-governance"}})
	require.NoError(t, err)
	doc, err := confirmed.Append(nil)
	require.NoError(t, err)
	back, err := taxonomy.Load(doc)
	require.NoError(t, err)
	assert.Equal(t, confirmed, back)
}

func TestParseConfirmation(t *testing.T) {
	c, err := taxonomy.ParseConfirmation([]byte(`{"source": "letter", "groups": ["a"], "concepts": {"l": {"n": "1"}},
		"fields": {"g/f": {"type": "code", "codeSystem": "l"}}, "codeSystems": [{"id": "l", "name": "L", "evidence": "seen", "concepts": []}]}`))
	require.NoError(t, err)
	assert.Equal(t, taxonomy.Confirmation{Source: "letter", Groups: []string{"a"}, Concepts: map[string]map[string]string{"l": {"n": "1"}},
		Fields:      map[string]taxonomy.FieldConfirmation{"g/f": {Type: taxonomy.Code, CodeSystem: "l"}},
		CodeSystems: []taxonomy.CodeSystem{{ID: "l", Name: "L", Evidence: "seen", Concepts: []taxonomy.Concept{}}}}, c)

	_, err = taxonomy.ParseConfirmation([]byte(`{"sauce": "letter", "groups": "a", "fields": {"g/f": {"kind": "code"}}}`))
	assert.Equal(t, []string{"TAX-CONFIRM $.fields.(unprintable name).kind", "TAX-CONFIRM $.groups", "TAX-CONFIRM $.sauce"}, findings(t, err))
	_, err = taxonomy.ParseConfirmation([]byte(`{"source": "a", "source": "b"}`))
	assert.Error(t, err)
}

// Of a field that turns out to hold something else, no content is known.
func TestAFieldOfAnotherTypeLosesItsContent(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	require.Equal(t, taxonomy.ExactAge, tax.Group("patient-information").Field("AgeAtTimeOfIncidentDays").Content)
	for typ, want := range map[taxonomy.Type]taxonomy.Content{taxonomy.String: "", taxonomy.Integer: taxonomy.ExactAge} {
		changed, err := tax.Confirm(taxonomy.Confirmation{Source: "test", Fields: map[string]taxonomy.FieldConfirmation{"patient-information-6/AgeAtTimeOfIncidentDays": {Type: typ}}})
		require.NoError(t, err)
		assert.Equal(t, want, changed.Group("patient-information").Field("AgeAtTimeOfIncidentDays").Content)
	}
}
