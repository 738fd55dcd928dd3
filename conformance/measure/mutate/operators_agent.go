package main

import (
	"slices"
	"strings"
)

func agentOperators() []operator {
	id := func(r *record, g *group) string {
		return strings.TrimPrefix(strings.TrimSuffix(g.ID, r.tax.Suffix()), "adverse-event-")
	}
	const challenges = "safety-challenges"
	return []operator{
		{"group-without-agent", "A problem group is sent without its agent.", rules("LFPSE-AGENT-GROUP"), everyGroup(
			func(r *record, g *group) bool { return agentsOf[id(r, g)] != "" },
			func(r *record, g *group) {
				agents := r.find("agent")
				for i := range agents.fields {
					if f := &agents.fields[i]; f.Name == "InvolvedAgents" && f.value() == agentsOf[id(r, g)] {
						f.set("10")
					}
				}
			})},
		{"stray-group", "A problem group is added without its agent.", rules("LFPSE-AGENT-GROUP"), both(
			once(func(r *record) bool { return without(r, "11") && r.find("problem-blood") == nil }, func(r *record) { r.open(r.root, "problem-blood", "BloodInvolved", "1") }),
			once(func(r *record) bool { return without(r, "3") && r.find("problem-devices") == nil }, func(r *record) { r.open(r.root, "problem-devices", "DeviceInvolvementFactors", "1") }))},
		{"stray-medicine", "A medicine is sent without the agent.", rules("LFPSE-AGENT-MEDICINE"), once(
			func(r *record) bool { return without(r, "4") },
			func(r *record) { r.open(r.root, "medication-dmd", "VTMString", "Adenosine") },
			func(r *record) {
				r.contain(`{"resourceType":"Medication","id":"m9"}`)
				suspect(r, "m9")
			})},
		{"stray-device", "A device is sent without the agent.", rules("LFPSE-AGENT-DEVICE"), once(
			func(r *record) bool { return without(r, "3") },
			func(r *record) {
				r.contain(`{"resourceType":"Device","id":"d9"}`)
				suspect(r, "d9")
			})},
		{"stray-report", "A report number is sent without its agent.", rules("LFPSE-AGENT-REPORT"), both(
			on("agent", func(r *record, _ *group) bool { return without(r, "11") }, adding("SabreReportNumber", "S-1"), adding("ShotReportNumber", "S-2")),
			on("agent", func(r *record, _ *group) bool { return without(r, "8") }, adding("NhsbtReportNumber", "N-1")))},
		{"none-and-some", "None of the above is answered with something else.", rules("LFPSE-NONE-OF-THE-ABOVE"), both(
			on("agent", func(_ *record, g *group) bool { return !g.has("InvolvedAgents", "10") }, adding("InvolvedAgents", "10")),
			on(challenges, func(_ *record, g *group) bool { return g.has("SafetyChallenges", "6") }, adding("SafetyChallenges", "2")))},
		{"stray-reference", "A safety challenge and its reference do not go together.", rules("LFPSE-CHALLENGE"), both(
			on(challenges, func(_ *record, g *group) bool { return !g.has("SafetyChallenges", "4") }, adding("RadiotherapyIncidentCode", "PRIA24/1")),
			on(challenges, func(_ *record, g *group) bool { return !g.has("SafetyChallenges", "7") }, adding("MarvinReferenceNumber", "M-1"), adding("SafetyChallenges", "7")))},
		{"no-trigger-text", "A radiotherapy incident has no trigger text.", rules("LFPSE-RADIOTHERAPY-TEXT"),
			on("core", func(r *record, _ *group) bool { return r.find(challenges).has("RadiotherapyIncidentCode") }, answering("Description", "Invented."))},
		{"dmd-check-digit", "A dm+d id has another check digit.", rules("LFPSE-DMD-CODE"), everyField(isDMD, func(_ *record, _ *group, f *field) {
			s := f.value().(string)
			f.set(s[:len(s)-1] + string('0'+(s[len(s)-1]-'0'+1)%10))
		})},
		// Verhoeff's check digit sees every transposition of two neighbours; equal
		// ones make no difference.
		{"dmd-transposed", "Two digits of a dm+d id changed places.", rules("LFPSE-DMD-CODE"), everyField(isDMD, func(_ *record, _ *group, f *field) {
			b := []byte(f.value().(string))
			i := slices.IndexFunc(b[1:], func(c byte) bool { return c != b[0] })
			b[i], b[i+1] = b[i+1], b[i]
			f.set(string(b))
		})},
		{"dmd-rounded", "A dm+d id was rounded by a spreadsheet.", rules("LFPSE-DMD-CODE"), everyField(
			func(r *record, g *group, f *field) bool { return isDMD(r, g, f) && len(f.value().(string)) > 15 },
			func(_ *record, _ *group, f *field) {
				s := f.value().(string)
				f.set(s[:15] + strings.Repeat("0", len(s)-15))
			})},
	}
}
