package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
)

// on works on every occurrence of a group for which ok holds.
func on(id string, ok func(*record, *group) bool, do ...func(*record, *group)) func(*record) []change {
	var parts []func(*record) []change
	for _, f := range do {
		parts = append(parts, everyGroup(func(r *record, g *group) bool { return r.is(g, id) && (ok == nil || ok(r, g)) }, f))
	}
	return both(parts...)
}

// kindIs holds for records of some event types.
func kindIs(codes ...string) func(*record) bool {
	return func(r *record) bool { return slices.Contains(codes, r.kind()) }
}

// of narrows a condition on groups to records of some event types.
func of(codes []string, ok func(*group) bool) func(*record, *group) bool {
	return func(r *record, g *group) bool { return slices.Contains(codes, r.kind()) && ok(g) }
}

var incidents = []string{isIncident}

// dropping takes a field out of its group.
func dropping(name string) func(*record, *group) {
	return func(_ *record, g *group) { g.drop(name) }
}

// answering gives a field one answer in place of those it has.
func answering(name, text string) func(*record, *group) {
	return func(_ *record, g *group) {
		g.drop(name)
		g.answer(name, text)
	}
}

// adding gives a field one more answer.
func adding(name, text string) func(*record, *group) {
	return func(_ *record, g *group) { g.answer(name, text) }
}

func lfpseOperators() []operator {
	return slices.Concat(eventOperators(), dateOperators(), patientOperators(), placeOperators(), agentOperators(), otherOperators())
}

func eventOperators() []operator {
	return []operator{
		{"no-event-type", "The event type is missing.", rules("LFPSE-EVENT-TYPE"), once(always, func(r *record) { r.root.Remove("event") })},
		{"not-actual", "The event is only potential.", rules("LFPSE-ACTUALITY"), replaced("actuality", `"potential"`)},
		{"no-description", "The description is missing.", rules("LFPSE-DESCRIPTION"), on("core", nil, func(_ *record, g *group) { g.remove() })},
		{"outside-reference", "A main reference leads out of the record.", rules("LFPSE-REFERENCES"), once(always,
			func(r *record) { r.root.Set("subject", tree.MustParse(`{"reference":"Patient/p1"}`)) },
			func(r *record) { r.root.Set("location", tree.MustParse(`{"reference":"Location/l1"}`)) },
			func(r *record) { r.root.Set("recorder", tree.MustParse(`{"reference":"Practitioner/p1"}`)) })},
		{"risk-not-rated", "A risk, or an incident that affected nobody, does not say whether the risk is imminent.", rules("LFPSE-RISK-IMMINENT", "LFPSE-NO-PATIENT-RISK"),
			on("risk-details", func(r *record, _ *group) bool {
				return r.kind() == isRisk || r.kind() == isIncident && r.find("patient-information") == nil
			}, func(_ *record, g *group) { g.remove() })},
		{"no-patients", "An incident loses its patients and has no risk details.", rules("LFPSE-NO-PATIENT-RISK"), once(
			func(r *record) bool {
				return r.kind() == isIncident && r.find("patient-information") != nil && r.find("risk-details") == nil
			},
			func(r *record) { r.contained("Patient").Remove("extension") })},
		{"nothing-to-repeat", "Good care does not say how it can happen again.", rules("LFPSE-FUTURE-OCCURRENCE"),
			on("went-well", of([]string{isGoodCare}, anything), func(_ *record, g *group) { g.remove() })},
		{"became-good-care", "An event becomes good care without what good care needs.", rules("LFPSE-FUTURE-OCCURRENCE"), once(
			func(r *record) bool { return r.kind() != isGoodCare && r.find("went-well") == nil },
			func(r *record) { r.coding().Set("code", isGoodCare) })},
		{"became-risk", "An event becomes a risk without what a risk needs.", rules("LFPSE-RISK-IMMINENT"), once(
			func(r *record) bool { return r.kind() != isRisk && r.find("risk-details") == nil },
			func(r *record) { r.coding().Set("code", isRisk) })},
		{"outcome-type", "An event that is no outcome has an outcome type.", rules("LFPSE-OUTCOME-ONLY"), once(kindIs(isIncident, isRisk, isGoodCare), func(r *record) {
			if g := r.find("outcome"); g != nil {
				g.answer("OutcomeType", "2")
				return
			}
			r.open(r.root, "outcome", "OutcomeType", "2")
		})},
		{"governance", "An event that is no incident has the governance group.", rules("LFPSE-GOVERNANCE-INCIDENT"), once(kindIs(isRisk, isOutcome, isGoodCare), func(r *record) {
			r.open(r.root, "governance", "DutyOfCandour", true)
		})},
		{"governance-pair", "A governance flag has no detail.", rules("LFPSE-GOVERNANCE-PAIR"), both(
			once(func(r *record) bool { return r.kind() == isIncident && r.find("governance") == nil },
				func(r *record) { r.open(r.root, "governance", "NeverEvent", true) },
				func(r *record) { r.open(r.root, "governance", "NeverEventType", "7") },
				func(r *record) { r.open(r.root, "governance", "CqcNotify", true) },
				func(r *record) { r.open(r.root, "governance", "CqcCriteria", "1") }),
			on("governance", func(_ *record, g *group) bool { return g.has("NeverEventType") }, dropping("NeverEventType"), dropping("NeverEvent")))},
	}
}

