package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

const coveredMap = `source: {reference: Ref, deny: [Name]}
fields:
  - {to: type, column: Kind, values: event-type}
  - {to: description, column: Text}
  - {to: reporter.reporterRole, column: Role, values: practice-role}
  - {to: outcome.immediateActions, column: Name, values: named}
values: {named: {entries: {x: ask}}}
`

func TestCoverageShowsWhatTheMapDoesNotUse(t *testing.T) {
	log := "Ref,Kind,Text,Role,Name,Lessons,Room\n" +
		"1,Incident,Secret text,GP,Quuxworth,Learn,\n2,Mishap,Secret text,999 000 0018,Quuxworth,,\n3,mishap ,Secret text,999 000 0018,Quuxworth,,\n" +
		"4,Oddity,Secret text,Flying officer,Quuxworth,,\n5,A long sentence about somebody that is no word,,,,,\n6,A long sentence about somebody that is no word,,,,,\nbroken\n"
	c, err := compile(t, coveredMap).Coverage(strings.NewReader(log))
	require.NoError(t, err)
	assert.Equal(t, []int{6, 1}, []int{c.Rows, c.Broken})
	assert.Equal(t, []mapping.ColumnUse{{Column: "Lessons", Filled: 1}, {Column: "Room", Filled: 0}}, c.Unused)
	byColumn := map[string]mapping.WordListUse{}
	for _, l := range c.Lists {
		byColumn[l.Column] = l
	}
	kind := byColumn["Kind"]
	assert.Equal(t, []mapping.WordUse{{Word: "incident", Value: "incident", Count: 1}}, kind.Known)
	assert.Equal(t, []mapping.WordUse{{Word: "mishap", Value: "ask", Count: 2}}, kind.Unknown)
	assert.Equal(t, 3, kind.Other, "words of one row and sentences are counted only")
	assert.Empty(t, byColumn["Role"].Unknown)
	assert.Empty(t, byColumn["Name"].Unknown, "the words of a column that the map denies are not shown")

	var b strings.Builder
	require.NoError(t, c.WriteYAML(&b))
	for _, text := range []string{"Secret", "secret", "Quuxworth", "quuxworth", "999", "oddity", "flying"} {
		assert.NotContains(t, b.String(), text)
	}
	pasted, err := mapping.ParseMap([]byte(strings.Replace(coveredMap, "values: {named: {entries: {x: ask}}}\n", b.String(), 1)))
	require.NoError(t, err, "%s", b.String())
	assert.Len(t, pasted.Values["event-type"].Entries, 1)
}

// However many words a log has, memory does not grow, and what is frequent is shown.
func TestCoverageOfVeryManyWords(t *testing.T) {
	var log strings.Builder
	log.WriteString("Ref,Kind,Text,Role,Name\n")
	for i := range 30_000 {
		fmt.Fprintf(&log, "%d,w%c%c%c%d,,,\n%[1]db,often,,,\n", i, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, i%10)
	}
	c, err := compile(t, coveredMap).Coverage(strings.NewReader(log.String()))
	require.NoError(t, err)
	for _, l := range c.Lists {
		if l.Column == "Kind" {
			assert.Equal(t, mapping.WordUse{Word: "often", Value: "ask", Count: 30_000}, l.Unknown[0])
			assert.LessOrEqual(t, len(l.Unknown), 5_000)
		}
	}
}
