package lfpse_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// targets lists the places of all properties in the JSON form of an event, with the
// first element of each list.
func targets(t reflect.Type, prefix string) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "extra":
		case f.Type == reflect.TypeFor[lfpse.Age]():
			out = append(out, prefix+name)
		case f.Type.Kind() == reflect.Struct:
			out = append(out, targets(f.Type, prefix+name+".")...)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			out = append(out, targets(f.Type.Elem(), prefix+name+"[0].")...)
		default:
			out = append(out, prefix+name)
		}
	}
	return out
}

// Every property of an Event, and of the structs in it, can be written and read by
// its name.
func TestEveryPropertyHasAPlace(t *testing.T) {
	c := newCodec(t)
	for _, target := range targets(reflect.TypeFor[lfpse.Event](), "") {
		p, err := c.Accessor(target)
		require.NoError(t, err, target)
		var e lfpse.Event
		assert.Empty(t, p.Values(&e), target)
		value := ""
		for _, text := range []string{"true", "7", "2026-01-15", "10:15:00", "A81001"} {
			if value, err = p.Parse(text); err == nil {
				break
			}
		}
		if choices := p.Choices(); len(choices) > 0 {
			value = choices[0].Value
		}
		p.Put(&e, value)
		assert.Equal(t, []string{value}, p.Values(&e), target)
		assert.Equal(t, map[string][]string{target: {value}}, maps.Collect(e.Stated()))
		assert.Empty(t, slices.Collect(c.Unfit(&e)), target)
	}
}

// What an event states is all there is to it.
func TestStatedIsTheEvent(t *testing.T) {
	c := newCodec(t)
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, c)
		var again lfpse.Event
		for target, values := range e.Stated() {
			p, err := c.Accessor(target)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(values, p.Values(&e)) {
				t.Fatalf("%s is %q and %q", target, values, p.Values(&e))
			}
			for _, v := range values {
				p.Put(&again, v)
			}
		}
		if !reflect.DeepEqual(e, again) {
			t.Fatalf("the event changed:\n%s\n%s", toJSON(e), toJSON(again))
		}
	})
}
