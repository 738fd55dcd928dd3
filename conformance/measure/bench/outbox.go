package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// delivery is an outbox in a place of its own, and a service.
type delivery struct {
	folder  string
	store   outbox.Store
	box     *outbox.Outbox
	service *httptest.Server
	client  *client.Client
	item    outbox.Item
	n       int    // items so far: each has another reference and content
	each    func() // is called when a report was accepted, if it is not nil
}

// storage opens a store in a new folder, or in a new database.
type storage func(folder string) (outbox.Store, error)

func inFile(folder string) (outbox.Store, error) {
	return sqlite.Open(context.Background(), filepath.Join(folder, "outbox.db"), sqlite.Sending(nil))
}

// newDelivery makes an outbox for reports of an event. A service answers after a while.
func newDelivery(open storage, b *submission.Builder, e *lfpse.Event, inFlight int, answer time.Duration) (*delivery, error) {
	d := draft.Draft{Event: *e}
	out := &delivery{item: outbox.Item{Submission: b.Prepare(&d)}}
	out.item.Identity = outbox.Identity{Practice: "A81001", Source: "incidents", Day: e.Date, Type: e.Type}
	if out.item.Submission.IsZero() {
		return nil, errors.New("the event cannot be sent")
	}
	var err error
	if out.folder, err = os.MkdirTemp("", "bench-*"); err != nil {
		return nil, err
	}
	if out.store, err = open(out.folder); err != nil {
		return nil, errors.Join(err, out.close())
	}
	if err := errors.Join(out.openBox(inFlight), out.openClient(answer)); err != nil {
		return nil, errors.Join(err, out.close())
	}
	return out, nil
}

func (d *delivery) openBox(inFlight int) error {
	key, err := outbox.CreateKey(filepath.Join(d.folder, "key"))
	if err != nil {
		return err
	}
	d.box, err = outbox.Open(context.Background(), d.store, key, "bench", outbox.WithLimits(outbox.Limits{InFlight: inFlight}), outbox.WithObserver(func(r outbox.Report) {
		if d.each != nil && r.State == draft.Accepted {
			d.each()
		}
	}))
	return err
}

// openClient starts a service that records nothing, and a client for it.
func (d *delivery) openClient(answer time.Duration) error {
	var n atomic.Int64
	d.service = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(answer)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", fmt.Sprintf("/AdverseEvent/%d", n.Add(1)))
		w.WriteHeader(http.StatusCreated)
	}))
	ep, err := endpoint.New(endpoint.Config{
		Environment: endpoint.Sandbox, Host: d.service.URL, BasePath: "/", TaxonomyPath: "/taxonomy",
		CanonicalBase: d.item.Submission.CanonicalBase(), Version: d.item.Submission.Version(),
	})
	if err != nil {
		return err
	}
	d.client, err = client.New(ep)
	return err
}

func (d *delivery) close() error {
	var errs []error
	if d.service != nil {
		d.service.Close()
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(d.folder))...)
}

// aDay is how many events have the same day. All of general practice in England records some
// sixty a day, and would record some thousand if it recorded as hospitals do.
const aDay = 1000

var start = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// items are new items.
func (d *delivery) items(n int) []outbox.Item {
	out := make([]outbox.Item, n)
	for i := range out {
		d.n++
		out[i] = d.item
		out[i].Reference = fmt.Sprintf("INC-%d", d.n)
		out[i].Content = sha256.Sum256([]byte(out[i].Reference))
		out[i].Day = lfpse.Date(start.AddDate(0, 0, d.n/aDay).Format(time.DateOnly))
	}
	return out
}

func (d *delivery) enqueue(n int) error {
	_, err := d.box.Enqueue(context.Background(), d.items(n)...)
	return err
}

// send sends all that waits, which is n.
func (d *delivery) send(n int) error {
	done, err := d.box.Drain(context.Background(), d.client, n)
	return errors.Join(err, wrongUnless(done.Accepted == n))
}

// contests compare an outbox in a file with inserts that do nothing else.
func (d *delivery) contests(p *plainTable) []contest {
	const batch, many = 100, 1000
	enqueue := func(n int, limit, rate float64) contest {
		c := contest{
			name: fmt.Sprintf("outbox, %d in a transaction", n), wall: true, cores: 2,
			sides: []side{
				{name: "Outbox.Enqueue", items: n, op: func() error { return d.enqueue(n) }},
				{name: "plain INSERTs of the same bytes", items: n, begin: p.open, end: p.close, op: func() error { return p.insert(n) }},
			},
			targets: []target{atMostTimes(limit, 1)},
		}
		if rate > 0 {
			c.targets = append(c.targets, perSecond(rate, "events stored"))
		}
		return c
	}
	return []contest{enqueue(batch, 1.3, 5000), enqueue(1, 1.8, 0), {
		name: "outbox, client and a bare handler on loopback", wall: true, cores: 2,
		sides:   []side{{name: "Enqueue, then Drain until all are accepted", items: many, op: func() error { return errors.Join(d.enqueue(many), d.send(many)) }}},
		targets: []target{perSecond(2000, "reports accepted")},
	}}
}

// plainTable is a table in a file that holds bodies and nothing else. It is open for its own
// rounds only: all connections of a process share their memory for pages, and in an outbox's
// process there is no such table.
type plainTable struct {
	name string
	db   *sql.DB
	into *sql.Stmt
	body []byte
}

// newPlainTable makes a table in the folder of an outbox, for as many bytes as the outbox
// stores of an item.
func newPlainTable(d *delivery) (*plainTable, error) {
	text, err := d.item.Submission.MarshalBinary()
	if err != nil {
		return nil, err
	}
	body := append(text, make([]byte, 32)...) // key id, nonce and tag
	return &plainTable{name: filepath.Join(d.folder, "plain.db"), body: body}, nil
}

func (p *plainTable) open() (err error) {
	if p.db, err = sql.Open("sqlite", "file:"+p.name+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)"); err != nil {
		return err
	}
	p.db.SetMaxOpenConns(1)
	if _, err = p.db.Exec("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"); err == nil {
		p.into, err = p.db.Prepare("INSERT INTO event (body) VALUES (?)")
	}
	if err != nil {
		return errors.Join(err, p.close())
	}
	return nil
}

func (p *plainTable) close() error { return p.db.Close() }

// insert inserts n bodies in one transaction.
func (p *plainTable) insert(n int) error {
	tx, err := p.db.Begin()
	if err != nil {
		return err
	}
	into := tx.Stmt(p.into)
	for range n {
		if _, err := into.Exec(p.body); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}
