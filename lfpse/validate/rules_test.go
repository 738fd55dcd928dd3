package validate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// fixture breaks one rule and keeps it, by changes to a base event or to the FHIR
// tree that it becomes.
type fixture struct {
	rule string
	name string
	base func() lfpse.Event // incident if nil

	bad, good         func(*lfpse.Event) // nil for the base itself
	badTree, goodTree func(testing.TB, *fhir.AdverseEvent)

	paths  []string // where bad is found, all of it
	target string   // of the question that goes with it, if any

	open bool // with the embedded taxonomy, provisional as it is
	opts []validate.Option
}

func (f *fixture) check(t *testing.T, change func(*lfpse.Event), tree func(testing.TB, *fhir.AdverseEvent)) validate.Report {
	t.Helper()
	tax := confirmed(t)
	if f.open {
		tax = embedded(t)
	}
	base := f.base
	if base == nil {
		base = incident
	}
	e := base()
	if change != nil {
		change(&e)
	}
	a := encode(t, tax, e)
	if tree != nil {
		tree(t, a)
	}
	return validatorOf(t, tax, f.opts...).Check(a)
}

func fixtures() []fixture {
	var all []fixture
	for _, part := range [][]fixture{fhirFixtures, profileFixtures, eventFixtures, dateFixtures, patientFixtures, placeFixtures, agentFixtures, otherFixtures(), qualityFixtures()} {
		all = append(all, part...)
	}
	return all
}

func TestRules(t *testing.T) {
	for _, f := range fixtures() {
		name := f.rule
		if f.name != "" {
			name += "/" + f.name
		}
		t.Run(name, func(t *testing.T) {
			require.True(t, f.bad != nil || f.badTree != nil || f.base != nil, "nothing is broken")
			bad := f.check(t, f.bad, f.badTree)
			assert.Equal(t, f.paths, found(bad, f.rule), "%v", bad.Issues)
			good := f.check(t, f.good, f.goodTree)
			assert.Empty(t, found(good, f.rule), "%v", good.Issues)
			if f.target != "" {
				assertAsked(t, bad, f)
			}
		})
	}
}

// assertAsked checks that the question of a fixture is asked, by its rule, and
// that answering it would settle the finding.
func assertAsked(t *testing.T, r validate.Report, f fixture) {
	t.Helper()
	for _, q := range r.Questions {
		if q.Target != f.target {
			continue
		}
		assert.Equal(t, f.rule, q.Rule)
		assert.NotEmpty(t, q.Text)
		_, err := codecOf(t, confirmed(t)).Accessor(q.Target)
		assert.NoError(t, err, "the target is no place in an event")
		for _, i := range r.Faults() {
			assert.NotEqual(t, f.rule, i.Rule, "what is asked is no fault")
		}
		return
	}
	assert.Fail(t, "not asked", "%s in %v", f.target, r.Questions)
}

func TestEveryRuleHasAFixture(t *testing.T) {
	tested := map[string]bool{}
	for _, f := range fixtures() {
		tested[f.rule] = true
	}
	for _, r := range validatorOf(t, confirmed(t)).Rules() {
		assert.True(t, tested[r.ID], "%s has no fixture", r.ID)
		delete(tested, r.ID)
	}
	assert.Empty(t, tested, "fixtures of rules that do not exist")
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range validatorOf(t, embedded(t)).Rules() {
		assert.Regexp(t, `^(FHIR|CHECK|PROFILE|LFPSE|QUALITY)-[A-Z0-9-]+$`, r.ID)
		assert.False(t, seen[r.ID], "%s occurs twice", r.ID)
		seen[r.ID] = true
		assert.Contains(t, []rule.Layer{rule.LayerFHIR, rule.LayerProfile, rule.LayerLFPSE, rule.LayerQuality}, r.Layer, r.ID)
		assert.Contains(t, []rule.Confidence{rule.High, rule.Medium, rule.Low}, r.Confidence, r.ID)
		assert.Contains(t, []string{"seen", "inherited", "unknown", "standard"}, string(r.Evidence), r.ID)
		assert.Contains(t, r.Path, "AdverseEvent", r.ID)
		assert.NotContains(t, r.Path, "/", r.ID)
		for _, text := range []string{r.Title, r.Why, r.Fix} {
			assert.Regexp(t, `^[A-Za-z].*[.]$|\.\.\.$`, text, r.ID)
		}
		assert.NotEmpty(t, r.Source, r.ID)
		if r.ID != "LFPSE-DATE-FUTURE" && r.ID != "QUALITY-DATE-OLD" { // which need today
			assert.Empty(t, r.Off, "%s is not in force", r.ID)
		}
	}
	assert.Greater(t, len(seen), 70)
}

// What a record is worth is for people to judge: a record that is poor is taken all
// the same, and better than none.
func TestQualityNeverRefuses(t *testing.T) {
	for _, r := range validatorOf(t, embedded(t)).Rules() {
		if r.Layer == rule.LayerQuality {
			assert.NotEqual(t, fhir.Error, r.Severity, r.ID)
		}
		assert.Equal(t, strings.HasPrefix(r.ID, "QUALITY-"), r.Layer == rule.LayerQuality && !strings.HasPrefix(r.ID, "LFPSE-"), r.ID)
	}
}

// An error that is only inferred must come with a question or be about the
// structure; anything else inferred is a warning or milder.
func TestInferredRulesDoNotBlock(t *testing.T) {
	allowed := []string{"LFPSE-DESCRIPTION-DIFFERS"}
	for _, r := range validatorOf(t, embedded(t)).Rules() {
		if r.Layer == rule.LayerLFPSE && r.Confidence != rule.High && !r.Asks {
			if r.Severity == fhir.Error {
				assert.Contains(t, allowed, r.ID)
			}
		}
	}
}

func TestBaseEventsAreValid(t *testing.T) {
	for name, base := range map[string]func() lfpse.Event{
		"incident": incident, "nobody hurt": nobodyHurt, "good care": goodCare, "risk": risk, "outcome": poorOutcome, "large": large,
	} {
		r := validatorOf(t, confirmed(t)).Check(encode(t, confirmed(t), base()))
		assert.Empty(t, r.Issues, name)
		assert.Empty(t, r.Questions, name)
		assert.Empty(t, r.Faults(), name)
	}
}
