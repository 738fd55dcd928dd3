package ndjson_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
)

func TestDocuments(t *testing.T) {
	for in, want := range map[string][]string{
		"":                               nil,
		"\ufeff{\"a\":1}\r\n\n{\"b\":2}": {`1 {"a":1}`, `3 {"b":2}`},
		"\n{\n\"a\":1}\n":                {"2 {\n\"a\":1}\n"},
		`{"a":"}"}`:                      {`1 {"a":"}"}`},
	} {
		var got []string
		for d, err := range ndjson.Documents(strings.NewReader(in)) {
			require.NoError(t, err)
			got = append(got, string(rune('0'+d.Line))+" "+string(d.Text))
		}
		assert.Equal(t, want, got, in)
	}
	long := strings.Repeat("x", ndjson.MaxDocument+10)
	for d, err := range ndjson.Documents(strings.NewReader(long + "\n{}")) {
		require.NoError(t, err)
		assert.LessOrEqual(t, len(d.Text), ndjson.MaxDocument+1)
		break
	}
}
