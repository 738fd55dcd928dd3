package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/server"
	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

// basePath is one that no part of this project knows.
const basePath = "/trust-gateway/fhir/R4"

// start starts the server, or skips the test where it cannot be.
func start(t *testing.T) *server.Server {
	t.Helper()
	s, err := server.Start(t.Context(), embedded(t), basePath)
	if errors.Is(err, server.ErrAbsent) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func embedded(t *testing.T) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	return tax
}

// connect returns a client of a server on this computer, at a base path unless that is
// the default.
func connect(t *testing.T, host, basePath string) *client.Client {
	t.Helper()
	config := endpoint.ForSandbox(host, embedded(t))
	config.BasePath = basePath
	ep, err := endpoint.New(config)
	require.NoError(t, err)
	c, err := client.New(ep)
	require.NoError(t, err)
	return c
}

// submit sends a document that no [submission.Builder] would make to a FHIR server, and
// returns the id it has there, empty if it is refused, with the answer.
func submit(t *testing.T, base string, body []byte) (id string, answer string) {
	t.Helper()
	response, err := http.Post(base+"/AdverseEvent", "application/fhir+json", bytes.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if response.StatusCode != http.StatusCreated {
		return "", fmt.Sprintf("%s: %s", response.Status, text)
	}
	rest, ok := strings.CutPrefix(response.Header.Get("Location"), base+"/AdverseEvent/")
	require.True(t, ok, response.Header.Get("Location"))
	id, _, _ = strings.Cut(rest, "/")
	return id, string(text)
}

// ready returns the submissions of the practice example, by the reference of their row.
func ready(t *testing.T) (references []string, submissions []submission.Submission) {
	t.Helper()
	const example = "../../../examples/practice"
	builder, err := submission.NewBuilder(embedded(t), submission.WithToday(func() lfpse.Date { return "2026-11-01" }))
	require.NoError(t, err)
	data, err := os.ReadFile(example + "/map.yaml")
	require.NoError(t, err)
	m, err := mapping.ParseMap(data)
	require.NoError(t, err)
	mapper, err := mapping.New(m, builder.Form())
	require.NoError(t, err)
	file, err := os.Open(example + "/incidents.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := mapper.Open(file, mapping.WithRecords(os.DirFS(example)))
	require.NoError(t, err)
	for p, err := range builder.PrepareAll(rows.Rows(), 1) {
		require.NoError(t, err)
		if p.State == draft.Ready {
			references, submissions = append(references, p.Reference), append(submissions, p.Submission)
		}
	}
	require.GreaterOrEqual(t, len(references), 40)
	return references, submissions
}

// Row for row the server accepts what the sandbox accepts, and gives back what was
// sent.
func TestPracticeIsAccepted(t *testing.T) {
	s := start(t)
	box, err := sandbox.Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, box.Close(t.Context())) }()
	root, _ := strings.CutSuffix(s.URL, basePath)
	theirs, ours := connect(t, root, basePath), connect(t, box.URL(), "")

	references, submissions := ready(t)
	for i, reference := range references {
		_, err := ours.Submit(t.Context(), submissions[i])
		require.NoError(t, err, reference)
		receipt, err := theirs.Submit(t.Context(), submissions[i])
		if assert.NoError(t, err, reference) {
			assert.JSONEq(t, string(submissions[i].Body()), sent(t, get(t, s.URL+"/AdverseEvent/"+receipt.ID)), reference)
		}
	}
	t.Logf("%d rows accepted by both", len(references))
}

// sent takes out of a stored record what the server has put in: the id, and in meta the
// version and its time. The profile in meta is ours.
func sent(t *testing.T, stored []byte) string {
	t.Helper()
	var record map[string]any
	require.NoError(t, json.Unmarshal(stored, &record))
	assert.NotEmpty(t, record["id"])
	delete(record, "id")
	meta, _ := record["meta"].(map[string]any)
	for _, name := range []string{"versionId", "lastUpdated"} {
		assert.NotEmpty(t, meta[name], name)
		delete(meta, name)
	}
	out, err := json.Marshal(record)
	require.NoError(t, err)
	return string(out)
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return body
}

// A record of the example is refused once it is broken, for that and nothing else.
func TestBrokenIsRefused(t *testing.T) {
	s := start(t)
	_, submissions := ready(t)
	sound := submissions[0].Body()
	for name, tt := range map[string]struct {
		change func(map[string]any)
		says   string
	}{
		"nothing changed":    {func(map[string]any) {}, ""},
		"an unknown element": {func(r map[string]any) { r["colour"] = "blue" }, "colour"},
		"no subject":         {func(r map[string]any) { delete(r, "subject") }, "subject"},
		"a bad date":         {func(r map[string]any) { r["date"] = "last Tuesday" }, "date"},
	} {
		t.Run(name, func(t *testing.T) {
			var record map[string]any
			require.NoError(t, json.Unmarshal(sound, &record))
			tt.change(record)
			body, err := json.Marshal(record)
			require.NoError(t, err)
			id, answer := submit(t, s.URL, body)
			assert.Equal(t, tt.says == "", id != "", answer)
			if tt.says != "" {
				assert.Contains(t, answer, "400 Bad Request")
				assert.Equal(t, []string{"AdverseEvent." + tt.says}, expressions(t, answer), answer)
			}
		})
	}
}

// expressions are the elements that the issues of an OperationOutcome are about.
func expressions(t *testing.T, answer string) (out []string) {
	t.Helper()
	_, text, _ := strings.Cut(answer, ": ")
	var outcome struct {
		Issue []struct{ Expression []string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &outcome))
	for _, i := range outcome.Issue {
		out = append(out, i.Expression...)
	}
	return out
}

// Nothing is served but below the base path, and nothing stored but AdverseEvents.
func TestNothingElse(t *testing.T) {
	s := start(t)
	root, _ := strings.CutSuffix(s.URL, basePath)
	for url, status := range map[string]int{
		root + "/AdverseEvent/x":       http.StatusNotFound,
		root + basePath + "x/metadata": http.StatusNotFound,
		s.URL + "/AdverseEvent/x":      http.StatusNotFound,
		s.URL + "/metadata":            http.StatusOK,
	} {
		response, err := http.Get(url)
		require.NoError(t, err)
		assert.NoError(t, response.Body.Close())
		assert.Equal(t, status, response.StatusCode, url)
	}
	for _, body := range []string{`{`, `[]`, `{"resourceType":"Patient"}`, ``} {
		id, answer := submit(t, s.URL, []byte(body))
		assert.Empty(t, id, body)
		assert.Contains(t, answer, "OperationOutcome", body)
	}
}

// It has no output to compare, since not every machine has Node.
func ExampleStart() {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.Start(context.Background(), t, "/fhir")
	if err != nil {
		log.Fatal(err) // ErrAbsent says what to install
	}
	defer s.Close()
	fmt.Println(s.URL)
}
