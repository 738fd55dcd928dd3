package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
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

// compileValues compiles a word list; every finding is passed to report.
func compileValues(name string, v ValueMap, report func(id, format string, args ...any)) *words {
	w := &words{name: name, match: cmp.Or(v.Match, "exact"), exact: map[string]int{}}
	for _, item := range v.Entries {
		if err := w.add(item); err != nil {
			report("MAP-WORDS", "values.%s%v", name, err)
		}
	}
	switch w.match {
	case "exact", "contains", "pattern":
	case "prefix":
		sort.SliceStable(w.entries, func(i, j int) bool { return len(w.entries[i].folded) > len(w.entries[j].folded) })
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
		if e.pattern, err = regexp.Compile("(?is)" + e.word); err != nil {
			return fmt.Errorf(": the pattern %q is not a regular expression", e.word)
		}
	}
	for _, cell := range spellings(e.word) {
		w.exact[cell] = len(w.entries)
	}
	w.entries = append(w.entries, e)
	return nil
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

// lookup returns the index of the entry for a cell, -1 if the list does not know it.
func (w *words) lookup(cell string) int {
	if w.match == "exact" {
		i, ok := w.exact[cell]
		if !ok {
			i, ok = w.exact[lfpse.Fold(cell)]
		}
		if !ok {
			return -1
		}
		return i
	}
	folded := lfpse.Fold(cell)
	for i := range w.entries {
		e := &w.entries[i]
		switch {
		case w.match == "prefix" && strings.HasPrefix(folded, e.folded) && wholeWords(folded, 0, len(e.folded)),
			w.match == "contains" && containsWords(folded, e.folded),
			e.pattern != nil && e.pattern.MatchString(cell):
			return i
		}
	}
	return -1
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
	maps.Copy(lists, c.m.Values)
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		c.lists[name] = compileValues(name, lists[name], c.report)
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
