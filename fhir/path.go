package fhir

import (
	"strconv"
	"strings"
)

// The limits every document is held to, read or written.
const (
	maxDepth  = 64      // nested objects and arrays
	maxBytes  = 5 << 20 // 5 MiB of JSON text
	maxIssues = 1000    // findings of one document
)

// frame is one JSON object or array that is being read or written. The frames
// from the root inwards are the path of a finding; they are kept as they come and
// turned into text only when there is something to report.
type frame struct {
	key   string // property name; empty for an element of an array and for the root
	index int    // element of an array, -1 for an object or before the first element
	start int    // byte offset of the opening bracket, when reading
}

// frames is the stack of open containers. Its fixed size is the depth limit, so
// walking a document needs no memory for it.
type frames struct {
	list  [maxDepth]frame
	depth int
}

// path is the FHIRPath of the property named leaf in the innermost frame, or of
// the innermost frame itself when leaf is empty. The root is named by the caller:
// a resource type, or $ for a document that is not a resource.
func (f *frames) path(root, leaf string) string {
	var b strings.Builder
	b.WriteString(root)
	parent := ""
	name := func(key string) {
		if key = elementName(key); key == "" {
			return
		}
		b.WriteByte('.')
		switch {
		case !isName(key):
			b.WriteString(unprintable)
		case root == anyRoot:
			b.WriteString(key)
		default:
			b.WriteString(choiceName(parent, key))
		}
		parent = key
	}
	for _, fr := range f.list[:f.depth] {
		name(fr.key)
		if fr.index >= 0 {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(fr.index))
			b.WriteByte(']')
		}
	}
	name(leaf)
	return b.String()
}

// elementName is the property name in a key, which the encoder has as it writes
// it, such as "url":".
func elementName(key string) string {
	name, quoted := strings.CutPrefix(key, `"`)
	if !quoted {
		return key
	}
	name, _, _ = strings.Cut(name, `"`)
	return name
}

// anyRoot is the root of the paths of a document that is no FHIR resource.
const anyRoot = "$"

// unprintable stands for a property name that is not repeated because it does not
// look like a name and so might be data.
const unprintable = "(unprintable name)"

// isName reports whether a property name is safe to repeat in a finding: short,
// only letters, digits and underscores, and not starting with a digit, so that an
// NHS number used as a key never reaches a log.
func isName(s string) bool {
	if s == "" || len(s) > 64 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
