package fhirform

import (
	"maps"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// ExtensionBase starts the urls of the extensions that carry what FHIR has no
// place for. It is a name, not an address.
const ExtensionBase = "https://github.com/gpsafety/lfpse-go/fhir/StructureDefinition/"

// The extensions, by the last part of their url.
const (
	extEvidence            = "evidence"
	extCardinalityEvidence = "cardinality-evidence"
	extContent             = "content"
	extNote                = "note"
	extCorroboration       = "corroboration"
	extProvisional         = "provisional"
	extPosition            = "position"
	extContainedID         = "contained-id"
	extVersion             = "taxonomy-version"
	extSource              = "source"
	extAgeEncoding         = "age-encoding"
	extEvidenceKey         = "evidence-key"
	extUnboundList         = "unbound-list"
)

// The properties of a concept.
const (
	propertyName        = "name"
	propertyKey         = "key"
	propertyProvisional = "provisional"
)

// notes collects extensions; what has no value is left out.
type notes []extension

func (n *notes) text(name, value string) {
	if value != "" {
		*n = append(*n, extension{URL: ExtensionBase + name, ValueString: value})
	}
}

func (n *notes) code(name, value string) {
	if value != "" {
		*n = append(*n, extension{URL: ExtensionBase + name, ValueCode: value})
	}
}

func (n *notes) yes(name string, value bool) {
	if value {
		*n = append(*n, extension{URL: ExtensionBase + name, ValueBoolean: true})
	}
}

func (n *notes) position(i int) {
	*n = append(*n, extension{URL: ExtensionBase + extPosition, ValueInteger: &i})
}

// known says how well an element is known.
func (n *notes) known(e, cardinality taxonomy.Evidence, note string, provisional bool) {
	n.code(extEvidence, string(e))
	n.code(extCardinalityEvidence, string(cardinality))
	n.text(extNote, note)
	n.yes(extProvisional, provisional)
}

// taxonomy says what concerns the taxonomy as a whole.
func (n *notes) taxonomy(t *taxonomy.Taxonomy) {
	n.text(extVersion, t.Version)
	n.code(extAgeEncoding, t.AgeEncoding)
	n.text(extNote, t.Note)
	for _, s := range t.Sources {
		n.text(extSource, s)
	}
	for _, url := range unbound(t) {
		n.text(extUnboundList, url)
	}
	for _, e := range slices.Sorted(maps.Keys(t.EvidenceKey)) {
		*n = append(*n, extension{URL: ExtensionBase + extEvidenceKey, Extension: []extension{
			{URL: "code", ValueCode: string(e)}, {URL: "meaning", ValueString: t.EvidenceKey[e]}}})
	}
}

// unbound returns the urls of the lists that no field and no event is bound to.
func unbound(t *taxonomy.Taxonomy) []string {
	bound := map[string]bool{t.EventType: true}
	for i := range t.Groups {
		for j := range t.Groups[i].Fields {
			bound[t.Groups[i].Fields[j].CodeSystem] = true
		}
	}
	var out []string
	for i := range t.CodeSystems {
		if id := t.CodeSystems[i].ID; !bound[id] {
			out = append(out, t.CanonicalBase+ValueSet+"/"+id)
		}
	}
	return out
}

// definitions describes the extensions, as if they were groups of a taxonomy; one
// with a single field that has no name is a simple extension.
var definitions = []taxonomy.Group{
	simple(extEvidence, "Evidence", taxonomy.Code, "How well the element is known; see evidence-key."),
	simple(extCardinalityEvidence, "CardinalityEvidence", taxonomy.Code, "How well the cardinality of the element is known, where that differs from the element."),
	simple(extContent, "Content", taxonomy.Code, "What the field holds, where the screen for personal data treats that in another way than its type."),
	simple(extNote, "Note", taxonomy.String, "A remark on the element, or on the taxonomy as a whole."),
	simple(extCorroboration, "Corroboration", taxonomy.String, "What else speaks for a list."),
	simple(extProvisional, "Provisional", taxonomy.Boolean, "The element is a stand-in that must not be sent to a real service until it is confirmed."),
	simple(extPosition, "Position", taxonomy.Integer, "Place of the profile, group or list in the order of the taxonomy, from 0."),
	simple(extContainedID, "ContainedId", taxonomy.String, "The id that the contained resource gets; {n} stands for its number."),
	simple(extVersion, "TaxonomyVersion", taxonomy.String, "The version of the LFPSE taxonomy."),
	simple(extSource, "Source", taxonomy.String, "Where the taxonomy was read."),
	simple(extAgeEncoding, "AgeEncoding", taxonomy.Code, "How AgeAtTimeOfIncidentDays encodes an age."),
	simple(extUnboundList, "UnboundList", taxonomy.String, "The canonical url of a list that belongs to the taxonomy and that no field is bound to."),
	{ID: extEvidenceKey, Name: "EvidenceKey", Description: "What a value of evidence means.", Fields: []taxonomy.Field{
		{Name: "code", Min: 1, Max: 1, Type: taxonomy.Code, Definition: "The value."},
		{Name: "meaning", Min: 1, Max: 1, Type: taxonomy.String, Definition: "What it means."}}},
}

func simple(id, name string, typ taxonomy.Type, text string) taxonomy.Group {
	return taxonomy.Group{ID: id, Name: name, Description: text, Fields: []taxonomy.Field{{Type: typ, Min: 1, Max: 1}}}
}
