package validate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// broken is an incident with a dozen things wrong at once.
func broken(t testing.TB) *fhir.AdverseEvent {
	e := incident()
	e.Description = ""
	e.Patients = append(e.Patients, lfpse.Patient{Age: lfpse.Age{Value: 18262, Unit: lfpse.RawAge}, AgeBracket: "10"})
	e.Reporter.ReporterOrganisation = "not a code"
	e.Agent.SabreReportNumber = "S-1"
	e.Medicines[0].VTMCode = "1"
	a := encode(t, confirmed(t), e)
	a.Actuality = nil
	a.Recorder.Reference = ptr("#nobody")
	a.Extension = append(a.Extension, r4.Extension{Url: "https://example.org/x", ValueCode: ptr(" ")})
	return a
}

func lines(issues fhir.Issues) []string {
	var out []string
	for _, i := range issues {
		out = append(out, i.Severity.String()+" "+i.Rule+" "+i.Path)
	}
	return out
}

func TestEverythingAtOnceInDocumentOrder(t *testing.T) {
	r := validatorOf(t, confirmed(t)).Check(broken(t))
	assert.Equal(t, []string{
		"error LFPSE-DESCRIPTION AdverseEvent",
		"information LFPSE-LOCATION-OWN AdverseEvent.contained[0].extension[0].extension[1].value",
		"error FHIR-DOM-3 AdverseEvent.contained[1]",
		"error LFPSE-ODS AdverseEvent.contained[1].extension[0].extension[2].value",
		"error LFPSE-PHYSICAL-HARM AdverseEvent.contained[3].extension[1]",
		"error LFPSE-PSYCHOLOGICAL-HARM AdverseEvent.contained[3].extension[1]",
		"error LFPSE-GENDER-IDENTITY AdverseEvent.contained[3].extension[1]",
		"error LFPSE-GENDER-AT-BIRTH AdverseEvent.contained[3].extension[1]",
		"error LFPSE-AGE-GRID AdverseEvent.contained[3].extension[1].extension[1].value",
		"error LFPSE-AGE-ONE AdverseEvent.contained[3].extension[1].extension[2]",
		"warning LFPSE-AGENT-REPORT AdverseEvent.extension[0].extension[1]",
		"error LFPSE-DMD-CODE AdverseEvent.extension[1].extension[0].value",
		"error FHIR-FORMAT AdverseEvent.extension[6].value",
		"error PROFILE-GROUP AdverseEvent.extension[6].url",
		"error FHIR-REQUIRED AdverseEvent.actuality",
		"error FHIR-REF-1 AdverseEvent.recorder.reference",
		"warning LFPSE-REFERENCES AdverseEvent.recorder.reference",
	}, lines(r.Issues))
	var asked []string
	for _, q := range r.Questions {
		if q.Arises() { // others follow, which the answers to these may raise
			asked = append(asked, fmt.Sprint(q.Target, " ", q.Required))
		}
	}
	assert.Equal(t, []string{
		"description true", "patients[1].physicalHarm true", "patients[1].psychologicalHarm true",
		"patients[1].genderIdentity true", "patients[1].genderSameAsAtBirth true",
	}, asked)
	assert.Len(t, r.Faults(), len(r.Issues)-len(asked))
	assert.True(t, r.Faults().HasErrors())
}

func TestOnlyQuestionsStandInTheWay(t *testing.T) {
	e := incident()
	e.Patients[0].PhysicalHarm, e.Patients[0].PsychologicalHarm = "", ""
	r := validatorOf(t, confirmed(t)).Check(encode(t, confirmed(t), e))
	assert.True(t, r.Issues.HasErrors(), "harm that is not graded is an error")
	assert.False(t, r.Faults().HasErrors())
	require.Len(t, r.Questions, 4, "the two, and in which cases the strength of association is asked for")
	assert.True(t, r.Questions[1].Arises())
	assert.False(t, r.Questions[2].Arises())
	assert.Equal(t, "patients[0].physicalHarm", r.Questions[0].Target)
	var values []string
	for _, c := range r.Questions[0].Choices {
		values = append(values, c.Value)
	}
	assert.Equal(t, []string{"none", "low", "moderate", "severe", "fatal"}, values)
}

func TestFaultsOfAReportWithoutQuestions(t *testing.T) {
	r := validate.Report{Issues: fhir.Issues{{Rule: "X"}}}
	assert.Equal(t, r.Issues, r.Faults())
}

func TestAnswersSettleTheQuestions(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeIncident, Patients: make([]lfpse.Patient, 2)}
	codec, v := codecOf(t, confirmed(t)), validatorOf(t, confirmed(t))
	answers := map[string]string{
		"description": "An invented event.", "date": "2026-03-11", "reporter.reporterOrganisation": "A81001",
		"patients[0].physicalHarm": "low", "patients[1].physicalHarm": "fatal",
	}
	for range 3 {
		for _, q := range v.Check(encode(t, confirmed(t), e)).Questions {
			p, err := codec.Accessor(q.Target)
			require.NoError(t, err, q.Target)
			value := answers[q.Target]
			if value == "" && len(q.Choices) > 0 {
				value = q.Choices[len(q.Choices)-1].Value
			}
			parsed, err := p.Parse(value)
			require.NoError(t, err, q.Target)
			p.Put(&e, parsed)
		}
	}
	r := v.Check(encode(t, confirmed(t), e))
	assert.Empty(t, r.Questions)
	assert.False(t, r.Issues.HasErrors(), "%v", r.Issues)
	assert.Len(t, e.Patients, 2, "no patient is dropped")
}

