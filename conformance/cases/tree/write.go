package tree

import (
	"bytes"
	"encoding/json"
)

// Append writes a document without white space.
func Append(dst []byte, v Value) []byte {
	switch v := v.(type) {
	case *Object:
		dst = append(dst, '{')
		for i, m := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendText(dst, m.Name), ':')
			dst = Append(dst, m.Value)
		}
		return append(dst, '}')
	case *Array:
		dst = append(dst, '[')
		for i, item := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, item)
		}
		return append(dst, ']')
	case string:
		return appendText(dst, v)
	case json.Number:
		return append(dst, v...)
	case bool:
		if v {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}

// lineWidth is how much of a document Format puts on one line.
const lineWidth = 110

// Format writes a document for readers: what fits on a line stands on one.
func Format(v Value) []byte { return append(format(nil, v, 0), '\n') }

func format(dst []byte, v Value, indent int) []byte {
	if short := Append(nil, v); len(short)+indent <= lineWidth {
		return append(dst, short...)
	}
	switch v := v.(type) {
	case *Object:
		for i, m := range v.Members {
			dst = newLine(append(dst, mark(i, '{')), indent+1)
			dst = append(appendText(dst, m.Name), ": "...)
			dst = format(dst, m.Value, indent+1)
		}
		return append(newLine(dst, indent), '}')
	case *Array:
		for i, item := range v.Items {
			dst = newLine(append(dst, mark(i, '[')), indent+1)
			dst = format(dst, item, indent+1)
		}
		return append(newLine(dst, indent), ']')
	}
	return Append(dst, v)
}

func mark(i int, open byte) byte {
	if i > 0 {
		return ','
	}
	return open
}

func newLine(dst []byte, indent int) []byte {
	dst = append(dst, '\n')
	for range indent {
		dst = append(dst, ' ')
	}
	return dst
}

// appendText writes a string, without the escapes that only HTML needs.
func appendText(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
