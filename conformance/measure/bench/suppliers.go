package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// suppliers are the systems of practices that call a bridge, as one: a line of calls of
// which each is made again until it is taken. In each step they send new events in one
// Bundle and two in calls of their own, and then change two of those before.
type suppliers struct {
	url    string
	bundle int // events of a Bundle
	body   []byte

	calls   int       // that were taken so far
	due     int       // that there are by now
	until   time.Time // when to come again
	refused int
	latest  []int32 // version of each event; it is the number of the call
}

// callsInStep are the Bundle, two events and two changes.
const callsInStep = 5

// invent makes the event of which theirs are copies.
func (s *suppliers) invent(b *submission.Builder) error {
	e := shortEvent
	e.Description += fmt.Sprintf(" This was %s%0*d%s%0*d.", eventWords, digits, 0, versionWords, digits, 0)
	ready := b.Prepare(&draft.Draft{Event: e})
	if ready.IsZero() {
		return errors.New("the event cannot be sent")
	}
	s.body = ready.Body()
	return nil
}

func (s *suppliers) perStep() int { return s.bundle + 2 }

// taken is how many reports and changes were taken in.
func (s *suppliers) taken() int { return s.calls / callsInStep * (s.perStep() + 2) }

// reference is the name under which an event comes in.
func (s *suppliers) reference(event int) string {
	step, nth := event/s.perStep(), event%s.perStep()
	if nth < s.bundle {
		return fmt.Sprintf("bundle-%d/%d", step, nth+1)
	}
	return fmt.Sprintf("single-%d-%d", step, nth)
}

// eventOf is the other way round.
func (s *suppliers) eventOf(reference string) int {
	kind, rest, _ := strings.Cut(reference, "-")
	first, second, _ := strings.Cut(strings.ReplaceAll(rest, "/", "-"), "-")
	step, _ := strconv.Atoi(first)
	nth, _ := strconv.Atoi(second)
	if kind == "bundle" {
		nth--
	}
	return step*s.perStep() + nth
}

// call is the nth call: its name, its body and the events in it.
func (s *suppliers) call(n int) (name string, body []byte, events []int) {
	step, kind := n/callsInStep, n%callsInStep
	first := step * s.perStep()
	switch {
	case kind == 0:
		body = append(body, `{"resourceType":"Bundle","type":"collection","entry":[`...)
		for i := range s.bundle {
			if i > 0 {
				body = append(body, ',')
			}
			events = append(events, first+i)
			body = append(append(append(body, `{"resource":`...), s.record(first+i, n)...), '}')
		}
		return fmt.Sprintf("bundle-%d", step), append(body, "]}"...), events
	case kind < 3:
		events = []int{first + s.bundle + kind - 1}
	default: // any of those before, this one and that one more often
		events = []int{int(uint32(n/2) * 2654435761 % uint32(first+1))}
	}
	return s.reference(events[0]), s.record(events[0], n), events
}

// record is a version of an event.
func (s *suppliers) record(event, version int) []byte {
	body := bytes.Clone(s.body)
	for words, n := range map[string]int{eventWords: event, versionWords: version} {
		at := bytes.Index(body, []byte(words)) + len(words)
		copy(body[at:], fmt.Sprintf("%0*d", digits, n))
	}
	return body
}

// offer makes the next call, if there is one and it is time. It returns false if there is
// none or it was refused.
func (s *suppliers) offer(now time.Time) (bool, error) {
	if s.calls == s.due || now.Before(s.until) {
		return false, nil
	}
	name, body, events := s.call(s.calls)
	after, err := s.post(name, body)
	switch {
	case err != nil:
		return false, err
	case after > 0:
		s.refused++
		s.until = now.Add(after)
		return false, nil
	}
	for _, e := range events {
		for e >= len(s.latest) {
			s.latest = append(s.latest, 0)
		}
		s.latest[e] = int32(s.calls)
	}
	s.calls++
	return true, nil
}

// post makes a call. It returns after which time to come again if the bridge takes nothing.
func (s *suppliers) post(name string, body []byte) (after time.Duration, err error) {
	req, err := http.NewRequest(http.MethodPost, s.url+"/v1/reports", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + callerToken}, "Content-Type": {"application/fhir+json"}, "Idempotency-Key": {name}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	switch {
	case err != nil:
		return 0, err
	case resp.StatusCode == http.StatusServiceUnavailable && seconds > 0:
		return time.Duration(seconds) * time.Second, nil
	case resp.StatusCode != http.StatusAccepted || bytes.Contains(text, []byte(`"question"`)):
		return 0, fmt.Errorf("the bridge answers %d: %s", resp.StatusCode, text)
	}
	return 0, nil
}
