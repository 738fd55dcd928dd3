// Package extract reads the tables of an extract from a clinical system and joins what
// belongs to an event that a code in the record hints at: see package trigger. The packages
// emis, systmone and vision know the tables of each system.
//
// Large tables are streamed: only what the triggers need is held. Every trigger of an
// extract is accounted for: it is a row of the [Log], a row that cannot be used, or left
// out for a reason that is counted.
package extract

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// Folder is an extract: a folder with a CSV file, or several, for each table.
type Folder struct {
	files    fs.FS
	opts     []csvlog.Option
	warnings []csvlog.Finding
	rounded  map[string]*place   // ids that lost digits, by table
	gaps     map[string]*place   // what else is missing, by what is said of it
	wanted   map[string][]string // columns by table, see Want
}

// place is how often something was found, and where first.
type place struct{ n, line int }

func (p *place) add(line int) {
	if p.n++; p.n == 1 {
		p.line = line
	}
}

// NewFolder returns the extract in a folder. The options say how its files are written.
func NewFolder(files fs.FS, opts ...csvlog.Option) *Folder {
	return &Folder{files: files, opts: opts, rounded: map[string]*place{}, gaps: map[string]*place{}, wanted: map[string][]string{}}
}

// Want names columns without which a table can be read, but not be judged, such as the one
// that says that an entry is deleted. A warning says that one is missing.
func (f *Folder) Want(table string, columns ...string) { f.wanted[table] = columns }

// Gap counts what is missing in the extract, so that events may be missing, too; text says
// what it is. line is 0 if it is on none.
func (f *Folder) Gap(text string, line int) { count(f.gaps, text, line) }

func count(in map[string]*place, what string, line int) {
	if in[what] == nil {
		in[what] = &place{}
	}
	in[what].add(line)
}

// Row is a row of a table. It is valid until the next one.
type Row struct {
	csvlog.Row
	file string
	at   map[string]int
}

// File says in which file the row stands, as in "File SRCode.csv: ".
func (r Row) File() string { return r.file }

// Get returns the cell of a column without the blanks around it, empty if the table does
// not have the column: extracts gain and lose columns from year to year.
func (r Row) Get(column string) string {
	i, ok := r.at[strings.ToLower(column)]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.Cell(i))
}

// First returns the first cell that is filled, of columns that are called differently in
// different versions of an extract.
func (r Row) First(columns ...string) string {
	for _, c := range columns {
		if text := r.Get(c); text != "" {
			return text
		}
	}
	return ""
}

// named returns the files of a table, in the order of their names: those whose name is
// that of the table or has it as a part between separators. Others that are called so, such
// as an archive, are reported. What begins with a full stop or ~$ is a note of an operating
// system or a spreadsheet about a file.
func (f *Folder) named(table string) ([]string, error) {
	entries, err := fs.ReadDir(f.files, ".")
	if err != nil {
		return nil, errors.New("the folder of the extract cannot be read")
	}
	var names, passed []string
	for _, e := range entries {
		ext := path.Ext(e.Name())
		switch {
		case !isPart(strings.TrimSuffix(e.Name(), ext), table), strings.HasPrefix(e.Name(), "."), strings.HasPrefix(e.Name(), "~$"):
		case strings.EqualFold(ext, ".csv") && e.Type().IsRegular():
			names = append(names, e.Name())
		default:
			passed = append(passed, e.Name())
		}
	}
	said := "Files of the table " + table + " are passed over, because they are no CSV files with a name that ends in .csv"
	if f.gaps[said] == nil { // a table may be read twice
		for range passed {
			f.Gap(said, 0)
		}
	}
	return names, nil
}

// isPart reports whether a name has a part between separators.
func isPart(name, part string) bool {
	name, part = strings.ToLower(name), strings.ToLower(part)
	for at := 0; ; at++ {
		i := strings.Index(name[at:], part)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(part)
		if (at == 0 || !letter(name[at-1])) && (end == len(name) || !letter(name[end])) {
			return true
		}
	}
}

func letter(b byte) bool { return 'a' <= b && b <= 'z' }

