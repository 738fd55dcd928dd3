package mapping

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// maxRecord is the largest record file, in bytes.
const maxRecord = 5 << 20

// Why the file of a record is refused. None of them names the file: it may be named
// after a patient.
var (
	errTooLarge = errors.New("it is larger than 5 MiB")
	errNoFile   = errors.New("it is a folder, a pipe or a device, not a file")
	errOutside  = errors.New("a link leads out of the folder of the records")
)

// record reads the record of a file, unless it is known from an earlier row.
func (l *Log) record(name string) (*readRecord, error) {
	file, err := statRecord(l.records, name)
	if err != nil {
		return nil, err
	}
	if known := l.kept.find(name, file); known != nil {
		return known, nil
	}
	data, changed, err := readRecordFile(l.records, name)
	if err != nil {
		return nil, err
	}
	r := &readRecord{size: int64(len(data)), changed: changed}
	r.context, r.issues = fhircontext.Load(data, l.recordOptions...)
	if r.context != nil && !r.context.HoldsPatient() {
		r.issues = append(r.issues, rule.Issue("CONTEXT-NO-PATIENT", "$this", "The record does not hold the patient, whose name and numbers are not known then and are not looked for in the texts."))
	}
	for i := range r.issues {
		r.issues[i].Path = "record " + r.issues[i].Path
	}
	l.kept.keep(name, r)
	return r, nil
}

// statRecord says what a file is. It must be known before the file is opened: opening a
// pipe waits for whoever writes to it.
func statRecord(folder fs.FS, name string) (fs.FileInfo, error) {
	if err := staysInside(folder, name); err != nil {
		return nil, err
	}
	file, err := fs.Stat(folder, name)
	if err == nil && !file.Mode().IsRegular() {
		err = errNoFile
	}
	return file, err
}

// maxLinks is how many links may lead to a record.
const maxLinks = 16

// staysInside reports links on the way to a file that lead out of the folder, as far as
// the file system shows them.
func staysInside(folder fs.FS, name string) error {
	for range maxLinks {
		link := firstLink(folder, name)
		if link == "" {
			return nil
		}
		target, err := fs.ReadLink(folder, link)
		if err != nil {
			return err
		}
		target = strings.ReplaceAll(target, `\`, "/")
		if path.IsAbs(target) || strings.Contains(target, ":") {
			return errOutside
		}
		name = path.Join(path.Dir(link), target, strings.TrimPrefix(name, link))
		if !fs.ValidPath(name) {
			return errOutside
		}
	}
	return errOutside
}

// firstLink is the first part of the way to a file that is a link, "" if there is none.
func firstLink(folder fs.FS, name string) string {
	if _, shows := folder.(fs.ReadLinkFS); !shows {
		return ""
	}
	for end := 0; end < len(name); end++ {
		if next := strings.IndexByte(name[end:], '/'); next < 0 {
			end = len(name)
		} else {
			end += next
		}
		if part, err := fs.Lstat(folder, name[:end]); err == nil && part.Mode()&fs.ModeSymlink != 0 {
			return name[:end]
		}
	}
	return ""
}

// readRecordFile returns what a file holds and when it was changed last.
func readRecordFile(folder fs.FS, name string) (data []byte, changed time.Time, err error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, changed, err
	}
	defer f.Close()
	if file, err := f.Stat(); err == nil {
		if changed = file.ModTime(); !file.Mode().IsRegular() {
			return nil, changed, errNoFile
		}
	}
	data, err = io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = errTooLarge
	}
	return data, changed, err
}

// reason says what an error means without the file name that may be in it: a file
// may be named after a patient.
func reason(err error) string {
	for _, known := range []error{errTooLarge, errNoFile, errOutside} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return "there is no permission to read it"
	}
	return "it is not a file that can be read"
}
