package bridge

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// webhook tells the system of one practice what became of its reports. It follows the
// audit trail: the place up to which it has told is stored, so that nothing is left out
// and, when the bridge is stopped or crashes, at most the last message is told again under
// the same id.
type webhook struct {
	practice string
	url      string
	key      []byte
	client   *resty.Client
}

// Notice is the body of a webhook: an act on a report, and the report as it is now. It
// holds no text of the report.
type Notice struct {
	Type      string     `json:"type"` // report. and the state that the act led to
	Timestamp time.Time  `json:"timestamp"`
	Act       outbox.Act `json:"act"`
	Data      Status     `json:"data"`
}

// told are the acts that practices are told of, with the state to which each leads where
// the audit trail does not say it.
var told = map[outbox.Act]draft.State{
	outbox.ActAsk: draft.NeedsAnswers, outbox.ActAccept: draft.Accepted, outbox.ActFound: draft.Accepted, outbox.ActReject: draft.Rejected,
	outbox.ActLose: draft.Unknown, outbox.ActNotFound: draft.Pending, outbox.ActHold: draft.Held, outbox.ActPropose: draft.Held,
	outbox.ActKeep: draft.Accepted, outbox.ActIgnore: draft.NotForLFPSE, outbox.ActTakeBack: draft.Withdrawn, outbox.ActLate: "",
}

const webhookKeyPrefix = "whsec_"

func (s *setup) loadWebhook(fs *findings, path string, p Practice) {
	w := p.Webhook
	if w == (Webhook{}) {
		return
	}
	transport := outgoing(fs, RuleWebhook, path, w.URL, w.Authorities)
	key, err := readWebhookKey(w)
	switch {
	case w.Key.IsZero():
		fs.add(RuleWebhook, path+".key", "There is no key to sign with.", "Say where it is kept: env: NAME or file: PATH.")
	case err != nil:
		fs.failed(RuleSecret, path+".key", "The key cannot be used", err)
	}
	s.webhooks = append(s.webhooks, &webhook{p.ODS, w.URL, key, rest.New(transport, 64<<10)})
}

func readWebhookKey(w Webhook) ([]byte, error) {
	word, err := readWord(w.Key)
	if err != nil {
		return nil, err
	}
	encoded, ok := strings.CutPrefix(word, webhookKeyPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a key is whsec_ and 24 to 64 bytes in base64")
	}
	return key, nil
}

const (
	webhookTimeout = 30 * time.Second
	webhookEvery   = time.Second
	webhookPage    = 500
	quietPage      = 100 // entries about others, after which the place is stored all the same
	maxBackoff     = 10 * time.Minute
)

// cursor is how far a webhook has told, and which process tells.
type cursor struct {
	Link  int64  `json:"link"` // of the audit trail
	Owner string `json:"owner"`
}

// deliver tells what happens until the context ends.
func (w *webhook) deliver(ctx context.Context, r *run) {
	log := r.bridge.log.With("practice", w.practice)
	setting := "webhook/" + r.box.Endpoint() + "/" + w.practice
	broken := &trouble{log: log}
	for ctx.Err() == nil {
		more, err := w.round(ctx, r, setting, log)
		if ctx.Err() == nil && broken.say("the webhook could not go on", err) {
			r.bridge.metrics.failed("webhook")
		}
		if !more {
			sleep(ctx, webhookEvery)
		}
	}
}

// round tells what the next page of the audit trail holds, and reports whether there may
// be more.
func (w *webhook) round(ctx context.Context, r *run, setting string, log *slog.Logger) (more bool, err error) {
	at, mine, err := w.lease(ctx, r.bridge.store, setting)
	if err != nil || !mine {
		return false, err
	}
	var entries []outbox.Entry
	err = r.bridge.store.View(ctx, func(tx outbox.Tx) error {
		entries, err = tx.Audit(outbox.AuditFilter{Chained: true, AfterLink: at.Link, Limit: webhookPage})
		return err
	})
	if err != nil || len(entries) == 0 {
		return false, err
	}
	for i := range entries {
		sent, err := w.tell(ctx, r, &entries[i], log)
		if err != nil {
			return false, err
		}
		if at.Link = entries[i].Link; sent || i == len(entries)-1 && i >= quietPage {
			if err := w.moved(ctx, r.bridge.store, setting, at); err != nil {
				return false, err
			}
		}
	}
	return len(entries) == webhookPage, nil
}