func TestNoValueIsRepeated(t *testing.T) {
	const canary = "canary"
	e := incident()
	e.Type = "code:" + canary
	e.Date = canary
	e.EstimatedDate = lfpse.EstimatedDate{IncidentOccurredToday: canary, TodaysDate: canary, ApproximateDate: canary, PreciseTime: canary, EstimatedTime: canary}
	e.Location = lfpse.Location{LocationKnown: canary, Organisation: []string{canary}, OrganisationOther: canary, LocationWithinService: canary, LocationWithinServiceOther: canary}
	e.Reporter = lfpse.Reporter{ReporterRole: canary, ReporterRoleOther: canary, ReporterOrganisation: canary, ReporterContact: canary}
	e.Patients[0].PhysicalHarm, e.Patients[0].GenderIdentity = "code:"+canary, "code:"+canary
	e.Medicines[0].VTMCode = canary
	for _, tax := range []*taxonomy.Taxonomy{embedded(t), confirmed(t)} {
		a := encode(t, tax, e)
		a.Id, a.Description = ptr(canary+" "+canary), ptr(canary)
		a.Meta.Profile = append(a.Meta.Profile, canary+" "+canary)
		a.Subject.Reference = ptr("#" + canary)
		a.Event.Coding[0].System = ptr(canary)
		a.Extension = append(a.Extension, r4.Extension{Url: canary + " " + canary, ValueId: ptr(canary + " ")})
		r := validatorOf(t, tax).Check(a)
		assert.Greater(t, len(r.Issues), 25)
		all, err := json.Marshal(r)
		require.NoError(t, err)
		assert.NotContains(t, string(all), canary)
		assert.NotContains(t, fmt.Sprintf("%+v", r), canary)
	}
}

func TestProvisionalFindingsDoNotTellTheAnswer(t *testing.T) {
	r := validatorOf(t, embedded(t)).Check(encode(t, embedded(t), incident()))
	require.NotEmpty(t, found(r, "LFPSE-PROVISIONAL"))
	for _, i := range r.Issues {
		assert.NotContains(t, strings.ToLower(i.Text), "female")
	}
}

func TestDeterministicAndConcurrent(t *testing.T) {
	v, a := validatorOf(t, confirmed(t)), broken(t)
	valid := encode(t, confirmed(t), large())
	want := fmt.Sprint(v.Check(a))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				assert.Equal(t, want, fmt.Sprint(v.Check(a)))
				assert.Empty(t, v.Check(valid).Issues, "nothing is left over from another record")
			}
		})
	}
	wg.Wait()
}

func TestOptions(t *testing.T) {
	e := incident()
	e.EstimatedDate.EstimatedTime = "1"  // warning
	e.Patients[0].PhysicalHarm = ""      // question
	e.Classification.LevelOfConcern = "" // optional question
	a := encode(t, confirmed(t), e)
	a.Extension[0].Extension[0].ValueCode = ptr("no such agent") // profile
	a.Meta.LastUpdated = ptr("today")                            // fhir
	rules := func(opts ...validate.Option) []string {
		var out []string
		for _, i := range validatorOf(t, confirmed(t), opts...).Check(a).Issues {
			out = append(out, i.Severity.String()+" "+i.Rule)
		}
		return out
	}
	assert.Contains(t, rules(), "warning LFPSE-TIME")
	assert.Contains(t, rules(validate.WithStrict()), "error LFPSE-TIME")
	assert.Contains(t, rules(validate.WithStrict()), "information LFPSE-ASK-CONCERN")
	assert.NotContains(t, rules(validate.WithoutRules("LFPSE-TIME")), "warning LFPSE-TIME")
	assert.Equal(t, []string{"error FHIR-FORMAT"}, rules(validate.WithLayers(rule.LayerFHIR)))
	assert.Equal(t, []string{"error PROFILE-CODE"}, rules(validate.WithLayers(rule.LayerProfile)))
	assert.NotContains(t, rules(validate.WithLayers(rule.LayerLFPSE)), "error PROFILE-CODE")
	assert.Contains(t, rules(validate.WithLayers(rule.LayerLFPSE)), "error LFPSE-PHYSICAL-HARM")
}

func TestUnknownOptionsAreRefused(t *testing.T) {
	_, err := validate.New(codecOf(t, embedded(t)), validate.WithoutRules("LFPSE-NOWHERE"), validate.WithLayers("moon"))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "LFPSE-NOWHERE")
	assert.Contains(t, err.Error(), "moon")
	_, err = validate.New(nil)
	assert.Error(t, err)
}

