package mapping

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// Log reads an incident log through a [Mapper]. It is for one goroutine at a time.
type Log struct {
	m       *Mapper
	r       Table
	index   []int // number of each of the mapper's columns in a row of the log
	others  []otherColumn
	records fs.FS
	answers *Answers
	taken   map[string]bool // references of answers that rows have

	releases *Releases
	released map[string]bool // references of releases that rows have

	recordOptions []fhircontext.Option
	kept          recordCache

	seed maphash.Seed
	seen hashSet // hashes of the references so far
}

// otherColumn is a column of the log that the map does not use.
type otherColumn struct {
	index int
	kind  columnKind
}

// LogOption changes how a log is read.
type LogOption func(*Log)

// WithRecords gives the folder that the map's source.context is relative to. The
// default is to read no patient's record. Records are read inside the folder only: a link
// that leads out of it, a pipe or a device makes the row invalid. The file system of
// [os.Root.FS] guarantees this even while the folder changes; any other one is trusted in
// what it shows of its links. A record that several rows name is read once, as long as
// its file stays as it is. opts say how records are read:
// [fhircontext.WithDMD] tells the dm+d level of a medicine's code.
func WithRecords(folder fs.FS, opts ...fhircontext.Option) LogOption {
	return func(l *Log) { l.records, l.recordOptions = folder, opts }
}

// WithAnswers sets the answers that people have given.
func WithAnswers(a *Answers) LogOption { return func(l *Log) { l.answers = a } }

// WithReleases sets what people have released of what the privacy screen found.
func WithReleases(r *Releases) LogOption { return func(l *Log) { l.releases = r } }

// Table is a log in rows and columns: a [csvlog.Reader], the sheet of a workbook, or the
// joined tables of an extract. The names of the columns are those of [csvlog.ColumnName].
// Rows yields a [*csvlog.RowError] for a row that cannot be read, and ends with any other
// error. What Warnings returns is complete when Rows has ended.
type Table interface {
	Columns() []string
	Rows() iter.Seq2[csvlog.Row, error]
	Warnings() []csvlog.Finding
}

// Recorded is a [Table] whose rows stand in patients' records, each of which counts in place
// of source.context. Record returns that of the row which Rows has yielded last, as
// [fhircontext.Load] gives it.
type Recorded interface {
	Table
	Record() (*fhircontext.Context, fhir.Issues)
}

// Open starts reading a CSV log and checks that it has the columns the map needs. Memory
// grows by about 15 bytes per row only, to notice repeated references. The error, of type
// [*csvlog.FileError] or [*ColumnError], says what is wrong with the file.
func (m *Mapper) Open(src io.Reader, opts ...LogOption) (*Log, error) {
	r, err := csvlog.NewReader(src, m.csvOptions()...)
	if err != nil {
		return nil, err
	}
	r.AllowMissing(m.mayLack(r.Columns())...)
	return m.OpenTable(r, opts...)
}

// OpenTable does what Open does for a log that is not CSV. What the map says about the
// file, such as its encoding, does not count.
func (m *Mapper) OpenTable(r Table, opts ...LogOption) (*Log, error) {
	l := &Log{m: m, r: r, taken: map[string]bool{}, released: map[string]bool{}, seed: maphash.MakeSeed()}
	for _, o := range opts {
		o(l)
	}
	have := r.Columns()
	var missing []string
	for _, name := range m.columns {
		i := slices.Index(have, name)
		if i < 0 {
			missing = append(missing, name)
		}
		l.index = append(l.index, i)
	}
	if len(missing) > 0 {
		csv, is := r.(*csvlog.Reader)
		return nil, &ColumnError{Missing: missing, Have: have, csv: is, split: is && m.m.Source.Delimiter != "" && !strings.Contains(have[0], string(csv.Delimiter()))}
	}
	for i, name := range have {
		if !slices.Contains(l.index, i) {
			l.others = append(l.others, otherColumn{i, kindOfColumn(name)})
		}
	}
	if err := csvlog.Repeated(have, m.columns...); err != nil {
		return nil, err
	}
	return l, nil
}

func (m *Mapper) csvOptions() []csvlog.Option {
	var opts []csvlog.Option
	switch m.m.Source.Encoding {
	case "utf-8":
		opts = append(opts, csvlog.WithEncoding(csvlog.UTF8))
	case "windows-1252":
		opts = append(opts, csvlog.WithEncoding(csvlog.Windows1252))
	case "mac-roman":
		opts = append(opts, csvlog.WithEncoding(csvlog.MacRoman))
	}
	if d := m.m.Source.Delimiter; d != "" {
		opts = append(opts, csvlog.WithDelimiter(d[0]))
	}
	if c := m.m.Source.Columns; len(c) > 0 {
		opts = append(opts, csvlog.WithColumns(c...))
	}
	return opts
}

