package emis_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/emis"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

func TestExtract(t *testing.T) {
	table, err := emis.Open(os.DirFS("testdata"), trigger.Builtin())
	require.NoError(t, err)
	var latest []string
	for row, err := range table.Rows() {
		if err == nil {
			latest = append(latest, row.Cell(0)+" "+row.Cell(9))
		}
	}
	assert.Equal(t, []string{"A81001-O1 Warfarin 1mg tablets", "A81001-O2 Warfarin 1mg tablets", "A81001-O3 ", "A81002-O1 "}, latest)
	assert.Equal(t, map[string]int{"the entry is deleted": 2, "the entry is confidential": 1, "the patient is a dummy": 1, "the patient is confidential": 1, "the patient is sensitive on the Spine": 1}, table.Skipped())
	assert.Contains(t, table.Warnings()[0].Text, "look rounded by a spreadsheet: 2")
	// Of 14 rows one is no trigger, seven are about entries left out, two are broken.
	all := sourcetest.Table(t, "emis", table)
	require.Len(t, all, 6)
	assert.Equal(t, "2026-03", all[1].Event.EstimatedDate.ApproximateDate, "a month gives no day")
	assert.Empty(t, all[2].Event.Date, "a year gives no day")
}

func TestTablesMustBeThere(t *testing.T) {
	_, err := emis.Open(os.DirFS(t.TempDir()), trigger.Builtin())
	assert.ErrorContains(t, err, "no CSV file of the table Coding_ClinicalCode")
}

// small is an extract with one event, of which parts can be changed.
func small() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"1_Coding_ClinicalCode.csv":       file("CodeId,Term,ReadTermId,SnomedCTConceptId\n1777541000006114,Medication error,,398240004\n"),
		"1_CareRecord_Observation.csv":    file("ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,CodeId,Deleted,IsConfidential,ProcessingId\n{O1},{P1},{G1},2026-03-05,YMD,1777541000006114,FALSE,FALSE,1\n"),
		"1_Admin_Patient.csv":             file("PatientGuid,OrganisationGuid,Sex,DateOfBirth,NhsNumber,GivenName,MiddleNames,Surname,CarerName,HouseNameFlatNumber,NumberAndStreet,DummyType,IsConfidential,SpineSensitive,Deleted,ProcessingId\n{P1},{G1},F,1961-05-04,,Emily,Quillina,Testington,Walther Zabriskie,Flat 2,14 Invented Lane,FALSE,FALSE,FALSE,FALSE,1\n"),
		"1_Prescribing_DrugRecord.md5":    file("0\n"),
		"._1_CareRecord_Observation.csv":  file("\x00\x05\x16\x07"),
		"~$1_CareRecord_Observation.csv":  file("\x01"),
		"1_CareRecord_ObservationNew.zip": file("PK"),
	}
}

// opened returns the references of the drafts of an extract, and the texts of its warnings.
func opened(t *testing.T, files fstest.MapFS) (references []string, warnings string) {
	t.Helper()
	table, err := emis.Open(files, trigger.Builtin())
	require.NoError(t, err)
	for row, err := range table.Rows() {
		require.NoError(t, err)
		references = append(references, row.Cell(0))
	}
	for _, w := range table.Warnings() {
		warnings += w.Rule + ": " + w.Text + "\n"
	}
	return references, warnings
}

