package client_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// answerRow is one answer of a service and what the client must make of it. Each row of
// the table is one verb of ops with one status and one body.
type answerRow struct {
	ops      []client.Op
	statuses []int
	bodies   []body
	header   http.Header
	option   bool // with gatewayRefusal
	outcome  client.Outcome
	reason   client.Reason
}

// opUpdateIfMatch is an update that names the version that it replaces.
const opUpdateIfMatch client.Op = "update-if-match"

var (
	post      = []client.Op{client.OpSubmit}
	put       = []client.Op{client.OpUpdate}
	del       = []client.Op{client.OpDelete}
	get       = []client.Op{client.OpMetadata}
	read      = []client.Op{client.OpRead}
	putMatch  = []client.Op{opUpdateIfMatch}
	putDelete = slices.Concat(put, del)
	changes   = slices.Concat(post, putDelete)
)

// answerTable is the table of what every answer means.
var answerTable = slices.Concat(successes, refusals, failures)

var successes = []answerRow{
	{post, []int{200, 201, 202, 299}, []body{bodyRecord}, nil, false, client.Accepted, ""},
	{post, []int{201}, []body{bodyAsHTML, bodyOther}, nil, false, client.Accepted, ""},
	{post, []int{201}, []body{bodyEmpty, bodyPage, bodyEarly, bodyNotice}, located, false, client.Accepted, ""},
	{post, []int{201}, []body{bodyEmpty, bodyNotice}, contentAt, false, client.Accepted, ""},
	{post, []int{201}, []body{bodyEmpty, bodyCut, bodyEarly, bodyNotGzip, bodyNoID, bodyPatient, bodyNotice, bodyNoIssue, coded("duplicate"), coded("required")}, nil, false, client.Unknown, client.Unconfirmed},
	{post, []int{201}, []body{bodyEmpty}, etag, false, client.Unknown, client.Unconfirmed},
	{post, []int{201}, []body{bodyBadText}, nil, false, client.Accepted, ""},
	{post, []int{201}, []body{bodyTwoIDs, bodyBadID, bodyDeep, bodyWrongType}, nil, false, client.Unknown, client.Unconfirmed},
	{post, []int{200, 201}, []body{bodyPage, bodyText, bodyGateway, bodyJSON}, nil, false, client.Unknown, client.Unconfirmed},
	{post, []int{204}, []body{bodyEmpty}, nil, false, client.Unknown, client.Unconfirmed},

	{put, []int{200, 201}, []body{bodyRecord}, nil, false, client.Accepted, ""},
	{put, []int{200}, []body{bodyEmpty, bodyNotice, bodyEarly}, contentAt, false, client.Accepted, ""},
	{put, []int{200}, []body{bodyEmpty, bodyNotice}, etag, false, client.Accepted, ""},
	{put, []int{204}, []body{bodyEmpty}, etag, false, client.Accepted, ""},
	{put, []int{204}, []body{bodyEmpty}, nil, false, client.Accepted, ""},
	{put, []int{200}, []body{bodyEmpty, bodyCut, bodyEarly, bodyNotGzip, bodyPatient, bodyNotice}, nil, false, client.Unknown, client.Unconfirmed},
	{put, []int{200}, []body{bodyBadText}, nil, false, client.Accepted, ""},
	{put, []int{200}, []body{bodyPage, bodyText, bodyGateway, bodyTwoIDs, bodyBadID, bodyDeep, bodyNoID, bodyWrongType, coded("required")}, nil, false, client.Unknown, client.Unconfirmed},
	{put, []int{200}, []body{bodyPage, bodyEarly, coded("required")}, etag, false, client.Unknown, client.Unconfirmed},
	{put, []int{200}, []body{bodyPage, bodyGateway, coded("conflict")}, contentAt, false, client.Unknown, client.Unconfirmed},
	{put, []int{299}, []body{bodyEmpty}, etag, false, client.Unknown, client.Unconfirmed},
	{put, []int{202}, []body{bodyEmpty, bodyRecord}, etag, false, client.Unknown, client.NotFinal},
	{put, []int{200}, []body{bodyOther}, nil, false, client.Unknown, client.OtherRecord},
	{put, []int{200}, []body{bodyEmpty}, elsewhere, false, client.Unknown, client.OtherRecord},

	{del, []int{200}, []body{bodyEmpty, bodyNotice, bodyNoIssue, bodyRecord, bodyJSON}, nil, false, client.Accepted, ""},
	{del, []int{200}, []body{bodyNoID, bodyPatient, bodyBadText}, nil, false, client.Accepted, ""},
	{del, []int{200}, []body{bodyText, bodyDeep, bodyTwoIDs, bodyBadID, bodyWrongType, coded("required")}, nil, false, client.Unknown, client.Unconfirmed},
	{del, []int{204}, []body{bodyEmpty}, nil, false, client.Accepted, ""},
	{del, []int{202}, []body{bodyEmpty, bodyNotice, bodyRecord}, nil, false, client.Unknown, client.NotFinal},
	{del, []int{200}, []body{bodyPage, bodyCut, bodyEarly, bodyNotGzip, bodyGateway, coded("conflict")}, nil, false, client.Unknown, client.Unconfirmed},
	{del, []int{299}, []body{bodyEmpty}, nil, false, client.Unknown, client.Unconfirmed},
	{del, []int{200}, []body{bodyOther}, nil, false, client.Unknown, client.OtherRecord},

	{putMatch, []int{200}, []body{bodyRecord}, nil, false, client.Accepted, ""},

	{read, []int{200}, []body{bodyRecord, bodyBadText}, nil, false, client.Accepted, ""},
	{read, []int{200}, []body{bodyEmpty, bodyPage, bodyCut, bodyEarly, bodyTwoIDs, bodyNoID, bodyPatient, bodyNotice, bodyGateway, coded("required")}, nil, false, client.Unknown, client.Unconfirmed},
	{read, []int{200}, []body{bodyEmpty, bodyEarly, bodyPage}, contentAt, false, client.Unknown, client.Unconfirmed},
	{read, []int{200}, []body{bodyOther}, nil, false, client.Unknown, client.OtherRecord},
	{read, []int{201, 202, 204}, []body{bodyEmpty}, nil, false, client.Unknown, client.Unconfirmed},

	{get, []int{200}, []body{bodyMetadata}, nil, false, client.Accepted, ""},
	{get, []int{200}, []body{bodyPage, bodyEmpty, bodyRecord}, nil, false, client.Unknown, client.NotCapabilityForm},
}

