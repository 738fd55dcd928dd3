package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// report is everything one run has found out.
type report struct {
	Date     string     `json:"date"`
	Go       string     `json:"go"`
	System   string     `json:"system"`
	CPU      string     `json:"cpu,omitempty"`
	Cores    int        `json:"cores"`
	Event    int        `json:"eventBytes"`
	Ready    int        `json:"readyEvents"` // of the practice example
	Row      int        `json:"rowBytes"`
	Rounds   int        `json:"rounds"`
	Contests []result   `json:"contests"`
	Skipped  []string   `json:"skipped,omitempty"` // contests that could not be held, and what they need
	Stream   *streamed  `json:"stream,omitempty"`
	Command  *commanded `json:"command,omitempty"`
	Deliver  *delivered `json:"deliver,omitempty"`
	Outage   *survived  `json:"outage,omitempty"`
}

func newReport(f *fixture, rounds int) *report {
	return &report{
		Date: time.Now().Format(time.DateOnly), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		CPU: cpu(), Cores: runtime.NumCPU(), Event: len(f.body), Ready: len(f.ready.bodies), Row: len(f.log) / f.count, Rounds: rounds,
	}
}

// cpu returns the name of the processor where Linux tells it.
func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// missed counts the targets that are missed beyond the slack.
func (r *report) missed() (n int) {
	count := func(verdicts []verdict) {
		for _, v := range verdicts {
			if v.Missed {
				n++
			}
		}
	}
	for i := range r.Contests {
		count(r.Contests[i].Targets)
	}
	count(r.Stream.targets())
	count(r.Command.targets())
	count(r.Deliver.targets())
	count(r.Outage.targets())
	return n
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (r *report) writeText(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s, %s, %d cores %s\nevent of %d bytes, %d ready events of the practice example, log rows of %d bytes; medians of %d rounds\n\n",
		r.Date, r.Go, r.System, r.Cores, r.CPU, r.Event, r.Ready, r.Row, r.Rounds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tbytes\tallocations\tthe library takes\t(range)")
	for i := range r.Contests {
		writeContest(t, &r.Contests[i])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, why := range r.Skipped {
		fmt.Fprintln(w, "skipped:", why)
	}
	return errors.Join(r.Stream.writeText(w), r.Command.writeText(w))
}

func writeContest(w io.Writer, r *result) {
	fmt.Fprintf(w, "%s\t\t\t\t\n", r.Name)
	for i := range r.Sides {
		f := &r.Sides[i]
		than, spread := "", ""
		if i > 0 {
			than, spread = comparison(f.Ratio), fmt.Sprintf("(%s to %s x)", ratio(f.Low), ratio(f.High))
		}
		bytes, allocs := plainNumber(math.Round(f.Bytes)), plainNumber(math.Round(f.Allocs*10)/10)
		if f.Away {
			bytes, allocs = "", ""
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", f.Name, bytes, allocs, than, spread)
	}
	for _, v := range r.Targets {
		fmt.Fprintf(w, "  %s\t\t\t\t\n", v.text())
	}
}

// comparison says what a ratio of times means.
func comparison(of float64) string {
	if of < 1 {
		return fmt.Sprintf("%s x, %.1f x faster", ratio(of), 1/of)
	}
	return ratio(of) + " x"
}

// ratio keeps two digits of a small ratio: 1.44, 0.09, 0.0013.
func ratio(of float64) string {
	if of < 0.1 {
		return fmt.Sprintf("%.2g", of)
	}
	return fmt.Sprintf("%.2f", of)
}

func (v verdict) text() string {
	word := "not met"
	if v.Met {
		word = "met"
	}
	return fmt.Sprintf("target: %s: %s, %s", v.Target, plainNumber(v.Value), word)
}

// plainNumber writes a number as people do: 1.44, 622, 14,690.
func plainNumber(f float64) string {
	if f < 1000 {
		return fmt.Sprintf("%.4g", f)
	}
	digits := fmt.Sprintf("%.0f", f)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func (s *streamed) writeText(w io.Writer) error {
	if s == nil {
		return nil
	}
	fmt.Fprintf(w, "\nlog of %d rows, made as it is read, in a process of its own\n", s.Rows)
	fmt.Fprintf(w, "  %.1f s, %d bytes of canonical JSON, sha256 %s…\n", s.Seconds, s.OutputBytes, s.SHA256[:12])
	fmt.Fprintf(w, "  states: %v\n  peak resident memory: %.1f MiB\n", s.States, s.PeakMiB)
	for _, v := range s.targets() {
		fmt.Fprintf(w, "  %s\n", v.text())
	}
	return writeSamples(w, s.Samples)
}

func writeSamples(w io.Writer, samples []sample) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "  rows\tresident MiB\theap MiB\tfrom system MiB\t")
	for _, m := range samples {
		fmt.Fprintf(t, "  %d\t%.1f\t%.1f\t%.1f\t\n", m.Rows, m.Resident, m.Heap, m.System)
	}
	return t.Flush()
}
