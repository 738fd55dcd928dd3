// Package lfpse is the domain model of a patient safety event as England's LFPSE
// service (Learn from Patient Safety Events) records it, and its translation to
// and from the FHIR AdverseEvent that the service takes.
//
// This page also tells the story of the whole library: what happens to an incident on
// its way from a practice to the service, which package does it, and what the words
// mean that all of them use.
//
// # The way of an event
//
//	 a log, an extract, a form              a patient's record
//	             |                                  |
//	  mapping (row -> Draft)             mapping/fhircontext
//	             |                                  |
//	             +----------> lfpse/draft <---------+
//	                Event, questions, trace <--- answers of people
//	                               |
//	             lfpse (Codec: Event -> AdverseEvent)
//	                               |
//	lfpse/check (fhir: reading, validate: rules, privacy: personal data)
//	                               |
//	           lfpse/submission (the exact bytes to send)
//	                               |
//	         lfpse/client over lfpse/endpoint (one request)
//	                               |
//	           Receipt, or an Outcome that says what to do
//
// Data flows one way, and each package can be used without those after it.
//
// A source makes a draft.Draft: package mapping from the rows of a log by a map that a
// practice can read, a program from an [Event] that it fills in itself, any other
// system from the JSON form of an Event. draft.Form takes over what the patient's
// record knows and what people answer. submission.Builder checks a draft and decides
// its state. Where nothing stands against it, it makes the submission: bytes that do
// not change any more. client sends them, once for each call, and says what became of
// them: accepted, rejected, not sent or unknown.
//
// To check the FHIR records of another system, package check is enough: it takes a
// document and gives a verdict.
//
// # What is not known stays open
//
// The zero value of every field means "not stated", never "no" or "none": an
// ungraded harm is not "no harm". What only a person can say is a question. Codes that
// the service has not published are marked provisional in the taxonomy, which is data:
// they work against a sandbox, and nothing that uses them is sent elsewhere until they
// are confirmed. See [taxonomy.Confirmation].
//
// # This package
//
// An [Event] is independent of the taxonomy version. A [Codec], compiled from a
// [taxonomy.Taxonomy], encodes it and decodes it back: Decode(Encode(e)) is e. A
// [Accessor] reads and writes one property of an Event by its name, as maps and answers
// do. The files, in the order in which to read them:
//
//	event, groups_gen, age, date     what an event states
//	today                            which day it is in England
//	question                         what is still open about it
//	property, properties_gen         every property of an event, by name
//	place                            one property: reading, writing and its choices
//	plan, codec                      what a taxonomy says about the properties
//	encode, encode_group             Event to AdverseEvent
//	decode, notcarried               AdverseEvent to Event
//	schema                           the JSON Schema of an event
//
// # Words
//
//	event         what happened: an incident, a risk, an outcome or good care
//	group, field  the parts of the LFPSE structure: FHIR extensions and the extensions
//	              within them
//	list, code    the values that a field takes, and one of them; a name stands for a
//	              code where the same word has several codes
//	taxonomy      groups, fields and lists of one version, each with its evidence
//	evidence      where an element or a rule was seen; confidence says how sure it is
//	provisional   not confirmed by the service
//	target        the place of a property in the JSON form of an event, such as
//	              patients[0].physicalHarm
//	path          the place of an element in a FHIR resource, as FHIRPath
//	draft         a report in the making; its state says where in its life it is
//	question      what only a person can say; its conditions say when it arises
//	advice        what a person may want to ask or to do about an event beside recording
//	              it; it changes nothing, see package interview
//	trace         which source gave which value, by which rule; each entry is a step
//	context       what the patient's record knows that an event needs
//	candidate     a medicine of the record; a person says whether it was involved
//	finding       one thing that is wrong or worth knowing: severity, rule, place,
//	              text and remedy; in Go an fhir.Issue
//	rule          what a finding refers to, explained in package rule
//	layer         a set of rules: reading, fhir, profile, lfpse, quality, privacy
//	verdict       all findings about one document
//	effect        what a finding of the privacy screen does to a report: it blocks,
//	              holds or informs
//	policy        effects of privacy classes that are not the default
//	release       what a person says who has read a text in which the privacy screen
//	              found something: who, why, and that this very text may be sent
//	deny-list     names and numbers that must not stand in any text of a report
//	submission    the bytes to send, which have passed every check
//	receipt       what the service said about a request that it accepted
//	outcome       what became of a request: accepted, rejected, not sent, unknown
//	endpoint      one service and how it is reached
//	sandbox       a stand-in for the service that judges by its own rules
//	root description  AdverseEvent.description, which FHIR R4 does not have and some
//	              clients send
package lfpse

//go:generate go run ./internal/gen
