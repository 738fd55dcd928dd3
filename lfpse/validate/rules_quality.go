package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// anyText is the path of the rules that look at every free text.
const anyText = "AdverseEvent.descendants().extension.value.ofType(string)"

var askAssociation = optional(association, "How strongly was the incident associated with what happened to this patient?")

// rulesComplete are about what is missing, or probably wrong, in a record that the
// service may accept as it is. Most of their ids are older than the layer.
var rulesComplete = []definition{
	{
		ID: "LFPSE-ASK-OUTCOME-TYPE", Title: "An outcome states its type.", Severity: fhir.Information, EventTypes: poorOutcome, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceExport, Why: "The type says what has to be investigated.",
		Fix: "State the outcome type.", text: "The outcome type is not stated.",
		checks: []check{{need: []string{outcome + "/OutcomeType"}, ask: optional(outcome+"/OutcomeType", "What type of outcome is it?")}},
	},
	{
		ID: "LFPSE-ASK-CONCERN", Title: "An incident says how concerned the reporter is.", Severity: fhir.Information, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The level of concern says what the harm grades cannot.",
		Fix: "State the level of concern.", text: "The level of concern is not stated.",
		checks: []check{{need: []string{classification + "/LevelOfConcern"}, ask: optional(classification+"/LevelOfConcern",
			"How concerned are you about this event, given its wider implications?")}},
	},
	{
		ID: "LFPSE-ASK-AGENTS", Title: "An incident says what was involved.", Severity: fhir.Information, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The answer decides which questions follow, for instance about medicines or devices.",
		Fix: "State what was involved; there is an answer for none of them.", text: "What was involved is not stated.",
		checks: []check{{need: []string{agent + "/InvolvedAgents"}, ask: optional(agent+"/InvolvedAgents", "What was involved in the event?")}},
	},
	{
		ID: "LFPSE-ASK-CHALLENGES", Title: "An incident says which national safety challenges it concerns.", Severity: fhir.Information, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The public client answers this for every incident.",
		Fix: "State the safety challenges; there is an answer for none of them.", text: "The safety challenges are not stated.",
		checks: []check{{need: []string{challenges + "/SafetyChallenges"}, ask: optional(challenges+"/SafetyChallenges", "Does the event concern one of these safety challenges?")}},
	},
	{
		ID: "LFPSE-ASK-ASSOCIATION", Title: "Severe or fatal harm comes with the strength of association.", Severity: fhir.Information, EventTypes: incident, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "It says whether the incident led to the harm or the harm came from something else.",
		Fix: "State how strongly the incident was associated with the outcome.", text: "The harm is severe or fatal, and the strength of association is not stated.",
		checks: []check{
			{each: patient, when: []cond{is(patient+"/PhysicalHarm", "fatal", "severe")}, need: []string{association}, ask: askAssociation},
			{
				each: patient, when: []cond{isNot(patient+"/PhysicalHarm", "fatal", "severe"), is(patient+"/PsychologicalHarm", "severe")},
				need: []string{association}, ask: askAssociation,
			},
		},
	},
	{
		ID: "LFPSE-ASK-AGE", Title: "The age of each patient is stated, exactly or as a bracket.", Severity: fhir.Information, EventTypes: withPatients, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceExport, Why: "Harm to children, newborns and older people is analysed separately.",
		Fix: "State the age or the age bracket.", text: "The age of the patient is not stated.",
		checks: []check{{each: patient, need: []string{patient + "/AgeBracket", patient + "/AgeAtTimeOfIncidentDays"}, ask: optional(patient+"/AgeBracket",
			"How old was this patient, roughly? If the age is known exactly, give the age instead.")}},
	},
	{
		ID: "LFPSE-ASK-REPORTER-ROLE", Title: "The role of the reporter is stated.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The role helps to judge what the reporter could see.",
		Fix: "State the role; it does not identify a person.", text: "The role of the reporter is not stated.",
		checks: []check{{need: []string{reporter + "/ReporterRole", reporter + "/ReporterRoleOther"}, ask: optional(reporter+"/ReporterRole", "What is the role of the reporter?")}},
	},
	{
		ID: "LFPSE-ASK-LOCATION-KNOWN", Title: "It is stated whether the location is known.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient, Why: "The answer says whether the event happened in the reporter's own organisation.",
		Fix: "Answer yes for the reporter's own organisation, no for another, unknown if it is not known.", text: "It is not stated whether the location is known.",
		checks: []check{{need: []string{location + "/LocationKnown"}, ask: optional(location+"/LocationKnown",
			"Did it happen in your own organisation (yes), in another (no), or is that not known?")}},
	},
	{
		ID: "LFPSE-ASK-TODAY", Title: "A date comes with the answer whether it is the day of the report.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient5 + "; " + sourceExport, Why: "The answer says whether the date is the day of the report, another known day, or only an estimate.",
		Fix: "Answer yes for the day of the report, no for another day, unknown if there is only an estimate.", text: "It is not stated whether the event occurred on the day of the report, on another known day, or on a day that is not known.",
		checks: []check{{when: []cond{has("date")}, need: []string{estimatedDate + "/IncidentOccurredToday"}, ask: optional(estimatedDate+"/IncidentOccurredToday",
			"Did it happen on the day of this report (yes), on another day that is known (no), or is the day not known?")}},
	},
	{
		ID: "LFPSE-AGENT-FOLLOW-UP", Title: "An agent comes with answers about what went wrong with it.", Severity: fhir.Information, Versions: codes56, Evidence: "seen", Confidence: rule.Medium,
		Source: sourceClient + "; " + sourceExport, Why: "The follow-up answers are what others learn from; they may also come with an update.",
		Fix: "State what went wrong with it in the fields of the group, as far as it is known.", text: "InvolvedAgents has an agent, and what went wrong with it is not stated.",
		checks: append(followUpChecks(func(f followUp) check {
			return check{
				when: []cond{is(involved, f.agent)}, need: []string{f.group},
				text: "InvolvedAgents has an agent whose follow-up group, " + f.group + ", is missing.",
			}
		}), check{
			each: agent, when: []cond{is(involved, "10")}, need: []string{agent + "/InvolvedPersonsActions", agent + "/InvolvedPersonsActionsOther"},
			text: "None of the listed agents was involved, and the people involved are not stated.", fix: "State InvolvedPersonsActions.",
		}),
	},
	{
		ID: "LFPSE-OUTCOME-INCIDENT", Title: "An outcome that proves to be an incident is recorded as one.", Severity: fhir.Information, EventTypes: poorOutcome, Evidence: "inherited", Confidence: rule.Medium,
		Source: sourceExport + " (the field); NHS England primary care information (changing type is a normal step)",
		Why:    "Once a patient safety incident is known to have occurred, its harm has to be graded.",
		Fix:    "Record it again as an incident, under the same id.", text: "The outcome says that a patient safety incident has occurred.",
		checks: []check{{when: []cond{is(classification+"/PatientSafetyIncidentHasOccurred", "y")}, bar: []string{classification + "/PatientSafetyIncidentHasOccurred"}}},
	},
	{
		ID: "LFPSE-PATIENT-MANY", Title: "With ten patients or more, the description says so.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.Medium,
		Path: "AdverseEvent.contained.ofType(Patient)", Source: "form guidance carried in " + sourceClient,
		Why: "The form guidance for ten patients or more is to record the single most severe harm and to explain in the description.",
		Fix: "Consider recording the most severe harm once and explaining the number of patients in the description.", text: "There are ten patients or more.",
	},
	{
		ID: "LFPSE-LOCATION-OWN", Title: "The reporter's own organisation is the reporting one, and another organisation is not.", Severity: fhir.Information, Evidence: "seen", Confidence: rule.Medium,
		Path: location + "/Organisation", Source: sourceClient,
		Why: "LocationKnown y means the reporter's own organisation, n another one; a branch may have a code of its own.",
		Fix: "Check the two codes; answer LocationKnown with y for the reporter's own organisation, with n for another.", text: "The location is said to be the reporter's own organisation, but none of its codes is that of the reporting organisation.",
	},
}

