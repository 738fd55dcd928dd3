package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"
)

// Outcome is the outcome of a request.
type Outcome string

// The outcomes of requests.
const (
	Created  Outcome = "created"
	Updated  Outcome = "updated"
	Deleted  Outcome = "deleted"
	Read     Outcome = "read"     // the CapabilityStatement, a definition or a record was read
	Rejected Outcome = "rejected" // the content broke a check
	Refused  Outcome = "refused"  // the request could not be accepted: key, path, method, size, media type, JSON, id
	Issued   Outcome = "issued"   // an access token was issued
	Ignored  Outcome = "ignored"  // a fault kept the request from being processed
)

// Entry is one line of the ledger: what the service was asked and what it did.
// It holds no text of a payload.
type Entry struct {
	// Seq counts from 1 without gaps.
	Seq    int       `json:"seq"`
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// ID is the record concerned. It is empty for an id this sandbox never
	// issued, so that nothing a client wrote into an address is kept.
	ID string `json:"id,omitempty"`
	// Status is the status that the sandbox decided on, or 0 if a fault cut the connection
	// before. The client may have got another one from a fault.
	Status    int     `json:"status"`
	Outcome   Outcome `json:"outcome"`
	Reference string  `json:"reference,omitempty"`
	Version   int     `json:"version,omitempty"`
	// SHA256 is the digest of the body as received, in hexadecimal, and Bytes
	// its length. Both are absent when the body was not read.
	SHA256 string `json:"sha256,omitempty"`
	Bytes  int    `json:"bytes,omitempty"`
	// Issues are the ids of the checks that failed, in the order of the answer.
	Issues []string `json:"issues,omitempty"`
	// IssuesLeftOut is how many more checks failed; answer and ledger list only the first.
	IssuesLeftOut int `json:"issuesLeftOut,omitempty"`
	// Fault is the name of the fault of this request, if it had one.
	Fault string `json:"fault,omitempty"`
}

// ErrUnfinished is the error of ReadLedger for a ledger whose last line has no end: the
// sandbox was killed while it wrote the line, or is writing it now. The request of that
// line has not been answered. All entries before it are returned.
var ErrUnfinished = errors.New("sandbox: ledger: the last line is unfinished; its request was never answered")

// ReadLedger reads ledger lines, as WithLedgerFile and WithLedgerWriter write
// them, however long they are. A line that is not an entry, or a gap in the numbers, is an
// error that names the line; see also ErrUnfinished.
func ReadLedger(r io.Reader) ([]Entry, error) {
	var entries []Entry
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return entries, nil
		case err == io.EOF:
			return entries, ErrUnfinished
		case err != nil:
			return nil, fmt.Errorf("sandbox: ledger: after line %d: %w", len(entries), err)
		}
		var e Entry
		if json.Unmarshal(line, &e) != nil || e.Seq != len(entries)+1 {
			return nil, notEntry(len(entries) + 1)
		}
		entries = append(entries, e)
	}
}

// notEntry says of a line that it is not the entry that belongs there.
func notEntry(line int) error {
	if line == 1 {
		return errors.New("sandbox: ledger: the file is not a ledger of a sandbox: line 1 is not entry number 1. It stays as it is; name another file, which is made if it is not there")
	}
	return fmt.Errorf("sandbox: ledger: line %d is not entry number %d: lines were changed or removed. The file stays as it is; put it right, or name another file for a new ledger", line, line)
}

// ledger appends entries. The lock of the Sandbox guards it.
type ledger struct {
	entries []Entry
	out     io.Writer  // nil: memory only
	file    ledgerFile // out, when it is a file
	broken  error      // set when part of a line may have been written
}

// ledgerFile is what the ledger needs of an *os.File.
type ledgerFile interface {
	io.WriteCloser
	Stat() (os.FileInfo, error)
	Truncate(size int64) error
}

func openLedger(c config) (*ledger, error) {
	if c.ledgerPath == "" {
		return &ledger{out: c.ledgerWriter}, nil
	}
	f, err := os.OpenFile(c.ledgerPath, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox: ledger: %w", err)
	}
	entries, err := resume(f, c.log)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &ledger{entries: entries, out: f, file: f}, nil
}

// resume reads an existing file. The answer to a request follows its line, so nobody was
// ever told of a last line without an end: it is cut off, and the log says so.
func resume(f *os.File, log *slog.Logger) ([]Entry, error) {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(errors.New("sandbox: ledger: not a regular file"), err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("sandbox: ledger: %w", err)
	}
	entries, err := ReadLedger(bytes.NewReader(data))
	if !errors.Is(err, ErrUnfinished) {
		return entries, err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if first := []byte(`{"seq":1,`); len(entries) == 0 && !bytes.HasPrefix(data, first) && !bytes.HasPrefix(first, data) {
		return nil, notEntry(1) // a file of one line that somebody named by mistake
	}
	log.Warn("sandbox: the last line of the ledger was unfinished and has been cut off; its request was never answered",
		"line", len(entries)+1, "bytes", len(data)-whole)
	if err := f.Truncate(int64(whole)); err != nil {
		return nil, fmt.Errorf("sandbox: ledger: %w", err)
	}
	return entries, nil
}

// append numbers the entry and writes it. If that fails, the ledger is as it was before.
func (l *ledger) append(e Entry) error {
	if l.broken != nil {
		return l.broken
	}
	e.Seq = len(l.entries) + 1
	e.Time = e.Time.Round(0).UTC()
	if l.out != nil {
		line := append(encode(e), '\n')
		n, err := l.out.Write(line)
		if err == nil && n < len(line) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return l.undo(n, err)
		}
	}
	l.entries = append(l.entries, e)
	return nil
}

// undo takes back a line of which n bytes were written. Where that is not possible, the
// ledger takes no more entries: half a line must stay the last one.
func (l *ledger) undo(n int, cause error) error {
	if n == 0 {
		return cause
	}
	if l.file == nil {
		l.broken = cause
		return cause
	}
	info, err := l.file.Stat()
	if err == nil {
		err = l.file.Truncate(info.Size() - int64(n))
	}
	if err != nil {
		l.broken = cause
	}
	return cause
}

func (l *ledger) copy() []Entry {
	entries := slices.Clone(l.entries)
	for i := range entries {
		entries[i].Issues = slices.Clone(entries[i].Issues)
	}
	return entries
}

func (l *ledger) close() error {
	if l.file == nil {
		return nil
	}
	l.broken = os.ErrClosed
	f := l.file
	l.file = nil
	return f.Close()
}

// ledgerMethod returns a method that HTTP has, else OTHER: a client may write any word
// there, and none may get into the ledger.
func ledgerMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "OTHER"
}
