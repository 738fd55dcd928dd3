package wording_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestWhen(t *testing.T) {
	const physical, mind = "patients[0].physicalHarm", "patients[0].psychologicalHarm"
	is := func(target string, values ...string) lfpse.Condition {
		return lfpse.Condition{Target: target, Values: values}
	}
	not := func(c lfpse.Condition) lfpse.Condition { c.Not = !c.Not; return c }
	all := func(c ...lfpse.Condition) []lfpse.Condition { return c }
	incident, grave := is("type", "incident"), is(physical, "fatal", "severe")
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	for want, cases := range map[string][][]lfpse.Condition{
		"only if the event is an incident":                                            {all(incident)},
		"only if the event is an incident or good care":                               {all(incident), all(is("type", "good-care"))},
		"unless 'Physical harm of patient 1' is Fatal":                                {all(not(is(physical, "fatal")))},
		"only if somebody was affected, unless 'Physical harm of patient 1' is Fatal": {all(not(is(physical, "fatal")), draft.Affects(1))},
		"only if nobody was affected":                                                 {all(draft.Affects(0))},
		"unless nobody was affected":                                                  {all(not(draft.Affects(0)))},
		"only if at least 2 patients were affected":                                   {all(draft.Affects(2), draft.Affects(2))},
		"only if 'Things involved' has Medications":                                   {all(is("agent.involvedAgents", "4"))},
		"unless 'Date' is answered":                                                   {all(not(is("date")))},
		"only if 'Age of patient 1' is answered":                                      {all(is("patients[0].age"), is("patients[0].age", "1 year")), all(is("patients[0].age"))},
		"only if 'Extra' is this":                                                     {all(is("extra", "this"))},

		// Cases that are only kept apart are told together.
		"only if 'Physical harm of patient 1' is Fatal or Severe physical harm, or 'Psychological harm of patient 1' is Severe psychological harm": {
			all(grave), all(not(grave), is(mind, "severe")),
		},
		"only if the event is an incident and somebody was affected, and either 'Physical harm of patient 1' is Fatal or Severe physical harm, or 'Psychological harm of patient 1' is Severe psychological harm": {
			all(incident, grave, draft.Affects(1)), all(incident, not(grave), is(mind, "severe"), draft.Affects(1)),
		},
		"only if 'Date' is not answered, or the event is not an incident and somebody was affected": {all(not(is("date"))), all(not(incident), draft.Affects(1))},
	} {
		assert.Equal(t, want, wording.When(c, cases...))
	}
	for _, always := range [][][]lfpse.Condition{nil, {nil}, {all(grave), nil}, {all(grave), all(not(grave))}, {all(incident, grave), all(incident, not(grave)), all(not(incident))}} {
		assert.Empty(t, wording.When(c, always...))
	}
}
