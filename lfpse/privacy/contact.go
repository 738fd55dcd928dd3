package privacy

import "strings"

// Bounds of RFC 5321.
const (
	maxLocalPart = 64
	maxDomain    = 253
)

// email reports the address around the at sign at i.
func (sc *scanner) email(i int) {
	start := i
	for start > 0 && i-start < maxLocalPart && (isWord(sc.text[start-1]) || strings.IndexByte(localPunctuation, sc.text[start-1]) >= 0) {
		start--
	}
	for start < i && strings.IndexByte(edges, sc.text[start]) >= 0 {
		start++
	}
	end := sc.domainEnd(i + 1)
	switch {
	case start < i && end > 0:
		sc.hit(Email, start, end)
	case start == i && isLetter(at(sc.text, i+1)) && sc.labelBefore(i, socialMedia...):
		sc.socialName(i)
	default:
		sc.spacedAt(i)
	}
}

// socialMedia are words that a name with an at sign before it follows.
var socialMedia = []string{"twitter", "tweet", "tweeted", "instagram", "insta", "facebook", "tiktok", "snapchat", "threads", "bluesky", "mastodon", "social media", "handle", "username", "user name"}

// socialName reports the name on a social medium that the at sign at i starts.
func (sc *scanner) socialName(i int) {
	end := i + 1
	for isWord(at(sc.text, end)) || at(sc.text, end) == '_' || at(sc.text, end) == '.' && isWord(at(sc.text, end+1)) {
		end++
	}
	sc.hit(NamedPerson, i+1, end)
}

const (
	localPunctuation = `._-+%'"!#$&*=?^{|}~/` + "`" // what may stand in a local part besides letters and digits
	edges            = `.'"/*`                      // what belongs to the sentence where it stands before it
)

// domainEnd returns the end of the domain name at i, or 0 when there is none with
// a dot and a top-level domain of two letters or more.
func (sc *scanner) domainEnd(i int) int {
	end, letters, dotted, other := 0, 0, false, false // of the label: its letters, and whether it has other characters
	for j := i; j < len(sc.text) && j-i < maxDomain; j++ {
		switch c := sc.text[j]; {
		case c == '.':
			dotted, letters, other = dotted || j > i, 0, false
		case isLetter(c):
			letters++
			if dotted && letters >= 2 && !other {
				end = j + 1
			}
		case isDigit(c) || c == '-':
			other = true
		default:
			return end
		}
	}
	return end
}

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
	case d[0] == 7 && !plus && sc.labelBefore(start, "mob", "mobile", "tel", "telephone", "phone"):
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

// postcode reports the postcode whose inward code starts with the last digit of g,
// as the 6 of E10 6QN and of E106QN.
func (sc *scanner) postcode(g group) {
	text := sc.text
	inward := g.end - 1
	if g.end+2 > len(text) || !isASCIILetter(text[g.end]) || g.count > maxRunDigits || !isDigit(text[inward]) {
		return
	}
	one, two := text[g.end], text[g.end+1]
	if !isInwardLetter(one) || !isInwardLetter(two) {
		return
	}
	if isWord(after(text, g.end+2)) {
		return
	}
	start, outward := sc.outwardBefore(inward, g.count > 1)
	if outward == "" || looksClinical(outward, text[inward], one, two) {
		return
	}
	sc.hit(Postcode, start, g.end+2)
}

// outwardBefore reads the outward code that ends at the inward code, with at most
// two spaces between. It returns "" when there is none.
func (sc *scanner) outwardBefore(inward int, joined bool) (start int, outward string) {
	end := inward
	if !joined {
		for range 2 {
			if isSpace(at(sc.text, end-1)) {
				end--
			}
		}
	}
	start = end
	for end-start < 5 && isWord(at(sc.text, start-1)) {
		start--
	}
	if outward = sc.text[start:end]; isWord(before(sc.text, start)) || !isOutward(outward) {
		return start, ""
	}
	return start, outward
}

// isOutward reports whether s is a possible outward code, in either case: A9, A99,
// AA9, AA99, A9A or AA9A with an area that exists.
func isOutward(s string) bool {
	if len(s) < 2 || len(s) > 4 {
		return false
	}
	if strings.EqualFold(s, "GIR") {
		return true
	}
	letters := 1
	if isASCIILetter(s[1]) {
		letters = 2
	}
	rest := s[letters:]
	if !isArea(s[:letters]) || rest == "" || !isDigit(rest[0]) {
		return false
	}
	switch {
	case len(rest) == 1:
		return true
	case len(rest) > 2:
		return false
	case isDigit(rest[1]) || rest[1]|0x20 == 'o': // E1O 6QN; there is no such letter
		return true
	case letters == 1:
		return strings.IndexByte("ABCDEFGHJKPSTUW", upper(rest[1])) >= 0
	default:
		return strings.IndexByte("ABEHMNPRVWXY", upper(rest[1])) >= 0
	}
}

// isInwardLetter reports the letters of an inward code, which leave out CIKMOV.
func isInwardLetter(c byte) bool {
	return isASCIILetter(c) && strings.IndexByte("CIKMOV", upper(c)) < 0
}

// looksClinical reports text that has the form of a postcode and is more likely a
// dose, a frequency or an ordinal beside a vitamin, a vertebra or a bed: B12 5ug,
// E10 2bd, L5 1st. Only areas of one letter look like that.
func looksClinical(outward string, digit, one, two byte) bool {
	if isASCIILetter(outward[1]) || isASCIILetter(outward[len(outward)-1]) {
		return false
	}
	switch string([]byte{upper(one), upper(two)}) {
	case "UG", "BD", "TD", "QD":
		return true
	case "ST":
		return digit == '1' && !isUpper(one)
	case "ND":
		return digit == '2' && !isUpper(one)
	case "RD":
		return digit == '3' && !isUpper(one)
	case "TH", "HR":
		return !isUpper(one)
	}
	return false
}

// postcodeAreas are the 124 areas of the Royal Mail. B12 and E10 are places; T4 and
// D3 are not.
const postcodeAreas = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY" +
	" E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU" +
	" M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY" +
	" TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE "

func isArea(s string) bool {
	key := [4]byte{' ', upper(s[0]), ' ', ' '}
	n := 3
	if len(s) == 2 {
		key[2], n = upper(s[1]), 4
	}
	return strings.Contains(postcodeAreas, string(key[:n]))
}
