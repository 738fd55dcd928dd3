package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
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
	Log      rows   `json:"log"`    // that the reports come from
	Kept     bool   `json:"kept"`   // a backup was made, and may be put back
	Rounds   int    `json:"rounds"` // of work, then it ends by itself
	Busy     bool   `json:"busy"`   // only enqueue and send, as fast as it goes
	InFlight int    `json:"inFlight"`
}

// planVariable tells a process that it is one that is to be killed, with its plan.
const planVariable = "LFPSE_CRASH_PLAN"

// helped are steps that another act leads to.
var helped = map[string]outbox.Act{
	"post": outbox.ActEnqueue, "put": outbox.ActAmend, "delete": outbox.ActConfirm, working + string(opTruncate): outbox.ActPurge,
}

// wants reports whether one of these acts leads to the step at which the process is to die:
// then it does that rather than anything else.
func (p *plan) wants(acts ...outbox.Act) bool {
	name, _, _ := strings.Cut(p.Step, "/")
	act, ok := helped[p.Step]
	if !ok {
		act, ok = helped[name]
	}
	if !ok {
		act = outbox.Act(name)
	}
	return slices.Contains(acts, act)
}

// word is a line that a process says before or after it has done something.
type word struct {
	Say     string        `json:"say"`
	Name    string        `json:"name,omitempty"` // of a row
	Row     row           `json:"row,omitzero"`
	ID      int64         `json:"id,omitempty"`
	Other   int64         `json:"other,omitempty"`
	Content outbox.Digest `json:"content,omitzero"`
	Record  string        `json:"record,omitempty"`
	Took    time.Duration `json:"took,omitempty"`
}

// What a process says.
const (
	sayOpened   = "opened"   // it can send, after so long
	sayTry      = "try"      // the log has the row now, in the place of that with the name if there is one
	sayStored   = "stored"   // and the outbox has it
	sayUniting  = "uniting"  // the report of the row is about to become part of another, with this content
	sayKeeping  = "keeping"  // the report may go back to this content
	sayAccepted = "accepted" // the receipt is stored
)

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
