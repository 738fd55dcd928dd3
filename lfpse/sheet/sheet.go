// Package sheet renders a safety event as one page for people: for a significant-event
// meeting, an appraisal folder or an inspection.
//
// It speaks of what happened in the labels of people, not in those of the taxonomy, and
// spells out coded answers. With a guide, see [WithGuide], it has the criteria of the grades
// of harm, what to consider, and what the event is about. The page holds the narrative, so it is as confidential as the
// log: it stays in the practice. [Sheet.Div] is the exception: it is the text of a FHIR
// resource, and holds no free text.
package sheet

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Sheet is an event as people read it. It is plain data. Printing or logging it shows its
// type only.
type Sheet struct {
	Title    string // such as "Incident on 3 February 2026"
	Sections []Section
	// Consider are things that somebody may have to do because of the event.
	Consider []Point
	Themes   []string // what the event is about, for learning
	// Sources are those of the notes, such as the criteria of the grades of harm.
	Sources []string
	Receipt Receipt
}

// Section is a part of a sheet. One without lines is left out.
type Section struct {
	Heading string
	Lines   []Line
}

// Point is something to consider.
type Point struct {
	Text    string
	Because []string // what in the event raised it, in the labels of the sheet
	Source  string
}

// Line is the answer to one question.
type Line struct {
	Label  string
	Values []string
	Note   string // explains the answer, such as the criteria of a grade of harm
	Text   bool   // somebody wrote the answer: it is neither from a list nor a number or a time
}

// Receipt says what the service has confirmed, as far as the event or the caller says it. The
// zero value stands for an event that was not recorded.
type Receipt struct {
	Number, ID string
	At         time.Time
}

// Format prints the name of the type, for every verb.
func (Sheet) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sheet.Sheet") }

// LogValue logs the name of the type.
func (Sheet) LogValue() slog.Value { return slog.StringValue("sheet.Sheet") }

// Format prints the name of the type, for every verb.
func (Section) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sheet.Section") }

// LogValue logs the name of the type.
func (Section) LogValue() slog.Value { return slog.StringValue("sheet.Section") }

// Format prints the name of the type, for every verb.
func (Line) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sheet.Line") }

// LogValue logs the name of the type.
func (Line) LogValue() slog.Value { return slog.StringValue("sheet.Line") }

// Option changes how a sheet is made.
type Option func(*maker)

// WithGuide adds what a guide says about the event: the criteria of the grades of harm, what
// to consider, and the themes.
func WithGuide(g *interview.Guide) Option { return func(m *maker) { m.guide = g } }

type maker struct {
	c     *lfpse.Codec
	e     *lfpse.Event
	guide *interview.Guide // may be nil
	sheet Sheet
}

// New renders an event by the taxonomy of a codec. Everything that the event states is on
// the sheet; what it does not state is not, except for the harm to a patient.
func New(c *lfpse.Codec, e *lfpse.Event, opts ...Option) Sheet {
	m := &maker{c: c, e: e}
	for _, set := range opts {
		set(m)
	}
	m.sheet.Title = title(e)
	m.sheet.Receipt = Receipt{Number: e.ReferenceMetadata.ReferenceNumber, ID: e.ID}
	for target, values := range e.Stated() {
		if !told[target] && (target != approximate || e.Date != "") {
			m.add(target, values)
		}
	}
	m.extra()
	m.ungraded()
	slices.SortStableFunc(m.sheet.Sections, func(a, b Section) int { return cmp.Compare(place(a.Heading), place(b.Heading)) })
	if m.guide != nil {
		m.advise()
	}
	return m.sheet
}

// told are told by the title and the receipt. The title also tells the month of an event
// of which the day is not known.
var told = map[string]bool{"type": true, "date": true, "id": true, "referenceMetadata.referenceNumber": true}

const approximate = "estimatedDate.approximateDate"

