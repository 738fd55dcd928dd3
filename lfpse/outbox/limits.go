package outbox

import "time"

// Limits are how much is sent at once, and when nothing more is sent. Zero fields have
// the defaults.
type Limits struct {
	// InFlight is how many requests may be on their way at once, from all processes
	// together. The default is 4.
	InFlight int
	// PerSecond is how many requests may begin in a second, from all processes together,
	// and PerPractice those of one practice. 0 is no limit.
	PerSecond, PerPractice float64
	// Practices are the rates of single practices, by ODS code, instead of PerPractice.
	Practices map[string]float64
	// Unknowns is after how many unknown outcomes in a row nothing is sent until the
	// service answers GET /metadata. The default is 3.
	Unknowns int
	// Backoff is how long the outbox waits before it asks a service that cannot be reached
	// again, at first and at most. The defaults are 1 second and 5 minutes. A service that
	// answers, but not to the one report that tries it then, is left alone for at least
	// MaxBackoff, and for twice as long each time, up to a day.
	Backoff, MaxBackoff time.Duration
	// Quiet is how long after an attempt began nobody may say yet that it was not recorded:
	// the request may still be on its way. It should be more than the time limit of a
	// request. The default is 2 minutes.
	Quiet time.Duration
}

// rate is how many requests of a practice may begin in a second; 0 is no limit.
func (l *Limits) rate(practice string) float64 {
	if rate, own := l.Practices[practice]; own {
		return rate
	}
	return l.PerPractice
}

// rated reports whether any rate is limited.
func (l *Limits) rated() bool { return l.PerSecond > 0 || l.PerPractice > 0 || len(l.Practices) > 0 }

func (l *Limits) fill() {
	def := func(value *time.Duration, d time.Duration) {
		if *value <= 0 {
			*value = d
		}
	}
	if l.InFlight <= 0 {
		l.InFlight = 4
	}
	if l.Unknowns <= 0 {
		l.Unknowns = 3
	}
	def(&l.Backoff, time.Second)
	def(&l.MaxBackoff, 5*time.Minute)
	def(&l.Quiet, 2*time.Minute)
}

// allowed returns up to n reports that may be sent now: the line is open, and neither the
// number of requests on their way nor the rates are exceeded.
func (o *Outbox) allowed(tx Tx, n int) ([]*Report, error) {
	l, err := o.line(tx)
	now := o.now()
	if err != nil || !l.Open(now) {
		return nil, err
	}
	busy, err := tx.InFlight(o.endpoint)
	if err != nil {
		return nil, err
	}
	limit := o.limits().InFlight
	if l.Unknowns >= o.limits().Unknowns {
		limit = 1 // the service answers again, but has not taken a report yet
	}
	if n = min(n, limit-busy); n <= 0 {
		return nil, nil
	}
	if n = l.All.take(n, o.limits().PerSecond, now); n <= 0 {
		return nil, nil
	}
	without, err := o.withoutPractices(tx, &l, now)
	if err != nil {
		return nil, err
	}
	reports, err := tx.Due(o.endpoint, n, without)
	if err != nil || !o.limits().rated() {
		return reports, err
	}
	l.All.Left += float64(n - len(reports))
	reports = l.rationed(reports, o.limits(), now)
	return reports, writeSetting(tx, o.lineSetting(), l)
}

// withoutPractices are those of which nothing may be sent now.
func (o *Outbox) withoutPractices(tx Tx, l *Line, now time.Time) (without []string, err error) {
	pauses := map[string]Pause{}
	if err := readSetting(tx, o.pauseSetting(), &pauses); err != nil {
		return nil, err
	}
	for practice := range pauses {
		without = append(without, practice)
	}
	for practice, b := range l.Practices {
		if b.take(1, o.limits().rate(practice), now) == 0 {
			without = append(without, practice)
		}
	}
	return without, nil
}

// rationed keeps of each practice only as many reports as its rate allows.
func (l *Line) rationed(reports []*Report, limits *Limits, now time.Time) (out []*Report) {
	if l.Practices == nil {
		l.Practices = map[string]bucket{}
	}
	for _, r := range reports {
		rate := limits.rate(r.Practice)
		if rate <= 0 {
			out = append(out, r)
			continue
		}
		b := l.Practices[r.Practice]
		if b.take(1, rate, now) == 1 {
			out = append(out, r)
		}
		l.Practices[r.Practice] = b
	}
	return out
}

// bucket limits a rate: it fills by the rate up to one second's worth, at least one.
type bucket struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
}

// take takes up to n from the bucket and returns how many it could.
func (b *bucket) take(n int, rate float64, now time.Time) int {
	if rate <= 0 {
		return n
	}
	size := max(rate, 1)
	if b.At.IsZero() {
		b.Left, b.At = size, now
	}
	if filled := now.Sub(b.At); filled > 0 { // else another machine, whose clock is ahead, has filled it
		b.Left, b.At = min(size, b.Left+rate*filled.Seconds()), now
	}
	n = min(n, int(b.Left))
	b.Left -= float64(n)
	return n
}
