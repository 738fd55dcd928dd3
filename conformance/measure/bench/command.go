package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gpsafety/lfpse-go/examples/practice"
)

// The targets for the command on a million rows with their records: seconds on two
// cores, and resident memory at any length.
const (
	million        = 1_000_000
	maxMillion     = 45
	maxCommandMiB  = 96
	commandPackage = "github.com/gpsafety/lfpse-go/lfpse/cmd/lfpse"
)

// commanded is the report on one run of lfpse map.
type commanded struct {
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpuSeconds"` // of all cores
	PeakMiB float64 `json:"peakMiB"`    // 0 where the system does not tell it
	Says    string  `json:"says"`       // the last line but one: what became of the rows
}

// mapCommand builds the command and lets it map the log of the practice example, again
// and again with other references, with its records.
func mapCommand(ctx context.Context, rows int) (c commanded, err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program := filepath.Join(dir, "lfpse")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, commandPackage).CombinedOutput(); err != nil {
		return c, fmt.Errorf("building the command: %w\n%s", err, out)
	}
	if err := os.CopyFS(dir, practice.Files); err != nil {
		return c, err
	}
	return runMap(ctx, program, dir, rows)
}

func runMap(ctx context.Context, program, dir string, rows int) (c commanded, err error) {
	log, err := newRepeated(rows)
	if err != nil {
		return c, err
	}
	cmd := exec.CommandContext(ctx, program, "map", "-", "--map", filepath.Join(dir, "map.yaml"), "--records", dir, "--today", practiceToday)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = log, &said // what it writes is thrown away by the system
	begin := time.Now()
	err = cmd.Run()
	c = commanded{Rows: rows, Seconds: time.Since(begin).Seconds()}
	if waiting := new(exec.ExitError); errors.As(err, &waiting) && waiting.ExitCode() == 1 {
		err = nil // some rows wait for a person
	}
	if err != nil {
		return c, fmt.Errorf("lfpse map: %w\n%s", err, said.Bytes())
	}
	c.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	c.PeakMiB = mib(peakOf(cmd.ProcessState))
	for line := range bytes.Lines(said.Bytes()) {
		if bytes.HasPrefix(line, strconv.AppendInt(nil, int64(rows), 10)) {
			c.Says = string(bytes.TrimSpace(line))
		}
	}
	return c, wrongUnless(c.Says != "")
}

func (c *commanded) targets() (all []verdict) {
	if c == nil {
		return nil
	}
	if c.Rows >= million {
		all = append(all, atMost(maxMillion, "s for a million rows", c.Seconds*million/float64(c.Rows)))
	}
	if c.PeakMiB > 0 {
		all = append(all, atMost(maxCommandMiB, "MiB resident", c.PeakMiB))
	}
	return all
}

func (c *commanded) writeText(w io.Writer) error {
	if c == nil {
		return nil
	}
	fmt.Fprintf(w, "\nlfpse map, %d rows of the practice example with its records\n  %s\n  %.1f s, %.1f s of CPU, peak resident memory %.1f MiB\n",
		c.Rows, c.Says, c.Seconds, c.CPU, c.PeakMiB)
	for _, v := range c.targets() {
		fmt.Fprintf(w, "  %s\n", v.text())
	}
	return nil
}

// repeated is the log of the practice example, repeated until there are enough rows.
// Each time the references are others.
type repeated struct {
	rows  [][]byte // with their line breaks
	left  int      // rows to come
	round int
	next  int
	buf   []byte
	off   int
}

func newRepeated(rows int) (*repeated, error) {
	text, err := practice.Files.ReadFile("incidents.csv")
	if err != nil {
		return nil, err
	}
	r := &repeated{left: rows}
	for line := range bytes.Lines(text) {
		switch {
		case r.buf == nil:
			r.buf = line // the names of the columns
		case bytes.HasPrefix(line, []byte("LOG-")):
			r.rows = append(r.rows, line)
		default: // the cell goes on
			last := &r.rows[len(r.rows)-1]
			*last = append((*last)[:len(*last):len(*last)], line...)
		}
	}
	return r, nil
}

// Read implements [io.Reader].
func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.off == len(r.buf) {
			if r.left == 0 {
				break
			}
			r.row()
		}
		c := copy(p[n:], r.buf[r.off:])
		n, r.off = n+c, r.off+c
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// row makes the next row.
func (r *repeated) row() {
	if r.next == len(r.rows) {
		r.next, r.round = 0, r.round+1
	}
	r.buf = append(strconv.AppendInt(append(r.buf[:0], 'R'), int64(r.round), 10), '-')
	r.buf = append(r.buf, r.rows[r.next]...)
	r.off, r.next, r.left = 0, r.next+1, r.left-1
}
