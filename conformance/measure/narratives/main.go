// Command narratives measures the privacy screen on invented incident narratives
// whose personal data is labelled.
//
//	go run ./conformance/measure/narratives             score the screen, class by class
//	go run ./conformance/measure/narratives -misses     also list what it got wrong
//	go run ./conformance/measure/narratives -tuning     score the frames for tuning, and list what it got wrong
//	go run ./conformance/measure/narratives -out FILE   write the corpus as JSON lines
//
// It fails if a class misses its target.
//
// README.md describes the corpus, its form and the figures.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "narratives:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("narratives", flag.ContinueOnError)
	out := flags.String("out", "", "write the corpus to this file (- for standard output) and do not score")
	seed := flags.Uint64("seed", 1, "seed of the generator")
	n := flags.Int("n", 3000, "generated narratives per seed")
	seeds := flags.Int("seeds", 5, "score the corpora of this many seeds, from -seed on")
	misses := flags.Bool("misses", false, "list the labels missed and the hits that are wrong, but for the frames that measure")
	tuning := flags.Bool("tuning", false, "score the frames that are there for tuning, and list what it got wrong")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || *n < 0 || *seeds < 1 {
		return errors.New("-n must not be negative, -seeds at least 1, and there are no arguments besides flags")
	}
	if *out != "" {
		return writeCorpus(*out, *seed, *n, stdout)
	}
	screener := privacy.New()
	if *tuning {
		return reportKinds(stdout, screener, *seed, true, true)
	}
	total, err := scoreSeeds(screener, *seed, *seeds, *n)
	if err != nil {
		return err
	}
	if *misses {
		for _, m := range total.Misses {
			fmt.Fprintln(stdout, m)
		}
	}
	corpus, err := corpusOf(*seed, *n)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%d narratives, %d bytes, scanned at %.0f MB/s\n\n", total.Narratives, total.Bytes, speed(screener, corpus))
	missed := total.write(stdout, screener)
	fmt.Fprintln(stdout)
	return errors.Join(missed, reportKinds(stdout, screener, *seed, false, *misses))
}

// reportKinds prints the table of the kinds, and what was got wrong in the frames that
// may be looked at.
func reportKinds(stdout io.Writer, screener *privacy.Screener, seed uint64, tuning, misses bool) error {
	scores, err := scoreKinds(screener, seed, tuning)
	if err != nil {
		return err
	}
	for _, k := range scores {
		for _, m := range k.misses {
			if misses {
				fmt.Fprintf(stdout, "%s: %s\n", k.class, m)
			}
		}
	}
	return writeKinds(stdout, screener, scores)
}

// scoreSeeds scores the corpora of several seeds. The hand-written cases, the same
// in each, count once.
func scoreSeeds(s *privacy.Screener, first uint64, seeds, n int) (total Score, err error) {
	for seed := first; seed < first+uint64(seeds); seed++ {
		corpus, err := corpusOf(seed, n)
		if err != nil {
			return Score{}, err
		}
		if seed > first {
			corpus = corpus[len(corpus)-n:]
		}
		total.merge(score(s, corpus), seed)
	}
	return total, nil
}

// corpusOf is the corpus of one seed: the hand-written cases and then the
// generated narratives, numbered through.
func corpusOf(seed uint64, n int) ([]Narrative, error) {
	corpus, err := handWritten()
	if err != nil {
		return nil, err
	}
	generated, err := generate(seed, n)
	if err != nil {
		return nil, err
	}
	for i := range generated {
		generated[i].N += len(corpus)
	}
	return append(corpus, generated...), nil
}

func writeCorpus(name string, seed uint64, n int, stdout io.Writer) error {
	corpus, err := corpusOf(seed, n)
	if err != nil {
		return err
	}
	if name == "-" {
		return writeLines(stdout, corpus)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(writeLines(f, corpus), f.Close())
}
