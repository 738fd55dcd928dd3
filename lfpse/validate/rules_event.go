package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// rulesEvent are about the record as a whole and about what each event type needs.
var rulesEvent = []definition{
	{
		ID: "LFPSE-EVENT-TYPE", Title: "The event type is stated.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Source: sourceRadar, Why: "Everything else depends on which of the four event types it is.",
		Fix: "State the event type.", text: "The event type is not stated.",
		checks: []check{{need: []string{"event"}, ask: required("event",
			"What kind of event is this? Something that went wrong is an incident, even if nobody was harmed or affected.")}},
	},
	{
		ID: "LFPSE-DESCRIPTION", Title: "The event is described.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient + "; NHS England's public analysis code has the field",
		Why:    "The description is what others learn from.",
		Fix:    "Describe what happened, without names or other personal data.", text: "The description is missing.",
		checks: []check{{need: []string{core + "/Description", "description"}, ask: required(core+"/Description",
			"What happened? Leave out names, dates of birth, addresses and numbers that identify people.")}},
	},
	{
		ID: "LFPSE-DESCRIPTION-DIFFERS", Title: "There is one description.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.description", Source: sourceClient,
		Why: "With two different descriptions, nobody can tell which one was reviewed and screened.",
		Fix: "Keep the one in the core group.", text: "The description differs from the one in the core group.",
	},
	{
		ID: "LFPSE-ACTUALITY", Title: "The event is actual.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.actuality", Source: sourceClient,
		Why: "LFPSE records are actual, near misses included.",
		Fix: "Send actual; say in the harm grades that nobody was hurt.", text: "The event is not actual.",
	},
	{
		ID: "LFPSE-REFERENCES", Title: "Subject, location and recorder lead to contained resources.", Severity: fhir.Warning, Absence: true, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.subject | AdverseEvent.location | AdverseEvent.recorder", Source: sourceClient,
		Why: "The record itself must contain its patients, location and reporter: the service cannot follow other references.",
		Fix: "Contain a Patient, a Location and a Practitioner and refer to them by # and id.", text: "There is no reference to a contained resource.",
	},
	{
		ID: "LFPSE-RISK-IMMINENT", Title: "A risk says whether it is imminent.", Severity: fhir.Error, EventTypes: []lfpse.EventType{lfpse.TypeRisk}, Evidence: "inherited", Confidence: rule.High,
		Source: sourceExport, Why: "An imminent risk of death or severe harm needs others to act at once.",
		Fix: "Answer yes, no or unknown.", text: "The risk does not say whether it is imminent.",
		checks: []check{{need: []string{riskDetails + "/RiskImminent"}, ask: required(riskDetails+"/RiskImminent",
			"Is the risk of death or severe harm imminent?")}},
	},
	{
		ID: "LFPSE-NO-PATIENT-RISK", Title: "An incident that affected nobody says whether the risk is imminent.", Severity: fhir.Error, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient5, Why: "Without patients there is no harm to grade; the risk details are needed instead.",
		Fix: "Add the patients affected, or say whether the risk is imminent.", text: "The incident has neither patients nor an answer whether the risk is imminent.",
		checks: []check{{when: []cond{lacks(patient)}, need: []string{riskDetails + "/RiskImminent"}, ask: required(riskDetails+"/RiskImminent",
			"Nobody is recorded as affected: is the risk of death or severe harm imminent? If somebody was affected, add the patient instead.")}},
	},
	{
		ID: "LFPSE-FUTURE-OCCURRENCE", Title: "Good care says how it can happen again.", Severity: fhir.Error, EventTypes: []lfpse.EventType{lfpse.TypeGoodCare}, Evidence: "inherited", Confidence: rule.High,
		Source: sourceExport, Why: "Good care is recorded so that others can repeat it.",
		Fix: "Say how the good care could be repeated or spread.", text: "The record does not say how the good care could be repeated.",
		checks: []check{{need: []string{wentWell + "/HowFutureOccurrence"}, ask: required(wentWell+"/HowFutureOccurrence",
			"How could this good care be repeated or spread?")}},
	},
	{
		ID: "LFPSE-OUTCOME-ONLY", Title: "Only an outcome has an outcome type.", Severity: fhir.Warning, EventTypes: []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeGoodCare}, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceExport, Why: "The outcome type is the question of the Outcome form.",
		Fix: "Leave the outcome type out, or record an outcome.", text: "The event is not an outcome but has an outcome type.",
		checks: []check{{bar: []string{outcome + "/OutcomeType"}}},
	},
}

