package privacy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// Policy is a choice of effects for some classes; all others keep the default of
// [Class.Effect]. It is immutable and safe for concurrent use. The zero Policy is the
// default.
//
// A policy may make any class stronger. It may make one weaker as far as [Class.Lowest]
// says, and never for what [Unreleasable] finds.
type Policy struct {
	chosen map[Class]Effect
}

// ParsePolicy reads settings: the effect inform, hold or block by the name of a class,
// which is that of [Class.Setting] or its rule id. The error lists everything that is
// wrong, each with the names that are known or allowed.
func ParsePolicy(settings map[string]string) (Policy, error) {
	p := Policy{chosen: map[Class]Effect{}}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := p.choose(name, settings[name]); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return Policy{}, errors.Join(errs...)
	}
	return p, nil
}

// choose adds one setting.
func (p *Policy) choose(name, effect string) error {
	c, known := settingOf(name)
	e := Effect(max(0, slices.Index(effectNames[:], lowered(effect))))
	switch {
	case !known:
		return fmt.Errorf("there is no privacy class %q; there is %s%s", shortened(name), strings.Join(settingNames(), ", "), nearest.Hint(name, settingNames()))
	case e == 0:
		return fmt.Errorf("%s: there is no effect %q; there is %s", c.Setting(), shortened(effect), strings.Join(effectNames[Inform:], ", "))
	case e < c.Lowest():
		return fmt.Errorf("%s cannot be lowered to %s; the weakest effect that it may have is %s", c.Setting(), e, c.Lowest())
	case p.chosen[c] != 0 && p.chosen[c] != e:
		return fmt.Errorf("%s is set twice, to %s and to %s", c.Setting(), p.chosen[c], e)
	}
	p.chosen[c] = e
	return nil
}

// settingOf returns the class that a setting names.
func settingOf(name string) (Class, bool) {
	name = strings.TrimPrefix(strings.NewReplacer(" ", "-", "_", "-").Replace(lowered(name)), strings.ToLower(rulePrefix))
	for _, c := range Classes() {
		if c.Setting() == name {
			return c, true
		}
	}
	return 0, false
}

func lowered(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// shortened keeps a message short when somebody has put a text in the wrong place.
func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func settingNames() []string {
	var names []string
	for _, c := range Classes() {
		names = append(names, c.Setting())
	}
	slices.Sort(names)
	return names
}

// Effect is what findings of a class do by the policy.
func (p Policy) Effect(c Class) Effect {
	if e := p.chosen[c.reported()]; e != 0 {
		return e
	}
	return c.Effect()
}

// Chooses reports whether the policy has a setting for the class, be it the default.
func (p Policy) Chooses(c Class) bool { return p.chosen[c.reported()] != 0 }

// Over returns the policy with the settings of another one where it has none itself.
func (p Policy) Over(base Policy) Policy {
	all := maps.Clone(base.chosen)
	if all == nil {
		all = map[Class]Effect{}
	}
	maps.Copy(all, p.chosen)
	return Policy{all}
}

// Weaker lists the classes that the policy makes weaker than the default.
func (p Policy) Weaker() []Class {
	var out []Class
	for _, c := range slices.Sorted(maps.Keys(p.chosen)) {
		if p.chosen[c] < c.Effect() {
			out = append(out, c)
		}
	}
	return out
}

// String lists the settings, such as "postcode=inform, titled-name=block".
func (p Policy) String() string {
	var parts []string
	for c, e := range p.chosen {
		parts = append(parts, c.Setting()+"="+e.String())
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// reported is the class of the findings of a class: those of a family name are of Name.
func (c Class) reported() Class {
	if c == FamilyName || c == GivenName {
		return Name
	}
	return c
}
