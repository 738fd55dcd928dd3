package fhirform

// The parts of conformance resources that are written, in the order of FHIR.
// Properties of type any are spelt differently by R4 and STU3.

const hl7 = "http://hl7.org/fhir/StructureDefinition/"

type extension struct {
	Extension    []extension `json:"extension,omitempty"`
	URL          string      `json:"url"`
	ValueBoolean bool        `json:"valueBoolean,omitempty"`
	ValueCode    string      `json:"valueCode,omitempty"`
	ValueInteger *int        `json:"valueInteger,omitempty"`
	ValueString  string      `json:"valueString,omitempty"`
	ValueURL     string      `json:"valueUrl,omitempty"`
}

// metadata begins every conformance resource.
type metadata struct {
	ResourceType string      `json:"resourceType"`
	ID           string      `json:"id"`
	Extension    []extension `json:"extension,omitempty"`
	URL          string      `json:"url"`
	Version      string      `json:"version,omitempty"`
	Name         string      `json:"name"`
	Title        string      `json:"title,omitempty"`
	Status       string      `json:"status"`
	Experimental bool        `json:"experimental"`
	Date         string      `json:"date,omitempty"`
	Description  string      `json:"description,omitempty"`
	Purpose      string      `json:"purpose"`
}

type structureDefinition struct {
	metadata
	FHIRVersion    string   `json:"fhirVersion"`
	Kind           string   `json:"kind"`
	Abstract       bool     `json:"abstract"`
	ContextType    string   `json:"contextType,omitempty"` // STU3
	Context        any      `json:"context,omitempty"`
	Type           string   `json:"type"`
	BaseDefinition string   `json:"baseDefinition"`
	Derivation     string   `json:"derivation"`
	Snapshot       elements `json:"snapshot"`
	Differential   elements `json:"differential"`
}

type elements struct {
	Element []element `json:"element"`
}

type element struct {
	ID               string        `json:"id"`
	Extension        []extension   `json:"extension,omitempty"`
	Path             string        `json:"path"`
	SliceName        string        `json:"sliceName,omitempty"`
	Slicing          *slicing      `json:"slicing,omitempty"`
	Short            string        `json:"short,omitempty"`
	Definition       string        `json:"definition,omitempty"`
	Min              *int          `json:"min,omitempty"`
	Max              string        `json:"max,omitempty"`
	Base             *elementBase  `json:"base,omitempty"`
	ContentReference string        `json:"contentReference,omitempty"`
	Type             []elementType `json:"type,omitempty"`
	FixedURI         string        `json:"fixedUri,omitempty"`
	Constraint       []constraint  `json:"constraint,omitempty"`
	IsModifier       bool          `json:"isModifier,omitempty"`
	IsModifierReason string        `json:"isModifierReason,omitempty"`
	IsSummary        bool          `json:"isSummary,omitempty"`
	Binding          *binding      `json:"binding,omitempty"`
}

type elementBase struct {
	Path string `json:"path"`
	Min  int    `json:"min"`
	Max  string `json:"max"`
}

type elementType struct {
	Extension     []extension `json:"extension,omitempty"`
	Code          string      `json:"code"`
	Profile       any         `json:"profile,omitempty"`
	TargetProfile any         `json:"targetProfile,omitempty"`
}

type slicing struct {
	Discriminator []discriminator `json:"discriminator"`
	Ordered       bool            `json:"ordered"`
	Rules         string          `json:"rules"`
}

type discriminator struct {
	Type string `json:"type"`
	Path string `json:"path"`
}

type constraint struct {
	Key        string `json:"key"`
	Severity   string `json:"severity"`
	Human      string `json:"human"`
	Expression string `json:"expression"`
	Source     string `json:"source,omitempty"`
}

type binding struct {
	Strength          string     `json:"strength"`
	ValueSet          string     `json:"valueSet,omitempty"`          // R4
	ValueSetReference *reference `json:"valueSetReference,omitempty"` // STU3
}

type reference struct {
	Reference string `json:"reference"`
}

type context struct {
	Type       string `json:"type"`
	Expression string `json:"expression"`
}

type valueSet struct {
	metadata
	Compose compose `json:"compose"`
}

type compose struct {
	Include []include `json:"include"`
}

type include struct {
	System string `json:"system"`
}

type codeSystem struct {
	metadata
	CaseSensitive bool       `json:"caseSensitive"`
	ValueSet      string     `json:"valueSet,omitempty"`
	Content       string     `json:"content"`
	Count         int        `json:"count,omitempty"`
	Property      []property `json:"property,omitempty"`
	Concept       []concept  `json:"concept,omitempty"`
}

type property struct {
	Code        string `json:"code"`
	URI         string `json:"uri"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

type concept struct {
	Code     string            `json:"code"`
	Display  string            `json:"display,omitempty"`
	Property []conceptProperty `json:"property,omitempty"`
}

type conceptProperty struct {
	Code         string `json:"code"`
	ValueString  string `json:"valueString,omitempty"`
	ValueBoolean bool   `json:"valueBoolean,omitempty"`
}
