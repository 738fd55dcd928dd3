package csvlog

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// rowEncoding is how one row was read.
type rowEncoding uint8

const (
	noEncoding rowEncoding = iota // it could not be
	rowASCII
	rowUTF8
	rowWindows1252
)

// textDecoder turns the bytes of rows into strings.
type textDecoder struct {
	encoding Encoding
	utf16    bool // the bytes were UTF-16 and are UTF-8 by now
	buf      []byte
	cells    []span
}

// decode returns the text of a record as one string and the places of its cells.
func (d *textDecoder) decode(text []byte, cells []span) (string, []span, rowEncoding) {
	switch {
	case isASCII(text):
		return string(text), cells, rowASCII
	case d.encoding != Windows1252 && utf8.Valid(text):
		// Turning UTF-16 into UTF-8 left U+FFFD where the text was damaged.
		if d.utf16 && bytes.ContainsRune(text, utf8.RuneError) {
			return "", nil, noEncoding
		}
		return string(text), cells, rowUTF8
	case d.encoding == UTF8 || d.utf16:
		return "", nil, noEncoding
	}
	d.buf, d.cells = d.buf[:0], d.cells[:0]
	for _, c := range cells {
		from := len(d.buf)
		for _, b := range text[c.from:c.to] {
			if unusedIn1252(b) {
				return "", nil, noEncoding
			}
			d.buf = utf8.AppendRune(d.buf, charmap.Windows1252.DecodeByte(b))
		}
		d.cells = append(d.cells, span{from, len(d.buf)})
	}
	return string(d.buf), d.cells, rowWindows1252
}

// unusedIn1252 reports the bytes that stand for nothing in Windows-1252. One of
// them shows that the text is something else.
func unusedIn1252(b byte) bool {
	switch b {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		return true
	}
	return false
}

// isASCII looks at eight bytes at a time: most rows are ASCII throughout.
func isASCII(text []byte) bool {
	for len(text) >= 8 {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
