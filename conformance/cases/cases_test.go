package cases_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/cases/judge"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

func all(t testing.TB) []judge.Case {
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
	plain, err := judge.NewJudge("6", nil)
	require.NoError(t, err)
	for _, c := range all(t) {
		t.Run(c.Name, func(t *testing.T) {
			j := plain
			if c.Version != "6" || c.Options != nil {
				var err error
				j, err = judge.NewJudge(c.Version, c.Options)
				require.NoError(t, err)
			}
			issues := j.Check(c.Input)
			assert.Empty(t, c.Differs(issues))
			assert.Equal(t, c.Valid, !issues.HasErrors())
		})
	}
}

// To judge and to screen a record in one pass finds what doing one after the other
// does, whatever the caller denies.
func TestOnePassFindsTheSame(t *testing.T) {
	v, s := validator(t), privacy.New()
	for _, c := range all(t) {
		a, _ := fhir.Decode(c.Input, fhir.TolerateRootDescription())
		var terms []privacy.Term
		for i, word := range strings.FieldsFunc(string(c.Input), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) > 1 && i%37 == 0 {
				terms = append(terms, privacy.Term{Class: privacy.Identifier, Text: word}, privacy.Term{Class: privacy.FamilyName, Text: word})
			}
		}
		for _, deny := range []*privacy.DenyList{nil, privacy.NewDenyList(nil), privacy.NewDenyList(terms)} {
			report, private := v.CheckAndScreen(a, s, deny)
			require.Equal(t, v.Check(a), report, c.Name)
			require.Equal(t, s.ScanEvent(a, deny), private, c.Name)
		}
	}
}

func TestDiffers(t *testing.T) {
	c := judge.Case{Expected: judge.Expected{Issues: []judge.Issue{{Severity: fhir.Error, Rule: "A", Path: "p"}, {Severity: fhir.Error, Rule: "B", Path: "p"}}}}
	assert.Len(t, c.Differs(nil), 2)
	assert.Len(t, c.Differs(fhir.Issues{{Severity: fhir.Error, Rule: "A", Path: "p"}}), 1)
	assert.Len(t, c.Differs(fhir.Issues{{Severity: fhir.Error, Rule: "B", Path: "p"}, {Severity: fhir.Error, Rule: "A", Path: "p"}}), 2)
}

// What is written down is sound in itself.
func TestExpectationsAreSound(t *testing.T) {
	list := all(t)
	assert.GreaterOrEqual(t, len(list), 250)
	for _, c := range list {
		assert.NotEmpty(t, c.Title, c.Name)
		assert.Regexp(t, `^[A-Z0-9dT].*[.]$`, c.Why, c.Name)
		assert.NotNil(t, c.Issues, "%s: a list without issues is written []", c.Name)
		errors := slices.ContainsFunc(c.Issues, func(i judge.Issue) bool { return i.Severity == fhir.Error })
		assert.Equal(t, !errors, c.Valid, c.Name)
	}
}

func ExampleJudge_Check() {
	j, err := judge.NewJudge("6", nil)
	if err != nil {
		panic(err)
	}
	for _, i := range j.Check([]byte(`{"resourceType":"AdverseEvent","subject":{"reference":"#patient"}}`)) {
		fmt.Println(i.Severity, i.Rule, i.Path)
	}
	// Output: error FHIR-REQUIRED AdverseEvent.actuality
}

func TestJudgeRefuses(t *testing.T) {
	_, err := judge.NewJudge("0", nil)
	assert.Error(t, err)
	_, err = judge.NewJudge("6", &judge.Options{DenyList: []judge.Term{{Class: "shoe size", Text: "9"}}})
	assert.Error(t, err)
}

// readJSON reads a file of the package folder.
func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}
