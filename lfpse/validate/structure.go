package validate

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// plan is a taxonomy compiled for looking things up while a record is read.
// Groups and fields are numbered through, so that a view can be plain arrays.
type plan struct {
	t              *taxonomy.Taxonomy
	groups         []groupPlan
	fields         []*fieldPlan // all fields of all groups, by number
	mandatory      []*groupPlan
	urls           []string // of the groups, by number
	byURL          map[string]int
	byID           map[string]int        // logical id without version suffix
	byRef          map[string]*fieldPlan // GROUP/FIELD, with such ids
	profile        string                // url of the AdverseEvent profile
	profileID      string                // its logical id without version suffix
	eventTypes     listPlan
	special        specialFields
	unsettledCount int  // number of things that can be provisional
	clear          bool // there is nothing like personal data in the names of groups and fields
}

type groupPlan struct {
	*taxonomy.Group
	id          string // logical id without version suffix
	no          int
	fields      []fieldPlan
	names       []string // of the fields
	byName      map[string]int
	mandatory   []*fieldPlan
	provisional *unsettled
}

type fieldPlan struct {
	*taxonomy.Field
	group       *groupPlan
	no          int
	property    string // that carries its value
	kind        privacy.Kind
	list        listPlan
	codes       *listPlan // the list again, if its codes are what codes may be
	provisional *unsettled
	// look judges the quality of a value, nil for codes and truth values.
	look          func(*view, *answer)
	mandatoryText bool // some rule requires it
	// narrative is a field for one text. Texts that may be repeated are names, of
	// medicines for instance, which two fields may well share.
	narrative bool
}

// listPlan is the list of a field; without concepts any code goes.
type listPlan struct {
	*taxonomy.CodeSystem
	ods         bool // organisations, of which only the shape is checked
	provisional *unsettled
	ranked      []*taxonomy.Concept // the concepts whose codes have a rank, by that
}

// concept returns the concept with a code, nil if the list has none.
func (l *listPlan) concept(code string) *taxonomy.Concept {
	switch r := rank(code); {
	case r < 0:
		return l.Concept(code)
	case r < len(l.ranked):
		return l.ranked[r]
	}
	return nil
}

// rank numbers the codes of one or two digits, as most are; it is -1 for others.
func rank(code string) int {
	const oneDigit = 10 // codes of one digit come first
	switch {
	case len(code) == 1 && isDigit(code[0]):
		return int(code[0] - '0')
	case len(code) == 2 && isDigit(code[0]) && isDigit(code[1]):
		return oneDigit + int(code[0]-'0')*10 + int(code[1]-'0')
	}
	return -1
}

// wellFormed reports whether a code of the list needs no other check than to be on it.
func (l *listPlan) wellFormed() bool {
	return l.CodeSystem != nil && !l.ods && !slices.ContainsFunc(l.Concepts, func(c taxonomy.Concept) bool { return !validCode(c.Code) })
}

// unsettled is a thing of the taxonomy that is provisional. A finding names a
// list, not the code: the code is what the record says.
type unsettled struct {
	no   int // number among those of the plan
	text string
}

func newPlan(t *taxonomy.Taxonomy) *plan {
	p := &plan{t: t, byURL: map[string]int{}, byID: map[string]int{}, byRef: map[string]*fieldPlan{}, profile: t.ProfileURL(), groups: make([]groupPlan, len(t.Groups))}
	p.profileID = strings.TrimSuffix(t.Profile("AdverseEvent").ID, t.Suffix())
	lists := map[string]listPlan{}
	p.eventTypes = p.list(lists, t.EventType)
	for i := range t.Groups {
		g := &p.groups[i]
		*g = groupPlan{Group: &t.Groups[i], id: strings.TrimSuffix(t.Groups[i].ID, t.Suffix()), no: i, byName: map[string]int{}}
		g.provisional = p.unsettled(g.Provisional, g.ID)
		g.fields = make([]fieldPlan, len(g.Fields))
		for j := range g.Fields {
			f := &g.fields[j]
			*f = fieldPlan{Field: &g.Fields[j], group: g, no: len(p.fields), list: p.list(lists, g.Fields[j].CodeSystem)}
			if f.Type == taxonomy.Code && f.list.wellFormed() {
				f.codes = &f.list
			}
			f.property, f.provisional = f.Type.ValueX(), p.unsettled(f.Provisional, g.ID+"/"+f.Name)
			g.byName[f.Name], p.byRef[g.id+"/"+f.Name] = j, f
			p.fields, g.names = append(p.fields, f), append(g.names, f.Name)
			if f.Min > 0 {
				g.mandatory = append(g.mandatory, f)
			}
		}
		if g.Min > 0 {
			p.mandatory = append(p.mandatory, g)
		}
		url := t.URL(g.ID)
		p.urls = append(p.urls, url)
		p.byURL[url], p.byID[g.id] = i, i
	}
	p.privacy()
	p.special = p.specialFields()
	for _, f := range p.fields {
		f.look, f.mandatoryText, f.narrative = p.lookAt(f), f.Min > 0, f.Type == taxonomy.String && f.Max == 1
	}
	return p
}

