package cases_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
)

// result is a line that compare.mjs reads.
type result struct {
	Case   string        `json:"case"`
	Valid  bool          `json:"valid"`
	Issues []cases.Issue `json:"issues,omitempty"`
}

// compare runs compare.mjs, which needs Node and no module.
func compare(t *testing.T, results []result) (out, summary string, code int) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("compare.mjs is tried with Node 20 or later, which is not installed")
	}
	var in, stdout, stderr bytes.Buffer
	for _, r := range results {
		require.NoError(t, json.NewEncoder(&in).Encode(r))
	}
	cmd := exec.Command(node, "compare.mjs")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &stdout, &stderr
	err = cmd.Run()
	if _, exited := err.(*exec.ExitError); !exited {
		require.NoError(t, err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// What a tester without Go is told is what the loader tells.
func TestCompareScript(t *testing.T) {
	var results []result
	for _, c := range all(t) {
		results = append(results, result{c.Name, c.Valid, c.Issues})
	}
	out, summary, code := compare(t, results)
	assert.Empty(t, out)
	n := len(results)
	assert.Equal(t, fmt.Sprintf("%d cases: %d as expected, 0 not, 0 without a result\n", n, n), summary)
	assert.Zero(t, code)

	sound, faulty := named(t, "lfpse/event-types/good-care"), named(t, "lfpse/LFPSE-HARM-FATAL/both-grades")
	out, summary, code = compare(t, []result{
		{Case: sound.Name, Valid: false},
		{Case: faulty.Name, Valid: faulty.Valid, Issues: []cases.Issue{{Severity: cases.Error, Rule: "NONE", Path: "x"}}},
		{Case: "no/such/case"},
	})
	assert.Contains(t, out, sound.Name+": valid: expected true, found false\n")
	assert.Contains(t, out, faulty.Name+": missing: warning LFPSE-HARM-FATAL at ")
	assert.Contains(t, out, faulty.Name+": not expected: error NONE at x\n")
	assert.Contains(t, out, "no/such/case: there is no such case\n")
	assert.Equal(t, fmt.Sprintf("%d cases: 0 as expected, 2 not, %d without a result\n", n, n-2), summary)
	assert.Equal(t, 1, code)
}
