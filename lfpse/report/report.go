// Package report writes the findings about records in the forms that people and
// other tools read: text with a caret under the place, a FHIR OperationOutcome,
// SARIF for code-scanning tools, JUnit XML for build servers.
//
// A report holds rule ids, places and explanations. Only [Text] can show a part
// of a record, and only when it is asked to.
package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// Record is what was found out about one record.
type Record struct {
	// Source names where the record comes from: a file, "standard input".
	Source string `json:"source"`
	// Line is the line of the source on which the record starts, from 1.
	Line int `json:"line"`
	// Issues are the findings; their offsets count from the start of Text.
	Issues fhir.Issues `json:"issues"`
	// Text is the record itself, used to find lines and columns.
	Text []byte `json:"-"`
}

// NewRecord makes a Record and finds the place in the text of every issue that
// does not have one.
func NewRecord(source string, line int, text []byte, issues fhir.Issues) Record {
	r := Record{Source: source, Line: line, Text: text, Issues: make(fhir.Issues, len(issues))}
	copy(r.Issues, issues)
	for i := range r.Issues {
		if issue := &r.Issues[i]; issue.Offset < 0 {
			issue.Offset = fhir.Locate(text, issue.Path)
		}
	}
	return r
}

// Severity returns the worst severity among the findings; ok is false if there
// are none.
func (r *Record) Severity() (worst fhir.Severity, ok bool) {
	for i := range r.Issues {
		worst = max(worst, r.Issues[i].Severity)
	}
	return worst, len(r.Issues) > 0
}

