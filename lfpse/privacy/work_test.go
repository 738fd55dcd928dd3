package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// hostile are units of texts made to be slow: each repeats something that makes the
// screen look around it.
var hostile = map[string]string{
	"digits": "9", "spaced digits": "9 ", "dashed digits": "9-", "phones": "07 ", "at signs": "a@", "at signs only": "@", "invisible": "9\u200b\u200b\u200b\u200b",
	"letters O": "O0", "only O": "o", "postcodes": "A1 1AA ", "dates": "born 1/2/50 ", "dates without a cue": "1/2/50 ", "dots": "1.1.", "local part": "a.",
	"NHS numbers": "9990000018 ", "dashed NHS numbers": "999-000-0018-", "insurance": "AB 12 34 56 ", "letters": "a", "long name": "Mrs A", "titles": "Mrs ",
	"names": "Mrs Van ", "particles": "van der ", "apostrophes": "O'", "tokens": "[NHS-NUMBER]", "half tokens": "[NHS-NUMBER", "denied": "Brown ", "denied given": "Will ",
	"phrase": "Okonkwo-", "address": "12 ", "compact": "EMIS-12/", "compact dashes": "E-M-I-S-", "cues": "GMC 1234567 ", "cue only": "gmc ", "wide": "\uff19", "marks": "e\u0301",
	"uuid": "99900000-0018-4000-8000-000099900000 ", "hex": "999000a-",
}

// longest are the units worth a text of 10 MB; 1 MB shows as much of the others.
var longest = []string{"spaced digits", "at signs", "denied", "tokens"}

// The work per character is bounded, so a longer text costs as much more as it is
// longer. It is counted, not timed.
func TestWorkIsLinear(t *testing.T) {
	const short = 10_000
	const most = 600 // characters looked at per character of text: the domain of an e-mail address is the longest look
	deny := denied()
	for name, unit := range hostile {
		times := workScale / 10
		if slices.Contains(longest, name) {
			times = workScale
		}
		repeat := func(size int) string { return strings.Repeat(unit, size/len(unit)) }
		formal, denied := privacy.ScanWork(deny, repeat(short))
		longFormal, longDenied := privacy.ScanWork(deny, repeat(short*times))
		assert.LessOrEqual(t, longFormal, most*short*times, name)
		assert.LessOrEqual(t, longDenied, most*short*times, name)
		assert.LessOrEqual(t, longFormal, times*formal*11/10+most, name)
		assert.LessOrEqual(t, longDenied, times*denied*11/10+most, name)
	}
}

// A report made of hits is screened and redacted in one go as well: finding out where
// the characters of a hit are, and which hits belong together, must not take longer
// the more there are.
func TestScreeningManyHits(t *testing.T) {
	const times = 20 * workScale
	text := strings.Repeat("Mrs Brown 9990000018 07700 900123 jo@example.org Siobhan E10 6QN 1/2/1950 ", times)
	screener, deny := privacy.New(), denied()
	event := &fhir.AdverseEvent{Description: &text}
	assert.Len(t, screener.ScanEvent(event, deny), 7*times)
	assert.Len(t, screener.RedactEvent(event, deny), 7*times)
	assert.Empty(t, screener.ScanEvent(event, deny))
}
