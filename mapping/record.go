package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// fromContext reports whether the patient's record gives the field a value or a question.
func (r *rowMapper) fromContext(f *field, t *target) bool {
	c := r.context
	if c == nil || f.Context == "" {
		return false
	}
	switch f.Context {
	case "age":
		return r.ageOf(f, c, t)
	case "gender":
		// An identity that is recorded counts, even where a person has to read it.
		if c.GenderIdentity.Status != fhircontext.Absent {
			return r.fact(f, t, c.GenderIdentity, c.GenderIdentity.Value)
		}
		return r.fact(f, t, c.Gender, genderName(c.Gender.Value))
	case "gender-identity":
		return r.fact(f, t, c.GenderIdentity, c.GenderIdentity.Value)
	case "ethnicity":
		return r.fact(f, t, c.Ethnicity, c.Ethnicity.Value)
	case "organisation":
		return r.fact(f, t, c.Organisation, c.Organisation.Value)
	case "reporter-role":
		return r.fact(f, t, c.ReporterRole, c.ReporterRole.Value)
	case "medicines":
		return r.involve(f)
	case "devices":
		return r.devices(c)
	}
	return false
}

// genderName converts FHIR's administrative gender to the name of a gender identity.
func genderName(gender string) string {
	if gender == "unknown" {
		return string(lfpse.GenderNotKnown)
	}
	return gender
}

// fact puts a fact from the record into the event, or asks if the record leaves a choice.
func (r *rowMapper) fact(f *field, t *target, fact fhircontext.Fact, value string) bool {
	switch fact.Status {
	case fhircontext.Known:
		r.value(f, t, value, "record "+fact.Source.Path, cmp.Or(fact.Source.Note, "as recorded"))
		return true
	case fhircontext.Ask:
		r.ask(f, t, strings.TrimSpace("The record leaves a choice. "+fact.Source.Note))
		return true
	}
	return false
}

func (r *rowMapper) ageOf(f *field, c *fhircontext.Context, t *target) bool {
	birth, from := c.BirthDate(), "record "+c.BirthPrecision.Source.Path
	if birth == "" {
		return false
	}
	if c.BirthPrecision.Value != "day" && f.Unreadable != AbsentValue { // the record's own warning says so, too
		r.ask(f, t, ended("In "+spoken(from)+": "+errNoFullBirthDate.Error()))
		return false
	}
	err := errNoFullBirthDate
	if c.BirthPrecision.Value == "day" {
		err = t.property.PutBirthDate(r.d, lfpse.Date(birth), r.origin(from, ""))
	}
	r.failed(f, t, from, err)
	return err == nil
}

var errNoFullBirthDate = errors.New("the record gives no full date of birth, so no exact age can be worked out")

// offer notes the medicines of the record, so that answers and cells can name them.
func (r *rowMapper) offer() {
	if f := r.m.medicines(); f != nil && r.context != nil {
		levels := map[string]fhircontext.Level{"vmp": fhircontext.VMP, "vtm": fhircontext.VTM}
		r.m.form.Offer(r.d, r.context.CandidatesAt(levels[f.Level]))
	}
}

// involve decides which medicines of the record are involved. It is true if the record
// has any.
func (r *rowMapper) involve(f *field) bool {
	var named []string
	for _, c := range f.columns {
		for part := range strings.SplitSeq(r.cells[c], cmp.Or(f.Split, draft.BetweenAnswers)) {
			if part = strings.TrimSpace(part); part != "" {
				named = append(named, part)
			}
		}
	}
	return r.m.form.Involve(r.d, draft.Involvement{Named: named, Column: f.from, About: f.when != nil, Text: f.Ask, When: r.when})
}

// devices adds the devices of the record. It is true if any was added.
func (r *rowMapper) devices(c *fhircontext.Context) bool {
	for _, fact := range c.DeviceFacts() {
		r.take(fact)
	}
	for i := range c.Devices {
		if d := &c.Devices[i]; d.Software && !slices.Contains(r.d.Event.Agent.InvolvedAgents, code.AgentTypeITSystemsOrSoftware) {
			r.issue(fhir.Information, "MAP-SOFTWARE", "record "+d.Source.Path, "The record calls this device software.", "If it is an IT system rather than a medical device, say so in agent.involvedAgents.")
		}
	}
	return len(c.Devices) > 0
}

