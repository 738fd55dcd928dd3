package client

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Receipt is what the service said about a request that it accepted. Keep it:
// the id is needed to update or delete the record and cannot be looked up.
//
// Only ID and At are certain; the service may leave out the others. Printing or
// logging a receipt leaves out the texts of the warnings.
type Receipt struct {
	ID              string // server id of the record
	VersionID       string // meta.versionId
	ReferenceNumber string // national reference number, for people
	At              time.Time
	Digest          [sha256.Size]byte // of the body sent; zero for a deletion
	Status          int               // HTTP status
	// Warnings are remarks of the service, or of this client about the answer. The texts
	// are screened like those of [Error.Issues], untrusted, and may quote the report.
	Warnings []fhir.OutcomeIssue
}

// Format prints the receipt without the texts of the warnings, for every verb.
func (r Receipt) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "client.Receipt(id %s, version %s, reference %s, status %d, warnings: %d)",
		r.ID, r.VersionID, r.ReferenceNumber, r.Status, len(r.Warnings))
}

// LogValue logs the receipt without the texts of the warnings.
func (r Receipt) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", r.ID), slog.String("versionId", r.VersionID),
		slog.String("referenceNumber", r.ReferenceNumber), slog.Int("status", r.Status),
		slog.String("sha256", shortDigest(r.Digest)), slog.Int("warnings", len(r.Warnings)))
}

// receiptForm is the JSON form.
type receiptForm struct {
	ID              string                 `json:"id"`
	VersionID       string                 `json:"versionId,omitempty"`
	ReferenceNumber string                 `json:"referenceNumber,omitempty"`
	At              time.Time              `json:"at"`
	Digest          string                 `json:"digest,omitempty"` // hexadecimal
	Status          int                    `json:"status"`
	Warnings        *fhir.OperationOutcome `json:"warnings,omitempty"`
}

// MarshalJSON writes the whole receipt, the texts of the warnings included, in a form in
// which it can be stored.
func (r Receipt) MarshalJSON() ([]byte, error) {
	form := receiptForm{ID: r.ID, VersionID: r.VersionID, ReferenceNumber: r.ReferenceNumber, At: r.At, Status: r.Status}
	if r.Digest != ([sha256.Size]byte{}) {
		form.Digest = hex.EncodeToString(r.Digest[:])
	}
	if len(r.Warnings) > 0 {
		form.Warnings = &fhir.OperationOutcome{Issue: r.Warnings}
	}
	return json.Marshal(form)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Receipt) UnmarshalJSON(data []byte) error {
	var form receiptForm
	if json.Unmarshal(data, &form) != nil {
		return errors.New("this is not a stored receipt")
	}
	out := Receipt{ID: form.ID, VersionID: form.VersionID, ReferenceNumber: form.ReferenceNumber, At: form.At, Status: form.Status}
	if form.Digest != "" {
		sum, err := hex.DecodeString(form.Digest)
		if err != nil || len(sum) != len(out.Digest) {
			return errors.New("the digest of the stored receipt is not a SHA-256 in hexadecimal")
		}
		copy(out.Digest[:], sum)
	}
	if form.Warnings != nil {
		out.Warnings = form.Warnings.Issue
	}
	*r = out
	return nil
}

// shortDigest returns enough of a digest to identify a body, empty if there is none.
func shortDigest(d [sha256.Size]byte) string {
	if d == ([sha256.Size]byte{}) {
		return ""
	}
	return hex.EncodeToString(d[:6])
}
