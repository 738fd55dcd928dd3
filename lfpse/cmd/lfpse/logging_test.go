package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/report"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/envelope"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
	"github.com/gpsafety/lfpse-go/mapping/record"
	"github.com/gpsafety/lfpse-go/mapping/workbook"
)

const modulePath = "github.com/gpsafety/lfpse-go/"

// masked are the types that can hold a narrative or a person: printed or logged, they show
// their shape only.
var masked = []any{
	fhir.AdverseEvent{}, fhir.Bundle{}, fhir.Coding{}, fhir.Decoder{}, fhir.Entry{}, fhir.Node{}, fhir.OperationOutcome{}, fhir.OutcomeIssue{}, fhir.Resource{}, fhir.Value{}, fhir.Walker{},
	lfpse.Agent{}, lfpse.Classification{}, lfpse.DetectionFactors{}, lfpse.Device{}, lfpse.Encoder{}, lfpse.EstimatedDate{}, lfpse.Event{}, lfpse.Extra{}, lfpse.Governance{}, lfpse.Location{},
	lfpse.Medicine{}, lfpse.Outcome{}, lfpse.Patient{}, lfpse.ProblemBlood{}, lfpse.ProblemBloodProducts{}, lfpse.ProblemBuildingsInfrastructure{}, lfpse.ProblemDevices{},
	lfpse.ProblemEstatesServices{}, lfpse.ProblemITSystems{}, lfpse.ProblemMedication{}, lfpse.ProblemPeople{}, lfpse.ProblemTissuesOrgans{}, lfpse.Process{}, lfpse.ReferenceMetadata{},
	lfpse.Reporter{}, lfpse.RiskDetails{}, lfpse.SafetyChallenges{}, lfpse.WentWell{},
	client.Error{}, client.Receipt{}, client.Record{}, &sandbox.Sandbox{}, &sandbox.Server{},
	draft.Answer{}, draft.Candidate{}, draft.Conditional{}, draft.Draft{}, draft.Fact{}, draft.Involvement{}, draft.Release{},
	&privacy.DenyList{}, &privacy.Screening{}, privacy.Term{},
	outbox.OpenDraft{},
	report.Record{},
	sheet.Line{}, sheet.Section{}, sheet.Sheet{},
	submission.Prepared{}, submission.Submission{},
	mapping.Answers{}, &mapping.Log{}, mapping.Profile{}, mapping.Releases{}, mapping.Row{},
	&csvlog.Reader{}, csvlog.Row{}, envelope.Message{}, &extract.Log{}, extract.Row{}, record.Document{}, &record.Log{}, &workbook.Sheet{},
	fhircontext.Context{}, fhircontext.Device{}, fhircontext.Fact{}, fhircontext.Medicine{},
}

// asJSON are those of them whose JSON is made for their content: it is what they are for.
var asJSON = []string{"sheet.*", "fhir.AdverseEvent", "fhir.Resource", "fhir.Coding", "fhir.OperationOutcome", "fhir.OutcomeIssue", "client.Receipt", "lfpse.*", "draft.*", "submission.*", "outbox.OpenDraft"}

