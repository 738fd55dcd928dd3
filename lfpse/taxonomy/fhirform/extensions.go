package fhirform

import (
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// ExtensionBase is the start of the urls of the extensions for what FHIR has no element
// for. It is a name, not an address.
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

// notes collects extensions, except those without a value.
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
	simple(extContent, "Content", taxonomy.Code, "What the field holds, if the privacy screen treats it differently from other fields of its type."),
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

// Many validators evaluate constraints but ignore the rules of slicing and what a slice
// says about its value. The constraints here say the same in FHIRPath.

// invariant makes a constraint of this package.
func invariant(key, human, expression string) constraint {
	return constraint{Key: key, Severity: "error", Human: human, Expression: expression}
}

// onlyURLs says that extensions have no other urls than these.
func onlyURLs(human string, urls []string) constraint {
	return invariant("lfpse-closed", human, "extension.url.all($this in ("+quoted(urls)+"))")
}

// noOtherExtensions says that the data types in a resource have no extensions. Elements
// that are listed in a snapshot say so themselves.
func noOtherExtensions(types []baseElement) constraint {
	root := types[0].Path + "."
	var none []string
	for i := range types[1:] {
		b := &types[i+1]
		if len(b.Type) == 0 {
			continue
		}
		switch code := b.Type[0].Code; {
		case code == "Extension", code == "Resource", code == "BackboneElement", strings.ToUpper(code[:1]) != code[:1]:
		default:
			none = append(none, strings.TrimSuffix(strings.TrimPrefix(b.Path, root), "[x]")+".extension.empty()")
		}
	}
	return invariant("lfpse-elsewhere", "Only the resource itself has extensions.", strings.Join(none, " and "))
}

// declared says that a record declares its profile, with or without a version after it.
func declared(url string) constraint {
	return invariant("lfpse-declared", "The record declares this profile.", "meta.profile.where($this = '"+url+"' or $this.startsWith('"+url+"|')).exists()")
}

// quoted is a FHIRPath collection of strings.
func quoted(texts []string) string { return "'" + strings.Join(texts, "' | '") + "'" }

// subtypes are those that FHIRPath takes for their base type as well.
var subtypes = map[taxonomy.Type][]string{"string": {"code", "id", "markdown"}, "integer": {"positiveInt", "unsignedInt"}}

// fieldTypes says which type the values of the fields have, in one constraint per type.
func fieldTypes(fields []taxonomy.Field) (out []constraint) {
	names := map[taxonomy.Type][]string{}
	var order []taxonomy.Type
	for i := range fields {
		f := &fields[i]
		if !slices.Contains(order, f.Type) {
			order = append(order, f.Type)
		}
		names[f.Type] = append(names[f.Type], f.Name)
	}
	for _, t := range order {
		is := "value is " + string(t)
		for _, sub := range subtypes[t] {
			is += " and (value is " + sub + ").not()"
		}
		out = append(out, invariant("lfpse-type-"+string(t), "These fields have a value of type "+string(t)+".", "extension.where(url in ("+quoted(names[t])+")).all("+is+")"))
	}
	return out
}