// ColumnError says which columns of the map a log does not have.
type ColumnError struct {
	Missing, Have []string

	csv   bool // the log is CSV, for which a map can give the names
	split bool // its lines are not in quotes: the map has another delimiter
}

// Error names the missing columns and, for each, one of the log that looks alike. If the
// log has them all in one cell, or seems to have no column names, it says so.
func (e *ColumnError) Error() string {
	var b strings.Builder
	near := false
	b.WriteString("the log does not have every column that the map uses; missing:")
	for _, m := range e.Missing {
		fmt.Fprintf(&b, "\n  %q", echo(m))
		for _, h := range e.Have {
			if lettersAndDigits(m) != "" && strings.EqualFold(lettersAndDigits(h), lettersAndDigits(m)) {
				fmt.Fprintf(&b, " (the log has %q)", echo(h))
				near = true
			}
		}
	}
	switch {
	case e.csv && !e.split && e.wholeLines():
		b.WriteString("\n" + wholeLinesText)
		return b.String()
	case !e.csv && e.wholeLines():
		b.WriteString("\neach row of the log has everything in its first cell: in Excel, split column A with Data > Text to Columns")
		return b.String()
	case len(e.Missing) > 1 && !near:
		b.WriteString("\nperhaps the first row of the log is not the one with the column names: delete the rows above it")
		if e.csv {
			b.WriteString(", or give the names as source.columns")
		}
	}
	b.WriteString("\ncorrect the column names in the map, or export the log with them")
	return b.String()
}

// wholeLinesText says what Excel makes of a log whose delimiter is not that of its country.
const wholeLinesText = "each line of the log is one single cell in quotes: use the log as it was exported, without saving it from Excel, or split column A there with Data > Text to Columns and save it as \"CSV UTF-8\""

// wholeLines reports whether the only column name is several, one of which is missing.
func (e *ColumnError) wholeLines() bool {
	names := namesIn(e.Have)
	return len(names) > 1 && slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(e.Missing, func(m string) bool { return strings.EqualFold(lettersAndDigits(name), lettersAndDigits(m)) })
	})
}

// namesIn splits the only name of these columns as a line of CSV.
func namesIn(columns []string) []string {
	if len(columns) == 0 || strings.Join(columns[1:], "") != "" {
		return nil
	}
	return strings.FieldsFunc(columns[0], func(r rune) bool { return strings.ContainsRune(",;|", r) })
}

// lettersAndDigits drops everything but letters and digits.
func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// Drafts yields one draft for every row of the log, broken ones included, in the
// order of the rows. An error, of type [*csvlog.FileError], means that the rest of
// the file cannot be read; it comes last. Stopping early is allowed: a later call
// goes on from there.
func (l *Log) Drafts() iter.Seq2[draft.Draft, error] {
	return func(yield func(draft.Draft, error) bool) {
		var d draft.Draft // its memory is used for every row
		for row, err := range l.Rows() {
			if err != nil {
				yield(draft.Draft{}, err)
				return
			}
			d = draft.Draft{}
			if row(&d); !yield(d, nil) {
				return
			}
		}
	}
}

// Rows yields, in the order of Drafts, a function for every row of the log that makes its
// draft, for example for submission.Builder.PrepareAll. One goroutine reads the rows;
// several may call the functions at the same time, each function once. Then the function
// that returns the current day, those of the record options, and the folder of
// [WithRecords] must be safe for concurrent use.
func (l *Log) Rows() draft.Source {
	return func(yield func(func(*draft.Draft), error) bool) {
		for in, err := range l.r.Rows() {
			row, fatal := l.begin(in, err)
			if !yield(row, fatal) || fatal != nil {
				return
			}
		}
	}
}

// begin does what must be done in the order of the rows: it decides whether the row can
// be used at all, and if so takes its answers. The error is one that ends the log.
func (l *Log) begin(in csvlog.Row, err error) (func(*draft.Draft), error) {
	if err != nil {
		broken, is := errors.AsType[*csvlog.RowError](err)
		if !is {
			return nil, err
		}
		return func(d *draft.Draft) { *d = brokenRow(broken) }, nil
	}
	r := l.m.rows.Get().(*rowMapper)
	r.index = l.index
	for i, at := range l.index {
		if r.cells[i] = strings.TrimSpace(in.Cell(at)); in.Lacks(at) {
			r.absent = append(r.absent, i)
		}
	}
	for _, o := range l.others {
		r.other(o.kind, in.Cell(o.index))
	}
	r.start("", in.Line)
	l.identify(r)
	if recorded, is := l.r.(Recorded); is {
		r.read(recorded.Record())
	}
	return func(d *draft.Draft) { l.finish(r, d) }, nil
}

