package validate_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

const nhsNumber = "9990000018"

// screened checks that a record is screened in the walk of the validator as it is by the
// screener alone, and returns what was found.
func screened(t *testing.T, v *validate.Validator, a *fhir.AdverseEvent, deny *privacy.DenyList) fhir.Issues {
	t.Helper()
	s := privacy.New(privacy.WithTaxonomy(embedded(t)))
	screening := s.Begin(deny)
	report := v.Check(a, screening)
	private := screening.Issues()
	require.Equal(t, v.Check(a), report)
	require.Equal(t, s.ScanEvent(a, deny), private)
	return private
}

// An NHS number in any one element of a record is found, whatever the element, and
// whether the record has it or not.
func TestScreenAlongOverlooksNoElement(t *testing.T) {
	tax := confirmed(t)
	v := validatorOf(t, tax)
	e := incident()
	e.Devices = []lfpse.Device{{DeviceTypeOther: "Pump", Manufacturer: "Example Devices Ltd", ModelNumber: "Pump 2"}}
	assert.False(t, screened(t, v, encode(t, tax, e), nil).HasErrors())
	places := 0
	for ; ; places++ {
		a, n := encode(t, tax, e), places
		if !plant(reflect.ValueOf(a).Elem(), nhsNumber, &n, 1) {
			break
		}
		assert.True(t, screened(t, v, a, nil).HasErrors(), "place %d", places)
		for _, text := range []string{"G8123456", "Mrs Doe", "M1 1AA"} {
			a, n := encode(t, tax, e), places
			plant(reflect.ValueOf(a).Elem(), text, &n, 1)
			screened(t, v, a, nil)
		}
	}
	assert.Greater(t, places, 500)
}

// plant writes a text into the place n of those that a value has, and counts n down
// before; into numbers an NHS number. Elements that are not there are made, to a depth.
func plant(v reflect.Value, text string, n *int, depth int) bool {
	switch v.Kind() {
	case reflect.String:
		if *n--; *n < 0 {
			v.SetString(text)
			return true
		}
	case reflect.Int:
		if v.Type().PkgPath() != "" {
			return false // an enumeration
		}
		if *n--; *n < 0 {
			v.SetInt(9990000018)
			return true
		}
	case reflect.Pointer:
		to := v
		if v.IsNil() {
			if depth == 0 {
				return false
			}
			to, depth = reflect.New(v.Type().Elem()), depth-1
		}
		if plant(to.Elem(), text, n, depth) {
			v.Set(to)
			return true
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if plant(v.Field(i), text, n, depth) {
				return true
			}
		}
	case reflect.Slice:
		return plantInList(v, text, n, depth)
	}
	return false
}

func plantInList(v reflect.Value, text string, n *int, depth int) bool {
	switch {
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		return false // resources of other types have tests of their own
	case v.Len() == 0 && depth == 0:
		return false
	case v.Len() == 0:
		list := reflect.MakeSlice(v.Type(), 1, 1)
		if plant(list.Index(0), text, n, depth-1) {
			v.Set(list)
			return true
		}
		return false
	}
	for i := range v.Len() {
		if v.Type() == reflect.TypeFor[[]r4.Extension]() && i > 1 {
			depth = 0 // they are all alike
		}
		if plant(v.Index(i), text, n, depth) {
			return true
		}
	}
	return false
}

// What is no group or field of the taxonomy, or not as those should be, hides nothing.
func TestScreenAlongOfUnusualRecords(t *testing.T) {
	tax := confirmed(t)
	v := validatorOf(t, tax)
	secret := ptr("Ring 07700 900123.")
	field := r4.Extension{Url: "Story", ValueString: secret}
	for name, change := range map[string]func(a *fhir.AdverseEvent){
		"group of no taxonomy": func(a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, r4.Extension{Url: "https://example.org/x", Extension: []r4.Extension{field}})
		},
		"group of the wrong home": func(a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, a.Contained[0].Location.Extension...)
			last := &a.Extension[len(a.Extension)-1]
			last.Extension = append(last.Extension, field)
		},
		"field of no group":     func(a *fhir.AdverseEvent) { a.Extension[0].Extension = append(a.Extension[0].Extension, field) },
		"value of a group":      func(a *fhir.AdverseEvent) { a.Extension[0].ValueString = secret },
		"value of another type": func(a *fhir.AdverseEvent) { a.Extension[0].Extension[0].ValueMarkdown = secret },
		"code as a text": func(a *fhir.AdverseEvent) {
			x := &a.Contained[0].Location.Extension[0].Extension[0]
			x.ValueCode, x.ValueString = nil, secret
		},
		"extension of a field": func(a *fhir.AdverseEvent) { a.Extension[0].Extension[0].Extension = []r4.Extension{field} },
		"other version": func(a *fhir.AdverseEvent) {
			a.Meta.Profile[0] = strings.Replace(a.Meta.Profile[0], "-6", "-5", 1)
			a.Extension[0].Extension[0].ValueString = secret
		},
		"other resource": func(a *fhir.AdverseEvent) {
			a.Contained[0] = fhir.Resource{Other: json.RawMessage(`{"x":"07700 900123"}`)}
		},
		"two in one": func(a *fhir.AdverseEvent) { a.Contained[0].Device = &r4.Device{SerialNumber: secret} },
	} {
		t.Run(name, func(t *testing.T) {
			a := encode(t, tax, incident())
			require.NotNil(t, a.Contained[0].Location)
			change(a)
			assert.True(t, screened(t, v, a, nil).HasErrors())
		})
	}
	screened(t, v, &fhir.AdverseEvent{}, nil)
	screened(t, v, nil, nil)
}

// A deny-list counts for the names of groups and fields too.
func TestScreenAlongWithDenyList(t *testing.T) {
	tax := confirmed(t)
	v, a := validatorOf(t, tax), encode(t, tax, incident())
	for term, hits := range map[string]bool{"nobody": false, "Recovered": true, "taxonomy": true, "Organisation": true, "A81001": true, "A81002": false} {
		deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Identifier, Text: term}})
		assert.Equal(t, hits, screened(t, v, a, deny).HasErrors(), term)
	}
}
