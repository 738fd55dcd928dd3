package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// lfpse runs the command in an empty folder, in which it leaves no file but those named.
func (p *practice) lfpse(files []string, args ...string) (int, string) {
	dir := p.t.TempDir()
	p.t.Chdir(dir)
	var out bytes.Buffer
	code := run(p.t.Context(), args, &console{strings.NewReader(""), &out, &out})
	left := []string{}
	require.NoError(p.t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			left = append(left, filepath.Base(path))
		}
		return err
	}))
	assert.ElementsMatch(p.t, files, left, args)
	return code, out.String()
}

// held puts an address into a file and returns what names it, and the password in it.
func (p *practice) held(address string) (place, secret string) {
	p.write("address", address+"\n")
	u, err := url.Parse(address)
	require.NoError(p.t, err)
	secret, _ = u.User.Password()
	return "@" + p.path("address"), secret
}

// An outbox in a database does what one in a file does, for all commands.
func TestAnOutboxInADatabase(t *testing.T) {
	db := postgrestest.New(t)
	p := newPractice(t)
	p.log("One.", "Two.")
	held, secret := p.held(db.App)
	box := []string{"--outbox", held, "--key", p.path("key")}
	submit := append([]string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", p.server.URL()}, box...)
	try := func(want int, text string, args ...string) {
		t.Helper()
		code, out := p.lfpse(nil, args...)
		assert.Equal(t, want, code, out)
		assert.Contains(t, strings.Join(strings.Fields(out), " "), text)
		if assert.NotEmpty(t, secret) {
			assert.NotContains(t, out, secret)
		}
		assert.NotContains(t, out, "postgres://u")
	}
	try(exitUsage, "needs --key FILE", submit[:len(submit)-2]...)
	try(exitAttention, "The outbox is empty", append([]string{"doctor"}, box...)...)
	assert.NoFileExists(t, p.path("key"), "doctor changes nothing")
	try(exitDone, "2 rows: 2 accepted", submit...)
	try(exitDone, "2 rows: 2 accepted (2 of them before)", submit...)
	try(exitDone, "A99999 accepted 2 ", append([]string{"outbox", "stats"}, box...)...)
	try(exitDone, "The audit trail is whole", append([]string{"outbox", "verify"}, box...)...)
	try(exitDone, "One.", append([]string{"outbox", "show", "1", "--text"}, box...)...)
	try(exitDone, "Nothing waited", append([]string{"outbox", "send", "--to", p.server.URL()}, box...)...)
	try(exitAttention, "key belongs to the outbox ok line reports are sent", append([]string{"doctor"}, box...)...) // the database of tests is not durable
	try(exitAttention, "rights: nothing is wrong", append([]string{"doctor", "--to", p.server.URL()}, box...)...)
	try(exitUsage, "put it back", append([]string{"outbox", "ls", "--outbox", held}, "--key", p.path("other"))...)
	t.Setenv("LFPSE_OUTBOX", db.App)
	t.Setenv("LFPSE_OUTBOX_KEY", p.path("key"))
	try(exitDone, "2 rows: 2 accepted (2 of them before)", submit[:len(submit)-4]...)
	try(exitDone, "accepted", "outbox", "ls", "--all")
	p.log("One.", "Two.", "Two.")
	try(exitAttention, "lfpse outbox ls --outbox env:LFPSE_OUTBOX", submit[:len(submit)-4]...)
	assert.Equal(t, 2, p.created())
}

// The tables are made by a command of their own, or by hand with what it prints.
func TestMigratingADatabase(t *testing.T) {
	db := postgrestest.New(t)
	p := newPractice(t)
	p.log("One.")
	app, err := pgx.ParseConfig(db.App)
	require.NoError(t, err)
	owner := db.Owned(t)
	t.Setenv("LFPSE_OUTBOX", db.App)
	t.Setenv("OWNER_ADDRESS", db.Owner)
	submit := []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", p.server.URL(), "--key", p.path("key")}
	try := func(want int, text string, args ...string) string {
		t.Helper()
		code, out := p.lfpse(nil, args...)
		assert.Equal(t, want, code, out)
		assert.Contains(t, out, text)
		return out
	}
	migrate := []string{"outbox", "migrate", "--outbox", "env:OWNER_ADDRESS", "--grant", app.User}
	try(exitDone, "The tables are those of version 1, as before.", migrate...)
	drop := func() {
		_, err := owner.Exec(t.Context(), "DROP SCHEMA lfpse CASCADE")
		require.NoError(t, err)
	}
	drop()
	try(exitUsage, "its owner has to migrate it first: lfpse outbox migrate", submit...)
	try(exitAttention, "wrong  database     The database has no outbox yet", "doctor", "--key", p.path("key"))
	try(exitDone, "The database has an outbox now, with the tables of version 1. The role "+app.User+" may use them.", migrate...)
	try(exitDone, "1 row: 1 accepted", submit...)
	try(exitDone, "may use them", append(migrate, "--schedule")...)
	try(exitUsage, "--schedule needs --grant", "outbox", "migrate", "--schedule")
	try(exitUsage, "in a file is migrated when it is opened", "outbox", "migrate", "--outbox", p.path("outbox.db"))

	drop()
	t.Setenv("LFPSE_OUTBOX", "")
	assert.Contains(t, try(exitDone, "CREATE SCHEMA lfpse;", "outbox", "migrate", "--print", "--schedule"), `lfpse_river TO :"role"`)
	_, err = owner.Exec(t.Context(), try(exitDone, "GRANT", "outbox", "migrate", "--print", "--grant", app.User))
	require.NoError(t, err)
	try(exitDone, "1 row: 1 accepted", append(submit, "--outbox", db.App)...)
}

// Whatever is wrong with an address, nothing of it is shown, and no file gets its name.
func TestAnAddressIsNeverShown(t *testing.T) {
	p := newPractice(t)
	p.log("One.")
	for name, c := range map[string]struct {
		address string
		code    int
	}{
		"another kind":  {"mysql://app:s3cr3t@db.example/lfpse", exitUsage},
		"a slip":        {"postgres:/app:s3cr3t@db.example/lfpse", exitUsage},
		"another form":  {"host=db.example password=s3cr3t", exitUsage},
		"no number":     {"postgres://app:s3cr3t@db.example:port/lfpse", exitUsage},
		"no database":   {"postgres://app:s3cr3t@127.0.0.1:1/lfpse?connect_timeout=2", exitDelivery},
		"a broken host": {"postgres://app:s3cr3t@[db.example/lfpse", exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			p := &practice{t, p.dir, p.server}
			p.write("address", c.address)
			t.Setenv("HELD", c.address)
			for _, place := range []string{c.address, "env:HELD", "@" + p.path("address")} {
				for _, args := range [][]string{
					{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", p.server.URL()}, {"outbox", "ls"},
					{"outbox", "send", "--to", p.server.URL()}, {"outbox", "migrate"}, {"doctor"},
				} {
					args = append(args, "--outbox", place)
					if args[1] != "migrate" {
						args = append(args, "--key", p.path("key"))
					}
					code, out := p.lfpse(nil, args...)
					assert.NotEqual(t, exitDone, code, out)
					if args[0] == "submit" {
						assert.Equal(t, c.code, code, out)
					}
					assert.NotContains(t, out, "s3cr3t", args)
					assert.NotContains(t, out, "postgres://app", args)
				}
			}
		})
	}
	for place, text := range map[string]string{"env:NOT_SET": "the environment variable NOT_SET is not set", "@none": "the secret file cannot be read", "": "name the outbox with --outbox"} {
		code, out := p.lfpse(nil, "outbox", "ls", "--outbox", place)
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, out, text)
	}
}
