package mapping_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// read maps a whole log.
func read(t testing.TB, m *mapper, text string, opts ...mapping.LogOption) ([]prepared, *checkedLog) {
	t.Helper()
	log, err := m.Open(strings.NewReader(text), opts...)
	require.NoError(t, err)
	var drafts []prepared
	for d, err := range log.Drafts() {
		require.NoError(t, err)
		drafts = append(drafts, d)
	}
	return drafts, log
}

const simple = "fields: [{to: type, default: incident}, {to: description, column: What}, {to: reporter.reporterRole, column: Role, values: practice-role}]\nsource: {reference: Ref}\n"

func TestLog(t *testing.T) {
	drafts, log := read(t, compile(t, simple), "Ref,What,Role,Other\nR1,\"one\ntwo\",GP,x\n\n,three,,\n")
	require.Len(t, drafts, 2)
	assert.Equal(t, "R1", drafts[0].Reference)
	assert.Equal(t, 2, drafts[0].Line)
	assert.Equal(t, "one\ntwo", drafts[0].Event.Description)
	assert.EqualValues(t, "4", drafts[0].Event.Reporter.ReporterRole)
	assert.Equal(t, "line 5", drafts[1].Reference)
	assert.Empty(t, log.Warnings())
}

func TestMissingColumnsAreNamedAllAtOnce(t *testing.T) {
	_, err := compile(t, simple).Open(strings.NewReader("REF,what ?,Secret name\nR1,x,y\n"))
	var e *mapping.ColumnError
	require.True(t, errors.As(err, &e), "%v", err)
	assert.Equal(t, []string{"Ref", "What", "Role"}, e.Missing)
	assert.Contains(t, err.Error(), `"Ref" (the log has "REF")`)
	assert.Contains(t, err.Error(), `"What" (the log has "what ?")`)
	assert.Contains(t, err.Error(), `"Role"`)
	assert.NotContains(t, err.Error(), "Secret", "the first line of a log without a header is a patient's")
}

func TestNearColumnsOfPunctuationAreNotNamed(t *testing.T) {
	_, err := compile(t, incident("{to: description, column: '?'}")).Open(strings.NewReader("#,What\nR1,x\n"))
	assert.NotContains(t, err.Error(), "the log has \"")
}

func TestATitleAboveTheColumnNamesIsPointedOut(t *testing.T) {
	const hint = "perhaps the first row of the log is not the one with the column names"
	_, err := compile(t, simple).Open(strings.NewReader("Events of Jane SECRET\nRef,What,Role\nR1,x,\n"))
	assert.ErrorContains(t, err, hint)
	assert.NotContains(t, err.Error(), "SECRET")
	_, err = compile(t, simple).Open(strings.NewReader("\ufeff\ufeffRef;what\n"))
	assert.ErrorContains(t, err, `"What" (the log has "what")`)
	assert.NotContains(t, err.Error(), `"Ref"`)
	assert.NotContains(t, err.Error(), hint)
}

// Excel shows a log with another delimiter than that of its country in one column, and puts
// each line in quotes when it saves that.
func TestALogWithEachLineInOneCellIsPointedOut(t *testing.T) {
	const hint = "each line of the log is one single cell in quotes"
	for _, log := range []string{
		"\"Ref,What,Role\"\n\"R1,SECRET,\"\n",
		"\"Ref;\"\"What\"\";Role\";;\r\n\"R1;SECRET;\";;\r\n",
	} {
		_, err := compile(t, simple).Open(strings.NewReader(log))
		assert.ErrorContains(t, err, hint)
		assert.NotContains(t, err.Error(), "perhaps the first row")
		assert.NotContains(t, err.Error(), "SECRET")
	}
	_, err := compile(t, strings.Replace(simple, "{reference", "{delimiter: ';', reference", 1)).Open(strings.NewReader("Ref,What,Role\nR1,x,\n"))
	assert.NotContains(t, err.Error(), hint, "no quotes")
	_, err = compile(t, simple).Open(strings.NewReader("\"Lines, of Jane\"\nx\n"))
	assert.NotContains(t, err.Error(), hint, "no names")
}

// What goes wrong before the record is read is not forgotten when it is broken.
func TestAllFindingsOfABrokenRowAreKept(t *testing.T) {
	m := compile(t, withContext+"skip: [{when: {column: Count, at-least: 99}, reason: Too many.}]\n")
	drafts, _ := read(t, m, "Ref,Key,Count\nR1,gone,many\n", records(nil))
	assert.Equal(t, []string{"error MAP-NUMBER column Count", "error MAP-CONTEXT source.context"}, mapIssues(drafts[0]))
}

