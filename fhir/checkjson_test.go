package fhir_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestCheckJSON(t *testing.T) {
	many := func(last string) string {
		var b strings.Builder
		for i := range 100 {
			fmt.Fprintf(&b, `"a%d":1,`, i)
		}
		return "{" + b.String() + last + "}"
	}
	tests := []struct {
		name string
		doc  string
		want []finding
	}{
		{"object", ` {"a":[1,-2.5e-3,true,false,"x"]} `, nil},
		{"number", `0`, nil},
		{"string", `"x"`, nil},
		{"nothing", ``, []finding{{"JSON-SYNTAX", "$", ""}}},
		{"duplicate", `{"a":1,"b":{"a":1,"a":2},"a":3}`, []finding{{"JSON-DUPLICATE-KEY", "$.b.a", `"a":2`}, {"JSON-DUPLICATE-KEY", "$.a", `"a":3`}}},
		{"three times", `{"a":1,"a":2,"a":3}`, []finding{{"JSON-DUPLICATE-KEY", "$.a", `"a":2`}, {"JSON-DUPLICATE-KEY", "$.a", `"a":3`}}},
		{"same name in two objects", `[{"a":1},{"a":1}]`, nil},
		{"many names", many(`"b":1`), nil},
		{"first of many twice", many(`"a0":1`), []finding{{"JSON-DUPLICATE-KEY", "$.a0", `"a0":1`}}},
		{"last of many twice", many(`"a99":1`), []finding{{"JSON-DUPLICATE-KEY", "$.a99", `"a99":1`}}},
		{"empty name twice", `{"":1,"":2}`, []finding{{"JSON-DUPLICATE-KEY", "$", `"":2`}}},
		{"null and empties", `{"a":null,"b":"","c":[],"d":{},"e":[{"f":""}]}`, []finding{
			{"JSON-NULL", "$.a", "null"}, {"JSON-EMPTY", "$.b", `""`}, {"JSON-EMPTY", "$.c", `[]`}, {"JSON-EMPTY", "$.d", `{}`},
			{"JSON-EMPTY", "$.e[0].f", `""`}}},
		{"names as they are", `{"valueCode":null,"a b":{"c":null}}`, []finding{{"JSON-NULL", "$.valueCode", "null"}, {"JSON-NULL", "$.(unprintable name).c", "null"}}},
		{"two bad names", "{\"\xff\":1,\"\xff\":2}", []finding{{"JSON-UTF8", "$", "\"\xff"}, {"JSON-UTF8", "$", "\"\xff"}}},
		{"trailing data", `1 2`, []finding{{"JSON-TRAILING-DATA", "$", `2`}}},
		{"syntax after findings", `{"a":null,"b":[}`, []finding{{"JSON-NULL", "$.a", "null"}, {"JSON-SYNTAX", "$.b[0]", "}"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkFindings(t, test.doc, fhir.CheckJSON([]byte(test.doc)), test.want)
		})
	}
}

func TestCheckJSONOptions(t *testing.T) {
	doc := []byte(`{"a":null,"b":"","c":[],"d":{},"d":1}`)
	issues := fhir.CheckJSON(doc, fhir.WithNullAndEmpty())
	require.Len(t, issues, 1)
	assert.Equal(t, "JSON-DUPLICATE-KEY", issues[0].Rule)

	issues = fhir.CheckJSON(doc, fhir.WithLimit(len(doc)-1))
	require.Len(t, issues, 1)
	assert.Equal(t, "JSON-SIZE", issues[0].Rule)
	assert.Len(t, fhir.CheckJSON(doc, fhir.WithLimit(len(doc))), 5)
	assert.Empty(t, fhir.CheckJSON([]byte("1"+strings.Repeat(" ", 6<<20)), fhir.WithLimit(8<<20)))
}

func FuzzCheckJSON(f *testing.F) {
	f.Add(readTestdata(f, "event.json"))
	for _, doc := range []string{
		`{"a":[1,-2.5e-3,true,false,null,"x"]}`, `{"a":1,"a":2}`, `"\ud83d\ude00\/"`, `"\ud83d"`, "\"\xff\"", "[1,]", "[1", "01", "-", "1.", "1e",
		`"\u12"`, `"\`, "tru", "nul", `{"a" 1}`, `{"a":1,}`, "[\x00]", "\ufeff1", "1 2", strings.Repeat("[", 70),
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		strict, lenient := fhir.CheckJSON(data), fhir.CheckJSON(data, fhir.WithNullAndEmpty())
		if !json.Valid(data) {
			require.True(t, lenient.HasErrors())
		}
		if lenient.HasErrors() {
			require.True(t, strict.HasErrors())
			return
		}
		require.True(t, json.Valid(data))
	})
}
