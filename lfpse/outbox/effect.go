package outbox

import (
	"errors"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// effect is what an attempt says about the report and about the endpoint.
type effect struct {
	outcome client.Outcome
	reason  string
	status  int
	next    client.Next
	after   time.Duration // how long the service asks to wait
	said    []string      // its words, which may quote the report
}

func effectOf(err error) effect {
	e := effect{outcome: client.OutcomeOf(err), next: client.NextOf(err)}
	var failed *client.Error
	if errors.As(err, &failed) {
		e.reason, e.status, e.after = string(failed.Reason), failed.Status, failed.RetryAfter
		for _, issue := range failed.Issues {
			e.said = append(e.said, issue.Plain())
		}
	} else if err != nil {
		e.reason = reasonStrange
	}
	return e
}

// reasonStrange is why nothing more is sent after an error of a sender that does not say
// what it means.
const reasonStrange = "unknown-error"

// refusesReport reports whether the client itself refused to send this very report.
func (e effect) refusesReport() bool {
	return e.outcome == client.NotSent && e.next == client.GoOn && e.reason != string(client.Cancelled)
}

// on changes the line after an attempt.
func (e effect) on(l *Line, limits Limits, now time.Time) {
	switch {
	case e.next == client.Stop:
		l.Stopped = e.reason
	case e.next == client.Wait:
		l.pause(max(e.after, limits.Backoff), now, e.reason)
	}
	switch {
	case e.outcome == client.Accepted || e.outcome == client.Rejected:
		l.Unknowns, l.Backoff = 0, 0
	case e.next != client.Probe:
	case e.outcome == client.Unknown:
		if l.Unknowns++; l.Unknowns >= limits.Unknowns && !l.Probe {
			l.wait(limits, now, e)
		}
	case !l.Probe:
		l.wait(limits, now, e)
	}
}

// probed changes the line after a probe that failed.
func (e effect) probed(l *Line, limits Limits, now time.Time) {
	if e.next == client.Stop {
		l.Stopped = e.reason
		return
	}
	l.wait(limits, now, e)
}

// mostAlone is the longest wait after a report that tried the line was lost.
const mostAlone = 24 * time.Hour

// wait makes the line wait for a time that doubles each time, and for a probe after it. To
// ask again costs nothing, but another report that tries the line may be lost, too.
func (l *Line) wait(limits Limits, now time.Time, e effect) {
	least, most := limits.Backoff, limits.MaxBackoff
	if e.outcome == client.Unknown && !l.Probe && l.Unknowns > limits.Unknowns {
		least, most = limits.MaxBackoff, mostAlone
	}
	l.Backoff = min(max(2*l.Backoff, least), most)
	l.Probe = true
	l.pause(max(l.Backoff, e.after), now, e.reason)
}

// matters reports whether an attempt may change the line at all.
func (e effect) matters(l *Line) bool {
	return e.next != client.GoOn || l.Unknowns > 0 || l.Backoff > 0
}

func (o *Outbox) affectLine(tx Tx, e effect) error {
	l, err := o.line(tx)
	if err != nil || !e.matters(&l) {
		return err
	}
	return o.changeLine(tx, func(l *Line) { e.on(l, *o.limits(), o.now()) })
}
