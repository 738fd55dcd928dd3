// Package interview is what people are told while they record an event: explanations of
// the questions, and advice about what they have said so far.
//
// [Guide.Help] explains a question: the national guidance text of each event type, the
// harm grades in plain words, what "not known" and "not stated" mean where there are such
// answers, and who can answer. [Guide.Steps] is the order of a form: steps of a few
// questions, what can be said in a minute first. [Guide.Advise] looks at an event and gives
//
//   - reasons to ask whether its type is right: the text says that it was a near miss,
//     that no patient was involved, that only staff were hurt, that it is a complaint, that
//     the patient has died;
//   - prompts, each worded "Consider ...": duty of candour, CQC, Yellow Card, never event,
//     controlled drugs, safeguarding, coroner, ICO;
//   - themes for learning: diagnosis, medication, referral, and those of your own file.
//
// Advice never changes an event and is never sent. Each [Note] has its source and names the
// property that raised it, and holds nothing of what the event says, so it may be logged.
//
// # The files
//
// All texts and words are data: the YAML files in the folder data, which say in their
// comments how they are read. [New] takes a file of your own of the same form. Its entries
// replace those of the same name and are added to the others, so a file with one theme is
// enough:
//
//	sources:
//	  - {id: ours, title: Learning themes of the network, publisher: Our PCN, date: "2026"}
//	words:
//	  - name: recall
//	    phrases: [recall*, call and recall]
//	themes:
//	  - {id: recall, text: Recall systems, source: ours, facts: [{says: [recall]}]}
//
// Sources of the texts: the supplier notes and national pages that data/sources.yaml
// names, each with its date. Nobody has yet compared the texts with the publishers' own
// pages; [Source.String] says so, and it should be shown beside them. When somebody has,
// write the day into checked. Some are law in our own words: they remind, and decide
// nothing.
//
// # What it can never know
//
// The words of a text are not its meaning. How often the guide asks when it should, and
// when it should not, is measured in conformance/measure/coach; misspelt words, irony,
// other languages and what is not written down are never found. That there is no prompt
// does not mean that there is no duty.
package interview
