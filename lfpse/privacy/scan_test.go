package privacy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// found lists the hits as class and text, which only a test may do.
func found(text string, hits []privacy.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Class.String()+": "+text[h.Start:h.End])
	}
	return out
}

func TestScanFinds(t *testing.T) {
	tests := map[string][]string{
		// NHS numbers in the forms people write.
		"NHS no 9990000018.":              {"NHS number: 9990000018"},
		"999 000 0018":                    {"NHS number: 999 000 0018"},
		"999-000-0018 seen":               {"NHS number: 999-000-0018"},
		"999.000.0018":                    {"NHS number: 999.000.0018"},
		"999 - 000 - 0018":                {"NHS number: 999 - 000 - 0018"},
		"999 0000018":                     {"NHS number: 999 0000018"},
		"99900 00018":                     {"NHS number: 99900 00018"},
		"9 9 9 0 0 0 0 0 1 8":             {"NHS number: 9 9 9 0 0 0 0 0 1 8"},
		"NHS9990000018":                   {"NHS number: 9990000018"},
		"9990000018and":                   {"NHS number: 9990000018"},
		"nhs_9990000018_v2":               {"NHS number: 9990000018"},
		"(9990000018)":                    {"NHS number: 9990000018"},
		"aged 45 999 000 0018 22/11/2026": {"NHS number: 999 000 0018"},
		"01/02/1950/9990000018":           {"NHS number: 9990000018"},
		"Patient/9990000018":              {"NHS number: 9990000018"},
		"9990000018 and 9990000026":       {"NHS number: 9990000018", "NHS number: 9990000026"},
		"9990000018,9990000026":           {"NHS number: 9990000018", "NHS number: 9990000026"},
		"999\n000\n0018":                  {"NHS number: 999\n000\n0018"},
		"999OOO0018":                      {"NHS number: 999OOO0018"},
		"999 ooo 0018":                    {"NHS number: 999 ooo 0018"},
		"999\u00a0000\u00a00018":          {"NHS number: 999\u00a0000\u00a00018"},
		"999\u2013000\u20130018":          {"NHS number: 999\u2013000\u20130018"},
		"999\u200b000\u200b0018":          {"NHS number: 999\u200b000\u200b0018"},
		"9\u00ad990000018":                {"NHS number: 9\u00ad990000018"},
		"\uff19\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11\uff18": {"NHS number: \uff19\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11\uff18"},
		"\u0669\u0669\u0669\u0660\u0660\u0660\u0660\u0660\u0661\u0668": {"NHS number: \u0669\u0669\u0669\u0660\u0660\u0660\u0660\u0660\u0661\u0668"},
		"\U0001d7d7990000018":                            {"NHS number: \U0001d7d7990000018"},
		"9" + strings.Repeat("\u200b", 40) + "990000018": {"NHS number: 9" + strings.Repeat("\u200b", 40) + "990000018"},
		"nhs no 9990 000 018":                            {"NHS number: 9990 000 018"},
		// Its relatives share the check digit.
		"CHI 0101011237":   {"CHI number: 0101011237"},
		"010101 1237":      {"CHI number: 010101 1237"},
		"O1O1O11237":       {"CHI number: O1O1O11237"},
		"H&C 320 000 0015": {"H&C number: 320 000 0015"},
		// National Insurance numbers.
		"NI AB123456C":                     {"National Insurance number: AB123456C"},
		"ab123456c":                        {"National Insurance number: ab123456c"},
		"AB 12 34 56 C":                    {"National Insurance number: AB 12 34 56 C"},
		"\uff21\uff22123456\u200bC\u200b.": {"National Insurance number: \uff21\uff22123456\u200bC"},
		// Professional numbers need their register.
		"GMC 1234567":                            {"professional number: 1234567"},
		"GMC no: 1234567":                        {"professional number: 1234567"},
		"NMC PIN 71A2998E":                       {"professional number: 71A2998E"},
		"GPhC number 2012345":                    {"professional number: 2012345"},
		"HCPC PH12345":                           {"professional number: PH12345"},
		"GMC C1234567":                           {"professional number: C1234567"},
		"GMC A123456":                            {"professional number: A123456"},
		"1234567 (GMC)":                          {"professional number: 1234567"},
		"DIN 123456":                             {"professional number: 123456"},
		"HCPC PH 1234":                           {"professional number: PH 1234"},
		"General Medical Council number 1234567": {"professional number: 1234567"},
		"smartcard 555 1234 56789":               {"professional number: 555 1234 56789"},
		"SDS user id 555123456789":               {"professional number: 555123456789"},
		"GMC1234567, GPhC2012345":                {"professional number: 1234567", "professional number: 2012345"},
		"NMC 71 A 2998 E, 12B3456S":              {"professional number: 71 A 2998 E", "professional number: 12B3456S"},
		"\uff27\uff2d\uff23 1234567":             {"professional number: 1234567"},
		"GP code G1234567":                       {"professional number: G1234567"},
		"from G1234567":                          {"possible professional number: G1234567"},
		"doctor 1234567, reg no 7654321":         {"possible professional number: 1234567", "possible professional number: 7654321"},
		// Names by their title, and dates beside them.
		"Mrs Quux (1/2/50) came":         {"titled name: Quux", "possible date of birth: 1/2/50"},
		"seen by [Mr Quux]":              {"titled name: Quux"},
		"mrs quux":                       {"titled name: quux"},
		"Mr  Quux, 1 Oak Dr.  Task done": {"titled name: Quux", "street address: 1 Oak Dr"},
		"Dr. E Quux-O'Foo's list":        {"titled name: E Quux-O'Foo"},
		"MRS QUUX CAME":                  {"titled name: QUUX"},
		"Mr van der Quux":                {"titled name: van der Quux"},
		"patient Jane Quux, nurse Quux":  {"titled name: Jane Quux", "titled name: Quux"},
		"on her birthday, 22/11/2026":    {},
		"on her birthday 22/11/2026":     {"possible date of birth: 22/11/2026"},
		"22/11/2026 (DOB)":               {"date of birth: 22/11/2026"},
		// E-mail.
		"write to jo.bloggs@example.org.": {"e-mail address: jo.bloggs@example.org"},
		"<jo@mail.example.org>":           {"e-mail address: jo@mail.example.org"},
		"o'neil+x@example.org":            {"e-mail address: o'neil+x@example.org"},
		"jo\uff20example.org":             {"e-mail address: jo\uff20example.org"},
		"jos\u00e9@example.org":           {"e-mail address: jos\u00e9@example.org"},
		"jo@exam\u200bple.org":            {"e-mail address: jo@exam\u200bple.org"},
		"a@example.org;b@example.org":     {"e-mail address: a@example.org", "e-mail address: b@example.org"},
		// Telephone numbers.
		"07700900123":                {"telephone number: 07700900123"},
		"07700 900 123":              {"telephone number: 07700 900 123"},
		"07700-900-123":              {"telephone number: 07700-900-123"},
		"Tel07700900123":             {"telephone number: 07700900123"},
		"tel:07700 900123":           {"telephone number: 07700 900123"},
		"+44 7700 900123":            {"telephone number: +44 7700 900123"},
		"+447700900123":              {"telephone number: +447700900123"},
		"+44 (0)7700 900123":         {"telephone number: +44 (0)7700 900123"},
		"0044 7700 900123":           {"telephone number: 0044 7700 900123"},
		"447700900123":               {"telephone number: 447700900123"},
		"(01632) 960000":             {"telephone number: (01632) 960000"},
		"01632 960 999 ext 2":        {"telephone number: 01632 960 999"},
		"01632.960.000":              {"telephone number: 01632.960.000"},
		"01632/960000":               {"telephone number: 01632/960000"},
		"mobile 7700900123":          {"telephone number: 7700900123"},
		"+44 1632 960000":            {"telephone number: +44 1632 960000"},
		"O7700 900123":               {"telephone number: O7700 900123"},
		"0 7 7 0 0 9 0 0 1 2 3":      {"telephone number: 0 7 7 0 0 9 0 0 1 2 3"},
		"rang 07700 900123 at 10 30": {"telephone number: 07700 900123"},
		// Postcodes warn.
		"lives at E10 6QN now": {"postcode: E10 6QN"},
		"e10 6qn":              {"postcode: e10 6qn"},
		"E106QN":               {"postcode: E106QN"},
		"LS1 2BD":              {"postcode: LS1 2BD"},
		"EC1A 1BB, W1A 0AX":    {"postcode: EC1A 1BB", "postcode: W1A 0AX"},
		"M1 1AE":               {"postcode: M1 1AE"},
		"GIR 0AA":              {"postcode: GIR 0AA"},
		"SW1P\u00a03JX":        {"postcode: SW1P\u00a03JX"},
		// Dates of birth need a label.
		"DOB 01/02/1950":              {"date of birth: 01/02/1950"},
		"d.o.b. 1-2-50":               {"date of birth: 1-2-50"},
		"Date of birth: 1950-02-01":   {"date of birth: 1950-02-01"},
		"born on 1st February 1950":   {"date of birth: 1st February 1950"},
		"Born 1 Feb 50":               {"date of birth: 1 Feb 50"},
		"born February 1, 1950":       {"date of birth: February 1, 1950"},
		"dob (dd/mm/yyyy) 01.02.1950": {"date of birth: 01.02.1950"},
		"dob 010250, DOB 01021950":    {"date of birth: 010250", "date of birth: 01021950"},
		"dob 19500201":                {"date of birth: 19500201"},
		"DOBs 1/2/50 and 3/4/51":      {"date of birth: 1/2/50", "date of birth: 3/4/51"},
		"d/o/b 1st Feb '50":           {"date of birth: 1st Feb '50"},
		"male (b. 1/2/50)":            {"date of birth: 1/2/50"},
	}
	screener := newScreener()
	for text, want := range tests {
		assert.Equal(t, want, found(text, screener.Scan(text)), "%q", text)
	}
}

