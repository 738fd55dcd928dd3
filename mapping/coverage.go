package mapping

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Coverage says what of a log a map uses. It holds words of the log only as
// [Mapper.Coverage] describes.
type Coverage struct {
	Rows, Broken int           // rows that can be read, and that cannot
	Unused       []ColumnUse   // columns that the map does not use
	Lists        []WordListUse // in the order of their names
}

// ColumnUse is a column of a log, and in how many rows it is filled.
type ColumnUse struct {
	Column string
	Filled int
}

// WordListUse is what a column has for one of the word lists that read it.
type WordListUse struct {
	Column, List string
	Known        []WordUse // by the words of the list, the most frequent first
	Unknown      []WordUse // words of the log
	// Other counts cells with words that the list does not have and that are not shown:
	// they are long, stand in one row only, or may be about a person.
	Other int
}

// WordUse is a word, what it stands for, and in how many cells it is.
type WordUse struct {
	Word, Value string
	Count       int
}

// What may be shown of the words of a log, and how many are counted at a time.
const (
	shownBytes = 40
	shownWords = 5
	shownFrom  = 2 // cells
	maxCounted = 5_000
)

// Coverage reads a CSV log and says which columns the map does not use and which words of the
// others it knows. Words of the log are shown only if they are short and in at least two
// rows, stand in a column that a word list reads and nothing else does, and are not like
// what identifies people. No column is shown that the map denies or whose name says that
// it is about a person. Memory does not grow with the log: of very many different words
// those that are rare are not counted. The error is that of [Mapper.Open].
func (m *Mapper) Coverage(src io.Reader) (*Coverage, error) {
	l, err := m.Open(src)
	if err != nil {
		return nil, err
	}
	return m.coverage(l)
}

// CoverageTable does what Coverage does for a log that is not CSV.
func (m *Mapper) CoverageTable(t Table) (*Coverage, error) {
	l, err := m.OpenTable(t)
	if err != nil {
		return nil, err
	}
	return m.coverage(l)
}

