package validate_test

import (
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// otherLists are the lists with a text for other: the group, where it stands in a
// record of its own, the code for other and another one.
var otherLists = []struct {
	rule            string
	group, field    string
	contained       int // -1 for the root
	other, another  string
	besides         bool // another code may stand beside the text
	withoutTextRule bool
}{
	{"LFPSE-OTHER-INSTEAD", "practitioner-details", "ReporterRole", 1, "9", "5", false, false},
	{"LFPSE-OTHER-INSTEAD", "practitioner-details", "ReporterInvolvement", 1, "6", "4", false, false},
	{"LFPSE-OTHER-INSTEAD", "detection-factors", "DetectionPoint", -1, "8", "4", false, false},
	{"LFPSE-OTHER-INSTEAD", "adverse-event-agent", "InvolvedPersonsActions", -1, "5", "1", true, false},
	{"LFPSE-OTHER-INSTEAD", "location-details", "LocationWithinService", 0, "5", "11", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-went-well", "GoodCareDetectionFactor", -1, "6", "1", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-problem-medication", "InvolvedProcesses", -1, "4", "1", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-agent", "BuildingsInfrastructure", -1, "16", "1", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-agent", "EstatesServices", -1, "9", "1", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-problem-buildings-infrastructure", "BuildingsInfrastructure", -1, "16", "1", false, false},
	{"LFPSE-OTHER-WITH", "adverse-event-problem-estates-services", "EstatesServices", -1, "9", "1", false, false},
	{"LFPSE-OTHER-ALONE", "location-details", "Organisation", 0, "A81001", "A81001", false, true},
	{"LFPSE-OTHER-ALONE", "location-details", "ResponsibleSpecialty", 0, "2", "2", false, true},
	{"LFPSE-OTHER-TRIGGER", "practitioner-details", "ReporterType", 1, "5", "3", false, false},
	{"LFPSE-OTHER-TRIGGER", "practitioner-details", "WhyAnonymous", 1, "8", "4", false, false},
	{"LFPSE-OTHER-TRIGGER", "adverse-event-risk-details", "RiskTheme", -1, "8", "1", false, false},
	{"LFPSE-OTHER-TRIGGER", "adverse-event-risk-details", "RiskTimeframe", -1, "4", "1", false, false},
}

// otherFixtures puts each list alone into its group, so that the places are known.
func otherFixtures() []fixture {
	out := []fixture{{
		rule: "LFPSE-OTHER-ALONE", name: "DeviceType", paths: []string{"AdverseEvent.contained[0].extension[0].extension[1]"},
		bad: device, good: device,
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			x := &a.Contained[0].Device.Extension[0]
			x.Extension = append(x.Extension, r4.Extension{Url: "DeviceTypeOther", ValueString: ptr("x")})
		},
	}}
	for _, l := range otherLists {
		at := "AdverseEvent.extension[0]"
		if l.contained >= 0 {
			at = []string{placeGroup, reporterGroup}[l.contained]
		}
		fill := func(code string, withText bool) func(testing.TB, *fhir.AdverseEvent) {
			return func(_ testing.TB, a *fhir.AdverseEvent) {
				g := r4.Extension{Url: "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/" + l.group + "-6"}
				if withText {
					g.Extension = append(g.Extension, r4.Extension{Url: l.field + "Other", ValueString: ptr("x")})
				}
				if code != "" {
					g.Extension = append(g.Extension, r4.Extension{Url: l.field, ValueCode: ptr(code)})
				}
				switch l.contained {
				case 0:
					a.Contained[0].Location.Extension = []r4.Extension{g}
				case 1:
					a.Contained[1].Practitioner.Extension = []r4.Extension{g}
				default:
					a.Extension = []r4.Extension{g}
				}
			}
		}
		text := []string{at + ".extension[0]"}
		add := func(rule, name string, bad, good func(testing.TB, *fhir.AdverseEvent), paths []string) {
			out = append(out, fixture{rule: rule, name: l.group + " " + l.field + " " + name, badTree: bad, goodTree: good, paths: paths})
		}
		switch l.rule {
		case "LFPSE-OTHER-INSTEAD":
			add(l.rule, "with its code", fill(l.other, true), fill("", true), text)
			if l.besides {
				add(l.rule, "beside another code", fill(l.other, true), fill(l.another, true), text)
			} else {
				add(l.rule, "with another code", fill(l.another, true), fill(l.another, false), text)
			}
		case "LFPSE-OTHER-WITH":
			add(l.rule, "without its code", fill("", true), fill(l.other, true), text)
			add(l.rule, "with another code", fill(l.another, true), fill(l.another, false), text)
		default:
			add(l.rule, "with another code", fill(l.another, true), fill("", true), text)
		}
		if !l.withoutTextRule {
			add("LFPSE-OTHER-TEXT", "code alone", fill(l.other, false), fill(l.another, false), []string{at})
		}
	}
	return out
}
