package fhircontext

import (
	"cmp"
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Facts returns what the record says about the first patient, the reporter and the
// devices involved, for [draft.Form.Apply]. The administrative gender is not among it: it
// is not an identity, and a map has to say so where a practice takes it for one.
func (c *Context) Facts() []draft.Fact {
	var out []draft.Fact
	if c.BirthDate() != "" {
		out = append(out, c.birth())
	}
	for _, f := range []struct {
		target string
		fact   Fact
	}{
		{"patients[0].genderIdentity", c.GenderIdentity},
		{"patients[0].patientEthnicity", c.Ethnicity},
		{"reporter.reporterOrganisation", c.Organisation},
		{"reporter.reporterRole", c.ReporterRole},
	} {
		if f.fact.Status != Absent {
			out = append(out, draft.Fact{Target: f.target, Value: f.fact.Value, From: "record " + f.fact.Source.Path, Note: f.fact.Source.Note})
		}
	}
	return append(out, c.DeviceFacts()...)
}

// birth is the date of birth, of which the report gets the age only.
func (c *Context) birth() draft.Fact {
	out := draft.Fact{Target: "patients[0].birthDate", From: "record " + c.BirthPrecision.Source.Path}
	if c.BirthPrecision.Value == "day" {
		out.Value = c.BirthDate()
	} else {
		out.Note = "It gives no full date of birth, so no exact age can be worked out."
	}
	return out
}

// Candidates returns the medicines of the record, each of which may have been involved.
func (c *Context) Candidates() []draft.Candidate { return c.CandidatesAt(LevelUnknown) }

// CandidatesAt is Candidates for a record whose codes are declared to be at a level of
// dm+d where it is not known: a product is sent by its code if that is the one of a
// generic product or a substance, any other by name, since a brand is not sent as a
// generic. One that has neither has no facts.
func (c *Context) CandidatesAt(declared Level) []draft.Candidate {
	out := make([]draft.Candidate, len(c.Medicines))
	for i := range c.Medicines {
		m := &c.Medicines[i]
		level := m.Level
		if level == LevelUnknown {
			level = declared
		}
		out[i] = draft.Candidate{Name: cmp.Or(m.Display, m.Code), Code: m.Code, From: "record " + m.Source.Path, Doubt: m.Doubt, Since: m.Since, Until: m.Until, Facts: m.facts(level)}
	}
	return out
}

// facts are what an event states about a medicine at a level of dm+d.
func (m *Medicine) facts(level Level) []draft.Fact {
	from := "record " + m.Source.Path
	if m.Code != "" && (level == VMP || level == VTM) {
		at, note := "medicines[0]."+level.String(), "dm+d product (VMP)"
		if level == VTM {
			note = "dm+d substance (VTM)"
		}
		out := []draft.Fact{{Target: at + "Code", Value: m.Code, From: from, Note: note}}
		if m.Display != "" {
			out = append(out, draft.Fact{Target: at + "String", Value: m.Display, From: from, Note: note})
		}
		return out
	}
	if m.Display == "" {
		return nil
	}
	return []draft.Fact{{Target: "agent.drugsInvolved", Value: m.Display, From: from, Note: "by name: the record does not say whether its code is a generic product"}}
}

// DeviceFacts returns the devices of the record, the type as recorded.
func (c *Context) DeviceFacts() []draft.Fact {
	var out []draft.Fact
	for i := range c.Devices {
		d := &c.Devices[i]
		for _, f := range []struct{ property, value string }{
			{"deviceTypeOther", d.Type}, {"manufacturer", d.Manufacturer}, {"modelNumber", d.ModelNumber},
		} {
			if f.value != "" {
				out = append(out, draft.Fact{Target: fmt.Sprintf("devices[%d].%s", i, f.property), Value: f.value, From: "record " + d.Source.Path, Note: "as recorded"})
			}
		}
	}
	return out
}