// A folder of the caller's own may put anything into its errors.
func TestErrorsOfTheFolderAreNotQuoted(t *testing.T) {
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\n", mapping.WithRecords(failingFS{}))
	assert.Equal(t, []string{"error MAP-CONTEXT source.context"}, mapIssues(drafts[0]))
	assert.NotContains(t, revealed(drafts[0]), "SECRET")
}

type failingFS struct{}

func (failingFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("SECRET")}
}

func TestOpenRefusesWhatIsNoCSV(t *testing.T) {
	for _, text := range []string{"", "%PDF-1.7\n", "PK\x03\x04"} {
		_, err := compile(t, simple).Open(strings.NewReader(text))
		var e *csvlog.FileError
		assert.True(t, errors.As(err, &e), "%q: %v", text, err)
	}
}

func TestTheMapSaysHowTheFileIsWritten(t *testing.T) {
	m := compile(t, incident("{to: description, column: B}")+"source: {encoding: windows-1252, delimiter: '|', columns: [A, B], reference: A}\n")
	drafts, _ := read(t, m, "R1|caf\xe9\n")
	require.Len(t, drafts, 1)
	assert.Equal(t, "café", drafts[0].Event.Description)
	assert.Equal(t, "R1", drafts[0].Reference)

	m = compile(t, incident("{to: description, column: B}")+"source: {encoding: utf-8}\n")
	drafts, _ = read(t, m, "A,B\nR1,caf\xe9\nR2,café\n")
	require.Len(t, drafts, 2)
	assert.Equal(t, draft.Invalid, drafts[0].State)
	assert.Equal(t, "café", drafts[1].Event.Description)
}

func TestBrokenRowsAreDraftsTooAndOthersGoOn(t *testing.T) {
	drafts, _ := read(t, compile(t, simple), "Ref,What,Role\nR1\nR2,b,GP\nR3,\"SECRET\" x,GP\nR4,SECRET,GP,more\n\"R5,d,GP\nR6,e,\n")
	var got []string
	for _, d := range drafts {
		got = append(got, d.Reference+" "+string(d.State[:7]))
		if d.Reference[0] == 'l' {
			assert.NotEmpty(t, d.Reason)
			assert.True(t, d.Issues.HasErrors())
			assert.NotContains(t, revealed(d), "SECRET")
		}
	}
	assert.Equal(t, []string{"line 2 invalid", "R2 needs a", "line 4 invalid", "line 5 invalid", "line 6 invalid", "R6 needs a"}, got)
}

func TestAReferenceThatComesTwice(t *testing.T) {
	const m = simple + "skip: [{when: {column: Role, in: [draft]}, reason: It is a draft.}]\n"
	drafts, _ := read(t, compile(t, m), "Ref,What,Role\nR1,a,draft\nR1,b,\nR2,c,\n R1 ,d,\n,e,\n,f,\n")
	require.Len(t, drafts, 6)
	assert.Equal(t, draft.NotForLFPSE, drafts[0].State)
	assert.NotEqual(t, draft.Invalid, drafts[1].State, "the draft does not count")
	assert.Equal(t, draft.Invalid, drafts[3].State)
	assert.Equal(t, "R1", drafts[3].Reference)
	assert.True(t, hasRule(drafts[3].Issues, "MAP-DUPLICATE"))
	assert.NotEqual(t, draft.Invalid, drafts[5].State, "rows without a reference go by their line")
}

func TestStoppingEarly(t *testing.T) {
	log, err := compile(t, simple).Open(strings.NewReader("Ref,What,Role\nR1\nR2,b,\nR3,c,\n"))
	require.NoError(t, err)
	var got []string
	for range 3 {
		for d := range log.Drafts() {
			got = append(got, d.Reference)
			break
		}
	}
	assert.Equal(t, []string{"line 2", "R2", "R3"}, got)
}

func TestASourceThatFailsEndsTheLog(t *testing.T) {
	failure := errors.New("disk on fire")
	text := "Ref,What,Role\nR1,a,\n" + strings.Repeat("R,"+strings.Repeat("x", 1000)+",\n", 200)
	log, err := compile(t, simple).Open(io.MultiReader(strings.NewReader(text), iotest.ErrReader(failure)))
	require.NoError(t, err)
	var last error
	n := 0
	for d, err := range log.Drafts() {
		require.NoError(t, last, "an error comes last")
		last = err
		if err == nil {
			n++
			assert.NotEmpty(t, d.State)
		}
	}
	assert.ErrorIs(t, last, failure)
	assert.Equal(t, 201, n)
}

