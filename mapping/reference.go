package mapping

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// lineName is what a row is called that has no reference, or none that may be shown.
func lineName(line int) string { return "line " + strconv.Itoa(line) }

// name is what the row is called: by its reference or, without one, by its line.
func (r *rowMapper) name() string {
	if r.reference == "" {
		return lineName(r.line)
	}
	return r.reference
}

// screenReference replaces a reference that holds personal data by the line of the row,
// and reports it once. deny lists what must not stand in it, such as the names of the
// patient.
func (r *rowMapper) screenReference(deny *privacy.DenyList) {
	if r.reference == "" {
		return
	}
	var classes []string
	for _, class := range privacy.ScanReference(r.reference, deny) {
		classes = append(classes, class.String())
	}
	if len(classes) == 0 {
		return
	}
	slices.Sort(classes)
	r.reference = ""
	i := rule.Issue("MAP-REFERENCE-PRIVACY", r.referencePath(), "The reference holds personal data ("+strings.Join(classes, ", ")+"), so the line stands in its place.")
	i.Severity = fhir.Warning
	r.found = append(r.found, i)
}

func (r *rowMapper) referencePath() string {
	return "column " + cmp.Or(r.m.m.Source.Reference, "reference")
}

// mangled are the forms in which spreadsheets and statistics programs show long numbers. A
// whole number before an E without a sign may be a reference that was given so.
var mangled = regexp.MustCompile(`^-?[0-9]([.,][0-9]+)?[Ee][+-][0-9]{1,3}$|^-?[0-9][.,][0-9]+[Ee][0-9]{1,3}$`)

// spreadsheetErrors is what a spreadsheet writes in the place of a value that it cannot work
// out, or for which the column is too narrow.
var spreadsheetErrors = regexp.MustCompile(`^(#(REF|VALUE|NAME\?|NUM|NULL|SPILL|CALC|DIV/0)!?|#N/A|##+)$`)

// spreadsheetDigits is how many digits of a number a spreadsheet keeps.
const spreadsheetDigits = 15

// unusableReference says why a reference tells nobody which report it is, because a
// spreadsheet has written something else in its place; empty if it does tell.
func unusableReference(reference string) string {
	switch {
	case lostDigits(reference):
		return "A spreadsheet took the reference for a number and wrote it without its last digits, as in 1.23E+11."
	case strings.HasPrefix(reference, "#") && spreadsheetErrors.MatchString(reference):
		return "A spreadsheet wrote an error message in the place of the reference."
	}
	return ""
}

// lostDigits reports whether a spreadsheet took a reference for a number and wrote it
// without its last digits.
func lostDigits(reference string) bool {
	if reference == "" || !strings.Contains("-0123456789", reference[:1]) {
		return false
	}
	return mangled.MatchString(reference) || len(reference) > spreadsheetDigits && strings.Trim(reference, "0123456789") == "" && strings.Trim(reference[spreadsheetDigits:], "0") == ""
}

// serialDay is the form of a day that a spreadsheet wrote as the number it keeps: days
// from 1954 to 2119, with or without a time.
var serialDay = regexp.MustCompile(`^[2-7][0-9]{4}([.,][0-9]+)?$`)
