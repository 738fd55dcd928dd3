package postgres_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// ledger is a service in the process of the test that counts what reaches it.
type ledger struct {
	mu    sync.Mutex
	calls map[string]int // by digest
}

// ServeHTTP records a report, and sometimes loses the answer.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	digest, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	l.calls[string(digest)]++
	l.mu.Unlock()
	time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond)
	if rand.IntN(50) == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
}

func (l *ledger) count(digest string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls[digest]
}

func recordID(digest string) string { return digest[:32] }

// remote sends to the ledger.
type remote struct {
	url    string
	client *http.Client
}

func (r remote) Submit(_ context.Context, s submission.Submission) (client.Receipt, error) {
	sum := s.Digest()
	digest := hex.EncodeToString(sum[:])
	resp, err := r.client.Post(r.url, "text/plain", strings.NewReader(digest))
	if err != nil {
		return client.Receipt{}, &client.Error{Op: client.OpSubmit, Outcome: client.Unknown, Reason: client.AnswerLost}
	}
	_ = resp.Body.Close()
	return client.Receipt{ID: recordID(digest), VersionID: "1", At: time.Now(), Digest: sum, Status: resp.StatusCode}, nil
}

func (r remote) Update(context.Context, string, submission.Submission) (client.Receipt, error) {
	panic("nothing is amended")
}

func (r remote) Delete(context.Context, string) (client.Receipt, error) {
	panic("nothing is withdrawn")
}

// The environment of a process that the test starts.
const (
	envDatabase = "LFPSE_TEST_DATABASE"
	envKey      = "LFPSE_TEST_KEY"
	envService  = "LFPSE_TEST_SERVICE"
	envHistory  = "LFPSE_TEST_HISTORY"
)

