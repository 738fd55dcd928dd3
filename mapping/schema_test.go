package mapping_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping"
)

var update = flag.Bool("update", false, "write the schema anew")

const schemaFile = "map.schema.json"

type node = map[string]any

// schemaMaker makes the schema of maps from their types and the comments in map.go.
type schemaMaker struct {
	comments map[string]string // by Type.Field
	defs     node
}

// choices are what a text may be, where the type does not say it. What editors may only
// suggest, because a taxonomy or a map of one's own has others, is in suggested.
var choices = map[string][]string{
	"Source.encoding": {"auto", "utf-8", "windows-1252", "mac-roman"}, "ValueMap.match": {"exact", "prefix", "contains", "pattern"},
	"Field.for": {"incident", "risk", "outcome", "good-care"}, "Field.unreadable": {"ask", "absent"}, "Field.unit": {"years", "months", "weeks", "days"}, "Field.level": {"vmp", "vtm"},
	"Field.context": {"age", "gender", "gender-identity", "ethnicity", "organisation", "reporter-role", "medicines", "devices"}, "Map.privacy": {"inform", "hold", "block"},
}

func suggested(t *testing.T) map[string][]string {
	targets := map[string]bool{"age": true, "birthDate": true, "medicines": true, "devices": true, "patients": true}
	fields := node{}
	text, err := newBuilder().Codec().EventSchema()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &fields))
	var walk func(name string, n node)
	walk = func(name string, n node) {
		if items, is := n["items"].(node); is && items["properties"] != nil {
			n = items
		}
		properties, _ := n["properties"].(node)
		for key, below := range properties {
			walk(strings.TrimPrefix(name+"."+key, "."), below.(node))
		}
		if name = strings.TrimPrefix(name, "patients."); properties == nil && !strings.HasPrefix(name, "extra") {
			targets[name] = true
		}
	}
	walk("", fields)
	return map[string][]string{"Field.to": sorted(targets), "Map.include": mapping.BuiltinNames()}
}

func sorted(set map[string]bool) (out []string) {
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

var goLink = regexp.MustCompile(`\[(?:[a-z]+\.)?([A-Za-z.]+)\]`)

// readComments reads the comments about the types of a map and their fields.
func readComments(t *testing.T) map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "map.go", nil, parser.ParseComments)
	require.NoError(t, err)
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		typ, is := n.(*ast.TypeSpec)
		if !is {
			return true
		}
		fields, is := typ.Type.(*ast.StructType)
		if !is {
			return false
		}
		for _, f := range fields.Fields.List {
			text := f.Doc.Text() + f.Comment.Text()
			for _, name := range f.Names {
				out[typ.Name.Name+"."+name.Name] = strings.TrimSpace(goLink.ReplaceAllString(text, "$1"))
			}
		}
		return false
	})
	return out
}

// schemaText is the schema as it should be.
func schemaText(t *testing.T) []byte {
	s := &schemaMaker{readComments(t), node{}}
	more := suggested(t)
	root := s.object(reflect.TypeFor[mapping.Map](), more)
	root["$schema"], root["$id"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", mapping.SchemaURL, "Map of lfpse-go", s.defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(root))
	return b.Bytes()
}

func (s *schemaMaker) object(typ reflect.Type, more map[string][]string) node {
	properties := node{}
	for _, f := range reflect.VisibleFields(typ) {
		key := f.Tag.Get("yaml")
		if !f.IsExported() || key == "" {
			continue
		}
		name := typ.Name() + "." + key
		of := s.of(f.Type, name, more)
		if text := s.comments[typ.Name()+"."+f.Name]; text != "" {
			of["description"] = text
		}
		properties[key] = of
	}
	out := node{"type": "object", "properties": properties, "additionalProperties": false}
	switch typ.Name() {
	case "Field":
		out["required"] = []string{"to"}
		var pairs []node
		for _, pair := range [][]string{{"column", "columns"}, {"column", "expr"}, {"columns", "expr"}} {
			pairs = append(pairs, node{"required": pair})
		}
		out["not"] = node{"anyOf": pairs}
	case "Condition":
		var tests []node
		for _, test := range []string{"in", "not-in", "filled", "at-least"} {
			tests = append(tests, node{"required": []string{"column", test}})
		}
		out["oneOf"] = append(tests, node{"required": []string{"expr"}, "maxProperties": 1})
	case "Skip":
		out["required"] = []string{"when", "reason"}
	}
	return out
}

// of is the schema of one key. A key may be blank: in a map that changes another one this
// takes back what is said there.
func (s *schemaMaker) of(typ reflect.Type, name string, more map[string][]string) node {
	switch typ.Kind() {
	case reflect.Pointer:
		return s.of(typ.Elem(), name, more)
	case reflect.Bool:
		return node{"type": "boolean"}
	case reflect.Int:
		return node{"type": "integer"}
	case reflect.Map:
		return node{"type": []string{"object", "null"}, "additionalProperties": s.of(typ.Elem(), name, more)}
	case reflect.Slice:
		if typ == reflect.TypeFor[yaml.MapSlice]() {
			return node{"type": []string{"object", "null"}, "additionalProperties": scalar()}
		}
		return node{"type": []string{"array", "null"}, "items": s.of(typ.Elem(), name, more)}
	case reflect.Struct:
		if _, done := s.defs[typ.Name()]; !done {
			s.defs[typ.Name()] = node{}
			s.defs[typ.Name()] = s.object(typ, more)
		}
		return node{"$ref": "#/$defs/" + typ.Name()}
	}
	switch {
	case choices[name] != nil:
		return node{"enum": choices[name]}
	case more[name] != nil:
		return node{"anyOf": []node{{"enum": more[name]}, scalar()}}
	}
	return scalar()
}

// scalar is a text: what looks like a number is kept as it is written.
func scalar() node { return node{"type": []string{"string", "number", "boolean", "null"}} }

func TestSchemaFileIsUpToDate(t *testing.T) {
	want := schemaText(t)
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, want, 0o644))
	}
	got, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run: go test ./mapping -run TestSchemaFile -update")
	if !*update {
		assert.Equal(t, string(want), string(mapping.Schema()))
	}
}

