package validate

import (
	"reflect"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Every entry of the tables about R4 elements is about an element that exists: a
// misspelt one would check nothing.
func TestTablesNameElementsThatExist(t *testing.T) {
	types := map[string]reflect.Type{}
	for goType := range compileNodes() {
		types[goType.Name()] = goType
	}
	known := map[string]bool{}
	for name, goType := range types {
		for i := range goType.NumField() {
			known[name+"."+lowerFirst(goType.Field(i).Name)] = true
		}
	}
	for key := range formats {
		assert.True(t, known[key], key)
	}
	for key := range targets {
		assert.True(t, known[key], key)
	}
	for name, fields := range usedElements {
		for _, f := range fields {
			assert.True(t, known[name+"."+lowerFirst(f)], "%s.%s", name, f)
		}
	}
}

// Every row of the rule tables is about something that the embedded taxonomy has.
func TestEveryCheckIsInForce(t *testing.T) {
	v := embeddedValidator(t)
	for i := range v.rules {
		r := &v.rules[i]
		for j := range r.checks {
			c, ok := v.compile(r, &r.checks[j])
			assert.True(t, ok, "%s, check %d", r.ID, j)
			assert.Len(t, c.when, len(r.checks[j].when), "%s, check %d", r.ID, j)
			assert.Len(t, c.need, len(r.checks[j].need), "%s, check %d", r.ID, j)
			assert.Len(t, c.bar, len(r.checks[j].bar), "%s, check %d", r.ID, j)
		}
	}
}

// The value of an extension is judged by hand where it is simple; every simple type
// that is more than a string has its format.
func TestExtensionValuesHaveFormats(t *testing.T) {
	n := compileNodes()[reflect.TypeFor[r4.Extension]()]
	judged := map[format]bool{}
	for _, e := range n.elements {
		if e.name == "value" && e.node == nil {
			judged[e.format] = true
		}
	}
	for f := range format(len(expected)) {
		assert.True(t, judged[f], expected[f])
	}
}

func embeddedValidator(t *testing.T) *Validator {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	v, err := New(codec)
	require.NoError(t, err)
	return v
}

// What is required is an error until it is answered, what is optional an
// information: so no error is ever taken out of the faults without a required
// question in its place.
func TestQuestionsAndSeveritiesAgree(t *testing.T) {
	for _, r := range catalogue() {
		for _, c := range r.checks {
			if c.ask != nil {
				assert.Equal(t, c.ask.required, r.Severity == fhir.Error, r.ID)
				assert.Equal(t, !c.ask.required, r.Severity == fhir.Information, r.ID)
			}
		}
	}
	for _, q := range embeddedValidator(t).mandatory {
		if q != nil {
			assert.True(t, q.required)
		}
	}
}
