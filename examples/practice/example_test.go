package practice_test

import (
	"fmt"
	"os"
	"runtime"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

// A whole log in one pass: every row becomes one draft, and what is ready holds
// its submission.
func Example() {
	states := map[draft.State]int{}
	if err := each(func(d submission.Prepared) { states[d.State]++ }); err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []draft.State{draft.Ready, draft.NeedsAnswers, draft.Blocked, draft.NotForLFPSE, draft.Invalid} {
		fmt.Println(states[s], s)
	}
	// Output:
	// 55 ready
	// 10 needs answers
	// 5 blocked
	// 7 not for LFPSE
	// 2 invalid
}

// each maps the log of this folder.
func each(do func(submission.Prepared)) error {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		return err
	}
	builder, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-01" }))
	if err != nil {
		return err
	}
	data, err := os.ReadFile("map.yaml")
	if err != nil {
		return err
	}
	m, err := mapping.ParseMap(data)
	if err != nil {
		return err
	}
	mapper, err := mapping.New(m, builder.Form())
	if err != nil {
		return err
	}
	file, err := os.Open("incidents.csv")
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	log, err := mapper.Open(file, mapping.WithRecords(os.DirFS(".")))
	if err != nil {
		return err
	}
	for d, err := range builder.PrepareAll(log.Rows(), runtime.GOMAXPROCS(0)) {
		if err != nil {
			return err
		}
		do(d)
	}
	return nil
}
