package taxonomy

import (
	"bytes"
	"fmt"
	"io"
)

// elementTitles are the headings of a report, in order.
var elementTitles = []struct{ element, title string }{
	{"taxonomy", "The taxonomy as a whole"}, {"profile", "Profiles"}, {"group", "Groups"},
	{"field", "Fields"}, {"list", "Lists"}, {"code", "Codes"},
}

// WriteText writes the differences for people to read, one per line. Breaking changes
// begin with an exclamation mark.
func (d *Differences) WriteText(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "from  %s\nto    %s\n", d.From, d.To)
	if len(d.Changes) == 0 {
		b.WriteString("\nThey say the same about events.\n")
	} else {
		fmt.Fprintf(&b, "\nChanges: %d, of which breaking (!): %d. After a breaking change, what was valid before may be wrong.\n", len(d.Changes), d.Breaking())
	}
	for _, t := range elementTitles {
		d.section(&b, t.element, t.title)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (d *Differences) section(b *bytes.Buffer, element, title string) {
	var changes []Change
	for _, c := range d.Changes {
		if c.Element == element {
			changes = append(changes, c)
		}
	}
	if len(changes) > 0 {
		fmt.Fprintf(b, "\n%s\n", title)
	}
	for len(changes) > 0 {
		n := alike(changes)
		if n < manyAlike {
			n = 1
			fmt.Fprintln(b, changes[0])
		} else {
			all := changes[0]
			all.Key = fmt.Sprintf("%d times", n)
			fmt.Fprintf(b, "%s\n", all)
			for _, c := range changes[:n] {
				fmt.Fprintf(b, "                %s\n", c.Key)
			}
		}
		changes = changes[n:]
	}
}

// manyAlike is the number of similar changes in a row from which they are written
// together.
const manyAlike = 4

// alike counts the changes at the start that differ only in their key.
func alike(changes []Change) int {
	n := 0
	for n < len(changes) {
		c := changes[n]
		if c.Key = changes[0].Key; c != changes[0] {
			break
		}
		n++
	}
	return n
}

// String returns version, FHIR version, title and date.
func (e Edition) String() string {
	s := fmt.Sprintf("version %s (FHIR %s)", e.Version, e.FHIRVersion)
	if e.Title != "" {
		s += ", " + e.Title
	}
	if e.Date != "" {
		s += ", " + e.Date
	}
	return s
}

// String returns the change on one line.
func (c Change) String() string {
	mark := " "
	if c.Breaking {
		mark = "!"
	}
	s := fmt.Sprintf("%s %-11s %s", mark, c.Kind, c.Key)
	switch {
	case c.From != "" && c.To != "":
		s += ": " + c.From + " -> " + c.To
	case c.From+c.To != "":
		s += ": " + c.From + c.To
	}
	return s
}
