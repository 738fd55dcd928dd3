package mapping_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

func TestWordListsMatch(t *testing.T) {
	for name, tc := range map[string]struct {
		list string
		want map[string]string // cell to code, "?" for a question
	}{
		"exact": {"{entries: {gp: 4, Practice  nurse: 5, it’s me: 6}}", map[string]string{
			"gp": "4", " GP ": "4", "practice nurse": "5", "Practice\nNurse": "5", "it's me": "6", "gp partner": "?", "g p": "?"}},
		"prefix": {"{match: prefix, entries: {nurse: 5, nurse associate: 1}}", map[string]string{
			"Nurse": "5", "nurse (locum)": "5", "Nurse associate, band 4": "1", "nursery worker": "?", "the nurse": "?"}},
		"contains": {"{match: contains, entries: {gp: 4, low: 6}}", map[string]string{
			"locum GP": "4", "GP/partner": "4", "gp": "4", "followed": "?", "slow, low": "6", "GPs": "?"}},
		"pattern": {"{match: pattern, entries: {'^(dr|prof)[. ]': 4, 'nurse$': 5}}", map[string]string{
			"Dr. Foster": "4", "PROF x": "4", "the Nurse": "5", "drone": "?"}},
		"the longest prefix wins, whatever the order": {"{match: prefix, entries: {a b: 4, a b c: 5}}", map[string]string{"a b c d": "5", "a b d": "4"}},
		"the longest contained entry wins":            {"{match: contains, entries: {gp: 4, receptionist: 6, nurse: 5, nursing associate: 1}}", map[string]string{"GP receptionist": "6", "receptionist (GP)": "6", "nursing associate, not nurse": "1", "Locum GP": "4"}},
		"the longest match of a pattern wins":         {"{match: pattern, entries: {gp: 4, 'rec[a-z]+': 6, 'gp rec.*lead': 7}}", map[string]string{"GP receptionist": "6", "GP reception lead": "7"}},
		"the text of the list is a value too":         {"{entries: {doc: Doctor or dentist}}", map[string]string{"doc": "4"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: w, default: 8}")+"values: {w: "+tc.list+"}\n")
			for cell, want := range tc.want {
				d := m.Map(row(cells{"Role": cell}))
				if want == "?" {
					assert.Empty(t, d.Event.Reporter.ReporterRole, "%q: a default must not hide an unknown word", cell)
					assert.Equal(t, draft.NeedsAnswers, m.Map(row(cells{"Role": cell, "x": ""})).State)
					assert.Equal(t, []string{"warning MAP-UNKNOWN-VALUE column Role"}, mapIssues(d))
					q := question(t, d, "reporter.reporterRole")
					assert.True(t, q.Required)
					assert.Len(t, q.Choices, 9)
					assert.NotEmpty(t, q.Text)
					continue
				}
				assert.EqualValues(t, want, d.Event.Reporter.ReporterRole, "%q", cell)
				assert.Empty(t, mapIssues(d))
				notAsked(t, d, "reporter.reporterRole")
			}
			assert.EqualValues(t, "8", m.Map(row(cells{"Role": " "})).Event.Reporter.ReporterRole, "blank is no word")
		})
	}
}

func TestAGradeOfHarmIsNotReadFromPartOfACell(t *testing.T) {
	const grades = "none: none, no harm: none, low: low, moderate: moderate, severe: severe, death: fatal, yet: ask"
	for name, list := range map[string]string{
		"built in": "{extends: datix-harm}", "prefix": "{match: prefix, entries: {" + grades + "}}", "contains": "{match: contains, entries: {" + grades + "}}",
	} {
		m := compile(t, "fields: [{to: type, default: incident}]\npatients: [{fields: [{to: physicalHarm, column: Harm, values: w}]}]\nvalues: {w: "+list+"}\n")
		for cell, want := range map[string]lfpse.PhysicalHarm{
			"None": lfpse.PhysicalNone, "none (No harm)": lfpse.PhysicalNone, "No harm: impact prevented": lfpse.PhysicalNone,
			"Low harm": lfpse.PhysicalLow, "Low (Minimal harm: patient required extra observation)": lfpse.PhysicalLow, "Low – first aid": lfpse.PhysicalLow, "LOW.": lfpse.PhysicalLow,
			"Moderate\u00a0(short term harm)": lfpse.PhysicalModerate, "Death (Caused by the incident)": lfpse.PhysicalFatal,
			"None at present": "", "None recorded": "", "No harm yet": "", "None (yet)": "", "None (or low)": "", "Low?": "", "Low (?)": "",
			"Low to moderate": "", "Moderate/Severe": "", "Low; Moderate": "", "Severe harm or death": "", "Low psychological harm": "", "Death not caused by us": "",
		} {
			d := m.Map(row(cells{"Harm": cell}))
			if want != "" {
				assert.Equal(t, want, d.Event.Patients[0].PhysicalHarm, "%s: %q", name, cell)
				continue
			}
			for _, p := range d.Event.Patients {
				assert.Empty(t, p.PhysicalHarm, "%s: %q", name, cell)
			}
			question(t, d, "patients[0].physicalHarm")
		}
	}
}

