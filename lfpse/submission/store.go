package submission

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Content returns the SHA-256 of what a prepared report says. It is that of the body, but
// for an event that occurred on the day of the report it does not depend on that day:
// otherwise each such event would count as changed on the next day.
func (b *Builder) Content(p *Prepared) [sha256.Size]byte {
	if p.Event.EstimatedDate.IncidentOccurredToday == code.YesNoUnknownYes {
		e := p.Event
		e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = code.YesNoUnknownNo, ""
		if later := b.Prepare(&draft.Draft{Event: e, Releases: p.Releases}); !later.IsZero() {
			return later.Digest()
		}
	}
	return p.Submission.Digest()
}

const createdBody = `{"resourceType":"AdverseEvent",`

// For returns the same report as an update of the record with this id, as the receipt
// names it. The bytes are those of the report with the id put in, so an update can be
// made of a report that was checked before its record had an id. The error says that the
// report updates another record, or that the id is none.
func (s Submission) For(id string) (Submission, error) {
	rest, created := bytes.CutPrefix(s.s.Body, []byte(createdBody))
	switch {
	case s.s.ID == id && id != "":
		return s, nil
	case s.s.ID != "" || !created:
		return Submission{}, errors.New("the submission updates another record")
	case !fhir.IsID(id):
		return Submission{}, errors.New("the id of the record is no FHIR id: 1 to 64 letters, digits, hyphens and dots")
	}
	s.s.ID = id
	s.s.Body = fmt.Appendf(make([]byte, 0, len(s.s.Body)+len(id)+8), `%s"id":"%s",%s`, createdBody, id, rest)
	s.sum = crc32.Checksum(s.s.Body, checksum)
	return s, nil
}

// binaryForm is the first byte of the binary form.
const binaryForm = 1

// AppendBinary appends the submission in a compact form for a store that protects it
// against changes, as an encrypted one does: unlike the JSON form, it detects accidents
// only. It fails as [Submission.MarshalJSON] does.
func (s Submission) AppendBinary(b []byte) ([]byte, error) {
	if err := s.storable(); err != nil {
		return nil, err
	}
	head := s.s
	head.Body = nil
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	start := len(b)
	b = append(slices.Grow(b, len(text)+len(s.s.Body)+16), binaryForm)
	b = binary.AppendUvarint(b, uint64(len(text)))
	b = append(append(b, text...), s.s.Body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], checksum)), nil
}

// MarshalBinary returns what [Submission.AppendBinary] appends.
func (s Submission) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary restores what [Submission.AppendBinary] wrote.
func (s *Submission) UnmarshalBinary(data []byte) error {
	damaged := errors.New("the stored submission is damaged: it is not what was stored")
	if len(data) < 6 || data[0] != binaryForm {
		return damaged
	}
	data, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	size, n := binary.Uvarint(data[1:])
	if crc32.Checksum(data, checksum) != sum || n <= 0 || size >= uint64(len(data)-1-n) {
		return damaged
	}
	head, text := data[1+n:][:size], data[1+n:][size:]
	var st stored
	if json.Unmarshal(head, &st) != nil {
		return damaged
	}
	st.Body = bytes.Clone(text)
	*s = Submission{st, crc32.Checksum(st.Body, checksum)}
	return nil
}
