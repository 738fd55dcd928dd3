// Package form serves a form to record safety events: pages made on the server that work
// without a script, by keyboard and on a narrow screen.
//
// A [Form] is a part of the page of package page: [Form.Part] puts it there, and it has the
// users, roles, sessions and guards of that page. What somebody fills in is kept as a draft
// in the outbox, encrypted, from the first answer on. Its steps are those of package
// interview: the first take a minute, and only what has to be answered is asked on the way.
// Everything else LFPSE has a place for can be added before the report is sent. It is sent
// when its recorder has checked the answers and says so.
//
// Beside each question stand its help, the criteria of harm grades with their source, and
// what the privacy screen has found in a text. What only a clinician can answer is put to
// one: the draft then waits in the list of the clinicians of the practice. It is for its
// recorder, clinicians and managers only, see Sees of package outbox. Its recorder finds what
// has become of it in the list of their reports.
//
// # Launch from a clinical system
//
// A clinical system that knows the patient calls [Form.Launch] with a FHIR record and opens
// the path that it returns in the browser of its user. The path holds a token, which counts
// once and for 15 minutes. The record is held in memory only, for 15 minutes or until a
// draft was begun with it; age, gender and medicines are then filled in, and its names and
// numbers are looked for in the texts. No path says anything about the patient. A record that
// is labelled as confidential, or whose patient is, is refused, see [fhircontext.Closed].
//
// # What it can never know
//
// Whether the record of a launch is that of the patient to whom it happened: the number of
// patients is asked all the same. Whether a text names somebody in words that the screen does
// not know: people read what they send.
package form
