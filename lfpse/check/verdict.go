package check

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Verdict is what was found out about a document or a record.
type Verdict struct {
	// Issues are all findings, in the order that the package documentation gives.
	Issues fhir.Issues
	// Questions are what only a person can say. Each goes with a finding of the same
	// rule: with an error if an answer is required.
	Questions []lfpse.Question

	faults  fhir.Issues // of Issues, see Faults
	private int         // how many of Issues, at their end, are those of the screen
}

// Valid reports whether no finding is an error.
func (v *Verdict) Valid() bool { return !v.Issues.HasErrors() }

// Privacy returns the findings of the screen for personal data.
func (v *Verdict) Privacy() fhir.Issues { return v.Issues[len(v.Issues)-v.private:] }

// Faults returns the findings that answers to the questions will not settle, without
// those of the screen for personal data.
func (v *Verdict) Faults() fhir.Issues { return v.faults }

// afterReading adds to a verdict what reading the document has found.
func (k *Checker) afterReading(v Verdict, read fhir.Issues, data []byte, deny *privacy.DenyList) Verdict {
	private := v.Privacy()
	if k.screener != nil {
		private = append(slices.Clone(private), k.screenUnread(data, read, deny)...)
	}
	issues := merge(read, v.Issues[:len(v.Issues)-v.private])
	return Verdict{Issues: append(issues, private...), Questions: v.Questions, faults: merge(read, v.faults), private: len(private)}
}

// merge puts the findings of the rules behind those of reading. What both report
// stands there once, as severe as either says, and what only seems to be missing
// because it could not be read is left out.
func merge(read, rules fhir.Issues) fhir.Issues {
	out := slices.Clone(read)
	lost := lostContent(read)
	for _, i := range rules {
		n := slices.IndexFunc(read, func(o fhir.Issue) bool { return o.Rule == i.Rule && o.Path == i.Path })
		switch {
		case n >= 0:
			out[n].Severity = max(out[n].Severity, i.Severity)
		case !doubtful(i, lost):
			out = append(out, i)
		}
	}
	return out
}

// losing are the findings of reading about content that FHIR knows and that was lost.
var losing = []string{"JSON-TYPE", "JSON-UTF8", "JSON-DUPLICATE-KEY", "FHIR-CODE", "FHIR-INTEGER", "FHIR-RESOURCE-TYPE"}

// lostContent returns the paths at which known content was lost.
func lostContent(read fhir.Issues) (paths []string) {
	for i := range read {
		if slices.Contains(losing, read[i].Rule) {
			paths = append(paths, read[i].Path)
		}
	}
	return paths
}

// relations are the rules that compare parts of a record that lie far from each other.
var relations = []string{"FHIR-DOM-3", "FHIR-REF-1", "LFPSE-SKELETON", "LFPSE-PATIENT-SEQUENCE"}

// doubtful reports whether content that was lost may be what a finding misses: it
// stands where the finding does or below, or anywhere if the rule compares parts.
func doubtful(i fhir.Issue, lost []string) bool {
	if len(lost) > 0 && slices.Contains(relations, i.Rule) {
		return true
	}
	return slices.ContainsFunc(lost, func(path string) bool {
		rest, ok := strings.CutPrefix(path, i.Path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// unread are the findings of reading about content that was passed over, known or not.
var unread = append([]string{"FHIR-UNKNOWN-ELEMENT", "FHIR-PRIMITIVE-EXTENSION"}, losing...)

// screenUnread screens the parts of a document that reading passed over.
func (k *Checker) screenUnread(data []byte, read fhir.Issues, deny *privacy.DenyList) (out fhir.Issues) {
	for i := range read {
		if slices.Contains(unread, read[i].Rule) && read[i].Offset >= 0 {
			out = append(out, k.screenAt(data[read[i].Offset:], read[i].Path, deny)...)
		}
	}
	return out
}

// screenAt screens the property or value that a text begins with.
func (k *Checker) screenAt(text []byte, path string, deny *privacy.DenyList) fhir.Issues {
	value, rest := firstValue(text)
	if len(rest) > 0 && rest[0] == ':' { // a property: its name is text too
		name := value
		value, _ = firstValue(rest[1:])
		value = slices.Concat([]byte("{"), name, []byte(":"), value, []byte("}"))
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	if len(value) == 0 {
		return nil
	}
	issues := k.screener.ScanEvent(&fhir.AdverseEvent{Contained: []fhir.Resource{{Other: value}}}, deny)
	for i := range issues {
		issues[i].Path = path + strings.TrimPrefix(issues[i].Path, "AdverseEvent.contained[0]")
	}
	return issues
}

// firstValue cuts the JSON value that a text begins with, and the white space after it.
func firstValue(text []byte) (value json.RawMessage, rest []byte) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if dec.Decode(&value) != nil {
		return nil, nil
	}
	return value, bytes.TrimLeft(text[dec.InputOffset():], " \t\r\n")
}
