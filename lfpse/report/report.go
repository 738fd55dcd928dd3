// Package report writes the findings about records in the forms that people and
// other tools read: text with a caret under the place, a FHIR OperationOutcome,
// SARIF for code-scanning tools, JUnit XML for build servers.
//
// A report holds rule ids, places and explanations. Only [Text] with carets and
// [Explain] show something of what a record says: they are for those who may read
// the record anyway.
package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Record is what was found out about one record; [NewRecord] makes it.
type Record struct {
	// Source names where the record comes from: a file, "standard input".
	Source string
	// Line is the line of the source on which the record starts, from 1.
	Line int
	// Issues are the findings; their offsets count from the start of Text.
	Issues fhir.Issues
	// Text is the record itself, from which carets are drawn. Who keeps many records
	// and needs no carets can let it go: the places stay known.
	Text []byte

	places []place // of the issues
}

// place is a line of the source and a column in characters, both from 1.
type place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// NewRecord makes a Record and finds the place in the text of every issue that
// does not have one. The time is linear in the size of the text, but for sorting
// the issues.
func NewRecord(source string, line int, text []byte, issues fhir.Issues) Record {
	r := Record{Source: source, Line: line, Text: text, Issues: slices.Clone(issues)}
	r.locate()
	r.places = r.findPlaces()
	return r
}

// locate gives an offset to the issues that have none.
func (r *Record) locate() {
	var of []int // the issues that the paths are of
	var paths []string
	for i := range r.Issues {
		if r.Issues[i].Offset < 0 {
			of, paths = append(of, i), append(paths, r.Issues[i].Path)
		}
	}
	for i, at := range fhir.LocateAll(r.Text, paths) {
		r.Issues[of[i]].Offset = at
	}
}

// findPlaces returns the places of the issues. It goes from offset to offset, so
// that no line is counted or measured again for each of them.
func (r *Record) findPlaces() []place {
	order := make([]int, len(r.Issues))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.Issues[a].Offset, r.Issues[b].Offset) })
	places := make([]place, len(order))
	c := cursor{text: r.Text, place: place{r.Line, 1}}
	for _, i := range order {
		places[i] = place{r.Line, 1}
		if offset := r.Issues[i].Offset; 0 <= offset && offset <= len(r.Text) {
			places[i] = c.advance(offset)
		}
	}
	return places
}

// cursor counts the lines and characters of a text.
type cursor struct {
	text  []byte
	at    int // offset of a character
	place     // of that character
}

// advance goes on to the character that has a byte at an offset, or ends there,
// and returns the place of that byte.
func (c *cursor) advance(offset int) place {
	for c.at < offset {
		r, size := utf8.DecodeRune(c.text[c.at:])
		if c.at+size > offset {
			break
		}
		c.at += size
		c.Column++
		if r == '\n' {
			c.place = place{c.Line + 1, 1}
		}
	}
	return place{c.Line, c.Column + offset - c.at} // bytes of half a character count one each
}

// place returns where issue k is: at the start of a record that NewRecord has not
// made.
func (r *Record) place(k int) place {
	if k < len(r.places) {
		return r.places[k]
	}
	return place{max(r.Line, 1), 1}
}

