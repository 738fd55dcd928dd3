package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Effect says what a finding does to the report that it is about. The zero Effect is none.
type Effect uint8

// The effects, from the weakest to the strongest.
const (
	Inform Effect = iota + 1 // it is shown, and never stops the report
	Hold                     // the report waits until a person has edited or released the text
	Block                    // the report is never sent as it is; a person edits the text, or releases a false alarm
)

var effectNames = [...]string{Inform: "inform", Hold: "hold", Block: "block"}

// String is inform, hold or block.
func (e Effect) String() string {
	if e < Inform || e > Block {
		return "none"
	}
	return effectNames[e]
}

// Severity is the severity of findings with this effect: information, warning or error.
func (e Effect) Severity() fhir.Severity {
	switch e {
	case Inform:
		return fhir.Information
	case Hold:
		return fhir.Warning
	}
	return fhir.Error
}

// classEffect is what findings of a class do.
type classEffect struct {
	effect Effect // by default
	lowest Effect // that a policy may choose
	fixed  bool   // no person may release a finding
}

// effects is the one place that says what the findings of each class do. Those of
// effect Hold need a measured precision of 95 % or more, see
// conformance/measure/narratives. A class that is missing here blocks, and is fixed.
//
// Whatever the table says, a policy does not lower, and no person releases, what
// [Unreleasable] finds.
var effects = [256]classEffect{
	NHSNumber:                  {effect: Block, lowest: Block},
	CHINumber:                  {effect: Block, lowest: Block},
	HCNumber:                   {effect: Block, lowest: Block},
	NINumber:                   {effect: Block, lowest: Block},
	LabelledNumber:             {effect: Block, lowest: Block, fixed: true},
	LocalNumber:                {effect: Hold, lowest: Inform},
	NamedPerson:                {effect: Hold, lowest: Inform},
	StreetAddress:              {effect: Hold, lowest: Inform},
	ObscuredEmail:              {effect: Hold, lowest: Hold, fixed: true},
	ProfessionalNumber:         {effect: Block, lowest: Hold},
	Email:                      {effect: Block, lowest: Block, fixed: true},
	Phone:                      {effect: Block, lowest: Block, fixed: true},
	Postcode:                   {effect: Hold, lowest: Inform},
	PossibleBirthDate:          {effect: Hold, lowest: Inform},
	PossibleProfessionalNumber: {effect: Inform, lowest: Inform},
	TitledName:                 {effect: Hold, lowest: Inform},
	Name:                       {effect: Block, lowest: Block, fixed: true},
	FamilyName:                 {effect: Block, lowest: Block, fixed: true},
	GivenName:                  {effect: Block, lowest: Block, fixed: true},
	PossibleName:               {effect: Inform, lowest: Inform},
	BirthDate:                  {effect: Block, lowest: Hold},
	Address:                    {effect: Block, lowest: Block, fixed: true},
	Identifier:                 {effect: Block, lowest: Block, fixed: true},
	Element:                    {effect: Block, lowest: Block, fixed: true},
	Reference:                  {effect: Block, lowest: Block, fixed: true},
	Binary:                     {effect: Block, lowest: Block, fixed: true},
	Depth:                      {effect: Block, lowest: Block, fixed: true},
	Reidentification:           {effect: Inform, lowest: Inform},
}

func (c Class) effect() classEffect {
	if e := effects[c]; e.effect != 0 {
		return e
	}
	return classEffect{effect: Block, lowest: Block, fixed: true}
}

// Effect is what findings of the class do by default.
func (c Class) Effect() Effect { return c.effect().effect }

// Lowest is the weakest effect that a policy may give the class.
func (c Class) Lowest() Effect { return c.effect().lowest }

// Releasable reports whether a person may release findings of the class. Those that
// [Unreleasable] finds are excepted.
func (c Class) Releasable() bool { return !c.effect().fixed }

// Setting is the name of the class in a [Policy], such as titled-name.
func (c Class) Setting() string {
	return strings.ToLower(strings.TrimPrefix(c.Rule(), rulePrefix))
}

const rulePrefix = "PRIVACY-"

