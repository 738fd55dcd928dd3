package mapping

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Map declares how the rows of one kind of log become events. It is the Go form
// of the YAML file; [ParseMap] reads and checks it.
type Map struct {
	Name        string `yaml:"name"`
	Version     string `yaml:"version"`
	Description string `yaml:"description"`
	// Include is the map that this one changes: the name of a built-in map, or a file beside
	// this one, such as base.yaml. A map has what it includes, except that:
	//   - columns gives columns other names, before all else: the name there, and the name here;
	//   - drop takes out fields by their targets, such as date or patients[0].physicalHarm;
	//   - a key of source or privacy that stands here counts, and so do name, version and description;
	//   - a field with the target of a field there changes that one: the keys that stand
	//     here count, also blank ones, and column, columns and expr replace each other. If
	//     several fields there have the target, it changes the one with the same event types.
	//     Any other field comes after all of those;
	//   - a patient changes the one in the same place, in the same way;
	//   - what is skipped here comes before what is skipped there;
	//   - a word list replaces the one of its name, unless it extends it, see [ValueMap].
	// What is included may include another map.
	Include string            `yaml:"include"`
	Columns map[string]string `yaml:"columns"`
	Drop    []string          `yaml:"drop"`
	Source  Source            `yaml:"source"`
	// Skip lists the rows that are not for LFPSE, with the reason. The first that
	// matches decides.
	Skip []Skip `yaml:"skip"`
	// Fields fill the event, in the order given. A target that already has a
	// value is left as it is, unless it is a list.
	Fields []Field `yaml:"fields"`
	// Patients are the patients a row can have, the first being patients[0]. One
	// whose condition does not hold is left out.
	Patients []Patient `yaml:"patients"`
	// Values are the word lists that fields refer to by name.
	Values map[string]ValueMap `yaml:"values"`
	// Privacy says what findings of the privacy screen do, where it is not the default, in
	// the form of [privacy.ParsePolicy]: titled-name: block. See [Map.Policy].
	Privacy map[string]string `yaml:"privacy"`

	places  places
	builtin string // see Base
}

// Base returns the name of the built-in map that this one is, or changes, whatever it calls
// itself: the folder of an extract, for example, is read for a map that changes emis. It is
// empty if there is none.
func (m *Map) Base() string { return m.builtin }

// Source says how the log is written.
type Source struct {
	// Encoding is auto (the default), utf-8, windows-1252 or mac-roman.
	Encoding string `yaml:"encoding"`
	// Delimiter is the character between cells. By default it is detected.
	Delimiter string `yaml:"delimiter"`
	// Columns names the columns of a log that has no header row.
	Columns []string `yaml:"columns"`
	// Reference is the column that names a row in reports; the default is its
	// line number, which also stands in the place of a reference that holds personal
	// data.
	Reference string `yaml:"reference"`
	// Dates and Times are the layouts in use, tried in order, in the notation of
	// Go's time package: 02/01/2006 is day, month, year. Months are the layouts
	// of dates of which only the month is known, such as 01/2006.
	Dates  []string `yaml:"dates"`
	Months []string `yaml:"months"`
	Times  []string `yaml:"times"`
	// Deny are columns that hold somebody's name, number, date of birth, address or
	// contact details. They are never sent, and a row whose texts contain them is
	// blocked.
	Deny []string `yaml:"deny"`
	// Context is the file that holds the patient's record for a row, relative to
	// the log; {Column} stands for the cell of that column. A row in which such a
	// cell is blank has no record.
	Context string `yaml:"context"`
	// ContextOptional allows a row without its record if the file does not exist. By
	// default such a row is invalid, because the names in the record cannot be looked for
	// in the texts.
	ContextOptional bool `yaml:"context-optional"`
}

// Skip is a kind of row that is not for LFPSE.
type Skip struct {
	When   Condition `yaml:"when"`
	Reason string    `yaml:"reason"`
}

