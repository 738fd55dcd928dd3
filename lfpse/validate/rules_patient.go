package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// rulesPatient are about the patients affected and the harm done to them. A harm
// that is not stated is always a question: never "no harm", and never a reason to
// leave the patient out.
var rulesPatient = []definition{
	{
		ID: "LFPSE-PATIENT-RESOURCE", Title: "All patients are in one contained Patient.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Path: "AdverseEvent.contained.ofType(Patient)", Source: sourceClient + "; " + sourceExport + "; " + sourceAnalysis,
		Why: "Several patients are sent as several patient-information groups on the one Patient that subject refers to; on another Patient they may be lost.",
		Fix: "Move the groups to the Patient that subject refers to and number them by PatientSequence.", text: "There is more than one contained Patient.",
	},
	{
		ID: "LFPSE-PATIENT-SEQUENCE", Title: "PatientSequence numbers the patients 1 to n, each once.", Severity: fhir.Error, Absence: true, Evidence: "seen", Confidence: rule.High,
		Path: patient + "/PatientSequence", Source: sourceClient + "; " + sourceExport + "; " + sourceAnalysis,
		Why: "The number distinguishes the patients of an event.",
		Fix: "Number the patients 1, 2, 3 and so on.", text: "The patients are not numbered 1 to n, each once.",
	},
	{
		ID: "LFPSE-PHYSICAL-HARM", Title: "The physical harm to each patient of an incident is graded.", Severity: fhir.Error, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient + "; NHS England policy guidance on levels of harm (conditions exist, text not available)",
		Why:    "Harm that is not graded is unknown. Reading it as no harm would hide that a patient was hurt.",
		Fix:    "Have somebody who knows the case grade the physical harm.", text: "The physical harm to the patient is not graded.",
		checks: []check{{each: patient, need: []string{patient + "/PhysicalHarm"}, ask: required(patient+"/PhysicalHarm",
			"How much physical harm came to this patient, as far as is known now? The grade can be changed later.")}},
	},
	{
		ID: "LFPSE-PSYCHOLOGICAL-HARM", Title: "The psychological harm to each patient of an incident is graded, unless the patient died.", Severity: fhir.Error, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient + "; NHS England policy guidance on levels of harm (conditions exist, text not available)",
		Why:    "Harm that is not graded is unknown. Reading it as no harm would hide that a patient was hurt.",
		Fix:    "Have somebody who knows the case grade the psychological harm.", text: "The psychological harm to the patient is not graded.",
		checks: []check{{each: patient, when: []cond{isNot(patient+"/PhysicalHarm", "fatal")}, need: []string{patient + "/PsychologicalHarm"}, ask: required(patient+"/PsychologicalHarm",
			"How much psychological harm came to this patient, as far as is known now? The grade can be changed later.")}},
	},
	{
		ID: "LFPSE-GENDER-IDENTITY", Title: "The gender identity of each patient of an incident is stated.", Severity: fhir.Error, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The public client sends no patient without it; the service is likely to refuse the record.",
		Fix: "State the gender identity; there are answers for not known and not stated.", text: "The gender identity of the patient is not stated.",
		checks: []check{{each: patient, need: []string{patient + "/GenderIdentity"}, ask: required(patient+"/GenderIdentity",
			"What is the gender identity of this patient?")}},
	},
	{
		ID: "LFPSE-GENDER-AT-BIRTH", Title: "It is stated for each patient of an incident whether the gender is the same as at birth.", Severity: fhir.Error, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The public client sends no patient without it; the service is likely to refuse the record.",
		Fix: "Answer the question; there are answers for not known and not stated.", text: "It is not stated whether the gender of the patient is the same as at birth.",
		checks: []check{{each: patient, need: []string{patient + "/GenderSameAsAtBirth"}, ask: required(patient+"/GenderSameAsAtBirth",
			"Is the gender of this patient the same as registered at birth?")}},
	},
	{
		ID: "LFPSE-HARM-EVENT", Title: "Good care and risks have no harm grades.", Severity: fhir.Warning, EventTypes: harmless, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "If harm was done, something happened, and the event is an incident.",
		Fix: "Record an incident, or leave the harm out.", text: "The event is good care or a risk but grades harm.",
		checks: []check{{bar: []string{patient + "/PhysicalHarm", patient + "/PsychologicalHarm", patient + "/StrengthOfAssociation"}}},
	},
	{
		ID: "LFPSE-HARM-FATAL", Title: "The psychological harm to a patient who died is not graded.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The public client leaves it out, so the service may refuse it.",
		Fix: "Leave PsychologicalHarm out.", text: "The physical harm is fatal and the psychological harm is graded too.",
		checks: []check{{each: patient, when: []cond{is(patient+"/PhysicalHarm", "fatal")}, bar: []string{patient + "/PsychologicalHarm"}}},
	},
	{
		ID: "LFPSE-HARM-ASSOCIATION", Title: "The strength of association goes with severe or fatal harm.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The question is asked about severe and fatal harm only.",
		Fix: "Leave StrengthOfAssociation out, or check the harm grades.", text: "The strength of association is sent without severe or fatal harm.",
		checks: []check{{
			each: patient, when: []cond{isNot(patient+"/PhysicalHarm", "fatal", "severe"), isNot(patient+"/PsychologicalHarm", "severe")},
			bar: []string{patient + "/StrengthOfAssociation"},
		}},
	},
	{
		ID: "LFPSE-AGE-GRID", Title: "The age is encoded on the national grid.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Path: patient + "/AgeAtTimeOfIncidentDays", Source: sourceAnalysis + "; sample of the LFPSE team (18600 is 50 years)",
		Why: "The field is not a number of days: 1 to 30 are days, then months times 31 up to 341, then years times 372 up to 74028. National analysis drops other values and reads 0 as unknown.",
		Fix: "Encode the age in completed years, else months, else days; a newborn under one day is 1.", text: "The age is not on the national grid.",
	},
	{
		ID: "LFPSE-AGE-ONE", Title: "The age is either exact or a bracket.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Source: sourceClient + "; " + sourceExport, Why: "The bracket is for an age that is not known exactly; with both, nobody can tell which one is right.",
		Fix: "Keep one of the two; the bracket says less about the person.", text: "Age and age bracket are both sent.",
		checks: []check{{each: patient, when: []cond{has(patient + "/AgeAtTimeOfIncidentDays")}, bar: []string{patient + "/AgeBracket"}}},
	},
}
