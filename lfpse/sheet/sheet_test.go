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
		s := sheet.New(codec(t), &d.Event, sheet.WithNotes(func(target, value string) string {
			if strings.HasSuffix(target, "physicalHarm") && value == string(lfpse.PhysicalLow) {
				return "Needed no more than a little extra care."
			}
			return ""
		}))
		if d.Event.Type == lfpse.TypeIncident {
			s.Consider = []string{"Consider a Yellow Card: a medicine was involved."}
			s.Receipt = sheet.Receipt{Number: "LFPSE-77", ID: "abc-1", At: time.Date(2026, 2, 4, 9, 5, 0, 0, time.UTC)}
		}
		for ext, write := range map[string]func(*bytes.Buffer) error{
			".txt":  func(b *bytes.Buffer) error { return s.Text(b) },
			".html": func(b *bytes.Buffer) error { return s.HTML(b) },
		} {
			var got bytes.Buffer
			require.NoError(t, write(&got))
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

// Texts cannot put anything into the page.
func TestTextIsText(t *testing.T) {
	e := lfpse.Event{Type: lfpse.TypeRisk, Description: `<script>alert(1)</script> <b onclick="x">`, Date: "2026-02-03"}
	var page bytes.Buffer
	require.NoError(t, sheet.New(codec(t), &e).HTML(&page))
	assert.NotContains(t, page.String(), "<script")
	assert.NotContains(t, page.String(), "<b ")
}
