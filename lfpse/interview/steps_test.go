package interview_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// neverAsked are the properties that no step asks for, with the reason.
var neverAsked = map[string]string{
	"id":                                            "the service gives it",
	"referenceMetadata.referenceNumber":             "the service gives it",
	"referenceMetadata.fromOnlineForms":             "it says how the service got the record",
	"estimatedDate.incidentOccurredToday":           "it follows from the date",
	"estimatedDate.todaysDate":                      "it follows from the date",
	"problemPeople.staffAvailabilityIncidentFactor": "its codes are not known",
	"problemPeople.peopleActionsDiffered":           "its codes are not known",
	"problemPeople.personsActionsDiffered":          "its codes are not known",
}

func TestEveryPropertyIsAskedForOnce(t *testing.T) {
	asked := map[string]int{}
	for _, s := range guide(t, "").Steps() {
		few := slices.DeleteFunc(slices.Clone(s.Targets), func(t string) bool { return strings.HasSuffix(t, "Other") })
		assert.LessOrEqual(t, len(few), 7, "%s asks for much", s.ID)
		for _, target := range s.Targets {
			asked[target]++
		}
	}
	assert.Equal(t, 1, asked[draft.PatientsTarget])
	for _, target := range lfpse.Targets() {
		if neverAsked[target] == "" {
			assert.Equal(t, 1, asked[target], target)
		} else {
			assert.Zero(t, asked[target], target)
		}
	}
}

func TestTheMinuteComesFirst(t *testing.T) {
	var ids, first []string
	for _, s := range guide(t, "").Steps()[:2] {
		ids = append(ids, s.ID)
		first = append(first, s.Targets[0])
	}
	assert.Equal(t, []string{"what", "harm"}, ids)
	assert.Equal(t, []string{"type", "patients[0].physicalHarm"}, first)
}

// Whatever the rules ask of an event of a type is in a step that the type has.
func TestStepsHaveWhatIsAsked(t *testing.T) {
	c := codec(t)
	v, err := validate.New(c)
	require.NoError(t, err)
	for _, typ := range []lfpse.EventType{"", lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare} {
		var in []string
		for _, s := range guide(t, "").Steps() {
			if s.Has(typ) {
				in = append(in, s.Targets...)
			}
		}
		for _, patients := range [][]lfpse.Patient{nil, {{}}} {
			a, _ := c.Encode(&lfpse.Event{Type: typ, Patients: patients})
			for _, q := range v.Check(a).Questions {
				if neverAsked[q.Target] == "" {
					assert.Contains(t, in, q.Target, "%q", typ)
				}
			}
		}
	}
}

func TestStepsOfTheOwnFile(t *testing.T) {
	g := guide(t, "steps:\n  - {id: time, title: When exactly, targets: [estimatedDate.preciseTime, estimatedDate.estimatedTime]}\n")
	steps := g.Steps()
	at := slices.IndexFunc(steps, func(s interview.Step) bool { return s.ID == "time" })
	assert.Equal(t, "When exactly", steps[at].Title)
	steps[at].Targets[0] = "changed"
	assert.NotEqual(t, steps, g.Steps(), "the guide does not change")

	for own, want := range map[string]string{
		"{title: X, targets: [date]}":                                            "The entry has no name.",
		"{id: x, targets: [id]}":                                                 "The entry has no title.",
		"{id: x, title: X}":                                                      "The step asks for nothing.",
		"{id: x, title: X, targets: [ids]}":                                      "No event has this property.",
		"{id: x, title: X, targets: [id], types: [accident]}":                    "The list of type has no such value.",
		"{id: x, title: X, targets: [date]}":                                     "asked for twice, also in the step what.",
		"{id: harm, title: X, targets: [date]}":                                  "asked for twice, also in the step what.",
		"{id: x, title: X, targets: [id, 'patients[0].age']}":                    "Make it a step of its own.",
		"{id: x, title: X, targets: ['patients[0].birthDate']}":                  "No event has this property.",
		"{id: x, title: X, targets: [id]}\n  - {id: x, title: Y, targets: [id]}": "An entry of the same name stands above.",
	} {
		_, err := interview.New(codec(t), []byte("steps:\n  - "+own+"\n"))
		assert.ErrorContains(t, err, want, own)
	}
}
