package rule

import "github.com/gpsafety/lfpse-go/fhir"

const sourceEndpoint = "package lfpse/client, Endpoint"

// deliveryRules are about submissions and the settings of an endpoint.
var deliveryRules = []section{
	{Rule{Layer: LayerDelivery, Path: "$", Evidence: Design, Confidence: High, Source: "package lfpse/submission"}, []Rule{
		{
			ID: "SUBMISSION-STORED", Title: "A stored submission has the form in which it was stored.", Severity: fhir.Error,
			Why: "A submission is sent byte for byte as it was checked. One that was edited or cut off is refused as a whole.",
			Fix: "Restore the file from where it was stored, or make the submission again from its event.",
		},
	}},
	{Rule{Layer: LayerDelivery, Path: "$", Evidence: Design, Confidence: High, Source: sourceEndpoint}, []Rule{
		{
			ID: "ENDPOINT-FORM", Title: "An endpoint is described in the documented form.", Severity: fhir.Error,
			Why: "A setting that is misspelt would be passed over, and reports go where nobody meant them to.",
			Fix: "Use the documented properties, each with a value of its type.",
		},
		{
			ID: "ENDPOINT-NAME", Title: "An endpoint has a name of 1 to 64 printable characters.", Severity: fhir.Error, Path: "$.name",
			Why: "Receipts and messages call the endpoint by it, so that nobody takes a test for production.",
			Fix: "Call it by what people call the service.",
		},
		{
			ID: "ENDPOINT-HOST", Title: "The host can be reached safely.", Severity: fhir.Error, Path: "$.host",
			Why: "Reports and keys travel by https; only a sandbox may do without. A user or password in the host would put a secret into logs.",
			Fix: "Write it as https://host or https://host:port, as the LFPSE team gave it to you; keys are given apart.",
		},
		{
			ID: "ENDPOINT-ENVIRONMENT", Title: "An endpoint says whether it is sandbox, test or production.", Severity: fhir.Error, Path: "$.environment",
			Why: "What is refused depends on it: stand-in codes and test organisations may go to a sandbox and never to production.",
			Fix: "State sandbox, test or production.",
		},
		{
			ID: "ENDPOINT-BASE", Title: "The canonical base is an https url that ends in a slash.", Severity: fhir.Error, Path: "$.canonicalBase", Evidence: "seen", Source: "samples of the LFPSE team and a public supplier client for v6",
			Why: "Profiles and groups are named by urls that begin with it, and a service knows only its own.",
			Fix: "Take it from the taxonomy that the service uses.",
		},
		{
			ID: "ENDPOINT-VERSION", Title: "An endpoint says which taxonomy version it takes.", Severity: fhir.Error, Path: "$.version",
			Why: "The same code can mean something else in another version, so a submission of another version is refused.",
			Fix: "State the version that the service takes, such as 6.",
		},
	}},
}
