package sheet_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

var update = flag.Bool("update", false, "write the golden files anew")

func codec(tb testing.TB) *lfpse.Codec {
	tax, err := taxonomy.Embedded("6")
	require.NoError(tb, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(tb, err)
	return c
}

func guide(tb testing.TB) *interview.Guide {
	g, err := interview.New(codec(tb), nil)
	require.NoError(tb, err)
	return g
}

// One event of each type, as text and as a page.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.Len(t, names, 4)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		d := draft.FromEvent("1", 1, data)
		require.Empty(t, d.Found, name)
		require.Empty(t, d.Reason, name)
		s := sheet.New(codec(t), &d.Event, sheet.WithGuide(guide(t)))
		if d.Event.Type == lfpse.TypeIncident {
			s.Receipt = sheet.Receipt{Number: "LFPSE-77", ID: "abc-1", At: time.Date(2026, 2, 4, 9, 5, 0, 0, time.UTC)}
		}
		for ext, write := range map[string]func(*bytes.Buffer) error{
			".txt":  func(b *bytes.Buffer) error { return s.Text(b) },
			".html": func(b *bytes.Buffer) error { return s.HTML(b) },
		} {
			var got bytes.Buffer
			require.NoError(t, write(&got))
			assert.NotRegexp(t, `[a-z]\.[a-z]+[A-Z]|\[[0-9]+\]`, got.String(), "%s: no path of a machine", name)
			golden := strings.TrimSuffix(name, ".json") + ext
			if *update {
				require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got.String(), golden)
		}
	}
}

// full is an event that states every property, texts with the same words.
func full(t *testing.T, c *lfpse.Codec, text string) (e lfpse.Event, stated int) {
	for _, target := range lfpse.Targets() {
		p, err := c.Accessor(target)
		require.NoError(t, err)
		value := text
		if choices := p.Choices(); len(choices) > 0 {
			value = choices[0].Value
		} else if v, err := p.Parse(text); err == nil {
			value = v
		} else if v, err := p.Parse("y"); err == nil {
			value = v
		} else {
			continue
		}
		p.Put(&e, value)
		stated++
	}
	e.Date, e.Patients[0].Age = "2026-02-03", lfpse.Age{}
	return e, stated
}

// Everything that an event states is on its sheet, in a section with a heading and in
// words; and the text of a FHIR resource holds none of the free text.
func TestNothingIsLeftOut(t *testing.T) {
	const canary = "zyxwombat"
	c := codec(t)
	e, stated := full(t, c, canary)
	require.Greater(t, stated, 100)
	s := sheet.New(c, &e)
	lines := 0
	for _, section := range s.Sections {
		assert.NotEmpty(t, section.Heading)
		for _, l := range section.Lines {
			lines += len(l.Values)
			assert.NotEmpty(t, l.Label)
			assert.NotContains(t, l.Label, ".")
		}
	}
	n := 0
	for target, values := range e.Stated() {
		if !slices.Contains([]string{"type", "date", "id", "referenceMetadata.referenceNumber"}, target) { // in title and receipt
			n += len(values)
		}
	}
	assert.Equal(t, n, lines)
	assert.Equal(t, sheet.Receipt{Number: canary, ID: canary}, s.Receipt)
	var page bytes.Buffer
	require.NoError(t, s.HTML(&page))
	assert.Contains(t, page.String(), canary)
	div, err := s.Div()
	require.NoError(t, err)
	assert.NotContains(t, div, canary)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", s, s.Sections, s.Sections[0].Lines), canary)
}

// A grade comes with its criteria, a prompt with what raised it and its source; where there
// was no harm, or no guide, nothing is explained.
func TestWhatAGuideSays(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalNone}, {PhysicalHarm: lfpse.PhysicalFatal}}}
	s := sheet.New(codec(t), &e, sheet.WithGuide(guide(t)))
	notes := []string{}
	for _, section := range s.Sections {
		for _, l := range section.Lines {
			assert.False(t, section.Heading == "Patient 2 of 2" && l.Label == "Psychological harm", "it is not asked of somebody who died")
			if l.Note != "" {
				notes = append(notes, section.Heading+", "+l.Label+": "+l.Note)
			}
		}
	}
	assert.Equal(t, []string{"Patient 2 of 2, Physical harm: This grade means: The patient has died, and the event may have contributed. How likely that is, is a question of its own."}, notes)
	require.Len(t, s.Sources, 1)
	assert.Contains(t, s.Sources[0], "not checked against NHS England's page")
	require.NotEmpty(t, s.Consider)
	for _, p := range s.Consider {
		assert.Equal(t, []string{"Physical harm of patient 2"}, p.Because)
		assert.NotEmpty(t, p.Source)
	}
	plain := sheet.New(codec(t), &e)
	assert.Empty(t, plain.Consider)
	assert.Empty(t, plain.Sources)
	assert.Equal(t, s.Title, plain.Title)
}

// Texts cannot put anything into the page.
func TestTextIsText(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeRisk, Description: `<script>alert(1)</script> <b onclick="x">`, Date: "2026-02-03"}
	var page bytes.Buffer
	require.NoError(t, sheet.New(codec(t), &e).HTML(&page))
	assert.NotContains(t, page.String(), "<script")
	assert.NotContains(t, page.String(), "<b ")
}
