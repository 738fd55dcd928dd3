// Command mutate asks how many faults the checks of this library see. It takes the
// valid cases of the conformance suite, puts one fault into each in as many ways as
// its operators know, and counts the mutants in which an error is found.
//
//	go run ./conformance/mutate [-survivors]
//
// Every mutant is faulty by a rule: an operator that would leave a record right, or
// make another right one, at some place does not work there, and its comment says
// why. Since faults against rules that are only inferred are warnings by default,
// the validator is strict here; only cases without any error of the strict
// validator are mutated, so whatever is found comes from the fault. The mutants are
// the same on every run.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	survivors := flag.Bool("survivors", false, "list every mutant in which no error was found, and every one found by a rule that the operator does not expect")
	flag.Parse()
	r, err := run(sitesPerCase, 1)
	if err == nil {
		out := bufio.NewWriter(os.Stdout)
		write(out, r, *survivors)
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the table, an operator a line.
func write(w io.Writer, r *result, survivors bool) {
	fmt.Fprintf(w, "%-28s %8s %8s %8s  %s\n", "operator", "mutants", "caught", "named", "fault")
	for i := range r.tallies {
		t := &r.tallies[i]
		fmt.Fprintf(w, "%-28s %8d %8d %8d  %s\n", t.operator.name, t.mutants, t.caught, t.named, t.operator.fault)
	}
	mutants, caught, named := r.total()
	fmt.Fprintf(w, "%-28s %8d %8d %8d\n", "all", mutants, caught, named)
	fmt.Fprintf(w, "\n%d valid cases, of which %d were mutated; %.3f %% of the mutants caught, %.3f %% by a rule of the operator.\n",
		r.valid, r.used, share(caught, mutants), share(named, mutants))
	if !survivors {
		return
	}
	for i := range r.tallies {
		for _, s := range r.tallies[i].survivors {
			fmt.Fprintln(w, s)
		}
	}
}

func share(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
