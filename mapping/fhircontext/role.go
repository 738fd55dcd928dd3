package fhircontext

import (
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// reporterRoles returns the roles that may be the reporter's: those of the recorder
// of an AdverseEvent, else all of the record.
func (l *loader) reporterRoles() []resource {
	roles := l.all("PractitionerRole")
	for _, event := range l.all("AdverseEvent") {
		recorder, ok := l.follow(event.object("recorder"))
		switch {
		case ok && recorder.typeName == "PractitionerRole":
			return []resource{recorder}
		case ok && recorder.typeName == "Practitioner":
			return l.rolesOf(recorder, roles)
		}
	}
	return roles
}

func (l *loader) rolesOf(person resource, roles []resource) []resource {
	var own []resource
	for _, role := range roles {
		if p, ok := l.follow(role.object("practitioner"), "Practitioner"); ok && p.path == person.path {
			own = append(own, role)
		}
	}
	return own
}

// reporterRole maps the reporter's role. Several roles are one question unless all
// mean the same kind of staff: that a person prescribed does not make them the one
// who reports.
func (l *loader) reporterRole(roles []resource) Fact {
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
		if f.Status == Known {
			merged.Candidates = appendNew(merged.Candidates, f.Value)
		}
		for _, c := range f.Candidates {
			merged.Candidates = appendNew(merged.Candidates, c)
		}
	}
	return merged
}

// staffType maps the codes of one role. Codes that are known decide over those that
// are not; a plain job title counts only where there is no code at all.
func (l *loader) staffType(role resource) Fact {
	var known, asked, titles []Fact
	for _, concept := range role.objects("code") {
		coded := false
		for _, coding := range concept.objects("coding") {
			code := coding.text("code")
			if code == "" {
				continue
			}
			coded = true
			if f := l.mapRole(roleKey(coding.text("system"), code), coding.path); f.Status == Known {
				known = append(known, f)
			} else {
				asked = append(asked, f)
			}
		}
		if title := conceptText(concept); !coded && title != "" {
			titles = append(titles, l.mapRole(foldRole(title), concept.path))
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
func (l *loader) mapRole(key, path string) Fact {
	if value, ok := l.roles[key]; ok && key != "" {
		return Fact{Status: Known, Value: value, Source: Source{Path: path, Note: "Decided by the caller's table of roles."}}
	}
	if value, ok := staffTypes[key]; ok {
		return Fact{Status: Known, Value: value, Source: Source{Path: path, Note: "Job role mapped by the built-in table."}}
	}
	if candidates, ok := ambiguousRoles[key]; ok {
		return Fact{Status: Ask, Candidates: slices.Clone(candidates), Source: Source{Path: path, Note: "The job role fits more than one kind of staff, or is too broad to tell."}}
	}
	return Fact{Status: Ask, Source: Source{Path: path, Note: "The job role is not in the table of roles."}}
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
