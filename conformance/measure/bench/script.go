package main

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// The script is what a practice with a programmer would have instead of this
// library: encoding/csv, a map for each row, the same word lists, and
// [naiveEncode]. For the rows it sends it writes the same event as the library
// does. It has no validation, no privacy screen, no trace, no check of references
// that come twice, no character sets, and asks nobody anything: a row it does not
// understand is passed over.

// script reads a log and hands the JSON of every event to send. It returns how
// many rows there were.
func script(log io.Reader, send func(reference string, body []byte) error) (rows int, err error) {
	r := csv.NewReader(log)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return 0, err
	}
	header = slices.Clone(header)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows++
		cells := make(map[string]string, len(header))
		for i, name := range header {
			cells[name] = strings.TrimSpace(record[i])
		}
		body, err := scriptRow(cells)
		if err != nil || body == nil {
			continue
		}
		if err := send(cells["Ref"], body); err != nil {
			return rows, err
		}
	}
}

// scriptRow returns the JSON of the event of one row, nil if it is not to be sent.
func scriptRow(cells map[string]string) ([]byte, error) {
	kind, ok := scriptTypes[strings.ToLower(cells["Category"])]
	if !ok {
		return nil, nil
	}
	day, err := time.Parse("02/01/2006", cells["Date of event"])
	if err != nil {
		return nil, err
	}
	e := lfpse.Event{
		Type: kind, Date: lfpse.DateOf(day), Description: cells["What happened"],
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Outcome:       lfpse.Outcome{ImmediateActions: cells["What was done straight away"]},
		Location: lfpse.Location{
			LocationKnown: code.YesNoUnknownYes, Organisation: []string{"Y99999"},
			LocationWithinService: code.IncidentLocation(word("place", cells["Place"])), ServiceArea: []code.ServiceType{"17"},
		},
		Reporter: lfpse.Reporter{
			ReporterType: "3", ReporterRole: code.StaffType(word("role", cells["Reported by"])),
			ReporterInvolvement: code.ReporterRelationshipToEvent(word("part", cells["Part of the reporter"])), ReporterOrganisation: "Y99999",
		},
	}
	if why := cells["Why it happened"]; why != "" {
		e.Description += "\n\n" + why
	}
	if t, err := time.Parse("15:04", cells["Time"]); err == nil {
		e.EstimatedDate.PreciseTime = lfpse.NewTime(t)
	}
	scriptKind(&e, cells)
	scriptMedicine(&e, cells)
	if cells["Date of birth"] != "" {
		p, err := scriptPatient(day, cells)
		if err != nil || p == nil {
			return nil, err
		}
		e.Patients = []lfpse.Patient{*p}
	}
	return naiveEncode(&e)
}

// scriptKind fills what depends on the kind of event.
func scriptKind(e *lfpse.Event, cells map[string]string) {
	switch e.Type {
	case lfpse.TypeIncident:
		for agent := range strings.SplitSeq(cells["What was involved"], ";") {
			e.Agent.InvolvedAgents = append(e.Agent.InvolvedAgents, code.AgentType(word("agent", agent)))
		}
		e.Process.HealthcareProcess = []code.HealthcareProcess{code.HealthcareProcess(word("step", cells["Step of care"]))}
		e.SafetyChallenges.SafetyChallenges = []code.SafetyChallenges{"6"}
		e.Classification.LevelOfConcern = code.WorryScale(word("concern", cells["Concern"]))
	case lfpse.TypeRisk:
		e.RiskDetails.RiskImminent = code.YesNoUnknown(word("yes-no", cells["Imminent"]))
	case lfpse.TypeGoodCare:
		e.WentWell.HowFutureOccurrence = cells["Learning"]
	}
}

