package privacy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

func policy(t testing.TB, settings map[string]string) privacy.Policy {
	t.Helper()
	p, err := privacy.ParsePolicy(settings)
	require.NoError(t, err)
	return p
}

// raised makes classes block.
func raised(t testing.TB, classes ...privacy.Class) privacy.Option {
	settings := map[string]string{}
	for _, c := range classes {
		settings[c.Setting()] = "block"
	}
	return privacy.WithPolicy(policy(t, settings))
}

// Every class has an effect, and the catalogue says the same about its findings.
func TestEveryClassHasAnEffect(t *testing.T) {
	table := privacy.EffectTable()
	for _, c := range privacy.Classes() {
		r, found := rule.Lookup(c.Rule())
		require.True(t, found, c.Rule())
		assert.Equal(t, c.Effect().Severity(), r.Severity, c.Rule())
		assert.GreaterOrEqual(t, c.Effect(), c.Lowest(), c.Rule())
		assert.Positive(t, c.Lowest(), c.Rule())
		assert.Contains(t, table, "| "+c.Setting()+" | "+c.Rule())
		if !c.Releasable() {
			assert.Equal(t, c.Effect(), c.Lowest(), "%s: what nobody may release is not lowered either", c)
		}
		back, ok := privacy.ClassOf(c.Rule())
		assert.True(t, ok)
		assert.Equal(t, c, back)
	}
	assert.Equal(t, privacy.Block, privacy.Class(255).Effect(), "an unknown class blocks")
	assert.False(t, privacy.Class(255).Releasable())
	_, ok := privacy.ClassOf("PRIVACY-REDACTED")
	assert.False(t, ok)
	assert.Equal(t, privacy.Inform, privacy.PossibleName.Effect())
	assert.Equal(t, privacy.Inform, privacy.Reidentification.Effect())
	assert.Equal(t, "none", privacy.Effect(0).String())
}

func TestParsePolicy(t *testing.T) {
	p := policy(t, map[string]string{"titled-name": "block", " Possible Name": "Hold", "PRIVACY-POSTCODE": "inform", "professional_number": "hold", "email": "block"})
	assert.Equal(t, privacy.Block, p.Effect(privacy.TitledName))
	assert.Equal(t, privacy.Hold, p.Effect(privacy.PossibleName))
	assert.Equal(t, privacy.Inform, p.Effect(privacy.Postcode))
	assert.Equal(t, privacy.Block, p.Effect(privacy.NHSNumber), "the default")
	assert.Equal(t, []privacy.Class{privacy.ProfessionalNumber, privacy.Postcode}, p.Weaker())
	assert.True(t, p.Chooses(privacy.Email))
	assert.False(t, p.Chooses(privacy.Phone))
	assert.Equal(t, "email=block, possible-name=hold, postcode=inform, professional-number=hold, titled-name=block", p.String())

	over := policy(t, map[string]string{"postcode": "block"}).Over(p)
	assert.Equal(t, privacy.Block, over.Effect(privacy.Postcode))
	assert.Equal(t, privacy.Hold, over.Effect(privacy.PossibleName))
	assert.Empty(t, privacy.Policy{}.Weaker())
	assert.Equal(t, privacy.Hold, privacy.Policy{}.Over(privacy.Policy{}).Effect(privacy.TitledName))
}

func TestParsePolicyListsAllThatIsWrong(t *testing.T) {
	_, err := privacy.ParsePolicy(map[string]string{
		"nhs-number": "hold", "email": "inform", "name": "hold", "titled-names": "hold", "postcode": "warn", "professional-number": "inform", "birth-date": "",
		strings.Repeat("a long text ", 20): "hold",
	})
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	assert.Len(t, lines, 8)
	for _, want := range []string{
		"nhs-number cannot be lowered to hold", "email cannot be lowered to inform", "name cannot be lowered to hold",
		`there is no privacy class "titled-names"; there is address, `, `postcode: there is no effect "warn"; there is inform, hold, block`,
		"professional-number cannot be lowered to inform; the weakest effect that it may have is hold", `birth-date: there is no effect ""`,
	} {
		assert.Contains(t, err.Error(), want)
	}
	assert.NotContains(t, err.Error(), strings.Repeat("a long text ", 10), "a text in the wrong place is not repeated")
	_, err = privacy.ParsePolicy(map[string]string{"postcode": "hold", "PRIVACY-POSTCODE": "block"})
	assert.ErrorContains(t, err, "postcode is set twice")
}