const withContext = "fields: [{to: type, default: incident}]\nsource: {reference: Ref, context: 'records/{Key}.json'}\npatients: [{fields: [{to: genderIdentity, context: gender}]}]\n"

func records(files map[string]string) mapping.LogOption {
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return mapping.WithRecords(folder)
}

func TestRecordsOfARow(t *testing.T) {
	files := records(map[string]string{"records/k1.json": person})
	const text = "Ref,Key\nR1,k1\nR2,k2\nR3,\nR4, k1 \n"
	drafts, _ := read(t, compile(t, withContext), text, files)
	require.Len(t, drafts, 4)
	assert.EqualValues(t, "female", drafts[0].Event.Patients[0].GenderIdentity)
	assert.EqualValues(t, "female", drafts[3].Event.Patients[0].GenderIdentity)
	assert.Equal(t, draft.Invalid, drafts[1].State, "the names in a record that is missing cannot be looked for")
	assert.True(t, hasRule(drafts[1].Issues, "MAP-CONTEXT"))
	assert.Empty(t, patientsOf(drafts[2]))
	assert.NotEqual(t, draft.Invalid, drafts[2].State, "a row without a record names none")

	optional := strings.Replace(withContext, "source: {", "source: {context-optional: true, ", 1)
	drafts, _ = read(t, compile(t, optional), text, files)
	assert.NotEqual(t, draft.Invalid, drafts[1].State)
	assert.Empty(t, patientsOf(drafts[1]))

	drafts, _ = read(t, compile(t, withContext), "Ref,Key\nR1,k1\n")
	assert.Empty(t, patientsOf(drafts[0]), "without a folder no record is read")
}

func TestLevelsOfTheCallersOwnDMD(t *testing.T) {
	m := compile(t, "fields: [{to: type, default: incident}, {to: agent.involvedAgents, default: Medications}, {to: medicines, context: medicines}]\nsource: {context: '{Key}.json'}\n")
	folder := fstest.MapFS{"k.json": &fstest.MapFile{Data: []byte(request(`{"coding":[{"system":"https://dmd.nhs.uk","code":"322236009","display":"Paracetamol 500mg tablets"}]}`))}}
	drafts, _ := read(t, m, "Key\nk\n", mapping.WithRecords(folder, fhircontext.WithDMD(func(string) fhircontext.Level { return fhircontext.VMP })))
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "322236009", VMPString: "Paracetamol 500mg tablets"}}, drafts[0].Event.Medicines)
}

func TestCellsCannotLeaveTheFolderOfRecords(t *testing.T) {
	m := compile(t, withContext)
	for _, cell := range []string{"../secret", "..", ".", ".hidden", "/etc/passwd", `..\secret`, `C:\secret`, "C:secret", "a/../../b", "a/b", `\\server\share`, "file:x"} {
		drafts, _ := read(t, m, "Ref,Key\nR1,\""+cell+"\"\nR2,k1\n", records(map[string]string{"records/k1.json": person, "secret.json": person}))
		require.Len(t, drafts, 2)
		assert.Equal(t, draft.Invalid, drafts[0].State, cell)
		assert.True(t, hasRule(drafts[0].Issues, "MAP-CONTEXT"), cell)
		assert.NotContains(t, fmt.Sprint(drafts[0].Issues, drafts[0].Reason), cell+`"`)
		assert.NotContains(t, fmt.Sprint(drafts[0].Issues, drafts[0].Reason), "secret")
		assert.NotEmpty(t, drafts[1].Event.Patients, "others go on")
	}
}

