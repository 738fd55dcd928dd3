package record

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/envelope"
	"github.com/gpsafety/lfpse-go/mapping/extract"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// Document is a FHIR document, or an envelope with some, and the line on which it begins.
type Document struct {
	// File is the number of its file among those of a folder, in the order of their names, 0
	// if there is only one: the name of a file may be that of a patient.
	File int
	Line int
	Text []byte
}

// Log is what records say about the events that they hint at. It is a mapping.Recorded:
// each row is an entry that is a trigger, with the record it stands in. One document is
// held at a time. It is for one goroutine at a time.
type Log struct {
	documents iter.Seq2[Document, error]
	triggers  *trigger.Set
	options   []fhircontext.Option
	folder    *extract.Folder // notes rounded ids
	counts    *extract.Log    // what was left out
	finished  bool
	document  int                  // number of the one that is read
	file      int                  // number of its file, 0 if there is only one
	number    int                  // of the row
	context   *fhircontext.Context // of the document that is read
	issues    fhir.Issues
}

// Open returns the log of documents, which are read while the rows are. The options say how
// a record is read as context. An error among the documents ends the rows.
func Open(documents iter.Seq2[Document, error], triggers *trigger.Set, opts ...fhircontext.Option) *Log {
	return &Log{documents: documents, triggers: triggers, options: opts, folder: extract.NewFolder(nil), counts: extract.NewLog(columns...)}
}

// PassOver notes a file of a folder that is not read, because its name says that it holds no
// record. A warning counts them.
func (l *Log) PassOver() {
	l.folder.Gap("Files of the folder are passed over, because their names do not end in .json, .ndjson, .jsonl or .xml", 0)
}

// Columns returns the names of the columns.
func (l *Log) Columns() []string { return slices.Clone(columns) }

// Record returns the record in which the row stands that Rows has yielded last.
func (l *Log) Record() (*fhircontext.Context, fhir.Issues) { return l.context, l.issues }

// Skipped returns how many resources were left out, by reason.
func (l *Log) Skipped() map[string]int { return l.counts.Skipped() }

// Warnings returns what was found in the records, and how many resources were left out. It
// is complete when Rows has ended.
func (l *Log) Warnings() []csvlog.Finding {
	if !l.finished {
		return nil
	}
	return l.counts.Warnings()
}

// Rows yields the entries that are triggers, and a *csvlog.RowError for each document or
// entry that cannot be used. It can be gone through once.
func (l *Log) Rows() iter.Seq2[csvlog.Row, error] {
	return func(yield func(csvlog.Row, error) bool) {
		for doc, err := range l.documents {
			if err != nil {
				yield(csvlog.Row{}, err)
				return
			}
			l.file = doc.File
			for _, m := range envelope.Open(doc.Text, doc.Line) {
				if !l.message(m, yield) {
					return
				}
			}
		}
		l.counts.Finish(l.folder)
		l.finished = true
	}
}

// message yields the rows of one document. It is false if no more are wanted.
func (l *Log) message(m envelope.Message, yield func(csvlog.Row, error) bool) bool {
	l.document++
	if m.Issue != nil {
		return yield(csvlog.Row{}, l.broken(m.Line, m.Issue))
	}
	bundle, issues := fhir.ParseBundle(m.Data)
	if bundle == nil || issues.HasErrors() {
		return yield(csvlog.Row{}, l.broken(m.Line, firstError(issues)))
	}
	found, context := l.entries(bundle, m)
	if len(found)+context == 0 {
		return yield(csvlog.Row{}, l.broken(m.Line, nothing(bundle)))
	}
	for range context {
		l.counts.Skip("the entry describes the patient or the care, not an event")
	}
	l.context, l.issues = nil, nil
	for _, e := range found {
		if e.left != "" {
			l.counts.Skip(e.left)
			continue
		}
		if l.context == nil && l.issues == nil {
			l.load(m.Data)
		}
		l.number++
		if !yield(csvlog.NewRow(l.number, e.line, e.cells()), nil) {
			return false
		}
	}
	return true
}

// load reads the document as context.
func (l *Log) load(data []byte) {
	l.context, l.issues = fhircontext.Load(data, l.options...)
	if l.context != nil && !l.context.HoldsPatient() {
		l.issues = append(l.issues, rule.Issue("CONTEXT-NO-PATIENT", "$this", "The record does not hold the patient, whose name and numbers are not known then and are not looked for in the texts."))
	}
	for i := range l.issues {
		l.issues[i].Path = "record " + l.issues[i].Path
	}
}

// broken is a document or notice that cannot be used.
func (l *Log) broken(line int, i *fhir.Issue) *csvlog.RowError {
	l.number++
	text, fix := i.Text, i.Fix
	if l.file > 0 {
		text = fmt.Sprintf("File %d of the folder: %s", l.file, text)
		fix += " The files are counted in the order of their names."
	}
	return &csvlog.RowError{Number: l.number, LastLine: line, Finding: csvlog.Finding{Line: line, Rule: i.Rule, Text: text, Fix: fix}}
}

func firstError(issues fhir.Issues) *fhir.Issue {
	for i := range issues {
		if issues[i].Severity == fhir.Error {
			return &issues[i]
		}
	}
	i := rule.Issue("CONTEXT-NO-RECORD", "", "The document is no FHIR.")
	return &i
}

// nothing says why there is no entry in a document.
func nothing(b *fhir.Bundle) *fhir.Issue {
	i := rule.Issue("CONTEXT-NO-RECORD", "", "The document holds no record: it is empty, or what a system answers instead of one, such as an OperationOutcome.")
	if envelope.IsNotification(b) {
		i = rule.Issue("ENVELOPE-BARE", "", "The notification says that something happened and not what: no resource was sent along.")
	}
	return &i
}

// entries finds the resources of a bundle that may be events, and counts all others.
func (l *Log) entries(b *fhir.Bundle, m envelope.Message) (found []entry, context int) {
	line, at, hidden := m.Line, 0, fhircontext.Closed(b)
	for i := range b.Entries {
		private := map[fhir.Node]bool{} // what is confidential, with what it contains
		for n := range b.Entries[i].Resource.All() {
			if !private[n] && n.Kind() == fhir.ObjectNode && fhircontext.Confidential(n) {
				for inner := range n.All() {
					private[inner] = true
				}
			}
			switch kind := n.ResourceType(); kind {
			case "", "Bundle", "Parameters", "OperationOutcome", "SubscriptionStatus":
			case "QuestionnaireResponse":
				found = append(found, entry{Node: n, left: "it is a response to a form; one to the form of the record is read by itself, without a map"})
			default:
				if _, may := kinds[kind]; !may {
					context++
					continue
				}
				to := max(at, n.Offset())
				line, at = line+bytes.Count(m.Data[at:to], []byte{'\n'}), to
				left := hidden
				if left == "" && private[n] {
					left = "the entry is confidential"
				}
				found = append(found, l.entry(n, line, left))
			}
		}
	}
	return found, context
}

// Format prints the name of the type and nothing else.
func (*Log) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "record.Log") }

// LogValue logs the name of the type and nothing else.
func (*Log) LogValue() slog.Value { return slog.StringValue("record.Log") }

// Format prints the line of the document and nothing of it, for every verb.
func (d Document) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "record.Document(line %d)", d.Line) }

// LogValue logs the line of the document and nothing of it.
func (d Document) LogValue() slog.Value { return slog.GroupValue(slog.Int("line", d.Line)) }
