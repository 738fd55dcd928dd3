package validate

import (
	"cmp"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// profileLayer compares a record that it visits with the taxonomy, and collects the
// answers for the layers that judge them.
type profileLayer struct {
	s     *structure
	found *findings
	r     *record

	contained int // index of the current contained resource, -1 for the event itself
	group     int // index of the current occurrence of a group, -1 for none
	depth     int // at which its extension stands
	// lastGroup is one more than the number of the last group, 0 for none. Records have
	// their groups in the same order, so what came after it the last time comes first.
	lastGroup    int
	nextGroup    []int
	lastField    int      // number last looked up
	counts       []int    // of each group within the current resource
	occurrences  int      // of groups in all records so far
	tallies      []tally  // by field number
	reported     []bool   // by number of the provisional thing
	provisionals []string // keys of what is provisional, each once
	hints        int      // see mayHint
}

// tally counts the answers to a field in one group.
type tally struct{ occurrence, n int }

func newProfileLayer(s *structure, found *findings, r *record) profileLayer {
	return profileLayer{
		s: s, found: found, r: r,
		nextGroup: make([]int, 1+len(s.groups)), counts: make([]int, len(s.groups)),
		tallies: make([]tally, len(s.fields)), reported: make([]bool, s.provisionals),
	}
}

// begin checks the profile that the record declares. It returns false if it has reported
// that the record is of another version or canonical base, which the loaded taxonomy
// cannot judge. With that rule switched off the record is judged all the same.
func (l *profileLayer) begin(a *fhir.AdverseEvent) bool {
	l.r.event, l.contained, l.group = a, -1, -1
	var at fhir.Path
	if m := a.Meta; m != nil {
		if slices.Contains(m.Profile, l.s.profile) {
			return true
		}
		at = at.Child("meta")
		for i, url := range m.Profile {
			if base, _, versioned := strings.Cut(url, "|"); versioned && base == l.s.profile {
				l.found.add(ruleCanonical, at.Item("profile", i)).text = "The profile is named with a version after |, which is not compared with anything; it was taken for " + l.s.profile + "."
				return true
			}
			if version, ok := versionOf(url, l.s.profileID); ok {
				return l.otherVersion(version, at.Item("profile", i))
			}
		}
		if len(m.Profile) > 0 {
			at = at.Child("profile")
		}
	}
	if version, path, ok := l.otherGroups(a); ok {
		return l.otherVersion(version, path)
	}
	l.found.add(ruleDeclared, at).fix = "Name the profile " + l.s.profile + " in meta.profile."
	return true
}

// otherVersion reports a record of another version or canonical base, and whether it is
// to be judged all the same.
func (l *profileLayer) otherVersion(version string, at fhir.Path) bool {
	f := l.found.add(ruleVersion, at)
	own := l.s.Version
	switch {
	case version == own:
		f.text = "The record is of another canonical base than " + l.s.CanonicalBase + "; nothing else was checked against the taxonomy."
		f.fix = "Check it with the taxonomy of that base (lfpse validate --taxonomy FILE), or name the profile " + l.s.profile + "."
	case slices.Contains(taxonomy.Versions(), version):
		f.text = "The record is of taxonomy version " + version + ", and is checked with version " + own + "; nothing else was checked against the taxonomy."
		f.fix = "Check it with its own version (lfpse validate --taxonomy " + version + "), or send it in version " + own + "."
	default: // which may be any number, so it is not repeated
		f.text = "The record is of a taxonomy version that this library does not have, and is checked with version " + own + "; nothing else was checked against the taxonomy."
		f.fix = "Check it with a file of its own version (lfpse validate --taxonomy FILE), or send it in version " + own + "."
	}
	return !l.found.on(ruleVersion)
}

// otherGroups returns the version of a record that declares no profile of LFPSE but has
// groups of another version, and none of the loaded one.
func (l *profileLayer) otherGroups(a *fhir.AdverseEvent) (version string, at fhir.Path, ok bool) {
	for i := range a.Extension {
		url := a.Extension[i].Url
		if _, known := l.s.byURL[url]; known {
			return "", at, false
		}
		for g := range l.s.groups {
			if v, other := versionOf(url, l.s.groups[g].id); other && !ok {
				version, at, ok = v, fhir.Path{}.Item("extension", i).Child("url"), true
			}
		}
	}
	return version, at, ok
}

// end checks what can be decided only at the end of the record.
func (l *profileLayer) end() {
	l.missingGroups("AdverseEvent", fhir.Path{})
	l.eventType()
	if d := l.r.event.Date; d != nil && dateTimeFormat.validText(*d) {
		l.r.date = *d
	}
	for _, g := range l.s.mandatory {
		if l.r.firstGroup[g.no] == 0 && g.Context != "AdverseEvent" && l.r.contained(g.Context) < 0 {
			f := l.found.add(ruleGroupMin, fhir.Path{})
			f.text = "The mandatory group " + g.id + " is missing, and so is the contained " + g.Context + " that carries it."
			f.ask, f.scope = g.ask, -1
		}
	}
}

// forget makes room for the next record.
func (l *profileLayer) forget() {
	clear(l.counts)
	clear(l.reported)
	clear(l.provisionals)
	l.provisionals = l.provisionals[:0]
	l.lastGroup, l.hints = 0, 0
}

// enter looks at contained resources, false for one that is not exactly one, and at
// elements that LFPSE does not use.
func (l *profileLayer) enter(at *fhir.Walker, e *fhir.Element, x any) bool {
	if e == containedElement {
		return l.resource(at, x.(*fhir.Resource))
	}
	l.used(at, e)
	return true
}

// used reports an element that LFPSE does not use; a repeating element is reported once.
func (l *profileLayer) used(at *fhir.Walker, e *fhir.Element) {
	if !lfpse.Uses(e) && at.Index() <= 0 {
		l.found.add(ruleElement, at.Parent().Child(e.Name))
	}
}

// resource looks at a contained resource as a whole; false if it is not exactly one.
func (l *profileLayer) resource(at *fhir.Walker, c *fhir.Resource) bool {
	if !c.Single() {
		return false
	}
	l.contained = at.Index()
	if name := typeOf(c); name == "" || l.s.Profile(name) == nil {
		l.found.add(ruleResource, at.Path()).fix = "Take it out; contain " + bounded(l.s.contained) + " only."
	}
	return true
}

// leave looks for the groups that a contained resource lacks.
func (l *profileLayer) leave(at *fhir.Walker, c *fhir.Resource) {
	l.missingGroups(typeOf(c), at.Path())
	clear(l.counts)
	l.contained, l.group = -1, -1
}

// missingGroups reports the mandatory groups that the current resource lacks.
func (l *profileLayer) missingGroups(resource string, at fhir.Path) {
	for _, g := range l.s.mandatory {
		if l.counts[g.no] < g.Min && g.Context == resource {
			f := l.found.add(ruleGroupMin, at)
			f.text = "The mandatory group " + g.id + " is missing."
			f.ask, f.scope = g.ask, -1
		}
	}
}

// extension looks at an extension of a resource, which must be a group, or at one within
// a group, which must be a field. It reports whether it has seen that nothing is wrong with
// url and value of a field.
func (l *profileLayer) extension(at *fhir.Walker, e *fhir.Element, x *r4.Extension, value *fhir.Value) (sound bool) {
	switch {
	case e == withinExtension:
		return l.group >= 0 && at.Depth() == l.depth+1 && l.readField(at, x, value)
	case e.Name == "modifierExtension":
		if at.Index() == 0 {
			l.found.add(ruleModifier, at.Parent().Child(e.Name))
		}
		if e.OfResource {
			l.group = -1
		}
	case e.OfResource:
		l.group, l.depth = -1, at.Depth()
		l.readGroup(at, e.Owner, x, value)
	case !ofNoUse(at):
		l.found.add(ruleGroup, at.Path().Child("url")).text = "No group belongs on this element."
	}
	return false
}

// ofNoUse reports whether an extension is within an element that is reported as a whole:
// one that LFPSE does not use, or the value of another extension.
func ofNoUse(at *fhir.Walker) bool {
	for i := 1; at.Ancestor(i) != nil; i++ {
		if e := at.Ancestor(i); !lfpse.Uses(e) || e.Owner == "Extension" && e != withinExtension {
			return true
		}
	}
	return false
}

// groupOf returns the number of the group with a url.
func (l *profileLayer) groupOf(url string) (int, bool) {
	n := &l.nextGroup[l.lastGroup]
	if l.s.urls[*n] != url {
		known, ok := l.s.byURL[url]
		if !ok {
			return 0, false
		}
		*n = known
	}
	l.lastGroup = 1 + *n
	return *n, true
}

// readGroup reads one extension of a resource.
func (l *profileLayer) readGroup(at *fhir.Walker, resource string, x *r4.Extension, value *fhir.Value) {
	n, known := l.groupOf(x.Url)
	if !known {
		l.unknownGroup(at.Path().Child("url"), x.Url)
		return
	}
	value.OwnURL = true
	g := &l.s.groups[n]
	if g.Context != resource {
		l.found.add(ruleContext, at.Path().Child("url")).text = "The group " + g.id + " belongs on the " + g.Context + ", not here."
		return
	}
	if l.counts[n]++; g.Max > 0 && l.counts[n] > g.Max {
		l.found.add(ruleGroupMax, at.Path()).text = "The group " + g.id + " occurs more often than the taxonomy allows, which is " + times(g.Max) + "."
	}
	if value.Count > 0 || len(x.Extension) == 0 {
		if f := l.found.add(ruleGroupForm, at.Path()); l.mayHint() {
			f.fix = "Send its fields as sub-extensions (" + bounded(g.names) + "), or leave the group out."
		}
	}
	if g.provisional != nil {
		l.provisional(g.provisional, g.provisional.key, at.Path)
	}
	l.group, l.lastField = l.r.addGroup(g, l.contained, at.Index()), 0
	l.occurrences++
}

// mayHint reports whether a finding of this record may say what may have been meant, and
// counts it. Comparing words takes time, so only the first findings do.
func (l *profileLayer) mayHint() bool {
	const most = 50
	l.hints++
	return l.hints <= most
}

// unknownGroup reports an extension that is no group of the taxonomy.
func (l *profileLayer) unknownGroup(at fhir.Path, url string) {
	for i := range l.s.groups {
		if _, ok := versionOf(url, l.s.groups[i].id); ok {
			l.found.add(ruleVersion, at).fix = "Use the group of the loaded version, " + l.s.urls[i] + "."
			return
		}
	}
	f := l.found.add(ruleGroup, at)
	if !l.mayHint() {
		return
	}
	ids := make([]string, len(l.s.groups))
	for i := range l.s.groups {
		ids[i] = l.s.groups[i].ID
	}
	if words := nearest.Words(url[strings.LastIndexByte(url, '/')+1:], ids); words != nil {
		f.text, f.fix = "The taxonomy has no group with this url; did you mean "+l.s.URL(words[0])+"?", "Use the url of a group; lfpse taxonomy show lists them."
	}
}

// readField reads one extension within a group, and reports whether it has seen that
// nothing is wrong with its url and its value.
func (l *profileLayer) readField(at *fhir.Walker, x *r4.Extension, value *fhir.Value) (sound bool) {
	g := l.r.groups[l.group].group
	n, known := g.fieldAt(x.Url, l.lastField)
	if !known {
		f := l.found.add(ruleField, at.Path().Child("url"))
		if l.mayHint() {
			f.text = "The group " + g.id + " has no field of this name" + cmp.Or(nearest.Hint(x.Url, g.names), ".")
			f.fix = "Its fields are " + bounded(g.names) + "."
		}
		return false
	}
	l.lastField, value.OwnURL = n, true
	f := &g.fields[n]
	if f.provisional != nil {
		l.provisional(f.provisional, f.provisional.key, at.Path)
	}
	if value.Element == nil || value.Element != f.value || len(x.Extension) > 0 {
		l.found.add(ruleType, at.Path()).text = "The field must have " + f.Type.ValueX() + " and nothing else."
		return false
	}
	plain := f.form == textFormat && isPlain(value.Text)
	if !plain && !f.form.whole() && blank(value.Text) {
		return false // the layer fhir reports the format
	}
	if l.tally(f) > f.Max && f.Max > 0 {
		l.found.add(ruleFieldMax, at.Path()).text = "The field " + f.Name + " occurs more often in its group than the taxonomy allows, which is " + times(f.Max) + "."
	}
	a := l.r.addAnswer(f, l.group)
	a.sub, a.text, a.plain, a.code, a.number = at.Index(), value.Text, plain, smallCode(value.Text), value.Integer
	if f.form == codeFormat {
		value.OwnText = l.code(&f.list, value.Text, a.code, func() fhir.Path { return at.Path().Child("value") })
	}
	return plain || value.OwnText
}

// tally counts an answer to a field, starting again in each occurrence of its group.
func (l *profileLayer) tally(f *field) int {
	t := &l.tallies[f.no]
	if t.occurrence != l.occurrences {
		*t = tally{occurrence: l.occurrences}
	}
	t.n++
	return t.n
}

// code checks a code, of which small is the number among the small ones, against its list
// and reports whether it is in it.
func (l *profileLayer) code(list *codeList, code string, small int, at func() fhir.Path) bool {
	if list.CodeSystem == nil {
		return false
	}
	c := list.concept(code, small)
	if list.provisional != nil {
		if key := list.key(c, code); key != "" {
			l.provisional(list.provisional, key, at)
		}
	}
	if c != nil || len(list.Concepts) == 0 {
		return c != nil
	}
	rule := ruleCodeOpen
	if list.Closed {
		rule = ruleCode
	}
	f := l.found.add(rule, at())
	if !l.mayHint() {
		f.fix = "Use a code of the list " + list.ID + "."
		return false
	}
	f.text = "The code is not in the list " + list.ID + list.hint(code)
	f.fix = "Use one of its codes: " + list.codes() + "."
	return false
}

// provisional notes the key of something provisional that is used, and reports each
// thing once: of a list, the first code.
func (l *profileLayer) provisional(p *provisional, key string, at func() fhir.Path) {
	if !slices.Contains(l.provisionals, key) {
		l.provisionals = append(l.provisionals, key)
	}
	if !l.reported[p.no] {
		l.reported[p.no] = true
		l.found.add(ruleProvisional, at()).text = p.text
	}
}

// keys returns the keys of what is provisional in the record.
func (l *profileLayer) keys() []string {
	if len(l.provisionals) == 0 {
		return nil
	}
	slices.Sort(l.provisionals)
	return slices.Clone(l.provisionals)
}

// eventType reads the event type.
func (l *profileLayer) eventType() {
	e := l.r.event.Event
	if e == nil {
		return
	}
	if len(e.Coding) != 1 || e.Coding[0].Code == nil || blank(*e.Coding[0].Code) {
		l.found.add(ruleEvent, fhir.Path{}.Child("event")).fix = "Give exactly one coding with a code: " + l.s.eventTypes.codes() + "."
		return
	}
	c, coding := &e.Coding[0], func() fhir.Path { return fhir.Path{}.Child("event").Item("coding", 0) }
	if c.System != nil {
		l.found.add(ruleSystem, coding().Child("system"))
	}
	small := smallCode(*c.Code)
	l.code(&l.s.eventTypes, *c.Code, small, func() fhir.Path { return coding().Child("code") })
	if concept := l.s.eventTypes.concept(*c.Code, small); concept != nil {
		l.r.kind = kindsOf(lfpse.EventType(concept.Name))
	}
}

// missingFields reports the mandatory fields that a group lacks, unless a rule already
// requires the answer. It is called after all rules have been applied.
func (l *profileLayer) missingFields() {
	for o := range l.r.groups {
		for _, f := range l.r.groups[o].mandatory {
			if !l.r.lacks(f, o) || l.found.requires(f, o) {
				continue
			}
			found := l.found.add(ruleFieldMin, l.r.groups[o].path())
			found.text = "The group " + f.group.id + " lacks its mandatory field " + f.Name + "."
			found.ask, found.scope = f.ask, o
		}
	}
}