// Condition tests one column, or several by an expression. Texts are compared without
// regard to case and to blanks, but not those of an expression. Exactly one of the tests is
// given.
type Condition struct {
	Column  string   `yaml:"column"`
	In      []string `yaml:"in"`       // the cell is one of these
	NotIn   []string `yaml:"not-in"`   // the cell is none of these; blank is none of these
	Filled  *bool    `yaml:"filled"`   // the cell is filled, or blank
	AtLeast *int     `yaml:"at-least"` // the cell is a whole number of at least this
	// Expr is a test that reads its columns itself: row["Grade"] == "A" and row["Ward"] != "".
	// [Field.Expr] says what it may have. The condition of a patient has none, because what
	// is said of the number of patients must be seen from one column.
	Expr string `yaml:"expr"`
}

// Patient is one patient a row can have.
type Patient struct {
	When   *Condition `yaml:"when"` // the default is that the patient is always there
	Fields []Field    `yaml:"fields"`
}

// Field fills one property of the event. The sources are tried in this order: column or expr,
// context, default; if none gives a value, ask makes it a question.
type Field struct {
	// To is the target: a path in the JSON form of the event, such as type or
	// location.serviceArea, or age, birthDate, medicines, devices, or patients for the
	// number of patients affected.
	To string `yaml:"to"`
	// For restricts the field to some event types; the default is all.
	For []string `yaml:"for"`
	// When restricts the field to rows for which the condition holds.
	When *Condition `yaml:"when"`
	// Column or Columns give the value; several are joined with Join.
	Column  string   `yaml:"column"`
	Columns []string `yaml:"columns"`
	Join    string   `yaml:"join"` // the default is a blank line
	// Expr computes the text that a cell would hold, from cells written as row["Name"], in the
	// language of github.com/expr-lang/expr: trim(part(row["Grade"], "-", 0)). It has texts
	// and numbers, + - * / %, == != < <= > >=, in, contains, startsWith, endsWith, matches
	// with a pattern in quotes, and, or, not, a ? b : c, [from:to], and the functions lower,
	// upper, trim, trimPrefix, trimSuffix, len, int, string, replace(text, old, new) and
	// part(text, separator, n), which counts from 0. It is checked when the map is read.
	// Where it gives no text, the cell counts as blank. It cannot give what only a person can
	// say, see [draft.OnlyFromPeople], nor a date of birth, medicines and devices.
	Expr string `yaml:"expr"`
	// Split cuts the cell into several values at this text.
	Split string `yaml:"split"`
	// Values names the word list that translates the cell.
	Values string `yaml:"values"`
	// Context takes the value from the patient's record: age, gender, ethnicity,
	// gender-identity, organisation, reporter-role, medicines, devices. The medicines of a
	// record are candidates: those are involved that the column names, or the only one if
	// it is in use and the event is about a medicine, that is, its agents or When say so.
	// Otherwise it is asked which were.
	Context string `yaml:"context"`
	// Level declares, for medicines, at which level of dm+d the codes of the record are:
	// vmp or vtm. By default only the names are used.
	Level string `yaml:"level"`
	// Unreadable says what becomes of a cell that is filled but cannot be read: ask (the
	// default), or absent, which leaves the property out and says so in the trace.
	Unreadable string `yaml:"unreadable"`
	// Unit is the unit of an age that states none: years (the default), months, weeks or
	// days.
	Unit string `yaml:"unit"`
	// Default is the value if there is no other. It is visible in the trace. A default for
	// what only a person can say, such as a grade of harm, is warned of.
	Default string `yaml:"default"`
	// Ask is the question to a person if nothing else gives a value.
	Ask string `yaml:"ask"`
}

