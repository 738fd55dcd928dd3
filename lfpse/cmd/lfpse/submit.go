package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

type submitCmd struct {
	sourceFlags
	To       string        `help:"sandbox (one that lives as long as the command), the url of a sandbox on this machine, or an endpoint file." required:"" placeholder:"sandbox|URL|FILE"`
	KeyEnv   string        `help:"Environment variable that holds the subscription key." placeholder:"NAME"`
	KeyFile  string        `help:"File that holds the subscription key, readable by its owner only." placeholder:"FILE"`
	Receipts string        `help:"File in which every attempt is noted, so that no event is sent twice. Required for an endpoint file." placeholder:"FILE"`
	Update   bool          `help:"Send an update for a row that has changed since it was recorded."`
	Timeout  time.Duration `help:"How long one request may take." default:"40s"`
	JSON     bool          `help:"Print one JSON object a row and one with the totals." name:"json"`
}

func (*submitCmd) Help() string {
	return `Examples:
  lfpse submit incidents.csv --map map.yaml --to sandbox
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787 --receipts receipts.jsonl
  lfpse submit incidents.csv --map map.yaml --to endpoint.json --key-file key --receipts receipts.jsonl --confirm confirmed.json

An endpoint file: {"name": "...", "environment": "test", "host": "https://...", "canonicalBase": "https://...", "version": "6"}`
}

// Run submits what is ready and accounts for every row exactly once.
func (cmd *submitCmd) Run(ctx context.Context, c *console) error {
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	sender, err := cmd.sender(ctx, s)
	if err != nil {
		return err
	}
	defer sender.close()
	bar := newProgress(c.err, s.size)
	var results []result
	var t totals
	for d, err := range s.drafts {
		if err != nil {
			bar.done()
			return fmt.Errorf("%s: %w", cmd.Source, errors.Join(err, errors.New(t.line()+" before that")))
		}
		r := sender.row(ctx, &d)
		t.add(r.State)
		results = append(results, r)
		bar.at(s.read())
	}
	bar.done()
	return cmd.report(c, s, sender, results, &t)
}

func (cmd *submitCmd) report(c *console, s *source, sender *sender, results []result, t *totals) error {
	if cmd.JSON {
		for i := range results {
			if err := writeJSON(c.out, &results[i]); err != nil {
				return err
			}
		}
		if err := writeJSON(c.out, map[string]any{"totals": t}); err != nil {
			return err
		}
	} else {
		printTable(c.out, results)
		fmt.Fprintf(c.out, "\n%s\n", t.line())
		fmt.Fprintf(c.out, "Endpoint: %s\n", sender.describe())
		if t.States[unknown] > 0 {
			fmt.Fprintln(c.out, stateNote)
		}
	}
	printWarnings(c.err, s.warnings())
	if n := t.States[notSent] + t.States[unknown]; n > 0 {
		return &exit{exitDelivery, fmt.Errorf("%s not delivered, or not known to be (exit code 3)", rows(n))}
	}
	if n := t.waiting(); n > 0 {
		return attention("%s", waitingText(n))
	}
	return nil
}

// sender sends the submissions of one command.
type sender struct {
	cmd      *submitCmd
	builder  *submission.Builder
	client   *client.Client
	receipts *receipts
	server   *sandbox.Server // the command's own sandbox, if it has one
}

func (cmd *submitCmd) sender(ctx context.Context, s *source) (*sender, error) {
	out := &sender{cmd: cmd, builder: s.builder}
	t := s.builder.Codec().Taxonomy()
	ep, key, err := cmd.endpoint(ctx, out, t)
	if err != nil {
		return nil, err
	}
	if ep.Environment != client.Sandbox && cmd.Receipts == "" {
		return nil, errors.New("an endpoint that is not a sandbox needs --receipts FILE, so that no event is ever recorded twice")
	}
	if out.client, err = client.New(ep, key, client.WithTimeout(cmd.Timeout)); err != nil {
		return nil, errors.Join(err, out.close())
	}
	if out.receipts, err = openReceipts(cmd.Receipts, ep.Host); err != nil {
		return nil, errors.Join(err, out.close())
	}
	return out, nil
}

