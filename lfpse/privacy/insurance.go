package privacy

// insuranceNumber reports a National Insurance number: two letters, six digits,
// and a letter from A to D.
func (sc *scanner) insuranceNumber(run *digitRun) {
	groups := 1
	switch {
	case run.hasShape(6):
	case run.hasShape(3, 3) && run.separatorsOf(2) == sepSpace:
		groups = 2
	case run.hasShape(2, 2, 2) && run.separatorsOf(3)&^(sepSpace|sepDash) == 0:
		groups = 3
	default:
		return
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
		return
	}
	one, two, last := sc.text[prefix-2], sc.text[prefix-1], sc.text[suffix]
	if last |= 0x20; last < 'a' || last > 'd' || !insurancePrefix(upper(one), upper(two)) {
		return
	}
	if isWord(before(sc.text, prefix-2)) || isWord(after(sc.text, suffix+1)) {
		return
	}
	// Written with spaces it could be words around a number; capitals or a cue say
	// it is not.
	if (prefix < start || suffix > end) && !(isUpper(one) && isUpper(two) && isUpper(sc.text[suffix])) &&
		!sc.cueBefore(prefix-2, "ni", "nino", "national insurance", "insurance", "n.i") {
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

// isGap reports what may stand between the parts of a number.
func isGap(c byte) bool { return isSpace(c) || c == '-' }
