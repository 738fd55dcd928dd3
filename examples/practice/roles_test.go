package practice_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/mapping"
)

// The jobs that people write into a log mean what they mean whatever the order of the
// words and of the map: the longest word decides.
func TestRoles(t *testing.T) {
	mapper, _ := newMapper(t)
	for job, want := range map[string]string{
		"GP": "4", "Salaried GP": "4", "GP Partner": "4", "GP registrar": "4", "Registrar": "4", "Locum": "4", "Locum GP": "4", "GP (locum)": "4", "Doctor": "4",
		"Practice nurse": "5", "ANP": "5", "Advanced Nurse Practitioner": "5", "Locum nurse": "5", "GP nurse": "5", "Nurse prescriber": "5", "Mental health nurse": "5", "Health visitor": "5",
		"First contact physiotherapist": "3", "Occupational therapist": "3",
		"HCA": "1", "Locum HCA": "1", "Health care assistant": "1", "Nursing associate": "1", "Trainee nursing associate": "1", "Nursery nurse": "1", "Phlebotomist": "1", "Paramedic": "1", "GP paramedic": "1", "Pharmacy technician": "1", "Dispenser": "1",
		"Clinical pharmacist": "2", "PCN pharmacist": "2", "Locum pharmacist": "2", "Physician associate": "2", "Mental health practitioner": "2", "Social prescriber": "2", "Social prescribing link worker": "2", "Health and wellbeing coach": "2",
		"GP receptionist": "6", "Receptionist (GP surgery)": "6", "Doctor's receptionist": "6", "GP secretary": "6", "Medical secretary": "6", "Care coordinator": "6", "Care Co-ordinator": "6", "Practice manager": "6", "Admin": "6", "Prescription clerk": "6",
		"Cleaner": "7", "Volunteer": "8",
		// Nothing is guessed.
		"ACP": "", "Advanced clinical practitioner": "", "Medical student": "", "Nursing student": "", "GP assistant": "", "Trainee": "", "Partner": "", "Nurserymaid": "",
	} {
		d := mapper.Map(mapping.Row{Line: 2, Cells: map[string]string{"Type": "incident", "Recorded by": job}})
		assert.Equal(t, want, string(d.Event.Reporter.ReporterRole), job)
		assert.Equal(t, want == "", d.Asks("reporter.reporterRole"), job)
	}
	assert.Empty(t, mapper.Warnings())
}

// Words for the kind of event and for ethnic groups that only begin or end like one of the
// log are asked about.
func TestTypesAndEthnicGroupsAreWhole(t *testing.T) {
	mapper, _ := newMapper(t)
	for word, want := range map[string]string{"Incident": "incident", " Near  miss": "incident", "Incident?": "", "Incident/Risk": "", "Risk - near miss": "", "Outcome of complaint": ""} {
		d := mapper.Map(mapping.Row{Line: 2, Cells: map[string]string{"Type": word}})
		assert.Equal(t, want, string(d.Event.Type), word)
	}
	for word, want := range map[string]string{
		"A": "11", "British": "11", "White - British": "11", "white british": "11", "B": "12", "White Irish": "12", "White – Irish": "12",
		"Black or Black British": "", "Asian or Asian British": "", "not White British": "", "White British / Irish": "",
	} {
		d := mapper.Map(mapping.Row{Line: 2, Cells: map[string]string{"Type": "incident", "Patients affected": "1", "Ethnicity": word}})
		got := ""
		for _, p := range d.Event.Patients {
			got = string(p.PatientEthnicity)
		}
		assert.Equal(t, want, got, word)
	}
}
