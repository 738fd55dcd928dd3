package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

const identityMap = `
source: {reference: Ref, dates: ["02/01/2006", "2006-01-02"]}
fields:
  - {to: type, default: good-care}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: reporter.reporterContact, column: Contact}
  - {to: location.locationKnown, default: u}
  - {to: wentWell.howFutureOccurrence, default: Do it again.}
`

// release signs all that may be released, and checks the draft again.
func release(d *prepared) {
	for _, r := range d.Releasable {
		_ = newBuilder().Form().Release(&d.Draft, r.Target, "Practice manager", "It is no patient.")
	}
	newBuilder().Prepare(&d.Draft)
}

// What any column of the row says of a person is looked for in the texts, and nobody can
// release it there: a number that looks like an NHS number is the patient's if another
// cell says so.
func TestIdentifiersOfAnyColumn(t *testing.T) {
	m := compile(t, identityMap)
	const nhs = "999 000 0018"
	for _, tt := range []struct{ column, cell, mention string }{
		{"NHS number", nhs, nhs},
		{"NHSNumber", "9990000018", nhs},
		{"nhs_no", "999-000-0018", nhs},
		{"NHS number", "999 000 0019", "999 000 0019"}, // a wrong digit
		{"Column7", "9990000018", nhs},
		{"Column7", "NHS: 9990000018", nhs},
		{"Notes", "Seen in clinic twice. NHS no " + nhs + " in the letter of March, which the practice kept.", nhs},
		{"Lot number", "NHS no " + nhs, nhs}, // its own words say what it is
		{"CHI", "0101011237", "010101 1237"},
		{"Column7", "AB 12 34 56 C", "AB123456C"},
		{"Hospital number", "X-48213", "X48213"},
		{"Hospital No.", "RX48213", "RX 48213"},
		{"MRN", "4821377", "4821377"},
		{"EMIS number", "48213", "48213"},
		{"Patient ID", "P-0101", "P0101"},
		{"PatientID", "P-0101", "P0101"},
		{"Patient ref.", "48213-X", "48213X"},
		{"Patient's name", "Zelda Quirrell", "Zelda Quirrell"},
		{"Patient name", "QUIRRELL, Zelda (Mrs)", "Quirrell"},
		{"patient_surname", "Quirrell", "Quirrell"},
		{"Surname", "Quirrell", "Quirrell"},
		{"Forename", "Zelda", "Zelda"},
		{"Next of kin", "Zelda Quirrell", "Quirrell"},
		{"DOB", "17/04/1951", "17 April 1951"},
		{"Date of birth", "17 Apr 1951", "17/04/1951"},
		{"DateOfBirth", "1951-04-17", "17.04.1951"},
		{"Patient address", "14 Larkspur Row, Sampletown", "14 Larkspur Row"},
		{"Patient postcode", "ZQ1 9XW", "ZQ1 9XW"},
		{"Column7", "07700 900123", "07700900123"},
		{"Column7", "DOB 17/04/1951", "17 April 1951"},
		{"Column7", "MRN 4821377", "4821377"},
		{"Full name", "Zelda Quirrell", "Quirrell"},
		{"Name of person affected", "Zelda Quirrell", "Quirrell"},
		{"Client name", "Zelda Quirrell", "Quirrell"},
		{"Service user name", "Zelda Quirrell", "Quirrell"},
		{"Carer's name", "Zelda Quirrell", "Quirrell"},
		{"Born", "17/04/1951", "17 April 1951"},
		{"Hosp no", "X-48213", "X48213"},
		{"Unit number", "48213", "48213"},
		{"Address", "14 Larkspur Row, Sampletown", "14 Larkspur Row"},
		{"Post code", "ZQ1 9XW", "ZQ1 9XW"},
		{"Nat Ins No", "QQ123456C", "QQ 12 34 56 C"},
		{"Column7", "zelda@example.org", "zelda@example.org"},
	} {
		name := fmt.Sprintf("%s=%s", tt.column, tt.cell)
		text := "The vaccine was given to " + tt.mention + " in good time."
		c := cells{"Ref": "1", "Date": "05/03/2026", "What": text, tt.column: tt.cell}
		d := m.Map(row(c))
		require.Equal(t, draft.Blocked, d.State, "%s: %v", name, d.Issues)
		release(&d)
		assert.Equal(t, draft.Blocked, d.State, name)
		assert.Empty(t, d.Releases, name)

		log, err := m.Open(strings.NewReader("Ref,Date,What,Contact,\"" + tt.column + "\"\n1,05/03/2026,\"" + text + "\",,\"" + tt.cell + "\"\n"))
		require.NoError(t, err)
		for d, err := range log.Drafts() {
			require.NoError(t, err)
			assert.Equal(t, draft.Blocked, d.State, "%s in a log", name)
		}
		delete(c, tt.column)
		d = m.Map(row(c))
		release(&d)
		t.Logf("%s: without the column %s", name, d.State)
	}
}

