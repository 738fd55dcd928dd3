package privacy

import (
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// number looks at the row of digits that starts at i and returns where to go on.
// Every row is the possible start of a longer number in groups, so "aged 45
// 999 000 0018" is found too; the work per row is bounded.
func (sc *scanner) number(i int) int {
	run := &sc.run
	if run.n > 1 && run.groups[1].start == i {
		run.next(sc.text)
	} else if g := sc.loneDigits(i); g.count > 0 {
		if end := sc.localNumber(g); end > 0 {
			return end
		}
		sc.professionalNumber(g)
		sc.postcode(g)
		sc.streetAddress(g)
		if mayGoOn(sc.text, g.end) && (g.end == len(sc.text) || sc.text[g.end] != ':') {
			sc.birthDate(g)
		}
		return g.end
	} else {
		sc.beginRun(i)
	}
	if end := sc.healthNumber(run); end > 0 {
		return end
	}
	start := run.groups[0].start
	within := isDigit(at(sc.text, start-2)) && !isWord(sc.text[start-1]) // of a longer code, as each part of an OID is
	if !within {
		if end := sc.mistypedNumber(run); end > 0 {
			return end
		}
	}
	if end := sc.phone(run); end > 0 {
		return end
	}
	insured := sc.insuranceNumber(run)
	if !within {
		if end := sc.labelledNumber(run, insured); end > 0 {
			return sc.afterDigits(end)
		}
		sc.compactBirthDate(run)
	}
	sc.groupedNumber(run)
	first := run.groups[0]
	sc.professionalNumber(first)
	sc.postcode(first)
	if !within || sc.text[start-1] == '-' || sc.text[start-1] == ' ' {
		sc.streetAddress(first)
	}
	sc.birthDate(first)
	if run.n == 3 && first.start < sc.dateEnd && run.groups[2].end == sc.dateEnd {
		run.n = 0
		return sc.dateEnd // the rest of 12/03/2026, with nothing behind it
	}
	return sc.afterDigits(first.end)
}

// labelledNumber reports what only its label says to be the number of a patient, and
// returns its end, or 0.
func (sc *scanner) labelledNumber(run *digitRun, insured bool) (end int) {
	if insured {
		return 0
	}
	if end = sc.localNumber(run.groups[0]); end == 0 {
		end = sc.mistypedInsurance(run)
	}
	return end
}

// healthNumber reports the NHS, CHI or H&C number at the start of the run and
// returns its end, or 0.
func (sc *scanner) healthNumber(run *digitRun) int {
	groups, usual := run.healthGroups()
	if groups == 0 {
		return 0
	}
	var number [10]byte
	for i := range number {
		number[i] = '0' + run.digits[i]
	}
	class := healthNumberClass(number)
	if class == NHSNumber && number[0] == '0' || !fhir.ValidNHSNumber(string(number[:])) {
		return 0 // no NHS number starts with 0; CHI numbers do
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	if !usual && (run.is111() || run.separatorsOf(groups) != sepSpace || !sc.labelBefore(start, "nhs", "chi", "hcn", "h&c")) {
		return 0
	}
	if !sc.standsAlone(start, end, run.separatorsOf(groups)) || groups == 1 && sc.isCoded(start, string(number[:])) {
		return 0
	}
	if groups == 1 && sc.isOtherNumber(start) {
		return 0 // documented in conformance/measure/narratives
	}
	sc.hit(class, start, end)
	return end
}

// isCoded reports whether a number is a SNOMED CT or dm+d concept id and is called
// one. Some short ids pass the check of NHS numbers too.
func (sc *scanner) isCoded(start int, number string) bool {
	return isConceptID(number) && sc.labelBefore(start, "dm+d", "dmd", "snomed", "sctid", "concept", "vtm", "vmp", "amp")
}

// healthGroups says how many groups make up ten digits, 0 if none do, and whether
// people group such numbers so.
func (run *digitRun) healthGroups() (groups int, usual bool) {
	for digits := 0; digits < 10 && groups < run.n; groups++ {
		digits += run.groups[groups].count
		if digits == 10 {
			return groups + 1, run.hasShape(10) || run.hasShape(3, 3, 4) || run.hasShape(3, 7) || run.hasShape(6, 4) || run.hasShape(5, 5) || groups == 9
		}
	}
	return 0, false
}

// healthNumberClass tells the three national numbers, which share one check
// digit, apart by their ranges.
func healthNumberClass(number [10]byte) Class {
	two := func(i int) int { return int(number[i]-'0')*10 + int(number[i+1]-'0') }
	day, month := two(0), two(2)
	switch {
	case 1 <= day && day <= 31 && 1 <= month && month <= 12:
		return CHINumber
	case 32 <= day && day <= 39:
		return HCNumber
	default:
		return NHSNumber
	}
}

// insuranceNumber reports a National Insurance number: two letters, six digits,
// and a letter from A to D. It returns whether there is one.
func (sc *scanner) insuranceNumber(run *digitRun) bool {
	groups := 1
	switch {
	case run.hasShape(6):
	case run.hasShape(3, 3) && run.separatorsOf(2) == sepSpace:
		groups = 2
	case run.hasShape(2, 2, 2) && run.separatorsOf(3)&^(sepSpace|sepDash) == 0:
		groups = 3
	default:
		return false
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	prefix, suffix := start, end
	if isGap(at(sc.text, start-1)) {
		prefix--
	}
	if isGap(at(sc.text, end)) {
		suffix++
	}
	if prefix < 2 || suffix >= len(sc.text) {
		return false
	}
	one, two, last := sc.text[prefix-2], sc.text[prefix-1], sc.text[suffix]
	if last |= 0x20; last < 'a' || last > 'd' || !insurancePrefix(upper(one), upper(two)) {
		return false
	}
	if isWord(before(sc.text, prefix-2)) || isWord(after(sc.text, suffix+1)) || sc.isOtherNumber(prefix-2) {
		return false
	}
	// Written with spaces it could be words around a number; capitals or a label say
	// it is not.
	if (prefix < start || suffix > end) && !(isUpper(one) && isUpper(two) && isUpper(sc.text[suffix])) &&
		!sc.labelBefore(prefix-2, insuranceLabels...) {
		return false
	}
	sc.hit(NINumber, prefix-2, suffix+1)
	return true
}

// insurancePrefix applies the allocation rules of HMRC manual NIM39110.
func insurancePrefix(one, two byte) bool {
	for _, c := range [2]byte{one, two} {
		switch c {
		case 'D', 'F', 'I', 'Q', 'U', 'V':
			return false
		}
		if !isUpper(c) {
			return false
		}
	}
	switch string([]byte{one, two}) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return two != 'O'
}

// isGap reports what may stand between the parts of a number.
func isGap(c byte) bool { return isSpace(c) || c == '-' }

// professionalNumber reports the number of a doctor, nurse, pharmacist or other
// member of staff. Most of these look like any other number, so they need the name
// of their register beside them; beside a word such as doctor it is only a possible one.
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
	case personal && sc.labelBefore(start, "gp", "gp code", "prescriber", "practitioner", "doctor"):
		sc.hit(ProfessionalNumber, start, g.end)
	case letter == 0 && sc.isOtherNumber(start):
	case personal || sc.labelBefore(start, "doctor", "doctor's", "dr", "gp", "prescriber", "pharmacist", "registration", "registered", "reg"):
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

// registered reports text[start:end] as a professional number if one of the labels
// stands beside it.
func (sc *scanner) registered(start, end int, labels ...string) bool {
	if isWord(after(sc.text, end)) || !sc.labelBefore(start, labels...) && !sc.labelAfter(end, labels...) {
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
