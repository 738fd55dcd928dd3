package lfpse

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/internal/strictjson"
)

// Event is one patient safety event, independent of the taxonomy version.
//
// Its groups and their fields are those of the LFPSE taxonomy, under the same names;
// coded fields hold the codes of package code. A zero field means "not stated". An Event
// is plain data: copy it, compare it, but do not write to it from several goroutines at
// once.
//
// Programs in other languages hand over events in the JSON form of an Event;
// [Codec.EventSchema] has its schema. Printing or logging an Event shows its type only.
//
// The lfpse tag names the taxonomy group, or the field, that a field of the Event
// holds; go generate makes the table of all properties from it.
type Event struct {
	// ID is the id the service gave the record; set it to update that record.
	ID   string    `json:"id,omitempty"`
	Type EventType `json:"type,omitempty"`
	// Description is the narrative of what happened.
	Description string `json:"description,omitempty" lfpse:"adverse-event-core/Description"`
	// Date is the day of the event, if it is known; if only the month is known, use
	// EstimatedDate.ApproximateDate instead.
	Date          Date          `json:"date,omitempty"`
	EstimatedDate EstimatedDate `json:"estimatedDate,omitzero" lfpse:"adverse-event-estimated-date"`
	Location      Location      `json:"location,omitzero" lfpse:"location-details"`
	Reporter      Reporter      `json:"reporter,omitzero" lfpse:"practitioner-details"`
	// Patients are the patients affected, the first being PatientSequence 1. An
	// incident that affected nobody has none, and states RiskDetails.
	Patients []Patient `json:"patients,omitempty" lfpse:"patient-information"`

	Agent            Agent            `json:"agent,omitzero" lfpse:"adverse-event-agent"`
	Process          Process          `json:"process,omitzero" lfpse:"adverse-event-process"`
	Outcome          Outcome          `json:"outcome,omitzero" lfpse:"adverse-event-outcome"`
	Classification   Classification   `json:"classification,omitzero" lfpse:"adverse-event-classification"`
	DetectionFactors DetectionFactors `json:"detectionFactors,omitzero" lfpse:"detection-factors"`
	SafetyChallenges SafetyChallenges `json:"safetyChallenges,omitzero" lfpse:"adverse-event-safety-challenges"`
	RiskDetails      RiskDetails      `json:"riskDetails,omitzero" lfpse:"adverse-event-risk-details"`
	WentWell         WentWell         `json:"wentWell,omitzero" lfpse:"adverse-event-went-well"`

	// Medicines are the dm+d medicines involved, Devices the devices.
	Medicines []Medicine `json:"medicines,omitempty" lfpse:"medication-dmd"`
	Devices   []Device   `json:"devices,omitempty" lfpse:"adverse-event-device-details"`
	// MedicationAdministration says whether the medicine was given by a device.
	MedicationAdministration code.YesNoUnknown `json:"medicationAdministration,omitempty" lfpse:"medication-administration/MedicationAdministration"`

	ProblemMedication              ProblemMedication              `json:"problemMedication,omitzero" lfpse:"adverse-event-problem-medication"`
	ProblemDevices                 ProblemDevices                 `json:"problemDevices,omitzero" lfpse:"adverse-event-problem-devices"`
	ProblemITSystems               ProblemITSystems               `json:"problemITSystems,omitzero" lfpse:"adverse-event-problem-it-systems"`
	ProblemBuildingsInfrastructure ProblemBuildingsInfrastructure `json:"problemBuildingsInfrastructure,omitzero" lfpse:"adverse-event-problem-buildings-infrastructure"`
	ProblemEstatesServices         ProblemEstatesServices         `json:"problemEstatesServices,omitzero" lfpse:"adverse-event-problem-estates-services"`
	ProblemBlood                   ProblemBlood                   `json:"problemBlood,omitzero" lfpse:"adverse-event-problem-blood"`
	ProblemBloodProducts           ProblemBloodProducts           `json:"problemBloodProducts,omitzero" lfpse:"adverse-event-problem-blood-products"`
	ProblemTissuesOrgans           ProblemTissuesOrgans           `json:"problemTissuesOrgans,omitzero" lfpse:"adverse-event-problem-tissues-organs"`
	ProblemPeople                  ProblemPeople                  `json:"problemPeople,omitzero" lfpse:"adverse-event-problem-people"`

	Governance        Governance        `json:"governance,omitzero" lfpse:"adverse-event-governance"`
	ReferenceMetadata ReferenceMetadata `json:"referenceMetadata,omitzero" lfpse:"adverse-event-reference-metadata"`

	// Extra holds values of fields that the loaded taxonomy has but this type lacks, so
	// that a newer taxonomy can be used without new code.
	Extra []Extra `json:"extra,omitempty"`
}