func TestScanLetsPass(t *testing.T) {
	texts := []string{
		"",
		"The patient was given the wrong dose.",
		// Placeholders and wrong check digits.
		"0000000000", "1111111111", "9999999999", "999 999 9999", "1234567890", "3478526985", "9912003890", "9990000019",
		// Ten digits inside longer numbers, dm+d and SNOMED CT ids among them.
		"10000001000001107", "42206511000001102", "999000251000000109", "99900000180", "19990000018", "0999000001800", "1012851000006104",
		strings.Repeat("9990000018", 5),
		// UUIDs and digests.
		"999000a0-0018-4000-8000-00009990000018", "id 3f2a9990-0000-4180-8000-ab9990000018",
		"00ab9990000018cd" + strings.Repeat("e1", 24), // a digest
		// Doses, times, measurements, dates.
		"B12 5ug", "T4 2BD", "D3 4QD", "B12 1mg", "vitamin B12 5UG daily", "L5 1st", "S1 2nd sound", "ZZ99 3VZ", "T4 2bd, E10 2bd",
		"22.11.2026 10:15", "2026-11-22T10:15:00+00:00", "BP 120/80, 98 72 36 18 12", "250 500 1000 mg", "0930 10 10 25", "0900 1000 1100",
		"nhs 2026-10-26-19", "7700900123", "12/960123456", "seen 1/2/50 and 3/4/51", "dob 992250", "dob not known on form 010250", "Hep B. 1/2/26", "GMC12345678", "XGMC1234567",
		"seen 22/11/2026", "newborn 22/11/2026", "DOB unknown, seen 22/11/2026 10", "DOB 45, seen 22/11/2026", "born 1950", "stubborn 22/11/2026",
		"2 tablets, 3 times a day for 7 days", "10ofloxacin", "5Ox", "O5x", "oo5oo", "batch AB1234567",
		"batch 1234567", "G6123456", "HG1234567", "smartcard", "user 555123456789", "vtm 9990018006", "dm+d id 9990018006", "0023456789",
		"Dr on call", "Patient Safety", "Patient Access was down", "Nurse Practitioner", "THE NURSE SPOKE", "a nurse. Two weeks", "Mr X", "MR scan", "morphine MR was",
		// Organisation codes and references that are allowed.
		"A81001", "A81001001", "Z45", "PRIA24/0001", "SABRE 123456", "2012345 without a register",
		"QQ123456A", "BG123456A", "AB123456E", "XAB123456C", "AB123456CD", "on 12 34 56 a patient", "71A2998E", "GMC guidance of 2024",
		// At signs that are no addresses.
		"seen @ 10.30", "@example", "a@b", "a@b.c", "@@@@", "user@localhost", "50mg@8am",
	}
	screener := newScreener()
	for _, text := range texts {
		assert.Empty(t, found(text, screener.Scan(text)), "%q", text)
	}
}

