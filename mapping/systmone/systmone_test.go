package systmone_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/mapping/systmone"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

func TestExtract(t *testing.T) {
	table, err := systmone.Open(os.DirFS("testdata"), trigger.Builtin(), systmone.WithTemplates("4711"))
	require.NoError(t, err)
	answers := map[string]string{}
	for row, err := range table.Rows() {
		if err == nil {
			answers[row.Cell(0)] = row.Cell(7)
		}
	}
	assert.Equal(t, map[string]string{"501": "Medication error – noted\nDose given: 20 mg", "507": "Form: what went wrong\nForm: how often: 3"}, answers)
	assert.Equal(t, map[string]int{"the entry is removed": 1, "the patient is a test patient": 1}, table.Skipped())
	// Of nine rows two belong to the event of another, one is no trigger, two are left out.
	require.Len(t, sourcetest.Table(t, "systmone", table), 9-2-1-2)
}

// Older tables have fewer columns, and another delimiter.
func TestOlderColumns(t *testing.T) {
	files := fstest.MapFS{
		"SRCode.csv":    {Data: []byte("IDPatient|RowIdentifier|DateEvent|CTV3Code|CTV3Text\n1|7|5 Mar 2026|XaErr|Caf\xe9 error\n1|8|05 Mar 2026|XaOk|Fine\n")},
		"SRPatient.csv": {Data: []byte("Gender|RowIdentifier|DateBirth\nF|1|04 May 1961\n")},
	}
	own, err := trigger.Read(strings.NewReader("system,code,term,evidence\nctv3,XaErr,Error,of this practice\n"))
	require.NoError(t, err)
	table, err := systmone.Open(files, own)
	require.NoError(t, err)
	n := 0
	for row, err := range table.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "7", row.Cell(0))
		assert.Equal(t, "2026-03-05", row.Cell(1))
		assert.Equal(t, "Café error", row.Cell(4))
		n++
	}
	assert.Equal(t, 1, n)
	delete(files, "SRPatient.csv")
	_, err = systmone.Open(files, own)
	assert.ErrorContains(t, err, "no CSV file of the table SRPatient")
}

// A removal takes one entry away and not its event, if it has another trigger, and is counted
// though it says no more than which entry it means.
func TestRemovedEntries(t *testing.T) {
	const head = "RowIdentifier,DateEvent,SNOMEDCode,SNOMEDText,IDEvent,IDPatient,RemovedData\n"
	files := fstest.MapFS{
		"SRCode.csv": {Data: []byte(head + "1,05 Mar 2026,398240004,Medication error,9,71,0\n2,05 Mar 2026,292954005,Penicillin adverse reaction,9,71,0\n" +
			"3,06 Mar 2026,398240004,Medication error,8,71,0\n1,,,,,,1\n3,,,,,,1\n")},
		"SRPatient.csv": {Data: []byte("RowIdentifier,DateBirth,Gender,FirstName,TestPatient,RemovedData\n71,04 May 1961,F,Zoë,0,0\n")},
	}
	table, err := systmone.Open(files, trigger.Builtin())
	require.NoError(t, err)
	for row, err := range table.Rows() {
		require.NoError(t, err)
		assert.Equal(t, []string{"2", "Penicillin adverse reaction"}, []string{row.Cell(0), row.Cell(7)})
		assert.Equal(t, "Zoë", row.Cell(13), "a table that was saved again is in UTF-8, and its names are looked for in texts")
	}
	assert.Equal(t, map[string]int{"the entry is removed": 2}, table.Skipped())
	assert.Len(t, table.Warnings(), 1)
}

// Without the columns that say what is not to be used, and with codes that a spreadsheet has
// rewritten, the extract is read, and that is said.
func TestGapsAreSaid(t *testing.T) {
	files := fstest.MapFS{
		"SRCode.csv":    {Data: []byte("RowIdentifier,DateEvent,SNOMEDCode,IDPatient,Removed Data\n1,05 Mar 2026,3.98E+08,71,1\n")},
		"SRPatient.csv": {Data: []byte("RowIdentifier,DateBirth,Gender,testpatient,removeddata\n71,04 May 1961,F,0,0\n")},
	}
	table, err := systmone.Open(files, trigger.Builtin())
	require.NoError(t, err)
	var texts []string
	for _, w := range table.Warnings() {
		texts = append(texts, w.Text)
	}
	assert.Equal(t, []string{"Ids of the table SRCode look rounded by a spreadsheet: 1, the first at this line.", "The table SRCode has no column RemovedData, which says what is not to be used."}, texts)
}

func Example() {
	table, err := systmone.Open(os.DirFS("testdata"), trigger.Builtin())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Skipped()["the entry is removed"], "left out because the entry is removed")
	// Output: 1 left out because the entry is removed
}
