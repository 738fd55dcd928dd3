package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/emis"
	"github.com/gpsafety/lfpse-go/mapping/extract"
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

// table opens an input that is not a stream of rows: a workbook, or the folder of an
// extract. It is nil for any other input.
func (f *sourceFlags) table(m *mapping.Map) (mapping.Table, error) {
	info, err := os.Stat(f.Source)
	switch {
	case m == nil || err != nil: // reading it as a stream says what is wrong
	case info.IsDir() && extracts[m.Name] != nil:
		return f.extract(extracts[m.Name])
	case strings.EqualFold(filepath.Ext(f.Source), ".xlsx"):
		return readFile(f.Source, func(in io.Reader) (mapping.Table, error) { return workbook.Open(in, workbook.WithSheet(f.Sheet)) })
	}
	return nil, nil
}

func (f *sourceFlags) extract(open func(fs.FS, *trigger.Set) (*extract.Log, error)) (_ mapping.Table, err error) {
	triggers := trigger.Builtin()
	if f.Triggers != "" {
		if triggers, err = readFile(f.Triggers, trigger.Read); err != nil {
			return nil, err
		}
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
