package fhircontext

import (
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// devices returns the devices of the record, each once. Only what describes the
// model is read.
func (l *loader) devices() []Device {
	var all []Device
	seen := map[[4]string]bool{}
	for _, r := range l.all("Device") {
		if l.skipped(r) || !l.concerns(r) {
			continue
		}
		d := l.device(r)
		key := [4]string{d.Code, d.Type, d.Manufacturer, d.ModelNumber}
		if key == [4]string{} {
			l.report(fhir.Warning, "CONTEXT-DEVICE-UNNAMED", r.path, "The device has neither type, manufacturer nor model.", "Name the device in the report.")
			continue
		}
		if !seen[key] {
			seen[key] = true
			all = append(all, d)
		}
	}
	return all
}

func (l *loader) device(r resource) Device {
	d := Device{Manufacturer: r.text("manufacturer"), ModelNumber: r.text("modelNumber"), Source: Source{Path: r.path}}
	concept := r.object("type")
	if !concept.present() {
		return d
	}
	d.Code, d.Type, d.Source.Path = l.snomedCode(concept)
	if d.Type == "" {
		d.Type = conceptText(concept)
	}
	d.Software = strings.Contains(strings.ToLower(d.Type+" "+conceptText(concept)), "software")
	return d
}
