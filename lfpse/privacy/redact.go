package privacy

import (
	"fmt"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Redact returns the text with each hit replaced by a token that tells its class,
// such as [NHS-NUMBER], [NAME] or [DATE-OF-BIRTH]. Hits that overlap become one
// token, that of the longest. Nothing else changes.
//
// hits are those of [Screener.ScanText] or Scan for this text, or some of them; a hit
// beyond the end of the text is cut off. If all hits, or all that are errors, have been
// replaced, screening the result finds no errors. The meaning of the text may have
// changed, so show it to somebody before it is sent.
func Redact(text string, hits []Hit) string {
	var b strings.Builder
	at := 0
	for _, h := range merged(hits, len(text)) {
		b.WriteString(text[at:h.Start])
		b.WriteString(h.Class.token())
		at = h.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// merged sorts hits, makes one of those that overlap, and cuts them to a length.
func merged(hits []Hit, length int) []Hit {
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, byStart)
	out := hits[:0]
	longest := 0
	for _, h := range hits {
		h.Start, h.End = max(h.Start, 0), min(h.End, length)
		size := h.End - h.Start
		if size <= 0 {
			continue
		}
		if n := len(out); n == 0 || out[n-1].End <= h.Start {
			out, longest = append(out, h), size
			continue
		}
		last := &out[len(out)-1]
		last.End = max(last.End, h.End)
		if size > longest || size == longest && last.Class.Effect() < h.Class.Effect() {
			last.Class, longest = h.Class, size
		}
	}
	return out
}

// RedactEvent replaces personal data in the free text of a report by the tokens of
// [Redact] and returns one finding of severity information, PRIVACY-REDACTED, for each
// replacement: which element, which characters of the text it had before, which class. It
// replaces only what [Screener.ScanEvent] reports as errors. Strings are
// replaced, never written to, so other structures that share them do not change.
//
// Redaction alone does not make a report fit to be sent: elements that must be left out,
// and codes, ids, references, XHTML and resources of other types, do not change. Screen
// the report again, and show it to somebody.
func (s *Screener) RedactEvent(a *fhir.AdverseEvent, deny *DenyList) fhir.Issues {
	if a == nil {
		return nil
	}
	r := redaction{findings: findings{screener: s, deny: deny}}
	new(fhir.Walker).Walk(a, &r)
	return r.issues
}

// redaction is the visitor that replaces personal data in free texts.
type redaction struct {
	fhir.VisitNothing
	findings
}

// Enter leaves elements alone that must not be sent at all.
func (r *redaction) Enter(_ *fhir.Walker, e *fhir.Element, _ any) bool {
	return elementRules[e.Number].refusal == ""
}

// Extension redacts the value of an extension.
func (r *redaction) Extension(at *fhir.Walker, _ *fhir.Element, x *r4.Extension, value *fhir.Value) bool {
	if value.Element != nil {
		r.redact(at, "value", value.Text, r.screener.fields.named(x.Url).kindOf(value.Element))
	}
	return true
}

// Text redacts a primitive value.
func (r *redaction) Text(at *fhir.Walker, e *fhir.Element, text string) {
	if rule := &elementRules[e.Number]; rule.refusal == "" {
		r.redact(at, "", text, rule.kind)
	}
}

// redact replaces the errors in the text at hand and says which. The name is that of
// the element within the one that the walker is at, if any.
func (r *redaction) redact(at *fhir.Walker, name, text string, kind textKind) {
	if kind != freeText && kind != productName && kind != contact {
		return
	}
	effect := r.screener.effectIn(text, r.deny)
	hits := slices.DeleteFunc(r.scanner.find(text, kind, r.deny), func(h Hit) bool { return effect(h) != Block })
	if len(hits) == 0 || !at.Replace(Redact(text, hits)) {
		return
	}
	path := at.Path()
	if name != "" {
		path = path.Child(name)
	}
	count := counter{text: text}
	for _, h := range merged(hits, len(text)) {
		from, to := count.characters(h)
		text := fmt.Sprintf("%s stood at characters %d to %d and was replaced by %s.", h.Class.info().text, from, to, h.Class.token())
		r.issues = append(r.issues, rule.Issue("PRIVACY-REDACTED", path.String(), text))
	}
}

// Redaction tokens, such as [NHS-NUMBER], stand in texts for what Redact took
// away. To the screen a token is a value that it cannot look into: its words are not
// names, no label reaches across it, and what touches it is part of a longer value, as
// it was before. So taking one value away never brings another to light.

// tokens are all that Redact writes.
var tokens = func() (table []string) {
	for _, c := range [...]Class{NHSNumber, CHINumber, HCNumber, NINumber, ProfessionalNumber, Email, Phone, Postcode, Name, BirthDate, Address, Identifier,
		Element, Reference, Binary, Depth, 0} {
		table = append(table, c.token())
	}
	return table
}()

// tokenAt returns the end of the token that starts at i, or 0.
func tokenAt(text string, i int) int {
	if i >= len(text) || text[i] != '[' {
		return 0
	}
	for _, token := range tokens {
		if end := i + len(token); end <= len(text) && text[i:end] == token {
			return end
		}
	}
	return 0
}

// tokenEndsAt reports whether a token ends before i.
func tokenEndsAt(text string, i int) bool {
	if i <= 0 || text[i-1] != ']' {
		return false
	}
	for _, token := range tokens {
		if start := i - len(token); start >= 0 && text[start:i] == token {
			return true
		}
	}
	return false
}

// before is the character that ends at i, 0 at the start, for finding out whether a
// value starts there: a token counts as a digit.
func before(text string, i int) byte {
	if tokenEndsAt(text, i) {
		return '0'
	}
	return at(text, i-1)
}

// after is the character that starts at i in the same manner.
func after(text string, i int) byte {
	if tokenAt(text, i) > 0 {
		return '0'
	}
	return at(text, i)
}

// apart reports whether text[start:end], a word, neither touches a token nor lies
// in one.
func apart(text string, start, end int) bool {
	if isWord(before(text, start)) || isWord(after(text, end)) {
		return false
	}
	for range len("[PROFESSIONAL-NUMBER]") { // the longest
		if start--; start < 0 || !isUpper(text[start]) && text[start] != '-' {
			break
		}
	}
	return start < 0 || text[start] != '[' || tokenAt(text, start) < end
}
