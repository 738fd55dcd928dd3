package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
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

// told is an event and the version in which it is told.
type told struct{ event, version int }

// stock is invented events, made once: a process that is about to be killed does not spend
// its life on making them. Event 0 happens to nobody.
type stock struct {
	versions int             // in which each event is told, so that it can be changed
	contents []outbox.Digest // the versions of event 0, of event 1 and so on
	index    map[outbox.Digest]int
	ends     []uint32    // of their texts
	texts    io.ReaderAt // one after the other
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
	var texts []byte
	for i := range events * versions {
		d := draft.Draft{Event: invented(told{i / versions, i % versions})}
		nobody := 0
		d.Affected = &nobody
		sub := b.Prepare(&d)
		if d.State != draft.Ready {
			return nil, fmt.Errorf("an invented event is not ready: %v %v", d.Questions, d.Issues)
		}
		if texts, err = sub.AppendBinary(texts); err != nil {
			return nil, err
		}
		s.put(sub.Digest(), len(texts))
	}
	s.texts = bytes.NewReader(texts)
	return s, nil
}

func (s *stock) put(content outbox.Digest, end int) {
	s.index[content] = len(s.contents)
	s.contents, s.ends = append(s.contents, content), append(s.ends, uint32(end))
}

// invented is an event. One in four is long enough not to leave in one piece.
func invented(t told) lfpse.Event {
	text := fmt.Sprintf("%s%d, told for the time number %d. The fridge alarm was switched off overnight.", eventMark, t.event, t.version)
	if t.event%4 == 0 {
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

// toldIn reads in the body of a request what it tells of.
func toldIn(body []byte) (t told) {
	_, rest, _ := strings.Cut(string(body), eventMark)
	_, _ = fmt.Sscanf(rest, "%d, told for the time number %d", &t.event, &t.version)
	return t
}

func (s *stock) events() int { return len(s.contents) / s.versions }

func (s *stock) told(item int) told { return told{item / s.versions, item % s.versions} }

// event is the number of the event that a content tells of.
func (s *stock) event(content outbox.Digest) int { return s.told(s.index[content]).event }

// item is what a row of the log becomes.
func (s *stock) item(r row) (it outbox.Item, err error) {
	it.Identity = outbox.Identity{Practice: practice, Source: source, Reference: r.Reference, Day: r.Day, Type: lfpse.TypeIncident}
	it.Content = s.contents[r.Item]
	begin := int64(0)
	if r.Item > 0 {
		begin = int64(s.ends[r.Item-1])
	}
	text := make([]byte, int64(s.ends[r.Item])-begin)
	if _, err := s.texts.ReadAt(text, begin); err != nil {
		return it, err
	}
	return it, it.Submission.UnmarshalBinary(text)
}

// entry is the size of what the file of a stock says of one text: its content and its end.
const entry = len(outbox.Digest{}) + 4

// write puts the stock into a file, for the processes.
func (s *stock) write(name string) error {
	out := binary.LittleEndian.AppendUint32([]byte{byte(s.versions)}, uint32(len(s.contents)))
	for i := range s.contents {
		out = binary.LittleEndian.AppendUint32(append(out, s.contents[i][:]...), s.ends[i])
	}
	texts, err := io.ReadAll(io.NewSectionReader(s.texts, 0, int64(s.ends[len(s.ends)-1])))
	return errors.Join(err, os.WriteFile(name, append(out, texts...), 0o600))
}

// readStock reads what there is. The texts are read from the file when they are needed.
func readStock(name string) (*stock, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	var head [5]byte
	if _, err := io.ReadFull(file, head[:]); err != nil {
		return nil, err
	}
	s := &stock{versions: int(head[0]), index: map[outbox.Digest]int{}}
	entries := make([]byte, entry*int(binary.LittleEndian.Uint32(head[1:])))
	if _, err := io.ReadFull(file, entries); err != nil {
		return nil, err
	}
	for e := range slices.Chunk(entries, entry) {
		s.put(outbox.Digest(e), int(binary.LittleEndian.Uint32(e[entry-4:])))
	}
	s.texts = io.NewSectionReader(file, int64(len(head)+len(entries)), math.MaxInt32)
	return s, nil
}
