package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

type sendCmd struct {
	taxonomyFlags
	endpointFlags
	tableFlags
	limitFlags
	To string `help:"The url of a sandbox or an endpoint file, as for lfpse submit." required:"" placeholder:"URL|FILE"`
}

// Run sends what waits, and prints what came of it.
func (cmd *sendCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if o.JSON {
		if err := cmd.refuse("--json"); err != nil {
			return err
		}
	}
	if err := cmp.Or(cmd.usable(), o.Outbox.there()); err != nil {
		return err
	}
	t, err := cmd.load()
	if err != nil {
		return err
	}
	ep, err := cmd.sending(cmd.To, t)
	if err != nil {
		return err
	}
	to, err := client.New(ep)
	if err != nil {
		return err
	}
	s := &sending{cmd: cmd, o: o, c: c, heard: newHeard(to), states: map[draft.State]int{}}
	s.table = newTable(c.out, cmd.tableFlags, "LFPSE REFERENCE OR WHAT TO DO", true)
	s.table.first = "REPORT"
	s.box = &box{lasts: true}
	err = s.box.open(ctx, c.err, o.Outbox, o.Key, ep.Config().Name, cmd.limits(to), outbox.WithObserver(s.took))
	if s.box.store != nil {
		defer s.box.store.Close()
	}
	if err != nil {
		return unusable(ctx, err)
	}
	return s.run(ctx)
}

// sending is one run of the command.
type sending struct {
	cmd   *sendCmd
	o     *outboxCmd
	c     *console
	heard *heard
	box   *box

	mu     sync.Mutex
	table  *table
	states map[draft.State]int
	err    error // of writing
}

// took takes in what came of an attempt.
func (s *sending) took(report outbox.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[report.State]++
	if s.o.JSON {
		s.err = cmp.Or(s.err, writeJSON(s.c.out, formOf(&report)))
		return
	}
	r := resultOf(&report)
	r.Reference = fmt.Sprintf("%d %s", report.ID, r.Reference)
	s.box.attempted(&r, &report, s.heard.take(&report))
	s.err = cmp.Or(s.err, s.table.add(r))
}

func (s *sending) run(ctx context.Context) error {
	line, doubt, err := s.box.deliver(ctx, s.heard, s.cmd.Rate)
	if !s.o.JSON {
		s.print(&line, doubt)
	}
	if err = cmp.Or(err, s.err); err != nil {
		return &exit{exitDelivery, fmt.Errorf("%w\nNothing more was sent (exit code 3)", err)}
	}
	waiting, err := s.box.pending(ctx)
	if err != nil {
		return err
	}
	if n := waiting + s.states[draft.Unknown]; n > 0 {
		return &exit{exitDelivery, errors.New(counted(n, "report", "reports") + " not delivered, or not known to be (exit code 3)")}
	}
	if n := s.states[draft.Rejected] + s.states[draft.Held]; n > 0 {
		return attention("%s for a person (exit code 1)", counted(n, "report waits", "reports wait"))
	}
	return nil
}

func (s *sending) print(line *outbox.Line, doubt bool) {
	text := s.box.ended(line, doubt)
	switch {
	case len(s.states) > 0:
		s.err = cmp.Or(s.err, s.table.end())
		fmt.Fprintln(s.c.out, "\n"+inStates(s.states, 0))
	case text == "":
		text = "Nothing waited that may be sent."
	}
	if text != "" {
		fmt.Fprintln(s.c.out, s.cmd.wrapped(s.c.out, printable.Text(text)))
	}
}

// pending counts the reports that wait to be sent.
func (b *box) pending(ctx context.Context) (n int, err error) {
	counts, err := b.Count(context.WithoutCancel(ctx))
	for _, c := range counts {
		if c.State == string(draft.Pending) {
			n += c.N
		}
	}
	return n, err
}