// Classes lists the classes of findings, each rule once.
func Classes() []Class {
	var all []Class
	for i := range classes {
		c := Class(i)
		if classes[i].rule != "" && c != FamilyName && c != GivenName {
			all = append(all, c)
		}
	}
	return all
}

// ClassOf returns the class whose findings have a rule id, such as PRIVACY-POSTCODE. ok
// is false if there is none.
func ClassOf(id string) (c Class, ok bool) {
	for _, c := range Classes() {
		if c.Rule() == id {
			return c, true
		}
	}
	return 0, false
}

// Unreleasable finds in a text what no person may release and no policy lowers: what
// stands on the deny-list, which may be nil, so that the text repeats what the source
// says of its people; a number that its own words call an NHS, CHI, H&C or National
// Insurance number; an e-mail address and a telephone number. Hits are in text order, of
// the classes that [Screener.ScanText] gives.
func Unreleasable(text string, deny *DenyList) []Hit {
	var sc scanner
	normal, formal := sc.next(text)
	sc.text = normal
	var out []Hit
	denied := slices.DeleteFunc(deny.scan(normal, true), func(h Hit) bool { return h.Class == PossibleName })
	certain := overlapping(denied)
	for _, h := range formal {
		if certain(h) || !h.Class.Releasable() || sc.isCalledNational(h.Start, h.End) {
			out = append(out, h)
		}
	}
	out = append(out, denied...)
	slices.SortStableFunc(out, byStart)
	return locate(text, normal, out)
}

// overlapping returns a test, to be asked in text order, of whether a hit overlaps one of
// some others, which are in text order too.
func overlapping(others []Hit) func(Hit) bool {
	reach := 0 // how far those that start before go
	return func(h Hit) bool {
		for ; len(others) > 0 && others[0].Start < h.End; others = others[1:] {
			reach = max(reach, others[0].End)
		}
		return reach > h.Start
	}
}

// nationalLabels are the words that say which national number follows.
var nationalLabels = []string{"nhs", "n.h.s", "n h s", "chi", "h&c", "h & c", "hcn", "health and care", "health & care", "ni", "nino", "n.i", "national insurance", "community health index"}

// isCalledNational reports whether the words beside text[start:end] call it a national
// number, as in "NHS no. 999 000 0018" and "999 000 0018 (NHS number)". The NHS in "the NHS
// pharmacy had lot 999 000 0018" does not.
func (sc *scanner) isCalledNational(start, end int) bool {
	digit := start // the label may be part of the hit
	for digit < end && !isDigit(sc.text[digit]) {
		digit++
	}
	return sc.labelAfter(end, nationalLabels...) || sc.followsNational(start) || sc.followsNational(digit) || sc.isSaidNational(start, end)
}

// followsNational reports whether the name of a national number stands before i, with
// nothing between that makes it the name of something else.
func (sc *scanner) followsNational(i int) bool {
	k, label := sc.nearestLabel(i, nationalLabels...)
	if k < 0 {
		return false
	}
	text, i := sc.text[:i], label+len(nationalLabels[k])
	for w, ok := nextWord(text, i); ok; w, ok = nextWord(text, w.end) {
		if folded := w.short(text); !mayBeWithinLabel(folded.string()) {
			return false
		}
	}
	return true
}

// mayBeWithinLabel reports words that may stand between the name of a number and the number.
func mayBeWithinLabel(folded string) bool {
	return isNumberWord(folded) || isLink(folded) || isLabelOwner(folded) || folded == "for" || folded == "s"
}

// EffectTable writes, as a table in Markdown, what findings of each class do.
func EffectTable() string {
	var b strings.Builder
	b.WriteString("| Setting | Finding | By default | A policy may lower it to | A person may release it |\n| --- | --- | --- | --- | --- |\n")
	for _, c := range Classes() {
		lowest, release := "-", "no"
		if c.Lowest() < c.Effect() {
			lowest = c.Lowest().String()
		}
		if c.Releasable() {
			release = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s: %s | %s | %s | %s |\n", c.Setting(), c.Rule(), c, c.Effect(), lowest, release)
	}
	return b.String()
}
