package mapping

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

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
		cell := r.cells[s.column]
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
		return nil, contextIssue("The patient's record cannot be read: "+reason(err)+".", "Put a file that can be read in its place, or blank the cell that names it.")
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
		err = errTooLarge
	}
	return data, err
}

var errTooLarge = errors.New("it is larger than 5 MiB")

// reason says what an error means without the file name that may be in it: a file
// may be named after a patient.
func reason(err error) string {
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge.Error()
	case errors.Is(err, fs.ErrPermission):
		return "there is no permission to read it"
	}
	return "it is not a file that can be read"
}

func contextIssue(text, fix string) fhir.Issues {
	return fhir.Issues{{Severity: fhir.Error, Rule: "MAP-CONTEXT", Path: "source.context", Offset: -1, Text: text, Fix: fix}}
}
