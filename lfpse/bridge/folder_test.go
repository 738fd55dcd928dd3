package bridge_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

const testLog = "Ref,Date,What,Patient\n" +
	"A1,2026-03-05,The vaccine fridge was left open over night and nobody noticed until noon.,\n" +
	"A2,2026-03-06,complaint,\n" +
	"A3,2026-03-07,The dose was doubled for Zerubavel Quillfeather by mistake and nobody noticed.,Zerubavel Quillfeather\n" +
	"A4,,The wrong leaflet was handed out in the waiting room and later taken back.,\n"

// rows reads the report of a file: what became of each row, by its reference.
func (p *place) rows(folder string) map[string][]string {
	p.t.Helper()
	lines, err := csv.NewReader(strings.NewReader(p.file(folder, ".report.csv"))).ReadAll()
	require.NoError(p.t, err)
	out := map[string][]string{}
	for _, line := range lines[1:] {
		out[line[1]] = line
	}
	return out
}

// A log that is put into the folder is taken in, sent, and put away with a report.
func TestALogInAFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	soon(t, "the folder is there", func() bool { _, err := os.Stat(filepath.Join(p.dir, "in/incidents/done")); return err == nil })
	p.write("in/incidents/log.csv", testLog)
	soon(t, "the log is taken in", func() bool { return len(p.files("in/incidents/done")) == 2 })
	soon(t, "it is sent", func() bool { return p.recorded() == 1 })
	assert.Equal(t, []string{"log.csv.report.csv", "log.csv.sealed"}, p.files("in/incidents/done"))

	rows := p.rows("in/incidents/done")
	require.Len(t, rows, 4)
	assert.Equal(t, []string{"2", "A1", "pending", "", "It waits to be sent."}, rows["A1"])
	assert.Equal(t, "A complaint is not for LFPSE.", rows["A2"][4])
	assert.Equal(t, "blocked", rows["A3"][2])
	assert.Equal(t, "needs answers", rows["A4"][2])
	assert.NotContains(t, p.file("in/incidents/done", ".report.csv"), "Quillfeather")

	sealed, err := filepath.Glob(filepath.Join(p.dir, "in/incidents/done/*.sealed"))
	require.NoError(t, err)
	assert.NotContains(t, p.file("in/incidents/done", ".sealed"), "fridge")
	key, err := outbox.LoadKey(filepath.Join(p.dir, "outbox.key"))
	require.NoError(t, err)
	text, err := bridge.OpenFile(key, sealed[0])
	require.NoError(t, err)
	assert.Equal(t, testLog, string(text))
	p.write("copy.sealed", p.file("in/incidents/done", ".sealed"))
	_, err = bridge.OpenFile(key, filepath.Join(p.dir, "copy.sealed"))
	assert.ErrorContains(t, err, "under the name that the bridge gave it")
	require.NoError(t, b.stop())
	assert.NotContains(t, p.log.String(), "Quillfeather")
	assert.NotContains(t, p.log.String(), "log.csv")
}

