package privacy

import (
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// ScanEvent screens a whole report: every string in it, by form and against the deny-list
// (which may be nil), and the elements that must not be sent at all. Findings are errors
// or warnings, in the order of the document; a report with errors must not be sent. They
// carry the FHIRPath, the class and the range of characters, counted from 1, and never
// the text.
//
// What is looked for depends on the element:
//   - free text: everything
//   - names of products and codes (display, manufacturer, and the fields that hold
//     one): a denied name is a warning only, since products are named after people
//   - codes, ids, references, dates and numbers: no names and no birth dates; a whole
//     SNOMED CT concept id in a field that holds the code of a medicine is let pass,
//     since dm+d ids can look like NHS numbers
//   - contact details of the reporter: may hold e-mail addresses and telephone numbers
//     that are not on the deny-list
//
// Which fields hold what the taxonomy says, see [WithTaxonomy].
//
// An element that is nested too deeply to be screened is an error. A contained resource
// without a Go type is screened as [Screener.ScanJSON] does.
//
// If the report says so much that somebody who knows the practice may recognise the
// patient, findings of severity information at the end say what could be stated less
// exactly: see [WithoutHints].
func (s *Screener) ScanEvent(a *fhir.AdverseEvent, deny *DenyList) fhir.Issues {
	if a == nil {
		return nil
	}
	v := s.Begin(deny)
	v.walker.Walk(a, v.alone[:]...)
	return v.Issues()
}

// Screening is a [fhir.Visitor] that screens one report and can share the walk with other
// visitors. Get one from [Screener.Begin], let it visit the report, and ask it for the
// findings.
//
//	screening := screener.Begin(deny)
//	walker.Walk(event, other, screening)
//	issues := screening.Issues()
//
// It must not be used by two goroutines at once.
type Screening struct {
	findings
	details details

	walker fhir.Walker // for a walk that is not shared
	alone  [1]fhir.Visitor
}

// Begin starts to screen one report as [Screener.ScanEvent] does, against a deny-list,
// which may be nil.
func (s *Screener) Begin(deny *DenyList) *Screening {
	v := s.screenings.Get().(*Screening)
	v.screener, v.deny = s, deny
	return v
}

// Issues returns the findings and ends the screening, which must not be used afterwards.
func (v *Screening) Issues() fhir.Issues {
	issues, s := v.issues, v.screener
	if !s.noHints {
		issues = v.details.appendHints(issues)
	}
	// It holds nothing of the report while it waits for the next.
	v.findings = findings{scanner: scanner{hits: v.scanner.hits[:0]}}
	v.details.reset()
	s.screenings.Put(v)
	return issues
}

// newScreening returns a Screening for the pool of a screener.
func newScreening() any {
	v := new(Screening)
	v.alone[0] = v
	return v
}

// The elements that the screen knows by themselves.
var (
	eventDate        = fhir.FindElement("AdverseEvent", "date")
	referenceDisplay = fhir.FindElement("Reference", "display")
)

// Enter refuses elements that must not be sent. It is part of [fhir.Visitor].
func (v *Screening) Enter(at *fhir.Walker, e *fhir.Element, _ any) bool {
	return !v.refused(at, e)
}

// refused reports whether an element must not be sent. Of several, the first stands
// for all.
func (v *Screening) refused(at *fhir.Walker, e *fhir.Element) bool {
	reason := elementRules[e.Number].refusal
	if reason == "" {
		return false
	}
	if at.Index() <= 0 {
		v.add(Element, strings.TrimSuffix(at.Path().String(), "[0]"), reason)
	}
	return true
}

// Leave screens a contained resource without a Go type. It is part of [fhir.Visitor].
func (v *Screening) Leave(at *fhir.Walker, _ *fhir.Element, r *fhir.Resource) {
	if len(r.Other) > 0 {
		v.json(r.Other, at.Path().String())
	}
}

// Extension screens the id, the url and the value of an extension. It is part of
// [fhir.Visitor].
func (v *Screening) Extension(at *fhir.Walker, e *fhir.Element, x *r4.Extension, value *fhir.Value) bool {
	if x.Id != nil {
		v.part(at, "id", *x.Id, codeText)
	}
	own := v.deny == nil // words of the taxonomy hold nothing by form, but a denied term may be one
	if !own || !value.OwnURL {
		v.part(at, "url", x.Url, codeText)
	}
	field := v.screener.fields.named(x.Url)
	if field.tells != 0 {
		v.details.field(at, e, field.tells)
	}
	if value.Element == nil || own && value.OwnText {
		return true
	}
	switch kind := field.kindOf(value.Element); kind {
	case nothing:
	case integer:
		v.part(at, "value", numberText(value.Integer), codeText)
	default: // the text is empty for a value that is visited on its own
		v.part(at, "value", value.Text, kind)
	}
	return true
}

// part screens a text that an extension has itself.
func (v *Screening) part(at *fhir.Walker, name, text string, kind textKind) {
	v.text(text, kind, func() string { return at.Path().Child(name).String() })
}

// Text screens a primitive value. It is part of [fhir.Visitor].
func (v *Screening) Text(at *fhir.Walker, e *fhir.Element, text string) {
	if e == eventDate {
		v.details.day = true
	}
	if v.refused(at, e) || hasCode(e, text) {
		return
	}
	v.text(text, elementRules[e.Number].kind, func() string { return at.Path().String() })
	if e == referenceDisplay && text != "" && isPerson(at.Ancestor(1)) {
		v.add(Element, at.Path().String(), "The display of a reference to a person is the person's name.")
	}
}

// hasCode reports whether a text is one of the codes that R4 lists for an element.
func hasCode(e *fhir.Element, text string) bool {
	for _, code := range e.Codes {
		if code == text {
			return true
		}
	}
	return false
}

// isPerson reports whether an element refers to a person.
func isPerson(e *fhir.Element) bool {
	switch e.Name {
	case "subject", "recorder", "contributor", "author":
		return true
	}
	return false
}

// Integer screens a whole number. It is part of [fhir.Visitor].
func (v *Screening) Integer(at *fhir.Walker, e *fhir.Element, n int) {
	if !v.refused(at, e) {
		v.text(numberText(n), codeText, func() string { return at.Path().String() })
	}
}

// numberText writes a whole number that has enough digits to be an identifier, and ""
// for the others.
func numberText(n int) string {
	const tenDigits = 1_000_000_000
	if n < tenDigits {
		return ""
	}
	return strconv.Itoa(n)
}

// TooDeep reports an element that cannot be screened. It is part of [fhir.Visitor].
func (v *Screening) TooDeep(at *fhir.Walker, _ *fhir.Element) {
	v.add(Depth, at.Path().String(), tooDeep)
}

const tooDeep = "The element is nested too deep to be screened."

// trait is what a detail of a report tells. Together the three can point to one
// person: in a small practice there is one patient of that age who was there at that
// minute.
type trait uint8

const (
	organisation trait = 1 << iota
	exactTime
	exactAge
)

// details gathers what a report tells that is allowed detail by detail.
type details struct {
	told  trait // all of them
	day   bool  // the report tells the day of the event
	exact []exactValue
}

// exactValue is a value that could be told less exactly.
type exactValue struct {
	tells trait
	field fhir.Path
}

// reset forgets the report and keeps the memory.
func (d *details) reset() { *d = details{exact: d.exact[:0]} }

// field notes what an extension tells, if it is a field of a group.
func (d *details) field(at *fhir.Walker, e *fhir.Element, tells trait) {
	group := at.Ancestor(1)
	if e.Owner != "Extension" || !group.OfResource || group.Name != "extension" {
		return
	}
	d.told |= tells
	if tells != organisation && (group.Owner == "AdverseEvent" || group.Owner == "Patient") {
		d.exact = append(d.exact, exactValue{tells, at.Path()})
	}
}

// appendHints says, where an organisation, an exact time and an exact age are told, of
// each exact value how it could be told less exactly: first of those of the event, then
// of those of the patient.
func (d *details) appendHints(issues fhir.Issues) fhir.Issues {
	if d.told != organisation|exactTime|exactAge {
		return issues
	}
	issues = slices.Grow(issues, 1+len(d.exact))
	if d.day {
		issues = append(issues, hint("AdverseEvent.date", "The day of the event"+mayIdentify, "Give the month only, as ApproximateDate (YYYY-MM)."))
	}
	for _, ofEvent := range [...]bool{true, false} {
		for _, x := range d.exact {
			if (x.field.Contained() < 0) == ofEvent {
				issues = append(issues, x.hint())
			}
		}
	}
	return issues
}

func (x *exactValue) hint() fhir.Issue {
	path := x.field.Child("value").String()
	if x.tells == exactTime {
		return hint(path, "The exact time"+mayIdentify, "Leave PreciseTime out, or give the part of the day as EstimatedTime.")
	}
	return hint(path, "The exact age"+mayIdentify, "Give an AgeBracket instead of AgeAtTimeOfIncidentDays.")
}

const mayIdentify = ", together with the organisation and the other details of the patient, may identify the patient in a small practice."

func hint(path, text, fix string) fhir.Issue {
	issue := rule.Issue("PRIVACY-REIDENTIFICATION", path, text)
	issue.Fix = fix
	return issue
}
