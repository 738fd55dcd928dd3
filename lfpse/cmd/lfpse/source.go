package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// taxonomyFlags choose the taxonomy of a command.
type taxonomyFlags struct {
	Taxonomy string `help:"Version of an embedded taxonomy, a taxonomy file, or a FHIR package (folder or .tgz)." default:"6" placeholder:"VERSION|FILE"`
	Confirm  string `help:"File that confirms provisional elements; see: lfpse taxonomy show --unknown." type:"existingfile" placeholder:"FILE"`
}

func (f *taxonomyFlags) load() (*taxonomy.Taxonomy, error) {
	t, err := loadTaxonomy(f.Taxonomy)
	if err != nil || f.Confirm == "" {
		return t, err
	}
	data, err := os.ReadFile(f.Confirm)
	if err != nil {
		return nil, err
	}
	c, err := taxonomy.ParseConfirmation(data)
	if err == nil {
		t, err = t.Confirm(c)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", f.Confirm, err)
	}
	return t, nil
}

// workersFlag says how many cores a command uses.
type workersFlag struct {
	Workers int `help:"How many rows or records to process at the same time. Default: one per core." default:"0" placeholder:"N"`
}

func (f *workersFlag) workers() int {
	if f.Workers > 0 {
		return f.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// sourceFlags say what is mapped and how.
type sourceFlags struct {
	taxonomyFlags
	Source  string            `arg:"" help:"Incident log (CSV), or without --map events in their JSON form (.json, .ndjson); - reads standard input."`
	Map     string            `help:"Map file (YAML), or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
	Set     map[string]string `help:"Set a property of every event, such as reporter.reporterOrganisation=A81001. May be repeated." placeholder:"TARGET=VALUE" mapsep:"none"`
	Answers string            `help:"CSV file with the columns reference, target and answer." type:"existingfile" placeholder:"FILE"`
	Records string            `help:"Folder to which the map's source.context is relative. Default: the folder of the log." type:"existingdir" placeholder:"DIR"`
	Today   string            `help:"The date to use as today, YYYY-MM-DD. Default: the current date." placeholder:"DATE"`
	workersFlag
}

// source is an opened input, which yields drafts in its order.
type source struct {
	builder  *submission.Builder
	rows     draft.Source
	warnings func() []csvlog.Finding
	size     int64        // bytes of the input, 0 if not known
	read     func() int64 // bytes read so far
	close    func() error
}

func (f *sourceFlags) open(c *console) (*source, error) {
	b, err := f.builder()
	if err != nil {
		return nil, err
	}
	s := &source{builder: b, warnings: func() []csvlog.Finding { return nil }, close: func() error { return nil }}
	in, err := f.input(c, s)
	if err != nil {
		return nil, err
	}
	counted := &countingReader{r: in}
	s.read = func() int64 { return counted.n }
	if f.Map == "" {
		s.rows, err = eventRows(counted), f.checkEvents()
	} else {
		err = f.openLog(s, counted)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (f *sourceFlags) builder() (*submission.Builder, error) {
	if f.Today != "" && !lfpse.Date(f.Today).Valid() {
		return nil, errors.New("--today must be a date of the form YYYY-MM-DD")
	}
	t, err := f.load()
	if err != nil {
		return nil, err
	}
	var opts []submission.Option
	if f.Today != "" {
		opts = append(opts, submission.WithToday(func() lfpse.Date { return lfpse.Date(f.Today) }))
	}
	return submission.NewBuilder(t, opts...)
}

// input opens the file, or takes standard input.
func (f *sourceFlags) input(c *console, s *source) (io.Reader, error) {
	if f.Source == "-" {
		return c.in, nil
	}
	file, err := os.Open(f.Source)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%s is a folder; give a file", f.Source), file.Close())
	} else if err == nil {
		s.size = info.Size()
	}
	s.close = file.Close
	return file, nil
}

// openLog reads the input as a log by a map.
func (f *sourceFlags) openLog(s *source, in io.Reader) error {
	m, err := f.mapper(s.builder)
	if err != nil {
		return err
	}
	opts, err := f.logOptions()
	if err != nil {
		return err
	}
	log, err := m.Open(in, opts...)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Source, err)
	}
	s.rows = log.Rows()
	s.warnings = func() []csvlog.Finding { return append(m.Warnings(), log.Warnings()...) }
	return nil
}

func (f *sourceFlags) mapper(b *submission.Builder) (*mapping.Mapper, error) {
	m, err := readMap(f.Map)
	if err != nil {
		return nil, err
	}
	mapper, err := mapping.New(m, b.Form(), mapping.WithValues(f.Set))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", f.Map, err)
	}
	return mapper, nil
}

// logOptions are the records and the answers that go with the log.
func (f *sourceFlags) logOptions() (opts []mapping.LogOption, err error) {
	folder := f.Records
	if folder == "" && f.Source != "-" {
		folder = filepath.Dir(f.Source)
	}
	if folder != "" {
		inside, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		opts = append(opts, mapping.WithRecords(inside.FS()))
	}
	if f.Answers == "" {
		return opts, nil
	}
	file, err := os.Open(f.Answers)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	answers, err := mapping.ReadAnswers(file)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", f.Answers, err)
	}
	return append(opts, mapping.WithAnswers(answers)), nil
}

// checkEvents says why an input without a map cannot be a file of events.
func (f *sourceFlags) checkEvents() error {
	switch strings.ToLower(filepath.Ext(f.Source)) {
	case ".json", ".ndjson", ".jsonl":
	default:
		if f.Source != "-" {
			return fmt.Errorf("a log needs a map: --map FILE, or a built-in one: --map %s", strings.Join(mapping.BuiltinNames(), ", "))
		}
	}
	if len(f.Set) > 0 || f.Answers+f.Records != "" {
		return errors.New("--set, --answers and --records are for a log with a --map; events are taken as they are")
	}
	return nil
}

// eventRows reads events in their JSON form, one a line or one document.
func eventRows(in io.Reader) draft.Source {
	return func(yield func(func(*draft.Draft), error) bool) {
		for doc, err := range documents(in) {
			if err != nil {
				yield(nil, err)
				return
			}
			row := func(d *draft.Draft) { *d = draft.FromEvent(fmt.Sprintf("line %d", doc.line), doc.line, doc.text) }
			if !yield(row, nil) {
				return
			}
		}
	}
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
