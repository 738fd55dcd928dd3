package fhircontext

import (
	"github.com/gpsafety/lfpse-go/fhir"
)

// findSubject returns the key of the one patient the record is about, "" when there
// is none or when several could be meant. A patient is the subject because the
// AdverseEvent, or failing that every other resource, refers to that one; or
// because the record has no other. A patient that is referred to and not in the
// record counts.
func (l *loader) findSubject() string {
	var ofEvent, ofAny []string
	for _, r := range l.resources {
		key := l.patientKey(r)
		switch {
		case key == "":
		case r.typeName == "AdverseEvent":
			ofEvent = appendNew(ofEvent, key)
		case len(ofAny) < 2: // two are as good as a thousand
			ofAny = appendNew(ofAny, key)
		}
	}
	keys := ofEvent
	if len(keys) == 0 {
		keys = ofAny
	}
	if len(keys) == 0 {
		for _, p := range l.all("Patient") {
			keys = append(keys, p.path)
		}
	}
	switch len(keys) {
	case 0:
		return ""
	case 1:
		l.reportUnusedPatients(keys[0])
		return keys[0]
	}
	l.report(fhir.Warning, "CONTEXT-SEVERAL-PATIENTS", "$this", "The record is about more than one patient and does not show which one the event is about, so nothing about a patient was taken.",
		"Send the record of the patient concerned alone.")
	return ""
}

func (l *loader) reportUnusedPatients(subject string) {
	for _, p := range l.all("Patient") {
		if p.path != subject {
			l.report(fhir.Information, "CONTEXT-OTHER-PATIENT", p.path, "The patient is not the one that the record is about, so nothing was taken.",
				"Leave other patients out, or correct the references when this is the patient concerned.")
		}
	}
}

// patient returns the subject's Patient when the record has it.
func (l *loader) patient() (resource, bool) {
	for _, p := range l.all("Patient") {
		if l.subject != "" && p.path == l.subject {
			return p, true
		}
	}
	return resource{}, false
}

// patientKey identifies the patient that a resource is about: by the path of a
// Patient in the record, else by what the resource calls the patient. It is
// compared, never shown. It is "" for a resource about nobody.
func (l *loader) patientKey(r resource) string {
	if r.typeName == "Patient" || r.typeName == "RelatedPerson" {
		return ""
	}
	for _, name := range []string{"subject", "patient"} {
		ref := r.child(name)
		if _, several := ref.value.([]any); several {
			continue // Contract.subject: not what a patient record is about
		}
		if ref = ref.asObject(); !ref.present() {
			continue
		}
		if p, ok := l.follow(ref, "Patient"); ok {
			return p.path
		}
		id := ref.object("identifier")
		if path := l.ownerOf(id); path != "" {
			return path
		}
		if text := ref.text("reference"); text != "" {
			return "reference " + text
		}
		if value := id.text("value"); value != "" {
			return "identifier " + id.text("system") + "|" + value
		}
	}
	return ""
}

// ownerOf returns the path of the only Patient that has an identifier, "" for none.
func (l *loader) ownerOf(id node) string {
	if l.owners == nil {
		l.owners = map[identifier]string{}
		for _, p := range l.all("Patient") {
			for _, own := range p.objects("identifier") {
				key := identifier{own.text("system"), own.text("value")}
				if first, known := l.owners[key]; known && first != p.path {
					l.owners[key] = ""
				} else {
					l.owners[key] = p.path
				}
			}
		}
	}
	key := identifier{id.text("system"), id.text("value")}
	if key.system == "" || key.value == "" {
		return ""
	}
	return l.owners[key]
}

// concerns reports whether a resource may be used: it is about the subject, or about
// nobody in particular. Others are reported.
func (l *loader) concerns(r resource) bool {
	key := l.patientKey(r)
	if key == "" || key == l.subject {
		return true
	}
	if l.subject != "" {
		l.report(fhir.Information, "CONTEXT-OTHER-PATIENT", r.path, "The resource is about another patient, so nothing was taken from it.", "Leave the records of other patients out.")
	}
	return false
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
