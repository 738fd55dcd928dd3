package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// refusal is the fault of a service that does not look at the request.
func refusal(status int, retryAfter string) sandbox.Fault {
	f := sandbox.Fault{Name: "no", Stage: sandbox.BeforeProcessing, Status: status}
	if retryAfter != "" {
		f.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return f
}

// What stands on a line today is not what stood there yesterday.
func TestEventsWithoutAReferenceAreKnownByTheirContent(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("monday.ndjson", event("One.")+event("Two."))
	code, out := p.submit(t.Context(), "monday.ndjson", "--source", "events")
	require.Equal(t, exitDone, code, out)
	p.write("tuesday.ndjson", event("Three.")+event("One."))
	code, out = p.submit(t.Context(), "tuesday.ndjson", "--source", "events")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (1 of them before)")
	assert.Contains(t, out, "Not in the log any more:")
	assert.Equal(t, 3, p.created())
	for _, e := range p.server.Sandbox().Entries() {
		assert.NotEqual(t, sandbox.Updated, e.Outcome, "another event is no update")
	}
}

// Two equal rows without a reference may be two events: nobody guesses.
func TestEqualRowsWithoutAReferenceAreAQuestion(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("events.ndjson", event("One.")+event("One."))
	code, out := p.submit(t.Context(), "events.ndjson")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "1 needs answers, 1 accepted")
	assert.Contains(t, out, "It is another event: lfpse outbox answer 2 other-event")
	code, out = p.outbox("answer", "2", "other-event")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "events.ndjson")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 2, p.created())
}

func TestALogIsSentOnce(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv", "--to", strings.Replace(p.server.URL(), "127.0.0.1", "localhost", 1)+"/")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (2 of them before)", "the service is the same, however it is spelt")
	p.log("One.", "Two corrected.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (1 of them before)")
	assert.Equal(t, 2, p.created())
	code, out = p.submit(t.Context(), "log.csv", "--json")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, `"versionId":"2"`, "the change was an update")
}

// Of an event that occurred today the body says so, and tomorrow it says no.
func TestAnEventOfTodayHasNotChangedTomorrow(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.write("log.csv", "Ref,Date,What\n1,2026-01-15,One.\n,2026-01-15,Two.\n")
	code, out := p.submit(t.Context(), "log.csv", "--today", "2026-01-15")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted")
	code, out = p.submit(t.Context(), "log.csv", "--today", "2026-01-16")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "2 accepted (2 of them before)")
	assert.Len(t, p.server.Sandbox().Entries(), 2)
}

// Two commands at the same time send every event once between them.
func TestCommandsShareAnOutbox(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.", "Two.", "Three.", "Four.")
	code, out := p.submit(t.Context(), "log.csv") // makes the key
	require.Equal(t, exitDone, code, out)
	p.log("One.", "Two.", "Three.", "Four.", "Five.", "Six.")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			code, out := p.submit(t.Context(), "log.csv")
			assert.Equal(t, exitDone, code, out)
		})
	}
	wg.Wait()
	assert.Equal(t, 6, p.created())
}

// Next year's log begins with 1 again: another event, and no record is overwritten.
func TestAReferenceThatIsUsedAgain(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.write("log.csv", "Ref,Date,What\n1,2027-01-20,Another thing.\n")
	code, out = p.submit(t.Context(), "log.csv", "--today", "2027-02-01")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "used this reference before")
	assert.Contains(t, out, "That is 1 of 15/01/2026, accepted (SANDBOX-")
	assert.Contains(t, out, "It is the same event, and was corrected: lfpse outbox answer 2 same-event")
	assert.Contains(t, out, "1 row may be an event that is known, and was not sent")
	assert.Len(t, p.server.Sandbox().Entries(), 1)
	code, out = p.outbox("answer", "2", "other-event")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv", "--today", "2027-02-01")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 2, p.created())
}

