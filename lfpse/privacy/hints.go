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

// telling are the traits that together point to one person.
const telling = traitOrganisation | traitTime | traitAge

func traitsOf(groups []r4.Extension) (t traits) {
	for i := range groups {
		for j := range groups[i].Extension {
			t |= traitOf(groups[i].Extension[j].Url)
		}
	}
	return t
}

// Hints returns those findings of [Screener.ScanEvent] that have severity
// information: where a place, an exact time and an exact age are told, it says of each
// exact value how it could be told less exactly.
func (s *Screener) Hints(a *fhir.AdverseEvent) fhir.Issues {
	if a == nil || s.noHints {
		return nil
	}
	told := traitsOf(a.Extension)
	for i := range a.Contained {
		told |= traitsOf(a.Contained[i].Extensions())
	}
	if told != telling {
		return nil
	}
	h := make(hints, 0, 3) // as many as there are with one patient
	if a.Date != nil {
		h.add("AdverseEvent.date", "The day of the event"+mayIdentify, "Give the month only, as ApproximateDate (YYYY-MM).")
	}
	h.in("AdverseEvent", a.Extension)
	for i := range a.Contained {
		if p := a.Contained[i].Patient; p != nil {
			h.in("AdverseEvent.contained["+strconv.Itoa(i)+"]", p.Extension)
		}
	}
	if len(h) == 0 {
		return nil
	}
	return fhir.Issues(h)
}

type hints fhir.Issues

func (h *hints) in(path string, groups []r4.Extension) {
	for i := range groups {
		for j := range groups[i].Extension {
			switch traitOf(groups[i].Extension[j].Url) {
			case traitTime:
				h.add(valuePath(path, i, j), "The exact time"+mayIdentify, "Leave PreciseTime out, or give the part of the day as EstimatedTime.")
			case traitAge:
				h.add(valuePath(path, i, j), "The exact age"+mayIdentify, "Give an AgeBracket instead of AgeAtTimeOfIncidentDays.")
			}
		}
	}
}

func valuePath(path string, group, field int) string {
	b := append(make([]byte, 0, 96), path...)
	b = strconv.AppendInt(append(b, ".extension["...), int64(group), 10)
	b = strconv.AppendInt(append(b, "].extension["...), int64(field), 10)
	return string(append(b, "].value"...))
}

const mayIdentify = ", together with the organisation and the other details of the patient, may identify the patient in a small practice."

func (h *hints) add(path, text, fix string) {
	*h = append(*h, fhir.Issue{
		Severity: fhir.Information, Rule: "PRIVACY-REIDENTIFICATION", Path: path, Offset: -1, Text: text, Fix: fix,
	})
}