// Cells about things, counts and staff systems are no identifiers of people, and a number
// in them does not keep a false alarm from being released.
func TestColumnsAboutThingsNameNobody(t *testing.T) {
	m := compile(t, identityMap)
	for _, tt := range []struct{ column, cell, text string }{
		{"Lot number", "999 000 0018", "The vaccine of lot 999 000 0018 was out of date."},
		{"Batch", "9990000018", "The vaccine of batch 999 000 0018 was out of date."},
		{"Order no", "9990000018", "The order 999 000 0018 of vaccine came late."},
		{"Datix ID", "9990000018", "Incident 999 000 0018 was about the same vaccine."},
		{"Patient safety incident ID", "9990000018", "Incident 999 000 0018 was about the same vaccine."},
		{"NHS England reference", "2026/48213", "It was told to NHS England as 2026/48213 too."},
		{"Address", "Sampletown", "The letter from Sampletown came in time."},
		{"Name of person reporting", "Sampletown", "The letter from Sampletown came in time."},
		{"System user name", "Sampletown", "The letter from Sampletown came in time."},
		{"Hospital type", "Sampletown", "The letter from Sampletown came in time."},
		{"Patients affected", "Long", "Long waits for the vaccine were cut."},
		{"Number of patients involved", "1234", "Of 1234 letters none was lost in the post."},
		{"Hospital", "Sampletown", "The letter from Sampletown came in time."},
		{"NHS trust name", "Sampletown", "The letter from Sampletown came in time."},
		{"Patient name", "Unknown", "The cause of the delay is Unknown to us all."},
		{"NHS number", "not known", "It was not known who had the key of the fridge."},
		{"NHS number", "pending", "The letter was pending and sent in time."},
		{"DOB", "05/03/2026", "Born and helped on 5 March 2026 without delay."}, // the day of the event
		{"Contact", "Jo, 01632 960001", "The call was answered at once, as it should be."},
		{"Reporter phone", "01632 960001", "The call was answered at once, as it should be."},
		{"Notes", "The lot was 999 000 0018, said the box, which nobody had looked at before.", "The vaccine of lot 999 000 0018 was out of date."},
	} {
		c := cells{"Ref": "1", "Date": "05/03/2026", "What": tt.text, "Contact": "Jo, 01632 960001", tt.column: tt.cell}
		d := m.Map(row(c))
		release(&d)
		assert.Equal(t, draft.Ready, d.State, "%s=%s: %v %v", tt.column, tt.cell, d.Issues, d.Privacy)
	}
}

