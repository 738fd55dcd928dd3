package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

type submitCmd struct {
	sourceFlags
	endpointFlags
	To       string `help:"sandbox (a sandbox inside this command, which ends with it), the url of a sandbox, or an endpoint file." required:"" placeholder:"sandbox|URL|FILE"`
	Receipts string `help:"File in which every attempt is recorded, so that no event is sent twice. Use one file per log. Required for an endpoint file." placeholder:"FILE"`
	Update   bool   `help:"Send an update for each row that has changed since --receipts recorded it."`
	JSON     bool   `help:"Print one JSON object per row and one with the totals." name:"json"`
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
	sender, err := cmd.sender(ctx, c, s)
	if err != nil {
		return err
	}
	defer sender.close()
	bar := newProgress(c.err, s.size)
	var o outcomes
	var unread error
	for p, err := range s.builder.PrepareAll(s.rows, cmd.workers()) {
		if err != nil {
			unread = fmt.Errorf("%s: %w\nThe rows before that are listed; those after it have not been read", cmd.Source, err)
			break
		}
		o.add(sender.row(ctx, &p))
		bar.at(s.read())
	}
	bar.done()
	if err := o.print(c.out, cmd.JSON, sender.describe()); err != nil {
		return errors.Join(unread, err)
	}
	printWarnings(c.err, s.warnings())
	return cmp.Or(unread, o.verdict())
}

// outcomes are the results of all rows.
type outcomes struct {
	results []result
	totals  totals
}

func (o *outcomes) add(r result) {
	o.results = append(o.results, r)
	o.totals.add(r.State)
	if r.Before {
		o.totals.Before++
	}
}

// print writes a table, or one JSON object per row and one with the totals.
func (o *outcomes) print(w io.Writer, asJSON bool, endpoint string) error {
	if asJSON {
		for i := range o.results {
			if err := writeJSON(w, &o.results[i]); err != nil {
				return err
			}
		}
		return writeJSON(w, map[string]any{"totals": &o.totals})
	}
	printTable(w, o.results)
	fmt.Fprintf(w, "\n%s\nEndpoint: %s\n", o.totals.line(), clean(endpoint))
	if o.totals.States[draft.Unknown] > 0 {
		fmt.Fprintf(w, "%s means: %s.\n", draft.Unknown, draft.Unknown.Meaning())
	}
	return nil
}

// verdict is the exit code of the command, with a message.
func (o *outcomes) verdict() error {
	if n := o.totals.undelivered(); n > 0 {
		return &exit{exitDelivery, fmt.Errorf("%s not delivered, or not known to be (exit code 3)", rows(n))}
	}
	if n := o.totals.waiting(); n > 0 {
		return attention("%s", waitingText(n))
	}
	return nil
}

func (cmd *submitCmd) sender(ctx context.Context, c *console, s *source) (*sender, error) {
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
	if out.receipts, err = openReceipts(ctx, c.err, cmd.Receipts, inReceipts(ep)); err != nil {
		return nil, errors.Join(err, out.close())
	}
	return out, nil
}
