package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// words is a compiled word list. It is immutable.
type words struct {
	name    string
	match   string
	exact   map[string]int // the usual spellings of the words to the index of their entry, for match exact
	entries []entry
	steps   *int // of the patterns of the map so far
	// undeclared is set if an entry is a bare number and the list does not declare its
	// code system.
	undeclared bool
}

type entry struct {
	word    string // as in the map, for the trace
	folded  string
	pattern *regexp.Regexp
	value   string // ask, absent or the value
	rule    string // how the trace names the entry
}

// compileValues compiles a word list; every finding is passed to report. steps counts those of the
// patterns of all lists.
func compileValues(name string, v ValueMap, steps *int, report func(id, format string, args ...any)) *words {
	w := &words{name: name, match: cmp.Or(v.Match, "exact"), exact: map[string]int{}, steps: steps}
	for _, item := range v.Entries {
		if err := w.add(item); err != nil {
			report("MAP-WORDS", "values.%s%v", name, err)
		}
	}
	switch w.match {
	case "exact", "contains", "pattern", "prefix":
	default:
		report("MAP-WORDS", "values.%s.match is %q; it can be exact, prefix, contains or pattern", name, w.match)
	}
	return w
}

// add compiles an entry. The text of the error continues the name of the list.
func (w *words) add(item yaml.MapItem) error {
	e := entry{value: strings.TrimSpace(fmt.Sprint(item.Value))}
	if item.Key != nil {
		e.word = fmt.Sprint(item.Key)
	}
	e.folded, e.rule = lfpse.Fold(e.word), "values "+w.name+": "+strconv.Quote(e.word)
	if e.value == AbsentValue {
		e.rule += " means nothing to send"
	}
	switch first, twice := w.exact[e.folded]; {
	case e.folded == "":
		return errors.New(" has an entry without a word")
	case e.value == "" || item.Value == nil:
		return fmt.Errorf(": the entry %q stands for nothing; write ask or absent if that is meant", e.word)
	case twice:
		return fmt.Errorf(" has %q twice: as %q and %q", e.word, w.entries[first].value, e.value)
	}
	if w.match == "pattern" {
		var err error
		if e.pattern, err = w.compile(e.word); err != nil {
			return err
		}
	}
	for _, cell := range spellings(e.word) {
		w.exact[cell] = len(w.entries)
	}
	w.entries = append(w.entries, e)
	return nil
}

// The limits of patterns. A pattern is compiled into steps, and a short one with counted
// repetitions into very many.
const (
	maxPattern  = 300    // bytes
	maxSteps    = 20_000 // of all patterns of a map
	maxPatterns = 1000   // of a list
)

// compile compiles a pattern. The text of the error continues the name of the list.
func (w *words) compile(pattern string) (*regexp.Regexp, error) {
	const flags = "(?is)"
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf(": a pattern has %d bytes; at most %d are read", len(pattern), maxPattern)
	}
	if len(w.entries) == maxPatterns {
		return nil, fmt.Errorf(": there are more than %d patterns", maxPatterns)
	}
	parsed, err := syntax.Parse(flags+pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf(": the pattern %q is not a regular expression", pattern)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf(": the pattern %q is not a regular expression", pattern)
	}
	if *w.steps += len(program.Inst); *w.steps > maxSteps {
		return nil, fmt.Errorf(": the pattern %q makes the patterns of the map too large; use fewer counted repetitions", pattern)
	}
	return regexp.Compile(flags + pattern)
}

// spellings returns the spellings of a word that are found without folding the cell: as
// it is, folded, and folded with a capital.
func spellings(word string) [3]string {
	folded := lfpse.Fold(word)
	first, size := utf8.DecodeRuneInString(folded)
	capital := string(unicode.ToUpper(first)) + folded[size:]
	if lfpse.Fold(capital) != folded { // there is none
		capital = folded
	}
	return [3]string{word, folded, capital}
}

// spelled returns what a cell stands for in a table that has the spellings of its words.
func spelled[T any](table map[string]T, cell string) (found T, ok bool) {
	if found, ok = table[cell]; !ok && !usuallySpelled(cell) {
		found, ok = table[lfpse.Fold(cell)]
	}
	return found, ok
}

