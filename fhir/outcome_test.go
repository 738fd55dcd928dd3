package fhir_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestDecodeOperationOutcome(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want []fhir.OutcomeIssue
	}{
		{"form A", `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","details":{"coding":[{"system":"s","code":"LFPSE-1","display":"d"}],"text":"Harm is missing"},"expression":["AdverseEvent.event"]}]}`,
			[]fhir.OutcomeIssue{{Severity: "error", Code: "invalid", DetailsCodings: []fhir.Coding{{System: "s", Code: "LFPSE-1", Display: "d"}}, DetailsText: "Harm is missing", Expression: []string{"AdverseEvent.event"}}}},
		{"form B", `{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","diagnostics":"Cannot parse"}]}`,
			[]fhir.OutcomeIssue{{Severity: "fatal", Diagnostics: "Cannot parse"}}},
		{"unknown codes and extra properties", `{"resourceType":"OperationOutcome","x":1,"issue":[{"severity":"catastrophic","code":"made-up","y":{},"diagnostics":"why"}]}`,
			[]fhir.OutcomeIssue{{Severity: "catastrophic", Code: "made-up", Diagnostics: "why"}}},
		{"wrong types keep the text", `{"resourceType":"OperationOutcome","issue":[{"severity":2,"code":null,"diagnostics":["one",{"two":2}],"details":"three","location":"here","expression":[1,null,"there"]}]}`,
			[]fhir.OutcomeIssue{{Severity: "2", Diagnostics: "one\n{\"two\":2}", DetailsText: "three", Location: []string{"here"}, Expression: []string{"1", "there"}}}},
		{"coding not a list, code not a coding", `{"resourceType":"OperationOutcome","issue":[{"details":{"coding":{"code":"A"},"text":7}},{"details":{"coding":["B"]}}]}`,
			[]fhir.OutcomeIssue{{DetailsCodings: []fhir.Coding{{Code: "A"}}, DetailsText: "7"}, {DetailsCodings: []fhir.Coding{{Code: "B"}}}}},
		{"issue not a list", `{"resourceType":"OperationOutcome","issue":{"diagnostics":"one"}}`,
			[]fhir.OutcomeIssue{{Diagnostics: "one"}}},
		{"issue is a text", `{"resourceType":"OperationOutcome","issue":["plain words"]}`,
			[]fhir.OutcomeIssue{{Diagnostics: "plain words"}}},
		{"repeated properties are all kept", `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"one","diagnostics":"two"}],"issue":[{"diagnostics":"three"}]}`,
			[]fhir.OutcomeIssue{{Diagnostics: "one\ntwo"}, {Diagnostics: "three"}}},
		{"no resourceType", `{"issue":[{"diagnostics":"one"}]}`, []fhir.OutcomeIssue{{Diagnostics: "one"}}},
		{"byte order mark", "\xef\xbb\xbf" + `{"resourceType":"OperationOutcome"}`, nil},
		{"null issue", `{"resourceType":"OperationOutcome","issue":null}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			outcome, err := fhir.DecodeOperationOutcome([]byte(tt.in))
			require.NoError(t, err)
			assert.Equal(t, tt.want, outcome.Issue)
		})
	}
}

func TestDecodeOperationOutcomeRefuses(t *testing.T) {
	tests := map[string]fhir.OutcomeError{
		"":                                  fhir.OutcomeEmpty,
		" \r\n":                             fhir.OutcomeEmpty,
		"<html>Bad gateway</html>":          fhir.OutcomeNotJSON,
		`{"resourceType":"OperationOutcome`: fhir.OutcomeNotJSON,
		`{} trailing`:                       fhir.OutcomeNotJSON,
		`"text"`:                            fhir.OutcomeNotFHIR,
		`[]`:                                fhir.OutcomeNotFHIR,
		`{}`:                                fhir.OutcomeNotFHIR,
		`{"resourceType":"AdverseEvent"}`:   fhir.OutcomeOtherContent,
		`{"resourceType":5}`:                fhir.OutcomeOtherContent,
		`{"statusCode":401,"message":"no"}`: fhir.OutcomeFromGateway,
	}
	for in, want := range tests {
		outcome, err := fhir.DecodeOperationOutcome([]byte(in))
		assert.Nil(t, outcome, in)
		assert.ErrorIs(t, err, want, in)
		assert.NotEmpty(t, err.Error())
	}
	var wrapped error = fmt.Errorf("submit: %w", fhir.OutcomeNotJSON)
	cause, ok := errors.AsType[fhir.OutcomeError](wrapped)
	assert.True(t, ok)
	assert.Equal(t, fhir.OutcomeNotJSON, cause)
}

func TestGatewayMessage(t *testing.T) {
	tests := []struct {
		in      string
		status  int
		message string
		ok      bool
	}{
		{`{"statusCode":401,"message":"Access denied"}`, 401, "Access denied", true},
		{`{"statusCode":"429","message":"Rate limit"}`, 429, "Rate limit", true},
		{`{"message":"Forbidden"}`, 0, "Forbidden", true},
		{`{"statusCode":503}`, 503, "", true},
		{`{"statusCode":7}`, 0, "", false},
		{`{"message":7}`, 0, "", false},
		{`{"message":"cut`, 0, "", false},
		{`{"message":"x"} y`, 0, "", false},
		{`[]`, 0, "", false},
		{``, 0, "", false},
	}
	for _, tt := range tests {
		status, message, ok := fhir.GatewayMessage([]byte(tt.in))
		assert.Equal(t, tt.status, status, tt.in)
		assert.Equal(t, tt.message, message, tt.in)
		assert.Equal(t, tt.ok, ok, tt.in)
	}
}

func TestOutcomeStringHoldsNoServerText(t *testing.T) {
	outcome := fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{{
		Severity: "error", Code: "9990000018", DetailsCodings: []fhir.Coding{{System: "secret", Code: "LFPSE-7", Display: "secret"}},
		DetailsText: "secret", Diagnostics: "secret\x1b[2J", Expression: []string{"secret"}, Location: []string{"secret"},
	}}}
	for _, text := range []string{outcome.String(), fmt.Sprintf("%v %s %+v", outcome, outcome, outcome.Issue)} {
		assert.NotContains(t, text, "secret")
		assert.NotContains(t, text, "9990000018")
		assert.Contains(t, text, "LFPSE-7")
		assert.Contains(t, text, "text of 16 characters")
	}
}

