package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Explain says in plain English what a record states and what is wrong with it. Dates,
// organisations and coded answers are spelled out; of free text only the length is given.
// a is nil for a record that could not be read.
func Explain(w io.Writer, c *lfpse.Codec, r *Record, a *fhir.AdverseEvent) error {
	x := &explainer{c: c}
	x.line("%s:%d", r.Source, r.Line)
	if a == nil {
		x.line("  It cannot be read as an AdverseEvent.")
	} else {
		e, _ := c.Decode(a)
		x.event(&e)
	}
	x.findings(r)
	_, err := io.WriteString(w, printable.Text(x.b.String()))
	return err
}

type explainer struct {
	c *lfpse.Codec
	b strings.Builder
}

func (x *explainer) line(format string, args ...any) {
	fmt.Fprintf(&x.b, format+"\n", args...)
}

var typeNames = map[lfpse.EventType]string{
	lfpse.TypeIncident: "an incident: something went wrong, or nearly did",
	lfpse.TypeRisk:     "a risk: nothing has happened yet",
	lfpse.TypeOutcome:  "an outcome: a patient did badly and the cause is not clear yet",
	lfpse.TypeGoodCare: "good care: something went well",
}

func (x *explainer) event(e *lfpse.Event) {
	kind := typeNames[e.Type]
	if kind == "" {
		kind = "an event whose type is not stated, or not known"
	}
	x.line("  This is %s.", kind)
	switch {
	case e.Date != "":
		x.line("  It happened on %s.", e.Date)
	case e.EstimatedDate.ApproximateDate != "":
		x.line("  It happened in %s; the day is not known.", e.EstimatedDate.ApproximateDate)
	default:
		x.line("  It does not say when it happened.")
	}
	switch n := len(e.Patients); n {
	case 0:
		x.line("  It names no patient.")
	case 1:
		x.line("  It affected one patient.")
	default:
		x.line("  It affected %d patients.", n)
	}
	for target, values := range e.Stated() {
		x.stated(target, values)
	}
}

// stated spells out one answer.
func (x *explainer) stated(target string, values []string) {
	p, err := x.c.Accessor(target)
	if err != nil {
		return
	}
	for i := range values {
		values[i] = x.spell(p, values[i])
	}
	x.line("    %-44s %s", target, strings.Join(values, "; "))
}

func (x *explainer) spell(p *lfpse.Accessor, value string) string {
	if display := p.Display(value); display != "" {
		return display
	}
	f := p.Field()
	switch {
	case f == nil:
		return value
	case strings.HasPrefix(value, lfpse.RawCode) && f.Type == taxonomy.Integer:
		return strings.TrimPrefix(value, lfpse.RawCode) + " (not an age in the national encoding)"
	case f.Type == taxonomy.String:
		return fmt.Sprintf("(%d characters of text)", utf8.RuneCountInString(value))
	case f.Type == taxonomy.Code && f.CodeSystem != "" && len(p.Choices()) > 0:
		return "(a code that is not in the list)" // it may be a text in the wrong place
	}
	return value
}

func (x *explainer) findings(r *Record) {
	heads := []struct {
		severity fhir.Severity
		text     string
	}{{fhir.Error, "Must be put right"}, {fhir.Warning, "Should be looked at"}, {fhir.Information, "Worth knowing"}}
	found := false
	for _, h := range heads {
		headed := false
		for i := range r.Issues {
			issue := &r.Issues[i]
			if issue.Severity != h.severity {
				continue
			}
			if !headed {
				x.line("  %s:", h.text)
				headed, found = true, true
			}
			x.line("    - %s", strings.TrimSpace(issue.Text+" "+issue.Fix))
			x.line("      %s, at %s", issue.Rule, issue.Path)
		}
	}
	if !found {
		x.line("  Nothing is wrong with it as far as the rules known here can tell.")
	}
}
