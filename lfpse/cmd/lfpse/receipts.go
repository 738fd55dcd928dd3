package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// receipt is one line of a receipts file. The state is [draft.Sending] in the line
// that is noted before the first byte of a request leaves.
type receipt struct {
	Host      string      `json:"host"`
	Reference string      `json:"reference"`
	State     draft.State `json:"state"`
	Digest    string      `json:"digest"`
	ID        string      `json:"id,omitempty"` // of the record, once there is one
	Version   string      `json:"versionId,omitempty"`
	National  string      `json:"nationalReference,omitempty"`
	At        time.Time   `json:"at"`
}

// newReceipt starts the line of a draft that is ready, with its reference or, if it has
// none, its digest: a line number may belong to another event tomorrow.
func newReceipt(b *submission.Builder, d *submission.Prepared) receipt {
	r := receipt{Reference: d.Reference, Digest: lastingDigest(b, d)}
	if d.Reference == fmt.Sprintf("line %d", d.Line) {
		r.Reference = "sha256:" + r.Digest
	}
	return r
}

// lastingDigest is the digest of the body to send. It does not depend on whether the
// event occurred today, because otherwise every event that was recorded on its day would
// count as changed the next day.
func lastingDigest(b *submission.Builder, d *submission.Prepared) string {
	digest := d.Submission.Digest()
	if d.Event.EstimatedDate.IncidentOccurredToday == code.YesNoUnknownYes {
		e := d.Event
		e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = code.YesNoUnknownNo, ""
		if later := b.Prepare(&draft.Draft{Event: e, Releases: d.Releases}); !later.IsZero() {
			digest = later.Digest()
		}
	}
	return fmt.Sprintf("%x", digest[:])
}

// receipts is the file of all attempts. Without a file it records nothing.
type receipts struct {
	file   *lockedfile.File
	host   string
	last   map[string]receipt
	broken error // set when a line may have been written in part
}

// openReceipts reads the file and keeps it locked, so that a second command waits, which
// it says on w, and then knows what the first has sent.
func openReceipts(ctx context.Context, w io.Writer, name, host string) (*receipts, error) {
	r := &receipts{host: plainHost(host), last: map[string]receipt{}}
	if name == "" {
		return r, nil
	}
	var err error
	if r.file, err = openLocked(ctx, name, w); err != nil {
		return nil, err
	}
	if err := r.load(); err != nil {
		_ = r.file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// plainHost returns the same text for all ways to write a host.
func plainHost(host string) string { return strings.ToLower(strings.TrimRight(host, "/")) }

// load reads the lines of the file. A command that was killed may leave half a line at
// the end. Removing it is safe, because a request is sent only after its whole line is
// written, and a line without an outcome counts as unknown.
func (r *receipts) load() error {
	data, err := io.ReadAll(r.file)
	if err != nil {
		return err
	}
	n, whole := 0, 0
	for text := range bytes.Lines(data) {
		n++
		var line receipt
		switch err := json.Unmarshal(text, &line); {
		case len(bytes.TrimSpace(text)) == 0:
		case err == nil && line.Reference != "" && line.State != "":
			r.remember(line)
		case !bytes.HasSuffix(text, []byte{'\n'}) && bytes.HasPrefix(text, []byte(`{"host":`)):
			return r.file.Truncate(int64(whole))
		default:
			return fmt.Errorf("line %d is not a line of a receipts file", n)
		}
		whole += len(text)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		_, err = r.file.WriteString("\n")
	}
	return err
}

// remember keeps the outcome of the last attempt; one that was not sent, or was rejected,
// may be repeated.
func (r *receipts) remember(line receipt) {
	if plainHost(line.Host) != r.host {
		return
	}
	if line.State == draft.Rejected || line.State == draft.Pending {
		prior := r.last[line.Reference]
		if prior.ID == "" {
			delete(r.last, line.Reference)
			return
		}
		line = prior // a failed update leaves the record as it was
		line.State, line.Digest = draft.Accepted, ""
	}
	r.last[line.Reference] = line
}

// find returns what is known about a reference; ok is false if it may be sent.
func (r *receipts) find(reference string) (line receipt, ok bool) {
	line, ok = r.last[reference]
	return line, ok
}

// note writes a line to disk before it returns.
func (r *receipts) note(line receipt) error {
	if r.file == nil || r.broken != nil {
		return r.broken
	}
	line.Host, line.At = r.host, time.Now().UTC().Truncate(time.Second)
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if _, r.broken = r.file.Write(append(text, '\n')); r.broken != nil {
		return r.broken
	}
	r.remember(line)
	return r.file.Sync()
}

func (r *receipts) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
