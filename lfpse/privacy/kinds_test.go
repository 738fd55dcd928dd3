package privacy_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Texts that say themselves what they hold.
func TestScanFindsWhatTheTextSaysItHolds(t *testing.T) {
	tests := map[string][]string{
		// A mistyped number beside its label.
		"NHS number 999 000 0019 was on it":                        {"labelled number: 999 000 0019"},
		"NHS no: 999000001, one digit lost":                        {"labelled number: 999000001"},
		"nhs number was 99900000180":                               {"labelled number: 99900000180"},
		"CHI 0101011238":                                           {"labelled number: 0101011238"},
		"H & C number 3200000016":                                  {"labelled number: 3200000016"},
		"NI number QQ 12 34 56 C":                                  {"labelled number: QQ 12 34 56 C"},
		"nino AB12345":                                             {"labelled number: AB12345"},
		"NHS 111 took it at 0930":                                  {},
		"NHS number of 2026-10-26 was wrong":                       {},
		"NHS number, see invoice 12345678":                         {},
		"NHS number not known, ring 0300200111":                    {},
		"Mr WARD fell, Mrs MAY rang":                               {"titled name: WARD", "titled name: MAY"},
		"Lady Windermere syndrome, Dr Gray's Hospital":             {},
		"her Twitter is @jane_doe9, Instagram (@Jane.Doe)":         {"named person: jane_doe9", "named person: Jane.Doe"},
		"Twitter was down; vaccines @home and @ 10:30":             {},
		"N.I. No. QQ 12 34 56 C; the NI on the form was QQ123456C": {"labelled number: QQ 12 34 56 C", "labelled number: QQ123456C"},
		"1234567890 was recorded as her NHS number":                {"labelled number: 1234567890"},
		"7654321 was the MRN on the label":                         {"local number: 7654321"},
		// The label behind the value.
		"QQ 12 34 56 C is his NI number":                       {"labelled number: QQ 12 34 56 C"},
		"AB123456C (NI)":                                       {"National Insurance number: AB123456C"},
		"9990000019 was the patient's NHS number":              {"labelled number: 9990000019"},
		"her NHS number, 9990000019, was wrong":                {"labelled number: 9990000019"},
		"A123456 is her hospital number":                       {"local number: A123456"},
		"00123456, her MRN, was wrong; 1234567 (MRN)":          {"local number: 00123456", "local number: 1234567"},
		"445566 was the patient ID, 7788990 the EMIS ID":       {"local number: 445566"},
		"12/03/1956 is her date of birth":                      {"date of birth: 12/03/1956"},
		"12.3.56, his DOB, and 4/5/61 (DOB)":                   {"date of birth: 12.3.56", "date of birth: 4/5/61"},
		"lot 123456 (hospital), 123456 is the order no":        {},
		"Datix 123456, hospital number missing":                {},
		"12345 is the EMIS code; 1200 (patient numbers)":       {},
		"code 9990000019, NHS number not known":                {},
		"12/03/2026 is her birthday party":                     {},
		"born after 1/9/2025; born between 1/9/50 and 31/8/51": {},
		"batch number AB123456C, lot: AB 12 34 56 C":           {},
		// Ten digits whose words say that they are something else.
		"Lot number 9990000018":      {},
		"Datix reference 9990000018": {},
		"ticket 9990000018":          {},
		"page 9990000018 of it":      {},
		"lot given to 9990000018":    {"NHS number: 9990000018"},
		"lot 999 000 0018":           {"NHS number: 999 000 0018"},
		// Titled names that are words, initials, the family name first.
		"Mr Ward, Mrs May, Mr So, Mrs To":                {"titled name: Ward", "titled name: May", "titled name: So", "titled name: To"},
		"Mr Will Quux, Nurse Ward gave it":               {"titled name: Will Quux", "titled name: Ward"},
		"MR WARD FELL; MRS MAY RANG":                     {"titled name: WARD", "titled name: MAY"},
		"Mrs A.B. and Mr J S rang; Mr JS Quux":           {"titled name: A.B", "titled name: J S", "titled name: JS Quux"},
		"Mrs. M.S. Quux, Mrs A Quux":                     {"titled name: M.S. Quux", "titled name: A Quux"},
		"QUUX, Mrs J; Quux (Mrs); Quux, Mr J.":           {"titled name: QUUX", "titled name: Quux", "titled name: Quux"},
		"Nurse Ward 5, Sister Ward closed, ward round":   {},
		"MR Angiogram, MR scan, Miss a dose, NEAR MISS":  {},
		"Mrs and Mr, Mr X, Ms Teams, Mrs Mop, Dr on May": {},
		// Names after labels and relatives.
		"Patient name: Quux, Sophy":                                                {"named person: Quux, Sophy"},
		"pt name Sophy Quux. Surname: Quux":                                        {"named person: Sophy Quux", "named person: Quux"},
		"patient name: sophy quux":                                                 {"named person: sophy quux"},
		"My name is Naga; my name is naga":                                         {"named person: Naga", "named person: naga"},
		"her daughter Susan, mum Kate and his wife, Joan, rang":                    {"named person: Susan", "named person: Kate", "named person: Joan"},
		"HER DAUGHTER SUSAN RANG":                                                  {"named person: SUSAN"},
		"spoke to Susan, her daughter; Joan (his wife) rang":                       {"named person: Susan", "named person: Joan"},
		"her son, called Peter, and the patient, Sophy Quux, rang":                 {"named person: Peter", "named person: Sophy Quux"},
		"Asthma (father), Eczema (mother) were missed; Smoker (husband) was coded": {},
		"Ramipril (mother) was given; told by Kev (brother)":                       {"named person: Kev"},
		"Sadly, her daughter, a nurse, left; on Tuesday, her son,":                 {},
		"Attorney (daughter), Contact (son), Reception, her son,":                  {},
		"the patient, Crohn's Disease, and patient (Heart Failure)":                {},
		"Next of kin: Daughter; her mother Tongue; carer Assessment":               {},
		"Charge nurse Bay 2, Doctor First, Mr Men":                                 {},
		"a lady called Susan; NOK: Joan Quux":                                      {"named person: Susan", "named person: Joan Quux"},
		"Drug name: Ramipril; file name: Susan; Name: Ramipril 5 mg":               {},
		"Name of drug: Ramipril; patient name: withheld":                           {},
		"her daughter Monday, mum DNA, his wife rang, mum Ramipril":                {},
		"the drug called Eliquis, we called Reception":                             {},
		// Local numbers.
		"Hospital number A123456, MRN 00123456":               {"local number: A123456", "local number: 00123456"},
		"hosp no: RXA-1234567; EMIS: 1234567":                 {"local number: RXA-1234567", "local number: 1234567"},
		"SystmOne ID 123456, Vision no 12345, unit no 123456": {"local number: 123456", "local number: 12345", "local number: 123456"},
		"patient no 3, vision 6/12, EMIS 12345":               {},
		"blood unit number 12345678, hospital bleep 1234":     {},
		// Addresses.
		"12 High Street, 4b Rose Cottage, The Lane":                        {"street address: 12 High Street", "street address: 4b Rose Cottage, The Lane"},
		"Flat 3, Elm Court; PO Box 12; no.7 Elm Grove":                     {"street address: Flat 3, Elm Court", "street address: PO Box 12", "street address: 7 Elm Grove"},
		"Rose Cottage, Mill Lane":                                          {"street address: Rose Cottage, Mill Lane"},
		"12-14 st mary's road":                                             {"street address: 12-14 st mary's road"},
		"12 St John's wort, 12 March Dr on call":                           {},
		"8 Hill St Pharmacy, the High Street, flat 3 times, 6 Minute Walk": {},
		// Dates of birth beside a name or a sex.
		"Jane Quux (12/03/1956); Quux, Jane (1/2/50)":   {"possible date of birth: 12/03/1956", "possible date of birth: 1/2/50"},
		"pt (f, 12/3/56); pt (12/3/1956, male)":         {"possible date of birth: 12/3/56", "possible date of birth: 12/3/1956"},
		"Jane Quux, 12/03/1956, came":                   {"possible date of birth: 12/03/1956"},
		"Blood Test (12/03/1956); Jane Quux (1/2/2026)": {},
		// Addresses in words.
		"jane dot quux at nhs dot net":                      {"obscured e-mail address: jane dot quux at nhs dot net"},
		"jane (at) example.com, quux[at]example[dot]com":    {"obscured e-mail address: jane (at) example.com", "obscured e-mail address: quux[at]example[dot]com"},
		"jane.quux at example.org or jq82 @ example.org":    {"obscured e-mail address: jane.quux at example.org", "obscured e-mail address: jq82 @ example.org"},
		"look at nhs.uk, a dot at the site, met (at 10:30)": {},
	}
	screener := newScreener()
	for text, want := range tests {
		assert.Equal(t, want, found(text, screener.Scan(text)), "%q", text)
	}
}

