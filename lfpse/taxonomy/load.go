package taxonomy

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/strictjson"
)

//go:embed data/v*.json
var data embed.FS

// MaxSize is the largest taxonomy document that [Load] reads, in bytes.
const MaxSize = 16 << 20

// Versions lists the embedded taxonomy versions, oldest first.
func Versions() []string {
	names, _ := fs.Glob(data, "data/v*.json")
	versions := make([]string, len(names))
	for i, name := range names {
		versions[i] = strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "v"), ".json")
	}
	slices.SortFunc(versions, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return versions
}

// EmbeddedData returns the embedded taxonomy of a version in the native form.
func EmbeddedData(version string) ([]byte, error) {
	b, err := data.ReadFile("data/v" + version + ".json")
	if err != nil {
		return nil, fmt.Errorf("no taxonomy version %q is embedded; there is %s", version, strings.Join(Versions(), ", "))
	}
	return b, nil
}

// Embedded returns the embedded taxonomy of a version, such as "6". It is read once and
// shared by all callers, who must not change it.
func Embedded(version string) (*Taxonomy, error) {
	b, err := EmbeddedData(version)
	if err != nil {
		return nil, err
	}
	once, _ := embedded.LoadOrStore(version, sync.OnceValues(func() (*Taxonomy, error) { return Load(b) }))
	return once.(func() (*Taxonomy, error))()
}

// embedded holds a function for each embedded version that reads it once.
var embedded sync.Map

// Load reads a taxonomy in the native form. It checks the whole document before it
// returns; the error is of type [fhir.Issues] and lists everything that is wrong. The
// input is treated as untrusted.
func Load(b []byte) (*Taxonomy, error) {
	if len(b) > MaxSize {
		return nil, fhir.Issues{{Severity: fhir.Error, Rule: "TAX-SIZE", Path: "$", Offset: -1,
			Text: fmt.Sprintf("The taxonomy has %d bytes; %d is the most.", len(b), MaxSize)}}
	}
	var t Taxonomy
	if issues := strictjson.Decode(b, &t, "TAX-FORM", fhir.WithLimit(MaxSize), fhir.WithNullAndEmpty()); issues.HasErrors() {
		return nil, issues
	}
	t.index()
	if err := t.check().Err(); err != nil {
		return nil, err
	}
	return &t, nil
}

func (t *Taxonomy) index() {
	t.profiles = make(map[string]*Profile, len(t.Profiles))
	for i := range t.Profiles {
		t.profiles[t.Profiles[i].Resource] = &t.Profiles[i]
	}
	t.groups = make(map[string]*Group, len(t.Groups))
	for i := range t.Groups {
		g := &t.Groups[i]
		t.groups[g.ID] = g
		g.fields = make(map[string]int, len(g.Fields))
		for j := range g.Fields {
			g.fields[g.Fields[j].Name] = j
		}
	}
	t.codeSystems = make(map[string]*CodeSystem, len(t.CodeSystems))
	for i := range t.CodeSystems {
		cs := &t.CodeSystems[i]
		t.codeSystems[cs.ID] = cs
		cs.byCode = make(map[string]int, len(cs.Concepts))
		cs.byName = map[string]int{}
		for j, c := range cs.Concepts {
			cs.byCode[c.Code] = j
			if c.Name != "" {
				cs.byName[c.Name] = j
			}
		}
	}
}

// checker collects the findings about a taxonomy document.
type checker struct {
	t      *Taxonomy
	issues fhir.Issues
}

// maxFindings is the largest number of findings: a document with more is hopeless or
// hostile.
const maxFindings = 1000

func (c *checker) add(rule, path, format string, args ...any) {
	switch n := len(c.issues); {
	case n > maxFindings:
		return
	case n == maxFindings:
		rule, path, format, args = "TAX-TOO-MANY", "$", "There are more findings than are reported.", nil
	}
	c.issues = append(c.issues, fhir.Issue{Severity: fhir.Error, Rule: rule, Path: path, Offset: -1, Text: fmt.Sprintf(format, args...)})
}

