// Command mutate asks how many faults the checks of this library see. It takes the
// valid cases of the conformance suite, puts one fault into each in as many ways as
// its operators know, and counts the mutants in which an error is found.
//
//	go run ./conformance/measure/mutate
//
// Every mutant is faulty by a rule: an operator that would leave a record right, or
// make another right one, at some place does not work there, and its comment says
// why. Since faults against rules that are only inferred are warnings by default,
// the validator is strict here; what it finds in a case before the fault does not
// count. Cases that say the same as another, or are longer than 32 KiB, are not
// mutated. The mutants are the same on every run.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	r, err := run(sitesPerCase, 1)
	if err == nil {
		out := bufio.NewWriter(os.Stdout)
		write(out, r)
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the table, an operator a line, then every mutant in which no error was
// found, and every one in which it was found by a rule that the operator does not
// expect.
func write(w io.Writer, r *result) {
	fmt.Fprintf(w, "%-28s %8s %8s %8s  %s\n", "operator", "mutants", "caught", "named", "fault")
	for i := range r.tallies {
		t := &r.tallies[i]
		fmt.Fprintf(w, "%-28s %8d %8d %8d  %s\n", t.operator.name, t.mutants, t.caught, t.named, t.operator.fault)
	}
	mutants, caught, named := r.total()
	fmt.Fprintf(w, "%-28s %8d %8d %8d\n", "all", mutants, caught, named)
	fmt.Fprintln(w)
	for i := range r.tallies {
		for _, s := range r.tallies[i].survivors {
			fmt.Fprintln(w, s)
		}
	}
	fmt.Fprintf(w, "%d valid cases, of which %d were mutated; %.3f %% of the mutants caught, %.3f %% by a rule of the operator.\n",
		r.valid, r.used, share(caught, mutants), share(named, mutants))
}

func share(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
