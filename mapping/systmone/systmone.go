package systmone

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// Option changes how an extract is read.
type Option func(*join)

// WithTemplates names, by IDTemplate, the templates that are incident forms: an event with an
// answer on one of them makes a draft, too.
func WithTemplates(ids ...string) Option { return func(x *join) { x.templates = ids } }

// Open reads the extract in a folder, which has the CSV files of its tables. SRCode is
// streamed twice: to find the events, and to collect what belongs to them. The error, of type
// [*csvlog.FileError], says which table or column is missing.
func Open(folder fs.FS, triggers *trigger.Set, opts ...Option) (*extract.Log, error) {
	x := &join{
		Folder: extract.NewFolder(folder), triggers: triggers, events: map[string]*event{}, removed: map[string]bool{},
		log: extract.NewLog("Reference", "Date", "Time", "Code", "Term", "Trigger", "Evidence", "Answers", "Role", "Organisation",
			"Sex", "Date of Birth", "NHS Number", "Given Name", "Middle Names", "Surname", "Email"),
	}
	for _, o := range opts {
		o(x)
	}
	x.Want(codes, "RemovedData")
	x.Want("SRPatient", "RemovedData", "TestPatient")
	for _, read := range []func() error{x.findEvents, x.collectAnswers, x.readPatients, x.readOthers} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	for _, e := range x.events {
		e.cells["Answers"] = strings.Join(e.answers, "\n")
		x.log.Add(e.line, e.cells)
	}
	return x.log.Finish(x.Folder), nil
}

// join is the making of a log.
type join struct {
	*extract.Folder
	triggers  *trigger.Set
	templates []string
	log       *extract.Log
	events    map[string]*event
	removed   map[string]bool // RowIdentifiers of entries that are removed: whether they are counted
}

// event is what the record has under one IDEvent.
type event struct {
	line                           int
	file                           string
	patient, profile, organisation string
	answers                        []string
	cells                          map[string]string
}

const codes = "SRCode"

// eventOf is what the event of an entry is called. An entry without one is one by itself.
func eventOf(r extract.Row) string {
	if id := r.Get("IDEvent"); id != "" && id != "-1" {
		return "E" + id
	}
	return "C" + r.Get("RowIdentifier")
}

// findEvents finds the events with a trigger. An entry that is removed may come before or
// after the row that it removes, and other triggers of its event stay.
func (x *join) findEvents() error {
	found := map[string][]*event{}
	err := x.Each(codes, nil, []string{"RowIdentifier", "DateEvent", "IDPatient"}, func(r extract.Row, e *csvlog.RowError) {
		if e != nil {
			x.log.Break(e.Line, e.Rule, e.Text, e.Fix)
			return
		}
		t, ok := x.trigger(r)
		switch {
		case extract.True(r.Get("RemovedData")):
			x.remove(strings.Clone(r.Get("RowIdentifier")), ok)
		case ok:
			name := strings.Clone(eventOf(r))
			found[name] = append(found[name], newEvent(r, t))
		}
	})
	for name, triggers := range found {
		for _, e := range triggers {
			id := e.cells["Reference"]
			if _, removed := x.removed[id]; removed {
				x.remove(id, true)
			} else if x.events[name] == nil {
				x.events[name] = e
			}
		}
	}
	return err
}

// remove notes an entry that is removed, and counts it once if it is a trigger. The row that
// removes an entry may say no more than which one.
func (x *join) remove(id string, isTrigger bool) {
	counted := x.removed[id]
	if isTrigger && !counted {
		x.log.Skip("the entry is removed")
	}
	x.removed[id] = counted || isTrigger
}

// trigger returns what makes an entry a trigger.
func (x *join) trigger(r extract.Row) (trigger.Trigger, bool) {
	t, ok := x.Find(x.triggers, codes, r.First("SNOMEDCode", "SnomedCode"), r.Line)
	if !ok {
		t, ok = x.triggers.Find(trigger.CTV3, r.Get("CTV3Code"))
	}
	if id := r.Get("IDTemplate"); !ok && id != "" && slices.Contains(x.templates, id) {
		return trigger.Trigger{Term: "Answer on an incident template", Evidence: "template named by the practice"}, true
	}
	return t, ok
}

