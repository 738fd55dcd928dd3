package lfpse

import (
	"slices"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Provisional returns the keys of the provisional elements of the taxonomy that
// a resource uses, such as event-type-6#risk, sorted and each once. A resource
// that uses any must not be sent to a real endpoint; the keys say what to
// confirm, see [taxonomy.Confirmation].
func (c *Codec) Provisional(a *fhir.AdverseEvent) []string {
	p := &provisionalKeys{c: c}
	p.event(a)
	p.extensions(a.Extension)
	for i := range a.Contained {
		p.extensions(a.Contained[i].Extensions())
	}
	return p.sorted()
}

func (p *provisionalKeys) sorted() []string {
	if len(p.keys) == 0 {
		return nil
	}
	slices.Sort(p.keys)
	p.keys = slices.Compact(p.keys)
	return slices.Clone(p.keys)
}

// provisionalKeys collects the keys of the provisional elements that a resource uses.
type provisionalKeys struct {
	c    *Codec
	keys []string
}

func (p *provisionalKeys) event(a *fhir.AdverseEvent) {
	if a.Event == nil {
		return
	}
	for i := range a.Event.Coding {
		p.concept(p.c.eventTypes, deref(a.Event.Coding[i].Code))
	}
}

func (p *provisionalKeys) extensions(exts []r4.Extension) {
	for i := range exts {
		n, ok := p.c.byURL[exts[i].Url]
		if !ok {
			continue
		}
		p.group(&p.c.groups[n], &exts[i])
	}
}

func (p *provisionalKeys) group(g *groupPlan, x *r4.Extension) {
	if !g.provisional {
		return
	}
	p.groupKey(g)
	for i := range x.Extension {
		if n, ok := g.byName[x.Extension[i].Url]; ok {
			p.value(g, &g.fields[n], deref(x.Extension[i].ValueCode))
		}
	}
}

func (p *provisionalKeys) groupKey(g *groupPlan) {
	if g.Group.Provisional {
		p.keys = append(p.keys, g.ID)
	}
}

// value looks at a value of a field, of which only a code can be provisional itself.
func (p *provisionalKeys) value(g *groupPlan, f *fieldPlan, code string) {
	if f.Field.Provisional {
		p.keys = append(p.keys, g.ID+"/"+f.Name)
	}
	if f.provisionalList != nil && f.Type == taxonomy.Code {
		p.concept(f.provisionalList, code)
	}
}

// mayBeProvisional reports whether a code of a list may be provisional.
func mayBeProvisional(cs *taxonomy.CodeSystem) bool {
	return cs.Evidence == taxonomy.Unknown || slices.ContainsFunc(cs.Concepts, func(c taxonomy.Concept) bool { return c.Provisional })
}

func (p *provisionalKeys) concept(cs *taxonomy.CodeSystem, code string) {
	switch con := cs.Concept(code); {
	case code == "":
	case con != nil && con.Provisional:
		p.keys = append(p.keys, taxonomy.ConceptKey(cs, con))
	case con == nil && cs.Evidence == taxonomy.Unknown:
		// The list has never been seen, so a code of the caller's own is as
		// unconfirmed as a stand-in.
		p.keys = append(p.keys, cs.ID)
	}
}
