package mapping

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// The columns of a word list in CSV. The comment is for people.
var valueColumns = []string{"SourceCode", "SourceTerm", "TargetCode", "Comment"}

// valueFiles reads the word lists of a map that are files, from beside the map.
func (l *loader) valueFiles(m *Map, name string) error {
	var wrong []csvlog.Finding
	for _, list := range slices.Sorted(maps.Keys(m.Values)) {
		v := m.Values[list]
		if v.File == "" {
			continue
		}
		file, data, err := l.beside(name, v.File)
		if err != nil {
			wrong = append(wrong, finding(m.places.of("values."+list+".file"), "MAP-WORDS", "values.%s.file: %v", list, err))
			continue
		}
		entries, found := readValues(file, data)
		wrong = append(wrong, found...)
		own := ValueMap{Entries: v.Entries, Match: v.Match, System: v.System}
		extends := v.Extends
		v = extend(ValueMap{Entries: entries}, own)
		v.Extends = extends
		m.Values[list] = v
	}
	if len(wrong) > 0 {
		return mapError(wrong)
	}
	return nil
}

// readValues reads a word list in CSV: each code and each term is a word. Codes that have
// the same term must stand for the same.
func readValues(file string, data []byte) (entries yaml.MapSlice, wrong []csvlog.Finding) {
	report := func(line int, format string, args ...any) {
		wrong = append(wrong, finding(place{file: file, line: line}, "MAP-WORDS", format, args...))
	}
	if len(data) > maxMap {
		report(0, "the word list is larger than 1 MiB")
		return nil, wrong
	}
	r, err := csvlog.NewReader(bytes.NewReader(data))
	if err != nil {
		report(0, "the word list cannot be read: %v", err)
		return nil, wrong
	}
	var index [3]int
	for i, name := range valueColumns[:3] {
		var ok bool
		if index[i], ok = r.Column(name); !ok {
			report(1, "the word list has no column %s; it must have %s", name, strings.Join(valueColumns, ", "))
		}
	}
	if err := r.Repeated(valueColumns[:3]...); err != nil {
		report(1, "the word list cannot be read: %v", err)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	stands := map[string]string{}
	for row, err := range r.Rows() {
		var broken *csvlog.RowError
		switch {
		case errors.As(err, &broken):
			report(broken.Line, "%s", broken.Text)
			continue
		case err != nil:
			report(0, "the word list cannot be read to its end")
			return nil, wrong
		}
		value := strings.TrimSpace(row.Cell(index[2]))
		if value == "" {
			report(row.Line, "the word stands for nothing; write ask or absent if that is meant")
		}
		if strings.TrimSpace(row.Cell(index[0])+row.Cell(index[1])) == "" {
			report(row.Line, "the line has no word under %s and %s", valueColumns[0], valueColumns[1])
		}
		for _, column := range index[:2] {
			word := strings.TrimSpace(row.Cell(column))
			switch before, twice := stands[lfpse.Fold(word)]; {
			case word == "":
			case twice && before != value:
				report(row.Line, "the word %q stands for two values", word)
			case !twice:
				stands[lfpse.Fold(word)] = value
				entries = append(entries, yaml.MapItem{Key: word, Value: value})
			}
		}
	}
	if len(entries) == 0 && len(wrong) == 0 {
		report(0, "the word list has no words under %s and %s", valueColumns[0], valueColumns[1])
	}
	return entries, wrong
}