var refusals = []answerRow{
	// Access, address and configuration: nothing is wrong with the report.
	{changes, []int{401}, []body{bodyEmpty, bodyGateway, coded("login"), coded("invalid")}, nil, false, client.NotSent, client.Unauthorised},
	{post, []int{403}, []body{bodyEmpty, bodyPage, bodyGateway, coded("forbidden"), coded("security"), detailed("403", "PROXY_FORBIDDEN"), coded("required"), coded("processing")}, nil, false, client.NotSent, client.Forbidden},
	{putDelete, []int{403}, []body{coded("forbidden"), bodyEmpty}, nil, false, client.NotSent, client.Forbidden},
	{post, []int{402, 451}, []body{bodyEmpty}, nil, false, client.NotSent, client.Forbidden},
	{post, []int{404}, []body{bodyEmpty, bodyPage, bodyGateway, coded("not-found"), coded("processing"), coded("required")}, nil, false, client.NotSent, client.NoSuchPath},
	{post, []int{410, 421}, []body{bodyEmpty, coded("deleted")}, nil, false, client.NotSent, client.NoSuchPath},
	{putDelete, []int{404}, []body{bodyPage, bodyGateway, bodyEarly, coded("not-supported")}, nil, false, client.NotSent, client.NoSuchPath},
	{get, []int{404}, []body{bodyEmpty, coded("not-found")}, nil, false, client.NotSent, client.NoSuchPath},
	{read, []int{401}, []body{bodyGateway}, nil, false, client.NotSent, client.Unauthorised},
	{read, []int{404}, []body{bodyPage, bodyGateway}, nil, false, client.NotSent, client.NotOffered},
	{read, []int{403, 405, 501}, []body{bodyEmpty, bodyGateway, coded("not-supported")}, nil, false, client.NotSent, client.NotOffered},
	{post, []int{405, 406, 415}, []body{bodyEmpty, coded("not-supported"), coded("structure")}, nil, false, client.NotSent, client.Misconfigured},
	{post, []int{411, 417, 418, 426, 428, 431}, []body{bodyEmpty}, nil, false, client.NotSent, client.Misconfigured},
	{post, []int{407}, []body{bodyPage, coded("login")}, nil, false, client.NotSent, client.NotConnected},
	{post, []int{425}, []body{bodyEmpty, detailed("processing", "REC_TOO_EARLY")}, nil, false, client.NotSent, client.Throttled},
	{changes, []int{429}, []body{bodyEmpty, coded("throttled")}, later, false, client.NotSent, client.Throttled},
	{post, []int{400, 403}, []body{coded("throttled")}, nil, false, client.NotSent, client.Throttled},
	{post, []int{400}, []body{coded("login"), coded("expired"), coded("unknown"), detailed("processing", "SEND_UNAUTHORIZED")}, nil, false, client.NotSent, client.Unauthorised},
	{post, []int{400}, []body{coded("forbidden"), coded("security"), bodyWarned, detailed("invalid", "PROXY_FORBIDDEN")}, nil, false, client.NotSent, client.Forbidden},
	{post, []int{422}, []body{coded("not-supported"), detailed("not-supported", "REC_UNPROCESSABLE_ENTITY")}, nil, false, client.NotSent, client.Misconfigured},
	{post, []int{400, 422}, []body{bodyPage, bodyText, bodyGateway}, nil, false, client.NotSent, client.Intercepted},

	// A record may exist.
	{post, []int{409}, []body{bodyEmpty, bodyPage, bodyGateway, coded("duplicate"), coded("conflict"), coded("required"), detailed("duplicate", "REC_DUPLICATE")}, nil, false, client.Unknown, client.Conflict},
	{post, []int{400, 422}, []body{coded("duplicate"), coded("conflict"), coded("multiple-matches"), bodyAlso, bodyXMLTwice, detailed("processing", "DUPLICATE_REJECTED"), detailed("invalid", "REC_DUPLICATE"), detailed("processing", "duplicate"), coded("Duplicate")}, nil, false, client.Unknown, client.Conflict},
	{post, []int{412, 423}, []body{bodyEmpty}, nil, false, client.Unknown, client.Conflict},
	{putDelete, []int{409, 412}, []body{bodyEmpty, coded("conflict")}, nil, false, client.Unknown, client.Conflict},
	{putMatch, []int{409}, []body{bodyEmpty, coded("conflict")}, nil, false, client.Unknown, client.Conflict},
	{putMatch, []int{412}, []body{bodyEmpty, bodyPage, coded("conflict"), coded("processing")}, nil, false, client.Rejected, client.VersionConflict},

	// The content.
	{post, []int{400, 422}, []body{coded("invalid"), coded("structure"), coded("required"), coded("value"), coded("invariant"), coded("code-invalid"), coded("business-rule"), coded("processing"), coded("not-found"), bodyNoCode, bodyXML, bodyMixed, bodyNotice}, nil, false, client.Rejected, client.RejectedContent},
	{put, []int{400, 422}, []body{coded("required"), coded("processing"), bodyNoCode}, nil, false, client.Rejected, client.RejectedContent},
	{post, []int{400}, []body{detailed("processing", "LFPSE-1"), coded("a code of its own")}, nil, false, client.Rejected, client.RejectedContent},
	{post, []int{418}, []body{coded("required")}, nil, false, client.Rejected, client.RejectedContent},
	{post, []int{400, 422}, []body{bodyEmpty, bodyJSON, bodyCut, bodyXMLCut, bodyEarly, bodyNotGzip, bodyNoIssue}, nil, false, client.Rejected, client.RejectedSilently},
	{post, []int{413}, []body{bodyEmpty, bodyPage, coded("too-long")}, nil, false, client.Rejected, client.TooLarge},
	{read, []int{404, 410}, []body{bodyEmpty, coded("not-found"), coded("deleted")}, nil, false, client.Rejected, client.NoSuchRecord},
	{putDelete, []int{404, 410}, []body{bodyEmpty, coded("not-found"), coded("processing")}, nil, false, client.Rejected, client.NoSuchRecord},
	{putDelete, []int{400}, []body{coded("not-found"), coded("deleted")}, nil, false, client.Rejected, client.NoSuchRecord},
}