// privacy prepares for screening the texts of a record.
func (p *plan) privacy() {
	s := privacy.New()
	p.clear = true
	for _, url := range p.urls {
		p.clear = p.clear && s.Clear(url, privacy.Token, nil)
	}
	for _, f := range p.fields {
		f.kind = s.KindOf(f.Name, f.property)
		p.clear = p.clear && s.Clear(f.Name, privacy.Token, nil)
	}
}

// list compiles the list of a field, each list once.
func (p *plan) list(known map[string]listPlan, id string) listPlan {
	if l, ok := known[id]; ok {
		return l
	}
	l := listPlan{CodeSystem: p.t.CodeSystem(id)}
	if l.CodeSystem != nil {
		l.ods = strings.TrimSuffix(l.ID, p.t.Suffix()) == "ods-codes"
		provisional := l.Evidence == taxonomy.Unknown
		for i := range l.Concepts {
			c := &l.Concepts[i]
			provisional = provisional || c.Provisional
			if r := rank(c.Code); r >= 0 {
				l.ranked = append(l.ranked, make([]*taxonomy.Concept, max(0, r+1-len(l.ranked)))...)
				l.ranked[r] = c
			}
		}
		l.provisional = p.unsettled(provisional, l.ID)
	}
	known[id] = l
	return l
}

// unsettled numbers what is provisional; nil for what is not.
func (p *plan) unsettled(provisional bool, name string) *unsettled {
	if !provisional {
		return nil
	}
	p.unsettledCount++
	return &unsettled{
		no:   p.unsettledCount - 1,
		text: "This uses " + name + ", which is provisional: it works against the sandbox; any other endpoint refuses it until it is confirmed.",
	}
}

// group returns the group with the given id without version suffix, nil if the
// taxonomy has none.
func (p *plan) group(id string) *groupPlan {
	i, ok := p.byID[id]
	if !ok {
		return nil
	}
	return &p.groups[i]
}

// field returns the field GROUP/FIELD, nil if the taxonomy has none.
func (p *plan) field(ref string) *fieldPlan { return p.byRef[ref] }

// groupAt returns the number of the group with the given url. Records mostly have
// their groups in the order of the taxonomy, so it is looked for from the last one
// on.
func (p *plan) groupAt(url string, last int) (int, bool) { return lookUp(p.urls, p.byURL, url, last) }

// fieldAt returns the number of the field with the given name, likewise.
func (g *groupPlan) fieldAt(name string, last int) (int, bool) {
	return lookUp(g.names, g.byName, name, last)
}

// lookUp finds the number of a name, beginning with the few that follow the last
// one found.
func lookUp(names []string, numbers map[string]int, name string, last int) (int, bool) {
	const few = 8
	for i := last; i < min(last+few, len(names)); i++ {
		if names[i] == name {
			return i, true
		}
	}
	i, ok := numbers[name]
	return i, ok
}

// known reports whether a list says anything about which codes are right.
func (l *listPlan) known() bool { return l.CodeSystem != nil && len(l.Concepts) > 0 && !l.ods }

// elsewhere reports whether a url names a thing with the logical id of ours, but
// of another version or canonical base.
func (p *plan) elsewhere(url string, id string) bool {
	name := url[strings.LastIndexByte(url, '/')+1:]
	version, ok := strings.CutPrefix(name, id+"-")
	return ok && digits(version)
}
