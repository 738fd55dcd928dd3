//go:build unix

package bridge_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// containers are the services of compose.yaml as processes of this computer, with the same
// commands and the same configuration: only folders and addresses are others.
type containers struct {
	t       *testing.T
	dir     string
	program string
	compose compose
	addr    map[string]string // by service
}

func newContainers(t *testing.T) *containers {
	c := &containers{t: t, dir: t.TempDir(), addr: map[string]string{}}
	c.compose, _ = load(t)
	for _, name := range []string{"sandbox", "bridge-1", "bridge-2"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		c.addr[name] = l.Addr().String()
		require.NoError(t, l.Close())
	}
	c.program = filepath.Join(c.dir, "lfpse")
	c.run("go", "build", "-o", c.program, "../../lfpse/cmd/lfpse")
	setup, err := os.ReadFile("compose/setup.sh")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, "setup.sh"), setup, 0o700))
	c.run("sh", filepath.Join(c.dir, "setup.sh"))
	db := postgrestest.New(t)
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, "secrets/database"), []byte(db.App), 0o600))
	return c
}

func (c *containers) run(name string, args ...string) {
	c.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(c.t, err, string(out))
}

// here puts the folders and addresses of a service in the place of those of its container.
func (c *containers) here(service, text string) string {
	practice, err := filepath.Abs("../practice")
	require.NoError(c.t, err)
	return strings.NewReplacer(
		"/run/secrets", filepath.Join(c.dir, "secrets"), "/data/", filepath.Join(c.dir, "data")+"/", "/etc/lfpse/practice", practice,
		"/etc/lfpse/bridge.yaml", filepath.Join(c.dir, service+".yaml"), "sandbox:8787", c.addr["sandbox"], "0.0.0.0:8787", c.addr["sandbox"], "0.0.0.0:8686", c.addr[service],
	).Replace(text)
}

// start starts a service.
func (c *containers) start(service string) *exec.Cmd {
	c.t.Helper()
	config, err := os.ReadFile("compose/bridge.yaml")
	require.NoError(c.t, err)
	require.NoError(c.t, os.WriteFile(filepath.Join(c.dir, service+".yaml"), []byte(c.here(service, string(config))), 0o600))
	var args []string
	for _, word := range c.compose.Services[service].Command {
		args = append(args, c.here(service, word))
	}
	require.NotEmpty(c.t, args, service)
	cmd := exec.Command(c.program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(c.t, cmd.Start())
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if c.t.Failed() {
			c.t.Logf("%s:\n%s", service, out.String())
		}
	})
	return cmd
}

// get asks a service for something; the answer is empty if there is none.
func (c *containers) get(service, path string) string {
	resp, err := http.Get("http://" + c.addr[service] + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return string(text)
}

// recorded counts the records of the sandbox's ledger by their digest.
func (c *containers) recorded() map[string]int {
	out := map[string]int{}
	text, _ := os.ReadFile(filepath.Join(c.dir, "data/ledger.jsonl"))
	for line := range bytes.Lines(text) {
		var e struct {
			Status int
			SHA256 string
		}
		if json.Unmarshal(line, &e) == nil && e.Status == http.StatusCreated {
			out[e.SHA256]++
		}
	}
	return out
}

// The services of the compose file work together: a log is taken in by one of two bridges
// while the other is killed, and each event is recorded once.
func TestComposeAsProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	c := newContainers(t)
	c.start("sandbox")
	first := c.start("bridge-1")
	c.start("bridge-2")
	soon := func(what string, holds func() bool) {
		t.Helper()
		require.Eventually(t, holds, 2*time.Minute, 50*time.Millisecond, what)
	}
	ready := func(service string) bool { return strings.Contains(c.get(service, "/readyz"), `"intake":"open"`) }
	soon("both are ready", func() bool { return ready("bridge-1") && ready("bridge-2") })
	log, err := os.ReadFile("../practice/incidents.csv")
	require.NoError(t, err)
	name := filepath.Join(c.dir, "data/in/incidents/incidents.csv")
	require.NoError(t, os.WriteFile(name+".part", log, 0o600))
	time.Sleep(2500 * time.Millisecond) // seen while it is written
	require.NoError(t, os.Rename(name+".part", name))
	soon("some are recorded", func() bool { return len(c.recorded()) > 0 })
	require.NoError(t, first.Process.Kill())
	_ = first.Wait()
	c.start("bridge-1")
	soon("it is put away", func() bool {
		done, _ := filepath.Glob(filepath.Join(c.dir, "data/in/incidents/done/*.sealed"))
		return len(done) == 1
	})
	settled := regexp.MustCompile(`lfpse_reports\{practice="A99999",state="(accepted|unknown)"\} (\d+)`)
	soon("all are recorded, or listed as unknown", func() bool {
		n := 0
		for _, m := range settled.FindAllStringSubmatch(c.get("bridge-2", "/metrics"), -1) {
			one, _ := strconv.Atoi(m[2])
			n += one
		}
		return n == 55
	})
	for digest, n := range c.recorded() {
		assert.Equal(t, 1, n, digest)
	}
}
