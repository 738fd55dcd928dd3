package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

type object = map[string]any

// depthLimit is the deepest nesting a document may have.
const depthLimit = 64

// parse reads one JSON object, with numbers as json.Number. It is stricter than
// encoding/json: member names appear once, text is valid Unicode and nesting has
// a limit. Problems name a byte offset, never what stands there.
func parse(data []byte) (doc object, problems []problem, leftOut int) {
	if !utf8.Valid(data) {
		return nil, []problem{{"SBX-JSON-UTF8", "structure", "The body is not valid UTF-8."}}, 0
	}
	if p := syntax(data); p != nil {
		return nil, []problem{*p}, 0
	}
	if at := loneSurrogate(data); at >= 0 {
		return nil, []problem{{"SBX-JSON-UTF8", "structure",
			fmt.Sprintf("A \\u escape is half of a surrogate pair at byte %d.", at)}}, 0
	}
	p := parser{dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	root, isObject := p.value(1).(object)
	if !isObject && len(p.problems) == 0 {
		p.problems = append(p.problems, problem{"SBX-JSON-OBJECT", "structure", "The body is not a JSON object."})
	}
	return root, p.problems, p.leftOut
}

func syntax(data []byte) *problem {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if err == nil {
		return nil
	}
	text := "The body is not JSON."
	if at := new(json.SyntaxError); errors.As(err, &at) {
		text = fmt.Sprintf("The body is not JSON: reading stopped at byte %d.", at.Offset)
	}
	return &problem{"SBX-JSON-SYNTAX", "structure", text}
}

type parser struct {
	dec      *json.Decoder
	problems []problem
	leftOut  int // problems beyond issueLimit
	tooDeep  bool
}

// value reads the next value. The syntax of the document has been checked before.
func (p *parser) value(depth int) any {
	if depth > depthLimit && !p.tooDeep {
		p.tooDeep = true
		p.problems = append(p.problems, problem{"SBX-JSON-DEPTH", "too-long",
			fmt.Sprintf("The body is nested deeper than %d levels at byte %d.", depthLimit, p.dec.InputOffset())})
	}
	if p.tooDeep {
		return nil // the loops around this one end too
	}
	switch token, _ := p.dec.Token(); token {
	case json.Delim('{'):
		return p.object(depth)
	case json.Delim('['):
		list := []any{}
		for !p.tooDeep && p.dec.More() {
			list = append(list, p.value(depth+1))
		}
		_, _ = p.dec.Token()
		return list
	default:
		return token
	}
}

func (p *parser) object(depth int) object {
	o := object{}
	for !p.tooDeep && p.dec.More() {
		at := p.dec.InputOffset()
		token, _ := p.dec.Token()
		name, _ := token.(string)
		switch _, seen := o[name]; {
		case seen && len(p.problems) >= issueLimit:
			p.leftOut++
		case seen:
			p.problems = append(p.problems, problem{"SBX-JSON-DUPLICATE", "structure",
				fmt.Sprintf("An object has the same member twice, the second time after byte %d.", at)})
		}
		o[name] = p.value(depth + 1)
	}
	_, _ = p.dec.Token()
	return o
}

// loneSurrogate finds a \u escape that encoding/json would silently replace. The
// data must be valid JSON.
func loneSurrogate(data []byte) int {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		if data[i+1] != 'u' {
			i++
			continue
		}
		r := escape(data[i:])
		if !utf16.IsSurrogate(r) {
			i += 5
			continue
		}
		if utf16.DecodeRune(r, escape(data[i+6:])) == utf8.RuneError {
			return i
		}
		i += 11
	}
	return -1
}

// escape decodes a leading \uXXXX, or returns -1.
func escape(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

// stored returns the resource as the service shows it in its answer: with the
// id, the version and the national reference, which it sets itself whatever the
// client sent there.
func (v verdict) stored(rec record, now time.Time) []byte {
	doc := maps.Clone(v.doc)
	doc["id"] = rec.id
	meta, _ := doc["meta"].(object)
	meta = maps.Clone(meta)
	if meta == nil {
		meta = object{}
	}
	meta["versionId"] = rec.versionID()
	meta["lastUpdated"] = now.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	doc["meta"] = meta
	doc["extension"] = withReference(list(doc["extension"]), v.tax.byName[groupReference].url, rec.reference)
	return encode(doc)
}

// withReference puts the reference into the reference-metadata group. If there is no such
// group, it adds one that holds the reference only, as the answers known from the service
// do, even if the taxonomy wants more in the group.
func withReference(extensions []any, group, reference string) []any {
	field := object{"url": fieldReference, "valueString": reference}
	extensions = slices.Clone(extensions)
	for i, item := range extensions {
		ext, ok := item.(object)
		if !ok || ext["url"] != group {
			continue
		}
		fields := slices.DeleteFunc(slices.Clone(list(ext["extension"])), func(f any) bool {
			sub, ok := f.(object)
			return ok && sub["url"] == fieldReference
		})
		ext = maps.Clone(ext)
		ext["extension"] = append(fields, field)
		extensions[i] = ext
		return extensions
	}
	return append(extensions, object{"url": group, "extension": []any{field}})
}
