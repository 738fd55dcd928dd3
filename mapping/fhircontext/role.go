package fhircontext

import (
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// reporterRoles returns the roles that may be the reporter's: those of the recorder
// of an AdverseEvent, else all of the record.
func (l *loader) reporterRoles() []element {
	for event := range l.all("AdverseEvent") {
		recorder, ok := event.object("recorder").follow()
		switch {
		case ok && recorder.ResourceType() == "PractitionerRole":
			return []element{recorder}
		case ok && recorder.ResourceType() == "Practitioner":
			return l.rolesOf(recorder)
		}
	}
	var all []element
	for role := range l.all("PractitionerRole") {
		all = append(all, role.element)
	}
	return all
}

func (l *loader) rolesOf(practitioner element) []element {
	var own []element
	for role := range l.all("PractitionerRole") {
		if p, ok := role.object("practitioner").follow("Practitioner"); ok && p.Node == practitioner.Node {
			own = append(own, role.element)
		}
	}
	return own
}

// reporterRole maps the reporter's role. Several roles are one question unless all
// mean the same kind of staff: that a person prescribed does not make them the one
// who reports.
func (l *loader) reporterRole(roles []element) Fact {
	var answers []Fact
	for _, role := range roles {
		if answer := l.staffType(role); answer.Status != Absent {
			answers = append(answers, answer)
		}
	}
	if len(answers) == 0 {
		return Fact{}
	}
	merged := answers[0]
	for _, a := range answers[1:] {
		merged = mergeRoles(merged, a)
	}
	if merged.Status == Ask {
		l.report(fhir.Warning, "CONTEXT-ROLE", merged.Source.Path, merged.Source.Note, "Choose the reporter's kind of staff, or decide the role once for all in the table of roles.")
	}
	return merged
}

func mergeRoles(a, b Fact) Fact {
	if a.Status == Known && b.Status == Known && a.Value == b.Value {
		return a
	}
	merged := Fact{Status: Ask, Source: Source{Path: a.Source.Path, Note: "The record has several job roles; which one is the reporter's?"}}
	for _, f := range []Fact{a, b} {
		answers := f.Candidates
		if f.Status == Known {
			answers = []string{f.Value}
		}
		for _, answer := range answers {
			if !slices.Contains(merged.Candidates, answer) {
				merged.Candidates = append(merged.Candidates, answer)
			}
		}
	}
	return merged
}

// staffType maps the codes of one role. Codes that are known decide over those that
// are not; a plain job title counts only where there is no code at all.
func (l *loader) staffType(role element) Fact {
	var known, asked, titles []Fact
	for n := range role.list("code").Children() {
		concept := element{n, l}
		coded := false
		for n := range concept.list("coding").Children() {
			coding := element{n, l}
			code := coding.text("code")
			if code == "" {
				continue
			}
			coded = true
			if f := l.mapRole(roleKey(coding.text("system"), code), coding.Node); f.Status == Known {
				known = append(known, f)
			} else {
				asked = append(asked, f)
			}
		}
		if title := conceptText(concept); !coded && title != "" {
			titles = append(titles, l.mapRole(foldRole(title), concept.Node))
		}
	}
	for _, level := range [][]Fact{known, asked, titles} {
		if len(level) == 0 {
			continue
		}
		merged := level[0]
		for _, f := range level[1:] {
			merged = mergeRoles(merged, f)
		}
		return merged
	}
	return Fact{}
}

// roleKey brings a code into the form of the tables: of S0030:G0100:R0620, which is
// staff group, sub-group and role, the last part. A numeric code means nothing
// without its list, so the list is part of the key.
func roleKey(system, code string) string {
	if i := strings.LastIndexByte(code, ':'); i >= 0 {
		code = code[i+1:]
	}
	switch {
	case system == snomedSystem, strings.Contains(system, "JobRoleCode"), isSDSRole(code):
		return foldRole(code)
	}
	return ""
}

// isSDSRole reports the form R0260.
func isSDSRole(code string) bool {
	if len(code) != 5 || code[0] != 'R' {
		return false
	}
	return strings.Trim(code[1:], "0123456789") == ""
}

func foldRole(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// mapRole looks a key up, in the caller's table first.
func (l *loader) mapRole(key string, from fhir.Node) Fact {
	source := func(note string) Source { return Source{Path: from.Path(), Note: note} }
	if value, ok := l.roles[key]; ok && key != "" {
		return Fact{Status: Known, Value: value, Source: source("Decided by the caller's table of roles.")}
	}
	if value, ok := staffTypes[key]; ok {
		return Fact{Status: Known, Value: value, Source: source("Job role mapped by the built-in table.")}
	}
	if candidates, ok := ambiguousRoles[key]; ok {
		return Fact{Status: Ask, Candidates: slices.Clone(candidates), Source: source("The job role fits more than one kind of staff, or is too broad to tell.")}
	}
	return Fact{Status: Ask, Source: source("The job role is not in the table of roles.")}
}

// ownRoles checks the caller's table and folds its keys.
func ownRoles(table map[string]string) (map[string]string, fhir.Issues) {
	own := make(map[string]string, len(table))
	for _, key := range slices.Sorted(maps.Keys(table)) {
		value := table[key]
		if len(value) != 1 || value[0] < '1' || value[0] > '9' || foldRole(key) == "" {
			return nil, fhir.Issues{{Severity: fhir.Error, Rule: "CONTEXT-OPTION", Path: "$this", Offset: -1,
				Text: "The table of roles has an empty role, or an answer that is not a code of the staff-type list.", Fix: "Use the codes 1 to 9."}}
		}
		own[foldRole(key)] = value
	}
	return own, nil
}

// staffTypes maps job roles to the LFPSE staff-type list: SDS job roles, job role
// codes, SNOMED CT occupations and plain titles, all in lower case. It goes role by
// role and never by numeric range: R0243 (social care worker) and R0247 (clerk) lie
// between doctors. A role that is not here is asked.
var staffTypes = map[string]string{
	// 4, doctor or dentist.
	"r0260": "4", // general medical practitioner
	"r0270": "4", // salaried general practitioner
	"r6200": "4", // GP registrar
	"r6300": "4", // sessional GP
	"r0050": "4", // consultant
	"r0110": "4", // specialist registrar
	"r0250": "4",
	"01025": "4", // general medical practitioner
	"01005": "4", // consultant

	"62247001":             "4", // family medicine specialist, in the UK general practitioner
	"general practitioner": "4", "gp": "4", "salaried gp": "4", "locum gp": "4", "gp partner": "4", "gp registrar": "4",

	// 5, nurse or midwife.
	"r0570": "5", "r0600": "5", "r0620": "5", "r0630": "5", "r0690": "5", "r0700": "5",
	"r0680": "5", // midwife
	"r8001": "5", // nurse access role

	"nurse": "5", "practice nurse": "5", "community nurse": "5", "district nurse": "5", "midwife": "5",

	// 3, allied health professional.
	"r1110": "3", // physiotherapist
	"r0790": "3", // dietitian
	"r0950": "3", // occupational therapist
	"r0750": "3", // podiatrist

	"physiotherapist": "3", "dietitian": "3", "occupational therapist": "3", "podiatrist": "3",

	// 1, additional clinical services, which names ambulance and pharmacy.
	"r1480": "1", // health care assistant
	"r1450": "1",
	"r1590": "1", // phlebotomist
	"r1380": "1", // pharmacy technician
	"r0011": "1", // dispenser
	"r1070": "1", // paramedic

	"health care assistant": "1", "healthcare assistant": "1", "phlebotomist": "1", "pharmacy technician": "1", "dispenser": "1", "paramedic": "1",

	// 6, administrative and clerical.
	"r1730": "6", // receptionist
	"r1720": "6", // clerk
	"r1760": "6", // medical secretary
	"r1780": "6", // manager
	"r8009": "6", "r8010": "6",

	"receptionist": "6", "practice manager": "6", "medical secretary": "6",
}

// ambiguousRoles are known and still asked, with the answers that come into
// question where the role narrows them down.
var ambiguousRoles = map[string][]string{
	// Staff records count pharmacists with scientific staff (2); the label of 1
	// says "including pharmacy".
	"r1290": {"2", "1"}, "pharmacist": {"2", "1"},
	"r1547": nil, // associate practitioner, general practice
	"r8000": nil, // access roles: what a person may do, not what they are
	"r8003": nil,
}