// usuallySpelled reports a cell in ASCII whose words have single blanks between them and
// no capitals but the first letter: what it means when folded, it means as it is.
func usuallySpelled(cell string) bool {
	for i := range len(cell) {
		switch c := cell[i]; {
		case c < ' ' || c >= utf8.RuneSelf, i > 0 && 'A' <= c && c <= 'Z':
			return false
		case c == ' ' && (i == 0 || i == len(cell)-1 || cell[i-1] == ' '):
			return false
		}
	}
	return true
}

// lookup returns the index of the entry for a cell, -1 if the list does not know it. tied
// says that an entry for another value fits the cell equally well.
func (w *words) lookup(cell string) (best int, tied bool) {
	if w.match == "exact" {
		if i, ok := spelled(w.exact, cell); ok {
			return i, false
		}
		return -1, false
	}
	folded := lfpse.Fold(cell)
	best = -1
	longest := 0
	for i := range w.entries {
		switch n := w.matched(&w.entries[i], cell, folded); {
		case n > longest:
			best, longest, tied = i, n, false
		case n > 0 && n == longest:
			tied = tied || w.entries[i].value != w.entries[best].value
		}
	}
	return best, tied
}

// matched returns the length of the part of a cell that an entry matches, 0 if it matches
// none.
func (w *words) matched(e *entry, cell, folded string) int {
	switch {
	case w.match == "prefix" && strings.HasPrefix(folded, e.folded) && wholeWords(folded, 0, len(e.folded)),
		w.match == "contains" && containsWords(folded, e.folded):
		return len(e.folded)
	case e.pattern != nil:
		if at := e.pattern.FindStringIndex(cell); at != nil {
			return max(1, at[1]-at[0])
		}
	}
	return 0
}

// onlyWord reports whether a cell of which an entry matches the beginning, or a part, says
// nothing else: beside the word stand at most a number, the word harm and a definition, in
// brackets or after a colon or dash, which has no word of the list for another value.
func (w *words) onlyWord(e *entry, cell string) bool {
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	text := strings.TrimLeftFunc(lfpse.Fold(cell), notLetter)
	head, definition := text, ""
	if at := strings.IndexAny(text, "(:-"); at >= 0 {
		head, definition = text[:at], text[at:]
	}
	head = strings.TrimRightFunc(head, notLetter)
	is := func(word string) bool {
		i, ok := w.exact[word]
		return ok && w.entries[i].value == e.value
	}
	switch {
	case w.match == "pattern", is(text):
		return true
	case strings.Contains(text, "?"), !is(head) && !is(strings.TrimSuffix(head, " harm")):
		return false
	}
	return !slices.ContainsFunc(w.entries, func(other entry) bool { return other.value != e.value && containsWords(definition, other.folded) })
}

// containsWords reports whether a text contains another as whole words: low is not
// in followed.
func containsWords(text, words string) bool {
	for from := 0; ; from++ {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		if from += i; wholeWords(text, from, from+len(words)) {
			return true
		}
	}
}

// wholeWords reports whether a part of a text begins and ends at the boundaries of words.
func wholeWords(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !ofWord(before) && !ofWord(after)
}

func ofWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// bareDigits reports whether any entry is a bare number.
func (w *words) bareDigits() bool {
	return slices.ContainsFunc(w.entries, func(e entry) bool { return strings.Trim(e.folded, "0123456789") == "" })
}

func (c *compiler) wordLists() {
	lists, err := builtinValues()
	if err != nil {
		c.report("MAP-WORDS", "the built-in word lists cannot be read: %v", err)
		return
	}
	all := maps.Clone(lists)
	for name := range c.m.Values {
		all[name] = c.extended(name, lists, nil)
		if c.m.Values[name].File != "" {
			c.report("MAP-WORDS", "values.%s.file: LoadMap and ReadMap read it, and no other way does", name)
		}
		if own := c.m.Values[name].Extends; own != name {
			c.used[own] = true
		}
	}
	lists = all
	steps := 0
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		c.lists[name] = compileValues(name, lists[name], &steps, c.report)
		c.lists[name].undeclared = c.lists[name].bareDigits() && lists[name].System == ""
	}
}

// builtinValues reads the word lists that every map can use.
func builtinValues() (map[string]ValueMap, error) {
	data, err := builtin.ReadFile("builtin/values.yaml")
	if err != nil {
		return nil, err
	}
	var lists map[string]ValueMap
	if err := yaml.UnmarshalWithOptions(data, &lists, yaml.Strict()); err != nil {
		return nil, err
	}
	return lists, nil
}
