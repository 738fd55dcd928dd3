package privacy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

func TestRedact(t *testing.T) {
	tests := map[string]string{
		"":          "",
		"all clear": "all clear",
		"Label for 999 000 0018 rang 07700 900123.":       "Label for [NHS-NUMBER] rang [PHONE].",
		"0101011237, 320 000 0015, AB123456C":             "[CHI-NUMBER], [HC-NUMBER], [NI-NUMBER]",
		"Siobhan O'Driscoll's tablets (dob 01/02/1950)":   "[NAME]'s tablets (dob [DATE-OF-BIRTH])",
		"Mr Brown, 12 High Street, E10 6QN":               "Mr [NAME], [ADDRESS], [ADDRESS]",
		"siobhan@example.org or EMIS 1234567":             "[EMAIL] or [IDENTIFIER]",
		"GMC 1234567; 71A2998E":                           "GMC [PROFESSIONAL-NUMBER]; 71A2998E",
		"dob 3/4/51, E10 6QP, Mrs Quux, doctor 1234567":   "dob [DATE-OF-BIRTH], [POSTCODE], Mrs [NAME], doctor [PROFESSIONAL-NUMBER]",
		"9990000018@example.org":                          "[EMAIL]",
		"Brown sputum. The NHS number is é9990000018é":    "[NAME] sputum. The NHS number is é[NHS-NUMBER]é",
		"[NHS-NUMBER] and [NAME], Mr [NAME] of [ADDRESS]": "[NHS-NUMBER] and [NAME], Mr [NAME] of [ADDRESS]",
	}
	screener, deny := newScreener(), denied()
	for text, want := range tests {
		got := privacy.Redact(text, screener.ScanText(text, deny))
		assert.Equal(t, want, got)
		assert.Equal(t, got, privacy.Redact(got, screener.ScanText(got, deny)), "again")
	}
}

func TestRedactCutsHitsToTheText(t *testing.T) {
	hits := []privacy.Hit{{Class: privacy.Name, Start: 4, End: 99}, {Class: privacy.Phone, Start: -3, End: 2}, {Class: privacy.Name, Start: 50, End: 60}, {Class: privacy.Name, Start: 3, End: 3}}
	assert.Equal(t, "[PHONE]cd[NAME]", privacy.Redact("abcdef", hits))
	assert.Equal(t, "", privacy.Redact("", hits))
	assert.Len(t, hits, 4)
	assert.Equal(t, 4, hits[0].Start, "the caller's hits stay as they are")
}

// A token is a wall: what is written beside it is found no better and no worse for
// the value having gone.
func TestTokensBringNothingToLight(t *testing.T) {
	for _, text := range []string{
		"GMC 1234567 7654321", "999-000-0018-07700900123", "1950-02-01T9990000018", "12 High St George", "1/2/1950AB123456C", "x07700900123-999-000-0018",
		"Parkinson 12 High Street", "Chi Number, 0101011237", "Siobhan999", "DOB 07700 900123 3/4/51",
	} {
		deny := privacy.NewDenyList([]privacy.Term{
			{Class: privacy.Name, Text: "Chi Number"}, {Class: privacy.Name, Text: "Siobhan Parkinson"}, {Class: privacy.GivenName, Text: "George"}, {Class: privacy.BirthDate, Text: "1950-02-01"},
			{Class: privacy.Address, Text: "12 High St"}, {Class: privacy.Address, Text: "12 High Street"}, {Class: privacy.FamilyName, Text: "Name Birth"},
		})
		requireRedacted(t, newScreener(), deny, text)
	}
}

// requireRedacted requires that a text, redacted, holds no more errors and is
// otherwise unchanged.
func requireRedacted(t require.TestingT, screener *privacy.Screener, deny *privacy.DenyList, text string) {
	hits := screener.ScanText(text, deny)
	serious := []privacy.Hit{}
	for _, h := range hits {
		if screener.Severity(h.Class) == fhir.Error {
			serious = append(serious, h)
		}
	}
	for _, taken := range [][]privacy.Hit{hits, serious} {
		redacted := privacy.Redact(text, taken)
		for _, h := range screener.ScanText(redacted, deny) {
			require.NotEqual(t, fhir.Error, screener.Severity(h.Class), "%q became %q, which has %v", text, redacted, h)
		}
		requireSameElsewhere(t, text, redacted, taken)
	}
}