// take puts one fact of the record into the event, where nothing is known yet.
func (r *rowMapper) take(fact draft.Fact) {
	p, err := r.m.form.Property(fact.Target)
	if err == nil && r.d.Known(p) {
		return
	}
	if err == nil {
		err = r.m.form.Put(r.d, p, fact.Value, r.origin(fact.From, fact.Note))
	}
	if err != nil {
		r.issue(fhir.Warning, "MAP-VALUE", fact.From, sentence(err.Error()), "Correct it in the record, or answer the question.")
		if p != nil {
			r.d.Ask(p.Question("", "In the "+fact.From+": "+err.Error()+".", "MAP-ASK"))
		}
	}
}

// context reads the patient's record that belongs to a row, if there is one.
func (l *Log) context(r *rowMapper) (*fhircontext.Context, fhir.Issues) {
	if l.records == nil || len(l.m.context) == 0 {
		return nil, nil
	}
	var name strings.Builder
	for _, s := range l.m.context {
		if s.column < 0 {
			name.WriteString(s.text)
			continue
		}
		cell := r.cells[s.column]
		if cell == "" {
			return nil, nil
		}
		if strings.ContainsAny(cell, `/\:`) || strings.HasPrefix(cell, ".") {
			return nil, contextIssue("The cell that names the patient's record cannot be part of a file name.", "Use letters, digits, dashes and dots.")
		}
		name.WriteString(cell)
	}
	record, err := l.record(path.Clean(name.String()))
	switch {
	case errors.Is(err, fs.ErrNotExist) && l.m.m.Source.ContextOptional:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, l.recordIssue("does not exist", "Put the file in its place, or clear the cell that names it.")
	case err != nil:
		return nil, l.recordIssue("cannot be read: "+reason(err), "Replace it by a file that can be read, or clear the cell that names it.")
	}
	return record.context, record.issues
}

// recordIssue says what is wrong with the file that a row names. It is called as the map has
// it: with the cells of the row, it may be named after a patient.
func (l *Log) recordIssue(text, fix string) fhir.Issues {
	return contextIssue(fmt.Sprintf("The patient's record that the row names (%s by the map) %s.", echo(l.m.m.Source.Context), text), fix)
}

func contextIssue(text, fix string) fhir.Issues {
	return fhir.Issues{{Severity: fhir.Error, Rule: "MAP-CONTEXT", Path: "source.context", Offset: -1, Text: text, Fix: fix}}
}

// terms are what must not occur in the texts of the row: the people in its record, those
// in the deny columns of the map, and what any other cell says of people.
func (r *rowMapper) terms() []privacy.Term {
	var terms []privacy.Term
	if r.context != nil {
		terms = r.context.DenyTerms()
	}
	for _, c := range r.m.deny {
		if text := r.cells[c]; text != "" {
			terms = append(terms, r.term(text))
		}
	}
	return r.identityTerms(terms)
}

// otherDays are how days are written besides the layouts of the map: a spreadsheet rewrites
// the dates of a table that it saves, and a date of birth is looked for all the same.
var otherDays = []string{"2/1/2006", "2-1-2006", "2.1.2006", "2 Jan 2006", "2-Jan-2006", "2 January 2006", "2006-1-2", "2006-1-2 15:04:05", "2006-1-2T15:04:05", "2/1/2006 15:04", "2/1/2006 15:04:05"}

// term decides by its form what a cell of a deny column is.
func (r *rowMapper) term(text string) privacy.Term {
	day, ok := r.m.form.Day(text)
	for i := 0; !ok && i < len(otherDays); i++ {
		if t, err := time.Parse(otherDays[i], text); err == nil {
			day, ok = lfpse.DateOf(t), true
		}
	}
	if ok {
		return privacy.Term{Class: privacy.BirthDate, Text: string(day)}
	}
	letters, digits := 0, 0
	for _, c := range text {
		switch {
		case unicode.IsLetter(c):
			letters++
		case unicode.IsDigit(c):
			digits++
		}
	}
	switch {
	case strings.Contains(text, "@"):
		return privacy.Term{Class: privacy.Email, Text: text}
	case digits > letters:
		return privacy.Term{Class: privacy.Identifier, Text: text}
	case digits > 0:
		return privacy.Term{Class: privacy.Address, Text: text}
	}
	return privacy.Term{Class: privacy.Name, Text: text}
}
