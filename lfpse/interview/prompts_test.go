package interview_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func codec(t testing.TB) *lfpse.Codec {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	return c
}

func guide(t testing.TB, own string) *interview.Guide {
	var data []byte
	if own != "" {
		data = []byte(own)
	}
	g, err := interview.New(codec(t), data)
	require.NoError(t, err)
	return g
}

// event makes an event of a type with a description and properties, as "target=value"
// with a semicolon between.
func event(t testing.TB, c *lfpse.Codec, typ lfpse.EventType, text, fields string) lfpse.Event {
	e := lfpse.Event{Type: typ, Description: text}
	for f := range strings.SplitSeq(fields, ";") {
		if target, value, ok := strings.Cut(f, "="); ok {
			a, err := c.Accessor(target)
			require.NoError(t, err)
			v, err := a.Parse(value)
			require.NoError(t, err)
			a.Put(&e, v)
		}
	}
	return e
}

func names(notes []interview.Note) string {
	var ids []string
	for _, n := range notes {
		ids = append(ids, n.ID)
	}
	return strings.Join(ids, " ")
}

// promptCase says which prompts an incident raises, all of them and no others.
type promptCase struct{ text, fields, want string }

var promptCases = []promptCase{
	// Harm grades.
	{"Wrong dose given.", "patients[0].physicalHarm=none", ""},
	{"Wrong dose given.", "patients[0].physicalHarm=low", ""},
	{"Wrong dose given.", "patients[0].physicalHarm=moderate", "duty-of-candour"},
	{"Wrong dose given.", "patients[0].physicalHarm=severe", "duty-of-candour cqc"},
	{"Wrong dose given.", "patients[0].physicalHarm=fatal", "duty-of-candour cqc coroner"},
	{"Wrong dose given.", "patients[0].psychologicalHarm=low", ""},
	{"Wrong dose given.", "patients[0].psychologicalHarm=moderate", "duty-of-candour"},
	{"Wrong dose given.", "patients[0].psychologicalHarm=severe", "duty-of-candour cqc"},
	{"Wrong dose given.", "patients[0].physicalHarm=low;patients[1].physicalHarm=moderate", "duty-of-candour"},
	{"Wrong dose given.", "patients[0].physicalHarm=moderate;governance.dutyOfCandour=false", ""},
	{"Wrong dose given.", "patients[0].physicalHarm=severe;governance.cqcNotify=true", "duty-of-candour"},
	// Death and injury in words.
	{"Pt RIP last week.", "", "duty-of-candour cqc coroner"},
	{"Patient's husband died last week. Letter went astray.", "", ""},
	{"She nearly died.", "", ""},
	{"Death cert. query.", "", ""},
	{"Death certificate requested by the wrong practice.", "", ""},
	{"Death certificate delayed.", "", "duty-of-candour cqc coroner"},
	{"Bereavement call not made.", "", ""},
	{"Bereaved patient was sent the wrong letter.", "", ""},
	{"The bereaved family was not called.", "", "duty-of-candour cqc coroner"},
	{"Permanent loss of hearing after the syringing.", "", "duty-of-candour cqc"},
	{"Below knee amputation after the ulcer was missed.", "", "duty-of-candour cqc"},
	{"Cardiac arrest in the waiting room.", "", "duty-of-candour cqc"},
	{"Previous amputation of the left leg. Dressing changed late.", "", ""},
	{"Fell off the couch, # NOF.", "", "duty-of-candour cqc"},
	{"Tripped on the mat and broke her hip.", "", "duty-of-candour cqc"},
	{"Hx of #NOF 2019, alendronate not issued.", "", ""},
	{"Fractured hip ruled out by X-ray after a wait of 4 hours.", "", ""},
	{"Temporal arteritis missed, now blind in one eye.", "", "duty-of-candour cqc"},
	{"FHx sudden cardiac death, ECG not reported.", "", ""},
	{"No permanent damage to the eye.", "", ""},
	// CQC.
	{"Police were called to the surgery.", "", "cqc"},
	{"No police needed.", "", ""},
	{"Practice closed for the day after the flood.", "", "cqc"},
	{"We had to close the branch surgery.", "", "cqc"},
	{"Phones down, cancelled all clinics.", "", "cqc"},
	{"The surgery was closed for Christmas.", "", ""},
	// Yellow Card.
	{"Anaphylaxis after the flu vaccine.", "", "yellow-card"},
	{"Suspected side effects of the new statin.", "", "yellow-card"},
	{"Rash after the second dose of amoxicillin.", "", "yellow-card"},
	{"No side effects reported.", "", ""},
	{"Rash seen by video and missed.", "", ""},
	{"Anaphylaxis kit out of date.", "", ""},
	{"The nebuliser was faulty.", "", "yellow-card"},
	{"EpiPen did not fire.", "", "yellow-card"},
	{"Contaminated vaccine vial.", "", "yellow-card"},
	{"Vomiting.", "problemMedication.drugReaction=1", "yellow-card"},
	{"Vomiting.", "problemMedication.drugReaction=6", ""},
	{"Vomiting.", "problemDevices.deviceBrokenDetails=3", "yellow-card"},
	{"Anaphylaxis after the flu vaccine.", "agent.yellowCardReference=YC1", ""},
	// Never events.
	{"Methotrexate taken daily for five days.", "", "never-event"},
	{"Methotrexate weekly, folic acid daily, bloods late.", "", ""},
	{"Insulin 4u misread as 40 units.", "", "never-event"},
	{"Insulin drawn up from the pen cartridge with a syringe.", "", "never-event"},
	{"Insulin given late.", "", ""},
	{"Oral morphine was injected by mistake.", "", "never-event controlled-drugs"},
	{"Given by the wrong route.", "problemMedication.medicationAdministeredIncorrectly=1", "never-event"},
	{"Mole removed from the wrong side.", "", "never-event"},
	{"Wrong mole removed.", "", "never-event"},
	{"Methotrexate prescribed daily instead of weekly.", "", "never-event"},
	{"MTX 2.5mg od dispensed, weekly on the repeat.", "", "never-event"},
	{"Methotrexate every week and folic acid od, FBC overdue.", "", ""},
	{"Methotrexate weekly, bloods every 3 months.", "", ""},
	{"Swab left inside after the coil fitting.", "", "never-event"},
	{"Wrong side written on the referral.", "", ""},
	{"Patient connected to the air flowmeter.", "", "never-event"},
	{"Wrong mole removed.", "governance.neverEvent=true", ""},
	// Controlled drugs.
	{"Morphine missing from the cupboard.", "", "controlled-drugs"},
	{"CD register balance wrong.", "", "controlled-drugs"},
	{"Fentanyl patch 75 issued instead of 25.", "", "controlled-drugs"},
	{"On morphine. Fell at home.", "", ""},
	{"MST 60 bd issued, shld be 10 bd.", "", "controlled-drugs"},
	{"Tramadol stolen from the bag.", "", "controlled-drugs"},
	{"Allergic to codeine, sent the wrong letter.", "", ""},
	// Safeguarding.
	{"Unexplained bruises on the child.", "", "cqc safeguarding"},
	{"Domestic violence disclosed at the smear.", "", "safeguarding"},
	{"No safeguarding concerns.", "", ""},
	{"Safeguarding training out of date.", "", ""},
	{"No safeguarding referral was made although the child had bruises.", "", "safeguarding"},
	{"Was not referred to safeguarding by the GP.", "", "safeguarding"},
	{"SG concern raised by HV, not actioned.", "", "safeguarding"},
	{"CP conference report not sent.", "", "safeguarding"},
	{"Pt with CP and SOB booked as routine.", "", ""},
	{"Patient says the locum touched her inappropriately.", "", "cqc safeguarding"},
	{"Alcohol abuse in the history.", "", ""},
	{"Neglected by his carers.", "", "cqc safeguarding"},
	{"Unexplained bruises on the child.", "governance.localAuthoritySafeguarding=true", "cqc"},
	// ICO.
	{"Letter sent to the wrong patient.", "", "ico"},
	{"Results emailed to the wrong address.", "", "ico"},
	{"Laptop stolen from a car.", "", "ico"},
	{"Data breach: notes left on the bus.", "", "ico"},
	{"Results texted to her mum's mobile.", "", "ico"},
	{"Emailed spreadsheet with pt names to wrong practice.", "", "ico"},
	{"Letter posted to the old address, neighbour had it & opened it.", "", "ico"},
	{"Third party info not redacted from the copy for the solicitor.", "", "ico"},
	{"Patient could see another patient's results on the app.", "", "ico"},
	{"Pt saw the nurse, the wrong record was open.", "", ""},
	{"Letter went to the old address and came back.", "", ""},
	{"Letter sent to the wrong department.", "", ""},
	{"Letter nearly sent to the wrong patient.", "", ""},
	// Several, none, and texts besides the description.
	{"Took an overdose of oxycodone prescribed in error and died. Police informed.", "", "duty-of-candour cqc controlled-drugs coroner"},
	{"Blood test form lost.", "", ""},
	{"", "", ""},
	{"Wrong tablets.", "outcome.immediateActions=Patient has since died.", "duty-of-candour cqc coroner"},
	{"Wrong tablets.", "patients[0].clinicalOutcome=Permanent loss of vision.", "duty-of-candour cqc"},
}

