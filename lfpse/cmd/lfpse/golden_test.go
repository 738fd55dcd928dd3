package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
)

// TestPracticeTables holds what a practice manager sees of the practice example, on a
// narrow and a wide terminal, with and without answers. After a change,
// go test ./lfpse/cmd/lfpse -run 'TestPracticeTables|TestReadmeTable' -update writes the files anew: read
// every line of the difference aloud before you keep it.
func TestPracticeTables(t *testing.T) {
	top := root(t)
	t.Chdir(top)
	for _, command := range []string{"map", "submit"} {
		for _, answers := range []bool{false, true} {
			for _, width := range []int{80, 140} {
				name := fmt.Sprintf("%s-%d.txt", command, width)
				args := []string{command, "examples/practice/incidents.csv", "--map", "examples/practice/map.yaml", "--today", "2026-11-28", "--width", fmt.Sprint(width)}
				if answers {
					name = "answers-" + name
					args = append(args, "--answers", "examples/practice/answers.csv")
				}
				if command == "map" {
					args = append(args, "--format", "table")
				} else {
					args = append(args, "--to", "sandbox", "--in-flight", "1") // so that the references are in order
				}
				t.Run(name, func(t *testing.T) {
					var out bytes.Buffer
					assert.Equal(t, exitAttention, run(t.Context(), args, &console{strings.NewReader(""), &out, &out}))
					compareGolden(t, filepath.Join(top, "lfpse/cmd/lfpse/testdata/golden", name), out.Bytes())
					for line := range strings.Lines(out.String()) {
						if !strings.HasPrefix(line, "    ") { // a command to copy stays whole
							assert.LessOrEqual(t, display.Cells(strings.TrimSuffix(line, "\n")), width, line)
						}
					}
				})
			}
		}
	}
}

// The README shows three rows of the table as they are; -update puts them in.
func TestReadmeTable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(root(t), "README.md")
	readme, err := os.ReadFile(file)
	require.NoError(t, err)
	golden, err := os.ReadFile("testdata/golden/map-80.txt")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```text\nREFERENCE.*?```")
	require.Regexp(t, block, string(readme))
	want := "```text\n"
	for _, reference := range []string{"REFERENCE", "LOG-035", "LOG-040", "LOG-002"} {
		want += regexp.MustCompile("(?m)^" + reference + " .*\n( .*\n)*").FindString(string(golden))
	}
	got := block.ReplaceAllLiteralString(string(readme), want+"```")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	assert.Equal(t, got, string(readme), "if this is right: go test ./lfpse/cmd/lfpse -run 'TestPracticeTables|TestReadmeTable' -update")
}

// compareGolden compares with a file, which -update writes.
func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "if this is right: go test ./lfpse/cmd/lfpse -run 'TestPracticeTables|TestReadmeTable' -update")
}
