package submission_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

const day = lfpse.Date("2026-03-10")

// service is a sandbox, and the answer to a submission is an error unless it was taken.
type service struct{ *sandbox.Sandbox }

func newService(t testing.TB) service {
	s, err := sandbox.New(sandbox.WithKeptBodies(1))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return service{s}
}

func (s service) post(body []byte) (status int, answer string) {
	r := httptest.NewRequest(http.MethodPost, sandbox.BasePath+"/AdverseEvent", bytes.NewReader(body))
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	r.Header.Set("Content-Type", "application/fhir+json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// place is a property of an event that a test may fill.
type place struct {
	target string
	field  *lfpse.Accessor
}

// places are all properties of an event with up to two patients and one device and
// medicine.
func places(t testing.TB, b *submission.Builder) (out []place) {
	add := func(target string) {
		if a, err := b.Codec().Accessor(target); err == nil {
			out = append(out, place{target, a})
		}
	}
	tax := b.Codec().Taxonomy()
	for i := range tax.Groups {
		g := &tax.Groups[i]
		for j := range g.Fields {
			for index := range 2 {
				target := b.Codec().Target(strings.TrimSuffix(g.ID, tax.Suffix()), g.Fields[j].Name, index)
				if target != "" && (index == 0 || strings.HasPrefix(target, "patients[1]")) {
					add(target)
				}
			}
		}
	}
	add("date")
	add("devices[0].manufacturer")
	require.Greater(t, len(out), 100)
	return out
}

// anyValue draws a value for a property: of its list, of its type, or at the edge of
// them.
func anyValue(t *rapid.T, p place) string {
	if choices := p.field.Choices(); len(choices) > 0 && rapid.IntRange(0, 19).Draw(t, "edge") > 0 {
		return choices[rapid.IntRange(0, len(choices)-1).Draw(t, p.target)].Value
	}
	values := []string{"Words about it.", "A81001", "2026-03-10", "2026-02-01", "2026-03", "09:30:00", "true", "62 years", "3 days", "322236009", "PRIA24/0001", "x",
		" ", "a\tb\nc", "\u00a0", "\u200b", "é", "a\x00b", "\xff", "-1", "0", strings.Repeat("long ", 300), "z99", "code:7", "code:x", "n", "31 days", "code:62"}
	return rapid.SampledFrom(values).Draw(t, p.target)
}

// anEvent draws an event: a sound one of any type with some properties changed.
func anEvent(t *rapid.T, all []place) lfpse.Event {
	e := good()
	e.Type = rapid.SampledFrom([]lfpse.EventType{"incident", "incident", "risk", "outcome", "good-care", ""}).Draw(t, "type")
	if rapid.Bool().Draw(t, "affected") {
		e.RiskDetails = lfpse.RiskDetails{}
		e.Patients = make([]lfpse.Patient, rapid.IntRange(0, 2).Draw(t, "patients"))
	}
	for range rapid.IntRange(0, 8).Draw(t, "changes") {
		p := all[rapid.IntRange(0, len(all)-1).Draw(t, "place")]
		if rapid.IntRange(0, 5).Draw(t, "clear") == 0 {
			p.field.Clear(&e)
		} else {
			p.field.Put(&e, anyValue(t, p))
		}
	}
	return e
}

// Whatever the builder calls ready is taken by the sandbox, which has rules of its own.
func TestReadyIsAccepted(t *testing.T) {
	b := builder(t, submission.WithToday(func() lfpse.Date { return day }))
	all, to := places(t, b), newService(t)
	sent := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range 20 {
			d := draft.Draft{Event: anEvent(rt, all)}
			s := b.Prepare(&d)
			for range 4 {
				if d.State != draft.NeedsAnswers {
					break
				}
				for _, q := range d.Questions {
					if q.Required && b.Form().Arises(&d, &q) {
						_ = b.Form().Answer(&d, q.Target, anAnswer(rt, &q))
					}
				}
				s = b.Prepare(&d)
			}
			if d.State != draft.Ready {
				continue
			}
			sent++
			status, answer := to.post(s.Body())
			if status != http.StatusCreated {
				text, _ := json.Marshal(d.Event)
				rt.Fatalf("%d: %s\n%s", status, answer, text)
			}
		}
	})
	t.Logf("%d events were ready", sent)
	require.Greater(t, sent, 200, "too few events were ready to tell anything")
}

func anAnswer(t *rapid.T, q *lfpse.Question) string {
	switch {
	case len(q.Choices) > 0:
		return rapid.SampledFrom(q.Choices).Draw(t, q.Target).Value
	case q.Target == "date":
		return rapid.SampledFrom([]string{"2026-03-01", "2026-03-10", "2026-02"}).Draw(t, q.Target)
	case q.Target == "estimatedDate.approximateDate":
		return "2026-02"
	case strings.Contains(strings.ToLower(q.Target), "organisation"):
		return "A81001"
	}
	return "The patient was given the medicine of another patient."
}

// The records of the conformance suite, read as events of our own.
func TestReadyCasesAreAccepted(t *testing.T) {
	b := builder(t)
	to, sent := newService(t), 0
	suite, err := cases.All()
	require.NoError(t, err)
	for _, c := range suite {
		a, _ := fhir.Decode(c.Input)
		if a == nil {
			continue
		}
		e, issues := b.Codec().Decode(a)
		if issues.HasErrors() {
			continue
		}
		d := draft.Draft{Event: e}
		d.Event.ID = ""
		s := b.Prepare(&d)
		if d.State != draft.Ready {
			continue
		}
		sent++
		status, answer := to.post(s.Body())
		require.Equal(t, http.StatusCreated, status, "%s: %s", c.Name, answer)
	}
	require.Greater(t, sent, 50)
}
