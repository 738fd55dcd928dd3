package strictjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/strictjson"
)

type word string

func (w *word) UnmarshalText(text []byte) error {
	if string(text) == "bad" {
		return errors.New("bad word")
	}
	*w = word(text)
	return nil
}

type form struct {
	Name   string            `json:"name"`
	Count  *int              `json:"count,omitempty"`
	Yes    *bool             `json:"yes,omitempty"`
	Inner  []inner           `json:"inner,omitempty"`
	Labels map[string]inner  `json:"labels,omitempty"`
	Word   word              `json:"word,omitempty"`
	Any    map[string]string `json:"any,omitempty"`
}

type inner struct {
	Deep string `json:"deep"`
}

func Example() {
	var f form
	issues := strictjson.Decode([]byte(`{"NAME": "a", "count": "three", "inner": [{"deep": "b"}, {"depth": "c"}]}`), &f, "FORM")
	for _, i := range issues {
		fmt.Println(i.Rule, i.Path, i.Text)
	}
	// Output:
	// FORM $.NAME There is no property of this name.
	// FORM $.count The value must be a whole number.
	// FORM $.inner[1].depth There is no property of this name.
}

func TestDecode(t *testing.T) {
	for name, tc := range map[string]struct {
		doc   string
		paths []string
	}{
		"all of it":               {`{"name":"a","count":-3,"yes":false,"inner":[{"deep":"b"}],"labels":{"x-1":{"deep":"c"}},"word":"w","any":{"k":"v"}}`, nil},
		"null is nothing":         {`{"name":null,"inner":[null],"labels":null}`, nil},
		"not an object":           {`[1]`, []string{"$"}},
		"a name in another case":  {`{"name":"a","Name":"b"}`, []string{"$.Name"}},
		"a string for a number":   {`{"count":"9990000018"}`, []string{"$.count"}},
		"a fraction":              {`{"count":1.5}`, []string{"$.count"}},
		"a number beyond 32 bits": {`{"count":9990000018}`, []string{"$.count"}},
		"a number for a string":   {`{"name":1}`, []string{"$.name"}},
		"a string for a boolean":  {`{"yes":"true"}`, []string{"$.yes"}},
		"an object for an array":  {`{"inner":{"deep":"b"}}`, []string{"$.inner"}},
		"an array for an object":  {`{"labels":[]}`, []string{"$.labels"}},
		"below a map":             {`{"labels":{"x":{"bad":1}}}`, []string{"$.labels.x.bad"}},
		"a name that may be text": {`{"Jane Doe, 1 High Street":1}`, []string{"$.(unprintable name)"}},
		"text of its own type":    {`{"word":["w"]}`, []string{"$.word"}},
		"text refused by its own": {`{"word":"bad"}`, []string{"$.word"}},
	} {
		t.Run(name, func(t *testing.T) {
			var f form
			issues := strictjson.Decode([]byte(tc.doc), &f, "FORM", fhir.WithNullAndEmpty())
			var paths []string
			for _, i := range issues {
				paths = append(paths, i.Path)
				assert.Equal(t, "FORM", i.Rule)
				assert.NotContains(t, i.String(), "9990000018")
				assert.NotContains(t, i.String(), "Jane")
			}
			assert.Equal(t, tc.paths, paths)
		})
	}
}

func TestDecodeStopsAfterAThousandFindings(t *testing.T) {
	for name, doc := range map[string]string{
		"items":      `{"inner":[` + strings.Repeat("1,", 1<<20) + `1]}`,
		"properties": `{"inner":[` + strings.Repeat(`{"a":1,"b":1,"c":1},`, 1<<16) + `{}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			var f form
			issues := strictjson.Decode([]byte(doc), &f, "FORM", fhir.WithNullAndEmpty())
			require.Equal(t, 1001, len(issues))
			assert.Equal(t, "FORM", issues[999].Rule)
			assert.Equal(t, "JSON-TOO-MANY-ISSUES", issues[1000].Rule)
			assert.Equal(t, "$", issues[1000].Path)
			assert.LessOrEqual(t, cap(issues), 4096, "no more findings are kept than are reported")
		})
	}
}

func TestDecodeLeavesTheTargetAloneOnError(t *testing.T) {
	f := form{Name: "before"}
	assert.True(t, strictjson.Decode([]byte(`{"name":"after","other":1}`), &f, "FORM").HasErrors())
	assert.Equal(t, form{Name: "before"}, f)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","count":1,"inner":[{"deep":"b"}]}`))
	f.Add([]byte(`{"Name":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v form
		if strictjson.Decode(data, &v, "FORM", fhir.WithNullAndEmpty()).HasErrors() {
			return
		}
		var lenient form
		if err := json.Unmarshal(data, &lenient); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		assert.Equal(t, lenient, v)
	})
}