func TestBrokenRecordsMakeTheRowInvalidAndOthersGoOn(t *testing.T) {
	cycle := `{"resourceType":"Bundle","type":"collection","entry":[
		{"resource":{"resourceType":"Patient","id":"p","gender":"female","link":[{"other":{"reference":"Patient/p"},"type":"seealso"}]}},
		{"resource":{"resourceType":"Encounter","id":"e","subject":{"reference":"Patient/p"},"partOf":{"reference":"Encounter/e"},"serviceProvider":{"reference":"Organization/o"}}},
		{"resource":{"resourceType":"Organization","id":"o","partOf":{"reference":"Organization/o"}}}]}`
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,broken\nR2,xml\nR3,huge\nR4,cycle\nR5,folder\nR6,k1\n", records(map[string]string{
		"records/broken.json": `{"resourceType":"Patient","name":"SECRET`, "records/xml.json": "<Patient/>", "records/huge.json": strings.Repeat(" ", 5<<20+1) + person,
		"records/cycle.json": cycle, "records/folder.json/x": "", "records/k1.json": person,
	}))
	require.Len(t, drafts, 6)
	for i, want := range []bool{true, true, true, false, true, false} {
		assert.Equal(t, want, drafts[i].State == draft.Invalid, "%s: %v", drafts[i].Reference, drafts[i].Issues)
		assert.NotContains(t, revealed(drafts[i]), "SECRET")
		assert.NotRegexp(t, `\w\.json`, fmt.Sprint(drafts[i].Issues), "a file may be named after a patient")
		if want {
			assert.NotEmpty(t, drafts[i].Reason)
		} else {
			assert.EqualValues(t, "female", drafts[i].Event.Patients[0].GenderIdentity)
		}
	}
}

func TestWhatTheRecordLacksIsSaid(t *testing.T) {
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\n", records(map[string]string{"records/k1.json": `{"resourceType":"Patient","gender":"F"}`}))
	assert.True(t, hasRule(drafts[0].Issues, "CONTEXT-GENDER"))
	question(t, drafts[0], "patients[0].genderIdentity")
}

func TestARowThatIsNotForLFPSEReadsNoRecord(t *testing.T) {
	m := compile(t, withContext+"skip: [{when: {column: Ref, in: [R1]}, reason: Not this one.}]\n")
	drafts, _ := read(t, m, "Ref,Key\nR1,broken\n", records(map[string]string{"records/broken.json": "{"}))
	assert.Equal(t, draft.NotForLFPSE, drafts[0].State)
}

func TestAnswersOfAFile(t *testing.T) {
	answers := readAnswers(t, "reference,type,target,question,choices,answer\nR1,,type,,, risk\nR1,,description,,,told\nline 3,,description,,,by line\nR1,,location.locationKnown,,,\nR9,,type,,,risk\n")
	drafts, log := read(t, compile(t, simple), "Ref,What,Role\nR1,a,\n,b,\n", mapping.WithAnswers(answers))
	assert.Equal(t, lfpse.TypeRisk, drafts[0].Event.Type)
	assert.Equal(t, "told", drafts[0].Event.Description)
	assert.Equal(t, "by line", drafts[1].Event.Description)
	require.Len(t, log.Warnings(), 1)
	assert.Equal(t, "MAP-ANSWER-UNUSED", log.Warnings()[0].Rule)
	assert.Equal(t, "line 6 of the answers is for a reference that no row of the log has.", log.Warnings()[0].Text)
}

// The same answers serve several logs, also at the same time.
func TestAnswersAreShared(t *testing.T) {
	answers := readAnswers(t, "reference,target,answer\nR1,type,risk\nR9,type,risk\n")
	m := compile(t, simple)
	var logs sync.WaitGroup
	for range 4 {
		logs.Go(func() {
			drafts, log := read(t, m, "Ref,What,Role\nR1,a,\n", mapping.WithAnswers(answers))
			assert.Equal(t, lfpse.TypeRisk, drafts[0].Event.Type)
			assert.Len(t, log.Warnings(), 1)
		})
	}
	logs.Wait()
}

func TestAnswersToRowsThatAreNotMappedAreNotCalledStray(t *testing.T) {
	m := compile(t, withContext+"skip: [{when: {column: Ref, in: [R1]}, reason: Not this one.}]\n")
	answers := readAnswers(t, "reference,target,answer\nR1,type,risk\nR2,type,risk\n")
	_, log := read(t, m, "Ref,Key\nR1,\nR2,broken\n", mapping.WithAnswers(answers), records(map[string]string{"records/broken.json": "{"}))
	assert.Empty(t, log.Warnings())
}

func TestMixedEncodingsAreWarnedOf(t *testing.T) {
	_, log := read(t, compile(t, simple), "Ref,What,Role\nR1,caf\xe9,\nR2,café,\n")
	require.Len(t, log.Warnings(), 1)
	assert.Equal(t, "CSV-MIXED-ENCODING", log.Warnings()[0].Rule)
}
