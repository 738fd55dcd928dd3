package envelope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/envelope"
)

func ExampleOpen() {
	for _, m := range envelope.Open([]byte(`{"specversion": "1.0", "id": "n1", "source": "uk.example.surgery", "type": "event-1", "data": {"type": "risk"}}`), 1) {
		fmt.Println(m.Reference, string(m.Data))
	}
	// Output: uk.example.surgery n1 {"type": "risk"}
}

// notice is a CloudEvent with attributes beside those that it needs.
func notice(more string) string {
	return `{"specversion":"1.0","id":"n1","source":"s","type":"t"` + more + `}`
}

func TestOpen(t *testing.T) {
	for name, c := range map[string]struct{ doc, data, rule string }{
		"no envelope":          {`{"type":"risk"}`, `{"type":"risk"}`, ""},
		"the word elsewhere":   {`{"description":"specversion","x":{"specversion":"1.0"}}`, `{"description":"specversion","x":{"specversion":"1.0"}}`, ""},
		"broken":               {`{"specversion":"1.0"`, `{"specversion":"1.0"`, ""},
		"an object":            {notice(`,"data":{"a":1}`), `{"a":1}`, ""},
		"a text":               {notice(`,"data":"<a b=\"c\"/>"`), `<a b="c"/>`, ""},
		"Base64":               {notice(`,"data_base64":"eyJhIjoxfQ=="`), `{"a":1}`, ""},
		"no contents":          {notice(``), "", "ENVELOPE-BARE"},
		"null":                 {notice(`,"data":null`), "", "ENVELOPE-BARE"},
		"both":                 {notice(`,"data":{},"data_base64":"e30="`), "", "ENVELOPE-FORM"},
		"no Base64":            {notice(`,"data_base64":"?"`), "", "ENVELOPE-FORM"},
		"another version":      {`{"specversion":"0.3","id":"n1","source":"s","type":"t","data":{}}`, "", "ENVELOPE-FORM"},
		"without an id":        {`{"specversion":"1.0","source":"s","type":"t","data":{}}`, "", "ENVELOPE-FORM"},
		"an id that is number": {`{"specversion":"1.0","id":1,"source":"s","type":"t","data":{}}`, "", "ENVELOPE-FORM"},
	} {
		all := envelope.Open([]byte(c.doc), 7)
		require.Len(t, all, 1, name)
		assert.Equal(t, c.data, string(all[0].Data), name)
		assert.Equal(t, 7, all[0].Line, name)
		if c.rule == "" {
			assert.Nil(t, all[0].Issue, name)
		} else if assert.NotNil(t, all[0].Issue, name) {
			assert.Equal(t, c.rule, all[0].Issue.Rule, name)
			assert.NotEmpty(t, all[0].Issue.Fix, name)
		}
	}
}

// Each notice of a batch counts, and its contents stand on the line where they are.
func TestBatch(t *testing.T) {
	doc := "[\n" + notice(`,"data":{"a":1}`) + ",\n" + notice(`,"data":
 {"a":1}`) + ",\n{\"a\": 2}\n, " + notice("") + "]"
	all := envelope.Open([]byte(doc), 1)
	require.Len(t, all, 4)
	for i, line := range []int{2, 4, 5, 6} {
		assert.Equal(t, line, all[i].Line, i)
	}
	assert.Equal(t, `{"a": 2}`, string(all[2].Data))
	assert.Equal(t, "ENVELOPE-BARE", all[3].Issue.Rule)
}

// What is hostile is handed on as it is, to be refused by whoever reads it, and the work
// stays in proportion to the document.
func TestHostile(t *testing.T) {
	deep := `{"specversion":"1.0","data":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"
	assert.Equal(t, deep, string(envelope.Open([]byte(deep), 1)[0].Data))
	many := "[" + strings.Repeat(notice(`,"data":{}`)+",", 20_000) + notice("") + "]"
	assert.Len(t, envelope.Open([]byte(many), 1), 20_001)
}

func FuzzOpen(f *testing.F) {
	f.Add(notice(`,"data":{"a":1}`))
	f.Add("[" + notice(`,"data":"x"`) + "]")
	f.Fuzz(func(t *testing.T, doc string) {
		for _, m := range envelope.Open([]byte(doc), 1) {
			assert.Equal(t, m.Data == nil, m.Issue != nil)
			assert.LessOrEqual(t, m.Line, 1+strings.Count(doc, "\n"))
		}
	})
}
