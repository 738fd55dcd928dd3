// Package judge reads the cases of the conformance suite and judges documents the
// way the command lfpse validate does, so that its findings can be compared with
// what the suite expects.
package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

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
	Issues  []Issue  `json:"issues"`
	Valid   bool     `json:"valid"` // no issue is an error
}

// Issue is a finding without its words.
type Issue struct {
	Severity fhir.Severity `json:"severity"`
	Rule     string        `json:"rule"`
	Path     string        `json:"path"`
}

// String returns the issue on one line.
func (i Issue) String() string { return fmt.Sprintf("%s %s at %s", i.Severity, i.Rule, i.Path) }

// Options are what a case wants done in another way than by default.
type Options struct {
	Strict          bool   `json:"strict,omitempty"`          // warnings are errors
	RootDescription bool   `json:"rootDescription,omitempty"` // tolerate AdverseEvent.description
	Today           string `json:"today,omitempty"`           // compare the date of the event with this day
	PadTo           int    `json:"padTo,omitempty"`           // append spaces until the document has this many bytes
	DenyList        []Term `json:"denyList,omitempty"`        // what must not appear in any text
}

// Term is an entry of a deny-list. The classes are name, familyName, givenName,
// birthDate, address and identifier.
type Term struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// Load returns every case in the folders of suite, in the order of their names. An
// error means that a file of the suite is damaged.
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

// Differs says how the findings about a document differ from those expected: one
// line for each that is missing, unexpected or out of its place, none if they are
// the same.
func (c *Case) Differs(found fhir.Issues) []string {
	var out []string
	for i := range max(len(found), len(c.Issues)) {
		var want, got string
		if i < len(c.Issues) {
			want = c.Issues[i].String()
		}
		if i < len(found) {
			got = Issue{found[i].Severity, found[i].Rule, found[i].Path}.String()
		}
		if want != got {
			out = append(out, fmt.Sprintf("finding %d: expected %q, found %q", i+1, want, got))
		}
	}
	return out
}
