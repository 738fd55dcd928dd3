package privacy_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// denied is a list of invented people.
func denied() *privacy.DenyList {
	return privacy.NewDenyList([]privacy.Term{
		{Class: privacy.FamilyName, Text: "Okonkwo-Smythe"},
		{Class: privacy.GivenName, Text: "Siobh\u00e1n Mary"},
		{Class: privacy.Name, Text: "BROWN, Will (Mr)"},
		{Class: privacy.Name, Text: "Dr Jo Li"},
		{Class: privacy.Name, Text: "Mrs Anna van der Berg"},
		{Class: privacy.FamilyName, Text: "O'Driscoll"},
		{Class: privacy.GivenName, Text: "George"},
		{Class: privacy.BirthDate, Text: "1950-02-01"},
		{Class: privacy.Address, Text: "Rosebank, 12 High Street, Anytown"},
		{Class: privacy.Postcode, Text: "E10 6QN"},
		{Class: privacy.Phone, Text: "+44 7700 900123"},
		{Class: privacy.Email, Text: "siobhan@example.org"},
		{Class: privacy.NHSNumber, Text: "999 000 0018"},
		{Class: privacy.Identifier, Text: "EMIS-12/34567"},
		{Class: privacy.Identifier, Text: "JD"},
		{Class: privacy.GivenName, Text: " - "},
		{Class: privacy.Name, Text: "Jan M\u00fcller"},
	})
}

func TestDenyListFinds(t *testing.T) {
	tests := map[string][]string{
		// Family names, whole, joined and by their parts.
		"Ms Okonkwo-Smythe fell":     {"name: Okonkwo-Smythe"},
		"okonkwo smythe":             {"name: okonkwo smythe"},
		"OKONKWOSMYTHE":              {"name: OKONKWOSMYTHE"},
		"Smythe's son":               {"name: Smythe"},
		"Odriscoll, O\u2019Driscoll": {"name: Odriscoll", "name: O\u2019Driscoll"},
		"frau van der Berg":          {"name: van der Berg"},
		"Mrs Berg":                   {"name: Berg"},
		// Given names, with and without accents, marks and width.
		"Siobhan rang":                   {"name: Siobhan"},
		"Siobh\u00e1n rang":              {"name: Siobh\u00e1n"},
		"Siobha\u0301n rang":             {"name: Siobha\u0301n"},
		"SIOB\u200bHAN rang":             {"name: SIOB\u200bHAN"},
		"\uff33iobhan rang":              {"name: \uff33iobhan"},
		"Siobhan Okonkwo":                {"name: Siobhan Okonkwo"},
		"it was George.":                 {"name: George"},
		"taken to St George's":           {"possible name: George"},
		"taken to St. George's Hospital": {"possible name: George"},
		// Ordinary words.
		"brown sputum, she will cough": {},
		"Brown sputum":                 {"possible name: Brown"},
		"Will cough":                   {"possible name: Will"},
		"patient will cough":           {},
		"PATIENT WILL COUGH":           {"possible name: WILL"},
		"Patient Will coughed":         {"name: Will"},
		"Mr Brown coughed":             {"name: Brown"},
		"mr brown coughed":             {"name: brown"},
		"Dr. Brown coughed":            {"name: Brown"},
		"Will Brown":                   {"name: Will Brown"},
		"will brown":                   {"name: will brown"},
		"BROWN, Will":                  {"name: BROWN, Will"},
		"W Brown":                      {"name: W Brown"},
		"W. Brown":                     {"name: W. Brown"},
		"Brown, W":                     {"name: Brown, W"},
		"A brown rash":                 {},
		"It healed. Brown scab":        {"possible name: Brown"},
		// Short names need company.
		"Li battery, jo":   {},
		"Jo Li came":       {"name: Jo Li"},
		"Dr Li came":       {"name: Li"},
		"J. Li came":       {"name: J. Li"},
		"Jo. Li batteries": {},
		// Whole words only.
		"Georgetown, Smythering, bergamot": {},
		"the Smythes and Georges mother":   {"name: Smythes", "name: Georges"},
		"Wills, Browns, the georges":       {},
		"in Jan 2026, 3 jan":               {},
		"Mueller, Muller, M\u00fcller":     {"name: Mueller", "name: Muller", "name: M\u00fcller"},
		"s/w Brown today":                  {"name: Brown"},
		// Dates of birth in every rendering.
		"01/02/1950":                  {"date of birth: 01/02/1950"},
		"1-2-50":                      {"date of birth: 1-2-50"},
		"1.2.1950":                    {"date of birth: 1.2.1950"},
		"1950-02-01T00:00":            {"date of birth: 1950-02-01"},
		"1950/2/1":                    {"date of birth: 1950/2/1"},
		"1 Feb 1950":                  {"date of birth: 1 Feb 1950"},
		"1st of February, 1950":       {"date of birth: 1st of February, 1950"},
		"Feb 1st 1950":                {"date of birth: Feb 1st 1950"},
		"01-FEB-50":                   {"date of birth: 01-FEB-50"},
		"01021950":                    {"date of birth: 01021950"},
		"19500201":                    {"date of birth: 19500201"},
		"010250":                      {"date of birth: 010250"},
		"02/01/1950, 01/02/1951":      {},
		"in February 1950, age 1":     {},
		"1 Mar 1950":                  {},
		"\uff11/\uff12/\uff15\uff10.": {"date of birth: \uff11/\uff12/\uff15\uff10"},
		// Addresses.
		"at 12 High Street":   {"address: 12 High Street"},
		"at 12, high st.":     {"address: 12, high st"},
		"at Rosebank today":   {"address: Rosebank"},
		"Anytown High Street": {},
		"112 High Street":     {},
		"E10 6QN":             {"address: E10 6QN"},
		"e106qn":              {"address: e106qn"},
		// Identifiers in any grouping.
		"7700900123":             {"telephone number: 7700900123"},
		"07700 900123":           {"telephone number: 07700 900123"},
		"0044 (0) 7700-900-123":  {"telephone number: 0044 (0) 7700-900-123"},
		"siobhan@example.org":    {"e-mail address: siobhan@example.org"},
		"9990000018":             {"NHS number: 9990000018"},
		"999 0000 018":           {"NHS number: 999 0000 018"},
		"emis 1234567":           {"identifier: emis 1234567"},
		"EMIS1234567":            {"identifier: EMIS1234567"},
		"EMIS12345678":           {},
		"XEMIS1234567":           {},
		"JD":                     {},
		"9990000018x":            {},
		"EMIS ,,,,,,,, 12 34567": {},
	}
	deny := denied()
	for text, want := range tests {
		assert.Equal(t, want, found(text, deny.Scan(text)), "%q", text)
	}
}

