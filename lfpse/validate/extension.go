package validate

import (
	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// An extension has a place for each of fifty types of value, and an event has
// some sixty extensions, so the functions here are written out: looking at the
// fields by reflection would take most of the time of a check.

// holdsType reports whether an extension has a value of the given type.
func holdsType(t taxonomy.Type, x *r4.Extension) bool {
	switch t {
	case taxonomy.Code:
		return x.ValueCode != nil
	case taxonomy.String:
		return x.ValueString != nil
	case taxonomy.Boolean:
		return x.ValueBoolean != nil
	case taxonomy.Integer:
		return x.ValueInteger != nil
	case taxonomy.Date:
		return x.ValueDate != nil
	case taxonomy.Time:
		return x.ValueTime != nil
	}
	return false
}

// textValue returns the value of an extension where it is one of the texts that
// fields have.
func textValue(x *r4.Extension) (string, bool) {
	for _, p := range [...]*string{x.ValueCode, x.ValueString, x.ValueDate, x.ValueTime} {
		if p != nil {
			return *p, true
		}
	}
	return "", false
}

func one(there bool) int {
	if there {
		return 1
	}
	return 0
}

// primitives counts the values of primitive types in an extension.
func primitives(x *r4.Extension) int {
	return one(x.ValueBase64Binary != nil) + one(x.ValueBoolean != nil) + one(x.ValueCanonical != nil) + one(x.ValueCode != nil) +
		one(x.ValueDate != nil) + one(x.ValueDateTime != nil) + one(x.ValueDecimal != nil) + one(x.ValueId != nil) +
		one(x.ValueInstant != nil) + one(x.ValueInteger != nil) + one(x.ValueMarkdown != nil) + one(x.ValueOid != nil) +
		one(x.ValuePositiveInt != nil) + one(x.ValueString != nil) + one(x.ValueTime != nil) + one(x.ValueUnsignedInt != nil) +
		one(x.ValueUri != nil) + one(x.ValueUrl != nil) + one(x.ValueUuid != nil)
}

// complexes counts the values of other types in an extension.
func complexes(x *r4.Extension) int {
	return one(x.ValueAddress != nil) + one(x.ValueAge != nil) + one(x.ValueAnnotation != nil) + one(x.ValueAttachment != nil) +
		one(x.ValueCodeableConcept != nil) + one(x.ValueCoding != nil) + one(x.ValueContactPoint != nil) + one(x.ValueCount != nil) +
		one(x.ValueDistance != nil) + one(x.ValueDuration != nil) + one(x.ValueHumanName != nil) + one(x.ValueIdentifier != nil) +
		one(x.ValueMoney != nil) + one(x.ValuePeriod != nil) + one(x.ValueQuantity != nil) + one(x.ValueRange != nil) +
		one(x.ValueRatio != nil) + one(x.ValueReference != nil) + one(x.ValueSampledData != nil) + one(x.ValueSignature != nil) +
		one(x.ValueTiming != nil) + one(x.ValueContactDetail != nil) + one(x.ValueContributor != nil) + one(x.ValueDataRequirement != nil) +
		one(x.ValueExpression != nil) + one(x.ValueParameterDefinition != nil) + one(x.ValueRelatedArtifact != nil) +
		one(x.ValueTriggerDefinition != nil) + one(x.ValueUsageContext != nil) + one(x.ValueDosage != nil) + one(x.ValueMeta != nil)
}

// validPrimitives returns the first format that a primitive value of an extension
// does not have; ok is true if there is none.
func validPrimitives(x *r4.Extension) (f format, ok bool) {
	for _, p := range [...]struct {
		value  *string
		format format
	}{
		{x.ValueCode, codeFormat}, {x.ValueString, textFormat}, {x.ValueDate, dateFormat}, {x.ValueTime, timeFormat},
		{x.ValueDateTime, dateTimeFormat}, {x.ValueInstant, instantFormat}, {x.ValueId, idFormat}, {x.ValueMarkdown, textFormat},
		{x.ValueUri, uriFormat}, {x.ValueUrl, uriFormat}, {x.ValueCanonical, uriFormat}, {x.ValueOid, oidFormat},
		{x.ValueUuid, uuidFormat}, {x.ValueBase64Binary, base64BinaryFormat},
	} {
		if p.value != nil && !p.format.validText(*p.value) {
			return p.format, false
		}
	}
	for _, p := range [...]struct {
		value  *int
		format format
	}{{x.ValueInteger, integerFormat}, {x.ValuePositiveInt, positiveIntFormat}, {x.ValueUnsignedInt, unsignedIntFormat}} {
		if p.value != nil && !p.format.validInt(*p.value) {
			return p.format, false
		}
	}
	return decimalFormat, x.ValueDecimal == nil || decimalFormat.validText(x.ValueDecimal.String())
}