// What makes events invisible is said: a warning for each, and none for what is nothing.
func TestGapsAreSaid(t *testing.T) {
	change := func(file, old, with string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			files[file].Data = []byte(strings.ReplaceAll(string(files[file].Data), old, with))
		}
	}
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		found  bool
		says   string
	}{
		"as it is":                 {func(fstest.MapFS) {}, true, "EXTRACT-GAP: Files of the table Prescribing_DrugRecord are passed over"},
		"a file in an archive":     {func(f fstest.MapFS) { f["2_CareRecord_Observation.csv.gz"] = &fstest.MapFile{} }, true, "EXTRACT-GAP: Files of the table CareRecord_Observation are passed over"},
		"a code that is missing":   {change("1_CareRecord_Observation.csv", "006114", "006118"), false, "does not have, so nobody can tell whether they hint at an event: 1"},
		"a rounded code":           {change("1_Coding_ClinicalCode.csv", "006114", "006110"), false, "EXTRACT-ROUNDED: Ids of the table Coding_ClinicalCode look rounded by a spreadsheet: 1"},
		"a concept as 1.01285E+15": {change("1_Coding_ClinicalCode.csv", "398240004", "1.01285E+15"), false, "EXTRACT-ROUNDED: Ids of the table Coding_ClinicalCode look rounded by a spreadsheet: 1"},
		"a header in other case":   {change("1_CareRecord_Observation.csv", "ObservationGuid", "observationguid"), true, ""},
	} {
		files := small()
		c.change(files)
		references, warnings := opened(t, files)
		assert.Equal(t, c.found, len(references) == 1, name)
		assert.Contains(t, warnings, c.says, name)
		assert.NotContains(t, warnings, "ObservationNew", name)
	}
}

// Of several rows of a patient the newest counts, wherever it stands.
func TestNewestPatientCounts(t *testing.T) {
	files := small()
	files["0_Admin_Patient.csv"] = &fstest.MapFile{Data: []byte("PatientGuid,OrganisationGuid,Sex,DateOfBirth,DummyType,IsConfidential,SpineSensitive,Deleted,ProcessingId\n{P1},{G1},F,1961-05-04,FALSE,TRUE,FALSE,FALSE,2\n")}
	references, warnings := opened(t, files)
	assert.Empty(t, references)
	assert.Contains(t, warnings, "the patient is confidential")
}

// An entry of a confidential consultation is left out, though it is not marked itself.
func TestConsultationIsConfidential(t *testing.T) {
	files := small()
	files["1_CareRecord_Observation.csv"].Data = []byte("ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,CodeId,ConsultationGuid,Deleted,IsConfidential\n" +
		"{O1},{P1},{G1},2026-03-05,YMD,1777541000006114,{C1},FALSE,FALSE\n{O2},{P1},{G1},2026-03-05,YMD,1777541000006114,{C2},FALSE,FALSE\n{O3},{P1},{G1},2026-03-05,YMD,1777541000006114,{C3},FALSE,FALSE\n")
	files["1_CareRecord_Consultation.csv"] = &fstest.MapFile{Data: []byte("ConsultationGuid,PatientGuid,OrganisationGuid,Deleted,IsConfidential\n{C1},{P1},{G1},FALSE,TRUE\n{C2},{P1},{G1},TRUE,FALSE\n{C3},{P1},{G1},FALSE,FALSE\n")}
	references, warnings := opened(t, files)
	assert.Equal(t, []string{"O3"}, references)
	assert.Contains(t, warnings, "the consultation is confidential")
}

// All names of the patient are looked for in what people write, and those of a carer. So is
// the date of birth, though a spreadsheet has rewritten it.
func TestNamesAreLookedFor(t *testing.T) {
	files := small()
	files["1_Admin_Patient.csv"].Data = bytes.ReplaceAll(files["1_Admin_Patient.csv"].Data, []byte("1961-05-04"), []byte("04/05/1961"))
	for _, text := range []string{"The label said 4 May 1961 and another name.", "Quillina had the wrong tablets.", "Told by Walther Zabriskie at the desk.", "The letter went to 14 Invented Lane."} {
		table, err := emis.Open(files, trigger.Builtin())
		require.NoError(t, err)
		answers, err := mapping.ReadAnswers(strings.NewReader("reference,target,answer\nO1,type,incident\nO1,description," + text + "\n"))
		require.NoError(t, err)
		log, err := sourcetest.Mapper(t, "emis").OpenTable(table, mapping.WithAnswers(answers))
		require.NoError(t, err)
		for _, d := range sourcetest.Check(t, log) {
			assert.Equal(t, draft.Blocked, d.State, text)
		}
	}
}

