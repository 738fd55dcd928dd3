package fhir_test

import (
	"reflect"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// TestValueOf sets every value, alone and beside every other.
func TestValueOf(t *testing.T) {
	require.Zero(t, fhir.ValueOf(&r4.Extension{Url: "u", Extension: []r4.Extension{{}}}))
	typ := reflect.TypeFor[r4.Extension]()
	values := 0
	for i := range typ.NumField() {
		if !strings.HasPrefix(typ.Field(i).Name, "Value") {
			continue
		}
		values++
		var x r4.Extension
		v := reflect.ValueOf(&x).Elem()
		v.Field(i).Set(reflect.New(typ.Field(i).Type.Elem()))
		value := fhir.ValueOf(&x)
		require.Equal(t, "v"+typ.Field(i).Name[1:], value.Element.Property)
		require.Equal(t, 1, value.Count)
		for j := i + 1; j < typ.NumField(); j++ {
			second := v.Field(j)
			second.Set(reflect.New(second.Type().Elem()))
			require.Equal(t, fhir.Value{Count: 2}, fhir.ValueOf(&x), typ.Field(j).Name)
			second.SetZero()
		}
	}
	require.Equal(t, 50, values)
	text := &r4.Extension{ValueString: new("x")}
	require.Equal(t, "x", fhir.ValueOf(text).Text)
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = fhir.ValueOf(text) }))
}

// TestAppendTextOfAnyLength writes texts with each kind of character at each place,
// so that none is missed where the text is looked at eight bytes at a time.
func TestAppendTextOfAnyLength(t *testing.T) {
	escapes := map[string]string{"": "", "\"": `\"`, "\\": `\\`, "\x00": `\u0000`, "\x1f": `\u001f`, "\n": `\n`, " ": " ", "\x7f": "\x7f", "é": "é", "😀": "😀"}
	for length := range 40 {
		for at := range length + 1 {
			for c, escaped := range escapes {
				before, after := strings.Repeat("a", at), strings.Repeat("z", length-at)
				event := minimal(func(a *fhir.AdverseEvent) {
					a.Extension = []r4.Extension{{Url: "u", ValueString: new("b" + before + c + after)}}
				})
				got, err := fhir.Append(nil, event)
				require.NoError(t, err)
				require.Contains(t, string(got), `"valueString":"b`+before+escaped+after+`"}`)
				event.Extension[0].ValueString = new(before + "\xff" + c + after)
				_, err = fhir.Append(nil, event)
				require.ErrorContains(t, err, "JSON-UTF8")
			}
		}
	}
}
