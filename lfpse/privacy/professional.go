package privacy

import "strings"

// professionalNumber reports the number of a doctor, nurse, pharmacist or other
// member of staff. Most of these look like any other number, so they need the name
// of their register beside them; a word such as doctor makes a warning.
func (sc *scanner) professionalNumber(g group) {
	switch g.count {
	case 2:
		sc.nursePIN(g)
	case 4, 5:
		sc.alliedNumber(g)
	case 6:
		sc.alliedNumber(g)
		sc.sixDigits(g)
	case 7:
		sc.sevenDigits(g)
	}
}

// nursePIN reports an NMC PIN, such as 71A2998E, also with spaces between its parts.
func (sc *scanner) nursePIN(g group) {
	i := g.end
	for _, c := range []byte("A0000A") {
		if (c == 'A' || isASCIILetter(at(sc.text, i-1))) && at(sc.text, i) == ' ' {
			i++
		}
		if next := at(sc.text, i); c == 'A' && !isASCIILetter(next) || c == '0' && !isDigit(next) {
			return
		}
		i++
	}
	if sc.listed(ProfessionalNumber, g.start, numberLinks) && !isWord(after(sc.text, i)) {
		sc.hit(ProfessionalNumber, g.start, i)
	} else {
		sc.registered(g.start, i, "nmc", "nursing and midwifery council", "pin", "pins")
	}
}

// alliedNumber reports an HCPC number, two letters and four to six digits.
func (sc *scanner) alliedNumber(g group) {
	start := g.start
	if isGap(at(sc.text, start-1)) {
		start--
	}
	if start < 2 || !isASCIILetter(sc.text[start-1]) || !isASCIILetter(sc.text[start-2]) {
		return
	}
	if !isWord(before(sc.text, start-2)) {
		sc.registered(start-2, g.end, "hcpc", "health and care professions council")
	}
}

// sixDigits reports a doctor index number, and a GMC number of the older form, a
// letter and six digits.
func (sc *scanner) sixDigits(g group) {
	switch letter, within := sc.letterBefore(g); {
	case within:
	case letter == 0:
		sc.registered(g.start, g.end, "din", "doctor index number")
	default:
		sc.registered(g.start-1, g.end, "gmc", "general medical council")
	}
}

// sevenDigits reports a GMC or GPhC number, with the C of a consultant, and the
// code of a general practitioner, which is a G, one of 01234589 and six digits.
func (sc *scanner) sevenDigits(g group) {
	letter, within := sc.letterBefore(g)
	if within { // GMC1234567
		if sc.afterRegister(g.start) {
			sc.registered(g.start, g.end, "gmc", "gphc")
		}
		return
	}
	start := g.start
	if letter != 0 {
		start--
	}
	// A code or a C is part of the number; other letters are not its form.
	personal := letter == 'G' && g.end == g.start+7 && sc.text[g.start] != '6' && sc.text[g.start] != '7'
	switch {
	case letter != 0 && letter != 'C' && !personal:
	case sc.registered(start, g.end, "gmc", "gphc", "gmp", "ppd", "general medical council", "general pharmaceutical council"):
	case sc.listed(ProfessionalNumber, start, numberLinks):
		sc.hit(ProfessionalNumber, start, g.end)
	case personal && sc.cueBefore(start, "gp", "gp code", "prescriber", "practitioner", "doctor"):
		sc.hit(ProfessionalNumber, start, g.end)
	case personal || sc.cueBefore(start, "doctor", "doctor's", "dr", "gp", "prescriber", "pharmacist", "registration", "registered", "reg"):
		sc.hit(PossibleProfessionalNumber, start, g.end)
	}
}

// numberLinks stand between two such numbers, as in "GMC 1234567 and 7654321".
const numberLinks = "|, |,|/| / | and | & | or |"

// afterRegister reports whether the letters that touch i are the name of a register.
func (sc *scanner) afterRegister(i int) bool {
	start := i
	for i-start <= len("gphc") && isLetter(at(sc.text, start-1)) {
		start--
	}
	return strings.EqualFold(sc.text[start:i], "gmc") || strings.EqualFold(sc.text[start:i], "gphc")
}

// letterBefore returns the one letter that touches a group, in upper case, or 0,
// and whether both stand within a longer word.
func (sc *scanner) letterBefore(g group) (letter byte, within bool) {
	if c := at(sc.text, g.start-1); isASCIILetter(c) {
		return upper(c), isWord(before(sc.text, g.start-1))
	}
	return 0, isWord(before(sc.text, g.start))
}

// registered reports text[start:end] as a professional number if one of the cues
// stands beside it.
func (sc *scanner) registered(start, end int, cues ...string) bool {
	if isWord(after(sc.text, end)) || !sc.cueBefore(start, cues...) && !sc.cueAfter(end, cues...) {
		return false
	}
	sc.hit(ProfessionalNumber, start, end)
	return true
}

// groupedNumber reports the twelve digits of an NHS smartcard or SDS user id, and a
// GMC or GPhC number written in two groups.
func (sc *scanner) groupedNumber(run *digitRun) {
	digits := 0
	for i := range run.n {
		digits += run.groups[i].count
		start, end := run.groups[0].start, run.groups[i].end
		switch {
		case digits == 7 && i == 1:
			if sc.registered(start, end, "gmc", "gphc") {
				return
			}
		case digits == 12:
			if !sc.registered(start, end, "sds", "smartcard", "smartcards", "smart card", "user id") && sc.listed(ProfessionalNumber, start, numberLinks) && !isWord(after(sc.text, end)) {
				sc.hit(ProfessionalNumber, start, end)
			}
			return
		case digits > 12:
			return
		}
	}
}
