package validate_test

import (
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// onePatient and secondPatient are the groups of the patients of the base incident.
const (
	onePatient    = "AdverseEvent.contained[3].extension[0]"
	secondPatient = "AdverseEvent.contained[3].extension[1]"
)

// second adds a patient like the first, but for a change.
func second(change func(*lfpse.Patient)) func(*lfpse.Event) {
	return func(e *lfpse.Event) {
		p := e.Patients[0]
		change(&p)
		e.Patients = append(e.Patients, p)
	}
}

func first(change func(*lfpse.Patient)) func(*lfpse.Event) {
	return func(e *lfpse.Event) { change(&e.Patients[0]) }
}

// age gives the encoded number itself.
func age(n int) func(*lfpse.Patient) {
	return func(p *lfpse.Patient) { p.Age = lfpse.Age{Value: n, Unit: lfpse.RawAge} }
}

var patientFixtures = []fixture{
	{rule: "LFPSE-PATIENT-RESOURCE", paths: []string{"AdverseEvent.contained[4]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained = append(a.Contained, fhir.Resource{Patient: &r4.Patient{Id: ptr("patient2")}})
		}},
	{rule: "LFPSE-PATIENT-SEQUENCE", name: "twice", paths: []string{secondPatient + ".extension[0].value"},
		bad: second(func(*lfpse.Patient) {}), good: second(func(*lfpse.Patient) {}),
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Extension[1].Extension[0].ValueInteger = ptr(1)
		}},
	{rule: "LFPSE-PATIENT-SEQUENCE", name: "gap", paths: []string{secondPatient + ".extension[0].value"},
		bad: second(func(*lfpse.Patient) {}), good: second(func(*lfpse.Patient) {}),
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Extension[1].Extension[0].ValueInteger = ptr(3)
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			x := a.Contained[3].Patient.Extension
			x[0], x[1] = x[1], x[0]
		}},
	{rule: "LFPSE-PATIENT-SEQUENCE", name: "zero", paths: []string{onePatient + ".extension[0].value"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Extension[0].Extension[0].ValueInteger = ptr(0)
		}},
	{rule: "LFPSE-PATIENT-MANY", paths: []string{"AdverseEvent.contained[3]"},
		bad: func(e *lfpse.Event) {
			for range 9 {
				e.Patients = append(e.Patients, e.Patients[0])
			}
		},
		good: func(e *lfpse.Event) {
			for range 8 {
				e.Patients = append(e.Patients, e.Patients[0])
			}
		}},

	{rule: "LFPSE-PHYSICAL-HARM", paths: []string{secondPatient}, target: "patients[1].physicalHarm",
		bad: second(func(p *lfpse.Patient) { p.PhysicalHarm = "" }), good: func(e *lfpse.Event) { *e = poorOutcome() }},
	{rule: "LFPSE-PHYSICAL-HARM", name: "by number", paths: []string{onePatient}, target: "patients[1].physicalHarm",
		bad: second(func(p *lfpse.Patient) { p.PhysicalHarm = "" }),
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			x := a.Contained[3].Patient.Extension
			x[0], x[1] = x[1], x[0]
		}},
	{rule: "LFPSE-PSYCHOLOGICAL-HARM", paths: []string{secondPatient}, target: "patients[1].psychologicalHarm",
		bad:  second(func(p *lfpse.Patient) { p.PsychologicalHarm = "" }),
		good: second(func(p *lfpse.Patient) { p.PhysicalHarm, p.PsychologicalHarm = lfpse.PhysicalFatal, "" })},
	{rule: "LFPSE-PSYCHOLOGICAL-HARM", name: "physical harm open too", paths: []string{onePatient}, target: "patients[0].psychologicalHarm",
		bad: first(func(p *lfpse.Patient) { p.PhysicalHarm, p.PsychologicalHarm = "", "" })},
	{rule: "LFPSE-GENDER-IDENTITY", paths: []string{onePatient}, target: "patients[0].genderIdentity",
		bad: first(func(p *lfpse.Patient) { p.GenderIdentity = "" })},
	{rule: "LFPSE-GENDER-AT-BIRTH", paths: []string{onePatient}, target: "patients[0].genderSameAsAtBirth",
		bad: first(func(p *lfpse.Patient) { p.GenderSameAsAtBirth = "" })},

	{rule: "LFPSE-HARM-EVENT", base: goodCare, paths: []string{"AdverseEvent.contained[2].extension[0].extension[1]", "AdverseEvent.contained[2].extension[0].extension[2]"},
		bad: func(e *lfpse.Event) {
			e.Patients = []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalLow}}
		},
		good: func(e *lfpse.Event) { e.Patients = []lfpse.Patient{{AgeBracket: "7"}} }},
	{rule: "LFPSE-HARM-EVENT", name: "risk", base: risk, paths: []string{"AdverseEvent.contained[2].extension[0].extension[1]"},
		bad:  func(e *lfpse.Event) { e.Patients = []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalLow}} },
		good: func(e *lfpse.Event) { *e = poorOutcome(); e.Patients[0].PhysicalHarm = lfpse.PhysicalLow }},
	{rule: "LFPSE-HARM-FATAL", paths: []string{onePatient + ".extension[6]"},
		bad:  first(func(p *lfpse.Patient) { p.PhysicalHarm = lfpse.PhysicalFatal }),
		good: first(func(p *lfpse.Patient) { p.PhysicalHarm, p.PsychologicalHarm = lfpse.PhysicalFatal, "" })},
	{rule: "LFPSE-HARM-ASSOCIATION", paths: []string{secondPatient + ".extension[7]"},
		bad: second(func(p *lfpse.Patient) { p.StrengthOfAssociation = "6" }),
		good: func(e *lfpse.Event) {
			second(func(p *lfpse.Patient) { p.PhysicalHarm, p.StrengthOfAssociation = lfpse.PhysicalSevere, "6" })(e)
			second(func(p *lfpse.Patient) { p.PsychologicalHarm, p.StrengthOfAssociation = lfpse.PsychologicalSevere, "6" })(e)
		}},
	{rule: "LFPSE-ASK-ASSOCIATION", name: "physical", paths: []string{onePatient}, target: "patients[0].strengthOfAssociation",
		bad: first(func(p *lfpse.Patient) { p.PhysicalHarm = lfpse.PhysicalSevere })},
	{rule: "LFPSE-ASK-ASSOCIATION", name: "psychological", paths: []string{onePatient}, target: "patients[0].strengthOfAssociation",
		bad:  first(func(p *lfpse.Patient) { p.PsychologicalHarm = lfpse.PsychologicalSevere }),
		good: first(func(p *lfpse.Patient) { p.PsychologicalHarm, p.StrengthOfAssociation = lfpse.PsychologicalSevere, "2" })},

	{rule: "LFPSE-AGE-GRID", name: "true days", paths: []string{onePatient + ".extension[1].value"}, bad: first(age(18262)), good: first(age(74028))},
	{rule: "LFPSE-AGE-GRID", name: "zero", paths: []string{onePatient + ".extension[1].value"}, bad: first(age(0)), good: first(age(1))},
	{rule: "LFPSE-AGE-GRID", name: "negative", paths: []string{onePatient + ".extension[1].value"}, bad: first(age(-31)), good: first(age(31))},
	{rule: "LFPSE-AGE-GRID", name: "200 years", paths: []string{onePatient + ".extension[1].value"}, bad: first(age(200 * 372)), good: first(age(341))},
	{rule: "LFPSE-AGE-ONE", paths: []string{onePatient + ".extension[2]"},
		bad:  first(func(p *lfpse.Patient) { p.AgeBracket = "10" }),
		good: first(func(p *lfpse.Patient) { p.Age, p.AgeBracket = lfpse.Age{}, "10" })},
	{rule: "LFPSE-ASK-AGE", paths: []string{onePatient}, target: "patients[0].ageBracket",
		bad: first(func(p *lfpse.Patient) { p.Age = lfpse.Age{} })},
}
