package fhircontext

import (
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// confidentialityOID is HL7 v3 Confidentiality as records say it that were HL7 v3 before.
const confidentialityOID = "2.16.840.1.113883.5.25"

// Confidential reports whether a resource is labelled in meta.security as restricted or very
// restricted, by HL7 v3 Confidentiality, or by the same codes of no system.
func Confidential(n fhir.Node) bool {
	labels := n.Child("meta").Child("security")
	if !labels.Exists() { // as in most resources
		return false
	}
	for label := range labels.Each() {
		code, system := label.Child("code").Text(), label.Child("system").Text()
		if (code == "R" || code == "V") && (system == "" || strings.HasSuffix(system, "Confidentiality") || strings.HasSuffix(system, confidentialityOID)) {
			return true
		}
	}
	return false
}

// Closed says in a few words why nothing of a record may be used: it, a record inside it, or a
// patient anywhere in it is [Confidential]. It is empty if none is.
func Closed(b *fhir.Bundle) (why string) {
	if !labelled(b) {
		return ""
	}
	for n := range b.Root().All() {
		switch kind := n.ResourceType(); {
		case kind == "Patient" && Confidential(n):
			return "the patient is confidential"
		case kind == "Bundle" && Confidential(n):
			return "the record is confidential"
		}
	}
	return ""
}

// labelled reports whether there may be labels in a record: most have none, which is soon seen.
func labelled(b *fhir.Bundle) bool {
	for n := range b.Root().All() {
		if n.Name() == "security" {
			return true
		}
	}
	return false
}