func TestOutcomeMessage(t *testing.T) {
	outcome := fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{
		{DetailsText: "line one\nline two\x1b[31m", Diagnostics: "and\u202e more"},
		{DetailsCodings: []fhir.Coding{{Display: "Only a display"}}},
		{},
	}}
	assert.Equal(t, "line one\\nline two\\x1b[31m – and\\u202e more\nOnly a display", outcome.Message())
}

func TestEscapeText(t *testing.T) {
	tests := map[string]string{
		"plain £5 é":    "plain £5 é",
		"a\tb\r\n":      `a\tb\r\n`,
		`back\slash`:    `back\\slash`,
		"nul\x00":       `nul\x00`,
		"bad\xff":       `bad\xff`,
		"\ufffd":        `\ufffd`,
		"zero\u200bw":   `zero\u200bw`,
		"sep\u2028":     `sep\u2028`,
		"nb\u00a0sp":    "nb\u00a0sp",
		"c1\u0085":      `c1\u0085`,
		"tag\U000e0041": `tag\U000e0041`,
	}
	for in, want := range tests {
		assert.Equal(t, want, fhir.EscapeText(in), "%q", in)
	}
}

func TestOutcomeHasErrors(t *testing.T) {
	assert.False(t, fhir.OperationOutcome{}.HasErrors())
	assert.False(t, fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{{Severity: "warning"}, {Severity: "information"}}}.HasErrors())
	assert.True(t, fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{{Severity: "warning"}, {Severity: "fatal"}}}.HasErrors())
	assert.True(t, fhir.OperationOutcome{Issue: []fhir.OutcomeIssue{{Severity: "unheard-of"}}}.HasErrors())
}

