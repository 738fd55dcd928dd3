package validate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Every primitive type of R4 has a format, but for truth values, and every format
// but that of narratives belongs to the value of an extension, with which the tests try it.
func TestEveryPrimitiveTypeHasAFormat(t *testing.T) {
	judged := map[format]bool{}
	for e := range fhir.Elements() {
		primitive := e.Type[0] >= 'a' && e.Type[0] <= 'z' && e.Type != "boolean"
		assert.Equal(t, primitive, formats[e.Number] != noFormat, "%s.%s: %s", e.Owner, e.Name, e.Type)
		if e.Owner == "Extension" && e.Name == "value" || e.Type == "xhtml" {
			judged[formats[e.Number]] = true
		}
	}
	for f := range format(len(expected)) {
		assert.True(t, judged[f], expected[f])
	}
}

// Every row of the rule tables is about something that the embedded taxonomy has.
func TestEveryCheckIsInForce(t *testing.T) {
	v := embeddedValidator(t)
	for i := range v.rules {
		r := &v.rules[i]
		for j := range r.checks {
			c, ok := v.structure.compile(r, &r.checks[j])
			assert.True(t, ok, "%s, check %d", r.ID, j)
			assert.Len(t, c.when, len(r.checks[j].when), "%s, check %d", r.ID, j)
			assert.Len(t, c.need, len(r.checks[j].need), "%s, check %d", r.ID, j)
			assert.Len(t, c.bar, len(r.checks[j].bar), "%s, check %d", r.ID, j)
		}
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
	for _, f := range embeddedValidator(t).structure.fields {
		if f.ask != nil {
			assert.True(t, f.ask.required)
		}
	}
}

// Words of eight bytes are looked at in one step: each byte counts, wherever it stands.
func TestPrintableLooksAtEachByte(t *testing.T) {
	for length := range 40 {
		text := []byte(strings.Repeat("x", length))
		assert.True(t, printable(string(text), ' '))
		for i := range text {
			for c := range 256 {
				text[i] = byte(c)
				require.Equal(t, c >= ' ' && c <= '~', printable(string(text), ' '), "%q", text)
				require.Equal(t, c >= '!' && c <= '~', printable(string(text), '!'), "%q", text)
			}
			text[i] = 'x'
		}
	}
}
