package lfpse_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const schemaFile = "event.schema.json"

func TestSchemaFileIsUpToDate(t *testing.T) {
	want, err := newCodec(t).EventSchema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, want, 0o644))
	}
	got, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run: go test ./lfpse -run TestSchemaFile -update")
}

func compiledSchema(t testing.TB) *jsonschema.Schema {
	text, err := newCodec(t).EventSchema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(schemaFile, doc))
	s, err := c.Compile(schemaFile)
	require.NoError(t, err)
	return s
}

func TestSchemaAcceptsEveryEvent(t *testing.T) {
	c, s := newCodec(t), compiledSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, c)
		if e.Date != "" {
			e.Date = "2026-01-15"
		}
		e.EstimatedDate.PreciseTime, e.EstimatedDate.TodaysDate = "", ""
		// Lists that are closed take their codes only; the others take any.
		e.EstimatedDate.IncidentOccurredToday, e.Location.LocationKnown, e.MedicationAdministration = "y", "n", "u"
		e.RiskDetails.RiskImminent, e.Classification.PatientSafetyIncidentHasOccurred = "y", "n"
		e.Agent.InvolvedAgents = nil
		for i := range e.Patients {
			e.Patients[i].AgeBracket = "1"
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(toJSON(e))))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Fatalf("%v\n%s", err, toJSON(e))
		}
	})
}

func TestSchemaAndParserRefuseTheSame(t *testing.T) {
	s := compiledSchema(t)
	for name, doc := range map[string]string{
		"unknown property":  `{"colour":"red"}`,
		"unknown group":     `{"agent":{"colour":"red"}}`,
		"wrong type":        `{"patients":{"physicalHarm":"none"}}`,
		"number for an age": `{"patients":[{"age":372}]}`,
		"age of no unit":    `{"patients":[{"age":"62"}]}`,
		"age off the range": `{"patients":[{"age":"12 months"}]}`,
		"not an object":     `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lfpse.ParseEvent([]byte(doc))
			assert.Error(t, err)
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(doc)))
			require.NoError(t, err)
			assert.Error(t, s.Validate(v))
		})
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"type":"incident","patients":[{"physicalHarm":"none"}]}`))
	f.Add([]byte(`{"patients":[{"age":"5 months"},{"age":"code:18262"}]}`))
	f.Add([]byte(`{"type":1}`))
	f.Add([]byte(`{"type":"incident"}{}`))
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := lfpse.ParseEvent(data)
		if err != nil {
			return
		}
		a, issues := c.Encode(&e)
		if issues.HasErrors() {
			return
		}
		if _, issues := c.Decode(a); issues.HasErrors() {
			t.Fatalf("what was encoded does not decode: %v", issues)
		}
	})
}
