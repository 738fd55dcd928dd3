package lfpse_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module    = "github.com/gpsafety/lfpse-go/"
	telemetry = "go.opentelemetry.io" // for the bridge alone
	// expressions is for mapping alone: conditions and computed values of a map. It has no
	// dependencies, is type-checked when a map is read, and can be held to what a map may do.
	expressions = "github.com/expr-lang/expr"
)

// dependencies lists everything a package pulls into a program.
func dependencies(t *testing.T, packages ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{else if eq .ImportPath \"net/http\" \"database/sql\" \"os/exec\"}}{{.ImportPath}}{{end}}"}, packages...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("the go command cannot list packages here: %v", err)
	}
	deps := strings.Fields(string(out))
	require.NotEmpty(t, deps)
	return deps
}

// light are the packages of mapping but those that have a dependency of their own.
func light(t *testing.T) (packages []string) {
	for _, path := range dependencies(t, "./mapping/...") {
		if strings.HasPrefix(path, module+"mapping") && path != module+"mapping/workbook" {
			packages = append(packages, path)
		}
	}
	return packages
}

// A program that only maps and checks must not carry an HTTP client, a database
// or a test library.
func TestCoreStaysLight(t *testing.T) {
	allowed := []string{
		module,
		"github.com/samply/golang-fhir-models/",
		"github.com/goccy/go-yaml",
		"golang.org/x/text/",
		expressions,
	}
	for _, dep := range dependencies(t, append(light(t), "./fhir", "./lfpse", "./lfpse/taxonomy", "./lfpse/code", "./lfpse/validate", "./lfpse/privacy", "./lfpse/rule", "./lfpse/check", "./lfpse/draft", "./lfpse/submission", "./lfpse/interview")...) {
		ok := false
		for _, prefix := range allowed {
			ok = ok || strings.HasPrefix(dep, prefix)
		}
		assert.True(t, ok, "the core depends on %s", dep)
	}
}

// The conformance suite is for every system: what reads it knows nothing of this
// library.
func TestSuiteKnowsNoLibrary(t *testing.T) {
	const suite = module + "conformance/cases"
	for _, dep := range dependencies(t, "./conformance/cases") {
		assert.Equal(t, suite, dep, "the suite's loader depends on it")
	}
}

// Events and records are read, written and walked by generated code.
func TestNoReflection(t *testing.T) {
	for _, folder := range []string{".", "../fhir", "validate", "privacy", "check", "rule", "draft", "submission"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, folder)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			require.NoError(t, err)
			for _, spec := range file.Imports {
				assert.NotEqual(t, `"reflect"`, spec.Path.Value, "%s imports reflect", name)
			}
		}
	}
}

