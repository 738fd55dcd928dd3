package client

import (
	"bytes"
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// form says what the body of an answer is. An OperationOutcome has two of them: whether it
// has errors, and what it speaks of.
type form uint32

const (
	lost       form = 1 << iota // did not arrive whole, is cut short, too deep or too large to be read
	empty                       // no bytes, or white space
	page                        // neither JSON nor an OperationOutcome: HTML, text
	gateway                     // {statusCode, message}: something in front of the service answered
	other                       // other JSON: another resource, an OperationOutcome without issues
	record                      // an AdverseEvent, or a resource that does not state its type
	capability                  // a CapabilityStatement

	notice   // OperationOutcome without errors
	problems // OperationOutcome with errors

	exists      // of a record that exists already, or of a conflict with one
	busy        // of too many requests
	content     // of the content of the report
	login       // of who sends
	forbidden   // of what the sender may do
	unsupported // of a kind of request that the service does not take
	missing     // of a record or an address that is not there
	trouble     // of an error of the service itself
	unclear     // of nothing that the codes tell
)

const outcomes = notice | problems

// naming says which record the answer names, in the body or a header.
type naming uint8

const (
	nobody  naming = 1 << iota
	ours           // the record of the call; for a submission, any
	another        // another one than that of the call
	version        // no record, but the header ETag holds a version
	garbled        // a record of which the id cannot be trusted
)

// ops is a set of operations.
type ops uint8

const (
	submits ops = 1 << iota
	updates
	deletes
	reads
	metadata
	conditionals // updates that name a version

	changing = updates | deletes
	onRecord = changing | reads
)

func (o Op) set() ops {
	switch o {
	case OpUpdate:
		return updates
	case OpRead:
		return reads
	case OpDelete:
		return deletes
	case OpMetadata:
		return metadata
	}
	return submits
}

func (a attempt) ops() ops {
	if a.conditional {
		return a.op.set() | conditionals
	}
	return a.op.set()
}

// rule gives the verdict on answers of some statuses. A set that is zero takes everything.
type rule struct {
	from, to int
	ops      ops
	forms    form
	names    naming
	// option wants the setting gatewayRefusal of the endpoint.
	option  bool
	outcome Outcome
	reason  Reason
}

// rules decide what an answer means: the first one that takes it. They are the only place
// where that is decided. A status that no rule takes is one that HTTP does not have.
//
// In short: a 2xx counts only if the service itself names the record; a record that may
// exist is always Unknown; a refusal asks a person to change the report only where it names
// the content; every other refusal is about access, address or configuration, and nothing
// is wrong with the report.
var rules = []rule{
	{from: 200, to: 299, ops: metadata, forms: capability, outcome: Accepted},
	{from: 200, to: 299, ops: metadata, outcome: Unknown, reason: NotCapabilityForm},
	{from: 200, to: 299, ops: onRecord, names: another, outcome: Unknown, reason: OtherRecord},
	{from: 202, to: 202, ops: changing, outcome: Unknown, reason: NotFinal},
	{from: 200, to: 200, ops: reads, forms: record, names: ours, outcome: Accepted},
	{from: 200, to: 299, ops: submits, names: ours, outcome: Accepted},
	{from: 200, to: 299, ops: updates, forms: record | empty | lost | notice, names: ours, outcome: Accepted},
	{from: 200, to: 200, ops: updates, forms: empty | notice, names: version, outcome: Accepted},
	{from: 204, to: 204, ops: updates, forms: empty, outcome: Accepted},
	{from: 200, to: 299, ops: deletes, names: garbled, outcome: Unknown, reason: Unconfirmed},
	{from: 200, to: 200, ops: deletes, forms: empty | notice | record | other, outcome: Accepted},
	{from: 204, to: 204, ops: deletes, forms: empty, outcome: Accepted},
	{from: 200, to: 299, outcome: Unknown, reason: Unconfirmed},

	{from: 300, to: 399, outcome: Unknown, reason: Redirected},

	{from: 412, to: 412, ops: conditionals, outcome: Rejected, reason: VersionConflict},
	{from: 400, to: 499, forms: exists, outcome: Unknown, reason: Conflict},
	{from: 400, to: 499, forms: busy, outcome: NotSent, reason: Throttled},
	{from: 401, to: 401, outcome: NotSent, reason: Unauthorised},
	{from: 403, to: 403, ops: reads, outcome: NotSent, reason: NotOffered},
	{from: 402, to: 403, outcome: NotSent, reason: Forbidden},
	{from: 404, to: 404, ops: onRecord, forms: empty | content | missing | unclear, outcome: Rejected, reason: NoSuchRecord},
	{from: 410, to: 410, ops: onRecord, forms: empty | content | missing | unclear, outcome: Rejected, reason: NoSuchRecord},
	{from: 404, to: 405, ops: reads, outcome: NotSent, reason: NotOffered},
	{from: 501, to: 501, ops: reads, outcome: NotSent, reason: NotOffered},
	{from: 404, to: 404, outcome: NotSent, reason: NoSuchPath},
	{from: 410, to: 410, outcome: NotSent, reason: NoSuchPath},
	{from: 421, to: 421, outcome: NotSent, reason: NoSuchPath},
	{from: 405, to: 406, outcome: NotSent, reason: Misconfigured},
	{from: 407, to: 407, outcome: NotSent, reason: NotConnected},
	{from: 408, to: 408, outcome: Unknown, reason: ServerTimeout},
	{from: 499, to: 499, outcome: Unknown, reason: ServerTimeout},
	{from: 409, to: 409, outcome: Unknown, reason: Conflict},
	{from: 412, to: 412, outcome: Unknown, reason: Conflict},
	{from: 423, to: 423, outcome: Unknown, reason: Conflict},
	{from: 413, to: 413, outcome: Rejected, reason: TooLarge},
	{from: 415, to: 415, outcome: NotSent, reason: Misconfigured},
	{from: 425, to: 425, outcome: NotSent, reason: Throttled},
	{from: 429, to: 429, outcome: NotSent, reason: Throttled},
	{from: 451, to: 451, outcome: NotSent, reason: Forbidden},
	{from: 400, to: 499, forms: login, outcome: NotSent, reason: Unauthorised},
	{from: 400, to: 499, forms: forbidden, outcome: NotSent, reason: Forbidden},
	{from: 400, to: 499, forms: unsupported, outcome: NotSent, reason: Misconfigured},
	{from: 400, to: 499, forms: trouble, outcome: Unknown, reason: ServerError},
	{from: 400, to: 499, ops: onRecord, forms: missing, outcome: Rejected, reason: NoSuchRecord},
	{from: 400, to: 499, forms: content, outcome: Rejected, reason: RejectedContent},
	{from: 400, to: 400, forms: missing | unclear, outcome: Rejected, reason: RejectedContent},
	{from: 422, to: 422, forms: missing | unclear, outcome: Rejected, reason: RejectedContent},
	{from: 400, to: 499, forms: page | gateway, outcome: NotSent, reason: Intercepted},
	{from: 400, to: 400, outcome: Rejected, reason: RejectedSilently},
	{from: 422, to: 422, outcome: Rejected, reason: RejectedSilently},
	{from: 400, to: 499, outcome: NotSent, reason: Misconfigured},

	// 503 with Retry-After says when to try again, not what was done.
	{from: 502, to: 504, forms: ^outcomes, option: true, outcome: NotSent, reason: GatewayRefused},
	{from: 511, to: 511, forms: ^outcomes, outcome: NotSent, reason: Intercepted}, // only what stands in between sends it
	{from: 500, to: 599, outcome: Unknown, reason: ServerError},
}

// judge applies the rules to an attempt with a status.
func judge(a attempt) verdict {
	forms, names, op := a.answer.form, a.naming(), a.ops()
	for _, r := range rules {
		if r.from <= a.status && a.status <= r.to && (r.ops == 0 || r.ops&op != 0) && (r.names == 0 || r.names == names) &&
			r.takes(forms) && (!r.option || a.gatewayRefusal) {
			return verdict{r.outcome, r.reason}
		}
	}
	return verdict{Unknown, UnexpectedStatus}
}

// takes reports whether the rule is about a body of this form. An OperationOutcome is only
// taken by a rule that names one of its two forms, or by one for all of them.
func (r rule) takes(f form) bool {
	if r.forms == ^outcomes {
		return f&outcomes == 0
	}
	return r.forms == 0 || r.forms&f != 0
}

func (a attempt) naming() naming {
	switch id := a.answer.id; {
	case id != "" && (a.id == "" || id == a.id):
		return ours
	case id != "":
		return another
	case a.answer.garbled:
		return garbled
	case a.answer.etag != "":
		return version
	}
	return nobody
}

// formOf says what a body is. It is nil if it did not arrive whole.
func (a *answer) formOf(body []byte) form {
	kind, stated := a.tree.text("resourceType")
	switch {
	case body == nil:
		return lost
	case a.outcome != nil && len(a.outcome.Issue) == 0:
		return notice | other
	case a.outcome != nil && a.outcome.HasErrors():
		return problems | speaksOf(a.outcome.Issue)
	case a.outcome != nil:
		return notice | speaksOf(a.outcome.Issue)
	case len(strings.TrimSpace(string(body))) == 0:
		return empty
	case a.tree == nil && cutShort(body):
		return lost
	case a.tree == nil:
		return page
	case kind == "CapabilityStatement":
		return capability
	case kind == "AdverseEvent", !stated && a.tree.value("id") != nil:
		return record
	}
	return other
}

// cutShort reports whether a body that cannot be read began as one that the service writes.
func cutShort(body []byte) bool {
	start := bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), 500)], []byte("\ufeff")))
	return bytes.HasPrefix(start, []byte("{")) || bytes.Contains(start, []byte("OperationOutcome"))
}