var failures = []answerRow{
	{changes, []int{301, 302, 307, 308}, []body{bodyEmpty}, elsewhere, false, client.Unknown, client.Redirected},
	{post, []int{300, 304, 399}, []body{bodyEmpty}, nil, false, client.Unknown, client.Redirected},
	{post, []int{303}, []body{bodyRecord}, located, false, client.Unknown, client.Redirected},
	{post, []int{408, 499}, []body{bodyEmpty, coded("required")}, nil, false, client.Unknown, client.ServerTimeout},
	{post, []int{400}, []body{coded("exception"), coded("timeout"), coded("transient")}, nil, false, client.Unknown, client.ServerError},
	{changes, []int{500, 502, 503, 504}, []body{bodyEmpty}, nil, false, client.Unknown, client.ServerError},
	{post, []int{500}, []body{bodyRecord, bodyPage, coded("required"), coded("duplicate")}, located, false, client.Unknown, client.ServerError},
	{post, []int{503}, []body{bodyGateway, coded("throttled")}, later, false, client.Unknown, client.ServerError},
	{post, []int{501, 505, 511, 599}, []body{coded("not-supported")}, nil, false, client.Unknown, client.ServerError},
	{post, []int{502, 503, 504}, []body{bodyEmpty, bodyPage, bodyEarly}, nil, true, client.NotSent, client.GatewayRefused},
	{post, []int{500, 501}, []body{bodyPage}, nil, true, client.Unknown, client.ServerError},
	{post, []int{503}, []body{coded("exception")}, nil, true, client.Unknown, client.ServerError},
	{post, []int{511}, []body{bodyEmpty, bodyPage}, nil, false, client.NotSent, client.Intercepted},
	{post, []int{600, 999}, []body{bodyEmpty, bodyRecord}, located, false, client.Unknown, client.UnexpectedStatus},
	{post, []int{101}, []body{bodyEmpty}, located, false, client.Unknown, client.UnexpectedStatus},
}

