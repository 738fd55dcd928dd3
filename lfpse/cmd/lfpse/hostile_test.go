package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a hostile file may cost at the most, on one core and on the heap.
const (
	hostileTime   = 20 * time.Second
	hostileMemory = 320 << 20
)

const (
	aMap = "source: {reference: Ref}\nfields: [{to: type, default: risk}, {to: description, column: What}]\n"
	aLog = "Ref,What\n1,The printer cuts off the last line.\n"
)

// hostile is one input that somebody made to do harm, or that a broken program made.
type hostile struct {
	files map[string]string
	args  string // after lfpse
	says  string // in what the command writes
}

// throughMap maps a log by a map.
func throughMap(log, m, says string) hostile {
	return hostile{map[string]string{"log.csv": log, "map.yaml": m}, "map log.csv --map map.yaml", says}
}

// recorded reads a file as a patient's record from which drafts are made.
func recorded(name, text, says string) hostile {
	return hostile{map[string]string{name: text}, "map " + name + " --map record", says}
}

// contexts reads a file as the record that belongs to a row.
func contexts(text, says string) hostile {
	return hostile{map[string]string{"log.csv": aLog, "record": text, "map.yaml": "source: {reference: Ref, context: record}\n" + strings.TrimPrefix(aMap, "source: {reference: Ref}\n")},
		"map log.csv --map map.yaml", says}
}

// computes is a map with an expression.
func computes(expression, says string) hostile {
	return throughMap(aLog, fmt.Sprintf("fields:\n  - {to: type, default: risk}\n  - to: description\n    expr: %q\n", expression), says)
}

// book is a workbook whose only sheet has a content.
func book(sheet func(w io.Writer)) string {
	var b bytes.Buffer
	in, _ := zip.NewReader(strings.NewReader(sheets()), int64(len(sheets())))
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		w, _ := out.Create(f.Name)
		if f.Name == "xl/worksheets/sheet1.xml" {
			sheet(w)
			continue
		}
		r, _ := f.Open()
		_, _ = io.Copy(w, r)
	}
	_ = out.Close()
	return b.String()
}

func workbookOf(sheet func(w io.Writer), says string) hostile {
	return hostile{map[string]string{"log.xlsx": book(sheet), "map.yaml": aMap}, "map log.xlsx --map map.yaml --sheet Sheet1", says}
}

func repeats(before, text, after string, n int) func(io.Writer) {
	return func(w io.Writer) {
		_, _ = io.WriteString(w, before)
		for range n / 1000 {
			_, _ = io.WriteString(w, strings.Repeat(text, 1000))
		}
		_, _ = io.WriteString(w, after)
	}
}

