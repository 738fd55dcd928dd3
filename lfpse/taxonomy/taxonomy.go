package taxonomy

import "strings"

// Evidence says how well an element of the taxonomy is known. The keys and their
// meanings are listed in [Taxonomy.EvidenceKey].
type Evidence string

// The evidence values of the embedded taxonomies.
const (
	Seen       Evidence = "seen"       // read in material about this very version
	Inherited  Evidence = "inherited"  // assumed unchanged from the version before
	Changed    Evidence = "changed"    // known or presumed different from the version before
	Unknown    Evidence = "unknown"    // exists, but its codes or meaning are not known
	Configured Evidence = "configured" // confirmed by a [Confirmation]
)

// Taxonomy is one version of the LFPSE taxonomy. It is immutable once loaded and
// safe for concurrent use; callers must not write to its slices.
type Taxonomy struct {
	Format        int                 `json:"format"`        // version of the native form, 1
	Version       string              `json:"version"`       // LFPSE taxonomy version, such as "6"
	FHIRVersion   string              `json:"fhirVersion"`   // FHIR version of the wire form, such as "4.0.1"
	CanonicalBase string              `json:"canonicalBase"` // start of every profile and group url, ends in "/"
	Title         string              `json:"title,omitempty"`
	Date          string              `json:"date,omitempty"` // YYYY-MM-DD of this edition
	Note          string              `json:"note,omitempty"`
	Sources       []string            `json:"sources,omitempty"`
	EvidenceKey   map[Evidence]string `json:"evidenceKey"`
	AgeEncoding   string              `json:"ageEncoding,omitempty"` // name of the age strategy, "31/372"
	Profiles      []Profile           `json:"profiles"`
	EventType     string              `json:"eventType"` // id of the code system of the event types
	Groups        []Group             `json:"groups"`
	CodeSystems   []CodeSystem        `json:"codeSystems"`

	profiles    map[string]*Profile // by resource type
	groups      map[string]*Group
	codeSystems map[string]*CodeSystem
}

// Profile is the profile of the AdverseEvent itself or of a resource contained
// in it.
type Profile struct {
	Resource string `json:"resource"` // FHIR resource type
	ID       string `json:"id"`       // logical id, with the version suffix
	// ContainedID is the id of the contained resource; if there may be several, {n}
	// stands for its number, from 1.
	ContainedID string   `json:"containedId,omitempty"`
	Evidence    Evidence `json:"evidence"`
}

// Group is one extension of the AdverseEvent or of a contained resource, whose
// sub-extensions are its fields.
type Group struct {
	ID      string `json:"id"`      // logical id, with the version suffix
	Name    string `json:"name"`    // such as AdverseEventAgent
	Context string `json:"context"` // resource type that carries the extension
	Min     int    `json:"min"`
	Max     int    `json:"max,omitempty"` // 0 means unbounded
	// Provisional marks a group that may not be sent to a real endpoint until it
	// is confirmed.
	Provisional         bool     `json:"provisional,omitempty"`
	Description         string   `json:"description,omitempty"`
	Evidence            Evidence `json:"evidence"`
	CardinalityEvidence Evidence `json:"cardinalityEvidence,omitempty"`
	Note                string   `json:"note,omitempty"`
	Fields              []Field  `json:"fields"`

	fields map[string]int
}

// Field is one sub-extension of a group.
type Field struct {
	Name string `json:"name"` // bare sub-extension url, such as InvolvedAgents
	Min  int    `json:"min"`
	Max  int    `json:"max,omitempty"` // 0 means unbounded
	Type Type   `json:"type"`
	// CodeSystem is the id of the list of the field's codes, empty if the field takes any
	// code or is not coded.
	CodeSystem string `json:"codeSystem,omitempty"`
	// Content says what the field holds, if the privacy screen treats it differently from
	// other fields of its type; empty for all others.
	Content Content `json:"content,omitempty"`
	// Provisional marks a field that may not be sent to a real endpoint until it
	// is confirmed.
	Provisional         bool     `json:"provisional,omitempty"`
	Definition          string   `json:"definition,omitempty"`
	Evidence            Evidence `json:"evidence"`
	CardinalityEvidence Evidence `json:"cardinalityEvidence,omitempty"`
	Note                string   `json:"note,omitempty"`
}

// Repeats reports whether the field may occur more than once in its group.
func (f *Field) Repeats() bool { return f.Max != 1 }

// Content says what kind of thing a field holds. It is as well known as the field.
type Content string

