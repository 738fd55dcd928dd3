package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// TestSuite is a report in the form that build servers read, JUnit XML.
type TestSuite struct {
	Name  string
	Cases []TestCase
}

// TestCase is one case of a suite. It has passed unless one of its notes is there.
type TestCase struct {
	Name    string    `xml:"name,attr"`
	Class   string    `xml:"classname,attr"`
	Failure *TestNote `xml:"failure"` // it was judged, and is not as it should be
	Error   *TestNote `xml:"error"`   // it could not be judged
	Skipped *TestNote `xml:"skipped"` // it was not tried
	Output  string    `xml:"system-out,omitempty"`
}

// TestNote says why a case has not passed.
type TestNote struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"` // such as the id of a rule
	Text    string `xml:",chardata"`
}

// Write writes the suite. Of several cases with one name, the later ones get a number,
// since build servers keep only one. The error is that of the writer.
func (s *TestSuite) Write(w io.Writer) error {
	out := struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []TestCase `xml:"testcase"`
	}{Name: s.Name, Tests: len(s.Cases)}
	seen := map[string]int{}
	for _, c := range s.Cases {
		if seen[c.Name]++; seen[c.Name] > 1 {
			c.Name += fmt.Sprintf(" (%d)", seen[c.Name])
		}
		switch {
		case c.Failure != nil:
			out.Failures++
		case c.Error != nil:
			out.Errors++
		case c.Skipped != nil:
			out.Skipped++
		}
		out.Cases = append(out.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(&out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// JUnit writes a JUnit XML report with one test case per record. A record with an error
// is a failure; milder findings are its output.
func JUnit(w io.Writer, records []Record) error {
	suite := TestSuite{Name: "lfpse validate"}
	for n := range records {
		suite.Cases = append(suite.Cases, testCase(&records[n]))
	}
	return suite.Write(w)
}

func testCase(r *Record) TestCase {
	c := TestCase{Name: fmt.Sprintf("%s:%d", r.Source, r.Line), Class: "lfpse.validate"}
	var errors, rest []string
	first := ""
	for k := range r.Issues {
		i := &r.Issues[k]
		at := r.position(k)
		s := fmt.Sprintf("%d:%d: %s", at.Line, at.Column, i)
		if i.Severity == fhir.Error {
			first = cmp.Or(first, i.Rule)
			errors = append(errors, s)
		} else {
			rest = append(rest, s)
		}
	}
	c.Output = strings.Join(rest, "\n")
	switch len(errors) {
	case 0:
	case 1:
		c.Failure = &TestNote{Message: "1 error", Type: first, Text: errors[0]}
	default:
		c.Failure = &TestNote{Message: fmt.Sprintf("%d errors", len(errors)), Type: first, Text: strings.Join(errors, "\n")}
	}
	return c
}
