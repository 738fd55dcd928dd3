package taxonomy

import "slices"

// What is provisional is decided here and nowhere else: the keys that the methods
// return are those of [Unconfirmed] and of a [Confirmation]. An empty key means that the
// element may be sent to any endpoint.

// ProvisionalKey returns the key of a group that is provisional, "" for any other.
func (g *Group) ProvisionalKey() string {
	if !g.Provisional {
		return ""
	}
	return g.ID
}

// ProvisionalFieldKey returns the key of a field of the group that is provisional, ""
// for any other.
func (g *Group) ProvisionalFieldKey(f *Field) string {
	if !f.Provisional {
		return ""
	}
	return fieldKey(g, f)
}

// ProvisionalKey returns the key of a code that is provisional, "" for any other. A code
// that is not in the list is provisional if the list has never been seen: it is as
// unconfirmed as a stand-in, and its key is that of the list.
func (cs *CodeSystem) ProvisionalKey(code string) string {
	switch c := cs.Concept(code); {
	case c != nil && c.Provisional:
		return conceptKey(cs, c)
	case c == nil && code != "" && cs.Evidence == Unknown:
		return cs.ID
	}
	return ""
}

// MayBeProvisional reports whether any code can be provisional.
func (cs *CodeSystem) MayBeProvisional() bool {
	return cs.Evidence == Unknown || slices.ContainsFunc(cs.Concepts, func(c Concept) bool { return c.Provisional })
}

// Unconfirmed is an element of the taxonomy that is provisional or of unknown evidence.
type Unconfirmed struct {
	// Key names the element: GROUP, GROUP/FIELD or LIST#NAME, with logical ids.
	Key string `json:"key"`
	// Kind is group, field or concept.
	Kind        string   `json:"kind"`
	Display     string   `json:"display,omitempty"`
	Code        string   `json:"code,omitempty"` // the stand-in code in use
	Evidence    Evidence `json:"evidence"`
	Provisional bool     `json:"provisional"` // refused for a real endpoint until confirmed
	Note        string   `json:"note,omitempty"`
}

// Unconfirmed lists every element that is provisional or whose evidence, or
// cardinality, is unknown, in the order of the document.
func (t *Taxonomy) Unconfirmed() []Unconfirmed {
	var out []Unconfirmed
	for i := range t.Groups {
		g := &t.Groups[i]
		if g.Provisional || g.Evidence == Unknown || g.CardinalityEvidence == Unknown {
			out = append(out, Unconfirmed{Key: g.ID, Kind: "group", Display: g.Name, Evidence: g.Evidence, Provisional: g.Provisional, Note: g.Note})
		}
		for j := range g.Fields {
			f := &g.Fields[j]
			if f.Provisional || f.Evidence == Unknown || f.CardinalityEvidence == Unknown {
				out = append(out, Unconfirmed{Key: fieldKey(g, f), Kind: "field", Evidence: f.Evidence, Provisional: f.Provisional, Note: f.Note})
			}
		}
	}
	for i := range t.CodeSystems {
		cs := &t.CodeSystems[i]
		for _, c := range cs.Concepts {
			if c.Provisional || cs.Evidence == Unknown {
				out = append(out, Unconfirmed{Key: conceptKey(cs, &c), Kind: "concept", Display: c.Display, Code: c.Code, Evidence: cs.Evidence, Provisional: c.Provisional, Note: cs.Note})
			}
		}
	}
	return out
}

// fieldKey returns the key of a field, GROUP/FIELD.
func fieldKey(g *Group, f *Field) string { return g.ID + "/" + f.Name }

// conceptKey returns the key of a concept, LIST#NAME; a concept without a name
// goes by its code.
func conceptKey(cs *CodeSystem, c *Concept) string {
	if c.Name != "" {
		return cs.ID + "#" + c.Name
	}
	return cs.ID + "#" + c.Code
}
