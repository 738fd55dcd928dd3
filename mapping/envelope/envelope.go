// Package envelope takes what is reported out of the notice it was sent in: a CloudEvent 1.0
// in the structured mode of JSON, one or a batch of them.
//
// An envelope says which system noticed something and when; the contents say what. A notice
// without contents, which only says where they can be fetched, is refused with the reason:
// nothing is fetched. The event notifications of NHS England, which are FHIR Bundles of the
// type history, are no envelopes: they are read as the Bundles that they are, see
// [IsNotification].
//
// The subject of a notice and the address of its contents may hold an NHS number. Nothing of
// an envelope is shown but its id and source.
package envelope

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Message is what one envelope carries, or a document that is in none.
type Message struct {
	// Reference names the notice: its source and its id, which together are those of no
	// other. It is empty for a document that is in no envelope.
	Reference string
	Line      int    // on which the contents begin
	Data      []byte // the contents, nil if there is an issue
	// Issue says why the envelope cannot be opened, nil if it can.
	Issue *fhir.Issue
}

// cloudEvent has the attributes of CloudEvents 1.0 that matter here.
type cloudEvent struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Data        json.RawMessage `json:"data"`
	DataBase64  *string         `json:"data_base64"`
}

// Open returns what a document carries, which begins on a line: the contents of each
// envelope in it, or the document itself if it is no envelope. It keeps parts of doc, does
// not change them, and is safe for concurrent use.
func Open(doc []byte, line int) []Message {
	text := bytes.TrimSpace(doc)
	if !bytes.Contains(text, []byte(`"specversion"`)) || text[0] != '{' && text[0] != '[' {
		return []Message{{Line: line, Data: doc}}
	}
	if issues := fhir.CheckJSON(text, fhir.WithNullAndEmpty()); issues.HasErrors() {
		return []Message{{Line: line, Data: doc}} // whoever reads the contents says what is wrong
	}
	if text[0] == '{' {
		return []Message{open(text, doc, line)}
	}
	var batch []json.RawMessage
	if json.Unmarshal(text, &batch) != nil || len(batch) == 0 {
		return []Message{{Line: line, Data: doc}}
	}
	all, rest := make([]Message, len(batch)), doc
	for i, one := range batch {
		at := bytes.Index(rest, one)
		line += bytes.Count(rest[:at], []byte{'\n'})
		rest = rest[at:]
		all[i] = open(one, one, line)
		line += bytes.Count(one, []byte{'\n'})
		rest = rest[len(one):]
	}
	return all
}

// open opens one envelope; whole is the document from the line on.
func open(text, whole []byte, line int) Message {
	var e cloudEvent
	if err := json.Unmarshal(text, &e); err != nil {
		return refused("", line, "An attribute of the notice is not of its type.")
	}
	if e.SpecVersion == "" { // the word stands elsewhere in the document
		return Message{Line: line, Data: whole}
	}
	switch {
	case e.SpecVersion != "1.0":
		return refused("", line, "The notice is not one of CloudEvents 1.0.")
	case e.ID == "" || e.Source == "" || e.Type == "":
		return refused("", line, "The notice lacks its id, its source or its type.")
	}
	m := Message{Reference: e.Source + " " + e.ID, Line: line}
	hasData := len(e.Data) > 0 && string(e.Data) != "null"
	switch {
	case hasData && e.DataBase64 != nil:
		return refused(m.Reference, line, "The notice has two contents, data and data_base64.")
	case e.DataBase64 != nil:
		data, err := base64.StdEncoding.DecodeString(*e.DataBase64)
		if err != nil {
			return refused(m.Reference, line, "The contents of the notice are not in Base64.")
		}
		m.Data = data
	case !hasData:
		return bare(m.Reference, line)
	case e.Data[0] == '"': // XML, or JSON as a text
		var inside string
		_ = json.Unmarshal(e.Data, &inside) // it has been checked
		m.Data = []byte(inside)
	default:
		m.Line += bytes.Count(whole[:max(0, bytes.Index(whole, e.Data))], []byte{'\n'})
		m.Data = e.Data
	}
	return m
}

func refused(reference string, line int, text string) Message {
	i := rule.Issue("ENVELOPE-FORM", "", text)
	return Message{Reference: reference, Line: line, Issue: &i}
}

func bare(reference string, line int) Message {
	i := rule.Issue("ENVELOPE-BARE", "", "The notice says that something happened and not what: it has no contents.")
	return Message{Reference: reference, Line: line, Issue: &i}
}

// IsNotification reports a Bundle that is an event notification of NHS England: its first
// entry says what happened to which resource, and the others are the resources, if they
// were sent along.
func IsNotification(b *fhir.Bundle) bool {
	if b.Type != "history" && b.Type != "subscription-notification" || len(b.Entries) == 0 {
		return false
	}
	status := b.Entries[0].Resource
	if status.ResourceType() == "SubscriptionStatus" {
		return true
	}
	for p := range status.Child("parameter").Each() {
		if strings.HasPrefix(p.Child("name").Text(), "notification-event") {
			return true
		}
	}
	return false
}

// Format prints the line of the message and nothing of it, for every verb.
func (m Message) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, fmt.Sprintf("envelope.Message(line %d)", m.Line))
}

// LogValue logs the line of the message and nothing of it.
func (m Message) LogValue() slog.Value { return slog.GroupValue(slog.Int("line", m.Line)) }

// MarshalJSON writes the line of the message and nothing of it. There is no way back.
func (m Message) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]int{"line": m.Line}) }