// work is what such a process does until its standard input ends: it drains, and opens the
// store again whenever its session was lost.
func work() error {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	key, err := outbox.LoadKey(os.Getenv(envKey))
	if err != nil {
		return err
	}
	for n := 0; ctx.Err() == nil; n++ {
		if err := workOnce(ctx, key, fmt.Sprintf("%d.%d", os.Getpid(), n)); err != nil && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

func workOnce(ctx context.Context, key outbox.Key, name string) error {
	store, err := postgres.Open(ctx, os.Getenv(envDatabase))
	if err != nil {
		return err
	}
	defer store.Close()
	watched, err := newRecorded(store, os.Getenv(envHistory), name)
	if err != nil {
		return err
	}
	defer watched.file.Close()
	box, err := outbox.Open(ctx, watched, key, "test", outbox.WithLimits(limits))
	if err != nil {
		return err
	}
	sender := remote{os.Getenv(envService), &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	for ctx.Err() == nil {
		d, err := box.Drain(ctx, sender, 100)
		if errors.Is(err, postgres.ErrLost) {
			return err
		}
		if err != nil || d.Claimed == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		select {
		case <-store.Lost():
			return postgres.ErrLost
		default:
		}
	}
	return nil
}

var limits = outbox.Limits{InFlight: 12, Unknowns: 1000}

// started is a process of the test.
type started struct {
	*exec.Cmd
	end io.Closer
}

func (s started) kill() {
	_ = s.Process.Kill()
	_ = s.Wait()
}

// Three processes share a database; one is killed again and again, and the sessions of
// another are cut. Nothing is sent twice or lost, what is unknown is known to be, and the
// histories of all claims can be put into one order.
func TestProcesses(t *testing.T) {
	db, service := postgrestest.New(t), &ledger{calls: map[string]int{}}
	server := httptest.NewUnstartedServer(service)
	server.Config.ErrorLog = nil
	server.Start()
	defer server.Close()
	dir := t.TempDir()
	key, err := outbox.CreateKey(filepath.Join(dir, "key"))
	require.NoError(t, err)
	start := func(name string) started {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envDatabase+"="+db.App+"&application_name="+name, envKey+"="+filepath.Join(dir, "key"),
			envService+"="+server.URL, envHistory+"="+filepath.Join(dir, name))
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		return started{cmd, in}
	}
	steady, cut, killed := start("steady"), start("cut"), start("killed")

	store, err := newRecorded(db.Open(t), filepath.Join(dir, "test"), "test")
	require.NoError(t, err)
	box, err := outbox.Open(ctx, store, key, "test", outbox.WithLimits(limits), outbox.WithClock(time.Now))
	require.NoError(t, err)
	const rounds, each = 20, 25
	owner, cuts := db.Owned(t), 0
	for round := range rounds {
		var items []outbox.Item
		for i := range each {
			items = append(items, outboxtest.Item(t, fmt.Sprint(round, "-", i), fmt.Sprintf("The fridge alarm was off. It was number %d of %d.", i, round), "2026-02-03"))
		}
		_, err := box.Enqueue(ctx, items...)
		require.NoError(t, err)
		time.Sleep(time.Duration(30+rand.IntN(120)) * time.Millisecond)
		killed.kill()
		killed = start("killed")
		if round%2 > 0 {
			continue
		}
		tag, err := owner.Exec(ctx, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'cut'")
		require.NoError(t, err)
		cuts += int(tag.RowsAffected())
	}
	for _, s := range []started{steady, cut, killed} {
		require.NoError(t, s.end.Close())
		require.NoError(t, s.Wait())
	}
	unknown := settleAll(t, store, key, service, server.URL)
	steps := checkHistory(t, filepath.Join(dir, "steady"), filepath.Join(dir, "cut"), filepath.Join(dir, "killed"), filepath.Join(dir, "test"))
	var deadlocks int
	require.NoError(t, owner.QueryRow(ctx, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks))
	t.Logf("%d reports, %d kills, %d sessions cut, %d deadlocks: lost 0, sent twice 0, unknown %d, all settled; %d steps of claims in one order",
		rounds*each, rounds, cuts, deadlocks, unknown, steps)
	assert.Positive(t, cuts)
	for _, name := range []string{"steady", "cut", "killed"} { // each had its share
		history, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Contains(t, string(history), committed, name)
	}
}

// The check of histories notices a report that two processes have claimed.
func TestHistoryOfTwoClaims(t *testing.T) {
	claim := func(by string, certain bool) porcupine.Operation {
		return porcupine.Operation{Input: step{1, certain, change{"", "pending " + by}}, Call: 1, Return: 2}
	}
	assert.False(t, porcupine.CheckOperations(claims.ToModel(), []porcupine.Operation{claim("a/1", true), claim("b/1", true)}))
	assert.True(t, porcupine.CheckOperations(claims.ToModel(), []porcupine.Operation{claim("a/1", true), claim("b/1", false)}))
}

// settleAll sends what is left, settles what is unknown by looking into the ledger, and sees
// that each report is there once.
func settleAll(t *testing.T, store outbox.Store, key outbox.Key, service *ledger, url string) (unknown int) {
	passed := time.Duration(0)
	later := func() time.Time { return time.Now().Add(passed) }
	box, err := outbox.Open(ctx, store, key, "test", outbox.WithLimits(limits), outbox.WithClock(later))
	require.NoError(t, err)
	sender := remote{url, http.DefaultClient}
	manager := outbox.By{ID: "mgr1", Role: outbox.Manager}
	for {
		_, err := box.Drain(ctx, sender, 1000)
		require.NoError(t, err)
		open, err := box.List(ctx, outbox.Filter{States: []string{string(draft.Unknown)}})
		require.NoError(t, err)
		if len(open) == 0 {
			break
		}
		passed += time.Hour // so that nothing can be on its way any more
		for _, r := range open {
			unknown++
			digest := hex.EncodeToString(r.Sent[:])
			if service.count(digest) > 0 {
				_, err = box.Found(ctx, manager, r.ID, outbox.Record{ID: recordID(digest)})
			} else {
				_, err = box.NotFound(ctx, manager, r.ID)
			}
			require.NoError(t, err)
		}
	}
	reports, err := box.List(ctx, outbox.Filter{})
	require.NoError(t, err)
	for _, r := range reports {
		assert.Equal(t, draft.Accepted, r.State, r)
		digest := hex.EncodeToString(r.Sent[:])
		assert.Equal(t, 1, service.count(digest), r)
		assert.Equal(t, recordID(digest), r.Record.ID)
	}
	assert.Len(t, service.calls, len(reports))
	_, err = box.VerifyAudit(ctx)
	require.NoError(t, err)
	return unknown
}

// Probe finds that the service is there.
func (r remote) Probe(context.Context) error { return nil }
