package taxonomy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Append appends the taxonomy in the native form, with one line for each field and
// concept, so that two editions can be compared line by line. The bytes are the same for
// the same taxonomy, and [Load] reads them back.
func (t *Taxonomy) Append(dst []byte) ([]byte, error) {
	w := &nativeWriter{buf: dst}
	w.text("{\n \"format\": ")
	w.value(t.Format)
	w.member("version", t.Version, true)
	w.member("fhirVersion", t.FHIRVersion, true)
	w.member("canonicalBase", t.CanonicalBase, true)
	w.member("title", t.Title, t.Title != "")
	w.member("date", t.Date, t.Date != "")
	w.member("note", t.Note, t.Note != "")
	if len(t.Sources) > 0 {
		w.lines("sources", len(t.Sources), func(i int) { w.value(t.Sources[i]) })
	}
	w.evidenceKey(t.EvidenceKey)
	w.member("ageEncoding", t.AgeEncoding, t.AgeEncoding != "")
	w.lines("profiles", len(t.Profiles), func(i int) { w.value(t.Profiles[i]) })
	w.member("eventType", t.EventType, true)
	w.lines("groups", len(t.Groups), func(i int) {
		g := t.Groups[i]
		fields := g.Fields
		g.Fields = nil
		w.head(g, "fields", len(fields), func(i int) { w.value(fields[i]) })
	})
	w.lines("codeSystems", len(t.CodeSystems), func(i int) {
		cs := t.CodeSystems[i]
		concepts := cs.Concepts
		cs.Concepts = nil
		w.head(cs, "concepts", len(concepts), func(i int) { w.value(concepts[i]) })
	})
	w.text("\n}\n")
	if w.err != nil {
		return dst, fmt.Errorf("the taxonomy cannot be written: %w", w.err)
	}
	return w.buf, nil
}

// nativeWriter writes the native form.
type nativeWriter struct {
	buf []byte
	err error
}

func (w *nativeWriter) text(s string) { w.buf = append(w.buf, s...) }

// value writes a value on one line, with a space after each comma and colon.
func (w *nativeWriter) value(v any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && w.err == nil {
		w.err = err
	}
	quoted := false
	for i, c := range bytes.TrimSpace(buf.Bytes()) {
		w.buf = append(w.buf, c)
		switch {
		case c == '"' && !escaped(buf.Bytes()[:i]):
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			w.buf = append(w.buf, ' ')
		}
	}
}

// escaped reports whether text ends in an odd number of backslashes.
func escaped(text []byte) bool {
	n := len(text) - len(bytes.TrimRight(text, `\`))
	return n%2 == 1
}

func (w *nativeWriter) member(name string, v any, present bool) {
	if present {
		w.text(",\n \"" + name + "\": ")
		w.value(v)
	}
}

// lines writes a list, each item on lines of its own.
func (w *nativeWriter) lines(name string, n int, item func(int)) {
	w.text(",\n \"" + name + "\": [")
	w.items(n, "\n  ", item)
	w.text("\n ]")
}

func (w *nativeWriter) items(n int, before string, item func(int)) {
	for i := range n {
		if i > 0 {
			w.text(",")
		}
		w.text(before)
		item(i)
	}
}

// head writes an object on one line, except for its last member, a list of lines. The
// member comes from encoding/json as null; an empty list is left out.
func (w *nativeWriter) head(v any, name string, n int, item func(int)) {
	w.value(v)
	null := `, "` + name + `": null}`
	w.buf = bytes.TrimSuffix(w.buf, []byte(null))
	if n == 0 {
		w.text("}")
		return
	}
	w.text(`, "` + name + `": [`)
	w.items(n, "\n   ", item)
	w.text("\n  ]}")
}

// evidenceKey writes the values that this package knows first, in the order of
// their declaration, then the others by name.
func (w *nativeWriter) evidenceKey(key map[Evidence]string) {
	known := []Evidence{Seen, Inherited, Changed, Unknown, Configured}
	var order []Evidence
	for e := range key {
		order = append(order, e)
	}
	rank := func(e Evidence) int {
		if i := slices.Index(known, e); i >= 0 {
			return i
		}
		return len(known)
	}
	slices.SortFunc(order, func(a, b Evidence) int {
		if n := rank(a) - rank(b); n != 0 {
			return n
		}
		return bytes.Compare([]byte(a), []byte(b))
	})
	w.text(",\n \"evidenceKey\": {")
	w.items(len(order), "\n  ", func(i int) {
		w.value(order[i])
		w.text(": ")
		w.value(key[order[i]])
	})
	w.text("\n }")
}
