package main

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// What follows is how a program without this library writes an event: a tree of
// maps, the names of groups and fields in the code, and encoding/json. It knows
// the fields of the events that are measured and no others, drops what it does
// not know, and checks nothing.

type object = map[string]any

const canonical = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"

// naiveEncode returns the JSON of an event, its properties in alphabetical order.
func naiveEncode(e *lfpse.Event) ([]byte, error) {
	contained := []any{}
	suspects := []any{}
	for i := range e.Devices {
		d := &e.Devices[i]
		id := "device" + strconv.Itoa(i+1)
		r := object{"resourceType": "Device", "id": id}
		if d.Manufacturer != "" {
			r["manufacturer"] = d.Manufacturer
		}
		if d.ModelNumber != "" {
			r["modelNumber"] = d.ModelNumber
		}
		contained = append(contained, carrying(r, group("adverse-event-device-details-6", codes("DeviceType", d.DeviceType), text("DeviceTypeOther", d.DeviceTypeOther))))
		suspects = append(suspects, object{"instance": reference(id)})
	}
	contained = append(contained,
		carrying(object{"resourceType": "Location", "id": "location1"}, naiveLocation(&e.Location)),
		carrying(object{"resourceType": "Practitioner", "id": "practitioner1"}, naiveReporter(&e.Reporter)))
	if e.MedicationAdministration != "" {
		contained = append(contained, carrying(object{"resourceType": "Medication", "id": "medication1"},
			group("medication-administration-6", oneCode("MedicationAdministration", e.MedicationAdministration))))
		suspects = append(suspects, object{"instance": reference("medication1")})
	}
	contained = append(contained, carrying(object{"resourceType": "Patient", "id": "patient"}, naivePatients(e.Patients)...))
	a := object{
		"resourceType": "AdverseEvent",
		"meta":         object{"profile": []any{canonical + "patient-safety-adverse-event-6"}},
		"contained":    contained,
		"actuality":    "actual",
		"subject":      reference("patient"),
		"location":     reference("location1"),
		"recorder":     reference("practitioner1"),
	}
	if len(suspects) > 0 {
		a["suspectEntity"] = suspects
	}
	if c := eventTypes[e.Type]; c != "" {
		a["event"] = object{"coding": []any{object{"code": c}}}
	}
	if e.Date != "" {
		a["date"] = string(e.Date)
	}
	return json.Marshal(carrying(a, naiveGroups(e)...))
}

var (
	eventTypes = map[lfpse.EventType]string{"incident": "1", "risk": "2", "outcome": "3", "good-care": "4"}
	physical   = map[lfpse.PhysicalHarm]string{"fatal": "1", "severe": "2", "moderate": "3", "low": "4", "none": "5"}
	mental     = map[lfpse.PsychologicalHarm]string{"severe": "1", "moderate": "2", "low": "3", "none": "4"}
)

// naiveGroups returns the groups on the event itself.
func naiveGroups(e *lfpse.Event) []object {
	all := []object{
		group("adverse-event-agent-6", codes("InvolvedAgents", e.Agent.InvolvedAgents), texts("DrugsInvolved", e.Agent.DrugsInvolved), codes("InvolvedPersonsActions", e.Agent.InvolvedPersonsActions)),
		group("adverse-event-core-6", text("Description", e.Description)),
	}
	for i := range e.Medicines {
		m := &e.Medicines[i]
		all = append(all, group("medication-dmd-6", oneCode("VTMCode", m.VTMCode), text("VTMString", m.VTMString), oneCode("VMPCode", m.VMPCode), text("VMPString", m.VMPString)))
	}
	drugs, devices, it, people := &e.ProblemMedication, &e.ProblemDevices, &e.ProblemITSystems, &e.ProblemPeople
	return append(all,
		group("adverse-event-process-6", codes("HealthcareProcess", e.Process.HealthcareProcess)),
		group("adverse-event-problem-medication-6", codes("DrugInvolvementFactors", drugs.DrugInvolvementFactors), codes("DrugUsedTooMuch", drugs.DrugUsedTooMuch),
			text("ProblemDescriptionDrugs", drugs.ProblemDescriptionDrugs), codes("InvolvedProcesses", drugs.InvolvedProcesses),
			codes("MedicationAdministeredIncorrectly", drugs.MedicationAdministeredIncorrectly)),
		group("adverse-event-problem-devices-6", codes("DeviceInvolvementFactors", devices.DeviceInvolvementFactors), text("ProblemDescriptionDevices", devices.ProblemDescriptionDevices)),
		group("adverse-event-problem-it-systems-6", codes("ITSystemsInvolvementFactors", it.ITSystemsInvolvementFactors), text("ProblemDescriptionSystemsSoftware", it.ProblemDescriptionSystemsSoftware)),
		group("adverse-event-problem-people-6", codes("PeopleActionFactors", people.PeopleActionFactors), codes("PeopleOmittedActionDetails", people.PeopleOmittedActionDetails), text("ProblemDescriptionActions", people.ProblemDescriptionActions)),
		group("detection-factors-6", oneCode("DetectionPoint", e.DetectionFactors.DetectionPoint)),
		group("adverse-event-outcome-6", text("ImmediateActions", e.Outcome.ImmediateActions)),
		group("adverse-event-safety-challenges-6", codes("SafetyChallenges", e.SafetyChallenges.SafetyChallenges)),
		group("adverse-event-estimated-date-6", oneCode("IncidentOccurredToday", e.EstimatedDate.IncidentOccurredToday), preciseTime(e.EstimatedDate.PreciseTime)),
		group("adverse-event-risk-details-6", oneCode("RiskImminent", e.RiskDetails.RiskImminent)),
		group("adverse-event-went-well-6", text("HowFutureOccurrence", e.WentWell.HowFutureOccurrence)),
		group("adverse-event-classification-6", oneCode("LevelOfConcern", e.Classification.LevelOfConcern)),
	)
}