// answerCell is one answer to one call: what a table row expands to. A fault grid can put
// a fault before, in and after it.
type answerCell struct {
	op     client.Op
	status int
	body   body
	row    answerRow
}

func cells() []answerCell {
	var out []answerCell
	for _, row := range answerTable {
		for _, status := range row.statuses {
			for _, b := range row.bodies {
				for _, op := range row.ops {
					out = append(out, answerCell{op, status, b, row})
				}
			}
		}
	}
	return out
}

func (c answerCell) handler() http.HandlerFunc {
	header := c.row.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	for name, values := range c.body.header {
		header[name] = values
	}
	return answering(c.status, header, c.body.text)
}

var verbs = map[client.Op]string{client.OpSubmit: "POST", client.OpUpdate: "PUT", client.OpDelete: "DELETE", client.OpMetadata: "GET /metadata", client.OpRead: "GET", opUpdateIfMatch: "PUT with If-Match"}

// line is the cell as a row of the table.
func (c answerCell) line() string {
	var with []string
	for name, values := range c.row.header {
		with = append(with, http.CanonicalHeaderKey(name)+": "+values[0])
	}
	if c.row.option {
		with = append(with, "setting gatewayRefusal")
	}
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %s |", verbs[c.op], c.status, c.body.name,
		cmp.Or(strings.Join(with, ", "), "–"), c.row.outcome, cmp.Or(string(c.row.reason), "–"))
}

// TestAnswers makes every call of the table for real.
func TestAnswers(t *testing.T) {
	seen := map[string]bool{}
	sent := report(t)
	for _, cell := range cells() {
		line := cell.line()
		assert.False(t, seen[line], "twice in the table: %s", line)
		seen[line] = true
		s := serve(t, cell.handler())
		var with []any
		if cell.row.option {
			with = append(with, gatewayRefusal)
		}
		c := sandbox(t, s.URL, with...)
		calls := every(t.Context(), c, sent)
		calls[client.OpMetadata] = func() error { return c.Probe(t.Context()) }
		calls[client.OpRead] = func() error { _, err := c.Read(t.Context(), "a1"); return err }
		calls[opUpdateIfMatch] = func() error { _, err := c.UpdateIfMatch(t.Context(), "a1", "1", sent); return err }
		err := calls[cell.op]()
		assert.EqualValues(t, 1, s.requests.Load(), line)
		assert.Equal(t, cell.row.outcome, client.OutcomeOf(err), line)
		if cell.row.outcome != client.Accepted {
			assert.Equal(t, cell.row.reason, asError(t, err).Reason, line)
			assert.Equal(t, cell.status, asError(t, err).Status, line)
		}
		s.Close()
	}
	assert.GreaterOrEqual(t, len(seen), 120)
}

