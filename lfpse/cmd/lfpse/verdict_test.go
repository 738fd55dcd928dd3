package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
)

// readOtherwise are the cases about documents that the command takes for something
// else, since it reads files: of one document, or of one a line.
var readOtherwise = map[string]string{
	"json/JSON-SYNTAX/byte-order-mark": "a file may begin with one, as Windows writes it",
	"json/JSON-SYNTAX/nothing-at-all":  "a file without a record is no record",
}

// Every case gets the same verdict from the command, given the options of the case as
// flags, as from the runner of the suite. Only a deny-list has no flag.
func TestCommandAndSuiteAgree(t *testing.T) {
	t.Parallel()
	all, err := cases.All()
	require.NoError(t, err)
	denied := 0
	var judges judge.Judges
	for i := range all {
		c := &all[i]
		if c.Options != nil && c.Options.DenyList != nil {
			denied++
			continue
		}
		want, err := judges.Verdict(c)
		require.NoError(t, err)
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append([]string{"validate", "-", "--format=json", "--all"}, flags(c)...), &console{bytes.NewReader(c.Input), &stdout, &stderr})
		var got struct{ Issues []cases.Issue }
		err = json.Unmarshal(stdout.Bytes(), &got)
		if reason := readOtherwise[c.Name]; reason != "" {
			assert.NotEqual(t, want.Issues, got.Issues, "%s: no longer read otherwise", c.Name)
			continue
		}
		if assert.NoError(t, err, "%s: %s", c.Name, stderr.String()) {
			assert.Equal(t, append([]cases.Issue{}, want.Issues...), append([]cases.Issue{}, got.Issues...), c.Name)
			assert.Equal(t, want.Valid, code == 0, c.Name)
		}
	}
	assert.Less(t, denied, 20)
}

// flags are the options of a case.
func flags(c *cases.Case) []string {
	out := []string{"--taxonomy=" + c.Version}
	o := c.Options
	if o == nil || o.Today == "" {
		out = append(out, "--without=LFPSE-DATE-FUTURE,QUALITY-DATE-OLD") // the suite compares with no day, the command with this one
	}
	if o != nil && o.Strict {
		out = append(out, "--strict")
	}
	if o != nil && o.RootDescription {
		out = append(out, "--root-description")
	}
	if o != nil && o.Today != "" {
		out = append(out, "--today="+o.Today)
	}
	return out
}