// The choices of the schema are those of the program.
func TestSchemaChoices(t *testing.T) {
	for name, all := range choices {
		for _, choice := range append(slices.Clone(all), "no such choice") {
			var text string
			switch name {
			case "Source.encoding":
				text = "source: {encoding: " + choice + "}\nfields: [{to: type, default: risk}]\n"
			case "ValueMap.match":
				text = "fields: [{to: type, column: A, values: w}]\nvalues: {w: {match: " + choice + ", entries: {a: risk}}}\n"
			case "Field.for":
				text = "fields: [{to: type, default: risk}, {to: description, column: A, for: [" + choice + "]}]\n"
			case "Field.unreadable":
				text = "fields: [{to: type, default: risk}, {to: description, column: A, unreadable: " + choice + "}]\n"
			case "Field.unit":
				text = patient("{to: age, column: A, unit: " + choice + "}")
			case "Field.level":
				text = "fields: [{to: type, default: risk}, {to: medicines, context: medicines, level: " + choice + "}]\n"
			case "Map.privacy":
				_, err := privacy.ParsePolicy(map[string]string{privacy.Postcode.Setting(): choice})
				assert.Equal(t, choice != "no such choice", err == nil, choice)
				continue
			default:
				continue // Field.context depends on the target
			}
			assert.Equal(t, choice != "no such choice", compileError(t, text) == nil, "%s: %s: %v", name, choice, compileError(t, text))
		}
	}
	for _, typ := range []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare} {
		assert.Contains(t, choices["Field.for"], string(typ))
	}
}

func compiledSchema(t testing.TB) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(mapping.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(schemaFile, doc))
	s, err := c.Compile(schemaFile)
	require.NoError(t, err)
	return s
}

// bySchema is what an editor says of a map.
func bySchema(t testing.TB, s *jsonschema.Schema, text []byte) error {
	var v any
	require.NoError(t, yaml.Unmarshal(text, &v))
	data, err := json.Marshal(v)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return s.Validate(doc)
}

func TestSchemaAcceptsMaps(t *testing.T) {
	s := compiledSchema(t)
	for _, name := range mapping.BuiltinNames() {
		text, err := mapping.BuiltinData(name)
		require.NoError(t, err)
		assert.NoError(t, bySchema(t, s, text), name)
		m, err := mapping.Builtin(name)
		require.NoError(t, err)
		text, err = m.YAML()
		require.NoError(t, err)
		assert.NoError(t, bySchema(t, s, text), "%s, as one document", name)
	}
	for _, file := range []string{"../examples/practice/map.yaml", "../examples/bridge/map.yaml", "../conformance/measure/bench/data/map.yaml"} {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		assert.NoError(t, bySchema(t, s, text), file)
	}
	for name, log := range unseen {
		text, err := mapping.Propose(strings.NewReader(log.log), name)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(text), "# yaml-language-server: $schema="+mapping.SchemaURL+"\n"), name)
		assert.NoError(t, bySchema(t, s, text), name)
	}
	assert.NoError(t, bySchema(t, s, []byte("include: datix\ncolumns: {Incident Date: Day}\ndrop: [description]\nfields: [{to: date, ask: }]\nvalues: {datix-harm: {extends: datix-harm, entries: {1: low, no: ask}}}\n")))
}

// What the schema refuses, the program refuses too.
func TestSchemaRefusesMaps(t *testing.T) {
	s := compiledSchema(t)
	for _, text := range []string{
		"feilds: []\n", "fields: [{too: type}]\n", "fields: [{column: A}]\n", "fields: {to: type}\n", "fields: [{to: type, default: risk}]\nsource: {dates: 02/01/2006}\n",
		"fields: [{to: type, column: A, columns: [B]}]\n", "fields: [{to: type, column: A, expr: B}]\n", "fields: [{to: type, column: [A]}]\n",
		"fields: [{to: type, default: risk}]\nskip: [{when: {column: A, filled: true}}]\n", "fields: [{to: type, default: risk}]\nskip: [{when: {column: A}, reason: x}]\n",
		"fields: [{to: type, default: risk}]\nskip: [{when: {column: A, in: [x], filled: true}, reason: x}]\n", "fields: [{to: type, default: risk, when: {in: [x]}}]\n",
		"fields: [{to: type, default: risk, when: {column: A, expr: 'row[\"A\"] == \"\"'}}]\n", "fields: [{to: type, default: risk, when: {column: A, at-least: two}}]\n",
		"fields: [{to: type, default: risk, for: [accident]}]\n", "source: {encoding: latin1}\nfields: [{to: type, default: risk}]\n",
		"fields: [{to: type, column: A, values: w}]\nvalues: {w: {match: some, entries: {a: risk}}}\n", "fields: [{to: type, column: A, values: w}]\nvalues: {w: {entries: [a, b]}}\n",
		"fields: [{to: type, default: risk}]\nprivacy: {postcode: loud}\n", "- to: type\n", "just a text\n",
	} {
		assert.Error(t, bySchema(t, s, []byte(text)), text)
		m, err := mapping.ParseMap([]byte(text))
		if err == nil {
			if _, err = mapping.New(m, newBuilder().Form()); err == nil {
				_, err = m.Policy()
			}
		}
		assert.Error(t, err, text)
	}
}