func TestOutcomeRoundTrip(t *testing.T) {
	text := rapid.StringN(0, 12, -1).Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s })
	texts := rapid.SliceOfN(text, 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		var want fhir.OperationOutcome
		for range rapid.IntRange(0, 3).Draw(t, "issues") {
			issue := fhir.OutcomeIssue{Severity: text.Draw(t, "severity"), Code: text.Draw(t, "code"), DetailsText: text.Draw(t, "text"), Diagnostics: text.Draw(t, "diagnostics")}
			if rapid.Bool().Draw(t, "lists") {
				issue.Expression, issue.Location = texts.Draw(t, "expression"), texts.Draw(t, "location")
				issue.DetailsCodings = []fhir.Coding{{System: text.Draw(t, "system"), Code: text.Draw(t, "code"), Display: text.Draw(t, "display")}}
			}
			want.Issue = append(want.Issue, issue)
		}
		data, err := json.Marshal(want)
		require.NoError(t, err)
		var got fhir.OperationOutcome
		require.NoError(t, json.Unmarshal(data, &got))
		require.Equal(t, want, got)
	})
}

func TestDecodeOperationOutcomeReadsPublishedExamples(t *testing.T) {
	data := sharedFile(t, "gp/samples/bars/422-REC_UNPROCESSABLE_ENTITY-not-supported.json")
	outcome, err := fhir.DecodeOperationOutcome(data)
	require.NoError(t, err)
	require.Len(t, outcome.Issue, 1)
	assert.Equal(t, "not-supported", outcome.Issue[0].Code)
	assert.Equal(t, "REC_UNPROCESSABLE_ENTITY", outcome.Issue[0].DetailsCodings[0].Code)
	assert.NotEmpty(t, outcome.Issue[0].Diagnostics)

	outcome, err = fhir.DecodeOperationOutcome(sharedFile(t, "gp/samples/ukcore/UKCore-OperationOutcome-DateError-Example.xml"))
	require.NoError(t, err)
	require.NotEmpty(t, outcome.Issue)
	assert.NotEmpty(t, outcome.Issue[0].Code)
}

// sharedFile reads a third-party sample kept beside the project, or skips.
func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../shared/" + name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("third-party samples are not beside the project: " + name)
	}
	require.NoError(t, err)
	return data
}

func FuzzDecodeOperationOutcome(f *testing.F) {
	f.Add([]byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","details":{"coding":[{"code":"x"}],"text":"t"},"diagnostics":"d"}]}`))
	f.Add([]byte(`{"resourceType":"OperationOutcome","issue":[[{}],1,null,"x"]}`))
	f.Add([]byte(`{"statusCode":401,"message":"no"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		outcome, err := fhir.DecodeOperationOutcome(data)
		if err != nil {
			if outcome != nil {
				t.Fatal("an error must come without an outcome")
			}
			return
		}
		for _, s := range []string{outcome.String(), outcome.Message()} {
			if strings.ContainsFunc(strings.ReplaceAll(s, "\n", ""), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatal("control character in printed text")
			}
		}
		again, err := json.Marshal(outcome)
		if err != nil || !json.Valid(again) {
			t.Fatal("a decoded outcome must encode")
		}
	})
}

func ExampleDecodeOperationOutcome() {
	body := []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid",
		"details":{"coding":[{"code":"LFPSE-42"}],"text":"PhysicalHarm is missing"}}]}`)
	outcome, err := fhir.DecodeOperationOutcome(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(outcome)           // for the log
	fmt.Println(outcome.Message()) // for the reporter
	// Output:
	// OperationOutcome[error invalid LFPSE-42 (text of 23 characters)]
	// PhysicalHarm is missing
}