func TestSeverity(t *testing.T) {
	screener := newScreener()
	assert.Equal(t, fhir.Error, screener.Severity(privacy.NHSNumber))
	assert.Equal(t, fhir.Error, screener.Severity(privacy.Name))
	for _, class := range []privacy.Class{privacy.Postcode, privacy.PossibleBirthDate, privacy.PossibleName} {
		assert.Equal(t, class.Effect().Severity(), screener.Severity(class))
		assert.Equal(t, fhir.Error, newScreener(raised(t, class)).Severity(class))
	}
}

func TestClassesAreNamed(t *testing.T) {
	rules := map[string]privacy.Class{}
	for c := range privacy.Class(255) {
		if rule := c.Rule(); rule != "PRIVACY-UNKNOWN" && c != privacy.FamilyName && c != privacy.GivenName {
			assert.NotContains(t, rules, rule)
			rules[rule] = c
			assert.NotEmpty(t, c.String())
		}
	}
	assert.Len(t, rules, 26)
}

// nhsNumber draws a valid number of the 999 test range.
func nhsNumber(t *rapid.T) string {
	for {
		s := fmt.Sprintf("999%07d", rapid.IntRange(0, 9_999_999).Draw(t, "number"))
		if fhir.ValidNHSNumber(s) {
			return s
		}
	}
}

