package fhir

import "strconv"

// Shapes and check digits of the identifiers this library meets. A check digit
// proves that a number was copied whole, never that it has been issued.

// ValidNHSNumber reports whether s is an NHS number: ten digits, bare or in the
// 3-3-4 grouping with spaces or hyphens, whose last digit is the modulus 11 check
// digit (NHS Data Dictionary, NHS NUMBER). Ten equal digits pass the arithmetic
// but are placeholders, so they are not valid. Scottish CHI and Northern Irish
// H&C numbers share the check and are valid too.
func ValidNHSNumber(s string) bool {
	digits, ok := nhsDigits(s)
	if !ok {
		return false
	}
	sum, placeholder := 0, true
	for i, d := range digits[:9] {
		sum += int(d) * (10 - i)
		placeholder = placeholder && d == digits[9]
	}
	// A sum that would need the check value 10 is never issued; comparing with a
	// digit refuses it without a special case.
	return !placeholder && (11-sum%11)%11 == int(digits[9])
}

// nhsDigits reads the ten digits of the bare or the 3-3-4 form.
func nhsDigits(s string) (digits [10]byte, ok bool) {
	switch len(s) {
	case 10:
	case 12:
		if !nhsSeparator(s[3]) || !nhsSeparator(s[7]) {
			return digits, false
		}
		s = s[:3] + s[4:7] + s[8:]
	default:
		return digits, false
	}
	for i := range digits {
		if s[i] < '0' || s[i] > '9' {
			return digits, false
		}
		digits[i] = s[i] - '0'
	}
	return digits, true
}

func nhsSeparator(c byte) bool { return c == ' ' || c == '-' }

// ODSCodeForm says in words what [ValidODSCode] checks: the wider of two published lengths.
const ODSCodeForm = "3 to 12 capital letters and digits"

// ValidODSCode reports whether s has the shape of an Organisation Data Service
// code: see [ODSCodeForm]. LFPSE carries a lagging copy of the
// list of organisations, so the shape, not membership, is what can be checked
// without a list.
func ValidODSCode(s string) bool {
	if len(s) < 3 || len(s) > 12 {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) && !isUpper(s[i]) {
			return false
		}
	}
	return true
}

// IsTestODSCode reports whether s is one of the organisations that exist for
// testing only, Z01 and Z45. They must never reach a live service.
func IsTestODSCode(s string) bool { return s == "Z01" || s == "Z45" }

// IsGPPracticeODSCode reports whether s has the form of a GP practice: one letter
// and five digits, such as A81001 or Y00001. Pharmacies (F and four digits),
// branch surgeries (a practice and three digits) and other sites do not have it.
func IsGPPracticeODSCode(s string) bool {
	if len(s) != 6 || !isUpper(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// SCTID is a parsed SNOMED CT identifier. dm+d identifiers are SCTIDs too. The
// identifier stays a string: values exceed 2^53, so JSON numbers and spreadsheets
// lose digits.
type SCTID struct {
	id string
}

// SCTIDKind says which SNOMED CT component an identifier names.
type SCTIDKind uint8

// The component kinds of the partition identifiers 00/10, 01/11 and 02/12.
const (
	SCTConcept SCTIDKind = iota
	SCTDescription
	SCTRelationship
)

// String returns concept, description or relationship.
func (k SCTIDKind) String() string {
	switch k {
	case SCTConcept:
		return "concept"
	case SCTDescription:
		return "description"
	default:
		return "relationship"
	}
}

// ukDrugNamespace is the namespace of the UK drug extension, which is dm+d.
const ukDrugNamespace = "1000001"

// ParseSCTID checks the length (6 to 18 digits), the leading digit, the partition
// and the Verhoeff check digit of a SNOMED CT identifier (SNOMED CT Release File
// Specification, SCTID). It does not say whether the identifier is in use. The
// error is a *SCTIDError and never repeats s.
func ParseSCTID(s string) (SCTID, error) {
	if problem := sctidProblem(s); problem != 0 {
		return SCTID{}, &SCTIDError{Problem: problem, Length: len(s)}
	}
	return SCTID{id: s}, nil
}

func sctidProblem(s string) SCTIDProblem {
	for i := range len(s) {
		if !isDigit(s[i]) {
			if looksScientific(s) {
				return SCTIDRounded
			}
			return SCTIDNotDigits
		}
	}
	if len(s) < 6 || len(s) > 18 {
		return SCTIDLength
	}
	if s[0] == '0' {
		return SCTIDLeadingZero
	}
	namespace, kind := s[len(s)-3], s[len(s)-2]
	long := namespace == '1'
	problem := SCTIDProblem(0)
	switch {
	case namespace > '1' || kind > '2':
		problem = SCTIDPartition
	case long && len(s) < 11: // item, 7-digit namespace, partition, check digit
		problem = SCTIDLength
	case !verhoeff(s):
		problem = SCTIDCheckDigit
	}
	// No short-form identifier of 16 digits or more has been issued, so a zeroed
	// tail is suspicious there even when the check digit happens to fit.
	if zeroedTail(s) && (problem != 0 || !long) {
		return SCTIDRounded
	}
	return problem
}

// zeroedTail reports whether every digit after the fifteenth is zero. Spreadsheets
// keep fifteen significant digits and fill the rest with zeros.
func zeroedTail(s string) bool {
	if len(s) < 16 {
		return false
	}
	for i := 15; i < len(s); i++ {
		if s[i] != '0' {
			return false
		}
	}
	return true
}

// looksScientific recognises the other thing a spreadsheet makes of a long
// number: 1.77754E+15.
func looksScientific(s string) bool {
	if len(s) > 24 {
		return false
	}
	exponent := false
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c), c == '.', c == '+':
		case (c == 'E' || c == 'e') && i > 0 && !exponent:
			exponent = true
		default:
			return false
		}
	}
	return exponent
}

