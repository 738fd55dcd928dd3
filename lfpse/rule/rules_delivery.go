package rule

import "github.com/gpsafety/lfpse-go/fhir"

const sourceEndpoint = "package lfpse/endpoint"

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
			Why: "A misspelt setting would be ignored, and reports could go to the wrong place.",
			Fix: "Use the documented properties, each with a value of its type.",
		},
		{
			ID: "ENDPOINT-NAME", Title: "An endpoint has a name of 1 to 64 printable characters.", Severity: fhir.Error, Path: "$.name",
			Why: "Receipts and messages use the name, so that nobody mistakes a test for production.",
			Fix: "Use the name by which people know the service.",
		},
		{
			ID: "ENDPOINT-HOST", Title: "The host can be reached safely.", Severity: fhir.Error, Path: "$.host",
			Why: "Reports and keys travel by https; only a sandbox may use http. A user or password in the host would put a secret into logs.",
			Fix: "Write it as https://host or https://host:port, as the LFPSE team gave it to you; keys have a setting of their own.",
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
		{
			ID: "ENDPOINT-PATH", Title: "The paths of an endpoint are plain paths.", Severity: fhir.Error, Path: "$.basePath | $.taxonomyPath",
			Why: "A query, an escape or a dot segment in a path would lead requests to an address other than the one that was read.",
			Fix: "Write it as /adverse-event/fhir, or / for the root of the host.",
		},
		{
			ID: "ENDPOINT-CONTENT-TYPE", Title: "The content type is one of FHIR.", Severity: fhir.Error, Path: "$.contentType", Evidence: Standard, Source: sourceR4 + ", content types",
			Why: "A server refuses a body whose type it does not know.",
			Fix: "State application/json or application/fhir+json.",
		},
		{
			ID: "ENDPOINT-SECRET", Title: "Secrets are named by where they are kept and can be read there.", Severity: fhir.Error, Path: "$.key | $.oauth | $.tls.certificateKey | $.proxy.credentials",
			Why: "A secret in a file of settings is copied, mailed and committed with it.",
			Fix: "Name one environment variable, or one file that the program may read, that holds the secret.",
		},
		{
			ID: "ENDPOINT-KEY", Title: "The endpoint has credentials, and they are meant for it.", Severity: fhir.Error, Path: "$.key",
			Why: "The service refuses callers that do not identify themselves. The key of the sandbox is public and is not accepted elsewhere.",
			Fix: "Name where the subscription key is kept and, if it is not the default, the header that carries it.",
		},
		{
			ID: "ENDPOINT-OAUTH", Title: "The settings for an access token are complete.", Severity: fhir.Error, Path: "$.oauth", Evidence: Standard, Source: "RFC 7523; NHS England API platform, application-restricted APIs with signed JWT",
			Why: "Without token URL, client id, key id and signing key no token can be requested.",
			Fix: "Give the setting that the path names; the signing key is an RSA key in PEM form.",
		},
		{
			ID: "ENDPOINT-TLS", Title: "Certificates can be read and belong together.", Severity: fhir.Error, Path: "$.tls",
			Why: "With a certificate that does not fit its key, or authorities that cannot be read, no connection is made.",
			Fix: "Name files in PEM form: the authorities, and a client certificate together with its key.",
		},
		{
			ID: "ENDPOINT-PROXY", Title: "A proxy has a valid address, and a sandbox has no proxy.", Severity: fhir.Error, Path: "$.proxy",
			Why: "With an address that cannot be read, reports would bypass the proxy. A sandbox is local and needs none.",
			Fix: "Write it as http://host:port or https://host:port; its credentials have a setting of their own.",
		},
		{
			ID: "ENDPOINT-TIMEOUT", Title: "Time limits are more than zero.", Severity: fhir.Error, Path: "$.timeout | $.connectTimeout",
			Why: "Without a limit, a connection that hangs delays every report after it.",
			Fix: "Write a duration such as 40s, or leave it out for the default.",
		},
	}},
}
