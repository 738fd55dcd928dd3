package fhir

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// readKey reads the name of the next property of an R4 type; the empty string is
// the end of the object or of the readable text.
func (d *decoder) readKey() string {
	for d.property() {
		if d.key != "" {
			return d.key
		}
		d.unknown()
		if !d.nextProperty() {
			break
		}
	}
	return ""
}

// nextKey is readKey after the value of a property.
func (d *decoder) nextKey() string {
	if d.nextProperty() {
		return d.readKey()
	}
	return ""
}

// text reads the string that must come next and must not be empty.
func (d *decoder) text() (string, bool) {
	if d.token() != '"' {
		d.wrongType("a string")
		return "", false
	}
	start := d.pos
	s, ok := d.quoted()
	if ok && s == "" {
		d.empty(d.key, start, "The string is empty.")
		return "", false
	}
	return s, ok
}

// The functions below read one value of a Go type the R4 types are made of. They
// return nil or the zero value when they reported a finding instead.

func (d *decoder) requiredString() string {
	s, _ := d.text()
	return s
}

func (d *decoder) string() *string {
	s, ok := d.text()
	if !ok {
		return nil
	}
	if len(d.strings) == 0 {
		d.strings = make([]string, 64)
	}
	p := &d.strings[0]
	d.strings = d.strings[1:]
	*p = s
	return p
}

func (d *decoder) stringList() []string {
	if !d.array() {
		return nil
	}
	var list []string
	for more := true; more; more = d.nextElement() {
		list = append(list, d.requiredString())
	}
	return list
}

func (d *decoder) bool() *bool {
	if c := d.token(); c != 't' && c != 'f' {
		d.wrongType("a boolean")
		return nil
	}
	v := d.literal("true")
	if !v && !d.literal("false") {
		d.syntax("A JSON value is expected here.")
		return nil
	}
	return &v
}

func (d *decoder) requiredInt() int {
	if p := d.int(); p != nil {
		return *p
	}
	return 0
}

func (d *decoder) int() *int {
	d.token()
	start := d.pos
	n := d.requiredDecimal()
	if n == "" {
		return nil
	}
	v, err := strconv.ParseInt(string(n), 10, 32)
	if err != nil || n == "-0" {
		d.finding(Error, ruleInteger, d.key, start, textInteger, fixInteger)
		return nil
	}
	i := int(v)
	return &i
}

const (
	textInteger = "The number is not a FHIR integer."
	fixInteger  = "Write a whole number from -2147483648 to 2147483647, without fraction or exponent."
)

func (d *decoder) requiredDecimal() json.Number {
	if c := d.token(); c != '-' && (c < '0' || c > '9') {
		d.wrongType("a number")
		return ""
	}
	n, _ := d.number()
	return json.Number(n)
}

func (d *decoder) decimal() *json.Number {
	n := d.requiredDecimal()
	if n == "" {
		return nil
	}
	return &n
}

// decodeCode reads the code of an R4 enumeration, whose codes are indexed by its Go
// values.
func decodeCode[T ~int](d *decoder, codes []string) *T {
	d.token()
	start := d.pos
	s, ok := d.text()
	if !ok {
		return nil
	}
	i := slices.Index(codes, s)
	if i < 0 {
		d.finding(Error, ruleCode, d.key, start, "The code is not one that FHIR R4 allows here.", fixCode(codes))
		return nil
	}
	v := T(i)
	return &v
}

func fixCode(codes []string) string { return "Use one of: " + strings.Join(codes, ", ") + "." }

func decodeRequiredCode[T ~int](d *decoder, codes []string) T {
	if p := decodeCode[T](d, codes); p != nil {
		return *p
	}
	return 0
}

func decodeCodeList[T ~int](d *decoder, codes []string) []T {
	if !d.array() {
		return nil
	}
	var list []T
	for more := true; more; more = d.nextElement() {
		list = append(list, decodeRequiredCode[T](d, codes))
	}
	return list
}

// decodeOne reads one value of an R4 type.
func decodeOne[T any](d *decoder, decode func(*decoder, *T)) *T {
	x := new(T)
	decode(d, x)
	return x
}

// decodeList reads an array of values of an R4 type.
func decodeList[T any](d *decoder, decode func(*decoder, *T)) []T {
	if !d.array() {
		return nil
	}
	var xs []T
	for more := true; more; more = d.nextElement() {
		xs = append(xs, *new(T))
		decode(d, &xs[len(xs)-1])
	}
	return xs
}

// extensionList is decodeList for extensions. Most of an LFPSE event is extensions, and
// each has a pointer for every one of 50 value types, so growing a slice with append
// would copy too much.
func (d *decoder) extensionList() []r4.Extension {
	if !d.array() {
		return nil
	}
	e := &d.extensions
	xs := e.take(1)
	decodeExtension(d, &xs[0])
	for more := d.nextElement(); more; more = d.nextElement() {
		longer := e.extend(xs)
		if longer == nil {
			return d.moreExtensions(xs)
		}
		xs = longer
		decodeExtension(d, &xs[len(xs)-1])
	}
	return xs
}

// moreExtensions reads a list on from its second element when the elements hold
// extensions themselves: those follow the first element in the slab, so that the list
// cannot grow there. It is read into a spare slice, which it keeps if it fills most of
// it.
func (d *decoder) moreExtensions(xs []r4.Extension) []r4.Extension {
	e := &d.extensions
	spare := append(e.takeSpare(), xs...)
	for more := true; more; more = d.nextElement() {
		spare = append(spare, r4.Extension{})
		decodeExtension(d, &spare[len(spare)-1])
	}
	if n := len(spare); n >= cap(spare)/2 && !e.reused {
		return spare[:n:n]
	}
	xs = e.take(len(spare))
	copy(xs, spare)
	e.giveBack(spare)
	return xs
}

// rootDescription reads the root property "description", which is not R4.
func (d *decoder) rootDescription() *string {
	if !d.tolerateDescription {
		d.unknown()
		return nil
	}
	d.finding(Warning, ruleDescription, d.key, d.keyPos, "FHIR R4 AdverseEvent has no element description.",
		"Carry the description in the LFPSE core extension only.")
	return d.string()
}