// lease makes this process the one that tells, unless another is at it.
func (w *webhook) lease(ctx context.Context, s outbox.Store, setting string) (at cursor, mine bool, err error) {
	if err := s.View(ctx, func(tx outbox.Tx) error { return at.read(tx, setting) }); err != nil || at.Owner == s.Owner() {
		return at, err == nil, err
	}
	before := at.Owner
	if before != "" {
		if alive, err := s.Alive(ctx, before); err != nil || alive {
			return at, false, err
		}
	}
	err = s.Update(ctx, func(tx outbox.Tx) error {
		if err := at.read(tx, setting); err != nil || at.Owner != before {
			return err
		}
		at.Owner = s.Owner()
		return at.write(tx, setting)
	})
	return at, err == nil && at.Owner == s.Owner(), err
}

// moved notes how far the webhook has told.
func (w *webhook) moved(ctx context.Context, s outbox.Store, setting string, to cursor) error {
	return s.Update(context.WithoutCancel(ctx), func(tx outbox.Tx) error {
		var now cursor
		if err := now.read(tx, setting); err != nil || now.Owner != to.Owner {
			return err // another process goes on from where this one was
		}
		return to.write(tx, setting)
	})
}

func (c *cursor) read(tx outbox.Tx, setting string) error {
	text, err := tx.Setting(setting)
	*c = cursor{}
	if err != nil || text == nil {
		return err
	}
	return json.Unmarshal(text, c)
}

func (c *cursor) write(tx outbox.Tx, setting string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return tx.SetSetting(setting, text)
}

// tell sends a notice for each report of an entry that the practice is told of.
func (w *webhook) tell(ctx context.Context, r *run, e *outbox.Entry, log *slog.Logger) (sent bool, err error) {
	state, wanted := told[e.Act]
	if !wanted || e.Endpoint != r.box.Endpoint() || e.Practice != w.practice {
		return false, nil
	}
	if to := e.Facts["to"]; to != "" {
		state = draft.State(to)
	}
	for _, id := range e.Reports {
		var found []*outbox.Report
		err := r.bridge.store.View(ctx, func(tx outbox.Tx) (err error) {
			found, err = tx.Get(id)
			return err
		})
		if err != nil {
			return sent, err
		}
		if len(found) == 0 {
			continue // it has become part of another one
		}
		n := Notice{Timestamp: e.At, Act: e.Act, Data: statusOf(found[0])}
		n.Type = "report." + strings.ReplaceAll(strings.ToLower(string(cmp.Or(state, found[0].State))), " ", "-")
		name := fmt.Sprintf("msg_%s_%d", hex.EncodeToString(e.Hash[:min(8, len(e.Hash))]), id)
		if err := w.insist(ctx, r, name, &n, log); err != nil {
			return sent, err
		}
		sent = true
	}
	return sent, nil
}

// insist sends a notice until its receiver has taken it or the context ends.
func (w *webhook) insist(ctx context.Context, r *run, id string, n *Notice, log *slog.Logger) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	for wait := time.Second; ; wait = min(2*wait, maxBackoff) {
		header, end := r.bridge.options.beginWebhook(ctx)
		status, err := w.send(ctx, id, body, header)
		end(status, err)
		r.bridge.metrics.webhook(w.practice, err == nil)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("the webhook was not taken; it is tried again", "status", status, "in", wait)
		sleep(ctx, wait)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// send makes one attempt, signed as Standard Webhooks has it.
func (w *webhook) send(ctx context.Context, id string, body []byte, header http.Header) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	at := strconv.FormatInt(time.Now().Unix(), 10)
	answer, err := w.client.R().SetContext(ctx).SetBody(body).SetHeaderMultiValues(header).
		SetHeader("Content-Type", "application/json").SetHeader("User-Agent", "lfpse-go").
		SetHeader("webhook-id", id).SetHeader("webhook-timestamp", at).SetHeader("webhook-signature", sign(w.key, id, at, body)).
		Post(w.url)
	if answer != nil {
		status = answer.StatusCode()
	}
	if err == nil && (status < 200 || status > 299) {
		err = errors.New("the receiver did not take it")
	}
	return status, err
}

// sign returns the signature of a webhook.
func sign(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, at)
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
