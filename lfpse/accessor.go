package lfpse

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Accessor reads and writes one property of an [Event] that is named by its target, as in
// maps and answers. It is immutable and safe for concurrent use.
type Accessor struct {
	*binding
	target string
	index  int // in the list that the property belongs to
}

// binding is a property with what the taxonomy says about it.
type binding struct {
	property *property
	field    *taxonomy.Field // nil for id, type, date and the elements of a FHIR Device
	names    *taxonomy.CodeSystem
	codes    *taxonomy.CodeSystem
	folded   func() map[string]string // display text, folded, to name or code; made when it is first needed
}

// maxElements bounds the index in a target: no LFPSE list is longer.
const maxElements = 100

// Accessor returns the accessor of a target: the path of a property in the JSON form of
// an event, such as type, location.serviceArea or patients[0].physicalHarm. The error
// says what is wrong with the target.
func (c *Codec) Accessor(target string) (*Accessor, error) {
	p := &Accessor{target: target}
	at := -1
	head, below, nested := strings.Cut(target, ".")
	name, index, indexed := strings.Cut(head, "[")
	first := firstBelow(name)
	switch {
	case first == nil:
		return nil, fmt.Errorf("an event has no property %q%s", name, nearest.Hint(target, Targets()))
	case first.list != nil:
		n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || index != strconv.Itoa(n)+"]" || n < 0 || n >= maxElements || !nested {
			return nil, fmt.Errorf("%s is a list: write %s[0] to %s[%d] and a property, such as %s", name, name, name, maxElements-1, first.targetOf(0))
		}
		p.index, at = n, propertyAt(first.list, below)
	case indexed:
		return nil, fmt.Errorf("%s is not a list", name)
	default:
		at = propertyAt(nil, target)
	}
	switch {
	case at >= 0:
		p.binding = &c.bindings[at]
		return p, nil
	case nested:
		return nil, fmt.Errorf("%s has no property %q%s", name, below, nearest.Hint(below, targetsBelow(name)))
	}
	return nil, fmt.Errorf("%s is a group: name one of its properties, such as %s", name, first.target)
}

// bind finds what the taxonomy says about a property; f is its field, nil if it has none.
func (c *Codec) bind(p *property, f *compiledField) binding {
	b := binding{property: p}
	list := c.eventTypes
	switch {
	case p.target == "type":
		b.names = list
	case f == nil:
		return b
	default:
		b.field, b.names, list = f.Field, f.names, c.t.CodeSystem(f.CodeSystem)
		if list == nil || len(list.Concepts) == 0 {
			return b
		}
		if b.names == nil {
			b.codes = list
		}
	}
	b.folded = sync.OnceValue(func() map[string]string { return displays(list) })
	return b
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

// Target returns the target that the accessor is for.
func (p *Accessor) Target() string { return p.target }

// Field returns the taxonomy field of the property, nil if the property is an element of
// the FHIR resource itself or the taxonomy lacks the field.
func (p *Accessor) Field() *taxonomy.Field { return p.field }

// Repeats reports whether the property is a list, to which [Accessor.Put] adds a value.
func (p *Accessor) Repeats() bool { return p.property.repeats }

// Choices returns the values that the property can have, nil if it is not limited to a
// list.
func (p *Accessor) Choices() []Choice { return p.choices() }

func (p *binding) choices() []Choice {
	switch {
	case p.names != nil:
		return Choices(p.names)
	case p.property.kind == booleanKind:
		return []Choice{{Value: "true", Display: "Yes"}, {Value: "false", Display: "No"}}
	}
	return Choices(p.codes)
}

// Parse converts the text of a value to the form in which the property holds it: a name
// for event type, harm and gender, and a code for any other list, either of which may
// also be given by its display text; true or false; a full date; a time; or an age that
// [ParseAge] can read. The error says what is expected and never quotes the text.
func (p *Accessor) Parse(text string) (string, error) { return p.parse(text) }

func (p *binding) parse(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fmt.Errorf("the value is empty")
	case p.names != nil:
		return p.parseName(text)
	case p.codes != nil:
		return p.parseCode(text)
	}
	switch p.property.kind {
	case dateKind:
		if !Date(text).Valid() {
			return "", fmt.Errorf("the value is not a calendar date of the form YYYY-MM-DD")
		}
	case timeKind:
		if !Time(text).Valid() {
			return "", fmt.Errorf("the value is not a time of the form HH:MM:SS")
		}
	case booleanKind:
		switch Fold(text) {
		case "true", "yes", "y":
			return "true", nil
		case "false", "no", "n":
			return "false", nil
		}
		return "", fmt.Errorf("the value is neither true nor false")
	case ageKind:
		age, err := ParseAge(text)
		return age.String(), err
	default:
		switch {
		case p.field == nil || p.field.Type != taxonomy.Code:
		case p.field.CodeSystem != "" && (!fhir.ValidODSCode(text) || isLongWord(text)):
			return "", fmt.Errorf("the value is not an ODS code: 3 to 12 capital letters and digits")
		case p.field.CodeSystem == "" && !IsCode(text):
			return "", fmt.Errorf("the value is not a code")
		}
	}
	return text, nil
}

// The characters of codes.
const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	decimals = "0123456789"
)

// IsCode reports whether a text has the form of a code, in which nobody's name fits: a
// letter, or up to 18 digits behind at most two capital letters.
func IsCode(text string) bool {
	if len(text) == 1 && strings.Contains(capitals, strings.ToUpper(text)) {
		return true
	}
	number := strings.TrimLeft(text, capitals)
	return len(text)-len(number) <= 2 && number != "" && len(number) <= 18 && strings.Trim(number, decimals) == ""
}

