package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// invented is a patient whose record lies beside a row of a log.
type invented struct {
	given, family, nhs, birth, line, postcode, phone string
}

func anyPatient(t *rapid.T) invented {
	word := rapid.StringMatching(`[A-Z][bcdfgklmnprstvz][aeiou][bdfglmnrstvz]{2}[aeiou]x`)
	n := rapid.IntRange(0, 99).Draw(t, "n")
	return invented{
		given: word.Draw(t, "given"), family: word.Draw(t, "family"), nhs: nhsNumber(n),
		birth: fmt.Sprintf("19%02d-%02d-%02d", n, n%12+1, n%28+1),
		line:  fmt.Sprintf("%d %s Lane", n+1, word.Draw(t, "street")), postcode: fmt.Sprintf("ZQ%d 9XW", n%9+1),
		phone: fmt.Sprintf("01632 960%03d", n),
	}
}

// nhsNumber makes a valid number of the range 999, which is for tests.
func nhsNumber(n int) string {
	for ; ; n++ {
		digits := fmt.Sprintf("999%06d", n*7919%1000000)
		sum := 0
		for i, d := range digits {
			sum += int(d-'0') * (10 - i)
		}
		if c := (11 - sum%11) % 11; c < 10 {
			return digits + fmt.Sprint(c)
		}
	}
}

func (p invented) record() string {
	b, _ := json.Marshal(map[string]any{"resourceType": "Bundle", "type": "collection", "entry": []any{map[string]any{"resource": map[string]any{
		"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": p.birth,
		"identifier": []any{map[string]any{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": p.nhs}},
		"name":       []any{map[string]any{"given": []string{p.given}, "family": p.family}},
		"address":    []any{map[string]any{"line": []string{p.line}, "postalCode": p.postcode}},
		"telecom":    []any{map[string]any{"system": "phone", "value": p.phone}},
	}}}})
	return string(b)
}

// mentions are the ways in which a narrative may give the patient away.
func (p invented) mentions() []string {
	d := strings.Split(p.birth, "-")
	return []string{
		p.given + " " + p.family, p.family, "Mrs " + p.family, strings.ToUpper(p.family) + ", " + p.given, p.nhs, p.nhs[:3] + " " + p.nhs[3:6] + " " + p.nhs[6:],
		p.birth, d[2] + "/" + d[1] + "/" + d[0], p.line, p.phone, strings.ReplaceAll(p.phone, " ", ""),
	}
}

const privacyMap = `
name: test
source: {reference: Ref, context: "{Record}.json"}
fields:
  - {to: type, default: incident}
  - {to: date, column: Date}
  - {to: description, column: What}
  - {to: outcome.immediateActions, column: Then}
  - {to: reporter.reporterOrganisation, default: A99999}
  - {to: location.locationKnown, default: u}
patients:
  - fields:
      - {to: age, context: age}
      - {to: genderIdentity, context: gender}
      - {to: genderSameAsAtBirth, column: Same, values: yes-no}
      - {to: physicalHarm, column: Harm, values: physical-harm}
      - {to: psychologicalHarm, column: Harm, values: psychological-harm}
`

// Whatever a narrative says of the patient, in whatever form, no command shows
// it: not in a table, a draft, a question, a FHIR record, a log or an error. Each
// log has every way to give the patient away; one command is tried for each.
func TestNothingOfThePatientIsEverShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("map.yaml", privacyMap)
	commands := [][]string{
		{"map", "--format", "draft"}, {"map", "--format", "event"}, {"map", "--format", "fhir"}, {"map", "--format", "questions"}, {"map", "--format", "releases"}, {"map", "--format", "table", "-v"},
		{"submit", "--to", "sandbox"}, {"submit", "--to", "sandbox", "--json"},
	}
	tried := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPatient(rt)
		write("log.csv", p.log())
		write("p.json", p.record())
		args := append(commands[tried%len(commands)], filepath.Join(dir, "log.csv"), "--map", filepath.Join(dir, "map.yaml"))
		tried++
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), args, &console{strings.NewReader(""), &stdout, &stderr})
		all := stdout.String() + stderr.String()
		for _, secret := range append(p.mentions(), p.postcode, p.given) {
			if strings.Contains(all, secret) {
				rt.Fatalf("%v shows the patient:\n%s", args[:3], all)
			}
		}
		if code != exitAttention {
			rt.Fatalf("%v ended with %d", args[:3], code)
		}
	})
	require.Greater(t, tried, 3*len(commands))
}

// log has a row for each way to mention the patient, with each kind of harm, and one whose
// date and answer mention them too.
func (p invented) log() string {
	rows := [][]string{{"Ref", "Date", "What", "Then", "Harm", "Record", "Same"}}
	add := func(date, what, then, harm string) {
		rows = append(rows, []string{strconv.Itoa(len(rows)), date, what, then, harm, "p", "Not stated"})
	}
	for _, mention := range append(p.mentions(), "") {
		for _, harm := range []string{"None", "TBC", mention} {
			add("2026-01-15", "The dose was doubled for "+mention+" by mistake.", "Rang the family.", harm)
		}
		add("2026-13-45"+mention, "Nothing said.", "Wrote to "+mention+", who was cross.", "None")
	}
	var log strings.Builder
	_ = csv.NewWriter(&log).WriteAll(rows)
	return log.String()
}