func TestEmptyDenyListFindsNothing(t *testing.T) {
	var none *privacy.DenyList
	assert.Empty(t, none.Scan("Siobhan"))
	assert.Empty(t, (&privacy.DenyList{}).Scan("Siobhan"))
	assert.Empty(t, privacy.NewDenyList(nil).Scan("Siobhan"))
	assert.Empty(t, privacy.NewDenyList([]privacy.Term{{}, {Class: privacy.Name, Text: ","}, {Class: privacy.BirthDate, Text: "1950"}, {Class: privacy.Name, Text: "Mrs"}, {Class: privacy.Address, Text: "12"}}).Scan("Mrs 1950, 12"))
}

// Of terms that start alike each is found, and of those that one text starts with the
// longest.
func TestDenyListOfTermsThatStartAlike(t *testing.T) {
	var terms []privacy.Term
	for i := range 3000 {
		terms = append(terms, privacy.Term{Class: privacy.Address, Text: fmt.Sprintf("%d High Street", i)}, privacy.Term{Class: privacy.Address, Text: fmt.Sprintf("Rose Court %d", i)},
			privacy.Term{Class: privacy.Identifier, Text: fmt.Sprintf("EMIS-%d", i)}, privacy.Term{Class: privacy.NHSNumber, Text: fmt.Sprintf("EMIS-%d", i)},
			privacy.Term{Class: privacy.GivenName, Text: "Siobhan"}, privacy.Term{Class: privacy.FamilyName, Text: "Siobhan"},
			privacy.Term{Class: privacy.BirthDate, Text: fmt.Sprintf("%d-02-%d", 1900+i%100, 1+i%28)})
	}
	deny := privacy.NewDenyList(terms)
	text := "At 2999 High Street or Rose Court 12, Rose Court 1 2, Rose Court x: emis 29, EMIS 3000, emis 2-9 and Siobhan, 1 Feb 1984, 3/2/02, 4/2/1984."
	want := []string{"address: 2999 High Street", "address: Rose Court 12", "address: Rose Court 1", "NHS number: emis 29", "NHS number: emis 2-9", "name: Siobhan", "date of birth: 1 Feb 1984", "date of birth: 3/2/02"}
	assert.Equal(t, want, found(text, deny.Scan(text)))
}