// Extra is the value of one taxonomy field for which [Event] has no property.
type Extra struct {
	Group string `json:"group"` // logical id of the group, without version suffix
	// Index counts the patients or devices from 0 where the group belongs to one.
	Index int    `json:"index,omitempty"`
	Field string `json:"field"`
	Value string `json:"value"` // true or false for a boolean, digits for an integer
}

// EventType is one of the four kinds of LFPSE event.
type EventType string

// The event types. A near miss is an Incident, not a Risk: something happened.
const (
	TypeIncident EventType = "incident"  // something unintended happened or failed to happen
	TypeRisk     EventType = "risk"      // nothing has happened yet but could
	TypeOutcome  EventType = "outcome"   // a poor outcome whose cause is not clear yet
	TypeGoodCare EventType = "good-care" // care that went well and can be learned from
)

// PhysicalHarm grades the physical harm to one patient. The empty value is "not
// graded yet" and is never read as no harm. The scale has its own type because
// the same word has another code on the psychological scale.
type PhysicalHarm string

// The physical harm grades, worst first.
const (
	PhysicalFatal    PhysicalHarm = "fatal"
	PhysicalSevere   PhysicalHarm = "severe"
	PhysicalModerate PhysicalHarm = "moderate"
	PhysicalLow      PhysicalHarm = "low"
	PhysicalNone     PhysicalHarm = "none"
)

// PsychologicalHarm grades the psychological harm to one patient. The empty
// value is "not graded yet". There is no fatal grade.
type PsychologicalHarm string

// The psychological harm grades, worst first.
const (
	PsychologicalSevere   PsychologicalHarm = "severe"
	PsychologicalModerate PsychologicalHarm = "moderate"
	PsychologicalLow      PsychologicalHarm = "low"
	PsychologicalNone     PsychologicalHarm = "none"
)

// GenderIdentity is the gender a patient identifies with. Names follow the concepts of
// the NHS Data Dictionary. The codes of the LFPSE list are provisional.
type GenderIdentity string

// The gender identities.
const (
	GenderFemale    GenderIdentity = "female" // including trans women
	GenderMale      GenderIdentity = "male"   // including trans men
	GenderNonBinary GenderIdentity = "non-binary"
	GenderOther     GenderIdentity = "other"
	GenderNotKnown  GenderIdentity = "not-known"
	GenderNotStated GenderIdentity = "not-stated"
)

// GenderSameAsAtBirth says whether the gender identity is the one registered at
// birth. The codes of the LFPSE list are provisional.
type GenderSameAsAtBirth string

// The answers to the question whether the gender is the same as at birth.
const (
	SameAsAtBirthYes       GenderSameAsAtBirth = "yes"
	SameAsAtBirthNo        GenderSameAsAtBirth = "no"
	SameAsAtBirthNotKnown  GenderSameAsAtBirth = "not-known"
	SameAsAtBirthNotStated GenderSameAsAtBirth = "not-stated"
)

// RawCode is the prefix of a code that the taxonomy has no name for, in properties that
// hold names: event type, harm, gender. GenderIdentity "code:F" is sent as the code F.
const RawCode = "code:"

// ParseEvent reads the JSON form of an event. It is strict: unknown properties, duplicate
// keys and trailing data are errors. The error, of type [fhir.Issues], lists everything
// that is wrong, with its path in the document.
func ParseEvent(data []byte) (Event, error) {
	var e Event
	err := strictjson.Decode(data, &e, "EVENT-FORM").Err()
	return e, err
}

// Format prints the type of the event and nothing else, for every verb, so that an event
// cannot leak through a log line.
func (e Event) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "lfpse.Event(%s, %d patients)", e.kind(), len(e.Patients))
}

// LogValue logs the type of the event and nothing else.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("type", e.kind()), slog.Int("patients", len(e.Patients)))
}

// kind returns the type for printing, if it is one of the event types: other text in the
// field may be personal data.
func (e Event) kind() string {
	switch e.Type {
	case TypeIncident, TypeRisk, TypeOutcome, TypeGoodCare:
		return string(e.Type)
	case "":
		return "no type"
	}
	return "other type"
}

// Format prints the name of the type and nothing else.
func (Extra) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "lfpse.Extra") }

// LogValue logs the name of the type and nothing else.
func (Extra) LogValue() slog.Value { return slog.StringValue("lfpse.Extra") }