// requireSameElsewhere walks through both texts and requires that what lies outside
// the hits is there, in order, with a token for what was between.
func requireSameElsewhere(t require.TestingT, text, redacted string, hits []privacy.Hit) {
	gone := make([]bool, len(text))
	for _, h := range hits {
		for i := h.Start; i < h.End; i++ {
			gone[i] = true
		}
	}
	starts := map[int]bool{}
	for _, h := range hits {
		starts[h.Start] = true
	}
	for i := 0; i < len(text); {
		if !gone[i] {
			require.NotEmpty(t, redacted)
			require.Equal(t, text[i], redacted[0])
			redacted, i = redacted[1:], i+1
			continue
		}
		require.True(t, strings.HasPrefix(redacted, "["))
		_, redacted, _ = strings.Cut(redacted, "]")
		// One token stands for hits that overlap, one each for those that touch.
		for i++; i < len(text) && gone[i] && !(starts[i] && !spansOver(hits, i)); i++ {
		}
	}
	require.Empty(t, redacted)
}

// spansOver reports whether a hit starts before i and ends after it.
func spansOver(hits []privacy.Hit, i int) bool {
	for _, h := range hits {
		if h.Start < i && i < h.End {
			return true
		}
	}
	return false
}

// pieces are what texts that are hard on the screen are made of.
var pieces = rapid.SampledFrom([]string{
	"999 000 0018", "9990000018", "-", " ", ", ", ".", "T", "O", "0", "1", "12", "/", "\n", "[", "]", "[NAME]", "[NHS-NUMBER]", "GMC", "dob ", "born", "1/2/50", "1950-02-01", "3 Feb 1951",
	"07700 900123", "07700900123", "+44", "jo@example.org", "@", "Brown", "Will", "will", "Mr ", "St ", "George", "Siobhan", "Okonkwo", "Smythe", "Li", "Jo", "J", "W", "12 High Street", "High St",
	"E10", "6QN", "AB", "123456", "C", "1234567", "emis", "doctor", "'s", "disease", "\u200b", "\u00a0", "patient ", "was ", "van der ", "Berg", "320 000 0015", "G1234567", "nhs",
})

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(pieces, 0, 14).Draw(t, "pieces"), "")
}

func TestRedactedTextIsClean(t *testing.T) {
	screener, deny := newScreener(), denied()
	rapid.Check(t, func(t *rapid.T) { requireRedacted(t, screener, deny, drawText(t)) })
}

func TestRedactEvent(t *testing.T) {
	screener, deny := newScreener(), denied()
	event, shared := cleanEvent(), "Mr Brown, é 999 000 0018, near E10 6QP."
	event.Description = &shared
	event.Extension[0].Extension[0] = field("Description", "rang 07700 900124")
	event.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterContact", "jo@example.org, but not 07700 900123 of Siobhan")
	event.Contained[3].Device.Manufacturer = new("George & Sons, 9990000018")
	issues := screener.RedactEvent(event, deny)

	assert.Equal(t, "Mr [NAME], é [NHS-NUMBER], near E10 6QP.", *event.Description)
	assert.Equal(t, "Mr Brown, é 999 000 0018, near E10 6QP.", shared, "others who hold the string keep it")
	assert.Equal(t, "rang [PHONE]", *event.Extension[0].Extension[0].ValueString)
	assert.Equal(t, "jo@example.org, but not [PHONE] of [NAME]", *event.Contained[1].Practitioner.Extension[0].Extension[0].ValueString)
	assert.Equal(t, "George & Sons, [NHS-NUMBER]", *event.Contained[3].Device.Manufacturer)
	assert.False(t, screener.ScanEvent(event, deny).HasErrors())
	var lines []string
	for _, issue := range issues {
		assert.Equal(t, fhir.Information, issue.Severity)
		lines = append(lines, issue.Rule+" "+issue.Path+" "+issue.Text)
	}
	assert.Equal(t, []string{
		"PRIVACY-REDACTED AdverseEvent.contained[1].extension[0].extension[0].value A telephone number stood at characters 25 to 36 and was replaced by [PHONE].",
		"PRIVACY-REDACTED AdverseEvent.contained[1].extension[0].extension[0].value The name of a person in the source record stood at characters 41 to 47 and was replaced by [NAME].",
		"PRIVACY-REDACTED AdverseEvent.contained[3].manufacturer An NHS number stood at characters 16 to 25 and was replaced by [NHS-NUMBER].",
		"PRIVACY-REDACTED AdverseEvent.description An NHS number stood at characters 13 to 24 and was replaced by [NHS-NUMBER].",
		"PRIVACY-REDACTED AdverseEvent.description The name of a person in the source record stood at characters 4 to 8 and was replaced by [NAME].",
		"PRIVACY-REDACTED AdverseEvent.extension[0].extension[0].value A telephone number stood at characters 6 to 17 and was replaced by [PHONE].",
	}, sorted(lines))
	assert.Empty(t, screener.RedactEvent(event, deny), "again")
	assert.Empty(t, screener.RedactEvent(nil, deny))
}

