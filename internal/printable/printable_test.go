package printable_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/internal/printable"
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
