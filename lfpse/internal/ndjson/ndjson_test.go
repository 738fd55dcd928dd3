package ndjson_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
)

// Documents are split at lines, unless the first is not whole; none is changed.
func TestDocuments(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", ndjson.MaxDocument) + `"}`
	for name, c := range map[string]struct {
		text string
		want []ndjson.Document
	}{
		"nothing":                     {"", nil},
		"blank lines":                 {"\n \r\n", nil},
		"lines":                       {"{}\n\n[]\r\n{", []ndjson.Document{{1, []byte("{}")}, {3, []byte("[]")}, {4, []byte("{")}}},
		"a byte order mark":           {"\ufeff{}\n{}\n", []ndjson.Document{{1, []byte("{}")}, {2, []byte("{}")}}},
		"a document":                  {"\n{\n}\n", []ndjson.Document{{2, []byte("{\n}\n")}}},
		"one that opens and closes":   {"{\"a\":{}\n,\"b\":1}", []ndjson.Document{{1, []byte("{\"a\":{}\n,\"b\":1}")}}},
		"a faulty line is one still":  {"{\"a\":\"}\\\"{\",}\n{}", []ndjson.Document{{1, []byte("{\"a\":\"}\\\"{\",}")}, {2, []byte("{}")}}},
		"columns count from the line": {"  {}\n{}", []ndjson.Document{{1, []byte("  {}")}, {2, []byte("{}")}}},
		"a first line too long":       {long + "\n{}", []ndjson.Document{{1, []byte(long[:ndjson.MaxDocument+1])}, {2, []byte("{}")}}},
		"a line that is too long":     {"{}\n" + long + "\n{}", []ndjson.Document{{1, []byte("{}")}, {2, []byte(long[:ndjson.MaxDocument+1])}, {3, []byte("{}")}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []ndjson.Document
			for d, err := range ndjson.Documents(strings.NewReader(c.text)) {
				require.NoError(t, err)
				got = append(got, d)
			}
			require.Len(t, got, len(c.want))
			for i := range got {
				assert.Equal(t, c.want[i].Line, got[i].Line)
				assert.True(t, bytes.Equal(c.want[i].Text, got[i].Text), "%.80q", got[i].Text)
			}
		})
	}
}

func FuzzDocuments(f *testing.F) {
	for _, s := range []string{"", "{}\n{}", "{\n}", "\ufeff{\"a\":\"\\\"\"}\n\n", "[", "}{\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for d, err := range ndjson.Documents(strings.NewReader(s)) {
			require.NoError(t, err)
			assert.NotEmpty(t, bytes.TrimSpace(d.Text))
			assert.Contains(t, s, string(d.Text), "nothing is changed")
		}
	})
}