// isLongWord reports whether a text is more likely a name than the code of an
// organisation.
func isLongWord(text string) bool { return len(text) >= 6 && strings.Trim(text, capitals) == "" }

// Code returns what the property holds for a value: the value itself if it is of the
// list or no list is known, or what its display text stands for. ok is false for a value
// outside the list that may be a name or other text, which no code is.
func (p *Accessor) Code(value string) (code string, ok bool) { return p.code(value) }

func (p *binding) code(value string) (code string, ok bool) {
	switch {
	case p.names != nil && p.names.Named(value) != nil, p.codes != nil && p.codes.Concept(value) != nil:
		return value, true
	case p.names == nil && p.codes == nil && (p.field == nil || p.field.Type != taxonomy.Code):
		return value, true
	}
	if code, err := p.parse(value); err == nil {
		return code, true
	}
	return value, IsCode(strings.TrimPrefix(value, RawCode))
}

// Unfit yields the accessors of the properties that state a value which is blank or which
// stands, by [Accessor.Code], for another or for none. What they state may be changed
// meanwhile.
func (c *Codec) Unfit(e *Event) iter.Seq[*Accessor] {
	return func(yield func(*Accessor) bool) {
		e.stated(func(at, index int, v values) bool {
			b := &c.bindings[at]
			if b.property.kind == ageKind || b.fits(v) {
				return true
			}
			return yield(&Accessor{b, b.property.targetOf(index), index})
		})
	}
}

// fits reports whether all values are such as the property holds.
func (p *binding) fits(v values) bool {
	for i := range v.len() {
		value := v.at(i)
		if code, ok := p.code(value); !ok || code != value || IsBlank(value) {
			return false
		}
	}
	return true
}

// IsBlank reports whether nothing of a text is seen.
func IsBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return '!' <= r && r <= '~' || !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r)
	})
}

func (p *binding) parseName(text string) (string, error) {
	for _, name := range []string{text, strings.ReplaceAll(Fold(text), " ", "-"), p.folded()[Fold(text)]} {
		if p.names.Named(name) != nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("the value is not one of: %s%s", choiceValues(p.choices()), p.hint(text))
}

func (p *binding) parseCode(text string) (string, error) {
	if p.codes.Concept(text) != nil {
		return text, nil
	}
	if code := p.folded()[Fold(text)]; code != "" {
		return code, nil
	}
	if len(p.codes.Concepts) > 12 {
		return "", fmt.Errorf("the value is not one of the list %s; lfpse taxonomy show lists it%s", p.codes.ID, p.hint(text))
	}
	return "", fmt.Errorf("the value is not one of the list %s: %s%s", p.codes.ID, choiceValues(p.choices()), p.hint(text))
}

// hint ends a sentence about a value that is not in the list with the choices that may
// have been meant.
func (p *binding) hint(text string) string {
	var known []string
	for _, c := range p.choices() {
		known = append(known, c.Value)
		if Fold(c.Display) != Fold(c.Value) {
			known = append(known, c.Display)
		}
	}
	return nearest.Hint(text, known)
}

// Targets returns the targets of all properties of an event, in the order of its groups;
// those of a list with the index 0.
func Targets() []string {
	all := make([]string, len(properties))
	for i := range properties {
		all[i] = properties[i].targetOf(0)
	}
	return all
}

// targetsBelow returns the names of the properties of a group or of the elements of a
// list.
func targetsBelow(name string) (names []string) {
	for _, t := range Targets() {
		if head, below, ok := strings.Cut(t, "."); ok && strings.TrimSuffix(head, "[0]") == name {
			names = append(names, below)
		}
	}
	return names
}

// Put writes a value that [Accessor.Parse] returned, adding to a list and replacing
// anything else. Elements of patients, medicines and devices up to the one addressed are
// created.
func (p *Accessor) Put(e *Event, value string) {
	for p.property.list.count(e) <= p.index {
		p.property.list.grow(e)
	}
	p.property.values(e, p.index).add(value)
}

// Values returns what the event states for the property, in the form that [Accessor.Put]
// takes; nil if it states nothing.
func (p *Accessor) Values(e *Event) []string {
	if !p.IsSet(e) {
		return nil
	}
	v := p.property.values(e, p.index)
	room := make([]string, v.len())
	return listOf(v, &room)
}

// Clear removes what the event states for the property, if anything.
func (p *Accessor) Clear(e *Event) {
	if p.index < p.property.list.count(e) {
		p.property.values(e, p.index).clear()
	}
}

// IsSet reports whether the event states the property.
func (p *Accessor) IsSet(e *Event) bool {
	return p.index < p.property.list.count(e) && p.property.values(e, p.index).len() > 0
}

// Fold returns text in the form in which texts are compared: in lower case, without
// blanks at its ends, with one space for each run of blanks and plain quotes and dashes
// for typographic ones.
func Fold(text string) string {
	if !tidy(text) {
		text = strings.Join(strings.Fields(plain.Replace(text)), " ")
	}
	return strings.ToLower(text)
}

// tidy reports whether text is ASCII with single blanks between its words, so that only
// its case has to be folded.
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

// choiceValues lists the answers to choose from as people read them: the display text
// where the value is a bare code.
func choiceValues(choices []Choice) string {
	list := make([]string, len(choices))
	for i, c := range choices {
		list[i] = c.Value
		if c.Display != "" && (len(c.Value) == 1 || strings.Trim(c.Value, decimals) == "") {
			list[i] = c.Display
		}
	}
	return strings.Join(list, "; ")
}