// The wire form does not know about mapping, and nothing a user links knows about
// the sandbox and the tests.
func TestLayersPointOneWay(t *testing.T) {
	for packages, forbidden := range map[string][]string{
		"./fhir/...":              {expressions, module + "lfpse", module + "mapping", module + "conformance", "github.com/goccy/go-yaml", "golang.org/x/text"},
		"./lfpse/taxonomy":        {module + "lfpse/code", module + "lfpse/validate", module + "mapping", module + "conformance", "github.com/goccy/go-yaml", "golang.org/x/text"},
		"./lfpse":                 {expressions, module + "lfpse/validate", module + "lfpse/privacy", module + "lfpse/submission", module + "mapping", module + "conformance", "github.com/goccy/go-yaml", "golang.org/x/text"},
		"./lfpse/rule":            {module + "lfpse/code", module + "lfpse/validate", module + "lfpse/privacy", module + "lfpse/submission", module + "mapping", module + "conformance", "github.com/goccy/go-yaml"},
		"./lfpse/validate":        {expressions, module + "lfpse/privacy", module + "lfpse/submission", module + "mapping", module + "conformance", "github.com/goccy/go-yaml"},
		"./lfpse/privacy":         {module + "lfpse/validate", module + "lfpse/submission", module + "mapping", module + "conformance", "github.com/goccy/go-yaml"},
		"./lfpse/check":           {expressions, module + "lfpse/draft", module + "lfpse/submission", module + "lfpse/client", module + "mapping", module + "conformance", "github.com/goccy/go-yaml", "net/http"},
		"./lfpse/draft":           {expressions, module + "lfpse/validate", module + "lfpse/submission", module + "lfpse/client", module + "mapping", module + "conformance", "github.com/goccy/go-yaml", "net/http"},
		"./lfpse/submission":      {expressions, module + "lfpse/client", module + "mapping", module + "conformance", "github.com/goccy/go-yaml"},
		"./lfpse/interview":       {expressions, module + "lfpse/validate", module + "lfpse/submission", module + "lfpse/client", module + "mapping", module + "conformance", "net/http"},
		"./mapping/...":           {module + "lfpse/validate", module + "lfpse/submission", module + "lfpse/client", module + "conformance"}, // of net/http see TestCoreStaysLight
		"./lfpse/endpoint":        {telemetry, module + "lfpse/submission", module + "lfpse/validate", module + "lfpse/privacy", module + "lfpse/client", module + "mapping", module + "conformance"},
		"./lfpse/taxonomy/pull":   {module + "lfpse/submission", module + "lfpse/validate", module + "lfpse/privacy", module + "lfpse/client", module + "mapping", module + "conformance"},
		"./lfpse/client":          {expressions, telemetry, module + "mapping", module + "conformance"},
		"./lfpse/outbox":          {"github.com/jackc", "github.com/riverqueue", "modernc.org", module + "conformance"},
		"./lfpse/outbox/postgres": {"github.com/riverqueue", "modernc.org", module + "mapping", module + "conformance"},
		"./lfpse/outbox/...":      {telemetry},
		"./mapping/csvlog":        {module + "lfpse", module + "fhir", "github.com/goccy/go-yaml"},
		"./mapping/fhircontext":   {module + "mapping/csvlog", "github.com/goccy/go-yaml"},
		"./lfpse/bridge":          {module + "conformance"},
	} {
		t.Run(packages, func(t *testing.T) {
			for _, dep := range dependencies(t, packages) {
				if dep == module+"lfpse/printable" || dep == module+"lfpse/nearest" {
					continue // leaves on which anything may stand
				}
				for _, prefix := range forbidden {
					assert.False(t, dep == prefix || strings.HasPrefix(dep, strings.TrimSuffix(prefix, "/")+"/"), "%s depends on %s", packages, dep)
				}
			}
		})
	}
}

// Who looks at the top level sees what there is: no other folder holds code.
func TestTopLevel(t *testing.T) {
	for _, dep := range dependencies(t, "./...") {
		if rest, ours := strings.CutPrefix(dep, module); ours {
			top, _, _ := strings.Cut(rest, "/")
			assert.Contains(t, []string{"fhir", "lfpse", "mapping", "examples", "conformance"}, top)
		}
	}
}

// TestASuppliersModule builds a program in an empty folder that imports what a supplier
// embeds: it gets no module beside these.
func TestASuppliersModule(t *testing.T) {
	allowed := map[string]bool{
		"github.com/gpsafety/lfpse-go": true, "github.com/samply/golang-fhir-models/fhir-models": true,
		"github.com/goccy/go-yaml": true, "golang.org/x/text": true, expressions: true,
	}
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module supplier.example\n\ngo 1.26\n\nrequire github.com/gpsafety/lfpse-go v0.0.0\n\nreplace github.com/gpsafety/lfpse-go => " + strconv.Quote(root) + "\n",
		"go.sum":  string(sums),
		"main.go": "package main\n\nimport (\n\t_ \"github.com/gpsafety/lfpse-go/fhir\"\n\t_ \"github.com/gpsafety/lfpse-go/lfpse\"\n\t_ \"github.com/gpsafety/lfpse-go/mapping\"\n)\n\nfunc main() {}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	cmd := exec.Command("go", "list", "-mod=mod", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	seen := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		assert.True(t, allowed[path] || path == "supplier.example", "a supplier gets the module %s", path)
		seen[path] = true
	}
	for path := range allowed {
		assert.True(t, seen[path], "%s is not among what a supplier gets", path)
	}
}
