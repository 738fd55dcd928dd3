package practice_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Nothing that a record says about who its people are occurs in anything that is
// sent, shown or reported.
func TestNothingPersonalLeaves(t *testing.T) {
	secrets := map[string]bool{}
	for _, file := range recordFiles(t) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var record any
		if json.Unmarshal(data, &record) != nil {
			continue // the one that is no JSON; its people are added below
		}
		personal(record, false, "", secrets)
	}
	for _, s := range []string{"quillfeather", "seraphine", "1939-02-11"} {
		secrets[s] = true
	}
	require.Greater(t, len(secrets), 100)
	numbers := 0
	for s := range secrets {
		if fhir.ValidNHSNumber(s) {
			numbers++
		}
	}
	require.GreaterOrEqual(t, numbers, 14, "NHS numbers")

	for _, d := range drafts(t) {
		for part, text := range leaves(t, &d) {
			text = strings.ToLower(text)
			for s := range secrets {
				// Not with the secret in the message: what fails here is a real leak.
				assert.False(t, strings.Contains(text, s), "%s of %s holds something personal, %d characters long", part, d.Reference, len(s))
			}
		}
	}
}

// leaves returns everything of a draft that leaves the practice or its reports; the
// event itself stays.
func leaves(t *testing.T, d *submission.Prepared) map[string]string {
	parts := map[string]string{"body": string(d.Submission.Body()), "reason": d.Reason}
	for name, v := range map[string]any{"issues": d.Issues, "privacy findings": d.Privacy, "questions": d.Questions, "trace": d.Trace, "origins": d.Origins} {
		data, err := json.Marshal(v)
		require.NoError(t, err)
		parts[name] = string(data)
	}
	return parts
}

// people are the resources about a person.
var people = map[string]bool{"Patient": true, "RelatedPerson": true, "Practitioner": true, "PractitionerRole": true}

// personal gathers what identifies people, in lower case.
func personal(v any, person bool, name string, into map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			personal(item, person, name, into)
		}
	case map[string]any:
		if kind, ok := v["resourceType"].(string); ok {
			person = people[kind]
		}
		for key, child := range v {
			personal(child, person, name+"."+key, into)
		}
	case string:
		if !person || !identifies(parent(name), last(name)) {
			return
		}
		v = strings.ToLower(v)
		into[v] = true
		if day, err := time.Parse(time.DateOnly, v); err == nil {
			into[day.Format("02/01/2006")] = true
			into[strings.ToLower(day.Format("2 January 2006"))] = true
		}
	}
}

// identifies reports the elements that hold what identifies a person.
func identifies(path, element string) bool {
	switch last(path) {
	case "name":
		return element == "family" || element == "given" || element == "text"
	case "identifier", "telecom":
		return element == "value" && !strings.Contains(path, "managingOrganization")
	case "address":
		return element == "line" || element == "postalCode" || element == "city"
	}
	return element == "birthDate" || element == "serialNumber"
}

func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

func parent(path string) string { return strings.TrimSuffix(path, "."+last(path)) }
