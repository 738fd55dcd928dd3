package questionnaire_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// through sends an event through a response, and returns it with what the form cannot say
// and the event without that.
func (m *made) through(t testing.TB, e lfpse.Event) (want, got lfpse.Event, left []string) {
	before := draft.Draft{Event: e}
	response, left, err := m.form.Response(&before)
	require.NoError(t, err)
	after := m.form.Draft("1", 1, response)
	assert.Empty(t, after.Found, "%s", response)
	want = before.Event
	for _, target := range left {
		if target == "extra" {
			want.Extra = nil
			continue
		}
		a, err := m.codec.Accessor(target)
		require.NoError(t, err)
		a.Clear(&want)
	}
	// an entry of which nothing is known is not there, and a number of patients says only that of an incident
	want.Devices = slices.DeleteFunc(slices.Clone(want.Devices), func(d lfpse.Device) bool { return reflect.ValueOf(d).IsZero() })
	if len(want.Devices) == 0 {
		want.Devices = nil
	}
	want.Patients = want.Patients[:min(len(want.Patients), 9)]
	if want.Type != lfpse.TypeIncident {
		if want.Patients = slices.DeleteFunc(slices.Clone(want.Patients), func(p lfpse.Patient) bool { return p == lfpse.Patient{} }); len(want.Patients) == 0 {
			want.Patients = nil
		}
	}
	w := draft.Draft{Event: want}
	m.builder.Prepare(&w)
	m.builder.Prepare(&after)
	return w.Event, after.Event, left
}

// Law: an event, written as a response and read back, is the same event, but for what
// Response says that it leaves out. It holds for every record of the conformance suite that
// is sound.
func TestRoundTripOfTheSuite(t *testing.T) {
	all, err := cases.All()
	require.NoError(t, err)
	forms := map[string]made{}
	leftOut := map[string]int{}
	n, whole := 0, 0
	for _, c := range all {
		if slices.ContainsFunc(c.Issues, func(i cases.Issue) bool { return i.Severity == cases.Error }) {
			continue
		}
		m, ok := forms[c.Version]
		if !ok {
			m = newForm(t, c.Version, "2030-01-01")
			forms[c.Version] = m
		}
		a, issues := m.codec.Read(c.Input)
		if issues.HasErrors() {
			continue
		}
		e, issues := m.codec.Decode(a)
		if issues.HasErrors() {
			continue
		}
		if e.EstimatedDate.IncidentOccurredToday == "y" {
			m = newForm(t, c.Version, e.Date)
		}
		want, got, left := m.through(t, e)
		assert.Equal(t, want, got, c.Name)
		for _, target := range left {
			leftOut[target]++
		}
		n++
		if len(left) == 0 {
			whole++
		}
	}
	t.Logf("%d sound records, %d of them whole; left out: %v", n, whole, leftOut)
	assert.Greater(t, n, 100)
	for target := range leftOut {
		if !tenth.MatchString(target) {
			assert.Contains(t, cannot, target, "the form cannot say it")
		}
	}
}

// tenth is something about a patient whom the form does not take.
var tenth = regexp.MustCompile(`^patients\[(9|\d\d+)\]`)

// cannot are what the form cannot say, of the records of the suite, and why.
var cannot = map[string]string{
	"id": "the service gives it", "referenceMetadata.fromOnlineForms": "it says how the service got the record", "referenceMetadata.referenceNumber": "the service gives it", "extra": "the form does not ask for it",
	"estimatedDate.incidentOccurredToday": "without a date", "estimatedDate.todaysDate": "another day than that of the event",
	"date": "no day", "estimatedDate.preciseTime": "a part of a second",
	"patients[0].age": "off the grid", "patients[1].age": "off the grid",
	"problemPeople.staffAvailabilityIncidentFactor": "codes not known", "problemPeople.personsActionsDiffered": "codes not known", "problemPeople.peopleActionsDiffered": "codes not known",
	"patients[0].patientEthnicity": "outside the list", "patients[0].genderIdentity": "outside the list", "classification.levelOfConcern": "outside the list", "outcome.outcomeType": "outside the list",
}

// Law: for every question and every option the same holds.
func TestRoundTripOfEveryAnswer(t *testing.T) {
	for _, version := range []string{"5", "6"} {
		m := newForm(t, version)
		n := 0
		root, _ := m.read(t)
		root.each(func(q *node) {
			if q.Type == "group" || q.Type == "display" || q.LinkID == "patients" {
				return
			}
			a, err := m.codec.Accessor(strings.Replace(q.LinkID, "[]", "[0]", 1))
			require.NoError(t, err)
			for _, v := range valuesOf(q, a) {
				e := lfpse.Event{Type: lfpse.TypeIncident, Date: "2026-03-10", Description: "A dose was given twice."}
				a.Put(&e, v)
				want, got, left := m.through(t, e)
				assert.Equal(t, want, got, "%s is %s", q.LinkID, v)
				assert.Empty(t, left, q.LinkID)
				n++
			}
		})
		assert.Greater(t, n, 700)
	}
}

// valuesOf are values of a question: all of a list, or one of the type.
func valuesOf(q *node, a *lfpse.Accessor) (out []string) {
	if len(q.AnswerOption) > 0 {
		for _, c := range a.Choices() {
			out = append(out, c.Value)
		}
		return out
	}
	switch q.Type {
	case "boolean":
		return []string{"true", "false"}
	case "date":
		return []string{"2026-03-09", "2026-03-10"}
	case "time":
		return []string{"10:30:00"}
	case "quantity":
		return []string{"5 months", "0 days", "62 years"}
	case "text":
		return []string{"Two lines,\nthe second with \"quotes\" & <tags>."}
	}
	return []string{"A81001"}
}

func TestWhatTheFormCannotSay(t *testing.T) {
	m := newForm(t, "6")
	e := lfpse.Event{
		ID: "abc", Type: lfpse.TypeIncident, Extra: []lfpse.Extra{{Group: "adverse-event-core", Field: "X", Value: "y"}},
		EstimatedDate: lfpse.EstimatedDate{ApproximateDate: "spring 2026", TodaysDate: "2026-01-01"},
		Patients:      []lfpse.Patient{{GenderIdentity: "code:Q"}}, Description: " ",
	}
	_, left, err := m.form.Response(&draft.Draft{Event: e})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"id", "description", "estimatedDate.todaysDate", "patients[0].genderIdentity", "extra"}, left)
}
