package fhir

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// What holds the text of a record prints and logs what it is, and nothing of the text,
// for every verb of package fmt.

// Format prints the type of the resource or the place of the element.
func (n Node) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "fhir.Node(%s)", n.label()) }

// LogValue logs what Format prints.
func (n Node) LogValue() slog.Value { return slog.StringValue(n.label()) }

func (n Node) label() string {
	switch name := n.ResourceType(); {
	case !n.Exists():
		return "absent"
	case name != "":
		return name
	}
	return n.Path()
}

// Format prints how many entries the bundle has.
func (b Bundle) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "fhir.Bundle(%d entries)", len(b.Entries))
}

// LogValue logs how many entries the bundle has.
func (b Bundle) LogValue() slog.Value { return slog.GroupValue(slog.Int("entries", len(b.Entries))) }

// Format prints the type of the resource.
func (e Entry) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "fhir.Entry(%s)", e.Resource.label()) }

// LogValue logs the type of the resource.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.Resource.label()) }

// Format prints what kind of value it is.
func (v Value) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "fhir.Value(%s)", v.label()) }

// LogValue logs what kind of value it is.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.label()) }

func (v *Value) label() string {
	if v.Element == nil {
		return fmt.Sprintf("%d values", v.Count)
	}
	return v.Element.Type
}

// withheld stands for an event where one is printed or logged.
const withheld = "AdverseEvent (content withheld)"

// String names the type only: an event holds patient data, which belongs in no log or
// message.
func (a AdverseEvent) String() string { return withheld }

// Format prints what String says, for every verb.
func (a AdverseEvent) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, withheld) }

// LogValue keeps the content of an event out of structured logs, as String does.
func (a AdverseEvent) LogValue() slog.Value { return slog.StringValue(withheld) }

// Format prints the type of the resource.
func (r Resource) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "fhir.Resource(%s)", r.label()) }

// LogValue logs the type of the resource.
func (r Resource) LogValue() slog.Value { return slog.StringValue(r.label()) }

// label is the type of the resource, if FHIR has one of that name.
func (r *Resource) label() string {
	if name := r.ResourceType(); IsType(name) {
		return name
	}
	return "another type"
}

// Format prints the name of the type and nothing else.
func (Coding) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "fhir.Coding") }

// LogValue logs the name of the type and nothing else.
func (Coding) LogValue() slog.Value { return slog.StringValue("fhir.Coding") }

// Format prints what String says, for every verb.
func (o OperationOutcome) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// LogValue logs what String says.
func (o OperationOutcome) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Format prints what String says, for every verb.
func (i OutcomeIssue) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// LogValue logs what String says.
func (i OutcomeIssue) LogValue() slog.Value { return slog.StringValue(i.String()) }

// Format prints the name of the type and nothing else: a decoder holds the last event.
func (Decoder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "fhir.Decoder") }

// LogValue logs the name of the type and nothing else.
func (Decoder) LogValue() slog.Value { return slog.StringValue("fhir.Decoder") }

// Format prints the name of the type and nothing else: a walker is within an event.
func (Walker) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "fhir.Walker") }

// LogValue logs the name of the type and nothing else.
func (Walker) LogValue() slog.Value { return slog.StringValue("fhir.Walker") }

// MarshalJSON writes how many entries the bundle has. There is no way back.
func (b Bundle) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"entries": len(b.Entries)})
}

// MarshalJSON writes the type of the resource. There is no way back.
func (e Entry) MarshalJSON() ([]byte, error) { return json.Marshal(e.Resource.label()) }

// MarshalJSON writes what kind of value it is. There is no way back.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.label()) }
