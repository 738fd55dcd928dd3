package validate

import "github.com/gpsafety/lfpse-go/lfpse"

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