var (
	versionGrammar = regexp.MustCompile(`^[0-9A-Za-z.]{1,16}$`)
	keyGrammar     = regexp.MustCompile(`^[A-Z0-9][A-Za-z0-9]{0,39}$`)
	dateGrammar    = regexp.MustCompile(`^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$`) // FHIR allows a month or a year
)

func (t *Taxonomy) check() fhir.Issues {
	c := &checker{t: t}
	if t.Format != 1 {
		c.add("TAX-FORM", "$.format", "The form is version %d; this library reads version 1.", t.Format)
	}
	if !versionGrammar.MatchString(t.Version) {
		c.add("TAX-VERSION", "$.version", "The version is missing, or is not 1 to 16 letters, digits and dots.")
	}
	if !dateGrammar.MatchString(t.Date) {
		c.add("TAX-DATE", "$.date", "The date of the edition is not YYYY-MM-DD.")
	}
	if t.FHIRVersion == "" {
		c.add("TAX-REQUIRED", "$.fhirVersion", "The FHIR version is missing.")
	}
	if u, err := url.Parse(t.CanonicalBase); err != nil || u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(u.Path, "/") || u.RawQuery != "" || u.Fragment != "" {
		c.add("TAX-URL", "$.canonicalBase", "The canonical base must be an https url that ends in a slash, without query or fragment.")
	}
	if t.AgeEncoding != "" && t.AgeEncoding != "31/372" {
		c.add("TAX-AGE", "$.ageEncoding", "The age encoding is not known to this library; it knows 31/372.")
	}
	c.profiles()
	c.groups()
	c.codeSystems()
	return c.issues
}

func (c *checker) profiles() {
	seen := map[string]bool{}
	for i, p := range c.t.Profiles {
		path := fmt.Sprintf("$.profiles[%d]", i)
		c.evidence(path+".evidence", p.Evidence, true)
		if !fhir.IsID(p.ID) {
			c.add("TAX-ID", path+".id", "The id is not a FHIR id.")
		}
		switch p.Resource {
		case "AdverseEvent", "Patient", "Location", "Practitioner", "Medication", "Device":
		default:
			c.add("TAX-CONTEXT", path+".resource", "The resource type is not one that an LFPSE event contains.")
		}
		if seen[p.Resource] {
			c.add("TAX-DUPLICATE", path+".resource", "There is already a profile of this resource type.")
		}
		seen[p.Resource] = true
		if p.Resource != "AdverseEvent" && !fhir.IsID(strings.Replace(p.ContainedID, "{n}", "1", 1)) {
			c.add("TAX-ID", path+".containedId", "A contained resource needs an id; {n} stands for its number.")
		}
	}
	if !seen["AdverseEvent"] {
		c.add("TAX-REQUIRED", "$.profiles", "There is no profile of AdverseEvent.")
	}
}

func (c *checker) groups() {
	ids := map[string]bool{}
	for i := range c.t.Groups {
		g, path := &c.t.Groups[i], fmt.Sprintf("$.groups[%d]", i)
		if !fhir.IsID(g.ID) {
			c.add("TAX-ID", path+".id", "The id is not a FHIR id.")
		}
		if ids[g.ID] {
			c.add("TAX-DUPLICATE", path+".id", "There is already a group with this id.")
		}
		ids[g.ID] = true
		if c.t.Profile(g.Context) == nil {
			c.add("TAX-CONTEXT", path+".context", "The taxonomy has no profile of this resource type.")
		}
		c.evidence(path+".evidence", g.Evidence, true)
		c.evidence(path+".cardinalityEvidence", g.CardinalityEvidence, false)
		c.cardinality(path, g.Min, g.Max)
		if len(g.Fields) == 0 {
			c.add("TAX-REQUIRED", path+".fields", "The group has no fields.")
		}
		names := map[string]bool{}
		for j := range g.Fields {
			f, path := &g.Fields[j], fmt.Sprintf("%s.fields[%d]", path, j)
			if names[f.Name] {
				c.add("TAX-DUPLICATE", path+".name", "There is already a field of this name in the group.")
			}
			names[f.Name] = true
			c.field(path, f)
		}
	}
}

