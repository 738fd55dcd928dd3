package validate_test

import (
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

const (
	placeGroup    = "AdverseEvent.contained[0].extension[0]"
	reporterGroup = "AdverseEvent.contained[1].extension[0]"
)

var placeFixtures = []fixture{
	{rule: "LFPSE-REPORTER-ORGANISATION", paths: []string{reporterGroup}, target: "reporter.reporterOrganisation",
		bad: func(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "" },
		good: func(e *lfpse.Event) {
			e.Reporter.ReporterOrganisation, e.Reporter.ReporterOrganisationOther = "", "A practice without a code"
		}},
	{rule: "LFPSE-ASK-REPORTER-ROLE", paths: []string{reporterGroup}, target: "reporter.reporterRole",
		bad:  func(e *lfpse.Event) { e.Reporter.ReporterRole = "" },
		good: func(e *lfpse.Event) { e.Reporter.ReporterRole, e.Reporter.ReporterRoleOther = "", "Student" }},
	{rule: "LFPSE-ANONYMOUS", paths: []string{reporterGroup + ".extension[3]"},
		bad: func(e *lfpse.Event) {
			e.Reporter.ReporterContact = "through the practice"
			e.ReferenceMetadata = lfpse.ReferenceMetadata{IsAnonymous: ptr(true), DataSharingOptOut: ptr(false)}
		},
		good: func(e *lfpse.Event) {
			e.Reporter.ReporterContact = "through the practice"
			e.ReferenceMetadata = lfpse.ReferenceMetadata{IsAnonymous: ptr(false), DataSharingOptOut: ptr(false)}
		}},
	{rule: "LFPSE-ANONYMOUS", name: "reasons", paths: []string{reporterGroup + ".extension[3]"},
		bad: func(e *lfpse.Event) {
			e.Reporter.ReporterContact, e.Reporter.WhyAnonymous = "through the practice", []code.AnonymityReasons{"4"}
		},
		good: func(e *lfpse.Event) { e.Reporter.WhyAnonymous = []code.AnonymityReasons{"4"} }},

	{rule: "LFPSE-ODS", paths: []string{placeGroup + ".extension[1].value", reporterGroup + ".extension[2].value"},
		bad: func(e *lfpse.Event) {
			e.Location.Organisation[0], e.Reporter.ReporterOrganisation = "a81001", "A 81001"
		},
		good: func(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "RXX" }},
	{rule: "LFPSE-ODS-TEST", paths: []string{reporterGroup + ".extension[2].value"},
		bad: func(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "Z45" }},

	{rule: "LFPSE-ASK-LOCATION-KNOWN", paths: []string{placeGroup}, target: "location.locationKnown",
		bad: func(e *lfpse.Event) { e.Location.LocationKnown = "" }},
	{rule: "LFPSE-LOCATION-KNOWN", name: "yes", paths: []string{placeGroup},
		bad: func(e *lfpse.Event) { e.Location.Organisation = nil }},
	{rule: "LFPSE-LOCATION-KNOWN", name: "no", paths: []string{placeGroup},
		bad: func(e *lfpse.Event) { e.Location.LocationKnown, e.Location.Organisation = "n", nil },
		good: func(e *lfpse.Event) {
			e.Location = lfpse.Location{LocationKnown: "n", OrganisationOther: "A care home"}
		}},
	{rule: "LFPSE-LOCATION-KNOWN", name: "unknown", paths: []string{placeGroup + ".extension[1]"},
		bad:  func(e *lfpse.Event) { e.Location.LocationKnown = "u" },
		good: func(e *lfpse.Event) { e.Location.LocationKnown, e.Location.Organisation = "u", nil }},
	{rule: "LFPSE-LOCATION-OWN", paths: []string{placeGroup + ".extension[1].value"},
		bad:  func(e *lfpse.Event) { e.Location.Organisation = []string{"A81002", "A81003"} },
		good: func(e *lfpse.Event) { e.Location.Organisation = []string{"A81002", "A81001"} }},
	{rule: "LFPSE-LOCATION-OWN", name: "elsewhere", paths: []string{placeGroup + ".extension[1].value"},
		bad:  func(e *lfpse.Event) { e.Location.Organisation = []string{"A81002"} },
		good: func(e *lfpse.Event) { e.Location.LocationKnown, e.Location.Organisation = "n", []string{"A81002"} }},
	{rule: "LFPSE-LOCATION-OWN", name: "another, yet the own", paths: []string{placeGroup + ".extension[2].value"},
		bad: func(e *lfpse.Event) {
			e.Location.LocationKnown, e.Location.Organisation = "n", []string{"A81002", "A81001"}
		}},
	{rule: "LFPSE-OTHER-TRIGGER", name: "organisations", paths: []string{placeGroup + ".extension[5]", reporterGroup + ".extension[3]"},
		bad: func(e *lfpse.Event) {
			e.Reporter.ReporterOrganisationOther, e.Location.IdentifiedLocation, e.Location.IdentifiedLocationOther = "A care home", "A81001001", "The branch"
		},
		good: func(e *lfpse.Event) {
			e.Reporter.ReporterOrganisation, e.Reporter.ReporterOrganisationOther, e.Location.IdentifiedLocationOther = "", "A care home", "The branch"
		}},
}
