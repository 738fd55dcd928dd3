// Package conform posts the cases of the conformance suite to a service that takes LFPSE
// records, and reports where its verdict is another one than the suite's.
//
//	report, err := conform.Run(ctx, endpoint, all, conform.Options{Marker: "TEST, please delete", CleanUp: true})
//	...
//	err = report.HTML(file)
//
// A service answers by accepting or refusing a document, so only that is compared with
// what the suite expects. Cases about which a service can say nothing are not sent: those
// that need an option of a validator, and those that only the screen for personal data
// refuses. The report lists them with the reason.
//
// Each case is posted once. Nothing is repeated but a request that was answered 429, which
// says that it was not processed. If the service does not let the tester in, or gives no
// verdict several times in a row, the rest is not sent.
//
// A [Report] is one part of the evidence about a system: how it receives records. It is
// plain data, so that reports about other parts can stand beside it.
package conform
