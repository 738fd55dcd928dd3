package rule

import "github.com/gpsafety/lfpse-go/fhir"

const sourceResponse = "HL7 FHIR R4 and SDC, QuestionnaireResponse; package mapping/questionnaire"

// responseRules are about the response to a form.
var responseRules = []section{
	{Rule{Layer: LayerLog, Path: "QuestionnaireResponse.item", Evidence: Standard, Confidence: High, Source: sourceResponse}, []Rule{
		{
			ID: "RESPONSE-FORM", Title: "The response to a form is a QuestionnaireResponse of FHIR R4.", Severity: fhir.Error, Path: "$this",
			Why: "What has another form cannot be read for certain.",
			Fix: "Send the QuestionnaireResponse as JSON, as FHIR R4 has it.",
		},
		{
			ID: "RESPONSE-STATUS", Title: "A response has a status of FHIR R4.", Severity: fhir.Warning, Path: "QuestionnaireResponse.status", Asks: true,
			Why: "A response without a status, or with a word that is none, may be half filled in or withdrawn. It is not sent before somebody says that it may be.",
			Fix: "Send the status completed or amended, or answer that the report is complete.",
		},
		{
			ID: "RESPONSE-OTHER-FORM", Title: "A response is to the form of the record, of the taxonomy in use.", Severity: fhir.Warning, Path: "QuestionnaireResponse.questionnaire",
			Why: "The questions of another form may have the same linkIds and mean something else. Those of another version mean the same, but lists may have other codes.",
			Fix: "Nothing, if it is another version or a copy of the form; else send the response to this form.",
		},
		{
			ID: "RESPONSE-ITEM", Title: "Every answer is to a question of the form.", Severity: fhir.Warning,
			Why: "An answer to a question that the form does not have, or in another group, is not used, because nobody knows what it means.",
			Fix: "Correct the linkId. Of ten or more patients enter the one with the most severe harm, and say in the description how many they were.",
		},
		{
			ID: "RESPONSE-ANSWER", Title: "An answer has the type of its question and is one of its options.", Severity: fhir.Warning, Path: "QuestionnaireResponse.item.answer", Absence: true, Asks: true,
			Why: "An answer that cannot be used is left out and asked again: nothing is guessed.",
			Fix: "Correct the answer, or answer the question of the draft.",
		},
	}},
}
