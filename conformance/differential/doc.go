// Package differential compares the verdicts of this project with those of a FHIR
// validator that knows nothing of it: @medplum/core (Apache-2.0), which loads the
// FHIR package that package fhirform writes. The Go test makes one event for each
// fault that FHIR can express, has both judge it, and pins who sees what.
//
// The test needs Node 20 or later and the modules of package-lock.json:
//
//	npm ci --prefix conformance/differential
//	go test ./conformance/differential
//
// Without them it is skipped.
//
// # What it can see
//
// Medplum applies the profile of AdverseEvent. validate.mjs also has it apply the
// profile of each contained resource and the definition of each extension, which
// it does not do by itself. It then sees most base rules of R4 and how often
// groups and fields occur. It does not look at the rules of slicing (an extension
// or contained resource that is none of the slices), at what a slice says about
// its value, nor at lists of codes, for which it needs a terminology server. The
// table of the test names each fault that we alone see, and why.
package differential