func (c *checker) field(path string, f *Field) {
	if f.Name == "" || strings.ContainsAny(f.Name, "/:#? \t\r\n") {
		c.add("TAX-ID", path+".name", "The name is not a bare sub-extension url.")
	}
	c.valueType(path, f)
	c.evidence(path+".evidence", f.Evidence, true)
	c.evidence(path+".cardinalityEvidence", f.CardinalityEvidence, false)
	c.cardinality(path, f.Min, f.Max)
}

func (c *checker) valueType(path string, f *Field) {
	switch f.Type {
	case Code, String, Boolean, Integer, Date, Time:
	default:
		c.add("TAX-TYPE", path+".type", "The type must be code, string, boolean, integer, date or time.")
	}
	if f.CodeSystem != "" {
		if f.Type != Code {
			c.add("TAX-BINDING", path+".codeSystem", "Only a field of type code has a list.")
		}
		if c.t.codeSystems[f.CodeSystem] == nil {
			c.add("TAX-BINDING", path+".codeSystem", "The taxonomy has no list with this id.")
		}
	}
	if f.Content != "" && contents[f.Content] != f.Type {
		c.add("TAX-CONTENT", path+".content", "The content is not known to this library, or is not that of a field of this type.")
	}
}

func (c *checker) codeSystems() {
	if c.t.codeSystems[c.t.EventType] == nil {
		c.add("TAX-BINDING", "$.eventType", "The taxonomy has no list with this id.")
	}
	ids := map[string]bool{}
	for i := range c.t.CodeSystems {
		cs, path := &c.t.CodeSystems[i], fmt.Sprintf("$.codeSystems[%d]", i)
		if !fhir.IsID(cs.ID) {
			c.add("TAX-ID", path+".id", "The id is not a FHIR id.")
		}
		if ids[cs.ID] {
			c.add("TAX-DUPLICATE", path+".id", "There is already a list with this id.")
		}
		ids[cs.ID] = true
		c.evidence(path+".evidence", cs.Evidence, true)
		if cs.Closed && len(cs.Concepts) == 0 {
			c.add("TAX-CLOSED", path+".closed", "An empty list cannot be closed: no code would be allowed.")
		}
		c.concepts(path, cs.Concepts)
	}
}

func (c *checker) concepts(path string, concepts []Concept) {
	codes, names, keys := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, con := range concepts {
		path := fmt.Sprintf("%s.concepts[%d]", path, i)
		if con.Code == "" || strings.TrimSpace(con.Code) != con.Code {
			c.add("TAX-CODE", path+".code", "The code is empty or has spaces around it.")
		}
		if codes[con.Code] {
			c.add("TAX-DUPLICATE", path+".code", "There is already a concept with this code.")
		}
		if con.Name != "" && names[con.Name] {
			c.add("TAX-DUPLICATE", path+".name", "There is already a concept with this name.")
		}
		if con.Key != "" && !keyGrammar.MatchString(con.Key) {
			c.add("TAX-KEY", path+".key", "The key is not 1 to 40 letters and digits that begin with a capital or a digit.")
		}
		if con.Key != "" && keys[con.Key] {
			c.add("TAX-DUPLICATE", path+".key", "There is already a concept with this key.")
		}
		codes[con.Code], names[con.Name], keys[con.Key] = true, true, true
	}
}

func (c *checker) evidence(path string, e Evidence, required bool) {
	if e == "" && !required {
		return
	}
	if _, ok := c.t.EvidenceKey[e]; !ok {
		c.add("TAX-EVIDENCE", path, "The evidence is missing or not in the evidence key.")
	}
}

func (c *checker) cardinality(path string, lower, upper int) {
	if lower < 0 || upper < 0 || upper != 0 && lower > upper {
		c.add("TAX-CARDINALITY", path, "The cardinality is impossible: min and max must not be negative, and min not above max.")
	}
}
