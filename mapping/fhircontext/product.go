package fhircontext

import (
	"errors"
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
// administrations and dispenses name, each once.
func (l *loader) medicines() []Medicine {
	var all []Medicine
	var seen set[[2]string]
	for i := range l.resources {
		r := &l.resources[i]
		if !slices.Contains(medicineUses, r.typeName) {
			continue
		}
		m, from, ok := l.medicine(r)
		if !ok || !seen.add([2]string{m.Code, m.Display}) {
			continue
		}
		m.Resource, m.Source.Path = r.typeName, from.Path()
		all = append(all, m)
	}
	return all
}

// medicine reads the medicine of one resource, given as a concept or as a reference
// to a Medication, and says from which element.
func (l *loader) medicine(r *resource) (Medicine, fhir.Node, bool) {
	if l.skipped(r.element) || !l.concerns(r) {
		return Medicine{}, fhir.Node{}, false
	}
	concept := r.object("medicationCodeableConcept")
	if concept.present() {
		return l.named(concept)
	}
	ref := r.object("medicationReference")
	medication, ok := ref.follow("Medication")
	switch {
	case ok && l.skipped(medication):
		return Medicine{}, fhir.Node{}, false
	case ok && medication.object("code").present():
		return l.named(medication.object("code"))
	case ref.text("display") != "":
		return Medicine{Display: ref.text("display"), Source: Source{Note: "The Medication itself names no product."}}, ref.Child("display"), true
	}
	// The ingredients of a Medication without a code are not read: a substance in a
	// product is not the product.
	l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", r.Path()+".medication", "The medicine is not named.", "Name the medicine by a dm+d code or as text.")
	return Medicine{}, fhir.Node{}, false
}

// skipped reports resources that were entered in error or forbid what they name.
func (l *loader) skipped(r element) bool {
	switch {
	case r.text("status") == "entered-in-error":
		l.report(fhir.Information, "CONTEXT-ENTERED-IN-ERROR", r.Path()+".status", "The resource was entered in error, so nothing was taken from it.", "Name the medicine or device in the report when the error is the event.")
		return true
	case r.flag("doNotPerform"):
		l.report(fhir.Information, "CONTEXT-NOT-TO-BE-GIVEN", r.Path()+".doNotPerform", "The request says that the medicine is not to be given, so it was not taken.", "Name the medicine in the report when this is the event.")
		return true
	}
	return false
}

// named reads a medicine's concept, once: what is said again is not another medicine.
func (l *loader) named(concept element) (Medicine, fhir.Node, bool) {
	if !l.concepts.add(concept.Node) {
		return Medicine{}, fhir.Node{}, false
	}
	code, display, from := l.snomedCode(concept)
	m := Medicine{Code: code, Display: display}
	if m.Display == "" {
		m.Display = conceptText(concept)
	}
	if m.Code == "" && m.Display == "" {
		l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", concept.Path(), "The medicine has neither a usable code nor a name.", "Name the medicine by a dm+d code or as text.")
		return Medicine{}, fhir.Node{}, false
	}
	if m.Code != "" && l.level != nil {
		if level := l.level(m.Code); level <= AMP {
			m.Level = level
		}
	}
	return m, from, true
}

// snomedCode returns the SNOMED CT or dm+d code of a concept, its display and its
// element. Of several different codes the one the user selected counts; without such
// a mark none does.
func (l *loader) snomedCode(concept element) (code, display string, from fhir.Node) {
	var chosen element
	several := false
	for n := range concept.list("coding").Children() {
		coding := element{n, l}
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
	for n := range concept.list("coding").Children() {
		coding := element{n, concept.load}
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
