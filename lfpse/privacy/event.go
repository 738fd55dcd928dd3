package privacy

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// ScanEvent screens a whole report: every string in it, by form and against the deny-list
// (which may be nil), and the elements that must not be sent at all. Findings are
// in the order of the document. An error blocks the report and a warning holds it, see
// [Effect]; a report with errors must not be sent. They carry the FHIRPath, the class and the range of characters, counted from 1, and never
// the text.
//
// What is looked for depends on the element:
//   - free text: everything
//   - names of products and codes (display, manufacturer, and the fields that hold
//     one): a denied name only informs, since products are named after people
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
// patient, one finding of severity information at the end says what could be stated less
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
		found := len(issues)
		if issues = v.details.appendHint(issues); len(issues) > found {
			issues[found].Severity = s.Effect(Reidentification).Severity()
		}
	}
	// It holds nothing of the report while it waits for the next.
	v.screener, v.deny, v.issues, v.details = nil, nil, nil, details{}
	v.scanner.forget()
	s.screenings.Put(v)
	return issues
}

// newScreening returns a Screening for the pool of a screener.
func newScreening() any {
	v := new(Screening)
	v.alone[0] = v
	return v
}

var referenceDisplay = fhir.FindElement("Reference", "display")

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
	own := !v.deny.inCodes() // words of the taxonomy hold nothing by form, but a denied term may be one
	if !own || !value.OwnURL {
		v.part(at, "url", x.Url, codeText)
	}
	field := v.screener.fields.named(x.Url)
	if field.tells != 0 && (field.only == "" || field.only == value.Text) {
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

// trait is what a detail of a report tells about the patient. Together some can point to
// one person.
type trait uint8

const (
	organisation trait = 1 << iota
	exactTime
	exactAge
	ethnicity
	genderHistory // the gender is not the one registered at birth
)

// details gathers what a report tells that is allowed detail by detail.
type details struct {
	told   trait     // all of them
	time   fhir.Path // of the first exact time
	gender fhir.Path // of the first answer that tells a gender history
}

// field notes what an extension tells, if it is a field of a group.
func (d *details) field(at *fhir.Walker, e *fhir.Element, tells trait) {
	group := at.Ancestor(1)
	if e.Owner != "Extension" || !group.OfResource || group.Name != "extension" {
		return
	}
	if d.told&tells == 0 {
		switch tells {
		case exactTime:
			d.time = at.Path()
		case genderHistory:
			d.gender = at.Path()
		}
	}
	d.told |= tells
}

// appendHint says at most one thing: what could be told less exactly, where the details
// together point to one person. The day of the event is never that: national analysis
// selects by it.
func (d *details) appendHint(issues fhir.Issues) fhir.Issues {
	const practice, person = organisation | genderHistory, organisation | exactTime | exactAge | ethnicity
	switch {
	case d.told&practice == practice:
		return append(issues, hint(d.gender,
			"The report tells that the gender of the patient is not the one registered at birth. In a small practice this alone may identify the patient, and the law protects it (Gender Recognition Act 2004, section 22).",
			"Make sure that it matters for what happened; otherwise take the answer out."))
	case d.told&person == person:
		return append(issues, hint(d.time,
			"The exact time, the exact age, the ethnicity and the organisation together may identify the patient in a small practice.",
			"Give the part of the day instead of the exact time, or an age bracket instead of the exact age. Keep the day of the event."))
	}
	return issues
}

func hint(field fhir.Path, text, fix string) fhir.Issue {
	issue := rule.Issue("PRIVACY-REIDENTIFICATION", field.Child("value").String(), text)
	issue.Fix = fix
	return issue
}

// Format prints the name of the type and nothing else.
func (*Screening) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "privacy.Screening") }

// LogValue logs the name of the type and nothing else.
func (*Screening) LogValue() slog.Value { return slog.StringValue("privacy.Screening") }
