package privacy

import (
	"fmt"
	"html"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
)

// ScanEvent screens a whole report: every string in it, whatever element it
// stands in, by form and against the deny-list (which may be nil), and the
// elements that must not be sent at all. Findings are errors or warnings; a report
// with errors must not be sent. They carry the FHIRPath, the class and the range
// of characters, counted from 1, and never the text.
//
// What is looked for depends on the element:
//   - free text: everything
//   - names of products and codes (display, manufacturer, VMPString and the like):
//     a denied name is a warning only, since products are named after people
//   - codes, ids, references and dates: no names and no birth dates; a whole
//     SNOMED CT concept id as VTMCode, VMPCode, AMPCode, VMPPCode or AMPPCode is
//     let pass, since dm+d ids can look like NHS numbers
//   - ReporterContact: may hold e-mail addresses and telephone numbers that are
//     not on the deny-list
//
// Where the report tells so much that somebody who knows the practice may know the
// patient, findings of severity information say what could be told less exactly:
// see [WithoutHints].
func (s *Screener) ScanEvent(a *fhir.AdverseEvent, deny *DenyList) fhir.Issues {
	if a == nil {
		return nil
	}
	w := s.walkers.Get().(*walker)
	defer func() {
		*w = walker{steps: w.steps[:0]} // holds nothing of the report while it waits
		s.walkers.Put(w)
	}()
	w.screener, w.deny, w.root = s, deny, "AdverseEvent"
	w.event(a)
	return append(w.issues, s.Hints(a)...)
}

// Clear reports whether [Screener.ScanEvent] has nothing to say about a text of a kind.
// It lets who reads a report anyway screen it on the way. False may be said of a text
// that only ScanEvent looks at close enough.
func (s *Screener) Clear(text string, kind Kind, deny *DenyList) bool {
	switch {
	case text == "" || kind == none || deny == nil && kind == Token && (harmless(text) || short(text)):
		return true
	case kind == binary || kind == narrative:
		return false
	case kind == drugCode && isConceptID(text):
		return true
	}
	var sc scanner
	return len(sc.find(text, kind, deny)) == 0
}

func (w *walker) event(a *fhir.AdverseEvent) {
	w.structValue(reflect.ValueOf(a).Elem(), w.screener.event)
}

// walker visits a report and keeps the path of where it is. The path becomes text
// only when there is something to report.
type walker struct {
	screener *Screener
	deny     *DenyList
	root     string
	steps    []step
	issues   fhir.Issues

	scanner   scanner // for one text after the other
	redacting bool    // replace what is found, and report that only
}

// step is one element on the path; index is -1 for an element that does not
// repeat.
type step struct {
	name  string
	index int
}

func (w *walker) push(name string, index int) { w.steps = append(w.steps, step{name, index}) }

func (w *walker) pop() { w.steps = w.steps[:len(w.steps)-1] }

func (w *walker) path() string {
	var b strings.Builder
	b.WriteString(w.root)
	for _, s := range w.steps {
		if s.name != "" {
			b.WriteByte('.')
			b.WriteString(s.name)
		}
		if s.index >= 0 {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		}
	}
	return b.String()
}

// report adds a finding about the element at the path.
func (w *walker) report(class Class, text string) {
	if w.redacting {
		return
	}
	info := class.info()
	w.issues = append(w.issues, fhir.Issue{
		Severity: w.screener.Severity(class), Rule: info.rule, Path: w.path(), Offset: -1, Text: text, Fix: info.fix,
	})
}

// counter turns byte offsets of a text, asked for in order, into numbers of
// characters, counted from 1.
type counter struct {
	text      string
	at, count int
}

// characters returns the first and the last character of a hit.
func (c *counter) characters(h Hit) (from, to int) {
	if h.Start < c.at {
		c.at, c.count = 0, 0
	}
	c.count += utf8.RuneCountInString(c.text[c.at:h.Start])
	c.at = h.Start
	return c.count + 1, c.count + utf8.RuneCountInString(c.text[h.Start:h.End])
}

// Kind says how a text is screened; see [Screener.ScanEvent] and [Screener.KindOf].
type Kind uint8

const (
	Prose     Kind = iota // free text, for everything
	Token                 // code, id, reference, date, number: no names, no birth dates
	catalogue             // name of a product or code
	narrative             // XHTML
	binary                // base64
	contact               // ReporterContact
	drugCode              // a dm+d id
	none                  // no text: a truth value, for one
)

// KindOf returns the kind of the value of an LFPSE field: name is the url of its
// extension, property what holds the value, such as valueString.
func (s *Screener) KindOf(name, property string) Kind {
	f := s.extension.value(property)
	switch {
	case f == nil:
		return none
	case f.role != roleText:
		return binary // nothing is known to be clear
	}
	return f.kindFor(name)
}

// text screens one string.
func (w *walker) text(text string, kind Kind) {
	switch {
	case text == "" || w.redacting:
		return
	case kind == binary:
		w.report(Binary, "The element holds binary content, which cannot be screened.")
		return
	case kind == drugCode && isConceptID(text):
		return
	}
	hits := w.scanner.find(text, kind, w.deny)
	count := counter{text: text}
	for _, hit := range hits {
		from, to := count.characters(hit)
		w.report(hit.Class, fmt.Sprintf("%s stands at characters %d to %d.", hit.Class.info().text, from, to))
		if kind == contact && (hit.Class == Email || hit.Class == Phone) {
			w.issues[len(w.issues)-1].Fix = "It belongs to a person in the source record; give the reporter's own or leave the element out."
		}
	}
	if kind == narrative {
		w.markup(text, hits)
	}
}

// find screens a text as its kind demands.
func (sc *scanner) find(text string, kind Kind, deny *DenyList) []Hit {
	normal, hits := text, []Hit(nil)
	if kind != Token || !harmless(text) {
		normal, hits = sc.next(text)
	}
	denied := deny.scan(normal, kind != Token && kind != drugCode)
	if kind == catalogue {
		for i := range denied {
			if denied[i].Class == Name {
				denied[i].Class = PossibleName
			}
		}
	}
	return locate(text, normal, combine(hits, denied, kind))
}

// markup screens XHTML once more without tags and with entities resolved, as a
// reader sees it. Only classes that the raw text has not shown are new.
func (w *walker) markup(text string, hits []Hit) {
	var seen [256]bool
	for _, hit := range hits {
		seen[hit.Class] = true
	}
	for _, hit := range w.screener.ScanText(withoutTags(text), w.deny) {
		if !seen[hit.Class] {
			seen[hit.Class] = true
			w.report(hit.Class, hit.Class.info().text+" stands in the text between the tags.")
		}
	}
}

func withoutTags(text string) string {
	var b strings.Builder
	depth := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '<':
			depth = 1
		case c == '>' && depth > 0:
			depth = 0
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return html.UnescapeString(b.String())
}

// isConceptID reports whether the whole text is a SNOMED CT concept id.
func isConceptID(text string) bool {
	id, err := fhir.ParseSCTID(text)
	return err == nil && id.Kind() == fhir.SCTConcept
}