func hostileMaps() map[string]hostile {
	deep := strings.Repeat("[", 200_000)
	many := "fields:\n  - {to: type, default: risk}\n" + strings.Repeat("  - {to: description, expr: 'row[\"What\"]'}\n", 1_990)
	return map[string]hostile{
		"map of 2 MiB":               throughMap(aLog, aMap+strings.Repeat("# x\n", 1<<19), "MAP-SIZE"),
		"map nested deeply":          throughMap(aLog, deep, "MAP-YAML"),
		"map of dashes":              throughMap(aLog, strings.Repeat("- ", 100_000), "MAP-YAML"),
		"map of references":          throughMap(aLog, "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n", "no anchors"),
		"map of merge keys":          throughMap(aLog, "a: &a {x: y}\nb: {<<: *a}\n", "MAP-"),
		"map that is a log":          throughMap(aLog, aLog, "MAP-"),
		"map of zeros":               throughMap(aLog, strings.Repeat("\x00", 100_000), "MAP-"),
		"map in UTF-16":              throughMap(aLog, "\xff\xfef\x00i\x00", "MAP-YAML"),
		"map with large patterns":    throughMap(aLog, aMap+"values: {w: {match: pattern, entries: {'((a{30}){30}){1,9}b{1000}c{1000}': x, '(abcdefghijklmnop){1000}': x, '(abcdefghijklmnopq){999}': x}}}\n", "too large"),
		"map with 20,000 words":      throughMap(aLog, aMap+"values:\n  w:\n    entries:\n"+numbered("      w%d: x\n", 20_000), "MAP-SIZE"),
		"map that includes itself":   {map[string]string{"log.csv": aLog, "map.yaml": "include: map.yaml\n"}, "map log.csv --map map.yaml", "circle"},
		"map that includes others":   {map[string]string{"log.csv": aLog, "map.yaml": "include: ../../etc/passwd.yaml\n"}, "map log.csv --map map.yaml", "beside the map"},
		"map with a large word list": {map[string]string{"log.csv": aLog, "map.yaml": aMap + "values: {w: {file: w.csv}}\n", "w.csv": "SourceCode,SourceTerm,TargetCode,Comment\n" + numbered("%d,,x,\n", 500_000)}, "map log.csv --map map.yaml", "MAP-"},
		"map with many expressions":  throughMap("Ref,Other\n1,x\n", many, "does not have every column"),
		"profile nested deeply":      {map[string]string{"log.csv": aLog, "map.yaml": aMap, "profile.yaml": deep}, "map log.csv --map map.yaml --profile profile.yaml", "nested deeper"},
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func hostileExpressions() map[string]hostile {
	growing := `row["What"]`
	for range 6 {
		growing = `replace(` + growing + `, "e", "` + strings.Repeat("e", 90) + `")`
	}
	return map[string]hostile{
		"expression that grows":          computes(growing, "64 KiB"),
		"expression with a loop":         computes(`string(map(1..1000000000, # * 2)) + row["What"]`, "MAP-EXPRESSION at"),
		"expression with a range":        computes(`string(1..1000000000) + row["What"]`, "no operator .."),
		"expression with variables":      computes(`let a = row["What"] + row["What"]; let b = a + a; b + b`, "cannot have this"),
		"expression of 5,000 bytes":      computes(strings.Repeat("(", 2_500)+strings.Repeat(")", 2_500), "at most 1000 bytes"),
		"expression nested deeply":       computes(strings.Repeat("(", 900), "MAP-EXPRESSION at"),
		"expression that reads a clock":  computes(`string(now()) + row["What"]`, `no function "now"`),
		"expression that makes patterns": computes(`row["What"] matches row["What"] ? "a" : "b"`, "pattern in quotes"),
		"expression with a bad pattern":  computes(`row["What"] matches "(((a{999}){999}){999})" ? "a" : "b"`, "MAP-EXPRESSION at"),
		"expression of nothing":          computes(`$env["HOME"]`, "MAP-EXPRESSION at"),
	}
}

func hostileWorkbooks() map[string]hostile {
	const start, end = "<worksheet><sheetData>", "</sheetData></worksheet>"
	return map[string]hostile{
		"zip bomb":                       workbookOf(repeats(start, "<row/>", end, 200<<20/6), "WORKBOOK-SIZE"),
		"workbook with a long cell":      workbookOf(repeats(start+`<row r="1"><c r="A1" t="str"><v>`, "aaaaaaaaaa", "</v></c></row>"+end, 8<<20/10), "does not have every column"),
		"workbook nested deeply":         workbookOf(repeats(start, "<row>", "", 4_000_000), "WORKBOOK-"),
		"workbook with entities":         workbookOf(repeats(`<!DOCTYPE x [<!ENTITY a "b">]>`+start+`<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>`, "", end, 0), "WORKBOOK-"),
		"workbook with a far column":     workbookOf(repeats(start+`<row r="1"><c r="XFD1"><v>1</v></c></row>`, "", end, 0), "WORKBOOK-"),
		"workbook that is cut off":       {map[string]string{"log.xlsx": sheets()[:200], "map.yaml": aMap}, "map log.xlsx --map map.yaml", "WORKBOOK-UNREADABLE"},
		"workbook that is a text":        {map[string]string{"log.xlsx": aLog, "map.yaml": aMap}, "map log.xlsx --map map.yaml", "WORKBOOK-UNREADABLE"},
		"log that is a workbook":         {map[string]string{"log.csv": sheets(), "map.yaml": aMap}, "map log.csv --map map.yaml", "WORKBOOK-SHEET"},
		"workbook with a million things": workbookOf(repeats(start+`<row r="1">`, `<c r="A1"/>`, "</row>"+end, 1_000_000), "WORKBOOK-"),
	}
}

func hostileRecords() map[string]hostile {
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Patient xmlns="http://hl7.org/fhir"><id value="&c;"/></Patient>`
	outside := `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd" [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><id value="&e;"/></Patient>`
	deepXML := `<Bundle xmlns="http://hl7.org/fhir">` + strings.Repeat("<entry>", 100_000)
	deepJSON := `{"resourceType":"Bundle","entry":` + strings.Repeat("[", 1_000_000)
	wide := `<Patient xmlns="http://hl7.org/fhir" ` + numbered(`a%d="" `, 10_000) + `/>`
	entries := `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Repeat(`{"resource":{"resourceType":"Task"}},`, 20_000) + `{}]}`
	return map[string]hostile{
		"XML entities":              recorded("r.xml", bomb, "XML-"),
		"XML external references":   recorded("r.xml", outside, "XML-"),
		"XML include":               recorded("r.xml", `<Bundle xmlns="http://hl7.org/fhir"><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></Bundle>`, "XML-"),
		"XML stylesheet":            recorded("r.xml", `<?xml-stylesheet href="http://127.0.0.1:1/"?><Patient xmlns="http://hl7.org/fhir"/>`, "XML-"),
		"XML nested deeply":         recorded("r.xml", deepXML, "XML-"),
		"XML with many attributes":  recorded("r.xml", wide, "XML-"),
		"JSON nested deeply":        recorded("r.json", deepJSON, "JSON-"),
		"JSON of 20 MiB":            recorded("r.json", `{"resourceType":"Patient","id":"`+strings.Repeat("a", 20<<20)+`"}`, "BUNDLE-TOO-LARGE"),
		"JSON with two of a key":    recorded("r.json", `{"resourceType":"Patient","id":"1","id":"2"}`, "JSON-"),
		"JSON with many entries":    recorded("r.json", entries, "BUNDLE-"),
		"envelopes in envelopes":    recorded("r.json", `[`+strings.Repeat(`{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"specversion":"1.0","id":"1","source":"s","type":"t"}},`, 5_000)+`{}]`, "invalid"),
		"Base64 of a bomb":          recorded("r.json", `{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"PCFET0NUWVBFIHggWzwhRU5USVRZIGEgImIiPl0+PFBhdGllbnQvPg=="}`, "XML-"),
		"context: XML entities":     contexts(bomb, "XML-"),
		"context: XML outside":      contexts(outside, "XML-"),
		"context: XML deep":         contexts(deepXML, "XML-"),
		"context: JSON deep":        contexts(deepJSON, "JSON-"),
		"context: 20 MiB":           contexts(strings.Repeat(" ", 20<<20), "larger than 5 MiB"),
		"triggers that are wrong":   {map[string]string{"r.json": `{"resourceType":"Task"}`, "t.csv": "system,code,term,evidence\n" + numbered("snomed,%d,x,y\n", 100_000)}, "map r.json --map record --triggers t.csv", "no SNOMED CT concept id"},
		"events of 20 MiB":          {map[string]string{"e.json": `{"type":"risk","description":"` + strings.Repeat("a", 20<<20) + `"}`}, "map e.json", "invalid"},
		"event nested deeply":       {map[string]string{"e.json": `{"type":` + strings.Repeat("[", 500_000)}, "map e.json", "invalid"},
		"extract with an open text": {map[string]string{"x/journal.csv": `1,J1,20260305,,9g10.,,,,,,,"` + strings.Repeat("a\n", 100_000), "x/patient.csv": "1,R1,19610504,F,ZZ99 1AA,A,9991234569\n"}, "map x --map vision", "CSV-"},
		"extract of zeros":          {map[string]string{"x/journal.csv": strings.Repeat("\x00", 5<<20), "x/patient.csv": ""}, "map x --map vision", "CSV-"},
	}
}

