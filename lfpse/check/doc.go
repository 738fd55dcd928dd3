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
// many faults, the rules are not applied: what they would report as missing may be in the
// part that was not read. What was read until then is screened for personal data as ever,
// and the rest as plain text, by form and against the deny-list.
//
// # Other documents
//
// A document that is something else gets one finding, which says what it is and what to
// do, beside those of the screen: XML, a list or a sequence of documents, a resource of
// another type, an event in the JSON form of this library, and a record of another version
// of the taxonomy.
package check
