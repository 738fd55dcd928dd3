// Package sandbox is a local stand-in for the LFPSE submission API: an http.Handler to
// test clients against, with no network, no real key and no real record. It answers as
// the service is known or inferred to answer, keeps a ledger of every request, and fails
// on demand.
//
// # Endpoints
//
// All paths are below BasePath, or the path set by WithPaths, and require the header
// Ocp-Apim-Subscription-Key, or the one set by WithKeyHeader.
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
// Only records in the R4 structure of taxonomy version 6 are accepted. Records of version 5
// have the STU3 structure. WithPublishedTaxonomy publishes their taxonomy too, but the
// records are rejected for their profile.
//
// WithTokens adds a token endpoint, POST TokenPath. Both APIs then require one of its access
// tokens beside the key, or instead of it. WithCertificate serves over TLS, and
// WithClientAuthorities requires a client certificate. The metadata say what is required.
// Nobody has confirmed that the national service does any of this: it is for testing clients.
//
// A missing or wrong key is answered as Azure API Management does, with
// {"statusCode":401,"message":…}. Every other refusal is an OperationOutcome. Where the
// content breaks a check, the status is 422 and each issue has details.coding, details.text
// and expression. Where the request or its JSON cannot be read, an issue has diagnostics
// only. The API is write-only: GET on a record is answered with 405, unless WithAbilities lets
// records be read, be searched by identifier, be created once only, or have their version
// checked.
//
// # Verdicts
//
// The sandbox shares no code with the validator of this module. It reads the taxonomy
// data itself and applies its own checks, so that the two can be compared. Checks lists
// the checks with their evidence. WithoutChecks switches single checks off, because much
// of what is known about the service is how one supplier uses it, not what it enforces.
//
// An answer, a log line or the ledger never holds a value of a payload.
//
// # Ledger and faults
//
// Every request becomes one ledger Entry before its answer is sent. A test can therefore
// compare what a client believes with what happened. A fault Plan can delay, replace, cut
// off or drop an answer, and can do so before or after the request has taken effect.
//
// # Limits
//
// A body may have DefaultBodyLimit bytes, see WithBodyLimit, and must arrive within
// DefaultTransferLimit, see WithTransferLimit. An answer and a line of the ledger list at
// most 250 issues and say how many more there were. The work on a document grows no faster
// than its length. A Server that closes gives up requests that have not arrived completely
// after a quarter of a second.
//
// # Names
//
// Reference numbers look like SANDBOX-2026-000001 and ids like sbx-000001, so that nobody
// mistakes them for national ones.
package sandbox