// A row that was recorded and is now blocked, withdrawn or gone shows its record.
func TestARecordThatStandsIsShown(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.", "Two.", "Three.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.log("One.", "Two was said to a.person@example.org.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitAttention, code, out)
	assert.Contains(t, out, "1 blocked, 1 accepted (1 of them before)")
	assert.Regexp(t, `(?m)^2 .* blocked +SANDBOX-\S+ \(recorded before: its record stands\)$`, out)
	assert.Regexp(t, `(?m)^Not in the log any more:\n3 +15/01/2026 +good care +accepted +SANDBOX-\S+ \(recorded before: its record stands\)\n +To withdraw its record: lfpse outbox withdraw 3$`, out)
	assert.Contains(t, out, "1 row that is not sent now was recorded before, and its record stands")
	assert.Contains(t, out, "1 report is not in the log any more")
}

// A report that waits is not sent any more when its row is taken out of the log.
func TestWhatIsTakenOutOfTheLogIsNotSent(t *testing.T) {
	t.Parallel()
	down := true
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		if down {
			return refusal(http.StatusTooManyRequests, "16")
		}
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	down = false
	p.log("One.")
	code, out = p.outbox("resume")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Contains(t, out, "To send it: lfpse outbox release 2")
	assert.Equal(t, 1, p.created())
}

// What is systemic stops the line at the first report.
func TestWhatWouldHoldForAllStopsAtTheFirst(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{401: "unauthorised", 403: "forbidden", 429: "throttled", 500: "server-error"} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
				return refusal(status, "120")
			}))
			p.log("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.")
			start := time.Now()
			code, out := p.submit(t.Context(), "log.csv")
			assert.Equal(t, exitDelivery, code, out)
			assert.Contains(t, out, want)
			assert.Contains(t, out, "8 rows not delivered, or not known to be")
			assert.Len(t, p.server.Sandbox().Entries(), 1)
			assert.Less(t, time.Since(start), 10*time.Second)
			code, out = p.submit(t.Context(), "log.csv")
			assert.Equal(t, exitDelivery, code, out)
			if status != 500 {
				assert.Len(t, p.server.Sandbox().Entries(), 1, "nor is it tried again before its time")
			}
		})
	}
}

// A stopped line goes on when somebody says that the cause is put right.
func TestAStoppedLineIsResumed(t *testing.T) {
	t.Parallel()
	status := http.StatusForbidden
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		if status == 0 {
			return sandbox.Fault{}
		}
		return refusal(status, "")
	}))
	p.log("One.", "Two.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "When that is put right: lfpse outbox resume")
	assert.Contains(t, out, "It waits, because nothing more is sent to this service at present.")
	status = 0
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	code, out = p.outbox("resume")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 2, p.created())
}

func TestAPausedPracticeWaits(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	code, out = p.outbox("pause", "--practice", "A99999", "--by", "jo")
	require.Equal(t, exitDone, code, out)
	p.log("One.", "Two.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "It waits: jo has paused the practice A99999 since")
	assert.Equal(t, 1, p.created())
}

// An update may be repeated when nobody knows whether it took effect; a report may not.
func TestAnUpdateOfUnknownFateMayBeRepeated(t *testing.T) {
	t.Parallel()
	p := newPractice(t, sandbox.WithFault(func(r *http.Request, n int) sandbox.Fault {
		if n == 2 {
			return sandbox.Fault{Name: "cut", Cut: sandbox.ResetBefore}
		}
		return sandbox.Fault{}
	}))
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	p.log("One corrected.")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "To send the same again, which does no harm: lfpse outbox retry 1")
	code, out = p.outbox("retry", "1")
	require.Equal(t, exitDone, code, out)
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 1, p.created())
}

// The interrupt lets what is on its way come to its end, and every row is accounted for.
func TestAnInterruptedCommandAccountsForEveryRow(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		interrupt()
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.", "Three.")
	code, out := p.submit(ctx, "log.csv")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "3 rows: 2 pending, 1 accepted")
	assert.Contains(t, out, "interrupted before it was sent; it waits in the outbox")
	code, out = p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	assert.Equal(t, 3, p.created())
}

// An interrupt while the command waits for its rate is no fault of the outbox.
func TestAnInterruptBetweenTwoReports(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault {
		time.AfterFunc(200*time.Millisecond, interrupt)
		return sandbox.Fault{}
	}))
	p.log("One.", "Two.", "Three.")
	code, out := p.submit(ctx, "log.csv", "--rate", "0.01")
	require.Equal(t, exitDelivery, code, out)
	assert.Contains(t, out, "2 rows not delivered, or not known to be")
	assert.NotContains(t, out, "cancel")
	assert.Equal(t, 1, p.created())
}

// messages passes on what a command writes.
type messages chan string

func (m messages) Write(p []byte) (int, error) {
	m <- string(p)
	return len(p), nil
}

