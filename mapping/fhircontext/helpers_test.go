package fhircontext_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

func surgery(t testing.TB) []byte {
	data, err := os.ReadFile("testdata/surgery.json")
	require.NoError(t, err)
	return data
}

// bundle wraps resources; they refer to each other as Type/id.
func bundle(resources ...string) []byte {
	for i, r := range resources {
		resources[i] = `{"resource":` + r + `}`
	}
	return []byte(`{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(resources, ",") + `]}`)
}

func load(t *testing.T, data []byte, opts ...fhircontext.Option) (*fhircontext.Context, fhir.Issues) {
	t.Helper()
	c, issues := fhircontext.Load(data, opts...)
	require.NotNil(t, c, "%v", issues)
	checkNothingShows(t, c, issues)
	return c, issues
}

// found is an issue in short: severity, rule and path.
func found(issues fhir.Issues) []string {
	all := []string{}
	for _, i := range issues {
		all = append(all, fmt.Sprintf("%s %s %s", i.Severity, i.Rule, i.Path))
	}
	return all
}

// checkNothingShows is the privacy law: no way of printing, logging or marshalling
// a Context, what is in it, or an issue shows a deny term.
func checkNothingShows(t testing.TB, c *fhircontext.Context, issues fhir.Issues) {
	t.Helper()
	type holder struct {
		Context *fhircontext.Context
		value   fhircontext.Context
	}
	hidden := holder{c, *c}
	shown := fmt.Sprintf("%v %+v %#v %s %q %d %x", c, c, c, c, c, c, c)
	shown += fmt.Sprintf("%v %+v %#v %d", *c, *c, *c, *c)
	shown += fmt.Sprintf("%+v %#v", hidden.Context, []fhircontext.Context{hidden.value})
	shown += fmt.Sprintf("%+v %#v %v %d", c.Medicines, c.Devices, c.Gender, c.Ethnicity)
	shown += c.GoString() + c.String() + issues.Error()
	for _, v := range []any{c, *c, issues} {
		data, err := json.Marshal(v)
		require.NoError(t, err)
		shown += string(data)
	}
	var logged strings.Builder
	logger := slog.New(slog.NewTextHandler(&logged, nil))
	logger.Info("context", "context", c, "value", *c, "gender", c.Gender, "issues", issues)
	for _, m := range c.Medicines {
		logger.Info("medicine", "medicine", m)
	}
	for _, d := range c.Devices {
		logger.Info("device", "device", d)
	}
	shown += logged.String()
	for _, term := range c.DenyTerms() {
		if len(term.Text) > 4 { // shorter ones occur in any English sentence
			assert.NotContains(t, shown, term.Text)
		}
	}
	if len(c.BirthDate()) == len("1961-02-28") {
		assert.NotContains(t, shown, c.BirthDate())
	}
}
