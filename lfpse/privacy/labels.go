package privacy

import (
	"slices"
	"strings"
)

// The words that labels are made of: linkWords stand between a label and its value, as in
// "the NHS number was 943", numberWords say that a number follows, and not which,
// clinicalSystems are those of practices and hospitals, and patientNumbers say all by
// themselves.
var (
	linkWords       = strings.Fields("is was were as of are reads shows being called")
	numberWords     = strings.Fields("number numbers no nos num nr id ids ref reference code identifier")
	clinicalSystems = strings.Fields("emis systmone systemone vision tpp rio cerner lorenzo medway adastra microtest")
	patientNumbers  = strings.Fields("mrn mrns hospno crn pid")

	// labelEndings are those of the words that may stand directly before a local number.
	labelEndings = endingsOf(linkWords, numberWords, clinicalSystems, patientNumbers)
)

func isLink(folded string) bool { return slices.Contains(linkWords, folded) }

func isNumberWord(folded string) bool { return slices.Contains(numberWords, folded) }

func isClinicalSystem(folded string) bool { return slices.Contains(clinicalSystems, folded) }

// label is what stands directly before a value: the last word that is no link, the one
// before it, and where each starts.
type label struct {
	last, first           shortWord
	lastStart, firstStart int
}

// labelOf reads the label of the value that starts at i. Commas, brackets and sentences
// end it.
func (sc *scanner) labelOf(i int) (l label) {
	for range 3 {
		if l.last, l.lastStart = sc.labelWord(i); !isLink(l.last.string()) {
			break
		}
		i = l.lastStart
	}
	if l.last.n > 0 {
		l.first, l.firstStart = sc.labelWord(l.lastStart)
	}
	return l
}

// labelWord is the word before i, with at most four of the signs between that stand
// between the parts of a label.
func (sc *scanner) labelWord(i int) (w shortWord, start int) {
	end := i
	for end > 0 && i-end < 4 && isLabelSign(sc.text[end-1]) {
		end--
	}
	for start = end; end-start < len(w.folded) && isASCIILetter(at(sc.text, start-1)); start-- {
	}
	if start == end || isLetter(at(sc.text, start-1)) {
		return w, i
	}
	return word{start, end}.short(sc.text), start
}

func isLabelSign(c byte) bool {
	switch c {
	case ' ', '\t', ':', '.', '#', '=', '-', '_', '(', '"', '\'':
		return true
	}
	return false
}

// which is the word that says what kind of number it is, and where it starts: "hospital"
// of "hospital no", "lot" of "lot" and of "lot number".
func (l *label) which() (w shortWord, start int) {
	if isNumberWord(l.last.string()) {
		return l.first, l.firstStart
	}
	return l.last, l.lastStart
}

// saysInsurance reports the labels of National Insurance numbers.
func (l *label) saysInsurance() bool {
	w, _ := l.which()
	switch w.string() {
	case "ni", "nino", "insurance", "ins":
		return true
	}
	return false
}

// insuranceLabels are the names of National Insurance numbers, which may stand some words
// before one.
var insuranceLabels = []string{"ni", "nino", "national insurance", "insurance", "n.i"}

// The labels of health numbers that may have some words between them and the number. The
// nearest label counts, so the number after one of otherLabels is that.
var (
	healthLabels = []string{"nhs number", "nhs numbers", "chi number", "h&c number", "hcn", "national insurance number", "ni number"}
	otherLabels  = []string{"phone", "telephone", "tel", "mobile", "mob", "fax", "call", "rang", "ring", "lot", "batch", "datix", "page", "order", "invoice", "ticket", "ref", "reference", "barcode", "serial", "gtin", "ubrn"}
	closeLabels  = append(append([]string{}, healthLabels...), otherLabels...)
)

// isHealthWord reports the names of the national numbers of a person.
func isHealthWord(folded string) bool {
	switch folded {
	case "nhs", "nhsno", "nhsnumber", "nhsn", "chi", "hcn", "nino", "ni", "insurance", "chino":
		return true
	}
	return false
}

