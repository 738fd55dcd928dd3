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

// primitiveExtension is the rule about ids and extensions of primitive elements, which are
// passed over.
const primitiveExtension = "FHIR-PRIMITIVE-EXTENSION"

// The rules of reading, by what became of the content at their path. Content that another
// rule is about was read, or was never there.
var (
	// dropped content was not what the element takes: nothing at or below the path
	// was read.
	dropped = []string{"JSON-TYPE", "JSON-NULL", "JSON-EMPTY", "JSON-UTF8", "FHIR-CODE", "FHIR-INTEGER", "FHIR-RESOURCE-TYPE"}
	// repeated content was read once: what came beside it was passed over.
	repeated = []string{"JSON-DUPLICATE-KEY", primitiveExtension}
	// torn content was read, but says two things at once.
	torn = []string{"FHIR-EXT-1", "FHIR-CHOICE"}
	// unknown content was passed over; no rule misses it.
	unknown = []string{"FHIR-UNKNOWN-ELEMENT", "FHIR-STU3"}
)

// unreadable reports whether a document as a whole is not what it claims to be, so
// that no rule has anything to judge.
func unreadable(read fhir.Issues) bool {
	return slices.ContainsFunc(read, func(i fhir.Issue) bool {
		return slices.Contains(dropped, i.Rule) && (i.Path == root || i.Path == root+".resourceType")
	})
}

// losses are the paths of a document whose content was not read, or only in part.
type losses struct {
	told    []string // what is wrong with the form of the element was said
	dropped []string // nothing was read at or below
	unnamed []string // extensions of which nobody knows what they say
	near    []string // an element was lost that belongs to the element right above
	answers []string // answers may have been lost, or what these stand in
	beside  []string // primitive elements that have an id or extensions
}

func lossesOf(read fhir.Issues) (l losses) {
	for i := range read {
		rule, path := read[i].Rule, read[i].Path
		again := slices.Contains(repeated, rule)
		if rule == primitiveExtension {
			l.beside = append(l.beside, path)
		}
		if read[i].Severity == fhir.Error && !again {
			l.told = append(l.told, path)
		}
		if extension, ok := strings.CutSuffix(path, ".url"); ok && rule == "FHIR-REQUIRED" {
			l.told = append(l.told, extension)
			l.unnamed = append(l.unnamed, extension)
			l.answers = append(l.answers, extension)
			continue
		}
		drop := slices.Contains(dropped, rule)
		if drop {
			l.dropped = append(l.dropped, path)
		}
		if drop || again || slices.Contains(torn, rule) {
			l.near = append(l.near, path)
			if !nothing(rule, path) {
				l.answers = append(l.answers, path)
			}
		}
	}
	return l
}

// nothing reports whether what was lost at a path cannot have been an answer: an item
// of a list that holds nothing, and what stands beside a value that was read.
func nothing(rule, path string) bool {
	switch rule {
	case "JSON-NULL", "JSON-EMPTY":
		return strings.HasSuffix(path, "]")
	case "JSON-DUPLICATE-KEY":
		return !strings.HasSuffix(path, ".extension") && !strings.HasSuffix(path, ".contained")
	}
	return rule == primitiveExtension
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
		case l.valid(&i):
			if k.valueless && i.Path == root+".actuality" {
				i.Rule, i.Text, i.Fix = valueless, "LFPSE needs the value of actuality; an extension does not stand for it.", "Add the value."
				out = append(out, i)
			}
		case !l.explain(i, k.absence[i.Rule]):
			out = append(out, i)
		}
	}
	return out
}

// valueless is the rule about an element without a value that LFPSE needs.
const valueless = "PROFILE-TYPE"

// valid reports whether a finding of the rules of FHIR is about the lack of a value for
// which FHIR takes an extension: of the element itself or of one right below it.
func (l *losses) valid(i *fhir.Issue) bool {
	return strings.HasPrefix(i.Rule, "FHIR-") && slices.ContainsFunc(l.beside, func(p string) bool {
		child, below := strings.CutPrefix(p, i.Path+".")
		return p == i.Path || below && !strings.Contains(child, ".") && (i.Rule == "FHIR-REQUIRED" || i.Rule == "FHIR-EXT-1")
	})
}

// explain reports whether a finding of the rules is only a consequence of a finding of
// reading: it is about the structure of something that was dropped, or about something
// missing that may have been lost.
func (l *losses) explain(i fhir.Issue, absence bool) bool {
	profile := strings.HasPrefix(i.Rule, "PROFILE-")
	structure := profile || strings.HasPrefix(i.Rule, "FHIR-")
	below := func(p string) bool { return within(i.Path, p) }
	switch {
	case structure && (slices.Contains(l.told, i.Path) || slices.ContainsFunc(l.dropped, below)):
		return true
	case profile && slices.ContainsFunc(l.unnamed, below):
		return true
	case !absence:
		return false
	case !structure || i.Path == root || slices.Contains(relations, i.Rule):
		return slices.ContainsFunc(l.answers, func(p string) bool { return l.wants(i.Rule, p) })
	case profile && slices.ContainsFunc(l.answers, func(p string) bool { return within(p, i.Path) }):
		return true
	}
	return slices.ContainsFunc(l.near, func(p string) bool { return within(p, i.Path) && !strings.Contains(p[len(i.Path):], ".extension[") })
}

// wants reports whether what a rule misses can stand at a path: for an answer, and for
// what two parts of a record have to do with each other, anywhere among the answers.
func (l *losses) wants(rule, path string) bool {
	return slices.ContainsFunc(wanted(rule), func(element string) bool { return within(path, root+"."+element) })
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
