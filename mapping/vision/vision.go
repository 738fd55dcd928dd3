// Package vision makes drafts from the journal and the patients of a Vision extract, by the
// built-in map "vision". Each journal entry whose code is a trigger becomes a draft with
// questions, never a submission.
//
// # Where the rules come from
//
// The files have no header row, days are yyyyMMdd and times HHmm; the columns are those of
// published readers of the extract. Extracts differ: give [WithColumns] where yours does. An
// entry whose ACTION says that it is deleted is left out and counted.
//
// # What it can never know
//
//   - Whether anything went wrong: a code for an adverse reaction is a hint.
//   - Harm, the number of patients, and how much the event concerns people.
//   - Whether the gender is the same as at birth, and the gender identity: SEX is what the
//     practice recorded.
//   - Whether the patient is a test patient or the entry confidential: the extract has no
//     column for it.
//   - Which medicine was involved: the journal lists what was prescribed.
//
// The text of an entry may name people. The NHS number, the date of birth and the postcode
// of the patient block a text that contains them; the extract has no names to look for.
package vision

import (
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// The columns of the files, as far as nothing else is given.
var (
	journal = strings.Fields(`PID ID DATE RECORDED_DATE CODE SNOMED_CODE BNF_CODE HCP HCP_TYPE GMS EPISODE TEXT RUBRIC
		DRUG_FORM DRUG_STRENGTH PACKSIZE DMD_CODE IMMS_STATUS IMMS_COMPOUND IMMS_SOURCE IMMS_BATCH IMMS_REASON IMMS_METHOD IMMS_SITE
		ENTITY VALUE1_NAME VALUE1 VALUE1_UNITS VALUE2_NAME VALUE2 VALUE2_UNITS END_DATE TIME CONTEXT CERTAINTY SEVERITY LINKS
		SERVICE_ID ACTION SUBSET DOCUMENT_ID`)
	patient = strings.Fields("PID REFERENCE DATE_OF_BIRTH SEX POSTCODE ETHNIC NHS_NUMBER ACTION")
)

// Option changes how an extract is read.
type Option func(*config)

type config struct{ journal, patient []string }

// WithColumns names the columns of the journal and of the patients, in the order of the
// files. The names are those of the documented extract; columns by other names are passed
// over. A list that is empty stays as it is.
func WithColumns(ofJournal, ofPatients []string) Option {
	return func(c *config) {
		if len(ofJournal) > 0 {
			c.journal = ofJournal
		}
		if len(ofPatients) > 0 {
			c.patient = ofPatients
		}
	}
}

// Open reads the extract in a folder and joins the journal entries whose codes are triggers
// to their patients. The error, of type [*csvlog.FileError], says which file is missing or
// cannot be read.
func Open(folder fs.FS, triggers *trigger.Set, opts ...Option) (*extract.Log, error) {
	c := config{journal, patient}
	for _, o := range opts {
		o(&c)
	}
	f := extract.NewFolder(folder)
	log := extract.NewLog("Reference", "Date", "Time", "Code", "Term", "Text", "Trigger", "Evidence", "Sex", "Ethnic", "NHS Number", "Date of Birth", "Postcode")
	found, wanted, err := entries(f, log, &c, triggers)
	if err != nil {
		return nil, err
	}
	key := func(r extract.Row) string { return r.Get("PID") }
	patients, err := extract.Lookup(f, "patient", c.patient, []string{"PID", "DATE_OF_BIRTH", "SEX"}, key, wanted, func(r extract.Row) map[string]string {
		return map[string]string{"ACTION": strings.Clone(r.Get("ACTION")), "Sex": strings.Clone(r.Get("SEX")), "Ethnic": strings.Clone(r.Get("ETHNIC")), "Postcode": strings.Clone(r.Get("POSTCODE")),
			"NHS Number": strings.Clone(r.Get("NHS_NUMBER")), "Date of Birth": day(r.Get("DATE_OF_BIRTH"))}
	})
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		of, ok := patients[e.patient]
		if !ok {
			log.Break(e.line, "EXTRACT-ORPHAN", e.file+"The patient of this entry is not in the extract.", "Export the patients with the journal.")
			continue
		}
		if deletes(of["ACTION"]) {
			log.Skip("the patient is deleted")
			continue
		}
		for name, text := range of {
			e.cells[name] = text
		}
		log.Add(e.line, e.cells)
	}
	return log.Finish(f), nil
}

// entry is a journal entry that is a trigger.
type entry struct {
	line    int
	file    string
	patient string
	cells   map[string]string
}

// deletes reports whether the ACTION of a row says that what it is about is deleted.
func deletes(action string) bool { return strings.HasPrefix(strings.ToUpper(action), "D") }

// entries finds the triggers in the journal, and which patients they are about. The row that
// deletes an entry may come before or after it, and may say no more than which one.
func entries(f *extract.Folder, log *extract.Log, c *config, triggers *trigger.Set) (found []entry, patients map[string]bool, err error) {
	patients = map[string]bool{}
	deleted := map[string]bool{} // PID and ID of entries: whether they are counted
	err = f.Each("journal", c.journal, []string{"PID", "ID", "DATE", "CODE"}, func(r extract.Row, broken *csvlog.RowError) {
		if broken != nil {
			log.Break(broken.Line, broken.Rule, broken.Text, broken.Fix)
			return
		}
		t, ok := triggers.Find(trigger.Read2, r.Get("CODE"))
		if !ok {
			t, ok = f.Find(triggers, "journal", r.Get("SNOMED_CODE"), r.Line)
		}
		switch {
		case deletes(r.Get("ACTION")):
			entry := name(r.Get("PID"), r.Get("ID"))
			if ok {
				log.Skip("the entry is deleted")
			}
			deleted[entry] = deleted[entry] || ok
			return
		case !ok:
			return
		}
		pid := strings.Clone(r.Get("PID"))
		patients[pid] = true
		found = append(found, entry{r.Line, r.File(), pid, map[string]string{
			"Reference": strings.Clone(r.Get("ID")), "Date": day(r.Get("DATE")), "Time": clock(r.Get("TIME")), "Code": strings.Clone(r.First("CODE", "SNOMED_CODE")),
			"Term": strings.Clone(r.Get("RUBRIC")), "Text": strings.Clone(r.Get("TEXT")), "Trigger": t.Term, "Evidence": t.Evidence,
		}})
	})
	return slices.DeleteFunc(found, func(e entry) bool {
		counted, is := deleted[name(e.patient, e.cells["Reference"])]
		if is && !counted {
			log.Skip("the entry is deleted")
		}
		return is
	}), patients, err
}

// name is what an entry is called.
func name(patient, id string) string { return patient + " " + id }

// day rewrites a day, and leaves what is none as it is: it becomes a question.
func day(text string) string {
	if t, err := time.Parse("20060102", text); err == nil {
		return t.Format(time.DateOnly)
	}
	return strings.Clone(text)
}

// clock rewrites a time of day, of which a spreadsheet may have taken the first 0, and leaves
// what is none as it is. Midnight stands where no time was recorded.
func clock(text string) string {
	if strings.Trim(text, "0") == "" {
		return ""
	}
	if t, err := time.Parse("1504", strings.Repeat("0", max(0, len("0000")-len(text)))+text); err == nil {
		return t.Format("15:04")
	}
	return strings.Clone(text)
}
