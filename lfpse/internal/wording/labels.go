// Package wording has the words of people for what machines have names for: the properties of
// an event, and the conditions under which something is asked about it.
package wording

import (
	"fmt"
	"strconv"
	"strings"
)

// labels are the words for properties whose names are not good words themselves, by the
// target without the index.
var labels = map[string]string{
	"description":                                         "Description",
	"estimatedDate.incidentOccurredToday":                 "Recorded on the day it happened",
	"estimatedDate.todaysDate":                            "Recorded on",
	"estimatedDate.approximateDate":                       "Month",
	"estimatedDate.preciseTime":                           "Time",
	"estimatedDate.estimatedTime":                         "Time of day",
	"location.locationKnown":                              "In the organisation of whoever recorded it",
	"location.organisationOther":                          "Organisation, in words",
	"location.locationWithinService":                      "Place",
	"location.locationWithinServiceOther":                 "Place, in words",
	"location.responsibleSpecialtyOther":                  "Specialty, in words",
	"location.responsibleSpecialty":                       "Specialty",
	"location.identifiedLocation":                         "Organisation of the place",
	"location.identifiedLocationOther":                    "Organisation of the place, in words",
	"location.locationAtRisk":                             "Place at risk",
	"location.riskIdentifiedLocation":                     "Organisation at risk",
	"reporter.reporterType":                               "Recorded by",
	"reporter.reporterTypeOther":                          "Recorded by, in words",
	"reporter.reporterRole":                               "Role",
	"reporter.reporterRoleOther":                          "Role, in words",
	"reporter.reporterInvolvement":                        "How they knew of it",
	"reporter.reporterInvolvementOther":                   "How they knew of it, in words",
	"reporter.reporterOrganisation":                       "Organisation",
	"reporter.reporterOrganisationOther":                  "Organisation, in words",
	"reporter.reporterContact":                            "Contact",
	"reporter.whyAnonymous":                               "Why they want to stay anonymous",
	"reporter.whyAnonymousOther":                          "Why they want to stay anonymous, in words",
	"patients.ageBracket":                                 "Age, estimated",
	"patients.genderIdentity":                             "Gender",
	"patients.genderSameAsAtBirth":                        "Gender same as at birth",
	"patients.patientEthnicity":                           "Ethnicity",
	"patients.strengthOfAssociation":                      "How far the event caused the harm",
	"patients.clinicalOutcome":                            "Clinical outcome",
	"agent.involvedAgents":                                "Things involved",
	"agent.drugsInvolved":                                 "Medicines",
	"agent.involvedPersonsActions":                        "Whose actions",
	"agent.involvedPersonsActionsOther":                   "Whose actions, in words",
	"agent.buildingsInfrastructure":                       "Buildings and infrastructure",
	"agent.buildingsInfrastructureOther":                  "Buildings and infrastructure, in words",
	"agent.estatesServices":                               "Estates services",
	"agent.estatesServicesOther":                          "Estates services, in words",
	"agent.sabreReportNumber":                             "SABRE report",
	"agent.shotReportNumber":                              "SHOT report",
	"agent.nhsbtReportNumber":                             "NHSBT report",
	"agent.yellowCardReference":                           "Yellow Card",
	"process.healthcareProcess":                           "Part of care",
	"outcome.immediateActions":                            "Done at once to reduce harm",
	"outcome.outcomeType":                                 "Kind of outcome",
	"outcome.wentWell":                                    "What went well",
	"classification.levelOfConcern":                       "Level of concern",
	"classification.patientSafetyIncidentHasOccurred":     "An incident behind it",
	"detectionFactors.detectionPoint":                     "Noticed when",
	"detectionFactors.detectionPointOther":                "Noticed when, in words",
	"safetyChallenges.safetyChallenges":                   "National safety challenges",
	"safetyChallenges.radiotherapyIncidentCode":           "Radiotherapy incident code",
	"safetyChallenges.marvinReferenceNumber":              "MARVIN reference",
	"riskDetails.riskDescription":                         "The risk",
	"riskDetails.riskTheme":                               "Theme",
	"riskDetails.riskThemeOther":                          "Theme, in words",
	"riskDetails.riskImminent":                            "Imminent risk of severe harm or death",
	"riskDetails.riskServiceArea":                         "Services at risk",
	"riskDetails.riskPopulation":                          "People at risk",
	"riskDetails.riskTimeframe":                           "When",
	"riskDetails.riskTimeframeOther":                      "When, in words",
	"wentWell.strengthsOfCare":                            "Strengths of care",
	"wentWell.howFutureOccurrence":                        "So that it happens again",
	"wentWell.goodCareDetectionFactor":                    "How it was noticed",
	"wentWell.goodCareDetectionFactorOther":               "How it was noticed, in words",
	"medicines.vtmCode":                                   "Medicine, dm+d code",
	"medicines.vtmString":                                 "Medicine",
	"medicines.vmpCode":                                   "Product, dm+d code",
	"medicines.vmpString":                                 "Product",
	"devices.deviceType":                                  "Device",
	"devices.deviceTypeOther":                             "Device, in words",
	"medicationAdministration":                            "Medicine given by a device",
	"problemMedication.drugInvolvementFactors":            "What was wrong with the medicine",
	"problemMedication.drugReaction":                      "Reaction",
	"problemMedication.drugReactionOther":                 "Reaction, in words",
	"problemMedication.drugUsedTooMuch":                   "How it was too much",
	"problemMedication.drugInsufficientDetails":           "How it was too little",
	"problemMedication.problemDescriptionDrugs":           "The problem with the medicine",
	"problemMedication.involvedProcesses":                 "Stage",
	"problemMedication.involvedProcessesOther":            "Stage, in words",
	"problemMedication.medicationAdministeredIncorrectly": "How it was wrong",
	"problemMedication.problemMedicationPackaging":        "Packaging",
	"problemDevices.deviceInvolvementFactors":             "What was wrong with the device",
	"problemDevices.deviceUsedUnnecessarily":              "How it was too much",
	"problemDevices.deviceInsufficientDetails":            "How it was too little",
	"problemDevices.deviceWrongUsageDetails":              "How it was used wrongly",
	"problemDevices.deviceBrokenDetails":                  "How it was broken",
	"problemDevices.problemDescriptionDevices":            "The problem with the device",
	"problemITSystems.itSystemsInvolvementFactors":        "What was wrong with IT",
	"problemITSystems.problemDescriptionSystemsSoftware":  "The problem with IT",
	"problemPeople.peopleInvolvementFactors":              "What was wrong with who was there",
	"problemPeople.peopleActionFactors":                   "What people did or did not do",
	"problemPeople.peopleActionTooMuch":                   "What was too much",
	"problemPeople.peopleUnavailableDetails":              "Who was not there",
	"problemPeople.peopleInsufficientActionDetails":       "What was too little",
	"problemPeople.peopleWrongActionDetails":              "What was done wrongly",
	"problemPeople.peopleOmittedActionDetails":            "What was not done",
	"problemPeople.problemDescriptionActions":             "The problem with what was done",
	"problemPeople.problemDescriptionInvolvement":         "The problem with who was there",
	"governance.cqcNotify":                                "To be notified to CQC",
	"governance.cqcCriteria":                              "Why CQC is to be notified",
	"governance.hsibNotify":                               "To be notified to HSSIB",
	"governance.deprivationOfLiberty":                     "Deprivation of liberty",
	"governance.designationsMentalHealth":                 "Mental Health Act",
	"referenceMetadata.fromOnlineForms":                   "Recorded on the online form",
	"referenceMetadata.isAnonymous":                       "Anonymous",
	"referenceMetadata.dataSharingOptOut":                 "Not to be shared",
}

