package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// reporter is the part to copy. It is made once, when the program starts, and is safe
// for concurrent use.
type reporter struct {
	builder *submission.Builder
	client  *client.Client
	find    lookup // nil where there is no way to find out
}

// lookup finds out whether a body was recorded, and as which record.
type lookup func(digest [32]byte) (id string, recorded bool)

func newReporter(url string, find lookup) (*reporter, error) {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		return nil, err
	}
	builder, err := submission.NewBuilder(tax)
	if err != nil {
		return nil, err
	}
	ep, err := endpoint.New(endpoint.ForSandbox(url, tax)) // for the service: endpoint.Load reads a YAML file
	if err != nil {
		return nil, err
	}
	c, err := client.New(ep)
	return &reporter{builder, c, find}, err
}

// newDraft starts a report: the event, and what the patient's record knows. The names
// and numbers in the record are looked for in every text.
func (r *reporter) newDraft(e lfpse.Event, record []byte) (draft.Draft, error) {
	d := draft.Draft{Reference: "INC-1", Event: e}
	patient, issues := fhircontext.Load(record)
	if issues.HasErrors() {
		return d, issues
	}
	r.builder.Form().Apply(&d, patient)
	return d, nil
}

// ask has every required question answered, and returns what is to be sent. A form
// would show all questions at once, each when it arises: see [draft.Form.Arises].
func (r *reporter) ask(d *draft.Draft, person map[string]string) (submission.Submission, error) {
	body := r.builder.Prepare(d)
	for d.State == draft.NeedsAnswers {
		q := d.Questions[0]
		fmt.Printf("  %s\n", q.Text)
		if err := r.builder.Form().Answer(d, q.Target, person[q.Target]); err != nil {
			return body, fmt.Errorf("%s: %w", q.Target, err)
		}
		body = r.builder.Prepare(d)
	}
	if d.State != draft.Ready {
		return body, errors.Join(fmt.Errorf("the report is %s", d.State), d.Issues.Err(), d.Privacy.Err())
	}
	return body, nil
}

// submit sends a report that is ready. A program that may be stopped stores draft and
// submission before, so that it knows that it was sending.
func (r *reporter) submit(ctx context.Context, d *draft.Draft, body submission.Submission) error {
	if err := errors.Join(d.Become(draft.Pending), d.Become(draft.Sending)); err != nil {
		return err
	}
	receipt, err := r.client.Submit(ctx, body)
	if err == nil {
		return d.Recorded(receipt.ID) // keep the receipt: the record cannot be looked up
	}
	if err := d.Become(client.StateOf(err)); err != nil {
		return err
	}
	if d.State == draft.Unknown {
		fmt.Printf("%s: %s\n", d.Reference, d.State)
		return r.resolve(ctx, d, body, err)
	}
	return err
}

// resolve ends the doubt about an attempt whose answer is not known. Sending it again
// without that would report the event twice.
func (r *reporter) resolve(ctx context.Context, d *draft.Draft, body submission.Submission, cause error) error {
	if r.find == nil {
		return cause
	}
	if id, recorded := r.find(body.Digest()); recorded {
		return d.Recorded(id)
	}
	if err := errors.Join(d.Become(draft.Pending), d.Become(draft.Ready)); err != nil {
		return err
	}
	return r.submit(ctx, d, body)
}

// amend changes an answer of a recorded report and updates the record.
func (r *reporter) amend(ctx context.Context, d *draft.Draft, target, text string) error {
	if err := r.builder.Form().Answer(d, target, text); err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	body := r.builder.Prepare(d)
	if err := errors.Join(d.Become(draft.Pending), d.Become(draft.Sending)); err != nil {
		return errors.Join(err, d.Issues.Err(), d.Privacy.Err())
	}
	_, err := r.client.Update(ctx, d.Event.ID, body)
	return errors.Join(err, d.Become(client.StateOf(err)))
}

// withdraw has the record deleted, nationally and for good.
func (r *reporter) withdraw(ctx context.Context, d *draft.Draft) error {
	if _, err := r.client.Delete(ctx, d.Event.ID); err != nil {
		return err
	}
	return d.Become(draft.Withdrawn)
}