func TestPrompts(t *testing.T) {
	g, c := guide(t, ""), codec(t)
	require.GreaterOrEqual(t, len(promptCases), 60)
	for _, p := range promptCases {
		e := event(t, c, lfpse.TypeIncident, p.text, p.fields)
		before, err := json.Marshal(e)
		require.NoError(t, err)
		a := g.Advise(&e)
		assert.Equal(t, p.want, names(a.Prompts), "%s (%s)", p.text, p.fields)
		after, err := json.Marshal(e)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after), "the event has changed")
		for _, n := range a.Prompts {
			assert.True(t, strings.HasPrefix(n.Text, "Consider "), n.ID)
			assert.NotEmpty(t, n.Facts, n.ID)
			assert.Contains(t, n.Source.String(), n.Source.Publisher)
		}
	}
}

// Some duties do not arise for some types.
func TestPromptsByType(t *testing.T) {
	g := guide(t, "")
	for typ, want := range map[lfpse.EventType]string{
		lfpse.TypeIncident: "duty-of-candour cqc coroner", lfpse.TypeOutcome: "duty-of-candour cqc coroner", "": "duty-of-candour cqc coroner",
		lfpse.TypeRisk: "", lfpse.TypeGoodCare: "",
	} {
		assert.Equal(t, want, names(g.Advise(&lfpse.Event{Type: typ, Description: "Patient died."}).Prompts), typ)
	}
}
