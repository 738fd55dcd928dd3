package main

import (
	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
)

func eventCases(s *suite) {
	root := cases.Options{RootDescription: true}
	s.rule("lfpse", "LFPSE-EVENT-TYPE", fhir.Error, "Everything else depends on which of the four event types it is.",
		bad("Missing", nobodyHurt, at(""), cut("event")),
		good("Incident", nobodyHurt),
	)
	s.rule("lfpse", "LFPSE-DESCRIPTION", fhir.Error, "The description is what others learn from.",
		bad("Missing", nobodyHurt, at(""), drop("core")),
		bad("Missing from good care", goodCare, at(""), drop("core")),
		good("On the root only", nobodyHurt, drop("core"), put("description", `"A repeat prescription was issued twice."`)).also(warning("FHIR-R4-DESCRIPTION", ".description")).with(root),
	)
	s.rule("lfpse", "LFPSE-DESCRIPTION-DIFFERS", fhir.Error, "Of two different descriptions nobody can tell which was reviewed and screened.",
		bad("Another text on the root", nobodyHurt, at(".description"), put("description", `"Something else."`)).also(warning("FHIR-R4-DESCRIPTION", ".description")).with(root),
		good("The same text on the root", nobodyHurt, put("description", `"A repeat prescription was issued twice. Invented for a test."`)).also(warning("FHIR-R4-DESCRIPTION", ".description")).with(root),
	)
	s.rule("lfpse", "LFPSE-RISK-IMMINENT", fhir.Error, "An imminent risk of death or severe harm needs others to act at once.",
		bad("No risk details", risk, at(""), drop("risk-details")),
		bad("Risk details without it", risk, at("risk-details"), set("risk-details/RiskPopulation", "Everybody"), drop("risk-details/RiskImminent")),
		good("Not known", risk, set("risk-details/RiskImminent", "u")),
	)
	s.rule("lfpse", "LFPSE-NO-PATIENT-RISK", fhir.Error, "Without patients there is no harm to grade; the risk details take its place.",
		bad("No risk details", nobodyHurt, at(""), drop("risk-details")),
		bad("Risk details without it", nobodyHurt, at("risk-details"), set("risk-details/RiskPopulation", "Everybody"), drop("risk-details/RiskImminent")),
		good("With a patient", incident),
		good("Good care without patients", goodCare),
	)
	s.rule("lfpse", "LFPSE-FUTURE-OCCURRENCE", fhir.Error, "Good care is recorded so that others can repeat it.",
		bad("No went-well group", goodCare, at(""), drop("went-well")),
		bad("Went-well group without it", goodCare, at("went-well"), set("went-well/StrengthsOfCare", "Kindness."), drop("went-well/HowFutureOccurrence")),
		good("Stated", goodCare),
	)
	s.rule("lfpse", "LFPSE-OUTCOME-ONLY", fhir.Warning, "The outcome type is the question of the Outcome form.",
		bad("Incident", nobodyHurt, at("outcome/OutcomeType"), set("outcome/OutcomeType", "2")),
		bad("Risk with two", risk, at("outcome/OutcomeType", "outcome/OutcomeType[1]"), set("outcome/OutcomeType", "2", "7")),
		bad("Good care", goodCare, at("outcome/OutcomeType"), set("outcome/OutcomeType", "2")),
		good("Outcome", poorOutcome),
		good("Incident with immediate actions", nobodyHurt, set("outcome/ImmediateActions", "The pharmacy was told.")),
	)
	s.rule("quality", "LFPSE-OUTCOME-INCIDENT", fhir.Information, "Once a patient safety incident is known to have occurred, its harm is to be graded: the event is recorded again as an incident.",
		bad("Incident has occurred", poorOutcome, at("classification/PatientSafetyIncidentHasOccurred"), set("classification/PatientSafetyIncidentHasOccurred", "y")),
		good("Incident has not occurred", poorOutcome, set("classification/PatientSafetyIncidentHasOccurred", "n")),
		good("Not known", poorOutcome, set("classification/PatientSafetyIncidentHasOccurred", "u")),
	)
	s.rule("quality", "LFPSE-ASK-OUTCOME-TYPE", fhir.Information, "The type tells what has to be looked into.",
		bad("Missing", poorOutcome, at(""), drop("outcome")),
		bad("Missing from its group", poorOutcome, at("outcome"), set("outcome/ImmediateActions", "None."), drop("outcome/OutcomeType")),
		good("Stated", poorOutcome),
	)
	s.rule("quality", "LFPSE-ASK-CONCERN", fhir.Information, "The level of concern says what the harm grades cannot.",
		bad("Missing", nobodyHurt, at(""), drop("classification")),
		good("Not asked about good care", goodCare),
	)
	s.rule("quality", "LFPSE-ASK-AGENTS", fhir.Information, "What was involved opens the questions that follow.",
		bad("Missing", nobodyHurt, at(""), drop("agent", "problem-it-systems")),
		good("Not asked about a risk", risk),
	)
	s.rule("quality", "LFPSE-ASK-CHALLENGES", fhir.Information, "The public client answers this for every incident.",
		bad("Missing", nobodyHurt, at(""), drop("safety-challenges")),
		good("Not asked about an outcome", poorOutcome),
	)
}

