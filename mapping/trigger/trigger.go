// Package trigger says which coded entries of a patient's record hint at a patient safety
// event.
//
// A trigger makes a draft with questions, never a submission: that somebody had an adverse
// reaction does not show that anything went wrong, and a code does not tell a story.
//
// The triggers are a CSV file that a practice edits: [Builtin] is the start. It has single
// codes, each with where it was found, and no subtypes: to add those, expand an expression
// such as << 398240004 with a terminology server and put the ids into the file. It has no
// SNOMED CT code for significant event audit, because none could be verified.
package trigger

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// The code systems of triggers.
const (
	SNOMED = "snomed"
	Read2  = "read2"
	CTV3   = "ctv3"
	// FHIR is for what a resource is rather than what its codes say: its type, such as
	// AdverseEvent; an element that it has, such as AllergyIntolerance.reaction; or the code
	// of an element, such as Task.status=failed.
	FHIR = "fhir"
)

// element is the form of a trigger of FHIR.
var element = regexp.MustCompile(`^[A-Z][A-Za-z]{1,40}(\.[a-z][A-Za-z]{0,40}(=[A-Za-z0-9-]{1,40})?)?$`)

// Trigger is a code that hints at an event.
type Trigger struct {
	System   string // one of the code systems
	Code     string // Read codes may end in * and then stand for all that begin alike
	Term     string // what people call it
	Evidence string // where the code was found
}

// Set is a set of triggers. It does not change and is safe for concurrent use.
type Set struct {
	exact    map[[2]string]Trigger
	prefixes []Trigger
	rounded  map[string]Trigger // SNOMED CT ids as a spreadsheet writes them
}

//go:embed triggers.csv
var builtin []byte

var parsed = sync.OnceValues(func() (*Set, error) { return Read(bytes.NewReader(builtin)) })

// Builtin returns the triggers that come with the library.
func Builtin() *Set {
	s, err := parsed()
	if err != nil {
		panic(err) // a test reads them
	}
	return s
}

// BuiltinData returns the CSV file of the built-in triggers, as a start for one's own.
func BuiltinData() []byte { return slices.Clone(builtin) }

// Read reads triggers from a CSV file with the columns system, code, term and evidence. The
// error lists the lines that cannot be used, such as a SNOMED CT id with a wrong check
// digit.
func Read(src io.Reader) (*Set, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return nil, err
	}
	var at [4]int
	for i, name := range []string{"system", "code", "term", "evidence"} {
		var ok bool
		if at[i], ok = r.Column(name); !ok {
			return nil, fmt.Errorf("a file of triggers has the columns system, code, term and evidence; it lacks %s", name)
		}
	}
	s := &Set{exact: map[[2]string]Trigger{}, rounded: map[string]Trigger{}}
	var faults csvlog.Faults
	for row, err := range r.Rows() {
		if err == nil {
			cell := func(i int) string { return strings.TrimSpace(row.Cell(at[i])) }
			if err = s.add(Trigger{strings.ToLower(cell(0)), cell(1), cell(2), cell(3)}); err != nil {
				err = fmt.Errorf("line %d: %w", row.Line, err)
			}
		}
		faults.Add(err)
	}
	return s, faults.Err()
}

func (s *Set) add(t Trigger) error {
	prefix, all := strings.CutSuffix(t.Code, "*")
	switch {
	case t.System != SNOMED && t.System != Read2 && t.System != CTV3 && t.System != FHIR:
		return errors.New("the system is snomed, read2, ctv3 or fhir")
	case prefix == "":
		return errors.New("the code is blank")
	case t.System == FHIR && !element.MatchString(t.Code):
		return errors.New("for fhir the code is a type of resource, Type.element or Type.element=code")
	case t.System != SNOMED && all:
		s.prefixes = append(s.prefixes, t)
		return nil
	case t.System != SNOMED:
		t.Code = strings.TrimRight(t.Code, ".")
	case Rounded(t.Code):
		return errors.New("the SNOMED CT id looks rounded by a spreadsheet: format the column as text and enter it anew")
	default:
		if id, err := fhir.ParseSCTID(t.Code); err != nil || id.Kind() != fhir.SCTConcept {
			return errors.New("this is no SNOMED CT concept id: its check digit or its form is wrong")
		}
		s.rounded[round(t.Code)] = t
	}
	s.exact[[2]string{t.System, t.Code}] = t
	return nil
}

// Find returns the trigger that a code is. A SNOMED CT id that a spreadsheet has rounded is
// found, too, because otherwise an event would be missed in silence: see [Rounded]. So is one
// that a program has taken for a number, as in 398240004.0, or marked as text, as in
// '398240004.
func (s *Set) Find(system, code string) (Trigger, bool) {
	if system == SNOMED {
		code = strings.TrimSuffix(strings.TrimPrefix(code, "'"), ".0")
	} else {
		code = strings.TrimRight(code, ".")
	}
	if t, ok := s.exact[[2]string{system, code}]; ok || code == "" {
		return t, ok
	}
	for _, t := range s.prefixes {
		if t.System == system && strings.HasPrefix(code, strings.TrimSuffix(t.Code, "*")) {
			return t, true
		}
	}
	if system == SNOMED && Rounded(code) {
		t, ok := s.rounded[code]
		return t, ok
	}
	return Trigger{}, false
}

// spreadsheetDigits is how many digits of a number a spreadsheet keeps.
const spreadsheetDigits = 15

// scientific is how a spreadsheet shows a long number, of which only the first digits are
// left then.
var scientific = regexp.MustCompile(`^[0-9]([.,][0-9]+)?[Ee]\+[0-9]{1,2}$`)

// Rounded reports whether a SNOMED CT id has lost its last digits to a spreadsheet: it is
// written as 1.23E+15, or they are zeros, and the check digit is wrong.
func Rounded(id string) bool {
	if scientific.MatchString(id) {
		return true
	}
	if len(id) <= spreadsheetDigits || strings.Trim(id, "0123456789") != "" || strings.Trim(id[spreadsheetDigits:], "0") != "" {
		return false
	}
	_, err := fhir.ParseSCTID(id)
	return err != nil
}

// round is what a spreadsheet makes of an id.
func round(id string) string {
	if len(id) <= spreadsheetDigits {
		return id
	}
	return id[:spreadsheetDigits] + strings.Repeat("0", len(id)-spreadsheetDigits)
}
