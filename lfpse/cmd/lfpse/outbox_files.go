package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type exportCmd struct {
	filterFlags
	Format string `help:"csv: for a spreadsheet, without cells that one would take for a formula. ndjson: one JSON object a line." enum:"csv,ndjson" default:"csv"`
	Audit  bool   `help:"Write the audit trail instead of the receipts: who did what, when, to which report, one JSON object a line."`
}

// receiptColumns are the columns of the receipts as CSV.
var receiptColumns = []string{
	"report", "practice", "source", "reference", "day", "type", "state", "national reference", "id", "version", "recorded", "requests", "digest", "reason",
}

// Run writes receipts or the audit trail.
func (cmd *exportCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	f, err := cmd.filter()
	if err != nil {
		return err
	}
	return o.with(ctx, c, func(b *box) error {
		if err := b.knows(ctx, cmd.Practice); err != nil {
			return err
		}
		switch {
		case cmd.Audit:
			return b.exportAudit(ctx, c.out, cmd.Practice)
		case cmd.Format == "ndjson" || o.JSON:
			return b.reports(ctx, f, func(r *outbox.Report) error { return writeJSON(c.out, formOf(r)) })
		}
		out := csv.NewWriter(c.out)
		if err := out.Write(receiptColumns); err != nil {
			return err
		}
		err := b.reports(ctx, f, func(r *outbox.Report) error { return writeGuarded(out, receiptCells(r)...) })
		out.Flush()
		return errors.Join(err, out.Error())
	})
}

func receiptCells(r *outbox.Report) []string {
	recorded := ""
	if !r.Record.At.IsZero() {
		recorded = r.Record.At.Format(time.RFC3339)
	}
	return []string{
		fmt.Sprint(r.ID), r.Practice, r.Source, printable.Line(r.Reference), string(r.Day), string(r.Type), string(r.State), r.Record.Number,
		r.Record.ID, r.Record.Version, recorded, fmt.Sprint(r.Attempts), digestText(r.Sent), r.Reason,
	}
}

func (b *box) exportAudit(ctx context.Context, w io.Writer, practice string) error {
	f := outbox.AuditFilter{Practice: practice, Limit: pageSize}
	for {
		entries, err := b.Audit(ctx, f)
		if err != nil {
			return err
		}
		for i := range entries {
			if err := writeJSON(w, &entries[i]); err != nil {
				return err
			}
		}
		if len(entries) < pageSize {
			return nil
		}
		f.After = entries[len(entries)-1].Seq
	}
}

type importCmd struct {
	File      string `arg:"" help:"Extract of the service, as CSV." type:"existingfile"`
	IDs       string `name:"id-column" help:"Column with the id of the record." default:"id" placeholder:"NAME"`
	Numbers   string `name:"number-column" help:"Column with the national reference number, if there is one." default:"national reference" placeholder:"NAME"`
	Digests   string `name:"digest-column" help:"Column with the SHA-256 of what was sent, if there is one." default:"digest" placeholder:"NAME"`
	Reference string `name:"reference-column" help:"Column with the reference of the practice, if there is one." default:"reference" placeholder:"NAME"`
	Practice  string `help:"Only reports of this practice." placeholder:"CODE"`
	Complete  bool   `help:"The extract has every record: what is not in it was not recorded, and is sent again."`
}

// extracted is a row of an extract.
type extracted struct {
	record outbox.Record
	times  int // the extract has it
}