// String returns the identifier as it was parsed.
func (id SCTID) String() string { return id.id }

// Partition returns the two digits before the check digit, such as 00 or 10.
// The zero SCTID has none.
func (id SCTID) Partition() string {
	if id.id == "" {
		return ""
	}
	return id.id[len(id.id)-3 : len(id.id)-1]
}

// Kind says whether the identifier names a concept, a description or a
// relationship. Only concepts may be used as codes.
func (id SCTID) Kind() SCTIDKind {
	if id.id == "" {
		return SCTConcept
	}
	return SCTIDKind(id.id[len(id.id)-2] - '0')
}

// Namespace returns the seven digits of the extension that issued the identifier,
// such as 1000001, or "" for the International Edition.
func (id SCTID) Namespace() string {
	if id.id == "" || id.id[len(id.id)-3] != '1' {
		return ""
	}
	return id.id[len(id.id)-10 : len(id.id)-3]
}

// IsUKDrug reports whether the UK drug extension (dm+d) issued the identifier.
// dm+d also uses International Edition concepts, so false does not mean that the
// identifier is not in dm+d.
func (id SCTID) IsUKDrug() bool { return id.Namespace() == ukDrugNamespace }

// SCTIDProblem says why a text is not a SNOMED CT identifier.
type SCTIDProblem uint8

// The problems, in the order in which they are looked for.
const (
	SCTIDNotDigits   SCTIDProblem = iota + 1 // something other than ASCII digits
	SCTIDLength                              // not 6 to 18 digits, or too short for its namespace
	SCTIDLeadingZero                         // starts with 0
	SCTIDPartition                           // unknown partition identifier
	SCTIDCheckDigit                          // Verhoeff check digit is wrong
	SCTIDRounded                             // looks rounded by a spreadsheet
)

// SCTIDError says why a text is not a SNOMED CT identifier, without the text.
type SCTIDError struct {
	Problem SCTIDProblem
	Length  int // length of the refused text in bytes
}

// Error explains the problem and what to do about it.
func (e *SCTIDError) Error() string {
	const prefix = "not a SNOMED CT identifier: "
	switch e.Problem {
	case SCTIDNotDigits:
		return prefix + "it must hold digits only"
	case SCTIDLength:
		return prefix + "it has " + strconv.Itoa(e.Length) + " digits; expected 6 to 18, and 11 or more with a namespace"
	case SCTIDLeadingZero:
		return prefix + "it starts with 0"
	case SCTIDPartition:
		return prefix + "the two digits before the last must be 00, 01, 02, 10, 11 or 12"
	case SCTIDRounded:
		return prefix + "it looks rounded by a spreadsheet; export the column again as text"
	default:
		return prefix + "the check digit is wrong; a digit was mistyped or lost"
	}
}

// verhoeff reports whether the last digit of s is its Verhoeff check digit.
func verhoeff(s string) bool {
	check := byte(0)
	for i := range len(s) {
		digit := s[len(s)-1-i] & 15
		check = verhoeffProduct[check&15][verhoeffPermutation[i%8][digit]&15]
	}
	return check == 0
}

// verhoeffProduct is the multiplication table of the dihedral group D5. The tables have
// room for any four bits, so that no index needs a check.
var verhoeffProduct = [16][16]byte{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
	{1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
	{2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
	{3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
	{4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
	{5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
	{6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
	{7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
	{8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
	{9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
}

// verhoeffPermutation[i] is the digit permutation of position i from the right.
var verhoeffPermutation = [8][16]byte{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
	{1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
	{5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
	{8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
	{9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
	{4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
	{2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
	{7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
}
