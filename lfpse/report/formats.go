package report

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// JSON writes one JSON object per record: source, line, and the issues, each with the
// line and the column of the source where it starts.
func JSON(w io.Writer, records []Record) error {
	type positioned struct {
		fhir.Issue
		position
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range records {
		r := &records[i]
		issues := make([]positioned, len(r.Issues))
		for k := range r.Issues {
			issues[k] = positioned{r.Issues[k], r.position(k)}
		}
		if err := enc.Encode(struct {
			Source string       `json:"source"`
			Line   int          `json:"line"`
			Issues []positioned `json:"issues"`
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

// OperationOutcome writes one FHIR OperationOutcome per record, each on a line, in the
// form in which the LFPSE service reports validation: the rule id as the code of details,
// the explanation as its text, the path as expression. rules is the catalogue of the
// checker: the issue types follow from the layers of the rules.
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
	var s sarif
	for _, r := range rules {
		s.describe(r.ID, r.Title, r.Why, r.Fix)
	}
	s.results = []object{}
	for n := range records {
		for k := range records[n].Issues {
			s.add(&records[n], k)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":       object{"driver": object{"name": "lfpse", "informationUri": "https://github.com/gpsafety/lfpse-go", "rules": s.rules}},
			"columnKind": "unicodeCodePoints",
			"results":    s.results,
		}},
	})
}

type object = map[string]any

// sarif collects the rules and results of a SARIF log.
type sarif struct {
	rules, results []object
	index          map[string]int // of rules, by id
}

var sarifLevels = map[fhir.Severity]string{fhir.Information: "note", fhir.Warning: "warning", fhir.Error: "error"}

// describe adds a rule unless it is there already.
func (s *sarif) describe(id, title, why, fix string) {
	if _, ok := s.index[id]; ok {
		return
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.index[id] = len(s.rules)
	d := object{"id": id}
	for key, text := range map[string]string{"shortDescription": title, "fullDescription": why, "help": fix} {
		if text != "" {
			d[key] = object{"text": text}
		}
	}
	s.rules = append(s.rules, d)
}

// add adds issue k of a record.
func (s *sarif) add(r *Record, k int) {
	i := &r.Issues[k]
	s.describe(i.Rule, "", "", "")
	at := r.position(k)
	s.results = append(s.results, object{
		"ruleId": i.Rule, "ruleIndex": s.index[i.Rule], "level": sarifLevels[i.Severity],
		"message": object{"text": strings.TrimSpace(i.Text + " " + i.Fix)},
		"locations": []object{{
			"physicalLocation": object{"artifactLocation": object{"uri": uri(r.Source)}, "region": object{"startLine": at.Line, "startColumn": at.Column}},
			"logicalLocations": []object{{"fullyQualifiedName": i.Path}},
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