// identify takes the answers to a row, and sets the row aside if its reference says
// nothing about which row it is.
func (l *Log) identify(r *rowMapper) {
	var names []string
	if l.answers != nil || l.releases != nil { // these show the line where there is no reference or it must not be shown
		names = []string{r.name(), lineName(r.line)}
	}
	for _, name := range names {
		if r.answers = l.answers.to(name); r.answers != nil {
			l.taken[name] = true
			break
		}
	}
	for _, name := range names {
		if r.releases = l.releases.For(name); r.releases != nil {
			l.released[name] = true
			break
		}
	}
	switch {
	case r.state != "" || l.m.ref < 0:
	case unusableReference(r.cells[l.m.ref]) != "":
		r.setAside(rule.Issue("MAP-REFERENCE", r.referencePath(), unusableReference(r.cells[l.m.ref])))
	case strings.HasPrefix(r.cells[l.m.ref], "sha256:"): // the outbox would refuse all rows for this one
		i := rule.Issue("MAP-REFERENCE", r.referencePath(), "The reference begins with sha256:, as those do that an outbox gives to rows without one.")
		i.Fix = "Give the row a reference that begins otherwise, or none."
		r.setAside(i)
	case !l.seen.add(maphash.String(l.seed, r.name())):
		r.setAside(rule.Issue("MAP-DUPLICATE", r.referencePath(), "An earlier row has the same reference."))
	}
}

// brokenRow is the draft of a row that cannot be read.
func brokenRow(e *csvlog.RowError) draft.Draft {
	return draft.Draft{
		Reference: lineName(e.Line), Line: e.Line, State: draft.Invalid, Reason: e.Text,
		Issues: fhir.Issues{{Severity: fhir.Error, Rule: e.Rule, Path: lineName(e.Line), Offset: -1, Text: e.Text, Fix: e.Fix}},
	}
}

// finish reads the patient's record, unless the row came with it, and makes the draft of a
// row. It changes nothing else, so it may be called for several rows at the same time.
func (l *Log) finish(r *rowMapper, d *draft.Draft) {
	if r.state == "" && r.context == nil {
		r.read(l.context(r))
	}
	r.finish(d)
}

// read takes the patient's record, or sets the row aside if it cannot be read.
func (r *rowMapper) read(context *fhircontext.Context, issues fhir.Issues) {
	switch {
	case r.state != "":
	case issues.HasErrors():
		r.setAside(issues...)
	default:
		r.context, r.found = context, append(r.found, issues...)
	}
}

// Warnings returns the warnings about the file as a whole, such as mixed encodings. The
// list is complete when Drafts has ended.
func (l *Log) Warnings() []csvlog.Finding {
	return slices.Concat(l.r.Warnings(), l.answers.unused(l.taken), l.releases.Unused(l.released))
}

// hashSet is a set of 64-bit hashes. It takes 10 to 15 bytes per entry, whereas a map
// takes up to 40, and it grows in small parts.
type hashSet struct {
	parts [256]hashPart
}

// hashPart is a hash table with linear probing; 0 marks a free slot.
type hashPart struct {
	slots []uint64
	used  int
}

// add puts a hash into the set; false if it was there already.
func (s *hashSet) add(h uint64) bool {
	h = max(h, 1)
	p := &s.parts[h>>56]
	if 5*p.used >= 4*len(p.slots) {
		p.grow()
	}
	if !p.insert(h) {
		return false
	}
	p.used++
	return true
}

func (p *hashPart) grow() {
	old := p.slots
	p.slots = make([]uint64, max(16, len(old)+len(old)/2))
	for _, h := range old {
		if h != 0 {
			p.insert(h)
		}
	}
}

func (p *hashPart) insert(h uint64) bool {
	for i := int(h % uint64(len(p.slots))); ; i++ {
		if i == len(p.slots) {
			i = 0
		}
		switch p.slots[i] {
		case 0:
			p.slots[i] = h
			return true
		case h:
			return false
		}
	}
}

// Format prints the name of the type and nothing else.
func (*Log) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mapping.Log") }

// LogValue logs the name of the type and nothing else.
func (*Log) LogValue() slog.Value { return slog.StringValue("mapping.Log") }