// A command that waits for the outbox of another says so, and the first interrupt ends it
// with nothing sent.
func TestWaitingForAnOutboxIsSaidAndEnds(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	held, err := sqlite.Open(t.Context(), p.path("outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	ctx, interrupt := context.WithCancel(t.Context())
	saying := make(messages, 10)
	ended := make(chan int, 1)
	p.log("One.", "Two.")
	go func() {
		args := []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", p.server.URL(), "--outbox", p.path("outbox.db")}
		ended <- run(ctx, args, &console{strings.NewReader(""), saying, saying})
	}()
	assert.Contains(t, <-saying, "outbox.db is in use by another command")
	interrupt()
	assert.Equal(t, exitDelivery, <-ended)
	assert.Contains(t, <-saying, "nothing was sent")
	assert.Len(t, p.server.Sandbox().Entries(), 1)
	require.NoError(t, held.Close())
}

// A sandbox without an outbox leaves nothing behind.
func TestATemporaryOutboxIsRemoved(t *testing.T) {
	p := newPractice(t)
	p.log("One.")
	t.Setenv("TMPDIR", t.TempDir())
	code, out := p.submit(t.Context(), "log.csv", "--outbox=")
	require.Equal(t, exitDone, code, out)
	assert.NotContains(t, out, "key")
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	assert.Empty(t, left)
}

// What cannot be used as an outbox is refused before anything is sent.
func TestOutboxesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	p.log("One.")
	p.write("note.txt", strings.Repeat("This is no database. ", 100))
	p.write("note.txt.key", "")
	require.NoError(t, os.Mkdir(p.path("folder"), 0o700))
	code, out := p.submit(t.Context(), "log.csv")
	require.Equal(t, exitDone, code, out)
	require.NoError(t, os.Rename(p.path("outbox.db.key"), p.path("kept.key")))
	for want, more := range map[string][]string{
		"needs --key FILE":                            {"--outbox", "postgres://user:s3cr3t@db.example/lfpse"},
		"is not a key file of an outbox":              {"--outbox", p.path("new.db"), "--key", p.path("note.txt.key")},
		"the file is not an outbox":                   {"--outbox", p.path("note.txt"), "--key", p.path("kept.key")},
		"the key file":                                {"--outbox", p.path("outbox.db")},
		"encrypted with another key":                  {"--outbox", p.path("outbox.db"), "--key", p.path("other.key")},
		"--source NAME is needed with standard input": {"--outbox", p.path("new.db")},
		`"the surgery" is no ODS code`:                {"--outbox", p.path("new.db"), "--practice", "the surgery"},
	} {
		source := "log.csv"
		if strings.HasPrefix(want, "--source") {
			source = "-"
		}
		if strings.HasPrefix(want, "encrypted") {
			code, out := p.submit(t.Context(), "log.csv", "--outbox", p.path("other.db"), "--key", p.path("other.key"))
			require.Equal(t, exitDone, code, out)
		}
		if source == "-" {
			more = append(more, "--map", p.path("map.yaml"))
		}
		code, out := p.submit(t.Context(), source, more...)
		assert.Equal(t, exitUsage, code, out)
		assert.Contains(t, out, want)
		assert.NotContains(t, out, "s3cr3t")
	}
	code, out = p.submit(t.Context(), "log.csv", "--key", p.path("kept.key"))
	assert.Equal(t, exitDone, code, out)
}

// A sandbox inside the command knows what the outbox holds of those before it: no two reports
// have the same record, and a row that has changed is an update of its own.
func TestOwnSandboxesOfOneOutbox(t *testing.T) {
	t.Parallel()
	p := newPractice(t)
	submit := func(texts ...string) string {
		p.log(texts...)
		code, out := p.submit(t.Context(), "log.csv", "--to", "sandbox", "--in-flight", "1")
		require.Equal(t, exitDone, code, out)
		return out
	}
	submit("One.", "Two.")
	third := submit("One.", "Two.", "Three.")
	assert.Regexp(t, `SANDBOX-\d+-000003`, third)
	submit("One.", "Two which was another thing.", "Three.")
	code, out := p.outbox("export")
	require.Equal(t, exitDone, code, out)
	for n := range 3 {
		assert.Equal(t, 1, strings.Count(out, fmt.Sprintf("sbx-%06d", n+1)), out)
	}
}