func newEvent(r extract.Row, t trigger.Trigger) *event {
	date, clock := moment(r.Get("DateEvent"))
	return &event{
		line: r.Line, file: r.File(), patient: strings.Clone(r.Get("IDPatient")), profile: strings.Clone(r.Get("IDProfileEnteredBy")), organisation: strings.Clone(r.Get("IDOrganisation")),
		cells: map[string]string{
			"Reference": strings.Clone(r.Get("RowIdentifier")), "Date": date, "Time": clock, "Trigger": t.Term, "Evidence": t.Evidence,
			"Code": strings.Clone(r.First("SNOMEDCode", "SnomedCode", "CTV3Code")), "Term": term(r),
		},
	}
}

func term(r extract.Row) string {
	return strings.Clone(r.First("SNOMEDText", "SnomedText", "CTV3Text"))
}

// moment rewrites a day such as 05 Mar 2026, with or without a time, and leaves what is none
// as it is: it becomes a question. Midnight stands where no time was recorded.
func moment(text string) (date, clock string) {
	for _, layout := range []string{"2 Jan 2006", "2 Jan 2006 15:04", "2 Jan 2006 15:04:05"} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if date = t.Format(time.DateOnly); t.Hour()+t.Minute() > 0 {
			clock = t.Format("15:04")
		}
		return date, clock
	}
	return strings.Clone(text), ""
}

// collectAnswers gathers what else was entered in the events that were found.
func (x *join) collectAnswers() error {
	return x.Each(codes, nil, nil, func(r extract.Row, e *csvlog.RowError) {
		if e != nil || len(x.events) == 0 {
			return // it was reported when the events were found
		}
		of := x.events[eventOf(r)]
		if _, removed := x.removed[r.Get("RowIdentifier")]; of == nil || removed {
			return
		}
		answer := term(r)
		if value := r.Get("NumericValue"); value != "" {
			answer += ": " + strings.TrimSpace(value+" "+r.Get("NumericUnit"))
		}
		of.answers = append(of.answers, answer)
	})
}

func (x *join) wanted(of func(*event) string) map[string]bool {
	keys := make(map[string]bool, len(x.events))
	for _, e := range x.events {
		keys[of(e)] = true
	}
	delete(keys, "")
	return keys
}

// readPatients joins the patients, and leaves out the events of those who may not be used.
func (x *join) readPatients() error {
	type patient struct {
		reason string
		cells  map[string]string
	}
	id := func(r extract.Row) string { return r.Get("RowIdentifier") }
	patients, err := extract.Lookup(x.Folder, "SRPatient", nil, []string{"RowIdentifier", "DateBirth", "Gender"}, id, x.wanted(func(e *event) string { return e.patient }), func(r extract.Row) patient {
		p := patient{cells: map[string]string{}}
		switch {
		case extract.True(r.Get("RemovedData")):
			p.reason = "the patient is removed"
		case extract.True(r.Get("TestPatient")):
			p.reason = "the patient is a test patient"
		}
		for to, from := range map[string]string{"Sex": "Gender", "NHS Number": "NHSNumber", "Given Name": "FirstName", "Middle Names": "MiddleNames", "Surname": "Surname", "Email": "EmailAddress"} {
			p.cells[to] = strings.Clone(r.Get(from))
		}
		p.cells["Date of Birth"], _ = moment(r.Get("DateBirth"))
		return p
	})
	for name, e := range x.events {
		switch p, ok := patients[e.patient]; {
		case err != nil:
		case !ok:
			x.log.Break(e.line, "EXTRACT-ORPHAN", e.file+"The patient of this entry is not in the extract.", "Export the patients with the entries.")
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

// readOthers joins the role of who entered it and the organisation, which entries name by
// its row or by its ODS code.
func (x *join) readOthers() error {
	roles, err := extract.Lookup(x.Folder, "SRStaffMemberProfile", nil, nil, func(r extract.Row) string { return r.Get("RowIdentifier") },
		x.wanted(func(e *event) string { return e.profile }), func(r extract.Row) string { return strings.Clone(r.Get("StaffRole")) })
	if err != nil {
		return err
	}
	wanted := x.wanted(func(e *event) string { return e.organisation })
	places, err := extract.Lookup(x.Folder, "SROrganisation", nil, nil, func(r extract.Row) string {
		if id := r.Get("RowIdentifier"); wanted[id] {
			return id
		}
		return r.Get("ID")
	}, wanted, func(r extract.Row) string { return strings.Clone(r.Get("ID")) })
	for _, e := range x.events {
		e.cells["Role"], e.cells["Organisation"] = roles[e.profile], places[e.organisation]
	}
	return err
}