func scriptMedicine(e *lfpse.Event, cells map[string]string) {
	if cells["dm+d code"] == "" {
		return
	}
	e.Medicines = []lfpse.Medicine{{VMPCode: cells["dm+d code"], VMPString: cells["Medicine"]}}
	e.MedicationAdministration = code.YesNoUnknownNo
	e.ProblemMedication = lfpse.ProblemMedication{
		DrugInvolvementFactors:  []code.DrugsInvolved{code.DrugsInvolved(word("problem", cells["Medicine problem"]))},
		ProblemDescriptionDrugs: cells["Medicine remark"],
		InvolvedProcesses:       []code.InvolvedProcesses{code.InvolvedProcesses(word("stage", cells["Stage"]))},
	}
}

// scriptPatient returns nil for a patient whose harm is not graded.
func scriptPatient(day time.Time, cells map[string]string) (*lfpse.Patient, error) {
	birth, err := time.Parse("02/01/2006", cells["Date of birth"])
	if err != nil {
		return nil, err
	}
	p := &lfpse.Patient{
		Age:                 scriptAge(birth, day),
		GenderIdentity:      lfpse.GenderIdentity(word("gender", cells["Gender"])),
		GenderSameAsAtBirth: lfpse.GenderSameAsAtBirth(strings.ToLower(cells["Same as at birth"])),
		PatientEthnicity:    code.Ethnicity(word("ethnicity", cells["Ethnic category"])),
		PhysicalHarm:        lfpse.PhysicalHarm(word("harm", cells["Physical harm"])),
		PsychologicalHarm:   lfpse.PsychologicalHarm(word("harm", cells["Psychological harm"])),
	}
	if p.PhysicalHarm == "" || p.PsychologicalHarm == "" {
		return nil, nil
	}
	return p, nil
}

// scriptAge returns the age in completed units.
func scriptAge(birth, day time.Time) lfpse.Age {
	months := (day.Year()-birth.Year())*12 + int(day.Month()) - int(birth.Month())
	if day.Day() < birth.Day() {
		months--
	}
	switch {
	case months < 1:
		return lfpse.Age{Value: int(day.Sub(birth) / (24 * time.Hour)), Unit: lfpse.Days}
	case months < 12:
		return lfpse.Age{Value: months, Unit: lfpse.Months}
	}
	return lfpse.Age{Value: months / 12, Unit: lfpse.Years}
}

func word(list, text string) string { return words[list][strings.ToLower(strings.TrimSpace(text))] }

var (
	scriptTypes = map[string]lfpse.EventType{"significant event": "incident", "near miss": "incident", "risk": "risk", "good care": "good-care"}
	words       = map[string]map[string]string{
		"place":     {"surgery": "11", "patient's home": "2", "care home": "3", "pharmacy": "12", "telephone": "8"},
		"role":      {"gp": "4", "practice nurse": "5", "receptionist": "6", "hca": "1", "practice manager": "6", "paramedic": "1", "locum gp": "4", "dispenser": "1"},
		"part":      {"saw it": "1", "was told": "2", "found in audit": "3", "gave the care": "4"},
		"agent":     {"medicine": "4", "it system": "9", "nothing of these": "10"},
		"step":      {"tests": "3", "decision": "4", "prescribing": "5", "treatment": "6", "follow-up": "7", "referral": "8"},
		"concern":   {"very": "5", "fairly": "4", "not very": "3", "not at all": "1"},
		"yes-no":    {"yes": "y", "no": "n", "unknown": "u"},
		"problem":   {"too much": "1", "too little": "2", "wrong way": "3", "packaging": "4"},
		"stage":     {"prescribing": "1", "dispensing": "2", "giving": "3"},
		"gender":    {"f": "female", "m": "male", "female": "female", "male": "male", "not stated": "not-stated"},
		"ethnicity": {"a": "11", "british": "11", "white - irish": "12", "indian": "31", "caribbean": "42", "z": "52", "not stated": "52", "white and asian": "23"},
		"harm":      {"none": "none", "no harm": "none", "low": "low", "low harm": "low", "moderate": "moderate"},
	}
)
