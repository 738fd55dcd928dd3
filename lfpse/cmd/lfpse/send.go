package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// sender sends the submissions of one command.
type sender struct {
	cmd      *submitCmd
	builder  *submission.Builder
	client   *client.Client
	receipts *receipts
	server   *sandbox.Server // the command's own sandbox, if it has one
}

func (s *sender) close() error {
	var errs []error
	if s.receipts != nil {
		errs = append(errs, s.receipts.close())
	}
	if s.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		errs = append(errs, s.server.Close(ctx))
	}
	return errors.Join(errs...)
}

// row sends one row if it is ready, and returns the result.
func (s *sender) row(ctx context.Context, p *submission.Prepared) result {
	r := newResult(&p.Draft)
	if p.State != draft.Ready {
		return r
	}
	line := newReceipt(s.builder, p)
	prior, sent := s.receipts.find(line.Reference)
	switch {
	case sent && prior.State == draft.Accepted && prior.Digest == line.Digest:
		r.recorded(draft.Accepted, prior)
		r.Before, r.Details = true, []remark{said("It was recorded before; nothing was sent.")}
	case sent && prior.ID == "":
		r.State = draft.Unknown
		r.Details = []remark{said("It was sent before and no answer is known. Find out whether it was recorded. If it was not, remove its lines from the receipts file, and it will be sent again.")}
	case sent && !s.cmd.Update: // also after an unknown update, which may be repeated
		r.recorded(draft.Held, prior)
		r.Details = []remark{said("It has changed since it was recorded. Send the change with --update.")}
	case ctx.Err() != nil:
		r.State, r.Details = draft.Pending, []remark{said("The command was interrupted before.")}
	case sent:
		line.ID, line.National, line.Version = prior.ID, prior.National, prior.Version
		return s.update(ctx, p, line, r)
	default:
		return s.attempt(line, r, func() (client.Receipt, error) { return s.client.Submit(ctx, p.Submission) })
	}
	return r
}

// recorded fills in what is known about the record that was made from the row.
func (r *result) recorded(state draft.State, prior receipt) {
	r.State, r.National, r.ID, r.Version = state, prior.National, prior.ID, prior.Version
}

// update sends the whole event again, for the record that was made from it.
func (s *sender) update(ctx context.Context, p *submission.Prepared, line receipt, r result) result {
	again := draft.Draft{Event: p.Event, Terms: p.Terms, Releases: p.Releases}
	again.Event.ID = line.ID
	body := s.builder.Prepare(&again)
	if again.State != draft.Ready {
		changed := newResult(&again)
		r.State, r.Details, r.Findings = again.State, changed.Details, changed.Findings
		return r
	}
	return s.attempt(line, r, func() (client.Receipt, error) {
		got, err := s.client.Update(ctx, line.ID, body)
		got.ReferenceNumber = cmp.Or(got.ReferenceNumber, line.National)
		return got, err
	})
}

// attempt sends once. It records before that it will send, and afterwards the outcome.
func (s *sender) attempt(line receipt, r result, send func() (client.Receipt, error)) result {
	line.State = draft.Sending
	if err := s.receipts.note(line); err != nil {
		r.State, r.Details = draft.Pending, []remark{said("The attempt could not be recorded: " + err.Error())}
		return r
	}
	got, err := send()
	r.State, r.Details = outcome(err)
	if err == nil {
		r.National, r.ID, r.Version = got.ReferenceNumber, got.ID, got.VersionID
		line.National, line.ID, line.Version = r.National, r.ID, r.Version
		for _, w := range got.Warnings {
			r.Details = append(r.Details, said("The service remarks: "+issueText(w)))
		}
	}
	line.State = r.State
	if err := s.receipts.note(line); err != nil {
		r.Details = append(r.Details, said("The outcome could not be recorded: "+err.Error()))
	}
	return r
}

// outcome turns the client's error into a state and messages about it.
func outcome(err error) (state draft.State, details []remark) {
	var e *client.Error
	switch {
	case errors.As(err, &e):
		details = []remark{{e.Plain(), e.Error()}}
		for _, i := range e.Issues {
			details = append(details, said(issueText(i)))
		}
	case err != nil:
		details = []remark{said(err.Error())}
	}
	return client.StateOf(err), details
}

// issueText is what the service said: for the reporter, never for a log.
func issueText(i fhir.OutcomeIssue) string {
	text := i.Severity + ": " + cmp.Or(i.Message(), i.String())
	if len(i.Expression) > 0 {
		text += " (" + strings.Join(i.Expression, ", ") + ")"
	}
	return text
}
