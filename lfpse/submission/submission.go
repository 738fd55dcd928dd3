// Package submission prepares drafts for sending: it encodes, checks and screens
// their events, and keeps the exact bytes that will be sent.
//
// A [Submission] can only be made by a [Builder], so what a client sends has
// always passed every check. The bytes are made once: what was validated, what
// is stored and what is sent are the same.
//
// A Builder asks more of its own reports than package validate asks of the documents of
// other systems. What is known only because one client keeps to it is asked or refused, so
// that a service that insists on it takes every report that is ready. Codes hold codes:
// a text in their place is translated if it is that of a code, and else refused, because
// it may be somebody's name. An age is stated in words, never as the number that FHIR
// carries.
package submission

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/strictjson"
)

// Submission is an event ready to send. It is immutable and safe for concurrent
// use. Printing or logging one shows its digest and size only.
type Submission struct {
	s   stored
	sum uint32 // CRC-32C of the body, to detect changed bytes
}

// stored is the form in which a submission is stored, for example in an outbox. Digest
// and Seal belong to that form only.
type stored struct {
	Body             body     `json:"body"`
	Digest           digest   `json:"digest"`
	Version          string   `json:"version"`
	CanonicalBase    string   `json:"canonicalBase"`
	ID               string   `json:"id,omitempty"`
	Provisional      []string `json:"provisional,omitempty"`
	TestOrganisation bool     `json:"testOrganisation,omitempty"`
	// Seal is the SHA-256 of everything else, so that a change of any field, such as the
	// loss of Provisional, is detected.
	Seal digest `json:"seal"`
}

// checksum is CRC-32C, for which processors have an instruction. It is computed for every
// body, the digest only for bodies that are stored or sent.
var checksum = crc32.MakeTable(crc32.Castagnoli)

func (s stored) seal() (digest, error) {
	s.Seal = digest{}
	b, err := json.Marshal(s)
	return sha256.Sum256(b), err
}

// body is stored as a JSON string, so that it comes back byte for byte.
type body []byte

func (b body) MarshalText() ([]byte, error) { return b, nil }

func (b *body) UnmarshalText(text []byte) error {
	*b = append([]byte(nil), text...)
	return nil
}

type digest [sha256.Size]byte

func (d digest) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", d[:]), nil }

func (d *digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return errors.New("digest is not a SHA-256 in hexadecimal")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// Body returns the canonical FHIR JSON to send. The caller must not change it.
func (s Submission) Body() []byte { return s.s.Body }

// Digest returns the SHA-256 of the body, zero if there is none. It is computed on each
// call.
func (s Submission) Digest() [sha256.Size]byte {
	if s.IsZero() {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(s.s.Body)
}

// Intact reports whether the body is still the one that passed every check. It compares a
// CRC-32C, which detects accidents but not tampering.
func (s Submission) Intact() bool { return crc32.Checksum(s.s.Body, checksum) == s.sum }

// Version returns the taxonomy version of the body, such as "6".
func (s Submission) Version() string { return s.s.Version }

// CanonicalBase returns the common start of the profile and group urls in the body.
func (s Submission) CanonicalBase() string { return s.s.CanonicalBase }

// ID returns the id of the record that the body updates, empty for a new one.
func (s Submission) ID() string { return s.s.ID }

// Provisional returns the keys of the provisional taxonomy elements that the
// body uses. A client sends such a body to a sandbox only.
func (s Submission) Provisional() []string { return slices.Clone(s.s.Provisional) }

// TestOrganisation reports whether the body names one of the organisations that
// exist for tests only, Z01 and Z45. A client does not send it to production.
func (s Submission) TestOrganisation() bool { return s.s.TestOrganisation }

// IsZero reports whether the submission was not made by a [Builder].
func (s Submission) IsZero() bool { return len(s.s.Body) == 0 }

// MarshalJSON returns the submission in the form in which it can be stored.
// It fails for one that was not made by a [Builder] or is not [Submission.Intact].
func (s Submission) MarshalJSON() ([]byte, error) {
	if err := s.storable(); err != nil {
		return nil, err
	}
	st := s.s
	st.Digest = s.Digest()
	var err error
	if st.Seal, err = st.seal(); err != nil {
		return nil, err
	}
	return json.Marshal(st)
}

func (s Submission) storable() error {
	switch {
	case s.IsZero():
		return errors.New("there is no submission to store")
	case !s.Intact():
		return errors.New("the submission is damaged: its body was changed after it was made")
	}
	return nil
}

// UnmarshalJSON restores a stored submission. It fails if anything was changed since it
// was stored. It cannot tell who stored it: protect the store as well as the log itself.
func (s *Submission) UnmarshalJSON(data []byte) error {
	var st stored
	if strictjson.Decode(data, &st, "SUBMISSION-STORED", fhir.WithLimit(maxStored)).HasErrors() {
		return errors.New("this is not a stored submission")
	}
	if seal, err := st.seal(); err != nil || seal != st.Seal || len(st.Body) == 0 || sha256.Sum256(st.Body) != st.Digest {
		return errors.New("the stored submission is damaged: it is not what was stored")
	}
	st.Digest, st.Seal = digest{}, digest{}
	*s = Submission{st, crc32.Checksum(st.Body, checksum)}
	return nil
}

// maxStored is the largest stored form that is read, in bytes. Every quote of the body
// takes two bytes in it.
const maxStored = 16 << 20

// Format prints the digest and the size of the submission, for every verb.
func (s Submission) Format(f fmt.State, _ rune) {
	digest := s.Digest()
	fmt.Fprintf(f, "submission.Submission(sha256 %x…, %d bytes)", digest[:6], len(s.s.Body))
}

// LogValue logs the digest and the size of the submission.
func (s Submission) LogValue() slog.Value {
	digest := s.Digest()
	return slog.GroupValue(slog.String("sha256", fmt.Sprintf("%x", digest[:6])), slog.Int("bytes", len(s.s.Body)))
}
