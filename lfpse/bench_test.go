package lfpse_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// usual is an incident with what most incidents state.
func usual() *lfpse.Event {
	return &lfpse.Event{
		Type: lfpse.TypeIncident, Date: "2026-03-05", Description: "A dose was given twice.",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n", PreciseTime: "09:40:00"},
		Location:      lfpse.Location{LocationKnown: "y", Organisation: []string{"Y99999"}, LocationWithinService: "11", ServiceArea: []code.ServiceType{"17"}},
		Reporter:      lfpse.Reporter{ReporterType: "3", ReporterRole: "5", ReporterInvolvement: "4", ReporterOrganisation: "Y99999"},
		Patients:      []lfpse.Patient{{AgeBracket: "10", GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes, PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalNone}},
		Agent:         lfpse.Agent{InvolvedAgents: []code.AgentType{"4", "3"}, DrugsInvolved: []string{"Cream"}},
		Process:       lfpse.Process{HealthcareProcess: []code.HealthcareProcess{"5", "6"}},
		Medicines:     []lfpse.Medicine{{VTMCode: "15219611000001105", VTMString: "Coal tar"}, {VMPCode: "22480211000001104", VMPString: "Diclofenac 2.32% gel"}},
		Devices:       []lfpse.Device{{DeviceTypeOther: "Pump", Manufacturer: "Example Devices Ltd"}},
		ProblemPeople: lfpse.ProblemPeople{PeopleActionFactors: []code.PeopleActions{"4"}, ProblemDescriptionActions: "Not compared."},
	}
}

func BenchmarkEncoder(b *testing.B) {
	w, e := newCodec(b).NewEncoder(), usual()
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := w.Encode(e); len(issues) > 0 {
			b.Fatal(issues)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	c := newCodec(b)
	a, issues := c.Encode(usual())
	require.Empty(b, issues)
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := c.Decode(a); len(issues) > 0 {
			b.Fatal(issues)
		}
	}
}

func BenchmarkNewCodec(b *testing.B) {
	t := newCodec(b).Taxonomy()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lfpse.NewCodec(t); err != nil {
			b.Fatal(err)
		}
	}
}
