// Package schedule has River run the work of outboxes in PostgreSQL on any number of
// machines: it sends, reconciles, purges, and calls the program for reminders and webhooks.
//
// River decides when and where; the outbox decides what is sent. A job says no more than
// which work of which endpoint it is, so River's tables hold nothing of a report, and a job
// that River runs again, or twice at the same time, cannot send a report twice: see
// [outbox.Outbox.Drain].
//
// Each job is there once at most, so that it does not pile up, and is tried once: the next
// one comes after its period anyway. River's tables are in a schema of their own,
// lfpse_river, which [Migrate] makes.
package schedule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
)

// Work is what is done for one endpoint. Functions that are nil are not called.
type Work struct {
	Outbox *outbox.Outbox
	Sender outbox.Sender
	// Finder looks for records at the service, where the service says that it can.
	Finder outbox.Finder
	// Retention says when texts are purged.
	Retention outbox.Retention
	// Webhooks tells others what has become of their reports, and Remind reminds people of
	// what waits for them. Both may be called again after they failed, and on any machine.
	Webhooks, Remind func(context.Context) error
}

// Settings say how often the work is done. Zero fields have the defaults.
type Settings struct {
	// Drain, Webhooks, Reconcile, Purge and Remind are the periods. The defaults are 1
	// second, 5 seconds, 1 minute, 1 hour and 1 hour.
	Drain, Webhooks, Reconcile, Purge, Remind time.Duration
	// Drains is how many processes may send for an endpoint at the same time. The default
	// is 2. How much they send together is a limit of the outbox.
	Drains int
	// Logger is for River; the default is slog.Default().
	Logger *slog.Logger
	// PollOnly does without LISTEN, which connection poolers do not pass on.
	PollOnly bool
}

func (s *Settings) fill() {
	for _, d := range []struct {
		period *time.Duration
		usual  time.Duration
	}{{&s.Drain, time.Second}, {&s.Webhooks, 5 * time.Second}, {&s.Reconcile, time.Minute}, {&s.Purge, time.Hour}, {&s.Remind, time.Hour}} {
		if *d.period <= 0 {
			*d.period = d.usual
		}
	}
	if s.Drains <= 0 {
		s.Drains = 2
	}
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
}

// Scheduler runs the work of some endpoints in this process. It is made anew for each run.
type Scheduler struct {
	store  *postgres.Store
	tasks  map[task]func(context.Context) error
	client *river.Client[pgx.Tx]
	ending context.Context
	end    context.CancelFunc
}

// task names the work of a job; it is all that River stores of it.
type task struct {
	Endpoint string `json:"endpoint"`
	Name     string `json:"task"`
	Nth      int    `json:"nth"` // of those that may run at the same time
}

// Kind is River's name for this kind of job.
func (task) Kind() string { return "lfpse_outbox" }

// The limits of a job. A job whose process died is given up after the last of them;
// meanwhile the others of its kind go on.
const (
	drainFor  = 20 * time.Second // then another job takes over
	drainMost = 1000
	jobFor    = 2 * time.Minute
	rescue    = jobFor + 30*time.Second
	keep      = 10 * time.Minute // jobs that have ended
	stopFor   = time.Minute
)

// New makes a scheduler for a store and the endpoints whose outboxes are in it. All
// processes that share the store are given the same endpoints: River chooses one of them
// to start the jobs of all. The error is [ErrNoSchema] if River's tables are missing.
func New(ctx context.Context, store *postgres.Store, settings Settings, works ...Work) (*Scheduler, error) {
	if err := checkSchema(ctx, store.Pool()); err != nil {
		return nil, err
	}
	settings.fill()
	s := &Scheduler{store: store, tasks: map[task]func(context.Context) error{}}
	s.ending, s.end = context.WithCancel(context.Background())
	config := &river.Config{
		Schema: schema, Logger: settings.Logger, PollOnly: settings.PollOnly, Workers: river.NewWorkers(), Queues: map[string]river.QueueConfig{},
		JobTimeout: jobFor, RescueStuckJobsAfter: rescue, CompletedJobRetentionPeriod: keep, CancelledJobRetentionPeriod: keep,
		ReindexerSchedule: river.NeverSchedule(), // only the owner may
	}
	for i := range works {
		s.plan(config, &works[i], &settings)
	}
	river.AddWorker(config.Workers, &worker{scheduler: s})
	var err error
	s.client, err = river.NewClient(riverpgxv5.New(store.Pool()), config)
	return s, err
}

// plan adds the work of an endpoint. It has a queue of its own, so that a process that does
// not know the endpoint takes none of it.
func (s *Scheduler) plan(config *river.Config, w *Work, settings *Settings) {
	endpoint := w.Outbox.Endpoint()
	sum := sha256.Sum256([]byte(endpoint))
	queue := "lfpse_" + hex.EncodeToString(sum[:8])
	n := 0
	add := func(name string, nth int, every time.Duration, run func(context.Context) error) {
		t := task{endpoint, name, nth}
		s.tasks[t] = run
		n++
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
			return t, &river.InsertOpts{Queue: queue, MaxAttempts: 1, UniqueOpts: unique}
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	for nth := range settings.Drains {
		add("drain", nth, settings.Drain, w.drain)
	}
	add("purge", 0, settings.Purge, w.purge)
	if w.Finder != nil {
		add("reconcile", 0, settings.Reconcile, w.reconcile)
	}
	if w.Webhooks != nil {
		add("webhooks", 0, settings.Webhooks, w.Webhooks)
	}
	if w.Remind != nil {
		add("remind", 0, settings.Remind, w.Remind)
	}
	config.Queues[queue] = river.QueueConfig{MaxWorkers: n}
}

// unique lets a job be there once until it has ended, however it ended.
var unique = river.UniqueOpts{
	ByArgs: true, ByQueue: true,
	ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled},
}

// Run does the work until ctx ends; then attempts under way go on to their end. It returns
// [postgres.ErrLost] when the session of the store was lost: open the store and all that
// stands on it again.
func (s *Scheduler) Run(ctx context.Context) error {
	if err := s.client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	var lost error
	select {
	case <-ctx.Done():
	case <-s.store.Lost():
		lost = postgres.ErrLost
	}
	s.end()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopFor)
	defer cancel()
	err := s.client.Stop(stopping)
	if err != nil {
		err = errors.Join(err, s.client.StopAndCancel(context.WithoutCancel(ctx)))
	}
	return errors.Join(lost, err)
}

// worker runs jobs.
type worker struct {
	river.WorkerDefaults[task]
	scheduler *Scheduler
}

// Work runs one job.
func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	run := w.scheduler.tasks[job.Args]
	if run == nil {
		return fmt.Errorf("this process does not know the work %q", job.Args.Name)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.scheduler.ending, cancel)()
	err := run(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil // the process ends
	}
	return err
}

func (w *Work) drain(ctx context.Context) error {
	for until := time.Now().Add(drainFor); ctx.Err() == nil && time.Now().Before(until); {
		if d, err := w.Outbox.Drain(ctx, w.Sender, drainMost); err != nil || d.Claimed == 0 {
			return err
		}
	}
	return nil
}

func (w *Work) reconcile(ctx context.Context) error {
	_, err := w.Outbox.Reconcile(ctx, w.Finder)
	return err
}

// by stands in the audit trail.
var by = outbox.By{ID: "schedule", Role: outbox.Operator}

func (w *Work) purge(ctx context.Context) error {
	_, err := w.Outbox.Purge(ctx, by, w.Retention)
	return err
}
