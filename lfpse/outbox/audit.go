package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Entry is one entry of the audit trail: who did what, when, to which reports. It holds no
// free text. Each entry is chained to the one before by its hash, so that a change or a
// gap is noticed.
type Entry struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	By       string            `json:"by"`
	Role     Role              `json:"role,omitempty"`
	Act      Act               `json:"act"`
	Endpoint string            `json:"endpoint"`
	Practice string            `json:"practice,omitempty"`
	Reports  []int64           `json:"reports,omitempty"`
	Facts    map[string]string `json:"facts,omitempty"` // codes, ids and digests
	// Link is the place in the chain, from 1; Hash the SHA-256 of the hash before and of
	// everything else. Both are empty until the entry is chained.
	Link int64  `json:"link"`
	Hash []byte `json:"hash"`
}

// chain gives an entry its place after another.
func (e *Entry) chain(head head) (_ head, err error) {
	e.Link = head.Link + 1
	e.Hash, err = e.hash(head.Hash)
	return auditHead(e), err
}

// hash is that of the entry in its place. One that was read may hold a time that cannot be
// written, when the store is damaged.
func (e *Entry) hash(before []byte) ([]byte, error) {
	plain := *e
	plain.Hash, plain.Seq = nil, 0
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, errors.New("an entry of the audit trail is damaged")
	}
	sum := sha256.Sum256(append(bytes.Clone(before), text...))
	return sum[:], nil
}

// head is the end of the chain.
type head struct {
	Link int64
	Hash []byte
}

func auditHead(e *Entry) head { return head{e.Link, e.Hash} }

// AuditSetting is the [Tx.Setting] that has the end of the audit trail: the link in 8 bytes,
// then the hash.
const AuditSetting = "audit"

func readHead(tx Tx) (h head, err error) {
	end, err := tx.Setting(AuditSetting)
	if err != nil || end == nil {
		return h, err
	}
	if len(end) < 8 {
		return h, errors.New("the end of the audit trail is damaged")
	}
	return head{int64(binary.BigEndian.Uint64(end)), end[8:]}, nil
}

func writeHead(tx Tx, h head) error {
	return tx.SetSetting(AuditSetting, append(binary.BigEndian.AppendUint64(nil, uint64(h.Link)), h.Hash...))
}

// noting is a transaction that collects what it has to append to the audit trail.
type noting struct {
	Tx
	entries []*Entry
}

// update runs fn in a transaction that writes. What fn notes is chained when fn has done
// everything else: all transactions share the end of the audit trail, so each takes it
// last and briefly, and no two of them wait for each other.
func (o *Outbox) update(ctx context.Context, fn func(Tx) error) error {
	return o.store.Update(ctx, func(tx Tx) error {
		n := &noting{Tx: tx}
		if err := fn(n); err != nil {
			return err
		}
		return chain(tx, n.entries)
	})
}

// note appends entries to the audit trail.
func (o *Outbox) note(tx Tx, entries ...*Entry) error {
	o.stamp(entries)
	if n, ok := tx.(*noting); ok {
		n.entries = append(n.entries, entries...)
		return nil
	}
	return chain(tx, entries)
}

// chain appends entries to the audit trail, chained. Entries that came in through a
// transaction of the caller's are chained first.
func chain(tx Tx, entries []*Entry) error {
	if len(entries) == 0 {
		return nil
	}
	last, err := readHead(tx)
	if err != nil {
		return err
	}
	loose, err := tx.Audit(AuditFilter{Loose: true})
	if err != nil {
		return err
	}
	for i := range loose {
		if last, err = loose[i].chain(last); err != nil {
			return err
		}
	}
	if err := tx.Link(loose); err != nil {
		return err
	}
	for _, e := range entries {
		if last, err = e.chain(last); err != nil {
			return err
		}
	}
	if err := tx.Append(entries); err != nil {
		return err
	}
	return writeHead(tx, last)
}

func (o *Outbox) stamp(entries []*Entry) {
	for _, e := range entries {
		e.At, e.Endpoint = o.now(), o.endpoint
	}
}

// entry is an entry about reports of one practice.
func entry(by By, act Act, reports ...*Report) *Entry {
	return (&Entry{By: by.ID, Role: by.Role, Act: act}).about(reports...)
}

func (e *Entry) about(reports ...*Report) *Entry {
	for _, r := range reports {
		e.Reports = append(e.Reports, r.ID)
		e.Practice = r.Practice
	}
	return e
}

// entries are an entry for each practice that the reports are from.
func entries(by By, act Act, reports ...*Report) (out []*Entry) {
	of := map[string][]*Report{}
	for _, r := range reports {
		of[r.Practice] = append(of[r.Practice], r)
	}
	for _, practice := range slices.Sorted(maps.Keys(of)) {
		out = append(out, entry(by, act, of[practice]...))
	}
	return out
}

func (e *Entry) fact(name, value string) *Entry {
	if value != "" {
		if e.Facts == nil {
			e.Facts = map[string]string{}
		}
		e.Facts[name] = value
	}
	return e
}

// Why says in a sentence or two what the reason is that the entry states. It is empty if there
// is none.
func (e *Entry) Why() string { return why(e.Facts["reason"]) }

// VerifyAudit recomputes the chain of the audit trail. The error says where it is broken:
// an entry was changed, removed or put in. It returns the number of entries.
func (o *Outbox) VerifyAudit(ctx context.Context) (int64, error) {
	var last, end head
	err := o.store.View(ctx, func(tx Tx) error {
		last = head{}
		var err error
		if end, err = readHead(tx); err != nil {
			return err
		}
		for {
			entries, err := tx.Audit(AuditFilter{AfterLink: last.Link, Chained: true, Limit: 1000})
			if err != nil || len(entries) == 0 {
				return err
			}
			for i := range entries {
				e := &entries[i]
				if hash, err := e.hash(last.Hash); err != nil || e.Link != last.Link+1 || !bytes.Equal(e.Hash, hash) {
					return fmt.Errorf("the audit trail is broken at entry %d: it was changed, or an entry before it was removed", last.Link+1)
				}
				last = auditHead(e)
			}
		}
	})
	if err == nil && (last.Link != end.Link || !bytes.Equal(last.Hash, end.Hash)) {
		err = fmt.Errorf("the audit trail ends at entry %d and should end at %d: entries at its end were removed", last.Link, end.Link)
	}
	return last.Link, err
}

// Audit returns entries of the audit trail, in the order in which they came in.
func (o *Outbox) Audit(ctx context.Context, f AuditFilter) (entries []Entry, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		entries, err = tx.Audit(f)
		return err
	})
	return entries, err
}

func readSetting(tx Tx, name string, into any) error {
	text, err := tx.Setting(name)
	if err != nil || text == nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func writeSetting(tx Tx, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return tx.SetSetting(name, text)
}
