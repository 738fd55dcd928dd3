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
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type submitCmd struct {
	sourceFlags
	tableFlags
	endpointFlags
	To       string `help:"sandbox (a sandbox inside this command, which ends with it), the url of a sandbox, or an endpoint file." required:"" placeholder:"sandbox|URL|FILE"`
	Receipts string `help:"File in which every attempt is recorded, so that no event is sent twice. Use one file per log. Required for an endpoint file." placeholder:"FILE"`
	Update   bool   `help:"Send an update for each row that has changed since --receipts recorded it."`
	JSON     bool   `help:"Print one JSON object per row, with its findings, and one with the totals and the warnings about the log." name:"json"`
}

func (*submitCmd) Help() string {
	return `Examples:
  lfpse submit incidents.csv --map map.yaml --to sandbox
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787 --receipts receipts.jsonl
  lfpse submit incidents.csv --map map.yaml --to endpoint.yaml --receipts receipts.jsonl --confirm confirmed.json

Exit codes: 0 nothing is left to do; 1 something waits for a person; 2 the command or a file cannot be used; 3 an event was not delivered, or may not have been. Warnings about rows that were sent are shown beside them and counted in the last line; they do not change the exit code. See them before you send with: lfpse map

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
	if cmd.JSON {
		if err := cmd.refuse("--json"); err != nil {
			return err
		}
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
	bar := newProgress(c.err, s.size, rows)
	out := newRowPrinter(bar.before(c.out), cmd)
	out.totals.Privacy = weaker(s.builder.Form().Policy())
	var unread error
	for p, err := range s.builder.PrepareAll(s.rows, cmd.workers()) {
		if err != nil {
			unread = fmt.Errorf("%s: %w\nThe rows before that are listed; those after it have not been read", cmd.Source, err)
			break
		}
		out.add(sender.row(ctx, &p))
		bar.row(s.read())
	}
	bar.hide()
	if err := out.end(sender.describe(), s.warnings()); err != nil {
		return errors.Join(unread, err)
	}
	printWarnings(c.err, s.warnings())
	return cmp.Or(unread, verdict(c.err, &out.totals, cmd.tableFlags, cmd.steps(&out.totals)))
}

// rowPrinter prints what became of the rows: as a table, or as one JSON object per result,
// as they come, and one with the totals.
type rowPrinter struct {
	cmd    *submitCmd
	w      io.Writer
	table  *table // nil: JSON
	totals totals
	err    error // of writing; what is sent is sent all the same
}

func newRowPrinter(w io.Writer, cmd *submitCmd) *rowPrinter {
	if cmd.JSON {
		return &rowPrinter{cmd: cmd, w: w}
	}
	return &rowPrinter{cmd: cmd, w: w, table: newTable(w, cmd.tableFlags, "LFPSE REFERENCE OR WHAT TO DO", true)}
}

func (o *rowPrinter) add(r result) {
	o.totals.add(&r)
	if o.table != nil {
		o.err = cmp.Or(o.err, o.table.add(r))
	} else {
		o.err = cmp.Or(o.err, writeJSON(o.w, &r))
	}
}

// end prints the totals. Warnings about the log as a whole are part of the JSON form;
// beside the table they are printed by themselves.
func (o *rowPrinter) end(endpoint string, log []csvlog.Finding) error {
	if o.table == nil {
		last := map[string]any{"totals": &o.totals}
		if len(log) > 0 {
			last["log"] = log
		}
		return cmp.Or(o.err, writeJSON(o.w, last))
	}
	if err := cmp.Or(o.err, o.table.end()); err != nil {
		return err
	}
	text := o.totals.summary() + "\nEndpoint: " + printable.Text(endpoint)
	if o.totals.States[draft.Unknown] > 0 {
		text += fmt.Sprintf("\n%s means: %s.", draft.Unknown, draft.Unknown.Meaning())
	}
	_, err := fmt.Fprintln(o.w, "\n"+o.cmd.wrapped(o.w, text))
	return err
}

// steps says what to do next. The last line counts the rows that were sent although
// there are warnings about them.
func (cmd *submitCmd) steps(t *totals) []string {
	steps := cmd.sourceFlags.steps(t, false)
	switch n := t.Warned; {
	case n == 1:
		steps = append(steps, "1 row with warnings was sent: read them; if one is right, correct the row and send the change with --update.")
	case n > 1:
		steps = append(steps, fmt.Sprintf("%d rows with warnings were sent: read them; if one is right, correct the row and send the change with --update.", n))
	}
	return steps
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
