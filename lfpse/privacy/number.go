package privacy

import "github.com/gpsafety/lfpse-go/fhir"

// number looks at the row of digits that starts at i and returns where to go on.
// Every row is the possible start of a longer number in groups, so "aged 45
// 999 000 0018" is found too; the work per row is bounded.
func (sc *scanner) number(i int) int {
	run := &sc.run
	if run.n > 1 && run.groups[1].start == i {
		run.next(sc.text)
	} else if g := sc.lone(i); g.count > 0 {
		sc.professionalNumber(g)
		sc.postcode(g)
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
	if end := sc.phone(run); end > 0 {
		return end
	}
	sc.insuranceNumber(run)
	sc.compactBirthDate(run)
	sc.groupedNumber(run)
	first := run.groups[0]
	sc.professionalNumber(first)
	sc.postcode(first)
	sc.birthDate(first)
	if run.n == 3 && first.start < sc.dateEnd && run.groups[2].end == sc.dateEnd {
		run.n = 0
		return sc.dateEnd // the rest of 12/03/2026, with nothing behind it
	}
	return sc.afterDigits(first.end)
}

// lone reads one to four digits with plainly no second group behind them, as
// in "10 mg" and "48 hours". Most digits of a report are such, and this is quicker
// than to read a run. The count is 0 when it may be a run.
func (sc *scanner) lone(i int) (g group) {
	text := sc.text
	end := i
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	if end-i < 1 || end-i > 4 || i > 0 && text[i-1]|0x20 == 'o' {
		return g
	}
	if end < len(text) {
		switch c := text[end]; {
		case c == ' ' && end+1 < len(text) && unitLetter(text[end+1]):
		case c == '.' && end+2 < len(text) && text[end+1] == ' ' && unitLetter(text[end+2]):
		case !unitLetter(c) && c != ',' && c != ':' && c != ';' && c != '%':
			return g
		}
	}
	return group{count: end - i, start: i, end: end}
}

// unitLetter reports ASCII letters that do not stand for a zero.
func unitLetter(c byte) bool { return isASCIILetter(c) && c|0x20 != 'o' }

// beginRun reads the run of the digit at i, which may start before it with letters
// O written for zeros where no word goes before them.
func (sc *scanner) beginRun(i int) {
	start := i
	for range 4 {
		if start == 0 || sc.text[start-1]|0x20 != 'o' {
			break
		}
		start--
	}
	if start < i {
		if !isWord(at(sc.text, start-1)) {
			sc.run.begin(sc.text, start)
			if sc.run.n > 0 && sc.run.groups[0].end > i {
				return
			}
		}
	}
	sc.run.begin(sc.text, i)
}

// afterDigits skips the rest of a row that was too long to be read.
func (sc *scanner) afterDigits(i int) int {
	for isDigit(at(sc.text, i)) {
		i++
	}
	return i
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
	if !usual && (run.separatorsOf(groups) != sepSpace || !sc.cueBefore(start, "nhs", "chi", "hcn", "h&c")) {
		return 0
	}
	if !sc.standsAlone(start, end, run.separatorsOf(groups)) || groups == 1 && sc.isCoded(start, string(number[:])) {
		return 0
	}
	sc.hit(class, start, end)
	return end
}

// isCoded reports whether a number is a SNOMED CT or dm+d concept id and is called
// one. Some short ids pass the check of NHS numbers too.
func (sc *scanner) isCoded(start int, number string) bool {
	return isConceptID(number) && sc.cueBefore(start, "dm+d", "dmd", "snomed", "sctid", "concept", "vtm", "vmp", "amp")
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
