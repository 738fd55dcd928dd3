package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// tell puts into a result what the outbox knows of its report, after this run has done
// what it could.
func (b *box) tell(r *result, report *outbox.Report) {
	r.Report, r.State = report.ID, report.State
	if report.Recorded() {
		r.National, r.ID, r.Version = report.Record.Number, report.Record.ID, report.Record.Version
	}
	switch report.State {
	case draft.Accepted:
		r.Before = true
	case draft.Sending: // the program ended, or the outcome could not be stored
		r.State = draft.Unknown
	case draft.NeedsAnswers, draft.Held:
		r.inOutbox = true
	}
	r.Details = append(r.Details, b.standing(report)...)
}

// stands says of a row that is not ready that a record of it stands, or that something of
// it was to be sent.
func (b *box) stands(r *result, report *outbox.Report) {
	r.Report = report.ID
	if report.Recorded() {
		r.National, r.ID, r.Version, r.Stands = report.Record.Number, report.Record.ID, report.Record.Version, true
	}
	r.Details = append(r.Details, b.left(report)...)
}

// gone is the result for a report whose row the log does not have any more.
func (b *box) gone(report *outbox.Report) result {
	r := resultOf(report)
	r.Gone = true
	if !report.Named() {
		r.Details = append(r.Details, said("It has no reference: if its row has changed, that row counts as another event."))
	}
	b.stands(&r, report)
	return r
}

// resultOf is what is known of a report without its row.
func resultOf(report *outbox.Report) result {
	r := result{Reference: report.Reference, Type: string(report.Type), State: report.State, Report: report.ID, day: dayOf(&lfpse.Event{Date: report.Day})}
	switch {
	case report.ByForm():
		r.Reference = "a form"
	case !report.Named():
		r.Reference = "(none)"
	}
	return r
}

// left says what is left of a row that is not ready or is gone.
func (b *box) left(r *outbox.Report) []remark {
	switch {
	case r.State == draft.Unknown || r.State == draft.Sending:
		return append([]remark{said("It was sent before, and may have been recorded.")}, b.howToSettle(r)...)
	case r.State == draft.Held && r.Op == outbox.OpReport && r.Why() != "":
		return append([]remark{said("It was waiting to be sent, and is held now.")}, b.howToRelease(r)...)
	case r.Recorded():
		return b.try("To withdraw its record", "withdraw %d", r.ID)
	}
	return nil
}

// standing says what a report waits for and which command goes on from there, or why
// nothing was sent.
func (b *box) standing(r *outbox.Report) []remark {
	switch r.State {
	case draft.Sending:
		return []remark{said("It is on its way, and no answer is known yet.")}
	case draft.Unknown:
		text := cmp.Or(r.Why(), "No answer is known.") + " It may have been recorded, and is not sent again by itself."
		if r.Next != (outbox.Digest{}) {
			text += " Its row has changed since, and the change waits until that is settled."
		}
		return append([]remark{said(text)}, b.howToSettle(r)...)
	case draft.Rejected:
		text := "The service has refused it, and it has not changed since. " + r.Why()
		return slices.Concat([]remark{said(strings.TrimSpace(text))}, b.try("To see what it said", "show %d --text", r.ID), b.try("To send it again as it is", "retry %d", r.ID))
	case draft.Held:
		return b.whyHeld(r)
	case draft.NeedsAnswers:
		return b.question(r)
	case draft.NotForLFPSE:
		return []remark{said("Somebody has said that it is not to be sent.")}
	case draft.Withdrawn:
		return []remark{said("It was taken back before; nothing was sent.")}
	}
	return nil
}

func (b *box) howToSettle(r *outbox.Report) []remark {
	if r.Op != outbox.OpReport {
		return b.try("To send the same again, which does no harm", "retry %d", r.ID)
	}
	return slices.Concat(b.try("If it was recorded", "settle %d --found ID", r.ID), b.try("If it was not", "settle %d --not-found", r.ID))
}

func (b *box) howToRelease(r *outbox.Report) []remark {
	never := b.try("Never to send it", "take-back %d", r.ID)
	if r.Recorded() {
		never = b.try("To withdraw its record", "withdraw %d", r.ID)
	}
	return slices.Concat(b.try("To send it", "release %d", r.ID), never)
}