// calledHealthNumber reports whether the text itself calls the value that starts at i an
// NHS, CHI, H&C or National Insurance number.
func (sc *scanner) calledHealthNumber(i int) bool {
	l := sc.labelOf(i)
	w, start := l.which()
	switch folded := w.string(); {
	case isHealthWord(folded):
		return true
	case (folded == "c" || folded == "care") && at(sc.text, beforeSpaces(sc.text, start)-1) == '&', folded == "hc": // H&C
		return true
	case folded == "care":
		and, from := sc.labelWord(start)
		health, _ := sc.labelWord(from)
		return and.string() == "and" && health.string() == "health"
	case isOtherThing(folded):
		return false
	}
	k, _ := sc.nearestLabel(i, closeLabels...)
	return k >= 0 && k < len(healthLabels)
}

// isOtherThing reports words that say that a number is not that of a person.
func isOtherThing(folded string) bool {
	switch folded {
	case "lot", "lots", "batch", "batches", "datix", "page", "pages", "order", "orders", "invoice", "ticket", "tickets", "job", "task", "case", "incident", "delivery", "parcel",
		"tracking", "consignment", "serial", "barcode", "product", "stock", "item", "account", "asset", "device", "model", "part", "catalogue", "requisition", "purchase",
		"transaction", "receipt", "booking", "ubrn", "helpdesk", "servicedesk", "request", "call", "log", "document", "docman", "article", "wiki", "file", "version", "build",
		"sample", "specimen", "accession", "lab", "report", "prescription", "script", "claim", "snomed", "gtin", "ean", "isbn", "pip", "licence", "license", "contract",
		"po", "voucher", "courier", "shipment", "complaint", "yellowcard", "lfpse", "steis", "message", "event", "audit", "ers", "rota", "policy", "issue", "change", "entry":
		return true
	}
	return false
}

// isOtherNumber reports whether the word before ten ungrouped digits says that they are no
// NHS number, as in "Lot number 4010232137".
func (sc *scanner) isOtherNumber(i int) bool {
	l := sc.labelOf(i)
	w, _ := l.which()
	return isOtherThing(w.string())
}