// Label is what people call the property of a target, such as patients[1].physicalHarm, where
// it stands alone: Physical harm of patient 2.
func Label(target string) string {
	list, _, _ := strings.Cut(target, "]")
	if index, found := strings.CutPrefix(list, "patients["); found {
		if n, err := strconv.Atoi(index); err == nil {
			return fmt.Sprintf("%s of patient %d", Name(target), n+1)
		}
	}
	return Name(target)
}

// Name is what people call the property of a target below the heading of its group.
func Name(target string) string {
	group, property, nested := strings.Cut(target, ".")
	group, index, listed := strings.Cut(group, "[")
	name := group
	if nested {
		name += "." + property
	}
	text := labels[name]
	if text == "" {
		text = Words(name[strings.LastIndex(name, ".")+1:])
	}
	if listed && group != "patients" && index != "0]" {
		n, _ := strconv.Atoi(strings.TrimSuffix(index, "]"))
		text += fmt.Sprintf(" (%d)", n+1)
	}
	return text
}

// Words writes the name of a property or field as words: involvedAgents, Involved agents.
func Words(name string) string {
	var b strings.Builder
	runes := []rune(name)
	upper := func(i int) bool { return i >= 0 && i < len(runes) && runes[i] >= 'A' && runes[i] <= 'Z' }
	for i, r := range runes {
		if upper(i) && i > 0 && (!upper(i-1) || i+1 < len(runes) && !upper(i+1)) {
			b.WriteByte(' ')
			if !upper(i + 1) {
				r += 'a' - 'A'
			}
		}
		b.WriteRune(r)
	}
	text := b.String()
	return strings.ToUpper(text[:1]) + text[1:]
}
