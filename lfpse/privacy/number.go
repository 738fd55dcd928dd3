package privacy

import "github.com/gpsafety/lfpse-go/fhir"

// number looks at the row of digits that starts at i and returns where to go on.
// Every row is the possible start of a longer number in groups, so "aged 45
// 999 000 0018" is found too; the work per row is bounded.
func (sc *scanner) number(i int) int {
	run := &sc.run
	if run.n > 1 && run.groups[1].start == i {
		run.next(sc.text)
	} else {
		sc.beginRun(i)
	}
	if end := sc.healthNumber(run); end > 0 {
		return end
	}
	if end := sc.phone(run); end > 0 {
		return end
	}
	first := run.groups[0]
	sc.insuranceNumber(run)
	sc.professionalNumber(run)
	sc.postcode(first)
	sc.birthDate(first)
	return sc.afterDigits(first.end)
}

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
		if r, _ := runeBefore(sc.text, start); !isWord(r) {
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
	for {
		r, end := runeAt(sc.text, i)
		if digitValue(r) < 0 {
			return i
		}
		i = end
	}
}

// healthNumber reports the NHS, CHI or H&C number at the start of the run and
// returns its end, or 0.
func (sc *scanner) healthNumber(run *digitRun) int {
	groups := run.healthGroups()
	if groups == 0 {
		return 0
	}
	var number [10]byte
	for i := range number {
		number[i] = '0' + run.digits[i]
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	if !fhir.ValidNHSNumber(string(number[:])) || !standsAlone(sc.text, start, end, run.separatorsOf(groups)) {
		return 0
	}
	sc.hit(healthNumberClass(number), start, end)
	return end
}

// healthGroups says how many groups make up ten digits in a usual grouping.
func (run *digitRun) healthGroups() int {
	switch first := run.groups[0].count; {
	case first == 10:
		return 1
	case first == 3 && run.hasShape(3, 3, 4):
		return 3
	case first == 3 && run.hasShape(3, 7), first == 6 && run.hasShape(6, 4), first == 5 && run.hasShape(5, 5):
		return 2
	case first == 1 && run.hasShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 1):
		return 10
	}
	return 0
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
// and a letter from A to D.
func (sc *scanner) insuranceNumber(run *digitRun) {
	groups := 1
	switch {
	case run.hasShape(6):
	case run.hasShape(2, 2, 2) && run.separatorsOf(3)&^(sepSpace|sepDash) == 0:
		groups = 3
	default:
		return
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	prefix, spacedBefore := skipSpaceBefore(sc.text, start)
	suffix, spacedAfter := skipSpaceAfter(sc.text, end)
	if prefix < 2 || suffix >= len(sc.text) {
		return
	}
	one, two, last := sc.text[prefix-2], sc.text[prefix-1], sc.text[suffix]
	if before, _ := runeBefore(sc.text, prefix-2); isWord(before) {
		return
	}
	if after, _ := runeAt(sc.text, suffix+1); isWord(after) {
		return
	}
	// Written with spaces it could be words around a number; capitals say it is not.
	if (spacedBefore || spacedAfter) && !(isUpper(one) && isUpper(two) && isUpper(last)) {
		return
	}
	if last |= 0x20; last < 'a' || last > 'd' || !insurancePrefix(upper(one), upper(two)) {
		return
	}
	sc.hit(NINumber, prefix-2, suffix+1)
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

// professionalNumber reports a registration number that stands beside the name of
// its register; alone these numbers look like any other.
func (sc *scanner) professionalNumber(run *digitRun) {
	g := run.groups[0]
	start, end := g.start, g.end
	var cues []string
	switch g.count {
	case 7:
		cues = []string{"gmc", "gphc"}
	case 2:
		if !sc.nmcTail(end) {
			return
		}
		cues, end = []string{"nmc", "pin"}, end+6
	case 5, 6:
		if start < 2 || !isASCIILetter(sc.text[start-1]) || !isASCIILetter(sc.text[start-2]) {
			return
		}
		cues, start = []string{"hcpc"}, start-2
	default:
		return
	}
	if cueBefore(sc.text, start, cues...) {
		sc.hit(ProfessionalNumber, start, end)
	}
}

// nmcTail reports whether an NMC PIN, such as 71A2998E, goes on at i.
func (sc *scanner) nmcTail(i int) bool {
	if i+6 > len(sc.text) {
		return false
	}
	tail := sc.text[i : i+6]
	for j := 1; j < 5; j++ {
		if !isASCIIDigit(tail[j]) {
			return false
		}
	}
	after, _ := runeAt(sc.text, i+6)
	return isASCIILetter(tail[0]) && isASCIILetter(tail[5]) && !isWord(after)
}

// cueWindow is how far before a value its cue may stand, in bytes.
const cueWindow = 40

// cueBefore reports whether one of the words stands shortly before i with no
// digit, comma or semicolon in between. Words are given in lower case.
func cueBefore(text string, i int, words ...string) bool {
	from := max(0, i-cueWindow)
	for j := i - 1; j >= from; j-- {
		if c := text[j]; isASCIIDigit(c) || c == ',' || c == ';' {
			return false
		}
		if j > 0 && isASCIILetter(text[j-1]) {
			continue // not the start of a word
		}
		for _, word := range words {
			if hasPrefixFold(text[j:i], word) {
				return true
			}
		}
	}
	return false
}

// hasPrefixFold reports whether s starts with the lower-case ASCII word and the
// word ends there.
func hasPrefixFold(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return len(s) == len(word) || !isASCIILetter(s[len(word)])
}

// skipSpaceBefore moves from i before one space, if there is one.
func skipSpaceBefore(text string, i int) (at int, spaced bool) {
	if r, start := runeBefore(text, i); r >= 0 && isSpace(r) {
		return start, true
	}
	return i, false
}

// skipSpaceAfter moves from i behind one space, if there is one.
func skipSpaceAfter(text string, i int) (at int, spaced bool) {
	if r, end := runeAt(text, i); r >= 0 && isSpace(r) {
		return end, true
	}
	return i, false
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if isUpper(c) {
		return c - 'A' + 'a'
	}
	return c
}
