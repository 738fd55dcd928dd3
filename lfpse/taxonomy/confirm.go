package taxonomy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/strictjson"
)

// Confirmation confirms provisional elements for one installation, with what the owner of
// the service has told it. What it does not mention stays provisional.
type Confirmation struct {
	// Source says who confirmed it, when and how. It is required: a confirmation that
	// nobody vouches for is a guess.
	Source string `json:"source"`
	// Concepts gives the real codes: list id, concept name, code.
	Concepts map[string]map[string]string `json:"concepts,omitempty"`
	// CodeSystems replaces whole lists.
	CodeSystems []CodeSystem `json:"codeSystems,omitempty"`
	// Groups are the ids of groups that may be sent.
	Groups []string `json:"groups,omitempty"`
	// Fields are the fields that may be sent, GROUP/FIELD, with their real type.
	Fields map[string]FieldConfirmation `json:"fields,omitempty"`
}

// FieldConfirmation says what a provisional field really is.
type FieldConfirmation struct {
	Type       Type   `json:"type"`
	CodeSystem string `json:"codeSystem,omitempty"`
}

// ParseConfirmation reads a confirmation file, such as
//
//	{"source": "who, when", "concepts": {"event-type-6": {"risk": "2", "outcome": "3"}}}
//
// The error, of type [fhir.Issues], lists everything that is wrong with its form.
func ParseConfirmation(b []byte) (Confirmation, error) {
	var c Confirmation
	err := strictjson.Decode(b, &c, "TAX-CONFIRM", fhir.WithNullAndEmpty()).Err()
	return c, err
}

// Confirm returns a copy of the taxonomy in which the elements that c names are
// confirmed; neither t nor c is changed. Ids are logical ids, with or without the version
// suffix. The error is of type [fhir.Issues] and lists every element of c that the
// taxonomy does not have or that cannot be confirmed as c says.
func (t *Taxonomy) Confirm(c Confirmation) (*Taxonomy, error) {
	n := t.clone()
	k := &checker{t: n}
	if strings.TrimSpace(c.Source) == "" {
		k.add("TAX-CONFIRM", "$.source", "The confirmation does not say who confirmed it and when.")
	}
	for i := range c.CodeSystems {
		k.listConfirmed(fmt.Sprintf("$.codeSystems[%d]", i), c.CodeSystems[i], c.Source)
	}
	n.index()
	for _, id := range slices.Sorted(maps.Keys(c.Concepts)) {
		k.conceptsConfirmed(id, c.Concepts[id], c.Source)
	}
	for i, id := range c.Groups {
		g := n.Group(id)
		if g == nil {
			k.add("TAX-CONFIRM", fmt.Sprintf("$.groups[%d]", i), "The taxonomy has no such group.")
			continue
		}
		g.Provisional, g.Evidence, g.Note = false, Configured, c.Source
	}
	for _, key := range slices.Sorted(maps.Keys(c.Fields)) {
		k.fieldConfirmed(key, c.Fields[key], c.Source)
	}
	if len(k.issues) > 0 {
		return nil, k.issues
	}
	n.index()
	if n.EvidenceKey[Configured] == "" {
		n.EvidenceKey[Configured] = "confirmed by the configuration of this installation"
	}
	if err := n.check().Err(); err != nil {
		return nil, err
	}
	return n, nil
}

func (k *checker) listConfirmed(path string, cs CodeSystem, source string) {
	old := k.t.CodeSystem(cs.ID)
	if old == nil {
		k.add("TAX-CONFIRM", path+".id", "The taxonomy has no such list.")
		return
	}
	cs.ID, cs.Evidence, cs.Corroboration = old.ID, Configured, source
	cs.Concepts = slices.Clone(cs.Concepts)
	*old = cs
}

func (k *checker) conceptsConfirmed(id string, codes map[string]string, source string) {
	path := "$.concepts." + shown(id)
	cs := k.t.CodeSystem(id)
	if cs == nil {
		k.add("TAX-CONFIRM", path, "The taxonomy has no such list.")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		con := cs.Named(name)
		if con == nil {
			k.add("TAX-CONFIRM", path+"."+shown(name), "The list has no concept of this name.")
			continue
		}
		con.Code, con.Provisional = codes[name], false
	}
	// Only now: two codes may have been exchanged.
	holder := map[string]string{}
	for i := range cs.Concepts {
		con := &cs.Concepts[i]
		if other, clash := holder[con.Code]; clash {
			k.add("TAX-CONFIRM", path, "The concepts %s and %s would have the same code: confirm both.", other, con.Name)
		}
		holder[con.Code] = con.Name
	}
	if !slices.ContainsFunc(cs.Concepts, func(c Concept) bool { return c.Provisional }) {
		cs.Evidence, cs.Corroboration = Configured, source
	}
}

func (k *checker) fieldConfirmed(key string, fc FieldConfirmation, source string) {
	group, name, _ := strings.Cut(key, "/")
	path := "$.fields." + shown(group) + "/" + shown(name)
	var f *Field
	if g := k.t.Group(group); g != nil {
		f = g.Field(name)
	}
	if f == nil {
		k.add("TAX-CONFIRM", path, "The taxonomy has no such field; the key is GROUP/FIELD.")
		return
	}
	f.Type, f.CodeSystem, f.Provisional, f.Evidence, f.Note = fc.Type, fc.CodeSystem, false, Configured, source
	if contents[f.Content] != f.Type {
		f.Content = "" // what it holds is screened by its type
	}
	k.valueType(path, f)
}

// shown returns a name of the confirmation for use in a path, unless it may be other
// text.
func shown(name string) string {
	if fhir.IsID(name) {
		return name
	}
	return "(unprintable name)"
}

func (t *Taxonomy) clone() *Taxonomy {
	n := *t
	n.EvidenceKey = make(map[Evidence]string, len(t.EvidenceKey)+1)
	maps.Copy(n.EvidenceKey, t.EvidenceKey)
	n.Profiles = slices.Clone(t.Profiles)
	n.Groups = slices.Clone(t.Groups)
	for i := range n.Groups {
		n.Groups[i].Fields = slices.Clone(n.Groups[i].Fields)
	}
	n.CodeSystems = slices.Clone(t.CodeSystems)
	for i := range n.CodeSystems {
		n.CodeSystems[i].Concepts = slices.Clone(n.CodeSystems[i].Concepts)
	}
	n.index()
	return &n
}