// rulesDate are about when it happened.
var rulesDate = []definition{
	{
		ID: "LFPSE-DATE", Title: "The event has a date, or at least a month.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceAnalysis, Why: "A record without an event date is hidden from most national analysis.",
		Fix: "State the date; if only the month is known, state the approximate date.", text: "The event has neither a date nor an approximate date.",
		checks: []check{
			{
				when: []cond{isNot(estimatedDate+"/IncidentOccurredToday", "u")}, need: []string{"date", estimatedDate + "/ApproximateDate"},
				ask: required("date", "On which day did it happen? If only the month is known, write it as YYYY-MM."),
			},
			{
				when: []cond{is(estimatedDate+"/IncidentOccurredToday", "u")}, need: []string{estimatedDate + "/ApproximateDate", "date"},
				ask: required(estimatedDate+"/ApproximateDate", "In which month did it happen, roughly? Write YYYY-MM."),
			},
		},
	},
	{
		ID: "LFPSE-DATE-DAY", Title: "The date of the event is a day.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.date", Source: sourceClient,
		Why: "The date is for a known day; there is another field for a month.",
		Fix: "Send the month as ApproximateDate and leave the date out.", text: "The date is only a year or a month.",
	},
	{
		ID: "LFPSE-DATE-FUTURE", Title: "The event is not in the future.", Severity: fhir.Error, Evidence: rule.Standard, Confidence: rule.High,
		Path: "AdverseEvent.date | " + todaysDateField + " | " + approximateField, Source: sourceR4 + ", AdverseEvent.date: when the event occurred",
		Why: "An event that has been recorded has happened; a later date is a mistake.",
		Fix: "Correct the date.", text: "The date is after today.",
	},
	{
		ID: "LFPSE-DATE-TODAY", Title: "TodaysDate is sent with an event of today.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient5, Why: "The answer \"it happened today\" means a known day only together with the date of that day.",
		Fix: "Send TodaysDate with IncidentOccurredToday y, and only then.", text: "TodaysDate and IncidentOccurredToday do not agree.",
		checks: []check{
			{
				each: estimatedDate, when: []cond{is(estimatedDate+"/IncidentOccurredToday", "y")}, need: []string{estimatedDate + "/TodaysDate"},
				text: "The event is said to have occurred today, but TodaysDate is missing.", fix: "Add TodaysDate.",
			},
			{
				each: estimatedDate, when: []cond{isNot(estimatedDate+"/IncidentOccurredToday", "y")}, bar: []string{estimatedDate + "/TodaysDate"},
				text: "TodaysDate is sent, but the event is not said to have occurred today.", fix: "Leave TodaysDate out, or answer IncidentOccurredToday with y.",
			},
		},
	},
	{
		ID: "LFPSE-DATE-SAME", Title: "TodaysDate is the date of the event.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: estimatedDate + "/TodaysDate", Source: sourceClient5,
		Why: "Both are the day of an event that occurred on the day it was reported.",
		Fix: "Correct one of the two.", text: "TodaysDate is another day than the date of the event.",
	},
	{
		ID: "LFPSE-DATE-APPROXIMATE", Title: "The approximate date is sent instead of a date that is not known.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "With both a date and an approximate date, nobody can tell which one is right.",
		Fix: "Answer IncidentOccurredToday with u, send the approximate date and leave the date out.", text: "The approximate date does not go with the other answers.",
		checks: []check{
			{
				each: estimatedDate, when: []cond{isNot(estimatedDate+"/IncidentOccurredToday", "u")}, bar: []string{estimatedDate + "/ApproximateDate"},
				text: "An approximate date is sent, but the day is not said to be unknown.",
			},
			{
				when: []cond{is(estimatedDate+"/IncidentOccurredToday", "u")}, bar: []string{"date"},
				text: "The day is said to be unknown, but a date is sent.", fix: "Leave the date out, or answer IncidentOccurredToday with n.",
			},
		},
	},
	{
		ID: "LFPSE-DATE-MONTH", Title: "The approximate date is a month.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Path: estimatedDate + "/ApproximateDate", Source: sourceClient,
		Why: "The field is a plain string, and only the form YYYY-MM can be evaluated.",
		Fix: "Write YYYY-MM, the month with two digits.", text: "The approximate date is not of the form YYYY-MM.",
	},
	{
		ID: "LFPSE-TIME", Title: "The time is either precise or estimated.", Severity: fhir.Warning, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceClient + "; " + sourceExport, Why: "The estimate is for a time that is not known.",
		Fix: "Keep the precise time only.", text: "The estimated time is sent with the precise time.",
		checks: []check{{each: estimatedDate, when: []cond{has(estimatedDate + "/PreciseTime")}, bar: []string{estimatedDate + "/EstimatedTime"}}},
	},
}

