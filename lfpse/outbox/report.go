package outbox

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Digest is a SHA-256.
type Digest = [sha256.Size]byte

// Identity says which event a report is about. Two reports with the same identity are
// about one event.
type Identity struct {
	Practice string // ODS code of the organisation that reports
	Source   string // name of the log or system, as the configuration has it
	// Reference is that of the event in its source. A report without one gets the digest
	// of its content, so that it is known again as long as it does not change. When it does,
	// it is another event, and the one before is gone from its source, see [Import.Gone]: if
	// that was recorded, somebody has to withdraw it. So give every event a reference.
	Reference string
	Day       lfpse.Date
	Type      lfpse.EventType
	// Nth tells apart what a log has more than once with all of the above: 0 for the first.
	Nth int
}

// contentPrefix begins the references of reports that have none of their own.
const contentPrefix = "sha256:"

// Named reports whether the source gave the event a reference.
func (i Identity) Named() bool { return !strings.HasPrefix(i.Reference, contentPrefix) }

// check refuses an identity of which something is missing or that must not be stored. deny
// lists what must not stand in a reference besides personal data by its form.
func (i Identity) check(deny *privacy.DenyList) error {
	switch {
	case i.Practice == "" || i.Source == "":
		return errors.New("a report needs the practice and the source that it comes from")
	case !i.Named():
		return fmt.Errorf("a reference must not begin with %s", contentPrefix)
	}
	if classes := privacy.ScanReference(i.Reference, deny); len(classes) > 0 {
		return fmt.Errorf("the reference of a report must not hold personal data (%s): give the event another one, or none", classes[0])
	}
	return nil
}

// Op is what the current attempt of a report does at the service.
type Op string

// The operations.
const (
	OpReport   Op = "report"   // POST: there is no record yet
	OpAmend    Op = "amend"    // PUT: there is a record, and the report has changed
	OpWithdraw Op = "withdraw" // DELETE
)

// Report is one event in the outbox: what it is about, what has become of it, and what
// the service said. It holds no text of the event; that is stored beside it, encrypted.
type Report struct {
	ID       int64
	Endpoint string // name of the endpoint, as the configuration has it
	Identity

	State draft.State
	Op    Op
	// Content is the digest of what the report says now, see [submission.Builder.Content].
	// Reports without any, such as those that are withdrawn, keep that of what was sent.
	Content Digest
	// Next is the digest of a change that waits until the current attempt is settled; zero
	// if there is none.
	Next Digest

	// Claim is the owner and the number of the attempt under way. It is kept while the
	// outcome is unknown, so that a late answer still counts.
	Claim    string
	Due      time.Time // since when it waits to be sent
	Attempts int       // requests that may have reached the service
	Sent     Digest    // of the bytes of the last attempt, noted before the first byte

	Reason string // why the last attempt did not end in accepted, a [client.Reason] or one of this package
	Status int    // HTTP status of the last answer

	Question Question // what a person has to decide about the identity
	Other    int64    // the report that the question compares with

	// Record is what the service has recorded. A report that is being amended, refused or
	// withdrawn keeps it: the national record stands.
	Record Record

	Added, Changed time.Time
	Seen           int64 // number of the last import in which the source had the event
}

// Record is the national record of an event.
type Record struct {
	ID      string // of the service, needed to amend and withdraw
	Version string // meta.versionId
	Number  string // national reference number, for people
	Content Digest
	At      time.Time // when the service confirmed it
}

// Recorded reports whether a national record of the event stands, as far as is known.
func (r *Report) Recorded() bool { return r.Record.ID != "" && r.State != draft.Withdrawn }

// Latest is the digest of what the source said last.
func (r *Report) Latest() Digest {
	if r.Next != (Digest{}) {
		return r.Next
	}
	return r.Content
}

// underWay reports whether an attempt may be changing the record right now, or may have
// changed it.
func (r *Report) underWay() bool {
	return r.State == draft.Sending || r.State == draft.Unknown || r.State == draft.Pending && r.Claim != ""
}

// accept notes the receipt of an attempt that the service confirmed.
func (r *Report) accept(receipt client.Receipt) {
	if r.Op == OpWithdraw {
		r.State = draft.Withdrawn
		return
	}
	number, version := receipt.ReferenceNumber, receipt.VersionID
	if number == "" && receipt.ID == r.Record.ID {
		number = r.Record.Number
	}
	r.State = draft.Accepted
	r.Record = Record{ID: receipt.ID, Version: version, Number: number, Content: r.Content, At: receipt.At.UTC()}
}

// reasons are what the reasons of this package mean.
var reasons = map[string]string{
	reasonDied:     "The program ended while the request was on its way.",
	ReasonRestored: "A copy of the outbox was put back, which does not know what was sent since it was made.",
	reasonStrange:  "Something went wrong that this program does not know.",
	reasonText:     "The stored text cannot be used: it was removed when its time was over, or belongs to another taxonomy.",
	reasonNotReady: "Its row is not ready any more, or is gone from the log.",
}

// Meaning says what the state of the report means for it.
func (r *Report) Meaning() string {
	if r.Question != "" {
		return "a person has to say which event it is about, and nothing is sent until then"
	}
	return r.State.Meaning()
}

// Why says in a sentence or two why the last attempt did not end in accepted, or why the
// report is held. It is empty if there is nothing to say.
func (r *Report) Why() string { return why(r.Reason) }

// Why says in a sentence or two why nothing is sent, or why the line waits. It is empty if
// there is nothing to say.
func (l *Line) Why() string { return why(cmp.Or(l.Stopped, l.Reason)) }

func why(reason string) string {
	if reason == "" {
		return ""
	}
	if text := WithdrawalReason(reason).Text(); text != "" {
		return "Its record is to be withdrawn: " + text + "."
	}
	return cmp.Or(reasons[reason], client.Reason(reason).Error())
}

// LogValue logs which report it is and its state, and nothing that its source has said.
func (r Report) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("report", r.ID), slog.String("practice", r.Practice), slog.String("state", string(r.State)),
		slog.String("op", string(r.Op)), slog.String("reason", r.Reason), slog.Int("status", r.Status))
}

// String says in a few words which report it is.
func (r Report) String() string {
	return fmt.Sprintf("report %d of %s (%s)", r.ID, r.Practice, r.State)
}
