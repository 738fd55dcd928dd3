package bridge

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// entrance is where the reports of one source come in.
type entrance struct {
	box              *outbox.Outbox
	builder          *submission.Builder
	practice, source string
	log              *outbox.Import // nil for reports that come one by one
	batch            int            // how many rows are stored in one transaction
}

// fileBatch is that of a file: many at once are stored much faster.
const fileBatch = 200

// take takes in rows, in their order, and says what became of each. An error means that
// the rest was not taken in; a source that is taken in again from its beginning then goes
// on, since what is known already changes nothing.
func (e *entrance) take(ctx context.Context, rows draft.Source, tell func(*Result)) error {
	var some []submission.Prepared
	flush := func() error {
		results, err := e.enter(ctx, some)
		for i := range results {
			tell(&results[i])
		}
		some = some[:0]
		return err
	}
	for p, err := range e.builder.PrepareAll(rows, runtime.GOMAXPROCS(0)) {
		if err != nil {
			return unreadable{flush(), err}.err()
		}
		if some = append(some, p); len(some) >= e.batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// unreadable says that the rest of a source cannot be read, if nothing worse happened.
type unreadable struct{ store, cause error }

func (u unreadable) err() error {
	if u.store != nil {
		return u.store
	}
	return u
}

func (u unreadable) Error() string { return u.cause.Error() }

// enter stores what is ready and keeps what a person has to see.
func (e *entrance) enter(ctx context.Context, some []submission.Prepared) ([]Result, error) {
	results := make([]Result, len(some))
	var items []outbox.Item
	var ready, others []int
	for i := range some {
		d := &some[i].Draft
		if text := checkReference(outbox.ReferenceOf(d)); text != "" {
			d.Reference = fmt.Sprintf("line %d", d.Line) // known by its content instead
			issue := rule.Issue(RuleReference, "reference", text+" The line stands in its place.")
			issue.Severity = fhir.Warning
			d.Issues = append(d.Issues, issue)
		}
		results[i] = resultOf(d)
		if d.State == draft.Ready {
			items, ready = append(items, outbox.NewItem(e.builder, e.practice, e.source, &some[i])), append(ready, i)
		} else {
			others = append(others, i)
		}
	}
	if err := e.notReady(ctx, some, results, others); err != nil || len(items) == 0 {
		return results, err
	}
	add := e.box.Enqueue
	if e.log != nil {
		add = e.log.Add
	}
	entered, err := add(ctx, items...)
	if err != nil {
		return nil, err
	}
	for k := range entered {
		results[ready[k]].entered(&entered[k])
	}
	return results, nil
}

// notReady keeps reports that cannot be sent as they are, for people to complete.
func (e *entrance) notReady(ctx context.Context, some []submission.Prepared, results []Result, others []int) error {
	if len(others) == 0 {
		return nil
	}
	drafts := make([]*draft.Draft, len(others))
	for k, i := range others {
		drafts[k] = &some[i].Draft
	}
	kept, err := e.keep(ctx, drafts)
	for k := range kept {
		r := &results[others[k]]
		r.known(kept[k].Known)
		if kept[k].Entered != nil {
			r.entered(kept[k].Entered)
			r.Errors, r.Questions = nil, nil
		} else {
			r.Kept = r.State != draft.NotForLFPSE
		}
	}
	return err
}

func (e *entrance) keep(ctx context.Context, drafts []*draft.Draft) ([]outbox.Kept, error) {
	if e.log != nil {
		return e.log.Keep(ctx, e.builder, drafts...)
	}
	kept := make([]outbox.Kept, len(drafts))
	for k := range drafts {
		var err error
		if kept[k], err = e.box.KeepDraft(ctx, e.builder, e.practice, e.source, drafts[k]); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

const maxReference = 200

// checkReference says why a reference cannot be used; empty if it can.
func checkReference(reference string) string {
	unprintable := func(c rune) bool { return c < ' ' || c == 0x7f || c > 0xffff }
	switch {
	case len(reference) > maxReference || !utf8.ValidString(reference) || strings.ContainsFunc(reference, unprintable):
		return fmt.Sprintf("The name of the report has more than %d bytes, or characters that cannot be printed.", maxReference)
	case strings.HasPrefix(reference, "sha256:") || strings.HasPrefix(reference, "line "):
		return "The name of the report begins as those do that the bridge itself gives."
	}
	if len(privacy.ScanReference(reference, nil)) > 0 {
		return "The name of the report holds personal data, such as an NHS number."
	}
	return ""
}

// checkName refuses a piece whose reference cannot be used, and forgets the reference.
func (p *piece) checkName() {
	if text := checkReference(p.reference); text != "" && p.fault == nil {
		p.reference = ""
		issue := rule.Issue(RuleReference, "id", text)
		p.fault = &issue
	}
}
