package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/emis"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/record"
	"github.com/gpsafety/lfpse-go/mapping/systmone"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
	"github.com/gpsafety/lfpse-go/mapping/vision"
	"github.com/gpsafety/lfpse-go/mapping/workbook"
)

// inputFlags name what is read, in whichever form it is.
type inputFlags struct {
	Source   string `arg:"" help:"Incident log (CSV or .xlsx), the folder of an extract that the built-in map ${extracts} is for, patients' records in FHIR (a file or a folder) with --map record, or without --map events in their JSON form, also as CloudEvents, and responses to the form (QuestionnaireResponse) (.json, .ndjson); - reads standard input."`
	Sheet    string `help:"Sheet of a workbook that has the log. Default: the only one that holds anything." placeholder:"NAME"`
	Triggers string `help:"CSV file with the columns system, code, term and evidence: the codes of an extract that make a draft. Default: those that lfpse triggers writes." type:"existingfile" placeholder:"FILE"`
}

// sourceName is what people call the input.
func (f *inputFlags) sourceName() string {
	if f.Source == "-" {
		return "standard input"
	}
	return clean(filepath.Base(f.Source))
}

// named says which source an error is about, as it was typed.
func (f *inputFlags) named(err error) error {
	if f.Source == "-" {
		return fmt.Errorf("%s: %w", f.sourceName(), err)
	}
	return fmt.Errorf("%s: %w", f.Source, err)
}

// input is an opened source: a table, or else a stream of CSV or JSON.
type input struct {
	table  mapping.Table
	stream *bufio.Reader
	size   int64 // bytes of the stream, 0 if not known
	close  func() error
}

// input opens the source for a map, which is nil if there is none. The error says what is to
// be done with a source that is not for it.
func (f *inputFlags) input(c *console, m *mapping.Map) (*input, error) {
	in, from := &input{close: func() error { return nil }}, c.in
	if f.Source != "-" {
		file, err := os.Open(f.Source)
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		switch {
		case err != nil:
			return nil, errors.Join(err, file.Close())
		case info.IsDir():
			in.table, err = f.folder(m)
			return in, errors.Join(err, file.Close())
		}
		from, in.size, in.close = file, info.Size(), file.Close
	}
	in.stream = bufio.NewReaderSize(from, peeked)
	head := beginning(in.stream)
	err := f.fits(m, contentOf(firstDocument(head)))
	if err == nil {
		err = f.isFolder(m)
	}
	switch {
	case err != nil:
	case isFor(m, recordMap):
		in.table, err = f.recordLog(&console{in: in.stream})
	case m != nil && (strings.EqualFold(filepath.Ext(f.Source), ".xlsx") || workbook.Is(head)):
		if in.table, err = workbook.Open(in.stream, workbook.WithSheet(f.Sheet)); err != nil {
			err = f.named(err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

// isFor reports whether a map is for what a built-in one is for: it is that one, changes it,
// or is a copy of it. m may be nil.
func isFor(m *mapping.Map, builtin string) bool {
	return m != nil && cmp.Or(m.Base(), m.Name) == builtin
}

// isFolder says that the map is for a folder, if it is for an extract.
func (f *inputFlags) isFolder(m *mapping.Map) error {
	for name := range extracts {
		if isFor(m, name) {
			return fmt.Errorf("%s is not a folder: the map %s is for an extract. Give the folder that has the CSV files of all its tables, unpacked", f.sourceName(), name)
		}
	}
	return nil
}

// folder opens a folder with patients' records or an extract.
func (f *inputFlags) folder(m *mapping.Map) (mapping.Table, error) {
	if isFor(m, recordMap) {
		return f.recordLog(nil)
	}
	for name, open := range extracts {
		if isFor(m, name) {
			return f.extract(open)
		}
	}
	return nil, fmt.Errorf("%s is a folder: give a file, or for patients' records --map %s, or for an extract --map %s", f.Source, recordMap, strings.Join(slices.Sorted(maps.Keys(extracts)), " or "))
}

// extracts are the clinical systems whose extracts are read, by the name of the map.
var extracts = map[string]func(fs.FS, *trigger.Set) (*extract.Log, error){
	"emis":     emis.Open,
	"systmone": func(f fs.FS, t *trigger.Set) (*extract.Log, error) { return systmone.Open(f, t) },
	"vision":   func(f fs.FS, t *trigger.Set) (*extract.Log, error) { return vision.Open(f, t) },
}

// recordMap is the name of the map for patients' records.
const recordMap = "record"

// triggers are those of the practice, or the built-in ones.
func (f *inputFlags) triggers() (*trigger.Set, error) {
	if f.Triggers == "" {
		return trigger.Builtin(), nil
	}
	return readFile(f.Triggers, trigger.Read)
}

// recordLog opens a file with patients' records, or a folder of such files.
func (f *inputFlags) recordLog(c *console) (mapping.Table, error) {
	triggers, err := f.triggers()
	if err != nil {
		return nil, err
	}
	var log *record.Log
	log = record.Open(recordFiles(c, f.Source, func() { log.PassOver() }), triggers)
	return log, nil
}

// recordFiles yields the documents of a file, of the files of a folder, or of standard input.
// It calls passed for each file of a folder that is not read.
func recordFiles(c *console, name string, passed func()) iter.Seq2[record.Document, error] {
	return func(yield func(record.Document, error) bool) {
		number, visited := 0, false
		err := eachInput(c, name, []string{".json", ".ndjson", ".jsonl", ".xml"}, func(in io.Reader, file string) error {
			empty := true
			visited = true
			if file != name { // of a folder
				number++
			}
			for doc, err := range ndjson.Documents(in) {
				if err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
				empty = false
				if !yield(record.Document{File: number, Line: doc.Line, Text: doc.Text}, nil) {
					return errStopped
				}
			}
			switch {
			case empty && number > 0: // others are to be read
				if !yield(record.Document{File: number, Line: 1}, nil) {
					return errStopped
				}
			case empty:
				return errors.New("the file is empty: check that the export finished")
			}
			return nil
		}, passed)
		if err == nil && !visited {
			err = errors.New("the folder holds no patients' records: their names end in .json, .ndjson, .jsonl or .xml")
		}
		if err != nil && err != errStopped {
			yield(record.Document{}, err)
		}
	}
}

func (f *inputFlags) extract(open func(fs.FS, *trigger.Set) (*extract.Log, error)) (mapping.Table, error) {
	triggers, err := f.triggers()
	if err != nil {
		return nil, err
	}
	folder, err := os.OpenRoot(f.Source)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	log, err := open(folder.FS(), triggers)
	if err != nil {
		return nil, f.named(err)
	}
	return log, nil
}