// The same log again sends nothing; a change is an amendment; a row that has gone is told.
func TestTheNextLog(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("in/incidents/log.csv", testLog)
	p.start()
	soon(t, "the first is sent", func() bool { return p.recorded() == 1 })
	p.write("in/incidents/log.csv", testLog)
	soon(t, "the second is taken in", func() bool { return len(p.files("in/incidents/done")) == 4 })
	p.write("in/incidents/next.csv", "Ref,Date,What,Patient\nA5,2026-03-08,The printer of the dispensary printed the labels of another patient.,\n")
	soon(t, "the third is taken in", func() bool { return len(p.files("in/incidents/done")) == 6 })
	soon(t, "it is sent", func() bool { return p.recorded() == 2 })
	var texts []string
	for _, name := range []string{"log.csv.report.csv", "next.csv.report.csv"} {
		found, _ := filepath.Glob(filepath.Join(p.dir, "in/incidents/done/*"+name))
		text, err := os.ReadFile(found[len(found)-1])
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	assert.Contains(t, texts[0], "It is known, and nothing has changed. Its national reference is ")
	assert.Contains(t, texts[1], "The log does not have this event any more, and its national record stands")
}

// A file is taken when it is whole: it has stayed as it is, or was renamed.
func TestAFileIsTakenWhenWhole(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("")
	text, err := os.ReadFile(filepath.Join(p.dir, "bridge.yaml"))
	require.NoError(t, err)
	p.write("bridge.yaml", strings.Replace(string(text), "settle: 50ms", "settle: 1s", 1))
	p.write("in/events/a.ndjson.part", event)
	p.write("in/events/growing.ndjson", event)
	p.start()
	grow := time.Now()
	for time.Since(grow) < 2*time.Second {
		file, err := os.OpenFile(filepath.Join(p.dir, "in/events/growing.ndjson"), os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, _ = file.WriteString(" ")
		require.NoError(t, file.Close())
		time.Sleep(100 * time.Millisecond)
	}
	assert.Empty(t, p.files("in/events/done"), "neither is whole")
	require.NoError(t, os.Rename(filepath.Join(p.dir, "in/events/a.ndjson.part"), filepath.Join(p.dir, "in/events/a.ndjson")))
	soon(t, "both are taken in", func() bool { return len(p.files("in/events/done")) == 4 })
}

// Events, records, Bundles and CloudEvents come as JSON. What cannot be read fails with a
// report that says why.
func TestDocumentsInAFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	other := strings.Replace(event, "vaccine fridge", "oxygen cupboard", 1)
	p.write("in/events/a.ndjson", event+"\n"+event+"\n"+
		`{"specversion":"1.0","id":"7","source":"/emis","type":"x","data":`+other+"}\n"+
		`{"specversion":"1.0","id":"9990000018","source":"/emis","type":"x","data":`+other+"}\n"+
		`{"resourceType":"Patient","id":"Quillfeather"}`+"\n"+`{"type":"incident","narrative":"Quillfeather"}`+"\n")
	p.write("in/events/log.csv", testLog)
	p.start()
	soon(t, "the documents are taken in", func() bool { return len(p.files("in/events/done")) == 2 })
	soon(t, "the log has failed", func() bool { return len(p.files("in/events/failed")) == 2 })
	rows := p.rows("in/events/done")
	assert.Equal(t, "pending", rows["line 1"][2])
	assert.Equal(t, "pending", rows["/emis 7"][2])
	assert.Contains(t, rows["line 2"][4], "A person has to say which event it is.")
	assert.Contains(t, rows["line 4"][4], "holds personal data")
	assert.Equal(t, "invalid", rows["line 5"][2])
	assert.Equal(t, "invalid", rows["line 6"][2])
	report := p.file("in/events/done", ".report.csv") + p.file("in/events/failed", ".report.csv")
	assert.NotContains(t, report, "Quillfeather")
	assert.NotContains(t, report, "9990000018")
	assert.Contains(t, p.file("in/events/failed", ".report.csv"), "A log needs a map")
}

// What a bridge has claimed that has died is taken in by the next one.
func TestAClaimOfADeadBridge(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("in/events/working/DEAD/20260305T090000.000000000Z-a.ndjson", event)
	p.start()
	soon(t, "it is taken in", func() bool { return p.recorded() == 1 })
	soon(t, "it is put away", func() bool { return len(p.files("in/events/done")) == 2 })
	_, err := os.Stat(filepath.Join(p.dir, "in/events/working/DEAD"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// Files that were taken in expire.
func TestFilesExpire(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("keep: {files: 24h}\n")
	p.write("in/events/done/old.sealed", "x")
	p.write("in/events/done/new.sealed", "x")
	old := time.Now().Add(-25 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(p.dir, "in/events/done/old.sealed"), old, old))
	p.start()
	soon(t, "the old one is removed", func() bool {
		_, err := os.Stat(filepath.Join(p.dir, "in/events/done/old.sealed"))
		return os.IsNotExist(err)
	})
	assert.FileExists(t, filepath.Join(p.dir, "in/events/done/new.sealed"))
}

// What is no file stays in the folder, and the log says so once, but for the folders of the
// bridge and of the patients' records. A name that says who it is about is not logged.
func TestWhatIsNoFileStaysAndIsSaid(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("map.yaml", strings.Replace(testMap, "reference: Ref", "reference: Ref, context: \"records/{Ref}.json\", context-optional: true", 1))
	p.write("in/incidents/records/A9.json", "{}")
	p.write("in/incidents/March/log.csv", testLog)
	p.write("in/events/999 000 0018/a.ndjson", event)
	p.write("elsewhere.ndjson", event)
	if err := os.Symlink(filepath.Join(p.dir, "elsewhere.ndjson"), filepath.Join(p.dir, "in/events/link.ndjson")); err != nil {
		t.Skip("no links here:", err)
	}
	b := p.start()
	soon(t, "what stays is said", func() bool { return strings.Count(p.log.String(), "stays there") == 3 })
	p.write("in/incidents/later.csv", testLog)
	soon(t, "a round more has passed", func() bool { return len(p.files("in/incidents/done")) == 2 })
	require.NoError(t, b.stop())
	log := p.log.String()
	assert.Equal(t, 3, strings.Count(log, "stays there"))
	assert.Contains(t, log, `"name":"March","is":"a folder"`)
	assert.Contains(t, log, `"name":"link.ndjson","is":"a symbolic link"`)
	assert.Contains(t, log, `"name":"not shown, as it may say who it is about","is":"a folder"`)
	assert.NotContains(t, log, "0018")
	assert.FileExists(t, filepath.Join(p.dir, "in/incidents/March/log.csv"))
}

// With removeFiles nothing of a file stays but its report.
func TestFilesAreRemoved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("keep: {removeFiles: true}\n")
	p.write("in/events/a.ndjson", event)
	p.start()
	soon(t, "it is taken in", func() bool { return len(p.files("in/events/done")) > 0 })
	soon(t, "it is sent", func() bool { return p.recorded() == 1 })
	assert.Equal(t, []string{"a.ndjson.report.csv"}, p.files("in/events/done"))
}

// A stream of documents is taken in as it comes.
func TestAStream(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	var got []bridge.Result
	err := b.Read(context.Background(), "A99998", "stream", strings.NewReader(event+"\n{}\n"), func(r *bridge.Result) { got = append(got, *r) })
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, outbox.Added, got[0].Change)
	assert.Empty(t, got[1].Change)
	soon(t, "it is sent", func() bool { return p.recorded() == 1 })
	assert.Error(t, b.Read(context.Background(), "A00000", "stream", strings.NewReader(event), func(*bridge.Result) {}))
}

// A file that is too large is put aside unread.
func TestAFileThatIsTooLarge(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("bridge.yaml", strings.Replace(readFile(t, p.dir+"/bridge.yaml"), "limits: {", "limits: {file: 1, ", 1))
	p.write("in/events/Quillfeather 999 000 0018.ndjson", strings.Repeat(event+"\n", 1<<20/len(event)+1))
	p.start()
	soon(t, "it is put aside", func() bool { return len(p.files("in/events/failed")) == 2 })
	assert.Contains(t, p.file("in/events/failed", ".report.csv"), "The file is larger than 1 MiB.")
	assert.Equal(t, []string{"file.ndjson.report.csv", "file.ndjson.sealed"}, p.files("in/events/failed"), "a name that says who it is about is not kept")
	assert.Zero(t, p.recorded())
}

// Logs that come together are taken in by their age, whatever they are called: the newest says
// how things are.
func TestTheNewestLogIsTakenInLast(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("in/incidents/b-march.csv", testLog)
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(p.dir, "in/incidents/b-march.csv"), old, old))
	p.write("in/incidents/a-april.csv", strings.Replace(testLog, "until noon", "until the evening", 1))
	p.start()
	soon(t, "both are taken in", func() bool { return len(p.files("in/incidents/done")) == 4 })
	reports, err := filepath.Glob(filepath.Join(p.dir, "in/incidents/done/*.report.csv"))
	require.NoError(t, err)
	require.Len(t, reports, 2)
	assert.Contains(t, reports[0], "b-march", "the first one")
	assert.Contains(t, readFile(t, reports[1]), "It has changed", "the text of the newest stands")
}

