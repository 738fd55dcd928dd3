package draft

import (
	"slices"
	"strings"
)

// personal are the properties that only a person who knows the case can state. Those of a
// patient stand without the patient.
var personal = []string{
	PatientsTarget, "physicalHarm", "psychologicalHarm", "clinicalOutcome", "genderIdentity", "genderSameAsAtBirth",
	"classification.levelOfConcern", "agent.involvedAgents",
}

// OnlyFromPeople reports whether only a person who knows the case, or a record about it,
// can state a property: the harm, the number of patients, gender and whether it is the
// same as at birth, the level of concern and the involved agents. A default or a constant
// of a practice never does.
func OnlyFromPeople(target string) bool {
	if _, property, ok := strings.Cut(target, "]."); ok && strings.HasPrefix(target, "patients[") {
		target = property
	}
	return slices.Contains(personal, target)
}
