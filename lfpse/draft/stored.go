package draft

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// storedForm is the first byte of the stored form.
const storedForm = 1

// maxStored bounds what reading a stored draft may take.
const maxStored = 64 << 20

// AppendBinary appends the whole draft in a form that [Draft.UnmarshalBinary] reads back:
// a draft that was stored is answered, released and prepared as if it had not been.
//
// The form exists only to be encrypted. It holds personal data in the clear: the texts of
// the event, also of a blocked one, the answers, the date of birth in a record, and the
// names to look for. Those are kept as they are spelt. A keyed hash in their place would
// hide nothing more: names are few, so that whoever has the key finds each by trying, and
// whoever has not reads neither. But it would find less, because the screen compares the
// parts of a name, its initials and how it is written.
//
// It detects accidents, not changes. The error says that the draft holds what cannot be
// stored: a text that is not UTF-8, or an age that nobody can have.
func (d Draft) AppendBinary(b []byte) ([]byte, error) {
	text, err := json.Marshal(d.stored())
	if err != nil {
		return nil, errors.New("the draft cannot be stored: it holds an age or another value that cannot be written")
	}
	if notUTF8.Match(text) {
		return nil, errors.New("the draft cannot be stored: it holds a text that is not UTF-8")
	}
	out := bytes.NewBuffer(append(b, storedForm))
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(out)
	_, err = w.Write(text)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// compressors make short what questions repeat: their choices. Making one takes longer than
// a draft does.
var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one that there is
	}
	return w
}}

// notUTF8 finds what the JSON encoder writes for bytes that are no UTF-8.
var notUTF8 = regexp.MustCompile(`(^|[^\\])(\\\\)*\\ufffd`)

// MarshalBinary returns what [Draft.AppendBinary] appends.
func (d Draft) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary reads what [Draft.AppendBinary] wrote. The error never quotes it.
func (d *Draft) UnmarshalBinary(data []byte) error {
	damaged := errors.New("the stored draft is damaged: it is not what was stored")
	if len(data) == 0 || data[0] != storedForm {
		return damaged
	}
	r, err := gzip.NewReader(bytes.NewReader(data[1:]))
	if err != nil {
		return damaged
	}
	text, err := io.ReadAll(io.LimitReader(r, maxStored))
	if err != nil || len(text) == maxStored {
		return damaged
	}
	var s stored
	if json.Unmarshal(text, &s) != nil {
		return damaged
	}
	*d = s.draft()
	return nil
}

// plain is a Draft without its methods: its JSON form withholds nothing.
type plain Draft

// stored is everything that a draft holds. The form of what is in it never changes, and new
// fields may be missing, so that drafts can be read that an earlier version has stored.
type stored struct {
	plain
	Unasked       []string          `json:"unasked,omitempty"`
	Asked         []lfpse.Question  `json:"asked,omitempty"`
	Found         fhir.Issues       `json:"found,omitempty"`
	Terms         []storedTerm      `json:"terms,omitempty"`
	Records       [][]storedFact    `json:"records,omitempty"`
	Candidates    []storedCandidate `json:"candidates,omitempty"`
	Drugs         []string          `json:"drugs,omitempty"`
	AboutMedicine bool              `json:"aboutMedicine,omitempty"`
}

// What prints and marshals as less than it is has a type of its own here.
type (
	storedTerm struct {
		Class privacy.Class `json:"class"`
		Text  string        `json:"text"`
	}
	storedFact struct {
		Target string `json:"target"`
		Value  string `json:"value,omitempty"`
		From   string `json:"from"`
		Note   string `json:"note,omitempty"`
	}
	storedCandidate struct {
		Name  string       `json:"name"`
		Code  string       `json:"code,omitempty"`
		From  string       `json:"from"`
		Doubt string       `json:"doubt,omitempty"`
		Since string       `json:"since,omitempty"`
		Until string       `json:"until,omitempty"`
		Facts []storedFact `json:"facts,omitempty"`
	}
)

// stored returns everything that the draft holds.
func (d *Draft) stored() stored {
	s := stored{plain: plain(*d), Unasked: d.Unasked, Asked: d.Asked, Found: d.Found, Drugs: d.drugs, AboutMedicine: d.aboutMedicine}
	s.Terms = each(d.Terms, func(t privacy.Term) storedTerm { return storedTerm(t) })
	s.Records = each(d.records, func(facts []Fact) []storedFact { return each(facts, func(x Fact) storedFact { return storedFact(x) }) })
	s.Candidates = each(d.candidates, func(c Candidate) storedCandidate {
		return storedCandidate{c.Name, c.Code, c.From, c.Doubt, c.Since, c.Until, each(c.Facts, func(x Fact) storedFact { return storedFact(x) })}
	})
	return s
}

// draft is the way back.
func (s *stored) draft() Draft {
	d := Draft(s.plain)
	d.Unasked, d.Asked, d.Found, d.drugs, d.aboutMedicine = s.Unasked, s.Asked, s.Found, s.Drugs, s.AboutMedicine
	d.Terms = each(s.Terms, func(t storedTerm) privacy.Term { return privacy.Term(t) })
	d.records = each(s.Records, func(facts []storedFact) []Fact { return each(facts, func(x storedFact) Fact { return Fact(x) }) })
	d.candidates = each(s.Candidates, func(c storedCandidate) Candidate {
		return Candidate{c.Name, c.Code, c.From, c.Doubt, c.Since, c.Until, each(c.Facts, func(x storedFact) Fact { return Fact(x) })}
	})
	return d
}

func each[A, B any](all []A, f func(A) B) []B {
	if all == nil {
		return nil
	}
	out := make([]B, len(all))
	for i := range all {
		out[i] = f(all[i])
	}
	return out
}

// SourceDigest is the SHA-256 of what the source says of the event, and of the answers
// and releases that are in the draft already. It is the same for the same row, wherever in
// the log and on whichever day it is read. Take it before anybody answers.
func (d *Draft) SourceDigest() [sha256.Size]byte {
	s := d.stored()
	for _, step := range d.Trace {
		if derived := &s.Event.EstimatedDate; step.From == "date" || step.From == monthTarget {
			switch step.Target {
			case occurredTodayTarget:
				derived.IncidentOccurredToday = ""
			case todaysDateTarget:
				derived.TodaysDate = ""
			}
		}
	}
	if d.Reference == fmt.Sprintf("line %d", d.Line) {
		s.Reference = ""
	}
	s.Line, s.State, s.Questions, s.Releasable, s.Trace = 0, "", nil, nil, nil
	s.Issues, s.Privacy, s.Targets, s.Origins, s.Found = nil, nil, nil, nil, nil
	text, _ := json.Marshal(s) // what cannot be written cannot be stored either
	return sha256.Sum256(text)
}