// rulesLocation are about where it happened and who reports it.
var rulesLocation = []definition{
	{
		ID: "LFPSE-REPORTER-ORGANISATION", Title: "The reporting organisation is stated.", Severity: fhir.Error, Evidence: "seen", Confidence: rule.High,
		Source: sourceClient5 + "; sample of the LFPSE team", Why: "The organisation is how a practice finds its own events and how learning reaches it.",
		Fix: "State the ODS code of the reporting organisation.", text: "The reporting organisation is missing.",
		checks: []check{{need: []string{reporter + "/ReporterOrganisation", reporter + "/ReporterOrganisationOther"}, ask: required(reporter+"/ReporterOrganisation",
			"Which organisation reports the event? Give its ODS code.")}},
	},
	{
		ID: "LFPSE-ANONYMOUS", Title: "An anonymous report has no contact details.", Severity: fhir.Error, Evidence: "inherited", Confidence: rule.High,
		Source: sourceExport + " (the fields)", Why: "Reporters who ask for anonymity may fear reprisal; their contact details would expose them.",
		Fix: "Remove ReporterContact.", text: "The report is anonymous but has contact details of the reporter.",
		checks: []check{
			{when: []cond{is(metadata+"/IsAnonymous", "true")}, bar: []string{reporter + "/ReporterContact"}},
			{
				when: []cond{isNot(metadata+"/IsAnonymous", "true"), has(reporter + "/WhyAnonymous")}, bar: []string{reporter + "/ReporterContact"},
				text: "Reasons for anonymity are given, but there are contact details of the reporter.",
			},
		},
	},
	{
		ID: "LFPSE-ODS", Title: "Organisations have the shape of an ODS code.", Severity: fhir.Error, Evidence: rule.Standard, Confidence: rule.High,
		Path: location + "/Organisation | " + location + "/IdentifiedLocation | " + reporter + "/ReporterOrganisation", Source: "NHS Data Dictionary and ODS guidance: " + fhir.ODSCodeForm,
		Why: "LFPSE has a lagging copy of the list of organisations, so the shape, not membership, is checked. A code of another shape belongs to no organisation.",
		Fix: "Write the ODS code as " + fhir.ODSCodeForm + "; an organisation without code goes into the Other field.", text: "The value does not have the shape of an ODS code.",
	},
	{
		ID: "LFPSE-ODS-TEST", Title: "Test organisations are for tests.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.High,
		Path: location + "/Organisation | " + location + "/IdentifiedLocation | " + reporter + "/ReporterOrganisation", Source: "samples of the LFPSE team and " + sourceClient,
		Why: "Z01 and Z45 exist for tests; in production the event would belong to no real organisation.",
		Fix: "Use the code of the real organisation before sending to production.", text: "The organisation is one that exists for tests only.",
	},
	{
		ID: "LFPSE-LOCATION-KNOWN", Title: "The organisation goes with the answer whether the location is known.", Severity: fhir.Warning, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "Yes means the reporter's own organisation, no another one, and unknown none.",
		Fix: "Make LocationKnown and Organisation agree.", text: "LocationKnown and Organisation do not agree.",
		checks: []check{
			{
				each: location, when: []cond{is(location+"/LocationKnown", "y")}, need: []string{location + "/Organisation"},
				text: "The location is the reporter's own organisation, but its code is missing.", fix: "Add the ODS code as Organisation.",
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
