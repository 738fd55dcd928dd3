// Package questionnaire is the form of the record for systems that show forms by
// themselves: an SDC Questionnaire (FHIR R4), and its responses as drafts.
//
// [Form.Append] makes the Questionnaire from the taxonomy and from the steps and texts of
// package interview. Nothing in it is written by hand, so it is as new as they are. A
// system shows it, for instance with LHC-Forms, and hands the QuestionnaireResponse back:
// [Form.Draft] makes a draft of it, which is checked and answered like any other.
// [Form.Response] is the way back, for a form that begins with what is known.
//
// # The items
//
// A group is a step of the form; its linkId is step/ and the id of the step. The linkId of
// a question is the path of the property in the JSON form of an event, without the numbers
// of a list: type, location.serviceArea, patients[].physicalHarm. It depends neither on the
// version of the taxonomy nor on texts, and a property is never given another path, so
// answers can be read whatever version of the form they were given to. patients[],
// medicines[] and devices[] are groups that repeat, and patients is the number of patients.
//
//	choice     a list; each option has the system and the code of the taxonomy
//	quantity   an age, in years, months (mo) or days (d)
//	date       the day of the event, or the month if the day is not known
//	display    help: the explanation, who can answer and the source of the text;
//	           its linkId ends in /help
//
// A question is shown where its answer fits, see Fits of package validate. One that the
// record has to answer is shown where it has to, and is required there, unless another
// question can be answered in its place, such as the name of an organisation without a
// code. The draft asks for what is still missing.
//
// # What a response cannot say
//
//   - More than nine patients, and a medicine or device of which nothing is known.
//   - The id of the record and what the service gives it.
//   - Whether the event occurred today: it follows from the date, on the day on which the
//     response is read.
//   - A date that no event has, a part of a second, an age that nobody reaches, a code that
//     is not in its list, text that is blank, and values of fields that an event has no
//     property for.
//   - Properties whose codes are not known.
//
// [Form.Response] lists what it leaves out.
//
// # What it can never know
//
// Who has filled in the form: author and source of a response are not read. Of the patient
// whom it is about only names and numbers are, and only to look for them in the texts, so
// that nobody's name gets into a report. The texts of items may be those of another system;
// what a question means is its linkId.
package questionnaire
