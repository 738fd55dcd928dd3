package bridge_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
)

// The example is right as it is, and everything in it has a meaning.
func TestTheExampleIsRight(t *testing.T) {
	t.Parallel()
	c, err := bridge.Load("../../examples/bridge/bridge.yaml")
	require.NoError(t, err)
	assert.Empty(t, bridge.Check(c))
}

// Everything that is wrong is listed at once, each with its rule and its line.
func TestEveryFindingAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "short"), []byte("short"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.yaml"), []byte("name: x\nfields: [{to: nothing}]\n"), 0o600))
	c := bridge.Parse([]byte(`
endpoint: {environment: nowhere, host: "http://lfpse.example"}
outbox: {file: a.db, postgres: "postgres://user:hunter2@host/db"}
practices:
  - ods: a1
    rate: -1
    webhook: {url: "http://supplier.example/hook"}
    sources:
      - {name: "x y", folder: in, map: bad.yaml}
      - {name: b, folder: in}
      - {name: c, folder: other, records: r}
  - {ods: A99999, odd: 1}
http:
  address: 0.0.0.0:80
  callers:
    - {name: one, token: {file: short}, practices: [B1]}
    - {name: one}
page: {address: nonsense, users: nobody}
limits: {inFlight: -1, body: lots}
log: {level: loud, format: xml}
traces: {url: "http://collector.example/v1/traces?key=hunter2", headers: {file: short}, authorities: short, sample: 0, service: a b}
`)).In(dir)
	var got []string
	for _, f := range bridge.Check(c) {
		got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Path))
		assert.NotContains(t, f.String(), "hunter2")
		assert.NotEmpty(t, f.Text)
	}
	assert.Equal(t, []string{
		"2 BRIDGE-TAXONOMY endpoint.version", "2 ENDPOINT-HOST endpoint.host", "2 ENDPOINT-ENVIRONMENT endpoint.environment", "2 ENDPOINT-KEY endpoint.key",
		"3 BRIDGE-SECRET outbox.postgres", "3 BRIDGE-OUTBOX outbox.key",
		"5 BRIDGE-PRACTICE practices[0].ods", "6 BRIDGE-PRACTICE practices[0].rate",
		"7 BRIDGE-WEBHOOK practices[0].webhook.url", "7 BRIDGE-WEBHOOK practices[0].webhook.key",
		"9 BRIDGE-SOURCE practices[0].sources[0].name", "9 BRIDGE-MAP practices[0].sources[0].map",
		"10 BRIDGE-SOURCE practices[0].sources[1].folder", "11 BRIDGE-SOURCE practices[0].sources[2].records", "11 BRIDGE-MAP practices[0].sources[2]",
		"12 BRIDGE-FORM practices[1]",
		"14 BRIDGE-LISTEN http.address", "16 BRIDGE-SECRET http.callers[0].token", "16 BRIDGE-CALLER http.callers[0].practices",
		"17 BRIDGE-CALLER http.callers[1].name", "17 BRIDGE-CALLER http.callers[1]",
		"18 BRIDGE-LISTEN page.address", "18 BRIDGE-LISTEN page.users", "19 BRIDGE-FORM limits.body", "19 BRIDGE-LIMIT limits.inFlight",
		"20 BRIDGE-LOG log.level", "20 BRIDGE-LOG log.format",
		"21 BRIDGE-TRACES traces.url", "21 BRIDGE-TRACES traces.authorities", "21 BRIDGE-TRACES traces.url", "21 BRIDGE-SECRET traces.headers",
		"21 BRIDGE-TRACES traces.sample", "21 BRIDGE-TRACES traces.service",
	}, got)
}

// What would otherwise be guessed, or be found out at the first report, is listed as well.
func TestFindingsThatSaveAReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "map.yaml"), []byte(testMap), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bridge.yaml"), []byte(`
endpoint: {environment: sandbox, host: "http://127.0.0.1:8787"}
outbox: {file: state/outbox.db, key: state/outbox.key}
practices:
  - ods: A99999
    sources:
      - {name: here, folder: ., map: map.yaml}
      - {name: state, folder: state}
      - {name: log, folder: in, map: map.yaml, records: recrods}
http: {address: 127.0.0.1:8686}
page: {address: 127.0.0.1:8686}
keep: {files: 0s, final: 0s}
limits: {body: 1.5, backlog: 0, perSecond: 0}
`), 0o600))
	c, err := bridge.Load(filepath.Join(dir, "bridge.yaml"))
	require.NoError(t, err)
	var got []string
	for _, f := range bridge.Check(c) {
		got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Path))
	}
	assert.Equal(t, []string{
		"7 BRIDGE-SOURCE practices[0].sources[0].folder", "8 BRIDGE-SOURCE practices[0].sources[1].folder",
		"9 BRIDGE-SOURCE practices[0].sources[2].records", "11 BRIDGE-LISTEN page.address",
		"12 BRIDGE-LIMIT keep.files", "13 BRIDGE-FORM limits.body", "13 BRIDGE-LIMIT limits.backlog",
	}, got)
}

func TestNothingReadIsNothingMissing(t *testing.T) {
	t.Parallel()
	findings := bridge.Check(bridge.Parse([]byte("endpoint: [")))
	require.Len(t, findings, 1)
	assert.Equal(t, bridge.RuleForm, findings[0].Rule)
	assert.NotEmpty(t, bridge.Check(bridge.Parse([]byte("outbox: {}"))))
	_, err := bridge.Load(filepath.Join(t.TempDir(), "none.yaml"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	level, asJSON := bridge.Parse([]byte("log: {level: warn, format: json}")).LogLevel()
	assert.Equal(t, slog.LevelWarn, level)
	assert.True(t, asJSON)
	level, asJSON = bridge.Config{}.LogLevel()
	assert.Equal(t, slog.LevelInfo, level)
	assert.False(t, asJSON)
}