// Each calls visit for every row of a table, broken ones with their error. A table without
// a file, or without one of the needed columns, is a [*csvlog.FileError]; an optional one,
// for which nothing is needed, may be missing. columns names the columns of a table without
// a header row.
func (f *Folder) Each(table string, columns, need []string, visit func(Row, *csvlog.RowError)) error {
	names, err := f.named(table)
	if err != nil {
		return err
	}
	if len(names) == 0 && len(need) > 0 {
		return tableError("There is no CSV file of the table "+table+".", "Put all tables of the extract into one folder, unpacked, with names that end in .csv.")
	}
	for _, name := range names {
		if err := f.file(table, name, columns, need, visit); err != nil {
			return err
		}
	}
	delete(f.wanted, table) // a table may be read twice
	return nil
}

func (f *Folder) file(table, name string, columns, need []string, visit func(Row, *csvlog.RowError)) error {
	file, err := f.files.Open(name)
	if err != nil {
		return tableError("A file of the table "+table+" cannot be opened.", "Check who may read it.")
	}
	defer file.Close()
	opts := f.opts
	if len(columns) > 0 {
		opts = append(slices.Clone(opts), csvlog.WithColumns(columns...))
	}
	where := "File " + printable.Line(name) + ": "
	r, err := csvlog.NewReader(file, opts...)
	if err != nil {
		return fmt.Errorf("%s%w", where, err)
	}
	at := map[string]int{}
	for i, column := range r.Columns() {
		at[strings.ToLower(column)] = i
	}
	for _, column := range f.wanted[table] {
		if _, ok := at[strings.ToLower(column)]; !ok {
			f.Gap("The table "+table+" has no column "+column+", which says what is not to be used", 0)
		}
	}
	for _, column := range need {
		if _, ok := at[strings.ToLower(column)]; !ok {
			return tableError("The table "+table+" has no column "+column+".", "Export the extract with all columns.")
		}
	}
	for row, err := range r.Rows() {
		broken, isRow := errors.AsType[*csvlog.RowError](err)
		switch {
		case isRow:
			broken.Text = where + broken.Text
		case err != nil:
			return fmt.Errorf("%s%w", where, err)
		}
		visit(Row{row, where, at}, broken)
	}
	return nil
}

func tableError(text, fix string) error {
	return &csvlog.FileError{Finding: csvlog.Finding{Rule: "EXTRACT-TABLE", Text: text, Fix: fix}}
}

// Lookup reads a table that others refer to: it returns what keep makes of each row whose
// key is wanted. Rows that cannot be read are counted in a warning, because nobody can
// tell whether one of them was wanted.
func Lookup[T any](f *Folder, table string, columns, need []string, key func(Row) string, wanted map[string]bool, keep func(Row) T) (map[string]T, error) {
	out := make(map[string]T, len(wanted))
	var broken place
	err := f.Each(table, columns, need, func(r Row, e *csvlog.RowError) {
		if e != nil {
			broken.add(e.Line)
			return
		}
		if k := key(r); wanted[k] {
			out[strings.Clone(k)] = keep(r)
		}
	})
	if broken.n > 0 {
		f.warn(broken.line, "EXTRACT-ROW", fmt.Sprintf("Rows of the table %s cannot be read: %d, the first at this line.", table, broken.n), "Export the table again.")
	}
	return out, err
}

func (f *Folder) warn(line int, rule, text, fix string) {
	f.warnings = append(f.warnings, csvlog.Finding{Line: line, Rule: rule, Text: text, Fix: fix})
}

// Find looks for a SNOMED CT id of a row among the triggers, and notes one that has lost
// its last digits to a spreadsheet.
func (f *Folder) Find(triggers *trigger.Set, table, id string, line int) (trigger.Trigger, bool) {
	f.Whole(table, id, line)
	return triggers.Find(trigger.SNOMED, id)
}

// Whole notes an id that has lost its last digits to a spreadsheet.
func (f *Folder) Whole(table, id string, line int) {
	if trigger.Rounded(id) {
		count(f.rounded, table, line)
	}
}

// Log is what an extract says about the events that its codes hint at. It is a
// mapping.Table: each row is an event, with columns that are the same whatever the version
// of the extract. It is for one goroutine at a time.
type Log struct {
	columns  []string
	rows     []entry
	skipped  map[string]int
	warnings []csvlog.Finding
}

