package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// figures are what one kind of misfortune has shown.
type figures struct {
	verdict
	What       string
	N          int // how often it happened
	Steps      string
	Tried      int // processes that were started
	Lives      int
	Took       time.Duration
	Least      int // kills at a step
	Median     int
	Missed     []string // steps at which no process was killed
	recoveries []time.Duration
	Sent       int // requests, where they are counted
	Refused    int // damages that were noticed
}

// maxShare is how many of the reports that are sent may be unknown at one kill a second.
const maxShare = 0.02

// share is how many of the reports that were sent are unknown.
func (f *figures) share() float64 { return float64(f.unknowns()) / float64(max(f.Sent, 1)) }

// fails lists the gates that are not met.
func (f *figures) fails() (fails []string) {
	if f.Lost+f.Twice+f.Unexplained > 0 {
		fails = append(fails, "a report was lost or sent twice, or nothing explains its state")
	}
	if len(f.Missed) > 0 {
		fails = append(fails, "no process was killed at "+strings.Join(f.Missed, ", "))
	}
	if f.Sent > 0 && f.share() > maxShare {
		fails = append(fails, fmt.Sprintf("%.2f %% of the reports are unknown, and %.0f %% may be on a machine that does nothing else", 100*f.share(), 100*maxShare))
	}
	return fails
}

// percentile is the time within which a share of the processes could send.
func (f *figures) percentile(share float64) time.Duration {
	slices.Sort(f.recoveries)
	return f.recoveries[int(share*float64(len(f.recoveries)-1))].Round(100 * time.Microsecond)
}

// write prints the table, what is behind it, and which gates are not met.
func write(out io.Writer, all []*figures) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tN\tsteps\tkills at each\tlost\tsent twice\tunknown\tunexplained\tunknown of sent\tcan send again after\ttook")
	for _, f := range all {
		share, each, again := "", "", ""
		if f.Sent > 0 {
			share = fmt.Sprintf("%.2f %%", 100*f.share())
		}
		if f.Steps != "" {
			each = fmt.Sprintf("%d, median %d", f.Least, f.Median)
		}
		if len(f.recoveries) > 0 {
			again = fmt.Sprintf("p50 %s, p99 %s", f.percentile(0.5), f.percentile(0.99))
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", f.What, f.N, f.Steps, each, f.Lost, f.Twice, f.unknowns(), f.Unexplained,
			share, again, f.Took.Round(time.Second))
	}
	_ = table.Flush()
	for _, f := range all {
		f.explain(out)
	}
}

// explain prints what stands behind the figures.
func (f *figures) explain(out io.Writer) {
	var why []string
	for _, reason := range slices.Sorted(maps.Keys(f.Unknown)) {
		why = append(why, fmt.Sprintf("%d %s", f.Unknown[reason], meanings[reason]))
	}
	if len(why) > 0 {
		fmt.Fprintf(out, "%s: of the unknown, %s\n", f.What, strings.Join(why, "; "))
	}
	if f.Lives > 0 {
		fmt.Fprintf(out, "%s: %d processes were started over %d outboxes\n", f.What, f.Tried, f.Lives)
	}
	if f.Sent > 0 {
		fmt.Fprintf(out, "%s: %d reports were sent\n", f.What, f.Sent)
	}
	if f.Refused > 0 {
		fmt.Fprintf(out, "%s: %d were refused or taken for a backup; the others hit nothing that is in use, or a text, which is checked when it is read\n", f.What, f.Refused)
	}
	for i, wrong := range f.Wrong {
		if i == 20 {
			fmt.Fprintf(out, "  and %d more\n", len(f.Wrong)-i)
			break
		}
		fmt.Fprintln(out, " ", wrong)
	}
	for _, fails := range f.fails() {
		fmt.Fprintf(out, "%s: NOT MET: %s\n", f.What, fails)
	}
}

// meanings are why reports are unknown.
var meanings = map[string]string{
	reasonDied:            "were being sent when their process was killed",
	reasonLost:            "had no answer, on purpose",
	outbox.ReasonRestored: "waited when a backup was put back",
}
