// Package report writes the findings about records in the forms that people and other
// tools read: text with a caret under the position, a FHIR OperationOutcome, SARIF for
// code-scanning tools, JUnit XML for build servers.
//
// A report holds rule ids, positions and explanations. Only [Text] with carets and
// [Explain] show some of the content of a record: use them where the reader may see the
// record anyway.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Record is one record with the findings about it; [NewRecord] makes it.
type Record struct {
	// Source names where the record comes from: a file, "standard input".
	Source string
	// Line is the line of the source on which the record starts, from 1.
	Line int
	// Issues are the findings; their offsets count from the start of Text.
	Issues fhir.Issues
	// Text is the record itself, which is needed for carets only. Set it to nil to save
	// memory: the positions stay known.
	Text []byte

	positions []position // of the issues
}

// position is a line of the source and a column in characters, both from 1.
type position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// NewRecord makes a Record and finds the offset of every issue that has none. The time is
// linear in the size of the text, apart from sorting the issues.
func NewRecord(source string, line int, text []byte, issues fhir.Issues) Record {
	r := Record{Source: source, Line: line, Text: text, Issues: slices.Clone(issues)}
	r.locate()
	r.positions = r.findPositions()
	return r
}

// locate gives an offset to the issues that have none.
func (r *Record) locate() {
	var of []int // the issues that the paths belong to
	var paths []string
	for i := range r.Issues {
		if r.Issues[i].Offset < 0 {
			of, paths = append(of, i), append(paths, r.Issues[i].Path)
		}
	}
	for i, at := range fhir.LocateAll(r.Text, paths) {
		r.Issues[of[i]].Offset = at
	}
}

// findPositions returns the positions of the issues. It goes through the text once, from
// offset to offset.
func (r *Record) findPositions() []position {
	order := make([]int, len(r.Issues))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.Issues[a].Offset, r.Issues[b].Offset) })
	positions := make([]position, len(order))
	c := cursor{text: r.Text, position: position{r.Line, 1}}
	for _, i := range order {
		positions[i] = position{r.Line, 1}
		if offset := r.Issues[i].Offset; 0 <= offset && offset <= len(r.Text) {
			positions[i] = c.advance(offset)
		}
	}
	return positions
}

// cursor counts the lines and characters of a text.
type cursor struct {
	text     []byte
	at       int // offset of a character
	position     // of that character
}

// advance moves to the character that holds the byte at an offset, or ends there, and
// returns the position of that byte.
func (c *cursor) advance(offset int) position {
	for c.at < offset {
		r, size := utf8.DecodeRune(c.text[c.at:])
		if c.at+size > offset {
			break
		}
		c.at += size
		c.Column++
		if r == '\n' {
			c.position = position{c.Line + 1, 1}
		}
	}
	return position{c.Line, c.Column + offset - c.at} // bytes of half a character count one each
}

// position returns where issue k is. In a record that NewRecord has not made, that is the
// start.
func (r *Record) position(k int) position {
	if k < len(r.positions) {
		return r.positions[k]
	}
	return position{max(r.Line, 1), 1}
}

// Severity returns the worst severity among the findings; ok is false if there
// are none.
func (r *Record) Severity() (worst fhir.Severity, ok bool) {
	for i := range r.Issues {
		worst = max(worst, r.Issues[i].Severity)
	}
	return worst, len(r.Issues) > 0
}

// Format prints how many findings there are about the record, and nothing of it.
func (r Record) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "report.Record(line %d, %d findings)", r.Line, len(r.Issues))
}

// LogValue logs what Format prints.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("line", r.Line), slog.Int("findings", len(r.Issues)))
}

// MarshalJSON writes what Format prints; for the findings see [JSON].
func (r Record) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"line": r.Line, "findings": len(r.Issues)})
}
