package privacy

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

// nursePIN reports an NMC PIN, such as 71A2998E.
func (sc *scanner) nursePIN(g group) {
	if sc.nmcTail(g.end) {
		sc.registered(g.start, g.end+6, "nmc", "nursing and midwifery council", "pin")
	}
}

// nmcTail reports whether an NMC PIN goes on at i.
func (sc *scanner) nmcTail(i int) bool {
	if i+6 > len(sc.text) || !isASCIILetter(sc.text[i]) || !isASCIILetter(sc.text[i+5]) {
		return false
	}
	for j := i + 1; j < i+5; j++ {
		if !isASCIIDigit(sc.text[j]) {
			return false
		}
	}
	after, _ := boundaryAt(sc.text, i+6)
	return !isWord(after)
}

// alliedNumber reports an HCPC number, two letters and four to six digits.
func (sc *scanner) alliedNumber(g group) {
	start, _ := skipGapBefore(sc.text, g.start)
	if start < 2 || !isASCIILetter(sc.text[start-1]) || !isASCIILetter(sc.text[start-2]) {
		return
	}
	if before, _ := boundaryBefore(sc.text, start-2); !isWord(before) {
		sc.registered(start-2, g.end, "hcpc", "health and care professions council")
	}
}

// sixDigits reports a doctor index number, and a GMC number of the older form, a
// letter and six digits.
func (sc *scanner) sixDigits(g group) {
	switch letter, before := sc.letterBefore(g); {
	case isWord(before):
	case letter == 0:
		sc.registered(g.start, g.end, "din", "doctor index number")
	default:
		sc.registered(g.start-1, g.end, "gmc", "general medical council")
	}
}

// sevenDigits reports a GMC or GPhC number, with the C of a consultant, and the
// code of a general practitioner, which is a G, one of 01234589 and six digits.
func (sc *scanner) sevenDigits(g group) {
	letter, before := sc.letterBefore(g)
	if isWord(before) {
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
	case sc.listed(start):
		sc.hit(ProfessionalNumber, start, g.end)
	case personal && sc.cueBefore(start, "gp", "gp code", "prescriber", "practitioner", "doctor"):
		sc.hit(ProfessionalNumber, start, g.end)
	case personal || sc.cueBefore(start, "doctor", "doctor's", "dr", "gp", "prescriber", "pharmacist", "registration", "registered", "reg"):
		sc.hit(PossibleProfessionalNumber, start, g.end)
	}
}

// listed reports whether another such number stands just before, as in "GMC 1234567
// and 7654321".
func (sc *scanner) listed(start int) bool {
	if len(sc.hits) == 0 {
		return false
	}
	last := sc.hits[len(sc.hits)-1]
	if last.Class != ProfessionalNumber || last.End > start {
		return false
	}
	switch sc.text[last.End:start] {
	case ", ", ",", "/", " and ", " & ", " or ":
		return true
	}
	return false
}

// letterBefore returns the one letter that touches a group, in upper case, or 0,
// and what stands before it.
func (sc *scanner) letterBefore(g group) (letter byte, before rune) {
	if g.start > 0 && isASCIILetter(sc.text[g.start-1]) {
		before, _ = boundaryBefore(sc.text, g.start-1)
		return upper(sc.text[g.start-1]), before
	}
	before, _ = boundaryBefore(sc.text, g.start)
	return 0, before
}

// registered reports text[start:end] as a professional number if one of the cues
// stands beside it.
func (sc *scanner) registered(start, end int, cues ...string) bool {
	if after, _ := boundaryAt(sc.text, end); isWord(after) || !sc.cueBefore(start, cues...) && !sc.cueAfter(end, cues...) {
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
			sc.registered(start, end, "sds", "smartcard", "smart card", "user id")
			return
		case digits > 12:
			return
		}
	}
}
