package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const (
	eventMark = "Event number "
	practice  = "A81001"
	source    = "incidents"
	firstDay  = lfpse.Date("2026-02-03")
	otherDay  = lfpse.Date("2026-02-04")
)

// stock is invented events, made once: a process that is about to be killed does not spend
// its life on making them.
type stock struct {
	versions int      // in which each event is told, so that it can be changed
	raw      [][]byte // the versions of event 0, of event 1 and so on
	index    map[outbox.Digest]int
}

func newStock(events, versions int) (*stock, error) {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return nil, err
	}
	b, err := submission.NewBuilder(t)
	if err != nil {
		return nil, err
	}
	s := &stock{versions: versions, index: map[outbox.Digest]int{}}
	for i := range events * versions {
		d := draft.Draft{Event: invented(i/versions, i%versions)}
		nobody := 0
		d.Affected = &nobody
		sub := b.Prepare(&d)
		if d.State != draft.Ready {
			return nil, fmt.Errorf("an invented event is not ready: %v %v", d.Questions, d.Issues)
		}
		raw, err := sub.MarshalBinary()
		if err != nil {
			return nil, err
		}
		s.raw = append(s.raw, raw)
		s.index[sub.Digest()] = i
	}
	return s, nil
}

// invented is an event. One in four is long enough not to leave in one piece.
func invented(event, version int) lfpse.Event {
	text := fmt.Sprintf("%s%d, told for the time number %d. The fridge alarm was switched off overnight.", eventMark, event, version)
	if event%4 == 0 {
		text += strings.Repeat(" No vaccine was used.", 400)
	}
	return lfpse.Event{
		Type: lfpse.TypeIncident, Description: text, Date: firstDay,
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{practice}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: practice},
		RiskDetails:   lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo},
	}
}

func (s *stock) events() int { return len(s.raw) / s.versions }

// event is the number of the event that a content tells of.
func (s *stock) event(content outbox.Digest) int { return s.index[content] / s.versions }

// item is a version of an event, as its log has it first.
func (s *stock) item(event, version int) (it outbox.Item, err error) {
	it.Identity = outbox.Identity{
		Practice: practice, Source: source, Reference: fmt.Sprintf("INC-%d", event), Day: firstDay, Type: lfpse.TypeIncident,
	}
	if err = it.Submission.UnmarshalBinary(s.raw[event*s.versions+version]); err == nil {
		it.Content = it.Submission.Digest()
	}
	return it, err
}

// write puts the stock into a file, for the processes.
func (s *stock) write(name string) error {
	digests := make([]outbox.Digest, len(s.raw))
	out := []byte{byte(s.versions)}
	for i, raw := range s.raw {
		var sub submission.Submission
		if err := sub.UnmarshalBinary(raw); err != nil {
			return err
		}
		digests[i] = sub.Digest()
		out = append(out, digests[i][:]...)
		out = append(binary.AppendUvarint(out, uint64(len(raw))), raw...)
	}
	return os.WriteFile(name, out, 0o600)
}

func readStock(name string) (*stock, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, errors.New("the stock of events is empty")
	}
	s := &stock{versions: int(data[0]), index: map[outbox.Digest]int{}}
	data = data[1:]
	for len(data) > 0 {
		s.index[outbox.Digest(data)] = len(s.raw)
		data = data[len(outbox.Digest{}):]
		size, n := binary.Uvarint(data)
		if n <= 0 || size > uint64(len(data)-n) {
			return nil, errors.New("the stock of events is damaged")
		}
		s.raw = append(s.raw, data[n:][:size])
		data = data[n+int(size):]
	}
	return s, nil
}
