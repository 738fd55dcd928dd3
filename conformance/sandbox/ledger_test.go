package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestLedgerSaysWhatHappened(t *testing.T) {
	sb := newSandbox(t)
	good := marshal(t, incident())
	bad := incident()
	del(bad, "actuality")
	badBytes := marshal(t, bad)

	do(sb, request(http.MethodPost, "/AdverseEvent", good))
	do(sb, request(http.MethodPut, "/AdverseEvent/sbx-000001", good))
	do(sb, request(http.MethodPost, "/AdverseEvent", badBytes))
	do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000001", nil))
	do(sb, request(http.MethodDelete, "/AdverseEvent/9990000018", nil))
	do(sb, request(http.MethodGet, "/metadata", nil))
	do(sb, request("STEAL", "/AdverseEvent", nil))

	entry := func(seq int, method, id string, status int, o sandbox.Outcome) sandbox.Entry {
		return sandbox.Entry{Seq: seq, Time: clock(), Method: method, ID: id, Status: status, Outcome: o}
	}
	created := entry(1, "POST", "sbx-000001", 201, sandbox.Created)
	created.Reference, created.Version, created.SHA256, created.Bytes = "SANDBOX-2026-000001", 1, digest(good), len(good)
	updated := entry(2, "PUT", "sbx-000001", 200, sandbox.Updated)
	updated.Reference, updated.Version, updated.SHA256, updated.Bytes = "SANDBOX-2026-000001", 2, digest(good), len(good)
	rejected := entry(3, "POST", "", 422, sandbox.Rejected)
	rejected.SHA256, rejected.Bytes, rejected.Issues = digest(badBytes), len(badBytes), []string{"SBX-ACTUALITY"}
	deleted := entry(4, "DELETE", "sbx-000001", 200, sandbox.Deleted)
	deleted.Reference, deleted.Version = "SANDBOX-2026-000001", 2
	unknown := entry(5, "DELETE", "", 404, sandbox.Refused)
	unknown.Issues = []string{"SBX-UNKNOWN-ID"}
	read := entry(6, "GET", "", 200, sandbox.Read)
	stolen := entry(7, "OTHER", "", 405, sandbox.Refused)
	stolen.Issues = []string{"SBX-METHOD"}
	assert.Equal(t, []sandbox.Entry{created, updated, rejected, deleted, unknown, read, stolen}, sb.Entries())

	sb.Entries()[2].Issues[0] = "changed"
	assert.Equal(t, "SBX-ACTUALITY", sb.Entries()[2].Issues[0], "Entries is a copy")
}

func TestLedgerUnderConcurrentRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	sb := newSandbox(t, sandbox.WithLedgerFile(path))
	const workers, each = 8, 25
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for i := range each {
				doc := incident()
				set(doc, "extension.0.extension.0.valueString", fmt.Sprintf("Invented %d %d", worker, i))
				got := readStored(t, post(t, sb, doc).Body)
				w := do(sb, request(http.MethodPut, "/AdverseEvent/"+got.ID, marshal(t, doc)))
				assert.Equal(t, "2", readStored(t, w.Body).Meta.VersionID)
			}
		})
	}
	wg.Wait()

	entries := sb.Entries()
	require.Len(t, entries, workers*each*2)
	ids, references, digests, versions := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}
	for i, e := range entries {
		assert.Equal(t, i+1, e.Seq)
		digests[e.SHA256]++
		if e.Outcome == sandbox.Created {
			assert.False(t, ids[e.ID] || references[e.Reference], "issued once")
			ids[e.ID], references[e.Reference] = true, true
		}
		versions[e.ID]++
		assert.Equal(t, versions[e.ID], e.Version)
	}
	assert.Len(t, ids, workers*each)
	for _, n := range digests {
		assert.Equal(t, 2, n)
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	onDisk, err := sandbox.ReadLedger(file)
	require.NoError(t, err)
	assert.Equal(t, entries, onDisk)
}

func TestLedgerFileSurvivesRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	open := func() *sandbox.Sandbox {
		sb, err := sandbox.New(sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithClock(clock), sandbox.WithLedgerFile(path))
		require.NoError(t, err)
		return sb
	}
	first := open()
	for range 2 {
		require.Equal(t, http.StatusCreated, post(t, first, incident()).Code)
	}
	require.Equal(t, http.StatusOK, do(first, request(http.MethodDelete, "/AdverseEvent/sbx-000002", nil)).Code)
	require.NoError(t, first.Close())
	assert.Equal(t, http.StatusInternalServerError, post(t, first, incident()).Code, "closed")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	// A crash in the middle of a line: that request was never answered.
	torn, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = torn.WriteString(`{"seq":4,"me`)
	require.NoError(t, err)
	require.NoError(t, torn.Close())

	second := open()
	assert.Equal(t, first.Entries(), second.Entries())
	got := readStored(t, post(t, second, incident()).Body)
	assert.Equal(t, "sbx-000003", got.ID)
	assert.Equal(t, []string{"SANDBOX-2026-000003"}, got.references())
	put := do(second, request(http.MethodPut, "/AdverseEvent/sbx-000001", marshal(t, incident())))
	assert.Equal(t, "2", readStored(t, put.Body).Meta.VersionID)
	gone := do(second, request(http.MethodPut, "/AdverseEvent/sbx-000002", marshal(t, incident())))
	assert.Equal(t, http.StatusGone, gone.Code)
	require.NoError(t, second.Close())

	third := open()
	assert.Equal(t, second.Entries(), third.Entries())
	require.NoError(t, third.Close())
}

// A sandbox that is told of the records of an earlier one goes on where that has ended.
func TestRemember(t *testing.T) {
	sb := newSandbox(t)
	sb.Remember(
		sandbox.Entry{ID: "sbx-000007", Outcome: sandbox.Created, Reference: "SANDBOX-2026-000007", Version: 2},
		sandbox.Entry{ID: "sbx-000003", Outcome: sandbox.Deleted},
		sandbox.Entry{ID: "of-another-service", Outcome: sandbox.Created, Version: 1})
	assert.Equal(t, "sbx-000008", readStored(t, post(t, sb, incident()).Body).ID)
	assert.Equal(t, http.StatusOK, do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000007", nil)).Code)
	assert.Equal(t, http.StatusGone, do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000003", nil)).Code)
	assert.Equal(t, http.StatusNotFound, do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000001", nil)).Code)
}

func TestDamagedLedgerFileIsRefused(t *testing.T) {
	for name, content := range map[string]string{
		"not JSON": "{\n",
		"gap":      `{"seq":1}` + "\n" + `{"seq":3}` + "\n",
		"order":    `{"seq":2}` + "\n",
		"one line": "notes of the practice",
	} {
		path := filepath.Join(t.TempDir(), "ledger.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := sandbox.New(sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithLedgerFile(path))
		assert.Error(t, err, name)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, content, string(left), "left as it was")
	}
	_, err := sandbox.ReadLedger(bytes.NewReader(bytes.Repeat([]byte("x"), 2<<20)))
	assert.Error(t, err)
}

// flaky fails or shortens single writes.
type flaky struct {
	bytes.Buffer
	fail  bool
	short int
}

func (f *flaky) Write(p []byte) (int, error) {
	if f.fail {
		return 0, errors.New("no space")
	}
	if f.short > 0 {
		return f.Buffer.Write(p[:f.short])
	}
	return f.Buffer.Write(p)
}

func TestRequestFailsWithItsLedgerEntry(t *testing.T) {
	out := &flaky{}
	sb := newSandbox(t, sandbox.WithLedgerWriter(out))
	require.Equal(t, http.StatusCreated, post(t, sb, incident()).Code)
	out.fail = true
	w := post(t, sb, incident())
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	readOutcome(t, w.Body)
	assert.Equal(t, http.StatusInternalServerError, do(sb, request(http.MethodGet, "/metadata", nil)).Code)
	_, ok := sb.Stored("sbx-000002")
	assert.False(t, ok, "nothing happened")
	out.fail = false
	assert.Equal(t, "sbx-000002", readStored(t, post(t, sb, incident()).Body).ID, "the number was not used up")

	out.short = 5
	assert.Equal(t, http.StatusInternalServerError, post(t, sb, incident()).Code)
	out.short = 0
	assert.Equal(t, http.StatusInternalServerError, post(t, sb, incident()).Code, "a torn line is not written over")
	assert.Len(t, sb.Entries(), 2)
}

func TestOldestBodiesAreDropped(t *testing.T) {
	sb := newSandbox(t, sandbox.WithKeptBodies(2))
	for range 3 {
		post(t, sb, incident())
	}
	kept := func(id string) bool { _, ok := sb.Stored(id); return ok }
	assert.False(t, kept("sbx-000001"))
	assert.True(t, kept("sbx-000002"))
	assert.True(t, kept("sbx-000003"))
	w := do(sb, request(http.MethodPut, "/AdverseEvent/sbx-000001", marshal(t, incident())))
	assert.Equal(t, "2", readStored(t, w.Body).Meta.VersionID, "the record is still known")
	assert.True(t, kept("sbx-000001"))
	assert.False(t, kept("sbx-000002"))
	assert.Len(t, sb.Entries(), 4)
}
