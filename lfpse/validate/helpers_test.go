package validate_test

import (
	"regexp"
	"sync"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// embedded is the taxonomy as it comes, confirmed the same with every provisional
// element settled: with invented codes, risk and outcome the other way round. Both
// are compiled once, being immutable.
func embedded(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := loadEmbedded()
	require.NoError(t, err)
	return tax
}

func confirmed(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := loadConfirmed()
	require.NoError(t, err)
	return tax
}

var loadEmbedded = sync.OnceValues(func() (*taxonomy.Taxonomy, error) { return taxonomy.Embedded("6") })

var loadConfirmed = sync.OnceValues(func() (*taxonomy.Taxonomy, error) {
	tax, err := loadEmbedded()
	if err != nil {
		return nil, err
	}
	return tax.Confirm(taxonomy.Confirmation{
		Source: "test",
		Concepts: map[string]map[string]string{
			"event-type-6":              {"risk": "3", "outcome": "2"},
			"gender-identity-6":         {"female": "F", "male": "M", "non-binary": "N", "other": "O", "not-known": "K", "not-stated": "S"},
			"gender-same-as-at-birth-6": {"yes": "Y", "no": "N", "not-known": "K", "not-stated": "S"},
		},
		Groups: []string{"adverse-event-governance-6"},
	})
})

// edited is the embedded taxonomy with some of its text replaced, given as pairs
// of a regular expression and its replacement.
func edited(t testing.TB, pairs ...string) *taxonomy.Taxonomy {
	t.Helper()
	b, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	for i := 0; i < len(pairs); i += 2 {
		re := regexp.MustCompile(pairs[i])
		require.True(t, re.Match(b), pairs[i])
		b = re.ReplaceAll(b, []byte(pairs[i+1]))
	}
	tax, err := taxonomy.Load(b)
	require.NoError(t, err)
	return tax
}

func codecOf(t testing.TB, tax *taxonomy.Taxonomy) *lfpse.Codec {
	t.Helper()
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	return c
}

func validatorOf(t testing.TB, tax *taxonomy.Taxonomy, opts ...validate.Option) *validate.Validator {
	t.Helper()
	v, err := validate.New(codecOf(t, tax), opts...)
	require.NoError(t, err)
	return v
}

func encode(t testing.TB, tax *taxonomy.Taxonomy, e lfpse.Event) *fhir.AdverseEvent {
	t.Helper()
	a, issues := codecOf(t, tax).Encode(&e)
	require.Empty(t, issues)
	return a
}

func ptr[T any](v T) *T { return &v }

// The base events are complete: with a confirmed taxonomy nothing is found.

func common() lfpse.Event {
	return lfpse.Event{
		Description:   "A repeat prescription was issued twice. Invented for a test.",
		Date:          "2026-03-11",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo, PreciseTime: "10:15:00"},
		Location: lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"},
			LocationWithinService: "11", ServiceArea: []code.ServiceType{"17"}},
		Reporter: lfpse.Reporter{ReporterRole: "5", ReporterInvolvement: "4", ReporterOrganisation: "A81001"},
	}
}

func incident() lfpse.Event {
	e := common()
	e.Type = lfpse.TypeIncident
	e.Patients = []lfpse.Patient{{
		Age: lfpse.Age{Value: 50, Unit: lfpse.Years}, GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes,
		PatientEthnicity: "11", PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalNone, ClinicalOutcome: "Recovered fully",
	}}
	e.Agent.InvolvedAgents = []code.AgentType{"4"}
	e.Medicines = []lfpse.Medicine{{VTMCode: "108502004", VTMString: "Adenosine", VMPCode: "35894711000001106", VMPString: "Adenosine 6mg/2ml solution for injection vials"}}
	e.MedicationAdministration = code.YesNoUnknownNo
	e.ProblemMedication.DrugInvolvementFactors = []code.DrugsInvolved{"1"}
	e.SafetyChallenges.SafetyChallenges = []code.SafetyChallenges{"6"}
	e.Classification.LevelOfConcern = "3"
	return e
}

func nobodyHurt() lfpse.Event {
	e := incident()
	e.Patients = nil
	e.RiskDetails.RiskImminent = code.YesNoUnknownNo
	return e
}

func goodCare() lfpse.Event {
	e := common()
	e.Type = lfpse.TypeGoodCare
	e.WentWell.HowFutureOccurrence = "Tell the other practices of the network."
	return e
}

func risk() lfpse.Event {
	e := common()
	e.Type = lfpse.TypeRisk
	e.RiskDetails.RiskImminent = code.YesNoUnknownNo
	return e
}

func poorOutcome() lfpse.Event {
	e := common()
	e.Type = lfpse.TypeOutcome
	e.Outcome.OutcomeType = []code.OutcomeType{"2"}
	e.Patients = []lfpse.Patient{{AgeBracket: "7"}}
	return e
}

// large is a valid event of about 7 kB.
func large() lfpse.Event {
	e := incident()
	e.Patients = append(e.Patients, e.Patients[0], e.Patients[0], e.Patients[0])
	e.Agent.InvolvedAgents = []code.AgentType{"4", "3"}
	e.Devices = []lfpse.Device{{DeviceType: []code.DeviceType{"10"}, Manufacturer: "Example Ltd", ModelNumber: "M-1"}}
	e.ProblemDevices.DeviceInvolvementFactors = []code.DevicesInvolved{"1"}
	e.ProblemPeople.PeopleActionFactors = []code.PeopleActions{"1"}
	e.Process.HealthcareProcess = []code.HealthcareProcess{"5"}
	e.Outcome.ImmediateActions = "The pharmacy was told to hold the second prescription."
	return e
}

// groupOf returns the extension of a group, which must be there.
func groupOf(t testing.TB, exts []r4.Extension, id string) *r4.Extension {
	t.Helper()
	for i := range exts {
		if exts[i].Url == "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"+id+"-6" {
			return &exts[i]
		}
	}
	require.FailNow(t, "no such group", id)
	return nil
}

// fieldOf returns the first sub-extension of a name, which must be there.
func fieldOf(t testing.TB, g *r4.Extension, name string) *r4.Extension {
	t.Helper()
	for i := range g.Extension {
		if g.Extension[i].Url == name {
			return &g.Extension[i]
		}
	}
	require.FailNow(t, "no such field", name)
	return nil
}

// found returns the paths of the findings of a rule.
func found(r validate.Report, rule string) []string {
	var paths []string
	for _, i := range r.Issues {
		if i.Rule == rule {
			paths = append(paths, i.Path)
		}
	}
	return paths
}
