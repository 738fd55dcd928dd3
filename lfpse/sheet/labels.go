package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
)

var kinds = map[lfpse.EventType]string{
	lfpse.TypeIncident: "Incident",
	lfpse.TypeRisk:     "Risk",
	lfpse.TypeOutcome:  "Outcome",
	lfpse.TypeGoodCare: "Good care",
}

// headings are those of the sections, by the group of a property. Groups of one kind share
// a section; all groups of problems are under one.
var headings = map[string]string{
	"description":              "What happened",
	"estimatedDate":            "What happened",
	"location":                 "Where",
	"reporter":                 "Who recorded it",
	"agent":                    "What was involved",
	"medicines":                "What was involved",
	"devices":                  "What was involved",
	"medicationAdministration": "What was involved",
	"process":                  "More about it",
	"outcome":                  "What was done and what followed",
	"classification":           "More about it",
	"detectionFactors":         "More about it",
	"safetyChallenges":         "More about it",
	"riskDetails":              "The risk",
	"wentWell":                 "What went well",
	"governance":               "Duties that were noted",
	"referenceMetadata":        "The record",
}

const (
	problems = "What was wrong"
	nobody   = "Patients"
)

// order is that of the sections. Those of single patients stand where the word patient does,
// and what is not in the list comes before the record.
var order = []string{"What happened", nobody, "What was involved", problems, "The risk", "What went well", "What was done and what followed", "More about it", "Duties that were noted", "Where", "Who recorded it", "Also stated", "The record"}

// place is that of a section on the sheet.
func place(heading string) int {
	if strings.Contains(heading, "atient ") || heading == thePatient {
		heading = nobody
	}
	return slices.Index(order, heading)
}

const thePatient = "The patient"

// heading is that of the section of a target. There are so many patients.
func heading(target string, patients int) string {
	group, _, _ := strings.Cut(target, ".")
	name, index, listed := strings.Cut(group, "[")
	switch {
	case name == "patients" && patients == 1:
		return thePatient
	case name == "patients" && listed:
		n, _ := strconv.Atoi(strings.TrimSuffix(index, "]"))
		return fmt.Sprintf("Patient %d of %d", n+1, patients)
	case strings.HasPrefix(name, "problem"):
		return problems
	}
	return headings[name]
}

// Label is what people call the property of a target, such as patients[1].physicalHarm, where
// it stands alone: Physical harm of patient 2.
func Label(target string) string { return wording.Label(target) }