// large writes an extract of many observations, of which some are triggers.
func large(t testing.TB, observations, events int) string {
	dir := t.TempDir()
	write := func(name, header string, rows int, row func(i int) string) {
		f, err := os.Create(filepath.Join(dir, name+".csv"))
		require.NoError(t, err)
		w := bufio.NewWriter(f)
		fmt.Fprintln(w, header)
		for i := range rows {
			fmt.Fprintln(w, row(i))
		}
		require.NoError(t, w.Flush())
		require.NoError(t, f.Close())
	}
	guid := func(i int) string { return fmt.Sprintf("{A5D41E5F-0000-4000-8000-%012d}", i) }
	patients := max(1, observations/10)
	write("Coding_ClinicalCode", "CodeId,Term,ReadTermId,SnomedCTConceptId", 2, func(i int) string {
		return []string{"1,Medication error,,398240004", "2,Blood pressure,246..,75367002"}[i]
	})
	write("CareRecord_Observation", "ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,EnteredByUserInRoleGuid,CodeId,Value,Deleted,IsConfidential,ProcessingId", observations, func(i int) string {
		code := "2"
		if i%max(1, observations/events) == 0 {
			code = "1"
		}
		return guid(i) + "," + guid(i%patients) + "," + guid(0) + ",2026-03-05,YMD," + guid(i%50) + "," + code + ",120,FALSE,FALSE," + strconv.Itoa(i)
	})
	write("Admin_Patient", "PatientGuid,OrganisationGuid,Sex,DateOfBirth,NhsNumber,GivenName,Surname,Postcode,DummyType,IsConfidential,SpineSensitive,Deleted", patients, func(i int) string {
		return guid(i) + "," + guid(0) + ",F,1961-05-04,,Emily,Testington,ZZ99 1AA,FALSE,FALSE,FALSE,FALSE"
	})
	write("Admin_UserInRole", "UserInRoleGuid,OrganisationGuid,JobCategoryCode", 50, func(i int) string { return guid(i) + "," + guid(0) + ",R0260" })
	write("Admin_Organisation", "OrganisationGuid,ODSCode", 1, func(i int) string { return guid(i) + ",A81001" })
	write("Prescribing_DrugRecord", "DrugRecordGuid,PatientGuid,OrganisationGuid,EffectiveDate,CodeId,Deleted", observations, func(i int) string {
		return guid(i) + "," + guid(i%patients) + "," + guid(0) + ",2026-02-05,7,FALSE"
	})
	write("Coding_DrugCode", "CodeId,Term", 1, func(int) string { return "7,Aspirin 75mg tablets" })
	return dir
}

// 10,000 events are joined to an extract of a million rows within the limits that a
// practice's computer sets: 20 seconds and 256 MiB.
func TestLargeExtract(t *testing.T) {
	observations, events := 100_000, 1_000
	if os.Getenv("LFPSE_LONG") != "" {
		observations, events = 1_000_000, 10_000
	}
	dir := large(t, observations, events)
	peak, stop := watch()
	begin := time.Now()
	table, err := emis.Open(os.DirFS(dir), trigger.Builtin())
	require.NoError(t, err)
	log, err := sourcetest.Mapper(t, "emis").OpenTable(table)
	require.NoError(t, err)
	n := 0
	for _, err := range log.Drafts() {
		require.NoError(t, err)
		n++
	}
	took := time.Since(begin)
	stop()
	assert.Equal(t, events, n)
	assert.Less(t, took, 20*time.Second)
	assert.Less(t, *peak>>20, uint64(256))
	t.Logf("%d events of %d rows: %v, %d MiB", n, observations, took, *peak>>20)
}

// watch measures the most memory that the program has from the system.
func watch() (peak *uint64, stop func()) {
	peak = new(uint64)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*peak = max(*peak, m.Sys-m.HeapReleased)
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return peak, func() { close(done); <-ended }
}

func Example() {
	table, err := emis.Open(os.DirFS("testdata"), trigger.Builtin())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Skipped()["the patient is a dummy"], "left out because the patient is a dummy")
	// Output: 1 left out because the patient is a dummy
}
