package conform

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// ErrProduction is returned for an endpoint that is in production: the suite is not for
// real registers.
var ErrProduction = errors.New("the cases are not sent to a service in production")

// mostSilent is the number of cases in a row without a verdict after which the rest is not
// sent.
const mostSilent = 5

// Run posts cases to a service, one after the other, and returns the report. It ends early
// if the context does, and then the report says which cases were not sent. The error is
// [ErrProduction] or nil: everything else stands in the report.
func Run(ctx context.Context, ep *endpoint.Endpoint, all []cases.Case, o Options) (*Report, error) {
	if ep.Environment() == endpoint.Production {
		return nil, ErrProduction
	}
	config := ep.Config()
	r := &runner{
		ctx: ctx, endpoint: ep, options: o, config: config,
		http: &http.Client{Transport: ep.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	report := &Report{Service: config, Options: o, Started: time.Now()}
	for _, p := range o.plan(config.Version, all) {
		result := r.result(&p)
		report.Results = append(report.Results, result)
		if o.Done != nil {
			o.Done(result)
		}
	}
	report.Ended, report.Stopped = time.Now(), r.stopped
	return report, nil
}

// runner posts one case after the other.
type runner struct {
	ctx      context.Context
	endpoint *endpoint.Endpoint
	config   endpoint.Config
	options  Options
	http     *http.Client
	last     time.Time // of the last request
	silent   int       // cases in a row without a verdict
	stopped  string    // why nothing more is sent
}

func (r *runner) result(p *planned) Result {
	out := Result{Case: p.Name, Title: p.Title, Why: p.Why, Accept: p.Valid, Rules: p.Refusals(), Marked: p.marked, Outcome: NotSent, Reason: p.reason}
	if out.Reason == "" {
		out.Reason = r.stopped
	}
	if out.Reason != "" {
		return out
	}
	a, err := r.post(p.body)
	if err != nil {
		r.noVerdict(&out, "the service could not be reached, or its answer broke off: "+cause(err))
		return out
	}
	out.Status, out.Said, out.ID = a.status, a.said, a.id
	switch {
	case a.accepted || a.refused:
		r.silent = 0
		out.judge(a.accepted, r.options.Differences)
	case a.locked:
		r.stopped = "The service did not let the tester in, so nothing more was sent. Look at the key, the token and the certificate."
		fallthrough
	default:
		r.noVerdict(&out, "this status is no verdict on the document")
	}
	if a.accepted && r.options.CleanUp {
		out.Deleted = r.remove(a.id)
	}
	return out
}

func (r *runner) noVerdict(out *Result, reason string) {
	out.Outcome, out.Reason = NoVerdict, reason
	if r.silent++; r.silent == mostSilent && r.stopped == "" {
		r.stopped = "The service gave no verdict several times in a row, so nothing more was sent."
	}
	if r.ctx.Err() != nil {
		r.stopped = "The run was ended."
	}
}

// post posts a document, and again after each answer that there were too many requests.
func (r *runner) post(body []byte) (answer, error) {
	const tries = 3
	for n := 1; ; n++ {
		response, done, err := r.do(http.MethodPost, "/AdverseEvent", body)
		if err != nil {
			return answer{}, err
		}
		a := readAnswer(response)
		done()
		if a.status != http.StatusTooManyRequests || n == tries || !r.wait(a.retryAfter) {
			return a, nil
		}
	}
}

// remove deletes a record and reports whether the service says that it is gone.
func (r *runner) remove(id string) bool {
	if id == "" {
		return false
	}
	response, done, err := r.do(http.MethodDelete, "/AdverseEvent/"+id, nil)
	if err != nil {
		return false
	}
	defer done()
	return response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNoContent
}

// do makes one request in its turn. The answer must be ended with done.
func (r *runner) do(method, path string, body []byte) (response *http.Response, done func(), err error) {
	if !r.wait(r.options.Interval - time.Since(r.last)) {
		return nil, nil, r.ctx.Err()
	}
	r.last = time.Now()
	ctx, cancel := context.WithTimeout(r.ctx, r.config.Timeout)
	request, err := http.NewRequestWithContext(ctx, method, r.endpoint.URL(path), bytes.NewReader(body))
	if err != nil {
		cancel()
		return nil, nil, err
	}
	request.GetBody = nil // net/http must not send a document twice
	request.Header.Set("Accept", r.config.ContentType)
	if body != nil {
		request.Header.Set("Content-Type", r.config.ContentType)
	}
	if response, err = r.http.Do(request); err != nil {
		cancel()
		return nil, nil, err
	}
	return response, func() { _ = response.Body.Close(); cancel() }, nil
}

// wait waits, and reports false if the run ends meanwhile.
func (r *runner) wait(d time.Duration) bool {
	if d <= 0 {
		return r.ctx.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-r.ctx.Done():
		return false
	}
}

// cause is what may be shown of an error of the transport.
func cause(err error) string {
	switch shown := endpoint.Cause(err); {
	case shown != nil:
		return shown.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "the time was up"
	case errors.Is(err, context.Canceled):
		return "the run was ended"
	}
	return "the connection failed"
}

// judge compares the verdict of the service with the one expected.
func (out *Result) judge(accepted bool, known cases.Differences) {
	out.Accepted = accepted
	if accepted == out.Accept {
		out.Outcome = AsExpected
		return
	}
	out.Outcome = Different
	list := known.Refused
	if accepted {
		list = known.Accepted
	}
	for _, d := range list {
		if slices.Contains(d.Cases, out.Case) {
			out.Outcome, out.Reason = Known, d.Reason
			return
		}
	}
}