type entry struct {
	line  int
	cells []string
	err   *csvlog.RowError
}

// NewLog returns an empty log with columns.
func NewLog(columns ...string) *Log { return &Log{columns: columns, skipped: map[string]int{}} }

// Add adds an event, which begins at a line of its table.
func (l *Log) Add(line int, cells map[string]string) {
	e := entry{line: line, cells: make([]string, len(l.columns))}
	for i, name := range l.columns {
		e.cells[i] = csvlog.CleanCell(strings.Clone(cells[name]))
	}
	l.rows = append(l.rows, e)
}

// Break adds a row that cannot be used.
func (l *Log) Break(line int, rule, text, fix string) {
	l.rows = append(l.rows, entry{line: line, err: &csvlog.RowError{Finding: csvlog.Finding{Line: line, Rule: rule, Text: text, Fix: fix}, LastLine: line}})
}

// Skip counts an entry that is left out, by its reason, such as "the entry is deleted".
func (l *Log) Skip(reason string) { l.skipped[reason]++ }

// Finish sorts the rows by line and takes over the warnings about the folder.
func (l *Log) Finish(f *Folder) *Log {
	slices.SortStableFunc(l.rows, func(a, b entry) int { return a.line - b.line })
	for _, table := range slices.Sorted(maps.Keys(f.rounded)) {
		p := f.rounded[table]
		f.warn(p.line, "EXTRACT-ROUNDED", fmt.Sprintf("Ids of the table %s look rounded by a spreadsheet: %d, the first at this line.", table, p.n), "Take the extract as the system wrote it: events may be missing here.")
	}
	for _, text := range slices.Sorted(maps.Keys(f.gaps)) {
		p := f.gaps[text]
		switch {
		case p.line > 0:
			text = fmt.Sprintf("%s: %d, the first at this line", text, p.n)
		case p.n > 1:
			text = fmt.Sprintf("%s: %d", text, p.n)
		}
		f.warn(p.line, "EXTRACT-GAP", text+".", "Put all that was exported at one time into one folder, unpacked and with all columns: events may be missing here, or wrong.")
	}
	l.warnings = f.warnings
	for _, reason := range slices.Sorted(maps.Keys(l.skipped)) {
		l.warnings = append(l.warnings, csvlog.Finding{Rule: "EXTRACT-SKIPPED", Text: fmt.Sprintf("Entries that make no draft: %d. Why: %s.", l.skipped[reason], reason), Fix: "That is usually right. Record an event that is missing here by hand, in an incident log or the form."})
	}
	return l
}

// Skipped returns how many events were left out, by reason.
func (l *Log) Skipped() map[string]int { return maps.Clone(l.skipped) }

// Columns returns the names of the columns.
func (l *Log) Columns() []string { return slices.Clone(l.columns) }

// Warnings returns what was found in the extract, and how many events were left out.
func (l *Log) Warnings() []csvlog.Finding { return slices.Clone(l.warnings) }

// Rows yields the events in the order of their table, and a *csvlog.RowError for each that
// cannot be used.
func (l *Log) Rows() iter.Seq2[csvlog.Row, error] {
	return func(yield func(csvlog.Row, error) bool) {
		for i, e := range l.rows {
			if e.err != nil {
				e.err.Number = i + 1
				if !yield(csvlog.Row{}, e.err) {
					return
				}
			} else if !yield(csvlog.NewRow(i+1, e.line, e.cells), nil) {
				return
			}
		}
	}
}

// Format prints the name of the type and nothing else.
func (*Log) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "extract.Log") }

// LogValue logs the name of the type and nothing else.
func (*Log) LogValue() slog.Value { return slog.StringValue("extract.Log") }

// Format prints the line of the row and none of its cells.
func (r Row) Format(f fmt.State, v rune) { r.Row.Format(f, v) }

// LogValue logs the line of the row and none of its cells.
func (r Row) LogValue() slog.Value { return r.Row.LogValue() }

// True reports whether a cell says yes. Whatever is no clear no counts as one, because
// what it says is that a row is deleted, a test or confidential.
func True(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "0", "0.0", "n", "no", "false", "f":
		return false
	}
	return true
}
