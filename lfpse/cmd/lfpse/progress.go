package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress shows on a terminal how many rows a long command has done. The zero value
// shows nothing.
type progress struct {
	w     io.Writer        // nil: nothing is shown
	size  int64            // of the input in bytes, 0 if it is not known
	count func(int) string // says how many are done, such as rows
	rows  int
	last  time.Time // when something was shown, or the command began
	shown int       // characters that stand on the line
}

// The command has to be at work for a while before it shows anything.
const progressEvery = 500 * time.Millisecond

// newProgress shows something only if w is a terminal.
func newProgress(w io.Writer, size int64, count func(int) string) *progress {
	if _, ok := terminal(w); !ok {
		return &progress{}
	}
	return &progress{w: w, size: size, count: count, last: time.Now()}
}

// row says that one more row is done; read is how many bytes of the input have been read.
func (p *progress) row(read int64) {
	p.rows++
	if p.w == nil || time.Since(p.last) < progressEvery {
		return
	}
	text := p.count(p.rows) + " done"
	if p.size > 0 {
		text += fmt.Sprintf(", %d%% of the file read", 100*read/p.size)
	}
	fmt.Fprintf(p.w, "\r%-*s", p.shown, text)
	p.shown, p.last = max(p.shown, len(text)), time.Now()
}

// restart counts anew, of an unknown number.
func (p *progress) restart() { p.rows, p.size = 0, 0 }

// hide takes the line away.
func (p *progress) hide() {
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}

// before returns a writer that hides the line before it writes to w, which may be the
// same terminal.
func (p *progress) before(w io.Writer) io.Writer { return &hiding{w, p} }

type hiding struct {
	io.Writer
	p *progress
}

func (h *hiding) Write(b []byte) (int, error) {
	h.p.hide()
	return h.Writer.Write(b)
}

// Fd is that of the file to which is written.
func (h *hiding) Fd() uintptr { return fdOf(h.Writer) }

// fdOf returns the descriptor of a file, or one that no file has.
func fdOf(w io.Writer) uintptr {
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}
