package validate

import "github.com/gpsafety/lfpse-go/fhir"

// otherText is a list with a text for answers that are not in it; the name of the
// text field is that of the list field and Other.
type otherText struct {
	group, field string
	trigger      string // code that stands for "other"
	repeats      bool   // other codes may stand beside the text
}

// The ways in which a text and its list go together, as far as they are known.
var (
	// The text is sent instead of the trigger code.
	textInstead = []otherText{
		{reporter, "ReporterRole", "9", false},
		{reporter, "ReporterInvolvement", "6", false},
		{"detection-factors", "DetectionPoint", "8", false},
		{agent, "InvolvedPersonsActions", "5", true},
		{location, "LocationWithinService", "5", false},
	}
	// The text is sent with the trigger code.
	textWith = []otherText{
		{wentWell, "GoodCareDetectionFactor", "6", false},
		{"adverse-event-problem-medication", "InvolvedProcesses", "4", true},
		{agent, "BuildingsInfrastructure", "16", true},
		{agent, "EstatesServices", "9", true},
		{"adverse-event-problem-buildings-infrastructure", "BuildingsInfrastructure", "16", true},
		{"adverse-event-problem-estates-services", "EstatesServices", "9", true},
	}
	// The text is sent when nothing was picked.
	textAlone = []otherText{
		{location, "Organisation", "", true},
		{location, "ResponsibleSpecialty", "", false},
		{"adverse-event-device-details", "DeviceType", "", true},
	}
	// The trigger is known from the list, the way is not.
	textEither = []otherText{
		{reporter, "ReporterType", "5", false},
		{reporter, "WhyAnonymous", "8", true},
		{riskDetails, "RiskTheme", "8", true},
		{riskDetails, "RiskTimeframe", "4", false},
	}
	// A code names one organisation, so a text can only name another.
	textOrganisation = []otherText{
		{reporter, "ReporterOrganisation", "", false},
		{location, "IdentifiedLocation", "", false},
	}
)

func (o *otherText) list() string { return o.group + "/" + o.field }
func (o *otherText) text() string { return o.list() + "Other" }

// checksOf makes the checks of a way.
func checksOf(make func(*otherText) check, tables ...[]otherText) []check {
	var out []check
	for _, table := range tables {
		for i := range table {
			out = append(out, make(&table[i]))
		}
	}
	return out
}

// rulesOther are about the free texts of lists. None of them is certain: they are
// what one client sends.
var rulesOther = []Rule{
	{
		ID: "LFPSE-OTHER-INSTEAD", Title: "The text of these lists is sent instead of the code for other.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "The public client sends the text in place of the code; whether the service insists is not known.",
		Fix: "Send either a code of the list or the text.", text: "The text is sent together with a code that it stands for or contradicts.",
		checks: checksOf(func(o *otherText) check {
			c := check{each: o.group, when: []cond{has(o.list())}, bar: []string{o.text()}}
			if o.repeats {
				c.when = []cond{is(o.list(), o.trigger)}
			}
			return c
		}, textInstead),
	},
	{
		ID: "LFPSE-OTHER-WITH", Title: "The text of these lists is sent with the code for other.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "Without its code the text is not expected.",
		Fix: "Send the code for other with the text.", text: "The text is sent without the code for other.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{isNot(o.list(), o.trigger)}, bar: []string{o.text()}}
		}, textWith),
	},
	{
		ID: "LFPSE-OTHER-ALONE", Title: "The text of these lists is sent only when nothing was picked.", Severity: fhir.Warning, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "The text is for what the list does not have.",
		Fix: "Send either a code of the list or the text.", text: "The text is sent together with a code.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{has(o.list())}, bar: []string{o.text()}}
		}, textAlone),
	},
	{
		ID: "LFPSE-OTHER-TRIGGER", Title: "A text does not go with a code for something else.", Severity: fhir.Warning, Versions: codes56, Evidence: "inherited", Confidence: Low,
		Source: sourceExport, Why: "A text for other is never sent without the answer it explains, nor the name of an organisation with the code of one.",
		Fix: "Send the code for other with the text, or leave the text out.", text: "The text is sent with other codes than the one for other.",
		checks: checksOf(func(o *otherText) check {
			c := check{each: o.group, when: []cond{has(o.list()), isNot(o.list(), o.trigger)}, bar: []string{o.text()}}
			if o.trigger == "" {
				c.when = c.when[:1]
				c.text, c.fix = "An organisation is named in words beside its code.", "Keep the code; the text is for an organisation without one."
			}
			return c
		}, textEither, textOrganisation),
	},
	{
		ID: "LFPSE-OTHER-TEXT", Title: "The code for other comes with its text.", Severity: fhir.Warning, Versions: codes56, Evidence: "seen", Confidence: Medium,
		Source: sourceClient, Why: "The answer \"other\" alone tells nothing.",
		Fix: "Add the text.", text: "The code for other is sent, but the text is missing.",
		checks: checksOf(func(o *otherText) check {
			return check{each: o.group, when: []cond{is(o.list(), o.trigger)}, need: []string{o.text()}}
		}, textInstead, textWith, textEither),
	},
}
