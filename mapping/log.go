package mapping

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"iter"
	"strings"
	"unicode"

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
	taken   map[string]bool // references of answers that rows have

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
// default is to read no patient's record. opts say how records are read: [fhircontext.WithDMD] tells the dm+d level of a
// medicine's code.
func WithRecords(folder fs.FS, opts ...fhircontext.Option) LogOption {
	return func(l *Log) { l.records, l.recordOptions = folder, opts }
}

// WithAnswers gives what people have answered, by reference and target.
func WithAnswers(a *Answers) LogOption { return func(l *Log) { l.answers = a } }

// WithWorkers maps up to n rows at the same time, in goroutines that live no longer
// than the loop over [Log.Drafts]. The drafts are the same and come in the same
// order; up to 16 rows a worker are read ahead. The functions of [submission.WithToday] and of
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
	l := &Log{m: m, r: r, taken: map[string]bool{}, seed: maphash.MakeSeed()}
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
	near := false
	b.WriteString("the log does not have every column that the map uses; missing:")
	for _, m := range e.Missing {
		fmt.Fprintf(&b, "\n  %q", m)
		for _, h := range e.Have {
			if squash(m) != "" && strings.EqualFold(squash(h), squash(m)) {
				fmt.Fprintf(&b, " (the log has %q)", h)
				near = true
			}
		}
	}
	if len(e.Missing) > 1 && !near {
		b.WriteString("\nperhaps the first row of the log is not the one with the column names: delete what stands above them, or give the names as source.columns")
	}
	b.WriteString("\ncorrect the column names in the map, or export the log with them")
	return b.String()
}

// squash drops everything but letters and digits.
func squash(s string) string {
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
			more := yield(w.d, nil)
			w.end()
			if !more {
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
		w := l.m.works.Get().(*work)
		w.d = rowDraft(broken)
		return w, nil
	case err != nil:
		return nil, err
	}
	w := l.m.works.Get().(*work)
	r := &w.r
	r.line = in.Line
	for i, at := range l.index {
		r.cells[i] = strings.TrimSpace(in.Cell(at))
	}
	w.start()
	r.reference = w.d.Reference
	if r.answers = l.answers.to(r.reference); r.answers != nil {
		l.taken[r.reference] = true
	}
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
	context, issues := l.context(&w.r)
	w.d.Issues = append(w.d.Issues, issues...)
	if issues.HasErrors() {
		w.d = invalid(&w.r, w.d.Issues)
		return
	}
	w.r.context = context
	w.event()
	w.build()
}

func invalid(r *row, issues fhir.Issues) Draft {
	return Draft{Reference: r.reference, Line: r.line, State: InvalidRecord, Reason: issues[0].Text, Issues: issues}
}

// Warnings returns what is odd about the file as a whole, such as mixed
// encodings. It is complete when Drafts has ended.
func (l *Log) Warnings() []string {
	var out []string
	for _, w := range l.r.Warnings() {
		out = append(out, w.String())
	}
	return append(out, l.answers.unused(l.taken)...)
}
