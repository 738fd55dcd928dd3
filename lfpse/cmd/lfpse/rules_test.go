package main

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func wholeCatalogue(t *testing.T) rule.Catalogue {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	checker, err := check.New(c)
	require.NoError(t, err)
	return checker.Rules()
}

// inspect calls visit for every node of the packages' own source, the tables of the
// catalogue excepted.
func inspect(t *testing.T, visit func(ast.Node, token.Position)) {
	files := token.NewFileSet()
	walk := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || path == filepath.Join(root(t), "lfpse", "rule")):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n, files.Position(n.Pos()))
			}
			return true
		})
		return nil
	}
	for _, dir := range []string{"fhir", "lfpse", "mapping"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root(t), dir), walk))
	}
}

var idForm = regexp.MustCompile(`^[A-Z]{3,}(-[A-Z0-9]+)+$`)

// idOf returns the rule id that an expression is.
func idOf(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := strconv.Unquote(lit.Value); err == nil && idForm.MatchString(text) {
			return text
		}
	}
	return ""
}

// parts are the arguments of a call or the values of a literal.
func parts(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return n.Args
	case *ast.CompositeLit:
		var values []ast.Expr
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			values = append(values, e)
		}
		return values
	}
	return nil
}

// Every id that a package can give is explained, and nothing else is.
func TestCatalogueHasEveryIDThatThereIs(t *testing.T) {
	t.Parallel()
	ids, rules := map[string]string{}, wholeCatalogue(t)
	inspect(t, func(n ast.Node, at token.Position) {
		if id := idOf(n); id != "" {
			ids[id] = at.String()
		}
	})
	for id, place := range ids {
		_, explained := rules.Find(id)
		assert.True(t, explained, "%s of %s is in no table of lfpse/rule", id, place)
	}
	seen := map[string]bool{}
	for _, r := range rules {
		assert.NotEmpty(t, ids[r.ID], "%s is in a table, but no package gives it", r.ID)
		assert.False(t, seen[r.ID], "%s is in two tables", r.ID)
		seen[r.ID] = true
		assert.Contains(t, rule.Layers(), r.Layer, r.ID)
		assert.NotEmpty(t, r.Path, r.ID)
		assert.NotEmpty(t, r.Source, r.ID)
		assert.NotEmpty(t, r.Evidence, r.ID)
		assert.NotEmpty(t, r.Confidence, r.ID)
		for _, sentence := range []string{r.Title, r.Why, r.Fix} {
			assert.Regexp(t, `^\S.+\.$`, sentence, r.ID)
		}
	}
}

// Where the source gives an id and a severity in one place, the severity is that of
// the catalogue.
func TestSeveritiesAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	rules, compared := wholeCatalogue(t), map[string]bool{}
	inspect(t, func(n ast.Node, at token.Position) {
		id, severity := "", ""
		for _, e := range parts(n) {
			if named := idOf(e); named != "" {
				id = named
			}
			if s, ok := e.(*ast.SelectorExpr); ok && (s.Sel.Name == "Error" || s.Sel.Name == "Warning" || s.Sel.Name == "Information") {
				severity = strings.ToLower(s.Sel.Name)
			}
		}
		if id != "" && severity != "" {
			r, _ := rules.Find(id)
			assert.Equal(t, r.Severity.String(), severity, "%s at %s", id, at)
			compared[id] = true
		}
	})
	assert.Greater(t, len(compared), 100)
}

func TestRulesExplainsEveryID(t *testing.T) {
	t.Parallel()
	rules := wholeCatalogue(t)
	for _, r := range rules {
		var out bytes.Buffer
		cmd := rulesCmd{ID: strings.ToLower(r.ID)}
		require.NoError(t, cmd.show(&out, rules), r.ID)
		for _, want := range []string{r.ID + ": " + r.Title, r.Severity.String(), string(r.Layer), r.Source, r.Why, r.Fix} {
			assert.Contains(t, out.String(), want, r.ID)
		}
	}
}

func TestRulesListsEveryIDUnderItsLayer(t *testing.T) {
	t.Parallel()
	rules := wholeCatalogue(t)
	var out bytes.Buffer
	require.NoError(t, (&rulesCmd{}).show(&out, rules))
	at := 0
	for _, r := range rules {
		i := strings.Index(out.String()[at:], "\n  "+r.ID+" ")
		require.GreaterOrEqual(t, i, 0, r.ID)
		at += i
	}
	for _, l := range rule.Layers() {
		assert.Equal(t, 1, strings.Count(out.String(), "layer "+string(l)+"\n"))
	}
}

func TestRulesPageIsUpToDate(t *testing.T) {
	t.Parallel()
	var want bytes.Buffer
	require.NoError(t, (&rulesCmd{Format: "markdown"}).show(&want, wholeCatalogue(t)))
	page := filepath.Join(root(t), "lfpse", "rule", "RULES.md")
	if *update {
		require.NoError(t, os.WriteFile(page, want.Bytes(), 0o644))
	}
	got, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.True(t, want.String() == string(got), "RULES.md is stale: run go test ./lfpse/cmd/lfpse -run TestRulesPage -update")
}