func TestAskAndAbsent(t *testing.T) {
	m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: w, ask: Who reports?, default: 4}", "{to: location.locationKnown, ask: Where was it?}")+
		"values: {w: {entries: {pharmacist: ask, nobody: absent}}}\n")
	d := m.Map(row(cells{"Role": "Pharmacist"}))
	assert.Empty(t, d.Event.Reporter.ReporterRole)
	assert.Equal(t, "Who reports?", question(t, d, "reporter.reporterRole").Text)
	assert.Equal(t, "Where was it?", question(t, d, "location.locationKnown").Text)
	assert.Empty(t, mapIssues(d), "the map meant it")

	d = m.Map(row(cells{"Role": "Nobody"}))
	assert.Empty(t, d.Event.Reporter.ReporterRole, "absent is an answer: the default does not count")
	notAsked(t, d, "reporter.reporterRole")
	require.Len(t, trace(d, "reporter.reporterRole"), 1)
	assert.Contains(t, trace(d, "reporter.reporterRole")[0].Rule, `"nobody" means nothing to send`)
}

func TestADefaultIsVisibleInTheTrace(t *testing.T) {
	d := compile(t, incident("{to: location.locationKnown, column: Known, default: y}")).Map(row(nil))
	assert.Equal(t, []draft.Step{{Target: "location.locationKnown", From: "the map", Rule: "default"}}, trace(d, "location.locationKnown"))
	assert.Equal(t, code.YesNoUnknownYes, d.Event.Location.LocationKnown)
}

func TestTheTraceNamesColumnsAndWordsOfTheMap(t *testing.T) {
	m := compile(t, incident("{to: description, columns: [What, Why]}", "{to: reporter.reporterRole, column: Role, values: practice-role}"))
	d := m.Map(row(cells{"What": "a secret happened", "Why": "b", "Role": "  LOCUM gp "}))
	assert.Equal(t, []draft.Step{{Target: "description", From: "columns What and Why", Rule: "as given"}}, trace(d, "description"))
	assert.Equal(t, []draft.Step{{Target: "reporter.reporterRole", From: "column Role", Rule: `values practice-role: "locum gp"`}}, trace(d, "reporter.reporterRole"))
}

func TestJoinAndSplit(t *testing.T) {
	m := compile(t, incident(
		"{to: description, columns: [What, Why]}",
		"{to: outcome.immediateActions, columns: [What, Why], join: ' / '}",
		"{to: agent.involvedAgents, column: Agents, split: ';', values: a}",
		"{to: agent.drugsInvolved, column: Drugs, split: ','}",
	)+"values: {a: {entries: {drugs: 4, medicines: 4, it: 9}}}\n")
	d := m.Map(row(cells{"What": " A ", "Why": "B", "Agents": "Drugs; ;IT;medicines; drugs", "Drugs": "Methotrexate, Folic acid,methotrexate"}))
	assert.Equal(t, "A\n\nB", d.Event.Description)
	assert.Equal(t, "A / B", d.Event.Outcome.ImmediateActions)
	assert.Equal(t, []code.AgentType{"4", "9"}, d.Event.Agent.InvolvedAgents)
	assert.Equal(t, []string{"Methotrexate", "Folic acid"}, d.Event.Agent.DrugsInvolved)

	d = m.Map(row(cells{"Why": "B", "Agents": "drugs; cake"}))
	assert.Equal(t, "B", d.Event.Description, "a blank cell leaves no blank line")
	assert.Equal(t, []code.AgentType{"4"}, d.Event.Agent.InvolvedAgents)
	question(t, d, "agent.involvedAgents") // of a list that is half known
}