// Severity returns the worst severity among the findings; ok is false if there
// are none.
func (r *Record) Severity() (worst fhir.Severity, ok bool) {
	for i := range r.Issues {
		worst = max(worst, r.Issues[i].Severity)
	}
	return worst, len(r.Issues) > 0
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
			at := r.place(k)
			if _, err := fmt.Fprintf(w, "%s:%d:%d: %s\n", r.Source, at.Line, at.Column, i); err != nil {
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

// reach is how many bytes on either side of a place are looked at, for a line may
// have megabytes: the window, and enough to tell that the line goes on.
const reach = window*utf8.UTFMax + 2

// marked returns the part of the line around an offset, and a caret below it.
func (r *Record) marked(offset int) string {
	before, after := r.Text[max(offset-reach, 0):offset], r.Text[offset:min(offset+reach, len(r.Text))]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	after, _, _ = bytes.Cut(after, []byte{'\n'})
	after = bytes.TrimSuffix(after, []byte{'\r'})
	from, to := near(before, after)
	lead, trail := "", ""
	if from > 0 {
		lead = "… "
	}
	if to < len(after) {
		trail = " …"
	}
	left := lead + printable(before[from:])
	return "    " + left + printable(after[:to]) + trail + "\n    " + strings.Repeat(" ", cells(left)) + "^"
}

// near returns where the window begins in the text before a place and where it
// ends in the text after it.
func near(before, after []byte) (from, to int) {
	from = len(before)
	for range window {
		_, size := utf8.DecodeLastRune(before[:from])
		from -= size
		_, size = utf8.DecodeRune(after[to:])
		to += size
	}
	return from, to
}

// printable keeps a line on one line and away from the terminal's controls.
func printable(text []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, string(text))
}

// cells counts the columns of a terminal that a text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me): // stands on the letter before it
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// JSON writes one JSON object a record: source, line, and the issues, each with the
// line and the column of the source where it starts.
func JSON(w io.Writer, records []Record) error {
	type placed struct {
		fhir.Issue
		place
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range records {
		r := &records[i]
		issues := make([]placed, len(r.Issues))
		for k := range r.Issues {
			issues[k] = placed{r.Issues[k], r.place(k)}
		}
		if err := enc.Encode(struct {
			Source string   `json:"source"`
			Line   int      `json:"line"`
			Issues []placed `json:"issues"`
		}{r.Source, r.Line, issues}); err != nil {
			return err
		}
	}
	return nil
}

// The issue types of FHIR R4, http://hl7.org/fhir/issue-type: those of the layers, and
// those of the rules that are about something more exact. All others are rules of the
// business.
var (
	layerTypes = map[rule.Layer]string{
		rule.LayerLog: "structure", rule.LayerReading: "structure", rule.LayerFHIR: "structure",
		rule.LayerProfile: "structure", rule.LayerTaxonomy: "structure",
	}
	ruleTypes = map[string]string{
		"JSON-SIZE": "too-long", "JSON-TOO-MANY-ISSUES": "incomplete", "CHECK-TOO-MANY": "incomplete",
		"FHIR-REQUIRED": "required", "FHIR-CODE": "code-invalid",
		"FHIR-FORMAT": "value", "FHIR-INTEGER": "value", "FHIR-DECIMAL": "value",
		"FHIR-DOM-2": "invariant", "FHIR-DOM-3": "invariant", "FHIR-DOM-4": "invariant", "FHIR-DOM-5": "invariant",
		"FHIR-EXT-1": "invariant", "FHIR-REF-1": "invariant",
		"PROFILE-CODE": "code-invalid", "PROFILE-CODE-OPEN": "code-invalid",
		"PROFILE-GROUP-MIN": "required", "PROFILE-FIELD-MIN": "required",
		"PROFILE-GROUP": "extension", "PROFILE-GROUP-FORM": "extension", "PROFILE-GROUP-MAX": "extension",
		"PROFILE-FIELD": "extension", "PROFILE-FIELD-MAX": "extension",
		"LFPSE-PROVISIONAL": "business-rule",
	}
)

func issueType(id string, rules rule.Catalogue) string {
	r, _ := rules.Find(id)
	return cmp.Or(ruleTypes[id], layerTypes[r.Layer], "business-rule")
}

// OperationOutcome writes one FHIR OperationOutcome a record, one a line, in the
// form in which the LFPSE service reports validation: the rule id as the code of
// details, the explanation as its text, the path as expression. rules is the
// catalogue of the checker: the issue types follow from the layers of the rules.
func OperationOutcome(w io.Writer, records []Record, rules rule.Catalogue) error {
	for n := range records {
		out := fhir.OperationOutcome{}
		for k := range records[n].Issues {
			i := &records[n].Issues[k]
			out.Issue = append(out.Issue, fhir.OutcomeIssue{
				Severity: i.Severity.String(), Code: issueType(i.Rule, rules), DetailsCodings: []fhir.Coding{{Code: i.Rule}},
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
// catalogue of the checker.
func SARIF(w io.Writer, records []Record, rules rule.Catalogue) error {
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
			at := r.place(k)
			results = append(results, object{
				"ruleId": i.Rule, "ruleIndex": index[i.Rule], "level": levels[i.Severity],
				"message": object{"text": strings.TrimSpace(i.Text + " " + i.Fix)},
				"locations": []object{{
					"physicalLocation": object{"artifactLocation": object{"uri": uri(r.Source)}, "region": object{"startLine": at.Line, "startColumn": at.Column}},
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
			"tool":       object{"driver": object{"name": "lfpse", "informationUri": "https://github.com/gpsafety/lfpse-go", "rules": descriptors}},
			"columnKind": "unicodeCodePoints",
			"results":    results,
		}},
	})
}

// uri writes a source as SARIF wants it: a URI, relative where the source is.
func uri(source string) string {
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(source))}
	if filepath.IsAbs(source) {
		u = url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(u.Path, "/")}
	}
	return u.String()
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
	seen := map[string]int{}
	for n := range records {
		c := testCase(&records[n])
		// Build servers keep one of the cases that have the same name, and the records
		// of a Bundle may stand on one line.
		if seen[c.Name]++; seen[c.Name] > 1 {
			c.Name += fmt.Sprintf(" (%d)", seen[c.Name])
		}
		if c.Failure != nil {
			suite.Failures++
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

func testCase(r *Record) junitCase {
	c := junitCase{Name: fmt.Sprintf("%s:%d", r.Source, r.Line), Class: "lfpse.validate"}
	var errors, rest []string
	first := ""
	for k := range r.Issues {
		i := &r.Issues[k]
		at := r.place(k)
		s := fmt.Sprintf("%d:%d: %s", at.Line, at.Column, i)
		if i.Severity == fhir.Error {
			first = cmp.Or(first, i.Rule)
			errors = append(errors, s)
		} else {
			rest = append(rest, s)
		}
	}
	c.SystemOut = strings.Join(rest, "\n")
	switch len(errors) {
	case 0:
	case 1:
		c.Failure = &junitFailure{Message: "1 error", Type: first, Text: errors[0]}
	default:
		c.Failure = &junitFailure{Message: fmt.Sprintf("%d errors", len(errors)), Type: first, Text: strings.Join(errors, "\n")}
	}
	return c
}
