package fhircontext

import (
	"errors"

	"github.com/gpsafety/lfpse-go/fhir"
)

const (
	snomedSystem = "http://snomed.info/sct"
	dmdSystem    = "https://dmd.nhs.uk"
)

// medicines returns the medicines that the record's requests, statements,
// administrations and dispenses name, each once.
func (l *loader) medicines() []Medicine {
	var all []Medicine
	seen := map[[2]string]bool{}
	for _, r := range l.all("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense") {
		m, ok := l.medicine(r)
		key := [2]string{m.Code, m.Display}
		if !ok || seen[key] {
			continue
		}
		seen[key] = true
		m.Resource = r.typeName
		all = append(all, m)
	}
	return all
}

// medicine reads the medicine of one resource, given as a concept or as a reference
// to a Medication.
func (l *loader) medicine(r resource) (Medicine, bool) {
	if l.skipped(r) || !l.concerns(r) {
		return Medicine{}, false
	}
	concept := r.choice("medication", "CodeableConcept").asObject()
	if concept.present() {
		return l.named(concept)
	}
	ref := r.choice("medication", "Reference").asObject()
	medication, ok := l.follow(ref, "Medication")
	switch {
	case ok && l.skipped(medication):
		return Medicine{}, false
	case ok && medication.object("code").present():
		return l.named(medication.object("code"))
	case ref.text("display") != "":
		return Medicine{Display: ref.text("display"), Source: Source{Path: ref.path + ".display", Note: "The Medication itself names no product."}}, true
	}
	// The ingredients of a Medication without a code are not read: a substance in a
	// product is not the product.
	l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", r.path+".medication", "The medicine is not named.", "Name the medicine by a dm+d code or as text.")
	return Medicine{}, false
}

// skipped reports resources that were entered in error or forbid what they name.
func (l *loader) skipped(r resource) bool {
	switch {
	case r.text("status") == "entered-in-error":
		l.report(fhir.Information, "CONTEXT-ENTERED-IN-ERROR", r.path+".status", "The resource was entered in error, so nothing was taken from it.", "Name the medicine or device in the report when the error is the event.")
		return true
	case r.flag("doNotPerform"):
		l.report(fhir.Information, "CONTEXT-NOT-TO-BE-GIVEN", r.path+".doNotPerform", "The request says that the medicine is not to be given, so it was not taken.", "Name the medicine in the report when this is the event.")
		return true
	}
	return false
}

// named reads a medicine's concept.
func (l *loader) named(concept node) (Medicine, bool) {
	code, display, at := l.snomedCode(concept)
	m := Medicine{Code: code, Display: display, Source: Source{Path: at}}
	if m.Display == "" {
		m.Display = conceptText(concept)
	}
	if m.Code == "" && m.Display == "" {
		l.report(fhir.Warning, "CONTEXT-MEDICINE-UNNAMED", concept.path, "The medicine has neither a usable code nor a name.", "Name the medicine by a dm+d code or as text.")
		return Medicine{}, false
	}
	if m.Code != "" && l.level != nil {
		if level := l.level(m.Code); level <= AMP {
			m.Level = level
		}
	}
	return m, true
}

// snomedCode returns the SNOMED CT or dm+d code of a concept, its display and its
// place. Of several different codes the one the user selected counts; without such
// a mark none does.
func (l *loader) snomedCode(concept node) (code, display, path string) {
	var chosen node
	var distinct []string
	for _, coding := range concept.objects("coding") {
		if system := coding.text("system"); system != snomedSystem && system != dmdSystem || !l.checkSCTID(coding) {
			continue
		}
		selected := coding.flag("userSelected")
		if selected || !chosen.present() {
			chosen = coding
		}
		distinct = appendNew(distinct, coding.text("code"))
		if selected {
			distinct = []string{coding.text("code")}
			break
		}
	}
	if len(distinct) > 1 {
		l.report(fhir.Warning, "CONTEXT-SEVERAL-CODES", concept.path, "The concept has several different SNOMED CT codes, so none was taken.", "Mark the recorded one as userSelected.")
	}
	if len(distinct) != 1 {
		return "", "", concept.path
	}
	return distinct[0], chosen.text("display"), chosen.path
}

// checkSCTID reports a code that cannot be a SNOMED CT concept id.
func (l *loader) checkSCTID(coding node) bool {
	code := coding.text("code")
	if code == "" {
		return false
	}
	id, err := fhir.ParseSCTID(code)
	text, fix := "This is no SNOMED CT concept id: its check digit or form is wrong.", "Correct the code; export it again as text when it looks rounded."
	var bad *fhir.SCTIDError
	switch {
	case errors.As(err, &bad):
		if bad.Problem == fhir.SCTIDRounded {
			text = "The code looks rounded by a spreadsheet."
		}
	case id.Kind() != fhir.SCTConcept:
		text, fix = "The code is that of a SNOMED CT "+id.Kind().String()+", not of a concept.", "Send the concept id."
	default:
		return true
	}
	l.report(fhir.Warning, "CONTEXT-SCTID", coding.path+".code", text, fix)
	return false
}

// conceptText is what a concept is called: its text, else a display.
func conceptText(concept node) string {
	if text := concept.text("text"); text != "" {
		return text
	}
	for _, coding := range concept.objects("coding") {
		if display := coding.text("display"); display != "" {
			return display
		}
	}
	return ""
}
