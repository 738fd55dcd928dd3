package mapping

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// Log is an incident log being read through a [Mapper]. It is used by one
// goroutine.
type Log struct {
	m       *Mapper
	r       *csvlog.Reader
	index   []int // place in the row of each of the mapper's columns
	records fs.FS
	answers *Answers

	recordOptions []fhircontext.Option

	workers int
	ahead   []*job // rows begun and not yet yielded, with several workers
	end     error  // met by reading ahead, to be yielded after those

	seed maphash.Seed
	seen hashSet // hashes of the references so far
}

// LogOption changes how a log is read.
type LogOption func(*Log)

// WithRecords gives the folder that the map's source.context is relative to. The
// default is to read no patient's record.
// opts say how records are read: [fhircontext.WithDMD] tells the dm+d level of a
// medicine's code.
func WithRecords(folder fs.FS, opts ...fhircontext.Option) LogOption {
	return func(l *Log) { l.records, l.recordOptions = folder, opts }
}

// WithAnswers gives what people have answered, by reference and target.
func WithAnswers(a *Answers) LogOption { return func(l *Log) { l.answers = a } }

// WithWorkers maps up to n rows at the same time, in goroutines that live no longer
// than the loop over [Log.Drafts]. The drafts are the same and come in the same
// order; up to 16 rows a worker are read ahead. The functions of [WithToday] and of
// the record options, and the folder of [WithRecords], are then used by several
// goroutines at once. The default is 1: no goroutine is started.
func WithWorkers(n int) LogOption { return func(l *Log) { l.workers = n } }

// Open starts reading a CSV log and checks that it has the columns the map
// needs. Memory does not grow with the log except by 15 bytes or so a row, to
// notice a reference that comes twice. The error, of type [*csvlog.FileError] or
// [*ColumnError], says what is wrong with the file.
func (m *Mapper) Open(src io.Reader, opts ...LogOption) (*Log, error) {
	r, err := csvlog.NewReader(src, m.csvOptions()...)
	if err != nil {
		return nil, err
	}
	l := &Log{m: m, r: r, seed: maphash.MakeSeed()}
	for _, o := range opts {
		o(l)
	}
	var missing []string
	for _, name := range m.columns {
		i, ok := r.Column(name)
		if !ok {
			missing = append(missing, name)
		}
		l.index = append(l.index, i)
	}
	if len(missing) > 0 {
		return nil, &ColumnError{Missing: missing, Have: r.Columns()}
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
}

// Error names the missing columns and, for each, one of the log that looks alike.
func (e *ColumnError) Error() string {
	var b strings.Builder
	b.WriteString("the log does not have every column that the map uses; missing:")
	for _, m := range e.Missing {
		fmt.Fprintf(&b, "\n  %q", m)
		for _, h := range e.Have {
			if squash(m) != "" && strings.EqualFold(squash(h), squash(m)) {
				fmt.Fprintf(&b, " (the log has %q)", h)
			}
		}
	}
	b.WriteString("\ncorrect the column names in the map, or export the log with them")
	return b.String()
}

// squash drops everything but letters and digits.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127 {
			return r
		}
		return -1
	}, s)
}

// Drafts yields one draft for every row of the log, broken ones included, in the
// order of the rows. An error, of type [*csvlog.FileError], means that the rest of
// the file cannot be read; it comes last. Stopping early is allowed: a later call
// goes on from there.
func (l *Log) Drafts() iter.Seq2[Draft, error] {
	if l.workers > 1 {
		return l.together
	}
	return func(yield func(Draft, error) bool) {
		for in, err := range l.r.Rows() {
			w, fatal := l.begin(in, err)
			if fatal != nil {
				yield(Draft{}, fatal)
				return
			}
			l.finish(w)
			if !yield(w.d, nil) {
				return
			}
		}
	}
}

// begin does what must be done row by row in the order of the log: it settles
// whether the row can be used at all, and if so takes its answers. The error is one
// that ends the log.
func (l *Log) begin(in csvlog.Row, err error) (*work, error) {
	var broken *csvlog.RowError
	switch {
	case errors.As(err, &broken):
		return &work{d: rowDraft(broken)}, nil
	case err != nil:
		return nil, err
	}
	r := &row{line: in.Line, cells: make([]string, len(l.index))}
	for i, at := range l.index {
		r.cells[i] = in.Cell(at)
	}
	w := l.m.start(r)
	r.reference = w.d.Reference
	r.answers = l.answers.take(r.reference)
	if w.d.State == "" && l.m.ref >= 0 && !l.seen.add(maphash.String(l.seed, r.reference)) {
		w.d = invalid(r, fhir.Issues{{Severity: fhir.Error, Rule: "MAP-DUPLICATE", Path: "column " + l.m.m.Source.Reference, Offset: -1,
			Text: "An earlier row has the same reference.", Fix: "If it is the same event, remove one row; if not, give it a reference of its own."}})
	}
	return w, nil
}

