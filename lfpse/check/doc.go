// Package check gives the verdict on a document that claims to be an LFPSE record,
// whoever made it: every finding of every layer, in order, with its final severity.
//
// A [Checker] reads the document strictly, judges what it says by FHIR R4, the taxonomy,
// the LFPSE rules and the rules of quality, and screens it for personal data, all in one
// walk. The command lfpse validate, the conformance suite and the builder of submissions
// all use it, so that the same document with the same options has the same verdict
// everywhere.
//
// # Order
//
// First come the findings of reading, in the order of the text; then those of the
// rules, in the order of the document; then those of the privacy screen. What reading
// has reported is not reported again by the rules.
//
// # Documents with reading errors
//
// Reading goes on after an error, and all layers judge what could be read: a misspelt
// element does not hide an NHS number. The personal data screen also looks into the parts
// that could not be read. Where content was lost, nothing near it is reported as missing,
// since it may have been there.
//
// If reading ended early, because the text is not JSON, is nested too deeply or has too
// many faults, or if the document is of another type, the rules are not applied: what they
// would report as missing may be in the part that was not read. What was read until then is
// still screened for personal data.
package check
