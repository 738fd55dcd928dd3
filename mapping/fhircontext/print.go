package fhircontext

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// summary is what may be shown of a Context.
type summary struct {
	BirthDate      string `json:"birthDate"`
	Gender         string `json:"gender"`
	GenderIdentity string `json:"genderIdentity"`
	Ethnicity      string `json:"ethnicity"`
	Organisation   string `json:"organisation"`
	ReporterRole   string `json:"reporterRole"`
	Medicines      int    `json:"medicines"`
	Devices        int    `json:"devices"`
	DenyTerms      int    `json:"denyTerms"`
}

func (c Context) summary() summary {
	s := summary{
		BirthDate: c.BirthPrecision.Status.String(), Gender: c.Gender.Status.String(),
		GenderIdentity: c.GenderIdentity.Status.String(), Ethnicity: c.Ethnicity.Status.String(),
		Organisation: c.Organisation.Status.String(), ReporterRole: c.ReporterRole.Status.String(),
		Medicines: len(c.Medicines), Devices: len(c.Devices),
	}
	if c.private != nil {
		s.DenyTerms = len(c.private.terms)
	}
	return s
}

// String says which facts are known, and how many medicines and devices there are.
func (c Context) String() string {
	s := c.summary()
	return fmt.Sprintf("FHIR context: birth date %s, gender %s, gender identity %s, ethnicity %s, organisation %s, reporter role %s, medicines %d, devices %d, deny terms %d",
		s.BirthDate, s.Gender, s.GenderIdentity, s.Ethnicity, s.Organisation, s.ReporterRole, s.Medicines, s.Devices, s.DenyTerms)
}

// Format writes String for every verb: %d or %#v must not reach a value either.
func (c Context) Format(f fmt.State, _ rune) { write(f, c.String()) }

// GoString is String.
func (c Context) GoString() string { return c.String() }

// LogValue is String for package slog.
func (c Context) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON writes which facts are known, no value. There is no way back.
func (c Context) MarshalJSON() ([]byte, error) { return json.Marshal(c.summary()) }

// String gives status and source.
func (f Fact) String() string {
	if f.Source.Path == "" {
		return f.Status.String()
	}
	return f.Status.String() + " from " + f.Source.Path
}

// Format writes String for every verb.
func (f Fact) Format(s fmt.State, _ rune) { write(s, f.String()) }

// LogValue is String for package slog.
func (f Fact) LogValue() slog.Value { return slog.StringValue(f.String()) }

// String gives the source.
func (m Medicine) String() string { return "medicine from " + m.Source.Path }

// Format writes String for every verb.
func (m Medicine) Format(s fmt.State, _ rune) { write(s, m.String()) }

// LogValue is String for package slog.
func (m Medicine) LogValue() slog.Value { return slog.StringValue(m.String()) }

// String gives the source.
func (d Device) String() string { return "device from " + d.Source.Path }

// Format writes String for every verb.
func (d Device) Format(s fmt.State, _ rune) { write(s, d.String()) }

// LogValue is String for package slog.
func (d Device) LogValue() slog.Value { return slog.StringValue(d.String()) }

func write(w io.Writer, text string) { _, _ = io.WriteString(w, text) }
