package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// layers are the layers of this package, in their order, which is also that of the
// findings about the same element.
var layers = []rule.Layer{rule.LayerFHIR, rule.LayerProfile, rule.LayerLFPSE, rule.LayerQuality}

// definition is a rule of the catalogue with what is needed to apply it.
type definition struct {
	ID       string
	Title    string // what must hold
	Layer    rule.Layer
	Severity fhir.Severity
	// Versions are the taxonomy versions whose codes the rule is written for, all if
	// empty.
	Versions []string
	// EventTypes are the event types the rule is about, all if empty.
	EventTypes []lfpse.EventType
	// Path is what the rule is about; if it is empty, that is what its checks name first.
	Path       string
	Evidence   taxonomy.Evidence
	Confidence rule.Confidence
	Source     string
	Why        string // why it matters
	Fix        string // what to do about a finding
	// Absence says that a finding can be about something missing, Asks that it can come
	// with a question. They need not be set for what the checks show.
	Absence, Asks bool

	text   string  // what is wrong, as a sentence; a check may be more specific
	checks []check // for a rule that consists of conditions on fields
}

// check is one condition: if all of when hold, the record must have one of need and none
// of bar. Things are named GROUP/FIELD or GROUP by logical ids without version, or as an
// element of the root: date, description, event.
type check struct {
	each string // group whose occurrences are judged one by one, empty for the record as a whole
	when []cond
	need []string
	bar  []string
	text string
	fix  string
	ask  *ask
}

// misses reports whether a finding of the check is about something missing.
func (c *check) misses() bool {
	return len(c.need) > 0 || slices.ContainsFunc(c.when, func(c cond) bool { return c.not })
}

// cond is a condition on an answer. Without values it holds if there is an answer. Values
// are names if the list has names, else codes, or true.
type cond struct {
	ref    string
	values []string
	not    bool
}

func has(ref string) cond                     { return cond{ref: ref} }
func lacks(ref string) cond                   { return cond{ref: ref, not: true} }
func is(ref string, values ...string) cond    { return cond{ref: ref, values: values} }
func isNot(ref string, values ...string) cond { return cond{ref: ref, values: values, not: true} }

// ask is the question that goes with a finding of a check.
type ask struct {
	required bool
	ref      string // what the answer is for
	text     string
}

// required and optional make the question that a rule asks about a field.
func required(ref, text string) *ask { return &ask{required: true, ref: ref, text: text} }
func optional(ref, text string) *ask { return &ask{ref: ref, text: text} }

// The groups that rules name, by logical id without version.
const (
	core           = "adverse-event-core"
	estimatedDate  = "adverse-event-estimated-date"
	riskDetails    = "adverse-event-risk-details"
	wentWell       = "adverse-event-went-well"
	outcome        = "adverse-event-outcome"
	classification = "adverse-event-classification"
	challenges     = "adverse-event-safety-challenges"
	agent          = "adverse-event-agent"
	governance     = "adverse-event-governance"
	metadata       = "adverse-event-reference-metadata"
	dmd            = "medication-dmd"
	patient        = "patient-information"
	location       = "location-details"
	reporter       = "practitioner-details"
)

// The fields that more than one rule names.
const (
	descriptionField  = core + "/Description"
	todaysDateField   = estimatedDate + "/TodaysDate"
	approximateField  = estimatedDate + "/ApproximateDate"
	sequenceField     = patient + "/PatientSequence"
	ageField          = patient + "/AgeAtTimeOfIncidentDays"
	association       = patient + "/StrengthOfAssociation"
	radiotherapyField = challenges + "/RadiotherapyIncidentCode"
	organisationField = location + "/Organisation"
	involved          = agent + "/InvolvedAgents"
	picked            = challenges + "/SafetyChallenges"
)

// Where the rules come from. No official rule document is public.
const (
	sourceR4       = "HL7 FHIR R4 (4.0.1)"
	sourceExport   = "public v5 taxonomy export, taken over for v6"
	sourceClient   = "a public supplier client for v6"
	sourceClient5  = "public supplier clients for v5 and v6"
	sourceAnalysis = "NHS England's public analysis code"
	sourceRadar    = "Radar Healthcare community page \"LFPSE V6 updates Sept 2024\""
	sourceNone     = "a general check of data quality; no LFPSE document asks for it"
)

// codes56 marks the rules whose codes are those of the lists of versions 5 and 6.
var codes56 = []string{"5", "6"}

// The event types that rules are about.
var (
	incident     = []lfpse.EventType{lfpse.TypeIncident}
	poorOutcome  = []lfpse.EventType{lfpse.TypeOutcome}
	withPatients = []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeOutcome}
	harmless     = []lfpse.EventType{lfpse.TypeRisk, lfpse.TypeGoodCare}
)

// resourceTypes are the types of contained resources that a check may name.
var resourceTypes = []string{"Patient", "Location", "Practitioner", "Medication", "Device"}
