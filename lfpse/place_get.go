package lfpse

import (
	"reflect"
	"strconv"
)

// Get returns what the event states at the property, in the form that Put takes:
// one value, or those of a list; nil if it states none.
func (p *Place) Get(e *Event) []string {
	v, ok := p.property(e)
	if !ok || v.IsZero() {
		return nil
	}
	switch v.Kind() {
	case reflect.Slice:
		values := make([]string, v.Len())
		for i := range values {
			values[i] = v.Index(i).String()
		}
		return values
	case reflect.Pointer:
		if v = v.Elem(); v.Kind() == reflect.Bool {
			return []string{strconv.FormatBool(v.Bool())}
		}
		return []string{strconv.FormatInt(v.Int(), 10)}
	}
	return []string{v.String()}
}

// Clear takes away what the event states at the property, if anything.
func (p *Place) Clear(e *Event) {
	if v, ok := p.property(e); ok {
		v.SetZero()
	}
}

// property returns the property of the event; ok is false where the event has no
// such patient, medicine or device.
func (p *Place) property(e *Event) (v reflect.Value, ok bool) {
	v = reflect.ValueOf(e).Elem()
	if p.list >= 0 {
		items := v.Field(p.list)
		if items.Len() <= p.elem {
			return v, false
		}
		v = items.Index(p.elem)
	}
	return at(v, p.path), true
}