// order is that in which the subjects of several issues count. A record that may exist
// outweighs everything; what names the content outweighs what may follow from it.
var order = []form{exists, busy, content, login, forbidden, unsupported, missing, trouble}

// speaksOf returns what the errors speak of, or all issues if none is an error.
func speaksOf(issues []fhir.OutcomeIssue) form {
	var all, errs form
	for _, i := range issues {
		subject := subjectOf(i)
		all |= subject
		if (fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{i}}).HasErrors() {
			errs |= subject
		}
	}
	if errs == 0 {
		errs = all
	}
	if i := slices.IndexFunc(order, func(f form) bool { return errs&f != 0 }); i >= 0 {
		return order[i]
	}
	return unclear
}

// subjectOf reads the issue type and the codes beside it. Those are more exact where they
// are known, but whatever says that a record exists counts first.
func subjectOf(i fhir.OutcomeIssue) form {
	byType := issueTypes[strings.ToLower(strings.TrimSpace(i.Code))]
	if byType == exists {
		return exists
	}
	for _, c := range i.DetailsCodings {
		name := httpErrorPrefix.ReplaceAllString(strings.ToUpper(c.Code), "")
		if f := cmp.Or(httpErrorCodes[name], issueTypes[strings.ToLower(c.Code)]); f != 0 {
			return f
		}
	}
	return cmp.Or(byType, unclear)
}

