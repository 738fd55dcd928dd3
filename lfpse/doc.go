// Package lfpse is the domain model of a patient safety event as England's LFPSE
// service (Learn from Patient Safety Events) records it, and its translation to
// and from the FHIR AdverseEvent that the service takes.
//
// # The way of an event
//
//	source row -> mapping -> Event -> fhir.AdverseEvent -> validate, privacy -> submission -> client -> Receipt
//
// An [Event] is independent of the taxonomy version. A [Codec], compiled from a
// [taxonomy.Taxonomy], encodes it and decodes it back: Decode(Encode(e)) is e.
// Package submission does everything that must happen before sending in one
// call, package client sends.
//
// # What is not known stays open
//
// The zero value of every field means "not stated", never "no" or "none": an
// ungraded harm is not "no harm". Codes that the service has not published are
// marked provisional in the taxonomy; see [Codec.Provisional].
package lfpse

//go:generate go run ./internal/gen
