package fhir

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// token moves to the next byte that is not white space and returns it, or 0 at
// the end of the text.
func (d *decoder) token() byte {
	if d.pos < len(d.data) {
		if c := d.data[d.pos]; c > ' ' {
			return c
		}
	}
	return d.space()
}

func (d *decoder) space() byte {
	for ; d.pos < len(d.data); d.pos++ {
		switch c := d.data[d.pos]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// enter opens the object or array whose bracket is next.
func (d *decoder) enter() bool {
	f := &d.containers
	if f.depth == maxDepth {
		d.fatal(ruleDepth, "The document is nested more than 64 levels deep.", "Send a document that is nested less deeply.")
		return false
	}
	f.list[f.depth] = container{key: d.key, index: -1, start: d.pos}
	f.depth++
	d.pos++
	return true
}

// leave closes the innermost object or array, whose closing bracket was read.
func (d *decoder) leave() {
	d.containers.depth--
	d.key = ""
}

// object opens the object that must come next. It returns false, with the value
// reported and skipped, when the object is something else or empty.
func (d *decoder) object() bool {
	if d.token() != '{' {
		d.wrongType("an object")
		return false
	}
	if !d.enter() {
		return false
	}
	if d.token() == '}' {
		d.pos++
		d.leaveEmpty("The object is empty.")
		return false
	}
	return true
}

// array opens the array that must come next, like object, and stands before its
// first element.
func (d *decoder) array() bool {
	if d.token() != '[' {
		d.wrongType("an array")
		return false
	}
	if !d.enter() {
		return false
	}
	if d.token() == ']' {
		d.pos++
		d.leaveEmpty("The array is empty.")
		return false
	}
	d.key = ""
	d.containers.list[d.containers.depth-1].index = 0
	return true
}

// nextElement moves to the next element of the array, or closes the array and
// returns false.
func (d *decoder) nextElement() bool {
	if d.dead {
		return false
	}
	switch d.token() {
	case ',':
		d.pos++
		d.key = ""
		d.containers.list[d.containers.depth-1].index++
		return true
	case ']':
		d.pos++
		d.leave()
	default:
		d.syntax("A comma or the end of the array must follow an element.")
	}
	return false
}

// nextProperty moves to the next property of the object, or to the end of the
// object and returns false. The caller leaves, after the checks that need the
// whole object.
func (d *decoder) nextProperty() bool {
	if d.dead {
		return false
	}
	switch d.token() {
	case ',':
		d.pos++
		return true
	case '}':
		d.pos++
	default:
		d.syntax("A comma or the end of the object must follow a property.")
	}
	return false
}

// invalidName stands for a property name that is not Unicode text. It equals no
// other name and is never repeated in a finding.
const invalidName = "\xff"

// property reads the name of a property, sets key, and stands before the value.
func (d *decoder) property() bool {
	if d.dead {
		return false
	}
	if d.token() != '"' {
		d.syntax("A property name in double quotes is expected here.")
		return false
	}
	d.key, d.keyPos = "", d.pos
	name, ok := d.quoted()
	d.keyEnd = d.pos
	if d.dead {
		return false
	}
	if !ok {
		name = invalidName
	}
	d.key = name
	if d.token() != ':' {
		d.syntax("A colon must follow a property name.")
		return false
	}
	d.pos++
	return true
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// special marks, with the high bit of its byte, the first byte of w that is a
// quote, a backslash or a control character; bytes after it may be marked wrongly.
// A subtraction borrows into the high bit of such a byte, which ASCII does not use.
func special(w uint64) uint64 {
	quote := w ^ '"'*eachByte
	slash := w ^ '\\'*eachByte
	return ((quote - eachByte) | (slash - eachByte) | (w - ' '*eachByte)) &^ w & highBits
}

// plainEnd returns the offset of the first quote, backslash or control character from i
// on, or the end of the text.
func (d *decoder) plainEnd(i int) int {
	for ; i+8 <= len(d.data); i += 8 {
		if m := special(binary.LittleEndian.Uint64(d.data[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(d.data) && d.data[i] != '"' && d.data[i] != '\\' && d.data[i] >= ' ' {
		i++
	}
	return i
}

// quoted reads the string that begins at pos. It returns false when the string is not
// Unicode text, which it reports, and when it has no end, which ends the reading.
func (d *decoder) quoted() (string, bool) {
	start := d.pos + 1
	end := d.plainEnd(start)
	if end == len(d.data) || d.data[end] != '"' {
		return d.escaped(start, end)
	}
	s := d.src[start:end]
	if !d.validUTF8 && !utf8.ValidString(s) {
		d.notUnicode()
		d.pos = end + 1
		return "", false
	}
	d.pos = end + 1
	return s, true
}

// escaped is quoted for a string with an escape, or with no good end, at end.
func (d *decoder) escaped(start, end int) (string, bool) {
	b, valid := append(d.buf[:0], d.data[start:end]...), true
	for end < len(d.data) && d.data[end] == '\\' {
		r, n := d.escape(end)
		if n == 0 {
			d.pos = end
			d.syntax("The string holds an escape that JSON does not have.")
			return "", false
		}
		if r < 0 {
			valid, r = false, utf8.RuneError
		}
		next := d.plainEnd(end + n)
		b = append(utf8.AppendRune(b, r), d.data[end+n:next]...)
		end = next
	}
	d.buf = b
	if end == len(d.data) || d.data[end] != '"' {
		d.pos = end
		d.syntax("A control character must be escaped in a string.")
		return "", false
	}
	if valid = valid && (d.validUTF8 || utf8.Valid(b)); !valid {
		d.notUnicode()
	}
	d.pos = end + 1
	return string(b), valid
}

// escape decodes the escape sequence at i and returns its length, 0 when there is none.
// The rune is negative for half of a surrogate pair on its own.
func (d *decoder) escape(i int) (rune, int) {
	if i+1 == len(d.data) {
		return 0, 0
	}
	switch c := d.data[i+1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r := d.hexEscape(i)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if pair := utf16.DecodeRune(r, d.hexEscape(i+6)); pair != utf8.RuneError {
		return pair, 12
	}
	return -1, 6
}

// hexEscape is the code unit of the escape \uXXXX at i, or -1.
func (d *decoder) hexEscape(i int) rune {
	if i+6 > len(d.data) || d.data[i] != '\\' || d.data[i+1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range d.data[i+2 : i+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// number reads the number at pos and returns its text, or ends the reading.
func (d *decoder) number() (string, bool) {
	n := numberLen(d.src[d.pos:])
	if n == 0 {
		d.syntax("The number is not written as JSON writes numbers.")
		return "", false
	}
	d.pos += n
	return d.src[d.pos-n : d.pos], true
}

// numberLen is the length of the JSON number at the start of s, 0 when there is
// none.
func numberLen(s string) int {
	digits := func(i int) int {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i
	}
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	end := digits(i)
	if end == i {
		return 0
	}
	if s[i] == '0' {
		end = i + 1
	}
	if end < len(s) && s[end] == '.' {
		i, end = end+1, digits(end+1)
		if end == i {
			return 0
		}
	}
	if end < len(s) && s[end]|0x20 == 'e' {
		i = end + 1
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if end = digits(i); end == i {
			return 0
		}
	}
	return end
}

// literal reads the word true, false or null if it is next.
func (d *decoder) literal(word string) bool {
	if len(d.src)-d.pos < len(word) || d.src[d.pos:d.pos+len(word)] != word {
		return false
	}
	d.pos += len(word)
	return true
}
