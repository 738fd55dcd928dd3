package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/schedule"
)

// server is a PostgreSQL of its own, which syncs what it confirms.
type server struct {
	*postgrestest.Cluster
	databases int
}

const benchRole = "bench"

// startServer starts a server. The error is [postgrestest.ErrNone] if there is none here.
func startServer(ctx context.Context) (*server, error) {
	c, err := postgrestest.Start(postgrestest.Settings{Durable: true})
	if err != nil {
		return nil, err
	}
	s := &server{Cluster: c}
	if err := s.run(ctx, "CREATE ROLE "+benchRole+" LOGIN"); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return s, nil
}

// run runs a statement as the superuser.
func (s *server) run(ctx context.Context, sql string) error {
	pool, err := pgxpool.New(ctx, s.URL)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.Exec(ctx, sql)
	return err
}

// inDatabase opens a store in a new database, with the rights that a program has.
func (s *server) inDatabase(string) (outbox.Store, error) {
	ctx := context.Background()
	s.databases++
	name := fmt.Sprintf("bench%d", s.databases)
	if err := s.run(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	address, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	address.Path = "/" + name
	owner, err := pgxpool.New(ctx, address.String())
	if err != nil {
		return nil, err
	}
	defer owner.Close()
	if err := schedule.Migrate(ctx, owner, benchRole); err != nil {
		return nil, err
	}
	query := address.Query()
	query.Set("user", benchRole)
	address.RawQuery = query.Encode()
	return postgres.Open(ctx, address.String())
}

// river sends the reports of a delivery.
type river struct {
	*delivery
	end  context.CancelFunc
	done chan error
	sent chan struct{} // one for each report
}

// flow has River send the reports of a delivery, with its usual settings, until it is closed.
func (d *delivery) flow() (*river, error) {
	r := &river{delivery: d, done: make(chan error, 1), sent: make(chan struct{}, million)}
	before := d.each
	d.each = func() {
		if before != nil {
			before()
		}
		r.sent <- struct{}{}
	}
	s, err := schedule.New(context.Background(), d.store.(*postgres.Store), schedule.Settings{Logger: slog.New(slog.DiscardHandler)},
		schedule.Work{Outbox: d.box, Sender: d.client})
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	r.end = end
	go func() { r.done <- s.Run(ctx); close(r.done) }()
	return r, nil
}

// send waits until n reports are sent.
func (r *river) send(n int) error {
	for range n {
		select {
		case <-r.sent:
		case err := <-r.done:
			return errors.Join(errWrong, err)
		}
	}
	return nil
}

// close ends River. The outbox stays open.
func (r *river) close() error {
	r.end()
	return <-r.done
}

// onPostgres holds the contests of an outbox in PostgreSQL, or notes that there is none.
func (c *config) onPostgres(ctx context.Context, f *fixture, r *report, progress io.Writer) (err error) {
	s, err := startServer(ctx)
	if errors.Is(err, postgrestest.ErrNone) {
		r.Skipped = append(r.Skipped, "outbox in PostgreSQL: "+err.Error())
		return nil
	} else if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	const batch, many = 100, 5000
	d, err := newDelivery(s.inDatabase, f.practice.builder, &f.event, 128, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(d.close(), err) }()
	if err := c.holdThese(ctx, r, progress, contest{
		name: "outbox in PostgreSQL, 100 in a transaction", wall: true, cores: 2,
		sides:   []side{{name: "Outbox.Enqueue", items: batch, op: func() error { return d.enqueue(batch) }}},
		targets: []target{perSecond(3000, "events stored")},
	}); err != nil {
		return err
	}
	e, err := newDelivery(s.inDatabase, f.practice.builder, &f.event, 128, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(e.close(), err) }()
	flow, err := e.flow()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(flow.close(), err) }()
	return c.holdThese(ctx, r, progress, contest{
		name: "outbox in PostgreSQL, River, client and a bare handler on loopback", wall: true, cores: 2,
		sides:   []side{{name: "Enqueue, and wait until all are accepted", items: many, op: func() error { return errors.Join(e.fill(ctx, many), flow.send(many)) }}},
		targets: []target{perSecond(1000, "reports accepted")},
	})
}
