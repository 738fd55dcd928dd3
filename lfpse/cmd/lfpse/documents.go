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
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// maxLine bounds one event or resource of an NDJSON file, in bytes.
const maxLine = 5 << 20

// document is one JSON document of a file, and the line it starts on.
type document struct {
	line int
	text []byte
}

// documents splits NDJSON into its lines. A file whose first line is not a whole JSON
// object is one document. A document that is too long is cut just above the limit, so
// that its reader reports it.
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

// isWhole reports whether a line is an object whose brackets are balanced, whether or not
// it is valid JSON.
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

// readLine returns a line with its end; a line that is too long is cut off.
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
	return eachInput(c, name, []string{".json", ".ndjson", ".jsonl"}, func(in io.Reader, name string) error { return records(in, name, yield) })
}

// eachInput visits a file, the files of a folder whose names end as given, or standard input.
func eachInput(c *console, name string, ends []string, visit func(in io.Reader, name string) error) error {
	if name == "-" {
		return visit(c.in, "standard input")
	}
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path != name && !slices.Contains(ends, strings.ToLower(filepath.Ext(path))) {
			return err
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
	for doc, err := range documents(in) {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range resources(doc.text) {
			// The search begins after the previous resource, since two may be equal.
			at := max(bytes.Index(doc.text, text), 0)
			doc.line += bytes.Count(doc.text[:at], []byte{'\n'})
			if !yield(item{name, doc.line, text}, nil) {
				return errStopped
			}
			doc.line += bytes.Count(text, []byte{'\n'})
			doc.text = doc.text[min(at+len(text), len(doc.text)):]
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
