package csvlog

import (
	"errors"
	"fmt"
)

// maxFaults is how many faults of one file are told.
const maxFaults = 100

// Faults gathers what is wrong with the rows of a file that goes with a log, such as
// answers: of very many the first hundred are told, and how many more there are. Its zero
// value has none. It is for one goroutine at a time.
type Faults struct {
	first []error
	more  int
}

// Add adds a fault, unless it is nil.
func (f *Faults) Add(err error) {
	switch {
	case err == nil:
	case len(f.first) < maxFaults:
		f.first = append(f.first, err)
	default:
		f.more++
	}
}

// Err returns the faults as one error, nil if there are none.
func (f *Faults) Err() error {
	if f.more == 0 {
		return errors.Join(f.first...)
	}
	return errors.Join(append(f.first[:maxFaults:maxFaults], fmt.Errorf("%d more rows cannot be used", f.more))...)
}
