package mapping

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Profile is what is the same in every report of a practice, set once: the organisation,
// the place, the service area, and the role of each user who reports. It fills what
// nothing else gives, and the trace says so. ParseProfile reads it from YAML. It must not
// change after its first use, and is then safe for concurrent use.
type Profile struct {
	// Name is what people call the practice; it is not sent.
	Name string `yaml:"name"`
	// Constants are values by target, such as location.serviceArea. Only what is the same in
	// every report can be one: the reporter's organisation, role and type, and the place.
	Constants map[string]string `yaml:"constants"`
	// Roles are the reporter's role by the name with which a user signs in: a role of the
	// taxonomy, or a job title of the word list practice-role.
	Roles map[string]string `yaml:"roles"`

	places places
}

// Format prints how much the profile holds and none of it, for every verb: it names users.
func (p Profile) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "mapping.Profile(%d constants, %d users)", len(p.Constants), len(p.Roles))
}

// LogValue logs how much the profile holds and none of it.
func (p Profile) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("constants", len(p.Constants)), slog.Int("users", len(p.Roles)))
}

// MarshalJSON writes how much the profile holds and none of it. There is no way back.
func (p Profile) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"constants": len(p.Constants), "users": len(p.Roles)})
}

// ParseProfile reads a profile from YAML of at most 1 MiB, by the rules for a map. The
// error is of type [*MapError]. Whether targets and values exist is checked by
// [Profile.Compile].
func ParseProfile(data []byte) (*Profile, error) {
	var out Profile
	p := mapParser{places: places{}}
	p.parse(data, &out)
	if len(p.findings) > 0 {
		return nil, mapError(p.findings)
	}
	out.places = p.places
	return &out, nil
}

// Constants are the values of a profile for one user, checked against a taxonomy. They do
// not change and are safe for concurrent use.
type Constants struct{ list []constant }

type constant struct {
	property *draft.Property
	accessor *lfpse.Accessor
	value    string
	rule     string // how the trace names it
}

// roleTarget is the target of the role of who reports.
const roleTarget = "reporter.reporterRole"

// Compile checks the profile and returns the constants for a user, of whom nothing need be
// known: empty is nobody in particular. The error, of type [*MapError], lists every target
// that a profile cannot fill and every value that it cannot take. It names no user.
func (p *Profile) Compile(form *draft.Form, user string) (*Constants, error) {
	c := profileCompiler{p: p, form: form, out: &Constants{}}
	for _, target := range slices.Sorted(maps.Keys(p.Constants)) {
		if target != roleTarget || p.Roles[user] == "" {
			c.add("constants."+target, target, p.Constants[target], "constant")
		}
	}
	for i, name := range slices.Sorted(maps.Keys(p.Roles)) {
		of := profileCompiler{p: p, form: form, out: &Constants{}, number: i + 1}
		of.add("roles."+name, roleTarget, p.Roles[name], "role of the user")
		if c.findings = append(c.findings, of.findings...); name == user {
			c.out.list = append(c.out.list, of.out.list...)
		}
	}
	if len(c.findings) > 0 {
		return nil, mapError(c.findings)
	}
	return c.out, nil
}

type profileCompiler struct {
	p        *Profile
	form     *draft.Form
	out      *Constants
	number   int // of the user, 0 for a constant
	findings []csvlog.Finding
}

func (c *profileCompiler) add(path, target, value, rule string) {
	said := path
	if c.number > 0 {
		said = fmt.Sprintf("roles: user %d", c.number)
	}
	report := func(format string, args ...any) {
		c.findings = append(c.findings, finding(c.p.places.of(path), "MAP-PROFILE", "%s", fmt.Sprintf(said+": "+format, args...)))
	}
	switch {
	case draft.OnlyFromPeople(target):
		report("only a person who knows the case can say this, never a profile")
		return
	case !slices.Contains(profileTargets, target):
		report("a profile fills the reporter's organisation, role and type, and the place, and nothing that differs from one event to the next%s", nearest.Hint(target, profileTargets))
		return
	}
	property, err := c.form.Property(target)
	if err == nil {
		value, err = property.Parse(jobTitle(target, value))
	}
	if err != nil {
		report("%v", err)
		return
	}
	accessor, err := c.form.Accessor(target)
	if err != nil {
		report("%v", err)
		return
	}
	c.out.list = append(c.out.list, constant{property, accessor, value, rule})
}

// jobTitle translates the usual job titles of a practice to roles, and nothing else.
func jobTitle(target, text string) string {
	lists, err := builtinValues()
	if err != nil || target != roleTarget {
		return text
	}
	for _, e := range lists["practice-role"].Entries {
		if value := fmt.Sprint(e.Value); entryWord(e) == lfpse.Fold(text) && value != AskValue {
			return value
		}
	}
	return text
}

// profileTargets are what a profile can fill: what is often the same in every report of a
// practice, and is no statement about the event.
var profileTargets = []string{
	"reporter.reporterOrganisation", "reporter.reporterOrganisationOther", roleTarget, "reporter.reporterRoleOther", "reporter.reporterType", "reporter.reporterTypeOther",
	"location.locationKnown", "location.organisation", "location.organisationOther", "location.serviceArea",
	"location.locationWithinService", "location.locationWithinServiceOther", "location.responsibleSpecialty", "location.responsibleSpecialtyOther",
}

// Has reports whether there is a constant for a target.
func (c *Constants) Has(target string) bool {
	return c != nil && slices.ContainsFunc(c.list, func(k constant) bool { return k.property.Name == target })
}

// Apply puts the constants into a draft where nothing else has said anything: no source,
// no answer, and no question that a source asks because of what it says.
func (c *Constants) Apply(d *draft.Draft) {
	if c == nil {
		return
	}
	for i := range c.list {
		k := &c.list[i]
		name := k.property.Name
		waits := slices.ContainsFunc(d.Conditional, func(v draft.Conditional) bool { return v.Target == name })
		asked := slices.ContainsFunc(d.Asked, func(q lfpse.Question) bool { return q.Target == name })
		if !waits && !asked && !k.accessor.IsSet(&d.Event) && !d.Known(k.property) {
			k.property.PutParsed(d, k.value, draft.Origin{From: "the practice profile", Rule: k.rule})
		}
	}
}

// WithProfile fills what a row does not say from the constants of a practice. They come
// before the defaults and the questions of the map.
func WithProfile(c *Constants) Option { return func(m *Mapper) { m.profile = c } }
