package mapping_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

func TestEveryBuiltinCompiles(t *testing.T) {
	require.Contains(t, mapping.BuiltinNames(), "datix")
	for _, name := range mapping.BuiltinNames() {
		m, err := mapping.Builtin(name)
		require.NoError(t, err, name)
		assert.Equal(t, name, m.Name)
		mapper, err := mapping.New(m, newBuilder().Form())
		require.NoError(t, err, name)
		assert.Empty(t, mapper.Warnings(), name)
		assert.Same(t, m, mapper.Definition())
	}
	for _, name := range []string{"", "values", "../builtin/datix", "Datix", "datix.yaml", "none"} {
		if name == "values" {
			continue // the word lists are no map
		}
		_, err := mapping.Builtin(name)
		assert.ErrorContains(t, err, "there is datix", name)
	}
	_, err := mapping.Builtin("values")
	assert.Error(t, err)
}

// Every built-in word list must fit the property it is for, whichever map uses it.
func TestEveryBuiltinWordListFitsItsProperty(t *testing.T) {
	for list, target := range map[string]string{
		"event-type": "type", "yes-no-unknown": "location.locationKnown", "practice-role": "reporter.reporterRole", "sds-role": "reporter.reporterRole",
	} {
		compile(t, "fields: [{to: type, default: incident}, {to: "+target+", column: A, values: "+list+"}]\n")
	}
	for list, target := range map[string]string{
		"physical-harm": "physicalHarm", "datix-harm": "physicalHarm", "psychological-harm": "psychologicalHarm", "gender": "genderIdentity", "nhs-gender": "genderIdentity",
		"nhs-gender-identity": "genderIdentity", "lfpse-v5-gender": "genderIdentity", "yes-no": "genderSameAsAtBirth", "nhs-ethnicity": "patientEthnicity",
	} {
		compile(t, patient("{to: "+target+", column: A, values: "+list+"}"))
	}
}

func TestOneOfItsOwnReplacesABuiltinWordList(t *testing.T) {
	m := compile(t, "fields: [{to: type, column: T, values: event-type}]\nvalues: {event-type: {entries: {oops: incident}}}\n")
	assert.EqualValues(t, "incident", m.Map(row(cells{"T": "Oops"})).Event.Type)
	assert.Empty(t, m.Map(row(cells{"T": "risk"})).Event.Type)
}

const datixLog = `Datix ID,Category,Sub Category,Result,Actual Harm,Incident Date,Division,Speciality,Location (Exact),What Happened?,Action Taken (at the time of the incident),Summary of Actions Taken (Investigation),Lessons Learned
W1,Medication,Dose,,None (No harm),05/03/2026,Primary care,General practice,Room 2,The wrong strength was prescribed and noticed by the pharmacy.,Prescription reissued,x,y
W2,Medication,Dose,,"Low (Minimal harm: patient required extra observation)",05/03/26,Primary care,General practice,Room 2,A dose was given twice.,,,
W3,Medication,Dose,,Near miss,31/02/2026,,,,A dose was nearly given twice.,,,
`

func TestDatix(t *testing.T) {
	m, err := mapping.Builtin("datix")
	require.NoError(t, err)
	compiled, err := mapping.New(m, newBuilder().Form(), mapping.WithValues(map[string]string{"reporter.reporterOrganisation": "A81001"}))
	require.NoError(t, err)
	drafts, _ := read(t, &mapper{compiled}, datixLog)
	require.Len(t, drafts, 3)
	assert.Equal(t, "W1", drafts[0].Reference)
	assert.EqualValues(t, "none", drafts[0].Event.Patients[0].PhysicalHarm)
	assert.EqualValues(t, "2026-03-05", drafts[0].Event.Date)
	assert.Equal(t, "Prescription reissued", drafts[0].Event.Outcome.ImmediateActions)
	assert.EqualValues(t, "low", drafts[1].Event.Patients[0].PhysicalHarm)
	assert.Empty(t, patientsOf(drafts[2]), "an ungraded harm stays ungraded")
	question(t, drafts[2], "patients[0].physicalHarm")
	question(t, drafts[2], "date")
	for _, d := range drafts {
		assert.Equal(t, draft.NeedsAnswers, d.State, "%v", d.Issues)
		for _, q := range d.Questions {
			assert.NotEmpty(t, q.Text, q.Target)
		}
	}
	question(t, drafts[0], "patients[0].psychologicalHarm")
}

func TestDatixFitsAnExport(t *testing.T) {
	header, err := os.ReadFile(filepath.Join("..", "..", "shared", "gp", "samples", "datix-header", "datix_export_header_only.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the header of a Datix export is not at hand")
	}
	require.NoError(t, err)
	m, err := mapping.Builtin("datix")
	require.NoError(t, err)
	mapper, err := mapping.New(m, newBuilder().Form())
	require.NoError(t, err)
	_, err = mapper.Open(strings.NewReader(string(header)))
	assert.NoError(t, err)
	ours, _, _ := strings.Cut(datixLog, "\n")
	assert.Equal(t, strings.TrimSpace(strings.TrimPrefix(string(header), "\ufeff")), ours)
}
