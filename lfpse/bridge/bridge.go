package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Bridge takes in reports, sends them and tells what became of them. It is safe for
// concurrent use.
type Bridge struct {
	load    func() (Config, error)
	options options
	log     *slog.Logger
	store   outbox.Store
	key     outbox.Key
	box     *outbox.Outbox
	metrics *metrics
	spans   *spanExporter // nil without traces
	servers []*server
	reloads chan chan error
	current atomic.Pointer[run]

	mu     sync.Mutex
	counts counted
}

type options struct {
	log      *slog.Logger
	postgres func(ctx context.Context, url string) (outbox.Store, error)
	finder   outbox.Finder
	page     bool
	applied  func(Config)
	clock    func() time.Time
	tracer   trace.Tracer
}

// Option changes one setting of a [Bridge] that is about the program, not about the
// configuration.
type Option func(*options)

// WithLogger sets the log. The default is to log nothing.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithPostgres opens the database of a configuration that names one.
func WithPostgres(open func(ctx context.Context, url string) (outbox.Store, error)) Option {
	return func(o *options) { o.postgres = open }
}

// WithFinder looks for the records of unknown reports, for a service that can be asked.
// Without one they wait for a person.
func WithFinder(f outbox.Finder) Option { return func(o *options) { o.finder = f } }

// WithPage mounts the page for operators, see package page: at the root of the address that
// the configuration gives for it, else of the address of the HTTP interface. Without
// accounts in the configuration nobody can sign in to read reports or to act on them.
func WithPage() Option { return func(o *options) { o.page = true } }

// WithApplied is called with each configuration that is put to use, such as to set the
// level of the log.
func WithApplied(f func(Config)) Option { return func(o *options) { o.applied = f } }