// endpoint finds out where to send, starting a sandbox if asked to.
func (cmd *submitCmd) endpoint(ctx context.Context, out *sender, t *taxonomy.Taxonomy) (client.Endpoint, client.Key, error) {
	switch {
	case cmd.To == "sandbox":
		data, err := t.Append(nil)
		if err != nil {
			return client.Endpoint{}, client.Key{}, err
		}
		if out.server, err = sandbox.Start(ctx, "127.0.0.1:0", sandbox.WithTaxonomy(data)); err != nil {
			return client.Endpoint{}, client.Key{}, err
		}
		return client.SandboxEndpoint(out.server.URL(), t), client.SandboxKey(), nil
	case strings.HasPrefix(cmd.To, "http://"), strings.HasPrefix(cmd.To, "https://"):
		return client.SandboxEndpoint(cmd.To, t), client.SandboxKey(), nil
	}
	data, err := os.ReadFile(cmd.To)
	if err != nil {
		return client.Endpoint{}, client.Key{}, fmt.Errorf("--to is neither sandbox nor a url, and: %w", err)
	}
	ep, err := client.ParseEndpoint(data)
	if err != nil {
		return ep, client.Key{}, fmt.Errorf("%s: %w", cmd.To, err)
	}
	key, err := cmd.key()
	return ep, key, err
}

func (cmd *submitCmd) key() (client.Key, error) {
	switch {
	case cmd.KeyFile != "":
		return client.KeyFromFile(cmd.KeyFile)
	case cmd.KeyEnv != "":
		return client.KeyFromEnv(cmd.KeyEnv)
	}
	return client.Key{}, errors.New("the endpoint needs a subscription key: --key-file FILE or --key-env NAME")
}

func (s *sender) close() error {
	var errs []error
	if s.receipts != nil {
		errs = append(errs, s.receipts.close())
	}
	if s.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		errs = append(errs, s.server.Close(ctx))
	}
	return errors.Join(errs...)
}

func (s *sender) describe() string {
	ep := s.client.Endpoint()
	if s.server != nil {
		return "a sandbox inside this command; nothing has left this machine and nothing is kept"
	}
	return fmt.Sprintf("%s (%s), taxonomy version %s", ep.Host, ep.Environment, ep.Version)
}

// row sends one row if it is ready, and says what became of it.
func (s *sender) row(ctx context.Context, d *mapping.Draft) result {
	r := result{Reference: d.Reference, Line: d.Line, Type: string(d.Event.Type), State: string(d.State), Details: details(d)}
	if d.State != mapping.Ready {
		return r
	}
	sub := d.Submission
	switch prior := s.receipts.find(d.Reference); {
	case prior == nil:
		return s.deliver(ctx, d.Reference, sub, r)
	case prior.State != accepted:
		r.State, r.Details = unknown, []string{"It was sent before and no answer is known. Find out whether it was recorded before sending it again."}
		return r
	case prior.Digest == digestText(sub):
		r.State, r.National, r.ID, r.Version = recorded, prior.National, prior.ID, prior.Version
		return r
	case !s.cmd.Update || prior.ID == "":
		r.State, r.National, r.ID, r.Version = changed, prior.National, prior.ID, prior.Version
		r.Details = []string{"Send the change with --update."}
		return r
	default:
		return s.update(ctx, d, prior, r)
	}
}

// update sends the whole event again, for the record it has become.
func (s *sender) update(ctx context.Context, d *mapping.Draft, prior *receipt, r result) result {
	e := d.Event
	e.ID = prior.ID
	built := s.builder.Build(&e, nil)
	if !built.Ready() {
		r.State, r.Details = rejected, []string{"The update cannot be built: " + built.Issues.Error()}
		return r
	}
	digest := digestText(d.Submission)
	if err := s.receipts.note(receipt{Reference: d.Reference, State: sending, Digest: digest, ID: prior.ID, National: prior.National, Version: prior.Version}); err != nil {
		r.State, r.Details = notSent, []string{"The attempt could not be noted: " + err.Error()}
		return r
	}
	got, err := s.client.Update(ctx, prior.ID, built.Submission)
	if got.ReferenceNumber == "" {
		got.ReferenceNumber = prior.National
	}
	return s.settle(d.Reference, digest, got, err, r)
}