func title(e *lfpse.Event) string {
	kind := kinds[e.Type]
	if kind == "" {
		kind = "Event of a type that is not stated"
	}
	switch {
	case e.Date != "":
		return kind + " on " + day(string(e.Date))
	case e.EstimatedDate.ApproximateDate != "":
		return kind + " in " + day(string(e.EstimatedDate.ApproximateDate))
	}
	return kind + " on a day that is not stated"
}

// day writes 2026-02-03 as 3 February 2026, and 2026-02 as February 2026.
func day(text string) string {
	for layout, plain := range map[string]string{time.DateOnly: "2 January 2006", "2006-01": "January 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(plain)
		}
	}
	return text
}

// add puts what the event states about one property into the section that it belongs to.
func (m *maker) add(target string, values []string) {
	p, err := m.c.Accessor(target)
	if err != nil {
		return // what an event states has a target
	}
	line := Line{Label: wording.Name(target)}
	f := p.Field()
	line.Text = f == nil || f.Type == taxonomy.String || f.Type == taxonomy.Code && len(p.Choices()) == 0
	for _, v := range values {
		line.Values = append(line.Values, m.spell(p, v))
	}
	line.Note = m.criteria(target, values)
	s := m.section(heading(target, len(m.e.Patients)))
	s.Lines = append(s.Lines, line)
}

// section returns the section with a heading.
func (m *maker) section(heading string) *Section {
	for i := range m.sheet.Sections {
		if m.sheet.Sections[i].Heading == heading {
			return &m.sheet.Sections[i]
		}
	}
	m.sheet.Sections = append(m.sheet.Sections, Section{Heading: heading})
	return &m.sheet.Sections[len(m.sheet.Sections)-1]
}

// A list puts these words into the mouth of whoever answers. On a sheet nobody speaks, and
// nothing stands above.
const (
	noneAbove = "None of the above"
	iDontKnow = "I don't know"
)

// spell writes a value as people say it.
func (m *maker) spell(p *lfpse.Accessor, value string) string {
	switch display := p.Display(value); {
	case display == noneAbove:
		return "None of those that LFPSE lists"
	case display == iDontKnow:
		return "Not known"
	case display != "":
		return display
	case p.Field() == nil:
		return value
	case len(p.Choices()) > 0:
		return "a code that is not in the list" // it may be a text in the wrong place
	}
	if clock, err := time.Parse(time.TimeOnly, value); err == nil {
		return clock.Format("15:04")
	}
	return day(value)
}

// extra adds what the event states for fields that have no property.
func (m *maker) extra() {
	for _, x := range m.e.Extra {
		s := m.section("Also stated")
		s.Lines = append(s.Lines, Line{Label: wording.Words(x.Field), Values: []string{x.Value}, Text: true})
	}
}

// ungraded says of each patient whose harm nobody has graded that it is so: silence might
// be read as no harm.
func (m *maker) ungraded() {
	if m.e.Type != lfpse.TypeIncident {
		return
	}
	for i := range m.e.Patients {
		patient := &m.e.Patients[i]
		prefix := fmt.Sprintf("patients[%d].", i)
		s := m.section(heading(prefix+"physicalHarm", len(m.e.Patients)))
		for _, harm := range []struct{ target, grade string }{
			{"physicalHarm", string(patient.PhysicalHarm)}, {"psychologicalHarm", string(patient.PsychologicalHarm)},
		} {
			if harm.grade == "" && (harm.target != "psychologicalHarm" || patient.PhysicalHarm != lfpse.PhysicalFatal) {
				s.Lines = append(s.Lines, Line{Label: wording.Name(prefix + harm.target), Values: []string{"not graded yet"}})
			}
		}
	}
	if len(m.e.Patients) == 0 {
		value := "None is named"
		if m.e.RiskDetails.RiskImminent != "" { // which is asked of an incident that affected nobody
			value = "Nobody"
		}
		s := m.section(nobody)
		s.Lines = append(s.Lines, Line{Label: "Patients affected", Values: []string{value}})
	}
}
