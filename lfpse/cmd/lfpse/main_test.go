package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// tests are those of this package, after which the database is stopped that some need.
type tests struct{ *testing.M }

func (t tests) Run() int { return postgrestest.Run(t.M) }

func TestMain(m *testing.M) {
	_ = os.Unsetenv("COLUMNS") // of the terminal in which the tests run
	testscript.Main(tests{m}, map[string]func(){
		"lfpse": func() { os.Exit(run(context.Background(), os.Args[1:], &console{os.Stdin, os.Stdout, os.Stderr})) },
		// lfpse-measured says at last how much memory it has had at the most, in bytes.
		"lfpse-measured": func() {
			code := run(context.Background(), os.Args[1:], &console{os.Stdin, os.Stdout, os.Stderr})
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintf(os.Stderr, "\n%d", m.HeapSys) // it never becomes less
			os.Exit(code)
		},
		// lfpse-small SIZE is lfpse on a disk with room for files of that many bytes.
		"lfpse-small": func() {
			size, err := strconv.ParseUint(os.Args[1], 10, 64)
			if err != nil || !limitFiles(size) {
				os.Exit(100)
			}
			os.Exit(run(context.Background(), os.Args[2:], &console{os.Stdin, os.Stdout, os.Stderr}))
		},
	})
}

func root(t *testing.T) string {
	dir, err := filepath.Abs("../../..")
	require.NoError(t, err)
	return dir
}

// binaries are files that a script cannot spell.
var binaries = map[string]string{
	"workbook.csv": "PK\x03\x04\x14\x00\x06\x00\x08\x00",
	"log.xlsx":     sheets(),
	"latin.csv":    "Ref,Type,Date,What happened\r\n1,Good care,01/02/2026,Caf\xe9 next door helped.\r\n",
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: scriptCommands,
		Condition: func(name string) (bool, error) {
			return name == "private-network" && privateAddress() != "", nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root(t))
			e.Setenv("PRIVATE", privateAddress())
			for name, data := range binaries {
				if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(data), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// readmeCommand is a command of the README with the exit code it says.
var readmeCommand = regexp.MustCompile(`(?m)^(go (?:run|test) [^\n#]*?)(?: # exit ([0-9]))?$`)

// TestReadmeCommands checks that the README's commands are those that the readme
// script runs, so that none is left untried.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	require.NoError(t, err)
	script, err := os.ReadFile("testdata/script/readme.txtar")
	require.NoError(t, err)
	lines := strings.Split(string(script), "\n")
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(readme, -1) {
		for _, m := range readmeCommand.FindAllSubmatch(block[1], -1) {
			command, code := string(m[1]), string(m[2])
			if command == "go test ./..." || !strings.Contains(command, "./lfpse/cmd/lfpse") {
				continue // this test run itself, and commands with tests of their own
			}
			want := "exec " + strings.ReplaceAll(command, "go run ./lfpse/cmd/lfpse", "lfpse")
			if strings.Contains(want, " | ") {
				want = "exec sh -c '" + strings.TrimPrefix(want, "exec ") + "'"
			}
			if code == "1" {
				want = "! " + want
			}
			assert.True(t, slices.Contains(lines, want), "testdata/script/readme.txtar does not run: %s", want)
			commands++
		}
	}
	assert.GreaterOrEqual(t, commands, 10)
}

// The README lists the states as package draft has them.
func TestReadmeStates(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	require.NoError(t, err)
	table := ""
	for _, s := range draft.States() {
		table += "| " + string(s) + " | " + s.Meaning() + " |\n"
	}
	assert.Contains(t, string(readme), "| State | Means |\n| --- | --- |\n"+table+"\n")
}
