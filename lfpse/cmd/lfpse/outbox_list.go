package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// pageSize is how many reports are read at once.
const pageSize = 1000

// reports calls do with the reports that a filter selects.
func (b *box) reports(ctx context.Context, f outbox.Filter, do func(*outbox.Report) error) error {
	f.Limit = pageSize
	for {
		page, err := b.List(ctx, f)
		if err != nil {
			return err
		}
		for i := range page {
			if err := do(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		f.After = page[len(page)-1].ID
	}
}

// filterFlags select reports.
type filterFlags struct {
	State     []string `help:"Only those in this state, such as unknown or \"needs answers\". May be repeated." sep:"none" placeholder:"STATE"`
	Practice  string   `help:"Only those of this practice." placeholder:"CODE"`
	Source    string   `help:"Only those of this log." placeholder:"NAME"`
	Reference string   `help:"Only those with this reference." placeholder:"TEXT"`
}

func (f filterFlags) filter() (outbox.Filter, error) {
	for _, s := range f.State {
		if draft.State(s).Meaning() == "" {
			var names []string
			for _, known := range draft.States() {
				names = append(names, string(known))
			}
			return outbox.Filter{}, fmt.Errorf("%q is no state of a report: they are %s", s, strings.Join(names, ", "))
		}
	}
	return outbox.Filter{Practice: f.Practice, Source: f.Source, Reference: f.Reference, States: f.State}, nil
}

type lsCmd struct {
	filterFlags
	tableFlags
	All bool `help:"Also those with which nothing is left to do."`
}

// Run lists reports.
func (cmd *lsCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	f, err := cmd.filter()
	if err != nil {
		return err
	}
	if len(f.States) == 0 && !cmd.All && cmd.Reference == "" {
		for _, s := range draft.States() {
			if !s.Final() {
				f.States = append(f.States, string(s))
			}
		}
	}
	return o.with(ctx, c, func(b *box) error {
		if err := b.knows(ctx, cmd.Practice); err != nil {
			return err
		}
		if o.JSON {
			return b.reports(ctx, f, func(r *outbox.Report) error { return writeJSON(c.out, formOf(r)) })
		}
		return cmd.table(ctx, c, b, f)
	})
}

func (cmd *lsCmd) table(ctx context.Context, c *console, b *box, f outbox.Filter) error {
	line, pauses, err := b.sendingNow(ctx)
	if err != nil {
		return err
	}
	t := newTable(c.out, cmd.tableFlags, "LFPSE REFERENCE OR WHAT TO DO", true)
	t.first, t.full = "REPORT", true
	states := map[draft.State]int{}
	err = b.reports(ctx, f, func(r *outbox.Report) error {
		states[r.State]++
		return t.add(b.listed(r, &line, pauses))
	})
	if err != nil {
		return err
	}
	if len(states) == 0 && len(cmd.State)+len(cmd.Practice+cmd.Source+cmd.Reference) > 0 {
		fmt.Fprintln(c.out, "No report in the outbox is what you asked for. All reports: lfpse outbox ls --all")
	} else if len(states) == 0 {
		fmt.Fprintln(c.out, "Nothing waits in the outbox. All reports: lfpse outbox ls --all")
	} else if err := t.end(); err != nil {
		return err
	} else {
		fmt.Fprintln(c.out, "\n"+inStates(states, 0))
	}
	if text := b.lineText(&line, time.Now()); text != "" {
		fmt.Fprintln(c.out, cmd.wrapped(c.out, printable.Text(text)))
	}
	return nil
}

// listed is the row of a report in a table.
func (b *box) listed(r *outbox.Report, line *outbox.Line, pauses map[string]outbox.Pause) result {
	out := resultOf(r)
	out.Reference = fmt.Sprintf("%d %s", r.ID, out.Reference)
	if r.Recorded() {
		out.National = r.Record.Number
	}
	switch r.State {
	case draft.Pending:
		out.Details = b.waits(r, line, pauses)
	case draft.Accepted, draft.Withdrawn:
	default:
		out.Details = b.standing(r)
	}
	return out
}

// sendingNow says whether reports are sent, and the practices of which none are.
func (b *box) sendingNow(ctx context.Context) (line outbox.Line, pauses map[string]outbox.Pause, err error) {
	if line, err = b.Line(ctx); err == nil {
		pauses, err = b.Pauses(ctx)
	}
	return line, pauses, err
}

type statsCmd struct{}

// Run counts reports.
func (*statsCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return o.with(ctx, c, func(b *box) error {
		counts, err := b.Count(ctx)
		if err != nil {
			return err
		}
		line, pauses, err := b.sendingNow(ctx)
		if err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, statsOf(counts, &line, pauses))
		}
		return b.printStats(c.out, counts, &line, pauses)
	})
}

