package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// telling is a row that is told, in the place of another one if from is not empty.
type telling struct {
	row
	from string
}

// tell takes rows into the outbox, and says so before and after.
func (w *worker) tell(ctx context.Context, log ...row) error {
	told := make([]telling, len(log))
	for i, r := range log {
		told[i].row = r
	}
	return w.add(ctx, told)
}

func (w *worker) add(ctx context.Context, told []telling) error {
	if len(told) == 0 {
		return nil
	}
	items := make([]outbox.Item, len(told))
	for i, t := range told {
		var err error
		if items[i], err = w.stock.item(t.row); err != nil {
			return err
		}
		if !w.Busy {
			w.Log = w.Log.tell(t.row, t.from)
		}
		w.say(word{Say: sayTry, Row: t.row, Name: t.from})
	}
	entered, err := w.box.Enqueue(ctx, items...)
	if err != nil {
		return err
	}
	for i := range entered {
		w.say(word{Say: sayStored, Row: told[i].row, ID: entered[i].ID, Content: entered[i].Latest()})
	}
	return nil
}

// known are the reports by the rows that they come from.
func (w *worker) known(ctx context.Context) (map[string]*outbox.Report, error) {
	reports, err := w.box.List(ctx, outbox.Filter{})
	known := make(map[string]*outbox.Report, len(reports))
	for i := range reports {
		known[nameOf(&reports[i])] = &reports[i]
	}
	return known, err
}

func nameOf(r *outbox.Report) string { return row{Reference: r.Reference, Day: r.Day}.name() }

// again takes in the rows that the outbox does not have as they stand in the log: those who
// read it before were killed, or a backup was put back. Those whose text is gone are told
// again, too.
func (w *worker) again(ctx context.Context) error {
	known, err := w.known(ctx)
	if err != nil {
		return err
	}
	var left []row
	for _, r := range w.Log {
		if report := known[r.name()]; report == nil || report.Latest() != w.stock.contents[r.Item] || report.State == draft.Held && report.Reason != "" {
			left = append(left, r)
		}
	}
	return w.tell(ctx, left...)
}

// enqueue takes in new events, changed ones, known ones, and some that raise a question.
func (w *worker) enqueue(ctx context.Context) error {
	known, err := w.known(ctx)
	if err != nil {
		return err
	}
	used := map[int]bool{} // an event is told once in each call
	var told []telling
	for range 1 + w.random.IntN(4) {
		t, ok := w.next(known)
		if event := w.stock.told(t.Item).event; ok && !used[event] {
			used[event] = true
			w.Log = w.Log.tell(t.row, t.from)
			told = append(told, t)
		}
	}
	return w.add(ctx, told)
}

// next is what the log has next.
func (w *worker) next(known map[string]*outbox.Report) (telling, bool) {
	what := w.random.IntN(10)
	switch {
	case w.wants(outbox.ActEnqueue):
		what = 0
	case w.wants(outbox.ActRevise, outbox.ActAmend):
		what = 5
	case w.wants(outbox.ActAsk, outbox.ActOther, outbox.ActIgnore):
		what = 8
	case w.wants(outbox.ActSame):
		what = 9
	}
	if what >= 5 {
		if r, ok := w.choose(known); ok {
			if t, ok := w.change(r, what); ok {
				return t, true
			}
		}
	}
	return w.fresh()
}

// choose picks a row that the outbox has as it stands in the log.
func (w *worker) choose(known map[string]*outbox.Report) (row, bool) {
	var fit []row
	for _, r := range w.Log {
		report := known[r.name()]
		switch {
		case report == nil || report.Latest() != w.stock.contents[r.Item] || r.isCopy():
		case w.wants(outbox.ActAmend) && report.State != draft.Accepted:
		case w.wants(outbox.ActRevise) && report.State != draft.Pending && report.State != draft.Rejected:
		default:
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		return row{}, false
	}
	return fit[w.random.IntN(len(fit))], true
}

// change changes a row, or the log around it. A log that may have to be read again after a
// backup was put back is not renumbered: nobody could tell what a new number stands for.
func (w *worker) change(r row, what int) (telling, bool) {
	versions := w.stock.versions
	switch {
	case what < 7: // told in another version
		r.Item += (r.Item%versions+1+w.random.IntN(versions-1))%versions - r.Item%versions
		return telling{r, ""}, true
	case what < 8: // told again
		return telling{r, ""}, true
	case what == 8 && r.Day == firstDay: // its reference is used again
		t, ok := w.fresh()
		t.Reference, t.Day = r.Reference, otherDay
		return t, ok && !w.Log.has(t.name())
	case what == 9 && !w.Kept && !w.Log.uses(r.Reference+copied):
		from, end := r.name(), renumbered
		if w.random.IntN(2) == 0 && !w.wants(outbox.ActSame) {
			from, end = "", copied
		}
		once := end == copied || !strings.HasSuffix(r.Reference, renumbered)
		r.Reference += end
		return telling{r, from}, once && !w.Log.uses(r.Reference)
	}
	return telling{}, false
}

// fresh is an event that was not there before, as long as the stock lasts.
func (w *worker) fresh() (telling, bool) {
	w.Next++
	r := row{Reference: fmt.Sprintf("INC-%d", w.Next), Day: firstDay, Item: w.Next * w.stock.versions}
	return telling{row: r}, w.Next < w.stock.events()
}

// rush enqueues and sends.
func (w *worker) rush(ctx context.Context) error {
	var told []telling
	for range 256 {
		if t, ok := w.fresh(); ok {
			told = append(told, t)
		}
	}
	if err := w.add(ctx, told); err != nil {
		return err
	}
	return w.drain(ctx)
}
