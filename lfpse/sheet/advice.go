package sheet

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
)

// criteria are those of the grade of harm that a target states; empty for anything else, and
// where there was no harm.
func (m *maker) criteria(target string, values []string) string {
	const grade = "Harm"
	if m.guide == nil || len(values) != 1 || !strings.HasSuffix(target, grade) || values[0] == string(lfpse.PhysicalNone) {
		return ""
	}
	help, _ := m.guide.Help(target)
	text := help.Choice(values[0])
	if text == "" {
		return ""
	}
	if source := "The grades of harm: " + help.Source.String() + "."; !slices.Contains(m.sheet.Sources, source) {
		m.sheet.Sources = append(m.sheet.Sources, source)
	}
	return "This grade means: " + text
}

// advise adds what the guide says about the event.
func (m *maker) advise() {
	advice := m.guide.Advise(m.e)
	for _, n := range advice.Prompts {
		point := Point{Text: n.Text, Source: n.Source.String()}
		for _, f := range n.Facts {
			because := m.label(f.Target)
			if len(f.Says) > 0 {
				because += " (which says: " + strings.Join(f.Says, ", ") + ")"
			}
			point.Because = append(point.Because, because)
		}
		m.sheet.Consider = append(m.sheet.Consider, point)
	}
	for _, n := range advice.Themes {
		m.sheet.Themes = append(m.sheet.Themes, n.Text)
	}
}

// label is what people call a property on this sheet. There need be no number where there is
// one patient only.
func (m *maker) label(target string) string {
	if len(m.e.Patients) == 1 {
		return wording.Name(target)
	}
	return Label(target)
}
