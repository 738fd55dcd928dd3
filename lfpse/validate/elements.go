package validate

// The R4 primitive type of every element that is not a plain string, by Go type
// and JSON property, for the types an LFPSE event can be made of. Elements named
// value[x] carry their type in their name. What is not listed is a string, an
// integer or a decimal, whichever its Go type says.
var formats = map[string]format{
	"AdverseEvent.id":            idFormat,
	"AdverseEvent.implicitRules": uriFormat,
	"AdverseEvent.language":      codeFormat,
	"AdverseEvent.date":          dateTimeFormat,
	"AdverseEvent.detected":      dateTimeFormat,
	"AdverseEvent.recordedDate":  dateTimeFormat,

	"Annotation.time":        dateTimeFormat,
	"Attachment.contentType": codeFormat,
	"Attachment.language":    codeFormat,
	"Attachment.data":        base64BinaryFormat,
	"Attachment.url":         uriFormat,
	"Attachment.size":        unsignedIntFormat,
	"Attachment.hash":        base64BinaryFormat,
	"Attachment.creation":    dateTimeFormat,

	"Coding.system":     uriFormat,
	"Coding.code":       codeFormat,
	"ContactPoint.rank": positiveIntFormat,

	"DataRequirement.type":                    codeFormat,
	"DataRequirement.profile":                 uriFormat,
	"DataRequirement.limit":                   positiveIntFormat,
	"DataRequirementCodeFilter.valueSet":      uriFormat,
	"DataRequirementDateFilter.valueDateTime": dateTimeFormat,

	"Device.id":                     idFormat,
	"Device.implicitRules":          uriFormat,
	"Device.language":               codeFormat,
	"Device.manufactureDate":        dateTimeFormat,
	"Device.expirationDate":         dateTimeFormat,
	"Device.url":                    uriFormat,
	"DeviceUdiCarrier.issuer":       uriFormat,
	"DeviceUdiCarrier.jurisdiction": uriFormat,
	"DeviceUdiCarrier.carrierAIDC":  base64BinaryFormat,

	"Expression.name":      idFormat,
	"Expression.language":  codeFormat,
	"Expression.reference": uriFormat,
	"Identifier.system":    uriFormat,

	"Location.id":                          idFormat,
	"Location.implicitRules":               uriFormat,
	"Location.language":                    codeFormat,
	"LocationHoursOfOperation.openingTime": timeFormat,
	"LocationHoursOfOperation.closingTime": timeFormat,
	"Medication.id":                        idFormat,
	"Medication.implicitRules":             uriFormat,
	"Medication.language":                  codeFormat,
	"Medication.status":                    codeFormat,
	"MedicationBatch.expirationDate":       dateTimeFormat,

	"Meta.versionId":   idFormat,
	"Meta.lastUpdated": instantFormat,
	"Meta.source":      uriFormat,
	"Meta.profile":     uriFormat,
	"Money.currency":   codeFormat,

	"ParameterDefinition.name":    codeFormat,
	"ParameterDefinition.type":    codeFormat,
	"ParameterDefinition.profile": uriFormat,

	"Patient.id":               idFormat,
	"Patient.implicitRules":    uriFormat,
	"Patient.language":         codeFormat,
	"Patient.birthDate":        dateFormat,
	"Patient.deceasedDateTime": dateTimeFormat,

	"Period.start": dateTimeFormat,
	"Period.end":   dateTimeFormat,

	"Practitioner.id":            idFormat,
	"Practitioner.implicitRules": uriFormat,
	"Practitioner.language":      codeFormat,
	"Practitioner.birthDate":     dateFormat,

	"Age.system":      uriFormat,
	"Age.code":        codeFormat,
	"Count.system":    uriFormat,
	"Count.code":      codeFormat,
	"Distance.system": uriFormat,
	"Distance.code":   codeFormat,
	"Duration.system": uriFormat,
	"Duration.code":   codeFormat,
	"Quantity.system": uriFormat,
	"Quantity.code":   codeFormat,

	"Reference.type":           uriFormat,
	"RelatedArtifact.url":      uriFormat,
	"RelatedArtifact.resource": uriFormat,
	"SampledData.dimensions":   positiveIntFormat,
	"Signature.when":           instantFormat,
	"Signature.targetFormat":   codeFormat,
	"Signature.sigFormat":      codeFormat,
	"Signature.data":           base64BinaryFormat,

	"Timing.event":              dateTimeFormat,
	"TimingRepeat.count":        positiveIntFormat,
	"TimingRepeat.countMax":     positiveIntFormat,
	"TimingRepeat.durationUnit": codeFormat,
	"TimingRepeat.frequency":    positiveIntFormat,
	"TimingRepeat.frequencyMax": positiveIntFormat,
	"TimingRepeat.periodUnit":   codeFormat,
	"TimingRepeat.timeOfDay":    timeFormat,
	"TimingRepeat.when":         codeFormat,
	"TimingRepeat.offset":       unsignedIntFormat,

	"TriggerDefinition.timingDate":     dateFormat,
	"TriggerDefinition.timingDateTime": dateTimeFormat,
}

