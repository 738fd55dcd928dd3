package main

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to do to a database what must not be done

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// spoil runs a statement on the database of the outbox behind its back.
func (p *practice) spoil(statement string) {
	db, err := sql.Open("sqlite", "file:"+p.path("outbox.db"))
	require.NoError(p.t, err)
	_, err = db.Exec(statement)
	require.NoError(p.t, err)
	require.NoError(p.t, db.Close())
}

// The service has recorded a report, and that cannot be stored: the command says what the
// service said, and the report is settled with it.
func TestAnOutcomeThatCannotBeStored(t *testing.T) {
	t.Parallel()
	var p *practice
	p = newPractice(t, sandbox.WithFault(func(_ *http.Request, n int) sandbox.Fault {
		if n == 1 {
			p.spoil("CREATE TRIGGER full BEFORE UPDATE ON report WHEN NEW.state = 'accepted' BEGIN SELECT RAISE(ABORT, 'no room'); END")
		}
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "2 rows: 1 pending, 1 unknown")
	assert.Contains(t, out, "The service has recorded it (SANDBOX-")
	assert.Contains(t, out, "lfpse outbox settle 1 --found sbx-000001")
	assert.Contains(t, out, "the outcome of report 1 could not be stored")
	p.spoil("DROP TRIGGER full")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "1 accepted")
	assert.Contains(t, strings.Join(strings.Fields(out), " "), "The program ended while the request was on its way. It may have been recorded")
	code, out = p.outbox("settle", "1", "--found", "sbx-000001")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 2, p.created())
}

// Rows that cannot be put into the outbox are not sent, nor is anything else.
func TestRowsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.spoil("CREATE TRIGGER full BEFORE INSERT ON report BEGIN SELECT RAISE(ABORT, 'no room'); END")
	p.log("One.", "Two.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "It could not be put into the outbox, and was not sent.")
	assert.Contains(t, out, "no room")
	assert.Contains(t, out, "nothing more was sent (exit code 3)")
	assert.Equal(t, 1, p.created())
}

// An audit trail that somebody has changed is found out.
func TestAChangedAuditTrailIsFoundOut(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.spoil("DROP TRIGGER audit_is_fixed; UPDATE audit SET by_id = 'nobody' WHERE link = 2")
	code, out = p.outbox("verify")
	assert.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "the audit trail is broken at entry 2")
}

// A log of many practices: each row belongs to the one that it names. A map that states the
// organisation for the whole log, and --practice, say whose log it is.
func TestWhoseLogItIs(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("log.csv", "Ref,Date,What,Practice\n1,2026-01-15,The team noticed one thing.,A99998\n2,2026-01-16,The team noticed another.,A99997\n")
	for name, c := range map[string]struct {
		field string
		more  []string
		want  []string
	}{
		"column":  {"reporterOrganisation, column: Practice, default: A99999", nil, []string{"A99997", "A99998"}},
		"context": {"reporterOrganisation, context: organisation, default: A99999", nil, []string{"A99999"}},
		"set":     {"reporterOrganisation, column: Practice", []string{"--set", "reporter.reporterOrganisation=A81001"}, []string{"A81001"}},
		"flag":    {"reporterOrganisation, column: Practice", []string{"--practice", "a81002"}, []string{"A81002"}},
	} {
		t.Run(name, func(t *testing.T) {
			p.write("map.yaml", strings.Replace(goodCareMap, "reporterOrganisation, default: A99999", c.field, 1))
			require.NoError(t, errors.Join(os.RemoveAll(p.path("outbox.db")), os.RemoveAll(p.path("outbox.db.mark"))))
			code, out := p.submit(t.Context(), "log.csv", c.more...)
			require.Equal(t, exitDone, code, out)
			code, out = p.outbox("stats")
			require.Equal(t, exitDone, code, out)
			assert.Equal(t, c.want, regexp.MustCompile(`(?m)^A\d+`).FindAllString(out, -1))
		})
	}
}

// One outbox may serve several endpoints; a command says which it is about.
func TestAnOutboxForSeveralEndpoints(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.write("other.yaml", "name: other\nenvironment: sandbox\nhost: "+p.server.URL()+"\n")
	code, out = p.submit(t.Context(), "log.csv", "--to", p.path("other.yaml"))
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "1 row: 1 accepted\n")
	code, out = p.outbox("ls")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, out, "say which with --endpoint. There are: sandbox; other")
	code, out = p.outbox("show", "2", "--endpoint", "other")
	assert.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2, for other")
}

// What waits of another log is sent, too, and counted by itself.
func TestWhatWaitsOfAnotherLogIsSentToo(t *testing.T) {
	t.Parallel()
	down := true
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		if down {
			return refusal(http.StatusForbidden, "")
		}
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	down = false
	code, out = p.outbox("resume")
	require.Equal(t, exitDone, code, out)
	p.write("events.ndjson", event("Three."))
	code, out = p.submit(t.Context(), "events.ndjson")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "1 row: 1 accepted\nReports of other logs that waited in the outbox: 2 accepted\n")
}

