package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

const fileMap = "fields:\n  - {to: type, column: Kind, values: kinds}\nvalues:\n  kinds: {file: kinds.csv, entries: {slip: ask}}\n"

func TestAWordListMayBeACSVFile(t *testing.T) {
	m := load(t, map[string]string{"ours.yaml": fileMap, "kinds.csv": "SourceCode,SourceTerm,TargetCode,Comment\nK1,Mishap,incident,agreed\nK2,Worry,risk,\nK3,Slip,incident,\n"})
	for cell, want := range map[string]string{"k1": "incident", "MISHAP": "incident", "Worry": "risk", "slip": ""} {
		assert.EqualValues(t, want, m.Map(row(cells{"Kind": cell})).Event.Type, cell)
	}
	m = load(t, map[string]string{"ours.yaml": "include: sub/base.yaml\n", "sub/base.yaml": fileMap, "sub/kinds.csv": "SourceCode,SourceTerm,TargetCode\nK1,,incident\n"})
	assert.EqualValues(t, "incident", m.Map(row(cells{"Kind": "K1"})).Event.Type, "it stands beside the map that names it")
}

func TestAWordListThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"Code,Term,Target\nA,B,risk\n":                                "MAP-WORDS at kinds.csv, line 1: the word list has no column SourceCode",
		"SourceCode,SourceTerm,TargetCode\nA,B,\n":                    "at kinds.csv, line 2: the word stands for nothing",
		"SourceCode,SourceTerm,TargetCode\nA,B,risk\nC,B,incident\n":  `at kinds.csv, line 3: the word "B" stands for two values`,
		"SourceCode,SourceTerm,TargetCode\nA,B,risk,too,many,cells\n": "at kinds.csv, line 2",
		"SourceCode,SourceTerm,TargetCode\nA,B,risk\n,,incident\n":    "at kinds.csv, line 3: the line has no word",
		"SourceCode,SourceTerm,TargetCode,TargetCode\nA,B,risk,\n":    "Columns have the same name: columns 3 (C) and 4 (D)",
		"SourceCode,SourceTerm,TargetCode\n":                          "no words",
		"":                                                            "cannot be read",
	} {
		_, err := mapping.LoadMap(folder(map[string]string{"ours.yaml": fileMap, "kinds.csv": text}), "ours.yaml")
		assert.ErrorContains(t, err, want, text)
	}
	_, err := mapping.LoadMap(folder(map[string]string{"ours.yaml": fileMap, "kind.csv": ""}), "ours.yaml")
	assert.ErrorContains(t, err, "did you mean kind.csv?")
	_, err = mapping.ParseMap([]byte(fileMap))
	assert.ErrorContains(t, err, "only for a map that is a file itself")
	m := &mapping.Map{Fields: []mapping.Field{{To: "type", Default: "incident"}}, Values: map[string]mapping.ValueMap{"x": {File: "x.csv"}}}
	_, err = mapping.New(m, newBuilder().Form())
	require.ErrorContains(t, err, "LoadMap")
}
