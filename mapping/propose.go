package mapping

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

//go:embed vocabulary/headers.yaml
var headersYAML []byte

// header is what the vocabulary says of the columns for one target.
type header struct {
	To      string   `yaml:"to"`
	Phrases []string `yaml:"phrases"`
	Not     []string `yaml:"not"`
	Lists   []string `yaml:"lists"` // word lists that may read it
}

var headers = sync.OnceValues(func() (all []header, err error) {
	return all, yaml.UnmarshalWithOptions(headersYAML, &all, yaml.Strict())
})

// proposalRows is how many rows a proposal looks at.
const proposalRows = 5_000

// Propose drafts a map for a CSV log from the names of its columns and the words found in
// its first rows, as YAML for a person to read and correct. Words of the log are in it only
// under the conditions of [Mapper.Coverage]. Columns whose names say that they are about a
// person are denied. The error, of type [*csvlog.FileError], says what is wrong with the
// file.
func Propose(src io.Reader, name string) ([]byte, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return nil, err
	}
	return ProposeTable(r, name)
}

// ProposeTable does what Propose does for a log that is not CSV.
func ProposeTable(t Table, name string) ([]byte, error) {
	vocabulary, err := headers()
	if err != nil {
		return nil, err
	}
	lists, err := builtinValues()
	if err != nil {
		return nil, err
	}
	p := &proposal{name: name, columns: t.Columns(), vocabulary: vocabulary, lists: lists, screener: privacy.New(), taken: map[string]int{}}
	p.assign()
	n := 0
	for row, err := range t.Rows() {
		var broken *csvlog.RowError
		if err != nil && !errors.As(err, &broken) {
			return nil, err
		}
		if err == nil {
			p.samples = append(p.samples, p.sample(row))
		}
		if n++; n == proposalRows {
			break
		}
	}
	return p.yaml()
}

// proposal drafts a map.
type proposal struct {
	name       string
	columns    []string
	vocabulary []header
	lists      map[string]ValueMap
	taken      map[string]int // the column of each target
	deny       []int
	screener   *privacy.Screener
	samples    [][]string // short cells of the columns taken, by column
}

// sample keeps the short cells of a row: no other can be a word, a date or a time.
func (p *proposal) sample(row csvlog.Row) []string {
	out := make([]string, len(p.columns))
	for _, i := range p.taken {
		if cell := strings.TrimSpace(row.Cell(i)); len(cell) <= shownBytes {
			out[i] = strings.Clone(cell)
		}
	}
	return out
}

// fit says how well a column fits a target, 0 for not at all. A name that is a phrase fits
// better than one that holds it, and an earlier phrase better than a later one.
func (h *header) fit(name string) int {
	const whole, part = 1000, 100
	words := wordsOf(name)
	joined := strings.Join(words, " ")
	best := 0
	for i, phrase := range h.Phrases {
		switch {
		case joined == phrase:
			best = max(best, whole-i)
		case strings.Contains(" "+joined+" ", " "+phrase+" ") && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(h.Not, w) }):
			best = max(best, part+5*len(phrase)-len(joined))
		}
	}
	return best
}

