package mapping_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

// draftsOf reads a log to its end, in several loops that are left after some drafts.
func draftsOf(log *mapping.Log, stops []int) (drafts []mapping.Draft, err error) {
	for _, n := range append(stops, -1) {
		for d, failed := range log.Drafts() {
			if failed != nil {
				err = errors.Join(err, failed)
				continue
			}
			drafts = append(drafts, d)
			if n--; n == 0 {
				break
			}
		}
	}
	return drafts, err
}

// Several workers make what one makes, in the same order: whatever the rows, the
// answers and the references that come twice, and wherever the loop is left.
func TestSeveralWorkersMakeTheSameDrafts(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := compile(t, simple+"skip: [{when: {column: Role, in: [draft]}, reason: It is a draft.}]\n")
	answers := "reference,target,answer\nR3,description,An answer.\nR7,type,risk\nR99,type,risk\n"
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		text.WriteString("Ref,What,Role\n")
		for range rapid.IntRange(0, 90).Draw(rt, "rows") {
			text.WriteString(rapid.OneOf(rapid.Just("broken,row\n"), rapid.Custom(func(rt *rapid.T) string {
				return fmt.Sprintf("%s,%s,%s\n", rapid.SampledFrom([]string{"", "R1", "R2", "R3", "R7", "R8"}).Draw(rt, "reference"),
					rapid.SampledFrom([]string{"", "A dose was missed.", "999 000 0018", "\"two\nlines\""}).Draw(rt, "what"),
					rapid.SampledFrom([]string{"", "GP", "draft", "nobody"}).Draw(rt, "role"))
			})).Draw(rt, "row"))
		}
		var failure error
		if rapid.Bool().Draw(rt, "fails") {
			failure = errors.New("the disk is gone")
		}
		read := func(stops []int, opts ...mapping.LogOption) ([]mapping.Draft, []string, error) {
			given, err := mapping.ReadAnswers(strings.NewReader(answers))
			require.NoError(t, err)
			src := io.Reader(strings.NewReader(text.String()))
			if failure != nil {
				src = io.MultiReader(src, iotest.ErrReader(failure))
			}
			log, err := m.Open(src, append(opts, mapping.WithAnswers(given))...)
			if err != nil {
				return nil, nil, err
			}
			drafts, err := draftsOf(log, stops)
			return drafts, log.Warnings(), err
		}
		stops := rapid.SliceOfN(rapid.IntRange(1, 50), 0, 3).Draw(rt, "stops")
		want, wantWarnings, wantErr := read(nil)
		got, gotWarnings, gotErr := read(stops, mapping.WithWorkers(rapid.IntRange(0, 5).Draw(rt, "workers")))
		require.Equal(rt, want, got)
		require.Equal(rt, wantWarnings, gotWarnings)
		require.Equal(rt, fmt.Sprint(wantErr), fmt.Sprint(gotErr))
		require.Equal(rt, failure != nil, gotErr != nil)
	})
}

func TestSeveralWorkersReadRecords(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := compile(t, incident("{to: description, column: What}")+"source: {context: '{Record}.json'}\n")
	folder := fstest.MapFS{"a.json": {Data: []byte(`{"resourceType":"Bundle","type":"collection"}`)}}
	text := "What,Record\n" + strings.Repeat("x,a\ny,b\nz,\n", 40)
	want, _ := read(t, m, text, mapping.WithRecords(folder))
	got, _ := read(t, m, text, mapping.WithRecords(folder), mapping.WithWorkers(4))
	require.Equal(t, want, got)
	assert.True(t, hasRule(got[1].Issues, "MAP-CONTEXT"))
}

// The loop may end by a panic too; nothing runs on after it.
func TestNoWorkerOutlivesTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t)
	log, err := compile(t, simple).Open(endless(), mapping.WithWorkers(3))
	require.NoError(t, err)
	assert.PanicsWithValue(t, "stop", func() {
		for range log.Drafts() {
			panic("stop")
		}
	})
	for d := range log.Drafts() {
		assert.Equal(t, 3, d.Line)
		break
	}
}

// What a function of the caller panics with in a worker comes out in the loop, where
// it can be recovered, and the rows after it go on.
func TestAPanicInAWorkerComesOutInTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t)
	n := atomic.Int32{}
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date {
		if n.Add(1) == 5 { // each row asks when it is mapped and when it is checked
			panic("no clock")
		}
		return today
	}))
	require.NoError(t, err)
	parsed, err := mapping.ParseMap([]byte(simple))
	require.NoError(t, err)
	m, err := mapping.New(parsed, b)
	require.NoError(t, err)
	log, err := m.Open(strings.NewReader("Ref,What,Role\n"+strings.Repeat(",x,GP\n", 100)), mapping.WithWorkers(2))
	require.NoError(t, err)
	drafts := 0
	count := func() {
		for range log.Drafts() {
			drafts++
		}
	}
	assert.PanicsWithValue(t, "no clock", count)
	assert.NotPanics(t, count)
	assert.Equal(t, 99, drafts)
}

// Reading ahead is bounded: an endless log is mapped without reading it all.
func TestReadingAheadIsBounded(t *testing.T) {
	defer goleak.VerifyNone(t)
	src := &counter{r: endless()}
	log, err := compile(t, simple).Open(src, mapping.WithWorkers(2))
	require.NoError(t, err)
	n := 0
	for d := range log.Drafts() {
		require.Equal(t, n+2, d.Line)
		if n++; n == 100 {
			break
		}
	}
	assert.Less(t, src.bytes, 1<<20)
}

// endless is a log of so many rows that nobody reads it to its end.
func endless() io.Reader {
	return io.MultiReader(strings.NewReader("Ref,What,Role\n"), repeated{})
}

type repeated struct{}

func (repeated) Read(p []byte) (int, error) {
	const line = ",x,GP\n"
	n := len(p) / len(line) * len(line)
	copy(p, bytes.Repeat([]byte(line), n/len(line)))
	return n, nil
}

type counter struct {
	r     io.Reader
	bytes int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.bytes += n
	return n, err
}
