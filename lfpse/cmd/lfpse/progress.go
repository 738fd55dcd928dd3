package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a long command has come, on a terminal only.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress counts the bytes of the input; size 0 means that it is not known.
func newProgress(w io.Writer, size int64) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &progress{}
	}
	if size == 0 {
		size = -1
	}
	return &progress{progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetElapsedTime(true), progressbar.OptionSetPredictTime(true), progressbar.OptionSetDescription("reading and sending"),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30),
		progressbar.OptionOnCompletion(func() { _, _ = io.WriteString(w, "\n") }))}
}

func (p *progress) at(bytes int64) {
	if p.bar != nil {
		_ = p.bar.Set64(bytes)
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