// rulesValue are about values that are formally valid but say nothing, or not what was
// meant. Most of these faults are made by systems that the values passed through.
var rulesValue = []definition{
	{
		ID: "QUALITY-TEXT-PLACEHOLDER", Title: "A text says something.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: anyText, Source: sourceNone,
		Why: "A stand-in such as n/a, tbc, see above or null fills a field but says nothing. It hides that the answer is missing.",
		Fix: "Write the answer, or leave the field out.", text: "The text is a stand-in that says nothing.",
	},
	{
		ID: "QUALITY-TEXT-SHORT", Title: "The description is long enough to learn from.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: descriptionField, Source: sourceNone + "; research on incident reports counts the description first of what is needed (ncbi.nlm.nih.gov/books/NBK385179)",
		Why: "People who were not there cannot learn from a word or two.",
		Fix: "Say what happened, where in the process, and what came of it.", text: "The description is very short.",
	},
	{
		ID: "QUALITY-TEXT-CUT", Title: "A text is complete.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: anyText, Source: sourceNone,
		Why: "A text that stops in mid-sentence after exactly 255, 4000 or another such number of characters was cut off by the limit of a column on its way here; its end is lost.",
		Fix: "Take the whole text from where it was written, or shorten it there.", text: "The text stops in mid-sentence at a length at which systems cut off texts.",
	},
	{
		ID: "QUALITY-TEXT-DAMAGED", Title: "A text was read in its own character set.", Severity: fhir.Warning, Evidence: rule.Standard, Confidence: rule.Medium,
		Path: anyText, Source: "RFC 8259 and " + sourceR4 + ", JSON: text is Unicode in UTF-8; the traces of other character sets are well known",
		Why: "Letters, apostrophes and signs such as pound and degree have become other characters: a dose or a name may read differently.",
		Fix: "Read the source in the character set it is written in, usually UTF-8 or Windows-1252.", text: "The text has characters that come from reading it in the wrong character set.",
	},
	{
		ID: "QUALITY-TEXT-MARKUP", Title: "A text is plain text.", Severity: fhir.Warning, Evidence: rule.Standard, Confidence: rule.Medium,
		Path: anyText, Source: sourceR4 + ", string: formatted text has types of its own, markdown and xhtml",
		Why: "HTML or RTF in a plain text is shown with all its marks, which makes it hard to read.",
		Fix: "Export the text without formatting.", text: "The text has HTML or RTF in it.",
	},
	{
		ID: "QUALITY-TEXT-REPEATED", Title: "Two fields do not say the same.", Severity: fhir.Information, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: anyText, Source: sourceNone,
		Why: "If a long text is in two fields, it was copied because there was no other answer, or one column was mapped twice.",
		Fix: "Keep the text where it belongs and leave the other field out.", text: "Another field has the same text.",
	},
	{
		ID: "QUALITY-DATE-STAND-IN", Title: "A date is that of an event.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: "AdverseEvent.date | " + todaysDateField, Source: sourceNone,
		Why: "Systems write 1 January 1900 or 1970, year 1 or 31 December 9999 if no date is known, and two-digit years can end up in the wrong century. No event in NHS care is older than July 1948.",
		Fix: "Correct the date; if only the month is known, send the approximate date.", text: "The date is one that systems write if none is known, or is before the NHS began.",
	},
	{
		ID: "QUALITY-DATE-OLD", Title: "An event is not decades old.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: "AdverseEvent.date | " + todaysDateField, Source: sourceNone,
		Why: "A day many years ago is mostly a date of birth, or a year with a slip in it, typed as the day of the event.",
		Fix: "Check that this is the day on which the event happened, and not a date of birth.", text: "The date is more than 20 years ago.",
	},
	{
		ID: "QUALITY-TIME-MIDNIGHT", Title: "Midnight is meant.", Severity: fhir.Information, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: estimatedDate + "/PreciseTime | AdverseEvent.date", Source: sourceNone,
		Why: "Many systems write 00:00:00 if only the day is known, so a time of exactly midnight is rarely real.",
		Fix: "Leave the time out unless it was midnight.", text: "The time is midnight to the second.",
	},
	{
		ID: "QUALITY-AGE-OLD", Title: "The age is one that people reach.", Severity: fhir.Warning, Evidence: taxonomy.Unknown, Confidence: rule.Low,
		Path: ageField, Source: sourceNone,
		Why: "An age above 120 years comes from a date of birth such as 1 January 1900, which is a stand-in for an unknown date.",
		Fix: "Correct the age, or state the age bracket.", text: "The age is above 120 years.",
	},
}
