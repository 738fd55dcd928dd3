// Package bridge takes in reports from the systems of practices, checks them, sends them
// to the LFPSE service through an outbox, and tells those systems what became of them.
//
// A [Config], one YAML document, describes it. [Load] reads the document, [Check] lists
// everything that is wrong with it, and [New] makes a [Bridge], which [Bridge.Run] keeps
// going until its context ends. The command lfpse bridge does the same.
//
// # The YAML form
//
// Only endpoint, outbox and practices are needed. The values here are examples; those
// marked "default" are the defaults. Relative paths start at the folder of the document.
//
//	endpoint:                      # the service, as package endpoint describes it
//	  environment: sandbox
//	  host: http://127.0.0.1:8787
//	taxonomy: "6"                  # default; a version
//	confirm: confirmed.json        # confirmations of provisional elements; default: none
//	guide: interview.yaml          # texts beside the questions of page and form, as package interview has them; default: its own
//	outbox:
//	  file: outbox.db              # or postgres, for bridges on several machines
//	  postgres: {env: LFPSE_DATABASE}
//	  key: outbox.key              # made if it is not there; not in the same backup
//	practices:
//	  - ods: A99999
//	    name: Invented Lane Surgery
//	    rate: 2                    # requests in a second; default: limits.perPractice
//	    paused: false              # default; true: taken in, not sent
//	    profile: profile.yaml      # what every report of the form says; default: none
//	    webhook:
//	      url: https://supplier.example/lfpse
//	      key: {file: webhook.key} # whsec_... as Standard Webhooks has it
//	    sources:                   # folders that are watched
//	      - name: incidents        # stays the same, whatever the files are called
//	        folder: in/incidents
//	        map: map.yaml          # for CSV; or the name of a built-in map
//	        set: {reporter.reporterOrganisation: A99999}
//	        records: records       # default: the folder
//	        answers: answers.csv   # default: none
//	        releases: releases.csv # default: none
//	        partial: false         # default; true: a log does not repeat older events
//	http:                          # default: no HTTP at all
//	  address: 127.0.0.1:8686      # default
//	  tls: {certificate: server.pem, key: {file: server.key}, clients: clients.pem}
//	  behindProxy: false           # true: a proxy in front of it does TLS
//	  callers:                     # without any, only health and metrics are served
//	    - name: supplier           # of the source of its reports
//	      token: {file: token}     # or certificate: its common name
//	      practices: [A99999]      # default: all
//	      launch: true             # it may open the form in the name of its users, see below; default: false
//	page:                          # for operators; read-only without users
//	  address: 127.0.0.1:8687      # default: that of http
//	  users: users.txt             # accounts, made with --user; default: none
//	  hosts: [bridge.example]      # names under which it may be asked for, beside loopback
//	  userHeader: X-Remote-User    # in which a proxy names the user; default: none
//	  proxies: [127.0.0.1/32]      # the proxies that may
//	form:                          # to record events, on the page; default: none
//	  signposts: signposts.yaml    # read before the first question; default: those of package form
//	keep:
//	  final: 0s                    # default; texts of reports that are done
//	  open: 720h                   # default; texts that wait for a person
//	  files: 720h                  # default; files that were taken in, encrypted
//	  removeFiles: false           # true: they are removed at once
//	limits:
//	  inFlight: 4                  # default, as are those below
//	  perSecond: 0                 # no limit
//	  perPractice: 0
//	  backlog: 100000              # reports that wait; above, intake pauses
//	  freeDisk: 256                # MiB; below, intake pauses
//	  body: 5                      # MiB of a request
//	  file: 64                     # MiB of a file that is taken in
//	  settle: 5s                   # how long a file has to stay as it is
//	  stop: 60s                    # for attempts under way, when the bridge is stopped
//	log: {level: info, format: text}
//	traces:                        # default: none
//	  url: https://collector.example/v1/traces # of an OTLP collector, with its path
//	  headers: {file: collector.headers} # Name: value, one a line; default: none
//	  authorities: collector.pem   # trusted instead of those of the operating system
//	  sample: 1                    # default; share of the traces that no caller has begun
//	  service: lfpse-bridge        # default; the name that the collector is told
//
// A limit is left out for its default; 0 is refused where it would not mean none.
//
// Secrets are named by where they are kept: {env: NAME} or {file: PATH}.
//
// # What comes in
//
// A report is an Event in its JSON form, a FHIR AdverseEvent of the loaded taxonomy, a
// Bundle of these, a CloudEvent whose data is one of the three, or a row of a CSV log for
// which there is a map. They come through watched folders, by HTTP, and with [Bridge.Read]
// from any reader. What an Event has no place for is refused by name and never dropped.
//
// Each report is checked first. One that is ready goes to the outbox. One that needs
// answers, or that a person must look at, is kept there as a draft. One that is blocked or
// invalid is refused with everything that is wrong with it; a row of a log is kept all the
// same.
//
// # What people record
//
// With form, people who have signed in record events on the page, see package form. A caller
// with launch opens it for its user: it posts a patient's FHIR record to /launch, with the
// ODS code as practice and the account as user in the query, and opens the path of the answer
// in their browser. What of the record could not be used is in the answer as warnings, and on
// the first page of the form.
//
// With launch the bridge trusts the caller to have signed its user in, and to name their
// account: nobody asks for their password. So the token or certificate of such a caller can
// record, read and send in the name of any recorder and any clinician of its practices, and
// release texts in that of a clinician. State its practices, give accounts the practices that
// they are for, and leave launch out where the system does not know who works at it: its users
// then sign in. An account of another practice is refused, and so is one of a manager or an
// operator; each refusal is in the audit trail. The session is for the form and for the
// practice of the launch only.
//
// # What goes out
//
// The loops of the bridge, each in a goroutine of its own, send what waits, settle what is
// unknown, remove what is not to be kept any longer, and call the webhooks. Receipts are
// also exported as CSV and NDJSON. Logs, metrics, traces, webhooks and exports hold no text
// of a report and nothing of a person. A file that was taken in is kept encrypted, see
// [OpenFile], or removed.
//
// # Traces
//
// Each request to the bridge is a span, as is each request to the service and each call of
// a webhook, under the name of its route or operation, with its status or outcome. Nothing
// is said of computer, process or user but the name of the service. A trace that a caller
// has begun goes on at the bridge, which follows the caller's decision whether to keep it.
// A webhook is told of the span of its call; the service is told of no trace.
//
// Spans wait in a queue that drops what has no room: a collector that cannot be reached
// keeps no report from being sent. The log tells of it once, and when the bridge ends, it
// waits 5 s at most for the last spans. Only the configuration counts: the variables of
// OpenTelemetry (OTEL_...) change nothing.
package bridge