// The contents that the screen for personal data knows.
const (
	Contact       Content = "contact"          // contact details, which may be the reporter's own
	MedicineCode  Content = "medicine-code"    // dm+d id, which may look like an NHS number
	ProductName   Content = "product-name"     // name of a product, which may be named after a person
	Organisation  Content = "organisation"     // organisation where it happened or that reports it
	ExactTime     Content = "exact-time"       // time of day
	ExactAge      Content = "exact-age"        // age of the patient
	Ethnicity     Content = "ethnicity"        // ethnicity of the patient
	SameAsAtBirth Content = "same-as-at-birth" // whether the gender is the one registered at birth
)

// contents has the type of a field for each content.
var contents = map[Content]Type{
	Contact: String, MedicineCode: Code, ProductName: String, Organisation: Code, ExactTime: Time, ExactAge: Integer,
	Ethnicity: Code, SameAsAtBirth: Code,
}

// Type is the FHIR primitive type of a field's value.
type Type string

// The value types that LFPSE uses.
const (
	Code    Type = "code"
	String  Type = "string"
	Boolean Type = "boolean"
	Integer Type = "integer"
	Date    Type = "date"
	Time    Type = "time"
)

// ValueX returns the JSON property of the extension that carries a value of this
// type, such as valueCode.
func (t Type) ValueX() string {
	if t == "" {
		return "value"
	}
	return "value" + strings.ToUpper(string(t[:1])) + string(t[1:])
}

// CodeSystem is one list of codes.
type CodeSystem struct {
	ID   string `json:"id"` // logical id, with the version suffix
	Name string `json:"name"`
	// Closed says that the list is known so well that a code outside it is an error. A
	// code outside an open list is only a warning.
	Closed        bool      `json:"closed,omitempty"`
	Evidence      Evidence  `json:"evidence"`
	Corroboration string    `json:"corroboration,omitempty"`
	Note          string    `json:"note,omitempty"`
	Concepts      []Concept `json:"concepts"`

	byCode map[string]int
	byName map[string]int
}

// Concept is one code of a list.
type Concept struct {
	Code    string `json:"code"`
	Display string `json:"display"`
	// Name is the version-independent name of the concept, given for the few
	// lists whose codes are easily mixed up or not known: event type, the two
	// harm scales, gender.
	Name string `json:"name,omitempty"`
	// Key is a short name for use in programs, such as IDontKnow, which does not change
	// with the display text: the constants of package code are named after it. Keys are
	// this library's own; only the taxonomy from which the constants are generated has
	// them.
	Key string `json:"key,omitempty"`
	// Provisional marks a stand-in code that may not be sent to a real endpoint
	// until it is confirmed.
	Provisional bool `json:"provisional,omitempty"`
}

// Suffix returns the version suffix of every logical id, such as "-6".
func (t *Taxonomy) Suffix() string { return "-" + t.Version }

// URL returns the canonical url of the structure definition with the given
// logical id.
func (t *Taxonomy) URL(id string) string {
	return t.CanonicalBase + "StructureDefinition/" + id
}

// Profile returns the profile of a resource type, nil if the taxonomy has none.
func (t *Taxonomy) Profile(resource string) *Profile { return t.profiles[resource] }

// ProfileURL returns the canonical url of the AdverseEvent profile, which every
// event carries in meta.profile.
func (t *Taxonomy) ProfileURL() string { return t.URL(t.Profile("AdverseEvent").ID) }

// Group returns the group with the given logical id, with or without the version
// suffix, nil if there is none.
func (t *Taxonomy) Group(id string) *Group {
	if g := t.groups[id]; g != nil {
		return g
	}
	return t.groups[id+t.Suffix()]
}

// Field returns the field of the given name, nil if the group has none.
func (g *Group) Field(name string) *Field {
	i, ok := g.fields[name]
	if !ok {
		return nil
	}
	return &g.Fields[i]
}

// CodeSystem returns the list with the given logical id, with or without the
// version suffix, nil if there is none.
func (t *Taxonomy) CodeSystem(id string) *CodeSystem {
	if cs := t.codeSystems[id]; cs != nil {
		return cs
	}
	return t.codeSystems[id+t.Suffix()]
}

// Concept returns the concept with the given code, nil if the list has none.
func (cs *CodeSystem) Concept(code string) *Concept {
	i, ok := cs.byCode[code]
	if !ok {
		return nil
	}
	return &cs.Concepts[i]
}

// Named returns the concept with the given version-independent name, nil if the
// list has none.
func (cs *CodeSystem) Named(name string) *Concept {
	i, ok := cs.byName[name]
	if !ok {
		return nil
	}
	return &cs.Concepts[i]
}
