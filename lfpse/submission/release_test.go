package submission_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// about is a draft whose event is good but for the description.
func about(description string, terms ...privacy.Term) draft.Draft {
	e := good()
	e.Description = description
	return draft.Draft{Event: e, Terms: terms}
}

func policyOf(t testing.TB, settings map[string]string) submission.Option {
	t.Helper()
	p, err := privacy.ParsePolicy(settings)
	require.NoError(t, err)
	return submission.WithPolicy(p)
}

var patient = []privacy.Term{{Class: privacy.Name, Text: "Zelda Quirrell"}, {Class: privacy.NHSNumber, Text: "9990000026"}, {Class: privacy.FamilyName, Text: "Long"}}

func TestEffectsDecideTheState(t *testing.T) {
	b := builder(t)
	for text, want := range map[string]draft.State{
		"The vaccine fridge was left open overnight.":             draft.Ready,
		"Told Mrs Ashgrove that the vaccine fridge was open.":     draft.Held,
		"The vaccine was sent to a house near E10 6QN.":           draft.Held,
		"Seven digits, doctor 1234567, stood on the vaccine box.": draft.Ready, // not measured
		"Long waits for the vaccine were reported again.":         draft.Ready, // a word that is a name too
		"The vaccine was of lot 999 000 0018, out of date.":       draft.Blocked,
		"Zelda Quirrell was given the vaccine twice.":             draft.Blocked,
	} {
		d := about(text, patient...)
		s := b.Prepare(&d)
		assert.Equal(t, want, d.State, "%s: %v", text, d.Privacy)
		assert.Equal(t, want == draft.Ready, !s.IsZero(), "%s: nothing is sent unless it is ready", text)
	}
	d := about("Told Mrs Ashgrove that the vaccine fridge was open.")
	d.Event.RiskDetails = lfpse.RiskDetails{}
	b.Prepare(&d)
	assert.Equal(t, draft.NeedsAnswers, d.State, "questions come first")
	require.NoError(t, b.Form().Answer(&d, "riskDetails.riskImminent", "no"))
	b.Prepare(&d)
	assert.Equal(t, draft.Held, d.State)
}

func TestPolicyDecidesTheState(t *testing.T) {
	b := builder(t, policyOf(t, map[string]string{"titled-name": "inform", "possible-name": "hold", "postcode": "block", "reidentification": "block"}))
	for text, want := range map[string]draft.State{
		"Told Mrs Ashgrove that the vaccine fridge was open.": draft.Ready,
		"The vaccine was sent to a house near E10 6QN.":       draft.Blocked,
		"Long waits for the vaccine were reported again.":     draft.Held,
	} {
		d := about(text, patient...)
		b.Prepare(&d)
		assert.Equal(t, want, d.State, "%s: %v", text, d.Privacy)
		if want != draft.Ready {
			require.NoError(t, b.Form().Release(&d, "description", "Practice manager", "Read twice."))
			assert.False(t, b.Prepare(&d).IsZero(), text)
		}
	}
}

