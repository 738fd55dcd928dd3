package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
)

// item is one record to check.
type item struct {
	source string
	line   int
	text   []byte
}

// items yields the records of the files and folders, and of standard input.
func (j *reporter) items(c *console) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for _, name := range j.cmd.Files {
			if err := eachFile(c, name, yield); err != nil {
				if err != errStopped {
					yield(item{}, err)
				}
				return
			}
		}
	}
}

var errStopped = errors.New("stopped")

// eachFile yields the records of a file, of the files of a folder, or of standard input.
func eachFile(c *console, name string, yield func(item, error) bool) error {
	return eachInput(c, name, []string{".json", ".ndjson", ".jsonl"}, func(in io.Reader, name string) error { return records(in, name, yield) }, func() {})
}

// eachInput visits a file, the files of a folder whose names end as given, or standard input.
// It calls passed for each file whose name ends otherwise, but for hidden ones.
func eachInput(c *console, name string, ends []string, visit func(in io.Reader, name string) error, passed func()) error {
	if name == "-" {
		return visit(c.in, "standard input")
	}
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case path != name && !slices.Contains(ends, strings.ToLower(filepath.Ext(path))):
			if !strings.HasPrefix(d.Name(), ".") {
				passed()
			}
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return visit(f, path)
	})
}

// records yields the records of one input.
func records(in io.Reader, name string, yield func(item, error) bool) error {
	for doc, err := range ndjson.Documents(in) {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range resources(doc.Text) {
			// The search begins after the previous resource, since two may be equal.
			at := max(bytes.Index(doc.Text, text), 0)
			doc.Line += bytes.Count(doc.Text[:at], []byte{'\n'})
			if !yield(item{name, doc.Line, text}, nil) {
				return errStopped
			}
			doc.Line += bytes.Count(text, []byte{'\n'})
			doc.Text = doc.Text[min(at+len(text), len(doc.Text)):]
		}
	}
	return nil
}

// resources returns the AdverseEvents of a Bundle, else the document itself: of a Bundle
// without any, the checker says so.
func resources(doc []byte) [][]byte {
	b, issues := fhir.ParseBundle(doc)
	if issues.HasErrors() || b.Type == "" {
		return [][]byte{doc}
	}
	var out [][]byte
	for i := range b.Entries {
		if b.Entries[i].ResourceType == "AdverseEvent" {
			out = append(out, b.Entries[i].Resource.Source())
		}
	}
	if out == nil {
		return [][]byte{doc}
	}
	return out
}
