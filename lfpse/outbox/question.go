package outbox

import (
	"context"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Question is what only a person can say about a report that came in: whether it is an
// event that is known. Until it is answered nothing is sent.
type Question string

// The questions.
const (
	ReusedReference Question = "reused-reference"
	OtherReference  Question = "other-reference"
	EqualEvents     Question = "equal-events"
	ChangedSince    Question = "changed-since"
)

// Answers to a [Question].
const (
	AnswerSame   = ActSame
	AnswerOther  = ActOther
	AnswerIgnore = ActIgnore
)

var questions = map[Question]struct {
	text    string
	answers map[Act]string
}{
	ReusedReference: {
		"The source has used this reference before, for an event with another day or another type, or twice in one log.",
		map[Act]string{
			AnswerSame:   "it is the same event, and was corrected",
			AnswerOther:  "it is another event",
			AnswerIgnore: "do not send it",
		},
	},
	OtherReference: {
		"An event with the same content is known under another reference.",
		map[Act]string{
			AnswerSame:   "it is the same event under a new reference",
			AnswerOther:  "it is another event",
			AnswerIgnore: "do not send it",
		},
	},
	EqualEvents: {
		"An event with the same content is known, and neither has a reference.",
		map[Act]string{
			AnswerOther:  "it is another event",
			AnswerIgnore: "it is the same event: do not send it",
		},
	},
	ChangedSince: {
		"This event was withdrawn or set aside, and has changed in its source.",
		map[Act]string{
			AnswerOther:  "report it as a new event",
			AnswerIgnore: "do not send it",
		},
	},
}

// Text says in a sentence what the question is about.
func (q Question) Text() string { return questions[q].text }

// Answers returns the answers that the question has, with what each means.
func (q Question) Answers() map[Act]string { return questions[q].answers }

// Answer answers the question of a report and returns the report that it is part of then:
// itself, or the one that it turned out to be.
func (o *Outbox) Answer(ctx context.Context, by By, id int64, answer Act) (out Report, err error) {
	err = o.act(ctx, by, answer, id, func(tx Tx, r *Report) error {
		if answer == AnswerSame {
			other, err := o.unite(tx, by, r)
			if err == nil {
				out = *other
			}
			return err
		}
		if answer == AnswerOther {
			r.Op, r.Record, r.Due = OpReport, Record{}, o.now()
		}
		err := o.step(tx, by, answer, r)
		out = *r
		return err
	})
	return out, err
}

// unite makes a report part of the one that it compares with: it takes its identity and,
// if the content has changed, its text.
func (o *Outbox) unite(tx Tx, by By, r *Report) (*Report, error) {
	if err := r.do(ActSame); err != nil {
		return nil, err
	}
	other, err := o.get(tx, r.Other)
	if err != nil {
		return nil, err
	}
	text, err := tx.Payload(r.ID, Current)
	if err != nil {
		return nil, err
	}
	if err := tx.Delete(r.ID); err != nil {
		return nil, err
	}
	if err := o.point(tx, r.ID, other.ID); err != nil {
		return nil, err
	}
	if err := o.note(tx, entry(by, ActSame, r, other).fact("question", string(r.Question))); err != nil {
		return nil, err
	}
	e := &entering{o: o, tx: tx, seen: r.Seen, byText: map[Digest][]*Report{}, touched: map[*Report]bool{}, acts: map[Act][]*Report{}}
	other.Identity = r.Identity
	e.touch(other)
	e.again(other, &arriving{Identity: r.Identity, content: r.Content, text: func() ([]byte, error) { return text, nil }})
	return other, e.store(o.note)
}

// point makes everything that names a report which is gone name the one that it has become
// part of: drafts, and questions that compare with it.
func (o *Outbox) point(tx Tx, gone, now int64) error {
	drafts, err := tx.Drafts(DraftFilter{Endpoint: o.endpoint, Report: gone, Closed: true})
	if err != nil {
		return err
	}
	for _, d := range drafts {
		d.Report = now
	}
	if err := tx.SaveDrafts(drafts); err != nil {
		return err
	}
	asking, err := tx.List(Filter{Endpoint: o.endpoint, States: []string{string(draft.NeedsAnswers)}, Other: gone})
	if err != nil {
		return err
	}
	for _, r := range asking {
		r.Other = now
	}
	return tx.Save(asking)
}
