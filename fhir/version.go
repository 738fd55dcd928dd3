package fhir

import "strings"

// stu3Names are the elements that have another name in STU3, by R4 name and type of
// resource. Source: HL7 FHIR R4, "R3 Diff" of each resource.
var stu3Names = map[string]map[string]string{
	"code":               {"DetectedIssue": "category"},
	"encounter":          {"MedicationRequest": "context", "QuestionnaireResponse": "context", "Task": "context"},
	"event":              {"AdverseEvent": "type"},
	"identifiedDateTime": {"DetectedIssue": "date"},
	"modelNumber":        {"Device": "model"},
	"partOf":             {"QuestionnaireResponse": "parent"},
	"recordedDate":       {"AllergyIntolerance": "assertedDate", "Condition": "assertedDate"},
	"resultingCondition": {"AdverseEvent": "reaction"},
}

// Element returns the property of a resource that has a name in R4, be the resource of R4
// or of STU3, where the property may have another name. For any other element it is
// [Node.Child].
func (n Node) Element(name string) Node {
	found := n.Child(name)
	if former := stu3Names[name]; former != nil && !found.Exists() {
		if name = former[n.ResourceType()]; name != "" {
			return n.Child(name)
		}
	}
	return found
}

// onlySTU3 reports a property of a resource that R4 does not have, or not in that form.
func onlySTU3(property Node) bool {
	switch property.Name() {
	case "assertedDate", "taken", "notGiven": // of conditions, statements and administrations
		return true
	case "clinicalStatus", "verificationStatus": // CodeableConcepts since R4
		return property.Kind() == StringNode
	case "requester":
		return property.Child("agent").Exists()
	}
	return false
}

func isSTU3Profile(url string) bool {
	return strings.Contains(url, "/STU3/") || strings.Contains(url, "/CareConnect-")
}