// A release lets that very text pass, and nothing else.
func TestRelease(t *testing.T) {
	b := builder(t)
	for _, text := range []string{
		"The vaccine was of lot 999 000 0018, out of date.",
		"Told Mrs Ashgrove that the vaccine fridge was open.",
		"The vaccine was sent to a house near E10 6QN by Mr Ashgrove.",
		"Order 999 000 0018 came from doctor 1234567 near E10 6QN.",
	} {
		d := about(text, patient...)
		assert.True(t, b.Prepare(&d).IsZero())
		require.Len(t, d.Releasable, 1, text)
		require.NoError(t, b.Form().Release(&d, "description", " Practice manager ", "It is what the box says."), text)
		s := b.Prepare(&d)
		assert.Equal(t, draft.Ready, d.State, "%s: %v %v", text, d.Privacy, d.Issues)
		assert.False(t, s.IsZero())
		assert.Empty(t, d.Releasable)
		for _, i := range d.Privacy {
			assert.Equal(t, fhir.Information, i.Severity)
		}
		assert.Contains(t, d.Trace, draft.Step{Target: "description", From: "release", Rule: joined(d.Releases[0].Rules)})
		b.Prepare(&d)
		assert.Len(t, d.Releases, 1)

		// An audit reads it back, and it serves for a draft that is made anew.
		data, err := json.Marshal(d)
		require.NoError(t, err)
		var stored struct{ Releases []draft.Release }
		require.NoError(t, json.Unmarshal(data, &stored))
		assert.Equal(t, d.Releases, stored.Releases)
		assert.Equal(t, "Practice manager", stored.Releases[0].By)
		again := about(text, patient...)
		again.Releases = stored.Releases
		assert.False(t, b.Prepare(&again).IsZero())

		// With a changed text it counts no more, and that is said.
		changed := about(text+" Again.", patient...)
		changed.Releases = stored.Releases
		assert.True(t, b.Prepare(&changed).IsZero(), text)
		assert.True(t, has(changed.Issues, "MAP-RELEASE"))
		assert.Len(t, changed.Releases, 1, "the audit still has it")
		assert.NotContains(t, fmt.Sprint(changed.Trace), "release")
		require.NoError(t, b.Form().Answer(&d, "description", text+" Again."))
		assert.True(t, b.Prepare(&d).IsZero())

		// It serves for no other property and for no other finding.
		other := stored.Releases[0]
		other.Rules = append([]string{"PRIVACY-POSTCODE"}, other.Rules...)
		again.Releases = []draft.Release{other}
		assert.True(t, b.Prepare(&again).IsZero())
		other = stored.Releases[0]
		other.Target = "outcome.immediateActions"
		again.Releases = []draft.Release{other}
		assert.True(t, b.Prepare(&again).IsZero())
	}
}

// A hint can be made to hold, too; a person then says that the answer matters.
func TestAHintThatHolds(t *testing.T) {
	b := builder(t, policyOf(t, map[string]string{"reidentification": "hold"}))
	e := good()
	e.EstimatedDate.PreciseTime = "10:31:00"
	e.RiskDetails = lfpse.RiskDetails{}
	e.Patients = []lfpse.Patient{{
		Age: lfpse.Age{Value: 62, Unit: lfpse.Years}, PatientEthnicity: "31", GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes,
		PhysicalHarm: lfpse.PhysicalNone, PsychologicalHarm: lfpse.PsychologicalNone,
	}}
	d := draft.Draft{Event: e}
	b.Prepare(&d)
	require.Equal(t, draft.Held, d.State, "%v %v", d.Issues, d.Questions)
	require.Len(t, d.Releasable, 1)
	require.NoError(t, b.Form().Release(&d, d.Releasable[0].Target, "Practice manager", "The minute matters."))
	assert.False(t, b.Prepare(&d).IsZero())
}

func joined(rules []string) (out string) {
	for i, r := range rules {
		if i > 0 {
			out += ", "
		}
		out += r
	}
	return out
}

func has(issues fhir.Issues, id string) bool {
	for _, i := range issues {
		if i.Rule == id {
			return true
		}
	}
	return false
}

// What belongs to a person is not released: neither by a person, nor by a release from
// elsewhere.
func TestNotReleasable(t *testing.T) {
	b := builder(t)
	for _, text := range []string{
		"Zelda Quirrell was given the vaccine twice.",
		"The vaccine of lot 999 000 0026 was given twice.", // the number of the record
		"The vaccine was given twice, NHS no 999 000 0018.",
		"The vaccine was given twice. Her NHS number is 9990000018.",
		"The vaccine was given twice, CHI 010101 1237.",
		"The vaccine was given twice, H&C number 320 000 0007.",
		"The vaccine was given twice, National Insurance no. AB 12 34 56 C.",
		"The vaccine was given twice: ring 07700 900123.",
		"The vaccine was given twice: write to mother@example.org.",
		"Mrs Ashgrove gave the vaccine twice, NHS number 999 000 0018, lot 999 000 0018.",
	} {
		d := about(text, patient...)
		b.Prepare(&d)
		assert.Equal(t, draft.Blocked, d.State, text)
		assert.Empty(t, d.Releasable, text)
		err := b.Form().Release(&d, "description", "Practice manager", "It is fine.")
		assert.ErrorContains(t, err, "cannot be released", text)
		assert.Empty(t, d.Releases, text)

		// Signed while the screen did not know the patient.
		before := about(text)
		b.Prepare(&before)
		if b.Form().Release(&before, "description", "Practice manager", "It is fine.") == nil {
			d.Releases = before.Releases
			assert.True(t, b.Prepare(&d).IsZero(), text)
			assert.Equal(t, draft.Blocked, d.State, text)
			assert.True(t, has(d.Issues, "MAP-RELEASE"), text)
		}
	}
}

