// Package postgrestest starts a real PostgreSQL for tests: one server for the tests of a
// package, in a folder of its own and reached by a socket in it, and a database for each
// place that a test needs.
//
// The server comes from Debian's package postgresql, or is one that LFPSE_POSTGRES names,
// as postgres://superuser@host/postgres. Without either, tests are skipped.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
)

// Database is a database with an empty outbox.
type Database struct {
	Owner string // address for the role that owns it
	App   string // address for a role with what [postgres.Grant] gives, and nothing else
}

// Open opens its outbox as the role that may do least. The store is closed when the test
// ends, if not before.
func (d Database) Open(tb testing.TB) outbox.Store {
	s, err := postgres.Open(context.Background(), d.App)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// Owned returns a connection of the owner's.
func (d Database) Owned(tb testing.TB) *pgx.Conn { return connect(tb, d.Owner) }

func connect(tb testing.TB, address string) *pgx.Conn {
	conn, err := pgx.Connect(context.Background(), address)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// shared is the server of the tests of a package.
var shared struct {
	mu      sync.Mutex
	cluster *Cluster
	err     error
	role    string
	secret  string
	made    []string // databases
}

// Main runs the tests of a package and stops their server. Call it from TestMain. Eight tests
// that are parallel run at a time: they mostly wait.
func Main(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(Run(m))
}

// Run runs the tests of a package and stops their server, and returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		code = max(code, 1)
	}
	return code
}

// Stop stops the server of these tests, if there is one, and removes what was made there.
func Stop() error {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.cluster == nil {
		return nil
	}
	defer func() { shared.cluster, shared.made = nil, nil }()
	if shared.cluster.process != nil { // made for the tests, with everything in it
		return shared.cluster.Stop()
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, shared.cluster.URL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, name := range shared.made {
		_, failed := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		err = errors.Join(err, failed)
	}
	_, failed := conn.Exec(ctx, "DROP ROLE "+shared.role)
	return errors.Join(err, failed)
}

// New makes a database with an empty outbox in the server of these tests, which it starts
// if there is none. It skips the test where there is no PostgreSQL.
func New(tb testing.TB) Database {
	tb.Helper()
	db, err := Make()
	if errors.Is(err, ErrNone) {
		tb.Skip(err)
	}
	require.NoError(tb, err)
	return db
}

// Make is what [New] does, for examples. The error is [ErrNone] where there is no
// PostgreSQL.
func Make() (Database, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = serve()
	}
	if shared.err != nil {
		return Database{}, shared.err
	}
	return copyOf(template())
}

// copyOf makes a database as another one is, which nobody may use meanwhile.
func copyOf(template string) (Database, error) {
	name := "lfpse_" + strings.ToLower(rand.Text()[:12])
	if err := run(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return Database{}, err
	}
	shared.made = append([]string{name}, shared.made...)
	return database(name), nil
}

func (d Database) name() string {
	address, err := url.Parse(d.Owner)
	if err != nil {
		panic(err)
	}
	return strings.TrimPrefix(address.Path, "/")
}

// Copy makes a copy of a database, as a backup is. Nobody may use the database meanwhile.
func (d Database) Copy() (Database, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	return copyOf(d.name())
}

// Replace puts a copy in the place of a database, as a backup is put back.
func (d Database) Replace(backup Database) error {
	return run(context.Background(), "DROP DATABASE "+d.name()+" WITH (FORCE)", "CREATE DATABASE "+d.name()+" TEMPLATE "+backup.name())
}

// Drop removes a database that is not needed any more. All go at the end.
func (d Database) Drop() error {
	return run(context.Background(), "DROP DATABASE "+d.name()+" WITH (FORCE)")
}

// template is the database that others are copies of.
func template() string { return shared.role + "_template" }

func database(name string) Database {
	owner, err := url.Parse(shared.cluster.URL)
	if err != nil {
		panic(err)
	}
	owner.Path = "/" + name
	app := *owner
	app.User = url.UserPassword(shared.role, shared.secret)
	if query := app.Query(); query.Has("user") {
		query.Set("user", shared.role)
		app.RawQuery = query.Encode()
	}
	return Database{owner.String(), app.String()}
}

func run(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, shared.cluster.URL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// serve starts the server, and prepares the role and the template.
func serve() (*Cluster, error) {
	c := &Cluster{URL: os.Getenv("LFPSE_POSTGRES")}
	if c.URL == "" {
		var err error
		if c, err = Start(Settings{}); err != nil {
			return nil, err
		}
	}
	shared.cluster = c
	ctx := context.Background()
	shared.role, shared.secret = "lfpse_app_"+strings.ToLower(rand.Text()[:8]), rand.Text()
	shared.made = []string{template()}
	err := run(ctx, "CREATE ROLE "+shared.role+" LOGIN PASSWORD '"+shared.secret+"'", "CREATE DATABASE "+template())
	if err != nil {
		return c, err
	}
	return c, prepare(ctx, database(template()).Owner, shared.role)
}

func prepare(ctx context.Context, address, role string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, _, err := postgres.Migrate(ctx, conn); err != nil {
		return err
	}
	return postgres.Grant(ctx, conn, role)
}