func dateCases(s *suite) {
	const when = "estimated-date"
	unknownDay := all(cut("date"), set(when+"/IncidentOccurredToday", "u"))
	month := all(unknownDay, set(when+"/ApproximateDate", "2026-03"))
	today := func(day string) edit {
		return all(set(when+"/IncidentOccurredToday", "y"), set(when+"/TodaysDate", day))
	}
	s.rule("lfpse", "LFPSE-DATE", fhir.Error, "A record without an event date is hidden from most national analysis.",
		bad("Missing", nobodyHurt, at(""), cut("date")),
		bad("Day and month not known", nobodyHurt, at(when), unknownDay),
		good("Month only", nobodyHurt, month),
	)
	s.rule("lfpse", "LFPSE-DATE-DAY", fhir.Warning, "The date is for a known day; there is another field for a month.",
		bad("Month", nobodyHurt, at(".date"), put("date", `"2026-03"`)),
		bad("Year", nobodyHurt, at(".date"), put("date", `"2026"`)),
		good("Day and time", nobodyHurt, put("date", `"2026-03-11T10:15:00Z"`)),
	)
	s.rule("lfpse", "LFPSE-DATE-FUTURE", fhir.Error, "An event that has been recorded has happened.",
		bad("Tomorrow", nobodyHurt, at(".date")).with(cases.Options{Today: "2026-03-10"}),
		bad("Next month", nobodyHurt, nil, put("date", `"2026-04"`)).also(warning("LFPSE-DATE-DAY", ".date"), failure("LFPSE-DATE-FUTURE", ".date")).with(cases.Options{Today: "2026-03-10"}),
		bad("Month of a day that is not known", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "2026-04")).with(cases.Options{Today: "2026-03-31"}),
		bad("TodaysDate and date", nobodyHurt, at(when+"/TodaysDate.value", ".date"), today("2026-03-11")).with(cases.Options{Today: "2026-03-10"}),
		good("This month, the day not known", nobodyHurt, unknownDay, set(when+"/ApproximateDate", "2026-03")).with(cases.Options{Today: "2026-03-01"}),
		good("Today", nobodyHurt).with(cases.Options{Today: "2026-03-11"}),
		good("This month", nobodyHurt, put("date", `"2026-03"`)).also(warning("LFPSE-DATE-DAY", ".date")).with(cases.Options{Today: "2026-03-10"}),
	)
	s.rule("lfpse", "LFPSE-DATE-TODAY", fhir.Warning, "That it happened today means a day only together with the date of that day.",
		bad("TodaysDate missing", nobodyHurt, at(when), set(when+"/IncidentOccurredToday", "y")),
		bad("TodaysDate on another day", nobodyHurt, at(when+"/TodaysDate"), set(when+"/TodaysDate", "2026-03-11")),
		bad("TodaysDate without an answer", nobodyHurt, at(when+"/TodaysDate"), today("2026-03-11"), drop(when+"/IncidentOccurredToday")).also(remark("LFPSE-ASK-TODAY", when)),
		good("Today", nobodyHurt, today("2026-03-11")),
	)
	s.rule("quality", "LFPSE-ASK-TODAY", fhir.Information, "The answer says whether the date is the day of the report, another known day, or only an estimate.",
		bad("Missing", nobodyHurt, at(""), drop(when)),
		bad("Missing from its group", nobodyHurt, at(when), drop(when+"/IncidentOccurredToday"), set(when+"/PreciseTime", "10:15:00")),
		good("Not known", nobodyHurt, unknownDay, set(when+"/ApproximateDate", "2026-03")),
	)
	s.rule("lfpse", "LFPSE-DATE-SAME", fhir.Warning, "Both name the day of an event that occurred on the day it was reported.",
		bad("The day after", nobodyHurt, at(when+"/TodaysDate.value"), today("2026-03-12")),
		good("The same day, with a time", nobodyHurt, today("2026-03-11"), put("date", `"2026-03-11T10:15:00Z"`)),
	)
	s.rule("lfpse", "LFPSE-DATE-APPROXIMATE", fhir.Warning, "With a date and an approximate date nobody can tell which holds.",
		bad("Day known", nobodyHurt, at(when+"/ApproximateDate"), set(when+"/ApproximateDate", "2026-03")),
		bad("Day sent", nobodyHurt, at(".date"), set(when+"/IncidentOccurredToday", "u"), set(when+"/ApproximateDate", "2026-03")),
		bad("Today", nobodyHurt, at(when+"/ApproximateDate"), today("2026-03-11"), set(when+"/ApproximateDate", "2026-03")),
		good("Instead of the date", nobodyHurt, month),
	)
	s.rule("lfpse", "LFPSE-DATE-MONTH", fhir.Warning, "The field is a plain string, so only the form YYYY-MM can be counted.",
		bad("One digit", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "2026-3")),
		bad("Month 13", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "2026-13")),
		bad("In words", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "March 2026")),
		bad("Year only", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "2026")),
		bad("Day", nobodyHurt, at(when+"/ApproximateDate.value"), unknownDay, set(when+"/ApproximateDate", "2026-03-11")),
		good("December", nobodyHurt, unknownDay, set(when+"/ApproximateDate", "2025-12")),
	)
	s.rule("lfpse", "LFPSE-TIME", fhir.Warning, "The estimate is for a time that is not known.",
		bad("Both", nobodyHurt, at(when+"/EstimatedTime"), set(when+"/PreciseTime", "10:15:00"), set(when+"/EstimatedTime", "1")),
		good("Estimate only", nobodyHurt, set(when+"/EstimatedTime", "1")),
		good("Precise time only", nobodyHurt, set(when+"/PreciseTime", "10:15:00")),
	)
}