func anything(*group) bool { return true }

func dateOperators() []operator {
	const id = "estimated-date"
	dated := func(r *record) bool { return r.root.Index("date") >= 0 }
	return []operator{
		{"no-date", "The event has neither date nor month.", rules("LFPSE-DATE"), once(
			func(r *record) bool { return dated(r) && !r.find(id).has("ApproximateDate") },
			func(r *record) { r.root.Remove("date") })},
		{"no-month", "The month that stands for the date is missing.", rules("LFPSE-DATE"),
			on(id, func(r *record, g *group) bool { return !dated(r) && g.has("ApproximateDate") }, dropping("ApproximateDate"))},
		{"date-too-short", "The date of the event is no day.", rules("LFPSE-DATE-DAY"), replaced("date", `"2026-03"`, `"2026"`)},
		{"future", "The date of the event is after today.", rules("LFPSE-DATE-FUTURE"), both(replaced("date", fmt.Sprintf("%q", tomorrow)),
			on(id, func(_ *record, g *group) bool { return g.has("ApproximateDate") }, answering("ApproximateDate", tomorrow[:len("2027-01")])))},
		{"month-form", "The approximate date has another form.", rules("LFPSE-DATE-MONTH"), on(id, func(_ *record, g *group) bool { return g.has("ApproximateDate") },
			answering("ApproximateDate", "2026-3"), answering("ApproximateDate", "2026-13"), answering("ApproximateDate", "March"), answering("ApproximateDate", "2026-03-11"))},
		{"date-and-month", "Date and approximate date are both sent.", rules("LFPSE-DATE-APPROXIMATE"), both(
			on(id, func(r *record, g *group) bool { return dated(r) && !g.has("ApproximateDate") }, adding("ApproximateDate", "2026-03")),
			on(id, func(r *record, g *group) bool { return !dated(r) && g.has("ApproximateDate") }, func(r *record, _ *group) { r.root.Set("date", "2026-03-11") }))},
		{"today-without-day", "It is said to have happened today, and the day is not sent.", rules("LFPSE-DATE-TODAY"), both(
			on(id, func(_ *record, g *group) bool { return g.has("TodaysDate") }, dropping("TodaysDate")),
			on(id, func(r *record, g *group) bool { return dated(r) && !g.has("TodaysDate") }, answering("IncidentOccurredToday", "y")))},
		{"day-without-today", "The day is sent, but it is not said to have happened today.", rules("LFPSE-DATE-TODAY"),
			on(id, func(_ *record, g *group) bool { return g.has("TodaysDate") }, answering("IncidentOccurredToday", "n"), dropping("IncidentOccurredToday"))},
		{"other-day", "TodaysDate is another day than the date.", rules("LFPSE-DATE-SAME"),
			on(id, func(r *record, g *group) bool { return dated(r) && g.has("TodaysDate") }, answering("TodaysDate", "2026-03-10"))},
		{"two-times", "Precise and estimated time are both sent.", rules("LFPSE-TIME"), both(
			on(id, func(_ *record, g *group) bool { return g.has("PreciseTime") }, adding("EstimatedTime", "1")),
			on(id, func(_ *record, g *group) bool { return g.has("EstimatedTime") }, adding("PreciseTime", "10:15:00")))},
	}
}

