// Package judge has this library judge the documents of the conformance suite, by the
// options that a case gives. It is the one place where the suite and the library meet.
package judge

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Judge gives verdicts by the options of a case. It is immutable and safe for
// concurrent use.
type Judge struct {
	checker *check.Checker
	deny    *privacy.DenyList
}

// New returns the judge for an embedded taxonomy version and the options of a case,
// which may be nil. It fails for a version that is not embedded and for a deny-list
// class that does not exist.
func New(version string, o *cases.Options) (*Judge, error) {
	if o == nil {
		o = &cases.Options{}
	}
	t, err := taxonomy.Embedded(version)
	if err != nil {
		return nil, err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, err
	}
	var opts []check.Option
	if o.Strict {
		opts = append(opts, check.WithStrict())
	}
	if o.Today != "" {
		opts = append(opts, check.WithToday(func() lfpse.Date { return lfpse.Date(o.Today) }))
	}
	if o.RootDescription {
		opts = append(opts, check.WithRootDescription())
	}
	j := &Judge{}
	if j.deny, err = denyList(o.DenyList); err != nil {
		return nil, err
	}
	j.checker, err = check.New(codec, opts...)
	return j, err
}

func denyList(terms []cases.Term) (*privacy.DenyList, error) {
	if terms == nil {
		return nil, nil
	}
	classes := map[string]privacy.Class{
		"name": privacy.Name, "familyName": privacy.FamilyName, "givenName": privacy.GivenName,
		"birthDate": privacy.BirthDate, "address": privacy.Address, "identifier": privacy.Identifier,
	}
	var out []privacy.Term
	for _, t := range terms {
		class, ok := classes[t.Class]
		if !ok {
			return nil, fmt.Errorf("there is no deny-list class %q", t.Class)
		}
		out = append(out, privacy.Term{Class: class, Text: t.Text})
	}
	return privacy.NewDenyList(out), nil
}

// Check returns the findings about a document, in their order.
func (j *Judge) Check(document []byte) fhir.Issues {
	return j.checker.Document(document, j.deny).Issues
}

// Verdict returns findings in the form in which the suite has them.
func Verdict(found fhir.Issues) cases.Verdict {
	v := cases.Verdict{Valid: !found.HasErrors()}
	for _, i := range found {
		v.Issues = append(v.Issues, cases.Issue{Severity: i.Severity.String(), Rule: i.Rule, Path: i.Path})
	}
	return v
}

// Judges makes the judge of each case, one for all cases of a version that have no
// options. The zero value is ready to use. It is not safe for concurrent use.
type Judges struct{ plain map[string]*Judge }

// Verdict returns the library's verdict on a case. Its errors are those of [New].
func (all *Judges) Verdict(c *cases.Case) (cases.Verdict, error) {
	j := all.plain[c.Version]
	if j == nil || c.Options != nil {
		var err error
		if j, err = New(c.Version, c.Options); err != nil {
			return cases.Verdict{}, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	if c.Options == nil {
		if all.plain == nil {
			all.plain = map[string]*Judge{}
		}
		all.plain[c.Version] = j
	}
	return Verdict(j.Check(c.Input)), nil
}