func TestRulesSayWhyTheyAreOff(t *testing.T) {
	off := func(v *validate.Validator) map[string]string {
		out := map[string]string{}
		for _, r := range v.Rules() {
			if r.Off != "" {
				out[r.ID] = r.Off
			}
		}
		return out
	}
	assert.Equal(t, map[string]string{"LFPSE-DATE-FUTURE": "the validator was not told today's date", "QUALITY-DATE-OLD": "the validator was not told today's date"}, off(validatorOf(t, confirmed(t))))
	assert.Len(t, off(validatorOf(t, confirmed(t), validate.WithToday(func() lfpse.Date { return "2026-03-11" }), validate.WithoutRules("LFPSE-TIME"))), 1)
}

// Of another taxonomy, the rules whose codes are those of versions 5 and 6 and
// those whose fields are gone are not applied; the others are, by name.
func TestAnotherTaxonomy(t *testing.T) {
	tax := edited(t, `"version":\s*"6"`, `"version": "7"`, `-6"`, `-7"`, `"PreciseTime"`, `"ExactTime"`)
	v := validatorOf(t, tax)
	off := map[string]string{}
	for _, r := range v.Rules() {
		off[r.ID] = r.Off
	}
	assert.Equal(t, "its codes belong to other taxonomy versions", off["LFPSE-AGENT-GROUP"])
	assert.Equal(t, "the taxonomy lacks what it is about", off["LFPSE-TIME"])
	for _, rule := range []string{"LFPSE-PHYSICAL-HARM", "LFPSE-DATE", "LFPSE-LOCATION-KNOWN", "LFPSE-AGE-GRID"} {
		assert.Empty(t, off[rule], rule)
	}
	e := incident()
	e.EstimatedDate.PreciseTime = ""
	e.Patients[0].PhysicalHarm = ""
	assert.Equal(t, []string{"AdverseEvent.contained[3].extension[0]"}, found(v.Check(encode(t, tax, e)), "LFPSE-PHYSICAL-HARM"))
	assert.Len(t, found(v.Check(encode(t, confirmed(t), e)), "PROFILE-VERSION"), 1)
}

func TestNilAndEmpty(t *testing.T) {
	v := validatorOf(t, embedded(t))
	assert.Equal(t, []string{"error FHIR-REQUIRED AdverseEvent"}, lines(v.Check(nil).Issues))
	r := v.Check(&fhir.AdverseEvent{})
	assert.True(t, r.Faults().HasErrors())
	assert.NotEmpty(t, r.Questions)
}

// counter counts the extensions that it visits.
type counter struct {
	fhir.VisitNothing
	n int
}

func (c *counter) Extension(*fhir.Walker, *fhir.Element, *r4.Extension, *fhir.Value) bool {
	c.n++
	return true
}

// Other visitors go along through all of a record, whichever layers are on.
func TestOtherVisitorsGoAlong(t *testing.T) {
	a := encode(t, confirmed(t), incident())
	a.Contained = append(a.Contained, fhir.Resource{Device: &r4.Device{}, Patient: &r4.Patient{Extension: make([]r4.Extension, 1)}})
	var alone counter
	new(fhir.Walker).Walk(a, &alone)
	for _, opts := range [][]validate.Option{nil, {validate.WithLayers(rule.LayerFHIR)}, {validate.WithLayers(rule.LayerQuality)}} {
		v := validatorOf(t, confirmed(t), opts...)
		var one, two counter
		assert.Equal(t, v.Check(a), v.Check(a, &one, &two))
		assert.Equal(t, alone, one)
		assert.Equal(t, alone, two)
	}
	var none counter
	validatorOf(t, confirmed(t)).Check(nil, &none)
	assert.Zero(t, none)
}

// A question about a device counts the devices, whatever else is contained.
func TestQuestionsCountDevices(t *testing.T) {
	tax := edited(t, `("name":\s*"DeviceType",\s*"min":)\s*0`, `${1} 1`)
	e := incident()
	e.Agent.InvolvedAgents = append(e.Agent.InvolvedAgents, "3")
	e.Devices = []lfpse.Device{{DeviceType: []code.DeviceType{"10"}}, {DeviceTypeOther: "a device of an unlisted kind"}}
	r := validatorOf(t, tax).Check(encode(t, tax, e))
	require.Len(t, r.Questions, 1)
	assert.Equal(t, "devices[1].deviceType", r.Questions[0].Target)
	assert.Len(t, r.Questions[0].Choices, 93)
}

// With the rule about versions switched off a record of another version is judged
// as it is, not passed unseen.
func TestAnotherVersionIsNeverPassedUnseen(t *testing.T) {
	a := encode(t, confirmed(t), incident())
	a.Meta.Profile[0] = strings.Replace(a.Meta.Profile[0], "-6", "-5", 1)
	a.Date = nil
	for _, opt := range []validate.Option{validate.WithoutRules("PROFILE-VERSION"), validate.WithLayers(rule.LayerLFPSE)} {
		r := validatorOf(t, confirmed(t), opt).Check(a)
		assert.Len(t, found(r, "LFPSE-DATE"), 1)
	}
}
