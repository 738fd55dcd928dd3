package privacy

import (
	"slices"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Screener finds personal data by its form. It is immutable and safe for
// concurrent use; make one and keep it.
type Screener struct {
	policy     Policy
	effects    [256]Effect // of each class
	lowers     bool        // the policy makes a class weaker
	noHints    bool
	fields     *fieldTable // nil without a taxonomy
	screenings *sync.Pool  // of *Screening
}

// Option changes what New builds.
type Option func(*Screener)

// WithPolicy sets what the findings of some classes do. By default it is what
// [Class.Effect] says.
func WithPolicy(p Policy) Option { return func(s *Screener) { s.policy = p } }

// WithTaxonomy tells which fields hold contact details of the reporter, names and codes
// of medicines, and what together may point to one person; see [taxonomy.Content]. By
// default no field is known: the texts of all of them are screened for everything, and
// there are no findings of PRIVACY-REIDENTIFICATION.
func WithTaxonomy(t *taxonomy.Taxonomy) Option {
	return func(s *Screener) { s.fields = newFieldTable(t) }
}

// WithoutHints leaves out the findings of rule PRIVACY-REIDENTIFICATION: information that
// details of a report may together identify one person. By default they are reported.
func WithoutHints() Option {
	return func(s *Screener) { s.noHints = true }
}

// New returns a Screener with every class on.
func New(opts ...Option) *Screener {
	s := &Screener{screenings: &sync.Pool{New: newScreening}}
	for _, opt := range opts {
		opt(s)
	}
	for c := range s.effects {
		s.effects[c] = s.policy.Effect(Class(c))
	}
	s.lowers = len(s.policy.Weaker()) > 0
	return s
}

// Effect is what findings of a class do by the policy of this screener. A policy does not
// lower what [Unreleasable] finds.
func (s *Screener) Effect(c Class) Effect { return s.effects[c] }

// Severity is the severity of findings of a class for this screener.
func (s *Screener) Severity(c Class) fhir.Severity { return s.Effect(c).Severity() }

// effectIn returns what hits in a text do. It is to be asked in text order.
func (s *Screener) effectIn(text string, deny *DenyList) func(Hit) Effect {
	effect := func(h Hit) Effect { return s.effects[h.Class] }
	if !s.lowers {
		return effect
	}
	certain := overlapping(Unreleasable(text, deny))
	return func(h Hit) Effect {
		if certain(h) {
			return max(effect(h), h.Class.Effect())
		}
		return effect(h)
	}
}

// Hit is one finding in a text. Start and End are byte offsets: text[Start:End] is
// the personal data, so a caller may mark it on the user's own screen. Hits may
// overlap when one value has two classes.
type Hit struct {
	Class      Class
	Start, End int
}

// Scan finds what can be recognised by its form in one text, in text order. It returns
// nil if there is nothing, and then allocates only for a text that is not ASCII.
func (s *Screener) Scan(text string) []Hit {
	var sc scanner
	normal, hits := sc.next(text)
	return locate(text, normal, hits)
}

// ScanText screens one free text by form and against the deny-list, which may be
// nil, as ScanEvent does. It returns the hits in text order and drops those that add
// nothing: the name within an e-mail address, and what a more certain hit of the
// same kind covers already. It returns nil when there is nothing, and then allocates
// only for a text that is not ASCII.
func (s *Screener) ScanText(text string, deny *DenyList) []Hit {
	var sc scanner
	normal, hits := sc.next(text)
	return locate(text, normal, combine(hits, deny.scan(normal, true), freeText))
}

// combine merges the hits found by form and the hits of the deny-list, both in text
// order, in one go through both.
func combine(formal, denied []Hit, kind textKind) []Hit {
	if len(denied) > 0 && len(formal) > 0 {
		denied = slices.DeleteFunc(denied, coveredBy(formal, kind))
	}
	if len(formal) > 0 {
		certain := outdoneBy(denied)
		formal = slices.DeleteFunc(formal, func(f Hit) bool { return !kind.takes(f.Class) || certain(f) })
	}
	switch {
	case len(denied) == 0:
		return formal
	case len(formal) == 0:
		return denied
	}
	hits := append(formal, denied...)
	slices.SortStableFunc(hits, byStart)
	return hits
}

// coveredBy returns a test, to be asked in text order, of whether a denied hit lies
// in a hit by form of the same class, or is a name in an e-mail address. In contact
// details the hit by form does not count, so the denied one must stay.
func coveredBy(formal []Hit, kind textKind) func(Hit) bool {
	var reach [256]int // how far the hits of each class that start before go
	return func(d Hit) bool {
		for ; len(formal) > 0 && formal[0].Start <= d.Start; formal = formal[1:] {
			reach[formal[0].Class] = max(reach[formal[0].Class], formal[0].End)
		}
		if d.Class == Name || d.Class == PossibleName {
			return d.End <= reach[Email]
		}
		return kind.takes(d.Class) && d.End <= reach[d.Class]
	}
}

// outdoneBy returns a test, to be asked in text order, of whether a denied hit says
// with certainty what one by form only supposes.
func outdoneBy(denied []Hit) func(Hit) bool {
	const most = 8 // denied hits that a hit by form overlaps
	return func(f Hit) bool {
		for ; len(denied) > 0 && denied[0].End <= f.Start; denied = denied[1:] {
		}
		for _, d := range denied[:min(most, len(denied))] {
			if d.Start < f.End && d.Class == certainty(f.Class) {
				return true
			}
		}
		return false
	}
}

// certainty is the class of the deny-list that a supposed hit may turn out to be.
func certainty(supposed Class) Class {
	switch supposed {
	case TitledName, NamedPerson:
		return Name
	case PossibleBirthDate:
		return BirthDate
	case Postcode, StreetAddress:
		return Address
	case LocalNumber:
		return Identifier
	case ObscuredEmail:
		return Email
	}
	return 0
}
