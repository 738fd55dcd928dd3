package fhir

import (
	"fmt"
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