func TestForAndWhen(t *testing.T) {
	m := compile(t, `
fields:
  - {to: type, column: Type, values: event-type}
  - {to: wentWell.howFutureOccurrence, for: [good-care], column: Text}
  - {to: riskDetails.riskImminent, for: [risk, incident], column: Imminent, values: yes-no-unknown}
  - {to: outcome.immediateActions, column: Action, when: {column: Status, in: [Closed, Under review]}}
  - {to: agent.sabreReportNumber, column: Action, when: {column: Status, not-in: [closed]}}
  - {to: agent.shotReportNumber, column: Action, when: {column: Status, filled: true}}
  - {to: agent.nhsbtReportNumber, column: Action, when: {column: Status, filled: false}}
  - {to: agent.yellowCardReference, column: Action, when: {column: Count, at-least: 2}}
`)
	d := m.Map(row(cells{"Type": "Good care", "Text": "t", "Imminent": "yes", "Action": "a", "Status": "UNDER  review", "Count": " 2 "}))
	assert.Equal(t, "t", d.Event.WentWell.HowFutureOccurrence)
	assert.Empty(t, d.Event.RiskDetails.RiskImminent)
	assert.Equal(t, "a", d.Event.Outcome.ImmediateActions)
	assert.Equal(t, lfpse.Agent{SabreReportNumber: "a", ShotReportNumber: "a", YellowCardReference: "a"}, d.Event.Agent)

	d = m.Map(row(cells{"Type": "Near miss", "Text": "t", "Imminent": "Yes", "Action": "a", "Count": "1"}))
	assert.Equal(t, lfpse.TypeIncident, d.Event.Type, "a near miss is an incident")
	assert.Empty(t, d.Event.WentWell.HowFutureOccurrence)
	assert.Equal(t, code.YesNoUnknownYes, d.Event.RiskDetails.RiskImminent)
	assert.Empty(t, d.Event.Outcome.ImmediateActions)
	assert.Equal(t, lfpse.Agent{SabreReportNumber: "a", NhsbtReportNumber: "a"}, d.Event.Agent)

	d = m.Map(row(cells{"Type": "who knows", "Text": "t", "Imminent": "yes"}))
	assert.Empty(t, d.Event.WentWell, "without a type nothing that depends on it is filled")
	question(t, d, "type")
}

func TestCapitalsOfAWord(t *testing.T) {
	m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: w}", "{to: agent.sabreReportNumber, column: Text, when: {column: Role, in: ['']}}")+
		"values: {w: {entries: {ıo: 4, io: 5, éo: 6, 1o: 7}}}\n")
	for cell, want := range map[string]string{"ıo": "4", "io": "5", "Io": "5", "IO": "5", "éo": "6", "Éo": "6", "ÉO": "6", "1o": "7", "1O": "7", "\ufffd": "", "\ufffdo": ""} {
		d := m.Map(row(cells{"Role": cell, "Text": "x"}))
		assert.EqualValues(t, want, d.Event.Reporter.ReporterRole, "%q", cell)
		assert.Empty(t, d.Event.Agent.SabreReportNumber, "%q is not blank", cell)
	}
}

func TestACountThatIsNoNumberIsNotGuessed(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}")+"patients:\n  - {when: {column: Patients, at-least: 1}, fields: [{to: physicalHarm, column: Harm, values: physical-harm}]}\n"+
		"  - {when: {column: Patients, at-least: 2}, fields: [{to: physicalHarm, column: Harm, values: physical-harm}]}\n")
	for cell, want := range map[string]int{"": 0, "0": 0, "1": 1, " 2 ": 2, "12": 2, "-1": 0} {
		d := m.Map(row(cells{"What": "x", "Patients": cell, "Harm": "low"}))
		assert.Len(t, d.Event.Patients, want, "%q", cell)
		assert.Empty(t, mapIssues(d), "%q", cell)
	}
	for _, cell := range []string{"two", "1.0", "2 patients", "many"} {
		d := m.Map(row(cells{"What": "x", "Patients": cell, "Harm": "low"}))
		assert.Equal(t, []string{"error MAP-NUMBER column Patients"}, mapIssues(d), "%q: reported once", cell)
		assert.Equal(t, draft.Invalid, d.State)
	}
}

