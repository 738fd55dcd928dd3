package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// plan is what a process is told to do.
type plan struct {
	Store    string `json:"store"`
	Folder   string `json:"folder"`
	Stock    string `json:"stock"`
	Ledger   string `json:"ledger"`
	Step     string `json:"step"` // at which it kills itself; empty: somebody else does
	Nth      int    `json:"nth"`
	Seed     uint64 `json:"seed"`
	Next     int    `json:"next"`   // the first event that nobody has used
	Rounds   int    `json:"rounds"` // of work, then it ends by itself
	Busy     bool   `json:"busy"`   // only enqueue and send, as fast as it goes
	InFlight int    `json:"inFlight"`
}

// planVariable tells a process that it is one that is to be killed, with its plan.
const planVariable = "LFPSE_CRASH_PLAN"

// word is a line that a process says before or after it has done something.
type word struct {
	Say     string `json:"say"` // try, stored, uniting, accepted; of the ledger: recorded
	Name    string `json:"name,omitempty"`
	ID      int64  `json:"id,omitempty"`
	Content []byte `json:"content,omitempty"`
	Event   int    `json:"event,omitempty"`
	Record  string `json:"record,omitempty"`
}

var speaking sync.Mutex

// speak writes a word to whoever started this process. What is written is in the pipe, whatever becomes of this process.
func speak(w word) {
	speaking.Lock()
	defer speaking.Unlock()
	text, err := json.Marshal(w)
	if err == nil {
		_, err = os.Stdout.Write(append(text, '\n'))
	}
	if err != nil {
		panic(err)
	}
}

// copyFiles copies the files name+suffix; one that is not there is removed at its new place.
func copyFiles(from, to string, suffixes []string) error {
	for _, suffix := range suffixes {
		data, err := os.ReadFile(from + suffix)
		switch {
		case err == nil:
			err = os.WriteFile(to+suffix, data, 0o600)
		case os.IsNotExist(err):
			if err = os.Remove(to + suffix); os.IsNotExist(err) {
				err = nil
			}
		}
		if err != nil {
			return fmt.Errorf("copying %s: %w", from+suffix, err)
		}
	}
	if err := os.Remove(to + "-shm"); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
