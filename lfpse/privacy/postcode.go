package privacy

import "strings"

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