func TestATargetIsFilledOnce(t *testing.T) {
	m := compile(t, incident("{to: description, column: A}", "{to: description, column: B}", "{to: agent.drugsInvolved, column: A}", "{to: agent.drugsInvolved, column: B}"))
	d := m.Map(row(cells{"A": "a", "B": "b"}))
	assert.Equal(t, "a", d.Event.Description)
	assert.Equal(t, []string{"a", "b"}, d.Event.Agent.DrugsInvolved, "a list is added to")
	d = m.Map(row(cells{"B": "b"}))
	assert.Equal(t, "b", d.Event.Description)
}

func TestValuesThatCannotBeUsedAreAskedFor(t *testing.T) {
	m := compile(t, incident("{to: reporter.reporterOrganisation, column: ODS, default: A81001}", "{to: referenceMetadata.dataSharingOptOut, column: Opt, ask: May it be shared?}"))
	d := m.Map(row(cells{"ODS": "High Street Surgery", "Opt": "perhaps"}))
	assert.Empty(t, d.Event.Reporter.ReporterOrganisation)
	assert.Equal(t, []string{"warning MAP-VALUE column ODS", "warning MAP-VALUE column Opt"}, mapIssues(d))
	q := question(t, d, "reporter.reporterOrganisation")
	assert.True(t, q.Required)
	assert.Contains(t, q.Why, "In column ODS: the value is not an ODS code")
	assert.Equal(t, "May it be shared?", question(t, d, "referenceMetadata.dataSharingOptOut").Text)
	assert.NotContains(t, revealed(d), "High Street")

	d = m.Map(row(cells{"ODS": "B82002", "Opt": "No"}))
	assert.Equal(t, "B82002", d.Event.Reporter.ReporterOrganisation)
	require.NotNil(t, d.Event.ReferenceMetadata.DataSharingOptOut)
	assert.False(t, *d.Event.ReferenceMetadata.DataSharingOptOut, "no is an answer")
}

func TestDates(t *testing.T) {
	const source = "source: {dates: [02/01/2006, 2006-01-02, 02/01/06, '02/01/2006 15:04'], months: [01/2006, Jan 2006]}\n"
	m := compile(t, incident("{to: date, column: Date, ask: When?}")+source)
	for cell, want := range map[string]lfpse.Event{
		"05/03/2026":       {Date: "2026-03-05", EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"}},
		" 2026-03-05 ":     {Date: "2026-03-05", EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"}},
		"05/03/26":         {Date: "2026-03-05", EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"}},
		"05/03/2026 23:59": {Date: "2026-03-05", EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"}},
		"29/02/2024":       {Date: "2024-02-29", EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "n"}},
		"10/03/2026":       {Date: today, EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "y", TodaysDate: today}},
		"02/2026":          {EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "u", ApproximateDate: "2026-02"}},
		"Mar 2026":         {EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: "u", ApproximateDate: "2026-03"}},
	} {
		d := m.Map(row(cells{"Date": cell}))
		assert.Equal(t, want.Date, d.Event.Date, "%q", cell)
		assert.Equal(t, want.EstimatedDate, d.Event.EstimatedDate, "%q", cell)
		assert.Empty(t, mapIssues(d), "%q", cell)
		notAsked(t, d, "date")
	}
	for cell, why := range map[string]string{
		"11/03/2026":     "the date is in the future",
		"04/2026":        "the date is in the future",
		"30/02/2026":     "not a date such as 25/03/2026 or 2026-03-25 or 25/03/26, or a day that does not exist.",
		"03/25/2026":     "if the month stands before the day here, other dates may have been misread",
		"29/02/2025":     "a day that does not exist",
		"13/2025":        "not a date",
		"last Tuesday":   "not a date",
		"2025":           "not a date",
		"05/03/2026 TBC": "not a date",
	} {
		d := m.Map(row(cells{"Date": cell}))
		assert.Empty(t, d.Event.Date, "%q", cell)
		assert.Empty(t, d.Event.EstimatedDate, "%q", cell)
		q := question(t, d, "date")
		assert.Equal(t, "When?", q.Text)
		assert.Contains(t, q.Why, why, "%q", cell)
		assert.Equal(t, []string{"warning MAP-VALUE column Date"}, mapIssues(d))
		assert.NotEqual(t, draft.Ready, d.State)
	}
	question(t, m.Map(row(nil)), "date")
}