// A number is found between any words, in any usual form, exactly once.
func TestScanFindsEveryNHSNumber(t *testing.T) {
	screener := newScreener()
	words := rapid.StringMatching(`([KQWXZkqwxz,.;:!?]{0,8} ){0,4}`) // of which none says what the number is
	rapid.Check(t, func(t *rapid.T) {
		number := nhsNumber(t)
		sep := rapid.SampledFrom([]string{"", " ", "-", ".", "\u00a0", "\u2013", "\u200b", " - "}).Draw(t, "separator")
		written := number[:3] + sep + number[3:6] + sep + number[6:]
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		text := before + written + " " + after
		want := privacy.Hit{Class: privacy.NHSNumber, Start: len(before), End: len(before) + len(written)}
		hits := slices.DeleteFunc(screener.Scan(text), func(h privacy.Hit) bool { return h.Class == privacy.TitledName }) // the words may make one
		require.Equal(t, []privacy.Hit{want}, hits)
	})
}

func TestScanDoesNotAllocateOnCleanText(t *testing.T) {
	screener := newScreener()
	assert.Zero(t, testing.AllocsPerRun(100, func() { screener.Scan(ordinaryText) }))
}

const ordinaryText = `Patient was prescribed methotrexate 10 mg daily instead of weekly. The error was found on 12/03/2026 at 09:30 by the
community pharmacist, who rang the practice. Blood tests (FBC, U&E, LFT) were taken the same day; WBC 3.2, eGFR 58. The repeat template had been
changed after a hospital letter dated 28 February 2026 was coded. Two doses had been taken. We stopped the drug, gave folic acid 5 mg and arranged
a review in 48 hours. Vitamin B12 5ug was continued. No lasting harm is expected; the family was told and an apology given. `

