package mapping_test

import (
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

// countingFS counts how often files are opened to be read.
type countingFS struct {
	fstest.MapFS
	opened *atomic.Int64
}

func (c countingFS) Open(name string) (fs.File, error) {
	c.opened.Add(1)
	return c.MapFS.Open(name)
}

func (c countingFS) Stat(name string) (fs.FileInfo, error) { return c.MapFS.Stat(name) }

func countedRecords(names ...string) countingFS {
	c := countingFS{fstest.MapFS{}, new(atomic.Int64)}
	for _, name := range names {
		c.MapFS["records/"+name+".json"] = &fstest.MapFile{Data: []byte(person), ModTime: time.Unix(1, 0)}
	}
	return c
}

func TestARecordThatRowsNameAgainIsReadOnce(t *testing.T) {
	files := countedRecords("k1", "k2")
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\nR2,k2\nR3,k1\nR4,k2\nR5,k1\n", mapping.WithRecords(files))
	require.Len(t, drafts, 5)
	for _, d := range drafts {
		assert.EqualValues(t, "female", d.Event.Patients[0].GenderIdentity)
		assert.Equal(t, drafts[0].Terms, d.Terms)
		assert.NotEmpty(t, d.Terms)
	}
	assert.EqualValues(t, 2, files.opened.Load())
}

// What is found in a record is found for each row, and belongs to that row alone.
func TestFindingsOfARecordForEachRow(t *testing.T) {
	files := countedRecords("k1")
	files.MapFS["records/k1.json"].Data = []byte("{}")
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\nR2,k1\n", mapping.WithRecords(files))
	require.NotEmpty(t, drafts[0].Issues)
	assert.Equal(t, drafts[0].Issues, drafts[1].Issues)
	drafts[0].Issues[0].Text = "changed"
	assert.NotEqual(t, drafts[0].Issues, drafts[1].Issues)
}

func TestARecordThatHasChangedIsReadAgain(t *testing.T) {
	files := countedRecords("k1")
	file := files.MapFS["records/k1.json"]
	log, err := compile(t, withContext).Open(strings.NewReader("Ref,Key\nR1,k1\nR2,k1\nR3,k1\n"), mapping.WithRecords(files))
	require.NoError(t, err)
	var got []string
	for d, err := range log.Drafts() {
		require.NoError(t, err)
		got = append(got, string(d.Event.Patients[0].GenderIdentity))
		file.Data = []byte(strings.Replace(person, "female", "male", 1))
		file.ModTime = time.Unix(2, 0)
	}
	assert.Equal(t, []string{"female", "male", "male"}, got)
	assert.EqualValues(t, 2, files.opened.Load())
}

// A folder that does not say when its files were changed is read each time.
func TestWithoutATimeOfChangeRecordsAreNotKept(t *testing.T) {
	files := countedRecords("k1")
	files.MapFS["records/k1.json"].ModTime = time.Time{}
	read(t, compile(t, withContext), "Ref,Key\nR1,k1\nR2,k1\n", mapping.WithRecords(files))
	assert.EqualValues(t, 2, files.opened.Load())
}

// However many records a log names, only the last ones are kept.
func TestOnlySomeRecordsAreKept(t *testing.T) {
	const many = 200
	var names []string
	var text strings.Builder
	text.WriteString("Ref,Key\n")
	row := func(ref, key string) { fmt.Fprintf(&text, "%s,%s\n", ref, key) }
	for i := range many {
		names = append(names, fmt.Sprintf("k%d", i))
		row(fmt.Sprintf("R%d", i), names[i])
		row(fmt.Sprintf("S%d", i), "k0") // which every second row names
	}
	row("T1", "k1")
	row("T2", names[many-1])
	files := countedRecords(names...)
	read(t, compile(t, withContext), text.String(), mapping.WithRecords(files))
	assert.EqualValues(t, many+1, files.opened.Load(), "k1 is read again")

	files = countedRecords("k0", "k1", "k2")
	for _, f := range files.MapFS {
		f.Data = append(f.Data, make([]byte, 0)...)
		f.Data = append(f.Data, strings.Repeat(" ", 4<<20)...)
	}
	read(t, compile(t, withContext), "Ref,Key\nR1,k0\nR2,k1\nR3,k0\nR4,k2\n", mapping.WithRecords(files))
	assert.EqualValues(t, 4, files.opened.Load(), "they are too large to be kept together")
}

func TestARecordWithoutThePatientIsReported(t *testing.T) {
	for name, tt := range map[string]struct {
		record string
		want   bool
	}{
		"patient":    {person, false},
		"contained":  {`{"resourceType":"Encounter","contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}}`, false},
		"medicine":   {`{"resourceType":"MedicationRequest","status":"active","medicationCodeableConcept":{"text":"Amoxicillin"}}`, true},
		"staff":      {`{"resourceType":"Practitioner","name":[{"family":"Quill"}]}`, true},
		"diagnosis":  {`{"resourceType":"Condition","subject":{"reference":"Patient/p1","display":"Odessa Quill"}}`, true},
		"a relative": {`{"resourceType":"RelatedPerson","patient":{"reference":"Patient/p1"},"name":[{"family":"Quill"}]}`, true},
	} {
		files := fstest.MapFS{"records/k1.json": {Data: []byte(tt.record)}}
		drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\n", mapping.WithRecords(files))
		require.Len(t, drafts, 1)
		assert.Equal(t, tt.want, hasRule(drafts[0].Issues, "CONTEXT-NO-PATIENT"), name)
	}
}