func hostileLogs() map[string]hostile {
	return map[string]hostile{
		"log with an open text":     throughMap("Ref,What\n1,\""+strings.Repeat("a\n", 100_000), aMap, "CSV-"),
		"log with a cell of 20 MiB": throughMap("Ref,What\n1,"+strings.Repeat("a", 20<<20)+"\n", aMap, "CSV-"),
		"log of 1,000,000 columns":  throughMap("Ref,What"+strings.Repeat(",x", 1_000_000)+"\n1,a\n", aMap, "CSV-"),
		"log of commas":             throughMap("Ref,What\n"+strings.Repeat(",", 10<<20), aMap, "CSV-"),
		"log of quotes":             throughMap("Ref,What\n"+strings.Repeat(`"`, 10<<20), aMap, "CSV-"),
		"log of zeros":              throughMap(strings.Repeat("\x00", 5<<20), aMap, "CSV-"),
		"log of line breaks":        throughMap(strings.Repeat("\n", 10<<20), aMap, "CSV-"),
		"answers with an open text": {map[string]string{"log.csv": aLog, "map.yaml": aMap, "a.csv": "reference,target,answer\n1,description,\"" + strings.Repeat("a\n", 1<<20)}, "map log.csv --map map.yaml --answers a.csv", "a.csv"},
	}
}

// Whatever is wrong with a file, the command ends in a clear error, in bounded time and
// memory, and says nothing of what other files of the computer hold.
func TestHostileInputs(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	for kind, all := range map[string]map[string]hostile{
		"map": hostileMaps(), "expression": hostileExpressions(), "workbook": hostileWorkbooks(), "record": hostileRecords(), "log": hostileLogs(),
	} {
		for name, c := range all {
			t.Run(kind+"/"+name, func(t *testing.T) { c.run(t, program) })
		}
	}
}

func (c *hostile) run(t *testing.T, program string) {
	dir := t.TempDir()
	for name, text := range c.files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Args = append([]string{"lfpse-measured"}, strings.Fields(c.args)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	_ = cmd.Run()
	said, memory := stderr.String(), 0
	if i := strings.LastIndexByte(said, '\n'); i >= 0 {
		memory, _ = strconv.Atoi(said[i+1:])
	}
	assert.Contains(t, []int{1, exitUsage}, cmd.ProcessState.ExitCode(), "the exit code")
	assert.Contains(t, said[:min(len(said), 4_000)]+stdout.String()[:min(stdout.Len(), 20_000)], c.says)
	assert.NotContains(t, said, "goroutine ")
	assert.NotContains(t, said+stdout.String(), "root:")
	assert.Less(t, len(said), 64<<10, "what is said fits a page or two")
	assert.Positive(t, memory)
	assert.Less(t, memory, hostileMemory)
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	assert.Less(t, took, hostileTime)
	t.Logf("%.1f s, %d MiB: %s", took.Seconds(), memory>>20, firstLine(said))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line[:min(len(line), 160)]
}
