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

func Example() {
	table, err := systmone.Open(os.DirFS("testdata"), trigger.Builtin())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Skipped()["the entry is removed"], "left out because the entry is removed")
	// Output: 1 left out because the entry is removed
}