// Nothing of what a report says is in the outbox in plain text, nor in what is shown of it
// unless it is asked for.
func TestAnOutboxShowsNoText(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("The quixotic nurse noticed it in time.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	for _, words := range [][]string{{"ls", "--all", "-v"}, {"ls", "--all", "--json"}, {"show", "1"}, {"show", "1", "--json"}, {"export"}, {"export", "--format", "ndjson"}, {"export", "--audit"}, {"stats", "--json"}} {
		code, out := p.outbox(words...)
		require.Equal(t, exitDone, code, out)
		assert.NotContains(t, out, "quixotic", words)
	}
	assert.NotContains(t, p.read("outbox.db"), "quixotic")
	code, out = p.outbox("show", "1", "--text")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "quixotic")
}

// What the service said when it refused a report can be read afterwards, too.
func TestARefusalCanBeReadAgain(t *testing.T) {
	t.Parallel()
	p := newPractice(t, sandbox.WithFault(sandbox.Sequence(sandbox.Fault{
		Stage: sandbox.BeforeProcessing, Status: http.StatusUnprocessableEntity, Header: http.Header{"Content-Type": {"application/fhir+json"}},
		Body: []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","details":{"text":"The organisation is closed."}}]}`),
	})))
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "The organisation is closed.")
	_, out = p.outbox("show", "1")
	assert.Contains(t, out, "To see what it said: lfpse outbox show 1 --text")
	assert.NotContains(t, out, "organisation is closed")
	_, out = p.outbox("show", "1", "--text")
	assert.Contains(t, out, "Service said:   error: The organisation is closed.")
	_, out = p.outbox("show", "1", "--text", "--json")
	assert.Contains(t, out, `"said":["error: The organisation is closed."]`)
	assert.Contains(t, out, `"text":{"resourceType":"AdverseEvent"`)
	assert.NotContains(t, p.read("outbox.db"), "organisation is closed")
}

// A copy of the outbox that was put back sends nothing before it is settled what the copy
// does not know.
func TestACopyThatWasPutBack(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	backup := p.read("outbox.db")
	p.log("One.", "Two.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.write("outbox.db", backup)
	p.log("One.", "Two.", "Three.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "3 rows: 1 accepted (1 of them before), 2 unknown")
	assert.Contains(t, out, "A copy of the outbox was put back, which does not know what was sent since it was made. What to do now is in: lfpse outbox restored --help")
	code, out = p.outbox("restored", "--settled")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "2 reports are still unknown because a backup was put back")
	p.write("extract.csv", "reference,id,national reference\n1,sbx-000001,SANDBOX-2026-000001\n2,sbx-000002,SANDBOX-2026-000002\n")
	code, out = p.outbox("import", p.path("extract.csv"), "--complete")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "Report 2 (2 of 15/01/2026) is now accepted.")
	assert.Contains(t, out, "1 report was settled; the outcome of 1 is still not known.", "a moment ago it may have been on its way")
	assert.Equal(t, 2, p.created())
}

// A report of the form is called by what people know of it: not by the reference that it was
// given, but by who has filled it in. Its history says what happened, and who did it.
func TestWhatPeopleReadOfAFormInTheOutbox(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	key, err := outbox.CreateKey(p.path("outbox.db.key"))
	require.NoError(t, err)
	store, err := sqlite.Open(t.Context(), p.path("outbox.db"), sqlite.Sending(func() {}))
	require.NoError(t, err)
	box, err := outbox.Open(t.Context(), store, key, "sandbox")
	require.NoError(t, err)
	by := outbox.By{ID: "rec1", Role: outbox.Recorder}
	begun, err := box.BeginDraft(t.Context(), by, outboxtest.Builder(), "A81001", "form", outboxtest.Waiting("", "The fridge alarm was switched off overnight. No vaccine was used."))
	require.NoError(t, err)
	done, err := box.AnswerDraft(t.Context(), by, outboxtest.Builder(), begun.Edition(), draft.Answer{Target: "riskDetails.riskImminent", Text: "no"}, draft.Answer{Target: draft.CompleteTarget, Text: "yes"})
	require.NoError(t, err)
	require.NotNil(t, done.Entered)
	_, err = box.Drain(t.Context(), &outboxtest.Service{}, 1)
	require.NoError(t, err)
	require.NoError(t, store.Close())

	code, list := p.outbox("ls", "--all")
	require.Equal(t, exitDone, code, list)
	assert.Regexp(t, `(?m)^1 a form +03/02/2026 +incident +accepted `, list)
	code, shown := p.outbox("show", "1")
	require.Equal(t, exitDone, code, shown)
	for _, line := range []string{`From: +the form, filled in by rec1`, `  \S+ \S+  this program: it was taken in from the form`, `  \S+ \S+  this program: it was sent to sandbox`, `  \S+ \S+  this program: the service has recorded it as \S+ \(record \S+\)`} {
		assert.Regexp(t, `(?m)^`+line+`$`, shown)
	}
	for _, text := range []string{list, shown} {
		assert.NotContains(t, text, begun.Reference)
		assert.NotContains(t, text, "enqueue")
		assert.NotContains(t, text, "system")
	}
	code, machines := p.outbox("show", "1", "--json")
	require.Equal(t, exitDone, code, machines)
	assert.Contains(t, machines, begun.Reference)
	assert.Contains(t, machines, `"by":"system","act":"enqueue"`)
}
