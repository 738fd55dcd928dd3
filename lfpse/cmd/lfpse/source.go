package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
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

// sourceFlags say what is mapped and how.
type sourceFlags struct {
	taxonomyFlags
	Source  string            `arg:"" help:"Incident log (CSV), or without --map events in their JSON form (.json, .ndjson); - reads standard input."`
	Map     string            `help:"Map file (YAML), or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
	Set     map[string]string `help:"Set a property of every event, such as reporter.reporterOrganisation=A81001. May be repeated." placeholder:"TARGET=VALUE" mapsep:"none"`
	Answers string            `help:"CSV file with the columns reference, target and answer." type:"existingfile" placeholder:"FILE"`
	Records string            `help:"Folder that the map's source.context is relative to. Default: the folder of the log." type:"existingdir" placeholder:"DIR"`
	Today   string            `help:"The day to take as today, YYYY-MM-DD. Default: the day it is." placeholder:"DATE"`
}

// source is an opened input: drafts come out of it.
type source struct {
	builder  *submission.Builder
	drafts   iter.Seq2[mapping.Draft, error]
	warnings func() []string
	size     int64        // bytes of the input, 0 if not known
	read     func() int64 // bytes read so far
	close    func() error
}

func (f *sourceFlags) open(c *console) (*source, error) {
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
	b, err := submission.NewBuilder(t, opts...)
	if err != nil {
		return nil, err
	}
	s := &source{builder: b, warnings: func() []string { return nil }, close: func() error { return nil }}
	var in io.Reader = c.in
	if f.Source != "-" {
		file, err := os.Open(f.Source)
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return nil, errors.Join(fmt.Errorf("%s is a folder; give a file", f.Source), file.Close())
		} else if err == nil {
			s.size = info.Size()
		}
		in, s.close = file, file.Close
	}
	counted := &countingReader{r: in}
	s.read = func() int64 { return counted.n }
	if err := f.drafts(s, counted); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// drafts chooses how the input is read: as a log by a map, or as events.
func (f *sourceFlags) drafts(s *source, in io.Reader) error {
	if f.Map == "" {
		s.drafts = eventDrafts(s.builder, in)
		return f.checkEvents()
	}
	m, err := f.mapper(s.builder)
	if err != nil {
		return err
	}
	var opts []mapping.LogOption
	if folder := f.records(); folder != nil {
		opts = append(opts, mapping.WithRecords(folder))
	}
	if f.Answers != "" {
		file, err := os.Open(f.Answers)
		if err != nil {
			return err
		}
		defer file.Close()
		answers, err := mapping.ReadAnswers(file)
		if err != nil {
			return fmt.Errorf("%s:\n%w", f.Answers, err)
		}
		opts = append(opts, mapping.WithAnswers(answers))
	}
	log, err := m.Open(in, opts...)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Source, err)
	}
	s.drafts = log.Drafts()
	s.warnings = func() []string { return append(m.Warnings(), log.Warnings()...) }
	return nil
}

// checkEvents finds out why an input without a map cannot be a file of events.
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

func (f *sourceFlags) mapper(b *submission.Builder) (*mapping.Mapper, error) {
	m, err := readMap(f.Map)
	if err != nil {
		return nil, err
	}
	mapper, err := mapping.New(m, b, mapping.WithValues(f.Set))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", f.Map, err)
	}
	return mapper, nil
}

func (f *sourceFlags) records() fs.FS {
	switch {
	case f.Records != "":
		return os.DirFS(f.Records)
	case f.Source != "-":
		return os.DirFS(filepath.Dir(f.Source))
	}
	return nil
}

// maxLine bounds one event or resource of an NDJSON file, in bytes.
const maxLine = 5 << 20

// eventDrafts reads events in their JSON form, one a line or one document.
func eventDrafts(b *submission.Builder, in io.Reader) iter.Seq2[mapping.Draft, error] {
	return func(yield func(mapping.Draft, error) bool) {
		for doc, err := range documents(in) {
			if err != nil {
				yield(mapping.Draft{}, err)
				return
			}
			if !yield(mapping.FromEvent(b, fmt.Sprintf("line %d", doc.line), doc.line, doc.text), nil) {
				return
			}
		}
	}
}

// document is one JSON document of a file, and the line it starts on.
type document struct {
	line int
	text []byte
}

// documents splits NDJSON into its lines. A file whose first line is not a
// whole JSON object is one document. What is too long is cut just above the limit,
// so that its reader finds it too long.
func documents(in io.Reader) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		r := bufio.NewReaderSize(in, 64<<10)
		if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
			_, _ = r.Discard(len(mark))
		}
		for line, first := 1, true; ; line++ {
			text, err := readLine(r)
			if err != nil && err != io.EOF {
				yield(document{}, fmt.Errorf("line %d: %w", line, err))
				return
			}
			end := err == io.EOF
			blank := len(bytes.TrimSpace(text)) == 0
			if first && !blank && !end && len(text) <= maxLine && !isWhole(text) {
				rest, err := io.ReadAll(io.LimitReader(r, maxLine+1))
				yield(document{line, append(text, rest...)}, err)
				return
			}
			first = first && blank
			if !blank && !yield(document{line, bytes.TrimRight(text, "\r\n")}, nil) || end {
				return
			}
		}
	}
}

const byteOrderMark = "\ufeff"

// isWhole reports whether a line is an object whose brackets close again, sound
// otherwise or not.
func isWhole(line []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth == 0 && bytes.HasPrefix(bytes.TrimSpace(line), []byte{'{'})
}

// readLine returns a line with its end. Of one that is too long the rest is left out.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if err != bufio.ErrBufferFull {
			return line, err
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