// TestAnswersPage compares the page with the table; -update writes it.
func TestAnswersPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(answersHead)
	for _, cell := range cells() {
		b.WriteString(cell.line() + "\n")
	}
	b.WriteString("\n" + strconv.Itoa(len(cells())) + " answers.\n")
	b.WriteString(nextHead)
	for _, reason := range slices.Sorted(maps.Keys(nextAfter)) {
		if reason != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", string(reason), nextAfter[reason], reason.Error())
		}
	}
	golden(t, "ANSWERS.md", b.String(), "TestAnswersPage")
}

// golden compares a page with its file; -update writes it.
func golden(t *testing.T, file, want, test string) {
	t.Helper()
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
	}
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want, string(page), "run go test ./lfpse/client -run "+test+" -update")
}

// nextAfter says what each reason means for the calls after it.
var nextAfter = map[client.Reason]client.Next{
	"": client.GoOn, // accepted

	client.NoSubmission: client.GoOn, client.Damaged: client.GoOn, client.VersionMismatch: client.GoOn, client.BaseMismatch: client.GoOn,
	client.Provisional: client.GoOn, client.TestOrganisation: client.GoOn, client.BadID: client.GoOn, client.BadVersion: client.GoOn, client.IDMismatch: client.GoOn,
	client.Cancelled: client.GoOn, client.RejectedContent: client.GoOn, client.RejectedSilently: client.GoOn, client.TooLarge: client.GoOn,
	client.NoSuchRecord: client.GoOn, client.VersionConflict: client.GoOn, client.NotOffered: client.GoOn, client.Conflict: client.GoOn, client.NotFinal: client.GoOn,

	client.Throttled: client.Wait,

	client.Timeout: client.Probe, client.NameNotResolved: client.Probe, client.NotConnected: client.Probe, client.AnswerLost: client.Probe,
	client.GatewayRefused: client.Probe, client.ServerTimeout: client.Probe, client.ServerError: client.Probe, client.Unconfirmed: client.Probe,

	client.AddressForbidden: client.Stop, client.NotSandbox: client.Stop, client.NoToken: client.Stop, client.TLSFailed: client.Stop,
	client.Unauthorised: client.Stop, client.Forbidden: client.Stop, client.NoSuchPath: client.Stop, client.Misconfigured: client.Stop,
	client.Intercepted: client.Stop, client.Redirected: client.Stop, client.OtherRecord: client.Stop, client.UnexpectedStatus: client.Stop,
	client.NotCapabilityForm: client.Stop,
}

const nextHead = `
## What comes after each reason

| Next | Means for the calls after this one, to the same service |
| --- | --- |
| go-on | The cause lies in this call alone. |
| wait | The service asks for a pause: as long as Retry-After says, at most an hour. |
| probe | The service, or the way to it, is in trouble: read the metadata until that succeeds, before anything is sent. |
| stop | Access, address or configuration is wrong for every report: a person puts it right. |

| Reason | Next | In words |
| --- | --- | --- |
`

const answersHead = `# What an answer of the service means

This page is written by a test that gives each of these answers to a real call. Do not edit it;
run ` + "`go test ./lfpse/client -run TestAnswersPage -update`" + `.

| Outcome | Means |
| --- | --- |
| accepted | The service confirmed the call. |
| not-sent | The call had no effect, and nothing is wrong with the report: wait, or put access, address or configuration right. |
| rejected | The call had no effect, and would be refused again. A person changes the report only if the reason is rejected or too-large. |
| unknown | The call may have had an effect: somebody finds out before the report is sent again. An update or a deletion may be repeated. |

The body is JSON if nothing else is said. A code such as ` + "`required`" + ` is the issue type of an error in
an OperationOutcome. The record of a PUT, DELETE or GET is a1.

| Verb | Status | Body | Header or setting | Outcome | Reason |
| --- | --- | --- | --- | --- | --- |
`
