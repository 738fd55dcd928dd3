package emis

import (
	"cmp"
	"hash/maphash"
	"io/fs"
	"maps"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// Open reads the extract in a folder, which has the CSV files of its tables, and joins the
// observations whose codes are triggers. The large tables are streamed; what the triggers
// need is held. The error, of type [*csvlog.FileError], says which table or column is
// missing.
func Open(folder fs.FS, triggers *trigger.Set) (*extract.Log, error) {
	x := &join{
		Folder: extract.NewFolder(folder), triggers: triggers, codes: map[string]code{}, known: map[uint64]struct{}{}, events: map[string]*event{}, deleted: map[uint64]int64{}, seed: maphash.MakeSeed(),
		log: extract.NewLog("Reference", "Date", "Code", "Term", "Trigger", "Evidence", "Problem", "Role", "Organisation", "Latest medicine",
			"Sex", "Date of Birth", "NHS Number", "Given Name", "Middle Names", "Surname", "Carer", "Street", "Postcode"),
	}
	for _, read := range []func() error{x.readCodes, x.readObservations, x.readPatients, x.readConsultations, x.readPeople, x.readMedicines} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	for _, e := range x.events {
		if ods := e.cells["Organisation"]; ods != "" { // a GUID alone can be that of another practice, too
			e.cells["Reference"] = ods + "-" + e.cells["Reference"]
		}
		x.log.Add(e.line, e.cells)
	}
	return x.log.Finish(x.Folder), nil
}

// join is the making of a log.
type join struct {
	*extract.Folder
	triggers *trigger.Set
	log      *extract.Log
	codes    map[string]code     // of triggers, by CodeId
	known    map[uint64]struct{} // hashes of all CodeIds
	events   map[string]*event   // by key
	deleted  map[uint64]int64    // the ProcessingId of deletions, by hash of the key
	seed     maphash.Seed
}

type code struct {
	trigger.Trigger
	id, term string
}

// event is an observation that is a trigger.
type event struct {
	line                              int
	file                              string
	order                             int64 // ProcessingId
	guid, patient, user, organisation string
	consultation                      string
	taken                             string // day of the latest medicine
	medicine                          string // its CodeId
	cells                             map[string]string
}

// key is what a row is called: its GUID, which is unique within its organisation.
func key(r extract.Row, column string) string {
	guid := r.Get(column)
	if guid == "" {
		return ""
	}
	return r.Get("OrganisationGuid") + guid
}

func order(r extract.Row) int64 {
	n, _ := strconv.ParseInt(r.Get("ProcessingId"), 10, 64)
	return n
}

// readCodes finds the codes of the triggers.
func (x *join) readCodes() error {
	const table = "Coding_ClinicalCode"
	return x.Each(table, nil, []string{"CodeId", "Term", "SnomedCTConceptId"}, func(r extract.Row, e *csvlog.RowError) {
		if e != nil {
			x.log.Break(e.Line, e.Rule, e.Text, e.Fix)
			return
		}
		id := r.Get("CodeId")
		x.Whole(table, id, r.Line)
		x.known[maphash.String(x.seed, id)] = struct{}{}
		t, ok := x.Find(x.triggers, table, r.Get("SnomedCTConceptId"), r.Line)
		if !ok {
			t, ok = x.triggers.Find(trigger.Read2, r.Get("ReadTermId"))
		}
		if ok {
			x.codes[strings.Clone(id)] = code{t, strings.Clone(r.First("SnomedCTConceptId", "ReadTermId")), strings.Clone(r.Get("Term"))}
		}
	})
}

// readObservations finds the observations with such a code.
func (x *join) readObservations() error {
	return x.Each("CareRecord_Observation", nil, []string{"ObservationGuid", "PatientGuid", "OrganisationGuid", "CodeId", "EffectiveDate", "EffectiveDatePrecision", "Deleted", "IsConfidential"}, func(r extract.Row, e *csvlog.RowError) {
		if e != nil {
			x.log.Break(e.Line, e.Rule, e.Text, e.Fix)
			return
		}
		id := r.Get("CodeId")
		c, is := x.codes[id]
		gone := extract.True(r.Get("Deleted"))
		if _, known := x.known[maphash.String(x.seed, id)]; !known && !gone && id != "" {
			x.Gap("Entries of the table CareRecord_Observation have a CodeId that the table Coding_ClinicalCode does not have, so nobody can tell whether they hint at an event", r.Line)
		}
		if !is && !gone && len(x.events) == 0 {
			return
		}
		x.observe(r, c, is, gone)
	})
}

// observe takes one observation: a trigger, a deletion, or one that may replace a trigger.
func (x *join) observe(r extract.Row, c code, is, gone bool) {
	name, n := key(r, "ObservationGuid"), order(r)
	if before := x.events[name]; before != nil {
		if before.order > n {
			return // what was read before is newer
		}
		delete(x.events, name)
		if gone {
			x.log.Skip("the entry is deleted")
		}
	} else if is && gone {
		x.log.Skip("the entry is deleted")
	}
	hash := maphash.String(x.seed, name)
	switch {
	case gone:
		x.deleted[hash] = max(n, x.deleted[hash])
		return
	case !is:
		return
	case extract.True(r.Get("IsConfidential")):
		x.log.Skip("the entry is confidential")
		return
	}
	if at, was := x.deleted[hash]; was && at >= n {
		x.log.Skip("the entry is deleted")
		return
	}
	x.events[strings.Clone(name)] = &event{
		line: r.Line, file: r.File(), order: n, guid: strings.Clone(name), patient: strings.Clone(key(r, "PatientGuid")), consultation: strings.Clone(key(r, "ConsultationGuid")),
		user: strings.Clone(cmp.Or(key(r, "EnteredByUserInRoleGuid"), key(r, "ClinicianUserInRoleGuid"))), organisation: strings.Clone(r.Get("OrganisationGuid")),
		cells: map[string]string{
			"Reference": strings.Clone(strings.Trim(r.Get("ObservationGuid"), "{}")), "Date": day(r.Get("EffectiveDate"), r.Get("EffectiveDatePrecision")),
			"Code": c.id, "Term": c.term, "Trigger": c.Term, "Evidence": c.Evidence,
		},
	}
}

// day is the day of an event as far as it is known: a day, a month, or nothing.
func day(date, precision string) string {
	date, _, _ = strings.Cut(date, " ")
	date, _, _ = strings.Cut(date, "T")
	const month = len("2006-01")
	switch precision = strings.ToUpper(precision); {
	case strings.HasPrefix(precision, "YMD"):
		return strings.Clone(date)
	case precision == "YM" && len(date) >= month:
		return strings.Clone(date[:month])
	}
	return ""
}

// wanted are the keys of rows of another table that events refer to.
func (x *join) wanted(of func(*event) string) map[string]bool {
	keys := make(map[string]bool, len(x.events))
	for _, e := range x.events {
		if k := of(e); k != "" {
			keys[k] = true
		}
	}
	return keys
}

// patient is what is read of a patient.
type patient struct {
	order  int64  // ProcessingId
	reason string // why the patient may not be used
	cells  map[string]string
}

func newPatient(r extract.Row) patient {
	p := patient{order: order(r), cells: map[string]string{}}
	for _, flag := range [][2]string{{"Deleted", "the patient is deleted"}, {"DummyType", "the patient is a dummy"}, {"IsConfidential", "the patient is confidential"}, {"SpineSensitive", "the patient is sensitive on the Spine"}} {
		if p.reason == "" && extract.True(r.Get(flag[0])) {
			p.reason = flag[1]
		}
	}
	for to, from := range map[string]string{"Sex": "Sex", "Date of Birth": "DateOfBirth", "NHS Number": "NhsNumber", "Given Name": "GivenName", "Middle Names": "MiddleNames",
		"Surname": "Surname", "Carer": "CarerName", "Postcode": "Postcode"} {
		p.cells[to] = strings.Clone(r.Get(from))
	}
	p.cells["Street"] = street(r)
	return p
}

// street is the line of the address with the number of the house, empty without one: the name
// of a street alone is that of many people.
func street(r extract.Row) string {
	const digits = "0123456789"
	line := r.Get("NumberAndStreet")
	if !strings.ContainsAny(line, digits) {
		line = r.Get("HouseNameFlatNumber") + " " + line
	}
	if !strings.ContainsAny(line, digits) {
		return ""
	}
	return strings.Clone(line)
}

// readPatients joins the patients, and leaves out the events of those who may not be used.
func (x *join) readPatients() error {
	newest := map[string]patient{}
	patients, err := extract.Lookup(x.Folder, "Admin_Patient", nil, []string{"PatientGuid", "OrganisationGuid", "Sex", "DateOfBirth", "DummyType", "IsConfidential", "SpineSensitive", "Deleted"},
		func(r extract.Row) string { return key(r, "PatientGuid") }, x.wanted(func(e *event) string { return e.patient }), func(r extract.Row) patient {
			name := strings.Clone(key(r, "PatientGuid"))
			if before, is := newest[name]; !is || before.order <= order(r) {
				newest[name] = newPatient(r)
			}
			return newest[name]
		})
	for name, e := range x.events {
		switch p, ok := patients[e.patient]; {
		case err != nil:
		case !ok:
			x.log.Break(e.line, "EXTRACT-ORPHAN", e.file+"The patient of this entry is not in the extract.", "Export the patients with the observations.")
			delete(x.events, name)
		case p.reason != "":
			x.log.Skip(p.reason)
			delete(x.events, name)
		default:
			maps.Copy(e.cells, p.cells)
		}
	}
	return err
}

// readConsultations leaves out the events of consultations that may not be used.
func (x *join) readConsultations() error {
	reasons, err := extract.Lookup(x.Folder, "CareRecord_Consultation", nil, nil, func(r extract.Row) string { return key(r, "ConsultationGuid") },
		x.wanted(func(e *event) string { return e.consultation }), func(r extract.Row) string {
			switch {
			case extract.True(r.Get("IsConfidential")):
				return "the consultation is confidential"
			case extract.True(r.Get("Deleted")):
				return "the consultation is deleted"
			}
			return ""
		})
	for name, e := range x.events {
		if reason := reasons[e.consultation]; reason != "" {
			x.log.Skip(reason)
			delete(x.events, name)
		}
	}
	return err
}

// readPeople joins the role of who entered it, the organisation and the problem.
func (x *join) readPeople() error {
	for _, t := range []struct {
		table, id, from, to string
		of                  func(*event) string
	}{
		{"Admin_UserInRole", "UserInRoleGuid", "JobCategoryCode", "Role", func(e *event) string { return e.user }},
		{"Admin_Organisation", "OrganisationGuid", "ODSCode", "Organisation", func(e *event) string { return e.organisation }},
		{"CareRecord_Problem", "ObservationGuid", "SignificanceDescription", "Problem", func(e *event) string { return e.guid }},
	} {
		by := func(r extract.Row) string { return key(r, t.id) }
		if t.id == "OrganisationGuid" {
			by = func(r extract.Row) string { return r.Get(t.id) }
		}
		found, err := extract.Lookup(x.Folder, t.table, nil, nil, by, x.wanted(t.of), func(r extract.Row) string { return strings.Clone(r.Get(t.from)) })
		if err != nil {
			return err
		}
		for _, e := range x.events {
			e.cells[t.to] = found[t.of(e)]
		}
	}
	return nil
}

// readMedicines joins the medicine that was recorded last before each event.
func (x *join) readMedicines() error {
	of := map[string][]*event{}
	for _, e := range x.events {
		of[e.patient] = append(of[e.patient], e)
	}
	for _, table := range []string{"Prescribing_DrugRecord", "Prescribing_IssueRecord"} {
		err := x.Each(table, nil, nil, func(r extract.Row, broken *csvlog.RowError) {
			if broken != nil || extract.True(r.Get("Deleted")) {
				return // a medicine is only offered: nothing depends on it
			}
			for _, e := range of[key(r, "PatientGuid")] {
				if on := r.Get("EffectiveDate"); on <= e.cells["Date"] && on >= e.taken {
					e.taken, e.medicine = strings.Clone(on), strings.Clone(r.Get("CodeId"))
				}
			}
		})
		if err != nil {
			return err
		}
	}
	names, err := extract.Lookup(x.Folder, "Coding_DrugCode", nil, nil, func(r extract.Row) string { return r.Get("CodeId") }, x.wanted(func(e *event) string { return e.medicine }), func(r extract.Row) string { return strings.Clone(r.Get("Term")) })
	for _, e := range x.events {
		e.cells["Latest medicine"] = names[e.medicine]
	}
	return err
}