func (s *sender) deliver(ctx context.Context, reference string, sub submission.Submission, r result) result {
	digest := digestText(sub)
	if err := s.receipts.note(receipt{Reference: reference, State: sending, Digest: digest}); err != nil {
		r.State, r.Details = notSent, []string{"The attempt could not be noted: " + err.Error()}
		return r
	}
	got, err := s.client.Submit(ctx, sub)
	return s.settle(reference, digest, got, err, r)
}

// settle notes the outcome of an attempt and puts it into the result.
func (s *sender) settle(reference, digest string, got client.Receipt, err error, r result) result {
	r.State, r.Details = outcome(err)
	if err == nil {
		r.National, r.ID, r.Version = got.ReferenceNumber, got.ID, got.VersionID
		for _, w := range got.Warnings {
			r.Details = append(r.Details, "the service remarks: "+issueText(w))
		}
	}
	note := receipt{Reference: reference, State: r.State, Digest: digest, ID: r.ID, National: r.National, Version: r.Version}
	if err := s.receipts.note(note); err != nil {
		r.Details = append(r.Details, "The outcome could not be noted: "+err.Error())
	}
	return r
}

// outcome turns the client's error into a state and what to tell about it.
func outcome(err error) (state string, details []string) {
	if err == nil {
		return accepted, nil
	}
	state = unknown
	details = []string{err.Error()}
	var e *client.Error
	if errors.As(err, &e) {
		switch e.Outcome {
		case client.Rejected:
			state = rejected
		case client.NotSent:
			state = notSent
		}
		for _, i := range e.Issues {
			details = append(details, issueText(i))
		}
	}
	return state, details
}

// issueText is what the service said, made safe for a terminal by the table.
func issueText(i fhir.OutcomeIssue) string {
	parts := slices.DeleteFunc([]string{i.Severity, i.DetailsText, i.Diagnostics, strings.Join(i.Expression, ", ")}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

func digestText(s submission.Submission) string {
	d := s.Digest()
	return fmt.Sprintf("%x", d[:])
}

// sending is the state noted before the first byte of a request leaves.
const sending = "sending"

// receipt is one line of a receipts file.
type receipt struct {
	Host      string    `json:"host"`
	Reference string    `json:"reference"`
	State     string    `json:"state"`
	Digest    string    `json:"digest"`
	ID        string    `json:"id,omitempty"`
	Version   string    `json:"versionId,omitempty"`
	National  string    `json:"nationalReference,omitempty"`
	At        time.Time `json:"at"`
}

// receipts is the file of all attempts. Without a file it notes nothing.
type receipts struct {
	file *os.File
	host string
	last map[string]*receipt
}

func openReceipts(name, host string) (*receipts, error) {
	r := &receipts{host: host, last: map[string]*receipt{}}
	if name == "" {
		return r, nil
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	r.file = file
	for doc, err := range documents(file) {
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
		}
		var line receipt
		if err := json.Unmarshal(doc.text, &line); err != nil || line.Reference == "" || line.State == "" {
			return nil, errors.Join(fmt.Errorf("%s, line %d: this is not a line of a receipts file", name, doc.line), file.Close())
		}
		r.remember(line)
	}
	return r, nil
}

// remember keeps what the last attempt came to; one that was not sent, or was
// rejected, may be made again.
func (r *receipts) remember(line receipt) {
	if line.Host != r.host {
		return
	}
	prior := r.last[line.Reference]
	switch line.State {
	case rejected, notSent:
		if prior != nil && prior.ID != "" { // a failed update leaves the record as it was
			prior.State, prior.Digest = accepted, ""
			return
		}
		delete(r.last, line.Reference)
	default:
		r.last[line.Reference] = &line
	}
}

// find returns what is known of a reference, nil if it may be sent.
func (r *receipts) find(reference string) *receipt { return r.last[reference] }

// note writes a line to the disk before it returns.
func (r *receipts) note(line receipt) error {
	line.Host, line.At = r.host, time.Now().UTC().Truncate(time.Second)
	if r.file == nil {
		return nil
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if _, err := r.file.Write(append(text, '\n')); err != nil {
		return err
	}
	r.remember(line)
	return r.file.Sync()
}

func (r *receipts) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
