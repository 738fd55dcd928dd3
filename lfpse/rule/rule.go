package rule

import (
	"cmp"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Layer says at which stage a rule is applied, or against what it judges.
type Layer string

// The layers, in their order: from the log to the record as it is sent, then the endpoint
// and the taxonomy, which everything depends on.
const (
	LayerLog      Layer = "log"      // the log as a file: rows, cells, encoding
	LayerMap      Layer = "map"      // the map from a row to an event
	LayerRecord   Layer = "record"   // the patient's record that goes with a row
	LayerEvent    Layer = "event"    // the Event in Go and JSON, and its conversion to and from FHIR
	LayerReading  Layer = "reading"  // JSON, and what reading and writing check of FHIR
	LayerFHIR     Layer = "fhir"     // FHIR R4, whatever the taxonomy
	LayerProfile  Layer = "profile"  // the loaded taxonomy: groups, fields, lists
	LayerLFPSE    Layer = "lfpse"    // the LFPSE rules about answers that depend on each other
	LayerQuality  Layer = "quality"  // how useful the record is to those who learn from it
	LayerPrivacy  Layer = "privacy"  // personal data
	LayerDelivery Layer = "delivery" // the submission, and the endpoint that it goes to
	LayerTaxonomy Layer = "taxonomy" // the taxonomy itself, in its own form and as FHIR resources
)

// layers are all layers in their order, each with what Markdown says about it.
var layers = []struct {
	layer Layer
	about string
}{
	{LayerLog, "The log as a file. Only a broken row is lost; a fault of the whole file ends the reading."},
	{LayerMap, "The map from a row of the log to an event, and the answers and releases that people have given. Nothing is guessed: what the map cannot decide becomes a question."},
	{LayerRecord, "The patient's record that goes with a row, as a FHIR Bundle or one resource. What cannot be used is left out and reported; the event itself comes from the log."},
	{LayerEvent, "The Event, which is what the library works on: its JSON form, its conversion to FHIR (ENC-) and back (DEC-)."},
	{LayerReading, "JSON, and what reading and writing check of FHIR. The rules about JSON hold for every JSON document that the library reads."},
	{LayerFHIR, "FHIR R4, whatever the taxonomy. Reading and writing report some of these too."},
	{LayerProfile, "The loaded taxonomy: profile, groups, fields, types, lists, how often each may occur."},
	{LayerLFPSE, "The LFPSE rules about answers that depend on each other."},
	{LayerQuality, "How useful the record is to those who learn from it. Nothing here is an error by default: a poor record is better than none."},
	{LayerPrivacy, "Personal data. A record with an error of this layer is not sent, and one with a warning waits until a person has edited or released the text. No finding holds the text that it is about."},
	{LayerDelivery, "The submission that is stored and sent, and the settings of the endpoint that it goes to and of the bridge. All of these are found before anything is sent."},
	{LayerTaxonomy, "The taxonomy itself: its own form and confirmations (TAX-), and FHIR conformance resources (TAXFHIR-). One with errors is not used at all."},
}

// Layers returns all layers in their order.
func Layers() []Layer {
	all := make([]Layer, len(layers))
	for i := range layers {
		all[i] = layers[i].layer
	}
	return all
}

// Confidence says how certain it is that the service itself applies a rule or, where the
// service never sees what the rule is about, that the named source says so.
type Confidence string

// The grades of confidence.
const (
	High   Confidence = "H" // read in the named source
	Medium Confidence = "M" // inferred, for instance because one supplier's client does it
	Low    Confidence = "L" // background knowledge, to be confirmed
)

// Kinds of evidence beside those of package taxonomy.
const (
	Standard taxonomy.Evidence = "standard" // stated by a published standard, such as FHIR R4 or the check digit of an NHS number
	Design   taxonomy.Evidence = "design"   // decided by this library, for the reason that Why gives
)

// Rule describes one finding. Its id is stable: reports, suppressions and questions
// refer to it.
type Rule struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"` // what must hold
	Layer    Layer         `json:"layer"`
	Severity fhir.Severity `json:"severity"` // unless an option or the case changes it
	// Versions are the taxonomy versions whose codes the rule is written for; a
	// rule without versions holds for all.
	Versions []string `json:"versions,omitempty"`
	// EventTypes are the event types the rule is about, in the words of the Event,
	// such as incident; all if empty.
	EventTypes []string `json:"eventTypes,omitempty"`
	// Path is what the rule is about, in the form of the paths of its findings: a
	// FHIRPath in which group urls are shortened to their logical id without version, a
	// path from $ in a document that is not FHIR, or a part of a log.
	Path       string            `json:"path"`
	Evidence   taxonomy.Evidence `json:"evidence"`
	Confidence Confidence        `json:"confidence"`
	Source     string            `json:"source"`
	Why        string            `json:"why"` // why it matters
	Fix        string            `json:"fix"` // what to do about a finding
	// Absence says that a finding can be about something missing. Where content could not
	// be read, such a finding would be a guess.
	Absence bool `json:"absence,omitempty"`
	// Asks says that a finding comes with a question for a person.
	Asks bool `json:"asks,omitempty"`
	// Off says why the rule does not apply with the loaded taxonomy or the options; it is
	// empty if the rule applies.
	Off string `json:"off,omitempty"`
}

// section is a part of the table of one layer. Its head has the fields that its rules
// leave empty.
type section struct {
	head  Rule // Layer, Path, Evidence, Confidence, Source
	rules []Rule
}

// complete returns the rules of the section, with their empty fields filled in from the
// head.
func (s *section) complete() []Rule {
	out := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		r.Layer = s.head.Layer
		r.Path, r.Source = cmp.Or(r.Path, s.head.Path), cmp.Or(r.Source, s.head.Source)
		r.Evidence, r.Confidence = cmp.Or(r.Evidence, s.head.Evidence), cmp.Or(r.Confidence, s.head.Confidence)
		out[i] = r
	}
	return out
}