// unmasked are the types, and with .* all other types of a package, that can hold text, but
// none about an event or a person, and why.
var unmasked = map[string]string{
	"sheet.Point":      "words of the guide, and labels of properties",
	"sheet.Receipt":    "what the service has confirmed: a number, an id and a time",
	"cases.*":          "the conformance suite, whose records are invented",
	"report.TestSuite": "findings, which hold no value", "report.TestCase": "findings", "report.TestNote": "findings",
	"conform.*":  "verdicts about the conformance suite, and what a service said of it",
	"tree.*":     "JSON of the conformance suite",
	"sandbox.*":  "settings of the sandbox, and its ledger, which holds digests and ids",
	"endpoint.*": "settings; a secret is a Secret, which has tests of its own",
	"rule.*":     "the catalogue", "taxonomy.*": "the taxonomy", "fhirform.*": "the taxonomy as FHIR", "validate.*": "a rule's findings, which hold no value",
	"check.*": "findings, which hold no value, and the rules", "privacy.Screener": "settings",
	"fhir.Element": "the definition of an element", "fhir.Issue": "a finding, which holds no value", "fhir.Issues": "findings", "fhir.Path": "the place of an element",
	"fhir.ReferenceError": "the type of a resource", "fhir.SCTID": "a code",
	"lfpse.Accessor": "the name of a property", "lfpse.Choice": "words of the taxonomy", "lfpse.Codec": "the taxonomy", "lfpse.Condition": "words of the taxonomy", "lfpse.Question": "words of the taxonomy",
	"client.Capabilities": "what a server supports", "client.Capability": "what a server supports", "client.Client": "the endpoint", "client.Refusal": "words of the taxonomy",
	"draft.Checks": "questions", "draft.Form": "the taxonomy", "draft.Layouts": "forms of dates", "draft.Origin": "where a value came from", "draft.Property": "the name of a property", "draft.Step": "where a value came from",
	"submission.Builder": "the taxonomy and settings",
	"outbox.*":           "codes, digests and ids, and references that were screened for personal data; texts are encrypted, and a Key prints nothing of itself",
	"outboxtest.*":       "invented events and what became of them", "sqlite.Store": "the name of a file",
	"postgres.*": "the address of a database, whose password is a Secret", "postgrestest.*": "a database for tests", "schedule.*": "names of endpoints and times",
	"bridge.*":            "settings, findings, which hold no value, and states by screened references; secrets are of type Secret",
	"form.*":              "settings, names of practices and words of the form; records of launches are contexts, which mask themselves",
	"page.*":              "settings and user names; a User prints nothing of its password",
	"interview.*":         "words of the guide, and names of properties",
	"mapping.ColumnError": "names of columns", "mapping.Condition": "the map", "mapping.Constants": "constants of a practice", "mapping.Field": "the map", "mapping.Map": "the map", "mapping.MapError": "findings about the map", "mapping.Mapper": "the map",
	"mapping.ColumnUse": "names of columns", "mapping.Coverage": "counts, and short repeated words of columns that a word list reads", "mapping.WordListUse": "the same", "mapping.WordUse": "the same",
	"mapping.Patient": "the map", "mapping.Skip": "the map", "mapping.Source": "the map", "mapping.ValueMap": "the map",
	"questionnaire.Form": "the form", "questionnaire.Rules": "words of the taxonomy",
	"extract.Folder": "findings about the files", "trigger.Set": "codes and their terms", "trigger.Trigger": "a code and its term",
	"csvlog.FileError": "a finding, which holds no value", "csvlog.Finding": "a finding", "csvlog.RowError": "a finding", "fhircontext.Source": "the place of an element",
}

const secret = "Quxzilla Vorpal 999 000 0018"

// TestTypesShowTheirShapeOnly fills each type with a text, wherever it can hold one, and
// looks for the text in all that is printed and logged.
func TestTypesShowTheirShapeOnly(t *testing.T) {
	t.Parallel()
	for _, zero := range masked {
		typ := reflect.TypeOf(zero)
		name := typeName(typ)
		t.Run(name, func(t *testing.T) {
			p := reflect.New(typ)
			if typ.Kind() == reflect.Pointer {
				p = reflect.New(typ.Elem()).Elem().Addr().Convert(typ)
			}
			v := p.Elem()
			fill(v, 0)
			pointer, value := p.Interface(), v.Interface()
			if typ.Kind() == reflect.Pointer {
				value = pointer
			}
			for _, x := range []any{value, pointer, []any{value}, map[string]any{"x": value}, struct{ X any }{value}} {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
					holdsNothing(t, fmt.Sprintf(verb, x), verb)
				}
			}
			var text, structured bytes.Buffer
			slog.New(slog.NewTextHandler(&text, nil)).Info("x", "value", value, "pointer", pointer)
			slog.New(slog.NewJSONHandler(&structured, nil)).Info("x", "value", value, "pointer", pointer)
			holdsNothing(t, text.String(), "slog as text")
			holdsNothing(t, structured.String(), "slog as JSON")
			if !slices.Contains(asJSON, name) && !slices.Contains(asJSON, name[:strings.Index(name, ".")]+".*") {
				doc, err := json.Marshal(value)
				require.NoError(t, err)
				holdsNothing(t, string(doc), "encoding/json")
			}
		})
	}
}

func typeName(typ reflect.Type) string { return strings.TrimPrefix(typ.String(), "*") }

func holdsNothing(t *testing.T, shown, how string) {
	t.Helper()
	for _, part := range []string{"Quxzilla", "Vorpal", "999 000", fmt.Sprintf("%x", "Quxzilla"), fmt.Sprint([]byte("Quxzilla"))[1:20]} {
		assert.NotContains(t, shown, part, how)
	}
}

