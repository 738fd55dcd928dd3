package rule

import "github.com/gpsafety/lfpse-go/fhir"

const sourceBridge = "package lfpse/bridge"

// bridgeRules are about the configuration of a bridge, and about what comes in through it.
var bridgeRules = []section{
	{Rule{Layer: LayerReading, Path: "$", Evidence: Design, Confidence: High, Source: sourceBridge}, []Rule{
		{
			ID: "INTAKE-DOCUMENT", Title: "A document that comes in is an Event, an AdverseEvent, a Bundle of these, or a CloudEvent with one of them.", Severity: fhir.Error,
			Why: "What is something else cannot become a report, and must not be dropped in silence.",
			Fix: "Send the report in one of these forms.",
		},
		{
			ID: "INTAKE-RECORD-ID", Title: "A report that comes in does not name the record that it is about.", Severity: fhir.Error, Path: "$.id",
			Why: "The outbox knows which national record belongs to which report. An id from elsewhere could overwrite the record of another event.",
			Fix: "Leave the id out. Send a change under the same name as the report, and it amends the record.",
		},
		{
			ID: "INTAKE-ENTRY", Title: "A Bundle that comes in holds new AdverseEvents and nothing else.", Severity: fhir.Error, Path: "Bundle.entry",
			Why: "A report has no place for other resources, and a Patient among them would be personal data that nobody asked for. What its system has deleted is no report either.",
			Fix: "Leave such entries out.",
		},
		{
			ID: "INTAKE-CLOUDEVENT", Title: "A CloudEvent has specversion 1.0, an id, a source and JSON data.", Severity: fhir.Error, Evidence: Standard, Source: "CloudEvents 1.0, JSON event format",
			Why: "Source and id name the report, so that it is known when it comes again.",
			Fix: "Complete the envelope; put the report into data, or as base64 into data_base64.",
		},
		{
			ID: "INTAKE-REFERENCE", Title: "The name of a report can be shown.", Severity: fhir.Error, Path: "$.id",
			Why: "The name is stored, exported and put into addresses, and no person reads it before.",
			Fix: "Use a name without personal data, such as the number of the event in its system or a UUID.",
		},
	}},
	{Rule{Layer: LayerDelivery, Path: "$", Evidence: Design, Confidence: High, Source: sourceBridge}, []Rule{
		{
			ID: "BRIDGE-FORM", Title: "A bridge is described in the documented form.", Severity: fhir.Error,
			Why: "A misspelt setting would be ignored, and reports would not be sent or not be seen.",
			Fix: "Use the documented properties, each with a value of its type.",
		},
		{
			ID: "BRIDGE-SECRET", Title: "Secrets are named by where they are kept and can be read there.", Severity: fhir.Error, Path: "$.outbox.postgres | $.http | $.practices.webhook.key | $.traces.headers",
			Why: "A secret in a file of settings is copied, mailed and committed with it.",
			Fix: "Name one environment variable, or one file that the program may read, that holds the secret.",
		},
		{
			ID: "BRIDGE-TAXONOMY", Title: "The taxonomy is an embedded version, and its confirmations can be read.", Severity: fhir.Error, Path: "$.taxonomy | $.confirm",
			Why: "Every report is written and checked by it.",
			Fix: "State the version that the service takes, such as 6.",
		},
		{
			ID: "BRIDGE-RECORD", Title: "The form has an address, and files that can be used.", Severity: fhir.Error, Path: "$.guide | $.form | $.practices.profile",
			Why: "A profile fills in what every report says, and the texts are what people read before they record.",
			Fix: "Correct the profile, the guide or the signposts as the finding says.",
		},
		{
			ID: "BRIDGE-OUTBOX", Title: "There is one place for reports, and a key that encrypts them.", Severity: fhir.Error, Path: "$.outbox",
			Why: "Reports are stored before they are sent, and their texts are personal data.",
			Fix: "Name a file or a database, and a key file that is kept apart from its backups.",
		},
		{
			ID: "BRIDGE-PRACTICE", Title: "Each practice is listed once, with its ODS code.", Severity: fhir.Error, Path: "$.practices",
			Why: "States, rates, pauses, webhooks and exports are kept apart by the ODS code.",
			Fix: "Write the ODS code in capitals, as in A81001.",
		},
		{
			ID: "BRIDGE-SOURCE", Title: "Each source has a name and a folder of its own.", Severity: fhir.Error, Path: "$.practices.sources",
			Why: "The name is part of what tells events apart: if it changes, everything counts as new. A folder that two sources watch would be taken in by either.",
			Fix: "Name the source after its log or system, and give it a folder.",
		},
		{
			ID: "BRIDGE-MAP", Title: "The map of a source can be used.", Severity: fhir.Error, Path: "$.practices.sources.map",
			Why: "Without it no row of a log can be read.",
			Fix: "Try the map with lfpse map, and correct what is listed.",
		},
		{
			ID: "BRIDGE-WEBHOOK", Title: "A webhook has an https address and a key to sign with.", Severity: fhir.Error, Path: "$.practices.webhook",
			Why: "Its receiver must be able to tell that the message is from this bridge, and nobody else should read it.",
			Fix: "Give an https address, and name the file of a key that begins with whsec_.",
		},
		{
			ID: "BRIDGE-LISTEN", Title: "The bridge listens where only those can reach it who should.", Severity: fhir.Error, Path: "$.http | $.page",
			Why: "Reports and tokens that travel without TLS can be read on the way.",
			Fix: "Listen on 127.0.0.1, or give a certificate.",
		},
		{
			ID: "BRIDGE-CALLER", Title: "Each caller has a name, one kind of credential, and practices of the configuration.", Severity: fhir.Error, Path: "$.http.callers",
			Why: "The name is the source of the caller's reports, and says which of them it may ask about.",
			Fix: "Give the caller a token or a certificate, and list its practices.",
		},
		{
			ID: "BRIDGE-LIMIT", Title: "Limits and times are possible.", Severity: fhir.Error, Path: "$.limits | $.keep",
			Why: "With an impossible limit nothing is sent, or nothing is kept.",
			Fix: "Leave the setting out for its default.",
		},
		{
			ID: "BRIDGE-LOG", Title: "Level and format of the log are known.", Severity: fhir.Error, Path: "$.log",
			Why: "Nobody would see what goes wrong.",
			Fix: "State debug, info, warn or error, and text or json.",
		},
		{
			ID: "BRIDGE-TRACES", Title: "Traces go to an https address, and their settings are possible.", Severity: fhir.Error, Path: "$.traces",
			Why: "Traces hold no text of a report, but say when a practice reports; nobody should read them on the way.",
			Fix: "Give the https address of an OTLP collector, and put its key into headers.",
		},
		{
			ID: "BRIDGE-RESTART", Title: "What cannot change while the bridge runs has not changed.", Severity: fhir.Error, Path: "$.outbox | $.http.address | $.page.address | $.traces | $.endpoint.name",
			Why: "The outbox, the listeners and the exporter of traces are opened once, when the bridge starts.",
			Fix: "Stop the bridge and start it again.",
		},
	}},
}
