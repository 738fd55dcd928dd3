// Package questionnaire has others judge the form of the record and its responses: the
// validators of two projects, and LHC-Forms, which shows it in a browser.
package questionnaire

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/internal/node"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
	"github.com/gpsafety/lfpse-go/mapping/questionnaire"
)

// form is the form of a taxonomy, with the builder that checks its drafts.
type form struct {
	*questionnaire.Form
	builder *submission.Builder
	text    []byte // the Questionnaire
}

func newForm(t *testing.T, version string) form {
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	f := form{}
	f.builder, err = submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-29" }))
	require.NoError(t, err)
	codec := f.builder.Form().Codec()
	guide, err := interview.New(codec, nil)
	require.NoError(t, err)
	f.Form, err = questionnaire.New(f.builder.Form(), guide)
	require.NoError(t, err)
	v, err := validate.New(codec)
	require.NoError(t, err)
	var empty draft.Draft
	f.builder.Prepare(&empty)
	f.text, err = f.Append(nil, questionnaire.Rules{Questions: empty.Questions, Fits: v.Fits})
	require.NoError(t, err)
	return f
}

// incident is an event that a person fills in.
func incident() lfpse.Event {
	return lfpse.Event{
		Type: lfpse.TypeIncident, Date: "2026-11-02", Description: "A repeat prescription was issued with twice the usual dose.",
		Location: lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter: lfpse.Reporter{ReporterOrganisation: "A81001"},
		Agent:    lfpse.Agent{InvolvedAgents: []code.AgentType{"4", "9"}},
		Patients: []lfpse.Patient{
			{Age: lfpse.Age{Value: 62, Unit: lfpse.Years}, GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthNotStated, PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalNone},
			{Age: lfpse.Age{Value: 5, Unit: lfpse.Months}, GenderIdentity: lfpse.GenderNotKnown, GenderSameAsAtBirth: lfpse.SameAsAtBirthNotKnown, PhysicalHarm: lfpse.PhysicalFatal},
		},
		ProblemMedication: lfpse.ProblemMedication{DrugInvolvementFactors: []code.DrugsInvolved{"1"}},
	}
}

// The Questionnaire and a response to it are what FHIR R4 says, for validators that others
// have written; the same validators find what is wrong with a broken one.
func TestValidators(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	p, err := node.Start(t.Context(), tax, "questionnaire/judge.mjs")
	if errors.Is(err, node.ErrAbsent) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer p.Close()
	judge := func(document []byte) (judges map[string]int) {
		var answer struct {
			Issues []struct{ Judge, Path, Text string }
		}
		require.NoError(t, p.Ask(json.RawMessage(document), &answer))
		judges = map[string]int{}
		for _, i := range answer.Issues {
			judges[i.Judge]++
			t.Log(i)
		}
		return judges
	}
	for _, version := range []string{"5", "6"} {
		f := newForm(t, version)
		assert.Empty(t, judge(f.text), version)
		response, left, err := f.Response(&draft.Draft{Event: incident()})
		require.NoError(t, err)
		if version == "6" {
			assert.Empty(t, left)
		}
		assert.Empty(t, judge(response), version)
	}
	broken := judge([]byte(`{"resourceType":"Questionnaire","item":[{"linkId":"a","type":"group","item":[]}]}`))
	assert.Positive(t, broken["medplum"])
	assert.Positive(t, broken["mx"])
}
