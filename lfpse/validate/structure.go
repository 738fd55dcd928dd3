package validate

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// structure is a taxonomy compiled for fast lookups while a record is read. Groups and
// fields are numbered consecutively, so that the facts about a record can be plain
// arrays.
type structure struct {
	*taxonomy.Taxonomy
	groups     []group
	fields     []*field // all fields of all groups, by number
	mandatory  []*group
	urls       []string // of the groups, by number
	byURL      map[string]int
	byID       map[string]int    // logical id without version suffix
	byRef      map[string]*field // GROUP/FIELD, with such ids
	profile    string            // url of the AdverseEvent profile
	profileID  string            // its logical id without version suffix
	contained  []string          // types of the resources that a record contains
	eventTypes codeList
	named      namedFields
	checks     checkSet // that any record may trigger, see trigger
	// provisionals is the number of provisional elements.
	provisionals int
}

type group struct {
	*taxonomy.Group
	id          string // logical id without version suffix
	no          int
	fields      []field
	names       []string // of the fields
	byName      map[string]int
	mandatory   []*field
	provisional *provisional
	checks      checkSet // that the group may trigger
	// ask is the question that begins the group, if it is mandatory.
	ask *question
}

type field struct {
	*taxonomy.Field
	group       *group
	no          int
	value       *fhir.Element // of an extension, that holds the value of the field
	form        format        // of the value
	list        codeList
	provisional *provisional
	checks      checkSet  // that an answer may trigger
	ask         *question // if the field is mandatory
	// required says that some rule requires the field.
	required bool
	// narrative is a field for a single text. Texts that may be repeated are names, for
	// instance of medicines, and two fields may well have the same name.
	narrative bool
}

// question is the compiled form of an ask.
type question struct {
	no       int // no two of a taxonomy have the same
	required bool
	text     string
	choices  []lfpse.Choice
	root     string // target on the event itself: type, date
	field    *field // else the field that the answer is for
}

// codeList is the list of a field; if it has no concepts, any code is accepted.
type codeList struct {
	*taxonomy.CodeSystem
	ods         bool // organisations, of which only the shape is checked
	provisional *provisional
	small       []*taxonomy.Concept          // the concepts whose codes are small, by number
	keys        map[*taxonomy.Concept]string // of those that are provisional
}

// concept returns the concept with a code, nil if the list has none; small is its number
// among the small codes.
func (l *codeList) concept(code string, small int) *taxonomy.Concept {
	switch n := small; {
	case n < 0 && len(l.Concepts) > 0:
		return l.Concept(code)
	case n < 0:
	case n < len(l.small):
		return l.small[n]
	}
	return nil
}

// key returns the key of a code that is provisional, "" for any other.
func (l *codeList) key(c *taxonomy.Concept, code string) string {
	if c == nil {
		return l.ProvisionalKey(code)
	}
	return l.keys[c]
}

// known reports whether the codes of the list are known.
func (l *codeList) known() bool { return l.CodeSystem != nil && len(l.Concepts) > 0 && !l.ods }

// smallCode numbers the codes of one or two digits and those of one letter, such as y, so
// that they can be looked up without hashing; it is -1 for others.
func smallCode(code string) int {
	switch {
	case len(code) == 1 && isDigit(code[0]):
		return int(code[0] - '0')
	case len(code) == 1 && 'a' <= code[0] && code[0] <= 'z':
		return oneDigit + twoDigits + int(code[0]-'a')
	case len(code) == 2 && isDigit(code[0]) && isDigit(code[1]):
		return oneDigit + int(code[0]-'0')*10 + int(code[1]-'0')
	}
	return -1
}

// How many small codes there are, in their order.
const (
	oneDigit   = 10
	twoDigits  = 100
	oneLetter  = 26
	smallCodes = oneDigit + twoDigits + oneLetter
)

// provisional is an element of the taxonomy that is not confirmed. A finding names the
// list and not the code, which is a value of the record.
type provisional struct {
	no   int // number among those of the structure
	key  string
	text string
}

func newStructure(t *taxonomy.Taxonomy) *structure {
	s := &structure{
		Taxonomy: t, byURL: map[string]int{}, byID: map[string]int{}, byRef: map[string]*field{},
		profile: t.ProfileURL(), groups: make([]group, len(t.Groups)),
		profileID: strings.TrimSuffix(t.Profile("AdverseEvent").ID, t.Suffix()),
	}
	for i := range t.Profiles {
		if r := t.Profiles[i].Resource; r != "AdverseEvent" {
			s.contained = append(s.contained, r)
		}
	}
	lists := map[string]codeList{}
	s.eventTypes = s.list(lists, t.EventType)
	for i := range t.Groups {
		s.addGroup(i, lists)
	}
	s.named = s.namedFields()
	for _, f := range s.fields {
		f.required, f.narrative = f.Min > 0, f.Type == taxonomy.String && f.Max == 1
	}
	return s
}

func (s *structure) addGroup(i int, lists map[string]codeList) {
	g := &s.groups[i]
	*g = group{Group: &s.Groups[i], id: strings.TrimSuffix(s.Groups[i].ID, s.Suffix()), no: i, byName: map[string]int{}}
	g.provisional = s.provisional(g.ProvisionalKey())
	g.fields = make([]field, len(g.Fields))
	for j := range g.Fields {
		f := &g.fields[j]
		*f = field{Field: &g.Fields[j], group: g, no: len(s.fields), list: s.list(lists, g.Fields[j].CodeSystem)}
		f.value = fhir.FindElement("Extension", f.Type.ValueX())
		f.form = formats[f.value.Number]
		f.provisional = s.provisional(g.ProvisionalFieldKey(f.Field))
		g.byName[f.Name], s.byRef[g.id+"/"+f.Name] = j, f
		s.fields, g.names = append(s.fields, f), append(g.names, f.Name)
		if f.Min > 0 {
			g.mandatory = append(g.mandatory, f)
		}
	}
	if g.Min > 0 {
		s.mandatory = append(s.mandatory, g)
	}
	url := s.URL(g.ID)
	s.urls = append(s.urls, url)
	s.byURL[url], s.byID[g.id] = i, i
}

