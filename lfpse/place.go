package lfpse

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Place is a property of [Event] that a value can be written to by its name, as
// maps and answers do. It is immutable and safe for concurrent use.
type Place struct {
	target string
	list   int // index in Event of the list the property belongs to, -1 for none
	elem   int // index in that list
	path   []int
	leaf   reflect.Type    // of the property
	field  *taxonomy.Field // nil for id, type, date and the elements of a FHIR Device
	names  *taxonomy.CodeSystem
	codes  *taxonomy.CodeSystem
	folded map[string]string // display text, folded, to name or code
}

// maxElements bounds the index in a target: no LFPSE list is longer.
const maxElements = 100

// Place compiles a target, the place of a property in the JSON form of an event
// such as type, location.serviceArea or patients[0].physicalHarm. The error
// names what is wrong with the target.
func (c *Codec) Place(target string) (*Place, error) {
	p := &Place{target: target, list: -1}
	head, rest, nested := strings.Cut(target, ".")
	name, index, indexed := strings.Cut(head, "[")
	event := reflect.TypeFor[Event]()
	i := fieldNamed(event, name)
	if i < 0 || name == "extra" {
		return nil, fmt.Errorf("an event has no property %q", name)
	}
	f := event.Field(i)
	owner := f.Type
	switch {
	case f.Type.Kind() == reflect.Slice:
		n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || index != strconv.Itoa(n)+"]" || n < 0 || n >= maxElements || !nested {
			return nil, fmt.Errorf("%s is a list: write %s[0] to %s[%d] and a property, such as %s[0].%s", name, name, name, maxElements-1, name, jsonTag(f.Type.Elem().Field(0)))
		}
		p.list, p.elem, owner = i, n, f.Type.Elem()
	case indexed:
		return nil, fmt.Errorf("%s is not a list", name)
	default:
		p.path = []int{i}
	}
	if nested {
		j := -1
		if owner.Kind() == reflect.Struct {
			j = fieldNamed(owner, rest)
		}
		if j < 0 {
			return nil, fmt.Errorf("%s has no property %q", name, rest)
		}
		p.path = append(p.path, j)
		f = owner.Field(j)
	} else if owner.Kind() == reflect.Struct {
		return nil, fmt.Errorf("%s is a group: name one of its properties, such as %s.%s", name, name, jsonTag(owner.Field(0)))
	}
	p.leaf = f.Type
	p.bind(c, event.Field(i), f)
	return p, nil
}

// bind finds what the taxonomy says about the property.
func (p *Place) bind(c *Codec, top, f reflect.StructField) {
	if p.target == "type" {
		p.names, p.folded = c.eventTypes, displays(c.eventTypes)
		return
	}
	group, name, ok := strings.Cut(top.Tag.Get("lfpse"), "/")
	if !ok {
		name = f.Name
	}
	g := c.plan(group)
	if g == nil {
		return
	}
	n, ok := g.byProperty[name]
	if !ok {
		return
	}
	p.field, p.names = g.fields[n].Field, g.fields[n].names
	cs := c.t.CodeSystem(p.field.CodeSystem)
	if cs == nil || len(cs.Concepts) == 0 {
		return
	}
	p.folded = displays(cs)
	if p.names == nil {
		p.codes = cs
	}
}

// displays returns what each display text of a list stands for. A text that two
// concepts share stands for neither.
func displays(cs *taxonomy.CodeSystem) map[string]string {
	folded := make(map[string]string, len(cs.Concepts))
	for _, choice := range Choices(cs) {
		text := Fold(choice.Display)
		if _, twice := folded[text]; twice {
			choice.Value = ""
		}
		folded[text] = choice.Value
	}
	delete(folded, "")
	return folded
}

// Target returns the target the place was compiled from.
func (p *Place) Target() string { return p.target }

// Field returns the taxonomy field of the place, nil where the property is an
// element of the FHIR resource itself or the taxonomy lacks it.
func (p *Place) Field() *taxonomy.Field { return p.field }

// Repeats reports whether the property is a list to which every value is added.
func (p *Place) Repeats() bool { return p.leaf.Kind() == reflect.Slice }

// Choices returns the values that the property takes, nil if it takes any.
func (p *Place) Choices() []Choice {
	if p.names != nil {
		return Choices(p.names)
	}
	return Choices(p.codes)
}

