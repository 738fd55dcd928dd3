package bridge

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Result says what became of one report that came in. It holds no text of the report.
type Result struct {
	Line      int         `json:"line,omitempty"`
	Reference string      `json:"reference"`
	State     draft.State `json:"state"`
	// Change says what the outbox made of it, empty for a report that did not get there.
	Change outbox.Change `json:"change,omitempty"`
	ID     int64         `json:"id,omitempty"` // of the report in the outbox
	// National is the reference number of the record that stands, RecordID its id.
	National string `json:"nationalReference,omitempty"`
	RecordID string `json:"recordId,omitempty"`
	// Question is what only a person can say about which event it is.
	Question *Question `json:"question,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	// Errors are why it cannot be sent as it is, Warnings what else was noticed.
	Errors    []Fault          `json:"errors,omitempty"`
	Warnings  []Fault          `json:"warnings,omitempty"`
	Questions []lfpse.Question `json:"questions,omitempty"`
	// Kept says that the report is kept as a draft, for a person to complete.
	Kept bool `json:"kept,omitempty"`
}

// Question is a question of the outbox about the identity of a report.
type Question struct {
	About   outbox.Question       `json:"about"`
	Text    string                `json:"text"`
	Answers map[outbox.Act]string `json:"answers"`
}

// Fault is a finding about a report: where it is and what it is, never a value.
type Fault struct {
	Rule  string `json:"rule"`
	Where string `json:"where,omitempty"`
	Text  string `json:"text"`
	Fix   string `json:"fix,omitempty"`
}

// resultOf says what there is to say about a draft that was checked.
func resultOf(d *draft.Draft) Result {
	r := Result{Line: d.Line, Reference: cmp.Or(d.Reference, fmt.Sprintf("line %d", d.Line)), State: d.State, Reason: d.Reason}
	least := fhir.Error
	if d.State == draft.Held {
		least = fhir.Warning // of a privacy finding for which the report waits
	}
	r.note(d, d.Privacy, least)
	r.note(d, d.Issues, fhir.Error)
	if d.State == draft.NeedsAnswers {
		r.Questions = d.Questions
	}
	return r
}

// note takes the findings: those of at least a severity are why the report cannot be sent.
func (r *Result) note(d *draft.Draft, issues fhir.Issues, least fhir.Severity) {
	for i := range issues {
		f := Fault{issues[i].Rule, cmp.Or(d.Origins[issues[i].Path], d.Targets[issues[i].Path], issues[i].Path), issues[i].Text, issues[i].Fix}
		switch {
		case issues[i].Severity >= least:
			r.Errors = append(r.Errors, f)
		case issues[i].Severity == fhir.Warning:
			r.Warnings = append(r.Warnings, f)
		}
	}
}

// entered takes over what the outbox made of the report.
func (r *Result) entered(e *outbox.Entered) {
	r.State, r.Change, r.ID = e.State, e.Change, e.ID
	r.record(&e.Report)
}

// record takes over the record and the question of a report.
func (r *Result) record(report *outbox.Report) {
	if report.Recorded() {
		r.National, r.RecordID = report.Record.Number, report.Record.ID
	}
	if q := report.Question; q != "" {
		r.Question = &Question{q, q.Text(), q.Answers()}
	}
}

// known takes over the national record that stands, of the reports that are known.
func (r *Result) known(reports []outbox.Report) {
	for i := range reports {
		if reports[i].Recorded() {
			r.record(&reports[i])
		}
	}
}

// changes say in plain words what the outbox made of a report.
var changes = map[outbox.Change]string{
	outbox.Added:    "It waits to be sent.",
	outbox.Same:     "It is known, and nothing has changed.",
	outbox.Replaced: "It has changed and waits to be sent.",
	outbox.Amended:  "It has changed since it was recorded; the change waits to be sent.",
	outbox.Queued:   "It has changed while it was being sent; the change waits for the answer.",
	outbox.Asked:    "A person has to say which event it is.",
}

// Words say what became of the report, in plain words.
func (r *Result) Words() string {
	var words []string
	say := func(text string) {
		if text != "" {
			words = append(words, text)
		}
	}
	say(changes[r.Change])
	if r.Change == "" {
		say(r.Reason)
		if r.Reason == "" || r.State != draft.NotForLFPSE {
			say(sentence(r.State.Meaning()))
		}
	}
	if r.Question != nil {
		say(r.Question.Text)
	}
	for _, f := range r.Errors {
		say(inPlace(f.Where) + strings.TrimSpace(f.Text+" "+f.Fix))
	}
	for _, q := range r.Questions {
		if q.Required && q.Arises() {
			say(strings.TrimSpace(q.Text + " " + q.Why))
		}
	}
	for _, f := range r.Warnings {
		say("Warning: " + inPlace(f.Where) + strings.TrimSpace(f.Text+" "+f.Fix))
	}
	if r.Kept {
		say("It is kept as a draft.")
	}
	switch {
	case r.National != "":
		say("Its national reference is " + r.National + ".")
	case r.RecordID != "":
		say("Its national record has the id " + r.RecordID + ".")
	}
	return strings.Join(words, " ")
}

func inPlace(where string) string {
	if where == "" {
		return ""
	}
	return "In " + where + ": "
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// Status is what is known about a report, for the system that sent it and for exports. It
// holds no text of the report.
type Status struct {
	ID        int64           `json:"id"`
	Practice  string          `json:"practice"`
	Source    string          `json:"source"`
	Reference string          `json:"reference,omitempty"`
	Day       lfpse.Date      `json:"day,omitempty"`
	Type      lfpse.EventType `json:"type,omitempty"`
	State     draft.State     `json:"state"`
	Meaning   string          `json:"meaning,omitempty"`
	Op        outbox.Op       `json:"op"`
	Reason    string          `json:"reason,omitempty"`
	Status    int             `json:"status,omitempty"` // HTTP status of the last answer of the service
	Question  *Question       `json:"question,omitempty"`
	National  string          `json:"nationalReference,omitempty"`
	RecordID  string          `json:"recordId,omitempty"`
	Version   string          `json:"versionId,omitempty"`
	Recorded  time.Time       `json:"recorded,omitzero"`
	Added     time.Time       `json:"added"`
	Changed   time.Time       `json:"changed"`
}

func statusOf(r *outbox.Report) Status {
	s := Status{
		ID: r.ID, Practice: r.Practice, Source: r.Source, Day: r.Day, Type: r.Type, State: r.State, Meaning: r.State.Meaning(), Op: r.Op,
		Reason: r.Reason, Status: r.Status, National: r.Record.Number, RecordID: r.Record.ID, Version: r.Record.Version, Recorded: r.Record.At,
		Added: r.Added, Changed: r.Changed,
	}
	if r.Named() {
		s.Reference = r.Reference
	}
	if q := r.Question; q != "" {
		s.Question = &Question{q, q.Text(), q.Answers()}
	}
	return s
}
