package privacy

// phone reports the United Kingdom telephone number at the start of the run and
// returns its end, or 0. The longest grouping that makes a whole number wins.
func (sc *scanner) phone(run *digitRun) int {
	start, prefix := sc.phonePrefix(run)
	if prefix < 0 {
		return 0
	}
	digits, best := 0, 0
	for i := range run.n {
		g := run.groups[i]
		digits += g.count
		if digits > maxRunDigits || i > 0 && g.before&sepSlash != 0 && !afterAreaCode(run, i) {
			break
		}
		if wholePhone(run, i+1, digits, prefix) {
			best = i + 1
		}
	}
	if best == 0 {
		return 0
	}
	end := run.groups[best-1].end
	if !sc.standsAlone(start, end, run.separatorsOf(best)) {
		return 0
	}
	sc.hit(Phone, start, end)
	return end
}

// afterAreaCode reports whether group i follows an area code, as in 01632/960123.
func afterAreaCode(run *digitRun, i int) bool {
	return i == 1 && run.groups[0].count >= 3 && run.groups[0].count <= 5 && run.groups[1].count >= 6
}

// phonePrefix tells how many digits come before the national number, 0 or the
// country code, and where the number starts with its plus sign and bracket. The
// prefix is -1 when the run cannot be a telephone number.
func (sc *scanner) phonePrefix(run *digitRun) (start, prefix int) {
	d := &run.digits
	start = run.groups[0].start
	if d[0] != 0 && d[0] != 4 && d[0] != 7 {
		return start, -1
	}
	total := 0
	for i := range run.n {
		total += run.groups[i].count
	}
	if total < 10 {
		return start, -1
	}
	opening := at(sc.text, start-1)
	plus := opening == '+'
	if plus || opening == '(' {
		start--
	}
	switch {
	case d[0] == 7 && !plus && sc.cueBefore(start, "mob", "mobile", "tel", "telephone", "phone"):
		return start, 0 // a spreadsheet has taken the 0 away
	case d[0] == 4 && d[1] == 4 && (plus || d[2] == 7):
		// Without a plus only the mobile form is unlike other long numbers.
		return start, afterTrunkZero(d, 2)
	case d[0] == 0 && d[1] == 0 && d[2] == 4 && d[3] == 4:
		return start, afterTrunkZero(d, 4)
	case d[0] == 0 && !plus:
		return start, 1
	}
	return start, -1
}

// afterTrunkZero passes over the 0 of +44 (0)1632.
func afterTrunkZero(d *[maxRunDigits]byte, i int) int {
	if d[i] == 0 {
		return i + 1
	}
	return i
}

// wholePhone reports whether the first groups make up a whole number of the
// national plan: ten digits after the prefix, or nine for the older 01 and 0800
// numbers.
func wholePhone(run *digitRun, groups, digits, prefix int) bool {
	national := digits - prefix
	first := run.digits[prefix]
	switch {
	case first == 0 || first == 4 || first == 5 || first == 6:
		return false
	case national == 10:
		return plausibleGroups(run, groups, prefix, 2)
	case national == 9:
		return (first == 1 || first == 8) && plausibleGroups(run, groups, prefix, 3)
	default:
		return false
	}
}

// plausibleGroups keeps lists of times and doses from making up a number: the
// area code has at least three digits, later groups at least smallest. A country
// code needs no such care, and neither do digits written one by one.
func plausibleGroups(run *digitRun, groups, prefix, smallest int) bool {
	if prefix > 1 || groups == 11 && run.groups[0].count == 1 {
		return true
	}
	if run.groups[0].count < 3 {
		return false
	}
	for _, g := range run.groups[1:groups] {
		if g.count < smallest {
			return false
		}
	}
	return true
}