// Run settles reports whose outcome is not known.
func (cmd *importCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	known, err := cmd.read()
	if err != nil {
		return fmt.Errorf("%s: %w", clean(cmd.File), err)
	}
	return o.with(ctx, c, func(b *box) error {
		if err := b.knows(ctx, cmd.Practice); err != nil {
			return err
		}
		var unknown []outbox.Report
		named := map[string]int{}
		err := b.reports(ctx, outbox.Filter{Practice: cmd.Practice, States: []string{string(draft.Unknown)}}, func(r *outbox.Report) error {
			if r.Op != outbox.OpWithdraw {
				unknown = append(unknown, *r)
				named[r.Reference]++
			}
			return nil
		})
		if err != nil {
			return err
		}
		left := 0
		for i := range unknown {
			settled, err := cmd.settle(ctx, o, b, &unknown[i], known, named)
			var not *outbox.StateError // the request may still be on its way, or the record is that of another
			switch {
			case errors.As(err, &not):
				fmt.Fprintf(c.err, "Report %d is not settled: %s.\n", not.Report, printable.Text(cmp.Or(not.Why, not.Error())))
				left++
			case err == nil && settled.ID == 0:
				left++
			case err != nil:
				return err
			default:
				if err := o.done(c, b, &settled); err != nil {
					return err
				}
			}
		}
		return cmd.summary(c, o, len(unknown)-left, left)
	})
}

func (cmd *importCmd) summary(c *console, o *outboxCmd, settled, left int) error {
	if o.JSON {
		if err := writeJSON(c.out, map[string]int{"settled": settled, "left": left}); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintf(c.out, "%s settled; the outcome of %d is still not known.\n", counted(settled, "report was", "reports were"), left); err != nil {
		return err
	}
	if left > 0 {
		return attention("the extract does not say of every report whether it was recorded (exit code 1)")
	}
	return nil
}

// settle settles one report if the extract says something about it: by what was sent, or by
// a reference that one report and one row have.
func (cmd *importCmd) settle(ctx context.Context, o *outboxCmd, b *box, r *outbox.Report, known map[string]*extracted, named map[string]int) (outbox.Report, error) {
	found := known["sha256:"+digestText(r.Sent)]
	if found == nil && r.Named() {
		found = known["reference:"+r.Reference]
		if found != nil && named[r.Reference] > 1 {
			return outbox.Report{}, nil // it may be either
		}
	}
	switch {
	case found != nil && found.times == 1:
		return b.Outbox.Found(ctx, o.by(), r.ID, found.record)
	case found == nil && cmd.Complete:
		return b.NotFound(ctx, o.by(), r.ID)
	}
	return outbox.Report{}, nil
}

// read reads the extract: its records by digest and by reference.
func (cmd *importCmd) read() (map[string]*extracted, error) {
	file, err := os.Open(cmd.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csvlog.NewReader(file)
	if err != nil {
		return nil, err
	}
	id, ok := rows.Column(cmd.IDs)
	if !ok {
		return nil, fmt.Errorf("there is no column %q with the id of the record: name it with --id-column. There are: %s", cmd.IDs, strings.Join(rows.Columns(), ", "))
	}
	number, hasNumber := rows.Column(cmd.Numbers)
	digest, hasDigest := rows.Column(cmd.Digests)
	reference, hasReference := rows.Column(cmd.Reference)
	if !hasDigest && !hasReference {
		return nil, errors.New("a column is needed with the reference of the practice (--reference-column), or with the digest of what was sent (--digest-column)")
	}
	out := map[string]*extracted{}
	for row, err := range rows.Rows() {
		if err != nil {
			return nil, err
		}
		e := &extracted{record: outbox.Record{ID: row.Cell(id)}}
		if hasNumber {
			e.record.Number = row.Cell(number)
		}
		if hasDigest {
			add(out, "sha256:", strings.ToLower(row.Cell(digest)), e)
		}
		if hasReference {
			add(out, "reference:", row.Cell(reference), e)
		}
	}
	if len(out) == 0 && cmd.Complete {
		return nil, errors.New("the extract has no record at all, so with --complete everything would be sent again: check that its export has finished, or settle each report with lfpse outbox settle")
	}
	return out, nil
}

// add notes a row of an extract; what two records have, or one without an id, tells neither that
// a report was recorded as this one nor that it was not.
func add(known map[string]*extracted, kind, key string, e *extracted) {
	if key == "" {
		return
	}
	if prior := known[kind+key]; prior != nil && prior.record.ID != e.record.ID {
		prior.times = 2
		return
	}
	known[kind+key] = &extracted{e.record, 1}
	if !fhir.IsID(e.record.ID) {
		known[kind+key].times = 0
	}
}
