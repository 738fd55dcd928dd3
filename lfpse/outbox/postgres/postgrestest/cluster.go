package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNone says that there is no PostgreSQL here.
var ErrNone = errors.New("there is no PostgreSQL here: install Debian's package postgresql, or name a server in LFPSE_POSTGRES, such as postgres://postgres@localhost/postgres")

// Settings are those of a server.
type Settings struct {
	// Durable has the server write to the disk what it confirms, as it does in use. Tests
	// that kill neither the server nor the machine do without.
	Durable bool
}

// Cluster is a server that was started for tests.
type Cluster struct {
	URL string // address for its superuser

	settings Settings
	dir      string
	programs string
	process  *exec.Cmd
}

// Start starts a server in a new folder. The error is [ErrNone] if there is no PostgreSQL.
func Start(settings Settings) (*Cluster, error) {
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(programs) == 0 {
		return nil, ErrNone
	}
	slices.SortFunc(programs, func(a, b string) int { return release(a) - release(b) })
	dir, err := os.MkdirTemp("", "lfpse-pg")
	if err != nil {
		return nil, err
	}
	c := &Cluster{settings: settings, dir: dir, programs: programs[len(programs)-1]}
	c.URL = (&url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}).String()
	if err := c.initialise(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, c.Run()
}

// release is the number of the release whose programs are in a folder.
func release(programs string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(programs)))
	return n
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) initialise() error {
	if os.Geteuid() == 0 {
		account, err := user.Lookup("postgres")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(account.Uid)
		gid, _ := strconv.Atoi(account.Gid)
		if err := os.Chown(c.dir, uid, gid); err != nil {
			return err
		}
	}
	out, err := c.command("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// command runs one of the programs, which refuse to be run by root. They end with the
// process that started them, whatever ends it.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	args = append([]string{filepath.Join(c.programs, name)}, args...)
	if os.Geteuid() == 0 {
		args = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=QUIT"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.dir
	return cmd
}

// Run starts the server again after [Cluster.Kill], and waits until it answers.
func (c *Cluster) Run() error {
	durable := "off"
	if c.settings.Durable {
		durable = "on"
	}
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c.process = c.command("postgres", "-D", c.data(), "-k", c.dir, "-h", "",
		"-c", "fsync="+durable, "-c", "full_page_writes="+durable, "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "deadlock_timeout=50ms")
	c.process.Stdout, c.process.Stderr = log, log
	if err := c.process.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil {
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the server does not answer: %w\n%s", err, text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Kill ends the server as a crash does; [Cluster.Run] starts it again.
func (c *Cluster) Kill() error {
	return c.end(syscall.SIGQUIT)
}

func (c *Cluster) end(signal os.Signal) error {
	if err := c.process.Process.Signal(signal); err != nil {
		return err
	}
	_ = c.process.Wait() // says how it ended
	return nil
}

// Stop ends the server and removes everything.
func (c *Cluster) Stop() error {
	return errors.Join(c.end(os.Interrupt), os.RemoveAll(c.dir))
}
