package sheet

import (
	"html/template"
	"io"
	"strings"
	"unicode/utf8"

	_ "embed"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

const width = 80

// Text writes the sheet as plain text, 80 columns wide.
func (s Sheet) Text(w io.Writer) error {
	var b strings.Builder
	b.WriteString(s.Title + "\n" + strings.Repeat("=", utf8.RuneCountInString(s.Title)) + "\n")
	for _, section := range s.Sections {
		b.WriteString("\n" + section.Heading + "\n")
		for _, l := range section.Lines {
			b.WriteString(wrap("  "+l.Label+": ", strings.Join(l.Values, "; ")))
			if l.Note != "" {
				b.WriteString(wrap("      ", l.Note))
			}
		}
	}
	if len(s.Consider) > 0 {
		b.WriteString("\nTo consider\n")
		for _, p := range s.Consider {
			b.WriteString(wrap("  - ", p.Text))
			b.WriteString(wrap("      ", "Why: "+strings.Join(p.Because, "; ")+"."))
			b.WriteString(wrap("      ", "Source: "+p.Source+"."))
		}
	}
	if len(s.Themes) > 0 {
		b.WriteString("\nThemes for learning\n" + wrap("  ", strings.Join(s.Themes, ", ")))
	}
	b.WriteString("\nLFPSE\n" + wrap("  ", s.Receipt.String()))
	if len(s.Sources) > 0 {
		b.WriteString("\nWhere the explanations come from\n")
		for _, source := range s.Sources {
			b.WriteString(wrap("  ", source))
		}
	}
	b.WriteString("\n" + wrap("", Confidential))
	_, err := io.WriteString(w, printable.Text(b.String()))
	return err
}

// Confidential stands at the end of a sheet.
const Confidential = "This page holds the description as it was written. Keep it in the practice, and read it for names before you show it to anybody."

// String says what the service has confirmed.
func (r Receipt) String() string {
	if r.ID == "" {
		return "Not recorded nationally, as far as this page knows."
	}
	if r.At.IsZero() && r.Number == "" {
		return "It has the id " + r.ID + ". Whether it is recorded nationally, this page does not know."
	}
	text := "Recorded"
	if !r.At.IsZero() {
		text += " on " + r.At.UTC().Format("2 January 2006 at 15:04 UTC")
	}
	if r.Number != "" {
		text += ", reference " + r.Number
	}
	return text + ", id " + r.ID + "."
}

// wrap breaks a text into lines that begin below the end of its head, or where that would
// be far to the right, at a small indent.
func wrap(head, text string) string {
	var b strings.Builder
	indent := strings.Repeat(" ", min(utf8.RuneCountInString(head), 6))
	for i, paragraph := range strings.Split(text, "\n") {
		line := head
		if i > 0 {
			line = indent
		}
		for word := range strings.FieldsSeq(paragraph) {
			if utf8.RuneCountInString(line)+utf8.RuneCountInString(word) > width && strings.TrimSpace(line) != "" {
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				line = indent
			}
			line += word + " "
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

//go:embed sheet.html
var page string

var pages = template.Must(template.New("sheet").Funcs(template.FuncMap{
	"lines":        func(text string) []string { return strings.Split(text, "\n") },
	"confidential": func() string { return Confidential },
}).Parse(page))

// HTML writes the sheet as a page of its own, which asks nobody for anything, holds no
// script, and prints on paper as it stands.
func (s Sheet) HTML(w io.Writer) error { return pages.ExecuteTemplate(w, "sheet", s) }

// Div returns the text of a FHIR resource, an XHTML div: the answers from lists, and no
// free text.
func (s Sheet) Div() (string, error) {
	plain := Sheet{Title: s.Title}
	for _, section := range s.Sections {
		kept := Section{Heading: section.Heading}
		for _, l := range section.Lines {
			if l.Note = ""; !l.Text {
				kept.Lines = append(kept.Lines, l)
			}
		}
		if len(kept.Lines) > 0 {
			plain.Sections = append(plain.Sections, kept)
		}
	}
	var b strings.Builder
	err := pages.ExecuteTemplate(&b, "div", plain)
	return b.String(), err
}
