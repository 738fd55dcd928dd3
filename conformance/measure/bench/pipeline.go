package main

import (
	"io"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

// tally counts what became of the rows of a log.
type tally struct {
	rows   int
	ready  int
	bytes  int64 // of canonical JSON
	states map[draft.State]int
}

func newTally() tally { return tally{states: map[draft.State]int{}} }

func (t *tally) add(d *submission.Prepared) {
	t.rows++
	t.states[d.State]++
	if d.State == draft.Ready {
		t.ready++
		t.bytes += int64(len(d.Submission.Body()))
	}
}

// mappedLog is a map and what prepares the drafts that it makes.
type mappedLog struct {
	mapper  *mapping.Mapper
	builder *submission.Builder
}

// mapLog maps a log row by row, in some workers, and writes the bytes of each event
// that is ready to dst. After each row it calls each, which may be nil.
func (p mappedLog) mapLog(src io.Reader, dst io.Writer, each func(rows int), workers int) (tally, error) {
	t := newTally()
	log, err := p.mapper.Open(src)
	if err != nil {
		return t, err
	}
	for d, err := range p.builder.PrepareAll(log.Rows(), workers) {
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

// writeUnchecked writes the event of each row as the map makes it: what mapLog does but the
// validation, the screen and what follows from them. It returns how many rows there were.
func (p mappedLog) writeUnchecked(src io.Reader, dst io.Writer) (rows int, err error) {
	log, err := p.mapper.Open(src)
	if err != nil {
		return 0, err
	}
	codec := p.builder.Codec()
	encoder := codec.NewEncoder()
	var buf []byte
	for d, err := range log.Drafts() {
		if err != nil {
			return rows, err
		}
		rows++
		if !d.Open() {
			continue
		}
		a, issues := encoder.Encode(&d.Event)
		if issues.HasErrors() {
			continue
		}
		if buf, err = codec.Append(buf[:0], a); err != nil {
			continue // something is still to be answered
		}
		if _, err := dst.Write(buf); err != nil {
			return rows, err
		}
	}
	return rows, nil
}