func TestDatesWithoutLayouts(t *testing.T) {
	m := compile(t, incident("{to: date, column: Date}"))
	assert.EqualValues(t, "2026-03-05", m.Map(row(cells{"Date": "05/03/2026"})).Event.Date, "a day comes first in England")
	assert.EqualValues(t, "2026-03-05", m.Map(row(cells{"Date": "2026-03-05"})).Event.Date)
	assert.Empty(t, m.Map(row(cells{"Date": "03/2026"})).Event.EstimatedDate, "months are read only where the map says how")
}

func TestWhatTheLogSaysAboutTodayStays(t *testing.T) {
	m := compile(t, incident("{to: date, column: Date}", "{to: estimatedDate.incidentOccurredToday, column: Today, values: yes-no-unknown}")+"source: {months: [01/2006]}\n")
	d := m.Map(row(cells{"Date": "10/03/2026", "Today": "yes"}))
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "y", TodaysDate: today}, d.Event.EstimatedDate)
	d = m.Map(row(cells{"Date": "09/03/2026", "Today": "yes"}))
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "y"}, d.Event.EstimatedDate, "TodaysDate is never another day than today")
	d = m.Map(row(cells{"Date": "02/2026", "Today": "no"}))
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "n", ApproximateDate: "2026-02"}, d.Event.EstimatedDate)
}

func TestTimes(t *testing.T) {
	m := compile(t, incident("{to: estimatedDate.preciseTime, column: Time}"))
	for cell, want := range map[string]lfpse.Time{"7:05": "07:05:00", "07:05": "07:05:00", "23:59:58": "23:59:58", "": ""} {
		d := m.Map(row(cells{"Time": cell}))
		assert.Equal(t, want, d.Event.EstimatedDate.PreciseTime, "%q", cell)
		assert.Empty(t, mapIssues(d))
	}
	d := m.Map(row(cells{"Time": "about noon"}))
	assert.Empty(t, d.Event.EstimatedDate.PreciseTime)
	assert.Equal(t, []string{"warning MAP-VALUE column Time"}, mapIssues(d), "a time may be left out, but not without a word")
	question(t, d, "estimatedDate.preciseTime")

	m = compile(t, incident("{to: estimatedDate.preciseTime, column: Time, unreadable: absent}"))
	d = m.Map(row(cells{"Time": "about noon"}))
	notAsked(t, d, "estimatedDate.preciseTime")
	assert.Equal(t, []string{"warning MAP-VALUE column Time"}, mapIssues(d))
	assert.Equal(t, []draft.Step{{Target: "estimatedDate.preciseTime", From: "column Time", Rule: "cannot be read, and is left out as the map says"}}, trace(d, "estimatedDate.preciseTime"))

	m = compile(t, incident("{to: estimatedDate.preciseTime, column: Time, ask: At what time?}")+"source: {times: ['3:04pm']}\n")
	assert.EqualValues(t, "15:04:00", m.Map(row(cells{"Time": "3:04pm"})).Event.EstimatedDate.PreciseTime)
	assert.Equal(t, "At what time?", question(t, m.Map(row(cells{"Time": "after lunch"})), "estimatedDate.preciseTime").Text)
}

func TestSkip(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}")+`
skip:
  - {when: {column: Status, in: [draft]}, reason: It is not finished.}
  - {when: {column: Kind, in: [Complaint, staff injury]}, reason: Complaints and staff injuries are not for LFPSE.}
  - {when: {column: What, filled: false}, reason: Nothing is described.}
