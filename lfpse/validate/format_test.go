package validate_test

import (
	"encoding/json"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
)

// TestFormats tries every primitive type as the value of an extension.
func TestFormats(t *testing.T) {
	text := func(set func(*r4.Extension, *string)) func(*r4.Extension, string) {
		return func(x *r4.Extension, s string) { set(x, &s) }
	}
	for name, c := range map[string]struct {
		set       func(*r4.Extension, string)
		good, bad []string
	}{
		"string": {text(func(x *r4.Extension, p *string) { x.ValueString = p }),
			[]string{"a", " a\tb\r\n ", "Ångström …", "a\x7f"}, []string{"", " ", "\n", "a\x00", "a\xff"}},
		"markdown": {text(func(x *r4.Extension, p *string) { x.ValueMarkdown = p }), []string{"*a*"}, []string{" "}},
		"code": {text(func(x *r4.Extension, p *string) { x.ValueCode = p }),
			[]string{"1", "a b", "ü"}, []string{"", " a", "a ", "a  b", "a\tb", "\xff"}},
		"id": {text(func(x *r4.Extension, p *string) { x.ValueId = p }),
			[]string{"a-B.9", strings.Repeat("x", 64)}, []string{"", "a_b", "a b", "ä", strings.Repeat("x", 65)}},
		"uri": {text(func(x *r4.Extension, p *string) { x.ValueUri = p }),
			[]string{"https://example.org/x#y", "urn:x"}, []string{"", "a b", "a\n"}},
		"url":       {text(func(x *r4.Extension, p *string) { x.ValueUrl = p }), []string{"https://example.org"}, []string{" "}},
		"canonical": {text(func(x *r4.Extension, p *string) { x.ValueCanonical = p }), []string{"https://example.org|1"}, []string{""}},
		"oid": {text(func(x *r4.Extension, p *string) { x.ValueOid = p }),
			[]string{"urn:oid:1.2.3", "urn:oid:2.16.840.0"}, []string{"", "1.2.3", "urn:oid:", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:12.1", "urn:oid:1."}},
		"uuid": {text(func(x *r4.Extension, p *string) { x.ValueUuid = p }),
			[]string{"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
			[]string{"", "c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520", "urn:uuid:c757873d+ec9a-4326-a141-556f43239520", "urn:uuid:1"}},
		"date": {text(func(x *r4.Extension, p *string) { x.ValueDate = p }),
			[]string{"2026", "2026-12", "2026-03-11", "2024-02-29", "2000-02-29"},
			[]string{"", "0000", "26", "2026-13", "2026-00", "2026-3", "2026-02-29", "1900-02-29", "2026-04-31", "2026-03-32", "2026-03-00", "2026/03/11", "2026-03-1x", "2026-03-11T10:15:00Z"}},
		"dateTime": {text(func(x *r4.Extension, p *string) { x.ValueDateTime = p }),
			[]string{"2026", "2026-03-11", "2026-03-11T10:15:00Z", "2026-03-11T10:15:00.123+14:00", "2026-06-30T23:59:60-13:59"},
			[]string{"2026-03-11T10:15", "2026-03-11T10:15:00", "2026-03-11T24:00:00Z", "2026-03-11T10:60:00Z", "2026-03-11T10:15:61Z", "2026-03-11T10:15:00+14:01", "2026-03-11T10:15:00+1:00", "2026-03-11T10:15:00+01:60", "2026-03-11 10:15:00Z", "2026-03-11T10:15:00.Z"}},
		"instant": {text(func(x *r4.Extension, p *string) { x.ValueInstant = p }),
			[]string{"2026-03-11T10:15:00.5Z"}, []string{"2026-03-11", "2026-02-30T10:15:00Z"}},
		"time": {text(func(x *r4.Extension, p *string) { x.ValueTime = p }),
			[]string{"10:15:00", "00:00:00.25"}, []string{"", "10:15", "24:00:00", "10.15.00", "10:15:00Z", "1a:15:00"}},
		"base64Binary": {text(func(x *r4.Extension, p *string) { x.ValueBase64Binary = p }),
			[]string{"TQ==", "TW Fu\n", "a+/9"}, []string{"", " ", "TQ=", "T=Q=", "T===", "TQ-="}},
		"decimal": {func(x *r4.Extension, s string) { x.ValueDecimal = ptr(json.Number(s)) },
			[]string{"0", "-1.50", "1e3", "1.5E-3"}, []string{"", "-", "01", "1.", ".5", "1e", "0x1", "NaN"}},
	} {
		for _, s := range c.good {
			assert.Empty(t, formatFindings(t, func(x *r4.Extension) { c.set(x, s) }), "%s %q", name, s)
		}
		for _, s := range c.bad {
			assert.Equal(t, []string{"AdverseEvent.extension[0].value"}, formatFindings(t, func(x *r4.Extension) { c.set(x, s) }), "%s %q", name, s)
		}
	}
}

func TestIntegerFormats(t *testing.T) {
	for _, c := range []struct {
		n                                 int
		integer, positiveInt, unsignedInt bool
	}{
		{-1 << 31, true, false, false}, {-1<<31 - 1, false, false, false}, {-1, true, false, false},
		{0, true, false, true}, {1, true, true, true}, {1<<31 - 1, true, true, true}, {1 << 31, false, false, false},
	} {
		valid := func(set func(*r4.Extension, *int)) bool {
			return len(formatFindings(t, func(x *r4.Extension) { set(x, &c.n) })) == 0
		}
		assert.Equal(t, c.integer, valid(func(x *r4.Extension, p *int) { x.ValueInteger = p }), c.n)
		assert.Equal(t, c.positiveInt, valid(func(x *r4.Extension, p *int) { x.ValuePositiveInt = p }), c.n)
		assert.Equal(t, c.unsignedInt, valid(func(x *r4.Extension, p *int) { x.ValueUnsignedInt = p }), c.n)
	}
}

func formatFindings(t *testing.T, set func(*r4.Extension)) []string {
	t.Helper()
	a := encode(t, confirmed(t), goodCare())
	a.Extension = []r4.Extension{{Url: "https://example.org/x"}}
	set(&a.Extension[0])
	return found(validatorOf(t, confirmed(t)).Check(a), "FHIR-FORMAT")
}
