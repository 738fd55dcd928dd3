package bridge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// takeIn takes in a claimed file, and puts it away with a report beside it. If the store
// fails, the file stays claimed and is taken in again: what is known already changes
// nothing.
func (f *folder) takeIn(ctx context.Context, name string) error {
	report := &fileReport{}
	err := f.enter(ctx, name, report)
	if refused := (refusal{}); errors.As(err, &refused) {
		report.failed = refused.Error()
	} else if err != nil {
		return err
	}
	if err := f.putAway(name, report); err != nil {
		return err
	}
	f.run.bridge.metrics.file(report.failed == "")
	f.log.Info("a file was taken in", "readable", report.failed == "", "reports", report.rows, "waiting", report.waiting, "kept", report.kept, "gone", report.gone)
	return nil
}

// refusal says that a file cannot be taken in as it is, whatever the store does.
type refusal struct{ cause error }

func (r refusal) Error() string { return r.cause.Error() }

func refused(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

// enter takes in the reports of a file.
func (f *folder) enter(ctx context.Context, name string, report *fileReport) error {
	file, err := f.open(name)
	if report.unread = errors.Is(err, fs.ErrPermission); report.unread {
		return refused("the bridge may not read the file, which is kept beside this report as it is: let the account of the bridge read what is put into the folder, and put the file in again")
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	records, err := os.OpenRoot(cmp.Or(f.src.Records, f.src.Folder))
	if err != nil {
		return fmt.Errorf("the folder of the patients' records cannot be opened: %s", plain(err))
	}
	defer func() { _ = records.Close() }()
	rows, warnings, err := f.rows(file, name, records.FS())
	if err != nil {
		return refusal{err}
	}
	log, err := f.run.box.Import(ctx, f.src.practice.ODS, f.src.Name)
	if err != nil {
		return err
	}
	e := entrance{box: f.run.box, builder: f.src.builder, practice: f.src.practice.ODS, source: f.src.Name, log: log, batch: fileBatch}
	err = e.take(ctx, rows, func(r *Result) {
		report.add(r)
		f.run.bridge.took(e.practice, "folder", r)
	})
	f.run.wakeDrain()
	report.warnings = warnings()
	var end unreadable
	switch {
	case errors.As(err, &end):
		return refused("the file could not be read to its end: %w", end.cause)
	case err != nil:
		return err
	case isDocument(name) && report.rows == 0:
		return refused("the file is empty: check that its export has finished")
	}
	return f.gone(ctx, log, isDocument(name), report)
}

// open opens a claimed file unless it is too large.
func (f *folder) open(name string) (*os.File, error) {
	file, err := os.Open(filepath.Join(f.mine(), name))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if limit := f.run.setup.cfg.Limits.File; err == nil && info.Size() > int64(limit)<<20 {
		err = refused("the file is larger than %d MiB", limit)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// isDocument reports whether a file holds JSON documents and not the rows of a log.
func isDocument(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".ndjson", ".jsonl":
		return true
	}
	return false
}

// rows opens a file as what it is.
func (f *folder) rows(file *os.File, name string, records fs.FS) (draft.Source, func() []csvlog.Finding, error) {
	none := func() []csvlog.Finding { return nil }
	if isDocument(name) {
		return documentRows(f.src.builder.Codec(), file), none, nil
	}
	if f.src.mapper == nil {
		return nil, none, errors.New("a log needs a map, and this source has none: name one in the configuration, or give events as .json or .ndjson")
	}
	answers, err := f.src.answers()
	if err != nil {
		return nil, none, err
	}
	releases, err := f.src.releases()
	if err != nil {
		return nil, none, err
	}
	opts := []mapping.LogOption{mapping.WithRecords(records), mapping.WithReleases(releases)}
	if answers != nil {
		opts = append(opts, mapping.WithAnswers(answers))
	}
	log, err := f.src.mapper.Open(file, opts...)
	if err != nil {
		return nil, none, err
	}
	return log.Rows(), log.Warnings, nil
}

// gone notes the events that the log had before and has not any more.
func (f *folder) gone(ctx context.Context, log *outbox.Import, document bool, report *fileReport) error {
	if document || f.src.Partial {
		return nil
	}
	gone, err := log.Gone(ctx)
	if err != nil {
		return err
	}
	drafts, err := log.GoneDrafts(ctx)
	if err != nil {
		return err
	}
	for i := range drafts {
		report.missing(&Result{Reference: fmt.Sprintf("draft %d", drafts[i].ID), State: drafts[i].State})
	}
	for i := range gone {
		r := resultOf(&draft.Draft{Reference: gone[i].Reference, State: gone[i].State})
		if !gone[i].Named() {
			r.Reference, r.Reason = fmt.Sprintf("report %d", gone[i].ID), "It has no reference: if its row has changed, that row counts as another event."
		}
		r.record(&gone[i])
		report.missing(&r)
	}
	return nil
}

// putAway encrypts a claimed file beside its report, or removes it, and ends the claim.
func (f *folder) putAway(name string, report *fileReport) error {
	sub := doneFolder
	if report.failed != "" {
		sub = failedFolder
	}
	if err := writeFile(f.path(sub, name+".report.csv"), report.csv(), 0o640); err != nil {
		return err
	}
	claimed := filepath.Join(f.mine(), name)
	if report.unread {
		return os.Rename(claimed, f.path(sub, name))
	}
	if !f.run.setup.cfg.Keep.RemoveFiles {
		text, err := os.ReadFile(claimed)
		if err != nil {
			return err
		}
		sealed := f.run.bridge.key.Seal(text, name+sealedSuffix)
		if err := writeFile(f.path(sub, name+sealedSuffix), sealed, 0o600); err != nil {
			return err
		}
	}
	return os.Remove(claimed)
}

const sealedSuffix = ".sealed"

// OpenFile returns the text of a file that a bridge has taken in and encrypted with its
// key, from one of its folders done and failed.
func OpenFile(key outbox.Key, name string) ([]byte, error) {
	sealed, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	text, err := key.Open(sealed, filepath.Base(name))
	if err != nil {
		return nil, errors.New("the file cannot be opened: what a bridge has put away opens with the key of its outbox only, and under the name that the bridge gave it")
	}
	return text, nil
}

// writeFile writes a file so that it is there as a whole or not at all.
func writeFile(name string, text []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(name+".part", name)
}

// fileReport says what became of each row of a file, in plain words.
type fileReport struct {
	failed              string
	unread              bool // the file could not even be opened, and is put away as it is
	lines               [][]string
	warnings            []csvlog.Finding
	rows, waiting, kept int
	gone                int
}

func (r *fileReport) add(row *Result) {
	r.rows++
	if row.State.Waits() {
		r.waiting++
	}
	if row.Kept {
		r.kept++
	}
	line := ""
	if row.Line > 0 {
		line = strconv.Itoa(row.Line)
	}
	r.lines = append(r.lines, []string{line, row.Reference, string(row.State), row.National, row.Words()})
}

// missing notes an event that the log has not any more.
func (r *fileReport) missing(row *Result) {
	r.gone++
	text := "The log does not have this event any more: release it if it is to be reported all the same, or take it back."
	switch {
	case row.State == draft.Pending:
		text = "The log does not have this event any more, and it still waits to be sent: hold it or take it back if it is not to be reported."
	case row.RecordID != "":
		text = "The log does not have this event any more, and its national record stands: withdraw that if the event is not to be reported."
	}
	r.lines = append(r.lines, []string{"", row.Reference, string(row.State), row.National, strings.TrimSpace(text + " " + row.Reason)})
}

// csv writes the report.
func (r *fileReport) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(cells ...string) {
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		_ = w.Write(cells)
	}
	write("line", "reference", "state", "national reference", "what became of it")
	if r.failed != "" {
		write("", "", "failed", "", sentence(r.failed))
	}
	for _, warning := range r.warnings {
		write("", "", "warning", "", warning.String())
	}
	for _, line := range r.lines {
		write(line...)
	}
	w.Flush()
	return b.Bytes()
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
