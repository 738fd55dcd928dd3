package check

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// afterReading adds to a verdict the findings of reading, and what the screen finds in
// the parts that were not read.
func (k *Checker) afterReading(v Verdict, read fhir.Issues, data []byte, deny *privacy.DenyList) Verdict {
	private := v.Privacy()
	if k.screener != nil {
		private = union(private, k.screenUnread(data, read, deny))
	}
	issues := k.merge(read, v.Issues[:len(v.Issues)-v.private])
	return Verdict{Issues: append(issues, private...), Questions: v.Questions, Provisional: v.Provisional, faults: k.merge(read, v.faults), private: len(private)}
}

// union appends the findings that are not there yet. Of a resource without a Go type,
// which is kept whole, the screen has seen what reading passed over.
func union(found, more fhir.Issues) fhir.Issues {
	there := make(map[fhir.Issue]bool, len(found))
	for _, i := range found {
		there[i] = true
	}
	found = slices.Clip(found)
	for _, i := range more {
		if !there[i] {
			there[i] = true
			found = append(found, i)
		}
	}
	return found
}

// maxUnread bounds the findings in parts that were not read: the document is hopeless
// or hostile.
const maxUnread = 1000

// screenUnread screens the parts of a document that reading skipped.
func (k *Checker) screenUnread(data []byte, read fhir.Issues, deny *privacy.DenyList) (out fhir.Issues) {
	for i := range read {
		rule, at := read[i].Rule, read[i].Offset
		if at < 0 || len(out) > maxUnread {
			continue
		}
		switch {
		case rule == "JSON-TRAILING-DATA": // of any form
			text, _ := json.Marshal(string(data[at:])) // a string cannot fail
			out = append(out, k.screener.ScanJSON(text, root, deny)...)
		case slices.Contains(unknown, rule), slices.Contains(dropped, rule), slices.Contains(repeated, rule):
			out = append(out, k.screenAt(data[at:], read[i].Path, deny)...)
		}
	}
	return out[:min(len(out), maxUnread)]
}

// screenAt screens the property or the value that a text begins with.
func (k *Checker) screenAt(text []byte, path string, deny *privacy.DenyList) fhir.Issues {
	value, rest := firstValue(text)
	if len(rest) > 0 && rest[0] == ':' { // a property, whose name is text too
		name := value
		value, _ = firstValue(rest[1:])
		value = slices.Concat([]byte("{"), name, []byte(":"), value, []byte("}"))
		path = owner(path, strings.Trim(string(name), `"`))
	}
	if len(value) == 0 {
		return nil
	}
	return k.screener.ScanJSON(value, path, deny)
}

// owner is the path of the object that has a property, given the path of a finding
// about it. The last step is the name of the property, as FHIRPath has it; where the
// name is not fit to be shown, there is no such step.
func owner(path, property string) string {
	i := strings.LastIndexByte(path, '.')
	if i > 0 && strings.HasPrefix(strings.TrimPrefix(property, "_"), path[i+1:]) {
		return path[:i]
	}
	return path
}

// firstValue cuts the JSON value that a text begins with, and the white space after it.
func firstValue(text []byte) (value json.RawMessage, rest []byte) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if dec.Decode(&value) != nil {
		return nil, nil
	}
	return value, bytes.TrimLeft(text[dec.InputOffset():], " \t\r\n")
}