// Words that are nobody's name as a rule count where they stand as one; user names are
// found by the names in them.
func TestDenyListOfWordsAndUserNames(t *testing.T) {
	deny := privacy.NewDenyList([]privacy.Term{
		{Class: privacy.Name, Text: "Baby Quux"}, {Class: privacy.Name, Text: "Anna Ward"}, {Class: privacy.Name, Text: "Test Patient"}, {Class: privacy.Name, Text: "Jane Rosen"},
		{Class: privacy.GivenName, Text: "Unknown Male Infant Twin"}, {Class: privacy.FamilyName, Text: "NHS"}, {Class: privacy.FamilyName, Text: "Nurse"},
	})
	tests := map[string][]string{
		"The baby was well. Baby was weighed. Twin of it.":               {},
		"a blood test, a Test, Ward 5, Ward B, the NHS, an unknown Male": {},
		"The Nurse told the Patient, patient unknown, PATIENT SEEN":      {},
		"Baby Quux fell. Anna Ward fell. anna ward fell. Ward, Anna":     {"name: Baby Quux", "name: Anna Ward", "name: anna ward", "name: Ward, Anna"},
		"Mrs Ward, mr ward, A. Ward, Ward, A":                            {"name: Ward", "name: ward", "name: A. Ward", "name: Ward, A"},
		"a test patient, Test Patient":                                   {"name: Test Patient"},
		"Miss Nurse, the miss test":                                      {"name: Nurse"},
		"jane_rosen82 and JaneRosen, jrosen, janerosen1, jane.rosen":     {"name: jane_rosen82", "name: JaneRosen", "name: jrosen", "name: janerosen1", "name: jane", "name: rosen"},
		"RosenFan, rosen56":                                              {"name: rosen56"},
		"FanOfRosen":                                                     {"name: FanOfRosen"},
		"McRosen, rosenberg, JavaScript, MacWard, wards":                 {},
	}
	for text, want := range tests {
		assert.Equal(t, want, found(text, deny.Scan(text)), "%q", text)
	}
}

// Inputs that people tripped over, where the folder is there: each line has a finding, but
// for those of 98.
func TestInputsOfTheRealWorld(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "realworld")
	folders, _ := filepath.Glob(filepath.Join(root, "*", "input.txt"))
	if len(folders) == 0 {
		t.Skip("the folder shared/realworld is not beside the project")
	}
	screener := newScreener()
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Jane Rosen"}})
	for _, file := range folders {
		number, _, _ := strings.Cut(filepath.Base(filepath.Dir(file)), "-")
		f, err := os.Open(file)
		require.NoError(t, err)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			hits := screener.ScanText(lines.Text(), deny)
			switch number {
			case "97":
				require.Len(t, hits, 1, lines.Text())
				assert.Equal(t, fhir.Error, screener.Severity(hits[0].Class))
			case "98":
				assert.Empty(t, hits, lines.Text())
			case "106", "107", "111", "113", "114", "119":
				assert.NotEmpty(t, hits, lines.Text())
			case "122":
				assert.Len(t, hits, 2, lines.Text())
			}
		}
		require.NoError(t, f.Close())
	}
}
