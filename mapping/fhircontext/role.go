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
	for concept := range role.list("code") {
		coded := false
		for coding := range concept.list("coding") {
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
	case hl7RoleSystems[plainSystem(system)]:
		return "hl7 " + foldRole(code)
	}
	return ""
}

// hl7RoleSystems are the code systems of HL7's own example list of roles.
var hl7RoleSystems = map[string]bool{
	"terminology.hl7.org/codesystem/practitioner-role": true,
	"hl7.org/fhir/practitioner-role":                   true,
}

// isSDSRole reports the form R0260.
func isSDSRole(code string) bool {
	if len(code) != 5 || code[0] != 'R' && code[0] != 'r' {
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

// staffTypes maps job roles to the LFPSE staff-type list, see [roleTable].
var staffTypes = tableOf(roleTable)

// roleTable has, by code of the LFPSE staff-type list, the SDS job roles, job role codes,
// codes of HL7's list, SNOMED CT occupations and plain titles, all in lower case, with a
// semicolon between them. It goes role by role and never by numeric range: R0243 (social
// care worker) and R0247 (clerk) lie between doctors. A role that is not here is asked.
// Source: NHS England, SDS role groups; UK Core and HL7 code systems.
var roleTable = map[string]string{
	// Doctor or dentist: R0260 general medical practitioner, R0261 assistant, R0262
	// locum, R0263 deputising doctor, R0270 salaried, R6200 registrar, R6300 sessional
	// GP, hospital and community grades, R1981 psychiatrist, R0014 radiologist, dentists
	// from R0250.
	"4": `r0260; r0261; r0262; r0263; r0270; r6200; r6300; r0050; r0055; r0070; r0080; r0100; r0110; r0120; r0130; r0140; r0150; r0160;
		r0170; r0180; r0190; r0200; r0215; r0220; r0230; r0010; r0020; r0014; r1981; r0250; r0280; r0290; r0295; r0300; r0310; r0320;
		01025; 01005; hl7 doctor; hl7 dentist; 62247001; 309343006; 158965000; 106289002;
		general practitioner; gp; salaried gp; locum gp; gp partner; gp registrar; doctor; dentist; consultant; physician`,
	// Nurse or midwife.
	"5": `r0560; r0570; r0580; r0590; r0600; r0610; r0620; r0630; r0690; r0700; r1974; r1975; r8001; r8002;
		r0640; r0650; r0660; r0670; r0680; hl7 nurse; 106292003; 224535009; 224571005; 309453006;
		nurse; practice nurse; community nurse; district nurse; midwife; staff nurse; nurse practitioner; advanced nurse practitioner; health visitor`,
	// Allied health professional: podiatrists, dietitians, occupational, speech and
	// language, art, drama and music therapists, orthoptists, orthotists,
	// physiotherapists, prosthetists, radiographers, osteopaths.
	"3": `r0750; r0760; r0770; r0780; r0790; r0800; r0810; r0820; r0950; r0955; r0960; r0965; r0970; r0975; r0980; r0985;
		r0710; r0720; r0730; r0740; r0830; r0840; r0850; r0860; r0910; r0920; r0930; r0940; r0990; r1000; r1010; r1020; r1030; r1040; r1050; r1060;
		r1110; r1120; r1130; r1140; r1150; r1160; r1170; r1180; r0012; r0016; r1190; r1200; r1210; r1220; r1230; r1240; r1250; r1260; r1390;
		hl7 physio; hl7 speech; 36682004; 159033005; 80546007; 159034004; 159026005;
		physiotherapist; dietitian; occupational therapist; podiatrist; chiropodist; speech and language therapist; radiographer`,
	// Additional clinical services, which names ambulance and pharmacy: R1480 health
	// care assistant, R1450 support worker, R1590 phlebotomist, R1380 and R5220 pharmacy
	// technician, R0011 dispenser, R1070 paramedic and their grades.
	"1": `r1480; r1450; r1590; r1380; r5220; r5230; r1979; r0011; r1070; r1080; r1090; r1100; r1570; 397897005;
		health care assistant; healthcare assistant; phlebotomist; pharmacy technician; dispenser; paramedic`,
	// Additional professional, scientific, technical, including social care: R1330
	// social worker, R1310 psychologist, R1300 psychotherapist, healthcare scientists.
	"2": `r1300; r1310; r1330; r1340; r1400; r1410; r1420; social worker; clinical psychologist; biomedical scientist`,
	// Administrative and clerical: R1730 receptionist, R1720 clerk, R1760 medical
	// secretary, R1780 manager.
	"6": `r1730; r1720; r1760; r1780; r8009; r8010; 224608005; receptionist; practice manager; medical secretary`,
}

// ambiguousRoles are known and still asked, with the answers that come into
// question where the role narrows them down.
var ambiguousRoles = map[string][]string{
	// Staff records count pharmacists with scientific staff (2); the label of 1
	// says "including pharmacy".
	"r1290": {"2", "1"}, "pharmacist": {"2", "1"}, "hl7 pharmacist": {"2", "1"}, "46255001": {"2", "1"},
	"r1547":          nil, // associate practitioner, general practice
	"r8000":          nil, // access roles: what a person may do, not what they are
	"r8003":          nil,
	"hl7 researcher": nil, "hl7 teacher": nil, "hl7 ict": nil,
}

// tableOf returns the answer for each role of a table.
func tableOf(table map[string]string) map[string]string {
	answers := map[string]string{}
	for answer, roles := range table {
		for role := range strings.SplitSeq(roles, ";") {
			answers[foldRole(role)] = answer
		}
	}
	return answers
}
