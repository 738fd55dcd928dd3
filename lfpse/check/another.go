package check

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// A document that is not at all what was asked for gets one sentence about what it is and
// what to do, in place of the many findings that only follow from it. What is said names
// nothing of the document but words of FHIR.

// other is the verdict on a document that is something else than an AdverseEvent in the
// form of the taxonomy: the one finding, and those of the screen.
func (k *Checker) other(i fhir.Issue, a *fhir.AdverseEvent, read fhir.Issues, data []byte, deny *privacy.DenyList) Verdict {
	v := k.afterReading(k.screen(a, deny), read, data, deny)
	private := v.Privacy()
	one := fhir.Issues{i}
	return Verdict{Issues: append(one[:1:1], private...), faults: one, private: len(private)}
}

// another returns the finding about a document that reading found fault with because it
// is something else, and whether it is.
func (k *Checker) another(data []byte, read fhir.Issues) (fhir.Issue, bool) {
	if !read.HasErrors() || read[0].Rule == "JSON-SIZE" {
		return fhir.Issue{}, false
	}
	text := bytes.TrimLeft(data, " \t\r\n")
	if i, ok := noJSON(text); ok {
		i.Offset = len(data) - len(text)
		return i, true
	}
	first, rest := firstValue(text)
	if first == nil {
		return fhir.Issue{}, false
	}
	at := func(i fhir.Issue) (fhir.Issue, bool) {
		i.Severity, i.Offset = fhir.Error, len(data)-len(text)
		return i, true
	}
	switch {
	case first[0] == '[':
		return at(fhir.Issue{Rule: "JSON-TYPE", Path: root, Text: "The document is a list, not one AdverseEvent.",
			Fix: "Check each item by itself; write each on a line of its own (NDJSON) for lfpse validate."})
	case len(rest) > 0 && rest[0] == '{' && first[0] == '{':
		if next, _ := firstValue(rest); next != nil {
			return at(fhir.Issue{Rule: "JSON-TRAILING-DATA", Path: root, Text: "The document is several JSON documents, one after the other.",
				Fix: "Check each by itself; lfpse validate does so if each stands on one line (NDJSON)."})
		}
	}
	if i, ok := k.anotherObject(first); ok {
		return at(i)
	}
	return fhir.Issue{}, false
}

// noJSON recognises text that is no JSON by how it begins.
func noJSON(text []byte) (fhir.Issue, bool) {
	is := func(what, fix string) (fhir.Issue, bool) {
		return fhir.Issue{Severity: fhir.Error, Rule: "JSON-SYNTAX", Path: root, Text: what, Fix: fix}, true
	}
	const asJSON = "Ask for the JSON form of FHIR (Accept: application/fhir+json), or convert it."
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(w string) bool { return len(text) >= len(w) && strings.EqualFold(string(text[:len(w)]), w) })
	}
	switch {
	case len(text) == 0:
		return is("The document is empty.", "Send an AdverseEvent.")
	case bytes.HasPrefix(text, []byte("\xfe\xff")), bytes.HasPrefix(text, []byte("\xff\xfe")), len(text) > 1 && (text[0] == 0 || text[1] == 0):
		return is("The document is UTF-16 or UTF-32.", "Save it as UTF-8.")
	case bytes.HasPrefix(text, []byte("\x1f\x8b")), begins("PK\x03\x04"):
		return is("The document is compressed.", "Unpack it first.")
	case begins("%pdf"):
		return is("The document is a PDF.", "Send an AdverseEvent as JSON.")
	case begins("\ufeff"):
		return fhir.Issue{}, false // reading says what is wrong
	case begins("<!doctype html", "<html"):
		return is("The document is a web page, such as the error page of a server.", "Find out why it came in place of the record.")
	case text[0] == '<':
		return is("The document is XML; only the JSON form of FHIR is read.", asJSON)
	case strings.IndexByte(`{["-0123456789tfn`, text[0]) < 0:
		return is("The document is not JSON.", "Send an AdverseEvent as JSON; an incident log (CSV) is read by lfpse map.")
	}
	return fhir.Issue{}, false
}