// The resource types that a reference may lead to, from the R4 definitions. A
// reference that is not listed may lead to any.
var targets = map[string][]string{
	"AdverseEvent.subject":               {"Patient", "Group", "Practitioner", "RelatedPerson"},
	"AdverseEvent.encounter":             {"Encounter"},
	"AdverseEvent.resultingCondition":    {"Condition"},
	"AdverseEvent.location":              {"Location"},
	"AdverseEvent.recorder":              {"Patient", "Practitioner", "PractitionerRole", "RelatedPerson"},
	"AdverseEvent.contributor":           {"Practitioner", "PractitionerRole", "Device"},
	"AdverseEvent.subjectMedicalHistory": {"Condition", "Observation", "AllergyIntolerance", "FamilyMemberHistory", "Immunization", "Procedure", "Media", "DocumentReference"},
	"AdverseEvent.referenceDocument":     {"DocumentReference"},
	"AdverseEvent.study":                 {"ResearchStudy"},

	"AdverseEventSuspectEntity.instance":        {"Immunization", "Procedure", "Substance", "Medication", "MedicationAdministration", "MedicationStatement", "Device"},
	"AdverseEventSuspectEntityCausality.author": {"Practitioner", "PractitionerRole"},

	"Annotation.authorReference":         {"Practitioner", "Patient", "RelatedPerson", "Organization"},
	"DataRequirement.subjectReference":   {"Group"},
	"Device.definition":                  {"DeviceDefinition"},
	"Device.patient":                     {"Patient"},
	"Device.owner":                       {"Organization"},
	"Device.location":                    {"Location"},
	"Device.parent":                      {"Device"},
	"Identifier.assigner":                {"Organization"},
	"Location.managingOrganization":      {"Organization"},
	"Location.partOf":                    {"Location"},
	"Location.endpoint":                  {"Endpoint"},
	"Medication.manufacturer":            {"Organization"},
	"MedicationIngredient.itemReference": {"Substance", "Medication"},
	"Patient.generalPractitioner":        {"Organization", "Practitioner", "PractitionerRole"},
	"Patient.managingOrganization":       {"Organization"},
	"PatientContact.organization":        {"Organization"},
	"PatientLink.other":                  {"Patient", "RelatedPerson"},
	"PractitionerQualification.issuer":   {"Organization"},
	"Signature.who":                      {"Practitioner", "PractitionerRole", "RelatedPerson", "Patient", "Device", "Organization"},
	"Signature.onBehalfOf":               {"Practitioner", "PractitionerRole", "RelatedPerson", "Patient", "Device", "Organization"},
	"TriggerDefinition.timingReference":  {"Schedule"},
}

// choices are the elements whose name carries the type of the value; FHIRPath
// leaves the type out. Device.property has elements valueQuantity and valueCode
// that are no choice.
var choices = []string{"value", "deceased", "multipleBirth", "author", "bounds", "asNeeded", "dose", "rate", "item", "timing", "subject"}

// choiceTypes are the types that such a name may end in.
var choiceTypes = []string{"Boolean", "CodeableConcept", "Date", "DateTime", "Duration", "Integer", "Period", "Quantity", "Range", "Ratio", "Reference", "String", "Timing"}
