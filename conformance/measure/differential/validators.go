package differential

import (
	"context"
	"errors"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/measure/internal/node"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// ErrAbsent says that Node or the modules of package-lock.json are not installed. Its
// text says how to install them.
var ErrAbsent = node.ErrAbsent

// The judges, see the package documentation.
const (
	JSON     = "json" // JSON.parse and UTF-8
	Medplum  = "medplum"
	MX       = "mx"
	FHIRPath = "fhirpath"
)

// Validators are the judges in a Node process that has loaded the FHIR package of a
// taxonomy. They are not safe for concurrent use.
type Validators struct {
	Loaded Loaded

	process *node.Process
}

// Loaded says what the judges have made of the FHIR package.
type Loaded struct {
	// Definitions are the StructureDefinitions as Medplum has parsed them.
	Definitions []Definition `json:"definitions"`
	// MX counts what fhir-validator-mx holds; the value sets and code systems
	// include those of R4.
	MX struct {
		Profiles    int `json:"profiles"`
		ValueSets   int `json:"valueSets"`
		CodeSystems int `json:"codeSystems"`
	} `json:"mx"`
}

// Definition is a parsed snapshot.
type Definition struct {
	URL      string `json:"url"`
	Elements int    `json:"elements"`
	Slices   int    `json:"slices"` // of the root's extension
}

// Issue is what a judge has found in a document. Path and Text are the judge's own
// words and may repeat values of the document.
type Issue struct {
	Judge string `json:"judge"`
	Path  string `json:"path"`
	Text  string `json:"text"`
}

// Verdict is what all judges have found. A judge that failed is among Crashed and has
// no say.
type Verdict struct {
	Issues  []Issue `json:"issues"`
	Crashed []Issue `json:"crashed"`
}

// Refused says that a judge has found something.
func (v *Verdict) Refused() bool { return len(v.Issues) > 0 }

// Start writes the FHIR package of a taxonomy to a temporary folder and starts a
// process that loads it, which takes a second or two. The error is [ErrAbsent] where
// Node or the modules are not installed. Close what it returns. The process ends with
// the context.
func Start(ctx context.Context, t *taxonomy.Taxonomy) (*Validators, error) {
	process, err := node.Start(ctx, t, "differential/validate.mjs")
	if err != nil {
		return nil, err
	}
	v := &Validators{process: process}
	if err := process.Hear(&v.Loaded); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// question is a line that validate.mjs reads.
type question struct {
	Document     []byte `json:"document"`
	Judge        string `json:"time,omitempty"`
	Milliseconds int64  `json:"for,omitempty"`
}

// Judge returns what the judges find in a document. It takes some 30 ms.
func (v *Validators) Judge(document []byte) (Verdict, error) {
	var verdict Verdict
	err := v.process.Ask(question{Document: document}, &verdict)
	return verdict, err
}

// Time has one judge read and judge a document again and again, for about as long as
// d after as long to warm up, and returns how often that was and how long it took. The
// process itself holds the clock, so that neither its start nor the way to it counts.
func (v *Validators) Time(document []byte, judge string, d time.Duration) (runs int, took time.Duration, err error) {
	var answer struct {
		Runs        int     `json:"runs"`
		Nanoseconds float64 `json:"nanoseconds"`
	}
	err = v.process.Ask(question{document, judge, max(d.Milliseconds(), 1)}, &answer)
	return answer.Runs, time.Duration(answer.Nanoseconds), err
}

// Close ends the process and deletes the FHIR package.
func (v *Validators) Close() error { return v.process.Close() }