func patientOperators() []operator {
	const id = "patient-information"
	has := func(field string, codes ...string) func(*record, *group) bool {
		return func(_ *record, g *group) bool { return g.has(field, codes...) }
	}
	mild := func(_ *record, g *group) bool {
		return !g.has("PhysicalHarm", "1", "2") && !g.has("PsychologicalHarm", "1") && !g.has("StrengthOfAssociation")
	}
	return []operator{
		{"sequence-gap", "The numbers of the patients have a gap.", rules("LFPSE-PATIENT-SEQUENCE"), on(id, nil, func(r *record, g *group) {
			n := 0
			for i := range r.groups {
				if r.is(&r.groups[i], id) {
					n++
				}
			}
			number(g, "PatientSequence", n+1)
		})},
		{"sequence-zero", "A patient has the number 0 or less.", rules("LFPSE-PATIENT-SEQUENCE"), on(id, nil,
			func(_ *record, g *group) { number(g, "PatientSequence", 0) }, func(_ *record, g *group) { number(g, "PatientSequence", -1) })},
		{"sequence-twice", "Two patients have one number.", rules("LFPSE-PATIENT-SEQUENCE"), on(id, func(r *record, g *group) bool { return g.object != r.find(id).object },
			func(r *record, g *group) {
				n, _ := strconv.Atoi(r.find(id).all("PatientSequence")[0])
				number(g, "PatientSequence", n)
			})},
		{"second-patient", "There is a second contained Patient.", rules("LFPSE-PATIENT-RESOURCE"), once(always, func(r *record) {
			r.contain(`{"resourceType":"Patient","id":"patient2"}`)
			r.root.Set("contributor", tree.MustParse(`[{"reference":"#patient2"}]`))
		})},
		{"no-physical-harm", "The physical harm to a patient is not graded.", rules("LFPSE-PHYSICAL-HARM"), on(id, of(incidents, anything), dropping("PhysicalHarm"))},
		{"no-psychological-harm", "The psychological harm to a patient is not graded.", rules("LFPSE-PSYCHOLOGICAL-HARM"),
			on(id, of(incidents, func(g *group) bool { return !g.has("PhysicalHarm", "1") }), dropping("PsychologicalHarm"))},
		{"no-gender", "The gender identity of a patient is missing.", rules("LFPSE-GENDER-IDENTITY"), on(id, of(incidents, anything), dropping("GenderIdentity"))},
		{"no-gender-at-birth", "Whether the gender is that at birth is missing.", rules("LFPSE-GENDER-AT-BIRTH"), on(id, of(incidents, anything), dropping("GenderSameAsAtBirth"))},
		{"harm-code", "A harm grade is none of its scale.", rules("PROFILE-CODE"), both(
			on(id, has("PhysicalHarm"), answering("PhysicalHarm", "0"), answering("PhysicalHarm", "6")),
			on(id, has("PsychologicalHarm"), answering("PsychologicalHarm", "0"), answering("PsychologicalHarm", "5")))},
		{"dead-and-distressed", "A patient who died has a grade of psychological harm.", rules("LFPSE-HARM-FATAL"), both(
			on(id, has("PsychologicalHarm"), answering("PhysicalHarm", "1")),
			on(id, has("PhysicalHarm", "1"), answering("PsychologicalHarm", "4")))},
		{"harm-elsewhere", "Good care or a risk has a grade of harm.", rules("LFPSE-HARM-EVENT"), both(
			on(id, of([]string{isRisk, isGoodCare}, anything), answering("PhysicalHarm", "5"), answering("PsychologicalHarm", "3")),
			once(func(r *record) bool {
				return (r.kind() == isRisk || r.kind() == isGoodCare) && r.find(id) == nil
			}, func(r *record) {
				r.open(r.contained("Patient"), id, "PhysicalHarm", "4")
				newRecord(r.tax, r.root).find(id).answer("PatientSequence", json.Number("1"))
			}))},
		{"needless-association", "The association is stated without grave harm.", rules("LFPSE-HARM-ASSOCIATION"), both(
			on(id, mild, adding("StrengthOfAssociation", "6")),
			on(id, func(_ *record, g *group) bool {
				return g.has("StrengthOfAssociation") && !g.has("PsychologicalHarm", "1")
			}, answering("PhysicalHarm", "4")))},
		// Only numbers off the grid are faulty, so those are written out.
		{"age-off-grid", "The age is not on the national grid.", rules("LFPSE-AGE-GRID"), on(id, has("AgeAtTimeOfIncidentDays"),
			age(0), age(-31), age(32), age(340), age(371), age(365), age(18262), age(18601), age(74400))},
		{"two-ages", "Age and bracket are both sent.", rules("LFPSE-AGE-ONE"), both(
			on(id, func(_ *record, g *group) bool { return g.has("AgeAtTimeOfIncidentDays") && !g.has("AgeBracket") }, adding("AgeBracket", "7")),
			on(id, func(_ *record, g *group) bool { return g.has("AgeBracket") && !g.has("AgeAtTimeOfIncidentDays") }, func(_ *record, g *group) {
				number(g, "AgeAtTimeOfIncidentDays", 18600)
			}))},
	}
}

