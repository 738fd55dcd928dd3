package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

func TestProvisional(t *testing.T) {
	v := validatorOf(t, embedded(t))
	yes := true
	for name, tc := range map[string]struct {
		event lfpse.Event
		want  []string
	}{
		"an incident without patients uses nothing provisional": {lfpse.Event{Type: lfpse.TypeIncident, RiskDetails: lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo}}, nil},
		"good care uses nothing provisional":                    {lfpse.Event{Type: lfpse.TypeGoodCare}, nil},
		"risk":                                                  {lfpse.Event{Type: lfpse.TypeRisk}, []string{"event-type-6#risk"}},
		"outcome":                                               {lfpse.Event{Type: lfpse.TypeOutcome}, []string{"event-type-6#outcome"}},
		"gender": {lfpse.Event{Patients: []lfpse.Patient{{GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes}, {GenderIdentity: lfpse.GenderFemale}}},
			[]string{"gender-identity-6#female", "gender-same-as-at-birth-6#yes"}},
		"a code of one's own in a list that was never seen": {lfpse.Event{Patients: []lfpse.Patient{{GenderIdentity: "code:1"}}}, []string{"gender-identity-6"}},
		"a group": {lfpse.Event{Governance: lfpse.Governance{DutyOfCandour: &yes}}, []string{"adverse-event-governance-6"}},
		"a field": {lfpse.Event{ProblemPeople: lfpse.ProblemPeople{PeopleActionsDiffered: "1"}}, []string{"adverse-event-problem-people-6/PeopleActionsDiffered"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := v.Check(encode(t, embedded(t), tc.event))
			assert.Equal(t, tc.want, r.Provisional)
			assert.Equal(t, len(tc.want) > 0, len(found(r, "LFPSE-PROVISIONAL")) > 0)
			off := validatorOf(t, embedded(t), validate.WithoutRules("LFPSE-PROVISIONAL"))
			assert.Equal(t, tc.want, off.Check(encode(t, embedded(t), tc.event)).Provisional, "the keys do not depend on the rule")
		})
	}
}

func TestAProvisionalConceptOfAnyListCounts(t *testing.T) {
	tax, err := embedded(t).Confirm(taxonomy.Confirmation{Source: "test", CodeSystems: []taxonomy.CodeSystem{{ID: "outcome-type-6", Name: "Outcome type",
		Concepts: []taxonomy.Concept{{Code: "1", Display: "Known"}, {Code: "77", Display: "Stand-in", Provisional: true}}}}})
	require.NoError(t, err)
	a := encode(t, tax, lfpse.Event{Outcome: lfpse.Outcome{OutcomeType: []code.OutcomeType{"77"}}})
	assert.Equal(t, []string{"outcome-type-6#77"}, validatorOf(t, tax).Check(a).Provisional)
}
