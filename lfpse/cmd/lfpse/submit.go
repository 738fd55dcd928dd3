package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

type submitCmd struct {
	sourceFlags
	endpointFlags
	To       string `help:"sandbox (one that lives as long as the command), the url of a sandbox, or an endpoint file." required:"" placeholder:"sandbox|URL|FILE"`
	Receipts string `help:"File in which every attempt is noted, so that no event is sent twice: one for each log. Required for an endpoint file." placeholder:"FILE"`
	Update   bool   `help:"Send an update for a row that has changed since it was recorded, as --receipts knows."`
	JSON     bool   `help:"Print one JSON object a row and one with the totals." name:"json"`
}

func (*submitCmd) Help() string {
	return `Examples:
  lfpse submit incidents.csv --map map.yaml --to sandbox
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787 --receipts receipts.jsonl
  lfpse submit incidents.csv --map map.yaml --to endpoint.yaml --receipts receipts.jsonl --confirm confirmed.json

Rows are known in the receipts by their reference, those without one by their content. A second command waits until the first has done with the file.

An endpoint file, in YAML; go doc github.com/gpsafety/lfpse-go/lfpse/endpoint has all of its keys:
  environment: test
  host: https://lfpse.example
  canonicalBase: https://lfpse.example/taxonomy/fhir/
  version: 6
  key: {file: key}`
}

// Run submits what is ready and accounts for every row exactly once.
func (cmd *submitCmd) Run(ctx context.Context, c *console) error {
	if cmd.Update && cmd.Receipts == "" {
		return errors.New("--update needs --receipts FILE, which says what has been recorded")
	}
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
	var unread error
	for d, err := range s.drafts {
		if err != nil {
			unread = fmt.Errorf("%s: %w\nThe rows before that are listed; those after it have not been read", cmd.Source, err)
			break
		}
		r := sender.row(ctx, &d)
		t.add(r.State)
		results = append(results, r)
		bar.at(s.read())
	}
	bar.done()
	return cmp.Or(unread, cmd.report(c, s, sender, results, &t))
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
	ep, err := cmd.endpoint(ctx, out, t)
	if err != nil {
		return nil, err
	}
	if ep.Environment() != endpoint.Sandbox && cmd.Receipts == "" {
		return nil, errors.New("an endpoint that is not a sandbox needs --receipts FILE, so that no event is ever recorded twice")
	}
	if out.client, err = client.New(ep); err != nil {
		return nil, errors.Join(err, out.close())
	}
	if out.receipts, err = openReceipts(cmd.Receipts, inReceipts(ep)); err != nil {
		return nil, errors.Join(err, out.close())
	}
	return out, nil
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

// row sends one row if it is ready, and says what became of it.
func (s *sender) row(ctx context.Context, d *mapping.Draft) result {
	r := result{Reference: d.Reference, Line: d.Line, Type: string(d.Event.Type), State: string(d.State), Details: details(d)}
	if d.State != mapping.Ready {
		return r
	}
	line := newReceipt(s.builder, d)
	prior, sent := s.receipts.find(line.Reference)
	switch {
	case sent && prior.State == accepted && prior.Digest == line.Digest:
		r.State, r.National, r.ID, r.Version = recorded, prior.National, prior.ID, prior.Version
	case sent && prior.ID == "":
		r.State = unknown
		r.Details = []string{"It was sent before and no answer is known. Find out whether it was recorded. If it was not, take its lines out of the receipts file, and it is sent again."}
	case sent && !s.cmd.Update: // after an update of unknown fate, too: an update may be repeated
		r.State, r.National, r.ID, r.Version = changed, prior.National, prior.ID, prior.Version
		r.Details = []string{"Send the change with --update."}
	case ctx.Err() != nil:
		r.State, r.Details = notSent, []string{"The command was interrupted before."}
	case sent:
		line.ID, line.National, line.Version = prior.ID, prior.National, prior.Version
		return s.update(ctx, d, line, r)
	default:
		return s.attempt(line, r, func() (client.Receipt, error) { return s.client.Submit(ctx, d.Submission) })
	}
	return r
}

// update sends the whole event again, for the record it has become.
func (s *sender) update(ctx context.Context, d *mapping.Draft, line receipt, r result) result {
	e := d.Event
	e.ID = line.ID
	built := s.builder.Build(&e, nil)
	if !built.Ready() {
		r.State, r.Details = rejected, []string{"The update cannot be built: " + built.Issues.Error()}
		return r
	}
	return s.attempt(line, r, func() (client.Receipt, error) {
		got, err := s.client.Update(ctx, line.ID, built.Submission)
		got.ReferenceNumber = cmp.Or(got.ReferenceNumber, line.National)
		return got, err
	})
}

// attempt sends once, and notes before that it will and after that what came of it.
func (s *sender) attempt(line receipt, r result, send func() (client.Receipt, error)) result {
	line.State = sending
	if err := s.receipts.note(line); err != nil {
		r.State, r.Details = notSent, []string{"The attempt could not be noted: " + err.Error()}
		return r
	}
	got, err := send()
	r.State, r.Details = outcome(err)
	if err == nil {
		r.National, r.ID, r.Version = got.ReferenceNumber, got.ID, got.VersionID
		line.National, line.ID, line.Version = r.National, r.ID, r.Version
		for _, w := range got.Warnings {
			r.Details = append(r.Details, "the service remarks: "+issueText(w))
		}
	}
	line.State = r.State
	if err := s.receipts.note(line); err != nil {
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

// issueText is what the service said; the reporter may see it, a log may not.
func issueText(i fhir.OutcomeIssue) string {
	text := i.Severity + ": " + cmp.Or(i.Message(), i.String())
	if len(i.Expression) > 0 {
		text += " (" + strings.Join(i.Expression, ", ") + ")"
	}
	return text
}
