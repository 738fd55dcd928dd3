package outbox

import (
	"context"
	"errors"
	"time"
)

// Line says whether reports are sent to the endpoint. All processes share it.
type Line struct {
	// Stopped is why nothing is sent until somebody resumes it: something is wrong with
	// access or configuration, so that the next report would fare like the last. It is
	// empty if nothing is wrong.
	Stopped string    `json:"stopped,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	// Until is when the next attempt may begin: the service asked to wait, or could not be
	// reached. From is when the wait began.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Probe says that the service has to answer GET /metadata before another report is
	// sent.
	Probe    bool          `json:"probe,omitempty"`
	Reason   string        `json:"reason,omitempty"`   // of the wait
	Unknowns int           `json:"unknowns,omitempty"` // unknown outcomes in a row
	Backoff  time.Duration `json:"backoff,omitempty"`  // the last wait before a probe

	All       bucket            `json:"all,omitzero"`
	Practices map[string]bucket `json:"practices,omitempty"`
}

// Open reports whether a report may be sent at this time.
func (l *Line) Open(now time.Time) bool { return l.Stopped == "" && !l.Probe && !now.Before(l.Until) }

func (o *Outbox) lineSetting() string { return "line/" + o.endpoint }

func (o *Outbox) line(tx Tx) (l Line, err error) {
	return l, readSetting(tx, o.lineSetting(), &l)
}

// Line returns whether reports are sent, and why not.
func (o *Outbox) Line(ctx context.Context) (l Line, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		l, err = o.line(tx)
		return err
	})
	return l, err
}

// changeLine changes the line, and notes it if it was stopped by that.
func (o *Outbox) changeLine(tx Tx, change func(*Line)) error {
	l, err := o.line(tx)
	if err != nil {
		return err
	}
	before := l.Stopped
	change(&l)
	if before == "" && l.Stopped != "" {
		l.Since = o.now()
		if err := o.note(tx, entry(system, ActStop).fact("reason", l.Stopped)); err != nil {
			return err
		}
	}
	return writeSetting(tx, o.lineSetting(), l)
}

// Resume lets reports be sent again after what stopped them has been put right.
func (o *Outbox) Resume(ctx context.Context, by By) error {
	return o.resume(ctx, by, func(Tx) error { return nil })
}

// resume is Resume, if something that is looked at in the same transaction allows it.
func (o *Outbox) resume(ctx context.Context, by By, allowed func(Tx) error) error {
	return o.manage(ctx, by, ActResume, "", func(tx Tx) error {
		if err := allowed(tx); err != nil {
			return err
		}
		return o.changeLine(tx, func(l *Line) {
			*l = Line{All: l.All, Practices: l.Practices}
		})
	})
}

// manage does something to the endpoint or to a practice that somebody wants done.
func (o *Outbox) manage(ctx context.Context, by By, act Act, practice string, fn func(Tx) error) error {
	e := &Entry{By: by.ID, Role: by.Role, Act: act, Practice: practice}
	var refused error
	if by != system && !by.Role.May(act) {
		refused, e.Act = &RoleError{By: by, Act: act}, ActRefused
		e.fact("act", string(act))
		fn = func(Tx) error { return nil }
	}
	return errors.Join(refused, o.update(ctx, func(tx Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return o.note(tx, e)
	}))
}

// Pause is why nothing of a practice is sent.
type Pause struct {
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

func (o *Outbox) pauseSetting() string { return "pauses/" + o.endpoint }

// Pauses returns the practices of which nothing is sent.
func (o *Outbox) Pauses(ctx context.Context) (pauses map[string]Pause, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		pauses = nil
		return readSetting(tx, o.pauseSetting(), &pauses)
	})
	return pauses, err
}

// Pause keeps the reports of a practice from being sent, and Unpause lets them be sent
// again.
func (o *Outbox) Pause(ctx context.Context, by By, practice string) error {
	return o.changePauses(ctx, by, ActPause, practice, func(p map[string]Pause) { p[practice] = Pause{by.ID, o.now()} })
}

// Unpause is described with Pause.
func (o *Outbox) Unpause(ctx context.Context, by By, practice string) error {
	return o.changePauses(ctx, by, ActUnpause, practice, func(p map[string]Pause) { delete(p, practice) })
}

func (o *Outbox) changePauses(ctx context.Context, by By, act Act, practice string, change func(map[string]Pause)) error {
	return o.manage(ctx, by, act, practice, func(tx Tx) error {
		pauses := map[string]Pause{}
		if err := readSetting(tx, o.pauseSetting(), &pauses); err != nil {
			return err
		}
		change(pauses)
		return writeSetting(tx, o.pauseSetting(), pauses)
	})
}

// pause makes the line wait.
func (l *Line) pause(d time.Duration, now time.Time, reason string) {
	l.From, l.Until, l.Reason = now, now.Add(d), reason
}

// skew is how far the clocks of machines that share a line may be apart.
const skew = 5 * time.Second

// clockPutBack notices that the clock was put back: a wait that began later than it is now begins
// again, and so does what fills the buckets. Otherwise nothing would be sent until the clock
// has caught up. It reports whether anything has changed.
func (l *Line) clockPutBack(now time.Time) (changed bool) {
	if changed = now.Before(l.From); changed {
		l.pause(l.Until.Sub(l.From), now, l.Reason)
	}
	if l.All.At.Sub(now) > skew {
		l.All.At, changed = now, true
	}
	for practice, b := range l.Practices {
		if b.At.Sub(now) > skew {
			l.Practices[practice], changed = bucket{b.Left, now}, true
		}
	}
	return changed
}

// probe asks the service whether it can be reached, if that has to be known before a
// report is sent and it is time to ask. No report is sent for it.
func (o *Outbox) probe(ctx context.Context, s Sender) error {
	l, err := o.Line(ctx)
	if err == nil && l.clockPutBack(o.now()) {
		err = o.update(ctx, func(tx Tx) error {
			return o.changeLine(tx, func(l *Line) { l.clockPutBack(o.now()) })
		})
	}
	if err != nil || l.Stopped != "" || !l.Probe || o.now().Before(l.Until) {
		return err
	}
	failed := s.Probe(ctx)
	if ctx.Err() != nil {
		return nil // the caller ended it, not the service
	}
	return o.update(ctx, func(tx Tx) error {
		return o.changeLine(tx, func(l *Line) {
			if failed != nil {
				effectOf(failed).probed(l, *o.limits(), o.now())
				return
			}
			l.Probe = false
			l.pause(0, time.Time{}, "")
		})
	})
}