// list compiles the list of a field, each list once.
func (s *structure) list(known map[string]codeList, id string) codeList {
	if l, ok := known[id]; ok {
		return l
	}
	l := codeList{CodeSystem: s.CodeSystem(id)}
	if l.CodeSystem != nil {
		l.ods = strings.TrimSuffix(l.ID, s.Suffix()) == "ods-codes"
		for i := range l.Concepts {
			c := &l.Concepts[i]
			if key := l.ProvisionalKey(c.Code); key != "" {
				if l.keys == nil {
					l.keys = map[*taxonomy.Concept]string{}
				}
				l.keys[c] = key
			}
			if n := smallCode(c.Code); n >= 0 {
				l.small = append(l.small, make([]*taxonomy.Concept, max(0, n+1-len(l.small)))...)
				l.small[n] = c
			}
		}
		if l.MayBeProvisional() {
			if l.provisional = s.provisional(l.ID); l.provisional != nil {
				l.provisional.text = provisionalText("the codes of " + l.Name + " (" + l.ID + "), which are")
			}
		}
	}
	known[id] = l
	return l
}

// provisional numbers what is not confirmed; nil for what is, which has no key.
func (s *structure) provisional(key string) *provisional {
	if key == "" {
		return nil
	}
	s.provisionals++
	return &provisional{
		no:   s.provisionals - 1,
		key:  key,
		text: provisionalText(key + ", which is"),
	}
}

func provisionalText(what string) string {
	return "LFPSE has not confirmed " + what + " used here: until it does, this can be sent to a sandbox only."
}

// group returns the group with the given id without version suffix, nil if the
// taxonomy has none.
func (s *structure) group(id string) *group {
	i, ok := s.byID[id]
	if !ok {
		return nil
	}
	return &s.groups[i]
}

// field returns the field GROUP/FIELD, nil if the taxonomy has none.
func (s *structure) field(ref string) *field { return s.byRef[ref] }

// code converts a value of a rule to its form in a record: in a list with names, a name
// to its code; any other value stays as it is. ok is false if the list does not have the
// name.
func (f *field) code(value string) (string, bool) {
	if !f.list.known() {
		return value, true
	}
	if f.list.Concepts[0].Name == "" {
		return value, f.list.Concept(value) != nil
	}
	if c := f.list.Named(value); c != nil {
		return c.Code, true
	}
	return "", false
}

// fieldAt returns the number of the field with the given name. Encoders write fields in
// the order of the taxonomy, so the search begins with the few from the last one on.
func (g *group) fieldAt(name string, last int) (int, bool) {
	const few = 16
	for i := last; i < min(last+few, len(g.names)); i++ {
		if g.names[i] == name {
			return i, true
		}
	}
	i, ok := g.byName[name]
	return i, ok
}

// versionOf returns the version in a url that has a logical id, whatever its canonical
// base. What follows a | is the business version of the resource, which says nothing
// about that of the taxonomy.
func versionOf(url, id string) (version string, ok bool) {
	url, _, _ = strings.Cut(url, "|")
	version, ok = strings.CutPrefix(url[strings.LastIndexByte(url, '/')+1:], id+"-")
	return version, ok && digits(version)
}

// eventKinds is a set of event types.
type eventKinds uint8

var eventTypes = []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare}

func kindsOf(types ...lfpse.EventType) (k eventKinds) {
	for _, t := range types {
		if i := slices.Index(eventTypes, t); i >= 0 {
			k |= 1 << i
		}
	}
	return k
}

// noneOfTheAbove are the answers that exclude every other of their list.
var noneOfTheAbove = []struct{ ref, code string }{{involved, "10"}, {picked, "6"}}

// dmdFields hold identifiers of dm+d.
var dmdFields = []string{dmd + "/VTMCode", dmd + "/VMPCode"}

// namedFields are the fields that the rules in code are about; nil if the taxonomy lacks
// them.
type namedFields struct {
	description, todaysDate, approximate, sequence, age, radiotherapy *field
	locationKnown, organisation, reporterOrganisation                 *field

	dmd, ods []*field
	none     []noneField
}

// noneField is a list that has an answer which excludes every other.
type noneField struct {
	field *field
	code  string
}

func (s *structure) namedFields() namedFields {
	n := namedFields{
		description: s.field(descriptionField), todaysDate: s.field(todaysDateField), approximate: s.field(approximateField),
		sequence: s.field(sequenceField), age: s.field(ageField), radiotherapy: s.field(radiotherapyField),
		locationKnown: s.field(location + "/LocationKnown"), organisation: s.field(organisationField),
		reporterOrganisation: s.field(reporter + "/ReporterOrganisation"),
	}
	for _, ref := range dmdFields {
		n.dmd = append(n.dmd, s.field(ref))
	}
	for _, none := range noneOfTheAbove {
		n.none = append(n.none, noneField{s.field(none.ref), none.code})
	}
	for _, f := range s.fields {
		if f.list.ods && f.Type == taxonomy.Code {
			n.ods = append(n.ods, f)
		}
	}
	return n
}