// ValueMap is a word list: words of the log and what they mean.
type ValueMap struct {
	// Match is exact (the default), prefix, contains or pattern (a regular
	// expression in RE2 syntax). Matching ignores case and extra blanks, and keeps
	// to whole words. Of several entries that match, the one that matches the longest
	// part of the cell wins, so a "GP receptionist" is a receptionist where the list
	// has both words. Where two match parts of the same length and stand for different
	// values, the cell becomes a question. So does a grade of harm that does not stand by
	// itself or before its definition, in brackets or after a colon or dash, whatever part
	// of it prefix or contains matches: low to moderate, none at present.
	Match string `yaml:"match"`
	// System declares the code system of the entries if they are bare codes. It is
	// required for a gender list whose entries are digits, since 1 is male in one system
	// and female in another.
	System string `yaml:"system"`
	// File is a CSV file beside the map with the columns SourceCode, SourceTerm, TargetCode
	// and Comment: each code and each term is a word. Entries count before it.
	File string `yaml:"file"`
	// Extends is the list to which this one adds its entries: another one of the map, or by
	// its own name the list that it would replace, which the included map has or is built in.
	// What the entries say of a word counts. Match and System are those of that list unless
	// they stand here.
	Extends string `yaml:"extends"`
	// Entries are the words and what they stand for; ask makes a question of a
	// word, absent leaves the property out.
	Entries yaml.MapSlice `yaml:"entries"`
}

// The words that an entry of a [ValueMap] can stand for besides a value.
const (
	AskValue    = "ask"
	AbsentValue = "absent"
)

// MapError lists all that is wrong with a map, each with its line or its place,
// such as fields[3], and the id of its rule: package rule explains each. Of very many the
// first hundred are listed.
type MapError struct {
	Findings []csvlog.Finding
}

// maxFindings is how many findings an error about a map has at most.
const maxFindings = 100

// mapError returns the error of findings, of which there is at least one.
func mapError(all []csvlog.Finding) *MapError {
	if more := len(all) - maxFindings; more > 0 {
		all = append(all[:maxFindings:maxFindings], finding(place{}, "MAP-SIZE", "%d more findings about the map are left out", more))
	}
	return &MapError{all}
}

// Error lists the findings, one a line.
func (e *MapError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// maxEcho is the length in bytes of the longest text of a finding about a map, which may
// quote words of it.
const maxEcho = 400

// echo returns a text that quotes a map, without control characters and cut in its middle
// if it is long.
func echo(text string) string {
	if len(text) > maxEcho {
		text = strings.ToValidUTF8(text[:maxEcho*3/4], "") + " … " + strings.ToValidUTF8(text[len(text)-maxEcho/4:], "")
	}
	return printable.Line(text)
}

// finding is a finding about a map by a rule of the catalogue, which says what to do.
func finding(at place, id, format string, args ...any) csvlog.Finding {
	text := ended(strings.TrimSuffix(echo(fmt.Sprintf(format, args...)), "."))
	return csvlog.Finding{File: at.file, Line: at.line, Column: at.column, Rule: id, Text: text, Fix: rule.Issue(id, "", "").Fix}
}

// The map of a known export is in the folder of the package that describes the export.
//
//go:embed builtin/values.yaml */map.yaml
var builtin embed.FS

// Builtin returns the map of a known export by name; [BuiltinNames] lists them.
func Builtin(name string) (*Map, error) {
	data, err := BuiltinData(name)
	if err != nil {
		return nil, err
	}
	m, err := (&loader{}).finish(data, "built-in map "+name)
	if err == nil {
		m.builtin = name
	}
	return m, err
}

// BuiltinData returns the YAML of a built-in map, as a start for a map of one's own.
func BuiltinData(name string) ([]byte, error) {
	data, err := builtin.ReadFile(name + "/map.yaml")
	if err != nil || strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("there is no built-in map %q; there is %s%s", name, strings.Join(BuiltinNames(), ", "), nearest.Hint(name, BuiltinNames()))
	}
	return data, nil
}

// BuiltinNames lists the built-in maps.
func BuiltinNames() []string {
	files, _ := fs.Glob(builtin, "*/map.yaml")
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = path.Dir(f)
	}
	return names
}