// rowDraft is the draft of a row that cannot be read.
func rowDraft(e *csvlog.RowError) Draft {
	return Draft{
		Reference: fmt.Sprintf("line %d", e.Line), Line: e.Line, State: InvalidRecord, Reason: e.Text,
		Issues: fhir.Issues{{Severity: fhir.Error, Rule: e.Rule, Path: fmt.Sprintf("line %d", e.Line), Offset: -1, Text: e.Text, Fix: e.Fix}},
	}
}

// finish makes the draft of a row that can be used. It changes nothing but that,
// so it may be called for several rows at the same time.
func (l *Log) finish(w *work) {
	if w.d.State != "" {
		return
	}
	context, issues := l.context(w.r)
	if issues.HasErrors() {
		w.d = invalid(w.r, issues)
		return
	}
	w.r.context = context
	w.d.Issues = append(w.d.Issues, issues...)
	w.event()
	w.build()
}

func invalid(r *row, issues fhir.Issues) Draft {
	return Draft{Reference: r.reference, Line: r.line, State: InvalidRecord, Reason: issues[0].Text, Issues: issues}
}

// context reads the patient's record that belongs to a row, if there is one.
func (l *Log) context(r *row) (*fhircontext.Context, fhir.Issues) {
	if l.records == nil || len(l.m.context) == 0 {
		return nil, nil
	}
	var name strings.Builder
	for _, s := range l.m.context {
		if s.column < 0 {
			name.WriteString(s.text)
			continue
		}
		cell := strings.TrimSpace(r.cells[s.column])
		if cell == "" {
			return nil, nil
		}
		if strings.ContainsAny(cell, `/\:`) || strings.HasPrefix(cell, ".") {
			return nil, contextIssue("The cell that names the patient's record cannot be part of a file name.", "Use letters, digits, dashes and dots.")
		}
		name.WriteString(cell)
	}
	data, err := readLimited(l.records, path.Clean(name.String()))
	switch {
	case errors.Is(err, fs.ErrNotExist) && l.m.m.Source.ContextOptional:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, contextIssue("The patient's record that the row names is not there.", "Put the file in its place, or blank the cell that names it.")
	case err != nil:
		return nil, contextIssue("The patient's record cannot be read: "+reason(err)+".", "")
	}
	c, issues := fhircontext.Load(data, l.recordOptions...)
	for i := range issues {
		issues[i].Path = "record " + issues[i].Path
	}
	return c, issues
}

// maxRecord is the largest record file, in bytes.
const maxRecord = 5 << 20

func readLimited(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = errors.New("it is larger than 5 MiB")
	}
	return data, err
}

// reason drops the file name from an error: a file may be named after a patient.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func contextIssue(text, fix string) fhir.Issues {
	return fhir.Issues{{Severity: fhir.Error, Rule: "MAP-CONTEXT", Path: "source.context", Offset: -1, Text: text, Fix: fix}}
}

// Warnings returns what is odd about the file as a whole, such as mixed
// encodings. It is complete when Drafts has ended.
func (l *Log) Warnings() []string {
	var out []string
	for _, w := range l.r.Warnings() {
		out = append(out, w.String())
	}
	return append(out, l.answers.unused()...)
}

// Answers are what people have answered to the questions about a log.
type Answers struct {
	byReference map[string]map[string]string
	taken       map[string]bool
}

// ReadAnswers reads a CSV file with the columns reference, target and answer;
// other columns and rows with a blank answer are passed over. The error lists
// every row that cannot be used.
func ReadAnswers(src io.Reader) (*Answers, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return nil, err
	}
	var columns [3]int
	var missing []string
	for i, name := range []string{"reference", "target", "answer"} {
		var ok bool
		if columns[i], ok = r.Column(name); !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("a file of answers has the columns reference, target and answer; missing: %s", strings.Join(missing, ", "))
	}
	a := &Answers{byReference: map[string]map[string]string{}, taken: map[string]bool{}}
	var errs []error
	for row, err := range r.Rows() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		reference, target, answer := strings.TrimSpace(row.Cell(columns[0])), strings.TrimSpace(row.Cell(columns[1])), strings.TrimSpace(row.Cell(columns[2]))
		switch of := a.byReference[reference]; {
		case answer == "":
		case reference == "" || target == "":
			errs = append(errs, fmt.Errorf("line %d: an answer needs a reference and a target", row.Line))
		case of[target] != "":
			errs = append(errs, fmt.Errorf("line %d: the question has been answered on an earlier line", row.Line))
		case of == nil:
			a.byReference[reference] = map[string]string{target: answer}
		default:
			of[target] = answer
		}
	}
	return a, errors.Join(errs...)
}

func (a *Answers) take(reference string) map[string]string {
	if a == nil {
		return nil
	}
	a.taken[reference] = true
	return a.byReference[reference]
}

func (a *Answers) unused() []string {
	if a == nil {
		return nil
	}
	var out []string
	for reference := range a.byReference {
		if !a.taken[reference] {
			out = append(out, "there is an answer for a reference that no row has: "+reference)
		}
	}
	slices.Sort(out)
	return out
}
