package validate

import "github.com/gpsafety/lfpse-go/fhir"

const (
	location = "location-details"
	reporter = "practitioner-details"
	metadata = "adverse-event-reference-metadata"
)

// rulesPlace are about where it happened and who reports it.
var rulesPlace = []Rule{
	{
		ID: "LFPSE-REPORTER-ORGANISATION", Title: "The reporting organisation is stated.", Severity: fhir.Error, Evidence: "seen", Confidence: High,
		Source: sourceClient5 + "; sample of the LFPSE team", Why: "The organisation is how a practice finds its own events and how learning reaches it.",
		Fix: "State the ODS code of the reporting organisation.", text: "The reporting organisation is missing.",
		checks: []check{{need: []string{reporter + "/ReporterOrganisation", reporter + "/ReporterOrganisationOther"}, ask: required(reporter+"/ReporterOrganisation",
			"Which organisation reports the event? Give its ODS code.")}},
	},
	{
		ID: "LFPSE-ANONYMOUS", Title: "An anonymous report has no contact details.", Severity: fhir.Error, Evidence: "inherited", Confidence: High,
		Source: sourceExport + " (the fields)", Why: "Reporters who ask for anonymity may fear reprisal; their contact details would expose them.",
		Fix: "Take ReporterContact out.", text: "The report is anonymous but has contact details of the reporter.",
		checks: []check{
			{when: []cond{is(metadata+"/IsAnonymous", "true")}, bar: []string{reporter + "/ReporterContact"}},
			{
				when: []cond{isNot(metadata+"/IsAnonymous", "true"), has(reporter + "/WhyAnonymous")}, bar: []string{reporter + "/ReporterContact"},
				text: "Reasons for anonymity are given, but there are contact details of the reporter.",
			},
		},
	},
	{
		ID: "LFPSE-ODS", Title: "Organisations have the shape of an ODS code.", Severity: fhir.Error, Evidence: Standard, Confidence: High,
		Path: location + "/Organisation | " + location + "/IdentifiedLocation | " + reporter + "/ReporterOrganisation", Source: "NHS Data Dictionary and ODS guidance: 3 to 12 capital letters and digits",
		Why: "LFPSE has a lagging copy of the list of organisations, so the shape, not membership, is checked. A code in another shape reaches nobody.",
		Fix: "Write the ODS code in capitals, without blanks; an organisation without code goes into the Other field.", text: "The value does not have the shape of an ODS code.",
	},
	{
		ID: "LFPSE-ODS-TEST", Title: "Test organisations are for tests.", Severity: fhir.Information, Evidence: "seen", Confidence: High,
		Path: location + "/Organisation | " + location + "/IdentifiedLocation | " + reporter + "/ReporterOrganisation", Source: "samples of the LFPSE team and " + sourceClient,
		Why: "Z01 and Z45 exist for tests; in production they would file the event under nobody.",
		Fix: "Use the code of the real organisation before sending to production.", text: "The organisation is one that exists for tests only.",
	},
	{
		ID: "LFPSE-LOCATION-KNOWN", Title: "The organisation goes with the answer whether the location is known.", Severity: fhir.Warning, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "Yes is the reporter's own organisation, no another one, unknown none.",
		Fix: "Bring LocationKnown and Organisation into line.", text: "LocationKnown and Organisation do not agree.",
		checks: []check{
			{
				each: location, when: []cond{is(location+"/LocationKnown", "y")}, need: []string{location + "/Organisation"},
				text: "The location is known to be the own organisation, but its code is missing.", fix: "Add the ODS code as Organisation.",
			},
			{
				each: location, when: []cond{is(location+"/LocationKnown", "n")}, need: []string{location + "/Organisation", location + "/OrganisationOther"},
				text: "The location is another organisation, but neither its code nor its name is sent.", fix: "Add the ODS code as Organisation, or the name as OrganisationOther.",
			},
			{
				each: location, when: []cond{is(location+"/LocationKnown", "u")}, bar: []string{location + "/Organisation", location + "/OrganisationOther"},
				text: "The location is not known, but an organisation is sent.", fix: "Leave the organisation out, or answer LocationKnown with y or n.",
			},
		},
	},
}