func BenchmarkScan(b *testing.B) {
	text := strings.Repeat(ordinaryText, 100)
	screener := newScreener()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		screener.Scan(text)
	}
}

// Texts made to be slow must not be: the time per byte stays of one order.
func BenchmarkScanHostile(b *testing.B) {
	screener := newScreener()
	for name, unit := range map[string]string{
		"digits": "9", "spaced digits": "9 ", "at signs": "a@", "invisible": "9\u200b\u200b\u200b\u200b", "letters O": "O0", "postcodes": "A1 1AA ", "dates": "born 1/2/50 ",
		"dots": "1.1.", "local part": "a.", "capitals": "CaRo", "hyphens": "Ca-", "numbers": "1 aaaa ", "relatives": "mum Kate, ",
	} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				screener.Scan(text)
			}
		})
	}
}

// What the screen of a report passes over in codes and urls is what it would find
// nothing in.
func TestHarmlessTextsHaveNothingInThem(t *testing.T) {
	screener := newScreener()
	assert.True(t, privacy.IsPlainCode("https://example.org/StructureDefinition/adverse-event-agent-6"))
	for _, code := range []string{"2026-11-29", "10:15:00", "A81001"} {
		assert.True(t, privacy.IsPlainCode(code), code)
	}
	assert.False(t, privacy.IsPlainCode("9990000018"))
	for length := range 40 { // wherever it stands
		for i := range length + 1 {
			for _, part := range []string{"9990000018", "@", "é"} {
				text := strings.Repeat("x", i) + part + strings.Repeat("x", length-i)
				assert.False(t, privacy.IsPlainCode(text), text)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		requireHarmless(t, screener, rapid.StringMatching(`[A-Z a-zOo@/.:\[\]-]{0,14}[Oo-]{0,3}[0-9]{0,2}[é]?[a-z]{0,9}`).Draw(t, "text"))
		requireHarmless(t, screener, rapid.StringMatching(`[A-Z]?[0-9O:-]{0,11}`).Draw(t, "code"))
	})
}

func requireHarmless(t require.TestingT, screener *privacy.Screener, text string) {
	if !privacy.IsPlainCode(text) {
		return
	}
	for _, h := range screener.Scan(text) {
		require.Equal(t, privacy.TitledName, h.Class)
	}
}

var fuzzSeeds = []string{ordinaryText, "999 000 0018", "jo@example.org +44 (0)7700 900123", "E10 6QN", "DOB 1/2/50", "O5x\u200b9", "\xff9\xff@", "Jane Doe, 12 High St",
	"GMC 1234567 (GMC) C7654321", "999-000-0018-07700900123", "1950-02-01T9990000018", "Mrs Brown [NAME] Will", "[NHS-NUMBER]9990000018-[PHONE]", "St George, 12 High St George",
	"Parkinson's disease, Mr\u00a0van der Berg's", "W Brown Brown W Brown, W", "UUID 999000a0-0018-4000-8000-00009990000018", "smartcard 555 1234 56789"}

func FuzzScan(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	screener, deny := newScreener(), denied()
	f.Fuzz(func(t *testing.T, text string) {
		for _, hits := range [][]privacy.Hit{screener.Scan(text), deny.Scan(text), screener.ScanText(text, deny)} {
			last := 0
			for _, h := range hits {
				if h.Start < last || h.End <= h.Start || h.End > len(text) {
					t.Fatalf("hit out of bounds or order: %+v", h)
				}
				last = h.Start
			}
			if len(hits) > 4*len(text)+1 {
				t.Fatal("more hits than text")
			}
		}
		requireHarmless(t, screener, text)
	})
}

func ExampleScreener_Scan() {
	screener := newScreener()
	text := "Wrong label printed for 999 000 0018, relative rang from 07700 900123."
	for _, hit := range screener.Scan(text) {
		fmt.Println(hit.Class, hit.Start, hit.End)
	}
	// Output:
	// NHS number 24 36
	// telephone number 57 69
}
