package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// Store keeps an outbox durably. One that notices that it was put back from a backup says
// so with [BackupSetting]. Package sqlite has one in a file, package postgres one
// that several machines share; package outboxtest has the tests that every store must
// pass. A Store is safe for concurrent use.
//
// A Store that keeps files may have a method Scrub(context.Context) error, which removes
// what deleted texts have left in them, as far as it can; [Outbox.Purge] calls it.
type Store interface {
	// Update runs fn in a transaction that can write. When Update returns nil, everything
	// that fn wrote survives a crash of the process and of the machine. When it returns an
	// error, nothing was written, unless the error is [ErrUncertain]. It may run fn again
	// when another transaction was in the way.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn on one consistent state of the store.
	View(ctx context.Context, fn func(Tx) error) error
	// Owner names this process among those that share the store. It is another one each
	// time the store is opened, has no "/" in it, and is not "backup". It is empty for a
	// store that was opened to look into it only.
	Owner() string
	// Alive reports whether another process is still at work. A process that is not alive
	// never comes back under the same name.
	Alive(ctx context.Context, owner string) (bool, error)
	Close() error
}

// Likeness is what reports of one event have in common: the reference, or what they say.
// Digests are at random: an index that has the day before them has those that come in at
// about the same time together, and few pages of it are written.
type Likeness struct {
	Reference string
	Day       lfpse.Date
	Content   Digest
}

// Tx is a transaction of a [Store]. It is used by one goroutine and not kept. Lists are
// returned in the order of the reports' ids, if nothing else is said.
type Tx interface {
	// Lock makes other transactions that lock the same practice wait until this one ends.
	Lock(endpoint, practice string) error

	// Insert stores new reports and gives them their ids. What only an attempt or a later
	// change sets in a report is empty.
	Insert(reports []*Report) error
	Save(reports []*Report) error
	Delete(ids ...int64) error
	Get(ids ...int64) ([]*Report, error)
	ByReference(endpoint, practice string, references []string) ([]*Report, error)
	// Known returns the reports of a practice that have one of the references, or the day of
	// one of the events and its content as Content or Next.
	Known(endpoint, practice string, events []Likeness) ([]*Report, error)
	// Due returns pending reports that nobody has claimed, those first that have waited
	// longest, without the practices named.
	Due(endpoint string, limit int, without []string) ([]*Report, error)
	// Owners lists who has a claim on a report that is pending or sending.
	Owners(endpoint string) ([]string, error)
	// Claimed returns the reports that are pending or sending and claimed by an owner.
	Claimed(endpoint, owner string) ([]*Report, error)
	// InFlight counts the reports that are claimed, whoever claimed them.
	InFlight(endpoint string) (int, error)
	List(f Filter) ([]*Report, error)
	Count(endpoint string) ([]Count, error)
	// Flow counts by hour what came in and what was recorded since a time.
	Flow(endpoint string, since time.Time) (map[time.Time]Flow, error)

	// Payload returns the encrypted text of a report, nil if there is none (any more).
	Payload(id int64, slot Slot) ([]byte, error)
	SetPayloads(payloads []Payload) error // nil removes
	// Purgeable returns reports in one of the states that changed before a time and still
	// have a payload.
	Purgeable(endpoint string, states []string, before time.Time, limit int) ([]int64, error)

	InsertDrafts(drafts []*Draft) error // gives the drafts their ids
	SaveDrafts(drafts []*Draft) error
	DeleteDrafts(ids ...int64) error // with their texts
	Drafts(f DraftFilter) ([]*Draft, error)
	DraftsByReference(endpoint, practice string, references []string) ([]*Draft, error)
	CountDrafts(endpoint string) ([]Count, error) // of those that are open
	// DraftText returns the encrypted text of a draft, nil if there is none (any more), and
	// SetDraftText changes it; nil removes.
	DraftText(id int64) ([]byte, error)
	SetDraftText(id int64, sealed []byte) error

	// Setting and SetSetting keep small values by name. A value that was never set is nil.
	// Reading one in an Update makes other transactions that read it wait.
	Setting(name string) ([]byte, error)
	SetSetting(name string, value []byte) error

	// Append adds entries to the audit trail and gives them their numbers. Link notes the
	// link and the hash of entries that were appended without them; nothing else of an
	// entry ever changes.
	Append(entries []*Entry) error
	Link(entries []Entry) error
	Audit(f AuditFilter) ([]Entry, error)
}

// Slot says which of two texts of a report is meant.
type Slot int

// The slots.
const (
	Current Slot = iota // what the current attempt sends
	Waiting             // a change that waits or, of a refused report, what the service said
)

// Payload is the encrypted text of a report.
type Payload struct {
	Report int64
	Slot   Slot
	Sealed []byte
}

// Filter selects reports. Zero fields select all.
type Filter struct {
	Endpoint, Practice, Source, Reference string
	States                                []string
	SeenBefore                            int64 // the number of an import
	RecordID                              string
	Other                                 int64 // the report with which a question compares
	After                                 int64 // ids greater than this
	Limit                                 int
}

// DraftFilter selects drafts. Zero fields select all that are open.
type DraftFilter struct {
	Endpoint, Practice, Source, Reference string
	States                                []string
	ID                                    int64
	Assigned                              string    // who fills it in
	Report                                int64     // the report that the draft became or would amend
	SeenBefore                            int64     // the number of an import; of drafts that an import had
	IdleSince                             time.Time // neither changed nor seen after
	Closed                                bool      // those that are closed as well
	After                                 int64     // ids greater than this
	Limit                                 int
}

// Count is how many reports of a practice are in a state.
type Count struct {
	Practice string
	State    string
	N        int
	Oldest   time.Time // when the first of them came into the state
}

// Flow is how many reports came in and how many were recorded.
type Flow struct{ Added, Recorded int }

// AuditFilter selects entries of the audit trail. Zero fields select all.
type AuditFilter struct {
	Report    int64
	Practice  string
	After     int64 // Seq greater than this
	Limit     int
	Chained   bool // in the order of the chain, and only what is chained
	AfterLink int64
	Loose     bool // only what is not chained
}

// ErrUncertain says that it is not known whether a transaction was stored.
var ErrUncertain = errors.New("it is not known whether the last change was stored")

// ErrNewer says that the store was made by a newer version of this software.
var ErrNewer = errors.New("the outbox was written by a newer version of lfpse-go; use that version or a later one")

// ErrUnwritable says that a store cannot be written: the disk is full, say, or may only be
// read. Nothing more is sent then.
var ErrUnwritable = errors.New("the outbox cannot be written")
