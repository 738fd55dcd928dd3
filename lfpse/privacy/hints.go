package privacy

import (
	"strconv"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// traits are what a report tells that, taken together, can point to one person: in
// a small practice there is one patient of that age who was there at that minute.
type traits uint8

const (
	traitOrganisation traits = 1 << iota
	traitTime
	traitAge
)

// traitOf says what an LFPSE field tells, by its bare name.
func traitOf(url string) traits {
	switch url {
	case "Organisation", "IdentifiedLocation", "ReporterOrganisation":
		return traitOrganisation
	case "PreciseTime":
		return traitTime
	case "AgeAtTimeOfIncidentDays":
		return traitAge
	}
	return 0
}

// identifying reports whether a place, an exact time and an exact age are told.
func (t traits) identifying() bool { return t == traitOrganisation|traitTime|traitAge }

// hints says of each exact value how it could be told less exactly.
func (w *walker) hints(a *fhir.AdverseEvent) {
	if a.Date != nil {
		w.hint("AdverseEvent.date", "The day of the event"+mayIdentify, "Give the month only, as ApproximateDate (YYYY-MM).")
	}
	w.hintsIn("AdverseEvent", a.Extension)
	for i, r := range a.Contained {
		if r.Patient != nil {
			w.hintsIn("AdverseEvent.contained["+strconv.Itoa(i)+"]", r.Patient.Extension)
		}
	}
}

func (w *walker) hintsIn(path string, groups []r4.Extension) {
	for i := range groups {
		for j := range groups[i].Extension {
			switch traitOf(groups[i].Extension[j].Url) {
			case traitTime:
				w.hint(valuePath(path, i, j), "The exact time"+mayIdentify, "Leave PreciseTime out, or give the part of the day as EstimatedTime.")
			case traitAge:
				w.hint(valuePath(path, i, j), "The exact age"+mayIdentify, "Give an AgeBracket instead of AgeAtTimeOfIncidentDays.")
			}
		}
	}
}

func valuePath(path string, group, field int) string {
	return path + ".extension[" + strconv.Itoa(group) + "].extension[" + strconv.Itoa(field) + "].value"
}

const mayIdentify = ", together with the organisation and the other details of the patient, may identify the patient in a small practice."

func (w *walker) hint(path, text, fix string) {
	w.issues = append(w.issues, fhir.Issue{
		Severity: fhir.Information, Rule: "PRIVACY-REIDENTIFICATION", Path: path, Offset: -1, Text: text, Fix: fix,
	})
}
