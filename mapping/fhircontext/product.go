package fhircontext

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

const (
	snomedSystem = "http://snomed.info/sct"
	dmdSystem    = "https://dmd.nhs.uk"
)

// medicineUses are the resources that say which medicine was meant for the patient.
var medicineUses = []string{"MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"}

// medicines returns the medicines that the record's requests, statements,
// administrations and dispenses name, each once. One that is in use by any of them is in
// use.
func (l *loader) medicines() []Medicine {
	var all []Medicine
	known := map[string]int{} // by code, else by name
	for i := range l.resources {
		r := &l.resources[i]
		if !slices.Contains(medicineUses, r.typeName) {
			continue
		}
		m, from, ok := l.medicine(r)
		if !ok {
			continue
		}
		m.Resource, m.Source.Path = r.typeName, from.Path()
		key := cmp.Or(m.Code, strings.ToLower(m.Display))
		if at, again := known[key]; again {
			all[at].useAgain(&m)
			continue
		}
		known[key] = len(all)
		all = append(all, m)
	}
	return all
}

// useAgain notes what another resource says about the use of the same medicine.
func (m *Medicine) useAgain(other *Medicine) {
	switch {
	case other.Doubt != "":
	case m.Doubt != "":
		m.Doubt, m.Since, m.Until = "", other.Since, other.Until
	default:
		if m.Until != "" && (other.Until == "" || other.Until > m.Until) {
			m.Until = other.Until
		}
		if m.Since != "" && other.Since < m.Since {
			m.Since = other.Since
		}
	}
}

// medicine reads the medicine of one resource, given as a concept or as a reference
// to a Medication, and says from which element.
func (l *loader) medicine(r *resource) (Medicine, fhir.Node, bool) {
	if !l.concerns(r) {
		return Medicine{}, fhir.Node{}, false
	}
	m, from, ok := l.product(r)
	if ok && m.Doubt == "" {
		m.Doubt = doubtOf(r)
	}
	m.Since, m.Until = useOf(r)
	return m, from, ok
}

// product reads which medicine a resource is about.
func (l *loader) product(r *resource) (Medicine, fhir.Node, bool) {
	concept := r.object("medicationCodeableConcept")
	if concept.present() {
		return l.named(concept)
	}
	ref := r.object("medicationReference")
	medication, ok := ref.follow("Medication")
	switch {
	case ok && medication.object("code").present():
		m, from, ok := l.named(medication.object("code"))
		if medication.text("status") == "entered-in-error" {
			m.Doubt = "It was entered in error."
		}
		return m, from, ok
	case ref.text("display") != "":
		return Medicine{Display: ref.text("display"), Source: Source{Note: "The Medication itself names no product."}}, ref.Child("display"), true
	}
	// The ingredients of a Medication without a code are not read: a substance in a
	// product is not the product.
	l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", r.Path()+".medication", "The medicine is not named.", "Name the medicine by a dm+d code or as text.")
	return Medicine{}, fhir.Node{}, false
}

// inUse are the statuses, of each type of resource, of a medicine that the patient has or
// was given.
var inUse = map[string][]string{
	"MedicationRequest":        {"active"},
	"MedicationStatement":      {"active"},
	"MedicationAdministration": {"completed", "in-progress"},
	"MedicationDispense":       {"completed", "in-progress"},
}

// doubts says what a status means that does not show that the patient had the medicine.
var doubts = map[string]string{
	"stopped": "It was stopped.", "completed": "Its course was completed.", "cancelled": "It was cancelled.", "on-hold": "It was on hold.",
	"entered-in-error": "It was entered in error.", "not-taken": "It was not taken.", "not-done": "It was not given.", "declined": "It was declined.",
	"draft": "It was a draft.", "intended": "It was intended.", "preparation": "It was being prepared.",
}

// doubtOf says why a resource does not show that the patient had its medicine, "" if it
// does.
func doubtOf(r *resource) string {
	status := r.text("status")
	switch {
	case r.flag("doNotPerform"):
		return "The request says that it is not to be given."
	case r.flag("wasNotTaken") || r.flag("wasNotGiven") || r.flag("notGiven") || r.flag("notDone") || r.text("taken") == "n": // before R4
		return "It was not taken."
	case r.text("intent") == "proposal" || r.text("intent") == "option":
		return "It was only proposed."
	case slices.Contains(inUse[r.typeName], status):
		return ""
	}
	return cmp.Or(doubts[status], "The record does not say whether it was in use.")
}

// useOf gives the days on which the use of a medicine began and ended, "" where the
// resource does not say.
func useOf(r *resource) (since, until string) {
	switch period := r.object("effectivePeriod"); r.typeName {
	case "MedicationRequest":
		return dayOf(r.text("authoredOn")), dayOf(cmp.Or(r.object("dispenseRequest").object("validityPeriod").text("end"), lastDose(r.list("dosageInstruction"))))
	case "MedicationDispense":
		return dayOf(r.text("whenHandedOver")), ""
	case "MedicationAdministration":
		if at := dayOf(r.text("effectiveDateTime")); at != "" {
			return at, at
		}
		fallthrough
	default:
		return dayOf(cmp.Or(period.text("start"), r.text("effectiveDateTime"))), dayOf(cmp.Or(period.text("end"), lastDose(r.list("dosage"))))
	}
}