// number gives an integer field one answer.
func number(g *group, field string, n int) {
	g.drop(field)
	g.answer(field, json.Number(strconv.Itoa(n)))
}

func age(n int) func(*record, *group) {
	return func(_ *record, g *group) { number(g, "AgeAtTimeOfIncidentDays", n) }
}

func placeOperators() []operator {
	const place, who = "location-details", "practitioner-details"
	isODS := func(_ *record, _ *group, f *field) bool { return strings.HasPrefix(f.CodeSystem, "ods-codes") }
	shape := func(s string) func(*record) []change {
		return everyField(isODS, func(_ *record, _ *group, f *field) { f.set(s) })
	}
	either := func(g *group) bool { return g.has("Organisation") || g.has("OrganisationOther") }
	return []operator{
		{"ods-shape", "An organisation has not the shape of an ODS code.", rules("LFPSE-ODS"), both(shape("a81001"), shape("A8"), shape("A-81001"), shape("A810010010010"))},
		{"no-reporter-organisation", "The reporting organisation is missing.", rules("LFPSE-REPORTER-ORGANISATION"), on(who, nil, func(_ *record, g *group) {
			g.drop("ReporterOrganisation")
			g.drop("ReporterOrganisationOther")
			g.drop("ReporterType")
			g.answer("ReporterType", "3") // so that something is left
			g.drop("ReporterTypeOther")
		})},
		{"anonymous-contact", "An anonymous reporter has contact details.", rules("LFPSE-ANONYMOUS"), on(who, nil, func(_ *record, g *group) {
			g.answer("WhyAnonymous", "4")
			g.drop("ReporterContact")
			g.answer("ReporterContact", "through the practice")
		})},
		{"unknown-place-known", "The place is not known, yet its organisation is sent.", rules("LFPSE-LOCATION-KNOWN"),
			on(place, func(_ *record, g *group) bool { return either(g) }, answering("LocationKnown", "u"))},
		{"known-place-missing", "The place is known, yet its organisation is missing.", rules("LFPSE-LOCATION-KNOWN"), on(place, func(_ *record, g *group) bool { return g.has("LocationKnown", "y", "n") },
			func(_ *record, g *group) {
				g.drop("Organisation")
				g.drop("OrganisationOther")
			})},
	}
}

