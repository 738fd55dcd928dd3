package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Said returns what the service said when it refused a report, for people to see what has to
// be corrected, and notes in the audit trail who has read it: the words may quote the report.
// They are kept as long as its text, see [Retention]. It is nil for a report that is not
// refused, and when the service said nothing.
func (o *Outbox) Said(ctx context.Context, by By, id int64) (said []string, err error) {
	err = o.act(ctx, by, ActRead, id, func(tx Tx, r *Report) error {
		said = nil
		if r.State != draft.Rejected {
			return nil
		}
		sealed, err := tx.Payload(r.ID, Waiting)
		if err != nil || sealed == nil {
			return err
		}
		text, err := o.key.open(sealed, r.answerPlace())
		if err != nil {
			return err
		}
		if json.Unmarshal(text, &said) != nil {
			return errors.New("a text in the outbox is damaged: it is not what was stored")
		}
		return o.note(tx, entry(by, ActRead, r).fact("of", "answer"))
	})
	return said, err
}

// keepSaid keeps what the service said when it refused a report, where a change would wait
// while an attempt is under way: none does while a report is refused.
func (o *Outbox) keepSaid(tx Tx, r *Report, said []string) error {
	if r.State != draft.Rejected {
		return nil
	}
	var sealed []byte
	if len(said) > 0 {
		text, err := json.Marshal(said)
		if err != nil {
			return err
		}
		sealed = o.key.seal(text, r.answerPlace())
	}
	return tx.SetPayloads([]Payload{{r.ID, Waiting, sealed}})
}

// answerPlace is where the answer of the service belongs.
func (r *Report) answerPlace() []byte { return fmt.Appendf(nil, "answer to report %d", r.ID) }
