package vision_test

import (
	"fmt"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
	"github.com/gpsafety/lfpse-go/mapping/vision"
)

func TestExtract(t *testing.T) {
	table, err := vision.Open(os.DirFS("testdata"), trigger.Builtin())
	require.NoError(t, err)
	all := sourcetest.Table(t, "vision", table)
	// Of seven entries one is no trigger and one is deleted.
	require.Len(t, all, 7-1-1)
	assert.Equal(t, map[string]int{"the entry is deleted": 1}, table.Skipped())
	assert.Equal(t, draft.Blocked, all[3].State, "the text has the NHS number of the patient")
}

func TestColumnsAreGiven(t *testing.T) {
	files := fstest.MapFS{
		"journal.csv": {Data: []byte("9g...,20260305,J1,1\n")},
		"patient.csv": {Data: []byte("1,F,19700101\n")},
	}
	table, err := vision.Open(files, trigger.Builtin(), vision.WithColumns([]string{"CODE", "DATE", "ID", "PID"}, []string{"PID", "SEX", "DATE_OF_BIRTH"}))
	require.NoError(t, err)
	n := 0
	for row, err := range table.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "J1", row.Cell(0))
		n++
	}
	assert.Equal(t, 1, n)
	delete(files, "patient.csv")
	_, err = vision.Open(files, trigger.Builtin(), vision.WithColumns([]string{"CODE", "DATE", "ID", "PID"}, nil))
	assert.ErrorContains(t, err, "no CSV file of the table patient")
}

func TestAnotherNumberOfColumnsIsSaid(t *testing.T) {
	files := fstest.MapFS{
		"journal.csv": {Data: []byte("9g...,20260305,J1,1,more\n")},
		"patient.csv": {Data: []byte("1,F,19700101\n")},
	}
	_, err := vision.Open(files, trigger.Builtin(), vision.WithColumns([]string{"CODE", "DATE", "ID", "PID"}, []string{"PID", "SEX", "DATE_OF_BIRTH"}))
	assert.ErrorContains(t, err, "File journal.csv: CSV-DELIMITER at line 1: The file is to have 4 columns, but its first row has 5.")
}

// An entry is deleted by a row before or after it, also one that says no more than which
// entry it means, and so is a patient.
func TestDeleted(t *testing.T) {
	files := fstest.MapFS{
		"journal.csv": {Data: []byte("1,J1,20260305,9g...,930,A\n1,J1,,,,D\n1,J2,20260305,9g...,0930,A\n2,J1,20260305,9g...,14:30,A\n3,J3,20260305,9g...,0000,A\n")},
		"patient.csv": {Data: []byte("1,19700101,F,\n2,19700101,F,A\n3,19700101,F,D\n")},
	}
	table, err := vision.Open(files, trigger.Builtin(), vision.WithColumns([]string{"PID", "ID", "DATE", "CODE", "TIME", "ACTION"}, []string{"PID", "DATE_OF_BIRTH", "SEX", "ACTION"}))
	require.NoError(t, err)
	var found [][2]string
	for row, err := range table.Rows() {
		require.NoError(t, err)
		found = append(found, [2]string{row.Cell(0), row.Cell(2)})
	}
	assert.Equal(t, [][2]string{{"J2", "09:30"}, {"J1", "14:30"}}, found)
	assert.Equal(t, map[string]int{"the entry is deleted": 1, "the patient is deleted": 1}, table.Skipped())
}

func Example() {
	table, err := vision.Open(os.DirFS("testdata"), trigger.Builtin())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range table.Warnings() {
		fmt.Println(w.Text)
	}
	// Output: Entries that make no draft: 1. Why: the entry is deleted.
}