type countForm struct {
	Practice string      `json:"practice"`
	State    draft.State `json:"state"`
	Reports  int         `json:"reports"`
	Oldest   time.Time   `json:"oldest,omitzero"`
}

func statsOf(counts []outbox.Count, line *outbox.Line, pauses map[string]outbox.Pause) any {
	list := []countForm{}
	for _, n := range counts {
		list = append(list, countForm{n.Practice, draft.State(n.State), n.N, n.Oldest})
	}
	return map[string]any{
		"reports": list, "paused": pauses,
		"line": map[string]any{"open": line.Open(time.Now()), "stopped": line.Stopped, "reason": line.Reason, "until": line.Until, "unknowns": line.Unknowns},
	}
}

func (b *box) printStats(w io.Writer, counts []outbox.Count, line *outbox.Line, pauses map[string]outbox.Pause) error {
	states := draft.States()
	slices.SortStableFunc(counts, func(x, y outbox.Count) int {
		if n := strings.Compare(x.Practice, y.Practice); n != 0 {
			return n
		}
		return slices.Index(states, draft.State(x.State)) - slices.Index(states, draft.State(y.State))
	})
	var out strings.Builder
	fmt.Fprintf(&out, "%-10s  %-14s  %7s  %s\n", "PRACTICE", "STATE", "REPORTS", "SINCE")
	for _, n := range counts {
		since := ""
		if !draft.State(n.State).Final() {
			since = when(n.Oldest)
		}
		fmt.Fprintf(&out, "%-10s  %-14s  %7d  %s\n", clean(n.Practice), n.State, n.N, since)
	}
	for _, practice := range slices.Sorted(maps.Keys(pauses)) {
		fmt.Fprintf(&out, "%s has paused the practice %s since %s.\n", clean(pauses[practice].By), clean(practice), when(pauses[practice].Since))
	}
	text := b.lineText(line, time.Now())
	if text == "" {
		text = "Nothing stops reports from being sent."
		if len(pauses) > 0 {
			text = "Nothing stops the other reports from being sent."
		}
	}
	fmt.Fprintln(&out, printable.Text(text))
	_, err := io.WriteString(w, strings.ReplaceAll(out.String(), "  \n", "\n"))
	return err
}

// reportForm is a report for programs.
type reportForm struct {
	Report    int64       `json:"report"`
	Endpoint  string      `json:"endpoint"`
	Practice  string      `json:"practice"`
	Source    string      `json:"source"`
	Reference string      `json:"reference"`
	Day       string      `json:"day,omitempty"`
	Type      string      `json:"type,omitempty"`
	State     draft.State `json:"state"`
	Operation outbox.Op   `json:"operation"`
	Question  string      `json:"question,omitempty"`
	Other     int64       `json:"other,omitempty"`
	Reason    string      `json:"reason,omitempty"`
	Why       string      `json:"why,omitempty"`
	Status    int         `json:"status,omitempty"`
	Requests  int         `json:"requests"`
	Digest    string      `json:"digest"`         // of what it says
	Sent      string      `json:"sent,omitempty"` // digest of the bytes that were sent last
	RecordID  string      `json:"id,omitempty"`
	Version   string      `json:"versionId,omitempty"`
	National  string      `json:"nationalReference,omitempty"`
	Recorded  time.Time   `json:"recorded,omitzero"`
	Added     time.Time   `json:"added"`
	Changed   time.Time   `json:"changed"`
}

func formOf(r *outbox.Report) reportForm {
	f := reportForm{
		Report: r.ID, Endpoint: r.Endpoint, Practice: r.Practice, Source: r.Source, Reference: r.Reference, Day: string(r.Day), Type: string(r.Type),
		State: r.State, Operation: r.Op, Question: string(r.Question), Other: r.Other, Reason: r.Reason, Why: r.Why(), Status: r.Status, Requests: r.Attempts,
		Digest: digestText(r.Content), Sent: digestText(r.Sent), RecordID: r.Record.ID, Version: r.Record.Version, National: r.Record.Number,
		Recorded: r.Record.At, Added: r.Added, Changed: r.Changed,
	}
	return f
}

// digestText is a digest in hexadecimal, empty for none.
func digestText(d outbox.Digest) string {
	if d == (outbox.Digest{}) {
		return ""
	}
	return hex.EncodeToString(d[:])
}
