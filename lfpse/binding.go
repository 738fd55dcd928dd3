package lfpse

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// binding is a property with what the taxonomy says about it.
type binding struct {
	property *property
	field    *taxonomy.Field // nil for id, type, date and the elements of a FHIR Device
	names    *taxonomy.CodeSystem
	codes    *taxonomy.CodeSystem
	folded   func() map[string]string // display text, folded, to name or code; made when it is first needed
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

// Field returns the taxonomy field of the property, nil if the property is an element of
// the FHIR resource itself or the taxonomy lacks the field.
func (b *binding) Field() *taxonomy.Field { return b.field }

// Repeats reports whether the property is a list, to which [Accessor.Put] adds a value.
func (b *binding) Repeats() bool { return b.property.repeats }

// Choices returns the values that the property can have, nil if it is not limited to a
// list.
func (b *binding) Choices() []Choice {
	switch {
	case b.names != nil:
		return Choices(b.names)
	case b.property.kind == booleanKind:
		return []Choice{{Value: "true", Display: "Yes"}, {Value: "false", Display: "No"}}
	}
	return Choices(b.codes)
}

// Display returns the display text of a value that is one of the choices, and empty for any
// other.
func (b *binding) Display(value string) string {
	for _, c := range b.Choices() {
		if c.Value == value {
			return c.Display
		}
	}
	return ""
}

// Parse converts the text of a value to the form in which the property holds it: a name
// for event type, harm and gender, and a code for any other list, either of which may
// also be given by its display text; true or false; a full date; a time; or an age that
// [ParseAge] can read. The error says what is expected and never quotes the text.
func (b *binding) Parse(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fmt.Errorf("the value is empty")
	case b.names != nil:
		return b.parseName(text)
	case b.codes != nil:
		return b.parseCode(text)
	}
	switch b.property.kind {
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
	}
	if err := b.mayBeCode(text); err != nil {
		return "", err
	}
	return text, nil
}

// mayBeCode returns an error for a text that is no code, if the property takes one of a list
// that is not known.
func (b *binding) mayBeCode(text string) error {
	switch {
	case b.field == nil || b.field.Type != taxonomy.Code:
	case b.field.CodeSystem != "" && (!fhir.ValidODSCode(text) || isLongWord(text)):
		return errors.New("the value is not an ODS code: " + fhir.ODSCodeForm)
	case b.field.CodeSystem == "" && !IsCode(text):
		return errors.New("the value is not a code")
	}
	return nil
}

// Code returns what the property holds for a value: the value itself if it is of the
// list or no list is known, or what its display text stands for. ok is false for a value
// outside the list that may be a name or other text, which no code is.
func (b *binding) Code(value string) (code string, ok bool) {
	switch {
	case b.names != nil && b.names.Named(value) != nil, b.codes != nil && b.codes.Concept(value) != nil:
		return value, true
	case b.names == nil && b.codes == nil && (b.field == nil || b.field.Type != taxonomy.Code):
		return value, true
	}
	if code, err := b.Parse(value); err == nil {
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
func (b *binding) fits(v values) bool {
	for i := range v.len() {
		value := v.at(i)
		if code, ok := b.Code(value); !ok || code != value || IsBlank(value) {
			return false
		}
	}
	return true
}

func (b *binding) parseName(text string) (string, error) {
	for _, name := range []string{text, strings.ReplaceAll(Fold(text), " ", "-"), b.folded()[Fold(text)]} {
		if b.names.Named(name) != nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("the value is not one of: %s%s", choiceValues(b.Choices()), b.hint(text))
}

func (b *binding) parseCode(text string) (string, error) {
	if b.codes.Concept(text) != nil {
		return text, nil
	}
	if code := b.folded()[Fold(text)]; code != "" {
		return code, nil
	}
	if len(b.codes.Concepts) > 12 {
		return "", fmt.Errorf("the value is not one of the list %s; lfpse taxonomy show lists it%s", b.codes.ID, b.hint(text))
	}
	return "", fmt.Errorf("the value is not one of the list %s: %s%s", b.codes.ID, choiceValues(b.Choices()), b.hint(text))
}

// hint ends a sentence about a value that is not in the list with the choices that may
// have been meant.
func (b *binding) hint(text string) string {
	var known []string
	for _, c := range b.Choices() {
		known = append(known, c.Value)
		if Fold(c.Display) != Fold(c.Value) {
			known = append(known, c.Display)
		}
	}
	return nearest.Hint(text, known)
}

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
