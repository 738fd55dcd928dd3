package main

import (
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
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

// extracts are the clinical systems whose extracts are read, by the name of the map.
var extracts = map[string]func(fs.FS, *trigger.Set) (*extract.Log, error){
	"emis":     emis.Open,
	"systmone": func(f fs.FS, t *trigger.Set) (*extract.Log, error) { return systmone.Open(f, t) },
	"vision":   func(f fs.FS, t *trigger.Set) (*extract.Log, error) { return vision.Open(f, t) },
}

// recordMap is the name of the map for patients' records.
const recordMap = "record"

// table opens an input that is not a stream of rows: a workbook, the folder of an extract,
// or patients' records. It is nil for any other input.
func (f *sourceFlags) table(c *console, m *mapping.Map) (mapping.Table, error) {
	info, err := os.Stat(f.Source)
	switch {
	case m != nil && m.Name == recordMap && (err == nil || f.Source == "-"):
		return f.recordLog(c)
	case m == nil || err != nil: // reading it as a stream says what is wrong
	case info.IsDir() && extracts[m.Name] != nil:
		return f.extract(extracts[m.Name])
	case strings.EqualFold(filepath.Ext(f.Source), ".xlsx"):
		return readFile(f.Source, func(in io.Reader) (mapping.Table, error) { return workbook.Open(in, workbook.WithSheet(f.Sheet)) })
	}
	return nil, nil
}

// triggers are those of the practice, or the built-in ones.
func (f *sourceFlags) triggers() (*trigger.Set, error) {
	if f.Triggers == "" {
		return trigger.Builtin(), nil
	}
	return readFile(f.Triggers, trigger.Read)
}

// recordLog opens a file with patients' records, or a folder of such files.
func (f *sourceFlags) recordLog(c *console) (mapping.Table, error) {
	triggers, err := f.triggers()
	if err != nil {
		return nil, err
	}
	return record.Open(recordFiles(c, f.Source), triggers), nil
}

// recordFiles yields the documents of a file, of the files of a folder, or of standard input.
func recordFiles(c *console, name string) iter.Seq2[record.Document, error] {
	return func(yield func(record.Document, error) bool) {
		err := eachInput(c, name, []string{".json", ".ndjson", ".jsonl", ".xml"}, func(in io.Reader, file string) error {
			empty := true
			for doc, err := range ndjson.Documents(in) {
				if err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
				empty = false
				if !yield(record.Document{Line: doc.Line, Text: doc.Text}, nil) {
					return errStopped
				}
			}
			if empty {
				return fmt.Errorf("%s is empty: check that the export finished", filepath.Base(file))
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(record.Document{}, err)
		}
	}
}

func (f *sourceFlags) extract(open func(fs.FS, *trigger.Set) (*extract.Log, error)) (mapping.Table, error) {
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
		return nil, fmt.Errorf("%s: %w", f.Source, err)
	}
	return log, nil
}

type triggersCmd struct{}

// Run writes the built-in triggers, to be edited and given back with --triggers.
func (*triggersCmd) Run(c *console) error {
	_, err := c.out.Write(trigger.BuiltinData())
	return err
}