// WithClock sets the clock of the outbox. The default is time.Now.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// New makes a bridge by the configuration that load returns, opens its outbox and begins to
// listen. load is called again for each [Bridge.Reload]. The error is [Findings] if the
// configuration is wrong.
func New(ctx context.Context, load func() (Config, error), opts ...Option) (*Bridge, error) {
	b := &Bridge{load: load, reloads: make(chan chan error)}
	b.options = options{log: slog.New(slog.DiscardHandler), applied: func(Config) {}, clock: time.Now}
	for _, set := range opts {
		set(&b.options)
	}
	b.log = b.options.log
	b.metrics = newMetrics(b)
	c, err := load()
	if err != nil {
		return nil, err
	}
	s, wrong := prepare(c)
	if len(wrong) > 0 {
		return nil, wrong
	}
	if err := errors.Join(b.trace(s.collector), b.open(ctx, s.cfg.Outbox)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	name := s.client.Endpoint().Config().Name
	if b.box, err = outbox.Open(ctx, b.store, b.key, name, outbox.WithObserver(b.metrics.attempt), outbox.WithClock(b.options.clock)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	r, err := b.start(ctx, s)
	if err == nil {
		_, err = b.countNow(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.current.Store(r)
	b.options.applied(s.cfg)
	if err := b.listen(s.cfg); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// open opens the store and its key.
func (b *Bridge) open(ctx context.Context, c Outbox) (err error) {
	if c.File == "" {
		return b.openPostgres(ctx, c)
	}
	if err = os.MkdirAll(filepath.Dir(c.Key), 0o700); err != nil {
		return err
	}
	if b.key, err = outbox.OpenKey(c.Key); err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, c.File, sqlite.Sending(func() { b.log.Warn("another process has the outbox; waiting for it to end") }))
	if err == nil {
		b.store = store
	}
	return err
}

func (b *Bridge) openPostgres(ctx context.Context, c Outbox) (err error) {
	if b.options.postgres == nil {
		return errors.New("this program cannot open a PostgreSQL database")
	}
	if b.key, err = outbox.LoadKey(c.Key); err != nil {
		return err
	}
	url, err := readWord(c.Postgres)
	if err != nil {
		return err
	}
	store, err := b.options.postgres(ctx, url)
	if err == nil {
		b.store = store
	}
	return err
}

// Outbox returns the outbox of the bridge. It stays the same when the configuration changes.
func (b *Bridge) Outbox() *outbox.Outbox { return b.box }

// Builder returns the builder that checks events by the present configuration.
func (b *Bridge) Builder() *submission.Builder { return b.current.Load().setup.builder }

// Config returns the present configuration, with its defaults filled in.
func (b *Bridge) Config() Config { return b.current.Load().setup.cfg }

// Run keeps the bridge going until the context ends, and closes it. Attempts under way then
// go on to their end, for as long as limits.stop says. It also ends, with an error, when the
// session with a shared database is lost: start a new bridge then. It is called once.
func (b *Bridge) Run(ctx context.Context) error {
	for _, s := range b.servers {
		s.serve(b.log)
	}
	r := b.current.Load()
	r.begin(ctx)
	for {
		select {
		case <-ctx.Done():
			return b.stop(b.current.Load())
		case <-lost(b.store):
			return errors.Join(errLost, b.stop(b.current.Load()))
		case answer := <-b.reloads:
			answer <- b.change(ctx)
		}
	}
}

// errLost ends a bridge that other processes take for dead: it must not go on.
var errLost = errors.New("the session with the database was lost; start the bridge again")

// lost returns a channel that is closed when a store has lost what keeps others from taking
// over; nil for a store that does not lose it.
func lost(s outbox.Store) <-chan struct{} {
	if s, can := s.(interface{ Lost() <-chan struct{} }); can {
		return s.Lost()
	}
	return nil
}

// Reload reads the configuration again and puts it to use. If anything is wrong with it,
// the error says what, as [Findings] where it can, and the bridge goes on as it was.
func (b *Bridge) Reload(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case b.reloads <- answer:
		return <-answer
	case <-ctx.Done():
		return ctx.Err()
	}
}

// change puts a new configuration to use: the loops end, and begin anew with it.
func (b *Bridge) change(ctx context.Context) error {
	old := b.current.Load()
	c, err := b.load()
	if err != nil {
		return err
	}
	s, wrong := prepare(c)
	if wrong = append(wrong, old.setup.needRestart(s)...); len(wrong) > 0 {
		b.log.Error("the new configuration is wrong; the old one stays", "findings", len(wrong))
		return wrong
	}
	old.cancel()
	old.loops.Wait() // the time limit of a request bounds it
	next, err := b.start(ctx, s)
	if err != nil {
		old.begin(ctx)
		return err
	}
	b.current.Store(next)
	b.options.applied(s.cfg)
	next.begin(ctx)
	b.log.Info("a new configuration is in use")
	return nil
}

// needRestart lists the changes that only a new start can put to use.
func (s *setup) needRestart(next *setup) (list Findings) {
	fs := &findings{c: &next.cfg}
	for _, one := range []struct {
		path    string
		changed bool
	}{
		{"outbox", s.cfg.Outbox != next.cfg.Outbox},
		{"endpoint.name", s.client != nil && next.client != nil && s.client.Endpoint().Config().Name != next.client.Endpoint().Config().Name},
		{"http.address", s.cfg.HTTP.Address != next.cfg.HTTP.Address || (s.serving.tls == nil) != (next.serving.tls == nil)},
		{"page.address", s.cfg.Page.Address != next.cfg.Page.Address},
		{"traces", s.cfg.Traces != next.cfg.Traces},
	} {
		if one.changed {
			fs.add(RuleRestart, one.path, "This cannot change while the bridge runs.", "Stop the bridge and start it again.")
		}
	}
	return fs.list
}

// stop ends everything in order: nothing more comes in, then nothing more is sent.
func (b *Bridge) stop(r *run) error {
	bound := r.setup.cfg.Limits.Stop
	began := time.Now()
	for _, s := range b.servers {
		s.stop(bound)
	}
	if !r.end(max(bound-time.Since(began), time.Second)) {
		return fmt.Errorf("requests were still under way after %s; what became of them is unknown until somebody has looked", bound)
	}
	b.log.Info("the bridge has stopped")
	return b.Close()
}

// Close closes the outbox and the listeners of a bridge that does not run, and exports the
// traces that are left.
func (b *Bridge) Close() error {
	var errs []error
	b.spans.end()
	for _, s := range b.servers {
		errs = append(errs, s.http.Close())
	}
	if b.store != nil {
		errs = append(errs, b.store.Close())
	}
	return errors.Join(errs...)
}

// Read takes in a stream of reports, one JSON document a line, each as it comes, and tells
// what became of each. It is used while the bridge runs. The practice must be one of the
// configuration; the source is a name of the caller's choice that stays the same.
func (b *Bridge) Read(ctx context.Context, practice, source string, in io.Reader, tell func(*Result)) error {
	r := b.current.Load()
	if err := r.setup.cfg.Takes(practice, source); err != nil {
		return err
	}
	log, err := r.box.Import(ctx, practice, source)
	if err != nil {
		return err
	}
	e := entrance{box: r.box, builder: r.setup.builder, practice: practice, source: source, log: log, batch: 1}
	return e.take(ctx, documentRows(r.setup.builder.Codec(), in), func(result *Result) {
		b.took(practice, "stream", result)
		b.current.Load().wakeDrain()
		tell(result)
	})
}

// Takes says why reports of a practice and a source cannot be taken in by [Bridge.Read]; nil if
// they can.
func (c Config) Takes(practice, source string) error {
	switch {
	case !slices.ContainsFunc(c.Practices, func(p Practice) bool { return p.ODS == practice }):
		return errors.New("the practice is not one of the configuration")
	case !nameGrammar.MatchString(source):
		return errors.New("the source is missing, or has other than 1 to 40 letters, digits, dots, hyphens and underscores")
	}
	return nil
}

// has reports whether a practice is one of the configuration.
func (s *setup) has(practice string) bool {
	for i := range s.cfg.Practices {
		if s.cfg.Practices[i].ODS == practice {
			return true
		}
	}
	return false
}