func (m *Mapper) coverage(l *Log) (*Coverage, error) {
	counters := m.wordCounters()
	out, filled := &Coverage{}, make([]int, len(l.r.Columns()))
	for row, err := range l.r.Rows() {
		var broken *csvlog.RowError
		if errors.As(err, &broken) {
			out.Broken++
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Rows++
		for i := range filled {
			if strings.TrimSpace(row.Cell(i)) != "" {
				filled[i]++
			}
		}
		for _, c := range counters {
			c.row(row.Cell(l.index[c.column]))
		}
	}
	for i, name := range l.r.Columns() {
		if !slices.Contains(l.index, i) && name != "" {
			out.Unused = append(out.Unused, ColumnUse{name, filled[i]})
		}
	}
	for _, c := range counters {
		out.Lists = append(out.Lists, c.use())
	}
	slices.SortStableFunc(out.Lists, func(a, b WordListUse) int { return cmp.Compare(a.List, b.List) })
	return out, nil
}

// wordCounter counts the words of a column for a word list.
type wordCounter struct {
	m       *Mapper
	column  int // of the mapper
	split   string
	words   *words
	lookup  func(cell string) (int, bool)
	shows   bool // whether words of the log may be shown
	known   map[int]int
	unknown map[string]int
	other   int
}

func (m *Mapper) wordCounters() (all []*wordCounter) {
	plain := m.plainColumns()
	for _, fields := range m.allFields() {
		for i := range fields {
			f := &fields[i]
			if f.words == nil || len(f.columns) != 1 || f.expr != nil {
				continue
			}
			column := f.columns[0]
			if !slices.ContainsFunc(all, func(c *wordCounter) bool { return c.column == column && c.words == f.words }) {
				all = append(all, &wordCounter{m: m, column: column, split: f.Split, words: f.words, lookup: f.lookup, shows: !plain[column], known: map[int]int{}, unknown: map[string]int{}})
			}
		}
	}
	return all
}

// plainColumns are the columns of which no word may be shown: those that name people, and
// those that some field takes as they are.
func (m *Mapper) plainColumns() map[int]bool {
	plain := map[int]bool{m.ref: true}
	for _, column := range m.deny {
		plain[column] = true
	}
	for column, kind := range m.kinds {
		plain[column] = plain[column] || kind > thingColumn
	}
	for _, fields := range m.allFields() {
		for i := range fields {
			if f := &fields[i]; f.words == nil || len(f.columns) > 1 || f.expr != nil {
				for _, column := range f.columns {
					plain[column] = true
				}
			}
		}
	}
	return plain
}

func (c *wordCounter) row(cell string) {
	if c.split == "" {
		c.word(cell)
		return
	}
	for part := range strings.SplitSeq(cell, c.split) {
		c.word(part)
	}
}

func (c *wordCounter) word(cell string) {
	if cell = strings.TrimSpace(cell); cell == "" {
		return
	}
	if i, tied := c.lookup(cell); i >= 0 && !tied {
		c.known[i]++
		return
	}
	if !c.shows || len(cell) > shownBytes || len(strings.Fields(cell)) > shownWords {
		c.other++
		return
	}
	word := lfpse.Fold(cell)
	if c.unknown[word]++; len(c.unknown) > maxCounted {
		c.forget()
	}
}

// forget makes room: the words that are rarest so far are counted among the others.
func (c *wordCounter) forget() {
	counts := slices.Sorted(maps.Values(c.unknown))
	rare := counts[len(counts)/2]
	maps.DeleteFunc(c.unknown, func(_ string, n int) bool {
		if n <= rare {
			c.other += n
		}
		return n <= rare
	})
}

func (c *wordCounter) use() WordListUse {
	out := WordListUse{Column: c.m.columns[c.column], List: c.words.name, Other: c.other}
	for i, n := range c.known {
		out.Known = append(out.Known, WordUse{c.words.entries[i].word, c.words.entries[i].value, n})
	}
	for word, n := range c.unknown {
		if n < shownFrom || mayIdentify(word) || len(c.m.screener.Scan(word)) > 0 {
			out.Other += n
			continue
		}
		out.Unknown = append(out.Unknown, WordUse{word, AskValue, n})
	}
	byCount := func(a, b WordUse) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Word, b.Word)) }
	slices.SortFunc(out.Known, byCount)
	slices.SortFunc(out.Unknown, byCount)
	return out
}

// WriteYAML writes the coverage as lines of a map: the words that it does not know stand
// for ask, to be changed, and all else is comments.
func (c *Coverage) WriteYAML(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s; %d more cannot be read\n", counted(c.Rows, "row"), c.Broken)
	if len(c.Unused) > 0 {
		b.WriteString("# Columns that the map does not use, and in how many rows they are filled:\n")
	}
	for _, u := range c.Unused {
		fmt.Fprintf(&b, "#   %s: %d\n", echo(u.Column), u.Filled)
	}
	b.WriteString("values:\n")
	last := ""
	for i := range c.Lists {
		u := &c.Lists[i]
		if u.List != last {
			fmt.Fprintf(&b, "  %s:\n    extends: %[1]s\n    entries:\n", quotedYAML(u.List))
		}
		last = u.List
		u.write(&b)
	}
	if len(c.Lists) == 0 {
		b.WriteString("  # no word list reads a column\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (u *WordListUse) write(b *strings.Builder) {
	fmt.Fprintf(b, "      # column %s\n", echo(u.Column))
	for _, word := range u.Unknown {
		fmt.Fprintf(b, "      %s: %s # not known, %s\n", quotedYAML(word.Word), word.Value, counted(word.Count, "cell"))
	}
	for _, word := range u.Known {
		fmt.Fprintf(b, "      # %s: %s # known, %s\n", quotedYAML(word.Word), word.Value, counted(word.Count, "cell"))
	}
	if u.Other > 0 {
		fmt.Fprintf(b, "      # not known and not shown, %s: long, in one row only, or perhaps about a person\n", counted(u.Other, "cell"))
	}
}

// counted is a number with what is counted.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// quotedYAML is a text as YAML reads it back. JSON is YAML.
func quotedYAML(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(quoted)
}
