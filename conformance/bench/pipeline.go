package main

import (
	"io"
	"sync"

	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
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

func (t *tally) merge(o tally) {
	t.rows, t.ready, t.bytes = t.rows+o.rows, t.ready+o.ready, t.bytes+o.bytes
	for state, n := range o.states {
		t.states[state] += n
	}
}

// mapLog maps a log row by row and writes the bytes of each event that is ready
// to dst. After each row it calls each, which may be nil.
func mapLog(m *mapping.Mapper, src io.Reader, dst io.Writer, each func(rows int)) (tally, error) {
	t := newTally()
	log, err := m.Open(src)
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

// batch is how many rows go to a worker at a time: enough that handing them over
// costs nothing, few enough that all workers are busy to the end.
const batch = 32

// mapParallel maps a log with one goroutine that reads and several that map. A
// [mapping.Mapper] may be shared; unlike [mapping.Log] it does not notice a
// reference that comes twice.
func mapParallel(m *mapping.Mapper, src io.Reader, workers int) (tally, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return tally{}, err
	}
	rows := make(chan []mapping.Row, 2*workers)
	tallies := make([]tally, workers)
	var wg sync.WaitGroup
	for i := range tallies {
		tallies[i] = newTally()
		wg.Go(func() {
			for batch := range rows {
				for _, row := range batch {
					d := m.Map(row)
					tallies[i].add(&d)
				}
			}
		})
	}
	err = readBatches(r, rows)
	close(rows)
	wg.Wait()
	t := newTally()
	for _, part := range tallies {
		t.merge(part)
	}
	return t, err
}

// readBatches hands over the rows of a log; a broken row ends it.
func readBatches(r *csvlog.Reader, rows chan<- []mapping.Row) error {
	names := r.Columns()
	next := make([]mapping.Row, 0, batch)
	for row, err := range r.Rows() {
		if err != nil {
			return err
		}
		next = append(next, mapping.Row{Line: row.Line, Cells: cellsOf(names, row)})
		if len(next) == batch {
			rows <- next
			next = make([]mapping.Row, 0, batch)
		}
	}
	rows <- next
	return nil
}
