package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The figures in the example of incidents of one line are those that its commands print.
func TestFiguresOfOneLineIncidents(t *testing.T) {
	top := root(t)
	t.Chdir(top)
	readme, err := os.ReadFile(filepath.Join(top, "examples/oneline/README.md"))
	require.NoError(t, err)
	var printed []string
	for _, command := range regexp.MustCompile(`(?m)^go run ./lfpse/cmd/lfpse ([^#\n]*)`).FindAllStringSubmatch(string(readme), -1) {
		var out bytes.Buffer
		run(t.Context(), append(strings.Fields(command[1]), "--today", "2026-11-28"), &console{strings.NewReader(""), &out, &out})
		printed = append(printed, regexp.MustCompile(`(?m)^(Questions about|Without the patients' records) .*$`).FindAllString(out.String(), -1)...)
	}
	var shown []string
	for _, block := range regexp.MustCompile("(?s)```text\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		shown = append(shown, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	require.Len(t, printed, 4)
	assert.Equal(t, printed, shown)
}
