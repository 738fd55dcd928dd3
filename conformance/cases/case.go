// Package cases is a conformance suite for LFPSE records: documents, and what is
// to be found in each. The files below data are the suite, one folder a case, and
// are meant for any system that reads or checks such records; README.md in this
// folder describes their form.
//
// The package reads those files and compares a verdict with the one expected. It
// imports nothing else of this module, so that the suite says the same of every
// system, this library included.
//
//	all, err := cases.All()
//	for _, c := range all {
//		verdict := check(c.Input, c.Options) // the system under test
//		for _, line := range c.Differs(verdict) {
//			fmt.Println(c.Name, line)
//		}
//	}
//
// The files are made from base events and named changes by internal/gen, together
// with expectations that were written down there by hand: no expectation comes
// from running this library.
package cases

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:generate go run ./internal/gen

//go:embed data
var data embed.FS

// Case is a document and what is to be found in it.
type Case struct {
	Name  string // its folder in the suite, such as lfpse/LFPSE-HARM-FATAL/both-grades
	Input []byte // the document as it arrives, after Options.PadTo
	Expected
}

// Expected is the content of expected.json.
type Expected struct {
	Title string `json:"title"`
	Why   string `json:"why"`
	// About are the rules that the case is about. It breaks those of them that
	// are among the issues and keeps the others.
	About   []string `json:"about"`
	Version string   `json:"version"` // of the taxonomy
	Options *Options `json:"options,omitempty"`
	Verdict
}

// Options are what a case wants done in another way than by default.
type Options struct {
	Strict          bool   `json:"strict,omitempty"`          // warnings are errors
	RootDescription bool   `json:"rootDescription,omitempty"` // tolerate AdverseEvent.description
	Today           string `json:"today,omitempty"`           // compare the date of the event with this day, YYYY-MM-DD
	PadTo           int    `json:"padTo,omitempty"`           // append spaces until the document has this many bytes
	DenyList        []Term `json:"denyList,omitempty"`        // what must not appear in any text
}

// Term is an entry of a deny-list. The classes are name, familyName, givenName,
// birthDate, address and identifier.
type Term struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// All returns every case of the embedded suite, in the order of their names. An
// error means that a file of the suite is damaged.
func All() ([]Case, error) {
	suite, err := fs.Sub(data, "data")
	if err != nil {
		return nil, err
	}
	return Load(suite)
}

// Load returns every case in the folders of suite, in the order of their names. An
// error means that a file of the suite is damaged, and names it.
func Load(suite fs.FS) ([]Case, error) {
	var all []Case
	err := fs.WalkDir(suite, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "expected.json" {
			return err
		}
		c, err := read(suite, path.Dir(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
		return nil
	})
	return all, err
}

func read(suite fs.FS, folder string) (Case, error) {
	c := Case{Name: folder}
	b, err := fs.ReadFile(suite, path.Join(folder, "expected.json"))
	if err != nil {
		return c, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c.Expected); err != nil {
		return c, err
	}
	if c.Input, err = fs.ReadFile(suite, path.Join(folder, "input.json")); err != nil {
		return c, err
	}
	if c.Options != nil && len(c.Input) < c.Options.PadTo {
		c.Input = append(c.Input, strings.Repeat(" ", c.Options.PadTo-len(c.Input))...)
	}
	return c, nil
}

// Refusals are the rules for which a service should refuse the document, each once: those
// of the errors. What only the screen for personal data finds is no business of a service.
func (c *Case) Refusals() []string {
	var rules []string
	for _, i := range c.Issues {
		if i.Severity == Error && !strings.HasPrefix(i.Rule, "PRIVACY-") && !slices.Contains(rules, i.Rule) {
			rules = append(rules, i.Rule)
		}
	}
	return rules
}
