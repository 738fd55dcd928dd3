package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
)

type bridgeCmd struct {
	Config  string `help:"Configuration of the bridge (YAML)." required:"" type:"existingfile" placeholder:"FILE"`
	Check   bool   `help:"List everything that is wrong with the configuration, and end." xor:"instead"`
	MakeKey bool   `help:"Make the key file of the outbox, and end: for bridges that share a database." xor:"instead"`
	Open    string `help:"Print the text of a file from the folder done or failed, and end." placeholder:"FILE" type:"existingfile" xor:"instead"`
	User    string `help:"Make an account of the page, or change one, and end. The password comes on standard input." placeholder:"NAME" xor:"instead"`
	accountFlags
	Stdin   string `help:"Take in the reports that come on standard input, one JSON document a line, for this practice and source; what became of each is printed. Needs no folder." placeholder:"ODS/SOURCE"`
	Sandbox bool   `help:"Start a sandbox at the address of the endpoint, to try the bridge. It ends with the bridge and keeps nothing."`
	Ledger  string `help:"File in which the sandbox records every request, as JSON lines." placeholder:"FILE"`
}

func (*bridgeCmd) Help() string {
	return `Examples:
  lfpse bridge --config bridge.yaml --check
  lfpse bridge --config bridge.yaml
  lfpse bridge --config bridge.yaml --sandbox
  events | lfpse bridge --config bridge.yaml --stdin A99999/events
  lfpse bridge --config bridge.yaml --user mgr1 --role manager
  lfpse bridge --config bridge.yaml --open in/incidents/done/FILE.sealed

It runs until it is interrupted, and lets requests under way end. After SIGHUP it reads the configuration again, with the files that it names; one that is wrong is reported, and the old one stays. On Windows, stop the bridge and start it again.

The configuration is described by go doc github.com/gpsafety/lfpse-go/lfpse/bridge; examples/bridge has one that works as it is.`
}

// Run keeps the bridge going until the command is interrupted.
func (cmd *bridgeCmd) Run(ctx context.Context, c *console) error {
	if cmd.Ledger != "" && !cmd.Sandbox {
		return errors.New("--ledger is for the sandbox of the command: add --sandbox")
	}
	forgetTelemetry()
	config, err := bridge.Load(cmd.Config)
	switch {
	case err != nil:
		return err
	case cmd.Check:
		return cmd.check(c, config)
	case cmd.MakeKey:
		return cmd.makeKey(c, config)
	case cmd.Open != "":
		return cmd.open(c, config)
	case cmd.User != "":
		return cmd.account(c, config)
	}
	if practice, source, _ := strings.Cut(cmd.Stdin, "/"); cmd.Stdin != "" {
		if err := config.Takes(practice, source); err != nil {
			return fmt.Errorf("--stdin: %w: write it as A99999/events", err)
		}
	}
	var server *sandbox.Server
	if cmd.Sandbox {
		if server, err = cmd.startSandbox(ctx, config); err != nil {
			return err
		}
		defer closeSandbox(server)
	}
	b, err := newBridge(ctx, c, config, server, func() (bridge.Config, error) { return bridge.Load(cmd.Config) })
	if err != nil {
		return wrongConfig(cmd.Config, err)
	}
	return cmd.run(ctx, c, b)
}

// newBridge makes a bridge with its page and log. config is what load returns first, and server
// the sandbox of the command, if it has one.
func newBridge(ctx context.Context, c *console, config bridge.Config, server *sandbox.Server, load func() (bridge.Config, error)) (*bridge.Bridge, error) {
	level := new(slog.LevelVar)
	log := logger(c.err, config, level)
	b, err := bridge.New(ctx, load,
		bridge.WithLogger(log), bridge.WithPage(),
		bridge.WithPostgres(func(ctx context.Context, url string) (outbox.Store, error) { return postgres.Open(ctx, url) }),
		bridge.WithApplied(func(c bridge.Config) { l, _ := c.LogLevel(); level.Set(l) }))
	if err != nil || server == nil {
		return b, err
	}
	if err = remember(ctx, server.Sandbox(), b.Outbox()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// forgetTelemetry removes what the environment says to OpenTelemetry, since the configuration
// alone says what is traced: variables that OpenTelemetry cannot read, a secret among them,
// it would print.
func forgetTelemetry() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "OTEL_") {
			_ = os.Unsetenv(name)
		}
	}
}

