package printable_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"Café – 5\u00a0mg \U0001F48A":     "Café – 5\u00a0mg \U0001F48A",
		"\x1b[31mred\x1b[0m":              "\ufffd[31mred\ufffd[0m",
		"title\x07bell":                   "title\ufffdbell",
		"\u009b2J":                        "\ufffd2J",
		"a\u202etxt.exe":                  "a\ufffdtxt.exe",
		"\u2066isolated\u2069":            "\ufffdisolated\ufffd",
		"zero\u200bwidth\ufeff":           "zero\ufffdwidth\ufffd",
		"delete\x7f, broken \xff":         "delete\ufffd, broken \ufffd",
		"para\u2029graph\r":               "para\ufffdgraph\ufffd",
		"tags\U000e0041":                  "tags\ufffd",
		"combining e\u0301, \u05d0\u05d1": "combining e\u0301, \u05d0\u05d1",
	} {
		assert.Equal(t, want, printable.Line(text), "%q", text)
		assert.Equal(t, want, printable.Text(text), "%q", text)
	}
	assert.Equal(t, "one\ufffdtwo\ufffd", printable.Line("one\ntwo\t"))
	assert.Equal(t, "one\ntwo\t", printable.Text("one\ntwo\t"))
}

func TestWriter(t *testing.T) {
	const text = "Café \U0001F48A\x1b[31m \u202e one\ttwo\n– end\n"
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		w := printable.Writer(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			wrote, err := io.WriteString(w, rest[:n])
			assert.NoError(t, err)
			assert.Equal(t, n, wrote)
			rest = rest[n:]
		}
		assert.Equal(t, printable.Text(text), out.String(), "%d bytes at a time", size)
	}
}

func TestJSON(t *testing.T) {
	in := map[string]string{"a": "Café\x7f\u009b\u202e\U000e0041\u2066 \x1b\n"}
	text, err := json.MarshalIndent(in, "", "\t")
	require.NoError(t, err)
	safe := printable.JSON(text)
	assert.Equal(t, printable.Text(string(safe)), string(safe))
	var out map[string]string
	require.NoError(t, json.Unmarshal(safe, &out))
	assert.Equal(t, in, out)
	assert.Equal(t, `{"a":"Café"}`, string(printable.JSON([]byte(`{"a":"Café"}`))))
}