func naiveLocation(l *lfpse.Location) object {
	return group("location-details-6", oneCode("LocationKnown", l.LocationKnown), codes("Organisation", l.Organisation), oneCode("LocationWithinService", l.LocationWithinService),
		codes("ServiceArea", l.ServiceArea), text("ResponsibleSpecialtyOther", l.ResponsibleSpecialtyOther))
}

func naiveReporter(r *lfpse.Reporter) object {
	return group("practitioner-details-6", oneCode("ReporterType", r.ReporterType), oneCode("ReporterRole", r.ReporterRole),
		oneCode("ReporterInvolvement", r.ReporterInvolvement), oneCode("ReporterOrganisation", r.ReporterOrganisation))
}

// naiveDays is what the national encoding multiplies an age by.
var naiveDays = map[lfpse.AgeUnit]int{lfpse.Days: 1, lfpse.Months: 31, lfpse.Years: 372}

func naivePatients(patients []lfpse.Patient) []object {
	var all []object
	for i := range patients {
		p := &patients[i]
		fields := []object{{"url": "PatientSequence", "valueInteger": i + 1}}
		if p.Age.Unit != "" {
			fields = append(fields, object{"url": "AgeAtTimeOfIncidentDays", "valueInteger": p.Age.Value * naiveDays[p.Age.Unit]})
		}
		identity, same := "", ""
		if p.GenderIdentity != "" {
			identity = "provisional-" + string(p.GenderIdentity)
		}
		if p.GenderSameAsAtBirth != "" {
			same = "provisional-" + string(p.GenderSameAsAtBirth)
		}
		all = append(all, group("patient-information-6", fields, oneCode("GenderIdentity", identity), oneCode("GenderSameAsAtBirth", same),
			oneCode("PatientEthnicity", p.PatientEthnicity), oneCode("PhysicalHarm", physical[p.PhysicalHarm]), oneCode("PsychologicalHarm", mental[p.PsychologicalHarm]),
			text("ClinicalOutcome", p.ClinicalOutcome)))
	}
	return all
}

func reference(id string) object { return object{"reference": "#" + id} }

// group returns a group extension, nil if none of its fields has a value.
func group(id string, fields ...[]object) object {
	members := slices.Concat(fields...)
	if len(members) == 0 {
		return nil
	}
	return object{"url": canonical + id, "extension": members}
}

// carrying puts the groups that are there on a resource.
func carrying(r object, groups ...object) object {
	if groups = slices.DeleteFunc(groups, func(g object) bool { return g == nil }); len(groups) > 0 {
		r["extension"] = groups
	}
	return r
}

func codes[T ~string](name string, values []T) []object { return members(name, "valueCode", values) }
func texts[T ~string](name string, values []T) []object { return members(name, "valueString", values) }

func members[T ~string](name, property string, values []T) []object {
	var out []object
	for _, v := range values {
		out = append(out, object{"url": name, property: string(v)})
	}
	return out
}

func oneCode[T ~string](name string, value T) []object {
	return member(name, "valueCode", string(value))
}
func text(name, value string) []object  { return member(name, "valueString", value) }
func preciseTime(t lfpse.Time) []object { return member("PreciseTime", "valueTime", string(t)) }

func member(name, property, value string) []object {
	if value == "" {
		return nil
	}
	return []object{{"url": name, property: value}}
}
