package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Redact returns the text with each hit replaced by a token that tells its class,
// such as [NHS-NUMBER], [NAME] or [DATE-OF-BIRTH]. Hits that overlap become one
// token, that of the longest. Nothing else changes.
//
// hits are those of [Screener.ScanText] for this very text, or of Scan, or some of
// them; what reaches beyond the text is left out. After all hits, or all that are
// errors, have been replaced, screening the result finds no errors any more. What
// the text means may have changed, so show it to somebody before it is sent.
func Redact(text string, hits []Hit) string {
	var b strings.Builder
	at := 0
	for _, h := range joined(hits, len(text)) {
		b.WriteString(text[at:h.Start])
		b.WriteString(h.Class.token())
		at = h.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// joined sorts hits, makes one of those that overlap, and cuts them to a length.
func joined(hits []Hit, length int) []Hit {
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
		if size > longest || size == longest && last.Class.info().severity < h.Class.info().severity {
			last.Class, longest = h.Class, size
		}
	}
	return out
}

// RedactEvent replaces personal data in the free text of a report by the tokens of
// [Redact] and returns one finding of severity information, PRIVACY-REDACTED, for
// each replacement: which element, which characters of the text it had before,
// which class. It replaces what [Screener.ScanEvent] regards as errors, not what is
// a warning. Strings are replaced, never written to, so other structures that share
// them keep theirs.
//
// Nothing happens unless it is called, and it does not make a report fit to be sent:
// elements that must be left out, and codes, ids, references, XHTML and resources of
// other types, stay as they are. Screen the report again, and show it to somebody.
func (s *Screener) RedactEvent(a *fhir.AdverseEvent, deny *DenyList) fhir.Issues {
	if a == nil {
		return nil
	}
	w := walker{screener: s, deny: deny, root: "AdverseEvent", redacting: true}
	w.event(a)
	return w.issues
}

// redact returns a text without its errors; false when there are none.
func (w *walker) redact(text string, kind Kind) (string, bool) {
	if text == "" || kind != Prose && kind != catalogue && kind != contact {
		return "", false
	}
	hits := slices.DeleteFunc(w.scanner.find(text, kind, w.deny), func(h Hit) bool { return w.screener.Severity(h.Class) != fhir.Error })
	if len(hits) == 0 {
		return "", false
	}
	count := counter{text: text}
	for _, h := range joined(hits, len(text)) {
		from, to := count.characters(h)
		w.issues = append(w.issues, fhir.Issue{
			Severity: fhir.Information, Rule: "PRIVACY-REDACTED", Path: w.path(), Offset: -1,
			Text: fmt.Sprintf("%s stood at characters %d to %d and was replaced by %s.", h.Class.info().text, from, to, h.Class.token()),
			Fix:  "Read the text again and see that it still says what happened.",
		})
	}
	return Redact(text, hits), true
}
