// Package fhircontext takes from a FHIR record, of R4 or STU3, in JSON or XML, what a safety report may use.
//
// Clinical systems emit no safety event. They emit records: bundles of a patient, an
// encounter, prescriptions and the people and organisations around them. [Load]
// reads such a bundle, or one resource, and keeps the few facts that LFPSE has a
// place for: gender, ethnicity, the practice, the kind of staff, medicines and
// devices. The event itself still comes from a form or a log.
//
// Identifiers are consumed, never copied. The date of birth is held for computing
// an age, and the names, numbers and addresses for screening free text
// ([Context.DenyTerms]); neither is reachable by printing, logging or marshalling.
//
// Nothing is guessed. Every fact is known, absent or asked: an ambiguous job role,
// two organisations or two patients become a question for a person. Every fact
// names the element it was taken from.
package fhircontext

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Status says what is known about a fact.
type Status uint8

const (
	// Absent: the record does not say.
	Absent Status = iota
	// Known: Value holds the answer.
	Known
	// Ask: the record says something that allows several answers, or none that
	// LFPSE knows. A person must answer.
	Ask
)

// String returns absent, known or ask.
func (s Status) String() string {
	switch s {
	case Known:
		return "known"
	case Ask:
		return "ask"
	default:
		return "absent"
	}
}

// Source says where a fact comes from. It is safe to log.
type Source struct {
	// Path is the FHIRPath of the element, such as
	// Bundle.entry[3].resource.code[0].coding[0]; "" for an absent fact.
	Path string `json:"path,omitempty"`
	// Note says in a sentence why this element was taken, or why a person must
	// answer. It holds no value of the record.
	Note string `json:"note,omitempty"`
}

// Fact is one answer that the record may give. Printing or logging it shows its
// status and source, never its value.
type Fact struct {
	Status Status
	Value  string // "" unless known
	// Candidates are the answers that remain when a person must choose; empty when
	// the record narrows nothing down.
	Candidates []string
	Source     Source
}

// Level is the level of a medicine in dm+d.
type Level uint8

// The levels. A code alone does not tell its level: it is unknown unless the
// caller's own dm+d does, see [WithDMD].
const (
	LevelUnknown Level = iota
	VTM                // virtual therapeutic moiety: the substance
	VMP                // virtual medicinal product: the generic product
	AMP                // actual medicinal product: the brand
)

// String returns unknown, vtm, vmp or amp.
func (l Level) String() string {
	switch l {
	case VTM:
		return "vtm"
	case VMP:
		return "vmp"
	case AMP:
		return "amp"
	default:
		return "unknown"
	}
}

// Medicine is a medicine of the record, as recorded: a product is never replaced by
// its generic or its substance. Printing or logging it shows its source only.
type Medicine struct {
	// Code is a SNOMED CT or dm+d concept id with a correct check digit, or "".
	Code string
	// Display names the medicine: that of the code, or the text of the record.
	// It is free text, to be screened like any other.
	Display string
	Level   Level
	// Resource is the type of resource that mentions it, such as MedicationRequest.
	Resource string
	// Doubt says in a sentence why the record does not show that the patient had the
	// medicine: it was stopped, not taken, entered in error. It is empty for one in use.
	Doubt string
	// Since and Until are the days on which its use began and ended, as YYYY, YYYY-MM or
	// YYYY-MM-DD, if the record says so.
	Since, Until string
	Source       Source
}

// Device is a device of the record. Serial numbers, UDI carriers and other
// identifiers are not read: that of an implant identifies a person. Printing or
// logging it shows its source only.
type Device struct {
	// Code is the SNOMED CT concept id of its type, or "".
	Code string
	// Type names the type: the display of the code, or the text of the record.
	Type         string
	Manufacturer string
	ModelNumber  string
	// Software says that the type is called software. LFPSE has agents of its own
	// for devices (3) and IT systems (9); which one this is remains a question.
	Software bool
	Source   Source
}

// Context is what a record says that a safety report may use. It is immutable and
// safe for concurrent use. Printing, logging or marshalling it shows which facts are
// known, never a value.
type Context struct {
	// BirthPrecision is how exact the date of birth is: day, month or year.
	BirthPrecision Fact
	// Gender is the administrative gender: female, male, other or unknown.
	Gender Fact
	// GenderIdentity is female, male, non-binary, other or not-stated, from an
	// extension of Patient. It is absent from most records, and never derived
	// from Gender.
	GenderIdentity Fact
	// Ethnicity is a code of the LFPSE ethnicity list, 11 to 52.
	Ethnicity Fact
	// Organisation is the ODS code of where care was given: of the encounter, else
	// of the reporter's role, else the one that manages the record.
	Organisation Fact
	// ReporterRole is a code of the LFPSE staff-type list, 1 to 9.
	ReporterRole Fact
	// Medicines are candidates: that the patient had a medicine does not show that it was
	// involved.
	Medicines []Medicine
	Devices   []Device

	// Behind a pointer, so that printing a struct that holds a Context cannot reach it.
	private *private
}

// private is what is consumed and never copied.
type private struct {
	birthDate string
	terms     []privacy.Term
	patient   bool
}

// HoldsPatient reports whether there is a patient in the record, whoever it is about. If
// not, DenyTerms lacks what only that resource says.
func (c *Context) HoldsPatient() bool { return c.private.patient }

// BirthDate returns the date of birth as YYYY-MM-DD, YYYY-MM or YYYY, or "" when it
// is not known; BirthPrecision tells which. It is there to compute an age, and must
// not be stored, shown, logged or sent.
func (c *Context) BirthDate() string { return c.private.birthDate }

// DenyTerms returns what must not stand in the free text of a report: the names,
// numbers, contact details, addresses and dates of birth of every patient, relative
// and member of staff in the record, whoever the subject is, wherever the record names
// them and as people write them: with the user names that are made from a name, and
// telephone numbers without their area code. They are meant for [privacy.NewDenyList]
// alone.
func (c *Context) DenyTerms() []privacy.Term { return slices.Clone(c.private.terms) }

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

// MarshalJSON writes String. There is no way back.
func (f Fact) MarshalJSON() ([]byte, error) { return json.Marshal(f.String()) }

// MarshalJSON writes String. There is no way back.
func (m Medicine) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// MarshalJSON writes String. There is no way back.
func (d Device) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
