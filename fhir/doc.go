// Package fhir reads and writes the FHIR R4 resources that LFPSE events travel in,
// https://hl7.org/fhir/R4/. The types are those of
// github.com/samply/golang-fhir-models, imported as r4; this package adds what they
// lack: contained resources, a strict decoder, canonical JSON and checks of
// identifiers.
//
// # Reading and writing
//
// [Decode] reads an [AdverseEvent] and reports every finding of the document at
// once; it takes nothing for granted and drops nothing silently. [Append] writes
// one, canonically: the same event always gives the same bytes, and Decode accepts
// them. Encode once, and keep the bytes that were checked.
//
//	event, issues := fhir.Decode(data)
//	if err := issues.Err(); err != nil {
//		return err
//	}
//	data, err := fhir.Append(nil, event)
//
// To read many events without keeping them, use a [Decoder], which takes less time and
// memory.
//
// [CheckJSON] makes the checks that need no R4 type on any other JSON document.
// [ParseBundle] opens a bundle of resources that came from a clinical system: any
// resources, as trees of [Node] elements, with [Bundle.Resolve] for the references
// between them. [DecodeOperationOutcome] reads the answer of a server.
//
// # Findings
//
// A finding is an [Issue]: a stable rule id, the FHIRPath of the element, the byte
// offset in the text, and what to do. No finding, error or log line of this package
// holds a value of the document; a property name is repeated only if it looks like
// a name.
//
// An id begins with JSON- for a fault in any JSON document, with FHIR- for a breach of
// R4, and with BUNDLE- for a fault in a patient's record. Package lfpse/rule has every id
// with its severity, why it matters and what to do; its page RULES.md lists them.
//
// Package lfpse/validate checks whether strings have the form of their FHIR type, such as
// date or id, and whether codes and extensions are those of LFPSE.
//
// # Concurrency
//
// The functions keep no state and are safe for concurrent use. The values they return
// belong to the caller. A Decoder and a Walker are for one goroutine at a time, and a
// Decoder reuses the memory of the event that it returns.
package fhir

//go:generate go run ./internal/gen
