package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// tax is one taxonomy version as the sandbox reads it. It is decoded here from
// the native form, not by package taxonomy, so that a mistake in that package
// does not hide itself.
type tax struct {
	profile    string          // url of the AdverseEvent profile
	resources  map[string]bool // resource types that have a profile
	groups     []groupDef
	byURL      map[string]*groupDef
	byName     map[string]*groupDef
	byContext  map[string][]*groupDef
	systems    map[string]*codeSystem
	eventTypes *codeSystem
	ageGrid    bool // ages use the 31/372 encoding
}

type groupDef struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Context string     `json:"context"`
	Min     int        `json:"min"`
	Max     int        `json:"max"` // 0 is unbounded
	Fields  []fieldDef `json:"fields"`

	url string
}

type fieldDef struct {
	Name       string `json:"name"`
	Min        int    `json:"min"`
	Max        int    `json:"max"` // 0 is unbounded
	Type       string `json:"type"`
	CodeSystem string `json:"codeSystem"`
}

type codeSystem struct {
	ID       string `json:"id"`
	Closed   bool   `json:"closed"`
	Concepts []struct {
		Code string `json:"code"`
		Name string `json:"name"` // version-neutral, such as incident or fatal
	} `json:"concepts"`

	names map[string]string // code to name, which may be empty
}

// The names under which the checks know parts of a taxonomy.
const (
	groupReference = "AdverseEventReferenceMetadata"
	fieldReference = "ReferenceNumber"
	groupPatient   = "PatientInformation"
)

// nativeForm is the native form of a taxonomy, as far as the sandbox uses it.
type nativeForm struct {
	Format        int    `json:"format"`
	Version       string `json:"version"`
	FHIRVersion   string `json:"fhirVersion"`
	CanonicalBase string `json:"canonicalBase"`
	AgeEncoding   string `json:"ageEncoding"`
	EventType     string `json:"eventType"`
	Profiles      []struct {
		Resource string `json:"resource"`
		ID       string `json:"id"`
	} `json:"profiles"`
	Groups      []groupDef   `json:"groups"`
	CodeSystems []codeSystem `json:"codeSystems"`
}

func readTaxonomy(data []byte) (*tax, error) {
	var form nativeForm
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("not JSON in the native form: %w", err)
	}
	if form.Format != 1 {
		return nil, fmt.Errorf("format %d is not known, want 1", form.Format)
	}
	if !strings.HasPrefix(form.FHIRVersion, "4.0.") {
		return nil, errors.New("the FHIR version is not R4 (4.0.x), and the sandbox takes R4 records only; another taxonomy can be published, not served")
	}
	t := &tax{
		groups: form.Groups, ageGrid: form.AgeEncoding == "31/372",
		resources: map[string]bool{}, systems: map[string]*codeSystem{},
		byURL: map[string]*groupDef{}, byName: map[string]*groupDef{}, byContext: map[string][]*groupDef{},
	}
	definitions := form.CanonicalBase + "StructureDefinition/"
	for _, p := range form.Profiles {
		t.resources[p.Resource] = true
		if p.Resource == "AdverseEvent" {
			t.profile = definitions + p.ID
		}
	}
	for i := range form.CodeSystems {
		c := &form.CodeSystems[i]
		c.names = make(map[string]string, len(c.Concepts))
		for _, k := range c.Concepts {
			c.names[k.Code] = k.Name
		}
		t.systems[c.ID] = c
	}
	t.eventTypes = t.systems[form.EventType]
	for i := range t.groups {
		g := &t.groups[i]
		g.url = definitions + g.ID
		t.byURL[g.url], t.byName[g.Name] = g, g
		t.byContext[g.Context] = append(t.byContext[g.Context], g)
	}
	return t, t.usable()
}

// usable returns an error that lists what the checks need and the taxonomy does not have.
// Without it, such a check would never find anything, and nobody would know.
func (t *tax) usable() error {
	var errs []error
	lack := func(what string) { errs = append(errs, errors.New("there is no "+what)) }
	if t.profile == "" {
		lack("AdverseEvent profile")
	}
	if len(t.byURL) != len(t.groups) || len(t.byName) != len(t.groups) {
		errs = append(errs, errors.New("two groups have the same id or name"))
	}
	if t.field(groupReference, fieldReference) == nil {
		lack("field ReferenceNumber in group AdverseEventReferenceMetadata")
	}
	for _, name := range []string{"incident", "good-care", "risk", "outcome"} {
		if t.eventTypes.code(name) == "" {
			lack("event type named " + name)
		}
	}
	for field, names := range map[string][]string{"PhysicalHarm": {"fatal", "severe"}, "PsychologicalHarm": {"severe"}} {
		for _, name := range names {
			if t.harm(field, name) == "" {
				lack(field + " code named " + name)
			}
		}
	}
	for _, g := range t.groups {
		for _, f := range g.Fields {
			if _, ok := formats[f.Type]; !ok {
				errs = append(errs, fmt.Errorf("field %s.%s has a type the sandbox does not know", g.Name, f.Name))
			}
			if f.CodeSystem != "" && t.systems[f.CodeSystem] == nil {
				lack("code system of field " + g.Name + "." + f.Name)
			}
		}
	}
	return errors.Join(errs...)
}

func (t *tax) field(group, name string) *fieldDef {
	if g := t.byName[group]; g != nil {
		return g.field(name)
	}
	return nil
}

// harm is the code of a harm grade by its version-neutral name.
func (t *tax) harm(field, name string) string {
	f := t.field(groupPatient, field)
	if f == nil {
		return ""
	}
	return t.systems[f.CodeSystem].code(name)
}

func (g *groupDef) field(name string) *fieldDef {
	for i := range g.Fields {
		if g.Fields[i].Name == name {
			return &g.Fields[i]
		}
	}
	return nil
}

func (f *fieldDef) property() string { return "value" + strings.ToUpper(f.Type[:1]) + f.Type[1:] }

func (c *codeSystem) code(name string) string {
	if c != nil {
		for _, k := range c.Concepts {
			if k.Name == name {
				return k.Code
			}
		}
	}
	return ""
}

func (c *codeSystem) has(code string) bool {
	_, ok := c.names[code]
	return ok
}

// name is the version-neutral name of a code, empty when it has none.
func (c *codeSystem) name(code string) string { return c.names[code] }

// isODS reports whether the list is that of organisations, which is too large to
// carry: codes are checked by shape.
func (c *codeSystem) isODS() bool { return strings.HasPrefix(c.ID, "ods-codes") }
