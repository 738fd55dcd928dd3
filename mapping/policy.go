package mapping

import (
	"maps"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Policy returns the policy that the map demands of the privacy screen: give it to
// submission.WithPolicy. The error, of type [*MapError], lists everything that is wrong
// with it.
func (m *Map) Policy() (privacy.Policy, error) {
	p, err := privacy.ParsePolicy(m.Privacy)
	if err == nil {
		return p, nil
	}
	var findings []csvlog.Finding
	for _, name := range slices.Sorted(maps.Keys(m.Privacy)) {
		if _, wrong := privacy.ParsePolicy(map[string]string{name: m.Privacy[name]}); wrong != nil {
			findings = append(findings, finding(m.places.of("privacy."+name), "MAP-PRIVACY", "%s", wrong.Error()))
		}
	}
	slices.SortStableFunc(findings, func(a, b csvlog.Finding) int { return a.Line - b.Line })
	if findings == nil { // only together are they wrong
		findings = []csvlog.Finding{finding(m.places.of("privacy"), "MAP-PRIVACY", "%s", err.Error())}
	}
	return p, &MapError{findings}
}

// policy reports a policy that is wrong, or that the builder does not follow.
func (c *compiler) policy() {
	p, err := c.m.Policy()
	if err != nil {
		c.findings = append(c.findings, err.(*MapError).Findings...)
		return
	}
	for _, class := range privacy.Classes() {
		if p.Chooses(class) && !c.form.Policy().Chooses(class) {
			c.report("MAP-PRIVACY", "privacy: the builder of submissions does not have the setting %s of the map; give the map's Policy to submission.WithPolicy", class.Setting())
		}
	}
}
