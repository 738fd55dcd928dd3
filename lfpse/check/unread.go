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
	if k.stu3 && !read.Ended() && bytes.Contains(data, []byte(`"_`)) { // its findings do not say where the properties with an underscore stand
		out = slices.DeleteFunc(k.screener.ScanJSON(data, root, deny), func(i fhir.Issue) bool { return !strings.Contains(i.Path, "._") })
	}
	last := 0 // where reading is known to have been
	for i := range read {
		rule, at := read[i].Rule, read[i].Offset
		if at < 0 || len(out) > maxUnread {
			continue
		}
		switch {
		case rule == "JSON-TRAILING-DATA":
			out = append(out, k.screenText(data, at, deny)...)
		case rule == "JSON-TOO-MANY-ISSUES": // which is put at the end of the text
			out = append(out, k.screenText(data, k.ended(data, last), deny)...)
		case rule == "JSON-SYNTAX", rule == "JSON-DEPTH":
			out = append(out, k.screenText(data, k.ended(data, at), deny)...)
		case slices.Contains(unknown, rule), slices.Contains(dropped, rule), slices.Contains(repeated, rule):
			out = append(out, k.screenAt(data[at:], read[i].Path, deny)...)
		}
		last = at
	}
	return out[:min(len(out), maxUnread)]
}

// ended returns where the part that was not read begins, given where reading ended: with
// the string in which it did.
func (k *Checker) ended(data []byte, at int) int {
	if k.stu3 {
		return 0 // nothing is read unless all is
	}
	start, quoted := 0, false
	for i := 0; i < min(at, len(data)); i++ {
		switch {
		case data[i] == '"':
			start, quoted = i, !quoted
		case quoted && data[i] == '\\':
			i++
		}
	}
	if quoted {
		return start
	}
	return at
}

// escapes of JSON strings stand for blanks and quotes, with the length that they have.
var escapes = strings.NewReplacer(`\n`, "  ", `\r`, "  ", `\t`, "  ", `\"`, ` "`, `\/`, " /")

// screenText screens text of any form from an offset to the end of a document.
func (k *Checker) screenText(data []byte, from int, deny *privacy.DenyList) fhir.Issues {
	text, _ := json.Marshal(escapes.Replace(string(data[from:]))) // a string cannot fail
	out := k.screener.ScanJSON(text, root, deny)
	for i := range out {
		out[i].Offset = from
	}
	return out
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