func TestReadReleases(t *testing.T) {
	const head = "reference,target,finding,rules,digest,by,why\n"
	r, err := mapping.ReadReleases(strings.NewReader(head + "1,description,,PRIVACY-POSTCODE; PRIVACY-TITLED-NAME,AB,Manager,Read.\n2,description,,PRIVACY-POSTCODE,ab,,\n"))
	require.NoError(t, err)
	assert.Equal(t, "mapping.Releases(rows: 1)", fmt.Sprintf("%+v", r))

	_, err = mapping.ReadReleases(strings.NewReader(strings.TrimSpace(head) + ",by\n1,description,,PRIVACY-POSTCODE,ab,Manager,Read.,Somebody else\n"))
	require.Error(t, err, "who has signed is told twice")
	_, err = mapping.ReadReleases(strings.NewReader("reference,target\n"))
	assert.ErrorContains(t, err, "missing: rules, digest, by, why")
	_, err = mapping.ReadReleases(strings.NewReader(head + "1,description,,PRIVACY-POSTCODE,ab,Manager,\n2,description,,PRIVACY-POSTCODE,ab,,Read.\n,description,,PRIVACY-POSTCODE,ab,Manager,Read.\n4,description,,,ab,Manager,Read.\n"))
	require.Error(t, err)
	assert.Len(t, strings.Split(err.Error(), "\n"), 4, err)
}

// A release goes with its row; one for no row is a warning.
func TestReleasesOfALog(t *testing.T) {
	m := compile(t, identityMap)
	const text = "The vaccine of lot 999 000 0018 was out of date."
	d := m.Map(row(cells{"Ref": "1", "Date": "05/03/2026", "What": text}))
	require.Len(t, d.Releasable, 1)
	line := func(ref string) string {
		return fmt.Sprintf("%s,description,PRIVACY-NHS-NUMBER,%s,Manager,Read.\n", ref, d.Releasable[0].Digest)
	}
	r, err := mapping.ReadReleases(strings.NewReader("reference,target,rules,digest,by,why\n" + line("1") + line("2") + line("9")))
	require.NoError(t, err)
	log, err := m.Open(strings.NewReader("Ref,Date,What,Contact\n1,05/03/2026,"+text+",\n2,05/03/2026,"+text+" Again.,\n"), mapping.WithReleases(r))
	require.NoError(t, err)
	var states []draft.State
	for d, err := range log.Drafts() {
		require.NoError(t, err)
		states = append(states, d.State)
	}
	assert.Equal(t, []draft.State{draft.Ready, draft.Blocked}, states)
	require.Len(t, log.Warnings(), 1)
	assert.Equal(t, "MAP-RELEASE-UNUSED", log.Warnings()[0].Rule)
}

// A map may have a privacy policy, which the builder must follow.
func TestPolicyOfAMap(t *testing.T) {
	m, err := mapping.ParseMap([]byte(identityMap + "privacy:\n  titled-name: block\n  postcode: inform\n"))
	require.NoError(t, err)
	p, err := m.Policy()
	require.NoError(t, err)
	assert.Equal(t, "postcode=inform, titled-name=block", p.String())
	_, err = mapping.New(m, newBuilder().Form())
	var wrong *mapping.MapError
	require.ErrorAs(t, err, &wrong)
	assert.Len(t, wrong.Findings, 2)
	assert.ErrorContains(t, err, "submission.WithPolicy")
	_, err = mapping.New(m, newBuilder().Form().With(draft.WithPolicy(p)))
	assert.NoError(t, err)

	m, err = mapping.ParseMap([]byte("privacy:\n  titled-names: block\n  phone: hold\n  postcode: warn\n" + identityMap))
	require.NoError(t, err)
	_, err = m.Policy()
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong.Findings, 3)
	for _, f := range wrong.Findings {
		assert.Equal(t, "MAP-PRIVACY", f.Rule)
		assert.Positive(t, f.Line, f)
	}
	assert.Equal(t, 2, wrong.Findings[0].Line, "in the order of the file")
	_, err = mapping.New(m, newBuilder().Form())
	assert.ErrorContains(t, err, `there is no privacy class "titled-names"; there is address,`)
}