// agentsOf are the agents that open the problem groups.
var agentsOf = map[string]string{
	"problem-medication": "4", "problem-devices": "3", "problem-it-systems": "9", "problem-buildings-infrastructure": "13",
	"problem-estates-services": "14", "problem-blood": "11", "problem-blood-products": "12", "problem-tissues-organs": "8",
}

// without reports whether InvolvedAgents lacks a code.
func without(r *record, agent string) bool { return !r.find("agent").has("InvolvedAgents", agent) }

func isDMD(_ *record, _ *group, f *field) bool { return f.Name == "VTMCode" || f.Name == "VMPCode" }

func suspect(r *record, id string) {
	list, _ := r.root.Get("suspectEntity").(*tree.Array)
	if list == nil {
		list = &tree.Array{}
		r.root.Set("suspectEntity", list)
	}
	list.Items = append(list.Items, tree.MustParse(fmt.Sprintf(`{"instance":{"reference":"#%s"}}`, id)))
}

// otherText is a list with a text for answers that are not in it.
type otherText struct {
	group, field string
	trigger      string // code for other; none for a text that stands alone
	another      string // some other code
	instead      bool   // the text is sent in place of the code, not with it
	repeats      bool   // other codes may stand beside the text
}

var otherTexts = []otherText{
	{"practitioner-details", "ReporterRole", "9", "5", true, false},
	{"practitioner-details", "ReporterInvolvement", "6", "4", true, false},
	{"detection-factors", "DetectionPoint", "8", "4", true, false},
	{"agent", "InvolvedPersonsActions", "5", "1", true, true},
	{"location-details", "LocationWithinService", "5", "11", true, false},
	{"went-well", "GoodCareDetectionFactor", "6", "1", false, false},
	{"problem-medication", "InvolvedProcesses", "4", "1", false, true},
	{"agent", "BuildingsInfrastructure", "16", "1", false, true},
	{"agent", "EstatesServices", "9", "1", false, true},
	{"problem-buildings-infrastructure", "BuildingsInfrastructure", "16", "1", false, true},
	{"problem-estates-services", "EstatesServices", "9", "1", false, true},
	{"location-details", "Organisation", "", "A81002", true, true},
	{"location-details", "ResponsibleSpecialty", "", "2", true, false},
	{"device-details", "DeviceType", "", "10", true, true},
}

func otherOperators() []operator {
	var lone, clash, untold []func(*record) []change
	for _, o := range otherTexts {
		text := o.field + "Other"
		if o.trigger != "" {
			// The code for other alone says nothing.
			untold = append(untold, on(o.group, nil, func(_ *record, g *group) {
				g.drop(o.field)
				g.drop(text)
				g.answer(o.field, o.trigger)
			}))
		}
		if !o.instead {
			lone = append(lone, on(o.group, nil, func(_ *record, g *group) {
				g.drop(o.field)
				g.drop(text)
				g.answer(text, "Something else")
			}))
		}
		// Beside an answer of a list of which several may be given a text that is
		// sent in place of a code is right, so there only the code itself clashes.
		code := o.another
		if o.instead && o.repeats && o.trigger != "" {
			code = o.trigger
		}
		clash = append(clash, on(o.group, nil, func(_ *record, g *group) {
			g.drop(o.field)
			g.drop(text)
			g.answer(o.field, code)
			g.answer(text, "Something else")
		}))
	}
	return []operator{
		{"other-without-code", "The text for other is sent without its code.", rules("LFPSE-OTHER-WITH"), both(lone...)},
		{"other-with-code", "The text for other is sent with a code that it contradicts.", rules("LFPSE-OTHER-INSTEAD", "LFPSE-OTHER-WITH", "LFPSE-OTHER-ALONE"), both(clash...)},
		{"other-untold", "The code for other is sent without a text.", rules("LFPSE-OTHER-TEXT"), both(untold...)},
	}
}