// lastDose is the end of the last of several dosages, "" if one of them has none.
func lastDose(dosages iter.Seq[element]) (last string) {
	for dosage := range dosages {
		end := dosage.object("timing").object("repeat").object("boundsPeriod").text("end")
		if end == "" {
			return ""
		}
		last = max(last, end)
	}
	return last
}

// dayOf is the day of a dateTime, or what is known of it.
func dayOf(dateTime string) string {
	if len(dateTime) < len("2006") {
		return ""
	}
	return dateTime[:min(len(dateTime), len("2006-01-02"))]
}

// skipped reports a resource that was entered in error.
func (l *loader) skipped(r element) bool {
	if r.text("status") != "entered-in-error" {
		return false
	}
	l.report(fhir.Information, "CONTEXT-ENTERED-IN-ERROR", r.Path()+".status", "The resource was entered in error, so nothing was taken from it.", "Name the device in the report when the error is the event.")
	return true
}

// namedMedicine is what a concept says, read once however many resources refer to it.
type namedMedicine struct {
	medicine Medicine
	from     fhir.Node
	ok       bool
}

// named reads a medicine's concept.
func (l *loader) named(concept element) (Medicine, fhir.Node, bool) {
	n, known := l.concepts[concept.Node]
	if !known {
		n = l.readMedicine(concept)
		l.concepts[concept.Node] = n
	}
	return n.medicine, n.from, n.ok
}

func (l *loader) readMedicine(concept element) namedMedicine {
	code, display, from := l.snomedCode(concept)
	m := Medicine{Code: code, Display: display}
	if m.Display == "" {
		m.Display = conceptText(concept)
	}
	if m.Code == "" && m.Display == "" {
		l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", concept.Path(), "The medicine has neither a usable code nor a name.", "Name the medicine by a dm+d code or as text.")
		return namedMedicine{}
	}
	if m.Code != "" && l.level != nil {
		if level := l.level(m.Code); level <= AMP {
			m.Level = level
		}
	}
	return namedMedicine{m, from, true}
}

// snomedCode returns the SNOMED CT or dm+d code of a concept, its display and its
// element. Of several different codes the one the user selected counts; without such
// a mark none does.
func (l *loader) snomedCode(concept element) (code, display string, from fhir.Node) {
	var chosen element
	several := false
	for coding := range concept.list("coding") {
		if system := coding.text("system"); system != snomedSystem && system != dmdSystem || !l.checkSCTID(coding) {
			continue
		}
		if coding.flag("userSelected") {
			chosen, several = coding, false
			break
		}
		if !chosen.present() {
			chosen = coding
		}
		several = several || coding.text("code") != chosen.text("code")
	}
	if several {
		l.report(fhir.Warning, "CONTEXT-SEVERAL-CODES", concept.Path(), "The concept has several different SNOMED CT codes, so none was taken.", "Mark the recorded one as userSelected.")
	}
	if several || !chosen.present() {
		return "", "", concept.Node
	}
	return chosen.text("code"), chosen.text("display"), chosen.Node
}

// checkSCTID reports a code that cannot be a SNOMED CT concept id.
func (l *loader) checkSCTID(coding element) bool {
	code := coding.text("code")
	if code == "" {
		return false
	}
	id, err := fhir.ParseSCTID(code)
	if err == nil && id.Kind() == fhir.SCTConcept {
		return true
	}
	text, fix := "This is no SNOMED CT concept id: its check digit or form is wrong.", "Correct the code; export it again as text when it looks rounded."
	if bad, is := errors.AsType[*fhir.SCTIDError](err); !is {
		text, fix = "The code is that of a SNOMED CT "+id.Kind().String()+", not of a concept.", "Send the concept id."
	} else if bad.Problem == fhir.SCTIDRounded {
		text = "The code looks rounded by a spreadsheet."
	}
	l.report(fhir.Warning, "CONTEXT-SCTID", coding.Path()+".code", text, fix)
	return false
}

// conceptText is what a concept is called: its text, else a display.
func conceptText(concept element) string {
	if text := concept.text("text"); text != "" {
		return text
	}
	for coding := range concept.list("coding") {
		if display := coding.text("display"); display != "" {
			return display
		}
	}
	return ""
}

// devices returns the devices of the record, each once. Only what describes the
// model is read.
func (l *loader) devices() []Device {
	var all []Device
	var seen set[[4]string]
	for r := range l.all("Device") {
		if l.skipped(r.element) || !l.concerns(r) {
			continue
		}
		d, from := l.device(r.element)
		key := [4]string{d.Code, d.Type, d.Manufacturer, d.ModelNumber}
		if key == [4]string{} {
			l.report(fhir.Warning, "CONTEXT-DEVICE-UNNAMED", r.Path(), "The device has neither type, manufacturer nor model.", "Name the device in the report.")
			continue
		}
		if seen.add(key) {
			d.Source.Path = from.Path()
			all = append(all, d)
		}
	}
	return all
}

func (l *loader) device(r element) (d Device, from fhir.Node) {
	d = Device{Manufacturer: r.text("manufacturer"), ModelNumber: r.text("modelNumber")}
	concept := r.object("type")
	if !concept.present() {
		return d, r.Node
	}
	d.Code, d.Type, from = l.snomedCode(concept)
	called := conceptText(concept)
	if d.Type == "" {
		d.Type = called
	}
	d.Software = strings.Contains(strings.ToLower(d.Type+" "+called), "software")
	return d, from
}
