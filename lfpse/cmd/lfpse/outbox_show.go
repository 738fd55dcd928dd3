package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

type showCmd struct {
	Report int64 `arg:"" help:"Number of the report."`
	Text   bool  `help:"Also the FHIR JSON of the report and, if the service has refused it, what it said. The audit trail says that you have read them."`
}

// shownReport is all there is to say about one report.
type shownReport struct {
	reportForm
	Said    []string        `json:"said,omitempty"` // by the service, when it refused it
	History []outbox.Entry  `json:"history"`
	Text    json.RawMessage `json:"text,omitempty"`

	filledIn string // by whom, if it was filled in on the form
}

// Run shows one report.
func (cmd *showCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return o.with(ctx, c, func(b *box) error {
		r, err := b.Get(ctx, cmd.Report)
		if err != nil {
			return err
		}
		all := shownReport{reportForm: formOf(&r)}
		if cmd.Text {
			if all.Text, err = b.Outbox.Text(ctx, o.by(), r.ID); err != nil {
				return err
			}
			if all.Said, err = b.Said(ctx, o.by(), r.ID); err != nil {
				return err
			}
		}
		if all.History, err = b.Audit(ctx, outbox.AuditFilter{Report: r.ID}); err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, &all)
		}
		if all.filledIn, err = b.filledIn(ctx, &r); err != nil {
			return err
		}
		return b.show(ctx, c.out, &r, &all)
	})
}

func (b *box) show(ctx context.Context, w io.Writer, r *outbox.Report, all *shownReport) error {
	line, pauses, err := b.sendingNow(ctx)
	if err != nil {
		return err
	}
	var out strings.Builder
	field := func(name string, values ...string) {
		for _, value := range values {
			if value != "" {
				fmt.Fprintf(&out, "%-16s%s\n", name, clean(value))
				name = ""
			}
		}
	}
	known := b.listed(r, &line, pauses)
	field("Report:", fmt.Sprintf("%d, for %s", r.ID, r.Endpoint))
	field("Practice:", r.Practice)
	if field("From:", r.Origin()+all.filledIn); !r.ByForm() {
		field("Reference:", resultOf(r).Reference)
	}
	field("Day:", known.day)
	field("Type:", strings.ReplaceAll(known.Type, "-", " "))
	field("State:", string(r.State))
	for i, d := range known.Details {
		field([]string{"What to do:", ""}[min(i, 1)], d.plain)
	}
	field("Service said:", all.Said...)
	field("Record:", strings.TrimSpace(r.Record.Number+inBrackets(r.Record.ID)))
	field("Requests:", fmt.Sprint(r.Attempts))
	out.WriteString("History:\n")
	for i := range all.History {
		e := &all.History[i]
		fmt.Fprintf(&out, "  %s  %s: %s\n", e.At.Local().Format("02/01/2006 15:04:05"), clean(e.Who()), clean(e.Says(*r)+factsOf(e)))
	}
	if all.Text != nil {
		out.Write(append(printable.JSON(all.Text), '\n'))
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// filledIn says by whom a report was filled in on the form, as far as that is kept.
func (b *box) filledIn(ctx context.Context, r *outbox.Report) (string, error) {
	drafts, err := b.Drafts(ctx, outbox.DraftFilter{Practice: r.Practice, Report: r.ID, Closed: true, Limit: 1})
	if err != nil || len(drafts) == 0 || drafts[0].Assigned == "" {
		return "", err
	}
	return ", filled in by " + drafts[0].Assigned, nil
}

// factsOf are the facts of an entry that say more than what it means.
func factsOf(e *outbox.Entry) string {
	var parts []string
	for _, name := range []string{"status", "record"} {
		if v := e.Facts[name]; v != "" {
			parts = append(parts, name+" "+v)
		}
	}
	text := inBrackets(strings.Join(parts, ", "))
	if why := e.Why(); why != "" {
		text += ". " + why
	}
	return text
}