// fieldsShown are the names of fields that say where something stands or which rule it is
// about, and are shown on purpose.
var fieldsShown = []string{"Column", "From", "Target", "Path", "Rule", "ID", "VersionID", "ReferenceNumber", "Op", "Element", "Confirm"}

// fill puts the secret into all that is text in a value, fields that are not exported
// among it, and reports whether there was anything.
func fill(v reflect.Value, depth int) (filled bool) {
	const deepest = 7
	if depth > deepest {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type().PkgPath() == "" {
			v.SetString(secret)
			return true
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`{"x":"` + secret + `"}`))
			return true
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0), depth+1)
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct && !strings.Contains(v.Type().Elem().PkgPath(), "/") {
			return false // of the standard library
		}
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		filled = fill(key, depth+1)
		filled = fill(item, depth+1) || filled
		v.SetMapIndex(key, item)
	case reflect.Struct:
		if pkg := v.Type().PkgPath(); pkg != "" && !strings.Contains(pkg, ".") {
			return false
		}
		for i := range v.NumField() {
			f := v.Field(i)
			if slices.Contains(fieldsShown, v.Type().Field(i).Name) {
				continue
			}
			if !f.CanSet() {
				f = reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
			}
			filled = fill(f, depth+1) || filled
		}
	}
	return filled
}

// TestEveryTypeIsKnown finds the exported types of the module that can hold text by
// themselves: each is masked, or it says above why it need not be.
func TestEveryTypeIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, zero := range masked {
		known[typeName(reflect.TypeOf(zero))] = true
	}
	paths := publicPackages(t)
	compiled := compiledPackages(t, paths)
	used := map[string]bool{}
	for _, path := range paths {
		pkg, err := compiled.Import(path)
		require.NoError(t, err)
		for _, name := range pkg.Scope().Names() {
			o, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !o.Exported() {
				continue
			}
			short := pkg.Name() + "." + name
			switch {
			case known[short]:
				delete(known, short)
			case !holdsText(o.Type(), map[types.Type]bool{}):
			case unmasked[short] != "":
				used[short] = true
			case unmasked[pkg.Name()+".*"] != "":
				used[pkg.Name()+".*"] = true
			default:
				t.Errorf("%s can hold text: mask it in Format and LogValue and list it in masked, or say in unmasked why it need not be", short)
			}
		}
	}
	assert.Empty(t, slices.Collect(maps.Keys(known)), "masked types that are not there")
	for name := range unmasked {
		assert.True(t, used[name], "%s is not there, or holds no text", name)
	}
}

// compiledPackages reads packages as the compiler has left them.
func compiledPackages(t *testing.T, paths []string) types.Importer {
	out, err := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, paths...)...).Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

// publicPackages returns the packages that another module can import.
func publicPackages(t *testing.T) (paths []string) {
	root := filepath.Join("..", "..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		switch name := d.Name(); {
		case name == "internal", name == "testdata", name == "node_modules", name == "examples", name == "measure", path != root && strings.HasPrefix(name, "."):
			return fs.SkipDir
		}
		names, err := os.ReadDir(path)
		for _, n := range names {
			if filepath.Ext(n.Name()) != ".go" || strings.HasSuffix(n.Name(), "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(path, n.Name()), nil, parser.PackageClauseOnly)
			if err != nil || f.Name.Name == "main" {
				return err
			}
			rel, err := filepath.Rel(root, path)
			paths = append(paths, modulePath+filepath.ToSlash(rel))
			return err
		}
		return err
	}))
	require.Greater(t, len(paths), 15)
	return paths
}

// holdsText reports whether a value of a type can hold text of its own, or bytes. A type
// that is a string by itself is a word or a date, which prints as itself.
func holdsText(typ types.Type, seen map[types.Type]bool) bool {
	if seen[typ] {
		return false
	}
	seen[typ] = true
	if named, ok := typ.(*types.Named); ok {
		if pkg := named.Obj().Pkg(); pkg != nil && !strings.Contains(pkg.Path(), ".") {
			return false // of the standard library
		}
		if _, basic := named.Underlying().(*types.Basic); basic {
			return false
		}
	}
	switch u := typ.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.Uint8
	case *types.Pointer:
		return holdsText(u.Elem(), seen)
	case *types.Slice:
		return holdsText(u.Elem(), seen)
	case *types.Array:
		return holdsText(u.Elem(), seen)
	case *types.Map:
		return holdsText(u.Key(), seen) || holdsText(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if holdsText(u.Field(i).Type(), seen) {
				return true
			}
		}
	}
	return false
}