// Somebody who tidies up may remove all that is in a folder, also what the bridge has made there.
func TestFoldersThatWereRemoved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.start()
	soon(t, "the folders are there", func() bool { _, err := os.Stat(filepath.Join(p.dir, "in/events/failed")); return err == nil })
	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "in/events")))
	p.write("in/events/a.ndjson", event)
	soon(t, "it is taken in", func() bool { return len(p.files("in/events/done")) == 2 })
}

// A file that the bridge may not read is put aside with a report that says so, and those behind it
// are taken in. One that it may not move stays where it is, and the log says so.
func TestFilesWithoutRights(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("this user may read everything")
	}
	p := newPlace(t)
	p.write("in/events/a.ndjson", event)
	require.NoError(t, os.Chmod(filepath.Join(p.dir, "in/events/a.ndjson"), 0))
	p.write("in/events/b.ndjson", event)
	p.start()
	soon(t, "one is taken in", func() bool { return len(p.files("in/events/done")) == 2 })
	soon(t, "the other is put aside", func() bool { return len(p.files("in/events/failed")) == 2 })
	assert.Equal(t, []string{"a.ndjson", "a.ndjson.report.csv"}, p.files("in/events/failed"))
	assert.Contains(t, p.file("in/events/failed", ".report.csv"), "The bridge may not read the file")

	p.write("in/events/c.ndjson", event)
	require.NoError(t, os.Chmod(filepath.Join(p.dir, "in/events"), 0o500))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(p.dir, "in/events"), 0o700) })
	soon(t, "the log tells of it", func() bool { return strings.Contains(p.log.String(), "a file cannot be moved") })
	assert.FileExists(t, filepath.Join(p.dir, "in/events/c.ndjson"))
	assert.NotContains(t, p.log.String(), "ndjson")
}