func (b *box) whyHeld(r *outbox.Report) []remark {
	if r.Op == outbox.OpWithdraw {
		return slices.Concat([]remark{said(cmp.Or(r.Why(), "Its record is to be withdrawn.") + " A manager has to confirm that.")},
			b.try("To confirm", "withdraw %d --confirm", r.ID), b.try("To let the record stand", "keep %d", r.ID))
	}
	return append([]remark{said(cmp.Or(r.Why(), "Somebody keeps it from being sent."))}, b.howToRelease(r)...)
}

// question is a question about the identity of a report: the other report, and each answer
// with its command.
func (b *box) question(r *outbox.Report) []remark {
	text := r.Question.Text()
	if other, err := b.Get(context.Background(), r.Other); err == nil {
		known := resultOf(&other)
		text += fmt.Sprintf(" That is %s of %s, %s%s.", known.Reference, cmp.Or(known.day, "no day"), other.State, inBrackets(other.Record.Number))
	}
	out := []remark{said(text + " Nothing was sent.")}
	for _, a := range []outbox.Act{outbox.AnswerSame, outbox.AnswerOther, outbox.AnswerIgnore} {
		if meaning := r.Question.Answers()[a]; meaning != "" {
			out = append(out, b.try(sentence(meaning), "answer %d %s", r.ID, a)...)
		}
	}
	return out
}

// sentence begins a text with a capital letter.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// waits says why a report waits that is pending.
func (b *box) waits(r *outbox.Report, l *outbox.Line, pauses map[string]outbox.Pause) []remark {
	text := "It waits to be sent. The next lfpse submit to this endpoint sends it."
	if p, paused := pauses[r.Practice]; paused {
		text = fmt.Sprintf("It waits: %s has paused the practice %s since %s.", p.By, r.Practice, when(p.Since))
		return append([]remark{said(text)}, b.try("To go on", "resume --practice %s", quoted(r.Practice))...)
	}
	switch {
	case l.Stopped != "":
		text = "It waits, because nothing more is sent to this service at present."
	case !l.Until.IsZero() || l.Probe:
		text = "It waits until the service can be tried again."
	case r.Op == outbox.OpWithdraw:
		text = "Its record is to be deleted: the next lfpse submit to this endpoint asks the service."
	}
	return []remark{said(text)}
}

// lineText says why nothing more is sent, and how it goes on; empty if nothing is wrong.
func (b *box) lineText(l *outbox.Line, now time.Time) string {
	switch {
	case l.Stopped != "":
		text := "Nothing more is sent to this service. " + l.Why()
		then := b.try("When that is put right", "resume")
		if l.Stopped == outbox.ReasonRestored {
			then = b.try("What to do now is in", "restored --help")
		}
		for _, m := range then {
			text += " " + m.plain
		}
		return text
	case l.Until.After(now):
		return fmt.Sprintf("The service is not tried again before %s. %s", when(l.Until), l.Why())
	case l.Probe:
		return "The service is asked whether it answers before anything more is sent. " + l.Why()
	}
	return ""
}

// when is a time as people write it, on the clock of this computer.
func when(t time.Time) string { return t.Local().Format("15:04 on 02/01/2006") }

// attempted puts into a result what came of an attempt of this run.
func (b *box) attempted(r *result, report *outbox.Report, a answer) {
	b.tell(r, report)
	r.Before = false
	switch report.State {
	case draft.Accepted:
		r.Details = nil
		if report.Op == outbox.OpAmend {
			r.Details = []remark{said("It has changed, and its record was updated.")}
		}
		for _, w := range a.receipt.Warnings {
			r.Details = append(r.Details, said("The service remarks: "+w.Plain()))
		}
	case draft.Rejected, draft.Pending, draft.Held:
		r.Details = a.details()
	case draft.Unknown:
		r.Details = slices.Concat(a.details(), b.howToSettle(report))
	case draft.Withdrawn:
		r.Details = []remark{said("Its record was withdrawn.")}
	}
}

// details are what the client says of an attempt that failed, and what the service said.
func (a answer) details() (out []remark) {
	if a.err == nil {
		return nil
	}
	e := asError(a.err)
	if e == nil {
		return []remark{said(a.err.Error())}
	}
	out = []remark{{e.Plain(), e.Error()}}
	for _, i := range e.Issues {
		out = append(out, said(i.Plain()))
	}
	return out
}
