package csvlog

import "io"

// window is the part of the file held in memory.
type window struct {
	buf        []byte
	start, end int
	eof        bool  // the source gives nothing more
	err        error // why, when it is not the end of the file
}

// bytes returns what is held. It is valid until fill.
func (w *window) bytes() []byte { return w.buf[w.start:w.end] }

// atEOF reports whether the file ends where bytes does. It does not when the
// source failed: then the last line may be cut short.
func (w *window) atEOF() bool { return w.eof && w.err == nil }

func (w *window) skip(n int) { w.start += n }

// fill reads until the window is full, and makes it larger when it was full
// already, up to limit bytes and a chunk. Filling it to the brim keeps the number
// of times a record is parsed small however few bytes the source gives at a time.
func (w *window) fill(src io.Reader, limit int) {
	held := w.end - w.start
	if held+readChunk/2 > len(w.buf) {
		grown := make([]byte, min(max(2*len(w.buf), readChunk), max(limit, readChunk)+readChunk))
		copy(grown, w.bytes())
		w.buf = grown
	} else {
		copy(w.buf, w.bytes())
	}
	w.start, w.end = 0, held
	for idle := 0; w.end < len(w.buf) && !w.eof; idle++ {
		n, err := src.Read(w.buf[w.end:])
		if n < 0 || n > len(w.buf)-w.end {
			n, err = 0, io.ErrNoProgress // a source that breaks its contract
		}
		w.end += n
		switch {
		case err == io.EOF:
			w.eof = true
		case err == nil && n == 0 && idle >= 100:
			w.eof, w.err = true, io.ErrNoProgress
		case err != nil:
			w.eof, w.err = true, err
		}
		if n > 0 {
			idle = 0
		}
	}
}
