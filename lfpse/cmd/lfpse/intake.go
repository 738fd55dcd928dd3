package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

// intake takes the rows of a log into the outbox, many in one transaction.
type intake struct {
	box *box
	teller
	source   string // the name of the log
	practice string // whose log it is; empty: each row says it

	rows    []row
	other   map[int64]bool            // reports that rows may be about, which are asked
	imports map[string]*outbox.Import // by practice
	batch   map[string]*batch         // likewise
	waiting int                       // rows in the batches
}

// row is what became of a row of the log.
type row struct {
	result
	report int64 // of the outbox, 0 if it has none
	done   bool  // nothing will change any more in this run
}

// batch is what is told to the outbox in one call about rows of one practice.
type batch struct {
	items   []outbox.Item
	of      []int            // the rows of the items
	mention map[string][]int // rows that are not ready, by reference
}

// batchSize is how many rows are put into the outbox in one transaction.
const batchSize = 256

// logName is the name of the log in the outbox.
func (cmd *submitCmd) logName() string {
	base := filepath.Base(cmd.Source)
	return cmp.Or(cmd.Name, strings.TrimSuffix(base, filepath.Ext(base)), base)
}

const organisation = "reporter.reporterOrganisation"

// ownPractice is the practice whose log it is, as far as that does not depend on the row:
// the organisation that is set, or that the map states without a look at any column.
func (f *sourceFlags) ownPractice(m *mapping.Map) string {
	if code := f.Set[organisation]; code != "" || m == nil {
		return code
	}
	for i := range m.Fields {
		if field := &m.Fields[i]; field.To == organisation && field.Column == "" && len(field.Columns) == 0 {
			return field.Default
		}
	}
	return ""
}

// read takes in all rows of a source. An error says that it has not taken in all of them.
func (in *intake) read(ctx context.Context, s *source, workers int, after func()) error {
	if in.practice != "" {
		if _, err := in.of(ctx, in.practice); err != nil {
			return err
		}
	}
	for p, err := range s.builder.PrepareAll(s.rows, workers) {
		if err == nil {
			err = in.add(ctx, &p)
		}
		if err == nil && ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		if err != nil {
			return errors.Join(err, in.flush(ctx))
		}
		after()
	}
	return in.flush(ctx)
}

// of returns the import and the batch of a practice.
func (in *intake) of(ctx context.Context, practice string) (*batch, error) {
	if b := in.batch[practice]; b != nil {
		return b, nil
	}
	imp, err := in.box.Import(context.WithoutCancel(ctx), practice, in.source)
	if err != nil {
		return nil, outboxError{err}
	}
	in.imports[practice], in.batch[practice] = imp, &batch{mention: map[string][]int{}}
	return in.batch[practice], nil
}

// outboxError is an error of the outbox, not of the log.
type outboxError struct{ error }

func (e outboxError) Unwrap() error { return e.error }

// add takes one row: it is put into the outbox if it is ready, and else the outbox is told
// that the log has it.
func (in *intake) add(ctx context.Context, p *submission.Prepared) error {
	r := in.result(&p.Draft)
	in.rows = append(in.rows, row{result: r, done: p.State != draft.Ready})
	practice := cmp.Or(in.practice, strings.ToUpper(strings.TrimSpace(p.Event.Reporter.ReporterOrganisation)))
	if practice == "" && p.State == draft.Ready {
		if in.box.lasts {
			return fmt.Errorf("row %s names no organisation by its code: say with --practice CODE whose log this is", r.Reference)
		}
		practice = "-"
	}
	reference := outbox.ReferenceOf(&p.Draft)
	if practice == "" || p.State != draft.Ready && (reference == "" || r.has("MAP-DUPLICATE")) {
		return nil // the outbox knows nothing of such a row
	}
	b, err := in.of(ctx, practice)
	if err != nil {
		return err
	}
	if p.State == draft.Ready {
		b.items, b.of = append(b.items, outbox.NewItem(in.builder, practice, in.source, p)), append(b.of, len(in.rows)-1)
	} else {
		b.mention[reference] = append(b.mention[reference], len(in.rows)-1)
	}
	if in.waiting++; in.waiting < batchSize {
		return nil
	}
	return in.flush(ctx)
}

// flush tells the outbox what is in the batches.
func (in *intake) flush(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // what has been read is kept
	in.waiting = 0
	for _, practice := range slices.Sorted(maps.Keys(in.batch)) {
		imp, b := in.imports[practice], in.batch[practice]
		in.batch[practice] = &batch{mention: map[string][]int{}}
		if err := in.enter(ctx, imp, b); err != nil {
			return err
		}
		if err := in.mention(ctx, imp, b); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) enter(ctx context.Context, imp *outbox.Import, b *batch) error {
	if len(b.items) == 0 {
		return nil
	}
	entered, err := imp.Add(ctx, b.items...)
	if err != nil {
		for _, i := range b.of {
			r := &in.rows[i]
			r.done, r.State = true, draft.Pending
			r.Details = append(r.Details, said("It could not be put into the outbox, and was not sent."))
		}
		return outboxError{err}
	}
	for k := range entered {
		r := &in.rows[b.of[k]]
		r.report, r.Change = entered[k].ID, entered[k].Change
		if entered[k].State == draft.NeedsAnswers {
			in.other[entered[k].Other] = true
		}
		r.done = entered[k].State != draft.Pending && entered[k].Change != outbox.Queued
		if r.done {
			in.box.tell(&r.result, &entered[k].Report)
		}
	}
	return nil
}

// mention says which rows that are not ready have been recorded before.
func (in *intake) mention(ctx context.Context, imp *outbox.Import, b *batch) error {
	if len(b.mention) == 0 {
		return nil
	}
	known, err := imp.Mention(ctx, slices.Sorted(maps.Keys(b.mention))...)
	if err != nil {
		return outboxError{err}
	}
	for i := range known {
		for _, k := range b.mention[known[i].Reference] {
			in.box.stands(&in.rows[k].result, &known[i])
		}
	}
	return nil
}

// gone lists what was recorded or waits of rows that the log does not have any more.
func (in *intake) gone(ctx context.Context) (out []result, err error) {
	for _, practice := range slices.Sorted(maps.Keys(in.imports)) {
		reports, err := in.imports[practice].Gone(ctx)
		if err != nil {
			return out, outboxError{err}
		}
		for i := range reports {
			if !in.other[reports[i].ID] { // the question shows it
				out = append(out, in.box.gone(&reports[i]))
			}
		}
	}
	return out, nil
}
