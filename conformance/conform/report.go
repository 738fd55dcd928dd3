package conform

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/report"
)

// Outcome says how a verdict of the service compares with that of the suite.
type Outcome string

// The outcomes.
const (
	AsExpected Outcome = "as expected"
	Known      Outcome = "known difference"
	Different  Outcome = "different"
	NoVerdict  Outcome = "no verdict"
	NotSent    Outcome = "not sent"
)

// Outcomes returns all outcomes, those that a person looks at first.
func Outcomes() []Outcome { return []Outcome{Different, NoVerdict, Known, AsExpected, NotSent} }

// Result is what became of one case.
type Result struct {
	Case, Title, Why string
	Outcome          Outcome
	Reason           string // of a known difference, no verdict, or of not sending

	Accept   bool     // the suite expects that the document is accepted
	Rules    []string // else: the rules that it breaks
	Accepted bool     // the service has accepted it
	Status   int      // HTTP status, 0 without an answer
	Said     []string // what the service said, when it did not accept
	ID       string   // of the record at the service, if it gave one
	Marked   bool     // the description began with the marker
	Deleted  bool     // the service says that the record is gone
}

// Expected and Found say in words what the suite expects and what came.
func (r *Result) Expected() string {
	if r.Accept {
		return "accepted"
	}
	return "refused, for " + strings.Join(r.Rules, ", ")
}

// Found says in words what came.
func (r *Result) Found() string {
	switch {
	case r.Outcome == NotSent:
		return "not sent"
	case r.Status == 0:
		return "no answer"
	case r.Outcome == NoVerdict:
		return fmt.Sprintf("status %d", r.Status)
	case r.Accepted:
		return fmt.Sprintf("accepted (%d)", r.Status)
	}
	return fmt.Sprintf("refused (%d)", r.Status)
}

// Report is what a service made of the suite.
type Report struct {
	Service        endpoint.Config // holds no secret
	Options        Options
	Started, Ended time.Time
	Results        []Result // in the order of the cases
	Stopped        string   // why the rest was not sent, "" if the run went to its end
}

// Count is the number of results with an outcome.
func (r *Report) Count(o Outcome) int { return len(r.With(o)) }

// With are the results with an outcome.
func (r *Report) With(o Outcome) []Result {
	var out []Result
	for i := range r.Results {
		if r.Results[i].Outcome == o {
			out = append(out, r.Results[i])
		}
	}
	return out
}

// Passed reports whether the service gave a verdict on every case that was to be sent, and
// none but known differences. A report of nothing has not passed.
func (r *Report) Passed() bool {
	return r.Count(AsExpected) > 0 && r.Count(Different)+r.Count(NoVerdict) == 0
}

// Left are the records that the service still has because of the run.
func (r *Report) Left() []Result {
	var out []Result
	for i := range r.Results {
		if r.Results[i].Accepted && !r.Results[i].Deleted {
			out = append(out, r.Results[i])
		}
	}
	return out
}

// Unseen are the cases of known differences that were posted and came out as expected.
func (r *Report) Unseen() []string {
	listed := map[string]bool{}
	for _, d := range append(r.Options.Differences.Refused, r.Options.Differences.Accepted...) {
		for _, name := range d.Cases {
			listed[name] = true
		}
	}
	var out []string
	for i := range r.Results {
		if r.Results[i].Outcome == AsExpected && listed[r.Results[i].Case] {
			out = append(out, r.Results[i].Case)
		}
	}
	return out
}

// Line sums the report up in one line.
func (r *Report) Line() string {
	parts := []string{}
	for _, o := range Outcomes() {
		if n := r.Count(o); n > 0 {
			parts = append(parts, counted(n, o))
		}
	}
	cases := "cases"
	if len(r.Results) == 1 {
		cases = "case"
	}
	return fmt.Sprintf("%d %s: %s", len(r.Results), cases, strings.Join(parts, ", "))
}

// counted says how many cases have an outcome.
func counted(n int, o Outcome) string {
	words := string(o)
	switch {
	case o == Known && n > 1:
		words = "known differences"
	case o == NoVerdict:
		words = "without a verdict"
	}
	return fmt.Sprintf("%d %s", n, words)
}

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Parse(page))

// HTML writes the report as one page that needs no other file and no network.
func (r *Report) HTML(w io.Writer) error {
	return pageTemplate.Execute(w, map[string]any{"Report": r, "Outcomes": Outcomes(), "Seconds": r.Ended.Sub(r.Started).Round(time.Second).String()})
}

// JUnit writes the report in the form that build servers read: a difference is a failure,
// a case without a verdict an error, a case that was not sent skipped.
func (r *Report) JUnit(w io.Writer) error {
	suite := report.TestSuite{Name: "lfpse conform"}
	for i := range r.Results {
		suite.Cases = append(suite.Cases, r.Results[i].testCase())
	}
	return suite.Write(w)
}

func (r *Result) testCase() report.TestCase {
	c := report.TestCase{Name: r.Case, Class: "lfpse.conform"}
	note := &report.TestNote{
		Message: fmt.Sprintf("expected: %s; found: %s", r.Expected(), r.Found()),
		Text:    strings.Join(append([]string{r.Why, r.Reason}, r.Said...), "\n"),
	}
	switch r.Outcome {
	case Different:
		c.Failure = note
	case NoVerdict:
		c.Error = note
	case NotSent:
		c.Skipped = &report.TestNote{Message: r.Reason}
	case Known:
		c.Output = "known difference: " + r.Reason
	}
	return c
}
