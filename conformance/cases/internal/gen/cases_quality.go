package main

import (
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
)

// cutText is a text of that many characters that stops in mid-sentence.
func cutText(n int) string { return strings.Repeat("invented ", n)[:n-1] + "x" }

func qualityCases(s *suite) {
	const actions, actionsValue = "outcome/ImmediateActions", "outcome/ImmediateActions.value"
	description := func(text string) edit { return set("core/Description", text) }
	rule := func(id string, severity fhir.Severity, why string, specs ...*spec) {
		s.rule("quality", id, severity, why, specs...)
	}
	told := func(title, text string) *spec {
		return bad(title, nobodyHurt, at(descriptionValue), description(text))
	}
	fine := func(title, text string) *spec { return good(title, nobodyHurt, description(text)) }
	done := func(title, text string) *spec {
		return bad(title, nobodyHurt, at(actionsValue), set(actions, text))
	}
	rule("QUALITY-TEXT-PLACEHOLDER", fhir.Warning, "A stand-in fills a field and tells the reader nothing. It hides that the answer is missing.",
		done("Not applicable", "N/A"), done("To be confirmed", "tbc"), done("See above", "See above."), done("Punctuation", "..."),
		done("Written by a program", "null"), done("Broken cell of a spreadsheet", "#N/A"), done("Crosses", "xxxx"), done("Test", "Testing"),
		told("Instead of a description", "see notes"),
		bad("Don't know, where an answer is mandatory", goodCare, at("went-well/HowFutureOccurrence.value"), set("went-well/HowFutureOccurrence", "Don't know")).
			because("Where a text is mandatory, not to know is not to answer."),
		bad("Other, in other words", nobodyHurt, at("practitioner-details/ReporterRoleOther.value"), drop("practitioner-details/ReporterRole"), set("practitioner-details/ReporterRoleOther", "Other")),
		bad("Two of several texts", incident, at(first+"/ClinicalOutcome.value", actionsValue), set(first+"/ClinicalOutcome", "as above"), set(actions, "TBC")),
		good("None is an answer", nobodyHurt, set(actions, "None")),
		good("Not known is an answer, where one may be left out", nobodyHurt, set("problem-it-systems/ProblemDescriptionSystemsSoftware", "Unknown")),
		good("Placeholder within a text", nobodyHurt, set(actions, "The result was n/a on the screen; it was asked for again.")))
	rule("QUALITY-TEXT-SHORT", fhir.Warning, "Nobody who was not there can learn from a word or two: a description has at least twenty letters. A letter outside ASCII counts for as many as it has bytes in UTF-8.",
		told("Two words", "Wrong dose."), told("Nineteen letters", "His wrong dose is given: 5."), told("Digits and signs", "5 mg, not 50 mg (2026-03-11, 10:15)."),
		bad("On the root", nobodyHurt, at(".description"), drop("core"), put("description", `"Wrong dose."`)).also(warning("FHIR-R4-DESCRIPTION", ".description")).with(cases.Options{RootDescription: true}),
		fine("Twenty letters", "The wrong dose was given."), fine("Ten letters of another script", "\u75c5\u4eba\u5403\u4e86\u9519\u836f\u3002\u6ca1\u6709\u4eba"),
		good("Another short text", nobodyHurt, set(actions, "Apology.")))
	rule("QUALITY-TEXT-CUT", fhir.Warning, "A text that stops in mid-sentence after exactly as many characters as a column has room for was cut on its way; how it ended is lost.",
		told("255 characters", cutText(255)), told("4000 characters", cutText(4000)), told("4096 characters", cutText(4096)),
		told("512 characters, of which some take two bytes", "\u00e9"+cutText(511)), done("In another field", cutText(1000)),
		fine("254 characters", cutText(254)), fine("4000 characters with a full stop", cutText(3999)+"."), fine("4001 characters", cutText(4001)))
	rule("QUALITY-TEXT-DAMAGED", fhir.Warning, "Letters, signs and apostrophes have become other characters, because somebody read the text in another character set than it was written in: a dose or a name may read differently.",
		told("Letter", "It happened in the caf\u00c3\u00a9 of the surgery."), told("Degree sign", "A fever of 39\u00c2\u00b0 was not written down."),
		told("Apostrophe", "The patient\u00e2\u20ac\u2122s dose was doubled."), told("Dash", "The dose \u00e2\u20ac\u201c five, not fifty \u00e2\u20ac\u201c was doubled."),
		told("Euro", "The new form cost \u00e2\u201a\u00ac5 and did not help."), told("Replacement character", "The patient\ufffds dose was doubled."),
		told("Replacement character, read once more", "The patient\u00ef\u00bf\u00bds dose was doubled."), told("Control character for an apostrophe", "The patient\u0092s dose was doubled."),
		told("Delete character", "The dose was issued \u007f twice on the same day."),
		bad("In another field", incident, at(first+"/ClinicalOutcome.value"), set(first+"/ClinicalOutcome", "Recovered after a week\u00c2\u00a0of rest.")),
		fine("Letters with accents", "Se\u00e1n, Zo\u00eb and Fran\u00e7ois are names of nobody here."), fine("Capitals with accents", "S\u00c3O, C\u00c2NTARO and \u201cCAF\u00c9\u201d are words."),
		fine("Signs of other money", "The form cost 5 \u20ac, \u00a35 or \u00a5500, at 39\u00b0 and \u00b11 \u00b5g."), fine("Quotes of other languages", "\u201eGut\u201c, \u00abbien\u00bb, \u00bfbien?"))
	rule("QUALITY-TEXT-MARKUP", fhir.Warning, "HTML or RTF in a plain text is shown with all its marks.",
		told("Paragraph", "<p>The dose was doubled by mistake.</p>"), told("Line break", "The dose was doubled.<BR />Nobody noticed."),
		told("Attribute", `The dose <span style="color:red">was doubled`), told("Entity", "The dose was doubled &amp; nobody noticed."), told("Entity by number", "The patient&#39;s dose was doubled."),
		told("Rich text", `{\rtf1\ansi The dose was doubled by mistake.}`),
		fine("Less and more", "A dose <5 mg & >2 mg was meant; p<b and c> d."), fine("Name in angle brackets", "The field <dose> was left empty; so was < br >."),
		fine("Ampersand and semicolon", "Salt & water; M&S; R&D; the dose was doubled."), fine("Braces", `The set {\a, \b} was noted beside the dose.`))
	same := "The pharmacy was rung at once and held the second prescription."
	rule("QUALITY-TEXT-REPEATED", fhir.Information, "A long text that stands in two fields was copied for want of an answer, or one column was mapped twice.",
		bad("The description again", nobodyHurt, at(actionsValue), description(same), set(actions, same)),
		bad("Before the description", incident, at(first+"/ClinicalOutcome.value"), description(same), set(first+"/ClinicalOutcome", same)).because("The description is where the text belongs."),
		bad("Two other fields", nobodyHurt, at(actionsValue), set("problem-it-systems/ProblemDescriptionSystemsSoftware", same), set(actions, same)),
		bad("Three fields", nobodyHurt, at("problem-it-systems/ProblemDescriptionSystemsSoftware.value", actionsValue), description(same), set("problem-it-systems/ProblemDescriptionSystemsSoftware", same), set(actions, same)),
		good("Two patients with the same outcome", two, set(first+"/ClinicalOutcome", same), set(second+"/ClinicalOutcome", same)),
		good("Short texts", nobodyHurt, set("problem-it-systems/ProblemDescriptionSystemsSoftware", "It was down for an hour."), set(actions, "It was down for an hour.")),
		good("One medicine in two lists", medicine, set("agent/DrugsInvolved", "Adenosine 6mg/2ml solution for injection vials"), set("medication-dmd/VMPString", "Adenosine 6mg/2ml solution for injection vials")))
	rule("QUALITY-DATE-STAND-IN", fhir.Warning, "Systems write a date of their own where none is known. No event in NHS care is older than 5 July 1948.",
		bad("1900", nobodyHurt, at(".date"), put("date", `"1900-01-01"`)), bad("1970", nobodyHurt, at(".date"), put("date", `"1970-01-01T00:00:01Z"`)),
		bad("Year one", nobodyHurt, at(".date"), put("date", `"0001-01-01"`)), bad("End of time", nobodyHurt, at(".date"), put("date", `"9999-12-31"`)),
		bad("Two digits of a year", nobodyHurt, at(".date"), put("date", `"0026-03-11"`)), bad("The day before", nobodyHurt, at(".date"), put("date", `"1948-07-04"`)),
		bad("In a field too", nobodyHurt, at(".date", "estimated-date/TodaysDate.value"), put("date", `"1900-01-01"`), set("estimated-date/IncidentOccurredToday", "y"), set("estimated-date/TodaysDate", "1900-01-01")),
		good("The first day of the NHS", nobodyHurt, put("date", `"1948-07-05"`)), good("The second day of 1970", nobodyHurt, put("date", `"1970-01-02"`)))
	rule("QUALITY-DATE-OLD", fhir.Warning, "A day decades ago is mostly a date of birth, typed as the day of the event.",
		bad("A date of birth", nobodyHurt, at(".date"), put("date", `"1952-03-11"`)).with(cases.Options{Today: "2026-03-11"}),
		bad("Twenty years and a day", nobodyHurt, at(".date"), put("date", `"2006-03-10"`)).with(cases.Options{Today: "2026-03-11"}),
		good("Twenty years", nobodyHurt, put("date", `"2006-03-11"`)).with(cases.Options{Today: "2026-03-11"}),
		good("Today is not known", nobodyHurt, put("date", `"1952-03-11"`)))
	rule("QUALITY-TIME-MIDNIGHT", fhir.Information, "Many systems write 00:00:00 where only the day is known.",
		bad("Midnight", nobodyHurt, at("estimated-date/PreciseTime.value"), set("estimated-date/PreciseTime", "00:00:00")),
		bad("With the date", nobodyHurt, at(".date"), put("date", `"2026-03-11T00:00:00Z"`)),
		good("A minute past midnight", nobodyHurt, set("estimated-date/PreciseTime", "00:01:00")))
	rule("QUALITY-AGE-OLD", fhir.Warning, "An age above 120 years comes from a date of birth that stands for one that is not known.",
		bad("121 years", incident, at(first+"/AgeAtTimeOfIncidentDays.value"), set(first+"/AgeAtTimeOfIncidentDays", "45012")),
		bad("Born in 1900", incident, at(first+"/AgeAtTimeOfIncidentDays.value"), set(first+"/AgeAtTimeOfIncidentDays", "46872")),
		good("120 years", incident, set(first+"/AgeAtTimeOfIncidentDays", "44640")))
}
