package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// formPlace is a folder with an account for the form, and the words of the command.
func formPlace(t *testing.T, more ...string) (folder string, words []string) {
	t.Helper()
	folder = t.TempDir()
	words = append([]string{"form", "--outbox", filepath.Join(folder, "outbox.db"), "--endpoint", "sandbox", "--practice", "A99999", "--users", filepath.Join(folder, "users.txt"), "--address", "127.0.0.1:0"}, more...)
	var out bytes.Buffer
	code := run(t.Context(), append(words, "--user", "rec1"), &console{strings.NewReader("three words together\n"), &out, &out})
	require.Equal(t, exitDone, code, out.String())
	assert.NotContains(t, out.String(), "SIGHUP")
	return folder, words
}

func TestFormRuns(t *testing.T) {
	t.Parallel()
	_, words := formPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out written
	code := make(chan int, 1)
	go func() { code <- run(ctx, words, &console{strings.NewReader(""), &out, &out}) }()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Stop it") }, 30*time.Second, 20*time.Millisecond)
	_, address, _ := strings.Cut(out.String(), "The form is at ")
	address, _, _ = strings.Cut(address, ". Stop")
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Contains(t, string(text), "Sign in")
	cancel()
	assert.Equal(t, exitDone, <-code, out.String())
}

// What is wrong is said in the words of the flags, not in those of the configuration of a
// bridge.
func TestFormSaysWhatIsWrongByItsFlags(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for name, wrong := range map[string]struct{ flags, want []string }{
		"port":     {[]string{"--address", taken.Addr().String()}, []string{"another program listens on " + taken.Addr().String(), "with --address, such as 127.0.0.1:8689"}},
		"open":     {[]string{"--address", "0.0.0.0:8688"}, []string{"at --address: Others can reach this address"}},
		"practice": {[]string{"--practice", "x"}, []string{"at --practice: The ODS code"}},
		"users":    {[]string{"--users", "nowhere.txt"}, []string{"at --users: There is no such file of accounts. Make an account with the same command and --user NAME."}},
		"no users": {[]string{"--users", ""}, []string{"add --users FILE"}},
		"profile":  {[]string{"--profile", os.Args[0]}, []string{"at --profile: "}},
	} {
		_, words := formPlace(t)
		var out bytes.Buffer
		assert.Equal(t, exitUsage, run(t.Context(), append(words, wrong.flags...), &console{strings.NewReader(""), &out, &out}), name)
		for _, want := range wrong.want {
			assert.Contains(t, out.String(), want, name)
		}
		for _, other := range []string{"page.users", "page:", "http.address", "practices[", "SIGHUP", "bridge"} {
			assert.NotContains(t, out.String(), other, name)
		}
	}
}

// A file that is no outbox stays as it is, with nothing beside it, whichever command names it.
func TestAFileThatIsNoOutbox(t *testing.T) {
	t.Parallel()
	folder, words := formPlace(t)
	file := filepath.Join(folder, "my.csv")
	require.NoError(t, os.WriteFile(file, []byte("Ref,Date,What\n"), 0o600))
	before, err := os.ReadDir(folder)
	require.NoError(t, err)
	p := newPractice(t)
	p.log("One.")
	for _, command := range [][]string{
		append(words, "--outbox", file),
		{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", "sandbox", "--outbox", file},
		{"outbox", "ls", "--outbox", file},
	} {
		var out bytes.Buffer
		assert.Equal(t, exitUsage, run(t.Context(), command, &console{strings.NewReader(""), &out, &out}), command[0])
		assert.Contains(t, strings.Join(strings.Fields(out.String()), " "), "the file is not an outbox", command[0])
		after, err := os.ReadDir(folder)
		require.NoError(t, err)
		assert.Len(t, after, len(before), "%s: %v", command[0], after)
	}
}
