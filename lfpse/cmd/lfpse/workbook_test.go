package main

import (
	"bytes"
	"sync"

	"github.com/xuri/excelize/v2"
)

// sheets is a workbook with two sheets, the first of which is a log of significant events.
var sheets = sync.OnceValue(func() string {
	f := excelize.NewFile()
	_, err := f.NewSheet("Lists")
	if err != nil {
		panic(err)
	}
	for cell, row := range map[string][]any{
		"A1": {"Reference", "Event date", "What happened?", "What has been learned?", "What has been changed?"},
		"A2": {"SEA-1", "05/03/2026", "A letter was filed without being read.", "", ""},
	} {
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			panic(err)
		}
	}
	var b bytes.Buffer
	if err := f.SetCellStr("Lists", "A1", "Owners"); err != nil {
		panic(err)
	}
	if err := f.Write(&b); err != nil {
		panic(err)
	}
	return b.String()
})
