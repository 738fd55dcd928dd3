package bridge_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// compose is what the tests read of compose.yaml.
type compose struct {
	Services map[string]struct {
		Command []string `yaml:"command"`
		Secrets []string `yaml:"secrets"`
		Volumes []string `yaml:"volumes"`
		Build   struct {
			Context, Dockerfile string
		} `yaml:"build"`
	} `yaml:"services"`
	Secrets map[string]struct{ File string } `yaml:"secrets"`
}

func load(t *testing.T) (c compose, text []byte) {
	t.Helper()
	text, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &c))
	return c, text
}

// Every file that the compose file mounts is there, and every secret is one that it makes.
func TestComposeMountsWhatThereIs(t *testing.T) {
	c, _ := load(t)
	require.Len(t, c.Services, 4)
	setup, err := os.ReadFile("compose/setup.sh")
	require.NoError(t, err)
	for name, s := range c.Services {
		for _, secret := range s.Secrets {
			assert.Contains(t, string(setup), strings.TrimPrefix(c.Secrets[secret].File, "./compose/"), name)
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(from, ".") && !strings.HasSuffix(from, "/data") { // setup.sh makes that
				inside := map[string]string{"practice": "map.yaml", "migrations": "0001_outbox.sql"}[filepath.Base(from)]
				assert.FileExists(t, filepath.Join(from, inside), name)
			}
		}
	}
	schema, err := os.ReadFile("compose/schema.sh")
	require.NoError(t, err)
	for _, v := range c.Services["database"].Volumes {
		if _, to, _ := strings.Cut(strings.TrimSuffix(v, ":ro"), ":"); strings.HasPrefix(to, "/schema/") {
			assert.Contains(t, string(schema), to)
		}
	}
	assert.Equal(t, []string{"bridge", "--config", "/etc/lfpse/bridge.yaml"}, c.Services["bridge-2"].Command)
	assert.FileExists(t, filepath.Join(c.Services["sandbox"].Build.Context, c.Services["sandbox"].Build.Dockerfile))
}

// The configuration of the containers is right, with the files where they are mounted.
func TestComposeConfiguration(t *testing.T) {
	text, err := os.ReadFile("compose/bridge.yaml")
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = outbox.CreateKey(filepath.Join(dir, "outbox.key"))
	require.NoError(t, err)
	for _, name := range []string{"database", "token"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat("x", 32)), 0o600))
	}
	practice, err := filepath.Abs("../practice")
	require.NoError(t, err)
	here := strings.NewReplacer("/run/secrets", dir, "/data/", filepath.Join(dir, "data")+"/", "/etc/lfpse/practice", practice).Replace(string(text))
	assert.Empty(t, bridge.Check(bridge.Parse([]byte(here))))
}

// The compose file is valid by the schema of the Compose Specification, compose-spec.json,
// if LFPSE_COMPOSE_SCHEMA says where that is.
func TestComposeSchema(t *testing.T) {
	name := os.Getenv("LFPSE_COMPOSE_SCHEMA")
	if name == "" {
		t.Skip("LFPSE_COMPOSE_SCHEMA does not name the schema")
	}
	_, text := load(t)
	schema, err := jsonschema.NewCompiler().Compile(name)
	require.NoError(t, err)
	var doc any
	require.NoError(t, yaml.Unmarshal(text, &doc))
	plain, err := json.Marshal(doc)
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
	require.NoError(t, err)
	assert.NoError(t, schema.Validate(instance))
}