// Parse turns the text of a value into what the property holds: a name for event
// type, harm and gender; for another list its code; either may be given as the
// display text too; true or false; a whole number; a full date; a time. The error
// says what is expected and never quotes the text.
func (p *Place) Parse(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fmt.Errorf("the value is empty")
	case p.names != nil:
		if p.names.Named(text) != nil {
			return text, nil
		}
		name := strings.ReplaceAll(Fold(text), " ", "-")
		if p.names.Named(name) != nil {
			return name, nil
		}
		if name := p.folded[Fold(text)]; p.names.Named(name) != nil {
			return name, nil
		}
		return "", fmt.Errorf("the value is not one of: %s", values(p.Choices()))
	case p.codes != nil:
		return p.parseCode(text)
	}
	switch t := p.leaf; {
	case t == reflect.TypeFor[Date]():
		if !Date(text).Valid() {
			return "", fmt.Errorf("the value is not a calendar date of the form YYYY-MM-DD")
		}
	case t == reflect.TypeFor[Time]():
		if !Time(text).Valid() {
			return "", fmt.Errorf("the value is not a time of the form HH:MM:SS")
		}
	case t == reflect.TypeFor[*bool]():
		switch Fold(text) {
		case "true", "yes", "y":
			return "true", nil
		case "false", "no", "n":
			return "false", nil
		}
		return "", fmt.Errorf("the value is neither true nor false")
	case t == reflect.TypeFor[*int]():
		if _, err := strconv.ParseInt(text, 10, 32); err != nil {
			return "", fmt.Errorf("the value is not a whole number")
		}
	case p.field != nil && p.field.CodeSystem != "" && !fhir.ValidODSCode(text):
		return "", fmt.Errorf("the value is not an ODS code: 3 to 12 capital letters and digits")
	}
	return text, nil
}

func (p *Place) parseCode(text string) (string, error) {
	if p.codes.Concept(text) != nil {
		return text, nil
	}
	if code := p.folded[Fold(text)]; code != "" {
		return code, nil
	}
	if len(p.codes.Concepts) > 12 {
		return "", fmt.Errorf("the value is neither a code nor a text of the list %s", p.codes.ID)
	}
	return "", fmt.Errorf("the value is neither a code nor a text of the list %s: %s", p.codes.ID, values(p.Choices()))
}

// Put writes a value that [Place.Parse] returned, adding to a list and replacing
// anything else. Elements of patients, medicines and devices up to the one
// addressed are created.
func (p *Place) Put(e *Event, value string) {
	v := reflect.ValueOf(e).Elem()
	if p.list >= 0 {
		items := v.Field(p.list)
		for items.Len() <= p.elem {
			items.Set(reflect.Append(items, reflect.Zero(items.Type().Elem())))
		}
		v = items.Index(p.elem)
	}
	put(at(v, p.path), value)
}

// put sets a property to a value given as text, or adds it to a list.
func put(v reflect.Value, value string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(value)
	case reflect.Slice:
		v.Grow(1)
		v.SetLen(v.Len() + 1)
		v.Index(v.Len() - 1).SetString(value)
	case reflect.Pointer:
		n := reflect.New(v.Type().Elem())
		if n.Elem().Kind() == reflect.Bool {
			n.Elem().SetBool(value == "true")
		} else {
			i, _ := strconv.Atoi(value)
			n.Elem().SetInt(int64(i))
		}
		v.Set(n)
	}
}

// IsSet reports whether the event states the property.
func (p *Place) IsSet(e *Event) bool {
	v := reflect.ValueOf(e).Elem()
	if p.list >= 0 {
		items := v.Field(p.list)
		if items.Len() <= p.elem {
			return false
		}
		v = items.Index(p.elem)
	}
	return !at(v, p.path).IsZero()
}

// Fold returns text in the form in which it is compared: lower case, runs of
// blanks as one space, none at the ends, typographic quotes and dashes plain.
func Fold(text string) string {
	if !tidy(text) {
		text = strings.Join(strings.Fields(plain.Replace(text)), " ")
	}
	return strings.ToLower(text)
}

// tidy reports whether text is ASCII with single blanks between its words, as
// most cells and all words of a map are.
func tidy(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return text == "" || before != ' '
}

var plain = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "‑", "-", "\u00a0", " ")

func values(choices []Choice) string {
	list := make([]string, len(choices))
	for i, c := range choices {
		list[i] = c.Value
	}
	return strings.Join(list, ", ")
}

func fieldNamed(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if jsonTag(t.Field(i)) == name {
			return i
		}
	}
	return -1
}