// place returns the line in the source and the column, both from 1, of an issue.
func (r *Record) place(i *fhir.Issue) (line, column int) {
	if i.Offset < 0 || i.Offset > len(r.Text) {
		return r.Line, 1
	}
	before := r.Text[:i.Offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return r.Line + bytes.Count(before, []byte{'\n'}), utf8.RuneCount(before[start:]) + 1
}

// Text writes one paragraph a finding: place, severity, rule, path, what is
// wrong, what to do. With caret it also shows the line of the record and marks
// the place, which shows some of what the record says: use it where the reader
// may see the record anyway. Findings milder than least are left out.
func Text(w io.Writer, records []Record, least fhir.Severity, caret bool) error {
	for n := range records {
		r := &records[n]
		for k := range r.Issues {
			i := &r.Issues[k]
			if i.Severity < least {
				continue
			}
			line, column := r.place(i)
			if _, err := fmt.Fprintf(w, "%s:%d:%d: %s\n", r.Source, line, column, i); err != nil {
				return err
			}
			if caret && i.Offset >= 0 && i.Offset <= len(r.Text) {
				if _, err := fmt.Fprintln(w, r.marked(i.Offset)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// window is how many characters of a line are shown on either side of a place.
const window = 48

// marked returns the part of the line around an offset, and a caret below it.
func (r *Record) marked(offset int) string {
	start := bytes.LastIndexByte(r.Text[:offset], '\n') + 1
	end := len(r.Text)
	if n := bytes.IndexByte(r.Text[offset:], '\n'); n >= 0 {
		end = offset + n
	}
	before, after := []rune(string(r.Text[start:offset])), []rune(string(r.Text[offset:end]))
	lead, trail := "", ""
	if len(before) > window {
		before, lead = before[len(before)-window:], "… "
	}
	if len(after) > window {
		after, trail = after[:window], " …"
	}
	left := lead + printable(before)
	return "    " + left + printable(after) + trail + "\n    " + strings.Repeat(" ", utf8.RuneCountInString(left)) + "^"
}

// printable keeps a line on one line and away from the terminal's controls.
func printable(text []rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r == utf8.RuneError:
			return '·'
		}
		return r
	}, string(text))
}

// JSON writes one JSON object a record.
func JSON(w io.Writer, records []Record) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range records {
		if err := enc.Encode(&records[i]); err != nil {
			return err
		}
	}
	return nil
}

// issueTypes gives the FHIR issue type of the rules, by the start of their id.
var issueTypes = []struct{ prefix, code string }{
	{"JSON-", "structure"},
	{"FHIR-REQUIRED", "required"},
	{"FHIR-CODE", "code-invalid"},
	{"FHIR-FORMAT", "value"},
	{"FHIR-", "structure"},
	{"PROFILE-CODE", "code-invalid"},
	{"PROFILE-GROUP-MIN", "required"},
	{"PROFILE-FIELD-MIN", "required"},
	{"PROFILE-GROUP", "extension"},
	{"PROFILE-FIELD", "extension"},
	{"PROFILE-", "structure"},
	{"PRIVACY-", "security"},
}

func issueType(rule string) string {
	for _, t := range issueTypes {
		if strings.HasPrefix(rule, t.prefix) {
			return t.code
		}
	}
	return "business-rule"
}

// OperationOutcome writes one FHIR OperationOutcome a record, one a line, in the
// form in which the LFPSE service reports validation: the rule id as the code of
// details, the explanation as its text, the path as expression.
func OperationOutcome(w io.Writer, records []Record) error {
	for n := range records {
		out := fhir.OperationOutcome{}
		for k := range records[n].Issues {
			i := &records[n].Issues[k]
			out.Issue = append(out.Issue, fhir.OutcomeIssue{
				Severity: i.Severity.String(), Code: issueType(i.Rule), DetailsCodings: []fhir.Coding{{Code: i.Rule}},
				DetailsText: strings.TrimSpace(i.Text + " " + i.Fix), Expression: []string{i.Path},
			})
		}
		if len(out.Issue) == 0 {
			out.Issue = []fhir.OutcomeIssue{{Severity: "information", Code: "informational", DetailsText: "All OK."}}
		}
		b, err := json.Marshal(&out)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// SARIF writes a SARIF 2.1.0 log, which code-scanning tools read. rules is the
// catalogue of the validator.
func SARIF(w io.Writer, records []Record, rules []validate.Rule) error {
	type object = map[string]any
	index := map[string]int{}
	var descriptors []object
	describe := func(id, title, why, fix string) {
		if _, ok := index[id]; ok {
			return
		}
		index[id] = len(descriptors)
		d := object{"id": id}
		for key, text := range map[string]string{"shortDescription": title, "fullDescription": why, "help": fix} {
			if text != "" {
				d[key] = object{"text": text}
			}
		}
		descriptors = append(descriptors, d)
	}
	for _, r := range rules {
		describe(r.ID, r.Title, r.Why, r.Fix)
	}
	results := []object{}
	levels := map[fhir.Severity]string{fhir.Information: "note", fhir.Warning: "warning", fhir.Error: "error"}
	for n := range records {
		r := &records[n]
		for k := range r.Issues {
			i := &r.Issues[k]
			describe(i.Rule, "", "", "")
			line, column := r.place(i)
			results = append(results, object{
				"ruleId": i.Rule, "ruleIndex": index[i.Rule], "level": levels[i.Severity],
				"message": object{"text": strings.TrimSpace(i.Text + " " + i.Fix)},
				"locations": []object{{
					"physicalLocation": object{"artifactLocation": object{"uri": r.Source}, "region": object{"startLine": line, "startColumn": column}},
					"logicalLocations": []object{{"fullyQualifiedName": i.Path}},
				}},
			})
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":    object{"driver": object{"name": "lfpse", "informationUri": "https://github.com/gpsafety/lfpse-go", "rules": descriptors}},
			"results": results,
		}},
	})
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Class     string        `xml:"classname,attr"`
	Failure   *junitFailure `xml:"failure"`
	SystemOut string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a JUnit XML report, one test case a record. A record with an error
// is a failure; milder findings are its output.
func JUnit(w io.Writer, records []Record) error {
	suite := junitSuite{Name: "lfpse validate", Tests: len(records)}
	for n := range records {
		r := &records[n]
		c := junitCase{Name: fmt.Sprintf("%s:%d", r.Source, r.Line), Class: "lfpse.validate"}
		var errors, rest []string
		first := ""
		for k := range r.Issues {
			i := &r.Issues[k]
			line, column := r.place(i)
			s := fmt.Sprintf("%d:%d: %s", line, column, i)
			if i.Severity == fhir.Error {
				first = cmp.Or(first, i.Rule)
				errors = append(errors, s)
			} else {
				rest = append(rest, s)
			}
		}
		c.SystemOut = strings.Join(rest, "\n")
		if len(errors) > 0 {
			suite.Failures++
			c.Failure = &junitFailure{Message: fmt.Sprintf("%d errors", len(errors)), Type: first, Text: strings.Join(errors, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(&suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
