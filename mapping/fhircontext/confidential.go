package fhircontext

import (
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Confidential reports whether a resource is labelled in meta.security as restricted or very
// restricted, by HL7 v3 Confidentiality.
func Confidential(n fhir.Node) bool {
	labels := n.Child("meta").Child("security")
	if !labels.Exists() { // as in most resources
		return false
	}
	for label := range labels.Each() {
		if code := label.Child("code").Text(); strings.HasSuffix(label.Child("system").Text(), "Confidentiality") && (code == "R" || code == "V") {
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
