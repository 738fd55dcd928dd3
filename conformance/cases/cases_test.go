package cases_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

func all(t testing.TB) []cases.Case {
	t.Helper()
	list, err := cases.All()
	require.NoError(t, err)
	return list
}

func validator(t testing.TB) *validate.Validator {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	v, err := validate.New(codec)
	require.NoError(t, err)
	return v
}

// Every case is judged as it is written down, finding for finding, in order.
func TestCases(t *testing.T) {
	var judges judge.Judges
	for _, c := range all(t) {
		t.Run(c.Name, func(t *testing.T) {
			found, err := judges.Verdict(&c)
			require.NoError(t, err)
			assert.Empty(t, c.Differs(found))
		})
	}
}

// To judge and to screen a record in one pass finds what doing one after the other
// does, whatever the caller denies.
func TestOnePassFindsTheSame(t *testing.T) {
	v, s := validator(t), privacy.New()
	for _, c := range all(t) {
		a, _ := fhir.Decode(c.Input, fhir.WithRootDescription())
		var terms []privacy.Term
		for i, word := range strings.FieldsFunc(string(c.Input), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) > 1 && i%37 == 0 {
				terms = append(terms, privacy.Term{Class: privacy.Identifier, Text: word}, privacy.Term{Class: privacy.FamilyName, Text: word})
			}
		}
		for _, deny := range []*privacy.DenyList{nil, privacy.NewDenyList(nil), privacy.NewDenyList(terms)} {
			screening := s.Begin(deny)
			report := v.Check(a, screening)
			private := screening.Issues()
			require.Equal(t, v.Check(a), report, c.Name)
			require.Equal(t, s.ScanEvent(a, deny), private, c.Name)
		}
	}
}

func TestDiffers(t *testing.T) {
	a, b := cases.Issue{Severity: cases.Error, Rule: "A", Path: "p"}, cases.Issue{Severity: cases.Error, Rule: "B", Path: "p"}
	warning := cases.Issue{Severity: cases.Warning, Rule: "A", Path: "p"}
	expected := cases.Verdict{Issues: []cases.Issue{a, b}}
	for name, tt := range map[string]struct {
		found cases.Verdict
		want  int
	}{
		"the same":     {cases.Verdict{Issues: []cases.Issue{a, b}}, 0},
		"valid":        {cases.Verdict{Issues: []cases.Issue{a, b}, Valid: true}, 1},
		"nothing":      {cases.Verdict{Valid: true}, 3},
		"one missing":  {cases.Verdict{Issues: []cases.Issue{a}}, 1},
		"other order":  {cases.Verdict{Issues: []cases.Issue{b, a}}, 2},
		"one too many": {cases.Verdict{Issues: []cases.Issue{a, b, b}}, 1},
		"severity":     {cases.Verdict{Issues: []cases.Issue{warning, b}}, 1},
	} {
		assert.Len(t, expected.Differs(tt.found), tt.want, name)
	}
}

// A case whose valid is wrong fails, though all its issues are found.
func TestWrongValidFails(t *testing.T) {
	var judges judge.Judges
	for _, name := range []string{"lfpse/event-types/good-care", "lfpse/LFPSE-HARM-FATAL/both-grades"} {
		c := named(t, name)
		found, err := judges.Verdict(&c)
		require.NoError(t, err)
		require.Empty(t, c.Differs(found))
		c.Valid = !c.Valid
		assert.Equal(t, []string{fmt.Sprintf("valid: expected %t, found %t", c.Valid, !c.Valid)}, c.Differs(found), name)
	}
}

func named(t *testing.T, name string) cases.Case {
	t.Helper()
	for _, c := range all(t) {
		if c.Name == name {
			return c
		}
	}
	require.Fail(t, "no such case", name)
	return cases.Case{}
}

// A damaged file is an error that names it.
func TestLoadRefuses(t *testing.T) {
	for name, expected := range map[string]string{
		"not JSON":         `{`,
		"unknown property": `{"titel": "x", "issues": [], "valid": true}`,
		"other type":       `{"valid": "yes"}`,
	} {
		_, err := cases.Load(fstest.MapFS{"theme/x/expected.json": {Data: []byte(expected)}, "theme/x/input.json": {Data: []byte("{}")}})
		assert.ErrorContains(t, err, "theme/x/expected.json", name)
	}
	_, err := cases.Load(fstest.MapFS{"theme/x/expected.json": {Data: []byte(`{"issues": [], "valid": true}`)}})
	assert.ErrorIs(t, err, fs.ErrNotExist, "no document")
}

func ExampleLoad() {
	suite := fstest.MapFS{ // usually os.DirFS of a folder
		"json/NUL/expected.json": {Data: []byte(`{"title": "NUL", "why": "No JSON.", "version": "6",
			"issues": [{"severity": "error", "rule": "JSON-SYNTAX", "path": ""}], "valid": false}`)},
		"json/NUL/input.json": {Data: []byte("\x00")},
	}
	all, err := cases.Load(suite)
	if err != nil {
		panic(err)
	}
	found := cases.Verdict{Valid: true} // of the system under test
	for _, c := range all {
		for _, line := range c.Differs(found) {
			fmt.Println(c.Name, line)
		}
	}
	// Output:
	// json/NUL valid: expected false, found true
	// json/NUL finding 1: expected "error JSON-SYNTAX at ", found ""
}

// What is written down is sound in itself.
func TestExpectationsAreSound(t *testing.T) {
	list := all(t)
	assert.GreaterOrEqual(t, len(list), 250)
	for _, c := range list {
		assert.NotEmpty(t, c.Title, c.Name)
		assert.Regexp(t, `^[A-Z0-9dT].*[.]$`, c.Why, c.Name)
		assert.NotNil(t, c.Issues, "%s: a list without issues is written []", c.Name)
		errors := slices.ContainsFunc(c.Issues, func(i cases.Issue) bool { return i.Severity == cases.Error })
		assert.Equal(t, !errors, c.Valid, c.Name)
	}
}