// A file without any report is said to be empty; one that a program is still writing waits; and an
// ending that says who a file is about is not kept.
func TestFilesThatAreNoReports(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("in/events/empty.json", "\n")
	p.write("in/events/whole.json.filepart", event)
	p.write("in/events/list.999 000 0018", event)
	p.start()
	soon(t, "two are put aside", func() bool { return len(p.files("in/events/failed")) == 4 })
	assert.Equal(t, []string{"empty.json.report.csv", "empty.json.sealed", "file.report.csv", "file.sealed"}, p.files("in/events/failed"))
	found, err := filepath.Glob(filepath.Join(p.dir, "in/events/failed/*empty.json.report.csv"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Contains(t, readFile(t, found[0]), "The file is empty: check that its export has finished.")
	assert.Empty(t, p.files("in/events/done"))
	assert.FileExists(t, filepath.Join(p.dir, "in/events/whole.json.filepart"))
}

// What is noticed about a row is in the report, whether or not it stops the row, such as that its
// reference cannot be used.
func TestWarningsAreInTheReport(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("in/incidents/log.csv", "Ref,Date,What,Patient\n"+
		"999 000 0018,2026-03-05,The vaccine fridge was left open over night and nobody noticed until noon.,\n"+
		strings.Repeat("R", 201)+",2026-03-06,The printer of the dispensary printed the labels of another patient.,\n"+
		"A3,2026-03-07,The gate was locked.,\n")
	p.start()
	soon(t, "the log is taken in", func() bool { return len(p.files("in/incidents/done")) == 2 })
	rows := p.rows("in/incidents/done")
	assert.Contains(t, rows["line 2"][4], "Warning: In column Ref: The reference holds personal data (NHS number), so the line stands in its place.")
	assert.Contains(t, rows["line 3"][4], "Warning: In reference: The name of the report has more than 200 bytes")
	assert.Contains(t, rows["A3"][4], "Warning: In column What: The description has 16 letters")
	assert.Equal(t, "pending", rows["A3"][2])
}
