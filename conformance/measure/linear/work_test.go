package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile says for each parser what it is fed with, up to how many bytes, and how
// much a byte may cost. A smaller text shows as much as a large one, so only the
// worst inputs are as large as can be.
var hostile = map[string]struct {
	inputs inputs
	usual  int // bytes
	most   int // bytes of the worst; a record is read up to 5 MiB
	worst  []string
	limit  cost // a byte
}{
	"json":      {values, large, large, nil, cost{25, 25}},
	"bundle":    {bundles, large / 4, record, []string{"same url, versions", "same id", "names in objects inside"}, cost{40, 60}},
	"record":    {records, large / 4, record, []string{"roles of one wide organisation", "parts of one organisation", "one long url, many references", "contained, referred to"}, cost{150, 200}},
	"validate":  {all(events, inContained), large / 4, record, []string{"patients", "patients, not numbered", "contained, own ids", "references to nothing", "names inside"}, cost{275, 125}},
	"validate5": {inSTU3(all(events, inContained)), large / 10, record, []string{"patients", "contained, own ids"}, cost{450, 260}},
	"sandbox":   {all(events, inContained), large / 4, record, []string{"patients", "agents", "groups again", "contained, own ids", "references to nothing", "elements that do not exist", "nulls"}, cost{200, 250}},
	"taxonomy":  {taxonomies, large / 10, large, []string{"groups", "concepts", "profiles, groups"}, cost{200, 750}},
	"resources": {resources, large / 4, large, []string{"slices of one group", "includes of one list", "lists that share a list", "profiles in a circle"}, cost{90, 600}},
	"privacy":   {texts, large / 20, large, []string{"spaces", "digits", "at signs", "half tokens", "invalid UTF-8"}, cost{1200, 370}},
	"advice":    {stories, large / 100, large / 10, []string{"beginnings", "excepted"}, cost{300, 100}},
	"denylist":  {denials, large / 30, large / 2, []string{"one term"}, cost{2400, 340}},
}

const (
	large  = 10_000_000
	record = 5 << 20
	// Without LFPSE_LONG the worst inputs and every ninth of the others are tried, in
	// the size that the deny-list needs to show its cost.
	quick = large / 30
	ninth = 9
	times = 16 // how much larger an input is than the one it is compared with
	// growth is how much more a byte of the larger input may cost: sorting needs a
	// little, and a slice that has just been doubled half of its memory. Work with
	// every pair of things would cost sixteen times as much.
	growth = 1.4
	// slack is for what only happens to long texts, such as a rule about those of more
	// than 1 MiB. A few statements a byte are no matter.
	slack = 10
)

// TestWorkIsLinear counts what each parser does with an input, and with a larger
// one. Nothing is timed: the counts are the same on every machine. With LFPSE_LONG set
// it tries every input, in sizes that show a cost which grows slowly, too.
func TestWorkIsLinear(t *testing.T) {
	if raceEnabled {
		t.Skip("the work is counted in another program, which the race detector does not see")
	}
	c := newCounter(t)
	for parser, h := range hostile {
		for _, name := range h.worst {
			require.Contains(t, h.inputs, name)
		}
		nothing := c.count(t, parser, nil)
		for i, name := range slices.Sorted(maps.Keys(h.inputs)) {
			worst := slices.Contains(h.worst, name)
			size := quick
			switch {
			case os.Getenv("LFPSE_LONG") == "":
				if !worst && i%ninth > 0 {
					continue
				}
			case worst:
				size = h.most
			default:
				size = h.usual
			}
			make := h.inputs[name]
			t.Run(parser+"/"+name, func(t *testing.T) {
				t.Parallel()
				perByte := func(n int) cost {
					input := make(n)
					return c.count(t, parser, input).less(nothing).per(len(input))
				}
				small := perByte(size / times)
				require.LessOrEqual(t, small.work, 2*h.limit.work, "statements a byte of the small input, for which a larger one is not worth while")
				big := perByte(size)
				assert.LessOrEqual(t, big.work, small.work*growth+slack, "statements a byte")
				assert.LessOrEqual(t, big.memory, small.memory*2*growth+slack, "bytes allocated a byte")
				assert.LessOrEqual(t, big.work, h.limit.work, "statements a byte")
				assert.LessOrEqual(t, big.memory, h.limit.memory, "bytes allocated a byte")
				t.Logf("%.1f, then %.1f statements a byte; %.1f, then %.1f bytes allocated", small.work, big.work, small.memory, big.memory)
			})
		}
	}
	t.Run("too large", func(t *testing.T) { tooLarge(t, c) })
}

// tooLarge feeds records of 10 MB, which is more than is read.
func tooLarge(t *testing.T, c counter) {
	for _, parser := range []string{"bundle", "validate", "validate5"} {
		refused := c.count(t, parser, events["patients"](large)).less(c.count(t, parser, nil))
		assert.Less(t, refused.work, 10_000.0, parser)
		assert.Less(t, refused.memory, 100_000.0, parser)
	}
}

// cost is what a parser did.
type cost struct {
	work   float64 // statements executed
	memory float64 // bytes allocated
}

func (c cost) less(d cost) cost { return cost{c.work - d.work, c.memory - d.memory} }
func (c cost) per(n int) cost   { return cost{c.work / float64(n), c.memory / float64(n)} }

// counter runs the program of this package with the counters of test coverage in
// the library and in the packages that take data apart for it.
type counter struct {
	program, covdata string
}

func newCounter(t *testing.T) counter {
	c := counter{program: filepath.Join(t.TempDir(), "linear")}
	command(t, "go", "build", "-cover", "-covermode=count", "-o", c.program,
		"-coverpkg=github.com/gpsafety/lfpse-go/...,encoding/json,bytes,strings,strconv,slices,maps,sort,regexp,unicode/utf8", ".")
	c.covdata = strings.TrimSpace(command(t, "go", "tool", "-n", "covdata"))
	return c
}

func command(t *testing.T, name string, args ...string) string {
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// count runs a parser. What does not come to an end is not linear.
func (c counter) count(t *testing.T, parser string, input []byte) cost {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(c.program), "") // without a comma, which covdata takes for the end of it
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	program := exec.CommandContext(ctx, c.program, parser)
	program.Env = append(os.Environ(), "GOCOVERDIR="+dir)
	program.Stdin = bytes.NewReader(input)
	program.Stderr = os.Stderr
	out, err := program.Output()
	require.NoError(t, err, "%d bytes", len(input))
	memory, err := strconv.Atoi(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	counts := filepath.Join(dir, "counts.txt")
	command(t, c.covdata, "textfmt", "-i", dir, "-o", counts)
	return cost{statements(t, counts), float64(memory)}
}

// statements adds up a profile, whose lines are FILE:FROM,TO STATEMENTS COUNT.
func statements(t *testing.T, profile string) float64 {
	t.Helper()
	f, err := os.Open(profile)
	require.NoError(t, err)
	defer f.Close()
	total := 0.0
	lines := bufio.NewScanner(f)
	lines.Scan() // the mode
	for lines.Scan() {
		_, numbers, _ := strings.Cut(lines.Text(), " ")
		first, second, _ := strings.Cut(numbers, " ")
		statements, err := strconv.Atoi(first)
		count, err2 := strconv.Atoi(second)
		if err := errors.Join(err, err2); err != nil { // of 18,000 lines: require for each costs more than the rest
			require.NoError(t, err)
		}
		total += float64(statements) * float64(count)
	}
	require.NoError(t, lines.Err())
	require.Positive(t, total)
	return total
}
