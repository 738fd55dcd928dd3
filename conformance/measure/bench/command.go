package main

import (
	"bytes"
	"context"
	_ "embed"
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

// The targets for the command on a million rows: seconds on two
// cores, and resident memory at any length.
const (
	million        = 1_000_000
	maxMillion     = 45
	maxCommandMiB  = 96
	commandPackage = "github.com/gpsafety/lfpse-go/lfpse/cmd/lfpse"
)

// shape is a kind of log that the command maps, repeated until it is long enough.
type shape struct {
	name   string // in the words of the report
	log    []byte
	marker string // how each of its references begins
	// args returns the arguments that say how it is mapped; folder holds the practice example.
	args func(folder string) []string
}

// practiceShape is the log of the practice example, with its map and its records.
func practiceShape() (shape, error) {
	text, err := practice.Files.ReadFile("incidents.csv")
	return shape{name: "the practice example with its records", log: text, marker: "LOG-", args: func(folder string) []string {
		return []string{"--map", filepath.Join(folder, "map.yaml"), "--records", folder}
	}}, err
}

//go:embed data/datix.csv
var datixLog []byte

// datixShape is an invented export of Datix, with the built-in map.
func datixShape() (shape, error) {
	return shape{name: "an export of Datix", log: datixLog, marker: "W", args: func(string) []string { return []string{"--map", "datix"} }}, nil
}

// commanded is the report on one run of lfpse map.
type commanded struct {
	Log     string  `json:"log"`
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpuSeconds"` // of all cores
	PeakMiB float64 `json:"peakMiB"`    // 0 where the system does not tell it
	Says    string  `json:"says"`       // the last line but one: what became of the rows
}

// mapCommand builds the command and lets it map a log again and again with other
// references, into checked drafts, one a line.
func mapCommand(ctx context.Context, of func() (shape, error), rows int) (c commanded, err error) {
	log, err := of()
	if err != nil {
		return c, err
	}
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
	return log.run(ctx, program, dir, rows)
}

func (s *shape) run(ctx context.Context, program, dir string, rows int) (c commanded, err error) {
	cmd := exec.CommandContext(ctx, program, append([]string{"map", "-", "--format", "ndjson", "--today", practiceToday}, s.args(dir)...)...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = newRepeated(s, rows), &said // what it writes is thrown away by the system
	begin := time.Now()
	err = cmd.Run()
	c = commanded{Log: s.name, Rows: rows, Seconds: time.Since(begin).Seconds()}
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
	fmt.Fprintf(w, "\nlfpse map, %d rows of %s\n  %s\n  %.1f s, %.1f s of CPU, peak resident memory %.1f MiB\n",
		c.Rows, c.Log, c.Says, c.Seconds, c.CPU, c.PeakMiB)
	for _, v := range c.targets() {
		fmt.Fprintf(w, "  %s\n", v.text())
	}
	return nil
}

// repeated is a log that begins again until there are enough rows. Each time the
// references are others.
type repeated struct {
	rows  [][]byte // with their line breaks
	left  int      // rows to come
	round int
	next  int
	buf   []byte
	off   int
}

func newRepeated(s *shape, rows int) *repeated {
	r := &repeated{left: rows}
	for line := range bytes.Lines(s.log) {
		switch {
		case r.buf == nil:
			r.buf = bytes.Clone(line) // the names of the columns; it is written over
		case bytes.HasPrefix(line, []byte(s.marker)) && bytes.IndexByte(line, ',') <= len(s.marker)+maxNumber:
			r.rows = append(r.rows, line)
		default: // the cell goes on
			last := &r.rows[len(r.rows)-1]
			*last = append((*last)[:len(*last):len(*last)], line...)
		}
	}
	return r
}

// maxNumber is how many digits the number of a row has at most.
const maxNumber = 3

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
