package fhir

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

// ValidODSCode reports whether s has the shape of an Organisation Data Service
// code: 3 to 12 upper-case letters and digits. LFPSE carries a lagging copy of the
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