// assign gives each target the column that fits it best, the best pairs first.
func (p *proposal) assign() {
	type pair struct{ fit, header, column int }
	var pairs []pair
	used := map[int]bool{}
	for column, name := range p.columns {
		if kind := kindOfColumn(name); kind > thingColumn && kind != birthColumn {
			p.deny, used[column] = append(p.deny, column), true
			continue
		}
		for h := range p.vocabulary {
			if fit := p.vocabulary[h].fit(name); fit > 0 {
				pairs = append(pairs, pair{fit, h, column})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.fit - a.fit })
	for _, x := range pairs {
		to := p.vocabulary[x.header].To
		_, twice := p.taken[to]
		switch {
		case used[x.column] || twice:
			continue
		case to == "deny":
			p.deny = append(p.deny, x.column)
		default:
			p.taken[to] = x.column
		}
		used[x.column] = true
	}
	slices.Sort(p.deny)
}

// layoutsInUse are those that logs use for days and times.
var (
	daysInUse  = []string{"02/01/2006", "2006-01-02", "02/01/06", "2/1/2006", "2/1/06", "2 Jan 2006", "02-Jan-2006", "2 January 2006", "02-Jan-06", "02-01-2006", "02.01.2006", "20060102", "02/01/2006 15:04", "02/01/2006 15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}
	timesInUse = []string{"15:04", "15:04:05", "3:04 PM", "3:04PM", "1504"}
)

// layouts returns the layouts that read cells of a column that those before them do not.
func (p *proposal) layouts(target string, known []string) (used []string) {
	column, ok := p.taken[target]
	if !ok {
		return nil
	}
	found := map[string]bool{}
	for _, cells := range p.samples {
		i := slices.IndexFunc(known, func(l string) bool { _, err := time.Parse(l, cells[column]); return err == nil })
		if i >= 0 {
			found[known[i]] = true
		}
	}
	for _, l := range known {
		if found[l] {
			used = append(used, l)
		}
	}
	return used
}

// wordList chooses the list that knows most of a column's cells, and returns the repeated
// words that it does not know, and how many of the cells it knows.
func (p *proposal) wordList(h *header, column int) (list string, unknown []WordUse, share float64) {
	best, cells := -1, 0 // of the cells
	for _, name := range h.Lists {
		steps := 0
		compiled := compileValues(name, p.lists[name], &steps, func(string, string, ...any) {})
		f := field{Field: Field{To: strings.TrimPrefix(h.To, "patients[0].")}, words: compiled}
		c := wordCounter{m: &Mapper{columns: p.columns, screener: p.screener}, column: column, words: compiled, lookup: f.lookup, shows: true, known: map[int]int{}, unknown: map[string]int{}}
		cells = 0
		for _, row := range p.samples {
			if c.word(row[column]); row[column] != "" {
				cells++
			}
		}
		known := 0
		for _, n := range c.known {
			known += n
		}
		if known > best {
			best, list, unknown = known, name, c.use().Unknown
		}
	}
	return list, unknown, float64(best) / float64(max(1, cells))
}

// yaml writes the map.
func (p *proposal) yaml() ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n# A draft: read each line, and correct it. lfpse maps lint and lfpse maps coverage help.\nname: %s\nversion: \"1\"\nsource:\n", SchemaURL, quotedYAML(p.name))
	if i, ok := p.taken["reference"]; ok {
		fmt.Fprintf(&b, "  reference: %s\n", quotedYAML(p.columns[i]))
	}
	days := p.layouts("date", daysInUse)
	for _, l := range p.layouts("patients[0].birthDate", daysInUse) {
		if !slices.Contains(days, l) {
			days = append(days, l)
		}
	}
	writeList(&b, "dates", days)
	p.writeUnread(&b, days)
	writeList(&b, "times", p.layouts("estimatedDate.preciseTime", timesInUse))
	var deny []string
	for _, i := range p.deny {
		deny = append(deny, p.columns[i])
	}
	writeList(&b, "deny", deny)
	b.WriteString("fields:\n")
	own := p.writeFields(&b)
	p.writeValues(&b, own)
	var unused []string
	for i, name := range p.columns {
		if !slices.Contains(p.deny, i) && !slices.Contains(slices.Collect(maps.Values(p.taken)), i) && name != "" {
			unused = append(unused, echo(name))
		}
	}
	switch {
	case len(namesIn(p.columns)) > 1:
		b.WriteString("# The log has one column only. If that is not so, each line is one single cell: use the log as it was\n# exported, or in Excel split column A with Data > Text to Columns.\n")
	case len(p.taken) == 0: // what stands there may be about a patient
		b.WriteString("# No column has a name that is known. Perhaps the first row of the log is not the one with the column names:\n# delete the rows above it or, for CSV, give the names as source.columns.\n")
	case len(unused) > 0:
		fmt.Fprintf(&b, "# Not used: %s\n", strings.Join(unused, ", "))
	}
	return []byte(b.String()), nil
}

// writeUnread says how many days of the log are in none of the layouts, and whether some of
// them have the month first.
func (p *proposal) writeUnread(b *strings.Builder, days []string) {
	const british, american = "2/1/2006", "1/2/2006"
	column, ok := p.taken["date"]
	if !ok {
		return
	}
	n, hint := 0, ""
	for _, cells := range p.samples {
		fits := func(l string) bool { _, err := time.Parse(l, cells[column]); return err == nil }
		if cells[column] == "" || slices.ContainsFunc(days, fits) {
			continue
		}
		if n++; fits(american) && !fits(british) {
			hint = "; some have the month first: if all have, write 01/02/2006 in the place of 02/01/2006"
		}
	}
	if n > 0 {
		fmt.Fprintf(b, "  # not among them: %s of column %s%s\n", counted(n, "cell"), quotedYAML(p.columns[column]), hint)
	}
}

func writeList(b *strings.Builder, key string, items []string) {
	var quoted []string
	for _, i := range items {
		quoted = append(quoted, quotedYAML(i))
	}
	if len(items) > 0 {
		fmt.Fprintf(b, "  %s: [%s]\n", key, strings.Join(quoted, ", "))
	}
}

// questions are those of the fields that every report needs.
var proposedQuestions = map[string]string{
	"type": "Is this an incident, a risk, an outcome or good care?", "date": "On which day did it happen?", "description": "What happened?", "patients": "How many patients were affected?",
	"patients[0].physicalHarm": "How badly was the patient harmed physically?", "reporter.reporterOrganisation": "What is the ODS code of the practice that reports?",
}

// writeFields writes the fields, those of the patient last, and returns the words that the
// lists do not know.
func (p *proposal) writeFields(b *strings.Builder) map[string][]WordUse {
	own := map[string][]WordUse{}
	patient := false
	for i := range p.vocabulary {
		h := &p.vocabulary[i]
		column, ok := p.taken[h.To]
		ask := proposedQuestions[h.To]
		if h.To == "reference" || h.To == "deny" || !ok && ask == "" {
			continue
		}
		to, inPatient := strings.CutPrefix(h.To, "patients[0].")
		indent := "  "
		if inPatient {
			if indent = "      "; !patient {
				b.WriteString("patients:\n  - fields:\n")
				patient = true
			}
		}
		fmt.Fprintf(b, "%s- {to: %s%s%s}\n", indent, to, p.source(h, column, ok, own), asked(ask))
	}
	return own
}

func asked(question string) string {
	if question == "" {
		return ""
	}
	return ", ask: " + quotedYAML(question)
}

// source is the column of a field and its word list.
func (p *proposal) source(h *header, column int, ok bool, own map[string][]WordUse) string {
	const enough = 0.5
	if !ok {
		return ""
	}
	out := ", column: " + quotedYAML(p.columns[column])
	if len(h.Lists) == 0 {
		return out
	}
	list, unknown, share := p.wordList(h, column)
	if h.To == "type" && share < enough && len(p.samples) > 0 {
		delete(p.taken, h.To) // it tells something else, such as a category
		return ""
	}
	for _, u := range unknown {
		if !slices.ContainsFunc(own[list], func(o WordUse) bool { return lfpse.Fold(o.Word) == u.Word }) {
			own[list] = append(own[list], u)
		}
	}
	return out + ", values: " + list
}

// writeValues writes the words that the lists do not know, each as a question.
func (p *proposal) writeValues(b *strings.Builder, own map[string][]WordUse) {
	if len(own) > 0 {
		b.WriteString("values:\n")
	}
	for _, list := range slices.Sorted(maps.Keys(own)) {
		fmt.Fprintf(b, "  %s:\n    extends: %[1]s\n    entries:\n", list)
		for _, u := range own[list] {
			fmt.Fprintf(b, "      %s: ask # %s\n", quotedYAML(u.Word), counted(u.Count, "cell"))
		}
	}
}
