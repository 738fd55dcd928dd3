package lfpse_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestAccessorTakesValues(t *testing.T) {
	c := newCodec(t)
	var e lfpse.Event
	for _, tc := range [][2]string{
		{"type", "Good care"},
		{"date", "2026-01-15"},
		{"description", " What happened. "},
		{"patients[1].physicalHarm", "None"},
		{"patients[0].age", "0 days"},
		{"patients[0].genderIdentity", "Non-binary"},
		{"agent.involvedAgents", "IT systems or  software"},
		{"agent.involvedAgents", "4"},
		{"reporter.reporterOrganisation", "A81001"},
		{"referenceMetadata.isAnonymous", "yes"},
		{"governance.dutyOfCandour", "false"},
		{"estimatedDate.preciseTime", "09:05:00"},
		{"devices[0].manufacturer", "Example Ltd"},
		{"location.responsibleSpecialty", "Acute internal medicine"},
	} {
		p, err := c.Accessor(tc[0])
		require.NoError(t, err, tc[0])
		v, err := p.Parse(tc[1])
		require.NoError(t, err, tc[0])
		assert.True(t, p.Repeats() || !p.IsSet(&e), tc[0])
		p.Put(&e, v)
		assert.True(t, p.IsSet(&e), tc[0])
	}
	yes, no := true, false
	assert.Equal(t, lfpse.Event{
		Type:              lfpse.TypeGoodCare,
		Date:              "2026-01-15",
		Description:       "What happened.",
		EstimatedDate:     lfpse.EstimatedDate{PreciseTime: "09:05:00"},
		Patients:          []lfpse.Patient{{Age: lfpse.Age{Unit: lfpse.Days}, GenderIdentity: lfpse.GenderNonBinary}, {PhysicalHarm: lfpse.PhysicalNone}},
		Agent:             lfpse.Agent{InvolvedAgents: []code.AgentType{code.AgentTypeITSystemsOrSoftware, code.AgentTypeMedications}},
		Reporter:          lfpse.Reporter{ReporterOrganisation: "A81001"},
		ReferenceMetadata: lfpse.ReferenceMetadata{IsAnonymous: &yes},
		Governance:        lfpse.Governance{DutyOfCandour: &no},
		Devices:           []lfpse.Device{{Manufacturer: "Example Ltd"}},
		Location:          lfpse.Location{ResponsibleSpecialty: "2"},
	}, e)
}

func TestAccessorRefusesValues(t *testing.T) {
	c := newCodec(t)
	for target, value := range map[string]string{
		"type":                          "near miss",
		"date":                          "31/02/2026",
		"patients[0].physicalHarm":      "5", // a bare code says nothing about the scale
		"patients[0].genderIdentity":    "1", // female in one system, male in another
		"patients[0].age":               "fifty",
		"agent.involvedAgents":          "99",
		"reporter.reporterOrganisation": "the surgery",
		"referenceMetadata.isAnonymous": "perhaps",
		"estimatedDate.preciseTime":     "9:05",
		"description":                   "  ",
	} {
		p, err := c.Accessor(target)
		require.NoError(t, err, target)
		_, err = p.Parse(value)
		require.Error(t, err, target)
		if len(value) > 2 {
			assert.NotContains(t, err.Error(), value)
		}
	}
}

func TestAccessorRefusesTargets(t *testing.T) {
	c := newCodec(t)
	for _, target := range []string{"", "typ", "patients", "patients[0]", "patients.physicalHarm", "patients[100].physicalHarm",
		"patients[-1].physicalHarm", "patients[x].physicalHarm", "patients[0].harm", "location", "location.nowhere", "type.x", "agent[0].involvedAgents", "extra[0].value"} {
		_, err := c.Accessor(target)
		assert.Error(t, err, target)
	}
}

// Every target that a codec names for a taxonomy field leads back to that field.
func TestTargetsLeadBackToTheirFields(t *testing.T) {
	c := newCodec(t)
	tax := c.Taxonomy()
	properties := 0
	for i := range tax.Groups {
		g := &tax.Groups[i]
		for j := range g.Fields {
			target := c.Target(g.ID[:len(g.ID)-2], g.Fields[j].Name, 0)
			if target == "" {
				assert.Equal(t, "PatientSequence", g.Fields[j].Name, "only the sequence has no property of its own")
				continue
			}
			p, err := c.Accessor(target)
			require.NoError(t, err, target)
			assert.Same(t, &g.Fields[j], p.Field(), target)
			properties++
		}
	}
	assert.Equal(t, 160, properties)
}

func TestWhatAPlaceWritesComesBackFromTheWire(t *testing.T) {
	c := newCodec(t)
	tax := c.Taxonomy()
	rapid.Check(t, func(t *rapid.T) {
		g := &tax.Groups[rapid.IntRange(0, len(tax.Groups)-1).Draw(t, "group")]
		f := &g.Fields[rapid.IntRange(0, len(g.Fields)-1).Draw(t, "field")]
		target := c.Target(g.ID[:len(g.ID)-2], f.Name, 0)
		if target == "" {
			t.Skip()
		}
		p, err := c.Accessor(target)
		if err != nil {
			t.Fatal(err)
		}
		value := map[taxonomy.Type]string{taxonomy.String: "text", taxonomy.Code: "ABC123", taxonomy.Date: "2026-01-15", taxonomy.Time: "10:15:00", taxonomy.Boolean: "true", taxonomy.Integer: "62"}[f.Type]
		if choices := p.Choices(); len(choices) > 0 {
			value = rapid.SampledFrom(choices).Draw(t, "choice").Value
		}
		if f.Type == taxonomy.Code && f.CodeSystem == "" {
			value = "A123" // text is no code
		}
		v, err := p.Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		var e lfpse.Event
		p.Put(&e, v)
		a, issues := c.Encode(&e)
		if len(issues) > 0 {
			t.Fatal(issues)
		}
		back, issues := c.Decode(a)
		if len(issues) > 0 || !reflect.DeepEqual(e, back) {
			t.Fatalf("%s: %v", target, issues)
		}
	})
}
