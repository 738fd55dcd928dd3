package main

import (
	"io"

	"github.com/gpsafety/lfpse-go/mapping"
)

// tally counts what became of the rows of a log.
type tally struct {
	rows   int
	ready  int
	bytes  int64 // of canonical JSON
	states map[mapping.State]int
}

func newTally() tally { return tally{states: map[mapping.State]int{}} }

func (t *tally) add(d *mapping.Draft) {
	t.rows++
	t.states[d.State]++
	if d.State == mapping.Ready {
		t.ready++
		t.bytes += int64(len(d.Submission.Body()))
	}
}

// mapLog maps a log row by row and writes the bytes of each event that is ready
// to dst. After each row it calls each, which may be nil.
func mapLog(m *mapping.Mapper, src io.Reader, dst io.Writer, each func(rows int), opts ...mapping.LogOption) (tally, error) {
	t := newTally()
	log, err := m.Open(src, opts...)
	if err != nil {
		return t, err
	}
	for d, err := range log.Drafts() {
		if err != nil {
			return t, err
		}
		t.add(&d)
		if _, err := dst.Write(d.Submission.Body()); err != nil {
			return t, err
		}
		if each != nil {
			each(t.rows)
		}
	}
	return t, nil
}
