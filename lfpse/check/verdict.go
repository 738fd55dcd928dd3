package check

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// Verdict is the result of checking a document or a record.
type Verdict struct {
	// Issues are all findings, in the order that the package documentation gives.
	Issues fhir.Issues
	// Questions ask for what only a person can say. Each question that arises now comes
	// with a finding of the same rule, which is an error if an answer is required.
	Questions []lfpse.Question
	// Provisional are the keys of the provisional elements of the taxonomy that the
	// record uses, see [validate.Report].
	Provisional []string

	faults  fhir.Issues // of Issues, see Faults
	private int         // how many of Issues, at their end, are those of the screen
}

// Valid reports whether no finding is an error.
func (v *Verdict) Valid() bool { return !v.Issues.HasErrors() }

// Has reports whether there is a finding of a rule.
func (v *Verdict) Has(id string) bool {
	return slices.ContainsFunc(v.Issues, func(i fhir.Issue) bool { return i.Rule == id })
}

// Privacy returns the findings of the screen for personal data.
func (v *Verdict) Privacy() fhir.Issues { return v.Issues[len(v.Issues)-v.private:] }

// Faults returns the findings that no answer to a question can remove, without those of
// the privacy screen.
func (v *Verdict) Faults() fhir.Issues { return v.faults }

const root = "AdverseEvent"

// The rules of reading, by what became of the content at their path. Content that another
// rule is about was read, or was never there.
var (
	// dropped content was not what the element takes: nothing at or below the path
	// was read.
	dropped = []string{"JSON-TYPE", "JSON-NULL", "JSON-EMPTY", "JSON-UTF8", "FHIR-CODE", "FHIR-INTEGER", "FHIR-RESOURCE-TYPE"}
	// halved content was read in part.
	halved = []string{"JSON-DUPLICATE-KEY", "FHIR-EXT-1", "FHIR-CHOICE", "FHIR-PRIMITIVE-EXTENSION"}
)

// unreadable reports whether a document as a whole is not what it claims to be, so
// that no rule has anything to judge.
func unreadable(read fhir.Issues) bool {
	return slices.ContainsFunc(read, func(i fhir.Issue) bool {
		return slices.Contains(dropped, i.Rule) && (i.Path == root || i.Path == root+".resourceType")
	})
}

// losses are the paths of a document whose content was not read, or only in part.
type losses struct{ told, dropped, all []string }

func lossesOf(read fhir.Issues) (l losses) {
	for i := range read {
		path := read[i].Path
		if read[i].Severity == fhir.Error {
			l.told = append(l.told, path)
		}
		noURL := read[i].Rule == "FHIR-REQUIRED" && strings.HasSuffix(path, ".url") // nothing is known about the extension
		if noURL {
			path = strings.TrimSuffix(path, ".url")
		}
		if slices.Contains(dropped, read[i].Rule) || noURL {
			l.dropped = append(l.dropped, path)
			l.all = append(l.all, path)
		} else if slices.Contains(halved, read[i].Rule) {
			l.all = append(l.all, path)
		}
	}
	return l
}

// merge puts the findings of the rules after those of reading. What both report is listed
// once, with the worse severity.
func (k *Checker) merge(read, rules fhir.Issues) fhir.Issues {
	out := slices.Clone(read)
	l := lossesOf(read)
	for _, i := range rules {
		n := slices.IndexFunc(read, func(o fhir.Issue) bool { return o.Rule == i.Rule && o.Path == i.Path })
		switch {
		case n >= 0:
			out[n].Severity = max(out[n].Severity, i.Severity)
		case !l.explain(i, k.absence[i.Rule]):
			out = append(out, i)
		}
	}
	return out
}

// explain reports whether a finding of the rules is only a consequence of a finding of
// reading: it is about the structure of something that was dropped, or about something
// missing that may have been lost.
func (l *losses) explain(i fhir.Issue, absence bool) bool {
	structure := strings.HasPrefix(i.Rule, "FHIR-") || strings.HasPrefix(i.Rule, "PROFILE-")
	if structure && (slices.Contains(l.told, i.Path) || slices.ContainsFunc(l.dropped, func(p string) bool { return within(i.Path, p) })) {
		return true
	}
	return absence && slices.ContainsFunc(l.all, func(p string) bool { return l.hides(p, i, structure) })
}

// hides reports whether what a finding calls missing may have been lost at a path: within
// the element that the finding is about or, for an answer and for a rule about two parts
// of a record, anywhere among the answers.
func (l *losses) hides(path string, i fhir.Issue, structure bool) bool {
	if structure && i.Path != root && !slices.Contains(relations, i.Rule) {
		return within(path, i.Path)
	}
	return slices.ContainsFunc(wanted(i.Rule), func(element string) bool { return within(path, root+"."+element) })
}

// relations are the rules about how one part of a record relates to another.
var relations = []string{"FHIR-DOM-3", "FHIR-REF-1"}

// wanted returns the elements of the event that can hold what a rule calls missing.
func wanted(id string) []string {
	switch id {
	case "LFPSE-EVENT-TYPE":
		return []string{"event"}
	case "PROFILE-DECLARED":
		return []string{"meta"}
	case "LFPSE-DATE":
		return []string{"date", "extension"}
	case "LFPSE-REFERENCES", "FHIR-DOM-3", "FHIR-REF-1":
		return []string{"subject", "location", "recorder", "suspectEntity", "contained"}
	}
	return []string{"extension", "contained"}
}

// within reports whether a path leads to an element or below it.
func within(path, element string) bool {
	rest, ok := strings.CutPrefix(path, element)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