// mistypedNumber reports a number that the text calls that of a patient and that has a
// wrong digit, or one too few or too many. It returns the end, or 0.
func (sc *scanner) mistypedNumber(run *digitRun) int {
	groups := 0
	for i, digits := 0, 0; i < run.n && digits < 10; i++ {
		if i > 0 && run.groups[i].before&sepSlash != 0 {
			break
		}
		if digits += run.groups[i].count; digits >= 9 && digits <= 11 || i == 0 && (digits == 8 || digits == 12) {
			groups = i + 1
		}
	}
	if groups == 0 {
		return 0
	}
	if groups > 2 && groups < 9 && (run.groups[0].count != 3 || run.groups[1].count != 3) || groups > 1 && run.is111() {
		return 0
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	if _, _, _, isDate := dateAt(sc.text, start); isDate && groups > 1 || !sc.standsAlone(start, end, run.separatorsOf(groups)) || !sc.isSaidNational(start, end) {
		return 0
	}
	sc.hit(LabelledNumber, start, end)
	return end
}

// is111 reports whether the run starts with the number of NHS 111, which others follow.
func (run *digitRun) is111() bool {
	return run.hasShape(3) && run.digits[0] == 1 && run.digits[1] == 1 && run.digits[2] == 1
}

// mistypedInsurance reports what the text calls a National Insurance number and has two
// letters and five to seven digits, whether or not it can be one. It returns the end, or 0.
func (sc *scanner) mistypedInsurance(run *digitRun) int {
	groups, digits := 0, 0
	for groups < run.n && digits < 5 {
		digits += run.groups[groups].count
		groups++
	}
	if groups < run.n && digits == 5 && run.groups[groups].count <= 2 || groups < run.n && digits < 6 && groups > 1 {
		digits += run.groups[groups].count
		groups++
	}
	if digits < 5 || digits > 7 || run.separatorsOf(groups)&^(sepSpace|sepDash) != 0 {
		return 0
	}
	start, end := run.groups[0].start, run.groups[groups-1].end
	if isGap(at(sc.text, start-1)) {
		start--
	}
	if start < 2 || !isASCIILetter(sc.text[start-1]) || !isASCIILetter(sc.text[start-2]) || isWord(before(sc.text, start-2)) {
		return 0
	}
	start -= 2
	suffix := end
	if isGap(at(sc.text, suffix)) {
		suffix++
	}
	if isASCIILetter(at(sc.text, suffix)) && !isWord(after(sc.text, suffix+1)) {
		end = suffix + 1
	}
	if l := sc.labelOf(start); !l.saysInsurance() && !sc.nationalBehind(end) && (end != suffix+1 || !sc.labelBefore(start, insuranceLabels...) || sc.isOtherNumber(start)) {
		return 0
	}
	sc.hit(LabelledNumber, start, end)
	return end
}

// isPatientOwner reports who gives numbers to patients besides the clinical systems.
func isPatientOwner(folded string) bool {
	switch folded {
	case "hospital", "hosp", "local", "unit", "patient", "patients", "pt", "pts", "pas", "epic", "chart", "casenote", "casenotes", "notes", "note", "record", "records",
		"trust", "clinic", "registration":
		return true
	}
	return false
}

// localNumber reports the number of a patient at a hospital or in a clinical system, with
// the word that says so before it. It returns the end, or 0.
func (sc *scanner) localNumber(g group) int {
	if end := sc.localBehind(g); end > 0 {
		return end
	}
	if next := at(sc.text, g.end); g.count < 4 && next != '-' && next != '/' && !(next == ' ' && isDigit(at(sc.text, g.end+1))) {
		return 0
	}
	if c := at(sc.text, g.start-1); !isWord(c) && c != '-' && c != '/' && !mayFollowLabel(sc.text, g.start) {
		return 0
	}
	start, end, digits := sc.codeAround(g)
	if digits < 4 || end-start > maxCode || !mayFollowLabel(sc.text, start) {
		return 0
	}
	l := sc.labelOf(start)
	w, from := l.which()
	named := l.lastStart != from // a word for number stands between
	switch folded := w.string(); {
	case slices.Contains(patientNumbers, folded) && (folded != "pid" || digits > 4):
	case isClinicalSystem(folded):
		if !named && (digits < 5 || strings.IndexByte(sc.text[from:start], ':') < 0) {
			return 0 // EMIS 12345 may be a task
		}
	case !named || !isPatientOwner(folded) || isReference(l.last.string()) || strings.HasPrefix(folded, "pat") && (l.last.string() == "numbers" || l.last.string() == "nos"):
		return 0
	case folded == "unit" || folded == "record" || folded == "records" || folded == "clinic" || folded == "trust":
		if before, _ := sc.labelWord(from); isOtherUnit(before.string()) {
			return 0
		}
	case folded == "registration":
		if before, _ := sc.labelWord(from); before.string() != "patient" && before.string() != "hospital" {
			return 0
		}
	}
	sc.hit(LocalNumber, start, end)
	return end
}

// isReference reports what letters bear too, as in "hospital ref".
func isReference(folded string) bool {
	return folded == "ref" || folded == "reference" || folded == "code"
}

// isOtherUnit reports what numbers of units and records are of that are no patients.
func isOtherUnit(folded string) bool {
	switch folded {
	case "blood", "donation", "cell", "cells", "platelet", "plasma", "stock", "batch", "training", "vaccine", "fridge", "storage", "business", "industrial", "audit", "phone", "telephone":
		return true
	}
	return false
}

// mayFollowLabel is a quick look at what stands before a number: most follow no label.
func mayFollowLabel(text string, i int) bool {
	for n := 0; n < 4 && i > 0 && isLabelSign(text[i-1]); n++ {
		i--
	}
	return labelEndings.mayEnd(text, i)
}

// maxCode bounds the characters of a local number.
const maxCode = 20

// codeAround is the code that a group of digits is in, with letters and dashes before it
// and further groups behind, and how many digits it has.
func (sc *scanner) codeAround(g group) (start, end, digits int) {
	text := sc.text
	start = g.start
	for start > 0 && g.start-start < 8 && (isASCIILetter(text[start-1]) || (text[start-1] == '-' || text[start-1] == '/') && start > 1 && isASCIILetter(text[start-2])) {
		start--
	}
	if start == g.start && start > 1 && isUpper(text[start-2]) && text[start-1] == ' ' && !isWord(at(text, start-3)) {
		start -= 2 // K 123456
	}
	for end = g.start; end-start <= maxCode; end++ {
		switch c := at(text, end); {
		case isDigit(c):
			digits++
		case isASCIILetter(c) && !isLower(at(text, end+1)):
		case (c == '-' || c == '/' || c == ' ' && digits < 6) && isDigit(at(text, end+1)):
		default:
			return start, end, digits
		}
	}
	return start, end, digits
}