`)
	for _, tc := range []struct{ status, kind, what, reason string }{
		{"Draft", "complaint", "x", "It is not finished."},
		{"final", "COMPLAINT", "x", "Complaints and staff injuries are not for LFPSE."},
		{"", "", " ", "Nothing is described."},
	} {
		d := m.Map(row(cells{"Status": tc.status, "Kind": tc.kind, "What": tc.what}))
		assert.Equal(t, draft.NotForLFPSE, d.State)
		assert.Equal(t, tc.reason, d.Reason)
		assert.True(t, d.Submission.IsZero())
		assert.Empty(t, d.Questions)
	}
	assert.Empty(t, m.Map(row(cells{"What": "x"})).Reason)
}

func TestWithValues(t *testing.T) {
	values := map[string]string{"reporter.reporterOrganisation": "A81001", "location.locationKnown": "Yes"}
	m := compile(t, incident("{to: reporter.reporterOrganisation, column: ODS}", "{to: location.locationKnown, default: u}"), mapping.WithValues(values))
	values["reporter.reporterOrganisation"] = "changed"
	d := m.Map(row(cells{"ODS": "B82002"}))
	assert.Equal(t, "A81001", d.Event.Reporter.ReporterOrganisation, "it goes before what the map says")
	assert.Equal(t, code.YesNoUnknownYes, d.Event.Location.LocationKnown)
	d = m.Map(mapping.Row{Answers: map[string]string{"location.locationKnown": "n"}})
	assert.Equal(t, code.YesNoUnknownNo, d.Event.Location.LocationKnown, "and after what people answer")
}

func TestReferences(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}")+"source: {reference: Ref}\n")
	assert.Equal(t, "R1", m.Map(row(cells{"Ref": " R1 "})).Reference)
	assert.Equal(t, "line 2", m.Map(row(cells{"Ref": " "})).Reference)
	assert.Equal(t, "mine", m.Map(mapping.Row{Reference: "mine", Cells: cells{"Ref": "R1"}}).Reference)
	assert.Equal(t, 2, m.Map(row(nil)).Line)
}

func TestReadyStatesAndSubmission(t *testing.T) {
	m := compile(t, incident("{to: patients, default: 0}", "{to: description, column: What}", "{to: date, column: Date}", "{to: riskDetails.riskImminent, column: Imminent, values: yes-no-unknown}",
		"{to: location.locationKnown, default: y}", "{to: location.organisation, default: A81001}", "{to: reporter.reporterOrganisation, default: A81001}"))
	good := cells{"What": "The fridge was left open overnight.", "Date": "05/03/2026", "Imminent": "No"}
	d := m.Map(row(good))
	require.Equal(t, draft.Ready, d.State, "%v %v", d.Issues, d.Questions)
	assert.False(t, d.Submission.IsZero())
	assert.Contains(t, string(d.Submission.Body()), "fridge")
	assert.Contains(t, fmt.Sprint(d.Questions), "classification.levelOfConcern", "what may be asked stays open")

	change := func(column, cell string) cells {
		c := cells{}
		for k, v := range good {
			c[k] = v
		}
		c[column] = cell
		return c
	}
	for state, c := range map[draft.State]cells{
		draft.NeedsAnswers: change("Imminent", ""),
		draft.Blocked:      change("What", "Patient 999 000 0018 fell."),
		draft.Invalid:      nil,
	} {
		var d prepared
		if c == nil {
			d = m.Map(mapping.Row{Cells: good, Answers: map[string]string{"cake": "1"}})
		} else {
			d = m.Map(row(c))
		}
		assert.Equal(t, state, d.State)
		assert.True(t, d.Submission.IsZero())
	}
}

func TestRequiredQuestionsComeFirst(t *testing.T) {
	d := compile(t, incident("{to: patients, default: 0}", "{to: description, column: What}")).Map(row(nil))
	optional := false
	for _, q := range d.Questions {
		assert.False(t, optional && q.Required, "%s comes after an optional one", q.Target)
		optional = optional || !q.Required
	}
	seen := map[string]bool{}
	for _, q := range d.Questions {
		assert.False(t, seen[q.Target], "%s is asked twice", q.Target)
		seen[q.Target] = true
	}
}

func TestOriginsLeadFromFindingsToColumns(t *testing.T) {
	m := compile(t, incident("{to: description, column: What happened?}"))
	d := m.Map(row(cells{"What happened?": "Patient 999 000 0018 fell."}))
	require.True(t, d.Privacy.HasErrors())
	assert.Equal(t, "column What happened?", d.Origins[d.Privacy[0].Path])
}

func TestPrintingARowShowsNoCells(t *testing.T) {
	r := mapping.Row{Reference: "SECRET", Line: 7, Cells: cells{"A": "SECRET"}, Answers: map[string]string{"a": "SECRET"}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("row", "row", r)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "mapping.Row(line 7)", fmt.Sprintf(verb, r))
		assert.Equal(t, "mapping.Row(line 7)", fmt.Sprintf(verb, &r))
	}
	assert.NotContains(t, log.String(), "SECRET")
}

func TestTheEventOfABlockedRowIsWithheld(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}"))
	for what, withheld := range map[string]bool{"Patient 999 000 0018 fell.": true, "A patient fell.": false} {
		doc, err := json.Marshal(m.Map(row(cells{"What": what})))
		require.NoError(t, err)
		assert.Equal(t, withheld, !strings.Contains(string(doc), "fell"), "%s", doc)
		assert.NotContains(t, string(doc), "999 000 0018")
	}
}
