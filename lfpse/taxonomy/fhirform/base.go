package fhirform

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

//go:embed data/base-*.json
var data embed.FS

// base is what HL7 says about the types that LFPSE constrains. It is only needed
// for snapshots, which hold everything a type has.
type base struct {
	Constraints map[string]constraint    `json:"constraints"`
	Types       map[string][]baseElement `json:"types"`
}

type baseElement struct {
	Path             string     `json:"path"`
	Short            string     `json:"short"`
	Min              int        `json:"min"`
	Max              string     `json:"max"`
	Base             string     `json:"base"` // path of the element that is inherited
	ContentReference string     `json:"contentReference"`
	Type             []baseType `json:"type"`
	Constraint       []string   `json:"constraint"`
	IsModifier       bool       `json:"isModifier"`
	IsModifierReason string     `json:"isModifierReason"`
	IsSummary        bool       `json:"isSummary"`
	Binding          *struct {
		Strength string `json:"strength"`
		ValueSet string `json:"valueSet"`
	} `json:"binding"`
}

type baseType struct {
	Code          string   `json:"code"`
	FHIRType      string   `json:"fhirType"` // of a System.String
	Profile       []string `json:"profile"`
	TargetProfile []string `json:"targetProfile"`
}

// release is one release of FHIR, and how its conformance resources are spelt.
type release struct {
	base
	stu3    bool
	version string // as the taxonomy has it
}

func newRelease(t *taxonomy.Taxonomy) (*release, error) {
	r := &release{version: t.FHIRVersion}
	name := "data/base-4.0.1.json"
	switch {
	case strings.HasPrefix(t.FHIRVersion, "4.0."):
	case strings.HasPrefix(t.FHIRVersion, "3.0."):
		r.stu3, name = true, "data/base-3.0.2.json"
	default:
		return nil, fmt.Errorf("the FHIR form exists for R4 (4.0) and STU3 (3.0); the taxonomy is of another FHIR version")
	}
	text, err := data.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &r.base)
	}
	return r, err
}

// types spells the types of an element: R4 has lists of profiles, STU3 repeats
// the type.
func (r *release) types(in []baseType) []elementType {
	var out []elementType
	for _, t := range in {
		e := elementType{Code: t.Code}
		if t.FHIRType != "" {
			e.Extension = []extension{{URL: hl7 + "structuredefinition-fhir-type", ValueURL: t.FHIRType}}
		}
		profiles := t.Profile
		if t.TargetProfile != nil {
			profiles = t.TargetProfile
		}
		if !r.stu3 {
			e.Profile, e.TargetProfile = list(t.Profile), list(t.TargetProfile)
			out = append(out, e)
			continue
		}
		if len(profiles) == 0 {
			out = append(out, e)
		}
		for _, p := range profiles {
			if e.Profile, e.TargetProfile = p, nil; t.TargetProfile != nil {
				e.Profile, e.TargetProfile = nil, p
			}
			out = append(out, e)
		}
	}
	return out
}

func list(s []string) any {
	if len(s) == 0 {
		return nil
	}
	return s
}

// binding spells a binding to a list.
func (r *release) binding(strength, url string) *binding {
	if r.stu3 {
		return &binding{Strength: strength, ValueSetReference: &reference{Reference: url}}
	}
	return &binding{Strength: strength, ValueSet: url}
}

// element turns a base element into one of a snapshot.
func (r *release) element(b *baseElement) element {
	low := b.Min
	e := element{
		ID: b.Path, Path: b.Path, Short: b.Short, Definition: b.Short, Min: &low, Max: b.Max,
		Base: &elementBase{Path: b.Base, Min: b.Min, Max: b.Max}, ContentReference: b.ContentReference,
		Type: r.types(b.Type), IsModifierReason: b.IsModifierReason,
	}
	if b.IsModifier {
		e.IsModifier = true
	}
	if b.IsSummary {
		e.IsSummary = true
	}
	for _, key := range b.Constraint {
		c := r.Constraints[key]
		c.Key = key
		e.Constraint = append(e.Constraint, c)
	}
	if b.Binding != nil {
		e.Binding = &binding{Strength: b.Binding.Strength, ValueSet: b.Binding.ValueSet}
	}
	return e
}
