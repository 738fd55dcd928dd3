package sandbox

import "strings"

// shape lists the elements of an R4 resource by their JSON form: text (a
// string), flag (true or false), number, object, list (an array of objects) and
// texts (an array of strings). Names are separated by spaces.
type shape struct{ text, flag, number, object, list, texts string }

// Elements of every R4 DomainResource.
var domainResource = shape{
	text:   "resourceType id implicitRules language",
	object: "meta text",
	list:   "contained extension modifierExtension",
}

// The R4 elements of the six resources an LFPSE submission is made of.
var resources = map[string]shape{
	"AdverseEvent": {
		text: "actuality date detected recordedDate",
		object: "identifier event subject encounter location seriousness severity outcome " +
			"recorder",
		list: "category resultingCondition contributor suspectEntity subjectMedicalHistory referenceDocument study",
	},
	"Patient": {
		text:   "gender birthDate deceasedDateTime",
		flag:   "active deceasedBoolean multipleBirthBoolean",
		number: "multipleBirthInteger",
		object: "maritalStatus managingOrganization",
		list:   "identifier name telecom address photo contact communication generalPractitioner link",
	},
	"Location": {
		text:   "status name description mode availabilityExceptions",
		object: "operationalStatus address physicalType position managingOrganization partOf",
		list:   "identifier type telecom hoursOfOperation endpoint",
		texts:  "alias",
	},
	"Practitioner": {
		text: "gender birthDate",
		flag: "active",
		list: "identifier name telecom address photo qualification communication",
	},
	"Device": {
		text: "status distinctIdentifier manufacturer manufactureDate expirationDate lotNumber serialNumber " +
			"modelNumber partNumber url",
		object: "definition type patient owner location parent",
		list:   "identifier udiCarrier statusReason deviceName specialization version property contact note safety",
	},
	"Medication": {
		text:   "status",
		object: "code manufacturer form amount batch",
		list:   "identifier ingredient",
	},
}

// form returns the JSON form R4 gives an element, empty if it has no such element.
func form(resource, name string) string {
	if base, ok := strings.CutPrefix(name, "_"); ok {
		switch form(resource, base) {
		case "text", "flag", "number":
			return "object" // the id and extensions of a primitive
		case "texts":
			return "any" // an array of objects and nulls
		}
		return ""
	}
	for _, s := range []shape{domainResource, resources[resource]} {
		for kind, names := range map[string]string{"text": s.text, "flag": s.flag, "number": s.number,
			"object": s.object, "list": s.list, "texts": s.texts} {
			if hasWord(names, name) {
				return kind
			}
		}
	}
	return ""
}

func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}