// logger writes the log in the form that the configuration gives.
func logger(w io.Writer, c bridge.Config, level *slog.LevelVar) *slog.Logger {
	first, asJSON := c.LogLevel()
	level.Set(first)
	options := &slog.HandlerOptions{Level: level}
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// wrongConfig says whose findings these are, and where an address that is taken stands.
func wrongConfig(name string, err error) error {
	var findings bridge.Findings
	if errors.As(err, &findings) {
		return fmt.Errorf("%s cannot be used:\n%w", name, err)
	}
	if taken := (*bridge.ListenError)(nil); errors.As(err, &taken) {
		return fmt.Errorf("%w: state another address in %s", taken, name)
	}
	return err
}

func (cmd *bridgeCmd) check(c *console, config bridge.Config) error {
	warnings, findings := bridge.Warnings(config), bridge.Check(config)
	printWarnings(c.out, warnings)
	for _, f := range findings {
		fmt.Fprintln(c.out, clean(f.String()))
	}
	if len(findings) > 0 {
		return fmt.Errorf("%s cannot be used: %s", cmd.Config, counted(len(findings), "finding", "findings"))
	}
	if len(warnings) > 0 {
		fmt.Fprintln(c.out, "The configuration can be used. Read the warnings first.")
		return nil
	}
	fmt.Fprintln(c.out, "Nothing is wrong with the configuration.")
	return nil
}

func (cmd *bridgeCmd) makeKey(c *console, config bridge.Config) error {
	key := config.Outbox.Key
	if key == "" {
		return fmt.Errorf("%s names no key file: add outbox: {key: outbox.key}", cmd.Config)
	}
	if _, err := outbox.CreateKey(key); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a file %s already, and it stays as it is", clean(key))
	} else if err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.out, "The key is in %s. Keep a copy of it apart from copies of the outbox, and give the same to all bridges that share the database.\n", clean(key))
	return err
}

func (cmd *bridgeCmd) open(c *console, config bridge.Config) error {
	key, err := outbox.LoadKey(config.Outbox.Key)
	if err != nil {
		return err
	}
	text, err := bridge.OpenFile(key, cmd.Open)
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}

// startSandbox starts a sandbox where the endpoint expects one.
func (cmd *bridgeCmd) startSandbox(ctx context.Context, config bridge.Config) (*sandbox.Server, error) {
	address, local := strings.CutPrefix(config.Endpoint.Host, "http://")
	if !local || !onThisComputer(config.Endpoint.Host) {
		return nil, errors.New("--sandbox needs an endpoint on this computer, such as host: http://127.0.0.1:8787")
	}
	flags := sandboxCmd{Ledger: cmd.Ledger}
	flags.Taxonomy = config.Taxonomy
	if flags.Taxonomy == "" {
		flags.Taxonomy = "6"
	}
	flags.BasePath, flags.TaxonomyPath, flags.KeyHeader = "/adverse-event/fhir", "/taxonomy/fhir", "Ocp-Apim-Subscription-Key"
	t, err := flags.load()
	if err != nil {
		return nil, err
	}
	opts, err := flags.options(t)
	if err != nil {
		return nil, err
	}
	server, err := sandbox.Start(ctx, strings.TrimSuffix(address, "/"), opts...)
	if err != nil {
		return nil, fmt.Errorf("no sandbox can be started at the address of the endpoint, %s: %w", config.Endpoint.Host, err)
	}
	return server, nil
}

func closeSandbox(s *sandbox.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.Close(ctx)
}

// run keeps a bridge going, with what comes from outside: signals and standard input.
func (cmd *bridgeCmd) run(ctx context.Context, c *console, b *bridge.Bridge) error {
	for _, address := range b.Addresses() {
		fmt.Fprintf(c.err, "The bridge listens on %s.\n", address)
	}
	fmt.Fprintln(c.err, "Stop it with Ctrl-C.")
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	defer signal.Stop(again)
	ended, end := context.WithCancel(ctx)
	defer end()
	var beside sync.WaitGroup
	beside.Go(func() {
		for {
			select {
			case <-ended.Done():
				return
			case <-again:
				if err := b.Reload(ended); err != nil {
					complain(c, fmt.Errorf("the old configuration stays: %w", wrongConfig(cmd.Config, err)))
				}
			}
		}
	})
	read := make(chan error, 1)
	if cmd.Stdin != "" {
		go func() { read <- cmd.read(ended, c, b) }() // standard input may never end
	}
	err := b.Run(ctx)
	end()
	beside.Wait()
	select {
	case failed := <-read:
		return errors.Join(err, failed)
	default:
		return err
	}
}

// read takes in what comes on standard input. An error is shown when it comes, and ends the
// command with its code.
func (cmd *bridgeCmd) read(ctx context.Context, c *console, b *bridge.Bridge) error {
	practice, source, _ := strings.Cut(cmd.Stdin, "/")
	out := json.NewEncoder(c.out)
	err := b.Read(ctx, practice, source, c.in, func(r *bridge.Result) { _ = out.Encode(r) })
	if err == nil || ctx.Err() != nil {
		return nil
	}
	complain(c, fmt.Errorf("--stdin: %w", err))
	return errors.New("not all that came on standard input was taken in")
}