// issueTypes is HL7's code system issue-type in its leaves and branches, without
// processing, informational and success, which do not say what an issue speaks of. Some
// servers write an HTTP status there.
var issueTypes = map[string]form{
	"duplicate": exists, "multiple-matches": exists, "conflict": exists, "409": exists, "412": exists,
	"throttled": busy, "429": busy,
	"invalid": content, "structure": content, "required": content, "value": content, "invariant": content,
	"code-invalid": content, "extension": content, "business-rule": content, "too-long": content,
	"login": login, "expired": login, "unknown": login, "401": login,
	"security": forbidden, "forbidden": forbidden, "suppressed": forbidden, "403": forbidden,
	"not-supported": unsupported, "405": unsupported, "406": unsupported, "415": unsupported,
	"not-found": missing, "deleted": missing, "404": missing, "410": missing,
	"transient": trouble, "lock-error": trouble, "no-store": trouble, "exception": trouble, "timeout": trouble,
	"incomplete": trouble, "too-costly": trouble, "408": trouble, "500": trouble, "502": trouble, "503": trouble, "504": trouble,
}

// httpErrorCodes is the code system http-error-codes of NHS England's APIs, as far as its
// codes say what an issue speaks of, and DUPLICATE_REJECTED of the Spine. The codes may
// have a prefix that says who answers.
var httpErrorCodes = map[string]form{
	"DUPLICATE": exists, "DUPLICATE_REJECTED": exists, "CONFLICT": exists,
	"TOO_MANY_REQUESTS": busy, "TOO_EARLY": busy,
	"UNAUTHORIZED": login, "FORBIDDEN": forbidden,
	"METHOD_NOT_ALLOWED": unsupported, "NOT_ACCEPTABLE": unsupported, "UNSUPPORTED_MEDIA_TYPE": unsupported,
	"NOT_FOUND": missing, "SERVER_ERROR": trouble, "UNAVAILABLE": trouble, "TIMEOUT": trouble,
}

var httpErrorPrefix = regexp.MustCompile(`^(PROXY|SEND|REC)_`)

// versionOf returns the version of an header,
// W/"2" or "2", empty if it has another form.
func versionOf(h http.Header) string {
	tag := strings.Trim(strings.TrimPrefix(h.Get("ETag"), "W/"), `"`)
	if fhir.IsID(tag) {
		return tag
	}
	return ""
}