// What a long term starts with is enough.
func TestDenyListOfLongTerms(t *testing.T) {
	word := strings.Repeat("q", 50)
	long, row, code := strings.Repeat(word, 4), strings.Repeat(word+" ", 4)+word, ""
	for i := 100; i < 300; i++ {
		code += strconv.Itoa(i) + "-"
	}
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.FamilyName, Text: "X" + long}, {Class: privacy.Address, Text: "1 " + row}, {Class: privacy.Identifier, Text: code}})
	for text, want := range map[string][]string{
		"to x" + long + " at":       {"name: x" + long},
		"to x" + long[:80] + " at":  {},
		"to 1 " + row + " at":       {"address: 1 " + row[:3*len(word)+2]},
		"to 1 " + row[:100] + " at": {},
		"to " + code + " at":        {"identifier: " + code[:43*4-1]},
		"to " + code[:42*4] + " at": {},
	} {
		assert.Equal(t, want, found(text, deny.Scan(text)), text)
	}
}

func TestDenyListDoesNotPrintItsTerms(t *testing.T) {
	term := privacy.Term{Class: privacy.FamilyName, Text: "Okonkwo"}
	deny := privacy.NewDenyList([]privacy.Term{term})
	text := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", term, term, term, term, deny, deny, deny)
	assert.NotContains(t, strings.ToLower(text), "okonkwo")
}

// A name on the list is found between any words, however it is written.
func TestDenyListFindsEveryName(t *testing.T) {
	name := rapid.StringMatching(`[A-Z]q[b-df-hj-np-tv-z]{2,8}[aeiou]`) // no word has a q there
	words := rapid.StringMatching(`([0-9,.;:!?]{0,8} ){0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		given, family := name.Draw(t, "given"), name.Draw(t, "family")
		deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: given + " " + family}})
		write := rapid.SampledFrom([]func(string) string{strings.ToUpper, strings.ToLower, strings.Clone}).Draw(t, "case")
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		for _, who := range []string{given, family, given + " " + family, family + ", " + given} {
			text := before + write(who) + " " + after
			hits := deny.Scan(text)
			require.NotEmpty(t, hits)
			require.Equal(t, privacy.Name, hits[0].Class)
			require.Equal(t, len(before), hits[0].Start)
		}
	})
}

// A date of birth is found however it is written.
func TestDenyListFindsEveryBirthDate(t *testing.T) {
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.BirthDate, Text: "1950-02-01"}})
	for _, day := range []string{"1950-02-01", "01/02/1950", "1.2.50", "1 Feb 1950", "1st of February 1950", "February 1, 1950", "01021950", "19500201", "010250", "01 02 19 50", "0102-50"} {
		for _, text := range []string{day, "seen, " + day + ".", "\u2018" + day + "\u2019", "7 words and 10 mg; " + day + "; 3 years"} {
			assert.Equal(t, []string{"date of birth: " + day}, found(text, deny.Scan(text)), text)
		}
	}
	assert.Empty(t, deny.Scan("02/02/1950, 1 Feb 1951, 02021950, 020250, 0102195, 010219500, x01021950, 010250x"))
}

// A list of one date is made for every row of a log.
func TestDenyListOfADateIsSmall(t *testing.T) {
	terms := []privacy.Term{{Class: privacy.BirthDate, Text: "1950-02-01"}}
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { privacy.NewDenyList(terms) }), 2.0)
}

func TestDenyListDoesNotAllocateOnCleanText(t *testing.T) {
	deny := denied()
	assert.Zero(t, testing.AllocsPerRun(100, func() { deny.Scan(ordinaryText) }))
}

func BenchmarkDenyList(b *testing.B) {
	text := strings.Repeat(ordinaryText, 100)
	deny := denied()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		deny.Scan(text)
	}
}

func ExampleDenyList_Scan() {
	deny := privacy.NewDenyList([]privacy.Term{
		{Class: privacy.GivenName, Text: "Will"},
		{Class: privacy.FamilyName, Text: "Brown"},
		{Class: privacy.BirthDate, Text: "1950-02-01"},
	})
	for _, hit := range deny.Scan("Mr Brown (1 Feb 1950) will return. Brown sputum.") {
		fmt.Println(hit.Class, hit.Start, hit.End)
	}
	// Output:
	// name 3 8
	// date of birth 10 20
	// possible name 35 40
}
