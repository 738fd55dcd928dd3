package client

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Record is a record as the service holds it. Printing or logging it shows no text of the
// report.
type Record struct {
	ID, VersionID, ReferenceNumber string

	body []byte
}

// Body is the record in the JSON of the service. It may differ from what was sent, and holds
// the texts of the report.
func (r Record) Body() []byte { return bytes.Clone(r.body) }

// Format prints the record without its body, for every verb.
func (r Record) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "client.Record(id %s, version %s, reference %s)", r.ID, r.VersionID, r.ReferenceNumber)
}

// LogValue logs the record without its body.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", r.ID), slog.String("versionId", r.VersionID),
		slog.String("referenceNumber", r.ReferenceNumber))
}

// Read reads the record with an id back, to find out what has become of a call whose outcome
// is unknown. Use it where the service declares [Capabilities.Read]. The error is an *[Error]:
// [NoSuchRecord] if there is no such record, or no longer; [NotOffered] if the service does
// not let it be read.
func (c *Client) Read(ctx context.Context, id string) (Record, error) {
	a, err := c.attempt(ctx, time.Now(), call{op: OpRead, id: id, method: http.MethodGet, path: recordPath(id)}, nil)
	if err != nil {
		return Record{}, err
	}
	return Record{ID: id, VersionID: a.answer.versionID, ReferenceNumber: a.answer.reference, body: a.answer.body}, nil
}
