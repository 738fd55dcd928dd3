package mapping_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// all reads a log to its end with some workers.
func all(log *checkedLog, workers int) (drafts []prepared, err error) {
	for p, failed := range newBuilder().PrepareAll(log.Rows(), workers) {
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		drafts = append(drafts, p)
	}
	return drafts, err
}

// Several workers make what one makes, in the same order: whatever the rows, the
// answers and the references that come twice.
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
		read := func(workers int) ([]prepared, []csvlog.Finding, error) {
			given, err := mapping.ReadAnswers(strings.NewReader(answers))
			require.NoError(t, err)
			src := io.Reader(strings.NewReader(text.String()))
			if failure != nil {
				src = io.MultiReader(src, iotest.ErrReader(failure))
			}
			log, err := m.Open(src, mapping.WithAnswers(given))
			if err != nil {
				return nil, nil, err
			}
			drafts, err := all(log, workers)
			return drafts, log.Warnings(), err
		}
		want, wantWarnings, wantErr := read(1)
		got, gotWarnings, gotErr := read(rapid.IntRange(0, 5).Draw(rt, "workers"))
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
	log, err := m.Open(strings.NewReader(text), mapping.WithRecords(folder))
	require.NoError(t, err)
	got, err := all(log, 4)
	require.NoError(t, err)
	require.Equal(t, want, got)
	assert.True(t, hasRule(got[1].Issues, "MAP-CONTEXT"))
}

// Reading ahead is bounded: an endless log is mapped without reading it all.
func TestReadingAheadIsBounded(t *testing.T) {
	defer goleak.VerifyNone(t)
	src := &counter{r: endless()}
	log, err := compile(t, simple).Open(src)
	require.NoError(t, err)
	n := 0
	for d := range newBuilder().PrepareAll(log.Rows(), 2) {
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
