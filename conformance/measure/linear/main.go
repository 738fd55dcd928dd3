// Command linear runs one parser of this library on one input, so that the work it
// does can be counted.
//
//	go build -cover -covermode=count -coverpkg=github.com/gpsafety/lfpse-go/... -o linear ./conformance/measure/linear
//	GOCOVERDIR=dir ./linear PARSER <input
//	go tool covdata textfmt -i dir -o counts.txt
//
// The counters that Go keeps for test coverage say how often each statement was
// executed: the same number on every machine, however busy. Their sum is the work.
// The program prints how many bytes the parser allocated, which stands for the
// copying that no statement shows. The test of this package feeds it the inputs
// that are worst for each parser and demands that the work grows no faster than
// the input. The statements of package runtime and what is written in assembly,
// such as the search for a byte, are not counted.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 || parsers[args[0]] == nil {
		return fmt.Errorf("usage: linear PARSER <input, where PARSER is one of %s", strings.Join(slices.Sorted(maps.Keys(parsers)), ", "))
	}
	input, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	parse, err := parsers[args[0]]()
	if err != nil {
		return err
	}
	rule.Lookup("") // the catalogue is made once, for the first finding: it is no work on the input
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	parse(input)
	runtime.ReadMemStats(&after)
	_, err = fmt.Fprintln(out, after.TotalAlloc-before.TotalAlloc)
	return err
}