// A policy changes the severities of findings, but for what nobody may release.
func TestPolicyDecidesTheSeverity(t *testing.T) {
	p := policy(t, map[string]string{"titled-name": "inform", "professional-number": "hold", "birth-date": "hold", "possible-name": "block"})
	screener, deny := newScreener(privacy.WithPolicy(p)), denied()
	for text, want := range map[string]fhir.Severity{
		"told Mrs Quux":                 fhir.Information,
		"GMC 1234567":                   fhir.Warning,
		"GMC 1234567 was noted":         fhir.Warning,
		"the boy was born 3 March 2011": fhir.Warning,
		"born 1 Feb 1950":               fhir.Error, // of the source record
		"Brown sputum":                  fhir.Error,
		"NHS no 999 000 0018":           fhir.Error,
	} {
		issues := screener.ScanEvent(&fhir.AdverseEvent{Description: &text}, deny)
		require.NotEmpty(t, issues, text)
		for _, i := range issues {
			assert.Equal(t, want, i.Severity, "%s: %s", text, i.Rule)
		}
	}
	assert.Equal(t, fhir.Information, screener.Severity(privacy.TitledName))
	event := &fhir.AdverseEvent{Description: new("GMC 1234567, born 1 Feb 1950")}
	screener.RedactEvent(event, deny)
	assert.Equal(t, "GMC 1234567, born [DATE-OF-BIRTH]", *event.Description, "what blocks is redacted")
}

// What a person may not release: the people of the source record, numbers that the text
// itself names, e-mail addresses and telephone numbers. What only looks like such a number
// can be released.
func TestUnreleasable(t *testing.T) {
	const number = "999 000 0018"
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Siobhan Quux"}, {Class: privacy.NHSNumber, Text: "9990000026"}, {Class: privacy.FamilyName, Text: "Brown"}})
	for text, fixed := range map[string]bool{
		"lot " + number:                                   false,
		"vaccine batch " + number + " was given":          false,
		"The NHS pharmacy had lot " + number:              false,
		"the chi squared test gave " + number:             false,
		"order " + number:                                 false,
		"Mrs Jones rang":                                  false,
		"near E10 6QN":                                    false,
		"Brown sputum":                                    false,
		"NHS no " + number:                                true,
		"NHS number: " + number:                           true,
		"nhs " + number:                                   true,
		"NHS № " + number:                                 true,
		"her NHS number is " + number:                     true,
		"NHS number of the patient: " + number:            true,
		number + " (NHS number)":                          true,
		number + " is her NHS number":                     true,
		number + " was the patient's NHS no.":             true,
		number + " = NHS number":                          true,
		"her NHS number, " + number + ", was wrong":       true,
		"NHS number on the label was " + number:           true,
		"NHS number for this lady " + number:              true,
		"0101011237 is her CHI":                           true,
		"AB123456C is his NI number":                      true,
		number + " (her NHS number)":                      true,
		number + " is an NHS stock code":                  false,
		number + ", NHS number not known":                 false,
		"NHS number missing, lot " + number:               false,
		"N H S no " + number:                              true,
		"(NHS) " + number:                                 true,
		"Health & Care number: 320 000 0007":              true,
		"NHS nos " + number + " and 999 000 0026":         true,
		"N.H.S. no. " + number:                            true,
		"CHI 010101 1237":                                 true,
		"CHI number for patient 010101 1237":              true,
		"H&C no 320 000 0007":                             true,
		"NI number AB 12 34 56 C":                         true,
		"National Insurance no. AB123456C":                true,
		"lot 999 000 0026, which is the patient's number": true,
		"write to siobhan@example.org":                    true,
		"ring 07700 900123":                               true,
		"ring 01632 960001 about lot " + number:           true,
		"Siobhan Quux rang":                               true,
		"Mr Brown rang":                                   true,
		"Nothing":                                         false,
	} {
		assert.Equal(t, fixed, len(privacy.Unreleasable(text, deny)) > 0, text)
	}
	text := "ｌot 999 000 0018, NHS no 999 000 0018"
	hits := privacy.Unreleasable(text, nil)
	require.Len(t, hits, 1)
	assert.Equal(t, "NHS no ", text[strings.Index(text, "NHS"):hits[0].Start], "offsets are those of the text itself")
}