// What is no free text stays, and keeps being refused.
func TestRedactEventLeavesCodesAlone(t *testing.T) {
	const nhs = "9990000018"
	screener := newScreener()
	event := cleanEvent()
	event.Id = new(nhs)
	event.Text = &r4.Narrative{Div: nhs}
	event.Extension[0].ValueCode = new(nhs)
	event.Contained[2].Patient.Name = []r4.HumanName{{Text: new("Siobhan")}}
	event.Encounter = &r4.Reference{Reference: new("Encounter/" + nhs)}
	event.Contained = append(event.Contained, fhir.Resource{Other: json.RawMessage(`{"resourceType":"Basic","text":"` + nhs + `"}`)})
	refused := screener.ScanEvent(event, nil)
	assert.Empty(t, screener.RedactEvent(event, nil))
	assert.Equal(t, []string{nhs, nhs, nhs}, []string{*event.Id, event.Text.Div, *event.Extension[0].ValueCode})
	assert.Equal(t, refused, screener.ScanEvent(event, nil))
	assert.Len(t, refused, 7)
}

// Classes raised to errors are replaced too.
func TestRedactEventFollowsTheScreener(t *testing.T) {
	event := &fhir.AdverseEvent{Description: new("near E10 6QN, told Mrs Quux")}
	assert.Len(t, newScreener(raised(t, privacy.Postcode, privacy.TitledName)).RedactEvent(event, nil), 2)
	assert.Equal(t, "near [POSTCODE], told Mrs [NAME]", *event.Description)
}

func FuzzRedact(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	screener, deny := newScreener(), denied()
	f.Fuzz(func(t *testing.T, text string) {
		requireRedacted(t, screener, deny, text)
		event := &fhir.AdverseEvent{Description: &text}
		screener.RedactEvent(event, deny)
		if screener.ScanEvent(event, deny).HasErrors() {
			t.Fatalf("errors are left in %q", *event.Description)
		}
	})
}

func ExampleRedact() {
	screener := newScreener()
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Will Brown"}})
	text := "Mr Brown (NHS 999 000 0018) got the tablets of another patient."
	fmt.Println(privacy.Redact(text, screener.ScanText(text, deny)))
	// Output:
	// Mr [NAME] (NHS [NHS-NUMBER]) got the tablets of another patient.
}

func ExampleScreener_RedactEvent() {
	screener := newScreener()
	event := &fhir.AdverseEvent{Description: new("Wrong label for 999 000 0018.")}
	fmt.Println(screener.RedactEvent(event, nil))
	fmt.Println(*event.Description)
	// Output:
	// information PRIVACY-REDACTED at AdverseEvent.description: An NHS number stood at characters 17 to 28 and was replaced by [NHS-NUMBER]. Read the text again and make sure that it still says what happened.
	// Wrong label for [NHS-NUMBER].
}
