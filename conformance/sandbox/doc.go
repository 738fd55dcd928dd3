// Package sandbox is a local stand-in for the LFPSE submission API: an
// http.Handler to test clients against, with no network, no real key and no
// real record. It answers as the service is known or inferred to answer, keeps a
// ledger of what it was really asked to do, and misbehaves on demand.
//
// # Endpoints
//
// All paths stand below BasePath, or the path of WithPaths, and want the header
// Ocp-Apim-Subscription-Key, or the one of WithKeyHeader.
//
//	GET    /metadata            200 CapabilityStatement
//	POST   /AdverseEvent        201 stored resource, Location
//	PUT    /AdverseEvent/{id}   200 stored resource, version one higher
//	DELETE /AdverseEvent/{id}   200
//
// Below TaxonomyPath, with the same header, it publishes its taxonomies as FHIR
// conformance resources:
//
//	GET    /{StructureDefinition|ValueSet|CodeSystem}/{id}   200
//
// Records are taken in the R4 structure only, that of taxonomy version 6. Version 5
// has records in the STU3 structure: WithPublishedTaxonomy publishes it, and a
// record of it is rejected for its profile.
//
// WithTokens adds a token endpoint, POST TokenPath, and both APIs then want one of its
// access tokens beside the key. WithCertificate serves over TLS, and
// WithClientAuthorities wants a certificate of the client. The metadata describe what
// is wanted. None of this is confirmed for the national service: it is there to test
// clients with.
//
// A missing or wrong key is answered as Azure API Management does, with
// {"statusCode":401,"message":…}. Every other refusal is an OperationOutcome:
// one coded issue per finding (details.coding, details.text, expression) with
// status 422 when the content breaks a check, diagnostics only when the request
// or its JSON cannot be read. The API is write-only: GET on a record is 405.
//
// # Verdicts
//
// The sandbox shares no code with the validator of this module. It reads the
// taxonomy data itself and applies its own checks, so that the two can be
// compared. Checks lists them, each with its evidence; WithoutChecks switches
// single ones off, because much of what is known about the service is how one
// supplier uses it, not what it enforces.
//
// An answer, a log line or the ledger never holds a value of a payload.
//
// # Ledger and faults
//
// Every request becomes one ledger Entry before its answer leaves, so a test can
// compare what a client believes with what happened. A fault Plan delays,
// replaces, cuts or drops single answers, before or after the request took
// effect.
//
// Reference numbers look like SANDBOX-2026-000001 and ids like sbx-000001, so
// that nobody takes them for national ones.
package sandbox