// object is what says which kind of document a JSON object is.
type object struct {
	ResourceType any                         `json:"resourceType"`
	Entry        []struct{ Resource object } `json:"entry"`
	Type         any                         `json:"type"`
	Event        any                         `json:"event"`
	Category     any                         `json:"category"`
	Actuality    any                         `json:"actuality"`
	State        any                         `json:"state"`
}

// anotherObject recognises an object that is no AdverseEvent of the form that the taxonomy
// has.
func (k *Checker) anotherObject(text []byte) (fhir.Issue, bool) {
	var o object
	_ = json.Unmarshal(text, &o) // what cannot be read says nothing
	name, isText := o.ResourceType.(string)
	switch {
	case isText && name == root:
		return k.anotherForm(&o)
	case isText && name != "" && len(nearest.Words(name, []string{root})) == 0:
		return anotherResource(name, &o), true
	case o.ResourceType == nil && o.ours():
		return fhir.Issue{Rule: "FHIR-RESOURCE-TYPE", Path: root, Text: "The document is an event or a draft in the JSON form of this library, not FHIR.",
			Fix: "Turn events into FHIR first: lfpse map FILE --format fhir | lfpse validate -"}, true
	}
	return fhir.Issue{}, false
}

// ours reports whether an object without a resource type is an Event or a Draft.
func (o *object) ours() bool {
	kind, _ := o.Type.(string)
	_, event := o.Event.(map[string]any)
	_, state := o.State.(string)
	return slices.Contains([]string{"incident", "risk", "outcome", "goodCare", "good-care"}, kind) || event && state
}

// anotherForm recognises the form of the other FHIR version by the elements that only one
// of them has.
func (k *Checker) anotherForm(o *object) (fhir.Issue, bool) {
	_, code := o.Category.(string)
	r4 := o.Actuality != nil && o.Event != nil
	stu3 := o.Actuality == nil && o.Event == nil && (code || o.Type != nil)
	switch {
	case stu3 && !k.stu3:
		return fhir.Issue{Rule: "FHIR-STU3", Path: root, Text: "The record has the form of FHIR STU3, in which taxonomy version 5 and older are sent; it is checked with version " + k.codec.Taxonomy().Version + ", which is FHIR R4.",
			Fix: "Check it with its own version: lfpse validate --taxonomy 5"}, true
	case r4 && k.stu3:
		return fhir.Issue{Rule: "FHIR-STU3", Path: root, Text: "The record has the form of FHIR R4; it is checked with taxonomy version " + k.codec.Taxonomy().Version + ", which is sent as FHIR STU3.",
			Fix: "Check it with its own version: lfpse validate --taxonomy 6"}, true
	}
	return fhir.Issue{}, false
}

// anotherResource is the finding about a resource of another type. Only a type that FHIR
// has is named.
func anotherResource(name string, o *object) fhir.Issue {
	i := fhir.Issue{Rule: "FHIR-RESOURCE-TYPE", Path: root + ".resourceType", Fix: "Send the AdverseEvent itself."}
	if !fhir.IsType(name) {
		i.Text = "The document is a resource of another type, not an AdverseEvent."
		return i
	}
	i.Text = "The document is a resource of the type " + name + ", not an AdverseEvent."
	switch name {
	case "Bundle":
		i.Fix = "Check each AdverseEvent in it by itself; lfpse validate does so."
		if !slices.ContainsFunc(o.Entry, func(e struct{ Resource object }) bool { return e.Resource.ResourceType == root }) {
			i.Text, i.Fix = "The document is a Bundle that holds no AdverseEvent.", "Send the AdverseEvent, by itself or in a Bundle; a patient's record goes with a log: lfpse map --records"
		}
	case "Patient":
		i.Fix = "Send the AdverseEvent; a patient's record goes with a log: lfpse map --records"
	case "OperationOutcome":
		i.Fix = "This is the answer of a server; it says what was wrong with a request. Send the AdverseEvent itself."
	case "Parameters":
		i.Fix = "Take the AdverseEvent out of its parameter."
	}
	return i
}
