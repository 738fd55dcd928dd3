// Command coach measures on invented texts whether the guide of package interview asks
// about the type of an event when it should, and when it should not.
//
//	go run ./conformance/measure/coach           score the frames that measure
//	go run ./conformance/measure/coach -tuning   score the frames for tuning, and list what is wrong
//
// It fails if a figure misses its target. README.md describes the texts and the figures.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// The targets, in percent, of the texts that measure.
const (
	leastRecall    = 95
	mostWrong      = 3
	mostUnexpected = 5
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "coach:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("coach", flag.ContinueOnError)
	tuning := flags.Bool("tuning", false, "score the frames for tuning, and list what is wrong")
	seed := flags.Uint64("seed", 1, "seed of the generator")
	draws := flags.Int("n", 4, "texts of each frame")
	if err := flags.Parse(args); err != nil {
		return err
	}
	name := "measured"
	if *tuning {
		name = "tuning"
	}
	s, err := scoreFile(name, *seed, *draws)
	if err != nil {
		return err
	}
	s.write(stdout)
	if *tuning {
		for _, m := range s.misses {
			fmt.Fprintln(stdout, m)
		}
		return nil
	}
	return s.judge()
}

func scoreFile(name string, seed uint64, draws int) (score, error) {
	frames, err := load(name)
	if err != nil {
		return score{}, err
	}
	g, err := guide()
	if err != nil {
		return score{}, err
	}
	return measure(g, corpus(frames, seed, draws)), nil
}

func guide() (*interview.Guide, error) {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return nil, err
	}
	c, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, err
	}
	return interview.New(c, nil)
}

// judge fails if a figure misses its target.
func (s *score) judge() error {
	if s.recall() < leastRecall || percent(s.wrong, s.texts) > mostWrong || percent(s.unexpected, s.texts) > mostUnexpected || s.set > 0 {
		return fmt.Errorf("the targets are at least %d %%, at most %d %%, at most %d %%, and no event changed", leastRecall, mostWrong, mostUnexpected)
	}
	return nil
}
