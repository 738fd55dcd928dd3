package lfpse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// Unfit are values that are blank, and texts where a code belongs, in the order of the
// fields; what stands for them may be put in their place meanwhile.
func TestUnfitValues(t *testing.T) {
	c := newCodec(t)
	e := lfpse.Event{
		Type: lfpse.TypeIncident, Description: "\u00a0\u200b", Date: "not a date",
		Reporter: lfpse.Reporter{ReporterRole: "Doctor or dentist", ReporterOrganisation: "QUUXWORTH", ReporterTypeOther: "Friend"},
		Patients: []lfpse.Patient{{PhysicalHarm: "low", Age: lfpse.Age{Value: 18262, Unit: lfpse.RawAge}}, {PhysicalHarm: "Low physical harm"}},
		Agent:    lfpse.Agent{InvolvedAgents: []code.AgentType{"10", "Jane Quuxworth"}},
	}
	var unfit []string
	for p := range c.Unfit(&e) {
		unfit = append(unfit, p.Target())
		for _, value := range p.Values(&e) {
			if code, ok := p.Code(value); ok && code != value {
				p.Clear(&e)
				p.Put(&e, code)
			}
		}
	}
	assert.Equal(t, []string{"description", "reporter.reporterRole", "reporter.reporterOrganisation", "patients[1].physicalHarm", "agent.involvedAgents"}, unfit)
	assert.EqualValues(t, "4", e.Reporter.ReporterRole)
	assert.Equal(t, lfpse.PhysicalLow, e.Patients[1].PhysicalHarm)
	for p := range c.Unfit(&e) {
		assert.Equal(t, "description", p.Target(), "a loop may end early")
		break
	}
}

func TestFormsOfTexts(t *testing.T) {
	for text, want := range map[string]bool{
		"7": true, "a": true, "Z": true, "AB12": true, "999000000000000018": true, "1234567890123456789": false, "ABC1": false, "AB": false,
		"a1": false, "": false, "1a": false, "é": false, "-": false, "1 2": false,
	} {
		assert.Equal(t, want, lfpse.IsCode(text), text)
	}
	for text, want := range map[string]bool{"": true, " \t\n": true, "\u00a0\u200b\ufeff": true, "a": false, " . ": false, "\u200bé": false, "\x00": false} {
		assert.Equal(t, want, lfpse.IsBlank(text), "%q", text)
	}
}