func TestReleaseIsRefused(t *testing.T) {
	b := builder(t)
	const text = "Told Mrs Ashgrove that the vaccine fridge was open."
	for _, tt := range []struct{ target, by, why, want string }{
		{"description", "", "Read.", "needs who"},
		{"description", "Manager", " \t", "needs who"},
		{"description", "Manager, 07700 900123", "Read.", "personal data itself"},
		{"description", "manager@example.org", "Read.", "personal data itself"},
		{"description", "Manager", "Patient 999 000 0018 agrees.", "personal data itself"},
		{"description", "Manager", "Zelda Quirrell agrees.", "personal data itself"},
		{"description", "999 000 0018", "Read.", "personal data itself"},
		{"outcome.immediateActions", "Manager", "Read.", "nothing about this property"},
		{"no.such", "Manager", "Read.", "a property that an event does not have"},
	} {
		d := about(text, patient...)
		b.Prepare(&d)
		err := b.Form().Release(&d, tt.target, tt.by, tt.why)
		require.ErrorContains(t, err, tt.want, "%v", tt)
		assert.NotContains(t, err.Error(), "999")
		assert.Empty(t, d.Releases)
	}
	unprepared := about(text)
	assert.ErrorContains(t, b.Form().Release(&unprepared, "description", "Manager", "Read."), "prepare the draft first")
	closed := about(text)
	closed.State = draft.Sending
	assert.ErrorContains(t, b.Form().Release(&closed, "description", "Manager", "Read."), "cannot be changed")
	edited := about(text)
	b.Prepare(&edited)
	edited.Event.Description = "Told Mr Ashgrove that the vaccine fridge was open."
	assert.ErrorContains(t, b.Form().Release(&edited, "description", "Manager", "Read."), "is not what it was")
}

// A release that holds personal data is not kept, and one that is odd is a finding.
func TestReleasesFromElsewhere(t *testing.T) {
	b := builder(t)
	const text = "Told Mrs Ashgrove that the vaccine fridge was open."
	d := about(text, patient...)
	b.Prepare(&d)
	sound := d.Releasable[0]
	sound.By, sound.Why = "Manager", "Read."
	for name, change := range map[string]func(*draft.Release){
		"nobody":    func(r *draft.Release) { r.By = "" },
		"no reason": func(r *draft.Release) { r.Why = " " },
		"no rules":  func(r *draft.Release) { r.Rules = nil },
		"no digest": func(r *draft.Release) { r.Digest = "" },
		"no target": func(r *draft.Release) { r.Target = "Mrs Ashgrove" },
		"odd rule":  func(r *draft.Release) { r.Rules = []string{"Mrs Ashgrove"} },
		"private":   func(r *draft.Release) { r.Why = "Zelda Quirrell agrees" },
	} {
		r := sound
		change(&r)
		d := about(text, patient...)
		d.Releases = []draft.Release{r}
		assert.True(t, b.Prepare(&d).IsZero(), name)
		assert.Equal(t, draft.Held, d.State, name)
		require.True(t, has(d.Issues, "MAP-RELEASE"), name)
		assert.NotContains(t, d.Issues.Error(), "Ashgrove", name)
		assert.Equal(t, name != "private", len(d.Releases) == 1, name)
	}
	for _, shown := range []string{fmt.Sprint(sound), fmt.Sprintf("%+v", sound), fmt.Sprintf("%#v", sound), sound.LogValue().String()} {
		assert.NotContains(t, shown, "Manager")
	}
}
